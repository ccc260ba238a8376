"""Ask, claim, finish, reconcile: what a job row says is the truth, whatever a worker or the broker does.

The same with a real worker and a real Redis is in ``test_workers.py``.
"""

import datetime

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from bawaslu_portal.kernel import catalogue, jobs
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from bawaslu_portal.kernel.models import Job
from bawaslu_portal.kernel.tests.factories import person, signed_in

KIND = "test.work"


@pytest.fixture
def work(monkeypatch):
    """A kind of work whose doing and storing a test may watch or break."""

    class Work:
        done, stored, missing, fails = [], [], None, None

        def do(self, job):
            if self.fails:
                raise self.fails
            self.done.append(job.attempt)
            return lambda: self.stored.append(job.attempt)

    work = Work()
    work.done, work.stored = [], []
    monkeypatch.setitem(catalogue._jobs, KIND, catalogue.JobKind(KIND, "Uji", work.do, lambda: work.missing))
    return work


@pytest.fixture
def sent(monkeypatch):
    """Ids that would have gone to the broker."""
    ids = []
    monkeypatch.setattr(jobs, "publish", lambda pk, **_how: ids.append(pk) or True)
    return ids


@pytest.fixture
def job(kendari, work):
    return jobs.ask(KIND, "satu", kendari, by=person(kendari, "chair"))


def now(job):
    return Job.objects.get(pk=job.pk)


