"""Days on which nobody works, and the counting of working days.

Saturday and Sunday are free everywhere. A national or regional holiday holds for every unit below the body that keeps
it; a closure holds for its own unit alone. Working assumption: the five-day week of the agency's offices.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import clock, ledger, permissions
from .lifecycle import TransitionRefused, lock, require
from .models.duties import Holiday
from .models.organisations import Organisation, Parentage

HOLIDAY, CLOSURE = "holiday", "closure"
KEEPERS = ("national", "province")  # levels that keep a list of holidays for those below
LONGEST = {HOLIDAY: 31, CLOSURE: 366}  # days
ONE = datetime.timedelta(days=1)
# No count of working days goes further than this, whatever was entered as a closure.
FURTHEST = 400


class Calendar:
    """The working days of many units from ``first`` on, read in at most five queries."""

    def __init__(self, organisations, first):
        self.first = first
        self._above = {}
        frontier = {getattr(unit, "pk", unit) for unit in organisations}
        known = set(frontier)
        while frontier:
            found = Parentage.objects.filter(organisation__in=frontier).values_list(
                "organisation_id", "parent_id", "since", "until"
            )
            parents = set()
            for unit, parent, since, until in found:
                self._above.setdefault(unit, []).append((parent, since, until))
                parents.add(parent)
            frontier = parents - known
            known |= parents
        self._rows = {}
        rows = Holiday.objects.standing().filter(organisation__in=known, last__gte=first)
        for unit, kind, begins, ends in rows.values_list("organisation_id", "kind", "first", "last"):
            self._rows.setdefault((unit, kind), []).append((begins, ends))
        self._kept, self._off = {}, {}

    def _own(self, unit, kind):
        days = set()
        for begins, ends in self._rows.get((unit, kind), ()):
            day = max(begins, self.first)
            while day <= ends:
                days.add(day)
                day += ONE
        return days

    def _holidays(self, unit):
        """The holidays that hold in ``unit``: its own list and, day by day, those of the body that then stood above."""
        if unit not in self._kept:
            days = self._own(unit, HOLIDAY)
            for parent, since, until in self._above.get(unit, ()):
                days |= {d for d in self._holidays(parent) if since <= d and (until is None or d < until)}
            self._kept[unit] = days
        return self._kept[unit]

    def is_working_day(self, organisation, day):
        """Whether ``organisation`` (id or object) works on ``day``."""
        unit = getattr(organisation, "pk", organisation)
        if unit not in self._off:
            self._off[unit] = self._holidays(unit) | self._own(unit, CLOSURE)
        return day.isoweekday() <= 5 and day not in self._off[unit]

    def working_day_after(self, organisation, day, count):
        """The ``count``-th working day after ``day``."""
        end = day + FURTHEST * ONE
        while count > 0 and day < end:
            day += ONE
            count -= self.is_working_day(organisation, day)
        return day


def is_working_day(organisation, day):
    """Whether the unit works on ``day``."""
    return Calendar([organisation], day).is_working_day(organisation, day)


def working_day_after(organisation, day, count):
    """The ``count``-th working day of the unit after ``day``."""
    return Calendar([organisation], day).working_day_after(organisation, day, count)


def lineage(organisation, day):
    """The unit and those above it on ``day``, itself first."""
    found = [organisation]
    while (above := found[-1].parent_on(day)) is not None:
        found.append(above)
    return found


def of(organisation, year):
    """The holidays and closures that touch ``year`` and hold in the unit, in order, with whoever keeps each."""
    begins, ends = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    above = [unit.pk for unit in lineage(organisation, min(ends, clock.today(organisation)))[1:]]
    rows = Holiday.objects.standing().filter(first__lte=ends, last__gte=begins)
    own, theirs = rows.filter(organisation=organisation), rows.filter(organisation__in=above, kind=HOLIDAY)
    return (own | theirs).select_related("organisation", "by").order_by("first", "id")


def removed(organisation, year):
    """What the unit itself had entered for ``year`` and took back, with the reason."""
    return (
        Holiday.objects.filter(organisation=organisation, first__year=year, removed_at__isnull=False)
        .select_related("removed_by")
        .order_by("first", "id")
    )


# --- verbs ---------------------------------------------------------------------------------------------------


def may_keep_holidays(user, organisation):
    """The list that holds for those below: an administrator of the national body or of a province."""
    return organisation.level in KEEPERS and permissions.administers(user, organisation)


def may_close(user, organisation):
    """The unit's own closure: those who keep its records, and its administrator."""
    return permissions.keeps_records(user, organisation) or permissions.administers(user, organisation)


def _may(kind):
    return may_keep_holidays if kind == HOLIDAY else may_close


def _check(kind, first, last, name):
    if not name:
        raise ValidationError({"name": _("Tulis nama hari libur atau alasan kantor tutup.")})
    if last < first:
        raise ValidationError({"last": _("Tanggal akhir tidak boleh sebelum tanggal awal.")})
    if (last - first).days + 1 > LONGEST[kind]:
        raise ValidationError({"last": _("Paling lama {n} hari sekaligus.").format(n=LONGEST[kind])})


def add(organisation, *, kind, first, last=None, name, by):
    """Enter a holiday for the unit and those below it, or a closure of the unit alone (``name`` is its reason).

    Duties that exist keep their due date. Raises NotPermitted, ValidationError (also for one that is there already).
    """
    last, name = last or first, " ".join(name.split())
    with transaction.atomic():
        locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        require(_may(kind), by, locked)
        _check(kind, first, last, name)
        if Holiday.objects.standing().filter(organisation=locked, first=first, last=last, name=name).exists():
            raise ValidationError({"first": _("Tanggal dengan nama ini sudah tercatat.")})
        row = Holiday.objects.create(
            organisation=locked, kind=kind, first=first, last=last, name=name, at=clock.now(), by=by
        )
        ledger.record(locked, f"kernel.holiday.add_{kind}", row, by=by, first=first, last=last)
    return row


def remove(holiday, *, reason, by):
    """Take back what was entered; the row stays with the reason. Raises NotPermitted, ValidationError,
    TransitionRefused when someone else had taken it back."""
    with transaction.atomic():
        locked = lock(holiday)
        unit = locked.organisation
        require(_may(locked.kind), by, unit)
        if not reason.strip():
            raise ValidationError({"reason": _("Tulis mengapa tanggal ini dihapus.")})
        if locked.removed_at is not None:
            raise TransitionRefused(_("Tanggal ini sudah dihapus. Muat ulang halaman."))
        locked.removed_at, locked.removed_by, locked.removed_reason = clock.now(), by, reason.strip()
        locked.save(update_fields=["removed_at", "removed_by", "removed_reason"])
        ledger.record(unit, f"kernel.holiday.remove_{locked.kind}", locked, by=by, first=locked.first, last=locked.last)
    return locked
