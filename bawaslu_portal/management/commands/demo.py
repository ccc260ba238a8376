"""Load the demonstration, or with --accounts name its sign-ins. Safe to run again: it only completes what is missing.

Needs PORTAL_DEMO=1, and refuses a database in which there are people who do not belong to the demonstration.
"""

import datetime
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from bawaslu_portal.demonstration import accounts, people, together
from bawaslu_portal.kernel import catalogue, clock, jobs
from bawaslu_portal.kernel.models import Job, LedgerHead, Organisation


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--accounts", action="store_true", help="only print sign-ins: role, unit, e-mail, password (tabs between)"
        )
        parser.add_argument("--all", action="store_true", help="with --accounts: everyone of every unit")

    def handle(self, *args, **options):
        if options["accounts"]:
            self._accounts(options["all"])
        else:
            self._load()

    def _accounts(self, everyone):
        lines = accounts.read()
        if not lines:
            raise CommandError("No demonstration is loaded here: run manage.py demo first.")
        for line in lines if everyone else accounts.shown(lines):
            self.stdout.write("\t".join(line))

    def _load(self):
        if not settings.PORTAL_DEMO:
            raise CommandError("Set PORTAL_DEMO=1 to load the demonstration: its made-up plenos are not for real work.")
        if not Organisation.objects.filter(level="national").exists():
            call_command("load_regions", verbosity=0)
        others = people.strangers().count()
        if others:
            raise CommandError(
                f"{others} people in this database do not belong to the demonstration; nothing was loaded. "
                "Load it into a database of its own."
            )
        began = time.monotonic()
        secret, fresh = accounts.password()
        try:
            with translation.override("id"), jobs.left_to_the_reconciler():
                cast = people.gather(clock.now())
                for chapter in catalogue.chapters().values():
                    self.stdout.write(chapter(cast))
                people.let_in(secret, everyone=fresh)
        except together.WorkFailed as error:
            raise CommandError(str(error)) from error
        accounts.write(people.sign_ins(cast.now), secret)
        send_todays(cast.now)
        entries = sum(LedgerHead.objects.values_list("seq", flat=True))
        self.stdout.write(
            f"{len(cast.units)} units, {len(accounts.read())} sign-ins, {entries} ledger entries, "
            f"{time.monotonic() - began:.0f} s. Its papers are made by the worker."
        )


def send_todays(now):
    """Send what hangs on the desks of today ahead of the season's papers, which the reconciler sends in their order."""
    waiting = Job.objects.filter(state="queued", asked_at__gt=now - datetime.timedelta(weeks=8)).order_by("-asked_at")
    for pk in list(waiting.values_list("pk", flat=True)):
        transaction.on_commit(lambda pk=pk: jobs.publish(pk, priority=3), robust=True)
