"""The board as it is seen: cell by cell from HTML and Excel against what was planted, filters, sums, who sees it."""

import datetime
import io
import random
import re

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.models import Document
from bawaslu_portal.kernel.tests.factories import make_organisation, signed_in

from .. import boards, compliance
from .planting import FATES, Cells, letters_of_csv, letters_of_page, letters_of_workbook, plant, season

FIRST = datetime.date(2024, 6, 3)  # Monday of week 23
WEEK = datetime.timedelta(days=7)
NOW = datetime.datetime(2024, 11, 1, 3, tzinfo=datetime.UTC)
CODES = ("74.01", "74.02", "74.71")


@pytest.fixture
def units(cast):
    return [make_organisation(code) for code in CODES]


@pytest.fixture
def mondays():
    return [FIRST + n * WEEK for n in range(9)]


@pytest.fixture
def planted(cast, units, mondays):
    """A random season that has every fate at least once; seeded, so that a failure can be repeated."""
    chance = random.Random(2024)
    fates = [*FATES, *chance.choices(list(FATES), k=len(units) * len(mondays) - len(FATES))]
    chance.shuffle(fates)
    return season(units, mondays, cast.province, lambda _unit, _monday: fates.pop())


def see(user, path="/pleno/papan/74/", at=NOW, **query):
    with clock.at(at):
        return signed_in(Client(), user).get(path, {"dari": "2024-W23", "sampai": "2024-W31", **query})


def test_every_cell_of_a_random_season_comes_back_from_the_page_and_from_excel(cast, units, planted):
    expected = letters_of_csv(planted)
    assert len(expected) == 27 and set(expected.values()) == set("BNKPLT")
    page = letters_of_page(see(cast.province).content.decode())
    ours = {place: letter for place, letter in page.items() if place[0] in CODES}
    assert ours == expected
    codes = {unit.region_name: unit.code for unit in units}
    assert letters_of_workbook(see(cast.province, bentuk="xlsx").content, codes) == expected


def test_every_cell_comes_back_from_the_board_of_the_nation(cast, units, planted):
    page = see(cast.national, "/pleno/papan/").content.decode()
    ours = {place: letter for place, letter in letters_of_page(page).items() if place[0] in CODES}
    assert ours == letters_of_csv(planted)
    codes = {unit.region_name: unit.code for unit in units}
    book = see(cast.national, "/pleno/papan/", bentuk="xlsx").content
    assert letters_of_workbook(book, codes) == letters_of_csv(planted)


def test_the_printed_board_says_the_same(cast, units, planted):
    client = signed_in(Client(), cast.province)
    with clock.at(NOW):
        client.post("/pleno/papan/74/?dari=2024-W23&sampai=2024-W31", {"cetak": "1"})
    record = Document.objects.get(kind="kernel.table").record
    assert (record["landscape"], record["paper"]) == (True, "F4")
    weeks = [f"2024-W{n:02d}" for n in range(23, 32)]
    names = {unit.region_name: unit.code for unit in units}
    said = {
        (names[row[0]], week): cell["letter"] if cell else ""
        for row in record["rows"]
        if row[0] in names
        for week, cell in zip(weeks, row[1:10], strict=True)
    }
    assert said == letters_of_csv(planted)


def test_a_cell_says_its_word_and_opens_its_week(cast, units, mondays):
    duties.ensure(units, mondays[0], mondays[-1])
    plant(units[0], mondays[0], "no_quorum", cast.province)
    text = see(cast.province).content.decode()
    assert Cells(text).found["74.01", "2024-W23"] == ("K", "Tanpa kuorum")
    assert 'aria-label="Kolaka, minggu 23: Tanpa kuorum"' in text or 'aria-label="Buton, minggu 23' in text
    page = see(cast.province, "/pleno/74.01/2024-W23/").content.decode()
    assert "Tanpa kuorum" in page and "paling lambat" in page


def test_letters_of_the_page_follow_the_language_words_too(cast, units, mondays):
    duties.ensure(units, mondays[0], mondays[-1])
    plant(units[0], mondays[0], "on_time", cast.province)
    cast.province.language = "en"
    cast.province.save()
    with translation.override("en"):
        assert Cells(see(cast.province).content.decode()).found["74.01", "2024-W23"][0] == "H"


