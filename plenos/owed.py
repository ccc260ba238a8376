"""What the weekly duty asks of a person: the facts for the page of a week, and the rows for his desk."""

import datetime
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bawaslu_portal.kernel import clock, duties, permissions, scope
from bawaslu_portal.kernel.duties import monday_of
from bawaslu_portal.kernel.models import Duty, DutyRuling, Organisation
from bawaslu_portal.kernel.models.duties import DECLARED, DECLINED, EXTENDED, GRANTED

from . import compliance
from .compliance import HELD_DUTY, MINUTES_DUTY, week_address
from .templatetags.boards import letter

WEEK = datetime.timedelta(days=7)
MOST = 3  # rows of weeks without a pleno; the older ones in one row
BACK = 13  # weeks that a desk looks back
ANSWERS = 26  # weeks for which an excuse that waits for an answer stays on the desk


@dataclass
class Due:
    """One duty of a week: due at a fixed moment, and until when there is time by extension (None: not extended)."""

    duty: Duty
    extended: datetime.datetime | None = None


@dataclass
class Week:
    """One week of one unit as a reader may know it."""

    cell: object
    held: Due | None = None
    minutes: Due | None = None
    rulings: list = field(default_factory=list)
    may_declare: bool = False
    may_answer: bool = False
    answered: bool = False
    may_extend: bool = False


def _due(rows, kind, rulings):
    duty = next((row for row in rows if row.kind == kind), None)
    if duty is None:
        return None
    moments = [r.until for r in rulings if r.duty_id == duty.pk and r.kind == EXTENDED]
    return Due(duty, max(moments) if moments else None)


def of_week(user, unit, year, week):
    """The duty of one week: how it stands, its deadlines, and, for those who may read them, the words about it."""
    monday = datetime.date.fromisocalendar(year, week, 1)
    rows = Duty.objects.visible_to(user, unit).filter(begins=monday)
    rows = list(rows.filter(kind__in=(HELD_DUTY, MINUTES_DUTY)).select_related("organisation"))
    if not rows:
        return Week(compliance.NOTHING)
    found = Week(compliance.week_of(unit, year, week))
    said = list(
        DutyRuling.objects.filter(begins=monday, organisation=unit, duty__in=rows)
        .select_related("by", "by_unit", "duty")
        .order_by("id")
    )
    found.held, found.minutes = _due(rows, HELD_DUTY, said), _due(rows, MINUTES_DUTY, said)
    keeps, oversees = permissions.keeps_records(user, unit), permissions.oversees(user, unit)
    reads = unit.pk in scope.own_units(user, scope.WRITERS) or oversees
    found.rulings = said if reads else []
    excuse = next((r.kind for r in reversed(said) if r.kind in duties.OF_EXCUSE), None)
    none_held = found.cell.state in ("missing", "not_due", "excused")
    found.may_declare = keeps and none_held and excuse not in (DECLARED, GRANTED)
    found.may_answer = oversees and none_held and excuse is not None
    found.answered = excuse in (GRANTED, DECLINED)
    found.may_extend = oversees and excuse != GRANTED and found.cell.state not in ("on_time", "nothing")
    return found


# --- my desk -----------------------------------------------------------------------------------------------------


def _row(unit, monday, title, meta, state, due=None):
    year, week, _day = monday.isocalendar()
    words = {"week": f"{year}-W{week:02d}", "unit": unit.name}
    return {
        "title": title % words,
        "url": week_address(unit, monday),
        "meta": meta,
        "side": "",
        "state": state,
        "due": due,
        "unit": unit,
    }


def _overdue(user):
    """Weeks of the own units, in which the reader keeps the records, that are missing or whose minutes are late."""
    own = scope.own_units(user, permissions.RECORD_KEEPERS)
    units = list(Organisation.objects.visible_to(user).filter(pk__in=own).order_by("code")) if own else []
    if not units:
        return
    monday = monday_of(clock.now().date())
    board, missing = compliance.board(units, monday - BACK * WEEK, monday), []
    for unit, cells in zip(board.units, board.rows, strict=True):
        for (_year, _week, begins), cell in zip(board.weeks, cells, strict=True):
            state = (cell.kind, letter(cell), cell.word)
            if cell is compliance.MISSING or cell is compliance.MISSING_DECLINED:
                missing.append((unit, begins, state))
            elif cell in (compliance.MINUTES_OVERDUE, compliance.BOTH_OVERDUE):
                yield _row(unit, begins, _("Risalah minggu %(week)s lewat tenggat"), unit.name, state)
            elif cell is compliance.RETURNED_CELL:
                yield _row(unit, begins, _("Risalah minggu %(week)s dikembalikan: perbaiki"), unit.name, state)

    for unit, begins, state in sorted(missing, key=lambda one: one[1], reverse=True)[:MOST]:
        title = _("Minggu %(week)s tanpa pleno: catat, atau nyatakan alasannya")
        yield _row(unit, begins, title, unit.name, state)
    yield from _more(missing)


def _more(missing):
    """One row for the older weeks without a pleno, which stand on the page of those not held."""
    if len(missing) <= MOST:
        return
    unit, _begins, state = missing[0]
    title = ngettext("%(count)s minggu lain tanpa pleno", "%(count)s minggu lain tanpa pleno", len(missing) - MOST)
    yield {
        "title": title % {"count": len(missing) - MOST},
        "url": reverse("plenos:absent_of", args=[unit.code]),
        "meta": unit.name,
        "side": "",
        "state": state,
        "due": None,
        "unit": unit,
    }


def _to_answer(user):
    """Excuses declared by units below that wait for the reader's answer, the oldest first."""
    below = scope.units_below(user, scope.OVERSEERS)
    if not below:
        return
    since = monday_of(clock.now().date()) - ANSWERS * WEEK
    rows = (
        DutyRuling.objects.filter(begins__gte=since, organisation__in=below, kind__in=duties.OF_EXCUSE)
        .select_related("organisation")
        .order_by("id")
    )
    last = {row.duty_id: row for row in rows}
    for ruling in sorted(last.values(), key=lambda row: row.at):
        if ruling.kind == DECLARED:
            title = _("Jawab alasan tanpa pleno: %(unit)s, minggu %(week)s")
            yield _row(ruling.organisation, ruling.begins, title, ruling.reason[:120], None)


def waiting(user):
    """What the weekly duty waits for from ``user``."""
    return [*_overdue(user), *_to_answer(user)]
