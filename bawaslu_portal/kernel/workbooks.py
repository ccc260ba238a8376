"""Excel and Word files from outside: opened only when small, whole, and without anything that runs or computes.

Formulas are never evaluated: what a cell shows would depend on who opens it. A workbook that holds one is refused,
and the refusal names the cell.
"""

import io
import re
import zipfile
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

MIB = 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 2 * MIB, 40 * MIB, 200
MAIN = {XLSX: "xl/workbook.xml", DOCX: "word/document.xml"}
# What runs, reaches out or hides another file: macros, controls, embedded objects, links to other workbooks.
ALIVE = re.compile(r"vba|activex|embeddings/|oleobject|externallinks/|macrosheets/|\.bin$|\.exe$", re.IGNORECASE)
HARMLESS = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
# What may be a formula, whatever prefix its namespace has; where it stands is then asked of a parser.
FORMULA = re.compile(r"<(?:[\w.-]+:)?f[\s/>]")
# Lists to choose from, colours and sparklines say in this namespace which cells they look at. That computes nothing.
REFERENCES = "http://schemas.microsoft.com/office/excel/2006/main"
ADDRESS = re.compile(r"\s*\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\s*")
# How a part that is XML begins, in whatever encoding.
MARKUP = (b"<", b"\0<", b"\0\0\0<", b"\xff\xfe", b"\xfe\xff")
SHEETS = re.compile(r"<(?:[\w.-]+:)?(?:worksheet|macrosheet|dialogsheet)[\s/>]")


def _broken():
    return ValidationError(_("Berkas ini rusak atau bukan berkas Excel atau Word biasa."))


def _parts(pack):
    parts = pack.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ValidationError(_("Isi berkas terlalu besar."))
    for part in parts:
        if ALIVE.search(part.filename) and not HARMLESS.search(part.filename):
            raise ValidationError(
                _("Berkas bermakro, berobjek sisipan, atau bertautan ke berkas lain ditolak. Simpan sebagai PDF.")
            )
        if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in pack.read(part):
            raise _broken()
    return {part.filename for part in parts}


def examine(content, kind):
    """Raise ValidationError unless ``content`` is a plain file of ``kind`` (XLSX or DOCX) in which nothing runs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            names = _parts(pack)
    except ValidationError:
        raise
    except Exception as error:  # a broken archive fails in many ways
        raise _broken() from error
    if not {"[Content_Types].xml", MAIN[kind]} <= names:
        raise _broken()


def kind_of(content):
    """XLSX, DOCX or None, by what the archive holds."""
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            names = set(pack.namelist())
    except Exception:  # a broken archive fails in many ways
        return None
    return next((kind for kind, main in MAIN.items() if main in names), None)


def _text(content):
    """The text of an XML part. Raises ValidationError for one that is not UTF-8: what reads differently hides."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken() from error
    declared = re.match(r"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']", text)
    if "\0" in text or "<!DOCTYPE" in text or (declared and declared[1].lower() not in ("utf-8", "utf8", "us-ascii")):
        raise _broken()
    return text


def _sheets(pack):
    """(name, text) of each worksheet: what the list of parts calls one, and every other part that holds one."""
    types = _text(pack.read("[Content_Types].xml"))
    called = {
        name.lstrip("/").lower()
        for part in re.findall(r"<(?:[\w.-]+:)?Override\s[^>]*>", types)
        if "sheet+xml" in part.lower()
        for name in re.findall(r"PartName\s*=\s*[\"']([^\"']*)[\"']", part)
    }
    for name in sorted(pack.namelist()):
        if name.endswith("/"):
            continue
        named = name.lower() in called or name.lower().endswith((".xml", ".rels"))
        content = pack.read(name)
        if named or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(MARKUP):
            text = _text(content)
            if name.lower() in called or SHEETS.search(text):
                yield name, text


def _computed(text):
    """The addresses of the cells with a formula, "" for one whose place is not known."""
    found, opened = [], []

    def start(name, attributes):
        space, _blank, local = name.rpartition(" ")
        if local == "f":
            cell = next((address for element, address in reversed(opened) if element == "c"), None)
            if cell is not None or space != REFERENCES:
                found.append(cell or "")
        address = ADDRESS.fullmatch(attributes.get("r", ""))
        opened.append((local, f"{address[1]}{address[2]}".upper() if address else ""))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: opened.pop()
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise _broken() from error
    return found


def refuse_formulas(content):
    """Raise ValidationError, naming the first cell, for a workbook with a formula. ``examine`` it first.

    Also for one whose parts are not UTF-8: a formula could hide in them.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        for name, text in _sheets(pack):
            cells = _computed(text) if FORMULA.search(text) else []
            sheet = name.rsplit("/", 1)[-1].removesuffix(".xml")
            if cells and not cells[0]:
                raise ValidationError(
                    _("Lembar %(sheet)s berisi rumus. Simpan nilainya saja, atau unggah sebagai PDF.")
                    % {"sheet": sheet}
                )
            if cells:
                raise ValidationError(
                    _("Sel %(cell)s pada %(sheet)s berisi rumus. Simpan nilainya saja, atau unggah sebagai PDF.")
                    % {"cell": cells[0], "sheet": sheet}
                )


def read(content):
    """The workbook behind ``content`` for an import, read-only and without values that Excel computed.

    Raises ValidationError for what is no plain, small .xlsx. Ask ``is_formula`` of each cell and refuse it by name.
    """
    if len(content) > MOST_BYTES:
        raise ValidationError(_("Berkas paling besar %(limit)s MB.") % {"limit": MOST_BYTES // MIB})
    if not content.startswith(b"PK\x03\x04"):
        raise ValidationError(_("Unggah berkas .xlsx, sebaiknya dari templat."))
    examine(content, XLSX)
    try:
        return load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl fails in many ways on a broken file
        raise _broken() from error


def is_formula(cell):
    """Whether a cell of ``read`` holds a formula, or text that would become one."""
    return cell.data_type == "f" or (isinstance(cell.value, str) and cell.value.lstrip().startswith("="))
