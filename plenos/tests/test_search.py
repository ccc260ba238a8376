"""The search, whichever way the database is asked: through the index of words or backwards, at once or in stages."""

import pytest
from django.db import connection

from bawaslu_portal.kernel import clock
from plenos import lifecycle, register, search
from plenos.models import AgendaItem, Decision
from plenos.models.words import LONG, SHORT, of_times, of_units

from .factories import WHEN, make_open, membership
from .test_following import DAY, decide_with, ratify

WAYS = {  # which numbers of the search are turned, so that small data goes that way too
    "backwards": {"COMMON": -1},
    "in stages": {"FIRST": 1},
    "backwards in stages": {"COMMON": -1, "FIRST": 1},
    "not named": {"MANY": 0},
    "not named, in stages": {"MANY": 0, "FIRST": 1},
    "all times at once": {"OF_UNITS": (), "OF_NATION": ()},
    "all times at once, not named": {"OF_UNITS": (), "OF_NATION": (), "MANY": 0},
    "one time": {"OF_UNITS": ((LONG, 1),), "OF_NATION": ((SHORT, 1),)},
    "all stretches": {"SOME": 1},
}
READERS = {"chair", "staff", "province", "province_staff", "national", "outsider"}
WORDS = ("kenari", "gudang -kenari", "jadwal or mobil")


def noted(cast, when, *more):
    """Ratified minutes with an open item decided and another put off, both with notes; ``more``: further items."""
    agenda = [{"title": title, "access": "open"} for title in ("Pinjam gudang", "Pinjam mobil")]
    pleno = make_open(cast, when=when, agenda=[*agenda, *more], access="open")
    decided, *rest = pleno.items.order_by("order")
    with clock.at(pleno.opened_at + DAY / 48):
        for item in (decided, *rest):
            lifecycle.write_notes(item, by=cast.secretary, text="<p>Catatan kenari hilang</p>", version=0)
            item.refresh_from_db()
        lifecycle.decide(decided, by=cast.secretary, category="plan", text="Meminjam tempat.")
        for item in rest:
            lifecycle.defer(item, by=cast.secretary, reason="Menunggu")
    with clock.at(pleno.opened_at + DAY / 24):
        lifecycle.close(pleno, by=cast.secretary)
    return ratify(pleno, cast)


def years_pass():
    """What is made from now on has keys of another time; the first of them begins there."""
    with connection.cursor() as cursor:
        for table in ("plenos_decision", "plenos_agendaitem"):
            cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
            begin = (cursor.fetchone()[0] // LONG + 1) * LONG
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {begin}, false)")


@pytest.fixture
def held(cast):
    """Closed and open, ratified and waiting decisions, items and notes of one district, the last ones years later."""
    chair = membership(cast, cast.chair)
    years_pass()
    decide_with(cast, doer=chair)
    ratify(decide_with(cast, doer=chair, when=WHEN + 7 * DAY), cast)
    ratify(decide_with(cast, doer=chair, when=WHEN + 14 * DAY, access="open"), cast)
    noted(cast, WHEN + 21 * DAY)
    years_pass()
    noted(cast, WHEN + 28 * DAY, {"title": "Rahasia", "access": "closed"})
    return cast


def asked(cast, who, words):
    """What one of the cast finds in all that he may read, in the register of the unit, and in the unit."""
    user = getattr(cast, who)
    rows = register.readable(user, cast.unit)
    return (
        search.everywhere(user, words).keys,
        list(search.listed(user, rows, cast.unit, words)[0]),
        search.everywhere(user, words, unit=cast.unit).keys,
    )


def test_every_way_finds_the_same_for_every_reader(held, monkeypatch):
    def told():
        return {(who, words): asked(held, who, words) for who in READERS for words in WORDS}

    expected = told()
    assert {who for (who, _words), lists in expected.items() if any(lists)} == READERS - {"outsider"}
    for way, numbers in WAYS.items():
        with monkeypatch.context() as turned:
            for name, value in numbers.items():
                turned.setattr(search, name, value)
            assert told() == expected, way


