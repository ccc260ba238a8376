"""Minutes of earlier years from an Excel sheet and the scans that it names: read with every wrong cell named.

Nothing is stored by reading but the bytes of the scans, which are swept a day later where no confirmation follows.
"""

import datetime
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bawaslu_portal.kernel import clock, documents, workbooks

from .models import ArchivedMinutes

SHEET = "Risalah"
# Key, heading on the sheet, width, longest text. The sheet is Indonesian, like the papers.
COLUMNS = [
    ("number", "Nomor", 34, 120),
    ("dated", "Tanggal pleno", 16, 20),
    ("title", "Perihal", 44, 300),
    ("decisions", "Pokok keputusan", 60, 20000),
    ("access", "Sifat", 14, 20),
    ("name", "Nama berkas", 34, 200),
]
LETTERS = {key: get_column_letter(n) for n, (key, *_rest) in enumerate(COLUMNS, 1)}
REQUIRED = ("number", "dated", "title", "access", "name")
ACCESS = {"tertutup": "closed", "terbuka": "open"}
MIB = 1024 * 1024
LARGEST, MOST_ROWS, MOST_FILES, MOST_UNPACKED = 15 * MIB, 500, 500, 120 * MIB
DATE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")


@dataclass
class Sheet:
    """What was read: rows (JSON-able dicts with their ``line``), and errors as (cell or file, sentence)."""

    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def wrong(self, key, line, sentence):
        self.errors.append((f"{LETTERS[key]}{line}", sentence))


