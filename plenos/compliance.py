"""The weekly duty of a plenary: when it is due, how a week stands, and the board of units by weeks.

How a week stands is derived by one function, :func:`state_of`, from its duty and its facts; it is never typed.
"""

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, Case, F, FloatField, Func, Max, Q, Value, When
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThanOrEqual, TupleLessThanOrEqual
from django.db.models.functions import Cast, Coalesce, Floor
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.duties import DutyKind, monday_of
from bawaslu_portal.kernel.models import Duty, DutyRuling
from bawaslu_portal.kernel.models.duties import DECLARED, DECLINED, EXTENDED, GRANTED, RETURNED

from .models import Minutes, Pleno
from .models.sessions import HELD
from .tallies import LETTERS, Tally, tally

HELD_DUTY, MINUTES_DUTY = "plenos.held", "plenos.minutes"
__all__ = ["LETTERS", "Tally", "tally"]  # said in tallies.py

# --- what is owed ------------------------------------------------------------------------------------------------


def _last_day(owing):
    """The day until which the week's pleno is on time, or None: nothing is owed where the unit has no weekly duty, or
    where all five working days of the week are free."""
    days = [owing.period.begins + datetime.timedelta(days=n) for n in range(5)]
    if not owing.setting("plenos.weekly") or not any(owing.is_working_day(day) for day in days):
        return None
    return owing.period.ends + datetime.timedelta(days=owing.setting("plenos.held_due"))


def held_due(owing):
    """The end of the Sunday of the week, in the unit's zone (setting: some days later)."""
    day = _last_day(owing)
    return owing.end_of(day) if day else None


def minutes_due(owing):
    """The end of the n-th working day after it (setting). Fixed ahead, so it cannot hang on the day of the session
    (working assumption)."""
    day = _last_day(owing)
    return owing.end_of(owing.working_day_after(day, owing.setting("plenos.minutes_days"))) if day else None


def week_address(organisation, begins):
    """The page of the week that begins on ``begins``."""
    year, week, _day = begins.isocalendar()
    return reverse("plenos:week", kwargs={"code": organisation.code, "year": year, "week": week})


def _address(duty):
    return week_address(duty.organisation, duty.begins)


DUTIES = (
    DutyKind(
        HELD_DUTY,
        _("pleno mingguan"),
        duties.weeks,
        held_due,
        _address,
        settings=("plenos.weekly", "plenos.held_due"),
        excusable=True,
    ),
    DutyKind(
        MINUTES_DUTY,
        _("risalah disahkan dan dikirim"),
        duties.weeks,
        minutes_due,
        _address,
        settings=("plenos.weekly", "plenos.held_due", "plenos.minutes_days"),
    ),
)

# --- the one function ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """How one week of one unit stands: ``letter``, ``state``, ``kind`` of colour, and the word that says which."""

    letter: str
    state: str
    kind: str
    word: object

    @property
    def counts(self):
        """Whether it is inside the rates: owed, due and not excused."""
        return self.letter not in ("", "B")


class Facts(NamedTuple):
    """The facts of one week of one unit. Moments are seconds since 1970 or None.

    ``held``: the earliest opening of a session with quorum; ``sessions``: how many were held, with quorum or without;
    ``delivered``: the latest delivery, once all that were held are delivered; the two deadlines with extensions.
    """

    held_until: float | None = None
    minutes_until: float | None = None
    excuse: str = ""
    sessions: int = 0
    held: float | None = None
    delivered: float | None = None
    returned: bool = False


NOTHING = Cell("", "nothing", "wait", _("Tidak ada kewajiban"))
NOT_DUE = Cell("", "not_due", "wait", _("Belum jatuh tempo"))
EXCUSED = Cell("B", "excused", "off", _("Bebas wajib"))
MISSING = Cell("N", "missing", "miss", _("Nihil"))
MISSING_ASKED = Cell("N", "missing", "miss", _("Nihil, alasan menunggu jawaban"))
MISSING_DECLINED = Cell("N", "missing", "miss", _("Nihil, tidak dibebaskan"))
NOT_DUE_ASKED = Cell("", "not_due", "wait", _("Belum jatuh tempo, alasan menunggu jawaban"))
NO_QUORUM = Cell("K", "no_quorum", "weak", _("Tanpa kuorum"))
RETURNED_CELL = Cell("P", "returned", "doing", _("Dalam proses: risalah dikembalikan"))
IN_PROGRESS = Cell("P", "minutes_open", "doing", _("Dalam proses: risalah belum dikirim"))
IN_PROGRESS_LATE = Cell("P", "minutes_open", "doing", _("Dalam proses: pleno terlambat, risalah belum dikirim"))
LATE = Cell("L", "late", "late", _("Lambat: pleno"))
MINUTES_LATE = Cell("L", "minutes_late", "late", _("Lambat: risalah"))
MINUTES_OVERDUE = Cell("L", "minutes_late", "late", _("Lambat: risalah belum dikirim"))
BOTH_LATE = Cell("L", "late", "late", _("Lambat: pleno dan risalah"))
BOTH_OVERDUE = Cell("L", "late", "late", _("Lambat: pleno, dan risalah belum dikirim"))
ON_TIME = Cell("T", "on_time", "done", _("Tepat waktu"))
LEGEND = (ON_TIME, IN_PROGRESS, LATE, NO_QUORUM, MISSING, EXCUSED, NOT_DUE)


