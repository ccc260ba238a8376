"""Minutes of earlier years from an Excel sheet and the scans that it names: read with every wrong cell named.

Nothing is stored by reading but the bytes of the scans, which are swept a day later where no confirmation follows.
"""

import datetime
import zipfile
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, documents
from bawaslu_portal.kernel.import_sheets import Column, Layout, Sheet, day, lines, saved

from .models import ArchivedMinutes

LAYOUT = Layout(
    "Risalah",
    (
        Column("number", "Nomor", 34, 120, required=True, signed=True, as_text=True),
        Column("dated", "Tanggal pleno", 16, required=True, read=day, as_text=True),
        Column("title", "Perihal", 44, 300, required=True, signed=True, as_text=True),
        Column("decisions", "Pokok keputusan", 60, 20000, read=lines, signed=True, as_text=True),
        Column("access", "Sifat", 14, 20, required=True, as_text=True),
        Column("name", "Nama berkas", 34, required=True, signed=True, as_text=True),
    ),
    500,
)
ACCESS = {"tertutup": "closed", "terbuka": "open"}
MIB = 1024 * 1024
LARGEST, MOST_FILES, MOST_UNPACKED = 15 * MIB, 500, 120 * MIB


def template():
    """The bytes of an empty sheet with its headings and what they mean."""
    book = LAYOUT.book(
        "Satu baris satu risalah. Tanggal ditulis 31-12-2019. Sifat: tertutup atau terbuka. Rumus ditolak.",
        "Nama berkas persis seperti nama PDF yang diunggah bersama lembar ini, misalnya ba-12-2019.pdf.",
        "Pokok keputusan boleh kosong; bila diisi, risalahnya dapat dicari dengan kata-kata itu.",
    )
    book["Petunjuk"].column_dimensions["A"].width = 100
    return saved(book)


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


def _check(sheet, row, today, scans, known):
    line = row["line"]
    dated = datetime.date.fromisoformat(row["dated"]) if row["dated"] else None
    if dated and not datetime.date(1999, 1, 1) <= dated < today:
        sheet.wrong("dated", line, _("Tanggal harus di masa lalu, sejak 1999."))
    if row["access"]:
        row["access"] = ACCESS.get(row["access"].lower(), "")
        if not row["access"]:
            sheet.wrong("access", line, _("Tulis tertutup atau terbuka."))
    if row["name"] and row["name"].lower() not in scans:
        sheet.wrong("name", line, _("Berkas ini tidak ikut diunggah. Periksa namanya."))
    sheet.once("number", row, row["number"].lower(), row["dated"])
    sheet.once("name", row, row["name"].lower())
    if (row["number"], dated) in known:
        sheet.wrong("number", line, _("Risalah ini sudah ada di arsip."))


def read(content, uploads, *, organisation):
    """Read a sheet and its scans. Raises ValidationError for a file that is none; what is wrong is in the result."""
    sheet = Sheet(LAYOUT)
    rows = list(sheet.read(content, "sheet"))
    scans, today = scans_of(uploads, sheet), clock.today(organisation)
    known = set(ArchivedMinutes.objects.filter(organisation=organisation).values_list("number", "dated"))
    for row in rows:
        _check(sheet, row, today, scans, known)
    named = {row["name"].lower() for row in rows}
    sheet.errors += [(name, _("Tidak disebut di lembar.")) for key, (name, _c) in scans.items() if key not in named]
    if not sheet.errors:
        for row in rows:
            scan = scans[row["name"].lower()][1]
            row["sha256"], row["size"] = documents.write_bytes(scan), len(scan)
    return sheet