def test_sums_and_figures_are_over_what_is_shown(cast, units, mondays):
    duties.ensure(units, mondays[0], mondays[-1])
    for unit, fates in zip(
        units, (["on_time", "nothing"], ["nothing", "nothing"], ["on_time", "excused"]), strict=True
    ):
        for monday, fate in zip(mondays, fates, strict=False):
            plant(unit, monday, fate, cast.province)
    with clock.at(NOW):
        frame = boards.frame(cast.province, cast.province_unit)
        asked = boards.question({"dari": "2024-W23", "sampai": "2024-W24"}, cast.province_unit)
        seen = boards.see(frame, asked)
        rows = {row.unit.code: row.tally for row in seen.rows}
        assert (rows["74.01"].held, rows["74.01"].owed) == (1, 2)
        assert (rows["74.71"].held, rows["74.71"].owed) == (1, 1)
        assert [t["T"] for t in seen.columns] == [2, 0]
        asked.state = "B"
        only = boards.see(frame, asked)
        assert [row.unit.code for row in only.rows] == ["74.71"]
        assert (only.total.held, only.total.owed, only.missing_units) == (1, 1, 0)


def test_rates_stand_under_each_week_on_the_page_in_excel_and_on_paper(cast, units, mondays):
    duties.ensure(units, mondays[0], mondays[1])
    fates = (["on_time", "nothing"], ["minutes_late", "nothing"], ["nothing", "excused"])
    for unit, of_unit in zip(units, fates, strict=True):
        for monday, fate in zip(mondays, of_unit, strict=False):
            plant(unit, monday, fate, cast.province)
    for user, path in ((cast.province, "/pleno/papan/74/"), (cast.national, "/pleno/papan/")):
        asked = {"sampai": "2024-W24", "q": ""}
        text = see(user, path, **asked).content.decode()
        rows = list(load_workbook(io.BytesIO(see(user, path, bentuk="xlsx", **asked).content)).worksheets[0].values)
        found = {row[0]: row[1:3] for row in rows}
        signed = signed_in(Client(), user)
        with clock.at(NOW):
            signed.post(f"{path}?dari=2024-W23&sampai=2024-W24&q=", {"cetak": "1"})
        paper = {row[0]: row[1:3] for row in Document.objects.filter(created_by=user).latest("id").record["foot"]}
        owed = found["Kewajiban"]
        shown = re.findall(r'<td title="(\d+)/(\d+)">(\S+)</td>', text)
        assert len(shown) == 4
        assert [int(whole) for _part, whole, _rate in shown[:2]] == list(owed)
        assert list(paper["Kewajiban"]) == [str(n) for n in owed]
        timely = found["Tepat waktu (%)"][0]
        assert shown[2][0] == "1" and timely == round(100 / int(shown[2][1]))
        assert str(timely) == shown[2][2] == paper["Tepat waktu (%)"][0]
        assert found["Terlaksana"][0] == 2 and int(shown[0][2]) == found["Terlaksana (%)"][0] == round(200 / owed[0])


def test_what_no_paper_takes_is_said_before_it_is_asked_for(cast):
    wide = {"dari": "2023-W01", "sampai": "2024-W10"}
    text = see(cast.province, **wide).content.decode()
    assert "Kertas memuat paling banyak 53 minggu" in text and 'name="cetak"' not in text
    assert 'name="cetak"' in see(cast.province).content.decode()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("kode", ["74.01", "74.02", "74.71"]),
        ("terlaksana", ["74.02", "74.01", "74.71"]),
        ("nihil", ["74.02", "74.01", "74.71"]),
        ("tepat", ["74.02", "74.01", "74.71"]),
    ],
)
def test_orders(cast, units, mondays, order, expected):
    duties.ensure(units, mondays[0], mondays[1])
    for unit, fates in zip(units, (["on_time", "nothing"], ["nothing"] * 2, ["on_time"] * 2), strict=True):
        for monday, fate in zip(mondays, fates, strict=False):
            plant(unit, monday, fate, cast.province)
    text = see(cast.province, sampai="2024-W24", urut=order).content.decode()
    seen = list(dict.fromkeys(code for code, _week in Cells(text).found if code in CODES))
    assert seen == expected


@pytest.mark.parametrize(
    ("asked", "weeks", "wrong"),
    [
        ({}, 13, False),
        ({"masa": "26"}, 26, False),
        ({"masa": "2020"}, 53, False),
        ({"dari": "2024-W23", "sampai": "2024-W35"}, 13, False),
        ({"sampai": "2024-W35"}, 13, False),
        ({"dari": "2024-W60"}, 13, True),
        ({"dari": "besok"}, 13, True),
        ({"dari": "2024-W35", "sampai": "2024-W23"}, 13, True),
        ({"dari": "2001-W01", "sampai": "2024-W23"}, 13, True),
        ({"masa": "99999999"}, 13, False),
    ],
)
def test_any_address_gives_a_board(cast, asked, weeks, wrong):
    with clock.at(NOW):
        question = boards.question(asked, cast.province_unit)
        assert len(compliance.week_list(question.first, question.last)) == weeks
        assert bool(question.wrong) is wrong


def test_bad_filters_are_said_and_the_page_stays(cast):
    answer = see(cast.province, dari="besok", keadaan="<script>", urut="x")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Tulis minggu seperti 2024-W34" in text and 'value="besok"' in text and "<script>&" not in text


