"""What is owed by whom for which period, what was ruled about it, and the days on which nobody works."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import AdministeredQuerySet, PartRow, Row, ScopedQuerySet, UnitRow

DECLARED, GRANTED, DECLINED, EXTENDED, RETURNED = "declared", "granted", "declined", "extended", "returned"


class DutyQuerySet(ScopedQuerySet):
    def between(self, first, last):
        """Duties whose period begins in ``first`` to ``last`` (dates, inclusive)."""
        return self.filter(begins__gte=first, begins__lte=last)


class Duty(UnitRow):
    """One thing owed: ``kind`` by ``organisation`` for ``period``, due at a moment fixed when it was created.

    Rows are only ever added; an extension, an excuse or a return is a row of its own (:class:`DutyRuling`).
    """

    kind = models.CharField(max_length=60)
    period = models.CharField(max_length=10)  # 2024-W34; other kinds may write 2024-Q3 or 2024
    begins = models.DateField()
    ends = models.DateField()  # last day of the period
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["begins", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "period"], name="duty_once_a_period"),
            models.CheckConstraint(condition=Q(ends__gte=models.F("begins")), name="duty_period_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["kind", "begins", "organisation"], include=["due_at"], name="duty_of_kind_by_time"),
            models.Index(fields=["organisation", "begins"], include=["kind", "due_at"], name="duty_of_unit_by_time"),
        ]

    def __str__(self):
        return f"{self.kind} {self.period}"


class DutyRuling(PartRow):
    """What was said of a duty, with reason and author; rows are only ever added, the latest of a sort holds.

    ``declared``: the unit says why there is nothing this time; ``granted``/``declined``: the level above answers;
    ``extended``: there is time until ``until``; ``returned``: what was delivered (``about``) is sent back.
    """

    KINDS = [
        (DECLARED, _("dinyatakan tidak ada")),
        (GRANTED, _("dibebaskan")),
        (DECLINED, _("tidak dibebaskan")),
        (EXTENDED, _("diperpanjang")),
        (RETURNED, _("dikembalikan")),
    ]
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="rulings")
    begins = models.DateField()  # of the duty, so that a board of weeks finds its rulings
    kind = models.CharField(max_length=8, choices=KINDS)
    reason = models.CharField(_("alasan"), max_length=500)
    until = models.DateTimeField(null=True)
    about = models.UUIDField(null=True)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    by_unit = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_reason"),
            models.CheckConstraint(
                condition=Q(kind=EXTENDED, until__isnull=False) | (~Q(kind=EXTENDED) & Q(until=None)),
                name="ruling_extends_until",
            ),
        ]
        indexes = [models.Index(fields=["begins", "organisation"], name="rulings_by_time")]

    def __str__(self):
        return f"{self.duty_id} {self.kind}"


class HolidayQuerySet(AdministeredQuerySet):
    def standing(self):
        return self.filter(removed_at=None)


class Holiday(Row):
    """Days on which a unit and those below it do not work: kept by the national body, a province, or one unit itself.

    ``kind``: a national or regional holiday, or a unit's own closure with its reason. ``last`` is inclusive.
    """

    KINDS = [("holiday", _("hari libur")), ("closure", _("kantor tutup"))]
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=KINDS, default="holiday")
    first = models.DateField(_("tanggal"))
    last = models.DateField(_("sampai dengan"))
    name = models.CharField(_("nama atau alasan"), max_length=200)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)
    removed_reason = models.CharField(_("alasan penghapusan"), max_length=300, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        ordering = ["first", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="holiday_ends_after_start"),
            models.CheckConstraint(condition=~Q(name=""), name="holiday_has_name"),
            models.CheckConstraint(
                condition=Q(removed_at=None) | ~Q(removed_reason=""), name="holiday_removed_for_a_reason"
            ),
            models.UniqueConstraint(
                fields=["organisation", "first", "last", "name"],
                condition=Q(removed_at=None),
                name="holiday_once",
            ),
        ]

    def __str__(self):
        return f"{self.first} {self.name}"
