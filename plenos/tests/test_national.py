"""A province's year of made-up work: the same for the same seed, verified by the ledger, refused among real people."""

import datetime
import importlib
import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from bawaslu_portal.kernel import catalogue, clock, ledger
from bawaslu_portal.kernel.models import Document, Duty, DutyRuling, Holiday, LedgerEntry, LedgerHead, Membership, User
from bawaslu_portal.national import copying, loading
from plenos import documents as papers
from plenos.models import AgendaItem, Decision, FollowUp, Minutes, Pleno, Progress, Vote

# One process loads it for all tests of this file.
pytestmark = pytest.mark.xdist_group("national")
ASKED = {"years": 1, "seed": 7, "province": "74", "until": datetime.date(2026, 11, 18)}
DEFINED = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace AND conparentid = 0 AND contype <> 'n'
             UNION ALL SELECT tablename::text, indexname::text, indexdef, true FROM pg_indexes
             WHERE schemaname = 'public'
             UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text, true FROM pg_trigger
             WHERE NOT tgisinternal
             ORDER BY 1, 2, 3"""


def run(**more):
    out = io.StringIO()
    call_command("national", stdout=out, **{**ASKED, **more})
    return out.getvalue()


def schema():
    with connection.cursor() as cursor:
        cursor.execute(DEFINED)
        # PostgreSQL writes a list of texts with other casts once it has read its own words.
        return [(*row[:2], re.sub(r"::character varying|::text|\[\]|[() ]", "", row[2]), row[3]) for row in cursor]


def prints():
    """What would differ if one word, moment or vote were another."""
    heads = dict(LedgerHead.objects.exclude(organisation="00").values_list("organisation", "hash"))
    return heads, sorted(Minutes.objects.values_list("digest", flat=True))


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, state):
    """The nation twice, the first time rolled back; (schema before, prints of the first)."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PORTAL_STATE", str(state))
    patch.setattr("django.conf.settings.PORTAL_DEMO", True)
    with django_db_blocker.unblock(), transaction.atomic():
        before = schema()
        with transaction.atomic():
            run()
            first = prints()
            transaction.set_rollback(True)
        transaction.set_rollback(False)
        run()
        patch.undo()
        yield before, first
        transaction.set_rollback(True)


@pytest.fixture
def nation(loaded, db, state, settings, monkeypatch):
    monkeypatch.setenv("PORTAL_STATE", str(state))
    settings.PORTAL_DEMO = True


