"""People from Excel: every wrong cell is named, nothing is entered before the confirmation, formulas are refused."""

import datetime
import io
import re
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from bawaslu_portal.kernel import clock, ledger, people_import
from bawaslu_portal.kernel.models import AccessLink, Membership, OutboxMessage, Parentage, User

pytestmark = pytest.mark.django_db
HEADINGS = [column.heading for column in people_import.LAYOUT.columns]
GOOD = ["74.71", "Orang Satu, S.H.", "satu@contoh.id", "Staf Sekretariat", "Hukum dan PS", "", 3, "01-02-2026", "SK 1",
        "0812 3456", "", "31/12/1980"]  # fmt: skip


def book(*rows, headings=HEADINGS, sheet="Orang"):
    workbook = Workbook()
    workbook.active.title = sheet
    workbook.active.append(headings)
    for row in rows:
        workbook.active.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def changed(**cells):
    columns = people_import.LAYOUT.columns
    return [cells.get(column.key, value) for column, value in zip(columns, GOOD, strict=True)]


def read(content, by):
    return people_import.read(content, by=by)


def test_the_template_reads_back_with_its_lists(cast):
    content = people_import.template(cast.province_administrator)
    workbook = load_workbook(io.BytesIO(content))
    assert [cell.value for cell in workbook["Orang"][1]] == HEADINGS
    codes = {row[2].value for row in workbook["Petunjuk"].iter_rows()}
    assert {"74", "74.71", "74.04"} <= codes
    assert "36.73" not in codes
    filled = workbook["Orang"]
    for column, value in enumerate(GOOD, 1):
        filled.cell(2, column, value)
    out = io.BytesIO()
    workbook.save(out)
    assert read(out.getvalue(), cast.province_administrator).errors == []


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        ({"code": "74.99"}, "A2"),
        ({"code": "36.73"}, "A2"),
        ({"code": None}, "A2"),
        ({"name": ""}, "B2"),
        ({"name": "=1+1"}, "B2"),
        ({"name": "@SUM(A1)"}, "B2"),
        ({"name": "x" * 121}, "B2"),
        ({"email": "bukan pos-el"}, "C2"),
        ({"role": "Raja"}, "D2"),
        ({"division": "Tidak Ada"}, "E2"),
        ({"order": "banyak"}, "G2"),
        ({"since": "kemarin"}, "H2"),
        ({"since": "31-02-2026"}, "H2"),
        ({"nip": 198012312005011001}, "K2"),
        ({"birth_date": "=TODAY()"}, "L2"),
    ],
)
def test_every_wrong_cell_is_named(cast, cells, cell):
    sheet = read(book(changed(**cells)), cast.administrator)
    assert [name for name, _sentence in sheet.errors] == [cell]


def test_all_wrong_cells_at_once(cast):
    sheet = read(book(changed(name="", role="Raja"), GOOD, changed(since="x")), cast.administrator)
    assert {"B2", "D2", "H4", "C4"} == {cell for cell, _sentence in sheet.errors}


def test_what_excel_made_of_codes_dates_and_telephones(cast):
    row = changed(code=74.71, phone=81234567, since=datetime.datetime(2026, 2, 1), birth_date="1980-12-31")
    sheet = read(book(row), cast.administrator)
    assert sheet.errors == []
    read_row = sheet.rows[0]
    assert (read_row["code"], read_row["phone"]) == ("74.71", "081234567")
    assert (read_row["since"], read_row["birth_date"]) == ("2026-02-01", "1980-12-31")


def test_a_unit_that_one_does_not_administer(cast):
    other = changed(code="74.04")
    assert read(book(other), cast.administrator).errors[0][0] == "A2"
    assert read(book(changed(code="74.04", division="")), cast.province_administrator).errors == []


@pytest.mark.parametrize(
    "content",
    [b"", b"bukan excel", b"PK\x03\x04rusak", b"\xd0\xcf\x11\xe0lama", book(GOOD, sheet="Lain")],
)
def test_files_that_are_none(cast, content):
    with pytest.raises(ValidationError):
        read(content, cast.administrator)


