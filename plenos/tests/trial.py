"""A small kind of submission, as a later app would declare it: for the tests, and for a worker that is started with
``celery -A plenos.tests.trial``. What it is told it keeps where every process finds it: as a notice to the proposer."""

from bawaslu_portal.celery import app
from bawaslu_portal.kernel import catalogue

KIND = "uji.programme"
__all__ = ["KIND", "app"]


def on_outcome(outcome):
    """Runs the trial's own verb as *sistem*, citing the decision; a second call changes nothing."""
    from bawaslu_portal.kernel import notices

    notices.tell(
        [outcome.submission.by],
        outcome.submission.organisation,
        "uji_decided",
        outcome.submission,
        text=f"Program {'ditetapkan' if outcome.accepted else 'ditolak'} dengan {outcome.reference}.",
        url=outcome.submission.get_absolute_url(),
    )


catalogue.declare_submission(catalogue.SubmissionKind(KIND, "Program", on_outcome))