def _not_held(excuse, over):
    if over:
        return {DECLARED: MISSING_ASKED, DECLINED: MISSING_DECLINED}.get(excuse, MISSING)
    return NOT_DUE_ASKED if excuse == DECLARED else NOT_DUE


def state_of(facts, now):
    """How the week stands at ``now`` (seconds since 1970): the first that applies of B, N, K, P, L, T."""
    held_until, minutes_until, excuse, sessions, held, delivered, returned = facts
    if held_until is None:
        return NOTHING
    if excuse == GRANTED:
        return EXCUSED
    if not sessions:
        return _not_held(excuse, now > held_until)
    if held is None:
        return NO_QUORUM
    if returned:
        return RETURNED_CELL
    late = held > held_until
    if delivered is None:
        if minutes_until is None or now <= minutes_until:
            return IN_PROGRESS_LATE if late else IN_PROGRESS
        return BOTH_OVERDUE if late else MINUTES_OVERDUE
    if minutes_until is not None and delivered > minutes_until:
        return BOTH_LATE if late else MINUTES_LATE
    return LATE if late else ON_TIME


# --- the board -------------------------------------------------------------------------------------------------------


@dataclass
class Board:
    """Units by weeks. ``weeks`` are (year, week, monday), in order; ``rows`` one list of cells a unit, in the order of
    ``units``."""

    units: list
    weeks: list
    rows: list
    now: datetime.datetime

    def __post_init__(self):
        self._unit = {unit.pk: n for n, unit in enumerate(self.units)}
        self._week = {(year, week): n for n, (year, week, _monday) in enumerate(self.weeks)}

    def cell(self, unit_id, week):
        """The cell of a unit (id) in ``week`` (year, number)."""
        return self.rows[self._unit[unit_id]][self._week[week]]

    def row(self, unit_id):
        """The cells of one unit, in the order of the weeks."""
        return self.rows[self._unit[unit_id]]

    def tally_of_unit(self, unit_id):
        return tally(self.row(unit_id))

    def total(self):
        return tally(cell for row in self.rows for cell in row)


def _seconds(field):
    """Whole seconds since 1970, never rounded up: what ended the day at 23.59 is of that day."""
    # Of floating point: EXTRACT reckons in decimals, which takes twice as long over a year of the nation.
    epoch = Func(Value("epoch"), field, function="date_part", output_field=FloatField())
    return Cast(Floor(epoch), BigIntegerField())


def in_weeks(weeks, prefix=""):
    """Q over plenos (at ``prefix``) of these weeks, which follow each other: compared as (year, week), so that an index
    of weeks serves it and reads no other week."""
    if not weeks:
        return Q(pk__in=[])
    of = Tuple(F(f"{prefix}week_year"), F(f"{prefix}week"))
    first, last = weeks[0][:2], weeks[-1][:2]
    return Q(TupleGreaterThanOrEqual(of, first)) & Q(TupleLessThanOrEqual(of, last))


MANY = 100  # units; from here on naming each to the database costs more than reading the others of the same weeks


def _of(units):
    """Q over rows of these units; of many, any: who asks leaves out what is not theirs."""
    return Q() if len(units) > MANY else Q(organisation__in=units)


def _deadlines(units, weeks, place):
    """{kind of duty: flat list by place}: the due moments, in one query."""
    size, width = len(place) * len(weeks), len(weeks)
    until = {HELD_DUTY: [None] * size, MINUTES_DUTY: [None] * size}
    column = {monday: n for n, (_year, _week, monday) in enumerate(weeks)}
    rows = (
        Duty.objects.filter(kind__in=until, begins__gte=weeks[0][2], begins__lte=weeks[-1][2])
        .filter(_of(units))
        .order_by()
        # Few moments for many units: one row for each, with its units in a list.
        .values("kind", "begins", "due_at")
        .annotate(units=ArrayAgg("organisation_id"))
        .values_list("kind", "begins", "due_at", "units")
    )
    first = {unit: n * width for unit, n in place.items()}
    for kind, begins, due_at, owing in rows:
        n, moment, flat = column[begins], due_at.timestamp(), until[kind]
        for unit in owing:
            if unit in first:
                flat[first[unit] + n] = moment
    return until


