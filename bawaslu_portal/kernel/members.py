"""The verbs over people and their memberships. Each writes one ledger line; a membership ends, it is never deleted.

Rights follow from memberships at this moment (``scope.places``), so they end the minute a membership ends.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import clock, ledger, permissions
from .lifecycle import TransitionRefused, require
from .models.members import (
    ADMINISTRATOR,
    CHAIR,
    COMMISSIONERS,
    HEAD,
    MEMBER,
    NOTE_TAKER,
    STAFF,
    SUPERVISION,
    Membership,
    User,
)
from .models.organisations import Organisation

# Titles stand on paper, so they are Indonesian whatever the language of the page.
TITLES = {
    CHAIR: "Ketua",
    MEMBER: "Anggota",
    HEAD: "Kepala Sekretariat",
    NOTE_TAKER: "Notulis",
    SUPERVISION: "Staf Pembinaan dan Pengawasan",
    STAFF: "Staf Sekretariat",
    ADMINISTRATOR: "Administrator portal",
}


def title_for(role, division=None, acting=""):
    """The title that is written when none is typed: "Anggota, Kordiv SDMO", "Plt. Ketua"."""
    title = f"{acting} {TITLES[role]}".strip()
    if division is None:
        return title
    return f"{title}, Kordiv {division.short_name}" if role in COMMISSIONERS else f"{title} {division.short_name}"


def day_start(organisation, day):
    """The first moment of ``day`` in the unit's zone: from then on a membership of that date holds."""
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=organisation.zone)