def run_out(job):
    """The lease or the pause of a job has run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def test_a_job_is_asked_for_once_per_key(kendari, job):
    again = jobs.ask(KIND, "satu", kendari, by=person(kendari, "note_taker"), more="x")
    assert again == job
    assert Job.objects.count() == 1
    assert jobs.ask(KIND, "dua", kendari, by=person(kendari, "chair")) != job


def test_an_undeclared_kind_is_refused_at_once(kendari):
    with pytest.raises(KeyError):
        jobs.ask("no.such.work", "x", kendari, by=person(kendari, "chair"))


def test_the_message_leaves_after_commit_and_not_at_all_after_a_rollback(
    kendari, work, sent, django_capture_on_commit_callbacks
):
    by = person(kendari, "chair")
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        job = jobs.ask(KIND, "a", kendari, by=by)
        assert sent == []
    assert (len(callbacks), sent) == (1, [job.pk])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.ask(KIND, "b", kendari, by=by)
        raise ZeroDivisionError
    assert not Job.objects.filter(key="b").exists()


def test_a_broker_that_fails_leaves_the_row_and_is_then_left_alone(job, monkeypatch):
    from bawaslu_portal.celery import app

    asked = []

    def broken(*_args, **_facts):
        asked.append(1)
        raise ConnectionError("no Redis")

    monkeypatch.setattr(jobs, "_silent_until", 0.0)
    monkeypatch.setattr(app, "send_task", broken)
    assert not jobs.publish(job.pk)
    assert not jobs.publish(job.pk)
    assert jobs.broker_trouble()
    assert len(asked) == 1
    assert now(job).state == "queued"


def test_work_is_claimed_done_and_stored_once(job, work):
    jobs.run(job.pk)
    jobs.run(job.pk)
    done = now(job)
    assert (done.state, done.attempt, done.lease_until) == ("done", 1, None)
    assert (work.done, work.stored) == ([1], [1])


def test_a_running_job_is_not_taken_until_its_lease_runs_out(job):
    first = jobs.claim(job.pk)
    assert abs(first.lease_until - first.started_at - jobs.LEASE) < datetime.timedelta(seconds=1)
    assert jobs.claim(job.pk) is None
    run_out(job)
    assert jobs.claim(job.pk).attempt == 2


def test_a_worker_that_lost_its_job_stores_nothing(job, work):
    first = jobs.claim(job.pk)
    run_out(job)
    second = jobs.claim(job.pk)
    assert not jobs.finish(first, lambda: work.stored.append("first"))
    assert jobs.finish(second, lambda: work.stored.append("second"))
    assert not jobs.finish(second, lambda: work.stored.append("again"))
    assert work.stored == ["second"]


def test_a_worker_that_lost_its_job_cannot_call_it_failed(job):
    first = jobs.claim(job.pk)
    run_out(job)
    jobs.claim(job.pk)
    jobs.fail(first, "late", final=True)
    assert (now(job).state, now(job).error) == ("running", "")


def test_what_cannot_be_stored_is_not_done(job, work, monkeypatch):
    def do(job):
        def store():
            raise OSError("disk full")

        return store

    monkeypatch.setitem(catalogue._jobs, KIND, catalogue.JobKind(KIND, "Uji", do))
    jobs.run(job.pk)
    assert (now(job).state, now(job).error) == ("queued", "OSError: disk full")


def test_a_missing_part_is_no_attempt_and_the_work_is_done_once_it_is_there(job, work, sent):
    work.missing = "Pango tidak ditemukan."
    for _ in range(10):
        jobs.run(job.pk)
    waiting = now(job)
    assert (waiting.state, waiting.attempt, waiting.waiting_for) == ("queued", 0, "Pango tidak ditemukan.")
    assert jobs.reconcile() == 1
    work.missing = None
    jobs.run(job.pk)
    assert (now(job).state, now(job).attempt, now(job).waiting_for) == ("done", 1, "")


def test_after_five_attempts_it_has_failed_and_says_why(job, work, sent):
    work.fails = ValueError("gambar rusak")
    pauses = []
    for _ in range(4):
        jobs.run(job.pk)
        held = now(job)
        assert (held.state, held.error) == ("queued", "ValueError: gambar rusak")
        pauses.append(held.lease_until)
        assert jobs.reconcile() == 0, "it rests before it is tried again"
        run_out(job)
        assert jobs.reconcile() == 1
    assert pauses == sorted(pauses)
    jobs.run(job.pk)
    failed = now(job)
    assert (failed.state, failed.attempt, failed.error) == ("failed", 5, "ValueError: gambar rusak")
    assert failed.finished_at is not None
    jobs.run(job.pk)
    assert jobs.reconcile() == 0
    assert now(job).attempt == 5


def test_work_that_cannot_be_done_is_not_tried_five_times(job, work):
    work.fails = jobs.JobStopped("Logo bukan gambar.")
    jobs.run(job.pk)
    assert (now(job).state, now(job).attempt, now(job).error) == ("failed", 1, "Logo bukan gambar.")


def test_a_worker_that_dies_five_times_in_the_middle_ends_as_failed(job):
    for attempt in range(1, 6):
        assert jobs.claim(job.pk).attempt == attempt
        run_out(job)
    assert jobs.claim(job.pk) is None
    assert now(job).state == "failed"
    assert "lima kali" in now(job).error


def test_the_reconciler_sends_what_is_due_and_nothing_else(kendari, work, sent):
    by = person(kendari, "chair")
    names = ("queued", "resting", "running", "expired", "done", "failed")
    row = {name: jobs.ask(KIND, name, kendari, by=by) for name in names}
    late, soon = timezone.now() - datetime.timedelta(minutes=1), timezone.now() + datetime.timedelta(minutes=1)
    Job.objects.filter(key="resting").update(lease_until=soon)
    Job.objects.filter(key="running").update(state="running", attempt=1, lease_until=soon)
    Job.objects.filter(key="expired").update(state="running", attempt=1, lease_until=late)
    Job.objects.filter(key="done").update(state="done")
    Job.objects.filter(key="failed").update(state="failed")
    assert jobs.reconcile() == 2
    assert sent == [row["queued"].pk, row["expired"].pk]


def test_a_failed_job_can_be_tried_again_and_no_other(job, work, kendari):
    with pytest.raises(TransitionRefused):
        jobs.try_again(job, by=person(kendari, "chair"))
    work.fails = jobs.JobStopped("x")
    jobs.run(job.pk)
    jobs.try_again(job, by=person(kendari, "chair"))
    assert (now(job).state, now(job).attempt, now(job).error) == ("queued", 0, "")
    work.fails = None
    jobs.run(job.pk)
    assert now(job).state == "done"


# --- the page that waits -------------------------------------------------------------------------------


@pytest.fixture
def job_page(client, kendari):
    signed_in(client, person(kendari, "chair"))
    return lambda job: client.get(reverse("kernel:job", args=[job.uuid])).content.decode()


def test_the_page_shows_the_true_state_and_asks_again_by_itself(job_page, job, work):
    assert "hx-trigger" in job_page(job)
    jobs.claim(job.pk)
    assert "hx-trigger" in job_page(job)
    run_out(job)
    jobs.run(job.pk)
    assert "hx-trigger" not in job_page(job)


def test_a_failed_page_says_why_and_offers_to_try_again(job_page, client, job, work):
    work.fails = jobs.JobStopped("Logo bukan gambar.")
    jobs.run(job.pk)
    words = job_page(job)
    assert "Logo bukan gambar." in words
    again = reverse("kernel:job_again", args=[job.uuid])
    assert again in words
    assert client.post(again).status_code == 302
    assert now(job).state == "queued"
    assert client.post(again).status_code == 409


def test_a_job_is_shown_to_its_addressee_only(job, client, kendari):
    for role in ("note_taker", "head_of_secretariat", "staff", "administrator"):
        signed_in(client, person(kendari, role))
        assert client.get(reverse("kernel:job", args=[job.uuid])).status_code == 404
        assert client.post(reverse("kernel:job_again", args=[job.uuid])).status_code == 404
