"""What the agenda holds and what was decided on it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock, scope
from bawaslu_portal.kernel.models.base import PartRow, ScopedQuerySet, SearchedManager, path_of

from .intake import Submission
from .sessions import RATIFIED, Attendee, Pleno
from .words import CONFIG, LONG, SHORT, TimeWords, UnitWord, plain

WAITING, DECIDED, DEFERRED, WITHDRAWN = "waiting", "decided", "deferred", "withdrawn"
CONSENSUS, VOTE = "consensus", "vote"
AGREE, AGAINST, ABSTAIN = "agree", "against", "abstain"
ACCEPTED, REJECTED, TIED = "accepted", "rejected", "tied"


# Standing items of the weekly template that the portal fills by itself.
FOLLOW_UPS, APPROVAL, DIVISION_REPORT = "follow_ups", "approval", "division"


class AgendaItem(PartRow):
    """One item of the agenda. It starts with its session's class of access.

    Where it came from: a standing item of the weekly template (``standing``), an item put off by an earlier pleno
    (``carried_from``), a submission from the inbox. ``notes`` is cleaned HTML (kernel/texts.py).
    """

    STATES = [
        (WAITING, _("Belum dibahas")),
        (DECIDED, _("Diputuskan")),
        (DEFERRED, _("Ditunda")),
        (WITHDRAWN, _("Ditarik")),
    ]
    STANDING = [
        (FOLLOW_UPS, _("tindak lanjut minggu lalu")),
        (APPROVAL, _("persetujuan risalah sebelumnya")),
        (DIVISION_REPORT, _("laporan dan rencana tiap divisi")),
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
    standing_kind = models.CharField(max_length=10, choices=STANDING, blank=True)
    division = models.ForeignKey("kernel.Division", on_delete=models.PROTECT, related_name="+", null=True)
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="carried_to", null=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="items", null=True)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=CONFIG)
        + SearchVector("background", weight="B", config=CONFIG)
        + SearchVector(plain("notes"), weight="C", config=CONFIG)
        + UnitWord()
        + TimeWords(LONG, SHORT),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SearchedManager.from_queryset(ScopedQuerySet)()

    class Meta:
        ordering = ["order", "id"]
        indexes = [
            GinIndex(fields=["search"], name="item_search"),
            models.Index(fields=["organisation"], condition=Q(fate=DEFERRED), name="items_put_off"),
            models.Index(fields=["organisation", "-id"], name="items_of_unit"),
        ]

    def __str__(self):
        return self.title


class Drop(PartRow):
    """Why a deferred item is not carried over any further. Rows are only ever added."""

    item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="drop")
    reason = models.CharField(_("alasan"), max_length=300)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="drop_has_reason")]

    def __str__(self):
        return self.reason


class TemplateItem(PartRow):
    """One standing item of the unit's weekly agenda, in its order."""

    order = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("pokok agenda"), max_length=200)
    standing_kind = models.CharField(max_length=10, choices=AgendaItem.STANDING, blank=True)
    access = models.CharField(_("sifat"), max_length=6, choices=Pleno.ACCESS, default="closed")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self):
        return self.title


class DecisionQuerySet(ScopedQuerySet):
    def standing(self):
        """Decisions that were not undone."""
        return self.filter(undone_at=None)

    def numbered(self):
        """Decisions that have their number: of a pleno that was closed."""
        return self.filter(number__isnull=False)

    def visible_to(self, user):
        """Numbered decisions whose existence ``user`` may know: before the ratification only those who write."""
        writers = Q(organisation__in=scope.own_units(user, scope.WRITERS))
        return super().visible_to(user).standing().numbered().filter(writers | Q(pleno__state=RATIFIED))


class Decision(PartRow):
    """What was decided, how, and with whom in the room. ``number`` is drawn when the pleno is closed.

    Consensus first, else majority, one member one vote (Perbawaslu 5/2018). Categories: working assumption.
    """

    marked_title = marked_text = marked_notes = ""  # where a search found its words (search.mark_decisions)

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
    concerns_kind = models.CharField(max_length=40, blank=True)  # of another record: asked of catalogue.link
    concerns = models.UUIDField(null=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, related_name="reversed_by", null=True)
    search = models.GeneratedField(
        expression=SearchVector("text", weight="A", config=CONFIG) + UnitWord() + TimeWords(LONG, SHORT),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SearchedManager.from_queryset(DecisionQuerySet)()

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
            models.CheckConstraint(
                condition=Q(concerns_kind="", concerns=None) | (~Q(concerns_kind="") & Q(concerns__isnull=False)),
                name="decision_concerns_kind_and_key",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="decision_search"),
            # Holds what those who write a register count, so that the rows themselves are not read for it.
            models.Index(
                fields=["organisation", "-year", "-number"],
                include=["id"],
                condition=Q(undone_at=None, number__isnull=False),
                name="decision_register",
            ),
            models.Index(fields=["concerns"], condition=Q(concerns__isnull=False), name="decision_of_other_record"),
        ]

    def __str__(self):
        return self.reference or str(self.uuid)

    @property
    def reference(self):
        """Short reference, stable once the pleno is closed: 74.71/2024/12; empty before."""
        return f"{self.organisation.code}/{self.year}/{self.number}" if self.number else ""

    def address(self, name="plenos:decision", **more):
        """Path of one of its pages; it has them once it is numbered."""
        return path_of(name, code=self.organisation.code, year=self.year, number=self.number, **more)

    def get_absolute_url(self):
        return self.address()

    @property
    def delivered_to(self):
        """Where the minutes that hold it were delivered: its papers go with them."""
        return self.pleno.delivered_to

    @property
    def released_at(self):
        """When the minutes that hold it were delivered."""
        return self.pleno.released_at


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
