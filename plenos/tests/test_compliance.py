"""How a week stands: the one function, then the board against plans whose letters were written by hand."""

import datetime
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.models import Duty, Organisation
from bawaslu_portal.kernel.tests.factories import make_organisation
from plenos import compliance
from plenos.compliance import Facts, state_of

from . import seasons
from .factories import WHEN, make_cancelled, make_closed, make_held_open, make_open, make_ratified

MONDAY = datetime.date(2024, 8, 19)
UNITS = ("74", "74.71", "36.73", "91.71")  # WITA twice, WIB, WIT
# Seconds of a week in the small: the session is due at 10, its minutes at 20.
HELD, MINUTES = 10, 20
BEFORE, BETWEEN, AFTER = 5, 15, 25


class TestTheOneFunction:
    """(facts besides the deadlines, now) -> letter, state: the order B, N, K, P, L, T."""

    @pytest.mark.parametrize(
        ("facts", "now", "letter", "state"),
        [
            ({}, BEFORE, "", "not_due"),
            ({}, HELD, "", "not_due"),
            ({}, BETWEEN, "N", "missing"),
            ({"excuse": "declared"}, BEFORE, "", "not_due"),
            ({"excuse": "declared"}, BETWEEN, "N", "missing"),
            ({"excuse": "declined"}, BETWEEN, "N", "missing"),
            ({"excuse": "granted"}, BEFORE, "B", "excused"),
            ({"excuse": "granted"}, AFTER, "B", "excused"),
            ({"excuse": "granted", "sessions": 1, "held": 3, "delivered": 4}, AFTER, "B", "excused"),
            ({"excuse": "granted", "sessions": 1}, AFTER, "B", "excused"),
            ({"excuse": "declined", "sessions": 1, "held": 3, "delivered": 4}, AFTER, "T", "on_time"),
            ({"sessions": 1}, BEFORE, "K", "no_quorum"),
            ({"sessions": 1, "delivered": 4}, AFTER, "K", "no_quorum"),
            ({"sessions": 1, "returned": True}, AFTER, "K", "no_quorum"),
            ({"sessions": 1, "held": 3}, BEFORE, "P", "minutes_open"),
            ({"sessions": 1, "held": 3}, MINUTES, "P", "minutes_open"),
            ({"sessions": 1, "held": 12}, BETWEEN, "P", "minutes_open"),
            ({"sessions": 1, "held": 3}, AFTER, "L", "minutes_late"),
            ({"sessions": 1, "held": 12}, AFTER, "L", "late"),
            ({"sessions": 1, "held": 10, "delivered": 20}, AFTER, "T", "on_time"),
            ({"sessions": 1, "held": 11, "delivered": 20}, AFTER, "L", "late"),
            ({"sessions": 1, "held": 10, "delivered": 21}, AFTER, "L", "minutes_late"),
            ({"sessions": 1, "held": 11, "delivered": 21}, AFTER, "L", "late"),
            ({"sessions": 1, "held": 3, "delivered": 4, "returned": True}, AFTER, "P", "returned"),
            ({"sessions": 1, "held": 12, "delivered": 24, "returned": True}, AFTER, "P", "returned"),
        ],
    )
    def test_letter_and_state(self, facts, now, letter, state):
        cell = state_of(Facts(held_until=HELD, minutes_until=MINUTES, **facts), now)
        assert (cell.letter, cell.state) == (letter, state)

    def test_nothing_owed_is_blank_whatever_happened(self):
        assert state_of(Facts(sessions=1, held=3, delivered=4), AFTER).letter == ""

    MOMENTS = st.one_of(st.none(), st.integers(0, 30))

    @given(
        excuse=st.sampled_from(["", "declared", "granted", "declined"]),
        sessions=st.integers(0, 2),
        held=MOMENTS,
        delivered=MOMENTS,
        returned=st.booleans(),
        now=st.integers(0, 40),
    )
    def test_the_first_that_applies(self, excuse, sessions, held, delivered, returned, now):
        """The sentence of the issue, said again letter by letter: each letter has its own condition, B before N before
        K before P before L before T, and only a week that is not due has none."""
        held = held if sessions else None
        facts = Facts(HELD, MINUTES, excuse, sessions, held, delivered, returned)
        applies = {
            "B": excuse == "granted",
            "N": sessions == 0 and now > HELD,
            "K": sessions > 0 and held is None,
            "P": held is not None and ((delivered is None and now <= MINUTES) or returned),
            "L": held is not None and (held > HELD or (now if delivered is None else delivered) > MINUTES),
            "T": held is not None and delivered is not None and held <= HELD and delivered <= MINUTES,
        }
        first = next((letter for letter in compliance.LETTERS if applies[letter]), "")
        assert state_of(facts, now).letter == first

    def test_every_word_says_which_and_every_letter_has_its_colour(self):
        cells = {
            state_of(Facts(HELD, MINUTES, excuse, sessions, held if sessions else None, delivered, returned), now)
            for excuse, sessions, held, delivered, returned, now in itertools.product(
                ["", "declared", "granted", "declined"],
                [0, 1],
                [None, 3, 12],
                [None, 4, 24],
                [False, True],
                [BEFORE, BETWEEN, AFTER],
            )
        }
        assert len({str(cell.word) for cell in cells}) == len(cells)
        kinds = {"T": "done", "P": "doing", "L": "late", "K": "weak", "N": "miss", "B": "off", "": "wait"}
        assert {cell.letter: cell.kind for cell in cells} == kinds


