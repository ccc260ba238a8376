"""Files by their digest, documents with number and frozen context, counters and the numbers drawn."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import AdministeredQuerySet, Row, ScopedQuerySet, UnitRow


class StoredFile(models.Model):
    """Bytes stored once, named by their SHA-256 (hex)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(default=clock.now)

    def __str__(self):
        return self.sha256


class DocumentQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """As every row of a unit; an administrator also knows the tables that he printed himself."""
        from .. import scope

        units = {place.organisation_id for place in scope.places(user)}
        printed = models.Q(kind="kernel.table", created_by=user.pk, organisation__in=units)
        return self.filter(scope.visible_rows(self.model, user) | printed)


class Document(UnitRow):
    """A paper of a unit: what it says (``record``, frozen, with its ``digest``) and, once made, its file.

    ``about_kind`` and ``about`` name the thing whose paper it is, ``readers`` whom the app lets read it. A
    document is superseded by a later one, never overwritten.
    """

    STATES = [("asked", _("sedang dibuat")), ("made", _("jadi")), ("failed", _("gagal"))]
    ACCESS = [("open", _("terbuka")), ("closed", _("tertutup"))]
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=120, blank=True)
    classification = models.CharField(max_length=20, blank=True)
    access = models.CharField(max_length=6, choices=ACCESS, default="closed")
    draft = models.BooleanField(default=False)
    about_kind = models.CharField(max_length=40)
    about = models.UUIDField()
    record = models.JSONField()
    digest = models.CharField(max_length=64)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    signed_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, related_name="supersedes", null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["about", "kind", "digest", "draft"], name="document_once_per_frozen_record"
            ),
        ]
        indexes = [
            models.Index(fields=["about", "kind"], name="document_of_thing"),
            # The print room: of one's units or delivered to them, of a nation, the newest first.
            models.Index(fields=["organisation", "-created_at"], name="document_of_unit_newest"),
            models.Index(
                fields=["delivered_to", "-created_at"],
                condition=models.Q(delivered_to__isnull=False),
                name="document_delivered_newest",
            ),
            models.Index(fields=["-created_at", "-id"], name="document_newest"),
        ]

    def __str__(self):
        return self.title


class Counter(models.Model):
    """The last number drawn per unit, series (a classification code, or "decision") and year."""

    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "series", "year"], name="counter_one_per_series_and_year"),
        ]

    def __str__(self):
        return f"{self.series}/{self.year}: {self.last}"


class NumberUse(Row):
    """What became of one number: drawn for a document, reserved (used elsewhere), or cancelled (BATAL).

    ``suffix`` is for back-dated letters (.2, .3). Source: Perbawaslu 13/2020 and one office's practice.
    """

    STATES = [("drawn", _("terpakai")), ("reserved", _("dipakai di luar portal")), ("cancelled", _("BATAL"))]
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(null=True)
    suffix = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=STATES, default="drawn")
    reason = models.CharField(max_length=300, blank=True)
    typed = models.BooleanField(default=False)
    dated = models.DateField()
    kind = models.CharField(max_length=60, blank=True)
    about = models.UUIDField(null=True)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AdministeredQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "series", "-value", "-suffix"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "series", "year", "value", "suffix"],
                condition=Q(value__isnull=False),
                name="number_never_reused",
            ),
            models.UniqueConstraint(fields=["organisation", "year", "text"], name="number_text_once_a_year"),
            models.CheckConstraint(
                condition=Q(state="drawn") | ~Q(reason=""), name="number_outside_or_cancelled_has_reason"
            ),
        ]

    def __str__(self):
        return self.text
