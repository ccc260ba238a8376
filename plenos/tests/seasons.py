"""A season planted by chance, whose letters are known because each week is made to a plan with its letter beside it.

The plans are the oracle: they were written by hand from the issue and never ask the code that derives a letter.
"""

import datetime
import itertools
import random
import uuid
from dataclasses import dataclass

from bawaslu_portal.kernel import duties
from bawaslu_portal.kernel.models import Duty, DutyRuling, Membership, Organisation
from bawaslu_portal.kernel.tests.factories import make_person

from ..models import Correction, Minutes, Pleno

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
LONG_AGO = datetime.datetime(2010, 1, 1, tzinfo=datetime.UTC)
# Of the week's five days Wednesday is day 2; the due of the session is the end of day 6 (Sunday), that of the minutes
# the end of day 9 (the third working day after it).


@dataclass(frozen=True)
class Session:
    """One session: the day on which it opened (0 Monday), the day of delivery or None, with quorum or without."""

    day: float = 2
    delivered: float | None = 4
    quorum: bool = True
    state: str = ""
    corrected: float | None = None  # day on which a second version was delivered


@dataclass(frozen=True)
class Plan:
    """What happens in one week, and the letter that it must have once both deadlines have passed."""

    name: str
    letter: str
    state: str
    sessions: tuple = ()
    # (kind, duty, day of the ruling, day until which an extension runs)
    rulings: tuple = ()


HELD, MINUTES = "plenos.held", "plenos.minutes"
GRANTED = (("declared", HELD, 1, None), ("granted", HELD, 3, None))
LAST_MOMENT, FIRST_MOMENT = 7 - 1 / 86400, 7.0  # Sunday 23.59.59 and Monday 00.00.00
PLANS = (
    Plan("on time", "T", "on_time", (Session(),)),
    Plan("on time at the last second", "T", "on_time", (Session(LAST_MOMENT, 10 - 1 / 86400),)),
    Plan("a second late", "L", "late", (Session(FIRST_MOMENT, 8),)),
    Plan("minutes a second late", "L", "minutes_late", (Session(2, 10.0),)),
    Plan("both late", "L", "late", (Session(8, 20),)),
    Plan("minutes never delivered", "L", "minutes_late", (Session(2, None),)),
    Plan("entered months later", "L", "minutes_late", (Session(1, 120),)),
    Plan("nothing", "N", "missing"),
    Plan("only planned", "N", "missing", (Session(2, None, state="draft"),)),
    Plan("only invited", "N", "missing", (Session(2, None, state="invited"),)),
    Plan("cancelled", "N", "missing", (Session(2, None, state="cancelled"),)),
    Plan("declared and not answered", "N", "missing", (), (("declared", HELD, 1, None),)),
    Plan("declared and declined", "N", "missing", (), (("declared", HELD, 1, None), ("declined", HELD, 3, None))),
    Plan("excused", "B", "excused", (), GRANTED),
    Plan("excused, then not", "N", "missing", (), (*GRANTED, ("declined", HELD, 5, None))),
    Plan("declined, then excused", "B", "excused", (), (*GRANTED[:1], ("declined", HELD, 2, None), *GRANTED[1:])),
    Plan("excused though held", "B", "excused", (Session(),), GRANTED),
    Plan("without quorum", "K", "no_quorum", (Session(quorum=False),)),
    Plan("without quorum, late, not delivered", "K", "no_quorum", (Session(9, None, quorum=False),)),
    Plan("twice without quorum", "K", "no_quorum", (Session(1, quorum=False), Session(3, quorum=False))),
    Plan("without quorum, then with", "T", "on_time", (Session(1, 3, quorum=False), Session(3, 5))),
    Plan("with quorum only after Sunday", "L", "late", (Session(1, 3, quorum=False), Session(7.5, 8))),
    Plan("two in a week", "T", "on_time", (Session(0, 2), Session(4, 9))),
    Plan("two, one of them never delivered", "L", "minutes_late", (Session(0, 2), Session(4, None))),
    Plan("two, one of them delivered late", "L", "minutes_late", (Session(0, 12), Session(4, 8))),
    Plan("two, the first in time", "T", "on_time", (Session(2, 4), Session(8, 9))),
    Plan("held in extended time", "T", "on_time", (Session(8, 9),), (("extended", HELD, 5, 9),)),
    Plan("minutes in extended time", "T", "on_time", (Session(2, 20),), (("extended", MINUTES, 8, 21),)),
    Plan("later than extended", "L", "minutes_late", (Session(2, 22),), (("extended", MINUTES, 8, 21),)),
    Plan("extended twice", "T", "on_time", (Session(2, 22),), tuple(("extended", MINUTES, 8, d) for d in (21, 23))),
    Plan("nothing in extended time", "N", "missing", (), (("extended", HELD, 5, 9),)),
    Plan("sent back", "P", "returned", (Session(),), (("returned", MINUTES, 12, None),)),
    Plan("sent back though late", "P", "returned", (Session(8, 20),), (("returned", MINUTES, 25, None),)),
    Plan("sent back, corrected", "T", "on_time", (Session(corrected=15),), (("returned", MINUTES, 12, None),)),
    Plan("sent back again", "P", "returned", (Session(corrected=15),), (("returned", MINUTES, 18, None),)),
)
# What the last weeks may come to while a deadline is still ahead, seen on the Monday after their Sunday.
RUNNING = (
    Plan("held, minutes to come", "P", "minutes_open", (Session(2, None),)),
    Plan("held, minutes there", "T", "on_time", (Session(),)),
    Plan("held late, minutes to come", "P", "minutes_open", (Session(7.1, None),)),
    Plan("nothing yet, more time", "", "not_due", (), (("extended", HELD, 5, 9),)),
    Plan("nothing", "N", "missing"),
)
AHEAD = (
    Plan("not due", "", "not_due"),
    Plan("not due, declared", "", "not_due", (), (("declared", HELD, -1, None),)),
    Plan("not due, excused", "B", "excused", (), (("declared", HELD, -3, None), ("granted", HELD, -1, None))),
)


