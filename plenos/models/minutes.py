"""The minutes put up for signing, their signatures, the scans, and who has read them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models.base import PartRow

from .sessions import Attendee, Pleno

CONFIRMED, BY_HAND, NOT_SIGNED = "confirmed", "by_hand", "not_signed"


class Minutes(PartRow):
    """The record of a pleno frozen for signing. Taking it back keeps the row and the number; the next is frozen anew.

    ``record`` is what the papers are made from, ``digest`` the SHA-256 of its canonical JSON: what is signed.
    """

    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="minutes")
    sequence = models.PositiveSmallIntegerField()
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
                fields=["pleno"], condition=Q(taken_back_at=None), name="minutes_one_current_per_pleno"
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
    """Someone of the level above has read the delivered minutes."""

    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="readings")
    reader = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    reader_unit = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["pleno", "reader"], name="reading_once_per_person")]

    def __str__(self):
        return f"{self.pleno_id} {self.reader_id}"
