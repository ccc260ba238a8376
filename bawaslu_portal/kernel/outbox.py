"""Handing over what was not sent: where there is no mail server, by WhatsApp or on paper."""

from urllib.parse import quote

from django.utils.translation import gettext as _

from . import clock, ledger, permissions
from .lifecycle import NotPermitted
from .models.mail import OutboxMessage


def keeps_outbox(user, organisation):
    """Who sees a unit's outbox: chair, note-taker, head of secretariat, administrator."""
    return permissions.keeps_records(user, organisation) or permissions.administers(user, organisation)


def require_keeper(user, organisation):
    """Raise NotPermitted for one who may know the unit but not its outbox."""
    if not keeps_outbox(user, organisation):
        raise NotPermitted(_("Kotak keluar hanya dibuka Ketua, notulis, kepala sekretariat, dan administrator unit."))


def share_link(message):
    """A WhatsApp link with the words of the message, to the number of the recipient where there is one."""
    digits = "".join(c for c in message.to_phone if c.isdigit())
    if digits.startswith("0"):
        digits = f"62{digits[1:]}"
    return f"https://wa.me/{digits}?text={quote(message.body)}"


def hand_over(message, *, by):
    """Note that the message was handed over in another way, by whom and when. Keeps what is there already."""
    require_keeper(by, message.organisation)
    locked = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if locked.handed_over_at:
        return locked
    locked.handed_over_at, locked.handed_over_by = clock.now(), by
    locked.save(update_fields=["handed_over_at", "handed_over_by"])
    ledger.record(locked.organisation, "kernel.message.hand_over", locked, by=by)
    return locked
