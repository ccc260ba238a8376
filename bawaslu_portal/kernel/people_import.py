"""People of one or many units from an Excel sheet: template, reading with every wrong cell named, and taking over.

Reading checks the shape; a rehearsal runs the verbs inside a transaction that is rolled back, so the preview refuses
what the verbs would refuse. Formulas are never evaluated: a cell that holds one is refused.
"""

import datetime
import io
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from . import clock, members, scope, workbooks
from .lifecycle import NotPermitted, TransitionRefused
from .models.members import ADMINISTRATOR, Membership, User
from .models.organisations import Division, Organisation

SHEET = "Orang"
# Key, heading on the sheet, width in characters. The sheet is Indonesian, like the papers.
COLUMNS = [
    ("code", "Kode unit", 12),
    ("name", "Nama dengan gelar", 32),
    ("email", "Pos-el", 32),
    ("role", "Peran", 28),
    ("division", "Divisi (nama pendek)", 24),
    ("title", "Jabatan pada naskah", 30),
    ("order", "Urutan kursi", 12),
    ("since", "Menjabat sejak", 16),
    ("source", "Dasar", 28),
    ("phone", "Telepon", 18),
    ("nip", "NIP", 24),
    ("birth_date", "Tanggal lahir", 16),
]
LETTERS = {key: get_column_letter(n) for n, (key, _heading, _width) in enumerate(COLUMNS, 1)}
TEXT = {"code", "name", "email", "role", "division", "title", "source", "phone", "nip"}
LONGEST = {"name": 120, "email": 254, "title": 120, "source": 200, "phone": 30, "nip": 21}
ROLES = {**{code: code for code in members.TITLES}, **{title.lower(): code for code, title in members.TITLES.items()}}
MOST_BYTES, MOST_ROWS = 2 * workbooks.MIB, 2000
DATE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")


@dataclass
class Sheet:
    """What was read: rows (JSON-able dicts with their ``line``), and errors as (cell, sentence)."""

    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def wrong(self, key, line, sentence):
        self.errors.append((f"{LETTERS[key]}{line}", sentence))


def units_of(user):
    """Code -> unit for all whose people ``user`` may enter: his own and those right below."""
    ids = scope.own_units(user, {ADMINISTRATOR}) | scope.units_below(user, {ADMINISTRATOR})
    return {unit.code: unit for unit in Organisation.objects.filter(pk__in=ids).order_by("code")}


def template(user):
    """The bytes of an empty sheet with headings, lists to choose from, and the codes of the units."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for n, (key, heading, width) in enumerate(COLUMNS, 1):
        sheet.cell(1, n, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(n)].width = width
        if key in TEXT:
            for line in range(2, 301):
                sheet.cell(line, n).number_format = "@"
    sheet.freeze_panes = "A2"
    help_ = book.create_sheet("Petunjuk")
    help_.append(["Peran yang dikenal", "", "Kode unit", "Nama unit"])
    units = units_of(user)
    titles = list(members.TITLES.values())
    codes = list(units.items())
    for n in range(max(len(titles), len(codes))):
        code, unit = codes[n] if n < len(codes) else ("", None)
        help_.append([titles[n] if n < len(titles) else "", "", code, unit.name if unit else ""])
    help_.append([])
    help_.append(["Tanggal ditulis 31-12-2023. Rumus ditolak. Baris kosong dilewati. Kolom A sampai D wajib diisi."])
    for letter, width in (("A", 34), ("C", 12), ("D", 44)):
        help_.column_dimensions[letter].width = width
    choice = DataValidation(type="list", formula1=f"=Petunjuk!$A$2:$A${len(titles) + 1}", allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add(f"{LETTERS['role']}2:{LETTERS['role']}{MOST_ROWS}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _refuse(sentence):
    raise ValidationError({"file": sentence})


def _open(content):
    """The workbook; raises ValidationError for what is no plain, small .xlsx."""
    try:
        return workbooks.read(content, most_bytes=MOST_BYTES)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error


def _text(key, value):
    """A cell as text. Numbers that Excel made of codes and telephones are brought back."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if key == "code":
            return f"{value:02.0f}" if float(value).is_integer() else f"{value:05.2f}"
        if key == "phone" and float(value).is_integer():
            digits = f"{value:.0f}"
            return f"0{digits}" if digits.startswith("8") else digits
        return f"{value:g}" if key != "order" else f"{value:.0f}"
    return " ".join(str(value).split())


