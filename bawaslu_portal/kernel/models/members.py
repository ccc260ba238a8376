"""People, their memberships with dates, and the one-time links by which they come in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .. import clock
from .base import AdministeredQuerySet, Row

CHAIR, MEMBER, HEAD, NOTE_TAKER = "chair", "member", "head_of_secretariat", "note_taker"
SUPERVISION, STAFF, ADMINISTRATOR = "supervision_staff", "staff", "administrator"
COMMISSIONERS = frozenset({CHAIR, MEMBER})
SYSTEM_EMAIL = "sistem@portal.invalid"


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """The operator of the machine: administers, and has no screen for content."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def system(self):
        """*sistem*, the user as whom the clock acts. Cannot sign in."""
        user, _made = self.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "sistem", "is_active": False})
        return user


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """People with a membership in a unit that ``user`` belongs to or looks down upon, and himself."""
        from .. import scope

        return self.filter(
            Q(pk=user.pk)
            | Q(pk__in=Membership.objects.filter(organisation__in=scope.units_in_view(user)).values("user"))
        )


class User(Row, AbstractBaseUser, PermissionsMixin):
    """A person, signing in by e-mail. What he may do follows from memberships, never from this row."""

    LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
    DIGESTS = [("daily", _("sekali sehari, bila ada isinya")), ("none", _("tidak"))]
    email = models.EmailField(_("alamat pos-el"), unique=True)
    name = models.CharField(_("nama dengan gelar"), max_length=120)
    phone = models.CharField(_("telepon"), max_length=30, blank=True)
    birth_date = models.DateField(
        _("tanggal lahir"),
        null=True,
        blank=True,
        help_text=_("Hanya dilihat administrator unit; untuk menentukan anggota tertua bila Ketua berhalangan."),
    )
    nip = models.CharField(_("NIP"), max_length=21, blank=True)
    language = models.CharField(_("bahasa"), max_length=2, choices=LANGUAGES, default="id")
    digest = models.CharField(_("ringkasan lewat pos-el"), max_length=5, choices=DIGESTS, default="daily")
    digest_on = models.DateField(null=True)  # the last day for which one was made
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_whatever_case")]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name


