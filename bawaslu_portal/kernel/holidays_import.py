"""A year's list of holidays from an Excel sheet: template, reading with every wrong cell named, taking over."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from . import holidays
from .import_sheets import Column, Layout, Sheet, day, saved
from .models.duties import Holiday

LAYOUT = Layout(
    "Hari libur",
    (
        Column("first", "Tanggal", 16, required=True, read=day),
        Column("last", "Sampai dengan", 16, read=day),
        Column("name", "Nama hari libur", 56, required=True),
    ),
    200,
)


def template():
    """The bytes of an empty sheet with its headings."""
    said = "Tanggal ditulis 17-08-2024. Kolom B kosong berarti satu hari. Rumus ditolak, baris kosong dilewati."
    return saved(LAYOUT.book(said))


def _check(sheet, row, year):
    if not row["first"]:
        return
    line = row["line"]
    first, last = (datetime.date.fromisoformat(row[key] or row["first"]) for key in ("first", "last"))
    row["last"] = last.isoformat()
    if first.year != year:
        sheet.wrong("first", line, _("Bukan tanggal tahun {year}.").format(year=year))
    if last < first:
        sheet.wrong("last", line, _("Tanggal akhir tidak boleh sebelum tanggal awal."))
    elif (last - first).days + 1 > holidays.LONGEST[holidays.HOLIDAY]:
        longest = holidays.LONGEST[holidays.HOLIDAY]
        sheet.wrong("last", line, _("Paling lama {n} hari sekaligus.").format(n=longest))


def read(content, year):
    """Read an uploaded list of ``year``. Raises ValidationError for a file that is none; wrong cells are in the
    result."""
    sheet = Sheet(LAYOUT)
    for row in sheet.read(content):
        _check(sheet, row, year)
        sheet.once("first", row, row["first"], row["last"], row["name"])
    return sheet


def _days(row):
    return datetime.date.fromisoformat(row["first"]), datetime.date.fromisoformat(row["last"])


def mark(rows, organisation):
    """Say of each row whether it is new to the unit's list."""
    there = set(Holiday.objects.standing().filter(organisation=organisation).values_list("first", "last", "name"))
    for row in rows:
        row["new"] = (*_days(row), row["name"]) not in there


def take_over(rows, organisation, *, by):
    """Enter the new ones of a confirmed preview, all or none. Returns how many. Raises as ``holidays.add``."""
    mark(rows, organisation)
    new = [row for row in rows if row["new"]]
    with transaction.atomic():
        for row in new:
            first, last = _days(row)
            holidays.add(organisation, kind=holidays.HOLIDAY, first=first, last=last, name=row["name"], by=by)
    return len(new)
