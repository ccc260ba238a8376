"""Issue 3.3: opening, who is there, the quorum of that day."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused
from bawaslu_portal.kernel.models import Membership, Suspension
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import lifecycle
from plenos.models import Attendee

from ..factories import WHEN, end_membership, item_of, make_closed, make_invited, make_open, membership, row_of

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
ABSENT = {3: "ill", 4: "on_duty", 5: "excused"}  # seats: two of five are left


def quorum_of(pleno):
    return (pleno.quorum_base, pleno.quorum_needed, pleno.quorum_present, pleno.quorum_met)


def attend(pleno, user, by, minutes=30, **facts):
    with clock.at(WHEN + minutes * MINUTE):
        lifecycle.set_attendance(row_of(pleno, user), by=by, **facts)
    pleno.refresh_from_db()


def consent(pleno, by, order=1, minutes=40, **facts):
    with clock.at(WHEN + minutes * MINUTE):
        return lifecycle.decide(item_of(pleno, order), by=by, category="plan", text="Setuju.", **facts)


# --- opening ---------------------------------------------------------------------------------------------


def test_everyone_in_office_is_present_unless_marked(cast):
    pleno = make_open(cast, exceptions={4: "on_duty"})
    members = list(pleno.attendees.members())
    assert [(a.user, a.status) for a in members] == [
        (user, "on_duty" if order == 4 else "present") for order, user in enumerate(cast.members, 1)
    ]
    absent = members[3]
    assert (absent.reason, absent.arrived_at) == ("surat tugas", None)
    assert {a.arrived_at for a in members if a is not absent} == {WHEN}


def test_mode_and_reason_are_kept(cast):
    pleno = make_invited(cast)
    seat = membership(cast, cast.member)
    with clock.at(WHEN):
        lifecycle.open_session(
            pleno, by=cast.secretary, exceptions={seat.pk: {"mode": "online", "reason": "dari Wawonii"}}
        )
    row = row_of(pleno, cast.member)
    assert (row.status, row.mode, row.reason) == ("present", "online", "dari Wawonii")


def test_secretariat_and_guests_are_listed_apart_and_outside_the_quorum(cast):
    pleno = make_open(cast, guests=[{"name": "Tamu", "title": "Akademisi"}])
    rows = pleno.attendees.exclude(element="member")
    assert [(a.element, a.name) for a in rows] == [
        ("secretariat", cast.head.name),
        ("secretariat", cast.secretary.name),
        ("guest", "Tamu"),
    ]
    assert rows.get(element="guest").arrived_at == WHEN
    assert quorum_of(pleno) == (5, 3, 5, True)
    late = lifecycle.add_guest(pleno, by=cast.secretary, name="Tamu kedua")
    assert late.arrived_at is not None
    pleno.refresh_from_db()
    assert pleno.quorum_present == 5


def test_a_session_opens_once(cast):
    pleno = make_open(cast)
    with pytest.raises(TransitionRefused):
        lifecycle.open_session(pleno, by=cast.head)


def test_nothing_opens_in_the_future(cast):
    pleno = make_invited(cast)
    with clock.at(WHEN), pytest.raises(ValidationError):
        lifecycle.open_session(pleno, by=cast.secretary, happened_at=WHEN + MINUTE)


# --- the quorum of that day ------------------------------------------------------------------------------


def test_a_seat_filled_in_mid_term_counts_for_one(cast):
    leaving = cast.members[4]
    seat = membership(cast, leaving)
    end_membership(cast, leaving, WHEN - datetime.timedelta(days=1))
    follower = make_person(
        cast.unit, "member", "Anggota PAW", order=5, since=WHEN - datetime.timedelta(days=1), replaces=seat
    )
    pleno = make_open(cast)
    present = {a.user for a in pleno.attendees.members()}
    assert follower in present
    assert leaving not in present
    assert quorum_of(pleno) == (5, 3, 5, True)


def test_a_vacant_seat_leaves_the_base(cast):
    end_membership(cast, cast.members[4], WHEN)
    assert quorum_of(make_open(cast)) == (4, 3, 4, True)


def test_a_member_suspended_that_day_is_outside_the_base(cast):
    Suspension.objects.create(
        organisation=cast.unit,
        membership=membership(cast, cast.members[4]),
        since=WHEN - datetime.timedelta(days=7),
        until=WHEN + datetime.timedelta(days=7),
        reason="SK 12",
    )
    pleno = make_open(cast)
    assert quorum_of(pleno) == (4, 3, 4, True)
    assert not pleno.attendees.filter(user=cast.members[4]).exists()


def test_an_acting_ketua_who_keeps_his_seat_counts_once(cast):
    end_membership(cast, cast.chair, WHEN - datetime.timedelta(days=1))
    seat = membership(cast, cast.member)
    Membership.objects.create(
        organisation=cast.unit, user=cast.member, role="chair", title="Plt. Ketua", acting=True, since=seat.since
    )
    pleno = make_open(cast)
    assert quorum_of(pleno) == (4, 3, 4, True)
    assert row_of(pleno, cast.member).membership.role == "chair"


def test_a_member_who_is_also_head_of_secretariat_is_listed_once_as_member(cast):
    Membership.objects.create(
        organisation=cast.unit,
        user=cast.member,
        role="head_of_secretariat",
        title="Plt.",
        since=WHEN - datetime.timedelta(days=30),
    )
    pleno = make_open(cast)
    assert row_of(pleno, cast.member).element == "member"
    assert quorum_of(pleno) == (5, 3, 5, True)


def test_the_quorum_of_the_day_is_stored_and_later_changes_leave_it(cast):
    pleno = make_open(cast)
    end_membership(cast, cast.members[4], WHEN + MINUTE)
    attend(pleno, cast.members[3], cast.secretary, status="present", left_at=WHEN + 10 * MINUTE)
    assert quorum_of(pleno) == (5, 3, 5, True)
    assert consent(pleno, cast.secretary).entitled == 5


# --- without quorum --------------------------------------------------------------------------------------


def test_without_quorum_it_is_recorded_and_nothing_can_be_decided(cast):
    pleno = make_open(cast, exceptions=ABSENT)
    assert quorum_of(pleno) == (5, 3, 2, False)
    assert pleno.without_quorum
    with pytest.raises(TransitionRefused, match="Kuorum tidak terpenuhi: 2 hadir, paling sedikit 3"):
        consent(pleno, cast.secretary)
    assert not pleno.decisions.exists()


def test_a_pleno_without_quorum_is_closed_with_its_items_put_off(cast):
    pleno = make_closed(cast, exceptions=ABSENT)
    assert (pleno.state, pleno.without_quorum) == ("closed", True)
    assert set(pleno.items.values_list("fate", flat=True)) == {"deferred"}


def test_an_arrival_makes_the_quorum_and_a_departure_breaks_it(cast):
    pleno = make_open(cast, exceptions=ABSENT)
    attend(pleno, cast.members[2], cast.secretary, minutes=30, status="present")
    assert quorum_of(pleno) == (5, 3, 3, True)
    assert row_of(pleno, cast.members[2]).arrived_at == WHEN + 30 * MINUTE
    assert consent(pleno, cast.secretary, 1, minutes=35).present == 3
    attend(pleno, cast.member, cast.secretary, minutes=41, status="present", left_at=WHEN + 40 * MINUTE)
    with pytest.raises(TransitionRefused, match="2 hadir"):
        consent(pleno, cast.secretary, 2, minutes=45)
    assert quorum_of(pleno) == (5, 3, 3, True)


def test_those_who_never_met_in_the_room_make_no_quorum(cast):
    """Three came, but one left before the third arrived."""
    pleno = make_open(cast, exceptions=ABSENT)
    attend(pleno, cast.member, cast.secretary, minutes=20, status="present", left_at=WHEN + 10 * MINUTE)
    attend(pleno, cast.members[2], cast.secretary, minutes=30, status="present")
    assert quorum_of(pleno) == (5, 3, 2, False)


# --- changing the list -----------------------------------------------------------------------------------


def test_times_that_cannot_be_are_refused(cast):
    pleno = make_open(cast)
    for facts in (
        {"arrived_at": WHEN + 50 * MINUTE},
        {"left_at": WHEN + 50 * MINUTE},
        {"arrived_at": WHEN + 20 * MINUTE, "left_at": WHEN + 10 * MINUTE},
    ):
        with pytest.raises(ValidationError):
            attend(pleno, cast.member, cast.secretary, minutes=30, status="present", **facts)
    assert row_of(pleno, cast.member).left_at is None


def test_nobody_arrives_before_the_opening(cast):
    pleno = make_open(cast, exceptions={2: "ill"})
    attend(pleno, cast.member, cast.secretary, status="present", arrived_at=WHEN - 5 * MINUTE)
    assert row_of(pleno, cast.member).arrived_at == WHEN


def test_a_presence_that_a_decision_counted_is_not_rewritten(cast):
    pleno = make_open(cast)
    decision = consent(pleno, cast.secretary, minutes=40)
    for facts in ({"status": "ill"}, {"status": "present", "left_at": WHEN + 39 * MINUTE}):
        with pytest.raises(TransitionRefused, match="Batalkan dahulu keputusan itu"):
            attend(pleno, cast.member, cast.secretary, minutes=45, **facts)
    decision.pleno = pleno
    lifecycle.undo_decision(decision, by=cast.secretary)
    attend(pleno, cast.member, cast.secretary, minutes=45, status="ill")
    assert pleno.quorum_present == 4


def test_leaving_after_a_decision_leaves_it_as_it_was(cast):
    pleno = make_open(cast)
    decision = consent(pleno, cast.secretary, minutes=40)
    attend(pleno, cast.member, cast.secretary, minutes=45, status="present", left_at=WHEN + 41 * MINUTE)
    decision.refresh_from_db()
    assert (decision.entitled, decision.present, decision.quorum_needed) == (5, 5, 3)
    assert consent(pleno, cast.secretary, 2, minutes=50).present == 4


def test_who_chairs_cannot_be_absent(cast):
    pleno = make_open(cast)
    with pytest.raises(TransitionRefused, match="Pimpinan rapat harus hadir"):
        attend(pleno, cast.chair, cast.secretary, status="ill")


def test_a_line_that_somebody_else_wrote_meanwhile_is_told(cast):
    pleno = make_open(cast)
    seen = row_of(pleno, cast.member).recorded_at
    attend(pleno, cast.member, cast.head, status="present", mode="online", seen=seen)
    with pytest.raises(Conflict):
        attend(pleno, cast.member, cast.secretary, minutes=31, status="ill", seen=seen)
    assert row_of(pleno, cast.member).status == "present"


def test_a_presence_taken_away_by_mistake_comes_back_with_its_hour(cast):
    pleno = make_open(cast)
    attend(pleno, cast.member, cast.secretary, status="ill")
    assert pleno.quorum_present == 4
    attend(pleno, cast.member, cast.secretary, minutes=31, status="present")
    assert (row_of(pleno, cast.member).arrived_at, pleno.quorum_present) == (WHEN, 5)


def test_an_hour_shown_in_minutes_keeps_its_seconds(cast):
    pleno = make_open(cast, exceptions={2: "ill"})
    seconds = datetime.timedelta(minutes=30, seconds=17)
    with clock.at(WHEN + seconds):
        lifecycle.set_attendance(row_of(pleno, cast.member), by=cast.secretary, status="present")
    attend(pleno, cast.member, cast.secretary, minutes=40, status="present", arrived_at=WHEN + 30 * MINUTE)
    assert row_of(pleno, cast.member).arrived_at == WHEN + seconds


def test_a_guest_who_leaves_changes_no_quorum(cast):
    pleno = make_open(cast, guests=[{"name": "Tamu"}])
    guest = pleno.attendees.get(element="guest")
    guest.pleno = pleno
    with clock.at(WHEN + 10 * MINUTE):
        lifecycle.set_attendance(guest, by=cast.secretary, status="excused")
    pleno.refresh_from_db()
    assert quorum_of(pleno) == (5, 3, 5, True)


# --- who chairs when it comes to it ----------------------------------------------------------------------


def open_without_ketua(cast, **facts):
    pleno = make_invited(cast)
    ketua = membership(cast, cast.chair)
    with clock.at(WHEN):
        lifecycle.open_session(pleno, by=cast.secretary, exceptions={ketua.pk: {"status": "ill"}}, **facts)
    return pleno


def test_the_ketua_absent_the_rule_names_the_oldest_member_present(cast):
    with pytest.raises(ValidationError) as refused:
        open_without_ketua(cast)
    assert cast.member.name in refused.value.message_dict["chair"][0]
    assert not Attendee.objects.exists()


def test_the_oldest_member_takes_the_chair_without_a_reason(cast):
    pleno = open_without_ketua(cast, chair=membership(cast, cast.member))
    assert pleno.chair.user == cast.member
    assert row_of(pleno, cast.chair).status == "ill"


def test_another_than_the_oldest_takes_the_chair_with_a_reason(cast):
    third = membership(cast, cast.members[2])
    with pytest.raises(ValidationError) as refused:
        open_without_ketua(cast, chair=third)
    assert "chair_reason" in refused.value.message_dict
    pleno = open_without_ketua(cast, chair=third, chair_reason="Disepakati anggota")
    assert (pleno.chair, pleno.chair_reason) == (third, "Disepakati anggota")


def test_who_is_absent_cannot_take_the_chair(cast):
    with pytest.raises(ValidationError):
        open_without_ketua(cast, chair=membership(cast, cast.chair))


def test_nobody_there_nothing_is_opened(cast):
    pleno = make_invited(cast)
    seats = Membership.objects.in_office_on(cast.unit, WHEN)
    with clock.at(WHEN), pytest.raises(TransitionRefused, match="Tidak seorang anggota pun"):
        lifecycle.open_session(pleno, by=cast.secretary, exceptions={m.pk: {"status": "ill"} for m in seats})
    pleno.refresh_from_db()
    assert pleno.state == "invited"
