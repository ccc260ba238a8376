"""Fill an empty database with made-up people and years of work of every body of the nation, for measuring.

``--years 10`` gives about 300,000 plenos. The same seed, years, province and last day give the same rows; a second run
with the same says so and changes nothing. Needs PORTAL_DEMO=1, and refuses a database in which there are people.
"""

import datetime
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from bawaslu_portal.demonstration import accounts, people, together
from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.models import LedgerEntry, LedgerHead, Membership, Organisation, User
from bawaslu_portal.national import Nation, loading

ACTION = "kernel.nation.load"
SHOWN = {"00", "74", "74.71"}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--years", type=int, default=1, help="how many years until now (1 to 15)")
        parser.add_argument("--seed", type=int, default=1, help="the chance from which everything is drawn")
        parser.add_argument("--province", default="", help="code: only this province, with the national body above it")
        parser.add_argument("--until", type=datetime.date.fromisoformat, help="the last day that is played (today)")

    def handle(self, *args, years, seed, province, until, **options):
        if not settings.PORTAL_DEMO:
            raise CommandError("Set PORTAL_DEMO=1: made-up plenos are not for real work.")
        if not 1 <= years <= 15:
            raise CommandError("--years takes 1 to 15.")
        now = clock.now().replace(microsecond=0)
        if until:
            now = datetime.datetime.combine(until, datetime.time(9, 0), tzinfo=datetime.UTC)
        asked = {"years": years, "seed": seed, "province": province, "until": now.date().isoformat()}
        if self._is_there(asked):
            return
        monday = now.date() - datetime.timedelta(days=now.weekday())
        nation = Nation(seed, years, monday - datetime.timedelta(weeks=round(years * 52.1775)), now)
        secret, _fresh = accounts.password()
        self.began = time.monotonic()
        try:
            loading.load(nation, secret, province, self._say)
        except together.WorkFailed as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            top = Organisation.objects.get(level="national")
            ledger.record(top, ACTION, top, by=User.objects.system(), **asked)
        accounts.write(self._sign_ins(nation, province), secret)
        entries = sum(LedgerHead.objects.values_list("seq", flat=True))
        self.stdout.write(f"{len(nation.bodies)} bodies, {entries} ledger entries. Sign-ins: manage.py demo --accounts")

    def _is_there(self, asked):
        """Whether the same was loaded before. Raises CommandError for anything else that is in the database."""
        before = LedgerEntry.objects.filter(action=ACTION).first()
        if before is None:
            strangers, others = people.strangers().count(), User.objects.exclude(pk=User.objects.system().pk).count()
            if strangers:
                raise CommandError(f"{strangers} people in this database are real; nothing was loaded.")
            if others:
                raise CommandError("The demonstration, or half of a nation, is in this database: take an empty one.")
            return False
        facts = ledger.lines_of([before])[0].facts
        if {key: str(value) for key, value in asked.items()} != {key: str(facts[key]) for key in asked}:
            raise CommandError(f"Another nation is in this database: {facts}. Take an empty one.")
        self.stdout.write("This nation is here already; nothing was changed.")
        return True

    def _say(self, what):
        self.stdout.write(f"{what}: {time.monotonic() - self.began:.0f} s")
        self.stdout.flush()

    def _sign_ins(self, nation, province):
        """Everyone of three units, and the supervision staff of every province: (role, code, e-mail)."""
        shown = SHOWN | {province}
        rows = Membership.objects.filter(until=None, user__is_active=True).order_by("organisation__code", "id")
        return [
            row
            for row in rows.values_list("role", "organisation__code", "user__email")
            if row[1] in shown or (row[0] == "supervision_staff" and len(row[1]) == 2)
        ]
