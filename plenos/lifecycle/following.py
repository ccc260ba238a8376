"""What becomes of a follow-up: noted, reported done, confirmed by another, sent back, stopped. And the extract of a
decision. Each change of a follow-up leaves a row of progress and a line in the ledger; what was decided stays."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, documents, ledger, notices, scope
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused, lock, require
from bawaslu_portal.kernel.models import Membership

from .. import documents as papers
from .. import permissions
from ..models import Decision, Progress
from ..models.sessions import RATIFIED
from .attaching import attach

SETTLED = {"done", "stopped"}


def _change(follow_up, name, permission, *, by, sources, to=None, text="", files=()):
    """Lock the follow-up, ask, leave the row of progress ``name`` and its line; gives the row and the progress."""
    with transaction.atomic():
        row = lock(follow_up)
        scope.forget(by)
        require(permission, by, row)
        _assigned(row)
        if row.state not in sources:
            raise TransitionRefused(_refusal(row))
        before = row.state
        progress = Progress.objects.create(
            follow_up=row, organisation=row.organisation, kind=name, text=text, at=clock.now(), by=by
        )
        if to is not None:
            row.state, row.settled_at = to, progress.at if to in SETTLED else None
            row.save(update_fields=["state", "settled_at"])
        ledger.record(
            row.organisation,
            f"plenos.follow_up.{name}",
            row,
            by=by,
            before=before,
            after=row.state,
            progress=str(progress.uuid),
            reference=row.decision.reference,
        )
        if files:
            attach(progress, by=by, files=files)
    follow_up.state, follow_up.settled_at = row.state, row.settled_at
    return row, progress


def _assigned(row):
    """Raises TransitionRefused for a follow-up of a decision that may still be undone, or was."""
    if row.decision.undone_at or row.pleno.closed_at is None:
        raise TransitionRefused(_("Plenonya belum ditutup; tindak lanjut mulai berjalan sesudah itu."))


def _refusal(row):
    words = {
        "open": _("Tindak lanjut ini belum dilaporkan selesai."),
        "reported": _("Tindak lanjut ini sudah dilaporkan selesai dan menunggu pernyataan orang lain."),
        "done": _("Tindak lanjut ini sudah dinyatakan selesai."),
        "stopped": _("Tindak lanjut ini sudah dihentikan."),
    }
    return words[row.state]


def _said(text, field="text"):
    if not text.strip():
        raise ValidationError({field: _("Tulis keterangannya.")})
    return text.strip()


def note_progress(follow_up, *, by, text, files=()):
    """Note how it goes; ``files`` are its evidence (``attaching.attach``). Raises ValidationError without words."""
    may = permissions.may_note_progress
    return _change(follow_up, "note", may, by=by, sources={"open", "reported"}, text=_said(text), files=files)[1]


def report_done(follow_up, *, by, text="", files=()):
    """Report it done: who does it, anyone of the doing division, or the secretariat for them. Another confirms."""
    may = permissions.may_report_done
    with transaction.atomic():
        row, progress = _change(
            follow_up, "reported", may, by=by, sources={"open"}, to="reported", text=text.strip(), files=files
        )
        _tell_keepers(row, progress, by)
    return progress


def confirm_done(follow_up, *, by, text=""):
    """Say that it is done: member, chair or secretariat, neither who does it nor who reported it."""
    return _change(follow_up, "confirmed", _may_confirm, by=by, sources={"reported"}, to="done", text=text.strip())[1]


def _may_confirm(user, row):
    """Beside the role: nobody confirms his own report."""
    if reporter(row) == user.pk:
        raise NotPermitted(_("Anda sendiri yang melaporkannya selesai; orang lain yang menyatakannya."))
    return permissions.may_confirm_done(user, row)


def reporter(follow_up):
    """Id of who reported it done last, or None while it is not reported."""
    if follow_up.state != "reported":
        return None
    rows = Progress.objects.filter(follow_up=follow_up, kind="reported").order_by("-id")
    return rows.values_list("by", flat=True).first()


def send_back(follow_up, *, by, text):
    """It is not done yet, and why; who does it and who reported it are told."""
    may = permissions.may_confirm_done
    with transaction.atomic():
        row, progress = _change(follow_up, "sent_back", may, by=by, sources={"reported"}, to="open", text=_said(text))
        reported = Progress.objects.filter(follow_up=row, kind="reported").order_by("-id").select_related("by").first()
        people = [*_doer(row), reported.by]
        _tell(people, row, progress, _("Tindak lanjut %(of)s dinyatakan belum selesai."), by)
    return progress


def stop(follow_up, *, by, text):
    """Stop it, and why: chair, note-taker, head of secretariat. Who does it is told."""
    with transaction.atomic():
        row, progress = _change(
            follow_up,
            "stopped",
            permissions.may_stop,
            by=by,
            sources={"open", "reported"},
            to="stopped",
            text=_said(text),
        )
        _tell(_doer(row), row, progress, _("Tindak lanjut %(of)s dihentikan."), by)
    return progress


def _doer(row):
    return [row.responsible.user] if row.responsible else []


def _tell(users, row, progress, sentence, by):
    """Tell them without a word of content: the sentence names the reference alone."""
    notices.tell(
        [user for user in users if user.pk != by.pk],
        row.organisation,
        "plenos.follow_up",
        row,
        text=sentence % {"of": row.decision.reference},
        url=row.get_absolute_url(),
        key=f"plenos.follow_up:{progress.uuid}",
        about_kind="follow_up",
    )


def _tell_keepers(row, progress, by):
    """The chair and the note-taker hear that something waits for a confirmation."""
    posts = Membership.objects.filter(organisation=row.organisation, role__in=("chair", "note_taker"))
    people = [post.user for post in posts.in_force_at(clock.now()).select_related("user")]
    people = [user for user in people if not (row.responsible and row.responsible.user_id == user.pk)]
    _tell(people, row, progress, _("Tindak lanjut %(of)s dilaporkan selesai; nyatakan selesai atau belum."), by)


def extract(decision, *, by):
    """Have the extract (kutipan) of a decision made, from the ratified record; once per version of the minutes.

    Raises TransitionRefused before the ratification.
    """
    with transaction.atomic():
        row = Decision.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.pk)
        require(permissions.may_extract, by, row)
        if row.pleno.state != RATIFIED or row.undone_at:
            raise TransitionRefused(_("Kutipan dibuat sesudah risalahnya disahkan."))
        record = papers.extract_record(row)
        paper = documents.issue(
            "plenos.kutipan",
            about_kind="decision",
            about=row,
            record=record,
            title=f"Kutipan keputusan {row.reference}",
            by=by,
            number=row.reference,
            access=record["item"]["access"],
        )
        ledger.record(
            row.organisation, "plenos.decision.extract", row, by=by, reference=row.reference, digest=paper.digest
        )
    return paper


def check_follow_ups(pleno, follow_ups, day):
    """Raises ValidationError for a follow-up without one doer of the unit, or due before the ``day`` of the pleno."""
    for n, facts in enumerate(follow_ups, 1):
        doers = [facts.get("responsible"), facts.get("division")]
        if sum(doer is not None for doer in doers) != 1:
            raise ValidationError({f"who_{n}": _("Pilih satu penanggung jawab: orang atau divisi.")})
        if any(doer is not None and doer.organisation_id != pleno.organisation_id for doer in doers):
            raise ValidationError({f"who_{n}": _("Penanggung jawab harus dari unit ini.")})
        if facts["due"] < day:
            raise ValidationError({f"due_{n}": _("Tenggat tidak boleh sebelum hari plenonya.")})


def check_reversed(pleno, reverses):
    """Raises ValidationError unless ``reverses`` is a standing, numbered decision of the same body that was accepted
    and that no other accepted decision reverses already."""
    if reverses is None:
        return
    fault = ""
    if reverses.organisation_id != pleno.organisation_id or reverses.undone_at or not reverses.number:
        fault = _("Pilih keputusan bernomor dari unit ini.")
    elif reverses.result != "accepted":
        fault = _("Usul itu tidak disetujui; tidak ada yang dicabut.")
    else:
        others = Decision.objects.standing().filter(reverses=reverses, result="accepted")
        other = others.select_related("organisation").first()
        if other is not None:
            fault = _("Keputusan itu sudah dicabut atau diubah oleh keputusan %(other)s.") % {
                "other": other.reference or _("yang sedang dicatat")
            }
    if fault:
        raise ValidationError({"reverses": fault})


__all__ = [
    "check_follow_ups",
    "check_reversed",
    "confirm_done",
    "extract",
    "note_progress",
    "report_done",
    "reporter",
    "send_back",
    "stop",
]
