"""Who may do what when: matrix.csv was written from the issue (3.7), and every cell of it is run.

ok: it is done; 403: may see it but not do this; 409: may do it, but not now; 404: may not know of it (a verb
called directly says 403 to such a person).
"""

import csv
import datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from plenos import lifecycle
from plenos.models import AgendaItem, Attachment, Decision, Pleno

from ..lifecycle.table import ATTACH
from ..models.sessions import ADJOURNED, CANCELLED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING
from .factories import LATER, PDF, ROLES, item_of, row_of, scan, sign_all, stored_scan

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


def test_every_verb_every_transition_and_every_role_has_its_rows():
    assert {verb for verb in lifecycle.__all__ if verb.islower()} == set(MATRIX) - {"open_held"}
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


def prepare(verb, pleno, cast):
    """What must have gone before, so that at this stage only role and state decide."""
    by = cast.secretary
    if verb == "close" and pleno.state in (OPEN, ADJOURNED):
        settle(pleno, by)
    elif verb == "carry_over":
        AgendaItem.objects.filter(pleno__state=CLOSED).exclude(pleno=pleno).update(fate="deferred")
    elif verb == "drop" and pleno.state != RATIFIED:
        pleno.items.filter(order=1).update(fate="deferred")
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


# --- the same over HTTP ----------------------------------------------------------------------------------


def local(moment, pleno):
    return moment.astimezone(pleno.organisation.zone).strftime("%Y-%m-%dT%H:%M")


def facts_of(pleno):
    return {
        "week": pleno.week_text,
        "planned_at": local(pleno.planned_at, pleno),
        "place": "Aula",
        "access": "closed",
        "occasion": "weekly",
        "chair": pleno.chair_id,
        "version": pleno.version,
        "agenda": "Laporan",
    }


def opening(pleno, cast):
    from bawaslu_portal.kernel.models import Membership

    seats = Membership.objects.in_office_on(pleno.organisation, pleno.planned_at)
    data = {f"status_{m.pk}": "present:onsite" for m in seats} | {"chair": pleno.chair_id}
    return data | {"happened_at": local(pleno.planned_at, pleno)}


def attendance(pleno, cast):
    row = row_for(pleno, cast.members[4])
    return {f"a{row.pk}-status": "ill:onsite", f"a{row.pk}-reason": "demam"}


