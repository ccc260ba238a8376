"""Every list as Excel and on paper, as it is seen: one ``Table``, two ways out.

A view makes its table from the same rows as its page (same filter, same order) and lets ``answer`` look at the
request first::

    if response := exports.answer(request, lambda: _table(rows), unit):
        return response

``?bentuk=xlsx`` gives the workbook. A POST with ``cetak`` freezes the table as a document of kind ``kernel.table``,
which the worker prints and which only the one who asked may read. Paper is Indonesian, so texts of a table are lazy
or the table is made by a function.
"""

import datetime
import functools
import io
import uuid
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _

from . import clock, documents, wording
from .letterhead import body_of
from .lifecycle import TransitionRefused
from .models.organisations import ZONE_LABELS
from .workbooks import XLSX

KIND, ABOUT = "kernel.table", "table"
MOST_CELLS, MOST_ON_PAPER, MOST_STATES = 600_000, 45_000, 53
# A cell that begins with one of these would be computed by a program that reads it as typed.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
# Millimetres on paper by kind of column; None shares what is left.
WIDTHS = {"text": None, "code": 16, "number": 15, "percent": 15, "date": 25, "moment": 38, "state": 7.6}
MADE = (4.4, 6, 7, 7.6, 8, 9, 12, 13, 15, 16, 17, 20, 22, 24, 25, 28, 30, 34, 38, 42, 46, 50, 52, 66, 82)  # paper.css
RIGHT, MIDDLE = ("number", "percent"), ("state",)


@dataclass(frozen=True)
class Column:
    """``label`` heads it on paper and, unless ``full`` says more, in Excel. ``width`` is in millimetres on paper; a
    column that is not for ``paper`` stands in Excel alone."""

    key: str
    label: object
    kind: str = "text"  # text, code, number, percent, date, moment, state
    full: object = ""
    width: float | None = None
    paper: bool = True


@dataclass(frozen=True)
class State:
    """A cell with a state: its letter, its word, and the kind that gives the colour (done, late, miss ...)."""

    letter: str
    word: object
    kind: str


@dataclass(frozen=True)
class Moment:
    """A moment in the zone of ``of``: a unit, a record of a unit, or a zone's name."""

    at: datetime.datetime | None
    of: object


@dataclass
class Table:
    """What is seen as a list. A row is a dict by column key, or a sequence; ``foot`` are rows of sums.

    ``figures`` are up to four (figure, phrase) above the table, on paper only; ``chart`` is a ``charts.Lines``.
    ``layout`` names the template of a paper that shows the rows otherwise than as a table, ``drawn`` what it needs.
    """

    name: str
    title: object
    columns: list
    rows: list
    subtitle: object = ""
    note: object = ""
    landscape: bool = False
    paper_size: str = ""  # A4 or F4; else what the unit uses
    foot: list = field(default_factory=list)
    figures: list = field(default_factory=list)
    chart: object = None
    layout: str = "table"
    drawn: dict = field(default_factory=dict)

    def cells(self, rows=None):
        """Each row as a list in the order of the columns."""
        for row in self.rows if rows is None else rows:
            yield [row.get(c.key, "") for c in self.columns] if isinstance(row, dict) else list(row)


