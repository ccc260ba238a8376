"""Issue 3.6: a pleno already held is entered afterwards, every fact with its hour beside the hour of recording."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from plenos import lifecycle

from ..factories import (
    LATER,
    WHEN,
    item_of,
    make_draft,
    make_held,
    make_held_closed,
    make_held_open,
    make_invited,
    membership,
    row_of,
    sign_all,
    stored_scan,
)

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
RECORDED = WHEN + LATER


@pytest.fixture(autouse=True)
def ten_days_later():
    with clock.at(RECORDED):
        yield


def test_the_hour_of_opening_is_typed_and_stands_beside_the_hour_of_recording(cast):
    pleno = make_held(cast)
    with pytest.raises(ValidationError) as refused:
        lifecycle.open_session(pleno, by=cast.secretary)
    assert refused.value.message_dict == {"happened_at": ["Ketik waktu pleno itu dibuka."]}
    lifecycle.open_session(pleno, by=cast.secretary, happened_at=WHEN + 15 * MINUTE)
    assert (pleno.opened_at, pleno.opened_recorded_at) == (WHEN + 15 * MINUTE, RECORDED)
    row = row_of(pleno, cast.member)
    assert (row.arrived_at, row.recorded_at) == (WHEN + 15 * MINUTE, RECORDED)


def test_every_decision_has_its_typed_hour(cast):
    pleno = make_held_open(cast)
    with pytest.raises(ValidationError) as refused:
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Setuju.")
    assert "happened_at" in refused.value.message_dict
    decision = lifecycle.decide(
        item_of(pleno), by=cast.secretary, category="plan", text="Setuju.", happened_at=WHEN + 20 * MINUTE
    )
    assert (decision.happened_at, decision.recorded_at) == (WHEN + 20 * MINUTE, RECORDED)


@pytest.mark.parametrize("moment", [WHEN - MINUTE, RECORDED + MINUTE])
def test_nothing_happened_before_the_opening_or_in_the_future(cast, moment):
    pleno = make_held_open(cast)
    with pytest.raises(ValidationError):
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Setuju.", happened_at=moment)


def test_who_came_late_has_a_typed_hour_and_counts_from_then(cast):
    pleno = make_held(cast)
    seats = {membership(cast, user).pk: {"status": "ill"} for user in cast.members[2:]}
    lifecycle.open_session(pleno, by=cast.secretary, happened_at=WHEN, exceptions=seats)
    with pytest.raises(ValidationError) as refused:
        lifecycle.set_attendance(row_of(pleno, cast.members[2]), by=cast.secretary, status="present")
    assert "arrived_at" in refused.value.message_dict
    lifecycle.set_attendance(
        row_of(pleno, cast.members[2]), by=cast.secretary, status="present", arrived_at=WHEN + 30 * MINUTE
    )

    def decide(minutes):
        return lifecycle.decide(
            item_of(pleno), by=cast.secretary, category="plan", text="Ya.", happened_at=WHEN + minutes * MINUTE
        )

    with pytest.raises(TransitionRefused, match="Kuorum"):
        decide(29)
    assert decide(31).present == 3


def test_a_guest_added_afterwards_came_with_the_opening(cast):
    pleno = make_held_open(cast)
    assert lifecycle.add_guest(pleno, by=cast.secretary, name="Tamu").arrived_at == WHEN


def test_an_item_put_off_without_a_typed_hour_has_none(cast):
    pleno = make_held_open(cast)
    lifecycle.defer(item_of(pleno), by=cast.secretary, reason="Bahan belum lengkap.")
    lifecycle.withdraw(item_of(pleno, 2), by=cast.secretary, reason="Ditarik.", happened_at=WHEN + MINUTE)
    assert (item_of(pleno).fate_at, item_of(pleno, 2).fate_at) == (None, WHEN + MINUTE)


def test_the_hour_of_closing_is_typed_too(cast):
    pleno = make_held_open(cast)
    for n in (1, 2, 3):
        lifecycle.defer(item_of(pleno, n), by=cast.secretary, reason="Habis waktu.")
    with pytest.raises(ValidationError, match="Ketik waktu pleno itu ditutup"):
        lifecycle.close(pleno, by=cast.secretary)
    lifecycle.close(pleno, by=cast.secretary, happened_at=WHEN + 60 * MINUTE)
    assert (pleno.closed_at, pleno.closed_recorded_at) == (WHEN + 60 * MINUTE, RECORDED)


def test_its_paper_invitation_is_cited_with_its_number(cast):
    pleno = make_held(cast)
    lifecycle.open_session(
        pleno,
        by=cast.secretary,
        happened_at=WHEN,
        invitation={"number": "77/RT.02/K.KDI/08/2024", "dated": datetime.date(2024, 8, 15)},
    )
    letter = pleno.invitations.get()
    assert (letter.number, letter.dated) == ("77/RT.02/K.KDI/08/2024", datetime.date(2024, 8, 15))
    other = make_held(cast)
    with pytest.raises(ValidationError, match="sudah dipakai"):
        lifecycle.open_session(
            other, by=cast.secretary, happened_at=WHEN, invitation={"number": "77/RT.02/K.KDI/08/2024"}
        )


def test_the_record_says_that_it_was_recorded_later_and_hangs_the_scan_on(cast):
    pleno = make_held_closed(cast)
    lifecycle.add_scan(pleno, by=cast.secretary, file=stored_scan(), caption="Daftar hadir bertanda tangan")
    minutes = lifecycle.put_up(pleno, by=cast.secretary)
    facts = minutes.record["pleno"]
    assert facts["recorded_late"] is True
    assert facts["opened_at"] == "2024-08-19T10:00:00+08:00"
    assert facts["recorded_at"] == "2024-08-29T10:00:00+08:00"
    assert minutes.record["annexes"] == ["Daftar hadir bertanda tangan"]
    assert minutes.dated == datetime.date(2024, 8, 19)


def test_it_is_signed_ratified_and_delivered_like_any_other(cast):
    pleno = make_held_closed(cast)
    lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    with clock.at(RECORDED + datetime.timedelta(days=1)):
        lifecycle.ratify(pleno, by=cast.chair)
    assert (pleno.state, pleno.delivered_to) == ("ratified", cast.province_unit)


def test_only_a_pleno_marked_as_held_is_opened_from_a_draft(cast):
    with pytest.raises(TransitionRefused, match="Terbitkan undangan dahulu"):
        lifecycle.open_session(make_draft(cast), by=cast.secretary, happened_at=WHEN)


# --- a pleno that was planned here and then held without the portal ---------------------------------------


def test_an_invited_pleno_held_without_the_portal_is_entered_with_typed_hours(cast):
    pleno = make_invited(cast)
    lifecycle.record_late(pleno, by=cast.secretary)
    with pytest.raises(ValidationError):
        lifecycle.open_session(pleno, by=cast.secretary)
    lifecycle.open_session(pleno, by=cast.secretary, happened_at=WHEN, invitation={"number": "99/RT.02"})
    assert (pleno.recorded_late, pleno.opened_at) == (True, WHEN)
    assert [i.number for i in pleno.invitations.all()] == ["1/RT.02/K.74.71/08/2024"]


def test_it_is_not_held_before_its_hour_and_marked_once(cast):
    pleno = make_invited(cast)
    with clock.at(WHEN - MINUTE), pytest.raises(TransitionRefused, match="belum tiba"):
        lifecycle.record_late(pleno, by=cast.secretary)
    lifecycle.record_late(pleno, by=cast.secretary)
    with pytest.raises(TransitionRefused, match="sudah ditandai"):
        lifecycle.record_late(pleno, by=cast.secretary)


def test_a_paper_invitation_proves_no_hour_of_issue(cast):
    pleno = make_held(cast)
    lifecycle.open_session(pleno, by=cast.secretary, happened_at=WHEN, invitation={"number": "77/RT.02"})
    assert pleno.invitations.get().issued_at is None


def test_closing_is_not_before_somebody_came_or_went(cast):
    pleno = make_held_open(cast)
    for n in (1, 2, 3):
        lifecycle.defer(item_of(pleno, n), by=cast.secretary, reason="Habis waktu.")
    lifecycle.set_attendance(
        row_of(pleno, cast.member), by=cast.secretary, status="present", left_at=WHEN + 50 * MINUTE
    )
    with pytest.raises(ValidationError, match="datang, pulang"):
        lifecycle.close(pleno, by=cast.secretary, happened_at=WHEN + 49 * MINUTE)
    lifecycle.close(pleno, by=cast.secretary, happened_at=WHEN + 50 * MINUTE)


def test_a_session_begun_here_by_the_clock_goes_on_with_typed_minutes(cast):
    """The clock opened it at 10.00 and 17 seconds; pages show and take minutes."""
    pleno = make_invited(cast)
    opened = WHEN + datetime.timedelta(seconds=17)
    with clock.at(opened):
        lifecycle.open_session(pleno, by=cast.secretary)
    lifecycle.record_late(pleno, by=cast.secretary)
    for n in (1, 2, 3):
        decision = lifecycle.decide(item_of(pleno, n), by=cast.secretary, category="plan", text="Ya.", happened_at=WHEN)
        assert (decision.happened_at, decision.present) == (opened, 5)
    lifecycle.close(pleno, by=cast.secretary, happened_at=WHEN)
    assert pleno.closed_at == opened
