"""Planning, arranging the agenda, inviting, rescheduling, cancelling."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, documents, ledger, mail, numbering
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance, lock, require
from bawaslu_portal.kernel.models import Membership, Organisation

from .. import appointment, follow_ups, preparation, queries
from .. import documents as papers
from ..models import AgendaItem, Attendee, Invitation, Pleno
from ..models.following import UNSETTLED
from ..models.sessions import CANCELLED, ELEMENT_GUEST
from ..permissions import may_plan, may_prepare
from . import following, intake, table

OLDEST_LETTER = 60  # days
FARTHEST_WEEK = 60  # days between the week that a pleno is for and its own (0003_refusals says the same)
FIELDS = ("planned_at", "place", "link", "access", "occasion", "urgent", "chair_reason", "note_taker")


def _chair(organisation, planned_at, chair, reason):
    """The chair as chosen, or as the rule proposes. Raises ValidationError for one not in office, or no reason."""
    members = Membership.objects.in_office_on(organisation, planned_at)
    if not members:
        raise ValidationError(
            _("Unit ini belum mempunyai Ketua atau Anggota pada tanggal itu. Isi dahulu keanggotaannya.")
        )
    proposed = queries.proposed_chair(organisation, planned_at)
    if chair is None:
        return proposed
    if chair.pk not in {m.pk for m in members}:
        raise ValidationError({"chair": _("Pimpinan rapat harus Ketua atau Anggota yang menjabat pada tanggal itu.")})
    if chair.pk != proposed.pk and not reason.strip():
        raise ValidationError({"chair_reason": _("Tulis alasan memilih pimpinan selain Ketua, misalnya dinas luar.")})
    return chair


def _slot(organisation, planned_at, *, week=None, but=None):
    """Raises ValidationError for an hour at which another pleno of the body is planned, or far from its ``week``."""
    twins = Pleno.objects.of(organisation).filter(planned_at=planned_at).exclude(state=CANCELLED)
    if twins.exclude(pk=but.pk if but else None).exists():
        raise ValidationError({"planned_at": _("Pada waktu itu sudah direncanakan pleno lain. Pilih waktu lain.")})
    if week is not None:
        monday = datetime.date.fromisocalendar(*week, 1)
        if abs((planned_at.astimezone(organisation.zone).date() - monday).days) > FARTHEST_WEEK:
            raise ValidationError(
                {"week": _("Minggu ini terpaut lebih dari dua bulan dari hari rapat. Periksa tahun dan nomornya.")}
            )


def plan(organisation, *, by, year, week, planned_at, place, agenda=(), guests=(), recorded_late=False, **fields):
    """Plan a pleno for the ISO week ``year``/``week``: a draft with its agenda and guests.

    ``agenda``: titles or dicts of an item's fields; ``guests``: dicts of name and title; ``recorded_late``: it
    was already held and is entered afterwards. Raises NotPermitted, ValidationError.
    """
    require(may_plan, by, organisation)
    chair = _chair(organisation, planned_at, fields.pop("chair", None), fields.get("chair_reason", ""))
    with transaction.atomic():
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
        _slot(organisation, planned_at, week=(year, week))
        last = Pleno.objects.of(organisation).in_week(year, week).aggregate(last=Max("ordinal"))["last"] or 0
        pleno = Pleno.objects.create(
            organisation=organisation,
            week_year=year,
            week=week,
            ordinal=last + 1,
            planned_at=planned_at,
            place=place,
            chair=chair,
            planned_by=by,
            recorded_late=recorded_late,
            **fields,
        )
        for order, item in enumerate(agenda, 1):
            item = {"title": item} if isinstance(item, str) else dict(item)
            item.setdefault("access", pleno.access)
            AgendaItem.objects.create(pleno=pleno, organisation=organisation, order=order, **item)
        for order, guest in enumerate(guests, 1):
            Attendee.objects.create(pleno=pleno, organisation=organisation, element=ELEMENT_GUEST, order=order, **guest)
        ledger.record(
            organisation,
            "plenos.pleno.plan",
            pleno,
            by=by,
            after=pleno.state,
            week=pleno.week_text,
            planned_at=planned_at.isoformat(),
        )
    return pleno


def edit(pleno, *, by, version=None, **fields):
    """Change a draft. Raises Conflict when ``version`` is stale, ValidationError for an unlawful chair."""
    with advance(table.EDIT, pleno, by=by, version=version) as act:
        draft = act.thing
        planned_at = fields.get("planned_at", draft.planned_at)
        _slot(draft.organisation, planned_at, week=(draft.week_year, draft.week), but=draft)
        if "chair" in fields:
            draft.chair = _chair(draft.organisation, planned_at, fields["chair"], fields.get("chair_reason", ""))
        for name in FIELDS:
            if name in fields:
                setattr(draft, name, fields[name])
        act.note(planned_at=planned_at.isoformat())


def add_item(pleno, *, by, title, background="", proposer="", access=None):
    """Add an item at the end of the agenda; also while the pleno is open. Returns the item."""
    with advance(table.ADD_ITEM, pleno, by=by) as act:
        last = AgendaItem.objects.filter(pleno=pleno).aggregate(last=Max("order"))["last"] or 0
        item = AgendaItem.objects.create(
            pleno=act.thing,
            organisation=act.thing.organisation,
            order=last + 1,
            title=title,
            background=background,
            proposer=proposer,
            access=access or act.thing.access,
        )
        act.note(item=str(item.uuid), order=item.order)
    return item


def _still_there(row):
    """The same row, read again under the lock on its pleno. Raises Conflict when it was taken off meanwhile."""
    found = type(row).objects.select_for_update(of=("self",), no_key=True).filter(pk=row.pk).first()
    if found is None:
        raise Conflict(_("Baris ini baru saja dihapus orang lain. Muat ulang halaman."))
    return found


def edit_item(item, *, by, version=None, **fields):
    """Change title, background, proposer or access of an item before the pleno opens.

    Raises Conflict when someone else changed it since ``version``.
    """
    with advance(table.ARRANGE, item.pleno, by=by) as act:
        row = _still_there(item)
        if version is not None and int(version) != row.version:
            raise Conflict(_("Agenda ini baru saja diubah orang lain. Bandingkan, lalu simpan lagi."))
        row.version += 1
        changed = [name for name in ("title", "background", "proposer", "access") if name in fields]
        for name in changed:
            setattr(row, name, fields[name])
        row.save(update_fields=[*changed, "version"])
        act.note(item=str(row.uuid), what="edit")
    item.refresh_from_db()


def remove_item(item, *, by, reason=""):
    """Take an item off the agenda before the pleno opens; the others close up. Raises Conflict if it is gone.

    One that an earlier pleno put off goes on waiting for the next; with a ``reason`` it is dropped for good. The one
    that looks through follow-ups needs a reason while there are any (ValidationError): it is noted on each of them.
    """
    with advance(table.ARRANGE, item.pleno, by=by) as act:
        row = _still_there(item)
        _tell_follow_ups(row, by=by, reason=reason)
        intake.taken_off(row, by=by, reason=reason)
        act.note(item=str(row.uuid), what="remove")
        preparation.take_out(act.thing, row)


def _tell_follow_ups(item, *, by, reason):
    """Note on each follow-up why it is not looked through. All are held before the ledger's head is."""
    left = [lock(row) for row in follow_ups.lost_without(item).order_by("pk")]
    if left and not reason.strip():
        raise ValidationError(
            {"reason": _("Masih ada tindak lanjut yang belum selesai. Tulis mengapa tidak ditinjau pada pleno ini.")}
        )
    # What stands in the record of a follow-up is Indonesian, as on paper.
    words = f"Tidak ditinjau pada pleno {item.pleno.week_text}: {reason.strip()}"
    for row in left:
        if row.state in UNSETTLED:
            following.note_progress(row, by=by, text=words)


