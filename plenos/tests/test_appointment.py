"""The appointment that an invitation makes: read back as a calendar program would read it."""

import datetime

import icalendar
import pytest

from plenos import appointment
from plenos.models import Invitation

from .factories import WHEN, make_cancelled, make_invited

pytestmark = pytest.mark.django_db


def read(pleno, letter):
    text = appointment.calendar(pleno, letter, pleno.chair.user)
    whole = icalendar.Calendar.from_ical(text)
    (event,) = whole.walk("VEVENT")
    return whole, event, text


def test_a_calendar_reads_time_place_and_address_and_no_agenda(cast, settings):
    settings.PORTAL_ADDRESS = "https://portal.contoh.go.id"
    pleno = make_invited(cast, agenda=["Rahasia besar"])
    whole, event, text = read(pleno, pleno.invitations.get())
    assert (str(whole["METHOD"]), str(whole["VERSION"])) == ("REQUEST", "2.0")
    assert event["DTSTART"].dt == WHEN
    assert event["DTEND"].dt > event["DTSTART"].dt
    assert event["DTSTAMP"].dt == WHEN - datetime.timedelta(days=3)
    assert (str(event["LOCATION"]), str(event["STATUS"])) == ("Ruang rapat", "CONFIRMED")
    assert str(event["URL"]) == "https://portal.contoh.go.id/pleno/74.71/2024-W34/1/"
    assert "Rahasia" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_the_uid_belongs_to_the_pleno_and_the_sequence_to_the_letter(cast):
    pleno = make_cancelled(cast)
    found = [
        (e["UID"], e["SEQUENCE"], str(w["METHOD"])) for w, e, _t in (read(pleno, x) for x in pleno.invitations.all())
    ]
    assert found == [
        (f"{pleno.uuid}@portal-bawaslu", 0, "REQUEST"),
        (f"{pleno.uuid}@portal-bawaslu", 1, "CANCEL"),
    ]
    other = make_invited(cast)
    assert read(other, other.invitations.get())[1]["UID"] != found[0][0]


def test_the_words_say_hour_place_and_zone_in_indonesian_whatever_the_language(cast):
    from django.utils import translation

    pleno = make_invited(cast)
    letter = pleno.invitations.get()
    with translation.override("en"):
        words = appointment.letter(pleno, letter).replace("\xa0", " ")
        assert appointment.subject(pleno, letter).startswith("Undangan: ")
    assert "Bapak/Ibu diundang menghadiri rapat pleno:" in words
    assert "Senin, 19 Agustus 2024 pukul 10.00 WITA" in words
    assert f"Nomor undangan: {letter.number}" in words


@pytest.mark.parametrize(
    ("kind", "subject", "begins"),
    [
        ("change", "Perubahan jadwal: ", "Jadwal rapat pleno berubah menjadi:"),
        ("cancel", "Pembatalan: ", "Rapat pleno berikut dibatalkan:"),
    ],
)
def test_a_change_and_a_cancellation_say_so_and_why(cast, kind, subject, begins):
    pleno = make_invited(cast, link="https://rapat.contoh.go.id/x")
    letter = Invitation(
        pleno=pleno, kind=kind, sequence=1, number="2/RT", planned_at=WHEN, issued_at=WHEN, reason="Listrik padam"
    )
    assert appointment.subject(pleno, letter).startswith(subject)
    words = appointment.letter(pleno, letter)
    assert words.startswith(begins)
    assert "Alasan: Listrik padam" in words
    assert ("Tautan:" in words) == (kind == "change")


def test_a_demonstration_says_so_in_every_message(cast, settings):
    pleno = make_invited(cast)
    settings.PORTAL_DEMO = True
    assert appointment.letter(pleno, pleno.invitations.get()).endswith("Data contoh, bukan naskah resmi.")
