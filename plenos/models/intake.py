"""The inbox of a body: what others, its own members and divisions put before its next plenary."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models.base import UnitRow

PROPOSAL, COMMITMENT = "plenos.proposal", "plenos.commitment"
WAITING, PLACED, DECIDED, WITHDRAWN, RETURNED = "waiting", "placed", "decided", "withdrawn", "returned"


class Submission(UnitRow):
    """Something put before the plenary of ``organisation``: a proposal of its own people, a record of a later app
    (frozen as ``document``), or a commitment that another unit asks for.

    ``kind`` and ``thing`` name the record without this app knowing it; its address is asked of the catalogue.
    """

    STATES = [
        (WAITING, _("Menunggu")),
        (PLACED, _("Diagendakan")),
        (DECIDED, _("Diputus")),
        (WITHDRAWN, _("Ditarik")),
        (RETURNED, _("Dikembalikan")),
    ]
    asking = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    thing = models.UUIDField(null=True)
    label = models.CharField(_("pokok agenda"), max_length=200)
    summary = models.TextField(_("latar belakang"), blank=True)
    category = models.CharField(_("kategori"), max_length=11, blank=True)
    access = models.CharField(_("sifat"), max_length=6, default="closed")
    division = models.ForeignKey("kernel.Division", on_delete=models.PROTECT, related_name="+", null=True)
    document = models.ForeignKey("kernel.Document", on_delete=models.PROTECT, related_name="+", null=True)
    digest = models.CharField(max_length=64, blank=True)
    due = models.DateField(_("tenggat"), null=True)
    state = models.CharField(max_length=9, choices=STATES, default=WAITING)
    version = models.PositiveIntegerField(default=0)
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "thing"],
                condition=Q(state__in=(WAITING, PLACED), thing__isnull=False),
                name="submission_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(WITHDRAWN, RETURNED)) | ~Q(reason=""), name="submission_end_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="inbox_of_unit")]

    def __str__(self):
        return self.label
