"""The inbox of a body: what others, its own members and divisions put before its next plenary."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock, scope
from bawaslu_portal.kernel.models.base import ScopedQuerySet, UnitRow

PROPOSAL, COMMITMENT = "plenos.proposal", "plenos.commitment"
WAITING, PLACED, DECIDED, WITHDRAWN, RETURNED = "waiting", "placed", "decided", "withdrawn", "returned"


class SubmissionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """What ``user`` may read of the inboxes (a submission has no facts apart from its content): those who write for
        the receiving unit; whoever made it, while in the asking unit; of an open proposal the whole unit; between two
        units also the writers of the asking one and the members above."""
        own, writes = scope.own_units(user), scope.own_units(user, scope.WRITERS)
        between = ~Q(asking=models.F("organisation"))
        return self.filter(
            Q(organisation__in=writes)
            | Q(by=user, asking__in=own)
            | ~between & Q(organisation__in=own, access="open")
            | Q(subject__in=writes, released_at__isnull=False)
            | between & Q(organisation__in=scope.units_below(user, scope.OVERSEERS))
        )

    def live(self):
        """What still waits for a decision."""
        return self.filter(state__in=(WAITING, PLACED))


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

    objects = SubmissionQuerySet.as_manager()

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

    def get_absolute_url(self):
        return reverse("plenos:submission", args=[self.uuid])

    @property
    def between_units(self):
        """Whether it was asked by another unit than the one whose plenary decides."""
        return self.asking_id != self.organisation_id
