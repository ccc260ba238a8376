"""One-time links: to set a first password, to reset a lost one, to take over a new e-mail, to accept a post.

Only the digest of the secret is stored. The secret is derived from the link's uuid and the key of the server, so
that the outbox can keep the message without it; it is shown once to the one who hands it over. A reset or a change
of e-mail asked by an administrator for one who may confirm or ratify waits for a second administrator. No link
touches the second factor.
"""

import base64
import datetime
import hashlib

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from . import accounts, clock, ledger, mail, members, permissions
from .lifecycle import TransitionRefused, require
from .mail import LINK_PLACE
from .models.members import ADMINISTRATOR, COMMISSIONERS, AccessLink, LinkApproval, Membership, User
from .models.organisations import Division

LIFETIME = datetime.timedelta(days=7)
# So long after his seat ended a commissioner's account still needs the second administrator: else one could end a
# seat for a minute, reset the password alone, and give the seat back.
AFTER_SEAT = LIFETIME + datetime.timedelta(days=30)


def secret_of(link):
    """The secret of a link, in the letters that an address may have."""
    raw = salted_hmac("kernel.access_link", str(link.uuid), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def address_of(link):
    """The whole address to hand over."""
    return settings.PORTAL_ADDRESS + reverse("kernel:link_use", args=[secret_of(link)])


def digest_of(secret):
    """What is stored of a secret: its SHA-256 (hex)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def may_confirm(user):
    """Whether the person holds, will hold, or held until lately a seat that confirms or ratifies."""
    seats = Membership.objects.filter(user=user, role__in=COMMISSIONERS)
    return seats.serving_or_coming(clock.now() - AFTER_SEAT).exists()


def state_of(link):
    """waiting (for the second administrator), ready, used, revoked or expired."""
    if link.used_at:
        return "used"
    if link.revoked_at:
        return "revoked"
    if link.expires_at <= clock.now():
        return "expired"
    return "ready" if link.secret_digest else "waiting"


def _check(user, kind, by, new_email, reason):
    own = by.pk == user.pk
    if kind == "invitation" and user.has_usable_password():
        raise TransitionRefused(_("Orang ini sudah punya kata sandi. Bila lupa, pakai setel ulang kata sandi."))
    if kind == "reset" and own:
        raise TransitionRefused(_("Kata sandi sendiri diganti di halaman Akun dan keamanan."))
    if kind == "reset" and not user.has_usable_password():
        raise TransitionRefused(_("Orang ini belum pernah membuat kata sandi. Buat tautan undangan."))
    if kind == "email":
        if new_email == user.email:
            raise ValidationError({"email": _("Alamat itu sama dengan yang sekarang.")})
        accounts.refuse_taken(new_email, user)
    if not own and kind != "invitation" and not reason.strip():
        raise ValidationError({"reason": _("Tulis alasannya; anggota unit dapat membacanya.")})


def issue(user, organisation, kind, *, by, reason="", new_email="", post=False):
    """Make a link (invitation, reset or email) and, with ``post``, its message in the unit's outbox.

    An earlier open link of the same kind stops working. Raises NotPermitted, TransitionRefused, ValidationError.
    """
    new_email = User.objects.normalize_email(new_email).lower()
    own = by.pk == user.pk
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not (own and kind == "email"):
            require(permissions.changes_unit, by, organisation)
            require(permissions.administers_person, by, user)
        _check(user, kind, by, new_email, reason)
        now = clock.now()
        AccessLink.objects.filter(user=user, kind=kind, used_at=None, revoked_at=None).update(revoked_at=now)
        second = kind != "invitation" and not own and may_confirm(user)
        link = AccessLink(
            organisation=organisation,
            user=user,
            kind=kind,
            new_email=new_email,
            reason=reason.strip(),
            issued_by=by,
            issued_at=now,
            needs_second=second,
            expires_at=now + LIFETIME,
        )
        if not second:
            link.secret_digest = digest_of(secret_of(link))
        link.save()
        if post and not second:
            _post(link)
        ledger.record(organisation, f"kernel.link.{kind}", link, by=by, person=user.uuid, second=second)
    return link


def offer(organisation, user, *, by, role, since, until=None, title="", division=None, order=1, source="", post=False):
    """Offer a post to one whose account others administer: he has it once he accepts by this link (``accept``).

    Raises NotPermitted, ValidationError (the post is taken), TransitionRefused (to oneself).
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        require(permissions.changes_unit, by, organisation)
        members.check_post(organisation, user, role, by=by, since=since, until=until, division=division)
        now = clock.now()
        AccessLink.objects.filter(
            user=user, organisation=organisation, kind="join", used_at=None, revoked_at=None
        ).update(revoked_at=now)
        link = AccessLink(
            organisation=organisation,
            user=user,
            kind="join",
            issued_by=by,
            issued_at=now,
            expires_at=now + LIFETIME,
            placing={
                "role": role,
                "title": title,
                "order": order,
                "source": source,
                "division": division.pk if division else None,
                "since": since.isoformat(),
                "until": until.isoformat() if until else None,
            },
        )
        link.secret_digest = digest_of(secret_of(link))
        link.save()
        if post:
            _post(link)
        ledger.record(organisation, "kernel.link.join", link, by=by, person=user.uuid, role=role)
    return link


def accept(link, *, by):
    """The person takes the post that a link offers him, from this moment on at the earliest.

    Raises NotPermitted for anyone else, TransitionRefused (the link does not work, the one who offered it no longer
    administers the unit), ValidationError (the post was taken meanwhile). Returns the membership.
    """
    with transaction.atomic():
        locked = AccessLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
        require(lambda person, thing: person.pk == thing.user_id, by, locked)
        if state_of(locked) != "ready" or not permissions.changes_unit(locked.issued_by, locked.organisation_id):
            raise TransitionRefused(_gone())
        facts = dict(locked.placing)
        moments = {name: facts[name] and datetime.datetime.fromisoformat(facts[name]) for name in ("since", "until")}
        division = Division.objects.filter(pk=facts["division"]).first()
        membership = members.join(locked.organisation, **{**facts, **moments, "division": division}, by=by)
        locked.used_at = clock.now()
        locked.save(update_fields=["used_at"])
    return membership


def open_offers(organisation):
    """Offers of a post in the unit that wait for the person's answer, the newest first."""
    rows = AccessLink.objects.filter(organisation=organisation, kind="join", used_at=None, revoked_at=None)
    return rows.filter(expires_at__gt=clock.now()).select_related("user").order_by("-id")


def told(link):
    """What a link of the kind ``join`` offers, in plain facts for a page; None for another kind."""
    if link.kind != "join":
        return None
    facts = link.placing
    division = Division.objects.filter(pk=facts["division"]).first()
    return {
        "role": dict(Membership.ROLES)[facts["role"]],
        "title": facts.get("title") or members.title_for(facts["role"], division),
        "since": datetime.datetime.fromisoformat(facts["since"]),
        "until": datetime.datetime.fromisoformat(facts["until"]) if facts["until"] else None,
    }


def _gone():
    return _("Tautan ini tidak berlaku lagi. Mintalah yang baru kepada administrator unit Anda.")


def approve(link, *, by, post=False):
    """The second administrator agrees; from now the link works for seven days. Raises NotPermitted,
    TransitionRefused (not waiting, or one's own request, or an administrator only since the request)."""
    with transaction.atomic():
        locked = AccessLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
        require(permissions.changes_unit, by, locked.organisation_id)
        require(permissions.administers_person, by, locked.user)
        if state_of(locked) != "waiting":
            raise TransitionRefused(_("Permintaan ini tidak lagi menunggu persetujuan. Muat ulang halaman."))
        if by.pk in {locked.issued_by_id, locked.user_id}:
            raise TransitionRefused(
                _("Permintaan ini harus disetujui administrator kedua: bukan yang meminta dan bukan orangnya sendiri.")
            )
        if not Membership.objects.filter(user=by, role=ADMINISTRATOR).at(locked.issued_at).exists():
            raise TransitionRefused(
                _("Hanya yang sudah administrator ketika permintaan dibuat yang dapat menyetujuinya.")
            )
        now = clock.now()
        locked.secret_digest = digest_of(secret_of(locked))
        locked.expires_at = now + LIFETIME
        locked.save(update_fields=["secret_digest", "expires_at"])
        LinkApproval.objects.create(link=locked, by=by, at=now)
        if post:
            _post(locked)
        ledger.record(link.organisation, "kernel.link.approve", locked, by=by, person=locked.user.uuid)
    return locked


def revoke(link, *, by):
    """Stop a link or a waiting request. Raises NotPermitted, TransitionRefused (used or stopped already)."""
    with transaction.atomic():
        locked = AccessLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
        if by.pk != locked.user_id:
            require(permissions.changes_unit, by, locked.organisation_id)
        if state_of(locked) not in {"waiting", "ready"}:
            raise TransitionRefused(_("Tautan ini sudah dipakai atau tidak berlaku lagi."))
        locked.revoked_at = clock.now()
        locked.save(update_fields=["revoked_at"])
        ledger.record(link.organisation, "kernel.link.revoke", locked, by=by, person=locked.user.uuid)
    return locked


def find(secret):
    """The link with this secret, whatever its state, or None."""
    if not 40 <= len(secret) <= 50:
        return None
    return AccessLink.objects.filter(secret_digest=digest_of(secret)).select_related("user", "organisation").first()


def use(link, *, password="", by=None):
    """Set the password (invitation, reset), take over the new e-mail, or accept a post (``password`` is the proof).

    ``by`` is the person himself. Raises TransitionRefused when the link does not work any more, or was made by one
    administrator for one who has since come to confirm or ratify; ValidationError.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=link.user_id)
        locked = AccessLink.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
        if state_of(locked) != "ready":
            raise TransitionRefused(_gone())
        asked_by_other = locked.kind in {"reset", "email"} and locked.issued_by_id != user.pk
        if asked_by_other and not locked.needs_second and may_confirm(user):
            raise TransitionRefused(
                _("Tautan ini dibuat sebelum jabatan Anda dicatat. Mintalah yang baru, dengan administrator kedua.")
            )
        now = clock.now()
        if locked.kind in {"email", "join"} and not user.check_password(password):
            raise ValidationError({"password": _("Kata sandi tidak cocok.")})
        if locked.kind == "join":
            accept(locked, by=user)
            return user
        if locked.kind == "email":
            accounts.refuse_taken(locked.new_email, user)
            user.email = locked.new_email
            try:
                with transaction.atomic():
                    user.save(update_fields=["email"])
            except IntegrityError as error:
                raise TransitionRefused(_("Alamat pos-el itu sudah dipakai akun lain.")) from error
            # allauth would else let the old address sign in.
            EmailAddress.objects.filter(user=user).delete()
        else:
            user.set_password(password)
            user.save(update_fields=["password"])
            passwords = AccessLink.objects.filter(user=user, kind__in=["invitation", "reset"])
            passwords.filter(used_at=None, revoked_at=None).exclude(pk=locked.pk).update(revoked_at=now)
        locked.used_at = now
        locked.save(update_fields=["used_at"])
        ledger.record(link.organisation, "kernel.link.use", locked, by=by or user, kind=locked.kind)
    return user


def _post(link):
    """The message with the link, in the person's language. The secret is put in only when it is sent."""
    with override(link.user.language):
        subject, told = {
            "invitation": (
                _("Undangan masuk ke Portal Bawaslu"),
                _("Anda diundang ke portal {unit}. Buat kata sandi di:"),
            ),
            "reset": (
                _("Setel ulang kata sandi Portal Bawaslu"),
                _("Administrator {unit} menyetel ulang kata sandi Anda. Buat yang baru di:"),
            ),
            "email": (
                _("Ganti pos-el Portal Bawaslu"),
                _("Pakai alamat ini untuk masuk ke portal {unit}. Buka dan setujui di:"),
            ),
            "join": (
                _("Tawaran jabatan di Portal Bawaslu"),
                _("Administrator {unit} menawarkan jabatan kepada Anda. Baca dan terima di:"),
            ),
        }[link.kind]
        body = "\n\n".join(
            [
                _("Yth. {name},").format(name=link.user.name),
                told.format(unit=link.organisation.name),
                LINK_PLACE,
                _("Tautan ini berlaku tujuh hari dan hanya sekali. Bila bukan Anda yang memerlukannya, abaikan."),
            ]
        )
    to = {"name": link.user.name, "email": link.new_email or link.user.email, "phone": link.user.phone}
    return mail.put(link.organisation, about_kind="access_link", about=link, to=to, subject=subject, body=body)
