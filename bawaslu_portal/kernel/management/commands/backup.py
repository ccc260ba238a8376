"""Write one file with the database and the storage: manage.py backup /safe/place/portal.tar"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from bawaslu_portal.kernel import archive


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the archive; an older one is replaced when all is well")

    def handle(self, *args, file, **options):
        if not file.absolute().parent.is_dir():
            raise CommandError(f"{file.absolute().parent} is no folder.")
        try:
            manifest = archive.write(file.absolute())
        except archive.ArchiveError as error:
            raise CommandError(str(error)) from error
        lines = sum(seq for seq, _ in manifest["ledger"].values())
        self.stdout.write(f"{file}: {len(manifest['files'])} stored files, {lines} ledger entries")
