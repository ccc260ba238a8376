"""What the agenda holds and what was decided on it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models.base import PartRow, ScopedQuerySet

from .sessions import Attendee, Pleno

WAITING, DECIDED, DEFERRED, WITHDRAWN = "waiting", "decided", "deferred", "withdrawn"
CONSENSUS, VOTE = "consensus", "vote"
AGREE, AGAINST, ABSTAIN = "agree", "against", "abstain"
ACCEPTED, REJECTED, TIED = "accepted", "rejected", "tied"


class AgendaItem(PartRow):
    """One item of the agenda. It starts with its session's class of access."""

    STATES = [
        (WAITING, _("Belum dibahas")),
        (DECIDED, _("Diputuskan")),
        (DEFERRED, _("Ditunda")),
        (WITHDRAWN, _("Ditarik")),
    ]
    pleno = models.ForeignKey(Pleno, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("pokok agenda"), max_length=200)
    background = models.TextField(_("latar belakang"), blank=True)
    proposer = models.CharField(_("pengusul"), max_length=120, blank=True)
    access = models.CharField(_("sifat"), max_length=6, choices=Pleno.ACCESS, default="closed")
    fate = models.CharField(max_length=9, choices=STATES, default=WAITING)
    fate_reason = models.CharField(_("alasan"), max_length=300, blank=True)
    fate_at = models.DateTimeField(null=True)
    notes = models.TextField(_("catatan pembahasan"), blank=True)
    notes_version = models.PositiveIntegerField(default=0)
    notes_at = models.DateTimeField(null=True)
    notes_page = models.UUIDField(null=True)  # the open page that saved them last
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self):
        return self.title


class DecisionQuerySet(ScopedQuerySet):
    def standing(self):
        """Decisions that were not undone."""
        return self.filter(undone_at=None)


class Decision(PartRow):
    """What was decided, how, and with whom in the room. ``number`` is drawn when the pleno is closed.

    Consensus first, else majority, one member one vote (Perbawaslu 5/2018). Categories: working assumption.
    """

    CATEGORIES = [
        ("plan", _("Penetapan rencana kerja/kegiatan")),
        ("report", _("Pengesahan laporan")),
        ("finding", _("Tindak lanjut temuan/laporan")),
        ("policy", _("Kebijakan strategis")),
        ("appointment", _("Pembentukan/pengangkatan jajaran di bawah")),
        ("conduct", _("Sanksi/penghargaan kinerja")),
        ("other", _("Lainnya")),
    ]
    MANNERS = [(CONSENSUS, _("Musyawarah mufakat")), (VOTE, _("Suara terbanyak"))]
    RESULTS = [(ACCEPTED, _("Disetujui")), (REJECTED, _("Tidak disetujui")), (TIED, _("Suara berimbang, belum putus"))]
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="decisions")
    category = models.CharField(_("kategori"), max_length=11, choices=CATEGORIES)
    text = models.TextField(_("keputusan"))
    manner = models.CharField(_("cara mengambil keputusan"), max_length=9, choices=MANNERS, default=CONSENSUS)
    result = models.CharField(max_length=8, choices=RESULTS, default=ACCEPTED)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    entitled = models.PositiveSmallIntegerField()
    present = models.PositiveSmallIntegerField()
    quorum_needed = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True)
    year = models.PositiveSmallIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["item__order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "number"],
                condition=Q(number__isnull=False),
                name="decision_number_once_a_year",
            ),
            models.CheckConstraint(condition=Q(present__gte=models.F("quorum_needed")), name="decision_needs_quorum"),
            models.CheckConstraint(
                condition=Q(present__lte=models.F("entitled")), name="decision_present_are_entitled"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
        ]

    def __str__(self):
        return self.reference or str(self.uuid)

    @property
    def reference(self):
        """Short reference, stable once the pleno is closed: 74.71/2024/12; empty before."""
        return f"{self.organisation.code}/{self.year}/{self.number}" if self.number else ""


class Vote(PartRow):
    """One member's vote, by name."""

    CHOICES = [(AGREE, _("Setuju")), (AGAINST, _("Tidak setuju")), (ABSTAIN, _("Abstain"))]
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="votes")
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=7, choices=CHOICES)

    class Meta:
        ordering = ["attendee__order", "id"]
        constraints = [models.UniqueConstraint(fields=["decision", "attendee"], name="vote_once_per_member")]

    def __str__(self):
        return self.choice


class Dissent(PartRow):
    """A dissenting opinion (pendapat berbeda), by name, recorded at the member's wish."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="dissents")
    attendee = models.ForeignKey(Attendee, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("pendapat berbeda"))

    class Meta:
        ordering = ["attendee__order", "id"]
        constraints = [models.UniqueConstraint(fields=["decision", "attendee"], name="dissent_once_per_member")]

    def __str__(self):
        return self.text


class FollowUp(PartRow):
    """Who does what by when, from which decision."""

    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="follow_ups")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="follow_ups")
    what = models.CharField(_("yang dikerjakan"), max_length=300)
    responsible = models.ForeignKey("kernel.Membership", on_delete=models.PROTECT, related_name="+")
    due = models.DateField(_("tenggat"))

    class Meta:
        ordering = ["due", "id"]

    def __str__(self):
        return self.what
