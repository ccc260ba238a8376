"""Section 3.2 with a real worker: the outcome of a decided submission reaches the handler of its kind, once."""

import os
import subprocess
import sys
import uuid
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Job, Notice
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit, signed_in
from bawaslu_portal.kernel.tests.test_workers import broker, kill, until  # noqa: F401 - a fixture
from plenos import intake, lifecycle

from .factories import WHEN, make_draft, sign_all, words
from .trial import KIND

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    return make_cast(make_unit("74.71"))


@pytest.fixture
def worker(broker, tmp_path):  # noqa: F811
    """A worker in a process of its own, which knows the kind of the trial."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker.url}
    environment |= {"PORTAL_STORAGE": str(settings.PORTAL_STORAGE), "PORTAL_JOB_LEASE": "2"}
    started = []

    def start():
        command = [sys.executable, "-m", "celery", "-A", "plenos.tests.trial", "worker", "-c", "1", "-B"]
        command += ["-s", str(tmp_path / "beat"), "--without-gossip", "--without-mingle"]
        with (tmp_path / "worker.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)

    yield start
    for process in started:
        kill(process)


def ratified(cast):
    """A pleno that decided a programme, ratified while no worker is there."""
    submission = intake.submit(
        cast.unit, by=cast.staff, asking=cast.unit, kind=KIND, thing=uuid.uuid4(), label="Program triwulan III"
    )
    pleno = make_draft(cast, agenda=[])
    lifecycle.intake.place(submission, by=cast.secretary, pleno=pleno)
    with clock.at(WHEN):
        lifecycle.record_late(pleno, by=cast.secretary)
        lifecycle.open_session(pleno, by=cast.secretary, happened_at=WHEN)
        item = pleno.items.get()
        lifecycle.decide(item, by=cast.secretary, category="plan", text="Menetapkan program.", happened_at=WHEN)
        lifecycle.close(pleno, by=cast.secretary, happened_at=WHEN)
        lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    lifecycle.ratify(pleno, by=cast.chair)
    return submission, pleno


def test_the_outcome_reaches_its_kind_once_a_worker_is_there(cast, worker):
    submission, pleno = ratified(cast)
    job = Job.objects.get(kind="outcome")
    assert (job.state, pleno.state) == ("queued", "ratified")
    assert not Notice.objects.filter(kind="uji_decided").exists()
    page = signed_in(Client(), cast.staff).get(submission.get_absolute_url())
    assert "Diputus, sedang dicatat" in words(page)
    worker()
    until(lambda: Job.objects.get(pk=job.pk).state == "done", "the outcome is recorded")
    notice = Notice.objects.get(kind="uji_decided")
    assert notice.user == cast.staff
    assert notice.text == f"Program ditetapkan dengan {pleno.decisions.get().reference}."
    page = signed_in(Client(), cast.staff).get(submission.get_absolute_url())
    assert "sedang dicatat" not in words(page)
