"""Rates per unit, member and period: held, on time, quorum, attendance, lead time kept, follow-ups in time.

One set of queries for pages, exports and charts. What is told of people is taken from ratified sessions alone, so that
everyone who may see a rate sees the same one.
"""

import datetime
import zoneinfo
from dataclasses import dataclass, field, replace

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, TruncDate

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Suspension
from bawaslu_portal.kernel.models.organisations import ZONE_LABELS

from . import compliance, permissions
from .models import Attendee, FollowUp, Invitation, Progress
from .models.sessions import ELEMENT_MEMBER, HELD, PRESENT, RATIFIED, UNEXPLAINED

SIX_DAYS = datetime.timedelta(days=6)


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    @property
    def rate(self):
        """In per cent; None where there is nothing to count."""
        return 100 * self.part / self.whole if self.whole else None

    def __add__(self, other):
        return Share(self.part + other.part, self.whole + other.whole)


NONE = Share()


@dataclass
class Rates:
    """One unit in one period. ``weeks`` is its tally of the board; the rest are shares."""

    weeks: compliance.Tally
    attendance: Share = NONE  # members present, of the seats in office at each ratified session
    lead_time: Share = NONE  # sessions whose invitations kept the lead time, of those for which one was issued
    follow_ups: Share | None = NONE  # done by their day, of those whose day is over; None: not for this reader

    @property
    def held(self):
        return Share(self.weeks.held, self.weeks.owed)

    @property
    def on_time(self):
        return Share(self.weeks.on_time, self.weeks.judged)

    @property
    def quorum(self):
        return Share(self.weeks.held, self.weeks.convened)


@dataclass
class MemberRates:
    """One member in one period: by status so many of the sessions for which the person was in office."""

    user_id: int
    name: str
    title: str
    order: int
    counts: dict = field(default_factory=dict)
    follow_ups: Share = NONE

    @property
    def sessions(self):
        return sum(self.counts.values())

    @property
    def unexplained(self):
        return self.counts.get(UNEXPLAINED, 0)

    @property
    def away(self):
        """Absent with a reason that was recorded."""
        return self.sessions - self.counts.get(PRESENT, 0) - self.unexplained

    @property
    def attendance(self):
        return Share(self.counts.get(PRESENT, 0), self.sessions)


# --- the queries -----------------------------------------------------------------------------------------------------


def _seats(units, weeks):
    """Lines of attendance of members at ratified sessions of these weeks, where the member was in office then."""
    then = F("pleno__opened_at")
    suspended = Suspension.objects.filter(membership=OuterRef("membership"), since__lte=OuterRef("pleno__opened_at"))
    suspended = suspended.filter(Q(until=None) | Q(until__gt=OuterRef("pleno__opened_at")))
    return (
        Attendee.objects.filter(compliance.in_weeks(weeks, "pleno__"), pleno__organisation__in=units)
        .filter(pleno__state=RATIFIED, element=ELEMENT_MEMBER, membership__since__lte=then)
        .filter(Q(membership__until=None) | Q(membership__until__gt=then))
        .filter(~Exists(suspended))
        .order_by()
    )


def _attendance(units, weeks):
    rows = (
        _seats(units, weeks)
        .values_list("organisation_id")
        .annotate(present=Count("pk", filter=Q(status=PRESENT)), seats=Count("pk"))
    )
    return {unit: Share(present, seats) for unit, present, seats in rows}


def _lead_time(units, weeks):
    """A session kept it when every invitation and change that was issued for it did."""
    rows = (
        Invitation.objects.filter(compliance.in_weeks(weeks, "pleno__"), pleno__organisation__in=units)
        .filter(pleno__state__in=HELD, kind__in=("first", "change"), issued_at__isnull=False)
        .order_by()
        .values_list("organisation_id")
        .annotate(
            sent=Count("pleno", distinct=True), short=Count("pleno", distinct=True, filter=Q(lead_time_kept=False))
        )
    )
    return {unit: Share(sent - short, sent) for unit, sent, short in rows}


def _due_follow_ups(units, weeks, now):
    """Follow-ups whose day lies in these weeks and is over, with ``in_time``: its doer last said done, and another
    confirmed it, by the end of that day in the unit's zone. Stopped ones are outside."""
    said = (
        Progress.objects.filter(follow_up=OuterRef("pk"), kind="reported")
        .order_by()
        .values("follow_up")
        .annotate(last=Max("at"))
        .values("last")
    )
    done_on = Case(
        *(
            When(organisation__time_zone=name, then=TruncDate("done_at", tzinfo=zoneinfo.ZoneInfo(name)))
            for name in ZONE_LABELS
        )
    )
    return (
        FollowUp.objects.assigned()
        .filter(organisation__in=units, due__gte=weeks[0][2], due__lte=weeks[-1][2] + SIX_DAYS)
        .filter(Q(due__lt=now.date()) | Q(state="done"))
        .exclude(state="stopped")
        .order_by()
        .annotate(done_at=Coalesce(Subquery(said), "settled_at"))
        .annotate(done_on=done_on)
        .annotate(in_time=Case(When(state="done", done_on__lte=F("due"), then=True), default=False))
    )


def _follow_ups(units, weeks, now):
    rows = (
        _due_follow_ups(units, weeks, now)
        .values_list("organisation_id")
        .annotate(kept=Count("pk", filter=Q(in_time=True)), all=Count("pk"))
    )
    return {unit: Share(kept, whole) for unit, kept, whole in rows}


def rates(units, first_monday, last_monday, now=None, *, board=None):
    """{unit id: Rates} for the weeks from the first to the last. ``board``: one that was made for them already.

    Six queries, whatever the numbers (three where the board is there).
    """
    now = now or clock.now()
    units = list(units)
    board = board or compliance.board(units, first_monday, last_monday, now)
    keys, weeks = [unit.pk for unit in units], board.weeks
    if not units or not weeks:
        return {}
    attendance, lead_time = _attendance(keys, weeks), _lead_time(keys, weeks)
    follow_ups = _follow_ups(keys, weeks, now)
    return {
        key: Rates(
            board.tally_of_unit(key), attendance.get(key, NONE), lead_time.get(key, NONE), follow_ups.get(key, NONE)
        )
        for key in keys
    }


def as_told(found, reach):
    """The rates as one may know them: lateness of follow-ups only with that reach (visibility.md)."""
    return found if reach in (permissions.ALL, permissions.LATENESS) else replace(found, follow_ups=None)


def member_rates(unit, first_monday, last_monday, now=None):
    """The members of one unit who were in office in the period, in order of seat. Two queries."""
    now, weeks = now or clock.now(), compliance.week_list(first_monday, last_monday)
    if not weeks:
        return []
    members = {}
    rows = (
        _seats([unit.pk], weeks).order_by("pleno__opened_at").values_list("user_id", "name", "title", "order", "status")
    )
    for user, name, title, order, status in rows:
        # Name, title and seat as at the last of these sessions.
        member = members.setdefault(user, MemberRates(user, name, title, order))
        member.name, member.title, member.order = name, title, order
        member.counts[status] = member.counts.get(status, 0) + 1
    done = (
        _due_follow_ups([unit.pk], weeks, now)
        .filter(responsible__isnull=False)
        .values_list("responsible__user_id")
        .annotate(kept=Count("pk", filter=Q(in_time=True)), all=Count("pk"))
    )
    for user, kept, whole in done:
        if user in members:
            members[user].follow_ups = Share(kept, whole)
    return sorted(members.values(), key=lambda member: (member.order, member.name))
