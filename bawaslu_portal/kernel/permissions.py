"""Questions of role and place that more than one app asks. Never about state."""

from . import clock, scope
from .models.members import ADMINISTRATOR, CHAIR, COMMISSIONERS, HEAD, NOTE_TAKER, SUPERVISION, Membership
from .models.organisations import Organisation

RECORD_KEEPERS = frozenset({CHAIR, NOTE_TAKER, HEAD})


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
    return holds(user, organisation, *RECORD_KEEPERS)


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
    """Who may reset, correct or readdress an account, and sees its personal data: an administrator of its home.

    Of the units in which the person serves, home is the one of the highest level, and there the one that he came to
    first: so nobody below, and nobody beside, gets hold of an account by a post that he gives (assumption).
    """
    home = home_of(person)
    return home is not None and changes_unit(user, home)


def home_of(person):
    """Id of the unit whose administrators help ``person``; of those that he left when he serves nowhere; or None."""
    rows = _units_of(person)
    serving = {unit for unit, _level, serves in rows if serves} or {unit for unit, _level, _serves in rows}
    levels = [level for level, _label in Organisation.LEVELS]
    homes = [(levels.index(level), n, unit) for n, (unit, level, _) in enumerate(rows) if unit in serving]
    return min(homes)[2] if homes else None


def knows_person(user, person):
    """Who sees telephone and NIP: those who see the people of his home; not of a unit that he only helps out."""
    home = home_of(person)
    return home is not None and sees_unit_people(user, home)


def places_person(user, person):
    """Who may give a person a post without asking him: who administers the account or a unit where he serves."""
    units = {unit for unit, _level, serves in _units_of(person) if serves}
    return administers_person(user, person) or any(changes_unit(user, unit) for unit in units)


def _units_of(person):
    """(unit, its level, whether he serves there or is to come) for each membership, in the order of their making."""
    now = clock.now()
    rows = Membership.objects.filter(user=person).order_by("pk")
    return [
        (unit, level, until is None or until > now)
        for unit, level, until in rows.values_list("organisation_id", "organisation__level", "until")
    ]


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