def template():
    """The bytes of an empty sheet with its headings and two lines of help."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for n, (_key, heading, width, _longest) in enumerate(COLUMNS, 1):
        sheet.cell(1, n, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(n)].width = width
        for line in range(2, 101):
            sheet.cell(line, n).number_format = "@"
    sheet.freeze_panes = "A2"
    help_ = book.create_sheet("Petunjuk")
    for words in (
        "Satu baris satu risalah. Tanggal ditulis 31-12-2019. Sifat: tertutup atau terbuka. Rumus ditolak.",
        "Nama berkas persis seperti nama PDF yang diunggah bersama lembar ini, misalnya ba-12-2019.pdf.",
        "Pokok keputusan boleh kosong; bila diisi, risalahnya dapat dicari dengan kata-kata itu.",
    ):
        help_.append([words])
    help_.column_dimensions["A"].width = 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- the scans ------------------------------------------------------------------------------------------


def _unpacked(upload):
    """The files in a zip as (name, bytes): bounded before anything is unpacked."""
    try:
        with zipfile.ZipFile(upload) as pack:
            parts = [part for part in pack.infolist() if not part.is_dir() and not part.filename.startswith("__MACOSX")]
            if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise ValidationError({"scans": _("Isi zip terlalu besar; bagi menjadi beberapa unggahan.")})
            return [(PurePosixPath(part.filename).name, pack.read(part)) for part in parts]
    except ValidationError:
        raise
    except Exception as error:  # a broken archive fails in many ways
        raise ValidationError({"scans": _("Berkas zip ini rusak atau berkata sandi.")}) from error


def _fault(content):
    """What is wrong with a scan, or None."""
    if not content.startswith(b"%PDF-"):
        return _("Bukan PDF. Pindai risalahnya menjadi PDF.")
    if b"%%EOF" not in content[-2048:]:
        return _("PDF ini terpotong. Unggah lagi berkas yang utuh.")
    if len(content) > LARGEST:
        return _("Terlalu besar; paling besar 15 MB. Pindai hitam-putih atau perkecil.")
    return None


def scans_of(uploads, sheet):
    """{name in small letters: (name, bytes)} of the PDFs, those inside a zip too; faults go to ``sheet``."""
    found = {}
    if sum(upload.size for upload in uploads) > MOST_UNPACKED:
        raise ValidationError({"scans": _("Terlalu besar sekaligus; bagi menjadi beberapa unggahan.")})
    for upload in uploads:
        parts = _unpacked(upload) if upload.name.lower().endswith(".zip") else [(upload.name, upload.read())]
        for name, content in parts:
            fault = _fault(content)
            if fault:
                sheet.errors.append((name, fault))
            elif name.lower() in found:
                sheet.errors.append((name, _("Ada dua berkas dengan nama ini.")))
            else:
                found[name.lower()] = (name, content)
    return found


# --- the sheet ------------------------------------------------------------------------------------------


def _day(value):
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = str(value).strip()
    found = DATE.match(text)
    return datetime.date.fromisoformat(f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text)


def _cell(sheet, key, line, cell, longest):
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if workbooks.is_formula(cell):
        sheet.wrong(key, line, _("Rumus tidak diterima. Tulis nilainya."))
        return ""
    if key == "dated":
        try:
            return _day(value).isoformat()
        except ValueError:
            sheet.wrong(key, line, _("Bukan tanggal. Tulis seperti 31-12-2019."))
            return ""
    text = f"{value:g}" if isinstance(value, float) else str(value).strip()
    if key != "decisions":
        text = " ".join(text.split())
    if len(text) > longest:
        sheet.wrong(key, line, _("Terlalu panjang: paling banyak {n} huruf.").format(n=longest))
        return ""
    return text


def _check(sheet, row, today, scans, seen):
    line, wrong = row["line"], {cell for cell, _sentence in sheet.errors}
    for key in REQUIRED:
        if not row[key] and f"{LETTERS[key]}{line}" not in wrong:
            sheet.wrong(key, line, _("Wajib diisi."))
    if row["dated"] and not datetime.date(1999, 1, 1) <= datetime.date.fromisoformat(row["dated"]) < today:
        sheet.wrong("dated", line, _("Tanggal harus di masa lalu, sejak 1999."))
    if row["access"]:
        known = ACCESS.get(row["access"].lower())
        if known is None:
            sheet.wrong("access", line, _("Tulis tertutup atau terbuka."))
        row["access"] = known or ""
    if row["name"] and row["name"].lower() not in scans:
        sheet.wrong("name", line, _("Berkas ini tidak ikut diunggah. Periksa namanya."))
    for key, double in (("number", (row["number"].lower(), row["dated"])), ("name", row["name"].lower())):
        if all(double) and (key, double) in seen:
            sheet.wrong(key, line, _("Sama dengan baris {line}.").format(line=seen[key, double]))
        seen.setdefault((key, double), line)


def _rows(sheet, page):
    for line, cells in enumerate(page.iter_rows(max_col=len(COLUMNS)), 1):
        if line == 1:
            headings = [str(cell.value or "").strip().lower() for cell in cells]
            for n, (key, heading, _width, _longest) in enumerate(COLUMNS):
                if n >= len(headings) or headings[n] != heading.lower():
                    sheet.wrong(key, 1, _("Judul kolom ini harus {heading}.").format(heading=heading))
            if sheet.errors:
                return
        elif line > MOST_ROWS + 1:
            sheet.wrong("number", line, _("Paling banyak {n} baris.").format(n=MOST_ROWS))
            return
        elif any(cell.value is not None and str(cell.value).strip() for cell in cells):
            row = {"line": line, **{key: "" for key, *_rest in COLUMNS}}
            for (key, _heading, _width, longest), cell in zip(COLUMNS, cells, strict=False):
                row[key] = _cell(sheet, key, line, cell, longest)
            sheet.rows.append(row)


def read(content, uploads, *, organisation):
    """Read a sheet and its scans. Raises ValidationError for a file that is none; what is wrong is in the result."""
    book = workbooks.read(content)
    if SHEET not in book.sheetnames:
        raise ValidationError({"sheet": _("Lembar bernama {name} tidak ada. Pakai templat.").format(name=SHEET)})
    sheet = Sheet()
    _rows(sheet, book[SHEET])
    book.close()
    scans, seen, today = scans_of(uploads, sheet), {}, clock.today(organisation)
    known = set(ArchivedMinutes.objects.filter(organisation=organisation).values_list("number", "dated"))
    for row in sheet.rows:
        _check(sheet, row, today, scans, seen)
        if row["dated"] and (row["number"], datetime.date.fromisoformat(row["dated"])) in known:
            sheet.wrong("number", row["line"], _("Risalah ini sudah ada di arsip."))
    if not sheet.rows and not sheet.errors:
        sheet.wrong("number", 2, _("Belum ada baris yang diisi."))
    named = {row["name"].lower() for row in sheet.rows}
    sheet.errors += [(name, _("Tidak disebut di lembar.")) for key, (name, _c) in scans.items() if key not in named]
    if not sheet.errors:
        for row in sheet.rows:
            scan = scans[row["name"].lower()][1]
            row["sha256"], row["size"] = documents.write_bytes(scan), len(scan)
    return sheet