@dataclass
class Season:
    """``letters`` and ``states`` by (code, 2024-W34); ``now`` is the moment for which they hold."""

    units: list
    first: datetime.date
    last: datetime.date
    now: datetime.datetime
    letters: dict
    states: dict
    plans: dict


def plant(codes, first, weeks, seed, *, by_plan=False):
    """Plant ``weeks`` weeks from the Monday ``first`` in the units with these codes: all but the last two are over,
    of one the minutes are still to come, the last lies ahead. ``by_plan``: every plan in turn, else drawn by chance."""
    chance, turn = random.Random(seed), itertools.cycle(PLANS)
    units = list(Organisation.objects.filter(code__in=codes).order_by("code"))
    mondays = [first + n * 7 * DAY for n in range(weeks)]
    duties.ensure(units, first, mondays[-1])
    plans = {}
    for unit, monday in itertools.product(units, mondays):
        if monday == mondays[-1]:
            plan = chance.choice(AHEAD)
        elif monday == mondays[-2]:
            plan = chance.choice(RUNNING)
        else:
            plan = next(turn) if by_plan else chance.choice(PLANS)
        plans[unit, monday] = plan
    _write(plans)
    # On the Monday after the last but one week: noon in the west is afternoon in the east.
    now = datetime.datetime.combine(mondays[-1], datetime.time(5), tzinfo=datetime.UTC)
    named = {
        (unit.code, f"{y}-W{w:02d}"): p for (unit, monday), p in plans.items() for y, w, _ in [monday.isocalendar()]
    }
    return Season(
        units,
        first,
        mondays[-1],
        now,
        {key: plan.letter for key, plan in named.items()},
        {key: plan.state for key, plan in named.items()},
        {key: plan.name for key, plan in named.items()},
    )


