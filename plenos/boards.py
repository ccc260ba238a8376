"""What the pages of oversight show: units by weeks as a reader asked for them, and which weeks want attention.

A frame says whose weeks a reader may look at from where he stands; a question (all of it in the address) says which
weeks, which units of the frame, in which order. Page, chart, Excel and paper are made from the same answer.
"""

import datetime
import re
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bawaslu_portal.kernel import clock, remarks, scope
from bawaslu_portal.kernel.duties import monday_of
from bawaslu_portal.kernel.exports import MOST_STATES
from bawaslu_portal.kernel.models import Duty, Organisation

from . import compliance

WEEK = datetime.timedelta(days=7)
SPANS, DEFAULT_SPAN, NATION_SPAN, MOST_WEEKS = (13, 26, 52), 13, 52, 106
WEEK_TEXT = re.compile(r"(\d{4})-W(\d{2})")
ORDERS = {
    "kode": gettext_lazy("Kode wilayah"),
    "nama": gettext_lazy("Nama"),
    "terlaksana": gettext_lazy("Terlaksana, terendah dulu"),
    "tepat": gettext_lazy("Tepat waktu, terendah dulu"),
    "nihil": gettext_lazy("Nihil, terbanyak dulu"),
}
STATES = {
    "N": gettext_lazy("Nihil"),
    "K": gettext_lazy("Tanpa kuorum"),
    "L": gettext_lazy("Lambat"),
    "P": gettext_lazy("Dalam proses"),
    "B": gettext_lazy("Bebas wajib"),
}


# --- whose weeks ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """The units of one board, by code. ``unit`` is the one whose board it is."""

    unit: Organisation
    units: list

    @property
    def nation(self):
        return self.unit.level == "national"


def frame(user, unit):
    """The units whose weeks ``user`` sees on the board of ``unit``: those below it (for the nation all), else itself.

    The facts of a week are known to one's own unit, to the level above and to the national body (visibility.md);
    an administrator knows no facts. None where nothing may be seen.
    """
    known = Organisation.objects.filter(pk__in=scope.units_in_view(user, scope.CONTENT_ROLES))
    if unit.level == "national":
        units = list(known.order_by("code")) if scope.nationwide(user) else []
    elif unit.level == "province":
        today = clock.today(unit)
        below = known.filter(parentages__parent=unit, parentages__since__lte=today)
        units = list(below.exclude(parentages__until__lte=today).order_by("code"))
    else:
        units = list(known.filter(pk=unit.pk))
    return Frame(unit, units) if units else None


def knows(user, unit):
    """Whether ``user`` may know the facts of the weeks of ``unit`` itself."""
    return Organisation.objects.filter(pk=unit.pk, pk__in=scope.units_in_view(user, scope.CONTENT_ROLES)).exists()


# --- which weeks ----------------------------------------------------------------------------------------


def monday_from(text):
    """The Monday of 2024-W34, or None for what is no week."""
    found = WEEK_TEXT.fullmatch(text or "")
    try:
        return datetime.date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


@dataclass
class Question:
    """What was asked for in the address; ``wrong`` are sentences about what could not be used."""

    first: datetime.date
    last: datetime.date
    span: str = ""
    state: str = ""
    order: str = "kode"
    q: str = ""
    below: str = ""  # of the nation: the code of a province
    typed: tuple = ("", "")
    wrong: list = field(default_factory=list)