def day_of(value):
    """An ISO date from a date cell or from 31-12-2023 (also / and . between, also 2023-12-31)."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value).strip()
    found = DATE.match(text)
    if found:
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    return datetime.date.fromisoformat(text).isoformat()


def _cell(sheet, key, line, cell):
    """The value of one cell, or "" with its error noted."""
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if workbooks.is_formula(cell):
        sheet.wrong(key, line, _("Rumus tidak diterima. Tulis nilainya."))
        return ""
    if key in ("since", "birth_date"):
        try:
            return day_of(value)
        except ValueError:
            sheet.wrong(key, line, _("Bukan tanggal. Tulis seperti 31-12-2023."))
            return ""
    if key == "nip" and isinstance(value, int | float):
        sheet.wrong(key, line, _("Tulis NIP sebagai teks, agar angkanya utuh."))
        return ""
    text = _text(key, value)
    if text[:1] in "+-@\t" and key != "phone":
        sheet.wrong(key, line, _("Tidak boleh dimulai dengan tanda + - @."))
        return ""
    if len(text) > LONGEST.get(key, 200):
        sheet.wrong(key, line, _("Terlalu panjang: paling banyak {n} huruf.").format(n=LONGEST.get(key, 200)))
        return ""
    return text


def _check(sheet, row, units, divisions):
    line = row["line"]
    wrong = {cell for cell, _sentence in sheet.errors}
    for key in ("code", "name", "email", "role"):
        if not row[key] and f"{LETTERS[key]}{line}" not in wrong:
            sheet.wrong(key, line, _("Wajib diisi."))
    if row["code"] and row["code"] not in units:
        sheet.wrong("code", line, _("Bukan kode unit yang Anda kelola."))
    if row["email"]:
        row["email"] = row["email"].lower()
        try:
            validate_email(row["email"])
        except ValidationError:
            sheet.wrong("email", line, _("Bukan alamat pos-el."))
    if row["role"]:
        known = ROLES.get(row["role"].lower())
        if known is None:
            sheet.wrong("role", line, _("Peran tidak dikenal. Pilih dari daftar pada lembar Petunjuk."))
        row["role"] = known or ""
    if row["division"] and row["code"] in units and (row["code"], row["division"].lower()) not in divisions:
        sheet.wrong("division", line, _("Divisi ini tidak ada di unit itu. Tambahkan dahulu, atau perbaiki namanya."))
    if row["order"] and not (row["order"].isdecimal() and 1 <= int(row["order"]) <= 99):
        sheet.wrong("order", line, _("Tulis angka 1 sampai 99."))


def _divisions(units):
    """(code, name or short name in small letters) -> division, of those that hold today."""
    found = {}
    rows = Division.objects.filter(organisation__in=[unit.pk for unit in units.values()]).select_related("organisation")
    for division in rows:
        today = clock.today(division.organisation)
        if division.since <= today and (division.until is None or division.until > today):
            for name in (division.name, division.short_name):
                found[(division.organisation.code, name.lower())] = division
    return found


def read(content, *, by):
    """Read an uploaded sheet. Raises ValidationError for a file that is none; wrong cells are in the result."""
    book = _open(content)
    if SHEET not in book.sheetnames:
        _refuse(_("Lembar bernama {name} tidak ada. Pakai templat.").format(name=SHEET))
    units = units_of(by)
    divisions = _divisions(units)
    sheet, seen = Sheet(), {}
    for line, cells in enumerate(book[SHEET].iter_rows(max_col=len(COLUMNS)), 1):
        if line == 1:
            headings = [str(cell.value or "").strip().lower() for cell in cells]
            for n, (key, heading, _width) in enumerate(COLUMNS):
                if n >= len(headings) or headings[n] != heading.lower():
                    sheet.wrong(key, 1, _("Judul kolom ini harus {heading}.").format(heading=heading))
            if sheet.errors:
                break
            continue
        if line > MOST_ROWS:
            sheet.wrong("code", line, _("Paling banyak {n} baris.").format(n=MOST_ROWS))
            break
        if all(cell.value is None or not str(cell.value).strip() for cell in cells):
            continue
        row = {"line": line, **{key: "" for key, _heading, _width in COLUMNS}}
        for (key, _heading, _width), cell in zip(COLUMNS, cells, strict=False):
            row[key] = _cell(sheet, key, line, cell)
        _check(sheet, row, units, divisions)
        double = (row["code"], row["email"], row["role"])
        if all(double) and double in seen:
            sheet.wrong("email", line, _("Sama dengan baris {line}.").format(line=seen[double]))
        seen.setdefault(double, line)
        sheet.rows.append(row)
    book.close()
    if not sheet.rows and not sheet.errors:
        sheet.wrong("code", 2, _("Belum ada baris yang diisi."))
    return sheet


def _take_over(row, units, divisions, by):
    """One row through the verb: the membership, or None where the person has that role there already."""
    unit = units.get(row["code"])
    if unit is None:  # a right that ended since the preview
        raise ValidationError({"code": _("Bukan kode unit yang Anda kelola.")})
    there = Membership.objects.filter(organisation=unit, role=row["role"], user__email__iexact=row["email"])
    if there.serving_or_coming(clock.now()).exists():
        return None
    since = datetime.date.fromisoformat(row["since"]) if row["since"] else clock.today(unit)
    return members.invite(
        unit,
        email=row["email"],
        name=row["name"],
        role=row["role"],
        division=divisions.get((row["code"], row["division"].lower())) if row["division"] else None,
        title=row["title"],
        order=int(row["order"] or 1),
        since=members.day_start(unit, since),
        source=row["source"],
        phone=row["phone"],
        nip=row["nip"],
        birth_date=datetime.date.fromisoformat(row["birth_date"]) if row["birth_date"] else None,
        by=by,
    )


class _Undo(Exception):
    """Ends the rehearsal."""


def rehearse(sheet, *, by):
    """Run the verbs over the rows and undo it: notes what they refuse at its cell, and marks each row new or known."""
    units = units_of(by)
    divisions = _divisions(units)
    try:
        with transaction.atomic():
            for row in sorted(sheet.rows, key=lambda row: (row["code"], row["line"])):
                try:
                    with transaction.atomic():
                        row["new"] = _take_over(row, units, divisions, by) is not None
                except ValidationError as error:
                    for key, sentences in error.message_dict.items():
                        for sentence in sentences:
                            sheet.wrong(key if key in LETTERS else "role", row["line"], sentence)
                except TransitionRefused as refusal:
                    sheet.wrong("email", row["line"], str(refusal))
                except NotPermitted:
                    sheet.wrong("code", row["line"], _("Bukan kode unit yang Anda kelola."))
            raise _Undo
    except _Undo:
        pass
    known = set(User.objects.filter(email__in=[row["email"] for row in sheet.rows]).values_list("email", flat=True))
    for row in sheet.rows:
        row["account"] = row["email"] in known
        row["role_words"] = members.TITLES[row["role"]]
    return sheet


def take_over(rows, *, by):
    """Enter the rows of a confirmed preview, all or none. Returns the new memberships. Raises as the verbs."""
    units = units_of(by)
    divisions = _divisions(units)
    with transaction.atomic():
        made = [_take_over(row, units, divisions, by) for row in sorted(rows, key=lambda r: (r["code"], r["line"]))]
    return [membership for membership in made if membership is not None]
