"""Write the day's digests that are due now; the clock calls it every hour, an operator may too."""

from django.core.management.base import BaseCommand

from bawaslu_portal.kernel import digest


class Command(BaseCommand):
    help = "Write one digest for each person who asked for it, at most one a day, and forget notices long seen."

    def handle(self, *args, **options):
        written, forgotten = digest.send_all(), digest.forget_old()
        self.stdout.write(f"{written} digests written, {forgotten} old notices removed.")
