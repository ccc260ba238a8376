"""What the papers of a pleno say, read back with another library than the one that wrote them."""

import re
from copy import deepcopy

import pytest
from django.template.loader import get_template

from bawaslu_portal.kernel import documents as kernel_documents
from bawaslu_portal.kernel import pdf
from plenos import documents
from plenos.tests import papers
from plenos.tests.papers import made, pages_of, text_of

MINUTES = ("plenos.berita_acara", "plenos.notulen", "plenos.daftar_hadir")
LETTERS = ("plenos.undangan", "plenos.daftar_hadir_kosong")
HOSTILE = "<b>&amp;\"'</b> ]]> \x00\x0b\ufffe\u202e {{ x }} {% if %} " + "panjangsekali" * 12


@pytest.fixture(autouse=True)
def pango():
    """These tests make papers: skipped with the reason that the portal itself gives."""
    missing = pdf.available()
    if missing:
        pytest.skip(missing)


# --- Berita Acara ---


def test_minutes_say_letterhead_number_date_and_place_in_words():
    text = text_of("plenos.berita_acara", papers.minutes())
    assert text.startswith("BADAN PENGAWAS PEMILIHAN UMUM KOTA KENDARI Jalan Contoh Raya Nomor 17")
    assert "BERITA ACARA RAPAT PLENO Nomor 46/HK.01.00/K.KDI/11/2026" in text
    assert (
        "Pada hari ini, Senin, tanggal sembilan bulan November tahun dua ribu dua puluh enam (09-11-2026), pukul "
        "sembilan lewat lima belas menit (09.15) Waktu Indonesia Tengah, bertempat di Ruang Rapat Utama, Kantor "
        "Bawaslu Kota Kendari, telah dilaksanakan Rapat Pleno tertutup Bawaslu Kota Kendari (rutin mingguan, pekan "
        "keempat puluh lima)."
    ) in text
    assert "Rapat ditutup pada pukul sebelas lewat empat puluh menit (11.40) Waktu Indonesia Tengah" in text
    assert "Kendari, 9 November 2026 Ketua selaku pimpinan rapat," in text


def test_minutes_say_who_came_and_whether_there_was_a_quorum():
    record = papers.minutes()
    record["attendance"][4].update(status="izin", mode="", arrived="", reason="keluarga sakit")
    record["pleno"]["quorum"]["present"] = 4
    text = text_of("plenos.berita_acara", record)
    assert "dihadiri 4 (empat) dari 5 (lima) orang Ketua dan Anggota; kuorum 3 (tiga) orang terpenuhi" in text
    assert "Hadir pula 2 (dua) orang sekretariat" in text
    assert "Izin: keluarga sakit" in text


def test_each_decision_says_its_manner_its_votes_by_name_and_its_dissent():
    text = text_of("plenos.berita_acara", papers.voted(2))
    assert "Keputusan 1 – Rencana kerja divisi bagian 1" in text
    assert "Suara terbanyak. Perolehan suara: 4 setuju, 1 tidak setuju, 0 abstain." in text
    assert "2 Anggota Contoh Dua, S.Sos. Tidak setuju Menyampaikan pendapat berbeda" in text
    assert "Jumlah 4 setuju 1 tidak setuju, 0 abstain" in text
    assert "Anggota Contoh Tiga, S.H.: Pendapat berbeda ke-2: bahan belum dibagikan." in text
    assert "5 hadir dari 5 yang berhak, kuorum 3." in text
    assert "Melaksanakan 2 (keputusan 2) Sekretariat 20 November 2026" in text
    assert "Musyawarah mufakat." in text_of("plenos.berita_acara", papers.minutes(items=1))


def test_what_was_voted_down_is_not_called_a_decision():
    votes = [(name, "tidak") for name in papers.NAMES[:5]]
    decision = papers.decision(1, result="tidak disetujui", votes=votes)
    text = text_of("plenos.berita_acara", papers.minutes(items=[papers.item(1, decisions=[decision])]))
    assert "Usul keputusan Menyetujui rencana" in text
    assert "Hasil tidak disetujui" in text


