"""The health check: 200 only when all is well, a sentence for what is not, in time also when a part hangs."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from bawaslu_portal import embedded, health
from bawaslu_portal.kernel import clock, pdf
from bawaslu_portal.kernel.models import Heartbeat


@pytest.fixture
def all_well(transactional_db, monkeypatch):
    """A worker that has just given a sign of life, on a machine where papers can be made."""
    monkeypatch.setattr(pdf, "available", lambda: None)
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})


def test_all_well_is_200_without_signing_in(all_well, client):
    answer = client.get("/sehat/")
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "ok", "pdf": "ok"}
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_https_is_not_asked_of_a_machine(all_well, client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sehat/").status_code == 200


@pytest.mark.parametrize("silent", [None, timedelta(minutes=5)])
def test_a_silent_worker_is_named(all_well, client, silent):
    if silent is None:
        Heartbeat.objects.all().delete()
    else:
        Heartbeat.objects.update(at=clock.now() - silent)
    answer = client.get("/sehat/")
    assert answer.status_code == 503
    assert {name for name, state in answer.json().items() if state != "ok"} == {"worker"}


def test_without_pango_only_pdf_is_not_ok_and_says_what_to_type(all_well, client, monkeypatch):
    monkeypatch.setattr(pdf, "available", lambda: f"Pango tidak ditemukan. Ketik: {pdf.INSTALL}")
    answer = client.get("/sehat/")
    assert answer.status_code == 503
    assert {name for name, state in answer.json().items() if state != "ok"} == {"pdf"}
    assert "apt-get install" in answer.json()["pdf"]


def test_an_absent_redis_is_named(all_well, client, settings):
    settings.REDIS_URL = "redis+socket:///nowhere/redis.sock"
    answer = client.get("/sehat/")
    assert {name for name, state in answer.json().items() if state != "ok"} == {"broker"}


def test_a_part_that_hangs_holds_one_thread_however_often_it_is_asked():
    entered = []

    def slow():
        entered.append(1)
        time.sleep(0.5)
        return "ok"

    probe = health.Probe(slow)
    asked = [probe.ask() for _ in range(20)]
    assert all(one.done.wait(2) for one in asked)
    assert len(entered) == 1
    assert probe.ask().done.wait(2)
    assert len(entered) == 2


@pytest.fixture
def own_services(monkeypatch):
    """A PostgreSQL and a Redis that a test may stop; gives their URLs and their processes."""
    folder = Path(tempfile.mkdtemp(prefix="portal-health-"))
    folder.chmod(0o711)

    def _there(verb):
        with monkeypatch.context() as patch:
            for name in ("DATABASE_URL", "REDIS_URL"):
                patch.delenv(name)
            patch.setenv("PORTAL_STATE", str(folder))
            verb()
            return {"DATABASE_URL": embedded.database_url(), "REDIS_URL": embedded.redis_url()}

    try:
        urls = _there(embedded.start)
        yield (
            urls,
            {
                "database": int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]),
                "broker": int((folder / "run" / "redis.pid").read_text()),
            },
        )
    finally:
        _there(embedded.stop)
        shutil.rmtree(folder)


@pytest.fixture
def own_server(own_services):
    """Gunicorn on services of its own; gives (ask, processes)."""
    urls, processes = own_services
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "bawaslu_portal.wsgi"]
    server = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env={**os.environ, **urls}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def _ask():
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        began = time.monotonic()
        try:
            line.request("GET", "/sehat/", headers={"Host": "localhost"})
            answer = line.getresponse()
            return answer.status, json.loads(answer.read()), time.monotonic() - began
        finally:
            line.close()

    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                _ask()
                break
            except OSError:
                assert time.monotonic() < deadline, "gunicorn does not answer"
                time.sleep(0.1)
        yield _ask, processes
    finally:
        server.terminate()
        server.wait(20)


@pytest.mark.xdist_group("kills")
@pytest.mark.parametrize("part", ["database", "broker"])
def test_a_stopped_part_is_named_within_two_seconds_and_well_again_afterwards(own_server, part):
    ask, processes = own_server
    assert ask()[1][part] == "ok"
    os.kill(processes[part], signal.SIGSTOP)
    try:
        for _ in range(3):
            status, states, seconds = ask()
            assert status == 503
            assert states[part] != "ok"
            assert seconds < 2
    finally:
        os.kill(processes[part], signal.SIGCONT)
    deadline = time.monotonic() + 10
    while ask()[1][part] != "ok":
        assert time.monotonic() < deadline
        time.sleep(0.1)