def hold(organisation):
    """Let changes to the people of one unit wait for each other."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def lock(membership):
    """The membership, read again and locked behind its unit."""
    hold(membership.organisation)
    return Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)


def _not_for_oneself(user, role, by):
    """An administrator reads no content by that role, so he may not hand himself one that does."""
    if user is not None and user.pk == by.pk and role != ADMINISTRATOR:
        raise TransitionRefused(
            _("Anda tidak dapat memberi diri sendiri jabatan. Mintalah administrator lain melakukannya.")
        )


def _check_place(organisation, user, role, acting, since, until, division, apart_from=None):
    """Raises ValidationError where the membership would overlap one that is there, or its dates make no sense."""
    if until is not None and until <= since:
        raise ValidationError({"until": _("Tanggal akhir harus sesudah tanggal mulai.")})
    if division is not None and division.organisation_id != organisation.pk:
        raise ValidationError({"division": _("Pilih divisi unit ini.")})
    beside = Membership.objects.filter(organisation=organisation, role=role).filter(Q(until=None) | Q(until__gt=since))
    if until is not None:
        beside = beside.filter(since__lt=until)
    if apart_from is not None:
        beside = beside.exclude(pk=apart_from.pk)
    if user is not None and beside.filter(user=user).exists():
        raise ValidationError({"role": _("Orang ini sudah memegang peran itu pada waktu yang sama.")})
    if role == CHAIR:
        other = beside.filter(acting=acting).select_related("user").first()
        if other:
            raise ValidationError(
                {
                    "role": _("Pada waktu itu jabatan Ketua dipegang {name}. Akhiri dahulu, atau pilih ganti.").format(
                        name=other.user.name
                    )
                }
            )


def _require_reach(user, by):
    """Nobody is given a post unasked by an administrator who has nothing to do with him."""
    if not permissions.places_person(by, user):
        raise TransitionRefused(
            _("Orang ini punya akun yang diurus unit lain. Undang ia dari halaman Orang; ia sendiri yang menerimanya.")
        )


def stranger(email, *, by):
    """The user with this e-mail whose consent ``by`` needs before he gives him a post, or None."""
    user = User.objects.filter(email__iexact=email).first()
    return user if user is not None and not permissions.places_person(by, user) else None


def _person(email, *, by, name, phone, nip, birth_date, language):
    """The user with this e-mail; made, without a password, where there is none."""
    email = User.objects.normalize_email(email).lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        _require_reach(user, by)
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email, None, name=name, phone=phone, nip=nip, birth_date=birth_date, language=language
            )
    except IntegrityError:
        return User.objects.get(email__iexact=email)


def _place(organisation, user, *, role, since, until, title, division, order, acting="", source="", replaces=None):
    _check_place(organisation, user, role, bool(acting), since, until, division)
    return Membership.objects.create(
        organisation=organisation,
        user=user,
        role=role,
        division=division,
        title=title or title_for(role, division, acting),
        order=order or 1,
        acting=bool(acting),
        since=since,
        until=until,
        source=source,
        replaces=replaces,
    )


def invite(
    organisation,
    *,
    email,
    name,
    role,
    by,
    since=None,
    until=None,
    title="",
    division=None,
    order=1,
    phone="",
    nip="",
    birth_date=None,
    language="id",
    source="",
):
    """Bring a person into the unit with a first membership; an existing account with this e-mail is taken as it is.

    ``since`` and ``until`` are aware moments (default: from now on, open). The link to sign in is a second verb
    (``access_links.issue``). Raises NotPermitted, ValidationError, TransitionRefused (a stranger's account: he is
    offered the post instead, ``access_links.offer``).
    """
    with transaction.atomic():
        require(permissions.changes_unit, by, organisation)
        hold(organisation)
        user = _person(email, by=by, name=name, phone=phone, nip=nip, birth_date=birth_date, language=language)
        _not_for_oneself(user, role, by)
        membership = _place(
            organisation,
            user,
            role=role,
            since=since or clock.now(),
            until=until,
            title=title,
            division=division,
            order=order,
            source=source,
        )
        ledger.record(
            organisation,
            "kernel.membership.invite",
            membership,
            by=by,
            role=role,
            person=user.uuid,
            since=membership.since,
        )
    return membership


def add_membership(
    organisation, user, *, role, by, since=None, until=None, title="", division=None, order=1, source=""
):
    """Give a person who is already known a further membership. Raises NotPermitted, ValidationError,
    TransitionRefused (to oneself, or to a stranger)."""
    with transaction.atomic():
        require(permissions.changes_unit, by, organisation)
        hold(organisation)
        _require_reach(user, by)
        _not_for_oneself(user, role, by)
        membership = _place(
            organisation,
            user,
            role=role,
            since=since or clock.now(),
            until=until,
            title=title,
            division=division,
            order=order,
            source=source,
        )
        ledger.record(
            organisation,
            "kernel.membership.add",
            membership,
            by=by,
            role=role,
            person=user.uuid,
            since=membership.since,
        )
    return membership


def check_post(organisation, user, role, *, by, since, until=None, division=None):
    """Raises what giving ``user`` this post would raise."""
    _not_for_oneself(user, role, by)
    _check_place(organisation, user, role, False, since, until, division)


def join(organisation, *, by, role, since, **facts):
    """``by`` takes the post that he was offered (``access_links.accept``), not before now. Raises ValidationError."""
    with transaction.atomic():
        hold(organisation)
        since = max(since, clock.now())
        membership = _place(organisation, by, role=role, since=since, **facts)
        ledger.record(organisation, "kernel.membership.join", membership, by=by, role=role, person=by.uuid, since=since)
    return membership


def guard_last_administrator(membership, by, moment):
    """Raises TransitionRefused when ``by`` would leave his unit without an administrator at ``moment``."""
    if membership.role != ADMINISTRATOR or membership.user_id != by.pk:
        return
    left = (
        Membership.objects.filter(organisation=membership.organisation_id, role=ADMINISTRATOR, user__is_active=True)
        .at(moment)
        .filter(until=None)
        .not_suspended_at(moment)
        .exclude(user=by)
    )
    if not left.exists():
        raise TransitionRefused(
            _("Anda administrator terakhir unit ini. Undang administrator lain dahulu, baru akhiri keanggotaan Anda.")
        )


def require_open(membership):
    """Raises TransitionRefused for a membership that has ended."""
    if membership.until is not None and membership.until <= clock.now():
        raise TransitionRefused(_("Keanggotaan ini sudah berakhir. Muat ulang halaman."))


def _end_acting(seat):
    """A chair's stand-in acts beside his own seat: when it ends, his acting ends with it."""
    if seat.role in COMMISSIONERS and not seat.acting:
        Membership.objects.filter(
            organisation=seat.organisation_id, user=seat.user_id, acting=True, since__lt=seat.until
        ).serving_or_coming(seat.until).update(until=seat.until)


