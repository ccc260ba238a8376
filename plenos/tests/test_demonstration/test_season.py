"""The season of the demonstration on the board: every cell as ``board-2024.csv`` has it, which was written by hand from
the planted list, and what was said about its weeks."""

import csv
import datetime
from pathlib import Path

import pytest

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Duty, DutyRuling, Organisation, User
from bawaslu_portal.kernel.tests.factories import signed_in
from plenos import compliance
from plenos.demo import rulings

from ..planting import letters_of_page, letters_of_workbook
from .test_demo import SULTRA

# One process loads it for all tests of these files.
pytestmark = pytest.mark.xdist_group("demonstration")
BOARD = Path(__file__).parent.parent / "board-2024.csv"
# When all deadlines of the season were over and no more was entered.
AS_OF = datetime.datetime(2024, 12, 31, tzinfo=datetime.UTC)
FIRST, LAST = datetime.date(2024, 6, 3), datetime.date(2024, 8, 26)


def expected():
    """{(code, 2024-W23): letter}, from the hand-written table."""
    with BOARD.open(encoding="utf-8", newline="") as file:
        return {
            (row["unit"], week): letter
            for row in csv.DictReader(file)
            for week, letter in row.items()
            if week != "unit"
        }


def test_the_table_is_whole():
    cells = expected()
    assert len(cells) == 17 * 13 and {code for code, _week in cells} == set(SULTRA)
    assert set(cells.values()) == set(compliance.LETTERS)


def test_every_cell_of_the_board(demo):
    units = Organisation.objects.filter(code__in=SULTRA)
    board = compliance.board(units, FIRST, LAST, AS_OF)
    found = {
        (unit.code, f"{year}-W{week:02d}"): board.cell(unit.pk, (year, week)).letter
        for unit in board.units
        for year, week, _monday in board.weeks
    }
    assert {key: (found[key], letter) for key, letter in expected().items() if found[key] != letter} == {}


def test_every_cell_of_the_provinces_page_and_workbook(demo, client):
    reader = User.objects.get(email="pembinaan@sulawesi-tenggara.contoh.invalid")
    period = {"dari": "2024-W23", "sampai": "2024-W35"}
    with clock.at(AS_OF):
        page = signed_in(client, reader).get("/pleno/papan/74/", period).content.decode()
        workbook = client.get("/pleno/papan/74/", {**period, "bentuk": "xlsx"}).content
    codes = dict(Organisation.objects.filter(code__in=SULTRA).values_list("region_name", "code"))
    assert letters_of_page(page) == expected()
    assert letters_of_workbook(workbook, codes) == expected()


def test_everything_in_the_list_was_said(demo):
    said = DutyRuling.objects.filter(begins__lte=LAST).values_list(
        "organisation__code", "duty__period", "kind", "duty__kind", "reason"
    )
    listed = {(r["unit"], r["week"], r["kind"], r["duty"], r["reason"]) for r in rulings.read()}
    assert set(said) == listed


def test_minutes_of_the_week_before_idul_adha_are_due_after_the_holidays(demo):
    """Sunday 16 June; Monday and Tuesday are free: the third working day is Friday."""
    duty = Duty.objects.get(organisation__code="74.71", kind="plenos.minutes", period="2024-W24")
    assert duty.due_at.astimezone(duty.organisation.zone).date() == datetime.date(2024, 6, 21)