def test_a_tie_decided_nothing_and_has_no_number():
    tie = papers.decision("", result="suara berimbang", votes=[(papers.NAMES[0], "setuju"), (papers.NAMES[1], "tidak")])
    put_off = papers.item(1, decisions=[tie], outcome="deferred", reason="Suara berimbang.")
    text = text_of("plenos.berita_acara", papers.minutes(items=[put_off]))
    assert "Usul tanpa putusan – Rencana kerja divisi bagian 1 Usul keputusan" in text
    assert "1 Rencana kerja divisi bagian 1 Ditunda Suara berimbang." in text
    assert "Ditunda: Suara berimbang." in text_of("plenos.notulen", papers.minutes(items=[put_off]))


def test_items_put_off_or_withdrawn_are_listed_with_the_reason():
    items = [papers.item(1), papers.item(2, outcome="withdrawn", reason="Ditarik pengusul.", access="closed")]
    text = text_of("plenos.berita_acara", papers.minutes(items=items, pleno={"kind": "terbuka"}))
    assert "1 Rencana kerja divisi bagian 1 Ditunda Bahan belum lengkap." in text
    assert "2 Rencana kerja divisi bagian 2 (tertutup) Ditarik Ditarik pengusul." in text


def test_a_closed_item_of_a_closed_session_is_not_marked():
    text = text_of("plenos.berita_acara", papers.minutes(items=[papers.item(1, access="closed")]))
    assert "(tertutup)" not in text


def test_without_quorum_nothing_is_decided():
    text = text_of("plenos.berita_acara", papers.without_quorum())
    assert "telah dibuka Rapat Pleno" in text
    assert "dihadiri 2 (dua) dari 5 (lima) orang Ketua dan Anggota; kuorum 3 (tiga) orang tidak terpenuhi" in text
    assert "Karena kuorum tidak terpenuhi, rapat tidak mengambil keputusan." in text


@pytest.mark.parametrize("kind", MINUTES)
def test_what_was_recorded_afterwards_says_so_with_both_times(kind):
    late = {"recorded_late": True, "recorded_at": papers.at("08:00", day="2026-11-20"), "invitation": None}
    text = text_of(kind, papers.minutes(pleno=late))
    assert (
        "Dicatat kemudian: rapat berlangsung pada 9 November 2026 pukul 09.15 WITA dan dicatat di portal pada "
        "20 November 2026 pukul 08.00 WITA."
    ) in text


def test_a_pleno_that_ends_on_another_day_says_so():
    record = papers.minutes(pleno={"closed_at": papers.at("00:30", day="2026-11-10")})
    assert "Rapat ditutup pada Selasa, 10 November 2026, pukul nol lewat tiga puluh menit" in text_of(
        MINUTES[0], record
    )
    assert "09.15 s.d. 10 November 2026 pukul 00.30 WITA" in text_of("plenos.daftar_hadir", record)


def test_the_final_minutes_say_who_signed_how_and_cite_the_text_that_was_signed():
    record = papers.minutes()
    signed = documents.digest(record)
    final = papers.final(record, signed)
    text = text_of("plenos.berita_acara", final)
    assert "Ketua Contoh, S.H., M.H. dikonfirmasi di portal pada 9 November 2026 pukul 15.30 WITA" in text
    assert "Anggota Contoh Dua, S.Sos. ditandatangani basah pada 9 November 2026" in text
    assert "Anggota Contoh Tiga, S.H. tidak menandatangani: sakit" in text
    assert "Disahkan oleh Ketua Contoh, S.H., M.H. (Ketua) pada 9 November 2026 pukul 16.00 WITA" in text
    assert signed in text.replace(" ", "")
    assert documents.digest(final) in text.replace(" ", "")


