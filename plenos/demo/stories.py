"""What becomes of a pleno, told as the acts of its people one after the other. Every act is a verb of the lifecycle."""

import datetime

from bawaslu_portal.kernel import clock

from .. import lifecycle, permissions, preparation, queries
from ..models import Decision
from ..models.items import ABSTAIN, AGAINST, AGREE
from . import afterwards, breaks, season, words
from .scans import scan
from .words import pick


def minutes(number):
    """So many minutes."""
    return datetime.timedelta(minutes=number)


def days(number):
    """So many days."""
    return datetime.timedelta(days=number)


class Story:
    """One row of the list, told."""

    def __init__(self, office, row):
        self.office, self.row, self.unit = office, row, office.unit
        self.by, self.head = office.person(office.note_taker.user), office.person(office.head.user)
        self.monday = row.monday(office.today)
        self.late = row.what == "recorded_late"
        self.planned_at = self._usual()
        self.pleno = self.pieces = None

    def pick(self, options, *more):
        """One of ``options``, always the same for this row."""
        return pick(options, self.unit.code, self.row.week, self.row.what, *more)

    def _usual(self):
        """When it is planned: by habit, a day later where that is a holiday; today's weeks as ``_around_now`` says."""
        habit, typed = self.office.habit, self.row.when
        weekday, hour = int(habit["weekday"]), habit["hour"]
        if "incidental" in self.row.matters:
            weekday, hour = min(weekday + 2, 5), "14:00"
        if typed and self.row.what != "rescheduled":
            weekday, hour = int(typed.split()[0]), typed.split()[1]
        if self.row.week == "0":
            return self._around_now()
        day = self.monday + days(weekday - 1)
        if day in season.HOLIDAYS:
            day = season.working_day(day, 1)
        return self.office.at(day, *map(int, hour.split(":")))

    def _around_now(self):
        """A session under way began a little while ago; one that is invited stands ahead, in this week if it can."""
        now = clock.local(self.office.now, self.unit).replace(second=0, microsecond=0)
        now -= minutes(now.minute % 5)
        if self.row.what == "open":
            return now - minutes(40)
        tomorrow = self.office.at(now.date() + days(1), *map(int, self.office.habit["hour"].split(":")))
        if now.hour < 14:
            return max(now + minutes(120), self.office.at(now.date(), 10))
        return tomorrow if now.isoweekday() < 7 else now + minutes(55)

    def tell(self):
        """All of it: preparing, holding, the minutes, their reading."""
        what = self.row.what
        if self.late:
            yield from self.enter_afterwards()
        else:
            yield from self.prepare()
            if what in ("draft", "invited"):
                return
            if what == "cancelled":
                yield self.planned_at - minutes(17 * 60)
                lifecycle.cancel(self.pleno, by=self.by, reason="Ketua dan para Anggota bertugas di luar daerah")
                return
            yield from self.hold()
        if what in ("open", "minutes_open"):
            return
        yield from self.sign()
        if what != "signing":
            yield from self.read()
        yield from afterwards.tell(self)

    # --- before ---------------------------------------------------------------------------------------------

    def _agenda(self):
        unit, row = self.unit, self.row
        friday, before = self.monday + days(4), self.monday - days(7)
        number = None if row.relative else int(row.week[-2:])
        spoken = words.words_of(unit, self.monday, friday, (before, before + days(4)))
        self.spoken = spoken
        apart = bool(self.office.habit["apart"])
        pieces = words.agenda(unit, self.office.names, number, spoken, apart=apart)
        if "incidental" in row.matters:
            pieces = [piece for piece in pieces if piece.topic]
        carried, self.office.carried = self.office.carried, []
        if "withdrawn" in row.matters:
            pieces.append(words.Piece(words.WITHDRAWN[0], "other", "", "", "Kepala Sekretariat"))
        return [*pieces, *carried]

    def _plan(self):
        row = self.row
        self.pieces = self._agenda()
        guests = [self.pick(words.GUESTS, "g")] if "guest" in row.matters else []
        note_taker = self.office.note_taker
        waiting = {} if self.late else {item.title: item for item in preparation.pending(self.unit)}
        self.pleno = lifecycle.plan(
            self.unit,
            by=self.by,
            year=self.monday.isocalendar()[0],
            week=self.monday.isocalendar()[1],
            planned_at=self.planned_at,
            place=self.office.habit["place"],
            link=self._link(),
            access="open" if "open" in row.matters else "closed",
            occasion="incidental" if "incidental" in row.matters else "weekly",
            note_taker=note_taker,
            agenda=[
                {
                    "title": piece.title,
                    "proposer": piece.proposer,
                    "standing_kind": piece.standing_kind,
                    "carried_from": waiting.pop(piece.title, None),
                }
                for piece in self.pieces
            ],
            guests=[{"name": n.format(**self.spoken), "title": t.format(**self.spoken)} for n, t in guests],
            recorded_late=self.late,
        )
        for item in waiting.values() if self.pleno.occasion == "weekly" else ():
            lifecycle.drop(item, by=self.by, reason="Sudah tercakup dalam agenda rutin pekan ini")

    def _link(self):
        if "online" not in self.row.away.values():
            return ""
        return f"https://rapat.contoh.invalid/{self.unit.code.replace('.', '-')}"

    def prepare(self):
        """The note-taker plans it and sends the invitation, as many working days before as the unit wants."""
        lead = int(self.office.habit["lead_days"])
        day = season.working_day(self.planned_at.date(), -lead - self.pick((0, 0, 1), "lead"))
        if self.row.week in ("0", "+1"):
            day = self.office.today - days(2)
        yield self.office.at(day, 13, self.pick((5, 20, 40), "plan"))
        self._plan()
        if self.row.what == "draft":
            return
        yield self.office.at(day, 15, self.pick((0, 15, 35), "invite"))
        lifecycle.invite(self.pleno, by=self.head if self.pick((0, 1), "who") else self.by)
        if self.row.what == "rescheduled":
            yield self.planned_at - minutes(16 * 60)
            weekday, hour = self.row.when.split()
            self.planned_at = self.office.at(self.monday + days(int(weekday) - 1), *map(int, hour.split(":")))
            lifecycle.reschedule(
                self.pleno,
                by=self.by,
                planned_at=self.planned_at,
                place=self.pleno.place,
                link=self.pleno.link,
                reason="Ketua menghadiri rapat koordinasi di tingkat provinsi",
            )

    def enter_afterwards(self):
        """Held on paper; typed in on a later day, with the scan of the attendance list."""
        day = self._after_deadline(self.pick((1, 4, 8), "late"))
        yield self.office.at(day, 9, 30)
        self._plan()
        for _moment in self.hold():
            pass
        paper = scan("Daftar hadir rapat pleno", self.unit.name, f"Minggu {self.row.week}")
        lifecycle.add_scan(self.pleno, by=self.by, file=paper, caption="Daftar hadir bertanda tangan")

    # --- the session ----------------------------------------------------------------------------------------

    def _when(self, moment):
        """Typed for a session entered afterwards, else the clock's own."""
        return {"happened_at": moment} if self.late else {}

    def hold(self):
        """Opening, attendance, every item, closing; stops half way for one that is still under way."""
        moment = self.planned_at + minutes(self.pick((2, 5, 8, 14), "open"))
        yield moment
        chair = self._open(moment)
        if self.pleno.without_quorum:
            yield from self._without_quorum(moment)
            return
        moment += minutes(5)
        items = list(self.pleno.items.all())
        for number, (item, piece) in enumerate(zip(items, self.pieces, strict=True)):
            if number == 1:
                yield from self._latecomers(moment + minutes(2), "late")
                moment += minutes(2)
                if "adjourned" in self.row.matters:
                    moment = yield from breaks.adjourned(self, moment + minutes(3))
                if "lost" in self.row.matters:
                    yield from breaks.lost(self, moment + minutes(3))
                    return
            moment += minutes(self.pick((6, 9, 12), "talk", number))
            yield moment
            if self.row.what == "open" and number == len(items) - 1:
                lifecycle.write_notes(item, by=self.by, text=piece.notes, version=0)
                return
            if "photo" in self.row.matters and number == 0:
                breaks.papers(self, item)
            self._settle(item, piece, moment, last=number == len(items) - 1)
            if number == len(items) - 2:
                yield from self._latecomers(moment + minutes(1), "left")
                moment += minutes(1)
        moment += minutes(6)
        yield moment
        lifecycle.close(self.pleno, by=chair if self.pick((0, 1, 1), "closer") else self.by, **self._when(moment))

    def _open(self, moment):
        """Open with the exceptions of the row; where the chair is away the oldest member takes the chair."""
        exceptions, there = {}, []
        for member in self.office.members(moment):
            how = self.row.away.get(member.order)
            if how == "online":
                exceptions[member.pk] = {"mode": "online"}
            elif how and how != "left":
                status = "excused" if how == "late" else how
                exceptions[member.pk] = {"status": status, "reason": self.pick(words.AWAY[how], "away")}
            if how in (None, "online", "left"):
                there.append(member)
        chair = None
        if self.pleno.chair_id not in {member.pk for member in there}:
            chair = queries.eldest(there)
        facts = self._when(moment)
        if self.late:
            facts["invitation"] = {"number": f"{self.monday.isocalendar()[1]:02d}/UND-P/{moment:%m/%Y}"}
        lifecycle.open_session(self.pleno, by=self.by, exceptions=exceptions, chair=chair, **facts)
        self.pleno.refresh_from_db()
        chair = self.office.person(self.pleno.chair.user)
        return chair if permissions.may_prepare(chair, self.pleno) else self.by

    def _latecomers(self, moment, how):
        """Who comes late or leaves early, when the clock has come to it."""
        for seat in [seat for seat, away in self.row.away.items() if away == how]:
            yield moment
            attendee = self.pleno.attendees.members().get(order=seat)
            facts = {"arrived_at": moment} if how == "late" else {"left_at": moment}
            lifecycle.set_attendance(attendee, by=self.by, status="present", **facts)

    def _without_quorum(self, moment):
        moment += minutes(45)
        yield moment
        for item in self.pleno.items.all():
            lifecycle.defer(
                item, by=self.by, reason="Kuorum tidak terpenuhi; dibahas pada pleno berikutnya", **self._when(moment)
            )
        self.office.carried += [piece for piece in self.pieces if piece.topic][:1]
        moment += minutes(5)
        yield moment
        lifecycle.close(self.pleno, by=self.by, **self._when(moment))

    def _settle(self, item, piece, moment, *, last):
        """Notes, then what the item came to: decided, put off, or taken back."""
        when, row = self._when(moment), self.row
        if piece.notes:
            lifecycle.write_notes(item, by=self.by, text=piece.notes, version=0)
        if piece.title == words.WITHDRAWN[0]:
            lifecycle.withdraw(item, by=self.by, reason=words.WITHDRAWN[1], **when)
        elif "deferred" in row.matters and last:
            lifecycle.defer(item, by=self.by, reason=self.pick(words.DEFER).format(**self.spoken), **when)
            self.office.carried.append(piece)
        else:
            self._decide(item, piece, moment, contested="vote" in row.matters and last)

    def _decide(self, item, piece, moment, *, contested):
        facts = self._when(moment)
        if contested:
            there = [a for a in self.pleno.attendees.members().with_absences() if a.in_room_at(moment)]
            votes = {attendee.pk: AGREE for attendee in there}
            against = there[-1]
            votes[against.pk] = AGAINST
            if len(there) > 3 and self.pick((0, 1), "abstain"):
                votes[there[-2].pk] = ABSTAIN
            facts |= {"manner": "vote", "votes": votes}
            if "dissent" in self.row.matters:
                facts["dissents"] = {against.pk: piece.dissent}
        if piece.follow_up:
            due = season.working_day(moment.date(), self.pick((3, 4, 7, 10), "due", piece.title))
            responsible = self.office.coordinator(piece.division, moment)
            whole = self.office.divisions.get(piece.division) if self.pick((0, 0, 1), "whole", piece.title) else None
            doer = {"division": whole} if whole else {"responsible": responsible}
            facts["follow_ups"] = [{"what": piece.follow_up, **doer, "due": due}]
        text = piece.text
        if "reversing" in self.row.matters and item.order == 2:
            earlier = self._earlier(item)
            facts["reverses"] = earlier
            text = f"Mencabut keputusan {earlier.reference}. {text}"
        lifecycle.decide(item, by=self.by, category=piece.category, text=text, **facts)

    def _earlier(self, item):
        """The decision on the same place of the agenda a week before."""
        before = Decision.objects.standing().numbered().filter(organisation=self.unit, item__order=item.order)
        return before.select_related("organisation").order_by("-year", "-number").first()

    def _after_deadline(self, number):
        """So many working days after the minutes of the week were due."""
        return season.working_day(self.monday + days(6), int(self.office.habit["minutes_days"]) + number)

    # --- the minutes ----------------------------------------------------------------------------------------

    def sign(self):
        """Put up, confirmed or signed by hand, ratified; late, taken back or left waiting as the row says."""
        row = self.row
        began = self.pleno.closed_at if not self.late else clock.now()
        wait = 1 if self.late else self.pick((0, 1, 1), "minutes")
        day = season.working_day(clock.local(began, self.unit).date(), wait)
        if row.what == "held_late":
            day = self._after_deadline(self.pick((1, 3, 6), "minutes"))
        moment = max(self.office.at(day, self.pick((10, 11, 14), "up"), 20), clock.now() + minutes(35))
        yield moment
        lifecycle.word(
            self.pleno,
            by=self.by,
            opening_words=self.pick(words.OPENING, "o"),
            closing_words=self.pick(words.CLOSING, "c"),
        )
        lifecycle.put_up(self.pleno, by=self.by, number=self._typed_number())
        if row.what == "taken_back":
            yield moment + minutes(50)
            self._sign_for(self._present()[0])
            yield moment + minutes(95)
            lifecycle.take_back(self.pleno, by=self.head, reason="Nama kegiatan pada agenda kedua perlu diperbaiki")
            yield moment + minutes(140)
            lifecycle.put_up(self.pleno, by=self.by)
            moment += minutes(140)
        present = self._present()
        for number, attendee in enumerate(present):
            if row.what == "signing" and "confirmed" not in row.matters and number >= max(1, len(present) - 3):
                return
            moment += minutes(self.pick((7, 18, 31, 46), "sign", number))
            yield moment
            self._sign_for(attendee, refuses="refused" in row.matters and number == len(present) - 1)
        if row.what == "signing":
            return
        day = season.working_day(clock.local(moment, self.unit).date(), self.pick((0, 1), "ratify"))
        yield max(moment + minutes(25), self.office.at(day, 15, 10))
        lifecycle.ratify(self.pleno, by=self._ratifier())

    def _typed_number(self):
        if not self.office.habit["typed"]:
            return ""
        return (
            f"{self.monday.isocalendar()[1]:03d}/PLENO/K{self.unit.code[2:]}/{self.monday.month:02d}/{self.monday.year}"
        )

    def _present(self):
        return list(self.pleno.attendees.members().filter(status="present").select_related("user"))

    def _ratifier(self):
        """Who chaired; when he no longer may, the chair in office."""
        chaired = self.office.person(self.pleno.chair.user)
        if permissions.may_ratify(chaired, self.pleno):
            return chaired
        return next(m.user for m in self.office.members(clock.now()) if permissions.may_ratify(m.user, self.pleno))

    def _sign_for(self, attendee, *, refuses=False):
        """One member's signature: in the portal, on paper with its scan, or why there is none."""
        if refuses:
            reason = "Menolak: keberatan atas rumusan keputusan terakhir"
            lifecycle.excuse(self.pleno, by=self.head, attendee=attendee, reason=reason)
        elif not permissions.may_confirm(self.office.person(attendee.user), self.pleno):
            reason = "Tidak lagi menjabat atau sedang diberhentikan sementara"
            lifecycle.excuse(self.pleno, by=self.head, attendee=attendee, reason=reason)
        elif "hand" in self.row.matters:
            minutes_now = self.pleno.minutes.get(taken_back_at=None)
            paper = scan("Berita Acara", f"Nomor {minutes_now.number}", self.unit.name, "Halaman tanda tangan")
            day = clock.today(self.unit)
            lifecycle.sign_by_hand(self.pleno, by=self.head, attendee=attendee, scan=paper, signed_on=day)
        else:
            digest = self.pleno.minutes.get(taken_back_at=None).digest
            lifecycle.confirm(self.pleno, by=self.office.person(attendee.user), digest=digest)

    def read(self):
        """The level above reads it some days later: all of the season; of today's only where the row says so."""
        if self.row.relative and "read" not in self.row.matters:
            return
        ratified = clock.local(self.pleno.ratified_at, self.unit).date()
        for number, reader in enumerate(self.office.overseers()):
            day = season.working_day(ratified, 1 + self.pick((0, 1, 2, 4), "read", number))
            yield self.office.at(day, 9 + number, self.pick((5, 25, 50), "minute", number))
            lifecycle.mark_read(self.pleno, by=self.office.person(reader))
