"""Copies of long texts: what was saved over, and what was refused because someone else had saved first."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import PartRow


class TextCopy(PartRow):
    """One state of the text ``field`` of the thing ``about``; nothing that reached the server is thrown away.

    Successive saves of one open page are one copy, ``at`` its beginning. ``refused`` copies were based on an older
    version than the one that stood: both are shown side by side until someone has settled them (``settled_at``).
    """

    FATES = [("saved", _("tersimpan")), ("refused", _("berbenturan"))]
    about_kind = models.CharField(max_length=40)
    about = models.UUIDField()
    field = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    fate = models.CharField(max_length=7, choices=FATES, default="saved")
    page = models.UUIDField(null=True)  # the open page that wrote it
    step = models.PositiveIntegerField(default=0)  # how many saves of that page it holds
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["about", "field", "-id"], name="text_copies_of_thing")]

    def __str__(self):
        return f"{self.field} {self.version}"
