"""Load the national body, the provinces and the kabupaten/kota. Safe to run again."""

import csv
import datetime
from pathlib import Path

from django.core.management.base import BaseCommand
from django.db import transaction

from bawaslu_portal.kernel.models import Organisation, Parentage, User

REGIONS = Path(__file__).resolve().parents[2] / "data" / "regions.csv"
START = datetime.date(2000, 1, 1)
ACEH = "11"


def body_name(code, level, region):
    """The name of the body: Panwaslih in Aceh, Bawaslu elsewhere."""
    agency = "Panwaslih" if code.split(".")[0] == ACEH else "Bawaslu"
    return {
        "national": "Bawaslu Republik Indonesia",
        "province": f"{agency} Provinsi {region}",
        "district": f"{agency} {region}",
    }[level]


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--only", nargs="*", help="codes to load (with those above them); default all")

    @transaction.atomic
    def handle(self, *args, only=None, **options):
        with REGIONS.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if only:
            wanted = {part for code in only for part in ("00", code.split(".")[0], code)}
            rows = [row for row in rows if row["code"] in wanted]
        Organisation.objects.bulk_create(
            [
                Organisation(
                    code=row["code"],
                    level=row["level"],
                    region_name=row["name"],
                    name=body_name(row["code"], row["level"], row["name"]),
                    time_zone=row["time_zone"],
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
        ids = dict(Organisation.objects.values_list("code", "pk"))
        known = set(Parentage.objects.values_list("organisation_id", flat=True))
        made = Parentage.objects.bulk_create(
            Parentage(organisation_id=ids[row["code"]], parent_id=ids[row["parent"]], since=START)
            for row in rows
            if row["parent"] and ids[row["code"]] not in known
        )
        User.objects.system()
        self.stdout.write(f"{len(rows)} bodies, {len(made)} newly placed")
