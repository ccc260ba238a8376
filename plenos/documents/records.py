"""From the tables of a pleno to its frozen record: what the schema in ``plenos.documents`` describes.

Everything is read once, in Indonesian and in the unit's zone, whoever asks; codes of the tables become the
words of the paper here, so that a record can be read without the program that made it.
"""

from django.conf import settings
from django.db.models import Prefetch
from django.utils import translation

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.letterhead import body_of
from bawaslu_portal.kernel.models import Membership
from bawaslu_portal.kernel.settings_store import values as settings_of

from .. import follow_ups
from ..models import Decision, FollowUp
from ..models.items import FOLLOW_UPS
from ..models.sessions import RATIFIED
from . import annexes

# The regulation of the plenary session. It goes into each record and so is dated with it.
BASIS = ["Peraturan Bawaslu Nomor 5 Tahun 2018 tentang Tata Cara Rapat Pleno."]
ELEMENTS = {"member": "anggota", "secretariat": "sekretariat", "guest": "undangan"}
STATUSES = {
    "present": "hadir",
    "excused": "izin",
    "ill": "sakit",
    "on_duty": "dinas luar",
    "unexplained": "tanpa keterangan",
}
MODES = {"onsite": "luring", "online": "daring"}
CHOICES = {"agree": "setuju", "against": "tidak", "abstain": "abstain"}
MANNERS = {"consensus": "mufakat", "vote": "suara"}
RESULTS = {"accepted": "disetujui", "rejected": "tidak disetujui", "tied": "suara berimbang"}
WAYS = {"confirmed": "portal", "by_hand": "hand", "not_signed": "none"}
KINDS = {"closed": "tertutup", "open": "terbuka"}


def _iso(moment, organisation):
    """ISO text of a moment in the unit's zone, to the second; "" for none."""
    return clock.local(moment, organisation).isoformat(timespec="seconds") if moment else ""


def office(membership):
    """What stands above a signature: "Ketua", "Plt. Ketua", "Anggota"; for others their title."""
    if membership.role in ("chair", "member"):
        office = "Ketua" if membership.role == "chair" else "Anggota"
        kind = "Plh." if membership.title.startswith("Plh.") else "Plt."
        return f"{kind} {office}" if membership.acting else office
    return membership.title or membership.get_role_display()


def person(membership):
    """Name and title of who holds a seat; empty for none."""
    if membership is None:
        return {"name": "", "title": ""}
    return {"name": membership.user.name, "title": membership.title or office(membership)}


def session(pleno):
    """The session as it was planned."""
    planned = clock.local(pleno.planned_at, pleno.organisation)
    return {
        "week": pleno.week_text,
        "ordinal": pleno.ordinal,
        "kind": KINDS[pleno.access],
        "occasion": str(pleno.get_occasion_display()).lower(),
        "date": planned.date().isoformat(),
        "hour": planned.strftime("%H:%M"),
        "place": pleno.place,
        "link": pleno.link,
        "chair": person(pleno.chair),
    }


def common(pleno, schema, kind, number, draft):
    """What every record begins with; ``kind`` is the paper whose code of classification it takes."""
    code = f"numbering.{kind}.code"
    return {
        "schema": schema,
        "classification": settings_of(pleno.organisation, [code])[code],
        "body": body_of(pleno.organisation),
        "number": number,
        "demo": bool(settings.PORTAL_DEMO),
        "draft": draft,
        "frozen_at": _iso(clock.now(), pleno.organisation),
    }


# --- the minutes ----------------------------------------------------------------------------------------


def _attendance(pleno):
    organisation = pleno.organisation
    return [
        {
            "order": row.order,
            "name": row.name,
            "title": row.title,
            "element": ELEMENTS[row.element],
            "status": STATUSES[row.status],
            "mode": MODES[row.mode] if row.status == "present" else "",
            "arrived": _iso(row.arrived_at, organisation) if row.status == "present" else "",
            "left": _iso(row.left_at, organisation) if row.status == "present" else "",
            "away": annexes.absences(row, organisation),
            "reason": row.reason,
        }
        for row in pleno.attendees.with_absences()
    ]


