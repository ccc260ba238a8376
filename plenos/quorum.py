"""Quorum: how many members there must be, and how many are in the room at a minute."""

from dataclasses import dataclass

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.settings_store import setting


@dataclass(frozen=True)
class Quorum:
    """``base`` members in office that day, ``needed`` for a quorum, ``present`` in the room."""

    base: int
    needed: int
    present: int

    @property
    def met(self):
        return self.needed > 0 and self.present >= self.needed


def default_needed(base):
    """Majority, floor(n/2)+1: gives 3 of 5 as Perbawaslu 5/2018 has for the national body; else an assumption."""
    return base // 2 + 1


def needed(organisation, base, day):
    """What the unit's setting says on ``day`` (0 means the default of the majority)."""
    fixed = setting(organisation, "plenos.quorum", day)
    return int(fixed) if fixed else default_needed(base)


def now_in(pleno, attendees, moment):
    """Quorum in the room at ``moment``: base and need as stored at opening, presence from the attendance."""
    present = sum(1 for a in attendees if a.element == "member" and a.in_room_at(moment))
    return Quorum(pleno.quorum_base or 0, pleno.quorum_needed or 0, present)


def may_abstain(pleno):
    """Whether the unit's setting on the day of the pleno knows abstention (working assumption: it does)."""
    day = clock.local(pleno.happened_at, pleno.organisation).date()
    return bool(setting(pleno.organisation, "plenos.abstention", day))