def question(asked, unit, *, span=None):
    """Read the address. ``masa`` is a number of weeks up to this one or a year; ``dari`` and ``sampai`` win over it."""
    this = monday_of(clock.today(unit))
    usual = span or (NATION_SPAN if unit.level == "national" else DEFAULT_SPAN)
    chosen, wrong = asked.get("masa", ""), []
    if re.fullmatch(r"20\d\d", chosen):
        first = datetime.date.fromisocalendar(int(chosen), 1, 1)
        last = monday_of(datetime.date(int(chosen), 12, 28))
    else:
        chosen = chosen if chosen in map(str, SPANS) else str(usual)
        first, last = this - (int(chosen) - 1) * WEEK, this
    typed = (asked.get("dari", "").strip(), asked.get("sampai", "").strip())
    if any(typed):
        ends = [monday_from(text) for text in typed]
        if None in [end for end, text in zip(ends, typed, strict=True) if text]:
            wrong.append(_("Tulis minggu seperti 2024-W34; masa yang biasa dipakai."))
        else:
            begin, end = ends[0] or (ends[1] - (usual - 1) * WEEK), ends[1] or max(this, ends[0])
            if end < begin:
                wrong.append(_("Minggu akhir mendahului minggu awal; masa yang biasa dipakai."))
            elif (end - begin) // WEEK >= MOST_WEEKS:
                wrong.append(_("Paling banyak %(weeks)s minggu sekaligus.") % {"weeks": MOST_WEEKS})
            else:
                first, last, chosen = begin, end, ""
    return Question(
        first,
        last,
        span=chosen,
        state=asked.get("keadaan", "") if asked.get("keadaan", "") in STATES else "",
        order=asked.get("urut", "") if asked.get("urut", "") in ORDERS else "kode",
        q=asked.get("q", "").strip()[:80],
        below=asked.get("wilayah", "").strip()[:5],
        typed=typed,
        wrong=wrong,
    )


# --- the answer -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    unit: Organisation
    cells: list
    tally: compliance.Tally


@dataclass
class Seen:
    """A board as it was asked for: the rows that are shown, and the sums over exactly these."""

    frame: Frame
    question: Question
    board: compliance.Board
    rows: list

    @property
    def unit(self):
        return self.frame.unit

    @property
    def weeks(self):
        return self.board.weeks

    @property
    def most_on_paper(self):
        """How many weeks paper takes, where these are more; else 0."""
        return MOST_STATES if len(self.weeks) > MOST_STATES else 0

    @cached_property
    def columns(self):
        """The tally of each week over the rows shown."""
        return [compliance.tally(column) for column in zip(*(row.cells for row in self.rows), strict=True)]

    @cached_property
    def total(self):
        counts = {}
        for row in self.rows:
            for letter, count in row.tally.counts.items():
                counts[letter] = counts.get(letter, 0) + count
        return compliance.Tally(counts)

    @cached_property
    def missing_units(self):
        """How many units have a week without a pleno."""
        return sum(bool(row.tally["N"]) for row in self.rows)

    @cached_property
    def last_due(self):
        """The newest week that is due for somebody, as (year, week, monday, tally), or None."""
        for week, found in zip(reversed(self.weeks), reversed(self.columns), strict=True):
            if found["N"] + found["K"] + found["L"] + found["T"]:
                return (*week, found)
        return None

    @cached_property
    def absent(self):
        """Units without a pleno in that newest week."""
        if self.last_due is None:
            return []
        n = self.weeks.index(self.last_due[:3])
        return [row.unit for row in self.rows if row.cells[n].letter == "N"]

    @cached_property
    def attention(self):
        """Up to five rows that want attention, the worst first."""
        bad = [row for row in self.rows if row.tally["N"] or row.tally["K"]]
        return sorted(bad, key=lambda row: (-row.tally["N"], -row.tally["K"], -row.tally["L"], row.unit.code))[:5]


def _rate(value):
    return 101 if value is None else value


ORDER_KEYS = {
    "kode": lambda row: row.unit.code,
    "nama": lambda row: row.unit.region_name.split(" ", 1)[-1],
    "terlaksana": lambda row: (_rate(row.tally.held_rate), row.unit.code),
    "tepat": lambda row: (_rate(row.tally.on_time_rate), row.unit.code),
    "nihil": lambda row: (-row.tally["N"], -row.tally["K"], row.unit.code),
}


def _within(unit, question):
    if question.below and unit.code.split(".")[0] != question.below:
        return False
    return not question.q or question.q.lower() in unit.name.lower()


def see(frame_, asked, now=None):
    """The board of a frame as ``asked`` (a :class:`Question`)."""
    units = [unit for unit in frame_.units if _within(unit, asked)]
    board = compliance.board(units, asked.first, asked.last, now)
    rows = [Row(unit, cells, compliance.tally(cells)) for unit, cells in zip(board.units, board.rows, strict=True)]
    if asked.state:
        rows = [row for row in rows if row.tally[asked.state]]
    rows.sort(key=ORDER_KEYS[asked.order])
    return Seen(frame_, asked, board, rows)