@pytest.mark.parametrize("common", [500, -1])
@pytest.mark.parametrize("who", ["chair", "staff", "province", "province_staff", "national"])
def test_of_what_may_be_read_the_newest_are_ranked_and_others_are_told_of(held, who, common, monkeypatch):
    """What is closed to the reader, the notes of the newest minutes, takes no place and makes no "others"."""
    user, words = getattr(held, who), "menetapkan or meminjam or kenari"

    def told():
        keys, more = search.listed(user, register.readable(user, held.unit), held.unit, words)
        found = {"register": (set(keys), more)}
        for kind in (search.DECISION, search.ITEM):
            for year in (None, 2024, 2023):
                hits = search.everywhere(user, words, kind=kind, year=year)
                found[kind, year] = {key for _kind, key in hits.keys}, hits.more
        return found

    monkeypatch.setattr(search, "COMMON", common)
    every = told()
    assert {more for _keys, more in every.values()} == {False}
    assert len(every["register"][0]) == {"chair": 5, "province": 4}.get(who, 3)
    assert every[search.DECISION, 2024] == every[search.DECISION, None] != every[search.DECISION, 2023]
    for many in (60, 0):
        monkeypatch.setattr(search, "MANY", many)
        for most in (1, 2, 3, 5):
            monkeypatch.setattr(search, "CANDIDATES", most)
            for name, (keys, more) in told().items():
                expected = every[name][0]
                assert keys == set(sorted(expected, reverse=True)[:most]), name
                assert more == (len(expected) > most), name


@pytest.mark.parametrize("common", [500, -1])
@pytest.mark.parametrize(
    "words", ["-", "?!", "@{unit}", "'@{unit}'", '"@{unit}"', "@{unit}.{long}", "##{long}", "#{short}"]
)
def test_words_that_ask_for_nothing_and_the_mark_of_a_unit_find_nothing(held, words, common, monkeypatch):
    monkeypatch.setattr(search, "COMMON", common)
    newest = Decision.objects.order_by("pk").last().pk
    typed = words.format(unit=held.unit.pk, long=newest // LONG, short=newest // SHORT)
    for who in ("chair", "province", "national"):
        assert asked(held, who, typed) == ([], [], []), who


def test_the_index_of_words_names_the_matches_of_a_unit_alone(held):
    there, next_door = held.unit.pk, held.neighbour_unit.pk
    for model in (Decision, AgendaItem):
        rows = model.objects.filter(search=search.question("menetapkan or pinjam"))
        of = {
            units: rows.filter(search=of_units(search.question("menetapkan or pinjam"), units))
            for units in (
                (there,),
                (next_door,),
                (next_door, there),
            )
        }
        assert rows.exists()
        assert set(of[there,]) == set(of[next_door, there]) == set(rows)
        assert not of[next_door,].exists()


def test_and_the_matches_of_a_time_alone(held):
    asked, there = search.question("menetapkan or pinjam or meminjam"), [held.unit.pk]
    for model in (Decision, AgendaItem):
        rows = model.objects.filter(search=asked)
        first, last = rows.order_by("pk").first().pk // LONG, rows.order_by("pk").last().pk // LONG
        assert last == first + 1
        old, new = rows.filter(pk__lt=last * LONG), rows.filter(pk__gte=last * LONG)
        for times, expected in (([first], old), ([last], new), ([last, first], rows), ([last + 1], rows.none())):
            assert set(model.objects.filter(search=of_units(asked, there, times))) == set(expected)
            assert set(model.objects.filter(search=of_times(asked, LONG, times))) == set(expected)
        assert set(model.objects.filter(search=of_times(asked, SHORT, [last * LONG // SHORT]))) == set(new)
        assert not model.objects.filter(search=of_units(asked, [held.neighbour_unit.pk], [last, first])).exists()


def test_of_so_many_matches_is_asked_and_then_others_are_told_of(held, monkeypatch):
    words = "menetapkan or pinjam or meminjam or kenari"
    whole = search.everywhere(held.national, words, kind=search.ITEM)
    assert len(whole.keys) > 1 and not whole.more
    matches = AgendaItem.objects.filter(search=search.question(words)).count()
    for numbers in ({}, {"OF_NATION": ()}):
        for most in range(1, matches + 2):
            with monkeypatch.context() as turned:
                for name, value in {**numbers, "MOST": most}.items():
                    turned.setattr(search, name, value)
                found = search.everywhere(held.national, words, kind=search.ITEM)
            assert set(found.keys) <= set(whole.keys)
            assert found.more is (matches > most)
    assert set(found.keys) == set(whole.keys)
