"""Create what is missing of the units' duties: by default for this week and the four that follow. Safe to run again.

Weeks are written 2024-W23; without --unit every unit, with it that unit and all below it in the code (74, 74.71).
"""

import datetime
import re

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.models import Organisation

WEEK = re.compile(r"^(\d{4})-W(\d{2})$")
MOST = 520  # weeks at once


def monday(text):
    """The first day of a week as it is written in an address."""
    found = WEEK.match(text)
    try:
        return datetime.date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except (TypeError, ValueError) as error:
        raise CommandError(f"{text} is no week: write it like 2024-W23.") from error


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--since", metavar="WEEK", help="first week, default this one")
        parser.add_argument("--until", metavar="WEEK", help="last week, default four after this one or the first")
        parser.add_argument("--unit", metavar="CODE", help="this unit and those below it")

    def handle(self, *args, **options):
        this = duties.monday_of(clock.now().date())
        first = monday(options["since"]) if options["since"] else this
        last = monday(options["until"]) if options["until"] else max(first, this) + duties.AHEAD * duties.WEEK
        if last < first:
            raise CommandError("The last week lies before the first.")
        if (last - first).days > 7 * MOST:
            raise CommandError(f"At most {MOST} weeks at once.")
        units = Organisation.objects.all()
        if options["unit"]:
            units = units.filter(Q(code=options["unit"]) | Q(code__startswith=f"{options['unit']}."))
            if not units.exists():
                raise CommandError(f"There is no unit {options['unit']}.")
        made = duties.ensure(units, first, last)
        self.stdout.write(f"{made} duties created.")
