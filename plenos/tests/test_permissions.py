"""Who may do and read what: sentences about role and place. The whole matrix stands in test_matrix."""

import datetime

import pytest

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership, Suspension
from plenos import permissions, queries
from plenos.models import Pleno

from .factories import WHEN, end_membership, make_draft, make_open, make_ratified, make_signing, membership

pytestmark = pytest.mark.django_db
EVERYONE = (
    "chair",
    "member",
    "secretary",
    "head",
    "staff",
    "administrator",
    "neighbour",
    "province",
    "province_chair",
    "province_staff",
    "province_administrator",
    "national",
    "outsider",
)


def who(cast, question):
    """The names in the cast for whom the question is answered yes."""
    return {name for name in EVERYONE if question(getattr(cast, name))}


def test_preparing_confirming_recording_ratifying_and_reading_above(cast):
    pleno = make_draft(cast)
    assert who(cast, lambda u: permissions.may_plan(u, cast.unit)) == {"chair", "secretary", "head"}
    assert who(cast, lambda u: permissions.may_prepare(u, pleno)) == {"chair", "secretary", "head"}
    assert who(cast, lambda u: permissions.may_confirm(u, pleno)) == {"chair", "member"}
    assert who(cast, lambda u: permissions.may_record_signature(u, pleno)) == {"secretary", "head"}
    assert who(cast, lambda u: permissions.may_ratify(u, pleno)) == {"chair"}
    assert who(cast, lambda u: permissions.may_mark_read(u, pleno)) == {"province", "province_chair"}


def test_a_permission_does_not_depend_on_the_state(cast):
    for pleno in (make_draft(cast), make_signing(cast), make_ratified(cast)):
        assert who(cast, lambda u, p=pleno: permissions.may_mark_read(u, p)) == {"province", "province_chair"}
        assert who(cast, lambda u, p=pleno: permissions.may_ratify(u, p)) == {"chair"}


def test_suspended_means_no_right_at_all(cast):
    pleno = make_draft(cast)
    Suspension.objects.create(
        organisation=cast.unit, membership=membership(cast, cast.chair), since=WHEN, reason="SK 9"
    )
    with clock.at(WHEN):
        assert not permissions.may_prepare(cast.chair, pleno)
        assert not permissions.may_confirm(cast.chair, pleno)
        assert not permissions.may_ratify(cast.chair, pleno)
        assert not Pleno.objects.visible_to(cast.chair).exists()


def test_if_who_chaired_is_no_longer_in_office_the_acting_ketua_ratifies(cast):
    pleno = make_signing(cast)
    end_membership(cast, cast.chair, WHEN)
    Membership.objects.create(
        organisation=cast.unit, user=cast.member, role="chair", acting=True, title="Plt. Ketua", since=WHEN
    )
    with clock.at(WHEN):
        assert who(cast, lambda u: permissions.may_ratify(u, pleno)) == {"member"}


# --- reading: the rows of visibility.md that hang on one pleno --------------------------------------------

OWN_WRITERS = {"chair", "member", "secretary", "head"}
OWN = OWN_WRITERS | {"staff"}
OVERSEERS = {"province", "province_chair"}
ABOVE = OVERSEERS | {"province_staff", "national"}


def test_the_facts_of_a_week_are_known_in_the_unit_and_above(cast):
    make_draft(cast)
    assert who(cast, lambda u: Pleno.objects.visible_to(u).exists()) == OWN | ABOVE


@pytest.mark.parametrize("make", [make_draft, make_open, make_signing])
def test_before_ratification_only_members_and_secretariat_read(cast, make):
    pleno = make(cast, access="open")
    assert who(cast, lambda u: permissions.reach(u, pleno).preparation) == OWN_WRITERS
    assert who(cast, lambda u: permissions.reach(u, pleno).notes) == OWN_WRITERS
    assert who(cast, lambda u: permissions.reach(u, pleno).invitation) == OWN
    assert who(cast, lambda u: permissions.reach(u, pleno).open_items) == OWN
    assert who(cast, lambda u: permissions.reads_minutes(u, pleno, "open")) == OWN_WRITERS


def test_ratified_minutes_of_class_open_are_read_in_the_unit_and_above(cast):
    pleno = make_ratified(cast, access="open")
    assert who(cast, lambda u: permissions.reads_minutes(u, pleno, queries.minutes_access(pleno))) == OWN | ABOVE


def test_ratified_minutes_of_class_closed_are_read_by_members_and_those_who_oversee(cast):
    pleno = make_ratified(cast, access="closed")
    assert (
        who(cast, lambda u: permissions.reads_minutes(u, pleno, queries.minutes_access(pleno)))
        == OWN_WRITERS | OVERSEERS
    )


def test_a_membership_that_ended_stops_reading_that_minute(cast):
    pleno = make_ratified(cast)
    ends = WHEN + datetime.timedelta(days=30)
    end_membership(cast, cast.member, ends)
    with clock.at(ends - datetime.timedelta(seconds=1)):
        assert permissions.reads_minutes(cast.member, pleno, "closed")
    with clock.at(ends):
        assert not permissions.reads_minutes(cast.member, pleno, "closed")
        assert not Pleno.objects.visible_to(cast.member).exists()
