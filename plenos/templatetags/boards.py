"""Boards of units by weeks as markup, fast: a row is one template of constants, into which go name and address once.

29,000 cells of a nation's year are some hundreds of pieces (state and week), made once, and 553 rows joined of them.
"""

from django import template
from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from bawaslu_portal.kernel import charts, clock
from bawaslu_portal.kernel.templatetags.portal import state

from .. import compliance

register = template.Library()

LOW = 75  # per cent of weeks held below which a row is marked (assumption of this page, not a rule)
LETTERS = {
    "T": pgettext_lazy("huruf keadaan pleno", "T"),
    "P": pgettext_lazy("huruf keadaan pleno", "P"),
    "L": pgettext_lazy("huruf keadaan pleno", "L"),
    "K": pgettext_lazy("huruf keadaan pleno", "K"),
    "N": pgettext_lazy("huruf keadaan pleno", "N"),
    "B": pgettext_lazy("huruf keadaan pleno", "B"),
}
KINDS = ("Kabupaten ", "Kota ", "Provinsi ", "Daerah Khusus ")


def letter(cell):
    """The letter of a cell in the language of the page."""
    return str(LETTERS.get(cell.letter, ""))


def short_name(unit):
    """(Kabupaten , Kolaka): the kind of a region apart from its name."""
    name = unit.region_name
    kind = next((kind for kind in KINDS if name.startswith(kind)), "")
    return kind, name.removeprefix(kind)


def percent(value):
    """ "90,2 %", or a dash."""
    return "–" if value is None else f"{number_format(value, 1)}\u00a0%"


def figures(seen):
    """Up to four figures over what is shown: (figure, of what)."""
    total = seen.total
    return [
        (
            percent(total.held_rate),
            _("pleno terlaksana, %(part)s dari %(whole)s kewajiban") % _of(total.held, total.owed),
        ),
        (
            percent(total.on_time_rate),
            _("tepat waktu, %(part)s dari %(whole)s yang sudah dapat dinilai") % _of(total.on_time, total.judged),
        ),
        (str(total["N"]), _("minggu tanpa pleno, pada %(units)s unit") % {"units": seen.missing_units}),
        (str(total["K"]), _("minggu dengan pleno tanpa kuorum")),
    ]


def _of(part, whole):
    return {"part": part, "whole": whole}


# Where the address and the name of a unit go: characters that no text of ours holds. Replacing them is five times as
# fast as naming them to ``format`` in each of 29,000 cells.
ADDRESS, NAME = "\ue000", "\ue001"


class Pieces:
    """The markup of a cell for each week, made once a state, with a mark where address and name of the unit belong.

    Kept by the identity of the cell: there are some twenty of them, and comparing one with its translated word 29,000
    times would take longer than everything else.
    """

    def __init__(self, weeks, *, full):
        self.weeks, self.full, self._made = weeks, full, {}

    def row(self, cells):
        """The template of one row of cells."""
        made = self._made
        parts = []
        for n, cell in enumerate(cells):
            column = made.get(id(cell))
            if column is None:
                column = made[id(cell)] = self._column(cell)
            parts.append(column[n])
        return "".join(parts)

    def _column(self, cell):
        """This state in each of the weeks."""
        shown, word = escape(letter(cell)), escape(str(cell.word))
        if not self.full:
            return [
                f'<td><a class="c-{cell.kind}" href="{ADDRESS}{year}-W{week:02d}/" title="{word}">{shown}</a></td>'
                for year, week, _monday in self.weeks
            ]
        made = []
        for year, week, _monday in self.weeks:
            label = escape(_("minggu %(week)s") % {"week": week})
            made.append(
                f'<td><a class="cell c-{cell.kind}" href="{ADDRESS}{year}-W{week:02d}/" title="{word}"'
                f' aria-label="{NAME}, {label}: {word}">{shown}</a></td>'
            )
        return made


def _rates(tally, full):
    """The two cells at the end of a row: how many of how many were held, and how many of these on time."""
    rate = tally.held_rate
    low = " low" if rate is not None and rate < LOW else ""
    bar = charts.bar(tally.held, tally.owed) if full else ""
    timely = escape(percent(tally.on_time_rate))
    return f'<td class="rate{low}">{tally.held}/{tally.owed}{bar}</td><td class="rate">{timely}</td>'


def _head(row, full, address, kind, name):
    if not full:
        return f'<th class="unit" scope="row"><a href="{address}">{kind}{name}</a></th>'
    low = " low" if row.tally.held_rate is not None and row.tally.held_rate < LOW else ""
    said = escape(_("%(held)s dari %(owed)s") % {"held": row.tally.held, "owed": row.tally.owed})
    return (
        f'<th class="unit" scope="row"><a href="{address}"><span><span class="kind">{kind}</span>{name}</span>'
        f'<span class="unit-rate{low}">{said}</span></a></th>'
    )


class Rows(template.Node):
    """``{% board_rows rows pieces %}``: the rows of a table body. Every word is escaped here or by ``Pieces``."""

    def __init__(self, rows, pieces):
        self.rows, self.pieces = rows, pieces

    def render(self, context):
        made, index, pieces = [], reverse("plenos:index"), self.pieces.resolve(context)
        for row in self.rows.resolve(context):
            kind, name = map(escape, short_name(row.unit))
            address = escape(f"{index}{row.unit.code}/")  # of plenos:unit; asked 553 times
            cells = pieces.row(row.cells).replace(ADDRESS, address).replace(NAME, name)
            head = _head(row, pieces.full, address, kind, name)
            made.append(f"<tr>{head}{cells}{_rates(row.tally, pieces.full)}</tr>")
        return "\n".join(made)


