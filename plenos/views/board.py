"""The pages of oversight: the board of a province and of the nation, and who did not hold or report."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render

from bawaslu_portal.kernel import clock, exports, scope

from .. import boards, calendar_year, tables
from .fetch import find_unit

PAGE = 30
FIRST_YEAR = 2018  # of the regulation on the plenary session


def _frame(request, code=None):
    """Whose weeks are shown: of the unit with this code, else of the reader's own."""
    unit = find_unit(request, code) if code else request.portal.unit
    frame = boards.frame(request.user, unit) if unit else None
    if frame is None:
        raise Http404
    return frame


@exports.printable
def board(request, code=None):
    """Units by weeks, as asked in the address; of the nation 553 bodies by 52 weeks in one page."""
    frame = _frame(request, code)
    seen = boards.see(frame, boards.question(request.GET, frame.unit))
    if response := exports.answer(request, lambda: tables.board(seen), frame.unit):
        return response
    context = {
        "seen": seen,
        "question": seen.question,
        "chart": tables.trend(seen).svg() if seen.last_due else "",
        "spans": boards.SPANS,
        "years": boards.years(frame.unit),
        "states": boards.STATES.items(),
        "orders": boards.ORDERS.items(),
        "provinces": [unit for unit in frame.units if unit.level == "province"] if frame.nation else [],
        "recorded": None if seen.total.counts.keys() - {""} else boards.newest_recorded(frame),
    }
    return render(request, "plenos/nation.html" if frame.nation else "plenos/board.html", context)


@exports.printable
def absent(request, code=None):
    """Who did not hold or report, the worst first; with what was asked of them and answered."""
    frame = _frame(request, code)
    question = boards.question(request.GET, frame.unit, span=boards.DEFAULT_SPAN)
    rows = boards.faults(request.user, frame, question, explained=request.GET.get("penjelasan", ""))
    if response := exports.answer(request, lambda: tables.absent(frame, question, rows), frame.unit):
        return response
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "frame": frame,
        "question": question,
        "page": page,
        "units": len({row.unit.pk for row in rows}),
        "spans": boards.SPANS,
        "years": boards.years(frame.unit),
        "states": [(letter, word) for letter, word in boards.STATES.items() if letter != "B"],
        "explained": boards.EXPLAINED.items(),
        "chosen": request.GET.get("penjelasan", ""),
        "provinces": [unit for unit in frame.units if unit.level == "province"] if frame.nation else [],
        "asks": scope.units_below(request.user, scope.OVERSEERS) & {row.unit.pk for row in page},
    }
    return render(request, "plenos/absent.html", context)


@exports.printable
def calendar(request, code, year):
    """The twelve months of one body: its plenos, its holidays, how each week stands."""
    unit = find_unit(request, code)
    this = boards.this_year(unit)
    if not FIRST_YEAR <= year <= this + 1:
        raise Http404
    seen = calendar_year.of(request.user, unit, year)
    if response := exports.answer(request, lambda: tables.calendar(seen), unit):
        return response
    context = {
        "unit": unit,
        "seen": seen,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year <= this else None,
        "today": clock.today(unit),
    }
    return render(request, "plenos/calendar.html", context)