def move_item(item, *, by, to):
    """Give an item the place ``to`` (from 1) in the agenda before the pleno opens."""
    with advance(table.ARRANGE, item.pleno, by=by) as act:
        moved = _still_there(item)
        items = list(AgendaItem.objects.filter(pleno=act.thing).exclude(pk=moved.pk).order_by("order", "id"))
        items.insert(max(0, min(to - 1, len(items))), moved)
        for order, row in enumerate(items, 1):
            if row.order != order:
                row.order = order
                row.save(update_fields=["order"])
        act.note(item=str(item.uuid), what="move", order=to)


def add_guest(pleno, *, by, name, title=""):
    """Add an invited guest, before or during the session. Guests are outside the quorum."""
    with advance(table.ADD_ITEM, pleno, by=by) as act:
        last = pleno.attendees.filter(element=ELEMENT_GUEST).aggregate(last=Max("order"))["last"] or 0
        opened = act.thing.opened_at
        arrived = clock.now() if opened and not act.thing.recorded_late else opened
        guest = Attendee.objects.create(
            pleno=act.thing,
            organisation=act.thing.organisation,
            element=ELEMENT_GUEST,
            order=last + 1,
            name=name,
            title=title,
            arrived_at=arrived,
        )
        act.note(guest=str(guest.uuid))
    return guest


