"""The embedded services: where they lie, and that a start mends whatever a predecessor left."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from bawaslu_portal import embedded
from bawaslu_portal.embedded.places import SOCKET_LIMIT, Place


@pytest.fixture
def alone(monkeypatch):
    """A state folder of its own, with nothing configured; whatever runs in it at the end is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="portal-embedded-"))
    folder.chmod(0o711)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_STATE", str(folder))
    yield folder
    embedded.stop()
    shutil.rmtree(folder)


def _pids(folder):
    return [
        int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]),
        int((folder / "run" / "redis.pid").read_text()),
    ]


RUNNING = {"database": "running", "redis": "running"}


@pytest.mark.xdist_group("kills")
def test_a_start_is_repeatable_and_mends_what_was_killed_or_stopped(alone):
    embedded.start()
    assert embedded.status() == RUNNING
    first = _pids(alone)
    embedded.start()
    assert _pids(alone) == first
    for harm in (signal.SIGKILL, signal.SIGSTOP):
        for pid in _pids(alone):
            os.kill(pid, harm)
        embedded.start()
        assert embedded.status() == RUNNING
    embedded.stop()
    assert embedded.status() == {"database": "stopped", "redis": "stopped"}
    # Pid files that name a process of somebody else are not believed.
    (alone / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    (alone / "run" / "redis.pid").write_text(f"{os.getpid()}\n")
    embedded.start()
    assert embedded.status() == RUNNING


@pytest.mark.xdist_group("kills")
def test_two_who_start_at_once_get_the_same_services(alone):
    command = [sys.executable, "-m", "bawaslu_portal.embedded", "start"]
    starts = [subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [one.wait(60) for one in starts] == [0, 0, 0]
    assert embedded.status() == RUNNING


def test_nobody_else_may_enter_the_folder_of_the_sockets(alone):
    Place().make_folders()
    assert (alone / "run").stat().st_mode & 0o777 == 0o700


def test_a_long_path_gets_a_short_folder_for_its_sockets(monkeypatch):
    monkeypatch.setenv("PORTAL_STATE", "/srv/" + "x" * 120)
    run = Place().run
    assert len(str(run / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT
    monkeypatch.setenv("PORTAL_STATE", "/srv/" + "y" * 120)
    assert Place().run != run


def test_what_is_configured_wins_and_is_never_started(monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@db.example/portal")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example/1")
    assert embedded.database_url() == "postgresql://u@db.example/portal"
    assert embedded.redis_url() == "redis://redis.example/1"
    assert set(embedded.status().values()) == {"configured elsewhere"}
    monkeypatch.setattr(Place, "make_folders", lambda self: None)
    (tmp_path / "run").mkdir()
    embedded.start()
    assert not (tmp_path / "postgres").exists()


def test_the_secret_key_is_kept_and_closed(alone):
    key = embedded.secret_key()
    assert len(key) >= 60
    assert embedded.secret_key() == key
    assert (alone / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_private_state_folder_will_do_where_the_services_are_elsewhere(monkeypatch, tmp_path):
    tmp_path.chmod(0o700)
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    assert embedded.secret_key() == embedded.secret_key()


def test_the_database_sorts_by_the_builtin_locale(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datlocprovider, datlocale, current_setting('fsync') "
            "FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", "off")


def test_a_port_is_never_opened(alone):
    embedded.start()
    assert "listen_addresses = ''" in (alone / "postgres" / "postgresql.auto.conf").read_text()
    assert 'port "0"' in (alone / "redis.conf").read_text()
