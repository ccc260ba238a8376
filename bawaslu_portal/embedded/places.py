"""Where the embedded services keep their things, and the account that owns them."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SOCKET_LIMIT = 106  # sun_path holds 108 bytes with its closing NUL; one is kept free
START_DEADLINE = 30  # seconds


class EmbeddedError(RuntimeError):
    """A service could not be started or stopped; the message says what to do."""


def state_dir() -> Path:
    """Return the folder outside the checkout that holds database, storage, sockets and logs (it may not exist yet)."""
    if chosen := os.environ.get("PORTAL_STATE"):
        return Path(chosen).expanduser().resolve()
    name = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    if os.geteuid() == 0:
        return Path("/var/lib/bawaslu-portal") / name
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "bawaslu-portal" / name


def package_folder(name: str) -> Path | None:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


class Place:
    """The folders of one set of services: that of the portal or, with ``tests``, the fast one of the tests."""

    def __init__(self, tests: bool = False):
        self.tests = tests

    @property
    def base(self) -> Path:
        return state_dir() / "tests" if self.tests else state_dir()

    @property
    def run(self) -> Path:
        """The folder of the sockets; a short one under /tmp where the state folder's path is too long for a socket."""
        near = self.base / "run"
        if len(os.fsencode(near / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT:
            return near
        name = hashlib.sha256(str(self.base).encode()).hexdigest()[:12]
        return Path("/tmp") / f"bawaslu-portal-{os.geteuid()}-{name}"  # noqa: S108 (owner and mode are checked)

    @property
    def logs(self) -> Path:
        """What the servers themselves write; apart from the portal's own logs, since another account owns it."""
        return self.base / "log-services"

    @property
    def account(self) -> pwd.struct_passwd | None:
        """The unprivileged account the servers run as when we are root (PostgreSQL refuses root), else None."""
        if os.geteuid() != 0:
            return None
        with contextlib.suppress(FileNotFoundError, KeyError):
            owner = pwd.getpwuid((self.base / "postgres").stat().st_uid)  # a cluster made earlier keeps its owner
            if owner.pw_uid != 0:
                return owner
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise EmbeddedError("Neither the account postgres nor nobody exists: run as an ordinary user.")

    def own_folder(self, folder: Path, mode: int = 0o700) -> None:
        """Make a folder for the servers' account; refuses one that somebody else has put there."""
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        owner = self.account.pw_uid if self.account else os.geteuid()
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to somebody else: remove it or choose another PORTAL_STATE.")
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        folder.chmod(mode)

    def make_base(self) -> None:
        """Make the state folder itself."""
        for folder in dict.fromkeys((state_dir(), self.base)):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                # As root the servers' account must pass through; it sees no names, and each part guards itself.
                folder.chmod(0o711 if self.account else 0o700)

    def make_folders(self) -> None:
        """Make the state folder and those of sockets and logs; raises EmbeddedError where the account cannot enter."""
        self.make_base()
        if self.account and self.as_account(["test", "-x", str(self.base)], check=False).returncode:
            raise EmbeddedError(
                f"The account {self.account.pw_name}, as which PostgreSQL runs, cannot reach {self.base}: "
                "choose a PORTAL_STATE outside private folders."
            )
        for folder in (self.run, self.logs):
            self.own_folder(folder)
        for log in self.logs.glob("*.log"):
            if log.lstat().st_size > 20_000_000:
                self.as_account(["truncate", "--size=0", str(log)])

    @contextlib.contextmanager
    def locked(self):
        """Let one process at a time start or stop these services."""
        self.make_folders()
        with open(self.base / "embedded.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def as_account(self, command: list[str], check: bool = True, **options) -> subprocess.CompletedProcess:
        """Run a command as the servers' account with a clean environment; its words go into the error's message."""
        if self.account:
            options |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(self.base)}
        done = subprocess.run(
            command,
            cwd=self.base,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **options,
        )
        if check and done.returncode:
            raise EmbeddedError(f"{Path(command[0]).name} failed: {done.stdout.strip()[-2000:]} (logs: {self.logs})")
        return done

    def reachable(self, binary: Path, tree: Path, beside: tuple[Path, ...] = ()) -> Path:
        """Return the binary, or its copy in the state folder where the servers' account cannot run it.

        A virtual environment under a private folder, such as root's home, is closed to that account. ``tree`` is
        copied together with what lies ``beside`` it, in the same relative places, since libraries are found so.
        """
        if not self.account:
            return binary
        with contextlib.suppress(PermissionError):
            if self.as_account([str(binary), "--version"], check=False).returncode == 0:
                return binary
        place = state_dir() / "binaries"
        place.mkdir(mode=0o755, exist_ok=True)
        place.chmod(0o755)
        names = str(tree) + str(tree.stat().st_mtime_ns)
        copy = place / f"{tree.name}-{hashlib.sha256(names.encode()).hexdigest()[:12]}"
        if not copy.is_dir():
            fresh = place / f"new-{os.getpid()}"
            shutil.rmtree(fresh, ignore_errors=True)
            root = tree.parent.parent
            for source in (tree, *beside):
                if source.is_dir():
                    shutil.copytree(source, fresh / source.relative_to(root), symlinks=True)
            for folder, _, files in os.walk(fresh):
                Path(folder).chmod(0o755)
                for file in files:
                    path = Path(folder, file)
                    if not path.is_symlink():
                        path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
            fresh.rename(copy)
        return copy / binary.relative_to(tree.parent.parent)


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until a process that is not our child has ended; a zombie counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False
