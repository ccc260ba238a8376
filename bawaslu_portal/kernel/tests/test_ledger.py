"""The hash chain: every change behind its back is named rightly, the guards refuse, appends never fork."""

import ast
import datetime
import io
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from bawaslu_portal.kernel import catalogue, clock, guards, ledger
from bawaslu_portal.kernel.models import LedgerEntry, LedgerHead, StoredFile
from bawaslu_portal.kernel.tests.factories import make_unit, person
from bawaslu_portal.kernel.tests.rules import parsed

LINES = 6
WITA = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture
def chain(kendari):
    """Six lines in the chain of Kendari, in the head's order."""
    by = person(kendari, "chair")
    for n in range(1, LINES + 1):
        ledger.record(kendari, "kernel.setting.change", kendari, by=by, key=f"kunci.{n}", since="2024-08-19")
    return kendari.code


@pytest.fixture
def without_guards(chain):
    """A superuser who has switched the guards off. They come back with the rollback of the test."""
    with connection.cursor() as cursor:
        guards.lift(cursor)
        yield cursor


def verdict(code):
    """What the command says: (exit code, its words)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_ledger", stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, err.getvalue()
    return 0, out.getvalue()


def test_an_intact_chain_is_counted(chain):
    assert ledger.verify(chain) == (LINES, None)
    assert verdict(chain) == (0, f"{LINES} entries intact\n")


def test_the_stored_bytes_are_what_was_hashed(chain):
    entry = LedgerEntry.objects.get(organisation=chain, seq=2)
    first = LedgerEntry.objects.get(organisation=chain, seq=1)
    assert entry.prev_hash == first.hash
    assert entry.hash == ledger.chain_hash(first.hash, bytes(entry.canonical))
    assert b'"key":"kunci.2"' in bytes(entry.canonical)


# Each column, and what somebody writes into it behind the chain's back.
CHANGES = {
    "action": "'kernel.number.cancel'",
    "thing_kind": "'kernel.user'",
    "thing": "'00000000-0000-4000-8000-000000000000'",
    "actor": "'00000000-0000-4000-8000-000000000000'",
    "at": "at + interval '1 microsecond'",
    "simulated": "NOT simulated",
    "canonical": "convert_to(replace(convert_from(canonical, 'UTF8'), 'kunci', 'curang'), 'UTF8')",
    "prev_hash": "repeat('0', 64)",
    "hash": "repeat('0', 64)",
}


def test_no_column_is_forgotten():
    columns = {f.name for f in LedgerEntry._meta.fields}
    # The id is PostgreSQL's own; organisation and seq are moved in tests of their own below.
    assert set(CHANGES) == columns - {"id", "organisation", "seq"}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("seq", [1, 4, LINES])
def test_each_changed_column_is_named(chain, without_guards, column, seq):
    without_guards.execute(
        f"UPDATE kernel_ledgerentry SET {column} = {CHANGES[column]} WHERE organisation = %s AND seq = %s",  # noqa: S608
        [chain, seq],
    )
    assert without_guards.rowcount == 1
    intact, broken = ledger.verify(chain)
    assert (broken.organisation, broken.seq, intact) == (chain, seq, seq - 1)
    code, words = verdict(chain)
    assert code == 1
    assert f"{chain} #{seq}:" in words


def test_a_line_moved_to_another_unit_is_missed_in_its_own_and_strange_in_the_other(chain, without_guards):
    without_guards.execute("UPDATE kernel_ledgerentry SET organisation = '74.04' WHERE seq = 3")
    assert ledger.verify(chain)[1].seq == 3
    assert ledger.verify("74.04")[1].seq == 1
    code, words = verdict(chain)
    assert code == 1
    assert f"{chain} #3:" in words
    assert "74.04 #1:" in words


def test_a_deleted_middle_line_is_named(chain, without_guards):
    without_guards.execute("DELETE FROM kernel_ledgerentry WHERE seq = 3")
    assert ledger.verify(chain) == (2, ledger.Break(chain, 3, "entry is missing"))
    assert verdict(chain)[0] == 1


def test_a_deleted_line_stays_named_when_the_later_ones_close_up(chain, without_guards):
    without_guards.execute("DELETE FROM kernel_ledgerentry WHERE seq = 3")
    without_guards.execute("UPDATE kernel_ledgerentry SET seq = seq - 1 WHERE seq > 3")
    assert ledger.verify(chain)[1].seq == 3
    assert f"{chain} #3:" in verdict(chain)[1]


@pytest.mark.parametrize("what", ["seq", "content"])
def test_two_swapped_lines_are_named(chain, without_guards, what):
    if what == "seq":
        without_guards.execute("UPDATE kernel_ledgerentry SET seq = 99 WHERE seq = 3")
        without_guards.execute("UPDATE kernel_ledgerentry SET seq = 3 WHERE seq = 4")
        without_guards.execute("UPDATE kernel_ledgerentry SET seq = 4 WHERE seq = 99")
    else:
        without_guards.execute(
            "UPDATE kernel_ledgerentry a SET canonical = b.canonical, action = b.action, thing = b.thing, at = b.at "
            "FROM kernel_ledgerentry b WHERE (a.seq, b.seq) IN ((3, 4), (4, 3))"
        )
    intact, broken = ledger.verify(chain)
    assert (broken.organisation, broken.seq, intact) == (chain, 3, 2)
    assert verdict(chain)[0] == 1


@pytest.mark.parametrize("last", [1, 2, LINES])
def test_deleted_last_lines_are_named_by_the_head(chain, without_guards, last):
    without_guards.execute("DELETE FROM kernel_ledgerentry WHERE seq > %s", [LINES - last])
    broken = ledger.verify(chain)[1]
    assert (broken.organisation, broken.seq) == (chain, LINES - last + 1)
    assert f"{chain} #{LINES - last + 1}:" in verdict(chain)[1]


def test_a_line_added_past_the_head_is_named(chain, without_guards):
    without_guards.execute("UPDATE kernel_ledgerhead SET seq = seq - 1")
    assert ledger.verify(chain)[1].seq == LINES
    without_guards.execute("DELETE FROM kernel_ledgerhead")
    assert ledger.verify(chain)[1].what == "the head of the chain is missing"


def test_a_changed_head_is_named_with_the_last_line(chain, without_guards):
    without_guards.execute("UPDATE kernel_ledgerhead SET hash = repeat('0', 64)")
    assert ledger.verify(chain)[1].seq == LINES


def test_a_whole_chain_written_anew_from_one_line_on_breaks_at_its_head(chain, without_guards):
    """One who recomputes the hashes of a forged line must also forge all later ones."""
    entry = LedgerEntry.objects.get(seq=3)
    forged = bytes(entry.canonical).replace(b"kunci", b"curang")
    without_guards.execute(
        "UPDATE kernel_ledgerentry SET canonical = %s, hash = %s WHERE seq = 3",
        [forged, ledger.chain_hash(entry.prev_hash, forged)],
    )
    assert ledger.verify(chain)[1].seq == 4


def test_other_units_stay_intact(chain, without_guards):
    other = make_unit("74.04")
    ledger.record(other, "kernel.setting.change", other, by=person(other, "chair"), key="a", since="b")
    without_guards.execute("UPDATE kernel_ledgerentry SET action = 'x' WHERE organisation = %s AND seq = 2", [chain])
    assert ledger.verify("74.04") == (1, None)
    assert ledger.verify(chain)[1].seq == 2


def test_a_line_of_a_story_told_in_local_time_verifies(kendari):
    by = person(kendari, "chair")
    with clock.at(datetime.datetime(2024, 8, 19, 10, 0, tzinfo=WITA)):
        entry = ledger.record(kendari, "kernel.setting.change", kendari, by=by, key="a", since="b")
    assert entry.simulated
    assert ledger.verify(kendari.code) == (1, None)


# --- guards --------------------------------------------------------------------------------------------

FORBIDDEN = [
    "UPDATE kernel_ledgerentry SET action = 'x'",
    "DELETE FROM kernel_ledgerentry",
    "TRUNCATE kernel_ledgerentry",
    "UPDATE kernel_storedfile SET size = 1",
    "DELETE FROM kernel_storedfile",
    "TRUNCATE kernel_storedfile CASCADE",
    "UPDATE kernel_setting SET source = 'x'",
    "DELETE FROM kernel_setting",
]


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_guards_refuse_a_superuser_also_in_replica_mode(chain, kendari, statement, role):
    StoredFile.objects.create(sha256="0" * 64, size=3, media_type="text/plain")
    kendari.settings.create(key="plenos.quorum", value=3, since=datetime.date(2024, 1, 1), source="keputusan")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        assert cursor.fetchone() == ("on",)
        cursor.execute(f"SET LOCAL session_replication_role = {role}")
        with pytest.raises(IntegrityError, match=r"append-only|refused"), transaction.atomic():
            cursor.execute(statement)
    assert ledger.verify(chain) == (LINES, None)


def states_of_guards():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname || '.' || t.tgname, t.tgenabled::text FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'guard\\_%' AND NOT t.tgisinternal"
        )
        return dict(cursor.fetchall())


GUARDED = {"kernel_ledgerentry", "kernel_storedfile", "kernel_setting", "kernel_document", "plenos_pleno"}


@pytest.mark.django_db(transaction=True)
def test_guards_are_back_after_a_flush():
    before = states_of_guards()
    assert {name.split(".")[0] for name in before} >= GUARDED
    call_command("flush", verbosity=0, interactive=False)
    after = states_of_guards()
    assert after == before
    assert set(after.values()) == {"A"}


def test_flush_refuses_a_database_that_is_not_for_tests(db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "portal")
    with pytest.raises(CommandError, match="evidence"):
        call_command("flush", verbosity=0, interactive=False)


# --- appending -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_line_outside_a_transaction_is_refused():
    unit = make_unit("74.71")
    with pytest.raises(RuntimeError):
        ledger.record(unit, "kernel.setting.change", unit, by=person(unit, "chair"), key="a", since="b")


@pytest.mark.django_db(transaction=True)
def test_lines_added_at_once_never_fork():
    unit = make_unit("74.71")
    by = person(unit, "chair")
    start = threading.Barrier(4)
    failures = []

    def add():
        try:
            start.wait(10)
            for n in range(25):
                with transaction.atomic():
                    ledger.record(unit, "kernel.setting.change", unit, by=by, key=f"k{n}", since="x")
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert ledger.verify("74.71") == (100, None)
    assert LedgerHead.objects.get().seq == 100


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_line():
    unit = make_unit("74.71")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ledger.record(unit, "kernel.setting.change", unit, by=person(unit, "chair"), key="a", since="b")
        raise ZeroDivisionError
    assert ledger.verify("74.71") == (0, None)


# --- what the lines say --------------------------------------------------------------------------------


def declared_actions():
    """Every action that the code writes: the first text with two dots that a call of the ledger names."""
    found = set()
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        if "tests" in path.parts or ".venv" in path.parts:
            continue
        for node in ast.walk(parsed(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "record",
                "Transition",
                "_record",
            ):
                found |= {
                    a.value
                    for a in node.args
                    if isinstance(a, ast.Constant) and isinstance(a.value, str) and a.value.count(".") == 2
                }
    return found


def test_every_action_has_a_plain_sentence():
    actions = declared_actions()
    assert len(actions) > 30
    assert sorted(actions - set(catalogue.sentences())) == []


def test_no_sentence_speaks_of_an_action_as_code():
    for action, sentence in catalogue.sentences().items():
        assert action not in str(sentence)
        assert "_" not in str(sentence).split("{")[0]


def test_history_is_told_in_plain_sentences(chain, kendari):
    line = ledger.history_of(kendari)[0]
    assert line.sentence == "mengubah pengaturan kunci.1, berlaku sejak 2024-08-19"
    assert line.actor == person(kendari, "chair").name


def test_a_line_keeps_no_text_and_no_name(chain, kendari):
    whole = b"".join(bytes(e.canonical) for e in LedgerEntry.objects.all())
    assert person(kendari, "chair").name.encode() not in whole
    assert person(kendari, "chair").email.encode() not in whole
