"""The rows and ledger lines of one session, step by step as far as it has come."""

import hashlib

from bawaslu_portal.kernel.ledger import canonical
from bawaslu_portal.kernel.models import Document
from bawaslu_portal.national.copying import Json

from .. import models
from ..documents import PAPERS
from ..queries import MINUTES_PAPERS
from .session import DAY, MINUTE
from .words import PROGRESS

TITLES = {kind: str(PAPERS[kind][2])[:200] for kind in MINUTES_PAPERS}
KIND = "plenos.pleno"


def _digest(line):
    """As ``kernel.documents.digest``, of bytes that are canonical already."""
    return hashlib.sha256(line).hexdigest()


class Writing:
    """Writes the sessions of one life."""

    def __init__(self, life):
        self.life, self.body, self.now = life, life.body, life.nation.now
        self.put, self.reserve = life.put, life.writers.reserve

    def _line(self, s, at, step, by, before, after, **facts):
        s.version += 1
        self.life.chain.add(at, f"plenos.pleno.{step}", KIND, s.uuid, by.uuid, before, after, **facts)

    def session(self, s, continues=None):
        """Write a session as far as it has come by now; returns its id."""
        s.pk, s.uuid = self.reserve(models.Pleno)
        s.version = -1  # planning writes a line and counts as none
        s.state = "draft"
        self._plan(s)
        if not s.recorded_late:
            self._invite(s)
        if s.opened_recorded <= self.now and (s.recorded_late or s.state == "invited"):
            self._open(s)
        held = s.state == "open"
        if held and max(s.closed, s.opened_recorded) <= self.now:
            self._close(s)
        minutes = self._minutes(s) if s.state == "closed" and s.put_up else None
        self._pleno(s, continues)
        if held:
            self._attendance(s)
        self._items(s, held)
        if minutes:
            self._signed(s, minutes)
        if s.ratified:
            self._delivered(s)
        return s.pk

    def cancelled(self, s):
        """A session that was invited and then cancelled."""
        if s.invited > self.now or s.recorded_late:
            s.recorded_late = False
        s.pk, s.uuid = self.reserve(models.Pleno)
        s.version, s.state = -1, "draft"
        at = s.planned - 3 * 60 * MINUTE
        if at > self.now:
            return
        self._plan(s)
        reason = "Sebagian besar anggota bertugas di luar daerah."
        if s.invited < at:
            self._invite(s)
            number = self.life.number("plenos.undangan", self.body.day(at), s.uuid, s.taker.user, at)
            self.put(
                *(models.Invitation, s.pk, "cancel", 1, number, self.body.day(at), reason, s.planned, at, at),
                *(s.taker.user, True),
            )
        before, s.state = s.state, "cancelled"
        self._line(s, at, "cancel", s.taker, before, s.state)
        self._pleno(s, None, cancelled=(at, reason))

    # --- steps

    def _plan(self, s):
        self._line(*(s, s.planned_on, "plan", s.taker, "", "draft"), week=s.week_text, planned_at=s.planned.isoformat())

    def _invite(self, s):
        if s.invited > self.now:
            return
        day = self.body.day(s.invited)
        number = self.life.number("plenos.undangan", day, s.uuid, s.taker.user, s.invited)
        s.letter = (number, day)
        kept = (self.body.day(s.planned) - day).days >= self.body.settings["plenos.lead_days"]
        self.put(
            *(models.Invitation, s.pk, "first", 0, number, day, "", s.planned, s.invited, s.invited),
            *(s.taker.user, kept),
        )
        s.state = "invited"
        self._line(
            *(s, s.invited, "invite", s.taker, "draft", "invited"),
            number=number,
            sequence=0,
            issued_at=s.invited.isoformat(),
        )

    def _open(self, s):
        facts = {"opened_at": s.opened.isoformat(), "base": s.base, "needed": s.needed, "present": s.present}
        step = "open_held" if s.recorded_late else "open"
        self._line(s, s.opened_recorded, step, s.taker, s.state, "open", **facts)
        s.state = "open"
        for row in [*s.members, *s.others]:
            row.pk, row.uuid = self.reserve(models.Attendee)
        for item in s.items:
            item.pk, item.uuid = self.reserve(models.AgendaItem)

    def _close(self, s):
        """Decisions and fates as they came, then their numbers."""
        year, numbers = self.body.day(s.opened).year, []
        for item in s.items:
            at = max(item.at, s.opened_recorded)
            for one in item.decisions:
                one.pk, one.uuid = self.reserve(models.Decision)
                self._line(
                    *(s, at, "decide", s.taker, "open", "open"),
                    item=item.uuid,
                    decision=one.uuid,
                    manner=one.manner,
                    result=one.result,
                    present=one.present,
                    needed=one.needed,
                )
                if one.result != "tied":
                    one.year, one.number = year, self.life.decision_number(year)
                    numbers.append(one.number)
            if item.fate in ("deferred", "withdrawn"):
                step = "defer" if item.fate == "deferred" else "withdraw"
                self._line(s, at, step, s.taker, "open", "open", item=item.uuid)
        at = max(s.closed, s.opened_recorded)
        facts = {"closed_at": s.closed.isoformat(), "decisions": len(numbers), "numbers": numbers}
        self._line(s, at, "close", s.taker, "open", "closed", **facts)
        s.state = "closed"

    def _minutes(self, s):
        """Freeze the record and, where it has come to that, the final one."""
        s.number = self.life.number("plenos.berita_acara", s.dated, s.uuid, s.taker.user, s.put_up)
        record = self.life.frozen.minutes(s)
        line = canonical(record)
        s.digest = _digest(line)
        closed = s.access == "closed" or any(item.access == "closed" for item in s.items)
        s.minutes_access = "closed" if closed else "open"
        self._line(s, s.put_up, "put_up", s.taker, "closed", "signing", number=s.number, digest=s.digest, sequence=1)
        s.state = "signing"
        for row, manner, _reason, at, by in s.signings:
            step = "confirm" if manner == "confirmed" else "excuse"
            facts = {"attendee": row.uuid, "manner": manner, "digest": s.digest}
            self._line(s, at, step, by, "signing", "signing", **facts)
        pk, _uuid = self.put(
            *(models.Minutes, s.pk, 1, s.number, s.dated, Json(line.decode()), s.digest, s.minutes_access, s.put_up),
            *(s.taker.user, s.ratified, s.chair.user if s.ratified else None),
        )
        return pk, record

    def _signed(self, s, minutes):
        pk, record = minutes
        for row, manner, reason, at, by in s.signings:
            self.put(models.Signature, pk, row.pk, manner, s.digest, reason, at, by.user)
        if not s.ratified:
            return
        line = canonical(self.life.frozen.final(s, record))
        final, text = _digest(line), Json(line.decode())
        above = self.body.parent
        for kind, title in TITLES.items():
            self.put(
                *(Document, s.ratified, above and above.unit.pk, kind, title, s.number, record["classification"]),
                *(s.minutes_access, "pleno", s.uuid, text, final, s.ratified, s.chair.user),
            )
        facts = {"number": s.number, "digest": s.digest, "final": final}
        to = above.unit.code if above else ""
        self._line(s, s.ratified, "ratify", s.chair, "signing", "ratified", **facts, delivered_to=to)

    # --- rows

    def _pleno(self, s, continues, cancelled=(None, "")):
        held, closed = s.state not in ("draft", "invited", "cancelled"), s.state in ("closed", "signing", "ratified")
        if s.ratified:
            s.state = "ratified"
            s.version += 1
        above = self.body.parent.unit.pk if self.body.parent and s.ratified else None
        self.put(
            *(models.Pleno, s.ratified, above, s.week_year, s.week, s.ordinal, s.planned, s.place, s.access),
            *(s.occasion, continues, s.chair.id, s.taker.id, s.state, s.version, s.taker.user, s.planned_on),
            s.recorded_late,
            *((s.opened, s.opened_recorded, s.base, s.needed, s.present, s.met) if held else (None,) * 6),
            *((s.closed, max(s.closed, s.opened_recorded)) if closed else (None, None)),
            *((s.opening, s.closing) if closed else ("", "")),
            *(*cancelled, s.ratified),
            key=(s.pk, s.uuid),
        )

    def _attendance(self, s):
        for row in [*s.members, *s.others]:
            post = row.post
            self.put(
                *(models.Attendee, s.pk, row.element, post.id, post.user, post.name, post.title, row.order),
                *(row.status, row.mode, row.reason, row.arrived, row.left, s.opened_recorded),
                key=(row.pk, row.uuid),
            )

    def _items(self, s, held):
        closed = s.state in ("closed", "signing", "ratified")
        for order, item in enumerate(s.items, 1):
            key = (item.pk, item.uuid) if held else self.reserve(models.AgendaItem)
            item.pk = key[0]
            said = (item.fate, item.reason, item.at, item.notes) if closed else ("waiting", "", None, "")
            division = self.body.divisions[item.piece.division][0] if item.piece.division is not None else None
            noted = (1, item.at) if said[3] else (0, None)
            self.put(
                *(models.AgendaItem, s.pk, order, item.piece.title, item.piece.proposer, item.access, *said, *noted),
                *(item.carried, division),
                key=key,
            )
            for one in item.decisions if closed else ():
                self._decision(s, item, one)

    def _decision(self, s, item, one):
        at = max(one.at, s.opened_recorded)
        self.put(
            *(models.Decision, item.pk, s.pk, one.category, one.text, one.manner, one.result, one.at, at),
            *(s.taker.user, one.entitled, one.present, one.needed, one.number, one.year),
            key=(one.pk, one.uuid),
        )
        for row, choice in one.votes:
            self.put(models.Vote, one.pk, row.pk, choice)
        for row, text in one.dissents:
            self.put(models.Dissent, one.pk, row.pk, text)
        for follow_up in one.follow_ups:
            self._follow_up(s, one, follow_up)

    def _follow_up(self, s, one, follow_up):
        """What became of it: noted, reported done and confirmed by another, stopped, or still open."""
        chance = self.body.chance
        key = self.reserve(models.FollowUp)
        due = self.body.moment(follow_up.due, 9)
        reported = due + chance.randrange(-4, 3) * DAY if chance.random() < 0.85 else due + chance.randrange(30) * DAY
        reported = max(reported, s.closed + 60 * MINUTE)
        doer = follow_up.post or s.taker
        after = reported + chance.randrange(1, 90) * 60 * MINUTE
        boss = self.body.serving(after, "chair")
        steps = [("reported", reported, doer, "reported"), ("confirmed", after, boss and boss[0], "done")]
        if chance.random() < 0.02:
            steps = [("stopped", reported, s.chair, "stopped")]
        elif chance.random() < 0.3:
            noted = s.closed + (reported - s.closed) / 2
            steps.insert(0, ("note", noted.replace(microsecond=0), doer, None))
        state, settled, done = "open", None, []
        for name, at, by, to in steps:
            if at > self.now or not by or (name == "confirmed" and by.user == doer.user):
                break
            text = chance.choice(PROGRESS[name])
            done.append((name, at, by, text, state, to or state))
            state = to or state
            settled = at if state in ("done", "stopped") else None
        post, division = follow_up.post, follow_up.division
        self.put(
            *(models.FollowUp, s.pk, one.pk, follow_up.what, post and post.id, division and division[0]),
            *(follow_up.due, state, settled),
            key=key,
        )
        reference = f"{self.body.unit.code}/{one.year}/{one.number}"
        for name, at, by, text, before, now in done:
            _pk, uuid = self.put(models.Progress, key[0], name, text, at, by.user)
            self.life.chain.add(
                *(at, f"plenos.follow_up.{name}", "plenos.followup", key[1], by.uuid, before, now),
                progress=uuid,
                decision=reference,
                files=0,
            )

    def _delivered(self, s):
        """Someone of the level above marks most of them read."""
        chance, above = self.body.chance, self.body.parent
        at = s.ratified + chance.randrange(3, 200) * 60 * MINUTE
        if above is None or at > self.now or chance.random() > 0.8:
            return
        reader = above.serving(at, "supervision_staff")[0]
        self.put(models.Reading, s.pk, reader.user, above.unit.pk, at)
        self.life.chain.add(
            *(at, "plenos.pleno.mark_read", KIND, s.uuid, reader.uuid, "ratified", "ratified"),
            unit=above.unit.code,
        )
