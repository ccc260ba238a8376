"""What two units say to each other on a record, and what one person is told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import PartRow, Row, ScopedQuerySet


class Remark(PartRow):
    """A remark between a unit (``organisation``) and the level above on one record; rows are only ever added.

    ``asked``: an explanation is asked for and stays open until an ``answered`` follows it.
    """

    KINDS = [("remark", _("catatan")), ("asked", _("minta penjelasan")), ("answered", _("penjelasan"))]
    about_kind = models.CharField(max_length=40)
    about = models.UUIDField()
    kind = models.CharField(max_length=8, choices=KINDS, default="remark")
    text = models.TextField(_("isi"))
    answers = models.ForeignKey("self", on_delete=models.PROTECT, related_name="answered_by", null=True)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    by_unit = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="remark_says_something")]
        indexes = [
            models.Index(fields=["about", "id"], name="remarks_of_thing"),
            models.Index(fields=["organisation", "kind", "-id"], name="remarks_of_unit"),
        ]

    def __str__(self):
        return self.text[:60]


class NoticeQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """A notice is known to its addressee only, while he serves in the unit that it speaks of (visibility.md)."""
        from .. import scope

        return self.filter(user=user, organisation__in={place.organisation_id for place in scope.places(user)})

    def unseen(self):
        return self.filter(seen_at=None)


class Notice(Row):
    """One person is told of one thing: in the portal, and in his next digest. Only he reads it.

    ``key`` makes telling twice harmless. ``text`` names no content of a closed record.
    """

    user = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    about_kind = models.CharField(max_length=40)
    about = models.UUIDField()
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True)
    digested_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_told_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_of_user"),
            models.Index(fields=["user"], condition=Q(seen_at=None), name="notices_unseen"),
        ]

    def __str__(self):
        return self.text
