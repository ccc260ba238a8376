"""Section 3.2: the outcome of a decided submission reaches the handler that its kind declared, and blocks nothing."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from bawaslu_portal.kernel import catalogue, clock, jobs
from bawaslu_portal.kernel import documents as kernel_documents
from bawaslu_portal.kernel.catalogue import SubmissionKind
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Document, Job, Notice
from plenos import intake, lifecycle
from plenos.models import Submission

from ..factories import PDF, make_draft
from .test_intake import FRIDAY, decided, propose

pytestmark = pytest.mark.django_db
RECORD = {"schema": "uji.1", "what": "Rencana kerja triwulan III"}


@pytest.fixture
def trial(monkeypatch):
    """A small kind of a later app: it keeps what it was told; ``fail`` makes it fail."""
    told, faults = [], []

    def on_outcome(outcome):
        if faults:
            raise faults.pop()
        told.append((outcome.thing, outcome.reference, outcome.accepted))

    monkeypatch.setitem(catalogue._submissions, "uji.programme", SubmissionKind("uji.programme", "Program", on_outcome))
    on_outcome.told, on_outcome.faults = told, faults
    return on_outcome


def frozen(cast, thing):
    return Document.objects.create(
        organisation=cast.unit,
        kind="uji.programme",
        title="Program",
        about_kind="uji.programme",
        about=thing,
        record=RECORD,
        digest=kernel_documents.digest(RECORD),
        created_by=cast.staff,
    )


def submit(cast, thing=None):
    thing = thing or uuid.uuid4()
    with clock.at(FRIDAY):
        return intake.submit(
            cast.unit,
            by=cast.staff,
            asking=cast.unit,
            kind="uji.programme",
            thing=thing,
            label="Program triwulan III",
            document=frozen(cast, thing),
        )


def test_a_thing_stands_before_a_plenary_once_at_a_time(cast, trial):
    submission = submit(cast)
    with pytest.raises(TransitionRefused):
        intake.submit(
            cast.unit, by=cast.staff, asking=cast.unit, kind="uji.programme", thing=submission.thing, label="Lagi"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(
            organisation=cast.unit,
            asking=cast.unit,
            kind="uji.programme",
            thing=submission.thing,
            label="Lagi",
            by=cast.staff,
        )
    intake.withdraw(submission, by=cast.staff, reason="Diperbaiki.")
    again = intake.submit(
        cast.unit, by=cast.staff, asking=cast.unit, kind="uji.programme", thing=submission.thing, label="Lagi"
    )
    assert again.state == "waiting"


def test_a_kind_that_nobody_declared_is_refused(cast):
    with pytest.raises(KeyError):
        intake.submit(cast.unit, by=cast.staff, asking=cast.unit, kind="uji.unknown", label="Apa")
    with pytest.raises(NotPermitted):
        intake.submit(cast.unit, by=cast.neighbour, asking=cast.unit, kind="plenos.proposal", label="Apa")


def test_the_handler_of_the_kind_hears_of_the_decision_once(cast, trial):
    submission, pleno = decided(cast, submit(cast))
    decision = pleno.decisions.get()
    assert (decision.concerns_kind, decision.concerns) == ("uji.programme", submission.thing)
    job = Job.objects.get(kind="outcome")
    assert trial.told == []
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert trial.told == [(submission.thing, decision.reference, True)]
    job.refresh_from_db()
    assert job.state == "done"


def test_a_failing_handler_is_tried_again_and_blocks_no_minutes(cast, trial):
    trial.faults.append(ValueError("not yet"))
    _submission, pleno = decided(cast, submit(cast))
    job = Job.objects.get(kind="outcome")
    jobs.run(job.pk)
    job.refresh_from_db()
    pleno.refresh_from_db()
    assert (job.state, trial.told, pleno.state) == ("queued", [], "ratified")
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    jobs.run(job.pk)
    assert len(trial.told) == 1


def test_what_was_decided_must_be_what_was_submitted(cast, trial):
    submission, _pleno = decided(cast, submit(cast))
    Submission.objects.filter(pk=submission.pk).update(digest="0" * 64)
    job = Job.objects.get(kind="outcome")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, trial.told) == ("failed", [])


def test_a_proposer_hears_that_it_was_decided_without_its_content(cast):
    _submission, pleno = decided(cast)
    jobs.run(Job.objects.get(kind="outcome").pk)
    notice = Notice.objects.get(user=cast.staff)
    assert pleno.decisions.get().reference in notice.text
    assert "piket" not in notice.text


def test_its_files_hang_on_the_item_too(cast):
    submission = propose(cast, files=[(PDF, "application/pdf", "surat.pdf")])
    draft = make_draft(cast)
    item = lifecycle.intake.place(submission, by=cast.secretary, pleno=draft)
    assert [f.name for f in item.attachments.all()] == ["surat.pdf"]
    assert item.attachments.get().file == submission.attachments.get().file


def test_a_request_is_made_in_the_name_of_the_own_unit(cast):
    with pytest.raises(TransitionRefused):
        intake.ask_follow_up(cast.unit, by=cast.province, asking=cast.neighbour_unit, label="Lengkapi data")
