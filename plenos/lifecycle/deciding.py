"""What is noted and decided on the items of the agenda while the session is open."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, texts
from bawaslu_portal.kernel.lifecycle import TransitionRefused, advance

from .. import preparation, quorum
from ..models import AgendaItem, Decision, Dissent, FollowUp, Vote
from ..models.items import (
    ABSTAIN,
    ACCEPTED,
    AGAINST,
    AGREE,
    CONSENSUS,
    DECIDED,
    DEFERRED,
    REJECTED,
    TIED,
    VOTE,
    WAITING,
    WITHDRAWN,
)
from . import table
from .following import check_follow_ups, check_reversed
from .hours import happened
from .noting import FIELD


def _result(manner, votes):
    if manner == CONSENSUS:
        return ACCEPTED
    agree = sum(choice == AGREE for choice in votes.values())
    against = sum(choice == AGAINST for choice in votes.values())
    if agree == against:
        return TIED
    return ACCEPTED if agree > against else REJECTED


def _check_decision(pleno, item, moment, manner, votes, dissents, present):
    """Raises TransitionRefused without quorum or on a settled item, ValidationError for votes that cannot be."""
    state = quorum.Quorum(pleno.quorum_base, pleno.quorum_needed, len(present))
    if not state.met:
        raise TransitionRefused(
            _(
                "Kuorum tidak terpenuhi: %(present)s hadir, paling sedikit %(needed)s. Tunggu anggota datang, "
                "atau tunda agenda ini ke pleno lanjutan."
            )
            % {"present": state.present, "needed": state.needed}
        )
    if item.fate in (DEFERRED, WITHDRAWN):
        raise TransitionRefused(_("Agenda ini sudah ditunda atau ditarik. Buka kembali agenda itu dahulu."))
    ids = {a.pk for a in present}
    if manner == VOTE:
        if set(votes) != ids:
            raise ValidationError(
                {"votes": _("Setiap anggota yang hadir memberi satu suara; yang tidak hadir tidak memberi suara.")}
            )
        if any(choice not in (AGREE, AGAINST, ABSTAIN) for choice in votes.values()):
            raise ValidationError({"votes": _("Pilih setuju, tidak setuju, atau abstain.")})
        if ABSTAIN in votes.values() and not quorum.may_abstain(pleno):
            raise ValidationError({"votes": _("Unit ini tidak mengenal abstain. Pilih setuju atau tidak setuju.")})
    elif votes:
        raise ValidationError({"votes": _("Musyawarah mufakat tidak memakai suara.")})
    if set(dissents) - ids:
        raise ValidationError({"dissent": _("Pendapat berbeda hanya dari anggota yang hadir.")})


def decide(
    item,
    *,
    by,
    category,
    text,
    manner=CONSENSUS,
    votes=None,
    dissents=None,
    follow_ups=(),
    happened_at=None,
    notes=None,
    reverses=None,
    once=False,
):
    """Record a decision on an item, with those entitled, present and the quorum frozen beside it.

    ``votes``: {attendee id: choice} of every member in the room, only for majority; ``dissents``: {attendee id:
    text}; ``follow_ups``: dicts of what, responsible (Membership) or division, due; ``reverses``: an earlier decision
    of the same body that this one reverses; ``notes``: body, version, page and step of the notes typed in the same
    form, as ``texts.save`` takes them: where they collide with another's the decision stands and they are kept as a
    refused copy. ``once``: refuse an item that was decided meanwhile.
    A tie is recorded and leaves the item open.
    Raises TransitionRefused (no quorum, item deferred), ValidationError.
    """
    votes, dissents = votes or {}, {k: v for k, v in (dissents or {}).items() if v.strip()}
    if not text.strip():
        raise ValidationError({"text": _("Tulis isi keputusannya.")})
    with advance(table.DECIDE, item.pleno, by=by) as act:
        pleno = act.thing
        row = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        if once and row.fate == DECIDED:
            raise TransitionRefused(_("Agenda ini sudah diputuskan, mungkin baru saja oleh orang lain."))
        if notes is not None:
            texts.save(row, FIELD, by=by, **notes)
        moment = happened(pleno, happened_at)
        present = [a for a in pleno.attendees.members().with_absences() if a.in_room_at(moment)]
        _check_decision(pleno, row, moment, manner, votes, dissents, present)
        check_follow_ups(pleno, follow_ups, clock.local(pleno.opened_at, pleno.organisation).date())
        check_reversed(pleno, reverses)
        decision = Decision.objects.create(
            item=row,
            pleno=pleno,
            organisation=pleno.organisation,
            category=category,
            text=text.strip(),
            manner=manner,
            result=_result(manner, votes),
            happened_at=moment,
            recorded_at=clock.now(),
            recorded_by=by,
            entitled=pleno.quorum_base,
            present=len(present),
            quorum_needed=pleno.quorum_needed,
            reverses=reverses,
            **preparation.concerns(row),
        )
        common = {"decision": decision, "organisation": pleno.organisation}
        Vote.objects.bulk_create(Vote(attendee_id=a, choice=c, **common) for a, c in votes.items())
        Dissent.objects.bulk_create(Dissent(attendee_id=a, text=t.strip(), **common) for a, t in dissents.items())
        FollowUp.objects.bulk_create(FollowUp(pleno=pleno, **common, **facts) for facts in follow_ups)
        if decision.result != TIED:
            row.fate, row.fate_reason, row.fate_at = DECIDED, "", moment
            row.save(update_fields=["fate", "fate_reason", "fate_at"])
        act.note(
            item=str(row.uuid),
            decision=str(decision.uuid),
            manner=manner,
            result=decision.result,
            present=decision.present,
            needed=decision.quorum_needed,
        )
    item.refresh_from_db()
    return decision


def undo_decision(decision, *, by):
    """Undo a slip before closing: the row stays, marked undone, and leaves the record."""
    with advance(table.UNDO, decision.pleno, by=by) as act:
        row = Decision.objects.select_for_update(no_key=True).get(pk=decision.pk)
        if row.undone_at:
            raise TransitionRefused(_("Keputusan ini sudah dibatalkan."))
        row.undone_at, row.undone_by = clock.now(), by
        row.save(update_fields=["undone_at", "undone_by"])
        item = row.item
        if not item.decisions.standing().exclude(result=TIED).exists():
            item.fate, item.fate_at = WAITING, None
            item.save(update_fields=["fate", "fate_at"])
        act.note(item=str(item.uuid), decision=str(row.uuid))


def put_off(row, fate, reason, moment):
    """Give a locked item another fate than a decision. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasannya.")})
    if row.fate == DECIDED:
        raise TransitionRefused(_("Agenda ini sudah diputuskan. Batalkan dahulu keputusannya."))
    row.fate, row.fate_reason, row.fate_at = fate, reason.strip(), moment
    row.save(update_fields=["fate", "fate_reason", "fate_at"])


