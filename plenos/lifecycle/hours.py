"""When something happened: typed, or by the clock."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock


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
