"""Working copies read back with python-docx: what the paper says, in its form, marked on every page."""

import io

import pytest
from django.test import Client
from docx import Document as Word
from PIL import Image

from bawaslu_portal.kernel import documents as kernel_documents
from bawaslu_portal.kernel.tests.factories import signed_in
from plenos import documents

from . import papers
from .factories import ROLES, make_closed, make_draft, make_invited, make_ratified

NOTE = "Salinan kerja, bukan naskah resmi"


def opened(content):
    return Word(io.BytesIO(content))


def said(book):
    """Every word of the body, paragraphs and cells in their order."""
    found = []
    for block in book.element.body.iter():
        if block.tag.endswith("}t"):
            found.append(block.text or "")
        elif block.tag.endswith(("}p", "}tc")):
            found.append("\n")
    return " ".join("".join(found).split())


def copy_of(kind, record):
    return opened(documents.working_copy(kind, record))


@pytest.mark.parametrize("kind", ["plenos.berita_acara", "plenos.notulen"])
@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_minutes_say_what_the_record_says(kind, paper):
    record = papers.voted(4, members=7, paper=paper)
    book = copy_of(kind, record)
    text = said(book)
    for item in record["items"]:
        assert item["title"] in text
        for decision in item["decisions"]:
            assert decision["text"] in text
    assert record["number"] in text
    for line in record["body"]["kop"]:
        assert line in text
    signs = "chair" if kind == "plenos.berita_acara" else "note_taker"
    assert record["signatories"][signs]["name"] in text
    assert round(book.sections[0].page_height.mm) == {"A4": 297, "F4": 330}[paper]


def test_it_is_marked_on_every_page_and_has_page_numbers():
    book = copy_of("plenos.notulen", papers.minutes(draft=True))
    section = book.sections[0]
    assert not section.different_first_page_header_footer
    assert section.header.paragraphs[0].text.startswith(f"{NOTE} · DRAF")
    assert NOTE in section.footer.paragraphs[0].text
    assert "NUMPAGES" in section.footer._element.xml
    assert book.core_properties.comments == NOTE


def test_tables_and_signature_blocks_keep_their_form():
    record = papers.voted(2, members=7)
    book = copy_of("plenos.berita_acara", record)
    heads = [[cell.text for cell in table.rows[0].cells] for table in book.tables]
    assert ["No.", "Ketua dan Anggota", "Jabatan", "Kehadiran"] in heads
    assert ["No.", "Nama", "Suara", "Keterangan"] in heads
    names = {cell.text.strip() for table in book.tables[-3:] for row in table.rows for cell in row.cells}
    assert set(papers.NAMES) <= names
    ruled = next(table for table in book.tables if table.rows[0].cells[0].text == "No.")
    assert "w:tblHeader" in ruled.rows[0]._tr.xml
    assert "w:insideH" in ruled._tbl.tblPr.xml


def test_numbering_begins_anew_in_each_list():
    book = copy_of("plenos.undangan", papers.invitation(agenda=3, guests=0))
    numbered = [p.text.split("\t")[0] for p in book.paragraphs if "\t" in p.text]
    assert numbered.count("1.") == 2
    assert "Laporan dan rencana kerja divisi bagian 3." in said(book)


@pytest.mark.parametrize("count", [0, 60])
def test_none_and_sixty_items(count):
    book = copy_of("plenos.notulen", papers.minutes(items=count, members=7, names=[papers.LONG_NAME] * 7))
    text = said(book)
    assert ("Tidak ada agenda yang dibahas." in text) == (count == 0)
    assert (f"Rencana kerja divisi bagian {count or 1}" in text) == (count > 0)


def test_formatted_notes_keep_headings_lists_and_bold():
    notes = (
        "<h3>Usul</h3><p>Ketua <strong>setuju</strong>.</p><ul><li>satu</li><li>dua<ol><li>dalam</li></ol></li></ul>"
    )
    record = papers.minutes(items=[papers.item(1, notes=notes)])
    book = copy_of("plenos.notulen", record)
    bold = {run.text for p in book.paragraphs for run in p.runs if run.bold}
    assert {"setuju", "Usul"} <= bold
    assert {"•\tsatu", "•\tdua", "1.\tdalam"} <= {p.text.strip() for p in book.paragraphs}


def test_photos_have_the_size_of_the_paper_and_stay_with_their_words():
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "green").save(out, "JPEG")
    photo = {"caption": "Peta", "date": "", "kind": "image/jpeg", "size": len(out.getvalue())}
    photo["sha256"] = kernel_documents.write_bytes(out.getvalue())
    book = copy_of("plenos.notulen", papers.minutes(items=[papers.item(1, attachments=[photo])]))
    (shape,) = book.inline_shapes
    assert (round(shape.width.mm), round(shape.height.mm)) == (140, 105)
    kept = [p.text for p in book.paragraphs if p.paragraph_format.keep_with_next]
    assert any(text.startswith("Rapat ditutup oleh pimpinan rapat") for text in kept)
    assert "Ketua membuka pembahasan." not in kept and "" in kept


def test_what_was_typed_is_words_not_markup():
    record = papers.minutes(items=[papers.item(1, decisions=[papers.decision(1, text="Pasal <b>5</b> & 6")])])
    assert "Pasal <b>5</b> & 6" in said(copy_of("plenos.berita_acara", record))


# --- rights: as the paper ---------------------------------------------------------------------------------


def reading(clients, pleno, kind):
    address = pleno.address("plenos:working_copy", kind=kind)
    return {role: clients[role].get(address).status_code for role in ROLES}


WRITERS = {"chair", "member", "note_taker", "head"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["notulen", "berita-acara"])
def test_those_who_read_the_minutes_have_their_copy(kind, cast, clients):
    closed = reading(clients, make_closed(cast), kind)
    assert {role for role, status in closed.items() if status == 200} == WRITERS


@pytest.mark.django_db
def test_ratified_ones_go_where_the_minutes_go(cast, clients):
    pleno = make_ratified(cast, access="open", agenda=({"title": "Terbuka", "access": "open"},))
    found = reading(clients, pleno, "notulen")
    assert {role for role, status in found.items() if status == 200} == set(ROLES) - {
        "administrator",
        "neighbour",
        "outsider",
    }
    assert {found[role] for role in ("administrator", "neighbour", "outsider")} == {404}


@pytest.mark.django_db
def test_the_invitation_is_for_the_unit_once_it_is_out(cast, clients):
    draft = reading(clients, make_draft(cast), "undangan")
    assert {role for role, status in draft.items() if status == 200} == {"chair", "note_taker", "head"}
    import datetime

    from .factories import WHEN

    out = reading(clients, make_invited(cast, when=WHEN + datetime.timedelta(days=7)), "undangan")
    assert {role for role, status in out.items() if status == 200} == WRITERS | {"staff"}


@pytest.mark.django_db
def test_it_comes_as_a_download_of_its_own_kind(cast):
    pleno = make_closed(cast)
    answer = signed_in(Client(), cast.secretary).get(pleno.address("plenos:working_copy", kind="notulen"))
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert answer["Content-Disposition"] == 'attachment; filename="salinan-kerja-notulen-7471-2024-w34-1.docx"'
    assert opened(answer.content).sections[0].header.paragraphs[0].text.startswith(NOTE)
    assert signed_in(Client(), cast.secretary).get(pleno.address("plenos:working_copy", kind="lain")).status_code == 404
