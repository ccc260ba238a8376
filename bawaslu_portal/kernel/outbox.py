"""Handing over what was not sent: where there is no mail server, by WhatsApp or on paper."""

from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from . import clock, ledger, permissions
from .lifecycle import NotPermitted, TransitionRefused
from .models.mail import OutboxMessage
from .models.members import AccessLink, Membership


def keeps_outbox(user, organisation):
    """Who opens a unit's outbox: chair, note-taker, head of secretariat; who changes the unit (links only)."""
    return permissions.keeps_records(user, organisation) or permissions.changes_unit(user, organisation)


def require_keeper(user, organisation):
    """Raise NotPermitted for one who may know the unit but not its outbox."""
    if not keeps_outbox(user, organisation):
        raise NotPermitted(_("Kotak keluar hanya dibuka Ketua, notulis, kepala sekretariat, dan administrator unit."))


def share_link(message):
    """A WhatsApp link with the words of the message, to the number of the recipient where there is one.

    None for the message of a one-time link: its secret is not in the words, and cannot be passed on from here.
    """
    if message.about_kind == "access_link":
        return None
    digits = "".join(c for c in message.to_phone if c.isdigit())
    if digits.startswith("0"):
        digits = f"62{digits[1:]}"
    return f"https://wa.me/{digits}?text={quote(message.body)}"


def link_page(message, user):
    """The page of the person, or of the link itself, where an administrator makes a link to hand over; else None."""
    if message.about_kind != "access_link" or not permissions.changes_unit(user, message.organisation):
        return None
    link = AccessLink.objects.select_related("user").get(uuid=message.about)
    serves = Membership.objects.filter(user=link.user, organisation=message.organisation).exists()
    if serves:
        return reverse("kernel:person", args=[message.organisation.code, link.user.uuid])
    return reverse("kernel:link", args=[message.organisation.code, link.uuid])


def may_try_again(message):
    """Whether sending can be asked for once more."""
    return settings.EMAIL_CONFIGURED and bool(message.to_email) and message.state != "sent"


def try_again(message, *, by):
    """Send it with the next round. Raises NotPermitted, TransitionRefused (sent already, or nothing can be sent)."""
    require_keeper(by, message.organisation)
    locked = OutboxMessage.objects.select_for_update(no_key=True).get(pk=message.pk)
    if not may_try_again(locked):
        raise TransitionRefused(_("Pesan ini sudah terkirim, atau portal ini tidak mengirim pos-el."))
    locked.state, locked.attempts, locked.next_try = "unsent", 0, clock.now()
    locked.save(update_fields=["state", "attempts", "next_try"])
    ledger.record(locked.organisation, "kernel.message.try_again", locked, by=by)
    return locked


def hand_over(message, *, by):
    """Note that the message was handed over in another way, by whom and when. Keeps what is there already."""
    require_keeper(by, message.organisation)
    locked = OutboxMessage.objects.select_for_update(no_key=True).get(pk=message.pk)
    if locked.handed_over_at:
        return locked
    locked.handed_over_at, locked.handed_over_by = clock.now(), by
    locked.save(update_fields=["handed_over_at", "handed_over_by"])
    ledger.record(locked.organisation, "kernel.message.hand_over", locked, by=by)
    return locked
