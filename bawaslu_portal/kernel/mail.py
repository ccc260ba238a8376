"""Messages: each is a row in the outbox first; sending comes after, and only where there is a mail server.

A message is claimed in one short statement, sent while no lock is held, and settled in another. A server that is away
is asked again after 1, 2, 4 … minutes, at most a day, for some five days.
"""

import datetime
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from . import clock
from .models.mail import OutboxMessage

log = logging.getLogger(__name__)
ATTEMPTS = 16
# What waited longer untried was written while there was no mail server: nobody wants last year's invitations on the
# day that one is set up. It can still be handed over.
STALE = datetime.timedelta(days=14)
MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
# Stands in the stored body for the secret of a one-time link, which is put in only when the message leaves.
LINK_PLACE = "[tautan sekali pakai]"


def put(organisation, *, about_kind, about, to, subject, body, calendar=""):
    """Write a message to ``to`` (a user, or a dict of name, email, phone) into the unit's outbox."""
    if isinstance(to, dict):
        who = {"to_name": to["name"], "to_email": to.get("email", ""), "to_phone": to.get("phone", "")}
    else:
        who = {"to_name": to.name, "to_email": to.email, "to_phone": to.phone, "to_user": to}
    return OutboxMessage.objects.create(
        organisation=organisation,
        about_kind=about_kind,
        about=about.uuid,
        subject_line=subject[:200],
        body=body,
        calendar=calendar,
        **who,
    )


class LinkGone(Exception):
    """The one-time link of a message does not work any more."""


def _body(message):
    """The body as it leaves: the outbox itself never holds the secret of a one-time link. Raises LinkGone."""
    if message.about_kind != "access_link":
        return message.body
    from . import access_links
    from .models.members import AccessLink

    link = AccessLink.objects.get(uuid=message.about)
    if access_links.state_of(link) != "ready":
        raise LinkGone(_("Tautannya sudah dipakai, diganti, atau kedaluwarsa. Buat yang baru."))
    return message.body.replace(LINK_PLACE, access_links.address_of(link))


def _send(message):
    mail = EmailMessage(message.subject_line, _body(message), settings.DEFAULT_FROM_EMAIL, [message.to_email])
    if message.calendar:
        method = "CANCEL" if "METHOD:CANCEL" in message.calendar else "REQUEST"
        mail.attach("undangan.ics", message.calendar, f"text/calendar; method={method}")
    mail.send()


def due():
    """Messages to be sent now; what has waited past ``STALE`` without a try is left for handing over."""
    now = clock.now()
    rows = OutboxMessage.objects.filter(state="unsent", next_try__lte=now, next_try__gte=now - STALE)
    return rows.exclude(to_email="").order_by("id")


def _claim(pk):
    """The message, its next attempt set, or None where another process was faster."""
    message = due().filter(pk=pk).first()
    if message is None:
        return None
    pause = min(MINUTE * 2**message.attempts, DAY)
    mine = OutboxMessage.objects.filter(pk=pk, state="unsent", attempts=message.attempts)
    if not mine.update(attempts=message.attempts + 1, next_try=clock.now() + pause):
        return None
    message.attempts += 1
    return message


def _settle(message, state, error=""):
    held = OutboxMessage.objects.filter(pk=message.pk, state="unsent", attempts=message.attempts)
    held.update(state=state, error=error[:300], sent_at=clock.now() if state == "sent" else None)


def send_waiting(limit=100):
    """Send what is due. Without a mail server nothing is tried. Returns how many were sent."""
    if not settings.EMAIL_CONFIGURED:
        return 0
    sent = 0
    for pk in list(due().values_list("pk", flat=True)[:limit]):
        message = _claim(pk)
        if message is None:
            continue
        try:
            _send(message)
        except LinkGone as gone:
            _settle(message, "failed", str(gone))
        except Exception as error:  # a mail server fails in many ways; the row says which
            log.warning("Message %s not sent: %s", message.pk, error)
            state = "failed" if message.attempts >= ATTEMPTS else "unsent"
            _settle(message, state, f"{type(error).__name__}: {error}")
        else:
            _settle(message, "sent")
            sent += 1
    return sent