@register.tag
def board_rows(parser, token):
    """The rows of a board and the pieces that they are drawn from: each cell says unit, week and word."""
    _tag, rows, pieces = token.split_contents()
    return Rows(parser.compile_filter(rows), parser.compile_filter(pieces))


@register.simple_tag
def board_pieces(seen, *, full):
    """What the rows of a board are drawn from: one for all its rows."""
    return Pieces(seen.weeks, full=full)


@register.simple_tag
def board_groups(seen):
    """The nation in groups that the browser lays out one by one: (heading, tally, rows): by province when in the order
    of codes, else forty by forty."""
    groups = []
    for row in seen.rows:
        code = row.unit.code.split(".")[0]
        if seen.question.order == "kode":
            new = not groups or groups[-1][0] != code
        else:
            new = not groups or len(groups[-1][1]) == 40
        if new:
            groups.append((code, []))
        groups[-1][1].append(row)
    said, count = [], 0
    for code, rows in groups:
        if seen.question.order == "kode":
            name, address = rows[0].unit.region_name, reverse("plenos:board_of", args=[code])
            if rows[0].unit.level not in ("province", "national"):
                name = code
            if rows[0].unit.level == "national":
                address = ""
        else:
            name, address = f"{count + 1}–{count + len(rows)}", ""
        count += len(rows)
        said.append({"name": name, "address": address, "rows": rows})
    return said


@register.simple_tag
def board_weeks(seen, *, full=True):
    """The heads of the weeks: number, Monday; each opens who did not hold in it."""
    address = reverse("plenos:absent")
    this = compliance.monday_of(clock.today(seen.unit))

    def heads():
        month = None
        for year, week, monday in seen.weeks:
            yield (
                format_html(' class="{}"', "now") if monday == this else "",
                f"{address}?dari={year}-W{week:02d}&sampai={year}-W{week:02d}",
                _("Minggu %(week)s tahun %(year)s, mulai %(day)s")
                % {"week": week, "year": year, "day": date_format(monday, "j F")},
                week,
                monday.day if full else "",
                format_html('<span class="mon"> {}</span>', date_format(monday, "M"))
                if full
                else (date_format(monday, "M") if monday.month != month else "\u00a0"),
            )
            month = monday.month

    return format_html_join("", '<th scope="col"{}><a href="{}" title="{}"><b>{}</b>{}{}</a></th>', heads())


@register.simple_tag
def board_sums(seen):
    """The foot of the table: held of owed in each week."""
    return format_html_join(
        "",
        "<td>{}</td>",
        (
            (
                format_html('{}<span class="of">/{}</span>', found.held, found.owed)
                if found.owed
                else format_html(
                    '<span aria-hidden="true">–</span><span class="visually-hidden">{}</span>', _("belum jatuh tempo")
                ),
            )
            for found in seen.columns
        ),
    )


@register.simple_tag
def board_rates(seen, what):
    """A foot of narrow cells: of each week per cent ``held`` of what is owed, or ``on_time`` of what can be judged."""

    def rates():
        for found in seen.columns:
            whole, rate = (found.owed, found.held_rate) if what == "held" else (found.judged, found.on_time_rate)
            part = found.held if what == "held" else found.on_time
            yield part, whole, "–" if rate is None else round(rate)

    return format_html_join("", '<td title="{}/{}">{}</td>', rates())


@register.simple_tag
def board_figures(seen):
    """Up to four figures over what is shown."""
    return figures(seen)


@register.simple_tag
def bad_words(tally):
    """ "nihil 4 kali, lambat 2 kali"."""
    words = {"N": _("nihil %(count)s kali"), "K": _("tanpa kuorum %(count)s kali"), "L": _("lambat %(count)s kali")}
    return ", ".join(str(word) % {"count": tally[name]} for name, word in words.items() if tally[name])


@register.simple_tag
def cell_state(cell):
    """The state of one week with letter, colour and word."""
    return state(cell.kind, letter(cell) or "–", cell.word)


def legend_rows():
    """(letter, colour, word) of every state."""
    words = {"T": _("Tepat waktu"), "P": _("Dalam proses"), "L": _("Lambat"), "K": _("Tanpa kuorum"), "N": _("Nihil")}
    words |= {"B": _("Bebas wajib"), "": _("Belum jatuh tempo")}
    return [(letter(cell), cell.kind, words[cell.letter]) for cell in compliance.LEGEND]


@register.simple_tag
def legend():
    """Letter, colour and word of every state."""
    return format_html(
        '<ul class="legend" aria-label="{}">{}</ul>',
        pgettext("papan", "Arti huruf dan warna"),
        format_html_join(
            "",
            "<li>{}</li>",
            ((state(kind, of_state, word),) for of_state, kind, word in legend_rows()),
        ),
    )


@register.filter(name="percent")
def percent_filter(value):
    return percent(value)


@register.filter(name="letter")
def letter_filter(cell):
    """Its letter in the language of the page."""
    return letter(cell)


@register.filter(name="short")
def short_filter(unit):
    """Kolaka."""
    return short_name(unit)[1]


@register.simple_tag
def month_name(day):
    """Juni 2024."""
    return date_format(day, "F Y")


@register.simple_tag
def weekday_heads():
    """The heads of seven days, Monday first."""
    return format_html_join(
        "",
        '<th scope="col"><abbr title="{}">{}</abbr></th>',
        ((WEEKDAYS[n], WEEKDAYS_ABBR[n]) for n in range(7)),
    )
