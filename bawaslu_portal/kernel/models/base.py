"""What every row that belongs to a unit shares."""

import functools
import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import clock


@functools.lru_cache(maxsize=8192)
def path_of(name, **words):
    """The path of a page of a row. A room names forty of them and is asked for again every few seconds."""
    return reverse(name, kwargs=words)


class Row(models.Model):
    """A row with a bigint key inside and a UUID for the outside."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field):
        """The word for a choice, "" for none. Django's own hashes, and so translates, the words of all each time."""
        value = getattr(self, field.attname)
        return str(dict(field.flatchoices).get(value, "" if value is None else value))


class ScopedQuerySet(models.QuerySet):
    """Rows of units. ``visible_to`` is the only window through which views and forms read."""

    def visible_to(self, user, *units):
        """The rows (of these units alone) whose facts ``user`` may know (``scope.py``; source: visibility.md, working
        assumption)."""
        from .. import scope

        return self.filter(scope.visible_rows(self.model, user, *units))


class SearchedManager(models.Manager):
    """For tables with a generated column ``search``: it is asked about, never read."""

    def get_queryset(self):
        return super().get_queryset().defer("search")


class AdministeredQuerySet(ScopedQuerySet):
    """Master data of units: who belongs to a unit and how it is set. Administrators know these rows too."""

    def visible_to(self, user):
        """The rows of the units that ``user`` may know of with whatever role, administrator included."""
        from .. import scope

        return self.filter(organisation__in=scope.units_in_view(user))


class UnitRow(Row):
    """A row that a unit owns and writes.

    ``subject`` is the unit that the row is about or for, if another; it sees the row once ``released_at`` is
    set. ``delivered_to`` is the unit to which the finished row was sent.
    """

    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        "kernel.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )
    released_at = models.DateTimeField(null=True, blank=True, editable=False)
    delivered_to = models.ForeignKey(
        "kernel.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class PartRow(Row):
    """A part of a unit's row (an item, a vote): it carries its organisation too, set by the verb from the whole."""

    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class AttachmentRow(PartRow):
    """A file that hangs on a record, read by whoever reads that record. Apps add the key to the record.

    ``dated`` is the date of the document itself, ``at`` when it was uploaded; ``file`` holds what is shown (a photo
    shrunk and without its place), named by its digest.
    """

    file = models.ForeignKey("kernel.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    caption = models.CharField(_("keterangan"), max_length=200, blank=True)
    dated = models.DateField(_("tanggal dokumen"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["order", "id"]

    def __str__(self):
        return self.caption or self.name
