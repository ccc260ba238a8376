"""What is owed, by whom and for which period: created ahead of time with its due moment, and what is ruled about it.

Apps declare kinds (``catalogue.declare_duty``); whether a duty is fulfilled they derive from their own facts. A due
moment is fixed when the duty is created: an extension, an excuse, a return is a row of its own and never moves it.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import catalogue, clock, holidays, ledger, notices, permissions, scope, settings_store
from .lifecycle import NotPermitted, TransitionRefused, lock, require
from .models.duties import DECLARED, DECLINED, EXTENDED, GRANTED, RETURNED, Duty, DutyRuling
from .models.members import Membership
from .models.organisations import Organisation

WEEK = datetime.timedelta(days=7)
AHEAD = 4  # weeks after this one for which duties are created by the clock
LONGEST_REASON = 500
OF_EXCUSE = (DECLARED, GRANTED, DECLINED)


@dataclass(frozen=True)
class Period:
    """``text`` names it for good (2024-W34); ``ends`` is its last day."""

    text: str
    begins: datetime.date
    ends: datetime.date


@dataclass(frozen=True)
class Owing:
    """What the schedule of a kind may ask of one unit and one period."""

    organisation: Organisation
    period: Period
    timeline: settings_store.Timeline
    calendar: holidays.Calendar

    def setting(self, key):
        """The unit's setting on the first day of the period; the kind names it in ``settings``."""
        return self.timeline.value(self.organisation, key, self.period.begins)

    def is_working_day(self, day):
        return self.calendar.is_working_day(self.organisation, day)

    def working_day_after(self, day, count):
        return self.calendar.working_day_after(self.organisation, day, count)

    def end_of(self, day):
        """The last moment of ``day`` in the unit's zone."""
        return datetime.datetime.combine(day, datetime.time.max, tzinfo=self.organisation.zone)


@dataclass(frozen=True)
class DutyKind:
    """A kind of duty. ``periods(first, last)`` gives the periods that begin between two dates; ``due(owing)`` the
    moment at which it is due, or None where nothing is owed. ``address(duty)`` is the page of its period;
    ``excusable``: the unit may declare that there is nothing this time."""

    name: str
    label: object
    periods: Callable
    due: Callable
    address: Callable
    settings: tuple = ()
    excusable: bool = False


def address(duty):
    """The page of the period of a duty."""
    return catalogue.duty(duty.kind).address(duty)


def monday_of(day):
    """The first day of the ISO week of ``day``."""
    return day - datetime.timedelta(days=day.weekday())


def weeks(first, last):
    """The ISO weeks from the one of ``first`` to the one of ``last``."""
    found, monday = [], monday_of(first)
    while monday <= last:
        year, week, _day = monday.isocalendar()
        found.append(Period(f"{year}-W{week:02d}", monday, monday + WEEK - datetime.timedelta(days=1)))
        monday += WEEK
    return found


# --- creation --------------------------------------------------------------------------------------------------


def ensure(organisations, first, last, kinds=None):
    """Create what is missing of the duties of ``organisations`` for the periods from ``first`` to ``last``.

    Idempotent, in a few queries whatever the numbers. A unit owes for a period in which it existed throughout (working
    assumption). What is there stays as it is, also where settings or holidays have changed since. Returns how many.
    """
    organisations, made = list(organisations), 0
    chosen = [kind for kind in catalogue.duties() if kinds is None or kind.name in kinds]
    if not organisations or not chosen:
        return 0
    timeline = settings_store.Timeline(organisations, sorted({key for kind in chosen for key in kind.settings}))
    calendar = holidays.Calendar(organisations, monday_of(first))
    for kind in chosen:
        periods = kind.periods(first, last)
        there = set(
            Duty.objects.filter(kind=kind.name, organisation__in=[unit.pk for unit in organisations])
            .between(periods[0].begins, periods[-1].begins)
            .values_list("organisation_id", "period")
            if periods
            else ()
        )
        rows = [
            Duty(
                organisation=unit,
                kind=kind.name,
                period=period.text,
                begins=period.begins,
                ends=period.ends,
                due_at=due_at,
                created_at=clock.now(),
            )
            for period in periods
            for unit in organisations
            if _exists(unit, period)
            and (unit.pk, period.text) not in there
            and (due_at := kind.due(Owing(unit, period, timeline, calendar))) is not None
        ]
        Duty.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
        made += len(rows)
    return made


def _exists(unit, period):
    return (unit.opened is None or unit.opened <= period.begins) and (unit.closed is None or unit.closed > period.ends)


def create_ahead():
    """What the clock does every day: this week and the next ones, for every unit. Safe to run at any time."""
    today = clock.now().date()
    # A day earlier and later: it may be Monday already in the east while it is Sunday in UTC.
    first, last = today - datetime.timedelta(days=1), today + AHEAD * WEEK + datetime.timedelta(days=1)
    return ensure(Organisation.objects.in_existence(today), first, last)


# --- rulings -----------------------------------------------------------------------------------------------------


def readable(user):
    """The rulings whose words ``user`` may read; what follows from them (a letter on a board) is a fact of the week."""
    return DutyRuling.objects.filter(scope.between_units(user))


def may_declare(user, organisation):
    """Say why there is nothing this time: those who keep the unit's records."""
    return permissions.keeps_records(user, organisation)


