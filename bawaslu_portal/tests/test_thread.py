"""The whole thread as its people do it in the portal: secretary, members, chair, province. Nothing is signed on paper.

The portal is started by script/server; the paper's text is read with another library.
"""

import datetime

import pytest

from .people import JAYAPURA, WIT, command, found_body, paper_text, running_portal

MEMBERS = ("Contoh Ketua Jayapura", "Contoh Anggota Dua", "Contoh Anggota Tiga")


@pytest.fixture
def portal():
    with running_portal("--no-demo") as started:
        yield started


@pytest.mark.xdist_group("server")
def test_members_confirm_the_chair_ratifies_and_the_province_reads(chromium, portal):
    address, environment = portal
    body = found_body(chromium, address, environment, {"members.seats": "3"}, (*MEMBERS, "Contoh Notulis Jayapura"))
    taker, chair, province = body["Contoh Notulis Jayapura"], body["Contoh Ketua Jayapura"], body["overseer"]

    # Plan with a guest, invite with the portal's own number, open with everyone there.
    soon = datetime.datetime.now(WIT) + datetime.timedelta(hours=2)
    year, week, _day = soon.isocalendar()
    here = f"/pleno/{JAYAPURA}/{year}-W{week:02d}/1/"
    taker.go(f"/pleno/{JAYAPURA}/baru/")
    taker.page.fill("#id_week", f"{year}-W{week:02d}")
    taker.page.fill("#id_planned_at", soon.strftime("%Y-%m-%dT%H:%M"))
    taker.page.fill("#id_agenda", "Jadwal supervisi Panwaslu Distrik\nLaporan triwulan divisi\nArsip daftar hadir")
    taker.page.fill("#id_guests", "Contoh Tamu, Panwaslu Distrik")
    if taker.page.locator("#id_recorded_late").is_checked():
        taker.page.locator("#id_recorded_late").uncheck()
    taker.page.locator("#id_prepare").uncheck()
    taker.press("Simpan draf")
    taker.follow("Terbitkan undangan")
    taker.send()
    taker.page.wait_for_url("**" + here)
    taker.follow("Buka pleno")
    taker.send()
    taker.page.wait_for_url("**/ruang/")

    # Consensus with a follow-up; a majority with a dissent; the third is put off.
    taker.page.fill("textarea[name=text]", "Menetapkan jadwal supervisi empat distrik.")
    taker.page.fill("#id_what_1", "Menerbitkan surat tugas dua tim")
    taker.page.select_option("#id_who_1", index=1)
    taker.page.fill("#id_due_1", (soon + datetime.timedelta(days=2)).strftime("%Y-%m-%d"))
    taker.press("Catat keputusan dan lanjut")
    taker.says("Keputusan dicatat.")
    taker.page.fill("textarea[name=text]", "Mengesahkan laporan triwulan divisi.")
    taker.page.locator("input[name=manner][value=vote]").check(force=True)
    taker.page.locator("input[name^=vote_][value=against]").nth(1).check(force=True)
    taker.page.locator("summary", has_text="Pendapat berbeda").click()
    taker.page.locator("textarea[name^=dissent_]").nth(1).fill("Laporan sebaiknya dilengkapi dahulu.")
    taker.press("Catat keputusan dan lanjut")
    taker.follow("Tunda ke pleno berikutnya")
    taker.page.fill("#id_reason", "Bahan belum lengkap")
    taker.send()
    taker.page.wait_for_url("**/ruang/")
    taker.follow("Periksa lalu tutup pleno")
    taker.press("Tutup pleno")
    taker.page.wait_for_url("**/risalah/")
    taker.follow("Ajukan untuk ditandatangani")
    taker.send()
    taker.page.wait_for_url("**/risalah/")

    # The chair cannot ratify before everyone has confirmed; each gives the password again.
    chair.go(here + "risalah/sahkan/")
    chair.fresh()
    chair.press("Sahkan dan kirim")
    chair.says("Belum dikonfirmasi")
    for name in MEMBERS:
        someone = body[name]
        someone.go("/")
        someone.says("Konfirmasi risalah")
        someone.go(here + "risalah/konfirmasi/")
        someone.fresh()
        someone.press("Ya, saya konfirmasi")
        someone.says("Konfirmasi Anda tercatat.")

    # Before delivery the province knows the facts of the week only.
    assert province.page.goto(address + here).status == 200
    assert "Menetapkan jadwal" not in province.page.inner_text("body")
    assert province.page.goto(address + here + "risalah/").status == 403
    chair.go(here + "risalah/sahkan/")
    chair.fresh()
    chair.press("Sahkan dan kirim")
    chair.says("Disahkan")

    province.go(here + "risalah/")
    province.says("Laporan sebaiknya dilengkapi dahulu.")
    province.press("Tandai sudah dibaca")
    _pages, text = paper_text(province, "Berita Acara")
    for words in (
        "BERITA ACARA RAPAT PLENO",
        "Menetapkan jadwal supervisi empat distrik.",
        "2 setuju, 1 tidak setuju, 0 abstain",
        "Laporan sebaiknya dilengkapi dahulu.",
        "Menerbitkan surat tugas dua tim",
        "dikonfirmasi di portal",
        "Waktu Indonesia Timur",
    ):
        assert words in text, words
    assert "entries intact" in command(environment, "verify_ledger")