def letters_of(board):
    return {
        (unit.code, f"{year}-W{week:02d}"): board.cell(unit.pk, (year, week)).letter
        for unit in board.units
        for year, week, _monday in board.weeks
    }


def compare(season):
    """Every letter and state of the board against its plan; differences named by plan."""
    board = compliance.board(season.units, season.first, season.last, season.now)
    found = letters_of(board)
    states = {
        (unit.code, f"{year}-W{week:02d}"): board.cell(unit.pk, (year, week)).state
        for unit in board.units
        for year, week, _monday in board.weeks
    }
    wrong = {
        (*key, season.plans[key]): (found[key], states[key], letter, season.states[key])
        for key, letter in season.letters.items()
        if (found[key], states[key]) != (letter, season.states[key])
    }
    assert wrong == {} and found.keys() == season.letters.keys()
    return board


@pytest.fixture
def units(db):
    return [make_organisation(code) for code in UNITS]


class TestTheBoard:
    def test_every_plan_in_every_zone(self, units):
        season = seasons.plant(UNITS, datetime.date(2024, 1, 1), len(seasons.PLANS) + 2, 1, by_plan=True)
        board = compare(season)
        assert {cell.letter for row in board.rows for cell in row} == {*compliance.LETTERS, ""}

    @settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=st.integers(0, 2**32))
    def test_seasons_by_chance(self, units, seed):
        from django.db import transaction

        with transaction.atomic():
            # Over a new year with 53 weeks.
            compare(seasons.plant(UNITS, datetime.date(2020, 11, 2), 20, seed))
            transaction.set_rollback(True)

    def test_tallies(self, units):
        season = seasons.plant(UNITS, datetime.date(2024, 1, 1), 12, 7)
        board = compliance.board(season.units, season.first, season.last, season.now)
        for unit in season.units:
            letters = [letter for (code, _week), letter in season.letters.items() if code == unit.code]
            tally = board.tally_of_unit(unit.pk)
            assert tally.owed == sum(letters.count(x) for x in "NKPLT")
            assert tally.held == sum(letters.count(x) for x in "PLT")
            assert (tally.judged, tally.on_time) == (tally.owed - letters.count("P"), letters.count("T"))
        for n, (year, week, _monday) in enumerate(board.weeks):
            letters = [v for (_code, w), v in season.letters.items() if w == f"{year}-W{week:02d}"]
            assert compliance.tally(row[n] for row in board.rows).held == sum(letters.count(x) for x in "PLT")
        total = board.total()
        assert total.owed == sum(1 for x in season.letters.values() if x not in ("", "B"))
        assert total.held_rate == pytest.approx(100 * total.held / total.owed)
        assert compliance.tally([]).held_rate is None and compliance.tally([]).on_time_rate is None

    def test_three_queries_with_one_unit_and_with_many(self, units, django_assert_num_queries):
        season = seasons.plant(UNITS, datetime.date(2024, 1, 1), 12, 7)
        returned = any(state == "returned" for state in season.states.values())
        with django_assert_num_queries(3 + returned):
            compliance.board(season.units, season.first, season.last, season.now)
        with django_assert_num_queries(3):
            compliance.board(season.units[:1], season.last, season.last, season.now)

    def test_no_units_or_weeks(self, units):
        assert compliance.board([], MONDAY, MONDAY).total().owed == 0
        assert compliance.board(units, MONDAY, MONDAY - 7 * seasons.DAY).rows == [[], [], [], []]


class TestThroughTheVerbs:
    """The same from what the lifecycle writes."""

    SINCE = datetime.timedelta(days=60)

    def letter(self, cast, after=SINCE):
        duties.ensure([cast.unit], MONDAY, MONDAY)
        return compliance.week_of(cast.unit, 2024, 34, WHEN + after).letter

    def test_ratified_in_time(self, cast):
        make_ratified(cast)
        assert self.letter(cast) == "T"

    def test_entered_ten_days_later_belongs_to_the_week_it_is_for(self, cast):
        make_held_open(cast)
        assert self.letter(cast) == "L"
        this = datetime.date(2024, 8, 26)
        duties.ensure([cast.unit], this, this)
        assert compliance.week_of(cast.unit, 2024, 35, WHEN + self.SINCE).letter == "N"

    def test_without_quorum(self, cast):
        make_open(cast, exceptions={3: "ill", 4: "ill", 5: "ill"})
        assert self.letter(cast) == "K"

    def test_closed_and_not_put_up(self, cast):
        make_closed(cast)
        assert self.letter(cast, datetime.timedelta(days=1)) == "P"
        assert self.letter(cast) == "L"

    def test_cancelled(self, cast):
        make_cancelled(cast)
        assert self.letter(cast) == "N"

    def test_without_a_duty_the_cell_is_blank(self, cast):
        make_ratified(cast)
        assert not Duty.objects.exists()
        assert compliance.week_of(cast.unit, 2024, 34).state == "nothing"


def test_a_unit_that_was_closed_owes_nothing_afterwards(cast):
    Organisation.objects.filter(pk=cast.unit.pk).update(closed=MONDAY)
    unit = Organisation.objects.get(pk=cast.unit.pk)
    with clock.at(WHEN):
        duties.ensure([unit], MONDAY - 14 * seasons.DAY, MONDAY)
    cells = compliance.board([unit], MONDAY - 14 * seasons.DAY, MONDAY, WHEN).row(unit.pk)
    assert [cell.state for cell in cells] == ["missing", "missing", "nothing"]
