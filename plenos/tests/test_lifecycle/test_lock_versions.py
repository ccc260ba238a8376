"""A corrected version: the words of the tables follow in the transaction that ratifies it, and in no other."""

import datetime

import pytest
from django.db import transaction

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit
from plenos.lifecycle import correcting

from ..factories import make_corrected, make_put_up_correction, make_ratified, sign_version
from .test_lock import PATHS, columns, complaint, refused, tampering, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(transactional_db):
    """A pleno whose second version was ratified in a transaction that is over."""
    cast = make_cast(make_unit("74.71"))
    pleno = make_ratified(cast)
    make_corrected(cast, pleno)
    return cast, pleno


WORDS_OF = {
    "plenos_pleno": ("id", "place"),
    "plenos_agendaitem": ("pleno_id", "title"),
    "plenos_decision": ("pleno_id", "text"),
    "plenos_attendee": ("pleno_id", "name"),
}


def test_once_ratified_the_words_of_a_version_are_locked_too(corrected):
    _cast, pleno = corrected
    for table, (path, column) in WORDS_OF.items():
        assert refused(f"UPDATE {table} SET {column} = 'lain' WHERE {path} = %s", pleno.pk) is True, table  # noqa: S608
    for table in ("plenos_minutes", "plenos_signature"):
        path = PATHS[table]
        names = ", ".join(f'"{c}"' for c in columns(table) if c not in ("id", "uuid"))
        copy = f"INSERT INTO {table} (uuid, {names}) SELECT gen_random_uuid(), {names} FROM {table} WHERE {path}"  # noqa: S608
        assert refused(copy, pleno.pk) is True, table
        assert refused(f"DELETE FROM {table} WHERE {path}", pleno.pk) is True, table  # noqa: S608
    assert refused("UPDATE plenos_minutes SET ratified_at = now() WHERE version = 2") is True
    assert refused("UPDATE plenos_correction SET reason = 'lain'") is True
    assert refused("DELETE FROM plenos_correction") is True


def test_in_the_ratifying_transaction_nothing_but_words_follows(corrected):
    cast, pleno = corrected
    correction = make_put_up_correction(cast, pleno, changes={"place": "Teras"})
    sign_version(correction)
    with transaction.atomic():
        with clock.at(pleno.closed_at + datetime.timedelta(days=5)):
            correcting.ratify(correction, by=cast.chair)
        for table, (path, column) in WORDS_OF.items():
            assert refused(f"UPDATE {table} SET {column} = 'lain' WHERE {path} = %s", pleno.pk) is False, table  # noqa: S608
        for change in (
            "plenos_agendaitem SET fate = 'deferred'",
            "plenos_decision SET result = 'rejected'",
            "plenos_decision SET number = number + 1",
            "plenos_attendee SET status = 'ill'",
            "plenos_attendee SET left_at = arrived_at",
            "plenos_followup SET what = 'lain'",
            "plenos_minutes SET digest = 'lain'",
        ):
            touched = refused(f"UPDATE {change} WHERE pleno_id = %s", pleno.pk)
            assert touched is True or (touched == "nothing touched" and "followup" in change), change
    assert refused("UPDATE plenos_pleno SET place = 'lain' WHERE id = %s", pleno.pk) is True
    assert verify().endswith("intact\n")


def test_a_version_put_up_is_no_key_to_the_tables(corrected):
    cast, pleno = corrected
    make_put_up_correction(cast, pleno, changes={"place": "Teras"})
    for table, (path, column) in WORDS_OF.items():
        assert refused(f"UPDATE {table} SET {column} = 'lain' WHERE {path} = %s", pleno.pk) is True, table  # noqa: S608
    for change in ("record = '{}'", "digest = ''", "number = '9'", "version = 9", "access = 'open'"):
        assert refused(f"UPDATE plenos_minutes SET {change} WHERE pleno_id = %s AND version = 3", pleno.pk) is True  # noqa: S608


def test_a_released_paper_gives_way_only_to_a_later_one_of_its_kind(corrected):
    _cast, pleno = corrected
    of = "(SELECT id FROM kernel_document WHERE about = %s AND kind = '{}' AND NOT draft "
    of += "AND superseded_by_id IS {} NULL)"
    standing, gone = of.format("plenos.notulen", ""), of.format("plenos.notulen", "NOT")
    other = of.format("plenos.berita_acara", "")
    keys = [pleno.uuid, pleno.uuid]
    for change in (
        f"superseded_by_id = {other} WHERE id = {standing}",
        f"superseded_by_id = id WHERE id = {standing} AND about = %s",
        f"withdrawn_at = now() WHERE id = {standing} AND about = %s",
        f"superseded_by_id = NULL WHERE released_at IS NOT NULL AND id IN {gone} AND about = %s",
    ):
        assert refused(f"UPDATE kernel_document SET {change}", *keys) is True, change  # noqa: S608


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            "UPDATE plenos_minutes SET digest = repeat('0', 64) WHERE pleno_id = %s AND version = 1",
            "the minutes differ",
        ),
        (
            "UPDATE plenos_minutes SET record = jsonb_set(record, '{correction,reason}', '\"Lain\"') "
            "WHERE pleno_id = %s AND version = 2",
            "v2: the minutes differ",
        ),
        ("UPDATE plenos_agendaitem SET title = 'Lain' WHERE pleno_id = %s AND \"order\" = 1", "v2: notes, votes"),
        ("UPDATE plenos_pleno SET minutes_version = 1 WHERE id = %s", "v2: another version"),
        (
            "DELETE FROM plenos_signature WHERE id = (SELECT min(s.id) FROM plenos_signature s JOIN plenos_minutes m "
            "ON m.id = s.minutes_id WHERE m.pleno_id = %s AND m.version = 2)",
            "v2: the signatures differ",
        ),
        ("UPDATE plenos_minutes SET ratified_at = NULL WHERE pleno_id = %s AND version = 2", "its minutes are gone"),
    ],
)
def test_tampering_with_any_version_is_noticed(cast, change, sentence):
    pleno = make_ratified(cast)
    make_corrected(cast, pleno)
    verify()
    tampering(change, pleno.pk)
    assert sentence in complaint()
