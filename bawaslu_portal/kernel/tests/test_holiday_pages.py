"""The pages of holidays and closures: who enters what, the list of a year, the import with every wrong cell named."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from bawaslu_portal.kernel import holidays, holidays_import
from bawaslu_portal.kernel.models import Holiday
from bawaslu_portal.kernel.tests.factories import make_person

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 8, 23)


@pytest.fixture
def national_administrator(cast):
    return make_person(cast.national_unit, "administrator", "Administrator Nasional")


def at(name, unit, **more):
    return reverse(f"kernel:{name}", kwargs={"code": unit.code, **more})


def text(answer):
    return answer.content.decode()


def book(*rows, sheet=holidays_import.LAYOUT.name, head=("Tanggal", "Sampai dengan", "Nama hari libur")):
    made = Workbook()
    made.active.title = sheet
    for row in (head, *rows):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("libur.xlsx", out.getvalue())


class TestByHand:
    def test_a_closure_of_the_unit(self, cast, sign_in):
        client = sign_in(cast.secretary)
        typed = {"kind": "closure", "first": "2024-08-23", "last": "2024-08-26", "name": "Pindah kantor"}
        answer = client.post(at("holiday_add", cast.unit), typed, follow=True)
        assert "Pindah kantor" in text(answer) and "kantor tutup" in text(answer)
        row = Holiday.objects.get()
        assert (row.organisation, row.kind, row.first, row.last) == (
            cast.unit,
            "closure",
            DAY,
            datetime.date(2024, 8, 26),
        )
        assert "Pindah kantor" not in text(client.get(at("holidays", cast.unit), {"tahun": "2025"}))

    def test_the_province_and_the_nation_for_those_below(self, cast, sign_in, national_administrator):
        for unit, by, name in (
            (cast.province_unit, cast.province_administrator, "Hari jadi provinsi"),
            (cast.national_unit, national_administrator, "Idul Fitri"),
        ):
            typed = {"kind": "holiday", "first": "2024-04-10", "name": name}
            assert sign_in(by).post(at("holiday_add", unit), typed).status_code == 302
        shown = text(sign_in(cast.staff).get(at("holidays", cast.unit), {"tahun": "2024"}))
        assert "Hari jadi provinsi" in shown and "Idul Fitri" in shown
        assert "Hari jadi provinsi" not in text(sign_in(cast.outsider).get(at("holidays", cast.outsider_unit)))

    def test_a_unit_enters_no_holiday_for_others(self, cast, sign_in):
        typed = {"kind": "holiday", "first": "2024-08-23", "name": "x"}
        answer = sign_in(cast.secretary).post(at("holiday_add", cast.unit), typed)
        assert answer.status_code == 422 and not Holiday.objects.exists()

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("chair", 200),
            ("secretary", 200),
            ("head", 200),
            ("administrator", 200),
            ("member", 403),
            ("staff", 403),
            ("province", 403),
            ("province_administrator", 403),
            ("national", 403),
            ("neighbour", 404),
            ("outsider", 404),
        ],
    )
    def test_who_may(self, cast, sign_in, who, status):
        row = holidays.add(cast.unit, kind="closure", first=DAY, name="x", by=cast.secretary)
        client = sign_in(getattr(cast, who))
        for page in (at("holiday_add", cast.unit), at("holiday_remove", cast.unit, uuid=row.uuid)):
            assert client.get(page).status_code == status
        entering = client.get(at("holidays", cast.unit))
        if status != 404:
            assert ("Catat tanggal" in text(entering)) is (status == 200)

    def test_wrong_dates_are_said_at_the_field_and_kept(self, cast, sign_in):
        typed = {"kind": "closure", "first": "2024-08-23", "last": "2024-08-20", "name": "kata yang diketik"}
        answer = sign_in(cast.secretary).post(at("holiday_add", cast.unit), typed)
        assert answer.status_code == 422
        assert "Tanggal akhir tidak boleh sebelum tanggal awal." in text(answer) and "kata yang diketik" in text(answer)

    def test_removing_needs_a_reason_which_stays_on_the_page(self, cast, sign_in):
        row = holidays.add(cast.unit, kind="closure", first=DAY, name="Pindah kantor", by=cast.secretary)
        client, page = sign_in(cast.head), at("holiday_remove", cast.unit, uuid=row.uuid)
        assert client.post(page, {"reason": ""}).status_code == 422
        answer = client.post(page, {"reason": "Jadi masuk kerja"}, follow=True)
        assert "Jadi masuk kerja" in text(answer)
        assert client.post(page, {"reason": "lagi"}).status_code == 409

    def test_of_another_unit_is_not_found_here(self, cast, sign_in):
        row = holidays.add(cast.neighbour_unit, kind="closure", first=DAY, name="x", by=cast.neighbour)
        assert sign_in(cast.secretary).get(at("holiday_remove", cast.unit, uuid=row.uuid)).status_code == 404

    def test_the_same_queries_with_one_row_and_with_three(self, cast, sign_in):
        client = sign_in(cast.chair)

        def asked():
            with CaptureQueriesContext(connection) as queries:
                client.get(at("holidays", cast.unit), {"tahun": "2024"})
            return len(queries)

        holidays.add(cast.unit, kind="closure", first=DAY, name="a", by=cast.secretary)
        asked()
        one = asked()
        for name in "bc":
            holidays.add(cast.unit, kind="closure", first=DAY, name=name, by=cast.secretary)
        assert asked() == one


class TestImport:
    def upload(self, cast, sign_in, file, year=2024):
        client = sign_in(cast.province_administrator)
        return client, client.post(at("holidays_import", cast.province_unit), {"year": year, "file": file})

    def test_from_template_to_list(self, cast, sign_in):
        client = sign_in(cast.province_administrator)
        template = client.get(at("holidays_import_template", cast.province_unit)).content
        filled = load_workbook(io.BytesIO(template))
        filled[holidays_import.LAYOUT.name].append([datetime.date(2024, 4, 27), None, "Hari jadi Sulawesi Tenggara"])
        filled[holidays_import.LAYOUT.name].append(["17-06-2024", "18/06/2024", "Idul Adha dan cuti bersama"])
        out = io.BytesIO()
        filled.save(out)
        client, answer = self.upload(cast, sign_in, SimpleUploadedFile("libur.xlsx", out.getvalue()))
        assert answer.status_code == 200 and not Holiday.objects.exists()
        rows = answer.context["confirm"]["rows"].value()
        confirm = client.post(at("holidays_import_confirm", cast.province_unit), {"rows": rows}, follow=True)
        assert "2 hari libur dicatat." in text(confirm)
        assert set(Holiday.objects.values_list("first", "last")) == {
            (datetime.date(2024, 4, 27), datetime.date(2024, 4, 27)),
            (datetime.date(2024, 6, 17), datetime.date(2024, 6, 18)),
        }
        # A second time nothing is new, and the page says so.
        _client, again = self.upload(cast, sign_in, SimpleUploadedFile("libur.xlsx", out.getvalue()))
        assert [row["new"] for row in again.context["sheet"].rows] == [False, False]

    def test_every_wrong_cell_is_named_and_nothing_is_stored(self, cast, sign_in):
        file = book(
            ("kemarin", None, "Nyepi"),
            ("2025-01-01", None, "Tahun lain"),
            ("2024-05-01", "2024-04-01", "Akhir sebelum awal"),
            ("2024-05-01", "2024-12-01", "Terlalu lama"),
            (None, None, "Tanpa tanggal"),
            ("2024-08-17", None, None),
            ("2024-08-18", None, "=1+1"),
            ("2024-08-19", None, "@x"),
            ("2024-12-25", None, "Natal"),
            ("2024-12-25", None, "Natal"),
        )
        _client, answer = self.upload(cast, sign_in, file)
        assert answer.status_code == 422 and not Holiday.objects.exists()
        named = [cell for cell, _sentence in answer.context["sheet"].errors]
        assert named == ["A2", "A3", "B4", "B5", "A6", "C7", "C8", "C9", "A11"]
        assert all(f"<b>{cell}:</b>" in text(answer) for cell in named)

    @pytest.mark.parametrize(
        "file",
        [
            SimpleUploadedFile("libur.xlsx", b"PK\x03\x04 broken"),
            SimpleUploadedFile("libur.csv", b"Tanggal,Nama"),
            book(("2024-01-01", None, "x"), sheet="Lain"),
            book(),
            book(("2024-01-01", None, "x"), head=("Hari", "Sampai", "Nama")),
        ],
        ids=["broken", "csv", "sheet", "empty", "headings"],
    )
    def test_what_is_no_list_is_refused(self, cast, sign_in, file):
        file.seek(0)
        _client, answer = self.upload(cast, sign_in, file)
        assert answer.status_code == 422 and not Holiday.objects.exists()

    def test_a_preview_that_was_altered_is_refused(self, cast, sign_in):
        client = sign_in(cast.province_administrator)
        answer = client.post(at("holidays_import_confirm", cast.province_unit), {"rows": "W10:xx:yy"})
        assert answer.status_code == 409 and not Holiday.objects.exists()

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("province_administrator", 200),
            ("province", 403),
            ("province_chair", 403),
            ("national", 403),
            ("outsider", 404),
        ],
    )
    def test_only_the_keeper_of_the_list(self, cast, sign_in, who, status):
        client = sign_in(getattr(cast, who))
        for name in ("holidays_import", "holidays_import_template"):
            assert client.get(at(name, cast.province_unit)).status_code == status

    def test_a_district_has_no_list_to_import(self, cast, sign_in):
        assert sign_in(cast.administrator).get(at("holidays_import", cast.unit)).status_code == 403
