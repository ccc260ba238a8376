"""Django's flush, for tests only: the guards on append-only tables are lifted for it and put back."""

from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as DjangoFlush
from django.db import connections

from bawaslu_portal.kernel import guards


class Command(DjangoFlush):
    def handle(self, **options):
        connection = connections[options["database"]]
        name = str(connection.settings_dict["NAME"])
        if not name.startswith("test_"):
            raise CommandError("flush would erase evidence; it runs on test databases only.")
        with connection.cursor() as cursor:
            guards.lift(cursor)
        try:
            super().handle(**options)
        finally:
            with connection.cursor() as cursor:
                guards.restore(cursor)
