"""What is to be done after a decision, what became of it, and the files that hang on items and on progress."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock, scope
from bawaslu_portal.kernel.models.base import AttachmentRow, PartRow, ScopedQuerySet, path_of

from .intake import Submission
from .items import AgendaItem, Decision
from .sessions import Pleno

UNSETTLED = ("open", "reported")  # follow-ups that wait for someone


class FollowUpQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Those of his own units: nobody else may know more than their number."""
        return self.filter(organisation__in=scope.own_units(user))

    def assigned(self):
        """Those of decisions that stand, once their pleno is closed: before, a decision may still be undone."""
        return self.filter(decision__undone_at=None, pleno__closed_at__isnull=False)

    def unsettled(self):
        """Neither done nor stopped."""
        return self.filter(state__in=UNSETTLED)

    def overdue(self, day):
        """Unsettled, and due before ``day``."""
        return self.unsettled().filter(due__lt=day)


class FollowUp(PartRow):
    """Who does what by when, from which decision: a member, one of the staff, or a whole division.

    What was decided is locked with the pleno; ``state`` and ``settled_at`` alone go on, each change with a
    :class:`Progress` row.
    """

    STATES = [
        ("open", _("Berjalan")),
        ("reported", _("Dilaporkan selesai")),
        ("done", _("Selesai")),
        ("stopped", _("Dihentikan")),
    ]
    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="follow_ups")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="follow_ups")
    what = models.CharField(_("yang dikerjakan"), max_length=300)
    responsible = models.ForeignKey("kernel.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    division = models.ForeignKey("kernel.Division", on_delete=models.PROTECT, related_name="+", null=True)
    due = models.DateField(_("tenggat"))
    state = models.CharField(max_length=8, choices=STATES, default="open")
    settled_at = models.DateTimeField(null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(responsible__isnull=False, division=None) | Q(responsible=None, division__isnull=False),
                name="follow_up_has_one_doer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "reported"), settled_at=None)
                | Q(state__in=("done", "stopped"), settled_at__isnull=False),
                name="follow_up_settled_has_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due"], condition=Q(state__in=("open", "reported")), name="follow_ups_unsettled"
            ),
            models.Index(fields=["organisation", "due"], name="follow_ups_by_day"),
            models.Index(
                fields=["organisation", "-settled_at"],
                condition=Q(settled_at__isnull=False),
                name="follow_ups_settled",
            ),
        ]

    def __str__(self):
        return self.what

    def address(self, name="plenos:follow_up", **more):
        """Path of one of its pages."""
        return path_of(name, code=self.organisation.code, uuid=self.uuid, **more)

    def get_absolute_url(self):
        return self.address()

    @property
    def settled(self):
        return self.state not in UNSETTLED

    @property
    def late_now(self):
        """Days overdue today; 0 in time or settled."""
        return 0 if self.settled else self.days_late(clock.today(self.organisation))

    def days_late(self, day):
        """So many days after its due date on ``day``, or when it was settled; 0 in time."""
        ended = clock.local(self.settled_at, self.organisation).date() if self.settled_at else day
        return max((ended - self.due).days, 0)

    @property
    def doer(self):
        """Title of the member or of the staff, or name of the division, that does it."""
        return self.responsible.title or self.responsible.get_role_display() if self.responsible else self.division.name

    @property
    def doer_named(self):
        """The person with his post, or the division, that does it."""
        if not self.responsible:
            return self.division.name
        title = self.responsible.title or str(self.responsible.get_role_display())
        name = self.responsible.user.name
        return name if name == title else f"{name} ({title})"


class Progress(PartRow):
    """What happened with a follow-up: a note, done as its doer says, confirmed by another, sent back, stopped."""

    KINDS = [
        ("note", _("catatan")),
        ("reported", _("dilaporkan selesai")),
        ("confirmed", _("dinyatakan selesai")),
        ("sent_back", _("belum selesai")),
        ("stopped", _("dihentikan")),
    ]
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="progress")
    kind = models.CharField(max_length=9, choices=KINDS, default="note")
    text = models.TextField(_("keterangan"), blank=True)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=("note", "sent_back", "stopped")) | ~Q(text=""), name="progress_says_something"
            )
        ]

    def __str__(self):
        return self.text or self.kind


class Attachment(AttachmentRow):
    """A file of an item, of a submission or proposal, or of the progress of a follow-up."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="attachments", null=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attachments", null=True)
    progress = models.ForeignKey(Progress, on_delete=models.PROTECT, related_name="attachments", null=True)

    class Meta(AttachmentRow.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, submission=None, progress=None)
                | Q(item=None, submission__isnull=False, progress=None)
                | Q(item=None, submission=None, progress__isnull=False),
                name="attachment_hangs_on_one",
            )
        ]