def test_it_refuses_without_the_setting_and_among_people(db, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO=1"):
        run()
    settings.PORTAL_DEMO = True
    with pytest.raises(CommandError, match="1 to 15"):
        run(years=0)
    someone = User.objects.create_user("seseorang@bawaslu.example", None, name="Seseorang")
    with pytest.raises(CommandError, match="are real"):
        run()
    someone.email = "ketua@kota.contoh.invalid"
    someone.save()
    with pytest.raises(CommandError, match="take an empty one"):
        run()
    assert not Pleno.objects.exists()
    assert User.objects.exclude(email="sistem@portal.invalid").count() == 1


def test_guards_are_back_after_a_load_that_failed(db, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    settings.PORTAL_DEMO = True

    def stop(part):
        raise RuntimeError("no more room")

    monkeypatch.setattr(loading, "live", stop)
    with pytest.raises(RuntimeError):
        run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgname LIKE 'guard\\_%'")
        assert cursor.fetchall() == [("A",)]


def test_a_second_run_changes_nothing_and_another_nation_is_refused(nation):
    entries = LedgerEntry.objects.count()
    assert "nothing was changed" in run()
    for other in ({"seed": 8}, {"years": 2}, {"province": "36"}, {"until": datetime.date(2026, 11, 25)}):
        with pytest.raises(CommandError, match="Another nation"):
            run(**other)
    assert LedgerEntry.objects.count() == entries


def test_it_is_as_large_as_it_says(nation):
    plenos = Pleno.objects.count()
    assert 19 * 52 * 0.9 < plenos < 19 * 53 * 1.25
    assert AgendaItem.objects.count() > 3.2 * plenos
    assert Decision.objects.count() > 2.8 * plenos
    assert Vote.objects.count() > 0.8 * plenos
    assert FollowUp.objects.count() > 0.8 * plenos
    assert Progress.objects.count() > FollowUp.objects.count()
    assert Minutes.objects.count() > 0.9 * plenos
    assert Holiday.objects.filter(organisation__code="00").count() > 20
    assert LedgerEntry.objects.count() > 14 * plenos
    units = Membership.objects.filter(until=None).values("organisation").distinct().count()
    assert units == 19


def test_the_same_seed_gives_the_same_rows(nation, loaded):
    _schema, first = loaded
    assert len(first[0]) == 18
    assert prints() == first


def test_every_chain_and_every_record_verifies(nation):
    out = io.StringIO()
    call_command("verify_ledger", stdout=out, stderr=out)
    assert f"{LedgerEntry.objects.count()} entries intact" in out.getvalue()


def test_a_changed_row_would_be_noticed(nation):
    entry = LedgerEntry.objects.filter(organisation="74.71", seq=40).values_list("pk", flat=True).get()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_ledgerentry DISABLE TRIGGER guard_rows")
        cursor.execute("UPDATE kernel_ledgerentry SET actor = 'another' WHERE id = %s", [entry])
    assert ledger.verify("74.71")[1].seq == 40


def test_keys_indexes_and_guards_are_as_they_were(nation, loaded):
    before, _prints = loaded
    after = schema()
    assert [row for row in before if row not in after] == []
    assert [row for row in after if row not in before] == []
    assert all(valid for _table, _name, _definition, valid in after)


def test_what_the_database_refuses_is_nowhere(nation):
    """The guards were lifted, so what they would have said is asked of every row now."""
    refusals = importlib.import_module("plenos.migrations.0003_refusals")
    with connection.cursor() as cursor:
        for name, table, query, _sentence in refusals.CHECKS:
            cursor.execute(query.replace("FROM written w", f"FROM {table} w"))
            assert cursor.fetchone() is None, name


def test_the_frozen_record_is_what_the_tables_say(nation):
    """The record that was written without asking the tables is the one that the tables give."""
    rows = list(Minutes.objects.select_related("pleno__organisation").order_by("uuid")[:60])
    rows += list(Minutes.objects.filter(pleno__recorded_late=True).select_related("pleno__organisation")[:3])
    rows += list(Minutes.objects.filter(pleno__quorum_met=False).select_related("pleno__organisation")[:3])
    for minutes in rows:
        with clock.at(minutes.put_up_at):
            assert papers.minutes_record(minutes.pleno, number=minutes.number, dated=minutes.dated) == minutes.record
        if minutes.ratified_at:
            final = Document.objects.filter(about=minutes.pleno.uuid).first()
            assert papers.final_record(minutes) == final.record


def test_duties_are_due_as_their_kinds_say(nation):
    """What was written is what creating them would give: nothing is missing, and anew each falls due at that moment."""
    from bawaslu_portal.kernel import duties

    units = [m.organisation for m in Membership.objects.filter(role="chair", until=None).select_related("organisation")]
    first, last = datetime.date(2026, 3, 2), datetime.date(2026, 4, 12)
    written = set(Duty.objects.between(first, last).values_list("organisation", "kind", "period", "due_at"))
    assert duties.ensure(units, first, last) == 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_duty DISABLE TRIGGER guard_rows")
        cursor.execute("ALTER TABLE kernel_dutyruling DISABLE TRIGGER guard_rows")
        cursor.execute("DELETE FROM kernel_dutyruling")
        cursor.execute("DELETE FROM kernel_duty WHERE begins BETWEEN %s AND %s", [first, last])
    assert duties.ensure(units, first, last) == len(written) > 150
    assert set(Duty.objects.between(first, last).values_list("organisation", "kind", "period", "due_at")) == written


def test_every_sort_of_week_is_there(nation):
    states = set(Pleno.objects.values_list("state", flat=True))
    assert {"ratified", "cancelled"} <= states and states & {"invited", "closed", "signing", "draft"}
    assert Pleno.objects.filter(quorum_met=False).exists()
    assert Pleno.objects.filter(recorded_late=True).exists()
    assert Pleno.objects.filter(occasion="incidental").exists()
    assert set(DutyRuling.objects.values_list("kind", flat=True)) >= {"declared", "granted"}
    assert set(FollowUp.objects.values_list("state", flat=True)) >= {"open", "done", "stopped"}
    assert Vote.objects.filter(choice="against").exists()
    assert AgendaItem.objects.filter(carried_from__isnull=False, carried_from__fate="deferred").exists()
    weekdays = {pleno.planned_at.isoweekday() for pleno in Pleno.objects.all()}
    assert weekdays <= {1, 2, 3, 4, 5, 6}


def test_a_desk_counts_unread_minutes_up_to_a_hundred(nation):
    """Whoever is new above finds a year of minutes that others read before him."""
    from plenos import queries
    from plenos.catalogue import waiting

    staff = Membership.objects.filter(organisation__code="74", role="supervision_staff", until=None).last().user
    assert queries.unread_deliveries(staff).count() > 120
    assert [row["title"] for row in waiting(staff) if row["title"].startswith("99+")]


def test_lines_of_the_ledger_speak_in_sentences(nation):
    declared = catalogue.sentences()
    assert set(LedgerEntry.objects.values_list("action", flat=True)) <= set(declared)


def test_a_column_that_differs_by_row_has_to_be_named():
    with pytest.raises(ValueError, match="has to be named"):
        copying.Copy().writer(Pleno, "id", "organisation_id")
