"""Background work that is never lost: ask, claim, finish, reconcile.

A Job row is the truth; the Celery message only carries its id. Whatever happens to Redis or a worker, the
reconciler finds the row again.
"""

import contextlib
import contextvars
import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import catalogue, db
from .lifecycle import TransitionRefused, require
from .models.jobs import Heartbeat, Job
from .models.members import User

log = logging.getLogger(__name__)

ATTEMPTS = 5
LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
SILENCE = 20.0  # seconds without publishing after the broker failed once
_silent_until = 0.0
_held_back = contextvars.ContextVar("portal_jobs_held_back", default=False)


class JobStopped(Exception):
    """The work cannot be done, and trying again by itself would not help; the message says why."""


def ask(kind, key, organisation, *, by, **payload):
    """Write the job in the caller's transaction and send it after commit. The same key again asks nothing new."""
    catalogue.job(kind)
    job, made = Job.objects.get_or_create(
        kind=kind, key=key, defaults={"organisation": organisation, "asked_by": by, "payload": payload}
    )
    if made:
        transaction.on_commit(lambda: publish(job.pk), robust=True)
    return job


@contextlib.contextmanager
def left_to_the_reconciler():
    """Within the block nothing is sent: the rows stand, and the reconciler sends them as workers get on."""
    token = _held_back.set(True)
    try:
        yield
    finally:
        _held_back.reset(token)


def publish(job_id, *, priority=0):
    """Send the id to a worker; ``priority`` 0 before 9. A silent broker is noticed once, then left alone a while."""
    global _silent_until
    if _held_back.get() or time.monotonic() < _silent_until:
        return False
    from bawaslu_portal.celery import app

    try:
        app.send_task("kernel.run_job", args=[job_id], retry=False, expires=300, priority=priority)
    except Exception as error:  # any broker failure at all: the row stays, the reconciler sends it
        _silent_until = time.monotonic() + SILENCE
        log.warning("Broker does not answer, job %s waits for the reconciler: %s", job_id, type(error).__name__)
        return False
    return True


def broker_trouble():
    """Whether this process has lately failed to reach the broker (for the banner)."""
    return time.monotonic() < _silent_until


def claim(job_id):
    """Take the job if it is queued or its lease has run out. Returns the Job with its new attempt, or None."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.state in ("done", "failed"):
        return None
    missing = catalogue.job(job.kind).missing
    what = missing() if missing else None
    if what:
        Job.objects.filter(pk=job_id, state="queued").update(waiting_for=str(what)[:200])
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE kernel_job SET state = 'running', attempt = attempt + 1, waiting_for = '', error = '',
                      started_at = clock_timestamp(), lease_until = clock_timestamp() + %s
               WHERE id = %s AND attempt < %s
                 AND (state = 'queued' OR (state = 'running' AND lease_until < clock_timestamp()))
               RETURNING attempt""",
            [LEASE, job_id, ATTEMPTS],
        )
        row = cursor.fetchone()
    if row is None:
        Job.objects.filter(pk=job_id, attempt__gte=ATTEMPTS, state="running", lease_until__lt=timezone.now()).update(
            state="failed", finished_at=timezone.now(), error=_("Pekerja berhenti lima kali di tengah pekerjaan ini.")
        )
        return None
    job.refresh_from_db()
    return job


def finish(job, store):
    """Store the result and mark the job done, in one transaction, if this attempt still holds it."""
    with transaction.atomic():
        db.begin(User.objects.system())
        mine = Job.objects.filter(pk=job.pk, attempt=job.attempt, state="running").update(
            state="done", finished_at=timezone.now(), lease_until=None
        )
        if mine and store:
            store()
    return bool(mine)


def fail(job, error, *, final):
    """Note why; queue again with a growing pause, or give up when ``final`` or after the last attempt."""
    text = str(error)[:500] or type(error).__name__
    held = Job.objects.filter(pk=job.pk, attempt=job.attempt, state="running")
    if final or job.attempt >= ATTEMPTS:
        held.update(state="failed", error=text, finished_at=timezone.now(), lease_until=None)
    else:
        pause = timedelta(seconds=5 * 2 ** (job.attempt - 1))
        held.update(state="queued", error=text, lease_until=timezone.now() + pause)


def run(job_id):
    """What the worker's task does: claim, work, finish. Safe to run twice."""
    job = claim(job_id)
    if job is None:
        return
    try:
        store = catalogue.job(job.kind).work(job)
        finish(job, store)
    except JobStopped as error:
        fail(job, error, final=True)
    except Exception as error:
        log.exception("Job %s (%s) failed at attempt %s", job.pk, job.kind, job.attempt)
        fail(job, f"{type(error).__name__}: {error}", final=False)


def reconcile(limit=200):
    """Send again what is queued or whose lease has run out. Returns how many were sent."""
    now = timezone.now()
    due = Job.objects.filter(
        Q(state="queued") & (Q(lease_until=None) | Q(lease_until__lt=now)) | Q(state="running", lease_until__lt=now)
    ).order_by("id")
    sent = 0
    for pk in due.values_list("pk", flat=True)[:limit]:
        if not publish(pk, priority=6):  # what somebody has just asked for goes first
            break
        sent += 1
    return sent


def may_try_again(user, job):
    """Who asked for the work, and whoever may read the paper that it makes."""
    from . import documents

    paper = job.payload.get("document") if job.kind == "paper" else None
    return job.asked_by_id == user.pk or bool(paper and documents.readable_by(user).filter(uuid=paper).exists())


def try_again(job, *, by):
    """Queue a failed job once more; it stays with the one who asked first. Raises NotPermitted for one who may not read
    what it makes, TransitionRefused when it has not failed."""
    require(may_try_again, by, job)
    changed = Job.objects.filter(pk=job.pk, state="failed").update(
        state="queued", attempt=0, error="", lease_until=None, finished_at=None
    )
    if not changed:
        raise TransitionRefused(_("Pekerjaan ini tidak gagal; tidak perlu dicoba lagi."))
    transaction.on_commit(lambda: publish(job.pk), robust=True)


def queue_position(job):
    """How many queued jobs stand before this one."""
    return Job.objects.filter(state="queued", pk__lt=job.pk).count()


def beat(name, detail=""):
    """A sign of life, written by a worker."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now(), "detail": detail[:300]})
