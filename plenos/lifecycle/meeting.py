"""The session while it is held: opening, attendance, notes, decisions, closing."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bawaslu_portal.kernel import clock, numbering
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance
from bawaslu_portal.kernel.models import Membership

from .. import queries, quorum
from ..models import AgendaItem, Attendee, Decision, Dissent, FollowUp, Invitation, Scan, Vote
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
from ..models.sessions import ELEMENT_MEMBER, ELEMENT_SECRETARIAT, PRESENT
from . import table


def _moment(pleno, happened_at):
    """When it happened: typed, or now. Raises ValidationError for the future or before the opening, and for a
    session that was already held when the hour was not typed: the clock only knows when it is recorded."""
    if happened_at is None and pleno.recorded_late:
        raise ValidationError({"happened_at": _("Ketik waktu kejadiannya; pleno ini dicatat kemudian.")})
    moment = happened_at or clock.now()
    if moment > clock.now():
        raise ValidationError({"happened_at": _("Waktu kejadian tidak boleh di masa depan.")})
    if pleno.opened_at and moment < pleno.opened_at:
        raise ValidationError({"happened_at": _("Waktu kejadian tidak boleh sebelum pleno dibuka.")})
    return moment


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
        moment = _moment(opened, happened_at)
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
        if opened.recorded_late and invitation and invitation.get("number"):
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
        issued_at=moment,
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


def set_attendance(attendee, *, by, status, mode="onsite", reason="", arrived_at=None, left_at=None):
    """Change one line of the attendance. Who was absent and now is present arrives by the clock, unless typed.

    Raises ValidationError (departure before arrival, the future, no hour of arrival in a session entered
    afterwards), TransitionRefused when a standing decision counted this member's presence otherwise, or the chair
    would be absent.
    """
    with advance(table.ATTEND, attendee.pleno, by=by) as act:
        pleno = act.thing
        row = Attendee.objects.select_for_update().get(pk=attendee.pk)
        before = row.status
        if status == PRESENT:
            arrived = arrived_at or row.arrived_at
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
            row.arrived_at = row.left_at = None
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


def write_notes(item, *, by, text, version):
    """Save the discussion notes of an item. Raises Conflict when someone else saved since ``version``."""
    with advance(table.NOTE, item.pleno, by=by) as act:
        row = AgendaItem.objects.select_for_update().get(pk=item.pk)
        if int(version) != row.notes_version and row.notes != text:
            raise Conflict(_("Catatan agenda ini baru saja disimpan orang lain. Kedua naskah ditampilkan; gabungkan."))
        row.notes, row.notes_version, row.notes_at = text, row.notes_version + 1, clock.now()
        row.save(update_fields=["notes", "notes_version", "notes_at"])
        act.note(item=str(row.uuid), version=row.notes_version)
    item.refresh_from_db()


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
    elif votes:
        raise ValidationError({"votes": _("Musyawarah mufakat tidak memakai suara.")})
    if set(dissents) - ids:
        raise ValidationError({"dissent": _("Pendapat berbeda hanya dari anggota yang hadir.")})


def decide(item, *, by, category, text, manner=CONSENSUS, votes=None, dissents=None, follow_ups=(), happened_at=None):
    """Record a decision on an item, with those entitled, present and the quorum frozen beside it.

    ``votes``: {attendee id: choice} of every member in the room, only for majority; ``dissents``: {attendee id:
    text}; ``follow_ups``: dicts of what, responsible (Membership), due. A tie is recorded and leaves the item open.
    Raises TransitionRefused (no quorum, item deferred), ValidationError.
    """
    votes, dissents = votes or {}, {k: v for k, v in (dissents or {}).items() if v.strip()}
    if not text.strip():
        raise ValidationError({"text": _("Tulis isi keputusannya.")})
    with advance(table.DECIDE, item.pleno, by=by) as act:
        pleno = act.thing
        row = AgendaItem.objects.select_for_update().get(pk=item.pk)
        moment = _moment(pleno, happened_at)
        present = [a for a in pleno.attendees.members() if a.in_room_at(moment)]
        _check_decision(pleno, row, moment, manner, votes, dissents, present)
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
        row = Decision.objects.select_for_update().get(pk=decision.pk)
        if row.undone_at:
            raise TransitionRefused(_("Keputusan ini sudah dibatalkan."))
        row.undone_at, row.undone_by = clock.now(), by
        row.save(update_fields=["undone_at", "undone_by"])
        item = row.item
        if not item.decisions.standing().exclude(result=TIED).exists():
            item.fate, item.fate_at = WAITING, None
            item.save(update_fields=["fate", "fate_at"])
        act.note(item=str(item.uuid), decision=str(row.uuid))


def _settle(step, item, fate, *, by, reason, happened_at):
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasannya.")})
    with advance(step, item.pleno, by=by) as act:
        row = AgendaItem.objects.select_for_update().get(pk=item.pk)
        if row.fate == DECIDED:
            raise TransitionRefused(_("Agenda ini sudah diputuskan. Batalkan dahulu keputusannya."))
        # Entered afterwards and no hour typed: unknown, rather than the hour of recording.
        unknown = act.thing.recorded_late and happened_at is None
        row.fate, row.fate_reason = fate, reason.strip()
        row.fate_at = None if unknown else _moment(act.thing, happened_at)
        row.save(update_fields=["fate", "fate_reason", "fate_at"])
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
        row = AgendaItem.objects.select_for_update().get(pk=item.pk)
        if row.fate not in (DEFERRED, WITHDRAWN):
            raise TransitionRefused(_("Agenda ini tidak ditunda atau ditarik."))
        row.fate, row.fate_reason, row.fate_at = WAITING, "", None
        row.save(update_fields=["fate", "fate_reason", "fate_at"])
        act.note(item=str(row.uuid))
    item.refresh_from_db()


def still_open(pleno):
    """The items whose fate is not settled: closing waits for them."""
    return list(pleno.items.filter(fate=WAITING).order_by("order"))


def close(pleno, *, by, happened_at=None):
    """Close the session. Decisions get their numbers now, in agenda order; a tied vote gets none.

    Raises TransitionRefused while an item is open, ValidationError for an hour before the opening.
    """
    with advance(table.CLOSE, pleno, by=by) as act:
        closed = act.thing
        if closed.recorded_late and happened_at is None:
            raise ValidationError({"happened_at": _("Ketik waktu pleno itu ditutup.")})
        moment = _moment(closed, happened_at)
        latest = closed.decisions.standing().order_by("-happened_at").values_list("happened_at", flat=True).first()
        if latest and moment < latest:
            raise ValidationError({"happened_at": _("Waktu tutup tidak boleh sebelum keputusan terakhir.")})
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
