"""The appointment that an invitation makes: calendar file (stable UID, SEQUENCE) and the words of its message."""

import datetime

from django.conf import settings
from django.utils import translation
from icalendar import Calendar, Event, vCalAddress, vText

from bawaslu_portal.kernel import wording

LENGTH = datetime.timedelta(hours=2)  # shown in calendars; the invitation itself says "sampai selesai"


def address(pleno):
    """The pleno's page, for one who may see it."""
    return settings.PORTAL_ADDRESS + pleno.get_absolute_url()


def subject(pleno, invitation):
    """The subject line. It never says what is on the agenda."""
    with translation.override("id"):
        words = {"first": "Undangan", "change": "Perubahan jadwal", "cancel": "Pembatalan"}[invitation.kind]
        return f"{words}: {pleno.title}, {pleno.organisation.name}"


def when(pleno, moment):
    """Senin, 19 Agustus 2024 pukul 10.00 WITA, in the unit's own zone."""
    local = moment.astimezone(pleno.organisation.zone)
    return f"{wording.full_day(local)} pukul {wording.hour(local)} {pleno.organisation.zone_label}"


def letter(pleno, invitation):
    """The message in plain text, also for handing over by WhatsApp."""
    lines = [
        {
            "first": "Bapak/Ibu diundang menghadiri rapat pleno:",
            "change": "Jadwal rapat pleno berubah menjadi:",
            "cancel": "Rapat pleno berikut dibatalkan:",
        }[invitation.kind],
        "",
        f"Waktu : {when(pleno, invitation.planned_at)}",
        f"Tempat: {pleno.place}",
    ]
    if pleno.link and invitation.kind != "cancel":
        lines.append(f"Tautan: {pleno.link}")
    lines.append(f"Nomor undangan: {invitation.number}")
    if invitation.reason:
        lines.append(f"Alasan: {invitation.reason}")
    lines += ["", f"Agenda dan naskah: {address(pleno)}"]
    if settings.PORTAL_DEMO:
        lines.append("Data contoh, bukan naskah resmi.")
    return "\n".join(lines)


def calendar(pleno, invitation, to):
    """The .ics text for ``to`` (a user): one event with a stable UID; SEQUENCE grows with each issue. Organizer and
    attendee stand in it, without which many calendars ignore changes and cancellations (RFC 5546)."""
    cancelled = invitation.kind == "cancel"
    event = Event()
    event.add("uid", f"{pleno.uuid}@portal-bawaslu")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.issued_at.astimezone(datetime.UTC))
    event.add("dtstart", invitation.planned_at.astimezone(datetime.UTC))
    event.add("dtend", (invitation.planned_at + LENGTH).astimezone(datetime.UTC))
    event.add("summary", f"Rapat pleno {pleno.organisation.name}")
    event.add("location", vText(pleno.place))
    event.add("url", address(pleno))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organizer.params["CN"] = vText(pleno.organisation.name)
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{to.email}")
    attendee.params["CN"] = vText(to.name)
    event.add("attendee", attendee)
    whole = Calendar()
    whole.add("prodid", "-//Portal Bawaslu//ID")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if cancelled else "REQUEST")
    whole.add_component(event)
    return whole.to_ical().decode()
