"""The three-column rule: own, subject once released, delivered; by membership and by the minute."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from bawaslu_portal.kernel import clock, permissions, scope
from bawaslu_portal.kernel.models import Membership, Organisation, Parentage, Suspension
from bawaslu_portal.kernel.tests.factories import BEGAN, make_person
from plenos.models import Pleno
from plenos.tests.factories import make_draft, make_ratified

NOON = datetime.datetime(2024, 8, 19, 4, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def sees(user, row):
    return type(row).objects.visible_to(user).filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("chair", True),
        ("member", True),
        ("secretary", True),
        ("head", True),
        ("staff", True),
        ("administrator", False),
        ("neighbour", False),
        ("outsider", False),
        ("province", True),
        ("province_chair", True),
        ("province_staff", True),
        ("province_administrator", False),
        ("national", True),
    ],
)
def test_facts_are_known_to_the_unit_the_level_above_and_the_nation(cast, who, expected):
    assert sees(getattr(cast, who), make_draft(cast)) is expected


def test_an_empty_scope_is_nothing_and_never_everything(cast):
    make_draft(cast)
    nobody = make_person(cast.unit, "staff", "Mantan", until=BEGAN + MINUTE)
    for user in (nobody, AnonymousUser(), cast.administrator):
        assert Pleno.objects.visible_to(user).count() == 0
    cast.chair.is_active = False
    assert Pleno.objects.visible_to(cast.chair).count() == 0
    assert Organisation.objects.visible_to(nobody).count() == 0


def test_a_membership_holds_to_the_minute(cast):
    pleno = make_draft(cast)
    Membership.objects.filter(user=cast.member).update(until=NOON)
    with clock.at(NOON - MINUTE):
        assert sees(cast.member, pleno)
    with clock.at(NOON):
        assert not sees(cast.member, pleno)
    Membership.objects.filter(user=cast.member).update(since=NOON, until=None)
    with clock.at(NOON - MINUTE):
        assert not sees(cast.member, pleno)
    with clock.at(NOON):
        assert sees(cast.member, pleno)


def test_a_suspended_member_reads_nothing_until_it_is_lifted(cast):
    pleno = make_draft(cast)
    seat = Membership.objects.get(user=cast.member)
    Suspension.objects.create(
        organisation=cast.unit, membership=seat, since=NOON, until=NOON + 60 * MINUTE, reason="putusan"
    )
    for moment, expected in (
        (NOON - MINUTE, True),
        (NOON, False),
        (NOON + 59 * MINUTE, False),
        (NOON + 60 * MINUTE, True),
    ):
        with clock.at(moment):
            assert sees(cast.member, pleno) is expected
            assert Membership.objects.filter(pk=seat.pk).not_suspended_at(moment).exists() is expected


def test_two_roles_in_one_person_add_up(cast):
    pleno = make_draft(cast)
    assert not sees(cast.administrator, pleno)
    Membership.objects.create(
        organisation=cast.unit, user=cast.administrator, role="staff", title="Staf", since=BEGAN, order=9
    )
    assert sees(cast.administrator, pleno)
    assert permissions.administers(cast.administrator, cast.unit)
    assert not permissions.keeps_records(cast.administrator, cast.unit)


def test_a_role_in_one_unit_gives_nothing_in_another(cast):
    """A staff member here who is a chair next door keeps no records here."""
    Membership.objects.create(
        organisation=cast.unit, user=cast.neighbour, role="staff", title="Staf", since=BEGAN, order=9
    )
    assert scope.own_units(cast.neighbour, scope.WRITERS) == {cast.neighbour_unit.pk}
    assert not permissions.keeps_records(cast.neighbour, cast.unit)
    assert permissions.keeps_records(cast.neighbour, cast.neighbour_unit)


def test_nobody_reads_upwards_or_sideways(cast):
    assert set(Organisation.objects.visible_to(cast.chair)) == {cast.unit}
    assert not scope.units_below(cast.chair)
    assert cast.outsider_unit not in Organisation.objects.visible_to(cast.province)
    assert set(Organisation.objects.visible_to(cast.province)) == {
        cast.province_unit,
        cast.unit,
        cast.neighbour_unit,
    }


def test_the_level_above_is_todays_parent(cast):
    """A unit that moves to another province: the new one inherits its history, the old one keeps what it got."""
    pleno, waiting = make_ratified(cast), None
    waiting = make_draft(cast, when=NOON + datetime.timedelta(days=7))
    banten = Organisation.objects.get(code="36")
    new_chair = make_person(banten, "chair", "Ketua Banten")
    moved = datetime.date(2025, 1, 1)
    Parentage.objects.filter(organisation=cast.unit).update(until=moved)
    Parentage.objects.create(organisation=cast.unit, parent=banten, since=moved)
    assert sees(new_chair, pleno)
    assert sees(new_chair, waiting)
    assert sees(cast.province, pleno)
    assert not sees(cast.province, waiting)
    with clock.at(NOON):
        assert not sees(new_chair, pleno)


def test_a_row_about_another_unit_is_seen_by_it_from_its_release(cast):
    pleno = make_draft(cast)
    Pleno.objects.filter(pk=pleno.pk).update(subject=cast.neighbour_unit)
    assert not sees(cast.neighbour, pleno)
    Pleno.objects.filter(pk=pleno.pk).update(released_at=NOON)
    assert sees(cast.neighbour, pleno)
    assert not sees(cast.outsider, pleno)


def test_what_is_delivered_is_seen_there_from_its_release(cast):
    pleno = make_draft(cast)
    Pleno.objects.filter(pk=pleno.pk).update(delivered_to=cast.outsider_unit)
    assert not sees(cast.outsider, pleno)
    Pleno.objects.filter(pk=pleno.pk).update(released_at=NOON)
    assert sees(cast.outsider, pleno)


def test_the_scope_can_be_locked_and_never_doubles(cast):
    """IN and EXISTS only: PostgreSQL refuses FOR UPDATE with DISTINCT or over nullable joins."""
    make_draft(cast)
    for user in (cast.chair, cast.province, cast.national):
        rows = Pleno.objects.visible_to(user)
        assert len(rows.select_for_update()) == 1
        assert "DISTINCT" not in str(rows.query)
        assert " JOIN " not in str(rows.query)


def test_a_request_asks_for_its_places_once(cast, django_assert_num_queries):
    cast.province.scope_cache = {}
    with django_assert_num_queries(2):
        for _ in range(3):
            scope.own_units(cast.province)
            scope.units_below(cast.province)


@pytest.mark.parametrize(
    ("question", "yes"),
    [
        (permissions.is_chair, {"chair"}),
        (permissions.is_commissioner, {"chair", "member"}),
        (permissions.keeps_records, {"chair", "secretary", "head"}),
        (permissions.is_secretariat, {"secretary", "head"}),
        (permissions.oversees, {"province", "province_chair"}),
        (permissions.administers, {"administrator"}),
        (permissions.changes_unit, {"administrator", "province_administrator"}),
        (
            permissions.sees_unit_people,
            {
                "chair",
                "member",
                "secretary",
                "head",
                "administrator",
                "province",
                "province_chair",
                "province_administrator",
            },
        ),
    ],
)
def test_each_question_of_role_and_place(cast, question, yes):
    people = {name: who for name, who in vars(cast).items() if hasattr(who, "email")}
    assert {name for name, who in people.items() if question(who, cast.unit)} == yes


def test_of_one_unit_everyone_knows_what_he_knows_of_all_that_is_its(cast):
    mine, elsewhere = make_ratified(cast), make_draft(cast)
    Pleno.objects.filter(pk=elsewhere.pk).update(organisation=cast.outsider_unit, subject=cast.unit)
    units = Organisation.objects.all()
    for who in ("chair", "staff", "administrator", "neighbour", "outsider", "province", "national"):
        user = getattr(cast, who)
        for released in (None, NOON):
            Pleno.objects.filter(pk=elsewhere.pk).update(released_at=released)
            for unit in units:
                here = Pleno.objects.visible_to(user, unit)
                assert set(here) == set(Pleno.objects.visible_to(user).filter(organisation=unit))
    assert mine in Pleno.objects.visible_to(cast.province, cast.unit)
    assert elsewhere in Pleno.objects.visible_to(cast.chair, cast.outsider_unit)
