"""Who is in the room: arriving, leaving and coming back, by the clock or typed, and what may not be contradicted."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance

from .. import quorum
from ..models import Absence, Attendee
from ..models.sessions import ELEMENT_MEMBER, PRESENT
from . import table
from .hours import happened, not_before


def largest_presence(attendees):
    """The largest number of members who were in the room at the same moment."""
    members = [a for a in attendees if a.element == ELEMENT_MEMBER and a.status == PRESENT and a.arrived_at]
    moments = {a.arrived_at for a in members} | {away.until for a in members for away in a.absences.all()}
    return max((sum(m.in_room_at(moment) for m in members) for moment in moments), default=0)


def store_quorum(pleno):
    """Count the quorum from who was in the room and store it on the pleno."""
    present = largest_presence(list(pleno.attendees.members().with_absences()))
    pleno.quorum_present = present
    pleno.quorum_met = quorum.Quorum(pleno.quorum_base, pleno.quorum_needed, present).met


def _same_minute(one, other):
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def _typed(typed, stored):
    """The hour that was typed; the stored one where only its seconds are missing, since pages show minutes."""
    return stored if typed and stored and _same_minute(typed, stored) else typed


def _locked(attendee, seen):
    row = Attendee.objects.select_for_update(no_key=True).get(pk=attendee.pk)
    if seen is not None and seen != row.recorded_at:
        raise Conflict(
            _("Kehadiran %(name)s baru saja diubah orang lain. Periksa, lalu simpan lagi.") % {"name": row.name}
        )
    return row


def _wrote(act, row, before):
    """What every change of the attendance ends with: the decisions hold, the quorum is counted, the line is said."""
    decisions_still_hold(act.thing, row)
    store_quorum(act.thing)
    act.note(
        attendee=str(row.uuid),
        was=before,
        now=row.status,
        present=act.thing.quorum_present,
        at=clock.now().isoformat(),
    )


def _hours_of(pleno, row, arrived_at, left_at):
    """Arrival and departure as typed, kept or by the clock. Raises ValidationError at the field that is wrong."""
    arrived, left = _typed(arrived_at, row.arrived_at) or row.arrived_at, _typed(left_at, row.left_at)
    if arrived is None and pleno.recorded_late:
        raise ValidationError({"arrived_at": _("Ketik jam ia datang; pleno ini dicatat kemudian.")})
    arrived = max(arrived or clock.now(), pleno.opened_at)
    if arrived > clock.now():
        raise ValidationError({"arrived_at": _("Waktu datang atau pulang tidak boleh di masa depan.")})
    if left and left > clock.now():
        raise ValidationError({"left_at": _("Waktu datang atau pulang tidak boleh di masa depan.")})
    if left and left < arrived:
        raise ValidationError({"left_at": _("Waktu pulang tidak boleh sebelum waktu datang.")})
    return arrived, left


def _absences(pleno, row, arrived, left, away, drop):
    """Take out the absences of ``drop``, add ``away`` (since, until); all must lie between arrival and departure."""
    Absence.objects.filter(attendee=row, pk__in=[one.pk for one in drop]).delete()
    spans = [(one.since, one.until) for one in row.absences.all()]
    if away and any(away):
        since, until = away
        if not since or not until:
            raise ValidationError({"away_until": _("Ketik keduanya: jam keluar dan jam kembali.")})
        if until <= since:
            raise ValidationError({"away_until": _("Waktu kembali harus sesudah waktu keluar.")})
        if until > clock.now():
            raise ValidationError({"away_until": _("Waktu kembali tidak boleh di masa depan.")})
        if any(since < ends and until > begins for begins, ends in spans):
            raise ValidationError({"away_since": _("Ia sudah tercatat keluar pada sebagian waktu itu.")})
        spans.append((since, until))
    if any(since < arrived for since, _until in spans):
        raise ValidationError({"arrived_at": _("Ia tercatat keluar sebelum waktu datang ini. Perbaiki waktunya.")})
    if left and any(until > left for _since, until in spans):
        raise ValidationError({"left_at": _("Ia tercatat kembali sesudah waktu pulang ini. Perbaiki waktunya.")})
    return away if away and all(away) else None


def set_attendance(
    attendee, *, by, status, mode="onsite", reason="", arrived_at=None, left_at=None, seen=None, away=None, drop=()
):
    """Change one line of the attendance. Who was absent and now is present arrives by the clock, unless typed; one
    whose presence was taken away by mistake keeps his hour of arrival.

    ``away``: (since, until) of a time in which he was out of the room; ``drop``: Absence rows entered by mistake.
    Raises Conflict when someone else wrote this line since ``seen`` (its ``recorded_at``), ValidationError (departure
    before arrival, the future, no hour of arrival in a session entered afterwards), TransitionRefused when a standing
    decision counted this member's presence otherwise, or the chair would be absent.
    """
    with advance(table.ATTEND, attendee.pleno, by=by) as act:
        pleno, row = act.thing, _locked(attendee, seen)
        before = row.status
        added = None
        if status == PRESENT:
            arrived, left = _hours_of(pleno, row, arrived_at, left_at)
            added = _absences(pleno, row, arrived, left, away, drop)
            row.arrived_at, row.left_at = arrived, left
        else:
            if row.membership_id and row.membership_id == pleno.chair_id:
                raise TransitionRefused(_("Pimpinan rapat harus hadir; ia memimpin pleno ini."))
            row.absences.all().delete()
            row.left_at = None
        row.status, row.mode, row.reason, row.recorded_at = status, mode, reason, clock.now()
        row.save()
        if added:
            _out_of_the_room(pleno, row, *added)
        _wrote(act, row, before)
        attendee.refresh_from_db()


def _out_of_the_room(pleno, row, since, until):
    return Absence.objects.create(
        pleno=pleno, organisation=pleno.organisation, attendee=row, since=since, until=until, recorded_at=clock.now()
    )


def step_out(attendee, *, by, happened_at=None, seen=None):
    """Someone leaves the room, by the clock; he may come back. Raises TransitionRefused for one who is not in it."""
    with advance(table.ATTEND, attendee.pleno, by=by) as act:
        pleno, row = act.thing, _locked(attendee, seen)
        if row.status != PRESENT or row.left_at or row.arrived_at is None:
            raise TransitionRefused(_("%(name)s tidak tercatat di ruang rapat.") % {"name": row.name})
        moment = happened(pleno, happened_at)
        last = max([row.arrived_at, *(away.until for away in row.absences.all())])
        row.left_at = not_before(moment, last, _("Waktu keluar tidak boleh sebelum ia datang."))
        row.recorded_at = clock.now()
        row.save(update_fields=["left_at", "recorded_at"])
        _wrote(act, row, PRESENT)
    attendee.refresh_from_db()


def step_in(attendee, *, by, happened_at=None, seen=None):
    """Someone arrives, or comes back, by the clock. Raises TransitionRefused for one who is in the room already."""
    with advance(table.ATTEND, attendee.pleno, by=by) as act:
        pleno, row = act.thing, _locked(attendee, seen)
        before = row.status
        if row.status == PRESENT and row.arrived_at and row.left_at is None:
            raise TransitionRefused(_("%(name)s sudah tercatat di ruang rapat.") % {"name": row.name})
        arrive(pleno, row, happened(pleno, happened_at))
        _wrote(act, row, before)
    attendee.refresh_from_db()


def arrive(pleno, row, moment):
    """Put a locked line into the room at ``moment``: a new arrival, or the end of an absence."""
    left = row.left_at
    if row.status == PRESENT and left:
        moment = not_before(moment, left, _("Waktu kembali tidak boleh sebelum ia keluar."))
        row.left_at = None
    else:
        left, row.arrived_at, row.left_at = None, moment, None
        row.status, row.reason = PRESENT, ""
    row.recorded_at = clock.now()
    row.save()
    if left and moment > left:
        _out_of_the_room(pleno, row, left, moment)


def decisions_still_hold(pleno, row):
    """A standing decision keeps the presence that was frozen with it."""
    if row.element != ELEMENT_MEMBER:
        return
    attendees = list(pleno.attendees.members().with_absences())
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
