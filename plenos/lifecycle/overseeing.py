"""What the level above does with delivered minutes: send them back with a reason, one by one or many."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import db, duties, ledger, remarks, scope
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused, lock, require
from bawaslu_portal.kernel.models import Duty
from bawaslu_portal.kernel.models.duties import RETURNED

from .. import compliance, queries
from ..models.sessions import RATIFIED
from . import table
from .signing import mark_read, note_reading

LONGEST_REASON = 500


def return_minutes(pleno, *, by, reason):
    """Send delivered minutes back with a reason, which asks for a correction; the duty of its week says so. The
    pleno's row is locked, never changed. Raises TransitionRefused where they are sent back already."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError(
            {"reason": _("Tulis alasannya, paling banyak %(most)s huruf.") % {"most": LONGEST_REASON}}
        )
    with transaction.atomic():
        locked = lock(pleno)
        scope.forget(by)
        require(table.RETURN.permission, by, locked)
        if locked.state != RATIFIED:
            raise TransitionRefused(str(table.RETURN.refusal))
        if queries.returned(locked):
            raise TransitionRefused(_("Risalah ini sudah dikembalikan; versi perbaikannya belum dikirim."))
        duty = _duty_of(locked)
        ruling = duties.rule(duty, RETURNED, by=by, reason=reason, about=locked.uuid)
        # Who sends them back has read them.
        note_reading(locked, by=by)
        ledger.record(
            locked.organisation,
            table.RETURN.action,
            locked,
            by=by,
            before=RATIFIED,
            after=RATIFIED,
            version=locked.minutes_version,
            ruling=str(ruling.uuid),
        )
    return ruling


def _duty_of(pleno):
    """The duty of minutes of the week that the pleno is for; made now where the week is older than the duties."""
    asked = Duty.objects.filter(organisation=pleno.organisation, kind=compliance.MINUTES_DUTY, period=pleno.week_text)
    duty = asked.first()
    if duty is None:
        duties.ensure([pleno.organisation], pleno.monday, pleno.monday)
        duty = asked.first()
    if duty is None:
        raise TransitionRefused(
            _("Minggu itu tidak berkewajiban pleno, jadi risalahnya tidak dapat dikembalikan. Tulis catatan saja.")
        )
    return duty


def many(plenos, verb, *, by):
    """Do ``verb`` to each of ``plenos`` (or of other things), each in a short transaction of its own: what was refused
    stops nothing else. Gives (done, refused): plenos, and (pleno, sentence).
    """
    done, refused = [], []
    for pleno in plenos:
        try:
            with transaction.atomic():
                db.begin(by)
                verb(pleno)
        except (TransitionRefused, NotPermitted) as refusal:
            refused.append((pleno, str(refusal)))
        else:
            done.append(pleno)
    return done, refused


def mark_many_read(plenos, *, by):
    """Mark each of them read."""
    return many(plenos, lambda pleno: mark_read(pleno, by=by), by=by)


def return_many(plenos, *, by, reason):
    """Send each of them back with the same reason."""
    return many(plenos, lambda pleno: return_minutes(pleno, by=by, reason=reason), by=by)


def ask_many(weeks, *, by, text):
    """Ask for an explanation of each of the duties ``weeks`` in the same words."""
    return many(weeks, lambda duty: remarks.say("duty", duty, by=by, text=text, kind=remarks.ASKED), by=by)