def remove_guest(guest, *, by):
    """Take a guest off the list before the pleno opens."""
    with advance(table.ARRANGE, guest.pleno, by=by) as act:
        row = _still_there(guest)
        if row.element != ELEMENT_GUEST:
            raise TransitionRefused(_("Hanya undangan dapat dihapus dari daftar."))
        act.note(guest=str(row.uuid), what="remove")
        row.delete()


def record_late(pleno, *, by):
    """From here on every fact of this pleno carries a typed hour: it was held without the portal (no power, no line).

    Its invitation stays. Raises TransitionRefused before its hour, or when it already is one.
    """
    with advance(table.RECORD_LATE, pleno, by=by) as act:
        if act.thing.recorded_late:
            raise TransitionRefused(_("Pleno ini sudah ditandai dicatat kemudian."))
        if act.thing.planned_at > clock.now() and act.thing.opened_at is None:
            raise TransitionRefused(_("Waktu rapat belum tiba. Ubah jadwalnya bila rapat dimajukan."))
        act.thing.recorded_late = True


def delete(pleno, *, by):
    """Delete a draft that was never issued; the ledger keeps that it was there."""
    with transaction.atomic():
        draft = lock(pleno)
        require(may_prepare, by, draft)
        if draft.state not in table.DELETE.sources:
            raise TransitionRefused(str(table.DELETE.refusal))
        ledger.record(
            draft.organisation, table.DELETE.action, draft, by=by, before=draft.state, after="", week=draft.week_text
        )
        draft.delete()


def _recipients(pleno):
    """Members in office on the day, note-taker and head of secretariat: those who are written to."""
    members = [m.user for m in Membership.objects.in_office_on(pleno.organisation, pleno.planned_at)]
    others = [
        m.user
        for m in Membership.objects.filter(
            organisation=pleno.organisation, role__in=("note_taker", "head_of_secretariat")
        )
        .at(pleno.planned_at)
        .select_related("user")
    ]
    return list(dict.fromkeys([*members, *others]))


def _date_of_letter(pleno, dated):
    """The date of a letter: today unless typed. Raises ValidationError for the future or before the last 60 days."""
    today = clock.today(pleno.organisation)
    dated = dated or today
    if dated > today:
        raise ValidationError({"dated": _("Tanggal surat tidak boleh di masa depan.")})
    if (today - dated).days > OLDEST_LETTER:
        raise ValidationError({"dated": _("Tanggal surat ini lebih dari dua bulan yang lalu. Periksa tahunnya.")})
    return dated


