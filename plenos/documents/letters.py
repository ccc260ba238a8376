"""The letter of invitation (first, change, cancellation) as a frozen record, with the blank attendance list."""

from django.utils import translation

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership

from .records import ELEMENTS, common, office, person, session

HIDDEN = "Pokok agenda tertutup"
LETTERS = {
    "first": "Undangan Rapat Pleno",
    "change": "Perubahan Jadwal Rapat Pleno",
    "cancel": "Pembatalan Rapat Pleno",
}


def _signatory(pleno):
    """Who signs the letter: the Ketua in office (K in its number), else who chairs the session."""
    in_office = Membership.objects.in_office_on(pleno.organisation, clock.now())
    chair = next((member for member in in_office if member.role == "chair"), pleno.chair)
    return {"name": chair.user.name, "office": office(chair), "nip": ""}


def _recipients(pleno):
    """Everyone on the attendance list; before there is one, the members in office on the day."""
    rows = [{"name": row.name, "title": row.title, "element": ELEMENTS[row.element]} for row in pleno.attendees.all()]
    if not any(row["element"] == "anggota" for row in rows):
        members = Membership.objects.in_office_on(pleno.organisation, pleno.planned_at)
        rows = [{**person(member), "element": "anggota"} for member in members] + rows
    return rows


def _agenda(pleno):
    """The titles. The letter goes to guests and to the whole unit: in an open session a closed item keeps its place and
    says no more (a closed session's letter is "Terbatas" as a whole)."""
    hides = pleno.access == "open"
    return [HIDDEN if hides and item.access == "closed" else item.title for item in pleno.items.all()]


def _subject(pleno, kind):
    urgent = "Mendesak " if pleno.urgent else ""
    return f"{LETTERS[kind]} {urgent}{str(pleno.get_occasion_display()).title()}"


def invitation_record(pleno, invitation=None, *, draft=None):
    """The frozen record of one letter of invitation (default the latest: first, change, cancellation) and blank list.

    Before any letter was issued the record is a draft without number, dated today.
    """
    with translation.override("id"):
        letters = list(pleno.invitations.order_by("sequence"))
        letter = invitation or (letters[-1] if letters else None)
        before = [one for one in letters if letter and one.sequence < letter.sequence and one.number]
        earlier = before[-1] if before else None
        kind = letter.kind if letter else "first"
        above = pleno.organisation.parent_on()
        dated = letter.dated if letter else clock.today(pleno.organisation)
        number, draft = letter.number if letter else "", letter is None if draft is None else draft
        return {
            **common(pleno, "plenos.invitation.1", "plenos.undangan", number, draft),
            "pleno": session(pleno),
            "letter": kind,
            "reason": letter.reason if letter else "",
            "earlier": {"number": earlier.number, "date": earlier.dated.isoformat()} if earlier else None,
            "date": dated.isoformat(),
            "nature": f"{'Biasa' if pleno.access == 'open' else 'Terbatas'}{'/Segera' if pleno.urgent else ''}",
            "attachment": "–",
            "subject": _subject(pleno, kind),
            "recipients": _recipients(pleno),
            "agenda": _agenda(pleno),
            "signatory": _signatory(pleno),
            "copies": [*([f"Ketua {above.name}"] if above else []), "Arsip"],
        }
