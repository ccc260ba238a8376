"""A list that people fill in with Excel: the empty sheet, and reading it back with every wrong cell named.

What may stand in a cell by itself is said here, once for every import; what a row means is the import's own. The
sheet is Indonesian, like the papers. Formulas are never evaluated: a cell that holds one is refused.
"""

import datetime
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from . import workbooks

DATE = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
LINES_AS_TEXT = 300


def plain(value):
    """A cell as one line of text."""
    return " ".join((f"{value:g}" if isinstance(value, float) else str(value)).split())


def lines(value):
    """A cell as text that may have several lines."""
    return str(value).strip()


def day(value):
    """An ISO date from a date cell or from 31-12-2023 (also / and . between, also 2023-12-31)."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value).strip()
    found = DATE.match(text)
    if found:
        text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValidationError(_("Bukan tanggal. Tulis seperti 31-12-2023.")) from error


@dataclass(frozen=True)
class Column:
    """``read`` makes text of what stands in a cell, or raises ValidationError. ``signed``: it may begin with + - @.
    ``as_text``: Excel shall make no number or date of what is typed."""

    key: str
    heading: str
    width: int
    longest: int = 200
    required: bool = False
    read: Callable = plain
    signed: bool = False
    as_text: bool = False


@dataclass(frozen=True)
class Layout:
    """The sheet of one import: its name in the workbook, its columns, how many rows it may have."""

    name: str
    columns: tuple
    most_rows: int

    def letter(self, key):
        return get_column_letter(1 + [column.key for column in self.columns].index(key))

    def book(self, *helps):
        """An empty workbook with the headings, and a second page with each line of help (a text or a row)."""
        book = Workbook()
        sheet = book.active
        sheet.title = self.name
        for n, column in enumerate(self.columns, 1):
            sheet.cell(1, n, column.heading).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(n)].width = column.width
            for line in range(2, LINES_AS_TEXT + 1) if column.as_text else ():
                sheet.cell(line, n).number_format = "@"
        sheet.freeze_panes = "A2"
        page = book.create_sheet("Petunjuk")
        for words in helps:
            page.append([words] if isinstance(words, str) else words)
        return book


def saved(book):
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class Sheet:
    """What was read: rows (JSON-able dicts with their ``line``), and errors as (cell or file, sentence)."""

    layout: Layout
    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    seen: dict = field(default_factory=dict)

    @property
    def new(self):
        """How many rows the import has marked as new."""
        return sum(row.get("new", False) for row in self.rows)

    def wrong(self, key, line, sentence):
        self.errors.append((f"{self.layout.letter(key)}{line}", sentence))

    def once(self, key, row, *values):
        """Name the cell where a row says what an earlier one said already."""
        said = (key, *values)
        if all(values) and self.seen.setdefault(said, row["line"]) != row["line"]:
            self.wrong(key, row["line"], _("Sama dengan baris {line}.").format(line=self.seen[said]))

    def read(self, content, field="file"):
        """Each row as it is read, its wrong cells noted before it is handed out.

        Raises ValidationError at ``field`` for a file that is none.
        """
        try:
            book = workbooks.read(content)
        except ValidationError as error:
            raise ValidationError({field: error.messages}) from error
        if self.layout.name not in book.sheetnames:
            raise ValidationError(
                {field: _("Lembar bernama {name} tidak ada. Pakai templat.").format(name=self.layout.name)}
            )
        yield from self._rows(book[self.layout.name].iter_rows(max_col=len(self.layout.columns)))
        book.close()
        if not self.rows and not self.errors:
            self.wrong(self.layout.columns[0].key, 2, _("Belum ada baris yang diisi."))

    def _rows(self, lines):
        self._head(next(lines, ()))
        for line, cells in enumerate(lines if not self.errors else (), 2):
            if line > self.layout.most_rows + 1:
                self.wrong(
                    self.layout.columns[0].key, line, _("Paling banyak {n} baris.").format(n=self.layout.most_rows)
                )
                return
            values = [cells[n] if n < len(cells) else None for n in range(len(self.layout.columns))]
            if any(map(_filled, values)):
                row = {"line": line}
                for column, cell in zip(self.layout.columns, values, strict=True):
                    row[column.key] = self._cell(column, line, cell)
                self.rows.append(row)
                yield row

    def _head(self, cells):
        headings = [str(cell.value or "").strip().lower() for cell in cells]
        for n, column in enumerate(self.layout.columns):
            if headings[n : n + 1] != [column.heading.lower()]:
                self.wrong(column.key, 1, _("Judul kolom ini harus {heading}.").format(heading=column.heading))

    def _cell(self, column, line, cell):
        """The text of one cell, or "" with what is wrong noted."""
        try:
            text = _text(column, cell)
        except ValidationError as error:
            self.wrong(column.key, line, error.message)
            return ""
        if not text and column.required:
            self.wrong(column.key, line, _("Wajib diisi."))
        return text


def _filled(cell):
    return cell is not None and cell.value is not None and bool(str(cell.value).strip())


def _text(column, cell):
    if not _filled(cell):
        return ""
    if workbooks.is_formula(cell):
        raise ValidationError(_("Rumus tidak diterima. Tulis nilainya."))
    text = column.read(cell.value)
    if not column.signed and text[:1] in ("+", "-", "@"):
        raise ValidationError(_("Tidak boleh dimulai dengan tanda + - @."))
    if len(text) > column.longest:
        raise ValidationError(_("Terlalu panjang: paling banyak {n} huruf.").format(n=column.longest))
    return text
