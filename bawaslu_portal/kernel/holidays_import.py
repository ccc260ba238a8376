"""A year's list of holidays from an Excel sheet: template, reading with every wrong cell named, taking over."""

import datetime
import io
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from . import holidays, workbooks
from .models.duties import Holiday
from .people_import import day_of

SHEET = "Hari libur"
# Key, heading on the sheet, its letter, width in characters. The sheet is Indonesian, like the papers.
COLUMNS = [("first", "Tanggal", "A", 16), ("last", "Sampai dengan", "B", 16), ("name", "Nama hari libur", "C", 56)]
LETTERS = {key: letter for key, _heading, letter, _width in COLUMNS}
MOST_ROWS, MOST_NAME = 200, 200


@dataclass
class Sheet:
    """What was read: rows (JSON-able dicts with their ``line``), and errors as (cell, sentence)."""

    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def wrong(self, key, line, sentence):
        self.errors.append((f"{LETTERS[key]}{line}", sentence))


def template():
    """The bytes of an empty sheet with its headings."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for n, (_key, heading, letter, width) in enumerate(COLUMNS, 1):
        sheet.cell(1, n, heading).font = Font(bold=True)
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    help_ = book.create_sheet("Petunjuk")
    help_.append(
        ["Tanggal ditulis 17-08-2024. Kolom B kosong berarti satu hari. Rumus ditolak, baris kosong dilewati."]
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet, key, line, cell):
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if workbooks.is_formula(cell):
        sheet.wrong(key, line, _("Rumus tidak diterima. Tulis nilainya."))
        return ""
    if key == "name":
        text = " ".join(str(value).split())
        if text[:1] in "+-@":
            sheet.wrong(key, line, _("Tidak boleh dimulai dengan tanda + - @."))
        elif len(text) > MOST_NAME:
            sheet.wrong(key, line, _("Terlalu panjang: paling banyak {n} huruf.").format(n=MOST_NAME))
        return text
    try:
        return day_of(value)
    except ValueError:
        sheet.wrong(key, line, _("Bukan tanggal. Tulis seperti 31-12-2023."))
        return ""


def _check(sheet, row, year):
    line, wrong = row["line"], {cell for cell, _sentence in sheet.errors}
    for key in ("first", "name"):
        if not row[key] and f"{LETTERS[key]}{line}" not in wrong:
            sheet.wrong(key, line, _("Wajib diisi."))
    if not row["first"]:
        return
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
    try:
        book = workbooks.read(content)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    if SHEET not in book.sheetnames:
        raise ValidationError({"file": _("Lembar bernama {name} tidak ada. Pakai templat.").format(name=SHEET)})
    sheet, seen = Sheet(), {}
    for line, cells in enumerate(book[SHEET].iter_rows(max_col=len(COLUMNS)), 1):
        if line == 1:
            for (key, heading, _letter, _width), cell in zip(COLUMNS, cells, strict=False):
                if str(cell.value or "").strip().lower() != heading.lower():
                    sheet.wrong(key, 1, _("Judul kolom ini harus {heading}.").format(heading=heading))
            if sheet.errors:
                break
            continue
        if line > MOST_ROWS:
            sheet.wrong("first", line, _("Paling banyak {n} baris.").format(n=MOST_ROWS))
            break
        if all(cell.value is None or not str(cell.value).strip() for cell in cells):
            continue
        row = {"line": line, **dict.fromkeys(LETTERS, "")}
        for (key, _heading, _letter, _width), cell in zip(COLUMNS, cells, strict=False):
            row[key] = _cell(sheet, key, line, cell)
        _check(sheet, row, year)
        double = (row["first"], row["last"], row["name"])
        if all(double) and double in seen:
            sheet.wrong("first", line, _("Sama dengan baris {line}.").format(line=seen[double]))
        seen.setdefault(double, line)
        sheet.rows.append(row)
    book.close()
    if not sheet.rows and not sheet.errors:
        sheet.wrong("first", 2, _("Belum ada baris yang diisi."))
    return sheet


def _days(row):
    return datetime.date.fromisoformat(row["first"]), datetime.date.fromisoformat(row["last"])


def mark(sheet, organisation):
    """Say of each row whether it is new to the unit's list."""
    there = set(Holiday.objects.standing().filter(organisation=organisation).values_list("first", "last", "name"))
    for row in sheet.rows:
        row["new"] = (*_days(row), row["name"]) not in there
    return sheet


def take_over(rows, organisation, *, by):
    """Enter the new ones of a confirmed preview, all or none. Returns how many. Raises as ``holidays.add``."""
    sheet = mark(Sheet(rows=[dict(row) for row in rows]), organisation)
    with transaction.atomic():
        new = [row for row in sheet.rows if row["new"]]
        for row in new:
            first, last = _days(row)
            holidays.add(organisation, kind=holidays.HOLIDAY, first=first, last=last, name=row["name"], by=by)
    return len(new)
