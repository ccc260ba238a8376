"""Who may do and who may read what in a plenary. Sentences about role and place, never about state.

Reading follows visibility.md (working assumption); who may act follows the issue: from planning to putting up
for signing chair, note-taker, head of secretariat; confirm each member for himself; ratify who chaired.
"""

from dataclasses import dataclass

from bawaslu_portal.kernel import permissions as kernel
from bawaslu_portal.kernel import scope

from .models.sessions import RATIFIED


def may_prepare(user, pleno):
    """From planning to putting up for signing: chair, note-taker, head of secretariat."""
    return kernel.keeps_records(user, pleno.organisation_id)


def may_plan(user, organisation):
    """Plan a pleno of the unit: the same people."""
    return kernel.keeps_records(user, organisation)


def may_confirm(user, pleno):
    """Confirm the minutes for himself: a commissioner in office. Whether he was present the verb asks."""
    return kernel.is_commissioner(user, pleno.organisation_id)


def may_record_signature(user, pleno):
    """Record a hand signature or why one is missing: note-taker, head of secretariat."""
    return kernel.is_secretariat(user, pleno.organisation_id)


def may_ratify(user, pleno):
    """Who chaired, while in office; if he no longer is, the chair in office (the latter a working assumption)."""
    if not kernel.is_commissioner(user, pleno.organisation_id):
        return False
    if pleno.chair.user_id == user.pk:
        return True
    return kernel.is_chair(user, pleno.organisation_id) and not kernel.is_commissioner(
        pleno.chair.user, pleno.organisation_id
    )


def may_mark_read(user, pleno):
    """Mark the minutes read: members and supervision staff of the unit that they were, or will be, delivered to."""
    if pleno.delivered_to_id is None:
        return kernel.oversees(user, pleno.organisation_id)
    return pleno.delivered_to_id in scope.own_units(user, scope.OVERSEERS)


@dataclass(frozen=True)
class Reach:
    """What of one pleno a user may read beyond the facts of its week."""

    preparation: bool  # agenda and papers being prepared, every item
    open_items: bool  # of the agenda being prepared, the open items
    invitation: bool
    notes: bool  # live notes, minutes before ratification
    ratified_open: bool  # ratified minutes of class open
    ratified_closed: bool
    history: bool  # the ledger's lines about it


def reach(user, pleno):
    """The row of visibility.md for this user and this pleno."""
    org = pleno.organisation_id
    writers = org in scope.own_units(user, scope.WRITERS)
    own = org in scope.own_units(user)
    ratified = pleno.state == RATIFIED
    overseers = pleno.delivered_to_id in scope.own_units(user, scope.OVERSEERS) or org in scope.units_below(
        user, scope.OVERSEERS
    )
    above = pleno.delivered_to_id in scope.own_units(user) or org in scope.units_below(user)
    delivered = ratified and pleno.released_at is not None
    return Reach(
        preparation=writers,
        open_items=own,
        invitation=own,
        notes=writers,
        ratified_open=ratified and (own or (delivered and (above or scope.nationwide(user)))),
        ratified_closed=ratified and (writers or (delivered and overseers)),
        history=own or (delivered and overseers),
    )


def reads_minutes(user, pleno, access):
    """Whether ``user`` reads minutes of class ``access`` of this pleno, ratified or not."""
    may = reach(user, pleno)
    if may.notes:
        return True
    return may.ratified_closed or (access == "open" and may.ratified_open)
