"""People of one or many units from an Excel sheet: template, reading with every wrong cell named, and taking over.

Reading checks the shape; a rehearsal runs the verbs inside a transaction that is rolled back, so the preview refuses
what the verbs would refuse.
"""

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl.worksheet.datavalidation import DataValidation

from . import clock, members, scope
from .import_sheets import Column, Layout, Sheet, day, plain, saved
from .lifecycle import NotPermitted, TransitionRefused
from .models.members import ADMINISTRATOR, Membership, User
from .models.organisations import Division, Organisation

ROLES = {**{code: code for code in members.TITLES}, **{title.lower(): code for code, title in members.TITLES.items()}}


# --- what Excel made of codes, telephones and numbers that were typed -------------------------------------


def _number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _code(value):
    if _number(value):
        return f"{value:02.0f}" if float(value).is_integer() else f"{value:05.2f}"
    return plain(value)


def _phone(value):
    if _number(value) and float(value).is_integer():
        digits = f"{value:.0f}"
        return f"0{digits}" if digits.startswith("8") else digits
    return plain(value)


def _order(value):
    return f"{value:.0f}" if _number(value) else plain(value)


def _nip(value):
    if _number(value):
        raise ValidationError(_("Tulis NIP sebagai teks, agar angkanya utuh."))
    return plain(value)


LAYOUT = Layout(
    "Orang",
    (
        Column("code", "Kode unit", 12, required=True, read=_code, as_text=True),
        Column("name", "Nama dengan gelar", 32, 120, required=True, as_text=True),
        Column("email", "Pos-el", 32, 254, required=True, as_text=True),
        Column("role", "Peran", 28, required=True, as_text=True),
        Column("division", "Divisi (nama pendek)", 24, as_text=True),
        Column("title", "Jabatan pada naskah", 30, 120, as_text=True),
        Column("order", "Urutan kursi", 12, read=_order),
        Column("since", "Menjabat sejak", 16, read=day),
        Column("source", "Dasar", 28, as_text=True),
        Column("phone", "Telepon", 18, 30, read=_phone, signed=True, as_text=True),
        Column("nip", "NIP", 24, 21, read=_nip, as_text=True),
        Column("birth_date", "Tanggal lahir", 16, read=day),
    ),
    2000,
)


def units_of(user):
    """Code -> unit for all whose people ``user`` may enter: his own and those right below."""
    ids = scope.own_units(user, {ADMINISTRATOR}) | scope.units_below(user, {ADMINISTRATOR})
    return {unit.code: unit for unit in Organisation.objects.filter(pk__in=ids).order_by("code")}


def template(user):
    """The bytes of an empty sheet with headings, lists to choose from, and the codes of the units."""
    titles, units = list(members.TITLES.values()), list(units_of(user).items())
    rows = [["Peran yang dikenal", "", "Kode unit", "Nama unit"]]
    for n in range(max(len(titles), len(units))):
        code, unit = units[n] if n < len(units) else ("", None)
        rows.append([titles[n] if n < len(titles) else "", "", code, unit.name if unit else ""])
    said = "Tanggal ditulis 31-12-2023. Rumus ditolak. Baris kosong dilewati. Kolom A sampai D wajib diisi."
    book = LAYOUT.book(*rows, [], said)
    for letter, width in (("A", 34), ("C", 12), ("D", 44)):
        book["Petunjuk"].column_dimensions[letter].width = width
    choice = DataValidation(type="list", formula1=f"=Petunjuk!$A$2:$A${len(titles) + 1}", allow_blank=True)
    choice.add(f"{LAYOUT.letter('role')}2:{LAYOUT.letter('role')}{LAYOUT.most_rows + 1}")
    book[LAYOUT.name].add_data_validation(choice)
    return saved(book)


def _check(sheet, row, units, divisions):
    line = row["line"]
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
    units, sheet = units_of(by), Sheet(LAYOUT)
    divisions = _divisions(units)
    for row in sheet.read(content):
        _check(sheet, row, units, divisions)
        sheet.once("email", row, row["code"], row["email"], row["role"])
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
                            sheet.wrong(key if key in row else "role", row["line"], sentence)
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