def _settle(step, item, fate, *, by, reason, happened_at):
    with advance(step, item.pleno, by=by) as act:
        row = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        # Entered afterwards and no hour typed: unknown, rather than the hour of recording.
        unknown = act.thing.recorded_late and happened_at is None
        put_off(row, fate, reason, None if unknown else happened(act.thing, happened_at))
        act.note(item=str(row.uuid))
    item.refresh_from_db()


def defer(item, *, by, reason, happened_at=None):
    """Put an item off to a later pleno. Raises ValidationError without a reason."""
    _settle(table.DEFER, item, DEFERRED, by=by, reason=reason, happened_at=happened_at)


def withdraw(item, *, by, reason, happened_at=None):
    """Take an item back from discussion. Raises ValidationError without a reason."""
    _settle(table.WITHDRAW, item, WITHDRAWN, by=by, reason=reason, happened_at=happened_at)


def reopen_item(item, *, by):
    """Take up a deferred or withdrawn item again while the pleno is open."""
    with advance(table.REOPEN_ITEM, item.pleno, by=by) as act:
        row = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        if row.fate not in (DEFERRED, WITHDRAWN):
            raise TransitionRefused(_("Agenda ini tidak ditunda atau ditarik."))
        row.fate, row.fate_reason, row.fate_at = WAITING, "", None
        row.save(update_fields=["fate", "fate_reason", "fate_at"])
        act.note(item=str(row.uuid))
    item.refresh_from_db()