def _sessions(units, weeks):
    """One row a unit, in one query: of its sessions the weeks, the openings (below nought where there was no quorum)
    and the deliveries (0 where there is none yet), each in one list."""
    opened = _seconds("opened_at")
    return (
        Pleno.objects.filter(in_weeks(weeks), _of(units), state__in=HELD)
        .order_by()
        .values("organisation_id")
        .annotate(
            weeks=ArrayAgg(F("week_year") * 100 + F("week")),
            opened=ArrayAgg(Case(When(quorum_met=True, then=opened), default=-opened)),
            delivered=ArrayAgg(Coalesce(_seconds("released_at"), 0)),
        )
        .values_list("organisation_id", "weeks", "opened", "delivered")
    )


def _rulings(units, weeks):
    """What was ruled, by (unit, kind of duty, monday): the excuse that holds, the extension that holds, the returns."""
    excuses, extensions, returns = {}, {}, []
    rows = (
        DutyRuling.objects.filter(_of(units), begins__gte=weeks[0][2], begins__lte=weeks[-1][2])
        .order_by("id")
        .values_list("organisation_id", "duty__kind", "begins", "kind", "until", "about", "at")
    )
    known = set(units)
    for unit, duty, monday, kind, until, about, at in rows:
        if unit not in known:
            continue
        if kind == EXTENDED:
            key = (unit, duty, monday)
            extensions[key] = max(until.timestamp(), extensions.get(key, 0))
        elif kind == RETURNED:
            returns.append((unit, monday, about, at))
        elif duty == HELD_DUTY:
            excuses[(unit, monday)] = kind
    return excuses, extensions, _still_returned(returns)


def _still_returned(returns):
    """(unit, monday) of the weeks with minutes sent back of which no later version was delivered."""
    versions = dict(
        Minutes.objects.filter(pleno__uuid__in=[about for _u, _m, about, _at in returns], taken_back_at=None)
        .order_by()
        .values("pleno__uuid")
        .annotate(last=Max("ratified_at"))
        .values_list("pleno__uuid", "last")
    )
    return {(u, m) for u, m, about, at in returns if versions.get(about) is None or at > versions[about]}


def week_list(first_monday, last_monday):
    """(year, week, monday) of each ISO week from the first to the last."""
    return [
        (*period.begins.isocalendar()[:2], period.begins)
        for period in duties.weeks(monday_of(first_monday), monday_of(last_monday))
    ]


def board(units, first_monday, last_monday, now=None):
    """How each week of each of ``units`` stands. Four queries, five where minutes were sent back, whatever the size.

    The caller gives units that the reader may know of: letters are facts of a week.
    """
    units, weeks = list(units), week_list(first_monday, last_monday)
    moment = now or clock.now()
    if not units or not weeks:
        return Board(units, weeks, [[] for _unit in units], moment)
    keys = [unit.pk for unit in units]
    place = {key: n for n, key in enumerate(keys)}
    width, column = len(weeks), {year * 100 + week: n for n, (year, week, _monday) in enumerate(weeks)}
    until = _deadlines(keys, weeks, place)
    held_until, minutes_until = until[HELD_DUTY], until[MINUTES_DUTY]
    excuses, extensions, returned = _rulings(keys, weeks)
    mondays = {monday: n for n, (_year, _week, monday) in enumerate(weeks)}

    def at(unit, monday):
        return place[unit] * width + mondays[monday]

    for (unit, duty, monday), later in extensions.items():
        n = at(unit, monday)
        until[duty][n] = max(until[duty][n], later)
    excused = {at(unit, monday): kind for (unit, monday), kind in excuses.items()}
    back = {at(unit, monday) for unit, monday in returned}
    sessions = [None] * (len(units) * width)
    for unit, numbers, openings, deliveries in _sessions(keys, weeks):
        if unit not in place:
            continue
        base = place[unit] * width
        for number, opened, delivered in zip(numbers, openings, deliveries, strict=True):
            n = base + column[number]
            one = (1, opened if opened > 0 else None, delivered or None)
            sessions[n] = one if sessions[n] is None else _both(sessions[n], one)
    seconds = moment.timestamp()
    cells = []
    for n, deadline in enumerate(held_until):
        count, held, delivered = sessions[n] or NONE_HELD
        facts = (deadline, minutes_until[n], excused.get(n, ""), count, held, delivered, n in back)
        cells.append(state_of(facts, seconds))
    rows = [cells[n : n + width] for n in range(0, len(cells), width)]
    return Board(units, weeks, rows, moment)


NONE_HELD = (0, None, None)


def _both(one, other):
    """(sessions, earliest opening with quorum, latest delivery or None while one is not delivered) of two together."""
    held = [moment for moment in (one[1], other[1]) if moment is not None]
    delivered = max(one[2], other[2]) if one[2] is not None and other[2] is not None else None
    return (one[0] + other[0], min(held) if held else None, delivered)


def week_of(unit, year, week, now=None):
    """The cell of one week of one unit."""
    monday = datetime.date.fromisocalendar(year, week, 1)
    return board([unit], monday, monday, now).rows[0][0]
