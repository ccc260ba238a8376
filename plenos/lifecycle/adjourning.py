"""A session that stands still and goes on, on the same or another day; or ends and goes on in a follow-up pleno."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import TransitionRefused, advance, lock, require
from bawaslu_portal.kernel.models import Organisation

from .. import preparation
from ..models import Adjournment, Attendee
from ..models.items import WAITING
from ..models.sessions import ELEMENT_MEMBER
from ..permissions import may_prepare
from . import table
from .hours import after_all, alone, happened, not_before
from .meeting import close
from .planning import plan
from .preparing import hold
from .presence import arrive, store_quorum

SECOND = datetime.timedelta(seconds=1)


def adjourn(pleno, *, by, reason, happened_at=None, planned_at=None, place=""):
    """The session stands still from now, or from the typed hour. Raises ValidationError without a reason, or for an
    hour before something that happened."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis alasan rapat diskors.")})
    with advance(table.ADJOURN, pleno, by=by) as act:
        session = act.thing
        since = after_all(
            session,
            happened(session, happened_at),
            last_decision=_("Waktu skors tidak boleh sebelum keputusan terakhir."),
            last_person=_("Waktu skors tidak boleh sebelum orang terakhir datang, pulang, atau rapat dilanjutkan."),
        )
        if session.decisions.standing().filter(happened_at=since).exists():
            since += SECOND  # typed to the minute: the decision came first, with those who were there
        if planned_at and planned_at <= since:
            raise ValidationError({"planned_at": _("Waktu rapat dilanjutkan harus sesudah rapat diskors.")})
        Adjournment.objects.create(
            pleno=session,
            organisation=session.organisation,
            since=since,
            reason=reason.strip(),
            planned_at=planned_at,
            place=place.strip(),
            recorded_at=clock.now(),
            by=by,
        )
        session.interrupted = True
        act.note(since=since.isoformat(), adjournments=session.adjournments.count())


def _chair_of(session, members, chair, reason):
    """Who leads on: as before if he is back, else one of those who are. Raises ValidationError until one is chosen."""
    here = {row.membership_id: row for row in members}
    if chair is None or chair.pk == session.chair_id:
        if session.chair_id in here:
            return session.chair, session.chair_reason
        raise ValidationError({"chair": _("Pimpinan rapat belum kembali. Pilih siapa yang memimpin kelanjutannya.")})
    if chair.pk not in here:
        raise ValidationError({"chair": _("Pilih pimpinan dari Ketua dan Anggota yang kembali.")})
    if not reason.strip():
        raise ValidationError({"chair_reason": _("Tulis alasan pimpinan rapat berganti.")})
    return chair, reason.strip()


def resume(pleno, *, by, back=None, happened_at=None, chair=None, chair_reason=""):
    """The session goes on, now or at the typed hour, with those who are back.

    ``back``: attendee ids; None means everyone who was there when it was adjourned. Who was there and is not back has
    left at that moment. Without a quorum it goes on too, and decides nothing. Raises ValidationError (hour, chair, a
    second session at the same time), TransitionRefused when no member is back.
    """
    with advance(table.RESUME, pleno, by=by) as act:
        session = act.thing
        pause = Adjournment.objects.select_for_update(no_key=True).get(pleno=session, resumed_at=None)
        moment = not_before(
            happened(session, happened_at), pause.since, _("Waktu dilanjutkan tidak boleh sebelum rapat diskors.")
        )
        rows = list(Attendee.objects.select_for_update(no_key=True).filter(pleno=session).order_by("pk"))
        there = {row.pk for row in rows if row.in_room_at(pause.since)}
        back = there if back is None else set(back)
        for row in rows:
            if row.pk in there - back:
                row.left_at, row.recorded_at = pause.since, clock.now()
                row.save(update_fields=["left_at", "recorded_at"])
            elif row.pk in back - there:
                arrive(session, row, moment)
        members = [row for row in rows if row.pk in back and row.element == ELEMENT_MEMBER]
        if not members:
            raise TransitionRefused(
                _("Belum seorang anggota pun kembali. Tunggu, atau akhiri rapat dan rencanakan pleno lanjutan.")
            )
        session.chair, session.chair_reason = _chair_of(session, members, chair, chair_reason)
        pause.resumed_at, pause.resumed_recorded_at = moment, clock.now()
        pause.save(update_fields=["resumed_at", "resumed_recorded_at"])
        if not session.recorded_late:
            alone(session, moment)
        store_quorum(session)
        act.note(resumed_at=moment.isoformat(), present=len(members), needed=session.quorum_needed)


def continue_later(pleno, *, by, planned_at, place, reason, happened_at=None):
    """End the session and plan the pleno that goes on with what it did not settle ("lanjutan"), for the same week.

    Both or neither. Everything still open is put off with ``reason`` and stands on the new agenda with its
    attachments. Returns the new pleno. Raises as ``close`` and ``plan`` do.
    """
    require(may_prepare, by, pleno)
    if planned_at <= clock.now():
        raise ValidationError({"planned_at": _("Waktu pleno lanjutan harus yang akan datang.")})
    with transaction.atomic():
        # Pleno, unit, items, and the ledger's head last: the order in which every verb holds them.
        lock(pleno)
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=pleno.organisation_id)
        hold(pleno.items.all())
        fates = [(item, "defer") for item in pleno.items.filter(fate=WAITING)]
        if not fates and not pleno.items.filter(fate="deferred").exists():
            raise TransitionRefused(_("Tidak ada agenda yang tersisa untuk pleno lanjutan. Tutup saja pleno ini."))
        close(pleno, by=by, happened_at=happened_at, fates=fates, reason=reason)
        rest = preparation.pending(pleno.organisation).filter(pleno=pleno).order_by("order", "id")
        later = plan(
            pleno.organisation,
            by=by,
            year=pleno.week_year,
            week=pleno.week,
            planned_at=planned_at,
            place=place,
            access=pleno.access,
            occasion="continued",
            continues=pleno,
            note_taker=pleno.note_taker,
            agenda=[preparation.carried(item) for item in rest],
        )
        preparation.bring_files(later.items.all())
    return later
