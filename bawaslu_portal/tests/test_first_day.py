"""D0: the first day of a body that the demonstration lacks, from an empty portal to a delivered Berita Acara.

The portal is started by script/server in a folder of its own; everything after ``first_administrator`` is done with
Chromium. No model, factory or verb is touched.
"""

import datetime
import re

import pytest

from .people import JAYAPURA, WIT, command, found_body, paper_text, running_portal, scan_of


@pytest.fixture
def portal():
    with running_portal("--no-demo") as started:
        yield started


@pytest.mark.xdist_group("server")
def test_a_new_body_takes_its_first_pleno_to_a_delivered_berita_acara(chromium, portal):
    address, environment = portal
    body = found_body(
        chromium,
        address,
        environment,
        {
            "members.seats": "3",
            "paper.size": "F4",
            "numbering.plenos.undangan.source": "typed",
            "numbering.plenos.berita_acara.source": "typed",
            "letterhead.address": "Jalan Contoh Cendrawasih Nomor 1, Jayapura",
        },
        ("Contoh Ketua Jayapura", "Contoh Notulis Jayapura"),
    )
    taker, chair, overseer = body["Contoh Notulis Jayapura"], body["Contoh Ketua Jayapura"], body["overseer"]

    # Plan for in two hours, and invite with a typed number.
    soon = datetime.datetime.now(WIT) + datetime.timedelta(hours=2)
    year, week, _day = soon.isocalendar()
    here = f"/pleno/{JAYAPURA}/{year}-W{week:02d}/1/"
    taker.go(f"/pleno/{JAYAPURA}/baru/")
    taker.page.fill("#id_week", f"{year}-W{week:02d}")
    taker.page.fill("#id_planned_at", soon.strftime("%Y-%m-%dT%H:%M"))
    taker.page.fill("#id_place", "Ruang rapat Bawaslu Kota Jayapura")
    taker.page.fill("#id_agenda", "Rencana kerja pengawasan pekan ini\nLaporan kegiatan divisi")
    if taker.page.locator("#id_recorded_late").is_checked():
        taker.page.locator("#id_recorded_late").uncheck()
    taker.page.locator("#id_prepare").uncheck()
    taker.press("Simpan draf")
    assert taker.page.url.endswith(here), taker.page.inner_text("main")
    taker.follow("Terbitkan undangan")
    taker.page.fill("#id_number", "017/RT.02/K.JPR/2026")
    taker.page.locator("main form button[type=submit]").last.click()
    taker.page.wait_for_load_state()
    taker.says("017/RT.02/K.JPR/2026")
    taker.says("belum terkirim")
    taker.page.wait_for_selector("text=Unduh PDF", timeout=60000)

    # Open: one member is on duty elsewhere; two of three are a quorum.
    taker.go(here + "buka/")
    seat = taker.page.locator("select[name^=status_]").nth(2)
    seat.select_option("on_duty:onsite")
    taker.page.locator("input[name^=reason_]").nth(2).fill("surat tugas 3/PM.00/2026")
    taker.page.locator("main form button[type=submit]").last.click()
    taker.page.wait_for_url("**/ruang/")
    taker.says("2 hadir, kuorum 2")
    assert "WIT" in taker.page.inner_text(".room-clock")

    # Decide the first by consensus with notes that save themselves; the second by votes with a dissent.
    taker.page.fill("[data-box]", "Anggota Dua memaparkan rencana pengawasan.")
    taker.page.wait_for_selector("#simpan:has-text('Tersimpan')")
    taker.page.fill("textarea[name=text]", "Menetapkan rencana kerja pengawasan pekan ini.")
    taker.press("Catat keputusan dan lanjut")
    taker.says("Keputusan dicatat.")
    taker.page.fill("textarea[name=text]", "Mengesahkan laporan kegiatan divisi.")
    taker.page.locator("input[name=manner][value=vote]").check(force=True)
    taker.page.locator("input[name^=vote_][value=abstain]").nth(1).check(force=True)
    taker.press("Catat keputusan dan lanjut")
    taker.follow("Periksa lalu tutup pleno")
    taker.press("Tutup pleno")
    taker.page.wait_for_url("**/risalah/")

    # Put up with a typed number; both present members sign by hand.
    taker.follow("Ajukan untuk ditandatangani")
    taker.page.fill("#id_number", "018/HK.01.00/K.JPR/2026")
    taker.page.locator("main form button[type=submit]").last.click()
    taker.page.wait_for_url("**/risalah/")
    for name in ("Contoh Ketua Jayapura", "Contoh Anggota Dua"):
        taker.page.get_by_role("link", name=re.compile(f"Tanda tangan basah.*{name}")).click()
        taker.page.fill("#id_signed_on", datetime.datetime.now(WIT).strftime("%Y-%m-%d"))
        taker.page.set_input_files("#id_scan", scan_of("halaman"))
        taker.page.locator("main form button[type=submit]").last.click()
        taker.page.wait_for_url("**/risalah/")
    taker.says("Ditandatangani di kertas")

    # The province sees the facts of the week, not the minutes, until they are delivered.
    assert overseer.page.goto(address + here).status == 200
    assert overseer.page.goto(address + here + "risalah/").status == 403

    # The chair ratifies after giving the password again.
    chair.go(here + "risalah/sahkan/")
    chair.fresh()
    chair.press("Sahkan dan kirim")
    chair.says("Disahkan")
    assert chair.page.goto(address + here + "risalah/tarik/").status in (200, 409)

    # The province reads it, marks it read, and the paper says what the page says.
    overseer.go(here + "risalah/")
    overseer.says("Mengesahkan laporan kegiatan divisi.")
    overseer.press("Tandai sudah dibaca")
    overseer.says("Ditandai sudah dibaca.")
    pages, text = paper_text(overseer, "Berita Acara")
    width, height = (float(side) / 72 * 25.4 for side in pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 330)
    for words in (
        "018/HK.01.00/K.JPR/2026",
        "Waktu Indonesia Timur",
        "Jalan Contoh Cendrawasih",
        "Menetapkan rencana kerja pengawasan pekan ini.",
        "1 setuju, 0 tidak setuju, 1 abstain",
        "ditandatangani basah",
        "Halaman 1 dari",
    ):
        assert words in text, words
    assert "DRAF" not in text
    assert "entries intact" in command(environment, "verify_ledger")
