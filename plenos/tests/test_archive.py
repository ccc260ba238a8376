"""Minutes of earlier years: every wrong cell named, checked before they are stored, stated, and marked as imported."""

import datetime
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from bawaslu_portal.kernel import documents
from bawaslu_portal.kernel.models import LedgerEntry, StoredFile
from bawaslu_portal.kernel.tests.factories import signed_in
from plenos import archive
from plenos.models import ArchivedMinutes

from .factories import PDF, ROLES, words

pytestmark = pytest.mark.django_db
HEADINGS = [column.heading for column in archive.LAYOUT.columns]
GOOD = ["12/BA/2019", "31-12-2019", "Pleno akhir tahun", "Menetapkan laporan kearsipan", "terbuka", "ba-12.pdf"]
CLOSED = ["13/BA/2019", datetime.date(2019, 11, 4), "Pleno rahasia", "", "Tertutup", "BA-13.pdf"]


def sheet(*rows, name=archive.LAYOUT.name, headings=HEADINGS):
    book = Workbook()
    book.active.title = name
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("risalah.xlsx", out.getvalue())


def pdf(name="ba-12.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(f"folder/{name.replace('_', '-')}.pdf", content)
    return SimpleUploadedFile("pindaian.zip", out.getvalue())


def spoiled(pack):
    """The bytes of a zip whose packed content is broken: the library fails with ``zlib.error``."""
    content = bytearray(pack.read())
    content[60:90] = b"\xff" * 30
    return bytes(content)


def address(cast, name="archive_import", *more):
    return reverse(f"plenos:{name}", args=[cast.unit.code, *more])


def upload(cast, *rows, scans=None, by=None):
    client = signed_in(Client(), by or cast.secretary)
    data = {"sheet": sheet(*rows), "scans": scans or [pdf(), pdf("BA-13.pdf", PDF + b"%%EOF\n")]}
    return client, client.post(address(cast), data)


def brought_in(cast):
    client, page = upload(cast, GOOD, CLOSED)
    assert page.status_code == 200, words(page)
    rows = page.context["confirm"].initial["rows"]
    assert client.post(address(cast, "archive_store"), {"rows": rows, "stated": "on"}).status_code == 302
    return ArchivedMinutes.objects.get(access="open"), ArchivedMinutes.objects.get(access="closed")


def test_nothing_is_stored_before_it_is_stated(cast):
    client, page = upload(cast, GOOD, CLOSED)
    assert "menyatakan pada" in words(page)
    assert ArchivedMinutes.objects.count() == StoredFile.objects.filter(media_type="application/pdf").count() == 0
    rows = page.context["confirm"].initial["rows"]
    again = client.post(address(cast, "archive_store"), {"rows": rows})
    assert again.status_code == 422
    assert "Nyatakan" in words(again)
    assert "Pleno akhir tahun" in words(again)
    assert ArchivedMinutes.objects.count() == 0
    assert client.post(address(cast, "archive_store"), {"rows": "tampered", "stated": "on"}).status_code == 409


def test_what_is_stored_is_stated_dated_delivered_and_in_the_ledger(cast):
    opened, closed = brought_in(cast)
    assert opened.dated == datetime.date(2019, 12, 31)
    assert opened.statement.startswith(f"{cast.secretary.name} menyatakan pada ")
    assert opened.delivered_to == cast.unit.parent_on()
    assert opened.released_at is not None
    assert documents.read(opened.file) == PDF
    uuids = [str(opened.uuid), str(closed.uuid)]
    assert LedgerEntry.objects.filter(action="plenos.archive.import", thing__in=uuids).count() == 2
    page = words(signed_in(Client(), cast.staff).get(opened.get_absolute_url()))
    assert "Dari arsip" in page
    assert opened.statement in page


def test_a_zip_will_do(cast):
    _client, page = upload(cast, GOOD, scans=[zipped(ba_12=PDF)])
    assert page.status_code == 200, words(page)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, "", "A2:"),
        (1, "kapan-kapan", "B2: Bukan tanggal"),
        (1, "31-12-2090", "B2: Tanggal harus di masa lalu"),
        (2, "=1+1", "C2: Rumus"),
        (2, "x" * 301, "C2: Terlalu panjang"),
        (4, "rahasia", "E2: Tulis tertutup atau terbuka"),
        (5, "lain.pdf", "F2: Berkas ini tidak ikut"),
    ],
)
def test_each_wrong_cell_is_named(cast, place, value, said):
    row = [*GOOD]
    row[place] = value
    _client, page = upload(cast, row)
    assert page.status_code == 422
    assert said in words(page).replace("<b>", "").replace("</b>", "")
    assert page.context["confirm"] is None


