"""Section 3.2: the inbox of a plenary, its states by role, and what becomes of it with its item."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Job, LedgerEntry, Notice
from plenos import intake, lifecycle, preparation
from plenos.models import Submission

from ..factories import (
    ROLES,
    WHEN,
    decide_all,
    item_of,
    make_closed,
    make_draft,
    make_invited,
    make_open,
    sign_all,
)

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(weeks=1)
HOUR = datetime.timedelta(hours=1)
FRIDAY = WHEN - 3 * 24 * HOUR


def propose(cast, by=None, **facts):
    with clock.at(FRIDAY):
        return intake.propose(cast.unit, by=by or cast.staff, label="Jadwal piket posko", **facts)


def ask(cast, **facts):
    with clock.at(FRIDAY):
        return intake.ask_follow_up(
            cast.unit, by=cast.province, asking=cast.province_unit, label="Perbaiki papan data", **facts
        )


def state(submission):
    return Submission.objects.get(pk=submission.pk).state


def stories(cast):
    """A fresh submission in each state: {state: submission}."""

    def placed():
        row = propose(cast)
        lifecycle.intake.place(row, by=cast.secretary)
        return row

    def ended(verb, by):
        row = propose(cast)
        verb(row, by=by, reason="Sudah lewat.")
        return row

    return {
        "waiting": propose(cast),
        "placed": placed(),
        "decided": decided(cast)[0],
        "withdrawn": ended(intake.withdraw, cast.staff),
        "returned": ended(lifecycle.intake.give_back, cast.secretary),
    }


def ratify(cast, pleno):
    with clock.at(pleno.closed_at + HOUR):
        lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    with clock.at(pleno.closed_at + 24 * HOUR):
        lifecycle.ratify(pleno, by=cast.chair)


def hold(cast, pleno, *, put_off=(), taken=()):
    """Open and close an invited pleno; some orders put off or withdrawn, the others decided."""
    with clock.at(pleno.planned_at):
        lifecycle.open_session(pleno, by=cast.secretary)
    with clock.at(pleno.planned_at + HOUR / 20):
        for order in put_off:
            lifecycle.defer(item_of(pleno, order), by=cast.secretary, reason="Menunggu data.")
        for order in taken:
            lifecycle.withdraw(item_of(pleno, order), by=cast.secretary, reason="Bukan wewenang pleno.")
    decide_all(pleno, cast.secretary)
    with clock.at(pleno.planned_at + 2 * HOUR):
        lifecycle.close(pleno, by=cast.secretary)


def on_agenda(cast, submission, when=WHEN):
    """An invited pleno with the submission as its only item."""
    pleno = make_draft(cast, when=when, agenda=[])
    lifecycle.intake.place(submission, by=cast.secretary, pleno=pleno)
    with clock.at(when - 24 * HOUR):
        lifecycle.invite(pleno, by=cast.secretary)
    return pleno


def decided(cast, submission=None):
    """A submission that was decided in a ratified pleno, with that pleno."""
    submission = submission or propose(cast)
    pleno = on_agenda(cast, submission)
    hold(cast, pleno)
    ratify(cast, pleno)
    submission.refresh_from_db()
    return submission, pleno


# --- who may do what, in which state --------------------------------------------------------------------

PLACERS = {"chair", "note_taker", "head"}
# verb: (the call, the roles that may, the states in which it goes); "staff" is who proposed.
VERBS = {
    "place": (lambda s, by: lifecycle.intake.place(s, by=by), PLACERS, {"waiting", "placed"}),
    "return": (
        lambda s, by: lifecycle.intake.give_back(s, by=by, reason="Lengkapi dahulu."),
        PLACERS,
        {"waiting", "placed"},
    ),
    "withdraw": (
        lambda s, by: intake.withdraw(s, by=by, reason="Sudah selesai."),
        PLACERS | {"staff"},
        {"waiting", "placed"},
    ),
}


class Undo(Exception):
    pass


def outcome(act):
    try:
        with transaction.atomic():
            act()
            raise Undo
    except Undo:
        return "ok"
    except NotPermitted:
        return "403"
    except TransitionRefused:
        return "409"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_in_each_state_by_each_role(cast, verb):
    call, roles, states = VERBS[verb]
    wrong = []
    for name, submission in stories(cast).items():
        for role, who in ROLES.items():
            fresh = Submission.objects.get(pk=submission.pk)
            expected = "403" if role not in roles else ("ok" if name in states else "409")
            got = outcome(lambda fresh=fresh, who=who: call(fresh, getattr(cast, who)))
            if got != expected:
                wrong.append(f"{role} {verb} {name}: expected {expected}, got {got}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_proposes_and_who_asks_from_above(cast, role):
    who = getattr(cast, ROLES[role])
    own = {"chair", "member", "note_taker", "head", "staff"}
    above = {"province_supervision", "province_member"}
    assert (outcome(lambda: intake.propose(cast.unit, by=who, label="Usul")) == "ok") is (role in own)
    asked = outcome(lambda: intake.ask_follow_up(cast.unit, by=who, asking=cast.province_unit, label="Minta"))
    assert (asked == "ok") is (role in above)


def test_each_end_has_its_reason_and_every_step_its_line(cast):
    submission = propose(cast)
    for verb in (intake.withdraw, lifecycle.intake.give_back):
        with pytest.raises(ValidationError):
            verb(submission, by=cast.secretary, reason=" ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(state="returned")
    lifecycle.intake.place(submission, by=cast.secretary)
    intake.withdraw(submission, by=cast.staff, reason="Sudah selesai.")
    actions = LedgerEntry.objects.filter(thing=str(submission.uuid)).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["plenos.submission.submit", "plenos.submission.place", "plenos.submission.withdraw"]


# --- onto the agenda and off it --------------------------------------------------------------------------


def test_placed_on_a_draft_the_item_keeps_the_key(cast):
    submission, draft = propose(cast, summary="Warga menunggu.", access="open"), make_draft(cast)
    item = lifecycle.intake.place(submission, by=cast.secretary, pleno=draft)
    assert (item.submission, item.title, item.background) == (submission, "Jadwal piket posko", "Warga menunggu.")
    assert (item.access, item.proposer, item.order) == ("open", cast.staff.name, 4)
    assert state(submission) == "placed"
    with pytest.raises(TransitionRefused):
        lifecycle.intake.place(submission, by=cast.secretary, pleno=draft)


def test_not_onto_an_agenda_that_is_fixed_or_of_another_unit(cast):
    submission = propose(cast)
    for pleno in (make_open(cast), make_closed(cast, when=WHEN + WEEK)):
        with pytest.raises(TransitionRefused):
            lifecycle.intake.place(submission, by=cast.secretary, pleno=pleno)
    assert state(submission) == "waiting"


def test_placed_on_the_next_agenda_it_comes_with_it(cast):
    submission = propose(cast)
    lifecycle.intake.place(submission, by=cast.secretary)
    with clock.at(FRIDAY):
        pleno, _slot = lifecycle.plan_next(cast.unit, by=cast.secretary)
    assert pleno.items.filter(submission=submission).count() == 1
    waiting = propose(cast)
    assert list(preparation.for_the_next(cast.unit)) == []
    assert state(waiting) == "waiting"


def test_what_the_level_above_asks_for_lands_on_the_next_agenda_by_itself(cast):
    submission = ask(cast, summary="Menurut hasil supervisi.")
    assert (submission.subject, submission.organisation) == (cast.province_unit, cast.unit)
    with clock.at(FRIDAY):
        pleno, _slot = lifecycle.plan_next(cast.unit, by=cast.secretary)
    item = pleno.items.get(submission=submission)
    assert item.proposer == cast.province_unit.name
    assert state(submission) == "placed"


def test_taken_off_the_agenda_it_waits_in_the_inbox_again(cast):
    submission, draft = propose(cast), make_draft(cast)
    item = lifecycle.intake.place(submission, by=cast.secretary, pleno=draft)
    lifecycle.remove_item(item, by=cast.secretary)
    assert state(submission) == "waiting"
    assert draft.items.count() == 3


@pytest.mark.parametrize("verb", ["withdraw", "return"])
def test_withdrawn_or_returned_it_leaves_the_agenda_that_is_prepared(cast, verb):
    submission, pleno = propose(cast), make_invited(cast)
    lifecycle.intake.place(submission, by=cast.secretary, pleno=pleno)
    if verb == "withdraw":
        intake.withdraw(submission, by=cast.staff, reason="Sudah selesai.")
    else:
        lifecycle.intake.give_back(submission, by=cast.secretary, reason="Lengkapi dahulu.")
        assert Notice.objects.get(user=cast.staff).url == submission.get_absolute_url()
    assert [i.title for i in pleno.items.all()] == [
        "Laporan pelaksanaan pekan lalu",
        "Rencana kerja divisi pekan ini",
        "Lain-lain",
    ]


def test_once_the_session_is_open_nobody_takes_it_back(cast):
    submission = propose(cast)
    pleno = on_agenda(cast, submission)
    with clock.at(pleno.planned_at):
        lifecycle.open_session(pleno, by=cast.secretary)
    for act in (
        lambda: intake.withdraw(submission, by=cast.staff, reason="Batal."),
        lambda: lifecycle.intake.give_back(submission, by=cast.secretary, reason="Batal."),
    ):
        with pytest.raises(TransitionRefused):
            act()
    assert state(submission) == "placed"


@pytest.mark.parametrize("end", ["delete", "cancel"])
def test_a_draft_that_goes_gives_its_submissions_to_the_next(cast, end):
    submission = propose(cast)
    draft = make_draft(cast, agenda=[])
    lifecycle.intake.place(submission, by=cast.secretary, pleno=draft)
    if end == "delete":
        lifecycle.delete(draft, by=cast.secretary)
    else:
        lifecycle.cancel(draft, by=cast.secretary, reason="Banjir")
    assert list(preparation.for_the_next(cast.unit)) == [submission]


# --- with its item ---------------------------------------------------------------------------------------


def test_put_off_it_stays_placed_and_is_carried_over_with_its_key(cast):
    submission = propose(cast)
    pleno = on_agenda(cast, submission)
    hold(cast, pleno, put_off=[1])
    assert state(submission) == "placed"
    with clock.at(WHEN + 24 * HOUR):
        later, _slot = lifecycle.plan_next(cast.unit, by=cast.secretary)
    item = later.items.get(submission=submission)
    assert item.carried_from == item_of(pleno, 1)


def test_put_off_it_may_be_placed_by_hand_or_taken_back(cast):
    submission = propose(cast)
    pleno = on_agenda(cast, submission)
    hold(cast, pleno, put_off=[1])
    later = make_draft(cast, when=WHEN + WEEK)
    item = lifecycle.intake.place(submission, by=cast.secretary, pleno=later)
    assert item.carried_from == item_of(pleno, 1)
    intake.withdraw(submission, by=cast.staff, reason="Sudah selesai.")
    assert state(submission) == "withdrawn"
    assert list(preparation.pending(cast.unit)) == []
    assert item_of(pleno, 1).drop.reason == "Sudah selesai."


def test_dropped_it_is_returned_with_the_reason(cast):
    submission = propose(cast)
    pleno = on_agenda(cast, submission)
    hold(cast, pleno, put_off=[1])
    lifecycle.drop(item_of(pleno, 1), by=cast.secretary, reason="Tidak relevan lagi.")
    submission.refresh_from_db()
    assert (submission.state, submission.reason) == ("returned", "Tidak relevan lagi.")


def test_withdrawn_in_the_session_it_is_returned_when_it_closes(cast):
    submission = propose(cast)
    pleno = on_agenda(cast, submission)
    hold(cast, pleno, taken=[1])
    submission.refresh_from_db()
    assert (submission.state, submission.reason) == ("returned", "Bukan wewenang pleno.")
    assert Notice.objects.filter(user=cast.staff, kind="submission_returned").count() == 1


def test_decided_it_waits_for_the_ratification(cast):
    submission = propose(cast)
    pleno = on_agenda(cast, submission)
    hold(cast, pleno)
    assert state(submission) == "placed"
    assert not Job.objects.filter(kind="outcome").exists()
    decision = pleno.decisions.get()
    assert (decision.concerns_kind, decision.concerns) == ("plenos.submission", submission.uuid)
    ratify(cast, pleno)
    assert state(submission) == "decided"
    assert Job.objects.get(kind="outcome").key == str(decision.uuid)


def test_who_asked_from_above_hears_of_it_in_his_own_unit(cast):
    facts = {"by": cast.province, "asking": cast.province_unit, "label": "Menata arsip"}
    first, second = (intake.ask_follow_up(cast.unit, **facts) for _time in range(2))
    lifecycle.intake.give_back(first, by=cast.secretary, reason="Lengkapi dahulu.")
    assert [n.about for n in Notice.objects.visible_to(cast.province)] == [first.uuid]
    hold(cast, on_agenda(cast, second))
    pleno = second.items.get().pleno
    decision = pleno.decisions.get(item__submission=second)
    intake.tell_the_proposer(intake.outcome_of(decision.uuid))
    told = Notice.objects.visible_to(cast.province).filter(kind="submission_decided")
    assert [n.organisation for n in told] == [cast.province_unit]
    assert not Notice.objects.visible_to(cast.secretary).filter(about=second.uuid).exists()
