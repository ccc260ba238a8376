"""One file with everything: the database, the storage, and a manifest that says what must be in it.

The archive is an uncompressed tar: ``manifest.json``, ``database.dump`` (pg_dump, custom format) and
``storage/<sha256>``. The database is dumped first: bytes are stored before the row that names them is committed and
never changed, so every file that the dump names is among those copied afterwards.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from bawaslu_portal import embedded

from . import clock, documents
from .models import LedgerHead, StoredFile

FORMAT = 1
LOCK_TIMEOUT = "15s"  # a portal that still runs holds locks: then say so instead of waiting for it
NAME = re.compile(r"storage/[0-9a-f]{64}")


class ArchiveError(Exception):
    """The archive cannot be written, or is not what its manifest says; the message is for the operator."""


def client(name):
    """Return the path of a PostgreSQL client program: the embedded one, which is newest, else that on the PATH.

    Raises ArchiveError where there is none.
    """
    try:
        return str(embedded.postgres_binaries() / name)
    except embedded.EmbeddedError:
        found = shutil.which(name)
    if not found:
        raise ArchiveError(f"{name} was not found: install the PostgreSQL client programs.")
    return found


def _client(name, *arguments, **options):
    """Run a client program against the configured database; its words become the message of an ArchiveError."""
    told = connection.settings_dict
    values = {
        "PGHOST": told.get("OPTIONS", {}).get("host") or told["HOST"],
        "PGPORT": told["PORT"],
        "PGUSER": told["USER"],
        "PGPASSWORD": told["PASSWORD"],
        "PGDATABASE": told["NAME"],
        "PGSSLMODE": told.get("OPTIONS", {}).get("sslmode"),
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment |= {key: str(value) for key, value in values.items() if value}
    done = subprocess.run([client(name), *arguments], env=environment, capture_output=True, check=False, **options)
    if done.returncode:
        raise ArchiveError(f"{name} failed: {done.stderr.decode(errors='replace').strip()[-2000:]}")


def _sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def heads():
    """Return the last sequence and hash of every chain: a chain alone does not see its last lines missing."""
    return {head.organisation: [head.seq, head.hash] for head in LedgerHead.objects.order_by("organisation")}


def write(target):
    """Write the archive to ``target`` (mode 0600, whole or not at all) and return its manifest.

    Raises ArchiveError where the database cannot be dumped or a stored file is missing or changed.
    """
    target = Path(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / "database.dump"
        before = heads()
        _client("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(dump))
        manifest = {
            "format": FORMAT,
            "made_at": clock.now().isoformat(),
            "database": _sha256(dump),
            "ledger": before,
            "files": dict(StoredFile.objects.order_by("sha256").values_list("sha256", "size")),
        }
        fresh = Path(folder) / "archive.tar"
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as archive:
                text = json.dumps(manifest, indent=1, sort_keys=True).encode()
                head = tarfile.TarInfo("manifest.json")
                head.size = len(text)
                archive.addfile(head, io.BytesIO(text))
                archive.add(dump, "database.dump")
                for sha256 in manifest["files"]:
                    path = documents.path_of(sha256)
                    if not path.is_file() or _sha256(path) != sha256:
                        raise ArchiveError(f"The stored file {sha256} is missing or changed.")
                    archive.add(path, f"storage/{sha256}")
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    return manifest


def _unpack(source, folder):
    """Unpack into ``folder`` and return the manifest; raises ArchiveError where anything differs from it."""
    seen = {}
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                expected = member.name in {"manifest.json", "database.dump"} or NAME.fullmatch(member.name)
                if not member.isfile() or not expected:
                    raise ArchiveError(f"The archive holds something unknown: {member.name}")
                path = folder / member.name.replace("/", "-")
                with archive.extractfile(member) as inside, open(path, "wb") as file:
                    shutil.copyfileobj(inside, file)
                seen[member.name] = _sha256(path)
        manifest = json.loads((folder / "manifest.json").read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ArchiveError(f"{source} is no archive of the portal: {error}") from error
    if manifest.get("format") != FORMAT:
        raise ArchiveError("The archive was made by another version of the portal.")
    expected = {f"storage/{sha256}": sha256 for sha256 in manifest["files"]} | {"database.dump": manifest["database"]}
    for name, sha256 in expected.items():
        if seen.get(name) != sha256:
            raise ArchiveError(f"{name} is missing from the archive or changed: nothing was restored.")
    return manifest


def _for_older_servers(script):
    """Leave out of a script made by newer programs the one setting that a server before PostgreSQL 17 does not know."""
    whole = script.with_suffix(".whole")
    script.rename(whole)
    with open(whole, "rb") as old, open(script, "wb") as new:
        for line in old:
            if line != b"SET transaction_timeout = 0;\n":
                new.write(line)
            else:
                break
        shutil.copyfileobj(old, new)


def holds_people():
    """Say whether the database in use already has accounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('kernel_user')")
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute("SELECT EXISTS (SELECT FROM kernel_user)")
        return cursor.fetchone()[0]


def read(source, replace=False):
    """Put back database and storage from an archive, verify both, and return its manifest.

    Everything is checked against the manifest before the database is touched, and the database is exchanged in one
    transaction. Raises ArchiveError where something is wrong or, without ``replace``, where there are people already;
    CommandError where the ledger does not verify afterwards.
    """
    if not replace and holds_people():
        raise ArchiveError("This database holds people: give --replace to delete all of it first.")
    with tempfile.TemporaryDirectory(prefix="portal-restore-") as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        script = folder / "restore.sql"
        _client("pg_restore", "--no-owner", "--no-privileges", "--file", str(script), str(folder / "database.dump"))
        clear = folder / "clear.sql"
        clear.write_text(
            f"SET lock_timeout = '{LOCK_TIMEOUT}'; SET client_min_messages = warning;\n"
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
        )
        _for_older_servers(script)
        for sha256 in manifest["files"]:
            documents.write_bytes((folder / f"storage-{sha256}").read_bytes())
        connection.close()
        _client("psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(clear), "-f", str(script))
    call_command("migrate", interactive=False, verbosity=0)
    found = heads()
    if found != manifest["ledger"]:
        changed = sorted(code for code in found | manifest["ledger"] if found.get(code) != manifest["ledger"].get(code))
        # Lines written while the backup ran lengthen a chain; a shorter one has lost some.
        lost = [code for code in changed if found.get(code, [0])[0] < manifest["ledger"].get(code, [0])[0]]
        if lost:
            raise ArchiveError(f"The ledger ends earlier than the manifest says: {', '.join(lost)}")
    for stored in StoredFile.objects.iterator():
        path = documents.path_of(stored.sha256)
        if not path.is_file() or _sha256(path) != stored.sha256:
            raise ArchiveError(f"The stored file {stored.sha256} is missing after the restore.")
    return manifest
