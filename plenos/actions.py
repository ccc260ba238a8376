"""What can I do now: the steps that are open to a reader of a pleno, in the order in which they are done."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from . import permissions, queries
from .models.sessions import ADJOURNED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING


@dataclass(frozen=True)
class Step:
    """A step: its words, its page, whether it is the one to take next, and whether pressing it is the act itself."""

    label: object
    url: str
    primary: bool = False
    posts: bool = False


def for_user(user, pleno, *, returned=None, under_way=None):
    """Steps that ``user`` may take on ``pleno`` in its present state; of ratified minutes the page knows already the
    return by the level above that waits for its answer, and the correction under way."""
    prepares = permissions.may_prepare(user, pleno)
    at = pleno.address
    if pleno.state == DRAFT and prepares:
        begin = (
            Step(_("Catat jalannya pleno"), at("plenos:open"), True)
            if pleno.recorded_late
            else Step(_("Terbitkan undangan"), at("plenos:invite"), True)
        )
        return [
            begin,
            Step(_("Susun agenda"), at("plenos:agenda")),
            Step(_("Ubah rencana"), at("plenos:edit")),
            Step(_("Batalkan"), at("plenos:cancel")),
            Step(_("Hapus draf"), at("plenos:delete")),
        ]
    if pleno.state == INVITED and prepares:
        return [
            Step(_("Buka pleno"), at("plenos:open"), True),
            Step(_("Susun agenda"), at("plenos:agenda")),
            Step(_("Ubah jadwal"), at("plenos:reschedule")),
            Step(_("Batalkan"), at("plenos:cancel")),
        ]
    if pleno.state == OPEN and permissions.reach(user, pleno).notes:
        steps = [Step(_("Masuk ruang pleno"), at("plenos:room"), True)]
        return [*steps, Step(_("Periksa lalu tutup pleno"), at("plenos:close"))] if prepares else steps
    if pleno.state == ADJOURNED and permissions.reach(user, pleno).notes:
        steps = [Step(_("Lanjutkan rapat") if prepares else _("Lihat keadaan rapat"), at("plenos:resume"), True)]
        return [*steps, Step(_("Periksa lalu tutup pleno"), at("plenos:close"))] if prepares else steps
    if pleno.state == CLOSED and permissions.reach(user, pleno).notes:
        return [Step(_("Buka risalah"), at("plenos:minutes"), True)]
    if pleno.state == SIGNING and permissions.reach(user, pleno).notes:
        return _led_by(_signing(user, pleno), Step(_("Buka risalah"), at("plenos:minutes"), True))
    if pleno.state == RATIFIED and permissions.reads_minutes(user, pleno, pleno.access):
        return _ratified(user, pleno, prepares, returned, under_way)
    return []


def _led_by(step, reading):
    """``step`` first, where there is one, then the way to read; else reading is what to do next."""
    return [step, replace(reading, primary=False)] if step else [reading]


def _signing(user, pleno):
    """What the minutes put up for signing wait for from ``user``, as on his desk (queries.awaiting), or None."""
    unsigned = queries.unsigned(pleno)
    if user.pk in unsigned and permissions.may_confirm(user, pleno):
        return Step(_("Konfirmasi risalah"), pleno.address("plenos:confirm"), True)
    if not unsigned and permissions.may_ratify(user, pleno):
        return Step(_("Sahkan"), pleno.address("plenos:ratify"), True)
    if unsigned and permissions.may_record_signature(user, pleno):
        return Step(_("Ingatkan yang belum"), pleno.address("plenos:remind"), True, posts=True)
    return None


def _ratified(user, pleno, prepares, returned, under_way):
    """Reading; for the unit a correction (the next thing where the level above sent the minutes back), for the level
    above marking them read and sending them back."""
    at, reading = pleno.address, Step(_("Baca risalah"), pleno.address("plenos:minutes"), True)
    above = permissions.may_mark_read(user, pleno)
    if prepares:
        if under_way:
            return _led_by(Step(_("Buka perbaikan"), under_way.get_absolute_url(), True), reading)
        if returned:
            return _led_by(Step(_("Susun perbaikan"), at("plenos:correct"), True), reading)
        return [reading, Step(_("Perbaiki risalah"), at("plenos:correct"))]
    steps = [reading]
    if above and not pleno.readings.filter(reader=user, version=pleno.minutes_version).exists():
        steps.append(Step(_("Tandai dibaca"), at("plenos:mark_read"), posts=True))
    if above and returned is None:
        steps.append(Step(_("Kembalikan"), at("plenos:return_minutes")))
    return steps
