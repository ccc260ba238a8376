"""A ratified pleno is locked in the database itself, also against a superuser in replica mode; see also verify."""

import datetime
import io

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from bawaslu_portal.kernel import clock, documents, guards
from bawaslu_portal.kernel.models import LedgerEntry
from plenos import lifecycle
from plenos.models import Absence, Adjournment, Attachment, Drop, Progress, Reading

from ..factories import (
    WHEN,
    item_of,
    make_open,
    make_ratified,
    make_signing,
    membership,
    row_of,
    sign_all,
    stored_scan,
)

pytestmark = pytest.mark.django_db
ITEMS = "SELECT id FROM plenos_agendaitem WHERE pleno_id = %s"
GENERATED = ("element_order", "search")
# What goes on after ratification, each with rules of its own.
LIVING = {"state", "settled_at"}
# Tables whose rows are not part of what was ratified.
APART = {"plenos_archivedminutes", "plenos_correction", "plenos_submission", "plenos_templateitem"}
# Made after ratification, and then kept.
AFTERWARDS = ("plenos_pleno", "plenos_reading", "plenos_progress", "plenos_drop")
# Every other table of the plenary, with the path from its row to the pleno.
PATHS = {
    "plenos_absence": "pleno_id = %s",
    "plenos_adjournment": "pleno_id = %s",
    "plenos_attachment": f"item_id IN ({ITEMS})",
    "plenos_drop": f"item_id IN ({ITEMS})",
    "plenos_progress": "follow_up_id IN (SELECT id FROM plenos_followup WHERE pleno_id = %s)",
    "plenos_pleno": "id = %s",
    "plenos_attendee": "pleno_id = %s",
    "plenos_invitation": "pleno_id = %s",
    "plenos_agendaitem": "pleno_id = %s",
    "plenos_decision": "pleno_id = %s",
    "plenos_followup": "pleno_id = %s",
    "plenos_minutes": "pleno_id = %s",
    "plenos_scan": "pleno_id = %s",
    "plenos_vote": "decision_id IN (SELECT id FROM plenos_decision WHERE pleno_id = %s)",
    "plenos_dissent": "decision_id IN (SELECT id FROM plenos_decision WHERE pleno_id = %s)",
    "plenos_signature": "minutes_id IN (SELECT id FROM plenos_minutes WHERE pleno_id = %s)",
    "plenos_reading": "pleno_id = %s",
}


def rich_closed(cast):
    """A closed pleno whose every table has a row: votes, dissent, follow-up, scan, guest."""
    pleno = make_open(cast, guests=[{"name": "Tamu"}])
    members = list(pleno.attendees.members())
    with clock.at(WHEN + datetime.timedelta(minutes=5)):
        lifecycle.decide(
            item_of(pleno),
            by=cast.secretary,
            category="plan",
            text="Setuju.",
            manner="vote",
            votes={a.pk: "agree" for a in members},
            dissents={members[1].pk: "Terlalu cepat."},
            follow_ups=[
                {"what": "Susun jadwal", "responsible": membership(cast, cast.staff), "due": datetime.date(2024, 8, 23)}
            ],
        )
        for order in (2, 3):
            lifecycle.defer(item_of(pleno, order), by=cast.secretary, reason="Habis waktu.")
        lifecycle.add_scan(pleno, by=cast.secretary, file=stored_scan(), caption="Daftar hadir")
        common = {"organisation": pleno.organisation, "pleno": pleno}
        Adjournment.objects.create(**common, since=WHEN, resumed_at=WHEN, reason="Istirahat", by=cast.secretary)
        hour = datetime.timedelta(minutes=1)
        Absence.objects.create(**common, attendee=members[-1], since=WHEN + hour, until=WHEN + 2 * hour)
        Attachment.objects.create(
            organisation=pleno.organisation, item=item_of(pleno), file=stored_scan(), name="a.pdf", by=cast.secretary
        )
        lifecycle.close(pleno, by=cast.secretary)
    return pleno


@pytest.fixture
def ratified(cast):
    pleno = rich_closed(cast)
    with clock.at(pleno.closed_at):
        lifecycle.put_up(pleno, by=cast.secretary)
        lifecycle.excuse(pleno, by=cast.secretary, attendee=row_of(pleno, cast.member), reason="Sakit")
        sign_all(pleno)
        lifecycle.ratify(pleno, by=cast.chair)
        lifecycle.mark_read(pleno, by=cast.province)
        common = {"organisation": pleno.organisation, "by": cast.secretary}
        Drop.objects.create(**common, item=item_of(pleno, 2), reason="Tidak perlu lagi")
        Progress.objects.create(**common, follow_up=pleno.follow_ups.first(), text="Sedang disusun")
    return pleno