class MembershipQuerySet(AdministeredQuerySet):
    def at(self, moment):
        """Memberships that hold at ``moment``: ``since`` inclusive, ``until`` exclusive."""
        return self.filter(since__lte=moment).filter(Q(until=None) | Q(until__gt=moment))

    def serving_or_coming(self, moment):
        """Memberships that have not ended at ``moment``, those that have yet to begin included."""
        return self.filter(Q(until=None) | Q(until__gt=moment))

    def never_signed_in(self):
        """Memberships of people who have yet to set a password."""
        return self.filter(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def not_suspended_at(self, moment):
        suspended = Suspension.objects.filter(membership=models.OuterRef("pk")).at(moment)
        return self.filter(~models.Exists(suspended))

    def in_force_at(self, moment):
        """Memberships that give rights at ``moment``: not suspended, and an acting chair's only beside his own seat."""
        seat = (
            Membership.objects.filter(organisation=models.OuterRef("organisation"), user=models.OuterRef("user"))
            .filter(role__in=COMMISSIONERS, acting=False)
            .at(moment)
            .not_suspended_at(moment)
        )
        return self.at(moment).not_suspended_at(moment).filter(Q(acting=False) | models.Exists(seat))

    def told_at(self, moment):
        """The memberships that hold at ``moment`` as a list, each saying as ``in_force`` what ``in_force_at`` asks the
        database. Whose acting chair is among the rows asked for, his own seat must be too."""
        suspended = Suspension.objects.filter(membership=models.OuterRef("pk")).at(moment)
        rows = list(self.at(moment).annotate(suspended=models.Exists(suspended)))
        sitting = [m for m in rows if m.role in COMMISSIONERS and not (m.acting or m.suspended)]
        seats = {(m.organisation_id, m.user_id) for m in sitting}
        for m in rows:
            m.in_force = not m.suspended and (not m.acting or (m.organisation_id, m.user_id) in seats)
        return rows

    def of_person(self, user, moment):
        """``told_at`` of one person, with unit and division, in the order of the list to switch by."""
        rows = self.filter(user=user).select_related("organisation", "division")
        return rows.order_by("organisation__code", "order", "id").told_at(moment)

    def commissioners(self):
        return self.filter(role__in=COMMISSIONERS)

    def in_office_on(self, organisation, moment):
        """Chair and members in office at ``moment``, the suspended left out, in order of seat; one row a person."""
        rows = self.filter(organisation=organisation).commissioners().select_related("user", "division")
        people = {}
        for row in rows.order_by("order", "role", "id").told_at(moment):
            if not row.in_force:
                continue
            # One person with two seats (an acting chair keeps his own) counts once, as chair.
            if row.user_id not in people or row.role == CHAIR:
                people[row.user_id] = row
        return sorted(people.values(), key=lambda m: (m.role != CHAIR, m.order, m.pk))


class Membership(Row):
    """A seat or post of a person in a unit, from ``since`` to ``until``. It ends, it is never deleted."""

    ROLES = [
        (CHAIR, _("Ketua")),
        (MEMBER, _("Anggota")),
        (HEAD, _("Kepala Sekretariat")),
        (NOTE_TAKER, _("Notulis")),
        (SUPERVISION, _("Staf pembinaan dan pengawasan")),
        (STAFF, _("Staf sekretariat")),
        (ADMINISTRATOR, _("Administrator unit")),
    ]
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("peran"), max_length=20, choices=ROLES)
    division = models.ForeignKey(
        "kernel.Division", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("divisi")
    )
    title = models.CharField(
        _("jabatan"), max_length=120, help_text=_("Seperti tertulis pada naskah, misalnya Anggota, Kordiv SDMO.")
    )
    order = models.PositiveSmallIntegerField(_("urutan kursi"), default=1)
    acting = models.BooleanField(_("pelaksana tugas/harian (Plt/Plh)"), default=False)
    since = models.DateTimeField(_("sejak"))
    until = models.DateTimeField(_("sampai"), null=True, blank=True)
    source = models.CharField(_("dasar (nomor keputusan)"), max_length=200, blank=True)
    # The membership after which this one came: a replacement in mid-term, or the same person in another division.
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, related_name="successors", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["organisation", "user", "role"], condition=Q(until=None), name="membership_one_open_per_role"
            ),
        ]
        indexes = [models.Index(fields=["user", "until"], name="membership_of_user")]

    def __str__(self):
        return f"{self.user} ({self.title or self.get_role_display()})"


class SuspensionQuerySet(AdministeredQuerySet):
    def at(self, moment):
        """Suspensions that hold at ``moment``: ``since`` inclusive, ``until`` exclusive."""
        return self.filter(since__lte=moment).filter(Q(until=None) | Q(until__gt=moment))


class Suspension(Row):
    """A member is suspended: he does not vote and is outside the base of the quorum (setting)."""

    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="suspensions")
    since = models.DateTimeField(_("sejak"))
    until = models.DateTimeField(_("sampai"), null=True, blank=True)
    reason = models.CharField(_("dasar dan alasan"), max_length=300)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="suspension_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.membership_id}: {self.reason}"


class AccessLink(Row):
    """A one-time link by which an invited person sets, or a locked-out one resets, his password.

    Only the digest of the secret is kept. A reset for one who may confirm or ratify waits for a second
    administrator (``LinkApproval``); no link ever touches the second factor. By a link of the kind ``join`` one whose
    account others administer accepts a post, as ``placing`` describes it.
    """

    KINDS = [
        ("invitation", _("Undangan masuk")),
        ("reset", _("Setel ulang kata sandi")),
        ("email", _("Ganti pos-el")),
        ("join", _("Tawaran jabatan")),
    ]
    organisation = models.ForeignKey("kernel.Organisation", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="access_links")
    kind = models.CharField(max_length=12, choices=KINDS)
    # Null until a second administrator agrees: unique, so it cannot be an empty text.
    secret_digest = models.CharField(max_length=64, unique=True, null=True)
    new_email = models.EmailField(blank=True)
    placing = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now)
    needs_second = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = AdministeredQuerySet.as_manager()

    def __str__(self):
        return f"{self.kind} {self.user_id}"


class LinkApproval(models.Model):
    """The second administrator's consent to a reset."""

    link = models.OneToOneField(AccessLink, on_delete=models.PROTECT, related_name="approval")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self):
        return f"{self.link_id} by {self.by_id}"
