"""What is planted: the hand-written lists, read as they stand."""

import csv
import datetime
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
SEASON = DATA / "season-2024.csv"
HABITS = DATA / "habits.csv"
# No weekly session falls on these (Idul Adha and the day off after it).
HOLIDAYS = {datetime.date(2024, 6, 17), datetime.date(2024, 6, 18)}


@dataclass(frozen=True)
class Planted:
    """One row: what became of the pleno of ``unit`` for ``week``.

    ``week``: 2024-W23, or weeks from the week of loading (-1, 0, +1). ``when``: weekday and hour where the unit's
    habit does not hold ("3 14:00"). ``away``: {seat: ill, excused, on_duty, unexplained, online, late, left}.
    ``matters``: vote, dissent, deferred, withdrawn, guest, open (the kind of session), hand (signed on paper), refused,
    read, confirmed, incidental, reversing (of the decision on the second item a week before), adjourned (and gone on),
    lost (the quorum, so a follow-up pleno), photo.
    """

    unit: str
    week: str
    what: str
    when: str
    away: dict
    matters: frozenset

    @property
    def relative(self):
        return not self.week.startswith("2024-W")

    def monday(self, today):
        """First day of its week, given today's date in the unit."""
        if self.relative:
            return today - datetime.timedelta(days=today.weekday()) + datetime.timedelta(weeks=int(self.week))
        return datetime.date.fromisocalendar(2024, int(self.week.removeprefix("2024-W")), 1)


def _row(row):
    away = {}
    for part in filter(None, row["away"].split("; ")):
        seat, how = part.split()
        away[int(seat)] = how
    matters = frozenset(filter(None, row["matters"].split("; ")))
    return Planted(row["unit"], row["week"], row["what"], row["when"], away, matters)


def read():
    """Every row, in the order of the list."""
    with SEASON.open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def habits():
    """{code: weekday, hour, place and the rest, as text}."""
    with HABITS.open(encoding="utf-8", newline="") as file:
        return {row["unit"]: row for row in csv.DictReader(file)}


def working_day(day, days):
    """``day`` moved by so many working days (Monday to Friday, without the holidays above)."""
    step = datetime.timedelta(days=1 if days > 0 else -1)
    for _n in range(abs(days)):
        day += step
        while day.isoweekday() > 5 or day in HOLIDAYS:
            day += step
    return day
