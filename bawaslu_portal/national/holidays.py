"""Days on which nobody works: the national list of each year, one day of most provinces, closures of some units.

The days that move with the moon were as the list says, or near it: this is for measuring.
"""

import csv
import datetime
from pathlib import Path

from bawaslu_portal.kernel.models import Holiday

from . import uuids

MOVING = Path(__file__).with_name("holidays.csv")
FIXED = [
    ((1, 1), "Tahun Baru Masehi"),
    ((5, 1), "Hari Buruh Internasional"),
    ((6, 1), "Hari Lahir Pancasila"),
    ((8, 17), "Hari Kemerdekaan"),
    ((12, 25), "Hari Raya Natal"),
]
CLOSURES = ("Kantor terdampak banjir", "Perbaikan jaringan listrik gedung", "Pindah kantor", "Fogging kantor")


def _national(year):
    """(first, last, name) of the days of one year."""
    days = [(datetime.date(year, *day), 0, name) for day, name in FIXED]
    with MOVING.open(encoding="utf-8", newline="") as file:
        listed = {row.pop("year"): row for row in csv.DictReader(file)}
    moving = {name: datetime.date.fromisoformat(day) for name, day in listed.get(str(year), {}).items()}
    if moving:
        easter, fitri, adha = moving["paskah"], moving["fitri"], moving["adha"]
        days += [
            (moving["imlek"], 0, "Tahun Baru Imlek"),
            (moving["nyepi"], 0, "Hari Suci Nyepi"),
            (moving["waisak"], 0, "Hari Raya Waisak"),
            (easter - datetime.timedelta(days=2), 0, "Wafat Isa Almasih"),
            (easter + datetime.timedelta(days=39), 0, "Kenaikan Isa Almasih"),
            (fitri - datetime.timedelta(days=2), 7, "Idulfitri dan cuti bersama"),
            (adha, 0, "Iduladha"),
            (adha + datetime.timedelta(days=20), 0, "Tahun Baru Islam"),
            (adha + datetime.timedelta(days=90), 0, "Maulid Nabi Muhammad"),
        ]
    return [(first, first + datetime.timedelta(days=more), name) for first, more, name in days]


def write(nation, copy, by):
    """The rows. ``by``: {number of the body: id of its administrator}."""
    years = range(nation.first.year, nation.now.year + 2)
    add = copy.writer(Holiday, "id", "uuid", "organisation_id", "kind", "first", "last", "name", "at", "by_id")
    for body in nation.bodies:
        chance = body.draws("holidays")
        fresh, ids = uuids(chance), body.ids()
        for kind, first, last, name in _of(body, chance, years):
            at = body.moment(datetime.date(first.year - 1, 11, 20), 9)
            at = min(at, nation.now)
            add(next(ids), fresh(), body.unit.pk, kind, first, last, name, at, by[body.number])


def _of(body, chance, years):
    """(kind, first, last, name) of the days that one body keeps."""
    if body.unit.level == "national":
        return [("holiday", *row) for year in years for row in _national(year)]
    if body.unit.level == "province":
        month, day = chance.randrange(1, 13), chance.randrange(1, 29)
        name = f"Hari Jadi Provinsi {body.unit.region_name}"
        return [("holiday", datetime.date(y, month, day), datetime.date(y, month, day), name) for y in years]
    rows = []
    for year in years:
        if chance.random() < 0.06:
            first = datetime.date(year, 1, 4) + datetime.timedelta(weeks=chance.randrange(50))
            monday = first - datetime.timedelta(days=first.weekday())
            last = monday + datetime.timedelta(days=chance.choice((1, 4)))
            rows.append(("closure", monday, last, chance.choice(CLOSURES)))
    return rows
