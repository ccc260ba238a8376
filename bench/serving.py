"""What the measurements share: a database of their own, gunicorn, and one kept connection that asks."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def settings(**more):
    """Set what the portal reads from its environment, before Django is set up."""
    os.environ |= {
        "PORTAL_HTTPS": "0",
        "DJANGO_SETTINGS_MODULE": "bawaslu_portal.settings",
        "PORTAL_LOG_LEVEL": "WARNING",
        **more,
    }


@contextlib.contextmanager
def own_folder():
    """A state folder for temporary files, thrown away at the end."""
    state = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    state.chmod(0o711)
    try:
        yield state
    finally:
        shutil.rmtree(state, ignore_errors=True)


@contextlib.contextmanager
def database(state):
    """The embedded services of a state folder, and of nothing else; stopped at the end."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    settings(PORTAL_STATE=str(state))
    from bawaslu_portal import embedded

    embedded.start()
    try:
        yield
    finally:
        embedded.stop()


@contextlib.contextmanager
def own_database():
    """An empty embedded database, thrown away at the end."""
    with own_folder() as state, database(state):
        yield state


def forget():
    """Put the files of the stopped database out of the system's memory, where it can be asked to (Linux)."""
    for path in (Path(os.environ["PORTAL_STATE"]) / "postgres").rglob("*"):
        if path.is_file() and hasattr(os, "posix_fadvise"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextlib.contextmanager
def server():
    """gunicorn as it is deployed, but with the stop-watch; gives a connection to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{port}", "--pythonpath", "bench", "measured:application"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                line.connect()
                break
            time.sleep(0.1)
        yield line
    finally:
        process.terminate()
        process.wait(30)


def ask(line, path, cookie):
    """(milliseconds in the server, queries, body) of one page. Raises RuntimeError for any answer but 200."""
    line.request("GET", path, headers={"Host": "localhost", "Cookie": f"sessionid={cookie}"})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return float(answer.headers["Server-Timing"].partition("dur=")[2]), int(answer.headers["X-Queries"]), body


def session_of(user):
    """The cookie of a signed-in session."""
    from django.test import Client

    from bawaslu_portal.kernel.tests.factories import signed_in

    return signed_in(Client(), user).cookies["sessionid"].value