def printable(view):
    """Decorator of a list's view: GET shows it, POST with ``cetak`` prints it, nothing else is allowed."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if request.method == "GET" or (request.method == "POST" and "cetak" in request.POST):
            return view(request, *args, **kwargs)
        return HttpResponseNotAllowed(["GET", "POST"])

    return wrapped


def answer(request, table, organisation=None):
    """The workbook or the way to the printed table, when that was asked for; else None."""
    if request.method == "POST" and "cetak" in request.POST:
        with translation.override("id"):
            made = table() if callable(table) else table
            document = freeze(made, by=request.user, organisation=_letterhead(request, organisation), of=_seen(request))
        return redirect("kernel:document", uuid=document.uuid)
    if request.method == "GET" and request.GET.get("bentuk") == "xlsx":
        made = table() if callable(table) else table
        unit = organisation or request.portal.unit
        name = slugify(f"{made.name} {unit.code if unit else ''} {clock.now():%Y-%m-%d}")[:100]
        return workbook(excel(made), name)
    return None


def workbook(content, name):
    """The bytes of a workbook as a download."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _seen(request):
    """The address whose list is printed, without what only asks for a form of it."""
    asked = request.GET.copy()
    asked.pop("bentuk", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def _letterhead(request, organisation):
    """The paper is the asker's: it carries the head of a unit of his own."""
    from . import scope

    own = scope.own_units(request.user)
    if organisation is not None and organisation.pk in own:
        return organisation
    return request.portal.unit


# --- Excel ----------------------------------------------------------------------------------------------

FILLS = {  # fill and text by kind of state, as on the light page
    "done": ("DCEBDD", "1F5130"),
    "doing": ("FFFFFF", "1F5130"),
    "late": ("F6DC94", "4A3500"),
    "weak": ("EBA45C", "3D1F00"),
    "miss": ("AE2A1D", "FFFFFF"),
    "off": ("E3DFD8", "4A4741"),
    "wait": ("FFFFFF", "68645B"),
}
FORMATS = {"number": "#,##0.##", "percent": "0.0", "date": "dd-mm-yyyy"}


def _plain(value):
    """Text that no spreadsheet takes for more than text."""
    return wording.clean(str(value).replace("\0", ""))[:32_000]


def _styles(book):
    from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill

    for kind, (fill, ink) in FILLS.items():
        style = NamedStyle(f"portal {kind}", font=Font(bold=kind != "done", color=ink))
        style.alignment = Alignment(horizontal="center")
        if fill != "FFFFFF":
            style.fill = PatternFill("solid", fgColor=fill)
        book.add_named_style(style)
    book.add_named_style(
        NamedStyle("portal head", font=Font(bold=True), alignment=Alignment(wrap_text=True, vertical="top"))
    )
    book.add_named_style(NamedStyle("portal sum", font=Font(bold=True)))


def _put(sheet, line, place, value, kind):
    """Write one value into its cell, as what it is; text stays text whatever it begins with."""
    if value is None or value == "":
        return 0
    cell = sheet.cell(line, place)
    if isinstance(value, State):
        cell.style = f"portal {value.kind}"
        value = value.letter
    if isinstance(value, Moment):
        if value.at is None:
            return 0
        zone = _zone(value.of)
        cell.value = value.at.astimezone(zone).replace(tzinfo=None)
        cell.number_format = f'dd-mm-yyyy hh:mm "{ZONE_LABELS.get(str(zone), "")}"'
        return 21
    if isinstance(value, bool) or not isinstance(value, int | float | datetime.date):
        text = _plain(value)
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(FORMULA)
        return max((len(part) for part in text.splitlines()), default=0)
    cell.value = value
    if kind in FORMATS:
        cell.number_format = FORMATS[kind]
    return 12


def _zone(of):
    import zoneinfo

    of = getattr(of, "organisation", of)
    return zoneinfo.ZoneInfo(getattr(of, "time_zone", of))


def excel(table):
    """The bytes of a workbook: headings in the first row with filter, frozen; what it is on a second sheet."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    _bounded(table, MOST_CELLS)
    book = Workbook()
    sheet = book.active
    sheet.title = _plain(slugify(table.name)[:30] or "tabel")
    _styles(book)
    widths = []
    for place, column in enumerate(table.columns, 1):
        sheet.cell(1, place).style = "portal head"
        longest = _put(sheet, 1, place, column.full or column.label, "text")
        widths.append(longest if column.kind != "state" else 4)
    line = 1
    for sums, rows in ((False, table.rows), (True, table.foot)):
        for cells in table.cells(rows):
            line += 1
            for place, (column, value) in enumerate(zip(table.columns, cells, strict=True), 1):
                if sums:
                    sheet.cell(line, place).style = "portal sum"
                widths[place - 1] = max(widths[place - 1], _put(sheet, line, place, value, column.kind))
    for place, longest in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 6), 60)
    last = get_column_letter(max(len(table.columns), 1))
    sheet.auto_filter.ref = f"A1:{last}{max(len(table.rows) + 1, 1)}"
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    _about(book.create_sheet(_plain(_("Keterangan"))), table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _about(sheet, table):
    """What the table is, for one who finds the file later."""
    lines = [table.title, table.subtitle, table.note, _("Diunduh %(at)s UTC") % {"at": f"{clock.now():%d-%m-%Y %H.%M}"}]
    for line, text in enumerate([text for text in lines if text], 1):
        _put(sheet, line, 1, text, "text")
    sheet.column_dimensions["A"].width = 100


def _bounded(table, most):
    if (len(table.rows) + len(table.foot)) * max(len(table.columns), 1) > most:
        raise TransitionRefused(_("Daftar ini terlalu panjang untuk satu berkas. Saring dulu, misalnya per tahun."))


# --- paper ----------------------------------------------------------------------------------------------


def _on_paper(value, kind):
    """The words of one cell on paper, in Indonesian; a state keeps letter and kind."""
    if isinstance(value, State):
        return {"letter": str(value.letter), "kind": value.kind}
    if isinstance(value, Moment):
        if value.at is None:
            return ""
        zone = _zone(value.of)
        local = value.at.astimezone(zone)
        return f"{wording.day(local)} {wording.hour(local)} {ZONE_LABELS.get(str(zone), '')}".strip()
    if isinstance(value, datetime.date):
        return wording.day(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return wording.clean(str(value)) if value is not None else ""
    text = f"{value:,.1f}" if kind == "percent" or isinstance(value, float) else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def _width(column):
    wanted = column.width if column.width is not None else WIDTHS[column.kind]
    if wanted is None:
        return ""
    return "w" + f"{min(MADE, key=lambda made: abs(made - wanted)):g}".replace(".", "")


def _text(value):
    return str(value) if isinstance(value, str | Promise) else value


def freeze(table, *, by, organisation, of):
    """Freeze the table for ``by`` and ask the worker for its paper. ``of`` is the address that it was seen at: the same
    list printed later supersedes the earlier print, and only that."""
    from . import scope

    _bounded(table, MOST_ON_PAPER)
    aligned = {**dict.fromkeys(RIGHT, "n"), **dict.fromkeys(MIDDLE, "e")}
    columns = [column for column in table.columns if column.paper]
    narrow = sum(column.kind == "state" for column in columns)
    if narrow > MOST_STATES:
        raise TransitionRefused(_("Di atas kertas paling banyak %(weeks)s minggu.") % {"weeks": MOST_STATES})

    def rows_of(rows):
        return [
            [_on_paper(v, c.kind) for v, c in zip(cells, table.columns, strict=True) if c.paper]
            for cells in table.cells(rows)
        ]

    record = {
        "schema": "kernel.table.1",
        "classification": "",
        "body": body_of(organisation),
        "title": _text(table.title),
        "subtitle": _text(table.subtitle),
        "note": _text(table.note),
        "columns": [{"label": _text(c.label), "width": _width(c), "align": aligned.get(c.kind, "")} for c in columns],
        "dense": narrow > 26,
        "rows": rows_of(table.rows),
        "foot": rows_of(table.foot),
        "figures": [[_text(value), _text(phrase)] for value, phrase in table.figures],
        "chart": table.chart.record() if table.chart else None,
        "layout": table.layout,
        "drawn": table.drawn,
        "landscape": table.landscape,
        "paper": table.paper_size or "",
        "asked_by": by.name,
        "administered": organisation.pk not in scope.own_units(by),
        "seen_at": of,
        "demo": bool(settings.PORTAL_DEMO),
        "draft": False,
        "frozen_at": clock.local(clock.now(), organisation).isoformat(timespec="seconds"),
    }
    seen = SimpleNamespace(uuid=uuid.uuid5(by.uuid, of), organisation=organisation, delivered_to=None, released_at=None)
    return documents.issue(KIND, about_kind=ABOUT, about=seen, record=record, title=record["title"], by=by)


def paper(document):
    """The bytes of a frozen table. No engine of papers is imported before."""
    from . import charts, pdf

    record = document.record
    context = {
        "record": record,
        "digest": document.digest,
        "title": record["title"],
        "rows": _classed(record, "rows"),
        "foot": _classed(record, "foot"),
        "chart": charts.Lines.of(record["chart"]).svg(paper=True) if record["chart"] else "",
    }
    return pdf.render(
        f"pdf/{record.get('layout', 'table')}.html", context, paper=record["paper"] or record["body"]["paper"]
    )


def _classed(record, part):
    """Each cell of a frozen table as (class, text)."""
    aligned = [column["align"] for column in record["columns"]]
    return [
        [
            (f"s-{cell['kind']}", cell["letter"]) if isinstance(cell, dict) else (align, cell)
            for align, cell in zip(aligned, row, strict=True)
        ]
        for row in record[part]
    ]


def readable(user):
    """Q over documents: a printed table is read by the one who asked for it, while he serves where he asked and in
    the seat that he then had: what another post allowed him to see, he printed in that post."""
    from django.db.models import Q

    from . import scope

    since = {}
    for seat in scope.places(user):
        key = seat.organisation_id, seat.role in scope.CONTENT_ROLES
        since[key] = max(seat.since, since.get(key, seat.since))
    seats = Q(pk__in=[])
    for (unit, content), begun in since.items():
        # An administrator reads what he printed while he held no other post there: that names no content.
        seats |= Q(organisation=unit, created_at__gte=begun, **({} if content else {"record__administered": True}))
    return Q(kind=KIND, created_by=user) & seats
