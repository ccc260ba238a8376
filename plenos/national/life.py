"""The weeks of one body: what became of each, and its sessions."""

import datetime

from bawaslu_portal.kernel import numbering
from bawaslu_portal.kernel.letterhead import body_of
from bawaslu_portal.kernel.models import Counter, DutyRuling, NumberUse, Remark
from bawaslu_portal.kernel.numbering import DECISIONS
from bawaslu_portal.national import uuids

from ..compliance import HELD_DUTY, MINUTES_DUTY
from . import words
from .records import Frozen
from .session import DAY, MINUTE, Session
from .tables import Writers
from .writing import Writing

SITTING = datetime.timedelta(hours=3)  # longer than any session
RECENT = datetime.timedelta(weeks=8)


class Life:
    """One body through the years: ``week`` for each Monday in order, then ``end``."""

    words = words

    def __init__(self, nation, body, copy, chain):
        self.nation, self.body, self.chain = nation, body, chain
        self.fresh = uuids(body.draws("plenos"))
        self.writers = Writers(body, copy, self.fresh)
        self.put = self.writers.put
        self.speech = words.Speech(body)
        self.frozen = Frozen(body, body_of(body.unit))
        self.counters, self.put_off, self.starts = {}, [], []
        self.writing = Writing(self)

    # --- numbers

    def count(self, series, year):
        """The next number of a series."""
        self.counters[series, year] = value = self.counters.get((series, year), 0) + 1
        return value

    def number(self, kind, day, about, by, at):
        """Draw the number of a letter or of minutes, as ``numbering.draw`` does."""
        held = self.body.settings
        code = held[f"numbering.{kind}.code"]
        value = self.count(code, day.year)
        text = numbering.write(
            held["numbering.template"],
            value=value,
            suffix=0,
            code=code,
            unit=held["numbering.unit"],
            signer="K",
            day=day,
        )
        self.put(NumberUse, code, day.year, value, text, day, kind, about, by, at)
        return text

    def decision_number(self, year):
        return self.count(DECISIONS, year)

    # --- weeks

    def week(self, monday):
        """What became of the week that begins on ``monday``."""
        body, chance = self.body, self.body.chance
        days = [monday + n * DAY for n in range(5)]
        days = [day for day in days if body.calendar.is_working_day(body.unit, day)]
        year, week, _day = monday.isocalendar()
        period = f"{year}-W{week:02d}"
        if not days:
            return
        slack = 1 - body.care
        fate = chance.random()
        limits = (0.005 + slack * 0.08, 0.016 + slack * 0.1, 0.026 + slack * 0.16, 0.036 + slack * 0.17)
        if fate < limits[0]:
            self._missing(monday, period)
        elif fate < limits[1]:
            self._declared(monday, period)
        elif fate < limits[2]:
            late = monday + 7 * DAY + chance.randrange(3) * DAY
            self._hold(monday, late, period, slack)
        else:
            self._hold(monday, self._day(days), period, slack, cancelled=fate > 0.992, fail=fate < limits[3])

    def end(self):
        """Write how far each series of numbers has come."""
        for (series, year), last in self.counters.items():
            self.put(Counter, series, year, last)

    def _day(self, days):
        wished = days[0] + (self.body.settings["plenos.weekday"] - days[0].isoweekday()) * DAY
        return wished if wished in days else self.body.chance.choice(days)

    def _hour(self, day):
        hour, minute = self.body.settings["plenos.hour"].split(":")
        return self._slot(self.body.moment(day, int(hour), int(minute)))

    def _slot(self, moment):
        """``moment``, or later where the body sits already: two sessions never overlap."""
        while any(abs(moment - start) < SITTING for start in self.starts[-8:]):
            moment += SITTING
        self.starts.append(moment)
        return moment

    def _hold(self, monday, day, period, slack, *, cancelled=False, fail=False):
        chance, ordinal, first = self.body.chance, 1, None
        if cancelled:
            session = Session(self, monday, self._hour(day), ordinal=ordinal)
            self.writing.cancelled(session)
            day, ordinal = day + DAY, 2
        late = chance.random() < 0.02 + slack * 0.25
        session = Session(self, monday, self._hour(day), ordinal=ordinal, fail=fail, late_minutes=late)
        first = self._play(session, period, weekly=True)
        if fail and first and chance.random() < 0.6:
            day, ordinal = day + 2 * DAY, ordinal + 1
            session = Session(self, monday, self._hour(day), ordinal=ordinal, occasion="continued")
            self._play(session, period, weekly=True, continues=first)
        elif chance.random() < 0.1:
            moment = self.body.moment(monday + chance.choice((3, 4)) * DAY, 15)
            if moment > session.planned:
                session = Session(self, monday, self._slot(moment), ordinal=ordinal + 1, occasion="incidental")
                self._play(session, period, weekly=False)

    def _play(self, session, period, *, weekly, continues=None):
        """Discuss, sign and write one session. Returns its id, or None where it is not yet planned."""
        if session.planned_on > self.nation.now:
            return None
        speech = self.speech
        pieces = speech.agenda(speech.words(self.body.day(session.planned)), weekly=weekly)
        carried, self.put_off = self.put_off[:2], []
        session.discuss(self, pieces, carried)
        if max(session.closed, session.opened_recorded) <= self.nation.now:
            session.sign(self)
        pk = self.writing.session(session, continues)
        if session.state in ("closed", "signing", "ratified"):
            self.put_off = [(i.pk, i.piece) for i in session.items if i.fate == "deferred" and i.carried is None]
        self._afterwards(session, period)
        return pk

    def _afterwards(self, session, period):
        """An extension that was asked for, and minutes that the level above sent back not long ago."""
        duty, chance, now = self.body.owed.get((MINUTES_DUTY, period)), self.body.chance, self.nation.now
        if not duty or not self.body.parent:
            return
        if session.late_minutes and session.closed <= now and chance.random() < 0.12:
            at, until = duty[2] - chance.randrange(2, 8) * 60 * MINUTE, duty[2] + 7 * DAY
            self._rule(duty, MINUTES_DUTY, period, "extended", "Anggota bertugas di luar daerah.", at, until=until)
        elif session.ratified and now - session.ratified < RECENT and chance.random() < 0.03:
            at = session.ratified + chance.randrange(20, 90) * 60 * MINUTE
            self._rule(
                *(duty, MINUTES_DUTY, period, "returned"),
                "Uraian keputusan kedua tidak menyebut penanggung jawab; mohon diperbaiki.",
                at,
                about=session.uuid,
            )

    def _declared(self, monday, period):
        duty, body, chance = self.body.owed.get((HELD_DUTY, period)), self.body, self.body.chance
        if not duty or not body.parent:
            return
        taker = body.serving(body.moment(monday), "note_taker")[0]
        at = body.moment(monday + 3 * DAY, 9, chance.randrange(60))
        if not self._rule(duty, HELD_DUTY, period, "declared", chance.choice(words.EXCUSES), at, by=taker):
            return
        kind = "granted" if chance.random() < 0.75 else "declined"
        reason = "Alasan dapat diterima." if kind == "granted" else "Pleno dapat dilakukan daring pada hari lain."
        later = at + chance.randrange(20, 120) * 60 * MINUTE
        self._rule(duty, HELD_DUTY, period, kind, reason, later, before="declared")

    def _rule(self, duty, kind, period, ruling, reason, at, *, by=None, until=None, about=None, before=""):
        """One ruling, by someone of the unit or of the level above. Returns whether it has come to that."""
        above = self.body.parent
        by_unit = self.body.unit if by else above.unit
        by = by or above.serving(at, "supervision_staff")[0]
        if at > self.nation.now:
            return False
        moment = until.astimezone(datetime.UTC) if until else None
        _pk, uuid = self.put(DutyRuling, duty[0], duty[3], ruling, reason, moment, about, by.user, by_unit.pk, at)
        facts = {"until": f"{moment + self.body.offset:%d-%m-%Y %H.%M}"} if until else {}
        self.chain.add(
            *(at.astimezone(datetime.UTC), f"kernel.duty.{ruling}", "kernel.duty", duty[1], by.uuid, before, ruling),
            period=period,
            duty=kind,
            ruling=uuid,
            **facts,
        )
        return True

    def _missing(self, monday, period):
        """Nothing was held or said; sometimes the level above asks, and is answered."""
        duty, body, chance = self.body.owed.get((HELD_DUTY, period)), self.body, self.body.chance
        at = body.moment(monday + 8 * DAY, 9, chance.randrange(60))
        if not duty or not body.parent or at > self.nation.now or chance.random() < 0.5:
            return
        by = body.parent.serving(at, "supervision_staff")[0]
        text = "Mohon penjelasan mengapa pleno minggu ini tidak dilaksanakan atau dilaporkan."
        asked, _uuid = self.put(
            *(Remark, "duty", duty[1], "asked", text, None, by.user, body.parent.unit.pk, at),
        )
        answered = at + chance.randrange(10, 160) * 60 * MINUTE
        if answered <= self.nation.now and chance.random() < 0.8:
            by = body.serving(answered, "note_taker")[0]
            self.put(
                *(Remark, "duty", duty[1], "answered", chance.choice(words.EXCUSES), asked),
                *(by.user, body.unit.pk, answered),
            )
