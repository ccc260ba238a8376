"""Plenos led through their lives by chance: whatever is tried, by whomever, some things always hold."""

import datetime
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import DutyRuling, LedgerEntry
from plenos import lifecycle, queries, verification
from plenos.lifecycle import correcting
from plenos.models import Decision, Pleno, Reading

from ..models.sessions import ADJOURNED, CANCELLED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING
from .factories import ROLES, WHEN, item_of, row_of, stored_scan
from .mid_meeting import PLENOS, MidMeeting
from .test_lifecycle.test_lock import PATHS
from .test_matrix import CALLS

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
# Verbs that make another pleno, or need an item of an earlier one.
APART = {"plan", "plan_next", "continue_later", "carry_over", "drop"}


def rows_of(pleno_id):
    """Every stored row of a pleno but its readings, which are added above after ratification."""
    found = {}
    with connection.cursor() as cursor:
        for table, path in PATHS.items():
            if table != "plenos_reading":
                cursor.execute(f"SELECT * FROM {table} WHERE {path} ORDER BY id", [pleno_id])  # noqa: S608
                found[table] = [tuple(map(str, row)) for row in cursor.fetchall()]
    return found


class Life(MidMeeting, RuleBasedStateMachine):
    """Up to three plenos of one unit. ``cast`` is given by the test; each run is undone at its end."""

    cast = None
    ratified_in_all = corrected = returned = 0

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.done = 0  # successful verbs, counted apart from the ledger
        self.marked = 0  # of these, minutes marked read
        self.now = WHEN - 3 * DAY
        self.ids = []
        self.locked = {}  # id of a ratified pleno: its rows at that moment

    def teardown(self):
        type(self).ratified_in_all += len(self.locked)
        assert list(verification.faults()) == []
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def do(self, verb):
        """Try a verb a little later; count it if it succeeds. A refusal may leave nothing behind."""
        self.now += 5 * MINUTE
        with clock.at(self.now):
            try:
                with transaction.atomic():
                    result = verb()
            except (NotPermitted, TransitionRefused, ValidationError):
                return None
        self.done += 1
        self.marked += isinstance(result, Reading)
        for pk in Pleno.objects.filter(state=RATIFIED).values_list("pk", flat=True):
            self.locked.setdefault(pk, rows_of(pk))
        return result

    def pick(self, number):
        alive = list(Pleno.objects.filter(pk__in=self.ids).select_related("organisation", "chair__user").order_by("pk"))
        return alive[number % len(alive)] if alive else None

    # --- what may happen ---

    @initialize()
    def begin(self):
        self.plan(held=False)

    @precondition(lambda self: len(self.ids) < PLENOS)
    @rule(held=st.booleans())
    def plan(self, held):
        planned = self.now - 2 * DAY if held else self.now + 2 * DAY
        year, week, _day = planned.isocalendar()
        pleno = self.do(
            lambda: lifecycle.plan(
                self.cast.unit,
                by=self.cast.secretary,
                year=year,
                week=week,
                planned_at=planned,
                place="Aula",
                agenda=["Laporan", "Rencana"],
                recorded_late=held,
            )
        )
        if pleno:
            self.ids.append(pleno.pk)

    @rule(number=st.integers(0, PLENOS - 1), manner=st.integers(0, 5), steps=st.integers(3, 8))
    def go_on(self, number, manner, steps):
        """What a diligent secretariat would do next, a few times."""
        for _step in range(steps):
            pleno = self.pick(number)
            if pleno:
                self.do(lambda pleno=pleno: self.next_step(pleno, manner))

    @rule(number=st.integers(0, PLENOS - 1), manner=st.integers(2, 5))
    def bring_to_its_end(self, number, manner):
        """The same until the minutes are ratified, putting off what cannot be decided."""
        for _step in range(25):
            pleno = self.pick(number)
            if pleno is None or pleno.state in (RATIFIED, CANCELLED):
                return
            done = self.done
            self.do(lambda pleno=pleno: self.next_step(pleno, manner))
            if self.done == done and pleno.state == OPEN:
                self.do(lambda pleno=pleno: self.next_step(pleno, 0))

    def next_step(self, pleno, manner):
        by = self.cast.secretary
        if pleno.state == DRAFT and pleno.recorded_late:
            return lifecycle.open_session(pleno, by=by, happened_at=pleno.planned_at)
        if pleno.state == DRAFT:
            return lifecycle.invite(pleno, by=by)
        if pleno.state == INVITED:
            return lifecycle.open_session(pleno, by=by)
        if pleno.state == OPEN:
            return self.settle_or_close(pleno, manner)
        if pleno.state == ADJOURNED:
            return lifecycle.resume(pleno, by=by, happened_at=self.hour(pleno))
        if pleno.state == CLOSED:
            return lifecycle.put_up(pleno, by=by)
        if pleno.state == SIGNING:
            return self.sign_or_ratify(pleno, manner)
        if pleno.state == RATIFIED:
            return lifecycle.mark_read(pleno, by=self.cast.province)
        raise TransitionRefused("cancelled")

    def settle_or_close(self, pleno, manner):
        by, hour = self.cast.secretary, self.hour(pleno)
        item = pleno.items.filter(fate="waiting").first()
        if item is None:
            return lifecycle.close(pleno, by=by, happened_at=hour)
        item.pleno = pleno
        if manner == 0:
            return lifecycle.defer(item, by=by, reason="Belum siap.", happened_at=hour)
        facts = {"category": "plan", "text": "Setuju.", "happened_at": hour}
        if manner > 2:
            votes = {a.pk: "agree" for a in pleno.attendees.members() if a.in_room_at(hour or self.now)}
            for pk in list(votes)[: manner - 2]:
                votes[pk] = "against"
            facts |= {"manner": "vote", "votes": votes}
        return lifecycle.decide(item, by=by, **facts)

    def sign_or_ratify(self, pleno, manner):
        minutes = pleno.minutes.get(taken_back_at=None)
        signed = minutes.signatures.values("attendee")
        row = pleno.attendees.members().filter(status="present").exclude(pk__in=signed).first()
        if row is None:
            return lifecycle.ratify(pleno, by=pleno.chair.user)
        if manner == 0:
            return lifecycle.excuse(pleno, by=self.cast.head, attendee=row, reason="Sakit")
        if manner == 1:
            return lifecycle.sign_by_hand(
                pleno, by=self.cast.head, attendee=row, scan=stored_scan(), signed_on=WHEN.date() - DAY
            )
        return lifecycle.confirm(pleno, by=row.user, digest=minutes.digest)

    @rule(number=st.integers(0, PLENOS - 1), verb=st.sampled_from(sorted(CALLS)), role=st.sampled_from(sorted(ROLES)))
    def meddle(self, number, verb, role):
        """Anyone tries anything."""
        pleno = self.pick(number)
        if pleno and verb not in APART:
            self.do(lambda: CALLS[verb](pleno, getattr(self.cast, ROLES[role]), self.cast))

    @rule(number=st.integers(0, PLENOS - 1), seat=st.integers(2, 5), status=st.sampled_from(["present", "ill", "left"]))
    def come_and_go(self, number, seat, status):
        pleno = self.pick(number)
        if pleno is None or not pleno.attendees.members().exists():
            return
        row = row_of(pleno, self.cast.members[seat - 1])
        facts = {"status": "ill" if status == "ill" else "present", "reason": "demam" if status == "ill" else ""}
        if status == "left":
            facts["left_at"] = self.now
        self.do(lambda: lifecycle.set_attendance(row, by=self.cast.secretary, **facts))

    @rule(number=st.integers(0, PLENOS - 1), which=st.integers(0, 3))
    def have_second_thoughts(self, number, which):
        """Undo a decision, take the minutes back, reopen an item, or reschedule."""
        pleno, by = self.pick(number), self.cast.secretary
        if pleno is None:
            return
        decision = pleno.decisions.standing().last()
        if which == 0 and decision:
            decision.pleno = pleno
            self.do(lambda: lifecycle.undo_decision(decision, by=by))
        elif which == 1:
            self.do(lambda: lifecycle.take_back(pleno, by=by, reason="Keliru"))
        elif which == 2 and pleno.items.exists():
            self.do(lambda: lifecycle.reopen_item(item_of(pleno, 1), by=by))
        else:
            self.do(lambda: CALLS["reschedule"](pleno, by, self.cast))

    @rule(number=st.integers(0, PLENOS - 1), steps=st.integers(2, 12), whim=st.integers(0, 6))
    def correct(self, number, steps, whim):
        """The province may send ratified minutes back; the unit corrects them, or thinks better of it."""
        ratified = [n for n, pk in enumerate(self.ids) if Pleno.objects.filter(pk=pk, state=RATIFIED).exists()]
        if not ratified:
            return self.bring_to_its_end(number, 2)
        for step in range(steps):
            pleno = self.pick(ratified[number % len(ratified)])
            before = rows_of(pleno.pk)
            if whim == 0 and self.do(lambda pleno=pleno: CALLS["return_minutes"](pleno, self.cast.province, self.cast)):
                type(self).returned += 1
            made = self.do(lambda pleno=pleno, last=step == steps - 1: self.next_of_correction(pleno, whim, last))
            if made is not None:
                self.locked[pleno.pk] = self.only_words_changed(before, rows_of(pleno.pk))

    def next_of_correction(self, pleno, whim, last):
        by, found = self.cast.secretary, queries.correction_under_way(pleno)
        if found is None:
            return correcting.begin(pleno, by=by, reason="Keliru", ruling=queries.returned(pleno))
        if found.state == "drafting" and last and whim == 1:
            return correcting.abandon(found, by=by, reason="Sudah benar") or found
        if found.state == "drafting" and not found.changes:
            words = {"place": f"Aula {found.number}", "items.0.title": f"Laporan versi {found.number}"}
            return correcting.change(found, by=by, changes=words) or found
        if found.state == "drafting":
            return correcting.put_up(found, by=by)
        if last and whim == 2:
            return correcting.take_back(found, by=by, reason="Masih keliru") or found
        minutes = found.minutes.get(taken_back_at=None)
        signed = minutes.signatures.values("attendee")
        row = pleno.attendees.members().filter(status="present").exclude(pk__in=signed).first()
        if row is None:
            type(self).corrected += 1
            return correcting.ratify(found, by=pleno.chair.user)
        if whim == 3:
            return correcting.excuse(found, by=self.cast.head, attendee=row, reason="Sakit")
        return correcting.confirm(found, by=row.user, digest=minutes.digest)

    def only_words_changed(self, before, after):
        """What a step of a correction leaves: every row that there was, with nothing but words and its end changed."""
        for table, rows in before.items():
            assert len(after[table]) == len(rows) or table in ("plenos_minutes", "plenos_signature"), table
            if table not in ("plenos_minutes", "plenos_pleno", "plenos_agendaitem"):
                assert set(rows) <= set(after[table]), table
        assert before["plenos_minutes"][0] == after["plenos_minutes"][0], "the first version stays as it was"
        return after

    # --- what always holds ---

    @invariant()
    def no_ratified_row_changes(self):
        for pk, rows in self.locked.items():
            assert rows_of(pk) == rows

    @invariant()
    def the_chain_is_intact_and_has_one_line_for_each_verb(self):
        # Of each return the duty has a line too, and who had not read the minutes before has by then.
        returns = DutyRuling.objects.filter(kind="returned").count()
        read_by_return = Reading.objects.count() - self.marked
        assert ledger.verify("74.71") == (self.done + returns + read_by_return, None)
        assert LedgerEntry.objects.exclude(organisation="74.71").count() == 0

    @invariant()
    def decision_numbers_have_no_gap(self):
        numbers = sorted(Decision.objects.exclude(number=None).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert not Decision.objects.filter(
            number=None, undone_at=None, pleno__state__in=(CLOSED, SIGNING, RATIFIED)
        ).exclude(result="tied")

    @invariant()
    def states_tell_the_truth(self):
        for pleno in Pleno.objects.filter(pk__in=self.ids):
            assert (pleno.opened_at is not None) == (pleno.state in (OPEN, ADJOURNED, CLOSED, SIGNING, RATIFIED))
            standing = pleno.adjournments.filter(resumed_at=None).exists()
            assert (pleno.state == ADJOURNED) <= standing
            assert not (pleno.state == OPEN and standing)
            assert pleno.interrupted == pleno.adjournments.exists()
            assert (pleno.closed_at is not None) == (pleno.state in (CLOSED, SIGNING, RATIFIED))
            assert (pleno.delivered_to_id is not None) == (pleno.state == RATIFIED)
            assert pleno.minutes.filter(taken_back_at=None, version=1).count() == (pleno.state in (SIGNING, RATIFIED))
            latest = pleno.minutes.filter(ratified_at__isnull=False).aggregate(Max("version"))["version__max"]
            assert pleno.minutes_version == (latest or 1)
            assert not (pleno.without_quorum and pleno.decisions.standing().exists())

    @invariant()
    def a_decision_keeps_those_who_were_in_the_room(self):
        for pleno in Pleno.objects.filter(pk__in=self.ids):
            rows = list(pleno.attendees.members().with_absences())
            for decision in pleno.decisions.standing():
                here = sum(row.in_room_at(decision.happened_at) for row in rows)
                assert here == decision.present >= decision.quorum_needed
                assert not pleno.adjournments.filter(
                    since__lte=decision.happened_at, resumed_at__gt=decision.happened_at
                ).exists()

    @invariant()
    def one_session_at_a_time(self):
        held = Pleno.objects.filter(pk__in=self.ids, closed_at__isnull=False, interrupted=False)
        spans = sorted(held.values_list("opened_at", "closed_at"))
        assert all(end <= begin for (_begin, end), (begin, _end) in itertools.pairwise(spans))


COUNTS = ("ratified_in_all", "quorum_lost", "resumed", "continued", "corrected", "returned")
# What is left out of the lives of the second kind, so that they stay in the room.
ENDS = dict.fromkeys(("bring_to_its_end", "correct", "meddle", "have_second_thoughts"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("without", "examples", "came_to"),
    [
        ({}, 18, ("ratified_in_all", "corrected", "returned")),
        (ENDS, 12, ("quorum_lost", "resumed", "continued")),
    ],
    ids=["to the end", "mid-meeting"],
)
def test_whatever_is_tried_these_things_hold(cast, without, examples, came_to):
    machine = type("LifeOfKendari", (Life,), {"cast": cast, **without, **dict.fromkeys(COUNTS, 0)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # what fails is shown at once: making it smaller takes minutes
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    reached = {name: getattr(machine, name) for name in came_to}
    assert min(reached.values()) > 1, f"the lives led by chance hardly ever came to what they are to try: {reached}"
