"""Real Redis, real worker in its own process: killed in mid-render, emptied, stopped; nothing that was asked is lost.

What stands in PostgreSQL afterwards is asked by SQL.
"""

import datetime
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.test import Client
from redis import Redis

from bawaslu_portal import celery as portal_celery
from bawaslu_portal.embedded import redis_binary
from bawaslu_portal.kernel import documents, jobs, pdf
from bawaslu_portal.kernel.models import Document
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit, signed_in
from plenos.tests.factories import WHEN, make_draft, make_invited

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.django_db(transaction=True)]
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def pango():
    missing = pdf.available()
    if missing:
        pytest.skip(missing)


def until(condition, what, seconds=120):  # generous: a loaded machine starts a worker slowly
    """Wait until ``condition()`` is true; gives its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return value


def sql(statement):
    """The rows that PostgreSQL gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def count(where):
    return sql(f"SELECT count(*) FROM kernel_job WHERE kind = 'paper' AND {where}")[0][0]  # noqa: S608


@pytest.fixture
def broker(tmp_path_factory, monkeypatch):
    """A Redis of our own that may be emptied and stopped, and this process's Celery pointed at it."""
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "r.sock"
    process = subprocess.Popen(
        [redis_binary(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    redis = Redis(unix_socket_path=str(socket), socket_timeout=5)
    until(socket.exists, "Redis is there")
    until(redis.ping, "Redis answers")
    url = f"redis+socket://{socket}"
    own = Celery("portal-under-test", broker=url)
    names = ("task_publish_retry", "task_ignore_result", "broker_transport_options", "broker_connection_timeout")
    own.conf.update({name: portal_celery.app.conf[name] for name in names})
    monkeypatch.setattr(portal_celery, "app", own)
    monkeypatch.setattr(jobs, "_silent_until", 0.0)
    redis.url, redis.process = url, process
    yield redis
    own.close()
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait(10)


@pytest.fixture
def worker(broker, tmp_path):
    """Starts a Celery worker with its beat, in a process group of its own: worker() -> Popen."""
    started = []
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": broker.url,
        "PORTAL_STORAGE": str(settings.PORTAL_STORAGE),
        "PORTAL_JOB_LEASE": "2",
    }

    def start():
        command = [sys.executable, "-m", "celery", "-A", "bawaslu_portal.celery", "worker", "-c", "2", "-B"]
        command += ["-s", str(tmp_path / f"beat-{len(started)}"), "--without-gossip", "--without-mingle"]
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return started[-1]

    yield start
    for process in started:
        kill(process)


def kill(process):
    """End the worker and its children at once, as a power cut would."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait(10)


def all_papers_are_made_once(asked):
    """From SQL: as many artefacts as were asked for, each once, and each readable."""
    until(lambda: count("state = 'done'") == asked, f"{asked} papers are done")
    assert sql("SELECT count(*), count(DISTINCT key) FROM kernel_job") == [(asked, asked)]
    assert sql("SELECT count(*), count(file_id), count(DISTINCT id) FROM kernel_document") == [(asked, asked, asked)]
    assert sql("SELECT count(*) FROM kernel_storedfile") == sql("SELECT count(DISTINCT file_id) FROM kernel_document")
    for document in Document.objects.select_related("file"):
        assert documents.read(document.file).startswith(b"%PDF-")


def test_a_worker_killed_in_mid_render_and_an_emptied_redis_lose_nothing(broker, worker, pango):
    cast = make_cast(make_unit("74.71"))
    for week in range(6):
        make_invited(cast, when=WHEN + week * WEEK)
    asked = sql("SELECT count(*) FROM kernel_document")[0][0]
    assert asked == 12
    assert count("state = 'queued'") == asked
    first = worker()
    until(lambda: count("state = 'done'") and count("state = 'running'"), "one is done, another in the making")
    kill(first)
    cut_off = sql("SELECT id FROM kernel_job WHERE state = 'running'")
    assert cut_off, "it was killed in mid-render"
    assert count("state <> 'done'") > len(cut_off)
    broker.flushall()
    worker()
    all_papers_are_made_once(asked)
    assert count("attempt >= 2") >= 1
    again = {row[0] for row in sql("SELECT id FROM kernel_job WHERE attempt >= 2")}
    assert {row[0] for row in cut_off} <= again


def test_a_hanging_redis_delays_no_page_and_loses_nothing(broker, worker, pango, monkeypatch):
    cast = make_cast(make_unit("74.71"))
    plenos = [make_draft(cast, when=datetime.datetime.now(datetime.UTC) + (n + 2) * WEEK) for n in range(2)]
    client = signed_in(Client(), cast.secretary)
    broker.process.send_signal(signal.SIGSTOP)
    took = []

    def timed(ask, *args, **kwargs):
        began = time.monotonic()
        answer = ask(*args, **kwargs)
        took.append(time.monotonic() - began)
        return answer

    for pleno in plenos:
        answer = timed(client.post, pleno.address("plenos:invite"), {"dated": ""})
        assert answer.status_code == 302
        pleno.refresh_from_db()
        assert pleno.state == "invited"
    assert jobs.broker_trouble()
    page = timed(client.get, plenos[0].get_absolute_url())
    assert page.status_code == 200
    assert "broker-trouble" in page.content.decode() or page.context["portal"].broker_trouble
    assert took[0] < 5, "the first notices the silence, within its timeouts"
    assert max(took[1:]) < 3, "the later ones do not ask again"
    assert count("state = 'queued'") == 4
    broker.process.send_signal(signal.SIGCONT)
    worker()
    all_papers_are_made_once(4)