def _issue_invitation(act, kind, *, number, dated, reason=""):
    """Common to inviting, rescheduling and cancelling: number, proof of issue, paper, messages."""
    pleno, by = act.thing, act.by
    now = clock.now()
    dated = _date_of_letter(pleno, dated)
    use = numbering.take(pleno.organisation, "plenos.undangan", about=pleno.uuid, day=dated, by=by, typed=number)
    invitation = Invitation.objects.create(
        pleno=pleno,
        organisation=pleno.organisation,
        kind=kind,
        sequence=pleno.invitations.count(),
        number=use.text,
        dated=dated,
        reason=reason,
        planned_at=pleno.planned_at,
        issued_at=now,
        issued_by=by,
        lead_time_kept=not preparation.days_short(pleno, dated),
    )
    for user in _recipients(pleno):
        mail.put(
            pleno.organisation,
            about_kind="pleno",
            about=pleno,
            to=user,
            subject=appointment.subject(pleno, invitation),
            body=appointment.letter(pleno, invitation),
            calendar=appointment.calendar(pleno, invitation, user),
        )
    record = papers.invitation_record(pleno, invitation)
    for name in ("plenos.undangan",) if kind == "cancel" else ("plenos.undangan", "plenos.daftar_hadir_kosong"):
        documents.issue(
            name,
            about_kind="pleno",
            about=pleno,
            record=record,
            title=str(papers.PAPERS[name][2]),
            by=by,
            number=use.text,
            access="closed",
        )
    act.note(number=use.text, sequence=invitation.sequence, issued_at=now.isoformat())
    return invitation


def invite(pleno, *, by, number="", dated=None):
    """Issue the invitation: number, paper, blank attendance list, messages. Raises ValidationError for the number."""
    with advance(table.INVITE, pleno, by=by) as act:
        if act.thing.recorded_late:
            raise TransitionRefused(_("Pleno ini sudah berlangsung: catat langsung jalannya, tanpa undangan baru."))
        if act.thing.planned_at <= clock.now():
            raise TransitionRefused(
                _("Waktu rapat sudah lewat. Ubah waktunya, atau catat sebagai pleno yang sudah berlangsung.")
            )
        if not act.thing.items.exists():
            raise TransitionRefused(_("Agenda masih kosong. Tambahkan paling sedikit satu pokok agenda."))
        _issue_invitation(act, "first", number=number, dated=dated)


def _still_in_office(pleno, planned_at):
    """Raises ValidationError for an hour at which who is to chair no longer is in office."""
    if pleno.chair_id not in {m.pk for m in Membership.objects.in_office_on(pleno.organisation, planned_at)}:
        raise ValidationError(
            {"planned_at": _("Pada tanggal itu %(name)s tidak menjabat lagi.") % {"name": pleno.chair.user.name}}
        )


def reschedule(pleno, *, by, planned_at, place, reason, link="", number="", dated=None):
    """Another time or place for an issued invitation, with a notice. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasan perubahan jadwal.")})
    with advance(table.RESCHEDULE, pleno, by=by) as act:
        if planned_at <= clock.now():
            raise ValidationError({"planned_at": _("Waktu baru harus yang akan datang.")})
        week = (act.thing.week_year, act.thing.week)
        try:
            _slot(act.thing.organisation, planned_at, week=week, but=act.thing)
        except ValidationError as error:  # this page has no field for the week
            raise ValidationError({"planned_at": error.messages}) from error
        _still_in_office(act.thing, planned_at)
        act.thing.planned_at, act.thing.place, act.thing.link = planned_at, place, link
        _issue_invitation(act, "change", number=number, dated=dated, reason=reason)


def cancel(pleno, *, by, reason, number="", dated=None):
    """Cancel a pleno that was not opened; those invited are told. Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasan pembatalan.")})
    with advance(table.CANCEL, pleno, by=by) as act:
        act.thing.cancelled_at, act.thing.cancel_reason = clock.now(), reason
        if act.before == "invited":
            _issue_invitation(act, "cancel", number=number, dated=dated, reason=reason)