def may_answer(user, organisation):
    """Grant, decline, extend, send back: members and supervision staff of the level right above."""
    return permissions.oversees(user, organisation)


def excuse_of(duty):
    """The ruling that holds about an excuse of the duty, or None."""
    return duty.rulings.filter(kind__in=OF_EXCUSE).order_by("-id").first()


def deadline(due_at, extensions):
    """Until when there is time, given the moments that were granted."""
    return max([due_at, *extensions])


# What must hold of an excuse for a ruling: (the last one of OF_EXCUSE or None) -> sentence of refusal or None.
def _refusal(kind, standing):
    if kind == DECLARED and standing == DECLARED:
        return _("Alasan sudah dikirim dan menunggu jawaban.")
    if kind in (DECLARED, EXTENDED) and standing == GRANTED:
        return _("Minggu ini sudah dibebaskan.") if kind == DECLARED else _("Kewajiban ini sudah dibebaskan.")
    if kind in (GRANTED, DECLINED) and standing is None:
        return _("Unit ini belum menyatakan alasan, jadi belum ada yang dijawab.")
    if kind in (GRANTED, DECLINED) and standing == kind:
        return _("Jawaban ini sudah diberikan.")
    return None


def _by_unit(user, duty, kind):
    """The unit in whose name ``user`` speaks here."""
    if kind == DECLARED:
        return duty.organisation
    above = duty.organisation.parent_on()
    if above is None:
        raise NotPermitted(_("Peran Anda tidak berwenang melakukan ini."))
    return above


def rule(duty, kind, *, by, reason, until=None, about=None):
    """Add what ``by`` says of the duty. The other side is told.

    Raises NotPermitted, TransitionRefused (what was said before does not allow it), ValidationError (no reason, an
    extension that does not lengthen, a return of nothing).
    """
    reason = " ".join(reason.split())
    with transaction.atomic():
        locked = lock(duty)
        scope.forget(by)
        require(may_declare if kind == DECLARED else may_answer, by, locked.organisation)
        declared = catalogue.duty(locked.kind)
        standing = excuse_of(locked)
        refusal = _refusal(kind, standing.kind if standing else None)
        if kind in OF_EXCUSE and not declared.excusable:
            refusal = _("Kewajiban ini tidak dapat dibebaskan.")
        if refusal:
            raise TransitionRefused(refusal)
        _check(locked, kind, reason, until, about)
        ruling = DutyRuling.objects.create(
            duty=locked,
            organisation=locked.organisation,
            begins=locked.begins,
            kind=kind,
            reason=reason,
            until=until if kind == EXTENDED else None,
            about=about,
            by=by,
            by_unit=_by_unit(by, locked, kind),
            at=clock.now(),
        )
        facts = {"until": clock.local(until, locked.organisation).strftime("%d-%m-%Y %H.%M")} if until else {}
        ledger.record(
            locked.organisation,
            f"kernel.duty.{kind}",
            locked,
            by=by,
            before=standing.kind if standing else "",
            after=kind,
            period=locked.period,
            duty=locked.kind,
            ruling=str(ruling.uuid),
            **facts,
        )
        _tell(locked, ruling, declared)
    return ruling


def _check(duty, kind, reason, until, about):
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Tulis alasannya, paling banyak {n} huruf.").format(n=LONGEST_REASON)})
    if kind == EXTENDED:
        extensions = duty.rulings.filter(kind=EXTENDED).values_list("until", flat=True)
        if until is None or until <= clock.now():
            raise ValidationError({"until": _("Batas waktu yang baru harus di masa depan.")})
        if until <= deadline(duty.due_at, extensions):
            raise ValidationError({"until": _("Batas waktu yang baru harus sesudah tenggat yang berlaku.")})
    if kind == RETURNED and about is None:
        raise ValidationError({"about": _("Sebutkan naskah yang dikembalikan.")})


TOLD = {
    DECLARED: gettext_lazy("{unit} menyatakan tidak ada untuk {period} ({label}): menunggu jawaban"),
    GRANTED: gettext_lazy("Dibebaskan untuk {period}: {label}"),
    DECLINED: gettext_lazy("Tidak dibebaskan untuk {period}: {label}"),
    EXTENDED: gettext_lazy("Waktu diperpanjang untuk {period}: {label}"),
    RETURNED: gettext_lazy("Dikembalikan untuk {period}: {label}"),
}


def _tell(duty, ruling, declared):
    """The other side hears of it, each in his own language; the words of the reason stay in the portal."""
    if ruling.kind == DECLARED:
        unit, roles = duty.organisation.parent_on(), scope.OVERSEERS
    else:
        unit, roles = duty.organisation, permissions.RECORD_KEEPERS
    if unit is None:
        return
    seats = Membership.objects.filter(organisation=unit, role__in=roles).in_force_at(clock.now())
    by_language = {}
    for seat in seats.select_related("user"):
        if seat.user_id != ruling.by_id:
            by_language.setdefault(seat.user.language, []).append(seat.user)
    for language, users in by_language.items():
        with translation.override(language):
            text = str(TOLD[ruling.kind]).format(
                unit=duty.organisation.name, period=duty.period, label=str(declared.label)
            )
        notices.tell(
            users,
            unit,
            f"kernel.duty.{ruling.kind}",
            duty,
            text=text,
            url=address(duty),
            key=f"kernel.duty:{ruling.uuid}",
        )