def end_membership(membership, *, by, until=None, source=""):
    """End it at ``until`` (default now; a past moment where it is only told now). Raises NotPermitted,
    TransitionRefused (ended already, last administrator), ValidationError (before its start)."""
    until = until or clock.now()
    with transaction.atomic():
        locked = lock(membership)
        require(permissions.changes_unit, by, locked.organisation_id)
        require_open(locked)
        if until <= locked.since:
            raise ValidationError(
                {"until": _("Keanggotaan ini baru mulai sesudah waktu itu. Pilih waktu yang lebih akhir.")}
            )
        guard_last_administrator(locked, by, until)
        locked.until = until
        locked.source = (f"{locked.source}; {source}" if locked.source and source else locked.source or source)[:200]
        locked.save(update_fields=["until", "source"])
        _end_acting(locked)
        ledger.record(membership.organisation, "kernel.membership.end", locked, by=by, role=locked.role, until=until)
    return locked


def replace(
    membership, *, email, name, by, since=None, phone="", nip="", birth_date=None, language="id", source="", user=None
):
    """Replacement in mid-term (PAW): the seat ends for one and begins for another at ``since``, with its role,
    division, title and order. ``user`` instead of ``email`` for one who is known already. Raises as ``invite``."""
    since = since or clock.now()
    with transaction.atomic():
        old = lock(membership)
        organisation = membership.organisation
        require(permissions.changes_unit, by, organisation)
        require_open(old)
        if old.acting:
            raise TransitionRefused(_("Pelaksana tugas tidak diganti antarwaktu. Akhiri, lalu tunjuk yang baru."))
        if since <= old.since:
            raise ValidationError({"since": _("Penggantian harus sesudah keanggotaan lama mulai.")})
        if user is None:
            facts = {"name": name, "phone": phone, "nip": nip, "birth_date": birth_date, "language": language}
            user = _person(email, by=by, **facts)
        if user.pk == old.user_id:
            raise ValidationError({"email": _("Pengganti harus orang lain.")})
        _not_for_oneself(user, old.role, by)
        guard_last_administrator(old, by, since)
        last_day, old.until = old.until, since
        old.save(update_fields=["until"])
        _end_acting(old)
        new = _place(
            organisation,
            user,
            role=old.role,
            since=since,
            until=last_day,
            title=old.title,
            division=old.division,
            order=old.order,
            source=source,
            replaces=old,
        )
        ledger.record(
            organisation, "kernel.membership.replace", new, by=by, role=new.role, replaced=old.uuid, since=since
        )
    return new


def move(membership, *, by, since=None, division=None, title="", order=None, source=""):
    """The same person and role in another division or seat from ``since`` on; the earlier row stays with its dates."""
    since = since or clock.now()
    with transaction.atomic():
        old = lock(membership)
        require(permissions.changes_unit, by, old.organisation_id)
        require_open(old)
        if since <= old.since:
            raise ValidationError({"since": _("Perubahan harus sesudah keanggotaan ini mulai.")})
        last_day, old.until = old.until, since
        old.save(update_fields=["until"])
        acting = old.title.split(" ")[0] if old.acting else ""
        new = _place(
            membership.organisation,
            old.user,
            role=old.role,
            since=since,
            until=last_day,
            title=title,
            division=division,
            order=order or old.order,
            acting=acting,
            source=source or old.source,
            replaces=old,
        )
        ledger.record(
            membership.organisation, "kernel.membership.move", new, by=by, role=new.role, replaced=old.uuid, since=since
        )
    return new


def appoint_acting_chair(organisation, user, *, by, since=None, until=None, kind="Plt.", source=""):
    """A member leads in the chair's stead (Plt. or Plh.) beside his own seat. Raises ValidationError when he is no
    member in office then, or another is acting at that time."""
    since = since or clock.now()
    with transaction.atomic():
        require(permissions.changes_unit, by, organisation)
        hold(organisation)
        if user.pk not in {m.user_id for m in Membership.objects.in_office_on(organisation, since)}:
            raise ValidationError({"user": _("Pilih anggota yang menjabat pada tanggal mulai itu.")})
        _not_for_oneself(user, CHAIR, by)
        acting = _place(
            organisation,
            user,
            role=CHAIR,
            since=since,
            until=until,
            title="",
            division=None,
            order=1,
            acting=kind,
            source=source,
        )
        ledger.record(
            organisation, "kernel.membership.act", acting, by=by, role=CHAIR, person=user.uuid, since=acting.since
        )
    return acting
