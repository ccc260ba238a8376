"""The session while it is held: opening and closing, and the scans of its papers."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bawaslu_portal.kernel import clock, numbering
from bawaslu_portal.kernel.lifecycle import TransitionRefused, advance
from bawaslu_portal.kernel.models import Membership

from .. import queries, quorum
from ..models import AgendaItem, Attendee, Invitation, Scan
from ..models.items import (
    DEFERRED,
    TIED,
    WAITING,
    WITHDRAWN,
)
from ..models.sessions import ADJOURNED, ELEMENT_MEMBER, ELEMENT_SECRETARIAT, PRESENT
from . import intake, table
from .deciding import put_off
from .hours import after_all, alone, happened
from .presence import store_quorum


def _take_the_chair(opened, members, exceptions, chair, reason):
    """Who chairs: as planned; if he is absent the oldest member present, or another one with a reason."""

    def absent(member):
        return exceptions.get(member.pk, {}).get("status", PRESENT) != PRESENT

    chair = chair or next((m for m in members if m.pk == opened.chair_id), None)
    there = [m for m in members if not absent(m)]
    ketua = next((m for m in there if m.role == "chair"), None)
    rule = ketua or queries.eldest(there)
    if chair is None or chair.pk not in {m.pk for m in there}:
        if rule is None:
            raise TransitionRefused(_("Tidak seorang anggota pun hadir. Batalkan pleno ini, atau ubah jadwalnya."))
        raise ValidationError(
            {
                "chair": _(
                    "Pimpinan rapat tidak hadir. Menurut aturan, yang memimpin %(name)s; pilih dia atau yang lain."
                )
                % {"name": rule.user.name}
            }
        )
    if chair.pk not in (opened.chair_id, rule.pk) and not reason.strip():
        raise ValidationError(
            {
                "chair_reason": _("Tulis alasan memilih pimpinan selain %(name)s.") % {"name": rule.user.name},
            }
        )
    return chair


def open_session(pleno, *, by, exceptions=None, happened_at=None, chair=None, chair_reason="", invitation=None):
    """Open the session: every member in office that day is present, save the exceptions.

    ``exceptions``: {membership id: dict of status, mode, reason}. The secretariat is listed apart. The quorum is
    computed and stored. ``chair``: who chairs, if not as planned. An invited pleno opens by the clock; one that was
    already held needs ``happened_at`` and may cite its paper ``invitation`` (dict of number, dated).
    Raises NotPermitted, TransitionRefused, ValidationError (chair absent, hour missing or in the future).
    """
    step = table.OPEN_HELD if pleno.recorded_late else table.OPEN_SESSION
    exceptions = exceptions or {}
    with advance(step, pleno, by=by) as act:
        opened = act.thing
        if opened.recorded_late and happened_at is None:
            raise ValidationError({"happened_at": _("Ketik waktu pleno itu dibuka.")})
        moment = happened(opened, happened_at)
        alone(opened, moment)
        members = Membership.objects.in_office_on(opened.organisation, moment)
        if not members:
            raise TransitionRefused(_("Tidak ada Ketua atau Anggota yang menjabat saat itu. Periksa keanggotaan unit."))
        taken = _take_the_chair(opened, members, exceptions, chair, chair_reason)
        if taken.pk != opened.chair_id:
            opened.chair, opened.chair_reason = taken, chair_reason
        opened.opened_at, opened.opened_recorded_at = moment, clock.now()
        for order, member in enumerate(members, 1):
            facts = {"status": PRESENT, "mode": "onsite", "reason": "", **exceptions.get(member.pk, {})}
            _attendee(opened, ELEMENT_MEMBER, member, order, moment, facts)
        secretariat = (
            Membership.objects.filter(organisation=opened.organisation, role__in=("head_of_secretariat", "note_taker"))
            .at(moment)
            .select_related("user")
            .order_by("role", "order", "id")
        )
        seen = {m.user_id for m in members}
        for order, post in enumerate(secretariat, 1):
            if post.user_id not in seen:
                seen.add(post.user_id)
                _attendee(opened, ELEMENT_SECRETARIAT, post, order, moment, exceptions.get(post.pk, {}))
        opened.attendees.filter(element="guest", status=PRESENT, arrived_at=None).update(arrived_at=moment)
        opened.quorum_base = len(members)
        day = moment.astimezone(opened.organisation.zone).date()
        opened.quorum_needed = quorum.needed(opened.organisation, len(members), day)
        store_quorum(opened)
        if opened.recorded_late and invitation and invitation.get("number") and not opened.invitations.exists():
            _cite_invitation(opened, by, moment, **invitation)
        act.note(
            opened_at=moment.isoformat(),
            base=opened.quorum_base,
            needed=opened.quorum_needed,
            present=opened.quorum_present,
        )


def _cite_invitation(pleno, by, moment, *, number, dated=None):
    """The paper invitation of a session that is entered afterwards, with its typed number."""
    dated = dated or moment.astimezone(pleno.organisation.zone).date()
    use = numbering.take_typed(pleno.organisation, "plenos.undangan", number, about=pleno.uuid, day=dated, by=by)
    Invitation.objects.create(
        pleno=pleno,
        organisation=pleno.organisation,
        kind="first",
        sequence=0,
        number=use.text,
        dated=dated,
        planned_at=pleno.planned_at,
        issued_by=by,
    )


def _attendee(pleno, element, membership, order, moment, facts):
    status = facts.get("status", PRESENT)
    return Attendee.objects.create(
        pleno=pleno,
        organisation=pleno.organisation,
        element=element,
        membership=membership,
        user=membership.user,
        name=membership.user.name,
        title=membership.title or membership.get_role_display(),
        order=order,
        status=status,
        mode=facts.get("mode", "onsite"),
        reason=facts.get("reason", ""),
        arrived_at=moment if status == PRESENT else None,
        recorded_at=clock.now(),
    )


def still_open(pleno):
    """The items whose fate is not settled: closing waits for them."""
    return list(pleno.items.filter(fate=WAITING).order_by("order"))


def _end_of(closed, state, happened_at):
    """When the session ended: one that stands adjourned and does not go on, when it was adjourned."""
    if state == ADJOURNED:
        moment = closed.adjournments.get(resumed_at=None).since
    elif closed.recorded_late and happened_at is None:
        raise ValidationError({"happened_at": _("Ketik waktu pleno itu ditutup.")})
    else:
        moment = after_all(
            closed,
            happened(closed, happened_at),
            last_decision=_("Waktu tutup tidak boleh sebelum keputusan terakhir."),
            last_person=_("Waktu tutup tidak boleh sebelum orang terakhir datang, pulang, atau rapat dilanjutkan."),
        )
    alone(closed, closed.opened_at, until=moment)
    return moment


def close(pleno, *, by, happened_at=None, fates=(), reason=""):
    """Close the session. Decisions get their numbers now, in agenda order; a tied vote gets none.

    ``fates``: (item, "defer" or "withdraw") for items still open, all with ``reason``. Raises TransitionRefused
    while an item is open, ValidationError for an hour before something that happened, or without the reason.
    """
    with advance(table.CLOSE, pleno, by=by) as act:
        closed = act.thing
        moment = _end_of(closed, act.before, happened_at)
        for item, fate in fates:
            row = AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk, pleno=closed)
            put_off(row, DEFERRED if fate == "defer" else WITHDRAWN, reason, moment)
        waiting = still_open(closed)
        if waiting:
            raise TransitionRefused(
                ngettext(
                    "%(count)s agenda belum jelas nasibnya: %(titles)s. Putuskan, tunda, atau tarik dahulu.",
                    "%(count)s agenda belum jelas nasibnya: %(titles)s. Putuskan, tunda, atau tarik dahulu.",
                    len(waiting),
                )
                % {"count": len(waiting), "titles": "; ".join(f"{i.order}. {i.title}" for i in waiting)}
            )
        closed.closed_at, closed.closed_recorded_at = moment, clock.now()
        decisions = list(closed.decisions.standing().exclude(result=TIED).order_by("item__order", "id"))
        year = closed.opened_at.astimezone(closed.organisation.zone).year
        numbers = numbering.draw_decisions(closed.organisation, year, len(decisions)) if decisions else []
        for decision, number in zip(decisions, numbers, strict=True):
            decision.number, decision.year = number, year
            decision.save(update_fields=["number", "year"])
        intake.after_closing(closed, by=by)
        act.note(closed_at=moment.isoformat(), decisions=len(decisions), numbers=numbers)


def add_scan(pleno, *, by, file, caption):
    """Keep the scan of a paper (a StoredFile) with the pleno, until it is ratified."""
    with advance(table.ADD_SCAN, pleno, by=by) as act:
        scan = Scan.objects.create(
            pleno=act.thing, organisation=act.thing.organisation, file=file, caption=caption, by=by, at=clock.now()
        )
        act.note(scan=str(scan.uuid), sha256=file.sha256)
    return scan
