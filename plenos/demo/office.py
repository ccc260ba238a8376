"""One unit of the demonstration at work: who is there, and what it has put off."""

import datetime

from django.db.models import Q

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Division, Membership
from bawaslu_portal.kernel.models.members import COMMISSIONERS, SUPERVISION

KEYS = {"SDM": "sdmo", "Huk": "hukum", "Pen": "pp"}


class Office:
    """One unit at work: its people, habits and divisions, and what it has put off to the next session."""

    def __init__(self, unit, habit, now, *, settled):
        self.unit, self.habit, self.now = unit, habit, now
        self.settled, self.people = settled, {}
        self.today = clock.local(now, unit).date()
        posts = Membership.objects.filter(organisation=unit).select_related("user").order_by("order", "id")
        self.note_taker = posts.filter(role="note_taker").first()
        self.head = posts.filter(role="head_of_secretariat").first()
        self.divisions = {}
        for division in Division.objects.filter(organisation=unit, until=None).order_by("order"):
            key = "cegah" if division.name.startswith("Pencegahan") else KEYS[division.name[:3]]
            self.divisions[key] = division
        self.names = {key: division.short_name for key, division in self.divisions.items()}
        self.carried, self.readers = [], None

    def at(self, day, hour, minute=0):
        """That hour of ``day`` in the unit's zone."""
        return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=self.unit.zone)

    def person(self, user):
        """``user``; where nobody comes or goes, always the same object, so that his roles are asked for once."""
        if not self.settled:
            return user
        if user.pk not in self.people:
            user.scope_cache = {}
            self.people[user.pk] = user
        return self.people[user.pk]

    def members(self, moment):
        """Chair and members in office at ``moment``."""
        return Membership.objects.in_office_on(self.unit, moment)

    def coordinator(self, key, moment):
        """Who answers for a division: its member, else the chair."""
        members = self.members(moment)
        division = self.divisions.get(key)
        return next((m for m in members if division and m.division_id == division.pk), members[0])

    def overseers(self):
        """Those of the unit above who read all that is delivered: its staff, its chair, and who coordinates SDMO."""
        if self.readers is None or not self.settled:
            above = self.unit.parent_on()
            rows = Membership.objects.filter(organisation=above).at(clock.now()).select_related("user")
            leads = Q(role__in=COMMISSIONERS, division__name__startswith="SDM")
            rows = rows.filter(leads | Q(role__in=["chair", SUPERVISION])).order_by("-role", "order")
            self.readers = [m.user for m in rows]
        return self.readers