@pytest.mark.parametrize("members", [3, 5, 7])
@pytest.mark.parametrize("items", range(4))
def test_the_signatures_stand_with_their_text(members, items):
    pages = pages_of("plenos.berita_acara", papers.minutes(members=members, items=items))
    (last,) = (page for page in pages if "V. Penutup" in page)
    assert all(name in last.split("V. Penutup")[1] for name in papers.NAMES[:members])
    assert "sebagaimana mestinya" in last


def test_long_names_three_members_and_the_east():
    names = [f"{papers.LONG_NAME} {n}" for n in "ABC"]
    text = text_of("plenos.berita_acara", papers.minutes(members=3, names=names, zone="WIT", paper="F4"))
    assert "Waktu Indonesia Timur" in text
    assert all(name in text for name in names)


@pytest.mark.parametrize("kind", MINUTES[:2])
@pytest.mark.parametrize("items", [0, 60])
def test_nothing_many_and_very_many_items(kind, items):
    pages = pages_of(kind, papers.minutes(items=items))
    for n, page in enumerate(pages, 1):
        assert f"Halaman {n} dari {len(pages)}" in page
    text = " ".join(pages)
    if kind == "plenos.berita_acara":
        assert len(re.findall(r"Keputusan \d+ –", text)) == items
    if not items:
        assert "Tidak ada agenda" in text or "Rapat tidak mengambil keputusan." in text


# --- the other papers ---


def test_notes_say_what_was_said_and_what_came_of_it():
    record = papers.minutes(pleno={"opening_words": "Selamat pagi.", "closing_words": "Terima kasih."})
    text = text_of("plenos.notulen", record)
    assert "Notulis : Notulis Contoh (Staf Divisi SDMO dan Diklat)" in text
    assert "Peserta : 5 dari 5 Ketua dan Anggota; 2 (dua) orang sekretariat (daftar hadir terlampir)" in text
    assert "Selamat pagi." in text
    assert "Ketua membuka pembahasan. Anggota menyampaikan laporan pekan lalu dan rencana pekan ini." in text
    assert "Keputusan 1 Menyetujui rencana kerja divisi bagian 1" in text
    assert "Terima kasih." in text
    assert "NIP 00000000 000000 0 001" in text


def test_notes_keep_their_headings_lists_and_bold_and_nothing_else():
    record = papers.minutes()
    record["items"][0]["notes"] = (
        "<h3>Laporan</h3><p>Ketua <strong>membuka</strong><br>rapat &amp; acara.</p>"
        '<ul><li>satu<ol><li>dalam</li></ol></li></ul><p onclick="x()">akhir<script>jahat()</script></p>'
    )
    template, values = documents.values("plenos.notulen", record)
    page = pdf.markup(template, values)
    assert (
        "<h3>Laporan</h3><p>Ketua <strong>membuka</strong><br/>rapat &amp; acara.</p>"
        "<ul><li>satu<ol><li>dalam</li></ol></li></ul><p>akhir</p>"
    ) in page
    text = text_of("plenos.notulen", record)
    assert "Laporan Ketua membuka rapat & acara." in text
    assert "jahat" not in text


def test_the_attendance_list_says_who_was_there_how_and_when():
    record = papers.minutes()
    record["attendance"][1].update(mode="daring", arrived=papers.at("09:20"), left=papers.at("10:05"))
    record["attendance"][2].update(status="dinas luar", mode="", arrived="", reason="")
    record["attendance"].append(papers.attender(1, "Tamu Contoh", "Akademisi", "undangan"))
    text = text_of("plenos.daftar_hadir", record)
    assert "Unsur Ketua dan Anggota 1 Ketua Contoh" in text
    assert "Hadir, daring 09.20 s.d. 10.05" in text
    assert "Dinas luar –" in text
    assert "Unsur Undangan 8 Tamu Contoh Akademisi" in text
    assert "Ketua dan Anggota hadir 5 (lima) dari 5 (lima) orang; kuorum 3 (tiga): terpenuhi." in text


