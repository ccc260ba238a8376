"""How another app, or another unit, puts something before a plenary, and how the outcome comes back.

A later app declares a ``catalogue.SubmissionKind``, freezes its thing as a ``kernel`` Document and calls ``submit``.
The secretary places it on an agenda; the decision carries its key. ``ratify`` writes one job per decided submission;
the worker then calls the handler of the kind with an ``Outcome``. A failure there never touches the minutes.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import catalogue, documents, notices
from bawaslu_portal.kernel.jobs import JobStopped
from bawaslu_portal.kernel.lifecycle import TransitionRefused, require

from . import permissions
from .lifecycle import attaching, intake
from .models import Decision, Submission
from .models.intake import COMMITMENT, PROPOSAL
from .models.items import ACCEPTED

withdraw = intake.withdraw


@dataclass(frozen=True)
class Outcome:
    """What became of a submission: what a handler needs to run its own verb, citing the decision."""

    submission: Submission
    decision: Decision

    @property
    def kind(self):
        return self.submission.kind

    @property
    def thing(self):
        return self.submission.thing

    @property
    def accepted(self):
        return self.decision.result == ACCEPTED

    @property
    def reference(self):
        return self.decision.reference


def submit(organisation, *, by, asking, kind, label, **facts):
    """Put a thing of a later app before the plenary of ``organisation``; see ``lifecycle.intake.submit``.

    Raises NotPermitted for one who does not work in ``asking``, TransitionRefused while it is before that plenary.
    """
    require(permissions.may_propose, by, asking)
    return intake.submit(organisation, by=by, asking=asking, kind=kind, label=label, **facts)


def propose(organisation, *, by, label, files=(), **facts):
    """Someone of the unit proposes an item for its own plenary, with ``files`` as ``lifecycle.attach`` takes them.

    Raises NotPermitted for anyone else, ValidationError for the files.
    """
    require(permissions.may_propose, by, organisation)
    with transaction.atomic():
        submission = intake.submit(organisation, by=by, asking=organisation, kind=PROPOSAL, label=label, **facts)
        if files:
            attaching.attach(submission, by=by, files=files)
    return submission


def ask_follow_up(organisation, *, by, asking, label, summary="", due=None, thing=None, document=None):
    """The level above asks the plenary of ``organisation`` to follow something up: it lands in the inbox and on the
    next agenda that is drawn up. Nobody writes another unit's rows: that plenary decides.

    Raises NotPermitted for one who does not oversee the unit, TransitionRefused when ``asking`` is not his own.
    """
    require(permissions.may_ask, by, organisation)
    if not permissions.may_propose(by, asking):
        raise TransitionRefused(_("Permintaan diajukan atas nama unit Anda sendiri."))
    return intake.submit(
        organisation,
        by=by,
        asking=asking,
        kind=COMMITMENT,
        label=label,
        summary=summary,
        due=due,
        thing=thing,
        document=document,
        division=None,
    )


# --- the outcome ----------------------------------------------------------------------------------------


def outcome_of(decision):
    """The Outcome that a decision by UUID means for the submission of its item. Raises Decision.DoesNotExist."""
    rows = Decision.objects.standing().select_related(
        "organisation",
        "pleno",
        "item__submission__document",
        "item__submission__by",
        "item__submission__organisation",
        "item__submission__asking",
    )
    found = rows.get(uuid=uuid.UUID(str(decision)))
    return Outcome(found.item.submission, found)


def bring_outcome(job):
    """The work of an ``outcome`` job: check that what was decided is what was presented, then call the kind's handler
    in the transaction that finishes the job: so its effect and "done" stand or fall together."""
    outcome = outcome_of(job.key)
    frozen = outcome.submission.document
    if frozen is not None and documents.digest(frozen.record) != outcome.submission.digest:
        raise JobStopped("the frozen document differs from the one that was submitted")
    kind = catalogue.submission_kind(outcome.kind)
    if kind is None:
        raise JobStopped(f"no app declares {outcome.kind}")
    return (lambda: kind.on_outcome(outcome)) if kind.on_outcome else None


def tell_the_proposer(outcome):
    """The outcome of a proposal or of what the level above asked for: whoever made it hears of the decision."""
    notices.tell(
        [outcome.submission.by],
        outcome.submission.asking,
        "submission_decided",
        outcome.submission,
        text=_("Usul Anda sudah diputus pleno: %(reference)s.") % {"reference": outcome.reference},
        url=outcome.submission.get_absolute_url(),
    )
