"""When something happened: typed, or by the clock; after what came before, and apart from the body's other sessions."""

import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Organisation

from ..models import Pleno
from ..models.sessions import HELD, PRESENT

# A session that nobody closed stands in the way of another for so long; the database says the same (0003_refusals).
LONGEST_OPEN = datetime.timedelta(hours=12)
SECOND = datetime.timedelta(seconds=1)


def happened(pleno, happened_at):
    """When it happened: typed, or now. Raises ValidationError for the future or before the opening, and for a
    session that was already held when the hour was not typed: the clock only knows when it is recorded."""
    if happened_at is None and pleno.recorded_late:
        raise ValidationError({"happened_at": _("Ketik waktu kejadiannya; pleno ini dicatat kemudian.")})
    moment = happened_at or clock.now()
    if moment > clock.now():
        raise ValidationError({"happened_at": _("Waktu kejadian tidak boleh di masa depan.")})
    if pleno.opened_at:
        moment = not_before(moment, pleno.opened_at, _("Waktu kejadian tidak boleh sebelum pleno dibuka."))
    return moment


def not_before(moment, hour, sentence):
    """``moment``, or ``hour`` itself where only its seconds are missing, since pages show and take minutes.

    Raises ValidationError with ``sentence`` for an earlier one.
    """
    if moment >= hour:
        return moment
    if moment.replace(second=0, microsecond=0) < hour.replace(second=0, microsecond=0):
        raise ValidationError({"happened_at": sentence})
    return hour


def after_all(pleno, moment, *, last_decision, last_person):
    """``moment``, unless something of the session happened later. Raises ValidationError with the sentence for it."""
    latest = pleno.decisions.standing().aggregate(latest=Max("happened_at"))["latest"]
    seen = pleno.attendees.filter(status=PRESENT).aggregate(
        came=Max("arrived_at"), went=Max("left_at"), back=Max("absences__until")
    )
    again = pleno.adjournments.aggregate(resumed=Max("resumed_at"))
    if latest:
        moment = not_before(moment, latest, last_decision)
    for hour in filter(None, [*seen.values(), *again.values()]):
        moment = not_before(moment, hour, last_person)
    return moment


def _pieces(pleno, until=None):
    """The times in which a session was really held, as (from, to): adjournments are left out."""
    begins, pieces = pleno.opened_at, []
    for pause in sorted(pleno.adjournments.all(), key=lambda one: one.since):
        pieces.append((begins, pause.since))
        begins = pause.resumed_at
    if begins:
        pieces.append((begins, until or pleno.closed_at or begins + LONGEST_OPEN))
    return pieces


def alone(pleno, moment, until=None):
    """Raise ValidationError when another session of the body was held between ``moment`` (to begin or go on) and now,
    or, with ``until`` (to close), during any of its own time. The body is locked: two cannot begin at once."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=pleno.organisation_id)
    own = _pieces(pleno, until) if until else [(moment, moment + SECOND)]
    others = (
        Pleno.objects.of(pleno.organisation_id)
        .filter(Q(closed_at=None) | Q(closed_at__gt=own[0][0]), state__in=HELD, opened_at__lt=own[-1][1])
        .exclude(pk=pleno.pk)
        .exclude(closed_at=None, recorded_late=True)  # its end is not known yet: asked again when it is closed
        .prefetch_related("adjournments")
    )
    for other in others:
        if any(begins < till and ends > since for begins, ends in own for since, till in _pieces(other)):
            raise ValidationError(
                {
                    "happened_at": _(
                        "Waktu ini bertumpuk dengan %(title)s. Tutup dahulu pleno itu, atau periksa jamnya: satu badan "
                        "tidak mengadakan dua pleno sekaligus."
                    )
                    % {"title": other.title}
                }
            )