def columns(table):
    with connection.cursor() as cursor:
        return [c.name for c in connection.introspection.get_table_description(cursor, table)]


def refused(sql, *values):
    """Whether the database refuses this statement, with triggers of ordinary kind switched off for the session."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, values)
            touched = cursor.rowcount
            transaction.set_rollback(True)
        return touched == 0 and "nothing touched"
    except IntegrityError:
        return True


def test_every_table_of_the_plenary_is_in_this_test():
    assert set(PATHS) | APART == {model._meta.db_table for model in apps.get_app_config("plenos").get_models()}


def test_no_column_of_any_table_of_a_ratified_pleno_changes(ratified):
    let_through = []
    with connection.cursor() as cursor:
        for table, path in PATHS.items():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {path}", [ratified.pk])  # noqa: S608
            assert cursor.fetchone()[0] > 0, f"{table} has no row in this story"
            for column in columns(table):
                if column in (*GENERATED, "id") or (table == "plenos_followup" and column in LIVING):
                    continue
                if refused(f'UPDATE {table} SET "{column}" = "{column}" WHERE {path}', ratified.pk) is not True:  # noqa: S608
                    let_through.append(f"{table}.{column}")
    assert let_through == []


def test_no_row_of_a_ratified_pleno_is_removed_or_slipped_in(ratified):
    let_through = []
    for table, path in PATHS.items():
        if refused(f"DELETE FROM {table} WHERE {path}", ratified.pk) is not True:  # noqa: S608
            let_through.append(f"delete from {table}")  # noqa: S608
        if refused(f"TRUNCATE {table} CASCADE") is not True:
            let_through.append(f"truncate {table}")
        if table in AFTERWARDS:
            continue
        names = ", ".join(f'"{c}"' for c in columns(table) if c not in ("id", "uuid", *GENERATED))
        copy = f"INSERT INTO {table} (uuid, {names}) SELECT gen_random_uuid(), {names} FROM {table} WHERE {path}"  # noqa: S608
        if refused(copy, ratified.pk) is not True:
            let_through.append(f"insert into {table}")
    assert let_through == []


def test_of_a_follow_up_only_what_became_of_it_changes(ratified):
    done = "UPDATE plenos_followup SET state = 'done', settled_at = now()"
    assert refused(f"{done} WHERE pleno_id = %s", ratified.pk) is False
    assert refused(f"{done}, due = due + 7 WHERE pleno_id = %s", ratified.pk) is True


def test_no_row_of_another_pleno_is_moved_into_a_ratified_one(cast, ratified):
    other = make_signing(cast, when=WHEN + datetime.timedelta(weeks=1))
    assert refused("UPDATE plenos_agendaitem SET pleno_id = %s WHERE pleno_id = %s", ratified.pk, other.pk) is True
    assert refused("UPDATE plenos_agendaitem SET title = 'boleh' WHERE pleno_id = %s", other.pk) is False


def test_the_model_is_refused_like_sql(ratified):
    for change in (
        ratified.save,
        lambda: ratified.items.update(title="Lain"),
        lambda: ratified.decisions.first().delete(),
        lambda: ratified.minutes.update(record={}),
        lambda: Reading.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- what the guards cannot see, the verifier does --------------------------------------------------------


def verify():
    out = io.StringIO()
    err = io.StringIO()
    call_command("verify_ledger", stdout=out, stderr=err)
    return out.getvalue()


def tampering(sql, *values):
    """Someone who owns the database lifts the guards, changes a row and puts them back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.lift(cursor)
        cursor.execute(sql, values)
        assert cursor.rowcount == 1
        guards.restore(cursor)


def complaint():
    err = io.StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("verify_ledger", stdout=io.StringIO(), stderr=err)
    assert stopped.value.returncode == 1
    return err.getvalue()


def test_an_untouched_ledger_says_how_many_are_intact(ratified):
    assert verify() == f"{LedgerEntry.objects.count()} entries intact\n"


@pytest.mark.parametrize(
    "change",
    [
        """record = jsonb_set(record, '{items,0,decisions,0,text}', '"Menolak."')""",
        """record = jsonb_set(record, '{pleno,quorum,present}', '3')""",
        "digest = repeat('0', 64)",
        "ratified_at = NULL",
    ],
)
def test_altered_minutes_are_named_by_unit_week_and_number(ratified, change):
    tampering(f"UPDATE plenos_minutes SET {change} WHERE pleno_id = %s", ratified.pk)  # noqa: S608
    said = complaint()
    assert ("74.71 2024-W34/1 (1/HK.01.00/K.74.71/08/2024)" in said) or ("its minutes are gone" in said)