# verb: (name of the address, the uuid in it, the form, the stage where it can be done, one where it cannot)
PAGES = {
    "plan": (
        "plan",
        None,
        lambda p, c: facts_of(p) | {"planned_at": local(p.planned_at + 2 * HOUR, p)},
        DRAFT,
        None,
    ),
    "plan_next": ("next_week", None, lambda p, c: {}, DRAFT, None),
    "prepare_agenda": ("agenda_prepare", None, lambda p, c: {}, DRAFT, OPEN),
    "carry_over": ("carry_over", put_off_elsewhere, lambda p, c: {}, DRAFT, OPEN),
    "drop": ("item_drop", item_of, lambda p, c: {"reason": "Tidak relevan lagi."}, CLOSED, OPEN),
    "approve_last": ("approve_last", item_of, lambda p, c: {}, OPEN, CLOSED),
    "edit": ("edit", None, lambda p, c: facts_of(p), DRAFT, INVITED),
    "add_item": ("agenda", None, lambda p, c: {"title": "Tambahan", "access": "closed"}, INVITED, CLOSED),
    "edit_item": ("item_edit", item_of, lambda p, c: {"title": "Diubah", "access": "closed"}, DRAFT, OPEN),
    "move_item": ("item_move", item_of, lambda p, c: {"to": "2"}, DRAFT, OPEN),
    "remove_item": ("item_remove", item_of, lambda p, c: {}, INVITED, OPEN),
    "add_guest": ("guests", None, lambda p, c: {"name": "Tamu"}, INVITED, SIGNING),
    "remove_guest": ("guest_remove", guest_of, lambda p, c: {}, DRAFT, None),
    "delete": ("delete", None, lambda p, c: {}, DRAFT, CANCELLED),
    "invite": ("invite", None, lambda p, c: {}, DRAFT, CANCELLED),
    "reschedule": (
        "reschedule",
        None,
        lambda p, c: {"planned_at": local(clock.now() + 30 * HOUR, p), "place": "Aula", "reason": "Listrik"},
        INVITED,
        OPEN,
    ),
    "cancel": ("cancel", None, lambda p, c: {"reason": "Dinas luar"}, INVITED, OPEN),
    "open_session": ("open", None, opening, INVITED, DRAFT),
    "record_late": ("record_late", None, lambda p, c: {}, INVITED, CLOSED),
    "open_held": ("open", None, opening, DRAFT, OPEN),
    "set_attendance": ("attend", lambda p: p.attendees.members().last(), attendance, OPEN, CLOSED),
    "step_out": ("step_out", lambda p: row_for(p, p.attendees.members().last().user), lambda p, c: {}, OPEN, ADJOURNED),
    "step_in": ("step_in", lambda p: row_for(p, p.attendees.members().last().user), lambda p, c: {}, OPEN, CLOSED),
    "adjourn": ("adjourn", None, lambda p, c: {"reason": "Istirahat"}, OPEN, ADJOURNED),
    "resume": (
        "resume",
        None,
        lambda p, c: {"back": [a.pk for a in p.attendees.all()], "chair": p.chair_id},
        ADJOURNED,
        None,
    ),
    "continue_later": (
        "continue_later",
        None,
        lambda p, c: {"planned_at": local(clock.now() + 30 * HOUR, p), "place": "Aula", "reason": "Habis waktu"},
        ADJOURNED,
        SIGNING,
    ),
    "attach": ("attachments", item_of, lambda p, c: {"files": scan()}, CLOSED, SIGNING),
    "describe": ("attachment_edit", attachment_of, lambda p, c: {"caption": "Surat", "order": "1"}, OPEN, None),
    "detach": ("attachment_remove", attachment_of, lambda p, c: {}, DRAFT, CLOSED),
    "write_notes": ("notes", item_of, lambda p, c: {"notes": "Dibahas.", "notes_version": "0"}, CLOSED, SIGNING),
    "settle_notes": ("notes_settle", item_of, lambda p, c: {"copy": ""}, CLOSED, SIGNING),
    "decide": (
        "decide",
        item_of,
        lambda p, c: {"text": "Ya.", "category": "plan", "manner": "consensus", "notes_version": "0"},
        OPEN,
        CLOSED,
    ),
    "undo_decision": ("undo", decision_of, lambda p, c: {}, OPEN, CLOSED),
    "defer": ("defer", item_of, lambda p, c: {"reason": "Belum siap."}, OPEN, INVITED),
    "withdraw": ("withdraw", item_of, lambda p, c: {"reason": "Ditarik."}, OPEN, CLOSED),
    "reopen_item": ("reopen_item", item_of, lambda p, c: {}, OPEN, CLOSED),
    "close": ("close", None, lambda p, c: {}, OPEN, CLOSED),
    "add_scan": ("scan_add", None, lambda p, c: {"caption": "Daftar hadir", "scan": scan()}, CLOSED, RATIFIED),
    "word": ("minutes", None, lambda p, c: {"opening_words": "Ya.", "version": p.version}, CLOSED, SIGNING),
    "print_draft": ("print_draft", None, lambda p, c: {}, CLOSED, SIGNING),
    "put_up": ("put_up", None, lambda p, c: {}, CLOSED, SIGNING),
    "take_back": ("take_back", None, lambda p, c: {"reason": "Keliru"}, SIGNING, RATIFIED),
    "confirm": ("confirm", None, lambda p, c: {"digest": digest_of(p)}, SIGNING, CLOSED),
    "sign_by_hand": (
        "hand_sign",
        lambda p: p.attendees.members().get(order=3),
        lambda p, c: {"scan": scan(), "signed_on": p.planned_at.date().isoformat(), "digest": digest_of(p)},
        SIGNING,
        CLOSED,
    ),
    "excuse": (
        "excuse",
        lambda p: p.attendees.members().get(order=3),
        lambda p, c: {"reason": "Sakit", "digest": digest_of(p)},
        SIGNING,
        CLOSED,
    ),
    "remind": ("remind", None, lambda p, c: {}, SIGNING, CLOSED),
    "ratify": ("ratify", None, lambda p, c: {"digest": digest_of(p)}, SIGNING, RATIFIED),
    "mark_read": ("mark_read", None, lambda p, c: {}, RATIFIED, SIGNING),
    "return_minutes": ("return_minutes", None, lambda p, c: {"reason": "Tidak lengkap"}, RATIFIED, SIGNING),
}


def address(name, pleno, part):
    if name in ("plan", "next_week"):
        return reverse(f"plenos:{name}", kwargs={"code": pleno.organisation.code})
    return pleno.address(f"plenos:{name}", **({"uuid": part(pleno).uuid} if part else {}))


def answer(client, name, part, form, pleno, cast):
    """The status of sending the form; nothing of it stays."""
    try:
        with transaction.atomic():
            data = {"request_key": "", **form(pleno, cast)}
            status = client.post(address(name, pleno, part), data).status_code
            raise Undo
    except Undo:
        return "ok" if status == 302 else str(status)


def test_every_verb_has_a_page():
    assert set(PAGES) == set(MATRIX)


@pytest.mark.parametrize("verb", sorted(PAGES))
def test_the_same_answers_come_over_http(verb, cast, world, clients):
    name, part, form, *states = PAGES[verb]
    wrong = []
    for state in filter(None, states):
        pleno = at_stage(world, verb, state)
        with clock.at(moment_for(pleno, verb)):
            prepare(verb, pleno, cast)
            # Everyone where it can be done; where it cannot, those for whom the state is what refuses, and a stranger.
            for role in ROLES if state == states[0] else ("chair", "member", "note_taker", "head", "neighbour"):
                expected = MATRIX[verb][role][state]
                got = answer(clients[role], name, part, form, at_stage(world, verb, state), cast)
                if got != expected:
                    wrong.append(f"{role} {verb} {state}: expected {expected}, got {got}")
    assert wrong == []
