"""The minutes put up for signing, their signatures, the scans, and who has read them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models.base import PartRow, ScopedQuerySet, SearchedManager, UnitRow

from .sessions import Attendee, Pleno
from .words import CONFIG, LONG, SHORT, TimeWords, UnitWord

CONFIRMED, BY_HAND, NOT_SIGNED = "confirmed", "by_hand", "not_signed"


class Correction(PartRow):
    """A new version of ratified minutes in the making: which words change, and why (``version`` 2, 3, ...).

    ``changes``: what is to be read instead, by place in the frozen record. Numbers, votes, presence and the result of
    a decision are never among them: a decision is reversed by a new decision. Working assumption: no regulation
    that could be read says how ratified minutes are corrected.
    """

    STATES = [
        ("drafting", _("Disusun")),
        ("signing", _("Penandatanganan")),
        ("ratified", _("Disahkan")),
        ("abandoned", _("Tidak dilanjutkan")),
    ]
    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField()  # the version of the minutes that it makes: 2, 3, ...
    reason = models.CharField(_("alasan perbaikan"), max_length=500)
    ruling = models.ForeignKey("kernel.DutyRuling", on_delete=models.PROTECT, related_name="+", null=True)
    changes = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=STATES, default="drafting")
    version = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=clock.now)
    begun_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    ratified_at = models.DateTimeField(null=True)
    abandoned_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pleno", "number"], condition=~Q(state="abandoned"), name="correction_once_a_version"
            ),
            models.UniqueConstraint(
                fields=["pleno"],
                condition=Q(state__in=("drafting", "signing")),
                name="correction_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(number__gte=2), name="correction_follows_the_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="abandoned") | ~Q(abandoned_reason=""), name="correction_abandoned_with_reason"
            ),
        ]

    def __str__(self):
        return f"{self.pleno_id} v{self.number}"

    def address(self, name="plenos:correction", **more):
        """Path of one of its pages."""
        return self.pleno.address(name, correction=self.uuid, **more)

    def get_absolute_url(self):
        return self.address()


class Minutes(PartRow):
    """The record of a pleno frozen for signing. Taking it back keeps the row and the number; the next is frozen anew.

    ``version`` is 1, and one more for each ratified correction; the earlier stays as it was ratified.

    ``record`` is what the papers are made from, ``digest`` the SHA-256 of its canonical JSON: what is signed.
    """

    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="minutes")
    sequence = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="minutes", null=True)
    number = models.CharField(_("nomor Berita Acara"), max_length=120)
    dated = models.DateField()
    record = models.JSONField()
    digest = models.CharField(max_length=64)
    access = models.CharField(max_length=6, choices=Pleno.ACCESS)
    put_up_at = models.DateTimeField()
    put_up_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)
    taken_back_reason = models.CharField(_("alasan penarikan"), max_length=300, blank=True)
    ratified_at = models.DateTimeField(null=True)
    ratified_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ["-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["pleno", "sequence"], name="minutes_sequence_once"),
            models.UniqueConstraint(
                fields=["pleno", "version"], condition=Q(taken_back_at=None), name="minutes_one_current_a_version"
            ),
            models.CheckConstraint(
                condition=Q(version=1, correction=None) | Q(version__gt=1, correction__isnull=False),
                name="minutes_later_version_is_a_correction",
            ),
        ]

    def __str__(self):
        return self.number


class Signature(PartRow):
    """How one present member stands to the minutes: confirmed in the portal, signed by hand, or not, and why."""

    MANNERS = [
        (CONFIRMED, _("Dikonfirmasi di portal")),
        (BY_HAND, _("Ditandatangani di kertas")),
        (NOT_SIGNED, _("Tidak menandatangani")),
    ]
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="signatures")
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="+")
    manner = models.CharField(max_length=10, choices=MANNERS)
    digest = models.CharField(max_length=64)
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    signed_on = models.DateField(null=True)
    scan = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["attendee__order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "attendee"], name="signature_once_per_member"),
            models.CheckConstraint(
                condition=~Q(manner=NOT_SIGNED) | ~Q(reason=""), name="signature_missing_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(manner=BY_HAND) | Q(scan__isnull=False), name="signature_by_hand_has_scan"
            ),
        ]

    def __str__(self):
        return f"{self.attendee_id} {self.manner}"


class Scan(PartRow):
    """A scanned paper of the pleno (attendance with wet signatures, minutes of a session recorded afterwards)."""

    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="scans")
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("keterangan"), max_length=200)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.caption


class Reading(PartRow):
    """Someone of the level above has read one version of the delivered minutes."""

    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="readings")
    reader = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    reader_unit = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1, db_default=1)  # of the minutes that were read
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["pleno", "reader", "version"], name="reading_once_per_person_and_version")
        ]

    def __str__(self):
        return f"{self.pleno_id} {self.reader_id}"


class ArchivedMinutes(UnitRow):
    """Minutes of an earlier year, brought in as a scan with what a spreadsheet says of it; no plenary of the portal.

    ``statement``: who says that the scan is true to the paper, and when it was brought in.
    """

    number = models.CharField(_("nomor"), max_length=120)
    dated = models.DateField(_("tanggal pleno"))
    title = models.CharField(_("perihal"), max_length=300)
    decisions = models.TextField(_("pokok keputusan"), blank=True)
    access = models.CharField(_("sifat"), max_length=6, choices=Pleno.ACCESS, default="closed")
    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    statement = models.CharField(_("pernyataan"), max_length=300)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=CONFIG)
        + SearchVector("decisions", weight="B", config=CONFIG)
        + UnitWord()
        + TimeWords(LONG, SHORT),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SearchedManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name_plural = "archived minutes"
        ordering = ["-dated", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number", "dated"], name="archived_minutes_once"),
            models.CheckConstraint(condition=~Q(statement=""), name="archived_minutes_are_stated"),
        ]
        indexes = [GinIndex(fields=["search"], name="archived_search")]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("plenos:archived", args=[self.organisation.code, self.uuid])
