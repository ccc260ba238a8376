"""The session itself, those who attend it, and the invitations issued for it."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models.base import PartRow, ScopedQuerySet, UnitRow, path_of

DRAFT, INVITED, OPEN, ADJOURNED, CLOSED, SIGNING, RATIFIED, CANCELLED = (
    "draft",
    "invited",
    "open",
    "adjourned",
    "closed",
    "signing",
    "ratified",
    "cancelled",
)
HELD = frozenset({OPEN, ADJOURNED, CLOSED, SIGNING, RATIFIED})
PRESENT, EXCUSED, ILL, ON_DUTY, UNEXPLAINED = "present", "excused", "ill", "on_duty", "unexplained"
ELEMENT_MEMBER, ELEMENT_SECRETARIAT, ELEMENT_GUEST = "member", "secretariat", "guest"


def week_text(year, week):
    """2024-W34, as it stands in addresses."""
    return f"{year}-W{week:02d}"


class PlenoQuerySet(ScopedQuerySet):
    def of(self, organisation):
        return self.filter(organisation=organisation)

    def in_week(self, year, week):
        return self.filter(week_year=year, week=week)

    def held(self):
        return self.filter(state__in=HELD)

    def coming(self):
        return self.filter(state__in=(DRAFT, INVITED, OPEN, ADJOURNED))


class Pleno(UnitRow):
    """A plenary of a body. It belongs to the week that it is **for**; two in a week both count.

    Source: Perbawaslu 5/2018 (closed or open; consensus, then majority); the weekly duty comes from a circular.
    """

    STATES = [
        (DRAFT, _("Draf")),
        (INVITED, _("Diundang")),
        (OPEN, _("Berlangsung")),
        (ADJOURNED, _("Diskors")),
        (CLOSED, _("Selesai, risalah disusun")),
        (SIGNING, _("Penandatanganan")),
        (RATIFIED, _("Disahkan")),
        (CANCELLED, _("Dibatalkan")),
    ]
    ACCESS = [("closed", _("Tertutup")), ("open", _("Terbuka"))]
    OCCASIONS = [("weekly", _("Rutin mingguan")), ("incidental", _("Insidentil")), ("continued", _("Lanjutan"))]

    week_year = models.PositiveSmallIntegerField(_("tahun"))
    week = models.PositiveSmallIntegerField(_("minggu"))
    ordinal = models.PositiveSmallIntegerField(default=1)
    planned_at = models.DateTimeField(_("waktu"))
    place = models.CharField(_("tempat"), max_length=200)
    link = models.URLField(_("tautan rapat daring"), blank=True, max_length=500)
    access = models.CharField(_("jenis rapat"), max_length=6, choices=ACCESS, default="closed")
    occasion = models.CharField(_("kesempatan"), max_length=10, choices=OCCASIONS, default="weekly")
    urgent = models.BooleanField(_("mendesak"), default=False)
    continues = models.ForeignKey("self", on_delete=models.PROTECT, related_name="continued_by", null=True)
    chair = models.ForeignKey(
        "kernel.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("pimpinan rapat")
    )
    chair_reason = models.CharField(_("alasan memilih pimpinan lain"), max_length=200, blank=True)
    note_taker = models.ForeignKey(
        "kernel.Membership", on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("notulis")
    )
    state = models.CharField(max_length=9, choices=STATES, default=DRAFT)
    version = models.PositiveIntegerField(default=0)
    planned_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    planned_recorded_at = models.DateTimeField(default=clock.now)
    recorded_late = models.BooleanField(_("dicatat kemudian"), default=False)
    # It stood adjourned: then the time from opening to closing is not all its own.
    interrupted = models.BooleanField(_("pernah diskors"), default=False, db_default=False)

    opened_at = models.DateTimeField(null=True)
    opened_recorded_at = models.DateTimeField(null=True)
    quorum_base = models.PositiveSmallIntegerField(null=True)
    quorum_needed = models.PositiveSmallIntegerField(null=True)
    quorum_present = models.PositiveSmallIntegerField(null=True)
    quorum_met = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_recorded_at = models.DateTimeField(null=True)
    opening_words = models.TextField(_("kata pembuka"), blank=True)
    closing_words = models.TextField(_("kata penutup"), blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("alasan pembatalan"), max_length=300, blank=True)
    ratified_at = models.DateTimeField(null=True)
    # The latest ratified version of its minutes: 2 and more after a correction.
    minutes_version = models.PositiveSmallIntegerField(default=1, db_default=1)

    objects = PlenoQuerySet.as_manager()

    class Meta:
        ordering = ["-week_year", "-week", "-ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "week_year", "week", "ordinal"], name="pleno_address_is_unique"
            ),
            models.CheckConstraint(condition=Q(week__gte=1, week__lte=53), name="pleno_week_exists"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("opened_at")), name="pleno_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=~Q(state=RATIFIED)
                | Q(ratified_at__isnull=False, closed_at__isnull=False, quorum_met__isnull=False),
                name="pleno_ratified_was_held",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="pleno_of_unit_by_state"),
            # What a board of weeks asks stands in the index itself.
            models.Index(
                fields=["week_year", "week", "organisation"],
                include=["state", "opened_at", "quorum_met", "released_at"],
                name="pleno_by_week",
            ),
            models.Index(
                fields=["delivered_to", "-ratified_at", "-id"], condition=Q(state=RATIFIED), name="plenos_delivered"
            ),
        ]

    def __str__(self):
        return f"{self.organisation_id} {self.week_text} ({self.ordinal})"

    @property
    def week_text(self):
        return week_text(self.week_year, self.week)

    @property
    def monday(self):
        """First day of the ISO week that the pleno is for."""
        return datetime.date.fromisocalendar(self.week_year, self.week, 1)

    @property
    def title(self):
        """Its name on screen: "Pleno rutin mingguan minggu ke-34 2024"."""
        extra = f" ({self.ordinal})" if self.ordinal > 1 else ""
        words = _("Pleno %(occasion)s, minggu ke-%(week)s %(year)s%(extra)s") % {
            "occasion": str(self.get_occasion_display()).lower(),
            "week": self.week,
            "year": self.week_year,
            "extra": extra,
        }
        return words[:1].upper() + words[1:]

    def address(self, name="plenos:pleno", **more):
        """Path of one of its pages."""
        code, year, week, ordinal = self.organisation.code, self.week_year, self.week, self.ordinal
        return path_of(name, code=code, year=year, week=week, ordinal=ordinal, **more)

    def get_absolute_url(self):
        return self.address()

    @property
    def without_quorum(self):
        """A fact of a pleno that was opened and never had its quorum."""
        return self.quorum_met is False

    @property
    def happened_at(self):
        """When it was opened, else when it is planned."""
        return self.opened_at or self.planned_at


class AttendeeQuerySet(ScopedQuerySet):
    def members(self):
        return self.filter(element=ELEMENT_MEMBER)

    def with_absences(self):
        """Read ahead what ``in_room_at`` asks of each line."""
        return self.prefetch_related("absences")


class Attendee(PartRow):
    """One line of the attendance list. Members count for the quorum; secretariat and guests do not.

    ``arrived_at`` and ``left_at`` are when it happened, first and last; in between one may have been away
    (:class:`Absence`). ``recorded_at`` is when it was last written down.
    """

    ELEMENTS = [
        (ELEMENT_MEMBER, _("Ketua dan Anggota")),
        (ELEMENT_SECRETARIAT, _("Sekretariat")),
        (ELEMENT_GUEST, _("Undangan")),
    ]
    STATUSES = [
        (PRESENT, _("Hadir")),
        (EXCUSED, _("Izin")),
        (ILL, _("Sakit")),
        (ON_DUTY, _("Dinas luar")),
        (UNEXPLAINED, _("Tanpa keterangan")),
    ]
    MODES = [("onsite", _("Luring")), ("online", _("Daring"))]

    pleno = models.ForeignKey(Pleno, on_delete=models.CASCADE, related_name="attendees")
    element = models.CharField(max_length=11, choices=ELEMENTS)
    membership = models.ForeignKey("kernel.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    user = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+", null=True)
    name = models.CharField(_("nama"), max_length=120)
    title = models.CharField(_("jabatan"), max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=11, choices=STATUSES, default=PRESENT)
    mode = models.CharField(max_length=6, choices=MODES, default="onsite")
    reason = models.CharField(_("keterangan"), max_length=200, blank=True)
    arrived_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        ordering = ["element_order", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("arrived_at")),
                name="attendee_leaves_after_arriving",
            ),
            models.UniqueConstraint(
                fields=["pleno", "user"], condition=Q(user__isnull=False), name="attendee_once_per_pleno"
            ),
            models.CheckConstraint(
                condition=~Q(element=ELEMENT_MEMBER) | Q(membership__isnull=False, user__isnull=False),
                name="attendee_member_has_seat",
            ),
        ]

    element_order = models.GeneratedField(
        expression=models.Case(
            models.When(element=ELEMENT_MEMBER, then=models.Value(1)),
            models.When(element=ELEMENT_SECRETARIAT, then=models.Value(2)),
            default=models.Value(3),
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    def __str__(self):
        return self.name

    @property
    def attendance(self):
        """Status and manner in one word, as the room asks for them: ``present:online``."""
        return f"{self.status}:{self.mode if self.status == PRESENT else 'onsite'}"

    @property
    def seen(self):
        """When this line was last written, as a form says which state of it was read."""
        return self.recorded_at.isoformat(timespec="microseconds")

    def in_room_at(self, moment):
        """Whether this person was there at ``moment``. Of many lines ask ``with_absences``."""
        return (
            self.status == PRESENT
            and self.arrived_at is not None
            and self.arrived_at <= moment
            and (self.left_at is None or self.left_at > moment)
            and not (self.pk and any(away.since <= moment < away.until for away in self.absences.all()))
        )


class Absence(PartRow):
    """Someone present left the room and came back: from ``since`` (inclusive) to ``until`` (exclusive)."""

    pleno = models.ForeignKey(Pleno, on_delete=models.CASCADE, related_name="absences")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="absences")
    since = models.DateTimeField()
    until = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="absence_ends_after_start")
        ]

    def __str__(self):
        return f"{self.attendee_id} {self.since}"


class Adjournment(PartRow):
    """The session stood still from ``since`` to ``resumed_at`` (skors), on the same day or another."""

    pleno = models.ForeignKey(Pleno, on_delete=models.CASCADE, related_name="adjournments")
    since = models.DateTimeField()
    reason = models.CharField(_("alasan"), max_length=300)
    planned_at = models.DateTimeField(_("dilanjutkan"), null=True)
    place = models.CharField(_("tempat"), max_length=200, blank=True)
    resumed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    resumed_recorded_at = models.DateTimeField(null=True)
    by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="adjournment_has_reason"),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(resumed_at__gte=models.F("since")), name="adjournment_ends_after_start"
            ),
            models.UniqueConstraint(fields=["pleno"], condition=Q(resumed_at=None), name="adjournment_one_at_a_time"),
        ]

    def __str__(self):
        return f"{self.pleno_id} {self.since}"


class Invitation(PartRow):
    """One issue of the invitation: the first, each rescheduling and the cancellation. ``issued_at`` is the proof; a
    paper invitation of a session that is entered afterwards has none."""

    KINDS = [("first", _("undangan")), ("change", _("perubahan jadwal")), ("cancel", _("pembatalan"))]
    pleno = models.ForeignKey(Pleno, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(max_length=6, choices=KINDS)
    sequence = models.PositiveSmallIntegerField()
    number = models.CharField(_("nomor"), max_length=120, blank=True)
    dated = models.DateField(_("tanggal surat"))
    reason = models.CharField(_("alasan"), max_length=300, blank=True)
    planned_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey("kernel.User", on_delete=models.PROTECT, related_name="+")
    lead_time_kept = models.BooleanField(default=True)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["pleno", "sequence"], name="invitation_sequence_once"),
        ]

    def __str__(self):
        return f"{self.pleno_id} #{self.sequence}"
