"""The verbs over a person's own facts: name, telephone, NIP, birth date, language, e-mail."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import ledger, permissions
from .lifecycle import TransitionRefused, require
from .models.members import Membership, User
from .models.organisations import Organisation


def home_of(user):
    """The unit in whose chain acts on this account stand: that of the latest membership, else the national body."""
    row = (
        Membership.objects.filter(user=user).select_related("organisation").order_by("until", "-since").last()
        if user.pk
        else None
    )
    return row.organisation if row else Organisation.objects.get(level="national")


def _change(user, organisation, action, by, facts):
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        changed = sorted(name for name, value in facts.items() if getattr(locked, name) != value)
        if not changed:
            return locked
        for name in changed:
            setattr(locked, name, facts[name])
        locked.save(update_fields=changed)
        ledger.record(organisation, action, locked, by=by, fields=changed)
    return locked


def correct_person(organisation, user, *, by, **facts):
    """An administrator corrects ``name``, ``phone``, ``nip`` or ``birth_date``. Old records keep the name that they
    were frozen with. Raises NotPermitted."""
    require(permissions.changes_unit, by, organisation)
    require(permissions.administers_person, by, user)
    return _change(user, organisation, "kernel.person.correct", by, facts)


def correct_email(organisation, user, *, email, by):
    """Mend a mistyped e-mail of one who never set a password. Raises TransitionRefused once he has."""
    require(permissions.changes_unit, by, organisation)
    require(permissions.administers_person, by, user)
    if user.has_usable_password():
        raise TransitionRefused(
            _("Orang ini sudah memakai akunnya. Pos-el diganti dengan tautan yang ia buka sendiri.")
        )
    email = User.objects.normalize_email(email).lower()
    refuse_taken(email, user)
    return _change(user, organisation, "kernel.person.correct_email", by, {"email": email})


def refuse_taken(email, user):
    """Raises ValidationError when another account has this e-mail."""
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise ValidationError({"email": _("Alamat pos-el itu sudah dipakai akun lain.")})


def change_profile(user, *, by, **facts):
    """A person changes his own ``name``, ``phone`` or ``language``. Raises NotPermitted for anyone else."""
    require(lambda actor, thing: actor.pk == thing.pk, by, user)
    return _change(user, home_of(user), "kernel.person.profile", by, facts)