def test_the_invitation_says_who_is_asked_where_when_and_for_what():
    text = text_of("plenos.undangan", papers.invitation())
    assert "Nomor : 118/RT.02/K.KDI/11/2026 Kendari, 6 November 2026" in text
    assert "Perihal : Undangan Rapat Pleno Rutin Mingguan" in text
    assert re.search(r"Kepada Yth\. (1\. )?Anggota Contoh Dua, S\.Sos\., Anggota, Kordiv SDM", text)
    assert "Undangan Contoh 2, Undangan" in text.split("di Tempat")[0]
    assert "Hari, tanggal : Senin, 9 November 2026" in text
    assert "Pukul : 09.00 WITA s.d. selesai" in text
    assert "Laporan dan rencana kerja divisi bagian 4." in text.split("Agenda rapat:")[1]
    assert "Tembusan: 1. Ketua Bawaslu Provinsi Sulawesi Tenggara di Kendari; 2. Arsip." in text


def test_a_change_and_a_cancellation_cite_the_earlier_letter():
    earlier = {"number": "100/RT.02/K.KDI/11/2026", "date": "2026-11-05"}
    changed = text_of("plenos.undangan", papers.invitation(letter="change", reason="listrik padam", earlier=earlier))
    assert "sesuai undangan Nomor 100/RT.02/K.KDI/11/2026 tanggal 5 November 2026 diubah jadwalnya" in changed
    assert "dengan alasan: listrik padam." in changed
    cancelled = text_of("plenos.undangan", papers.invitation(letter="cancel", reason="banjir.", earlier=earlier))
    assert "dibatalkan dengan alasan: banjir. Rapat itu sedianya" in cancelled
    assert "Agenda rapat" not in cancelled


def test_the_blank_list_has_names_and_empty_cells():
    text = text_of("plenos.daftar_hadir_kosong", papers.invitation())
    assert "1 Ketua Contoh, S.H., M.H. Ketua 1. 2 Anggota Contoh Dua" in text
    assert "Unsur Undangan" in text
    assert "Lainnya" in text
    assert "Hadir, luring" not in text


# --- every paper ---


def every(**changes):
    """Each kind with a record of its own."""
    return [
        *((kind, papers.invitation(**changes)) for kind in LETTERS),
        *((kind, papers.minutes(items=6, **changes)) for kind in MINUTES),
    ]


@pytest.mark.parametrize("size", ["A4", "F4"])
def test_a_draft_says_so_on_every_page_and_has_no_digest(size):
    for kind, record in every(draft=True, paper=size):
        for page in pages_of(kind, record):
            assert "DRAF" in page, kind
            assert "Draf menurut keadaan" in page, kind
            assert "SHA-256" not in page, kind


def test_a_demonstration_says_so_on_every_page():
    for kind, record in every(demo=True):
        for page in pages_of(kind, record):
            assert "Data contoh, bukan naskah resmi" in page, kind
    for kind, record in every():
        assert "Data contoh" not in text_of(kind, record), kind


def test_the_foot_names_portal_time_and_digest_and_claims_no_signature():
    for kind, record in every():
        for page in pages_of(kind, record):
            assert "Portal Bawaslu · Bawaslu Kota Kendari" in page, kind
            assert "Naskah dibekukan" in page, kind
            assert documents.digest(record) in page.replace(" ", ""), kind
            assert "Bukan tanda tangan elektronik tersertifikasi." in page, kind
            assert "segel" not in page.lower(), kind
            assert "TTE" not in page, kind
            assert "DRAF" not in page, kind


def test_the_same_record_gives_the_same_bytes_and_nothing_else_is_read(django_assert_num_queries, db):
    for kind, record in every():
        before, again = made(kind, record), deepcopy(record)
        with django_assert_num_queries(0):
            assert documents.paper(kind, again) == before
        assert documents.digest(record) == kernel_documents.digest(again)


