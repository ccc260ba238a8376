"""What one session was, in memory: who came, what was said and decided, and when each step was taken."""

import datetime
from dataclasses import dataclass, field

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)
LATE, EARLY, ONLINE, VOTED, TIED = 0.05, 0.03, 0.12, 0.1, 0.04


@dataclass
class Row:
    """One line of the attendance."""

    post: object
    order: int
    element: str = "member"
    status: str = "present"
    mode: str = "onsite"
    reason: str = ""
    arrived: object = None
    left: object = None
    pk: int = 0
    uuid: str = ""

    def there(self, moment):
        return self.status == "present" and self.arrived <= moment and (self.left is None or self.left > moment)


@dataclass
class Decided:
    """A decision with its votes."""

    category: str
    text: str
    at: object
    entitled: int
    present: int
    needed: int
    manner: str = "consensus"
    result: str = "accepted"
    votes: list = field(default_factory=list)
    dissents: list = field(default_factory=list)
    follow_ups: list = field(default_factory=list)
    number: int | None = None
    year: int | None = None
    uuid: str = ""
    pk: int = 0


@dataclass
class FollowUp:
    what: str
    due: datetime.date
    post: object = None
    division: tuple | None = None


@dataclass
class Item:
    """One item of the agenda; ``carried`` is the id of the deferred one that it takes up again."""

    piece: object
    access: str
    carried: int | None = None
    notes: str = ""
    fate: str = "waiting"
    reason: str = ""
    at: object = None
    decisions: list = field(default_factory=list)
    pk: int = 0
    uuid: str = ""