def _doer(follow_up):
    if follow_up.responsible is None:
        return f"Divisi {follow_up.division.name}"
    return f"{follow_up.responsible.user.name} ({follow_up.responsible.title or office(follow_up.responsible)})"


def _reversed(decision):
    """The decision that is reversed: named once it is ratified, since until then only its own unit knows of it."""
    earlier = decision.reverses
    ratified = earlier is not None and earlier.pleno.state == RATIFIED
    return {"reverses": earlier.reference if ratified else "", "reverses_unratified": bool(earlier) and not ratified}


def _decision(decision):
    votes = [{"name": vote.attendee.name, "vote": CHOICES[vote.choice]} for vote in decision.votes.all()]
    return {
        "number": str(decision.number or ""),
        "reference": decision.reference,
        "category": str(decision.get_category_display()),
        "text": decision.text,
        "manner": MANNERS[decision.manner],
        "result": RESULTS[decision.result],
        "tally": {choice: sum(vote["vote"] == choice for vote in votes) for choice in CHOICES.values()},
        "votes": votes,
        "dissents": [{"name": one.attendee.name, "text": one.text} for one in decision.dissents.all()],
        "entitled": decision.entitled,
        "present": decision.present,
        "quorum_needed": decision.quorum_needed,
        **_reversed(decision),
        "follow_ups": [
            {
                "what": one.what,
                "responsible": _doer(one),
                "due": one.due.isoformat(),
            }
            for one in decision.follow_ups.all()
        ],
    }


def _reviewed(pleno, item):
    """The follow-ups of earlier plenos as they stood when this one closed. What comes from a closed item says nothing
    of its words in an open one; what was decided in minutes that are not ratified yet, neither words nor number."""
    states = {"open": "berjalan", "reported": "dilaporkan selesai", "done": "selesai", "stopped": "dihentikan"}
    return [
        {
            "reference": "" if unratified else one.decision.reference,
            "what": "(risalahnya belum disahkan)" if unratified else "(tertutup)" if hidden else one.what,
            "responsible": _doer(one),
            "due": one.due.isoformat(),
            "state": states[one.state_then],
            "late": one.late,
            "said": one.said_then.text if one.said_then and not (hidden or unratified) else "",
        }
        for one in follow_ups.reviewed(pleno)
        for hidden in [item.access == "open" and one.decision.item.access == "closed"]
        for unratified in [one.pleno.state != RATIFIED]
    ]


def _items(pleno):
    standing = (
        Decision.objects.standing()
        .select_related("organisation", "reverses__organisation", "reverses__pleno")
        .prefetch_related(
            "votes__attendee",
            "dissents__attendee",
            Prefetch("follow_ups", FollowUp.objects.select_related("responsible__user", "division")),
        )
        .order_by("number", "id")
    )
    return [
        {
            "order": order,
            "title": item.title,
            "access": item.access,
            "notes": item.notes,
            "outcome": "" if item.fate == "waiting" else item.fate,
            "reason": item.fate_reason,
            "decisions": [_decision(decision) for decision in item.standing],
            "attachments": annexes.attachments(item),
            "reviewed": _reviewed(pleno, item) if item.standing_kind == FOLLOW_UPS else [],
        }
        for order, item in enumerate(
            pleno.items.prefetch_related(Prefetch("decisions", standing, "standing"), "attachments__file"), 1
        )
    ]


def _signatories(pleno):
    """The chair of the session, the members who were present in order of seat, note-taker, head of secretariat."""
    present = [
        row
        for row in pleno.attendees.select_related("membership").all()
        if row.element == "member" and row.status == "present"
    ]
    head = (
        Membership.objects.filter(organisation=pleno.organisation, role="head_of_secretariat")
        .at(pleno.opened_at)
        .select_related("user")
        .first()
    )
    taker = pleno.note_taker
    return {
        "chair": {"name": pleno.chair.user.name, "office": office(pleno.chair)},
        "members": [
            {"name": row.name, "office": office(row.membership)}
            for row in present
            if row.user_id != pleno.chair.user_id
        ],
        "note_taker": {"name": taker.user.name, "nip": taker.user.nip} if taker else {"name": "", "nip": ""},
        "head": {"name": head.user.name, "nip": head.user.nip, "office": office(head)} if head else None,
    }


