"""Background work. The truth stands here; Redis only carries ids."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import Row, ScopedQuerySet

# "OSError: disk full", as ``jobs.run`` writes an exception down; a JobStopped speaks in a sentence.
EXCEPTION = re.compile(r"[A-Za-z_]*[A-Z][A-Za-z_]*[a-z][A-Z][A-Za-z_]*(:|$)|[A-Z][A-Za-z]*(Error|Exception)(:|$)")


class Job(Row):
    """One piece of background work, asked for once per ``key``.

    ``payload`` names what to work on (uuids, never content). ``lease_until`` is the moment from which another
    worker may take it over; ``attempt`` counts the takings and guards the finish.
    """

    STATES = [
        ("queued", _("antre")),
        ("running", _("sedang dibuat")),
        ("done", _("selesai")),
        ("failed", _("gagal")),
    ]
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    asked_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=7, choices=STATES, default="queued")
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    waiting_for = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="job_asked_once")]
        indexes = [
            models.Index(
                fields=["lease_until", "id"], condition=models.Q(state__in=["queued", "running"]), name="job_open"
            )
        ]

    @property
    def told(self):
        """Why it failed, for a reader. What an exception said of itself (paths, names) is the operator's."""
        if EXCEPTION.match(self.error):
            return _("Naskah gagal dibuat. Coba lagi; bila tetap gagal, operator portal menemukan sebabnya.")
        return self.error

    def __str__(self):
        return f"{self.kind} {self.key}"


class Heartbeat(models.Model):
    """The last sign of life of a part ("worker")."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    detail = models.CharField(max_length=300, blank=True)

    def __str__(self):
        return f"{self.name} {self.at}"
