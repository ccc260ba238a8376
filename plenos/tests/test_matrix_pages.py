"""matrix.csv over HTTP: each verb has a page, and it answers each role as the matrix says."""

import pytest
from django.db import transaction
from django.urls import reverse

from bawaslu_portal.kernel import clock

from .. import lifecycle
from ..models.sessions import ADJOURNED, CANCELLED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING
from .factories import ROLES, item_of, scan
from .test_matrix import (
    HOUR,
    MATRIX,
    Undo,
    at_stage,
    attachment_of,
    decision_of,
    digest_of,
    guest_of,
    moment_for,
    prepare,
    put_off_elsewhere,
    row_for,
)


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


def wording(pleno, cast):
    return {"opening_words": "Ya.", "words_read": lifecycle.words_digest(pleno)}


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
    "word": ("minutes", None, wording, CLOSED, SIGNING),
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
