"""Questions of role and place that more than one app asks. Never about state."""

from . import scope
from .models.members import ADMINISTRATOR, CHAIR, COMMISSIONERS, HEAD, NOTE_TAKER, SUPERVISION


def holds(user, organisation, *roles):
    """Whether ``user`` now holds one of ``roles`` in ``organisation`` (id or object)."""
    pk = getattr(organisation, "pk", organisation)
    return any(p.organisation_id == pk and p.role in roles for p in scope.places(user))


def is_commissioner(user, organisation):
    """Chair or member in office."""
    return holds(user, organisation, *COMMISSIONERS)


def is_chair(user, organisation):
    """Chair in office, acting chair included."""
    return holds(user, organisation, CHAIR)


def keeps_records(user, organisation):
    """Chair, note-taker or head of secretariat: those who prepare and log."""
    return holds(user, organisation, CHAIR, NOTE_TAKER, HEAD)


def is_secretariat(user, organisation):
    """Note-taker or head of secretariat."""
    return holds(user, organisation, NOTE_TAKER, HEAD)


def oversees(user, organisation):
    """Member or supervision staff of the level right above ``organisation`` today."""
    pk = getattr(organisation, "pk", organisation)
    return pk in scope.units_below(user, COMMISSIONERS | {SUPERVISION})


def administers(user, organisation):
    """Administrator of the unit itself."""
    return holds(user, organisation, ADMINISTRATOR)


def appoints_administrators(user, organisation):
    """Administrator of the unit or of the level right above: national -> province -> district."""
    pk = getattr(organisation, "pk", organisation)
    return administers(user, organisation) or pk in scope.units_below(user, {ADMINISTRATOR})


def changes_unit(user, organisation):
    """Who may change settings, people and divisions of a unit: its administrator or the one above (assumption)."""
    return appoints_administrators(user, organisation)


def sees_unit_people(user, organisation):
    """Members, note-taker, head of secretariat and administrators see settings and people; others names only."""
    return (
        holds(user, organisation, *COMMISSIONERS, HEAD, NOTE_TAKER, ADMINISTRATOR)
        or oversees(user, organisation)
        or appoints_administrators(user, organisation)
    )


def administers_person(user, person):
    """Who may reset, correct or readdress an account: an administrator of every unit in which the person serves.

    Else an administrator below could invite someone from above and then reset his password (assumption).
    """
    from . import clock
    from .models.members import Membership

    rows = Membership.objects.filter(user=person)
    units = set(rows.serving_or_coming(clock.now()).values_list("organisation_id", flat=True))
    units = units or set(rows.values_list("organisation_id", flat=True))
    return bool(units) and all(changes_unit(user, unit) for unit in units)


def manages_numbers(user, organisation):
    """Who keeps the register of numbers: the unit's secretariat, or who may change the unit (assumption)."""
    return is_secretariat(user, organisation) or changes_unit(user, organisation)


def sees_numbers(user, organisation):
    """The register of numbers is the unit's own: members, secretariat, administrators (assumption)."""
    return is_commissioner(user, organisation) or manages_numbers(user, organisation)


def has_second_factor(user):
    """Whether the user has switched on a second factor (TOTP)."""
    from allauth.mfa.utils import is_mfa_enabled

    return is_mfa_enabled(user)