@pytest.mark.parametrize(
    ("scans", "said"),
    [
        ([pdf(content=b"bukan")], "ba-12.pdf: Bukan PDF"),
        ([pdf(content=b"%PDF-1.7 terpotong")], "ba-12.pdf: PDF ini terpotong"),
        ([pdf(), pdf()], "Ada dua berkas"),
        ([pdf(), pdf("lebih.pdf")], "lebih.pdf: Tidak disebut"),
        ([SimpleUploadedFile("rusak.zip", b"PK rusak")], "zip ini rusak"),
        ([SimpleUploadedFile("rusak.zip", spoiled(zipped(ba_12=b"%PDF" * 500)))], "zip ini rusak"),
    ],
)
def test_what_is_wrong_with_the_scans_is_said(cast, scans, said):
    _client, page = upload(cast, GOOD, scans=scans)
    assert page.status_code == 422
    assert said in words(page).replace("<b>", "").replace("</b>", "")


def test_doubles_are_refused(cast):
    brought_in(cast)
    _client, page = upload(cast, GOOD, scans=[pdf()])
    assert "sudah ada di arsip" in words(page)
    _client, page = upload(cast, GOOD, GOOD, scans=[pdf()])
    assert "Sama dengan baris 2" in words(page)


def test_another_sheet_or_heading_is_refused(cast):
    client = signed_in(Client(), cast.secretary)
    for wrong, said in (
        (sheet(GOOD, name="Lain"), "tidak ada"),
        (sheet(GOOD, headings=["No", *HEADINGS[1:]]), "harus Nomor"),
        (SimpleUploadedFile("a.xlsx", b"bukan"), "templat"),
    ):
        page = client.post(address(cast), {"sheet": wrong, "scans": [pdf()]})
        assert page.status_code == 422
        assert said in words(page)


def test_the_template_reads_back(cast):
    answer = signed_in(Client(), cast.head).get(address(cast, "archive_template"))
    book = load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book[archive.LAYOUT.name][1]] == HEADINGS


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_brings_in_and_who_reads(role, cast, clients):
    opened, closed = brought_in(cast)
    client = clients[role]
    outside, keeps = role in ("neighbour", "outsider"), role in ("chair", "note_taker", "head")
    writes = keeps or role == "member"
    assert client.get(address(cast)).status_code == (404 if outside else 200 if keeps else 403)
    assert client.post(address(cast, "archive_store"), {}).status_code == (404 if outside else 409 if keeps else 403)
    may_open = not outside and role != "administrator"
    may_closed = writes or role in ("province_supervision", "province_member")
    for minutes, may in ((opened, may_open), (closed, may_closed)):
        for page in (minutes.get_absolute_url(), minutes.get_absolute_url() + "berkas/"):
            assert client.get(page).status_code == (200 if may else 404), page
    if not outside:
        listed = words(client.get(address(cast, "archive")))
        assert ("Pleno rahasia" in listed) == may_closed


def test_it_is_found_by_its_words(cast):
    opened, _closed = brought_in(cast)
    page = words(signed_in(Client(), cast.member).get(reverse("plenos:search"), {"q": "kearsipan"}))
    assert opened.get_absolute_url() in page


def test_they_are_kept_as_they_were_brought_in(cast):
    opened, _closed = brought_in(cast)
    for change in ("UPDATE plenos_archivedminutes SET title = 'Lain'", "DELETE FROM plenos_archivedminutes"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{change} WHERE id = %s", [opened.pk])


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_the_same_with_one_and_with_three(cast, more, django_assert_max_num_queries):
    opened, _closed = brought_in(cast)
    for n in range(more):
        opened.pk, opened.id, opened.number = None, None, f"{n}/BA/2018"
        opened.uuid = f"00000000-0000-0000-0000-00000000000{n}"
        opened._state.adding = True
        opened.save()
    client = signed_in(Client(), cast.staff)
    client.get(address(cast, "archive"))
    with django_assert_max_num_queries(14):
        client.get(address(cast, "archive"))
