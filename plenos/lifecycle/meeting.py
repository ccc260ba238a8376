"""The session while it is held: opening, attendance, notes, decisions, closing."""

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bawaslu_portal.kernel import clock, numbering
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance
from bawaslu_portal.kernel.models import Membership

from .. import queries, quorum
from ..models import AgendaItem, Attendee, Invitation, Scan
from ..models.items import (
    DEFERRED,
    TIED,
    WAITING,
    WITHDRAWN,
)
from ..models.sessions import ELEMENT_MEMBER, ELEMENT_SECRETARIAT, PRESENT
from . import table
from .deciding import put_off
from .hours import happened, not_before


def _largest_presence(attendees):
    """The largest number of members who were in the room at the same moment."""
    members = [a for a in attendees if a.element == ELEMENT_MEMBER and a.status == PRESENT and a.arrived_at]
    return max((sum(m.in_room_at(a.arrived_at) for m in members) for a in members), default=0)


def _store_quorum(pleno):
    """Count the quorum from who was in the room and store it on the pleno."""
    present = _largest_presence(list(pleno.attendees.members()))
    pleno.quorum_present = present
    pleno.quorum_met = quorum.Quorum(pleno.quorum_base, pleno.quorum_needed, present).met


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
        _store_quorum(opened)
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


def _typed(typed, stored):
    """The hour that was typed; the stored one where only its seconds are missing, since pages show minutes."""
    if typed and stored and typed.replace(second=0, microsecond=0) == stored.replace(second=0, microsecond=0):
        return stored
    return typed


def set_attendance(attendee, *, by, status, mode="onsite", reason="", arrived_at=None, left_at=None, seen=None):
    """Change one line of the attendance. Who was absent and now is present arrives by the clock, unless typed; one
    whose presence was taken away by mistake keeps his hour of arrival.

    Raises Conflict when someone else wrote this line since ``seen`` (its ``recorded_at``), ValidationError (departure
    before arrival, the future, no hour of arrival in a session entered afterwards), TransitionRefused when a standing
    decision counted this member's presence otherwise, or the chair would be absent.
    """
    with advance(table.ATTEND, attendee.pleno, by=by) as act:
        pleno = act.thing
        row = Attendee.objects.select_for_update(no_key=True).get(pk=attendee.pk)
        if seen is not None and seen != row.recorded_at:
            raise Conflict(
                _("Kehadiran %(name)s baru saja diubah orang lain. Periksa, lalu simpan lagi.") % {"name": row.name}
            )
        before = row.status
        if status == PRESENT:
            arrived, left_at = _typed(arrived_at, row.arrived_at) or row.arrived_at, _typed(left_at, row.left_at)
            if arrived is None and pleno.recorded_late:
                raise ValidationError({"arrived_at": _("Ketik jam ia datang; pleno ini dicatat kemudian.")})
            arrived = arrived or clock.now()
            if arrived < pleno.opened_at:
                arrived = pleno.opened_at
            if arrived > clock.now() or (left_at and left_at > clock.now()):
                raise ValidationError({"arrived_at": _("Waktu datang atau pulang tidak boleh di masa depan.")})
            if left_at and left_at < arrived:
                raise ValidationError({"left_at": _("Waktu pulang tidak boleh sebelum waktu datang.")})
            row.arrived_at, row.left_at = arrived, left_at
        else:
            if row.pk and row.membership_id == pleno.chair_id:
                raise TransitionRefused(_("Pimpinan rapat harus hadir; ia memimpin pleno ini."))
            row.left_at = None
        row.status, row.mode, row.reason, row.recorded_at = status, mode, reason, clock.now()
        row.save()
        _decisions_still_hold(pleno, row)
        _store_quorum(pleno)
        act.note(
            attendee=str(row.uuid), was=before, now=status, present=pleno.quorum_present, at=clock.now().isoformat()
        )
        attendee.refresh_from_db()


def _decisions_still_hold(pleno, row):
    """A standing decision keeps the presence that was frozen with it."""
    if row.element != ELEMENT_MEMBER:
        return
    attendees = list(pleno.attendees.members())
    for decision in pleno.decisions.standing().prefetch_related("votes"):
        present = sum(a.in_room_at(decision.happened_at) for a in attendees)
        voters = {v.attendee_id for v in decision.votes.all()}
        gone = voters - {a.pk for a in attendees if a.in_room_at(decision.happened_at)}
        if present != decision.present or gone:
            raise TransitionRefused(
                _(
                    "Kehadiran ini mengubah jumlah hadir pada keputusan “%(text)s”. Batalkan dahulu keputusan itu, "
                    "perbaiki kehadiran, lalu putuskan lagi."
                )
                % {"text": decision.text[:80]}
            )


def still_open(pleno):
    """The items whose fate is not settled: closing waits for them."""
    return list(pleno.items.filter(fate=WAITING).order_by("order"))


def _closes_after_all(pleno, moment):
    """The hour of closing. Raises ValidationError for one before a decision, an arrival or a departure."""
    latest = pleno.decisions.standing().aggregate(latest=Max("happened_at"))["latest"]
    seen = pleno.attendees.filter(status=PRESENT).aggregate(came=Max("arrived_at"), went=Max("left_at"))
    if latest:
        moment = not_before(moment, latest, _("Waktu tutup tidak boleh sebelum keputusan terakhir."))
    for hour in filter(None, seen.values()):
        moment = not_before(moment, hour, _("Waktu tutup tidak boleh sebelum orang terakhir datang atau pulang."))
    return moment


def close(pleno, *, by, happened_at=None, fates=(), reason=""):
    """Close the session. Decisions get their numbers now, in agenda order; a tied vote gets none.

    ``fates``: (item, "defer" or "withdraw") for items still open, all with ``reason``. Raises TransitionRefused
    while an item is open, ValidationError for an hour before something that happened, or without the reason.
    """
    with advance(table.CLOSE, pleno, by=by) as act:
        closed = act.thing
        if closed.recorded_late and happened_at is None:
            raise ValidationError({"happened_at": _("Ketik waktu pleno itu ditutup.")})
        moment = _closes_after_all(closed, happened(closed, happened_at))
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
        act.note(closed_at=moment.isoformat(), decisions=len(decisions), numbers=numbers)


def add_scan(pleno, *, by, file, caption):
    """Keep the scan of a paper (a StoredFile) with the pleno, until it is ratified."""
    with advance(table.ADD_SCAN, pleno, by=by) as act:
        scan = Scan.objects.create(
            pleno=act.thing, organisation=act.thing.organisation, file=file, caption=caption, by=by, at=clock.now()
        )
        act.note(scan=str(scan.uuid), sha256=file.sha256)
    return scan
