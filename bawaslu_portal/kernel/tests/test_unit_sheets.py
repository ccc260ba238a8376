"""The lists that administer a unit as Excel and on paper: the rows of the page, and no more than its reader reads."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse

from bawaslu_portal.kernel import clock, holidays, members, numbering, permissions
from bawaslu_portal.kernel.models import Document

pytestmark = pytest.mark.django_db
CODE = "74.71"


def url(name):
    return reverse(f"kernel:{name}", args=[CODE])


def sheet(client, address, **asked):
    answer = client.get(address, {**asked, "bentuk": "xlsx"})
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True))


def test_people_with_what_the_reader_may_know_of_them(cast, sign_in):
    members.invite(cast.unit, email="baru@contoh.id", name="Baru-kenari", role="staff", by=cast.administrator)
    own = {row[0]: row for row in sheet(sign_in(cast.administrator), url("people"))}
    assert own["Baru-kenari"][-1] == "Belum pernah masuk"
    assert list({row[2] for row in sheet(sign_in(cast.administrator), url("people"), peran="chair")}) == ["Ketua"]
    for who, whole in (("province", True), ("national", False)):
        reader = getattr(cast, who)
        assert permissions.sees_unit_people(reader, cast.unit) is whole
        states = {row[-1] for row in sheet(sign_in(reader), url("people"))}
        assert ("Belum pernah masuk" in states) is whole
    assert sign_in(cast.outsider).get(url("people"), {"bentuk": "xlsx"}).status_code == 404
    made = sign_in(cast.administrator).post(url("people"), {"cetak": "1"})
    assert made.status_code == 302
    assert len(Document.objects.get(kind="kernel.table").record["rows"]) == len(own)


def test_holidays_of_the_year(cast, sign_in):
    day = datetime.date(2024, 8, 28)
    with clock.at(datetime.datetime(2024, 8, 20, tzinfo=datetime.UTC)):
        holidays.add(cast.unit, kind="closure", first=day, name="Banjir-kenari", by=cast.secretary)
    (row,) = [row for row in sheet(sign_in(cast.staff), url("holidays"), tahun="2024") if row[0] == "Banjir-kenari"]
    assert row[2].date() == row[3].date() == day
    assert "Banjir-kenari" not in {row[0] for row in sheet(sign_in(cast.staff), url("holidays"), tahun="2023")}


def test_numbers_as_filtered_and_for_those_who_see_them(cast, sign_in):
    for value in (5, 6):
        numbering.reserve(
            cast.unit, "plenos.undangan", value, day=clock.today(cast.unit), by=cast.administrator, reason="surat lama"
        )
    client = sign_in(cast.secretary)
    rows = sheet(client, url("numbering"))
    assert len(rows) == 2
    assert {row[4] for row in rows} == {"surat lama"}
    assert sheet(client, url("numbering"), keadaan="cancelled") == []
    assert client.post(url("numbering"), {"cetak": "1"}).status_code == 302
    assert sign_in(cast.province).get(url("numbering"), {"bentuk": "xlsx"}).status_code == 403


def test_units_and_outbox(cast, sign_in):
    client = sign_in(cast.province)
    rows = sheet(client, reverse("kernel:units"), q=CODE)
    assert [row[1] for row in rows] == [CODE]
    assert client.post(reverse("kernel:units"), {"cetak": "1"}).status_code == 302
    members.invite(cast.unit, email="baru@contoh.id", name="Baru-kenari", role="staff", by=cast.administrator)
    assert sign_in(cast.secretary).get(url("outbox"), {"bentuk": "xlsx"}).status_code == 200
    assert sign_in(cast.staff).get(url("outbox"), {"bentuk": "xlsx"}).status_code == 403
