"""Who may do and who may read what in a plenary. Sentences about role and place, never about state.

Reading follows visibility.md (working assumption); who may act follows the issue: from planning to putting up
for signing chair, note-taker, head of secretariat; confirm each member for himself; ratify who chaired.
"""

from dataclasses import dataclass

from bawaslu_portal.kernel import permissions as kernel
from bawaslu_portal.kernel import scope
from bawaslu_portal.kernel.models.members import CHAIR, HEAD, NOTE_TAKER

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


def may_attach_to_submission(user, submission):
    """Hang files on a submission: who put it forward, while in the asking unit."""
    return submission.by_id == user.pk and submission.asking_id in scope.own_units(user)


def may_attach_to_progress(user, progress):
    """Hang evidence on the progress of a follow-up: who wrote it."""
    return progress.by_id == user.pk


def may_correct(user, pleno):
    """Begin a correction of ratified minutes, word it, put it up, take it back: those who prepare (assumption)."""
    return may_prepare(user, pleno)


def may_archive(user, organisation):
    """Bring in minutes of earlier years: chair, note-taker, head of secretariat (assumption)."""
    return kernel.keeps_records(user, organisation)


def may_ratify_version(user, correction):
    """Ratify a corrected version: who may ratify the pleno's minutes."""
    return may_ratify(user, correction.pleno)


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


# --- decisions and follow-ups ---------------------------------------------------------------------------


def may_extract(user, decision):
    """Have the extract of a decision made: members, note-taker, head of secretariat of the unit (assumption)."""
    return decision.organisation_id in scope.own_units(user, scope.WRITERS)


def does(user, follow_up):
    """Whether it is his to do: named himself and still there, or now of the division that does it."""
    if follow_up.responsible_id:
        return follow_up.responsible.user_id == user.pk and follow_up.organisation_id in scope.own_units(user)
    return any(
        p.organisation_id == follow_up.organisation_id and p.division_id == follow_up.division_id
        for p in scope.places(user)
        if p.role in scope.CONTENT_ROLES
    )


def may_note_progress(user, follow_up):
    """Note how a follow-up goes: who does it, chair, note-taker, head of secretariat."""
    return does(user, follow_up) or kernel.keeps_records(user, follow_up.organisation_id)


def may_report_done(user, follow_up):
    """Report it done: who does it, or the secretariat for him."""
    return does(user, follow_up) or kernel.is_secretariat(user, follow_up.organisation_id)


def may_confirm_done(user, follow_up):
    """Say that it is done, or not yet: member, chair or secretariat, never who does it (nor who reported it)."""
    return follow_up.organisation_id in scope.own_units(user, scope.WRITERS) and not does(user, follow_up)


def may_stop(user, follow_up):
    """Stop a follow-up: chair, note-taker, head of secretariat."""
    return kernel.keeps_records(user, follow_up.organisation_id)


# What of a unit's follow-ups one may know, the least last (visibility.md).
ALL, OWN, LATENESS, COUNTS, NOTHING = "all", "own", "lateness", "counts", ""


def follow_up_reach(user, organisation):
    """Members and secretariat everything; other staff their own and their division's; the level above counts, its
    members and named staff also lateness; nobody else anything."""
    pk = getattr(organisation, "pk", organisation)
    if pk in scope.own_units(user, scope.WRITERS):
        return ALL
    if pk in scope.own_units(user):
        return OWN
    if pk in scope.units_below(user, scope.OVERSEERS):
        return LATENESS
    return COUNTS if pk in scope.units_below(user) else NOTHING


def knows_weeks(user, organisation):
    """Know the facts of a unit's weeks: its people, the level above, the national body; an administrator does not."""
    pk = getattr(organisation, "pk", organisation)
    return pk in scope.own_units(user) or pk in scope.units_below(user) or scope.nationwide(user)


def reads_attendance(user, organisation):
    """Read how often each member was there, by name: who writes the unit's records, and members and supervision staff
    of the level above. The sum over all is a fact of the weeks."""
    return organisation.pk in scope.own_units(user, scope.WRITERS) or kernel.oversees(user, organisation)


# --- what is put before a plenary -----------------------------------------------------------------------


def units_kept(user):
    """Ids of the units whose plenos ``user`` prepares."""
    return scope.own_units(user, {CHAIR, NOTE_TAKER, HEAD})


def may_propose(user, organisation):
    """Put something before the plenary of his own unit: whoever works there (members, secretariat, divisions)."""
    return getattr(organisation, "pk", organisation) in scope.own_units(user)


def may_ask(user, organisation):
    """Ask the plenary of a unit below for a follow-up: members and supervision staff of the level right above."""
    return kernel.oversees(user, organisation)


def may_place(user, submission):
    """Put a submission on an agenda or return it: those who prepare the plenos of the receiving unit."""
    return kernel.keeps_records(user, submission.organisation_id)


def may_take_back(user, submission):
    """Withdraw a submission: of the asking unit, who made it or who keeps the records there."""
    own = submission.asking_id in scope.own_units(user)
    return own and (submission.by_id == user.pk or kernel.keeps_records(user, submission.asking_id))


def reads_progress(user, follow_up):
    """Read what was written of a follow-up and its evidence: all of them, or one's own."""
    reach = follow_up_reach(user, follow_up.organisation_id)
    return reach == ALL or (reach == OWN and does(user, follow_up))


def may_read_inbox(user, organisation):
    """Open the inbox of a unit: its own people, and those above who ask something of it."""
    return may_propose(user, organisation) or may_ask(user, organisation)


def by_the_plenary(user, submission):
    """What the plenary itself does to a submission: whoever may take that step of the pleno has been asked there."""
    return True
