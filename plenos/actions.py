"""What can I do now: the steps that are open to a reader of a pleno, in the order in which they are done."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from . import permissions
from .models.sessions import ADJOURNED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING


@dataclass(frozen=True)
class Step:
    """A step: its words, its page, and whether it is the one to take next."""

    label: object
    url: str
    primary: bool = False


def for_user(user, pleno):
    """Steps that ``user`` may take on ``pleno`` in its present state."""
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
    if pleno.state in (CLOSED, SIGNING) and permissions.reach(user, pleno).notes:
        return [Step(_("Buka risalah"), at("plenos:minutes"), True)]
    if pleno.state == RATIFIED and permissions.reads_minutes(user, pleno, pleno.access):
        steps = [Step(_("Baca risalah"), at("plenos:minutes"), True)]
        return [*steps, Step(_("Perbaiki risalah"), at("plenos:correct"))] if prepares else steps
    return []