class Session:
    """A session with its steps; a moment that has not come by ``now`` is None, as are those after it."""

    def __init__(self, life, monday, planned, *, ordinal, occasion="weekly", fail=False, late_minutes=False):
        body, chance = life.body, life.body.chance
        self.week_year, self.week = monday.isocalendar()[:2]
        self.week_text = f"{self.week_year}-W{self.week:02d}"
        self.ordinal, self.occasion, self.planned = ordinal, occasion, planned
        self.place = "Ruang rapat" if chance.random() < 0.9 else "Ruang pertemuan lantai dua"
        self.access = "open" if chance.random() < 0.25 else "closed"
        self.recorded_late = chance.random() < 0.015
        self.taker = body.serving(planned, "note_taker")[0]
        self.head = next(iter(body.serving(planned, "head_of_secretariat")), None)
        self.office = body.serving(planned, "chair", "member")
        self.base = len(self.office)
        self.needed = self.base // 2 + 1
        self.chair = self.office[0]
        self.late_minutes, self.fail = late_minutes, fail
        self.lead = 0 if chance.random() < 0.07 else chance.choice((1, 1, 2, 3))
        self.planned_on = planned - (self.lead + 1) * DAY - chance.randrange(60) * MINUTE
        self.invited = planned - self.lead * DAY - chance.randrange(40, 150) * MINUTE
        self.opened = planned + chance.randrange(0, 14) * MINUTE + chance.randrange(60) * MINUTE / 60
        self.opened_recorded, self.put_up, self.ratified = self.opened, None, None
        self.letter, self.letter_pk, self.number, self.digest, self.signings = None, 0, "", "", []
        if self.recorded_late:
            self.opened_recorded = self.opened + chance.randrange(26, 70) * MINUTE * 60
            self.planned_on = self.opened_recorded - 20 * MINUTE
        self._attend(life, chance)

    def _attend(self, life, chance):
        away = 0.03 + (1 - life.body.care) * 0.14
        self.members = [Row(post, order) for order, post in enumerate(self.office, 1)]
        absent = {n for n in range(self.base) if chance.random() < away}
        least = self.base - self.needed + 1  # so many absent are too many
        if self.fail:
            absent = set(range(self.base - least, self.base)) or absent
        while not self.fail and len(absent) >= least:
            absent.pop()
        for n, row in enumerate(self.members):
            if n in absent:
                row.status = chance.choice(("on_duty", "on_duty", "excused", "ill", "unexplained"))
                row.reason = chance.choice(life.words.AWAY[row.status])
            else:
                row.arrived = self.opened
                row.mode = "online" if chance.random() < ONLINE else "onsite"
        present = [row for row in self.members if row.status == "present"]
        self.chair = (
            present[0].post if present[0].post.role == "chair" else min(present, key=lambda r: r.post.born).post
        )
        if not self.fail:
            for row in present[self.needed :]:
                if chance.random() < LATE and row.post != self.chair:
                    row.arrived = self.opened + chance.randrange(4, 25) * MINUTE
        secretariat = [post for post in (self.head, self.taker) if post]
        self.others = [
            Row(post, order, "secretariat", arrived=self.opened) for order, post in enumerate(secretariat, 1)
        ]
        self.present = max(sum(m.there(a.arrived) for m in present) for a in present)
        self.met = self.present >= self.needed

    def discuss(self, life, pieces, carried=()):
        """Go through the agenda: ``pieces``, and ``carried`` (id, piece) of what was put off before."""
        chance = life.body.chance
        self.items = [Item(piece, self._access(chance), pk) for pk, piece in carried]
        self.items += [Item(piece, self._access(chance)) for piece in pieces]
        moment = self.opened + 6 * MINUTE
        for item in self.items:
            moment += chance.randrange(5, 20) * MINUTE + chance.randrange(60) * MINUTE / 60
            self._settle(life, item, moment, chance)
        leavers = [r for r in self.members if r.status == "present" and r.post != self.chair]
        last = max(row.arrived for row in [*leavers, *self.others])
        self.closed = max(moment, last) + chance.randrange(3, 12) * MINUTE
        if leavers and chance.random() < EARLY:
            leavers[-1].left = self.closed - MINUTE
        self.opening, self.closing = chance.choice(life.words.OPENING), chance.choice(life.words.CLOSING)

    def _access(self, chance):
        return "closed" if self.access == "closed" or chance.random() < 0.1 else "open"

    def _settle(self, life, item, moment, chance):
        item.at = moment
        if not self.met or chance.random() < 0.04:
            item.fate = "deferred"
            item.reason = "Kuorum tidak tercapai" if not self.met else chance.choice(life.words.DEFERRED)
            return
        item.notes = item.piece.notes
        if chance.random() < 0.005:
            item.fate, item.reason = "withdrawn", "Ditarik pengusul untuk dilengkapi"
            return
        room = [row for row in self.members if row.there(moment)]
        one = Decided(item.piece.category, item.piece.text, moment, self.base, len(room), self.needed)
        item.decisions.append(one)
        item.fate = "decided"
        if chance.random() < VOTED:
            self._vote(one, room, item, chance)
        if one.result == "tied":
            item.fate, item.reason = "deferred", "Suara berimbang; dibahas kembali"
        elif one.result == "accepted" and item.piece.follow_up:
            self._follow_up(life, one, item.piece, chance)

    def _vote(self, one, room, item, chance):
        one.manner = "vote"
        against = 1 if chance.random() < 0.85 else 2
        if len(room) % 2 == 0 and chance.random() < TIED:
            against = len(room) // 2
        choices = ["against"] * against + ["agree"] * (len(room) - against)
        chance.shuffle(choices)
        one.votes = list(zip(room, choices, strict=True))
        agree = len(room) - against
        one.result = "tied" if agree == against else "accepted" if agree > against else "rejected"
        if chance.random() < 0.25 and item.piece.dissent:
            row = next(row for row, choice in one.votes if choice == "against")
            one.dissents.append((row, item.piece.dissent))

    def _follow_up(self, life, one, piece, chance):
        division = life.body.divisions[piece.division] if piece.division is not None else None
        due = life.body.day(self.opened) + chance.randrange(4, 22) * DAY
        if division and chance.random() < 0.5:
            one.follow_ups.append(FollowUp(piece.follow_up, due, division=division))
        else:
            post = next((p for p in self.office if division and p.division == division[0]), self.taker)
            one.follow_ups.append(FollowUp(piece.follow_up, due, post=post))

    def sign(self, life):
        """Put up, confirmed by each who was there, ratified: in time or late."""
        chance, now = life.body.chance, life.nation.now
        days = chance.randrange(8, 19) if self.late_minutes else chance.choice((0, 0, 1, 1, 2))
        base = max(self.closed, self.opened_recorded) + days * DAY
        self.put_up = base + chance.randrange(20, 200) * MINUTE
        if self.put_up > now:
            self.put_up = None
            return
        self.dated = life.body.day(self.opened)
        at = self.put_up
        present = [row for row in self.members if row.status == "present"]
        for row in present:
            at += chance.randrange(2, 160) * MINUTE
            refused = row.post != self.chair and chance.random() < 0.015
            if at <= now:
                manner = ("not_signed", "Sedang cuti di luar daerah") if refused else ("confirmed", "")
                self.signings.append((row, *manner, at, self.taker if refused else row.post))
        at += chance.randrange(5, 120) * MINUTE
        if at <= now and len(self.signings) == len(present):
            self.ratified = at
