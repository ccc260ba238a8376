"""Who may see what: the three-column rule of visibility.md, in one place.

A row is known to the people of its ``organisation`` and of the level above, to the people of its ``subject``
once released, and to those of the unit that it was delivered to. The national body also knows the facts of its
districts. An empty scope is nothing. Apps add ``readable_by`` for content. Working assumption throughout.
"""

import datetime
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q

from . import clock
from .models.members import ADMINISTRATOR, COMMISSIONERS, HEAD, NOTE_TAKER, SUPERVISION, Membership
from .models.organisations import Organisation, Parentage

CONTENT_ROLES = frozenset({*COMMISSIONERS, HEAD, NOTE_TAKER, SUPERVISION, "staff"})
WRITERS = frozenset({*COMMISSIONERS, HEAD, NOTE_TAKER})
OVERSEERS = frozenset({*COMMISSIONERS, SUPERVISION})
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Place:
    """One current membership of a user: where, at which level, as what."""

    membership_id: int
    organisation_id: int
    level: str
    role: str
    division_id: int | None
    since: datetime.datetime


def places(user):
    """The memberships of ``user`` that give rights now, the suspended ones left out. Asked once per web request."""
    if not user.is_authenticated or not user.is_active:
        return ()
    cache = getattr(user, "scope_cache", None)
    if cache is not None and "places" in cache:
        return cache["places"]
    rows = places_of(Membership.objects.of_person(user, clock.now()))
    if cache is not None:
        cache["places"] = rows
    return rows


def places_of(memberships):
    """These memberships as places, where they give rights."""
    return tuple(
        Place(m.pk, m.organisation_id, m.organisation.level, m.role, m.division_id, m.since)
        for m in memberships
        if m.in_force
    )


def begin(user, portal=None):
    """A web request of ``user`` begins: what is asked of his scope is asked once; his memberships not even that, where
    the request's ``portal`` (kernel/context.py) has read them already."""
    user.scope_cache = {}
    if portal is not None and portal.known is not None and user.is_active:
        user.scope_cache["places"] = places_of(portal.known)


def forget(user):
    """Ask the memberships of ``user`` anew: what was known before a lock was waited for may no longer hold."""
    if getattr(user, "scope_cache", None):
        user.scope_cache = {}


def own_units(user, roles=CONTENT_ROLES):
    """Ids of the units in which ``user`` now holds one of ``roles``."""
    return {p.organisation_id for p in places(user) if p.role in roles}


def units_below(user, roles=CONTENT_ROLES):
    """Ids of the units whose parent today is a unit in which ``user`` holds one of ``roles``."""
    own = frozenset(own_units(user, roles))
    if not own:
        return set()
    cache = getattr(user, "scope_cache", None)
    key = ("below", own)
    if cache is not None and key in cache:
        return cache[key]
    day = clock.now().date()
    below = set(
        Parentage.objects.filter(parent__in=own, since__lte=day)
        .filter(Q(until=None) | Q(until__gt=day))
        .values_list("organisation_id", flat=True)
    )
    if cache is not None:
        cache[key] = below
    return below


def nationwide(user, roles=CONTENT_ROLES):
    """Whether ``user`` holds one of ``roles`` in the national body."""
    return any(p.level == "national" and p.role in roles for p in places(user))


def units_in_view(user, roles=None):
    """Ids (or a queryset of them) of the units that ``user`` may know of, with whatever role."""
    roles = roles or (CONTENT_ROLES | {ADMINISTRATOR})
    if nationwide(user, roles):
        return Organisation.objects.values("pk")
    return own_units(user, roles) | units_below(user, roles)


def between_units(user):
    """Q over rows that a unit (``organisation``) and the level above say to each other: submission, remark,
    explanation, excuse, return. Known to the writers of the one and the overseers of the other (visibility.md)."""
    return Q(organisation__in=own_units(user, WRITERS)) | Q(organisation__in=units_below(user, OVERSEERS))


def _has(model, field):
    try:
        model._meta.get_field(field)
    except FieldDoesNotExist:
        return False
    return True


def visible_rows(model, user, *units):
    """The filter for rows of ``model`` (of these units alone) whose existence and facts ``user`` may know of."""
    own = own_units(user)
    if not own:
        return NOTHING
    if units:
        # What is known of a unit anyway is asked for by the unit alone. Asked for twice, by scope and by unit, it looks
        # to the database like one row in half a million, and all years of the unit are read for the sake of one.
        of_units, keys = Q(organisation__in=units), {unit.pk for unit in units}
        known = nationwide(user) or keys <= own | units_below(user)
        return of_units if known else of_units & visible_rows(model, user)
    if nationwide(user):
        rows = Q(organisation__in=Organisation.objects.values("pk"))
    else:
        rows = Q(organisation__in=own | units_below(user))
    if _has(model, "subject"):
        rows |= Q(subject__in=own, released_at__isnull=False)
    if _has(model, "delivered_to"):
        rows |= Q(delivered_to__in=own, released_at__isnull=False)
    return rows
