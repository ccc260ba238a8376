"""Settings that are instructions: written above, obeyed below, the nearest one above first."""

import datetime

import pytest

from bawaslu_portal.kernel import catalogue, clock, settings_store
from bawaslu_portal.kernel.catalogue import SettingSpec
from bawaslu_portal.kernel.lifecycle import NotPermitted
from bawaslu_portal.kernel.models import Notice, Organisation, Parentage, Setting
from bawaslu_portal.kernel.tests.factories import make_person, person, signed_in

pytestmark = pytest.mark.django_db
KEY = "test.duty"
JUNE, JULY, AUGUST = (datetime.date(2024, month, 1) for month in (6, 7, 8))


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    spec = SettingSpec(KEY, "integer", 0, "Uji", "asumsi", "Uji", low=0, high=99, from_above=True)
    monkeypatch.setitem(catalogue._settings, KEY, spec)


@pytest.fixture
def tree(cast):
    """The unit, its province, the national body, and an administrator for each."""
    cast.above = cast.unit.parent_on()
    cast.national = Organisation.objects.get(level="national")
    cast.above_administrator = person(cast.above, "administrator")
    cast.national_administrator = make_person(cast.national, "administrator", "Administrator RI")
    return cast


def say(unit, value, since, by):
    return settings_store.change(unit, KEY, value, since=since, source="Surat 1", by=by)


def holds(unit, on=AUGUST):
    single = settings_store.setting(unit, KEY, on)
    assert settings_store.Timeline([unit], [KEY]).value(unit, KEY, on) == single
    return single


def test_it_holds_below_and_not_for_who_wrote_it(tree):
    say(tree.above, 5, JULY, tree.above_administrator)
    assert (holds(tree.unit), holds(tree.above), holds(tree.neighbour_unit)) == (5, 0, 5)
    assert holds(tree.unit, JUNE) == 0
    assert holds(tree.outsider_unit) == 0


def test_the_nearest_above_goes_first_and_the_national_body_obeys_itself(tree):
    say(tree.national, 3, JUNE, tree.national_administrator)
    assert [holds(u) for u in (tree.unit, tree.above, tree.national, tree.outsider_unit)] == [3, 3, 3, 3]
    say(tree.above, 5, JULY, tree.above_administrator)
    assert [holds(u) for u in (tree.unit, tree.above, tree.outsider_unit)] == [5, 3, 3]
    assert holds(tree.unit, JUNE) == 3


def test_a_unit_cannot_free_itself(tree):
    say(tree.above, 5, JULY, tree.above_administrator)
    with pytest.raises(NotPermitted, match="instruksi tingkat di atas"):
        say(tree.unit, 0, AUGUST, tree.administrator)
    Setting.objects.create(
        organisation=tree.unit, key=KEY, value=0, since=AUGUST, source="lama", recorded_by=tree.administrator
    )
    assert holds(tree.unit, AUGUST) == 5


def test_a_unit_with_none_above_and_none_below_instructs_itself(tree):
    Parentage.objects.filter(organisation=tree.unit).update(until=clock.today(tree.unit))
    say(tree.unit, 4, JULY, tree.administrator)
    assert settings_store.instructs(tree.unit)
    assert holds(tree.unit, clock.today(tree.unit)) == 4


def test_the_unit_below_cannot_write_it_above(tree):
    with pytest.raises(NotPermitted):
        say(tree.above, 0, AUGUST, tree.administrator)


def test_those_below_are_told(tree):
    say(tree.above, 5, JULY, tree.above_administrator)
    told = set(Notice.objects.values_list("user__name", flat=True))
    assert {tree.chair.name, tree.secretary.name, tree.neighbour.name} <= told
    assert not told & {tree.staff.name, tree.outsider.name, tree.above_administrator.name}


def test_the_page_says_what_holds_and_whose_instruction_it_is(tree, client):
    say(tree.above, 5, JULY, tree.above_administrator)
    signed_in(client, tree.administrator)
    page = client.get(f"/unit/{tree.unit.code}/pengaturan/{KEY}/").content.decode()
    assert "Bagi unit ini berlaku: 5, menurut instruksi Bawaslu Provinsi Sulawesi Tenggara sejak 1 Juli 2024" in page
    assert (
        "instruksi Bawaslu Provinsi Sulawesi Tenggara"
        in client.get(f"/unit/{tree.unit.code}/pengaturan/").content.decode()
    )