def spoiled(value):
    """The record with hostile text in every text that people type."""
    if isinstance(value, dict):
        fixed = {"schema", "tz", "zone", "paper", "logo", "week", "date", "due", "hour", "frozen_at", "opened_at"}
        fixed |= {"closed_at", "recorded_at", "arrived", "left", "kind", "letter", "element", "status", "mode", "vote"}
        fixed |= {"manner", "outcome", "access", "result", "way", "at", "ratified_at", "text_digest", "text_frozen_at"}
        return {key: one if key in fixed else spoiled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [spoiled(one) for one in value]
    return value + HOSTILE if isinstance(value, str) else value


def test_hostile_text_stays_text_in_every_paper():
    records = {
        **dict.fromkeys(LETTERS, papers.invitation()),
        **dict.fromkeys(MINUTES, papers.final(papers.voted(2), "0" * 64)),
    }
    for kind, record in records.items():
        text = text_of(kind, spoiled(record)).replace(" ", "")
        assert "<b>&amp;\"'</b>]]>{{x}}{%if%}panjangsekali" in text, kind


def test_every_paper_has_its_template():
    for template, _builder, title in documents.PAPERS.values():
        assert get_template(template)
        assert title


# --- from the verbs to the paper ---


def test_the_papers_of_a_ratified_pleno_say_what_the_tables_say(cast):
    from bawaslu_portal.kernel.models import Document
    from plenos.tests.factories import make_ratified

    pleno = make_ratified(cast, agenda=["Laporan <pekan> lalu", "Rencana & jadwal"])
    minutes = pleno.minutes.get()
    current = {one.kind: one for one in Document.objects.filter(about=pleno.uuid, superseded_by=None)}
    assert set(current) == set(documents.PAPERS) - {"plenos.kutipan"}  # an extract is made when it is asked for
    text = {kind: text_of(kind, one.record) for kind, one in current.items()}
    for kind, one in current.items():
        assert one.digest in text[kind].replace(" ", ""), kind
    official = text["plenos.berita_acara"]
    assert minutes.number in official
    assert minutes.digest in official.replace(" ", "")
    for decision in pleno.decisions.all():
        assert f"Keputusan {decision.number} – {decision.item.title}" in official
        assert decision.text in official
    for attendee in pleno.attendees.members():
        assert f"{attendee.name} dikonfirmasi di portal pada" in official
        assert attendee.name in text["plenos.daftar_hadir"]
    for title in ("Laporan <pekan> lalu", "Rencana & jadwal"):
        assert title in text["plenos.undangan"]
        assert title in text["plenos.notulen"]


def test_the_invitation_to_an_open_session_names_no_closed_item(cast):
    from plenos.tests.factories import make_draft

    agenda = ("Laporan pekan lalu", {"title": "Dugaan pelanggaran", "access": "closed"}, "Lain-lain")
    first, second = (make_draft(cast, agenda=agenda, access=access) for access in ("open", "closed"))
    seen = documents.invitation_record(first)["agenda"]
    assert seen == ["Laporan pekan lalu", "Pokok agenda tertutup", "Lain-lain"]
    assert documents.invitation_record(second)["agenda"][1] == "Dugaan pelanggaran"


def test_a_pleno_without_quorum_is_put_up_with_papers_that_say_so(cast):
    from plenos.tests.factories import make_signing

    pleno = make_signing(cast, exceptions={3: "excused", 4: "ill", 5: "on_duty"})
    record = pleno.minutes.get().record
    text = text_of("plenos.berita_acara", record)
    assert "Karena kuorum tidak terpenuhi, rapat tidak mengambil keputusan." in text
    assert "Dinas luar: surat tugas" in text
    assert text.count("Ditunda Kuorum tidak terpenuhi.") == 3
