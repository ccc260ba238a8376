"""PostgreSQL 18 and Redis for a machine on which nothing is configured.

Standard library only, so that scripts and settings can use it before anything else is loaded. ``DATABASE_URL`` and
``REDIS_URL`` always win; whatever they name is never started or stopped here. Typed as a command::

    python -m bawaslu_portal.embedded start|stop|status [--tests]

Both services listen on Unix sockets only, in a folder that no other user may enter. Everything they keep lies in the
state folder, which is derived from the checkout's path: two checkouts never meet.
"""

import contextlib
import os
import secrets

from bawaslu_portal.embedded.places import EmbeddedError, Place, state_dir
from bawaslu_portal.embedded.postgres import Postgres, postgres_binaries
from bawaslu_portal.embedded.redis import Redis, redis_binary

__all__ = [
    "EmbeddedError",
    "database_url",
    "ensure_test_services",
    "postgres_binaries",
    "read_server_environment",
    "redis_binary",
    "redis_url",
    "secret_key",
    "start",
    "state_dir",
    "status",
    "stop",
]


def database_url() -> str:
    """Return ``DATABASE_URL``, else the address of the embedded database (libpq form, through its socket folder)."""
    return os.environ.get("DATABASE_URL") or Postgres().url


def redis_url() -> str:
    """Return ``REDIS_URL``, else the address of the embedded Redis."""
    return os.environ.get("REDIS_URL") or Redis().url


def secret_key() -> str:
    """Return the secret key kept in the state folder (readable by its owner only), drawn at random when missing."""
    place = Place()
    path = place.base / "secret-key"
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    place.make_base()
    fresh = path.with_name(f"secret-key-{os.getpid()}-{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(60) + "\n")
    with contextlib.suppress(FileExistsError):  # somebody else was first: theirs holds
        os.link(fresh, path)
    fresh.unlink()
    return path.read_text().strip()


def read_server_environment() -> None:
    """Take over as defaults the settings with which script/server last ran (its address and port among them).

    Nothing is taken where the database is configured elsewhere: then the operator's own environment speaks.
    """
    if os.environ.get("DATABASE_URL"):
        return
    with contextlib.suppress(OSError):
        for line in (state_dir() / "server.env").read_text().splitlines():
            name, _, value = line.partition("=")
            os.environ.setdefault(name, value)


def start(tests: bool = False) -> None:
    """Start what the environment does not name and is not running yet; safe to call at any time, also at once.

    Raises EmbeddedError with a sentence where a part cannot be started. PostgreSQL is started first, so that it runs
    even where no Redis is to be had.
    """
    with Place(tests).locked():
        if not os.environ.get("DATABASE_URL"):
            Postgres(tests).start()
        if not os.environ.get("REDIS_URL"):
            Redis(tests).start()


def stop(tests: bool = False) -> None:
    """Stop both embedded services; nothing happens where none runs."""
    place = Place(tests)
    if place.base.is_dir():
        with place.locked():
            Redis(tests).stop()
            Postgres(tests).stop()


def status(tests: bool = False) -> dict[str, str]:
    """Return for ``database`` and ``redis`` one of: running, stopped, configured elsewhere."""
    answer = {}
    for name, variable, service in (("database", "DATABASE_URL", Postgres), ("redis", "REDIS_URL", Redis)):
        if os.environ.get(variable):
            answer[name] = "configured elsewhere"
        else:
            answer[name] = "running" if service(tests).answers() else "stopped"
    return answer


def ensure_test_services() -> tuple[str, str]:
    """Start the services of the tests (fsync off, their own folder) and return the URLs of database and Redis.

    ``DATABASE_URL`` and ``REDIS_URL`` win here too. A call costs some milliseconds when both already run.
    """
    start(tests=True)
    return os.environ.get("DATABASE_URL") or Postgres(True).url, os.environ.get("REDIS_URL") or Redis(True).url
