"""The year of one body: every day once in its month, plenos and holidays on theirs, weeks with their letters."""

import datetime
import io

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from bawaslu_portal.kernel import clock, duties, exports, holidays, pdf
from bawaslu_portal.kernel.models import Document
from bawaslu_portal.kernel.tests.factories import signed_in

from .. import calendar_year
from .factories import WHEN, make_draft, make_ratified
from .planting import plant

NOW = datetime.datetime(2024, 11, 1, 3, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(days=7)


def page(user, path="/pleno/74.71/kalender/2024/"):
    with clock.at(NOW):
        return signed_in(Client(), user).get(path)


@pytest.mark.parametrize("number", [2018, 2020, 2024, 2025, 2026])
def test_every_day_stands_once_in_its_month(cast, number):
    year = calendar_year.of(cast.chair, cast.unit, number)
    days = [day.date for month in year.months for week in month.weeks for day in week.days if day.inside]
    first = datetime.date(number, 1, 1)
    assert days == [first + datetime.timedelta(days=n) for n in range(len(days))]
    assert days[-1] == datetime.date(number, 12, 31)
    for month in year.months:
        for week in month.weeks:
            assert week.days[0].date.isocalendar() == (week.year, week.week, 1)


def test_plenos_holidays_and_letters_stand_on_their_days(cast):
    duties.ensure([cast.unit], WHEN.date(), WHEN.date() + 3 * WEEK)
    pleno = make_ratified(cast)
    plant(cast.unit, WHEN.date() + WEEK, "nothing", cast.province)
    with clock.at(NOW):
        holidays.add(
            cast.unit, kind="closure", first=datetime.date(2024, 8, 30), name="Kantor pindah", by=cast.secretary
        )
        year = calendar_year.of(cast.chair, cast.unit, 2024)
    august = year.months[7]
    found = {week.week: week for week in august.weeks}
    assert (found[34].cell.letter, found[35].cell.letter) == ("T", "N")
    days = {day.date.day: day for week in august.weeks for day in week.days if day.inside}
    assert days[19].plenos == [pleno] and days[30].holiday == "Kantor pindah" and not days[20].plenos
    text = page(cast.staff).content.decode()
    assert pleno.get_absolute_url() in text and "Kantor pindah" in text and "cal-week c-miss" in text
    assert "1 dari 4 minggu wajib" in text


def test_excel_and_paper_say_the_same_week_by_week(cast):
    duties.ensure([cast.unit], WHEN.date(), WHEN.date() + 3 * WEEK)
    make_ratified(cast)
    book = page(cast.staff, "/pleno/74.71/kalender/2024/?bentuk=xlsx")
    rows = list(load_workbook(io.BytesIO(book.content)).worksheets[0].iter_rows(values_only=True))
    week = next(row for row in rows if row[0] == "2024-W34")
    assert (week[2], week[3]) == ("T", "Tepat waktu") and "19 Agu" in week[4]
    assert len(rows) == 54  # 53 weeks touch 2024
    client = signed_in(Client(), cast.staff)
    with clock.at(NOW):
        client.post("/pleno/74.71/kalender/2024/", {"cetak": "1"})
    record = Document.objects.get(kind="kernel.table").record
    assert len(record["rows"]) == 53
    weeks = [week for months in record["drawn"]["months"] for month in months for week in month["weeks"]]
    own = {week["week"]: (week["letter"], week["plenos"]) for week in weeks if week["own"]}
    assert list(own) == list(range(1, 53)) and len([week for week in weeks if week["own"]]) == 52
    assert own[34] == ("T", 1) and {row[0]: row[2] for row in rows[1:53]} == {
        f"2024-W{week:02d}": letter or None for week, (letter, _plenos) in own.items()
    }
    assert sum(day is not None for week in weeks for day in week["days"]) == 366


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_printed_year_is_one_lying_page_with_twelve_months(cast, paper):
    if missing := pdf.available():
        pytest.skip(missing)
    duties.ensure([cast.unit], WHEN.date(), WHEN.date() + 3 * WEEK)
    make_ratified(cast)
    with clock.at(NOW):
        for day in range(1, 21):
            name = f"Libur daerah yang panjang namanya ke-{day}"
            holidays.add(cast.unit, kind="closure", first=datetime.date(2024, 9, day), name=name, by=cast.secretary)
    client = signed_in(Client(), cast.staff)
    with clock.at(NOW):
        client.post("/pleno/74.71/kalender/2024/", {"cetak": "1"})
    document = Document.objects.get(kind="kernel.table")
    document.record["body"]["paper"] = paper
    pages = PdfReader(io.BytesIO(exports.paper(document))).pages
    width, height = (round(float(side) / 72 * 25.4) for side in pages[0].mediabox.upper_right)
    assert len(pages) == 1 and (width, height) == {"A4": (297, 210), "F4": (330, 210)}[paper]
    text = pages[0].extract_text()
    assert all(f"{month}\n" in text for month in ("Januari", "Agustus", "Desember"))
    assert "Tepat waktu" in text and "ke-20." in text


def test_facts_only_for_those_who_may_know_them(cast):
    duties.ensure([cast.unit], WHEN.date(), WHEN.date())
    pleno = make_ratified(cast)
    for user in (cast.chair, cast.staff, cast.province_staff, cast.national):
        text = page(user).content.decode()
        assert pleno.get_absolute_url() in text and "cal-week c-done" in text
    text = page(cast.administrator).content.decode()
    assert pleno.get_absolute_url() not in text and "cal-week c-" not in text
    for user in (cast.neighbour, cast.outsider):
        assert page(user).status_code == 404


@pytest.mark.parametrize("year", [1999, 2017, 2026, 9999])
def test_no_other_years(cast, year):
    assert page(cast.chair, f"/pleno/74.71/kalender/{year}/").status_code == 404


def test_the_calendar_costs_the_same_with_one_pleno_and_with_three(
    cast, django_assert_max_num_queries, django_assert_num_queries
):
    duties.ensure([cast.unit], WHEN.date(), WHEN.date() + 3 * WEEK)
    make_draft(cast)
    client = signed_in(Client(), cast.chair)
    with clock.at(NOW):
        client.get("/pleno/74.71/kalender/2024/")
        with django_assert_max_num_queries(25) as one:
            client.get("/pleno/74.71/kalender/2024/")
        for n in (1, 2):
            make_draft(cast, when=WHEN + n * WEEK)
        with django_assert_num_queries(len(one)):
            client.get("/pleno/74.71/kalender/2024/")
