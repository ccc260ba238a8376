"""The year of one body: twelve months with its plenos, its holidays and how each week stands."""

import datetime
from dataclasses import dataclass, field

from bawaslu_portal.kernel import clock, holidays

from . import boards, compliance
from .models import Pleno
from .models.sessions import CANCELLED

ONE = datetime.timedelta(days=1)


@dataclass
class Day:
    """One day as it stands in its month; ``holiday`` is its name or ""."""

    date: datetime.date
    inside: bool  # of the month in which it is shown
    holiday: str = ""
    plenos: list = field(default_factory=list)


@dataclass
class Week:
    """A row of a month: the ISO week with its cell (None for a reader who knows no facts) and seven days."""

    year: int
    week: int
    cell: object
    days: list


@dataclass
class Month:
    first: datetime.date
    weeks: list


@dataclass
class Year:
    unit: object
    number: int
    months: list
    weeks: list  # (year, week, monday, cell, plenos, holidays) of the whole year, in order
    holidays: list
    tally: object


def _days(rows, year):
    """{date: name} of the days that nobody works."""
    found = {}
    for row in rows:
        day = max(row.first, datetime.date(year, 1, 1) - 7 * ONE)
        while day <= min(row.last, datetime.date(year, 12, 31) + 7 * ONE):
            found.setdefault(day, row.name)
            day += ONE
    return found


def of(user, unit, number):
    """The calendar of ``unit`` for the year ``number`` as ``user`` may know it."""
    first, last = datetime.date(number, 1, 1), datetime.date(number, 12, 31)
    start, end = compliance.monday_of(first), compliance.monday_of(last)
    board = compliance.board([unit], start, end) if boards.knows(user, unit) else None
    cells = dict(zip([week[:2] for week in board.weeks], board.rows[0], strict=True)) if board else {}
    free = list(holidays.of(unit, number))
    names = _days(free, number)
    plenos = {}
    for pleno in _plenos(user, unit, start, end):
        plenos.setdefault(clock.local(pleno.happened_at, unit).date(), []).append(pleno)

    def week_from(monday, month):
        year, week, _day = monday.isocalendar()
        days = [
            Day(day, day.month == month, names.get(day, ""), plenos.get(day, []))
            for day in (monday + n * ONE for n in range(7))
        ]
        return Week(year, week, cells.get((year, week)), days)

    months = []
    for month in range(1, 13):
        monday = compliance.monday_of(datetime.date(number, month, 1))
        weeks = []
        while monday <= last and (monday.month == month or monday < datetime.date(number, month, 1)):
            weeks.append(week_from(monday, month))
            monday += 7 * ONE
        months.append(Month(datetime.date(number, month, 1), weeks))
    rows = []
    for year, week, monday in compliance.week_list(start, end):
        of_week = [p for found in plenos.values() for p in found if (p.week_year, p.week) == (year, week)]
        named = list(dict.fromkeys(names[monday + n * ONE] for n in range(7) if monday + n * ONE in names))
        rows.append((year, week, monday, cells.get((year, week)), of_week, named))
    return Year(unit, number, months, rows, free, compliance.tally(cells.values()) if cells else None)


def _plenos(user, unit, start, end):
    """The plenos of the unit for the weeks from ``start`` to ``end``, cancelled ones left out."""
    weeks = compliance.in_weeks(compliance.week_list(start, end))
    return Pleno.objects.visible_to(user, unit).filter(weeks).exclude(state=CANCELLED).select_related("organisation")
