"""Units, their place in the tree, their divisions and their dated settings."""

import datetime
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import AdministeredQuerySet, Row, ScopedQuerySet

ZONE_LABELS = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
ABOVE = {"district": "province", "province": "national", "subdistrict": "district"}


class OrganisationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The units whose name and rows ``user`` may know of: his own, those right below, and for the national
        body all."""
        from .. import scope

        return self.filter(pk__in=scope.units_in_view(user))

    def in_existence(self, day):
        return self.filter(Q(opened__lte=day) | Q(opened=None), Q(closed__gt=day) | Q(closed=None))


class Organisation(Row):
    """A body of Bawaslu. ``code`` is its official region code and its own path: 74, 74.71."""

    LEVELS = [
        ("national", _("Nasional")),
        ("province", _("Provinsi")),
        ("district", _("Kabupaten/Kota")),
        ("subdistrict", _("Kecamatan")),
    ]
    code = models.CharField(_("kode"), max_length=13, unique=True)
    level = models.CharField(_("tingkat"), max_length=12, choices=LEVELS)
    region_name = models.CharField(_("nama wilayah"), max_length=80)
    name = models.CharField(_("nama badan"), max_length=120)
    time_zone = models.CharField(_("zona waktu"), max_length=40, choices=[(z, z) for z in ZONE_LABELS])
    opened = models.DateField(_("dibuka"), null=True, blank=True)
    closed = models.DateField(_("ditutup"), null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed=None) | Q(opened=None) | Q(closed__gt=models.F("opened")),
                name="organisation_closes_after_opening",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def zone_label(self):
        """WIB, WITA or WIT."""
        return ZONE_LABELS[self.time_zone]

    def parent_on(self, day=None):
        """The unit one level above on ``day`` (default today), or None for the national body."""
        day = day or clock.today(self)
        row = (
            Parentage.objects.filter(organisation=self, since__lte=day)
            .filter(Q(until=None) | Q(until__gt=day))
            .select_related("parent")
            .first()
        )
        return row.parent if row else None


class Parentage(models.Model):
    """Which unit stood above which, from ``since`` (inclusive) to ``until`` (exclusive)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="parentages")
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="childhoods")
    since = models.DateField(default=datetime.date(2000, 1, 1))
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(until=None), name="parentage_one_current_parent"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="parentage_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(organisation=models.F("parent")), name="parentage_not_of_itself"),
        ]

    def __str__(self):
        return f"{self.organisation_id} < {self.parent_id}"


class DivisionQuerySet(AdministeredQuerySet):
    def on(self, day):
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))


class Division(Row):
    """A division of a unit with its life; master data, since divisions differ by office, size and period."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="divisions")
    name = models.CharField(_("nama divisi"), max_length=120)
    short_name = models.CharField(_("nama pendek"), max_length=40)
    order = models.PositiveSmallIntegerField(_("urutan"), default=1)
    since = models.DateField(_("berlaku sejak"))
    until = models.DateField(_("berlaku sampai"), null=True, blank=True, help_text=_("Hari pertama tidak berlaku."))

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="division_ends_after_start"
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    def clean(self):
        if self.until and self.since and self.until <= self.since:
            raise ValidationError({"until": _("Tanggal akhir harus sesudah tanggal awal.")})


class Setting(Row):
    """One value of one setting of a unit from a date on. Rows are only added: the latest that has begun holds.

    ``source`` says where the rule stands (a decree, a plenary decision, "asumsi kerja").
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="settings")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    since = models.DateField(_("berlaku sejak"))
    source = models.CharField(_("dasar"), max_length=200)
    recorded_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = AdministeredQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "key", "-since", "-id"]
        indexes = [models.Index(fields=["organisation", "key", "-since", "-id"], name="setting_latest")]

    def __str__(self):
        return f"{self.key} = {self.value!r} ({self.since})"