def test_bombs_macros_and_doctypes(cast):
    def pack(**parts):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in parts.items():
                file.writestr(name.replace("__", "/") + ".xml", content)
        return out.getvalue()

    for content in (
        pack(big=b"0" * (41 * 1024 * 1024)),
        pack(xl__vbaProject=b"x"),
        pack(xl__workbook=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
    ):
        with pytest.raises(ValidationError):
            read(content, cast.administrator)


def test_wrong_headings_and_an_empty_sheet(cast):
    assert read(book(GOOD, headings=["x", *HEADINGS[1:]]), cast.administrator).errors[0][0] == "A1"
    assert read(book(), cast.administrator).errors[0][0] == "A2"


def test_the_rehearsal_finds_what_the_verbs_refuse_and_enters_nothing(cast):
    before = Membership.objects.count()
    rows = book(changed(email="k@contoh.id", role="Ketua", division=""), changed(email=cast.administrator.email))
    sheet = people_import.rehearse(read(rows, cast.administrator), by=cast.administrator)
    assert {cell for cell, _sentence in sheet.errors} == {"D2", "C3"}
    assert Membership.objects.count() == before
    assert not User.objects.filter(email="k@contoh.id").exists()
    assert ledger.verify("74.71") == (0, None)


class TestPages:
    def upload(self, client, content, code="74.71"):
        file = io.BytesIO(content)
        file.name = "orang.xlsx"
        return client.post(reverse("kernel:people_import", args=[code]), {"file": file})

    def rows(self, page):
        return re.search(r'name="rows" value="([^"]+)"', page)[1]

    def test_preview_then_confirm(self, cast, sign_in, settings):
        settings.EMAIL_CONFIGURED = True
        client = sign_in(cast.province_administrator)
        content = book(
            GOOD,
            changed(code="74.04", division="", email="dua@contoh.id", name="Orang Dua"),
            changed(code="74", division="", email="tiga@contoh.id", name="Orang Tiga"),
            changed(email=cast.staff.email, name="Yang Ada", division=""),
        )
        page = self.upload(client, content, "74").content.decode()
        assert "Orang Dua" in page
        assert "sudah ada, dilewati" in page
        assert not User.objects.filter(email="dua@contoh.id").exists()
        answer = client.post(
            reverse("kernel:people_import_confirm", args=["74"]), {"rows": self.rows(page), "post": "on"}
        )
        assert answer.status_code == 302
        made = Membership.objects.filter(user__email__in=["satu@contoh.id", "dua@contoh.id", "tiga@contoh.id"])
        assert made.count() == 3
        assert clock.local(made.first().since, cast.unit).date() == datetime.date(2026, 2, 1)
        assert User.objects.get(email="satu@contoh.id").birth_date == datetime.date(1980, 12, 31)
        assert AccessLink.objects.count() == OutboxMessage.objects.count() == 3
        again = client.post(reverse("kernel:people_import_confirm", args=["74"]), {"rows": self.rows(page)})
        assert again.status_code == 302
        assert made.count() == 3

    def test_an_account_of_elsewhere_is_named_and_not_taken(self, cast, sign_in):
        answer = self.upload(sign_in(cast.administrator), book(changed(email=cast.outsider.email, division="")))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "<b>C2:</b>" in page
        assert "diurus unit lain" in page
        assert not Membership.objects.filter(user=cast.outsider, organisation=cast.unit).exists()

    def test_a_right_that_ended_since_the_preview_is_refused(self, cast, sign_in):
        client = sign_in(cast.province_administrator)
        rows = self.rows(self.upload(client, book(changed(code="74.04", division="")), "74").content.decode())
        Parentage.objects.filter(organisation=cast.neighbour_unit).update(until=datetime.date(2020, 1, 1))
        address = reverse("kernel:people_import_confirm", args=["74"])
        assert client.post(address, {"rows": rows}).status_code == 409

    def test_wrong_cells_answer_422_and_name_them(self, cast, sign_in):
        answer = self.upload(sign_in(cast.administrator), book(changed(role="Raja")))
        assert answer.status_code == 422
        assert "<b>D2:</b>" in answer.content.decode()
        assert "Galat:" in answer.content.decode()

    def test_a_broken_file_answers_422(self, cast, sign_in):
        assert self.upload(sign_in(cast.administrator), b"PK\x03\x04rusak").status_code == 422

    def test_rows_of_another_or_changed_ones_are_refused(self, cast, sign_in):
        page = self.upload(sign_in(cast.administrator), book(GOOD)).content.decode()
        rows = self.rows(page)
        address = reverse("kernel:people_import_confirm", args=["74.71"])
        assert sign_in(cast.province_administrator).post(address, {"rows": rows}).status_code == 409
        assert sign_in(cast.administrator).post(address, {"rows": rows[:-2] + "xx"}).status_code == 409
        assert not User.objects.filter(email="satu@contoh.id").exists()
