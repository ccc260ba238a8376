"""The quorum: floor(n/2)+1 unless the unit's setting of that day says otherwise; who is in the room at a minute."""

import datetime

import pytest

from bawaslu_portal.kernel import settings_store
from plenos import quorum
from plenos.models import Attendee

from .factories import WHEN, make_open

MINUTE = datetime.timedelta(minutes=1)


@pytest.mark.parametrize(("base", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)])
def test_more_than_half_of_those_in_office(base, needed):
    assert quorum.default_needed(base) == needed


@pytest.mark.parametrize(("present", "met"), [(2, False), (3, True), (5, True)])
def test_it_is_met_by_as_many_as_are_needed(present, met):
    assert quorum.Quorum(5, 3, present).met is met


def test_a_body_of_nobody_has_no_quorum():
    assert not quorum.Quorum(0, 0, 0).met


@pytest.mark.parametrize(
    ("status", "arrived", "left", "there"),
    [
        ("present", 0, None, True),
        ("present", 10, None, True),
        ("present", 11, None, False),
        ("present", 0, 10, False),
        ("present", 0, 11, True),
        ("ill", None, None, False),
    ],
)
def test_in_the_room_means_arrived_by_then_and_not_yet_gone(status, arrived, left, there):
    row = Attendee(
        element="member",
        status=status,
        arrived_at=None if arrived is None else WHEN + arrived * MINUTE,
        left_at=None if left is None else WHEN + left * MINUTE,
    )
    assert row.in_room_at(WHEN + 10 * MINUTE) is there


@pytest.mark.django_db
def test_the_setting_of_that_day_holds(cast):
    for since, value in ((datetime.date(2024, 8, 1), 4), (datetime.date(2024, 8, 20), 2)):
        settings_store.change(cast.unit, "plenos.quorum", value, since=since, source="SK 3", by=cast.administrator)
    needed = {
        day: quorum.needed(cast.unit, 5, datetime.date(2024, 7, 31) + datetime.timedelta(day)) for day in (0, 1, 20)
    }
    assert needed == {0: 3, 1: 4, 20: 2}
    pleno = make_open(cast, exceptions={4: "ill", 5: "ill"})
    assert (pleno.quorum_needed, pleno.quorum_met) == (4, False)


@pytest.mark.django_db
def test_zero_means_the_majority(cast):
    settings_store.change(
        cast.unit, "plenos.quorum", 0, since=datetime.date(2024, 1, 1), source="asumsi", by=cast.administrator
    )
    assert quorum.needed(cast.unit, 5, WHEN.date()) == 3


@pytest.mark.django_db
def test_the_setting_of_another_unit_does_not_count(cast):
    theirs = cast.neighbour_unit.memberships.get(role="administrator").user
    settings_store.change(
        cast.neighbour_unit, "plenos.quorum", 5, since=datetime.date(2024, 1, 1), source="SK", by=theirs
    )
    assert quorum.needed(cast.unit, 5, WHEN.date()) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("earlier", "needed"), [(0, 5), (2, 3)])
def test_the_day_is_the_day_of_the_unit(cast, earlier, needed):
    """19 August 17.00 UTC is 20 August 01.00 in Kendari."""
    settings_store.change(
        cast.unit, "plenos.quorum", 5, since=datetime.date(2024, 8, 20), source="SK", by=cast.administrator
    )
    late = datetime.datetime(2024, 8, 19, 17, 0, tzinfo=datetime.UTC)
    assert make_open(cast, when=late - datetime.timedelta(hours=earlier)).quorum_needed == needed


@pytest.mark.django_db
def test_in_the_room_now_is_counted_against_what_was_stored_at_the_opening(cast):
    pleno = make_open(cast, guests=[{"name": "Tamu"}])
    state = quorum.now_in(pleno, list(pleno.attendees.all()), WHEN + MINUTE)
    assert (state.base, state.needed, state.present) == (5, 3, 5)
    assert quorum.now_in(pleno, list(pleno.attendees.all()), WHEN - MINUTE).present == 0