def test_record_and_digest_altered_together_are_still_noticed(ratified):
    minutes = ratified.minutes.get()
    minutes.record["number"] = "9/HK.01.00/K.74.71/08/2024"
    tampering(
        "UPDATE plenos_minutes SET record = jsonb_set(record, '{number}', '\"9/HK.01.00/K.74.71/08/2024\"'), "
        "digest = %s WHERE pleno_id = %s",
        documents.digest(minutes.record),
        ratified.pk,
    )
    assert "differ from what was ratified" in complaint()


def test_altered_decisions_signatures_and_delivery_are_named(ratified):
    changes = {
        "UPDATE plenos_decision SET text = 'Menolak.' WHERE pleno_id = %s": "the decisions differ",
        "UPDATE plenos_signature SET manner = 'by_hand', scan_id = (SELECT min(sha256) FROM kernel_storedfile) "
        "WHERE id = (SELECT min(s.id) FROM plenos_signature s JOIN plenos_minutes m ON m.id = s.minutes_id "
        "WHERE m.pleno_id = %s AND s.manner = 'confirmed')": "the signatures differ",
        "DELETE FROM plenos_signature WHERE id = (SELECT max(s.id) FROM plenos_signature s JOIN plenos_minutes m "
        "ON m.id = s.minutes_id WHERE m.pleno_id = %s)": "the signatures differ",
        "UPDATE plenos_pleno SET delivered_to_id = organisation_id WHERE id = %s": "it was delivered elsewhere",
        "UPDATE plenos_pleno SET released_at = NULL WHERE id = %s": "it was delivered elsewhere",
    }
    for change, sentence in changes.items():
        with transaction.atomic():
            tampering(change, ratified.pk)
            assert f"74.71 2024-W34/1 (1/HK.01.00/K.74.71/08/2024): {sentence}" in complaint()
            transaction.set_rollback(True)
    verify()


@pytest.mark.parametrize(
    "change",
    [
        """record = jsonb_set(record, '{items,0,decisions,0,text}', '"Menolak."')""",
        "digest = repeat('0', 64)",
        "superseded_by_id = id",
        "draft = true",
        "access = CASE access WHEN 'open' THEN 'closed' ELSE 'open' END",
        "delivered_to_id = organisation_id",
        "released_at = NULL",
    ],
)
def test_an_altered_final_paper_is_named(ratified, change):
    tampering(
        f"UPDATE kernel_document SET {change} WHERE about = %s AND kind = 'plenos.notulen' "  # noqa: S608
        "AND superseded_by_id IS NULL AND NOT draft",
        ratified.uuid,
    )
    assert "the papers differ from what was ratified" in complaint()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plenos_agendaitem SET notes = 'Ditambah belakangan.' WHERE pleno_id = %s AND \"order\" = 1",
        "UPDATE plenos_attendee SET name = 'Orang Lain' WHERE pleno_id = %s AND \"order\" = 3",
        'UPDATE plenos_attendee SET left_at = arrived_at WHERE pleno_id = %s AND "order" = 3',
        "UPDATE plenos_followup SET due = '2025-01-01' WHERE pleno_id = %s",
        "UPDATE plenos_dissent SET text = 'Setuju sekali.' WHERE decision_id IN "
        "(SELECT id FROM plenos_decision WHERE pleno_id = %s)",
        "UPDATE plenos_vote SET choice = 'against' WHERE id = (SELECT min(v.id) FROM plenos_vote v "
        "JOIN plenos_decision d ON d.id = v.decision_id WHERE d.pleno_id = %s)",
        "DELETE FROM plenos_dissent WHERE decision_id IN (SELECT id FROM plenos_decision WHERE pleno_id = %s)",
    ],
)
def test_tables_altered_beside_the_minutes_are_noticed(ratified, change):
    tampering(change, ratified.pk)
    assert "74.71 2024-W34/1 (1/HK.01.00/K.74.71/08/2024): notes, votes or attendance differ" in complaint()


def test_minutes_made_ratified_behind_the_ledger_are_noticed(cast):
    pleno = make_signing(cast)
    tampering(
        "UPDATE plenos_minutes SET ratified_at = now(), ratified_by_id = put_up_by_id WHERE pleno_id = %s", pleno.pk
    )
    assert "no line of the ledger ratifies it" in complaint()


def test_the_guards_are_back_after_every_test(cast):
    make_ratified(cast)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE tgenabled <> 'A'), count(*) FROM pg_trigger "
            "WHERE tgname LIKE 'guard\\_%' AND NOT tgisinternal"
        )
        lifted, all_of_them = cursor.fetchone()
    assert lifted == 0
    assert all_of_them >= 24