def _moment(unit, monday, day):
    start = datetime.datetime.combine(monday, datetime.time(), tzinfo=unit.zone)
    return start + datetime.timedelta(seconds=round(day * 86400))


def _write(plans):
    seats, owed = {}, {}
    for unit in {unit for unit, _monday in plans}:
        user = make_person(
            unit, "chair", f"Ketua musim {unit.code}", email=f"musim@{unit.code}.contoh.id", since=LONG_AGO
        )
        seats[unit] = Membership.objects.get(user=user)
    for duty in Duty.objects.filter(organisation__in=seats):
        owed[duty.organisation_id, duty.begins, duty.kind] = duty
    plenos, versions, rulings = [], [], []
    for (unit, monday), plan in plans.items():
        made = [_pleno(unit, monday, n, seats[unit], one) for n, one in enumerate(plan.sessions, 1)]
        plenos += made
        for pleno, one in zip(made, plan.sessions, strict=True):
            versions += _versions(pleno, one, monday)
        for kind, duty, day, until in plan.rulings:
            rulings.append(
                DutyRuling(
                    duty=owed[unit.pk, monday, duty],
                    organisation=unit,
                    begins=monday,
                    kind=kind,
                    reason="x",
                    until=None if until is None else _moment(unit, monday, until),
                    about=made[0].uuid if kind == "returned" else None,
                    by=seats[unit].user,
                    by_unit=unit,
                    at=_moment(unit, monday, day),
                )
            )
    final = {pleno.uuid: pleno.state for pleno in plenos}
    for pleno in plenos:
        # A ratified pleno takes no parts: its minutes come first.
        pleno.state = "signing" if pleno.state == "ratified" else pleno.state
    Pleno.objects.bulk_create(plenos)
    Correction.objects.bulk_create([v.correction for v in versions if v.correction])
    Minutes.objects.bulk_create(versions)
    for state in set(final.values()):
        Pleno.objects.filter(uuid__in=[u for u, s in final.items() if s == state]).update(state=state)
    DutyRuling.objects.bulk_create(rulings)


def _pleno(unit, monday, ordinal, seat, session):
    held = session.state == ""
    opened = _moment(unit, monday, session.day) if held else None
    delivered = _moment(unit, monday, session.delivered) if session.delivered is not None else None
    year, week, _day = monday.isocalendar()
    return Pleno(
        uuid=uuid.uuid4(),
        organisation=unit,
        week_year=year,
        week=week,
        ordinal=ordinal,
        planned_at=_moment(unit, monday, 1) + ordinal * SECOND,
        place="Ruang rapat",
        chair=seat,
        planned_by=seat.user,
        state=session.state or ("ratified" if delivered else "signing"),
        opened_at=opened,
        quorum_met=session.quorum if held else None,
        closed_at=opened,
        ratified_at=delivered,
        released_at=delivered,
    )


def _versions(pleno, session, monday):
    """Its minutes: the version that was delivered first, and the corrected one."""
    if session.state or session.delivered is None:
        return []
    found = []
    for number, day in enumerate([session.delivered, session.corrected], 1):
        if day is None:
            continue
        moment, by = _moment(pleno.organisation, monday, day), pleno.planned_by
        correction = None
        if number == 2:
            correction = Correction(
                pleno=pleno, organisation=pleno.organisation, number=2, reason="x", begun_by=by, state="drafting"
            )
        found.append(
            Minutes(
                pleno=pleno,
                organisation=pleno.organisation,
                sequence=number,
                version=number,
                correction=correction,
                number=f"{number}",
                dated=monday,
                record={},
                digest="0" * 64,
                access="closed",
                put_up_at=moment,
                put_up_by=by,
                ratified_at=moment,
                ratified_by=by,
            )
        )
    return found
