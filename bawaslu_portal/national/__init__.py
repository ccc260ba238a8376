"""A nation's data: the bodies of the whole country with made-up people and years of work, written by COPY.

For measuring, not for showing: ``manage.py demo`` plays a season through the verbs, here the rows are written as the
verbs would have left them. Nothing here knows an app: each declares its chapter (``catalogue.declare_national``). The
same seed, years and last day give the same rows, whatever the number of processes.
"""

import datetime
import itertools
import random
from dataclasses import dataclass, field

from bawaslu_portal.kernel.models import Organisation

FIRST, STEP = 1 << 16, 1 << 10  # ids begin here, above those of what is there already; more than there are bodies


@dataclass
class Body:
    """A unit with what its chapters ask again and again, in memory; ``number`` is its place among those loaded."""

    unit: Organisation
    number: int
    seed: object
    parent: "Body | None" = None
    seats: int = 5
    care: float = 0.9  # how well it keeps its duties, 0 to 1
    divisions: list = field(default_factory=list)
    posts: list = field(default_factory=list)
    settings: dict = field(default_factory=dict)
    owed: dict = field(default_factory=dict)  # {(kind, period): (id, key, due moment, first day)} of its duties
    calendar: object = None  # kernel.holidays.Calendar

    def __post_init__(self):
        self.offset = datetime.datetime(2020, 1, 1, tzinfo=self.unit.zone).utcoffset()
        self.chance = self.draws("life")

    def draws(self, purpose):
        """Chance of its own for one purpose, so that what one chapter draws changes nothing for another."""
        return random.Random(f"{self.seed}|{self.unit.code}|{purpose}")  # noqa: S311 - nothing is kept secret by it

    def ids(self):
        """Ids for one table, between those of the other bodies: they grow with time, as where the database gives them
        one after another, so that the newest of the nation are found by them."""
        return itertools.count(FIRST + self.number, STEP)

    def moment(self, day, hour=0, minute=0, second=0):
        """An hour of the clock there, in UTC."""
        local = datetime.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=datetime.UTC)
        return local - self.offset

    def day(self, moment):
        """The date there."""
        return (moment + self.offset).date()

    def serving(self, moment, *roles):
        """The posts held at ``moment`` in these roles, the chair first, then by seat."""
        found = [p for p in self.posts if p.role in roles and p.since <= moment and (not p.until or p.until > moment)]
        return sorted(found, key=lambda p: (p.role != "chair", p.order, p.id))


@dataclass(frozen=True)
class Post:
    """A membership, with what papers say of its holder."""

    id: int
    user: int
    uuid: str
    name: str
    nip: str
    role: str
    title: str
    order: int
    division: int | None
    born: datetime.date
    since: datetime.datetime
    until: datetime.datetime | None


@dataclass
class Nation:
    """What a chapter is given: ``first`` (a Monday) to ``now``, and the bodies."""

    seed: int
    years: int
    first: datetime.date
    now: datetime.datetime
    bodies: list = field(default_factory=list)

    def weeks(self):
        """The Mondays, from the first to that of the week in which it is now and the one after."""
        last = self.now.date() + datetime.timedelta(weeks=1)
        monday = self.first
        while monday <= last:
            yield monday
            monday += datetime.timedelta(weeks=1)


def uuids(chance):
    """Keys for the outside, drawn by ``chance``, as text."""

    def fresh():
        text = f"{chance.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    return fresh
