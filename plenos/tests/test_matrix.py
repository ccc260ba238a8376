"""Who may do what when: matrix.csv was written from the issue (3.7), and every cell of it is run.

ok: it is done; 403: may see it but not do this; 409: may do it, but not now; 404: may not know of it (a verb
called directly says 403 to such a person).
"""

import csv
import datetime
from pathlib import Path

import pytest
from django.db import transaction

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from plenos import lifecycle
from plenos.models import AgendaItem, Attachment, Decision, Pleno

from ..lifecycle.table import ATTACH
from ..models.sessions import ADJOURNED, CANCELLED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING
from .factories import LATER, PDF, ROLES, item_of, row_of, sign_all, stored_scan

HOUR = datetime.timedelta(hours=1)
STATES = (DRAFT, INVITED, OPEN, ADJOURNED, CLOSED, SIGNING, RATIFIED, CANCELLED)


def read_matrix():
    """{verb: {role: {state: expectation}}}; a pair of verb and role that stands twice is a mistake."""
    found = {}
    with Path(__file__).with_name("matrix.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of_verb = found.setdefault(row["verb"], {})
            assert row["role"] not in of_verb, row
            of_verb[row["role"]] = {state: row[state] for state in STATES}
    return found


MATRIX = read_matrix()
# The action of the table that each verb of the matrix carries out; planning has no pleno yet, so no transition.
ACTIONS = {
    "plan": None,
    "edit": "edit",
    "add_item": "add_item",
    "edit_item": "arrange",
    "move_item": "arrange",
    "remove_item": "arrange",
    "add_guest": "add_item",
    "remove_guest": "arrange",
    "delete": "delete",
    "invite": "invite",
    "reschedule": "reschedule",
    "cancel": "cancel",
    "open_session": "open",
    "record_late": "record_late",
    "open_held": "open_held",
    "set_attendance": "attend",
    "step_out": "attend",
    "step_in": "attend",
    "adjourn": "adjourn",
    "resume": "resume",
    "continue_later": "close",
    "attach": "attach",
    "describe": "describe",
    "detach": "detach",
    "write_notes": "note",
    "settle_notes": "note",
    "decide": "decide",
    "undo_decision": "undo",
    "defer": "defer",
    "withdraw": "withdraw",
    "reopen_item": "reopen_item",
    "close": "close",
    "add_scan": "add_scan",
    "word": "word",
    "print_draft": "print_draft",
    "put_up": "put_up",
    "take_back": "take_back",
    "confirm": "confirm",
    "sign_by_hand": "sign_by_hand",
    "excuse": "excuse",
    "remind": "remind",
    "ratify": "ratify",
    "mark_read": "mark_read",
    "return_minutes": "return",
    "plan_next": None,
    "prepare_agenda": "arrange",
    "carry_over": "arrange",
    "drop": "drop",
    "approve_last": "decide",
}


# Verbs on the duty of a week, which has no state of its own; role by role in test_views/test_weeks.py.
OF_A_WEEK = {"declare_none", "answer", "extend"}
# Two verbs with rows of their own, one after the other; and what the words of the minutes are known by.
NO_ROWS = {"plan_prepared", "words_digest"}


def test_every_verb_every_transition_and_every_role_has_its_rows():
    verbs = {name for name in lifecycle.__all__ if callable(getattr(lifecycle, name))}
    assert verbs == set(MATRIX) - {"open_held"} | OF_A_WEEK | NO_ROWS
    assert set(ACTIONS) == set(MATRIX)
    assert {step.action for step in lifecycle.TABLE} == {f"plenos.pleno.{a}" for a in ACTIONS.values() if a}
    for verb, roles in MATRIX.items():
        assert set(roles) == set(ROLES), verb
        cells = {cell for states in roles.values() for cell in states.values()}
        assert cells <= {"ok", "403", "404", "409"}, verb


# --- the story at every stage ----------------------------------------------------------------------------


def moment_for(pleno, verb=None):
    """A moment at which the next step of a pleno at this stage can be taken."""
    if pleno.recorded_late:
        return pleno.planned_at + LATER + HOUR
    if verb in ("record_late", "open_held"):
        return pleno.planned_at + HOUR
    if pleno.state in (DRAFT, INVITED, CANCELLED):
        return pleno.planned_at - datetime.timedelta(days=2)
    if pleno.state in (OPEN, ADJOURNED):
        return pleno.planned_at + HOUR
    return pleno.planned_at + datetime.timedelta(days=2)


def at_stage(world, verb, state):
    """A fresh pleno at that stage; for the verb that opens a held one, one that was already held."""
    key = f"held_{state}" if verb == "open_held" and f"held_{state}" in world else state
    key = "put_off_ratified" if verb == "drop" and state == RATIFIED else key
    pleno = Pleno.objects.select_related("organisation", "chair__user").get(pk=world[key])
    if verb == "open_held" and state not in (DRAFT, INVITED, OPEN):
        pleno.recorded_late = True
    return pleno


def settle(pleno, by):
    """Nothing is left open: closing then depends on role and state alone."""
    pleno.items.filter(fate="waiting").update(fate="deferred", fate_reason="Habis waktu.")


def put_off(items, by):
    """Items that were put off, whatever was decided on them before."""
    Decision.objects.filter(item__in=items).update(undone_at=clock.now(), undone_by=by)
    items.update(fate="deferred")


def prepare(verb, pleno, cast):
    """What must have gone before, so that at this stage only role and state decide."""
    by = cast.secretary
    if verb == "close" and pleno.state in (OPEN, ADJOURNED):
        settle(pleno, by)
    elif verb == "carry_over":
        put_off(AgendaItem.objects.filter(pleno__state=CLOSED).exclude(pleno=pleno), by)
    elif verb == "drop" and pleno.state != RATIFIED:
        put_off(pleno.items.filter(order=1), by)
    elif verb == "approve_last":
        # It follows on the ratified one of the world.
        last = Pleno.objects.of(pleno.organisation).filter(state=RATIFIED).order_by("week").first()
        Pleno.objects.filter(pk=pleno.pk, state=OPEN).update(week=last.week, ordinal=2)
        pleno.items.filter(order=1, pleno__state=OPEN).update(standing_kind="approval")
    elif verb == "step_in" and pleno.state == OPEN:
        lifecycle.step_out(row_for(pleno, cast.members[4]), by=by)
    elif verb in ("describe", "detach") and pleno.state in ATTACH.sources:
        lifecycle.attach(item_of(pleno), by=by, files=[(PDF, "application/pdf", "surat.pdf")])
    elif verb == "reopen_item" and pleno.state == OPEN:
        lifecycle.defer(item_of(pleno), by=by, reason="Belum siap.")
    elif verb == "undo_decision" and pleno.state == OPEN:
        lifecycle.decide(item_of(pleno), by=by, category="plan", text="Setuju.")
    elif verb == "ratify" and pleno.state == SIGNING:
        sign_all(pleno)
    elif verb == "open_held" and pleno.state == INVITED:
        lifecycle.record_late(pleno, by=by)
    elif verb == "remove_guest" and pleno.state in (DRAFT, INVITED):
        lifecycle.add_guest(pleno, by=by, name="Tamu")


def guest_of(pleno):
    guest = pleno.attendees.filter(element="guest").first() or pleno.attendees.model(pleno=pleno, pk=0)
    guest.pleno = pleno
    return guest


def put_off_elsewhere(pleno):
    """An item that another pleno of the unit put off."""
    rows = AgendaItem.objects.filter(organisation=pleno.organisation, fate="deferred", pleno__state=CLOSED)
    return rows.exclude(pleno=pleno).select_related("pleno__organisation").first()


def row_for(pleno, user):
    if pleno.attendees.exists():
        return row_of(pleno, user)
    return pleno.attendees.model(pleno=pleno, pk=0)


def decision_of(pleno):
    decision = pleno.decisions.first() or Decision(pleno=pleno, pk=0)
    decision.pleno = pleno
    return decision


def attachment_of(pleno):
    attachment = Attachment.objects.filter(item__pleno=pleno).last() or Attachment(item=item_of(pleno), pk=0)
    attachment.item.pleno = pleno
    return attachment


def digest_of(pleno):
    minutes = pleno.minutes.filter(taken_back_at=None).first()
    return minutes.digest if minutes else ""


def happened(pleno, hours=1):
    return {"happened_at": pleno.planned_at + hours * HOUR} if pleno.recorded_late else {}


CALLS = {
    "plan": lambda p, by, cast: lifecycle.plan(
        p.organisation,
        by=by,
        year=p.week_year,
        week=p.week,
        planned_at=p.planned_at + 2 * HOUR,
        place="Aula",
        agenda=["X"],
    ),
    "plan_next": lambda p, by, cast: lifecycle.plan_next(p.organisation, by=by),
    "prepare_agenda": lambda p, by, cast: lifecycle.prepare_agenda(p, by=by),
    "carry_over": lambda p, by, cast: lifecycle.carry_over(p, by=by, origin=put_off_elsewhere(p)),
    "drop": lambda p, by, cast: lifecycle.drop(item_of(p), by=by, reason="Tidak relevan lagi."),
    "approve_last": lambda p, by, cast: lifecycle.approve_last(item_of(p), by=by, **happened(p)),
    "edit": lambda p, by, cast: lifecycle.edit(p, by=by, place="Aula"),
    "add_item": lambda p, by, cast: lifecycle.add_item(p, by=by, title="Tambahan"),
    "edit_item": lambda p, by, cast: lifecycle.edit_item(item_of(p), by=by, title="Diubah"),
    "move_item": lambda p, by, cast: lifecycle.move_item(item_of(p), by=by, to=2),
    "remove_item": lambda p, by, cast: lifecycle.remove_item(item_of(p, 2), by=by),
    "add_guest": lambda p, by, cast: lifecycle.add_guest(p, by=by, name="Tamu"),
    "remove_guest": lambda p, by, cast: lifecycle.remove_guest(guest_of(p), by=by),
    "delete": lambda p, by, cast: lifecycle.delete(p, by=by),
    "invite": lambda p, by, cast: lifecycle.invite(p, by=by),
    "reschedule": lambda p, by, cast: lifecycle.reschedule(
        p, by=by, planned_at=clock.now() + 30 * HOUR, place="Aula", reason="Listrik padam"
    ),
    "cancel": lambda p, by, cast: lifecycle.cancel(p, by=by, reason="Dinas luar"),
    "open_session": lambda p, by, cast: lifecycle.open_session(p, by=by),
    "record_late": lambda p, by, cast: lifecycle.record_late(p, by=by),
    "open_held": lambda p, by, cast: lifecycle.open_session(p, by=by, happened_at=p.planned_at),
    "set_attendance": lambda p, by, cast: lifecycle.set_attendance(
        row_for(p, cast.members[4]), by=by, status="ill", reason="demam"
    ),
    "step_out": lambda p, by, cast: lifecycle.step_out(row_for(p, cast.members[4]), by=by),
    "step_in": lambda p, by, cast: lifecycle.step_in(row_for(p, cast.members[4]), by=by),
    "adjourn": lambda p, by, cast: lifecycle.adjourn(p, by=by, reason="Istirahat"),
    "resume": lambda p, by, cast: lifecycle.resume(p, by=by),
    "continue_later": lambda p, by, cast: lifecycle.continue_later(
        p, by=by, planned_at=clock.now() + 30 * HOUR, place="Aula", reason="Habis waktu"
    ),
    "attach": lambda p, by, cast: lifecycle.attach(
        item_of(p), by=by, files=[(PDF, "application/pdf", "surat.pdf")], caption="Surat"
    ),
    "describe": lambda p, by, cast: lifecycle.describe(attachment_of(p), by=by, caption="Surat"),
    "detach": lambda p, by, cast: lifecycle.detach(attachment_of(p), by=by),
    "write_notes": lambda p, by, cast: lifecycle.write_notes(item_of(p), by=by, text="Dibahas.", version=0),
    "settle_notes": lambda p, by, cast: lifecycle.settle_notes(item_of(p), by=by, copy=item_of(p).uuid),
    "decide": lambda p, by, cast: lifecycle.decide(item_of(p), by=by, category="plan", text="Setuju.", **happened(p)),
    "undo_decision": lambda p, by, cast: lifecycle.undo_decision(decision_of(p), by=by),
    "defer": lambda p, by, cast: lifecycle.defer(item_of(p), by=by, reason="Belum siap."),
    "withdraw": lambda p, by, cast: lifecycle.withdraw(item_of(p), by=by, reason="Ditarik."),
    "reopen_item": lambda p, by, cast: lifecycle.reopen_item(item_of(p), by=by),
    "close": lambda p, by, cast: lifecycle.close(p, by=by),
    "add_scan": lambda p, by, cast: lifecycle.add_scan(p, by=by, file=stored_scan(), caption="Daftar hadir"),
    "word": lambda p, by, cast: lifecycle.word(p, by=by, opening_words="Ketua membuka.", closing_words=""),
    "print_draft": lambda p, by, cast: lifecycle.print_draft(p, by=by),
    "put_up": lambda p, by, cast: lifecycle.put_up(p, by=by),
    "take_back": lambda p, by, cast: lifecycle.take_back(p, by=by, reason="Keliru"),
    "confirm": lambda p, by, cast: lifecycle.confirm(p, by=by, digest=digest_of(p)),
    "sign_by_hand": lambda p, by, cast: lifecycle.sign_by_hand(
        p, by=by, attendee=row_for(p, cast.members[2]), scan=stored_scan(), signed_on=p.planned_at.date()
    ),
    "excuse": lambda p, by, cast: lifecycle.excuse(p, by=by, attendee=row_for(p, cast.members[2]), reason="Sakit"),
    "remind": lambda p, by, cast: lifecycle.remind(p, by=by),
    "ratify": lambda p, by, cast: lifecycle.ratify(p, by=by),
    "mark_read": lambda p, by, cast: lifecycle.mark_read(p, by=by),
    "return_minutes": lambda p, by, cast: lifecycle.return_minutes(p, by=by, reason="Tidak lengkap"),
}


class Undo(Exception):
    """Ends a savepoint without leaving anything behind."""


def outcome(act):
    """What a verb answers, called directly; nothing of it stays."""
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


@pytest.mark.parametrize("verb", sorted(MATRIX))
def test_each_cell_of_the_matrix(verb, cast, world):
    wrong = []
    for state in STATES:
        pleno = at_stage(world, verb, state)
        with clock.at(moment_for(pleno, verb)):
            prepare(verb, pleno, cast)
            for role, name in ROLES.items():
                expected = MATRIX[verb][role][state].replace("404", "403")
                fresh = at_stage(world, verb, state)
                got = outcome(lambda fresh=fresh, name=name: CALLS[verb](fresh, getattr(cast, name), cast))
                if got != expected:
                    wrong.append(f"{role} {verb} {state}: expected {expected}, got {got}")
    assert wrong == []
