"""Backup and restore: the round trip into another database, and every way in which an archive may be wrong."""

import hashlib
import io
import os
import subprocess
import sys
import tarfile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from bawaslu_portal.kernel import archive, documents, guards, ledger
from bawaslu_portal.kernel.tests.factories import make_organisation, make_person

CONTENT = b"%PDF-1.7 bytes of a paper"


@pytest.fixture
def written(transactional_db):
    """A unit with a person, three ledger lines and one stored file, committed."""
    unit = make_organisation("74.71")
    user = make_person(unit, "chair", "Ketua Uji")
    with transaction.atomic():
        for state in ("draft", "invited", "open"):
            ledger.record(unit, "uji.ubah", unit, by=user, after=state)
        documents.register(documents.write_bytes(CONTENT), len(CONTENT), "application/pdf")
    return unit


@pytest.fixture
def elsewhere(tmp_path):
    """Run a management command against an empty database and storage of its own; gives (run, storage)."""
    name = f"{connection.settings_dict['NAME']}_restored"
    host = connection.settings_dict["OPTIONS"].get("host") or connection.settings_dict["HOST"]
    url = f"postgresql://{connection.settings_dict['USER']}@/{name}?host={host}"
    storage = tmp_path / "storage"

    def _sql(statement):
        archive._client("psql", "-X", "-q", "-d", "postgres", "-c", statement)

    def _run(*arguments):
        environment = {**os.environ, "DATABASE_URL": url, "PORTAL_STORAGE": str(storage), "PORTAL_TESTS": "1"}
        command = [sys.executable, "manage.py", *map(str, arguments)]
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    _sql(f'DROP DATABASE IF EXISTS "{name}"')
    _sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield _run, storage
    _sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def _back_up(tmp_path, name="portal.tar"):
    call_command("backup", tmp_path / name, stdout=io.StringIO())
    return tmp_path / name


def _changed(source, target, member, content):
    """A copy of an archive in which one member has other bytes."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old:
            inside = old.extractfile(entry).read()
            if entry.name == member:
                inside = content
                entry.size = len(content)
            new.addfile(entry, io.BytesIO(inside))
    return target


def test_round_trip_into_an_empty_database_and_again_over_it(written, tmp_path, elsewhere):
    run, storage = elsewhere
    file = _back_up(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    restored = run("restore", file)
    assert restored.returncode == 0, restored.stderr
    assert "3 entries intact" in restored.stdout
    (stored,) = [path for path in storage.rglob("*") if path.is_file()]
    assert stored.read_bytes() == CONTENT

    refused = run("restore", file)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    second = run("backup", tmp_path / "second.tar")
    assert second.returncode == 0, second.stderr
    replaced = run("restore", "--replace", tmp_path / "second.tar")
    assert replaced.returncode == 0, replaced.stderr
    assert "3 entries intact" in replaced.stdout


def test_the_guards_of_the_ledger_come_back_with_a_restore(written, tmp_path, elsewhere):
    run, _ = elsewhere
    assert run("restore", _back_up(tmp_path)).returncode == 0
    ask = "SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(ask)
        here = [row[0] for row in cursor]
    there = run(
        "shell",
        "-v",
        "0",
        "-c",
        f"""
from django.db import connection
cursor = connection.cursor()
cursor.execute({ask!r})
print(*[row[0] for row in cursor], sep=chr(10))
""",
    )
    assert here
    assert there.stdout.split() == here


def test_a_changed_ledger_line_is_named_after_the_restore(written, tmp_path, elsewhere):
    run, _ = elsewhere
    with connection.cursor() as cursor:
        guards.lift(cursor)
        cursor.execute("UPDATE kernel_ledgerentry SET action = 'uji.lain' WHERE seq = 2")
        guards.restore(cursor)
    restored = run("restore", _back_up(tmp_path))
    assert restored.returncode == 1
    assert "74.71 #2" in restored.stderr


@pytest.mark.parametrize("member", ["database.dump", "storage"])
def test_a_changed_archive_is_refused_before_anything_is_touched(written, tmp_path, member):
    file = _back_up(tmp_path)
    if member == "storage":
        with tarfile.open(file) as archived:
            member = next(name for name in archived.getnames() if name.startswith("storage/"))
    broken = _changed(file, tmp_path / "broken.tar", member, b"something else")
    before = archive.heads()
    with pytest.raises(CommandError, match="nothing was restored"):
        call_command("restore", broken, replace=True)
    assert archive.heads() == before


def test_an_archive_with_a_foreign_member_is_refused(written, tmp_path):
    file = _back_up(tmp_path)
    with tarfile.open(file, "a") as add:
        member = tarfile.TarInfo("../../etc/cron.d/evil")
        member.size = 1
        add.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(CommandError, match="unknown"):
        call_command("restore", file, replace=True)


def test_what_is_no_archive_is_refused(db, tmp_path):
    (tmp_path / "letter.tar").write_text("Dengan hormat")
    with pytest.raises(CommandError, match="no archive"):
        call_command("restore", tmp_path / "letter.tar")


def test_a_lost_stored_file_stops_the_backup_and_keeps_the_older_one(written, tmp_path):
    file = _back_up(tmp_path)
    older = file.read_bytes()
    documents.path_of(hashlib.sha256(CONTENT).hexdigest()).unlink()
    with pytest.raises(CommandError, match="missing or changed"):
        call_command("backup", file)
    assert file.read_bytes() == older
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".backup")) == []
