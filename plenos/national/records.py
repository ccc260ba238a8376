"""The frozen record of minutes from what a session holds in memory: the same that ``documents.records`` reads from the
tables (a test compares them), without asking the tables three hundred thousand times."""

from django.conf import settings

from ..documents import records
from ..models import Decision, Pleno

CATEGORIES = dict(Decision.CATEGORIES)
OCCASIONS = dict(Pleno.OCCASIONS)


def _office(post):
    return "Ketua" if post.role == "chair" else "Anggota" if post.role == "member" else post.title


def _person(post):
    return {"name": post.name, "title": post.title}


class Frozen:
    """Makes records for one body."""

    def __init__(self, body, head):
        self.body, self.head = body, head
        seconds = int(body.offset.total_seconds())
        self.zone = f"+{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
        code = body.settings["numbering.plenos.berita_acara.code"]
        self.common = {
            "schema": "plenos.minutes.1",
            "classification": code,
            "body": head,
            "demo": bool(settings.PORTAL_DEMO),
            "draft": False,
        }
        self.categories = {key: str(label) for key, label in CATEGORIES.items()}
        self.occasions = {key: str(label).lower() for key, label in OCCASIONS.items()}

    def iso(self, moment):
        """A moment as text in the unit's zone, to the second; "" for none."""
        return f"{(moment + self.body.offset):%Y-%m-%dT%H:%M:%S}{self.zone}" if moment else ""

    def minutes(self, s):
        """The record of the session ``s`` as it was put up for signing."""
        planned = s.planned + self.body.offset
        present = [row for row in s.members if row.status == "present"]
        return {
            **self.common,
            "number": s.number,
            "frozen_at": self.iso(s.put_up),
            "pleno": {
                "week": s.week_text,
                "ordinal": s.ordinal,
                "kind": records.KINDS[s.access],
                "occasion": self.occasions[s.occasion],
                "date": planned.date().isoformat(),
                "hour": f"{planned:%H:%M}",
                "place": s.place,
                "link": "",
                "chair": _person(s.chair),
                "note_taker": _person(s.taker),
                "invitation": {"number": s.letter[0], "date": s.letter[1].isoformat()} if s.letter else None,
                "opened_at": self.iso(s.opened),
                "closed_at": self.iso(s.closed),
                "adjournments": [],
                "recorded_late": s.recorded_late,
                "recorded_at": self.iso(s.opened_recorded) if s.recorded_late else "",
                "quorum": {"base": s.base, "needed": s.needed, "present": s.present, "met": s.met},
                "opening_words": s.opening,
                "closing_words": s.closing,
            },
            "basis": records.BASIS,
            "notes_number": "",
            "attendance": [self._attendance(row) for row in [*s.members, *s.others]],
            "items": [self._item(order, item) for order, item in enumerate(s.items, 1)],
            "annexes": [],
            "signatories": {
                "chair": {"name": s.chair.name, "office": _office(s.chair)},
                "members": [
                    {"name": row.post.name, "office": _office(row.post)} for row in present if row.post != s.chair
                ],
                "note_taker": {"name": s.taker.name, "nip": s.taker.nip},
                "head": {"name": s.head.name, "nip": s.head.nip, "office": _office(s.head)} if s.head else None,
            },
            "signing": {"place": self.head["place"], "date": s.dated.isoformat()},
            "final": None,
        }

    def _attendance(self, row):
        there = row.status == "present"
        return {
            "order": row.order,
            "name": row.post.name,
            "title": row.post.title,
            "element": records.ELEMENTS[row.element],
            "status": records.STATUSES[row.status],
            "mode": records.MODES[row.mode] if there else "",
            "arrived": self.iso(row.arrived) if there else "",
            "left": self.iso(row.left) if there else "",
            "away": [],
            "reason": row.reason,
        }

    def _item(self, order, item):
        return {
            "order": order,
            "title": item.piece.title,
            "access": item.access,
            "notes": item.notes,
            "outcome": item.fate,
            "reason": item.reason,
            "decisions": [self._decision(one) for one in item.decisions],
            "attachments": [],
            "reviewed": [],
        }

    def _decision(self, one):
        votes = [{"name": row.post.name, "vote": records.CHOICES[choice]} for row, choice in one.votes]
        return {
            "number": str(one.number or ""),
            "reference": f"{self.body.unit.code}/{one.year}/{one.number}" if one.number else "",
            "category": self.categories[one.category],
            "text": one.text,
            "manner": records.MANNERS[one.manner],
            "result": records.RESULTS[one.result],
            "tally": {c: sum(v["vote"] == c for v in votes) for c in records.CHOICES.values()},
            "votes": votes,
            "dissents": [{"name": row.post.name, "text": text} for row, text in one.dissents],
            "entitled": one.entitled,
            "present": one.present,
            "quorum_needed": one.needed,
            "reverses": "",
            "reverses_unratified": False,
            "follow_ups": [
                {"what": f.what, "responsible": self._doer(f), "due": f.due.isoformat()} for f in one.follow_ups
            ],
        }

    def _doer(self, follow_up):
        if follow_up.post is None:
            return f"Divisi {follow_up.division[1]}"
        return f"{follow_up.post.name} ({follow_up.post.title})"

    def final(self, s, record):
        """The record of the ratified minutes: who signed how, who ratified."""
        return {
            **record,
            "frozen_at": self.iso(s.ratified),
            "final": {
                "text_digest": s.digest,
                "text_frozen_at": record["frozen_at"],
                "ratified_at": self.iso(s.ratified),
                "ratified_by": {"name": s.chair.name, "office": _office(s.chair)},
                "signings": [
                    {
                        "name": row.post.name,
                        "way": records.WAYS[manner],
                        "at": self.iso(at),
                        "reason": reason,
                    }
                    for row, manner, reason, at, _by in s.signings
                ],
            },
        }
