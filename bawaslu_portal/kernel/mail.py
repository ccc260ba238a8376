"""Messages: each is a row in the outbox first; sending comes after, and only where there is a mail server."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from . import clock
from .models.mail import OutboxMessage

log = logging.getLogger(__name__)
ATTEMPTS = 8
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


def _body(message):
    """The body as it leaves: the outbox itself never holds the secret of a one-time link."""
    if message.about_kind != "access_link":
        return message.body
    from . import access_links
    from .models.members import AccessLink

    return message.body.replace(LINK_PLACE, access_links.address_of(AccessLink.objects.get(uuid=message.about)))


def _send(message):
    mail = EmailMessage(message.subject_line, _body(message), settings.DEFAULT_FROM_EMAIL, [message.to_email])
    if message.calendar:
        method = "CANCEL" if "METHOD:CANCEL" in message.calendar else "REQUEST"
        mail.attach("undangan.ics", message.calendar, f"text/calendar; method={method}")
    mail.send()


def send_waiting(limit=100):
    """Send what waits, one short transaction each. Without a mail server nothing is tried. Returns how many."""
    if not settings.EMAIL_CONFIGURED:
        return 0
    sent = 0
    waiting = OutboxMessage.objects.filter(state="unsent", attempts__lt=ATTEMPTS).exclude(to_email="")
    for pk in list(waiting.order_by("id").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            message = (
                OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk, state="unsent")
                .first()
            )
            if message is None:
                continue
            message.attempts += 1
            try:
                _send(message)
            except Exception as error:  # a mail server fails in many ways; the row says which
                message.error = f"{type(error).__name__}: {error}"[:300]
                message.state = "failed" if message.attempts >= ATTEMPTS else "unsent"
                log.warning("Message %s not sent: %s", message.pk, message.error)
            else:
                message.state, message.sent_at, message.error = "sent", clock.now(), ""
                sent += 1
            message.save(update_fields=["attempts", "error", "state", "sent_at"])
    return sent
