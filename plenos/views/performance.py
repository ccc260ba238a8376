"""How a unit keeps its plenos: rates per unit and member over a period."""

from django.shortcuts import render

from bawaslu_portal.kernel import exports
from bawaslu_portal.kernel.lifecycle import require

from .. import boards, compliance, permissions, rates, tables
from .fetch import find_unit


@exports.printable
def performance(request, code):
    """Held, on time, quorum, attendance, lead time, follow-ups of one unit, and of its members, in the weeks asked."""
    unit = find_unit(request, code)
    require(permissions.knows_weeks, request.user, unit)
    question = boards.question(request.GET, unit, span=boards.DEFAULT_SPAN)
    board = compliance.board([unit], question.first, question.last)
    found = rates.rates([unit], question.first, question.last, board=board)[unit.pk]
    members = []
    if permissions.reads_attendance(request.user, unit):
        members = rates.member_rates(unit, question.first, question.last)
    reach = permissions.follow_up_reach(request.user, unit)
    told, whose = rates.as_told(found, reach), reach == permissions.ALL
    if response := exports.answer(request, lambda: tables.performance(unit, board, told, members, whose=whose), unit):
        return response
    context = {
        "unit": unit,
        "question": question,
        "measures": tables.measures(told),
        "members": members,
        "whose": whose,
        "weeks": [(*week, cell) for week, cell in zip(board.weeks, board.rows[0], strict=True)],
        "spans": boards.SPANS,
        "years": boards.years(unit),
    }
    return render(request, "plenos/performance.html", context)