def _letter_cited(pleno):
    letter = next((one for one in reversed(list(pleno.invitations.all())) if one.kind != "cancel"), None)
    return {"number": letter.number, "date": letter.dated.isoformat()} if letter else None


def minutes_record(pleno, *, number="", dated=None, draft=False, notes_number=""):
    """The frozen record of a pleno that was held: for the papers to be signed, or with ``draft`` for a look before.

    ``dated`` is the day of signing (default today there). Raises ValueError for a pleno that was never opened or,
    unless a draft, not yet closed.
    """
    if pleno.opened_at is None or (pleno.closed_at is None and not draft):
        raise ValueError("Only a session that was held has minutes.")
    organisation = pleno.organisation
    with translation.override("id"):
        shared = common(pleno, "plenos.minutes.1", "plenos.berita_acara", number, draft)
        return {
            **shared,
            "pleno": {
                **session(pleno),
                "note_taker": person(pleno.note_taker),
                "invitation": _letter_cited(pleno),
                "opened_at": _iso(pleno.opened_at, organisation),
                "closed_at": _iso(pleno.closed_at, organisation) or shared["frozen_at"],
                "adjournments": annexes.adjournments(pleno),
                "recorded_late": pleno.recorded_late,
                "recorded_at": _iso(pleno.opened_recorded_at, organisation) if pleno.recorded_late else "",
                "quorum": {
                    "base": pleno.quorum_base or 0,
                    "needed": pleno.quorum_needed or 0,
                    "present": pleno.quorum_present or 0,
                    "met": bool(pleno.quorum_met),
                },
                "opening_words": pleno.opening_words,
                "closing_words": pleno.closing_words,
            },
            "basis": BASIS,
            "notes_number": notes_number,
            "attendance": _attendance(pleno),
            "items": _items(pleno),
            "annexes": [scan.caption for scan in pleno.scans.all()],
            "signatories": _signatories(pleno),
            "signing": {
                "place": shared["body"]["place"],
                "date": (dated or clock.today(organisation)).isoformat(),
            },
            "final": None,
        }


def final_record(minutes):
    """The record of ratified minutes: the text that was signed, unchanged, with who signed how and who ratified.

    Raises ValueError for minutes that are not ratified.
    """
    if minutes.ratified_at is None:
        raise ValueError("Only ratified minutes have a final record.")
    record, organisation = minutes.record, minutes.organisation
    by = minutes.ratified_by.name
    people = [record["signatories"]["chair"], *record["signatories"]["members"]]
    signings = [
        {
            "name": signature.attendee.name,
            "way": WAYS[signature.manner],
            "at": signature.signed_on.isoformat() if signature.signed_on else _iso(signature.at, organisation),
            "reason": signature.reason,
        }
        for signature in minutes.signatures.select_related("attendee").all()
    ]
    return {
        **record,
        "frozen_at": _iso(minutes.ratified_at, organisation),
        "final": {
            "text_digest": minutes.digest,
            "text_frozen_at": record["frozen_at"],
            "ratified_at": _iso(minutes.ratified_at, organisation),
            "ratified_by": {"name": by, "office": next((p["office"] for p in people if p["name"] == by), "Anggota")},
            "signings": signings,
        },
    }


def _essence(items, attendance):
    """What of a record comes from the tables of the pleno alone, without words that the program may change."""
    return (
        [
            (
                item["title"],
                item["notes"],
                [
                    (
                        one["number"],
                        one["text"],
                        [tuple(vote.values()) for vote in one["votes"]],
                        [tuple(dissent.values()) for dissent in one["dissents"]],
                        [(follow_up["what"], follow_up["due"]) for follow_up in one["follow_ups"]],
                    )
                    for one in item["decisions"]
                ],
                [one["sha256"] for one in item.get("attachments", [])],
            )
            for item in items
        ],
        [
            (row["name"], row["title"], row["status"], row["arrived"], row["left"], row.get("away", []))
            for row in attendance
        ],
    )


def tables_agree(minutes):
    """Whether the tables, from which pages and searches read, still say what the frozen record of the minutes says."""
    with translation.override("id"):
        now = _essence(_items(minutes.pleno), _attendance(minutes.pleno))
    return now == _essence(minutes.record["items"], minutes.record["attendance"])
