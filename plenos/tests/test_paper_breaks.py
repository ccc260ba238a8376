"""How papers fall into pages: what is read together stands together, and words have room."""

import re
from types import SimpleNamespace

import pytest

from bawaslu_portal.kernel import exports, pdf
from plenos import sheets

from . import papers
from .papers import pages_of, text_of


@pytest.fixture(autouse=True)
def pango():
    """These tests make papers: skipped with the reason that the portal itself gives."""
    missing = pdf.available()
    if missing:
        pytest.skip(missing)


def test_an_outcome_stands_with_the_words_that_it_ends():
    pages = pages_of("plenos.notulen", papers.minutes(items=[papers.item(n, notes="") for n in range(1, 31)]))
    for n in range(1, 31):
        outcome = rf"{n}\. Rencana kerja divisi bagian {n} Tidak ada catatan pembahasan\. Simpulan Ditunda"
        assert sum(bool(re.search(outcome, page)) for page in pages) == 1


@pytest.mark.parametrize("guests", [19, 20])
def test_the_agenda_begins_where_it_is_announced(guests):
    (page,) = (p for p in pages_of("plenos.undangan", papers.invitation(guests=guests)) if "Agenda rapat:" in p)
    assert "Laporan dan rencana kerja divisi bagian 1." in page


@pytest.mark.parametrize("staff", [4, 11])
def test_no_group_is_announced_at_the_foot_of_a_page(staff):
    record = papers.minutes()
    record["attendance"] += [papers.attender(n, f"Staf {n}", "Staf", "sekretariat") for n in range(staff)]
    record["attendance"].append(papers.attender(1, "Tamu Contoh", "Akademisi", "undangan"))
    text = text_of("plenos.daftar_hadir", record)
    assert re.search(rf"Unsur Undangan {staff + 8} Tamu Contoh", text)


def test_what_hangs_on_the_minutes_is_named():
    record = papers.minutes(annexes=["surat tugas"])
    assert "Berita Acara ini dilampiri daftar hadir, notulen, dan surat tugas." in text_of(
        "plenos.berita_acara", record
    )
    record["notes_number"] = "45/RT.02/KDI/11/2026"
    assert "Berita Acara ini dilampiri daftar hadir dan surat tugas." in text_of("plenos.berita_acara", record)


def test_without_a_note_taker_there_is_a_line_to_sign_on():
    record = papers.minutes(pleno={"note_taker": {"name": "", "title": ""}})
    record["signatories"]["note_taker"] = {"name": "", "nip": ""}
    text = text_of("plenos.notulen", record)
    assert "Notulis : –" in text and "(....." in text


def test_a_list_leaves_its_words_room_on_paper():
    unit, lying = SimpleNamespace(name="Bawaslu", time_zone="Asia/Makassar"), 297 - 2 * 15 - 9  # A4, margins, number
    lists = [
        sheets.decisions(unit, [], []),
        sheets.follow_ups(unit, [], []),
        sheets.inbox(unit, [], [], over=False),
        sheets.found([], "", []),
    ]
    for table in lists:
        taken = [exports.WIDTHS[column.kind] if column.width is None else column.width for column in table.columns]
        assert (lying - sum(filter(None, taken))) / taken.count(None) > 45, table.name
        # "30 September 2024" is 23.3 mm wide; beside a number its cell has a wider margin.
        before = ["number", *(column.kind for column in table.columns)]
        dates = [n for n, column in enumerate(table.columns) if column.kind == "date"]
        assert all(taken[n] >= (26.7 if before[n] in exports.RIGHT else 24.9) for n in dates), table.name
