"""How many weeks stand how, and the rates of it."""

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

LETTERS = ("B", "N", "K", "P", "L", "T")


@dataclass
class Tally:
    """How many weeks stand how. B and weeks that are not due are outside every rate, P outside that of punctuality;
    a session without quorum is none that was held."""

    counts: dict

    def __getitem__(self, letter):
        if letter not in LETTERS:  # a template asks for ``tally["owed"]`` before it asks for ``tally.owed``
            raise KeyError(letter)
        return self.counts.get(letter, 0)

    @property
    def owed(self):
        told = self.counts.get
        return told("N", 0) + told("K", 0) + told("P", 0) + told("L", 0) + told("T", 0)

    @property
    def held(self):
        return self["P"] + self["L"] + self["T"]

    @property
    def judged(self):
        """Those of which it is known whether they were on time."""
        return self.owed - self["P"]

    @property
    def on_time(self):
        return self["T"]

    @property
    def convened(self):
        """Those for which a session was opened, with quorum or without."""
        return self.held + self["K"]

    @property
    def held_rate(self):
        return 100 * self.held / self.owed if self.owed else None

    @property
    def on_time_rate(self):
        return 100 * self.on_time / self.judged if self.judged else None


def tally(cells):
    """The tally of some cells."""
    return Tally(Counter(map(attrgetter("letter"), cells)))