def newest_recorded(frame_):
    """The last week for which anything is owed in this frame, where the weeks that were asked for are empty."""
    last = Duty.objects.filter(
        kind=compliance.HELD_DUTY,
        organisation__in=[unit.pk for unit in frame_.units],
        begins__lte=clock.today(frame_.unit),
    )
    return last.order_by("-begins").values_list("begins", flat=True).first()


def this_year(unit):
    """The ISO year of today in the unit's zone."""
    return clock.today(unit).isocalendar()[0]


def years(unit):
    """The years that are offered to choose from, this one first."""
    this = this_year(unit)
    return [str(year) for year in range(this, this - 11, -1)]


# --- who did not hold or report ---------------------------------------------------------------------------

EXPLAINED = {
    "belum": gettext_lazy("belum diminta"),
    "diminta": gettext_lazy("diminta, belum dijawab"),
    "dijawab": gettext_lazy("sudah dijawab"),
}
# Overdue or sent back: what is reported late by now but was reported is no fault any more.
UNREPORTED = {id(cell) for cell in (compliance.MINUTES_OVERDUE, compliance.BOTH_OVERDUE)}
GRAVITY = {"N": 0, "K": 1, "L": 2, "P": 3}


@dataclass(frozen=True)
class Fault:
    """One week of one unit that was not held, or not reported. ``bad`` of ``owed`` weeks of the unit are so;
    ``explained`` is "", belum, diminta or dijawab ("" for a reader who may not know)."""

    unit: Organisation
    week: tuple
    cell: compliance.Cell
    bad: int
    owed: int
    explained: str

    @property
    def week_text(self):
        return f"{self.week[0]}-W{self.week[1]:02d}"

    @property
    def explained_word(self):
        return EXPLAINED.get(self.explained, "")


def _is_fault(cell):
    return cell.letter in ("N", "K") or id(cell) in UNREPORTED or cell.state == "returned"


def faults(user, frame_, asked, *, explained="", now=None):
    """Every week that was not held or not reported: units with the most first, of as many those with the gravest; of
    a unit the gravest, then the newest."""
    seen = see(frame_, asked, now)
    found, worst = [], {}
    for row in seen.rows:
        bad = [(week, cell) for week, cell in zip(seen.weeks, row.cells, strict=True) if _is_fault(cell)]
        found += [(row, week, cell, len(bad)) for week, cell in bad]
        worst[row.unit.pk] = sorted(GRAVITY[cell.letter] for _week, cell in bad)
    if asked.state:
        found = [one for one in found if one[2].letter == asked.state]
    talk = _explanations(user, {(row.unit.pk, week[2]) for row, week, _cell, _bad in found})
    rows = [
        Fault(row.unit, week, cell, bad, row.tally.owed, talk(row.unit.pk, week[2])) for row, week, cell, bad in found
    ]
    if explained in EXPLAINED:
        rows = [row for row in rows if row.explained == explained]
    rows.sort(
        key=lambda one: (
            -one.bad,
            worst[one.unit.pk],
            one.unit.code,
            GRAVITY[one.cell.letter],
            -one.week[2].toordinal(),
        )
    )
    return rows


def _explanations(user, weeks):
    """(unit id, monday) -> how far the explanation is, for those between whom it is spoken."""
    units = {unit for unit, _monday in weeks}
    between = {unit for unit in units if unit in _spoken(user)}
    mondays = [monday for _unit, monday in weeks]
    latest = {}
    if between:
        duties = Duty.objects.filter(
            kind=compliance.HELD_DUTY, organisation__in=between, begins__gte=min(mondays), begins__lte=max(mondays)
        )
        keys = {uuid: (unit, begins) for uuid, unit, begins in duties.values_list("uuid", "organisation_id", "begins")}
        for about, kind in remarks.explanations(user, keys, units=between):
            latest[keys[about]] = "diminta" if kind == "asked" else "dijawab"
    return lambda unit, monday: latest.get((unit, monday), "belum") if unit in between else ""


def _spoken(user):
    return scope.own_units(user, scope.WRITERS) | scope.units_below(user, scope.OVERSEERS)
