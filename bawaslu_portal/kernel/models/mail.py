"""What was sent, or would have been: the outbox of a unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import Row, ScopedQuerySet
from .members import ADMINISTRATOR


class OutboxQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """As other rows of a unit; its administrators, and those of the level above, know the links' messages only."""
        from .. import scope

        administered = scope.own_units(user, {ADMINISTRATOR}) | scope.units_below(user, {ADMINISTRATOR})
        links = models.Q(about_kind="access_link", organisation__in=administered)
        # A digest holds what one person may read: nobody else opens it.
        others_digests = models.Q(about_kind="digest") & ~models.Q(to_user=user)
        return self.filter(scope.visible_rows(self.model, user) | links).exclude(others_digests)


class OutboxMessage(Row):
    """One message to one person. Without a mail server it stays "belum terkirim" and can be handed over."""

    STATES = [("unsent", _("belum terkirim")), ("sent", _("terkirim")), ("failed", _("gagal terkirim"))]
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    about_kind = models.CharField(max_length=40)
    about = models.UUIDField()
    to_name = models.CharField(max_length=120)
    to_email = models.EmailField(blank=True)
    to_phone = models.CharField(max_length=30, blank=True)
    to_user = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)
    subject_line = models.CharField(max_length=200)
    body = models.TextField()
    calendar = models.TextField(blank=True)
    state = models.CharField(max_length=6, choices=STATES, default="unsent")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["about"], name="outbox_of_thing")]

    def __str__(self):
        return f"{self.subject_line} -> {self.to_name}"
