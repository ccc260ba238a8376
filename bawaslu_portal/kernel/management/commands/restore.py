"""Put back what manage.py backup wrote, and verify the ledger. Stop the portal first; the database must be running."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from bawaslu_portal.kernel import archive


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="delete what the database holds now")

    def handle(self, *args, file, replace, **options):
        try:
            manifest = archive.read(file, replace=replace)
        except archive.ArchiveError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored: {len(manifest['files'])} stored files, made at {manifest['made_at']}")
        call_command("verify_ledger", stdout=self.stdout, stderr=self.stderr)