def test_who_sees_which_board(cast):
    own, province, nation = "/pleno/papan/74.71/", "/pleno/papan/74/", "/pleno/papan/00/"
    for user in (cast.chair, cast.staff, cast.province, cast.province_staff, cast.national):
        assert see(user, own).status_code == 200
    for user in (cast.neighbour, cast.outsider, cast.administrator, cast.province_administrator):
        assert see(user, own).status_code == 404
    assert see(cast.province, province).status_code == see(cast.national, province).status_code == 200
    for user in (cast.chair, cast.outsider, cast.province_administrator):
        assert see(user, province).status_code == 404
    for user in (cast.province, cast.chair, cast.administrator):
        assert see(user, nation).status_code == 404
    # My own board has no row of anybody else.
    assert {code for code, _week in Cells(see(cast.chair, "/pleno/papan/").content.decode()).found} == {"74.71"}


def test_the_board_costs_the_same_with_one_row_and_with_many(
    cast, units, mondays, django_assert_max_num_queries, django_assert_num_queries
):
    duties.ensure(units, mondays[0], mondays[-1])
    client = signed_in(Client(), cast.province)
    path = "/pleno/papan/74/?dari=2024-W23&sampai=2024-W31"
    with clock.at(NOW):
        client.get(path)
        with django_assert_max_num_queries(25) as one:
            client.get(path)
        for unit in units:
            for monday, fate in zip(mondays, FATES, strict=False):
                plant(unit, monday, fate, cast.province)
        with django_assert_num_queries(len(one)):
            client.get(path)


# --- who did not hold or report --------------------------------------------------------------------------


def weeks_named(text):
    return re.findall(r"/pleno/(74\.\d\d)/(2024-W\d\d)/\">", text)


def test_who_did_not_hold_or_report_the_worst_first(cast, units, mondays):
    duties.ensure(units, mondays[0], mondays[3])
    plan = {
        "74.01": ["on_time", "minutes_overdue", "on_time", "on_time"],
        "74.02": ["nothing", "no_quorum", "minutes_overdue", "returned"],
        "74.71": ["nothing", "excused", "held_late", "on_time"],
    }
    for unit in units:
        for monday, fate in zip(mondays, plan[unit.code], strict=False):
            plant(unit, monday, fate, cast.province)
    text = see(cast.province, "/pleno/belum/", sampai="2024-W26", q="").content.decode()
    named = [pair for pair in weeks_named(text) if pair[0] in CODES]
    assert list(dict.fromkeys(named)) == [
        ("74.02", "2024-W23"),
        ("74.02", "2024-W24"),
        ("74.02", "2024-W25"),
        ("74.02", "2024-W26"),
        ("74.71", "2024-W23"),  # one week as the next, but without a pleno
        ("74.01", "2024-W24"),
    ]
    only = see(cast.province, "/pleno/belum/", sampai="2024-W26", keadaan="K").content.decode()
    assert set(weeks_named(only)) == {("74.02", "2024-W24")}


def test_the_list_costs_the_same_with_one_row_and_with_three(
    cast, units, mondays, django_assert_max_num_queries, django_assert_num_queries
):
    duties.ensure(units[:1], mondays[0], mondays[0])
    client = signed_in(Client(), cast.province)
    path = "/pleno/belum/?dari=2024-W23&sampai=2024-W31"
    with clock.at(NOW):
        client.get(path)
        with django_assert_max_num_queries(25) as one:
            client.get(path)
        duties.ensure(units, mondays[0], mondays[-1])
        with django_assert_num_queries(len(one)):
            client.get(path)


def test_how_far_an_explanation_is_stands_only_where_it_may_be_read(cast, units, mondays):
    """On the page, in Excel and on paper: the two sides know it, other staff and the nation do not."""
    from bawaslu_portal.kernel import remarks

    duties.ensure(units, mondays[0], mondays[0])
    owed = units[2]
    week = compliance.Duty.objects.get(organisation=owed, kind=compliance.HELD_DUTY)
    remarks.say("duty", week, by=cast.province, text="Mengapa?", kind=remarks.ASKED)
    for user, known in ((cast.province, True), (cast.secretary, True), (cast.province_staff, False)):
        path = f"/pleno/belum/{owed.code}/"
        said = "<span>diminta, belum dijawab</span>" in see(user, path).content.decode()
        rows = list(load_workbook(io.BytesIO(see(user, path, bentuk="xlsx").content)).worksheets[0].values)
        signed = signed_in(Client(), user)
        with clock.at(NOW):
            signed.post(f"{path}?dari=2024-W23&sampai=2024-W31", {"cetak": "1"})
        printed = Document.objects.filter(created_by=user).latest("id").record["rows"]
        assert said is (rows[1][-1] == "diminta, belum dijawab") is (printed[0][-1] != "") is known
