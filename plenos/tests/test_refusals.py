"""What cannot be is refused by the database too, whoever writes: each by SQL beside the verbs, which say it first."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership
from plenos import lifecycle
from plenos.models import Absence, Adjournment, AgendaItem, Attendee, Decision, Dissent, Pleno, Vote
from plenos.models.items import AGREE, TIED

from .factories import (
    LATER,
    WHEN,
    item_of,
    make_adjourned,
    make_closed,
    make_draft,
    make_held_open,
    make_open,
    membership,
    row_of,
)

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
WEEK = datetime.timedelta(weeks=1)


def refused(write, match):
    """Run ``write`` past the verbs: the database refuses it, at the latest when it ends, and names why."""
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        write()
        connection.check_constraints()


def holds(write):
    """Run ``write`` past the verbs: the database takes it."""
    with transaction.atomic():
        write()
        connection.check_constraints()


def update(rows, **values):
    return lambda: rows.update(**values)


def decided(cast, pleno, **facts):
    with clock.at(WHEN + 5 * MINUTE):
        return lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Setuju.", **facts)


def by_vote(cast, pleno, but=()):
    rows = [a for a in pleno.attendees.members() if a.in_room_at(WHEN + 5 * MINUTE)]
    return decided(cast, pleno, manner="vote", votes={a.pk: AGREE for a in rows if a.pk not in but})


class TestSessions:
    def test_two_sessions_of_a_body_at_one_time(self, cast):
        first, second = make_closed(cast), make_draft(cast, when=WHEN + WEEK)
        facts = {"chair": first.chair, "quorum_met": True, "state": "closed"}
        late = first.closed_at - MINUTE
        rows = Pleno.objects.filter(pk=second.pk)
        refused(update(rows, opened_at=late, closed_at=late + HOUR, **facts), "pleno_one_session_at_a_time")
        refused(update(rows, opened_at=late, closed_at=None, **facts), "pleno_one_session_at_a_time")
        assert rows.update(opened_at=first.closed_at, closed_at=first.closed_at + HOUR, **facts) == 1

    def test_one_still_open_one_entered_afterwards_and_one_that_stood_adjourned(self, cast):
        make_open(cast)
        second = make_draft(cast, when=WHEN + WEEK)
        rows = Pleno.objects.filter(pk=second.pk)
        refused(update(rows, opened_at=WHEN + 11 * HOUR), "pleno_one_session_at_a_time")
        for facts in ({"recorded_late": True}, {"interrupted": True}):
            with transaction.atomic():
                assert rows.update(opened_at=WHEN + HOUR, **facts) == 1
        held = {"recorded_late": True, "interrupted": False, "closed_at": WHEN + 2 * HOUR}
        refused(update(rows, **held), "pleno_one_session_at_a_time")

    def test_two_living_plenos_planned_at_one_moment(self, cast):
        first, second = make_draft(cast), make_draft(cast, when=WHEN + WEEK)
        rows = Pleno.objects.filter(pk=second.pk)
        refused(update(rows, planned_at=first.planned_at), "pleno_planned_once")
        assert rows.update(planned_at=first.planned_at, state="cancelled") == 1

    def test_a_week_far_from_the_hour(self, cast):
        rows = Pleno.objects.filter(pk=make_draft(cast).pk)
        refused(update(rows, week_year=2023), "pleno_week_is_near")
        refused(update(rows, week=44), "pleno_week_is_near")
        assert rows.update(week=42) == 1

    @pytest.mark.parametrize("year", [2015, 2020, 2021, 2024, 2026])
    def test_the_week_of_the_database_is_the_iso_week(self, year):
        with connection.cursor() as cursor:
            for week in (1, 2, 27, 52):
                cursor.execute(
                    "SELECT make_date(%s, 1, 4) - extract(isodow FROM make_date(%s, 1, 4))::int + 1 + (%s - 1) * 7",
                    [year, year, week],
                )
                assert cursor.fetchone()[0] == datetime.date.fromisocalendar(year, week, 1)

    def test_a_chair_who_is_no_member_of_the_body_in_office(self, cast):
        rows = Pleno.objects.filter(pk=make_draft(cast).pk)
        stranger = Membership.objects.get(organisation=cast.outsider_unit, user=cast.outsider)
        former = membership(cast, cast.members[3])
        Membership.objects.filter(pk=former.pk).update(until=WHEN - HOUR)
        for seat in (stranger, membership(cast, cast.secretary), former):
            refused(update(rows, chair=seat), "the chair of a pleno")
        assert rows.update(chair=membership(cast, cast.members[1])) == 1

    def test_a_pleno_goes_on_when_the_seat_of_its_chair_ends_later(self, cast):
        draft = make_draft(cast)
        rows = Pleno.objects.filter(pk=draft.pk)
        Membership.objects.filter(pk=draft.chair_id).update(until=WHEN - HOUR)
        lifecycle.add_item(draft, by=cast.secretary, title="Tambahan")
        assert rows.update(place="Aula") == 1
        refused(update(rows, planned_at=WHEN + HOUR), "the chair of a pleno")


class TestPresence:
    def test_a_departure_before_the_arrival(self, cast):
        row = row_of(make_open(cast), cast.members[3])
        refused(update(Attendee.objects.filter(pk=row.pk), left_at=WHEN - MINUTE), "attendee_leaves_after_arriving")

    @pytest.mark.parametrize(("since", "until"), [(-5, 5), (20, 70), (10, 10)])
    def test_an_absence_outside_the_presence(self, cast, since, until):
        pleno = make_open(cast)
        row = row_of(pleno, cast.members[3])
        Attendee.objects.filter(pk=row.pk).update(left_at=WHEN + HOUR)
        hours = {"since": WHEN + since * MINUTE, "until": WHEN + until * MINUTE}
        refused(
            lambda: Absence.objects.create(organisation=cast.unit, pleno=pleno, attendee=row, **hours),
            "an absence lies|absence_ends_after_start",
        )

    def test_two_absences_at_once_of_the_absent_or_of_another_pleno(self, cast):
        pleno, other = make_open(cast, exceptions={5: "ill"}), make_draft(cast, when=WHEN + WEEK)
        row, ill = row_of(pleno, cast.members[3]), row_of(pleno, cast.members[4])
        hours = {"organisation": cast.unit, "since": WHEN + 10 * MINUTE, "until": WHEN + 20 * MINUTE}
        Absence.objects.create(pleno=pleno, attendee=row, **hours)
        refused(lambda: Absence.objects.create(pleno=pleno, attendee=row, **hours), "absence_once_at_a_time")
        refused(lambda: Absence.objects.create(pleno=pleno, attendee=ill, **hours), "an absence lies")
        later = {**hours, "since": WHEN + 30 * MINUTE, "until": WHEN + 31 * MINUTE}
        refused(lambda: Absence.objects.create(pleno=other, attendee=row, **later), "an absence lies")
        rows = Attendee.objects.filter(pk=row.pk)
        refused(update(rows, left_at=WHEN + 15 * MINUTE), "an absence lies")
        refused(update(rows, status="ill"), "an absence lies")

    def test_two_adjournments_at_once(self, cast):
        pleno = make_adjourned(cast)
        facts = {"organisation": cast.unit, "pleno": pleno, "reason": "x", "by": cast.secretary}
        hours = {"since": WHEN + HOUR, "resumed_at": WHEN + 2 * HOUR}
        refused(lambda: Adjournment.objects.create(**facts, **hours), "adjournment_apart")


class TestVotes:
    def vote(self, decision, row):
        return lambda: Vote.objects.create(
            organisation=decision.organisation, decision=decision, attendee=row, choice=AGREE
        )

    def test_a_vote_by_someone_absent_or_out_of_the_room(self, cast):
        pleno = make_open(cast, exceptions={5: "ill"})
        out = row_of(pleno, cast.members[3])
        with clock.at(WHEN + 2 * MINUTE):
            lifecycle.step_out(out, by=cast.secretary)
        decision = by_vote(cast, pleno)
        with clock.at(WHEN + 9 * MINUTE):
            lifecycle.step_in(out, by=cast.secretary)
        for row in (out, row_of(pleno, cast.members[4])):
            refused(self.vote(decision, row), "only members in the room vote")

    def test_a_vote_by_the_secretariat_a_guest_or_one_of_another_pleno(self, cast):
        pleno, other = make_open(cast, guests=[{"name": "Tamu"}]), make_open(cast, when=WHEN + WEEK)
        decision = by_vote(cast, pleno)
        strangers = [row_of(pleno, cast.secretary), pleno.attendees.get(element="guest"), row_of(other, cast.chair)]
        for row in strangers:
            refused(self.vote(decision, row), "only members in the room vote")

    def test_more_votes_than_members_present(self, cast):
        pleno = make_open(cast)
        decision = by_vote(cast, pleno)
        Decision.objects.filter(pk=decision.pk).update(present=4)
        first = decision.votes.first()
        refused(update(Vote.objects.filter(pk=first.pk), choice="against"), "only members in the room vote")

    def test_a_dissent_by_someone_absent(self, cast):
        pleno = make_open(cast, exceptions={5: "ill"})
        decision = decided(cast, pleno)
        facts = {"organisation": cast.unit, "decision": decision, "attendee": row_of(pleno, cast.members[4])}
        refused(lambda: Dissent.objects.create(text="Tidak.", **facts), "only members who are present dissent")

    def test_a_dissent_by_someone_out_of_the_room(self, cast):
        pleno = make_open(cast)
        out = row_of(pleno, cast.members[3])
        with clock.at(WHEN + 2 * MINUTE):
            lifecycle.step_out(out, by=cast.secretary)
        decision = decided(cast, pleno)
        facts = {"organisation": cast.unit, "decision": decision, "text": "Tidak."}
        refused(lambda: Dissent.objects.create(attendee=out, **facts), "only members who are present dissent")
        holds(lambda: Dissent.objects.create(attendee=row_of(pleno, cast.members[4]), **facts))


class TestPresenceAfterwards:
    """Who voted or dissented stays in the room at that minute, whatever is written later."""

    CHANGES = [
        {"left_at": WHEN + 4 * MINUTE},
        {"left_at": WHEN + 5 * MINUTE},
        {"arrived_at": WHEN + 6 * MINUTE},
        {"status": "ill"},
        {"arrived_at": None},
    ]

    @pytest.mark.parametrize("values", CHANGES)
    def test_the_hours_of_a_voter(self, cast, values):
        pleno = make_open(cast)
        decision = by_vote(cast, pleno)
        rows = Attendee.objects.filter(pk=row_of(pleno, cast.members[3]).pk)
        refused(update(rows, **values), "who voted was in the room|attendee_")
        holds(update(rows, left_at=WHEN + 6 * MINUTE))
        lifecycle.undo_decision(decision, by=cast.secretary)
        if "arrived_at" not in values:
            holds(update(rows, **values))

    def test_an_absence_of_a_voter(self, cast):
        pleno = make_open(cast)
        by_vote(cast, pleno)
        facts = {"organisation": cast.unit, "pleno": pleno, "attendee": row_of(pleno, cast.members[3])}

        def away(since, until):
            return lambda: Absence.objects.create(since=WHEN + since * MINUTE, until=WHEN + until * MINUTE, **facts)

        refused(away(4, 6), "who voted was in the room")
        refused(away(5, 6), "who voted was in the room")
        holds(away(6, 7))
        rows = Absence.objects.filter(attendee=facts["attendee"])
        refused(update(rows, since=WHEN + 4 * MINUTE), "who voted was in the room")

    def test_the_hours_of_one_who_dissented(self, cast):
        pleno = make_open(cast)
        row = row_of(pleno, cast.members[3])
        decided(cast, pleno, dissents={row.pk: "Tidak."})
        refused(update(Attendee.objects.filter(pk=row.pk), left_at=WHEN + 4 * MINUTE), "who voted was in the room")
        other = Attendee.objects.filter(pk=row_of(pleno, cast.members[4]).pk)
        holds(update(other, left_at=WHEN + 4 * MINUTE))

    def test_the_minute_of_a_decision_is_compared_with_its_votes(self, cast):
        pleno = make_open(cast)
        out = row_of(pleno, cast.members[3])
        decision = by_vote(cast, pleno)
        with clock.at(WHEN + 8 * MINUTE):
            lifecycle.step_out(out, by=cast.secretary)
        rows = Decision.objects.filter(pk=decision.pk)
        refused(update(rows, happened_at=WHEN + 9 * MINUTE), "who voted was in the room")
        holds(update(rows, happened_at=WHEN + 7 * MINUTE))
        undone = {"undone_at": WHEN + 10 * MINUTE, "undone_by": cast.secretary}
        holds(update(rows, happened_at=WHEN + 9 * MINUTE, **undone))
        refused(update(rows, undone_at=None, undone_by=None), "who voted was in the room")


class TestDecisions:
    @pytest.mark.parametrize("fate", ["withdrawn", "deferred"])
    def test_an_item_under_a_standing_decision_is_not_put_off(self, cast, fate):
        pleno = make_open(cast)
        decision = decided(cast, pleno)
        put_off = {"fate": fate, "fate_reason": "Belum siap", "fate_at": WHEN + 6 * MINUTE}
        rows = AgendaItem.objects.filter(pk=decision.item_id)
        refused(update(rows, **put_off), "an item under a standing decision")
        Decision.objects.filter(pk=decision.pk).update(result=TIED)
        holds(update(rows, **put_off))
        rows.update(fate="waiting", fate_reason="", fate_at=None)
        Decision.objects.filter(pk=decision.pk).update(result="accepted")
        lifecycle.undo_decision(decision, by=cast.secretary)
        holds(update(rows, **put_off))

    def decision(self, pleno, **facts):
        values = {
            "organisation": pleno.organisation,
            "pleno": pleno,
            "item": item_of(pleno),
            "category": "plan",
            "text": "Setuju.",
            "happened_at": WHEN + 5 * MINUTE,
            "recorded_by": pleno.planned_by,
            "entitled": 5,
            "present": 5,
            "quorum_needed": 3,
        }
        return lambda: Decision.objects.create(**{**values, **facts})

    @pytest.mark.parametrize("fate", ["withdrawn", "deferred"])
    def test_on_an_item_that_was_withdrawn_or_put_off(self, cast, fate):
        pleno = make_open(cast)
        AgendaItem.objects.filter(pk=item_of(pleno).pk).update(
            fate=fate, fate_reason="Belum siap", fate_at=WHEN + 4 * MINUTE
        )
        refused(self.decision(pleno), "a decision is taken in its session")
        refused(self.decision(pleno, result=TIED), "a decision is taken in its session")
        self.decision(pleno, result=TIED, happened_at=WHEN + 3 * MINUTE)()

    def test_before_the_session_after_it_while_it_stands_adjourned_or_on_the_item_of_another(self, cast):
        pleno, other = make_adjourned(cast), make_open(cast, when=WHEN + WEEK)
        for facts in (
            {"happened_at": WHEN - MINUTE},
            {"happened_at": WHEN + 30 * MINUTE},
            {"item": item_of(other)},
        ):
            refused(self.decision(pleno, **facts), "a decision is taken in its session")
        closed = make_closed(cast, when=WHEN + 2 * WEEK)
        late = {"happened_at": closed.closed_at + MINUTE}
        refused(self.decision(closed, **late), "a decision is taken in its session")
        refused(self.decision(make_draft(cast, when=WHEN + 3 * WEEK)), "a decision is taken in its session")

    def test_without_a_quorum(self, cast):
        refused(self.decision(make_open(cast), present=2), "decision_needs_quorum")


def test_the_guards_hold_for_every_session_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgname ~
               '^guard_((chair|vote|dissent|decision|absence|presence)_(insert|update)|voter_[a-z]+|fate)$'"""
        )
        found = dict(cursor.fetchall())
    assert len(found) == 16
    assert set(found.values()) == {"A"}


def test_one_entered_afterwards_is_compared_once_its_end_is_known(cast):
    make_open(cast)
    early = make_held_open(cast, when=WHEN - HOUR)
    with clock.at(WHEN + LATER):
        rows = Pleno.objects.filter(pk=early.pk)
        refused(update(rows, state="closed", closed_at=WHEN + HOUR), "pleno_one_session_at_a_time")
        assert rows.update(state="closed", closed_at=WHEN) == 1
