"""What pages read: the same number of queries with one row and with three, and nothing beyond one's reach."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Document
from plenos import lifecycle, queries

from .factories import (
    WHEN,
    item_of,
    lines,
    make_closed,
    make_draft,
    make_invited,
    make_open,
    make_ratified,
    make_signing,
    membership,
    sign_all,
)

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
WEEK = datetime.timedelta(weeks=1)
ONE_AND_THREE = pytest.mark.parametrize("rows", [1, 3])


def spent(client, url):
    """How many queries the page costs."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(captured)


def unit_url(cast):
    return reverse("plenos:unit", kwargs={"code": cast.unit.code})


@ONE_AND_THREE
def test_the_list_of_a_unit(rows, cast, clients):
    for n in range(rows):
        make_draft(cast, when=WHEN + n * WEEK)
    assert spent(clients["note_taker"], unit_url(cast) + "?year=2024") == 19


@ONE_AND_THREE
def test_the_page_of_a_week(rows, cast, clients):
    for _n in range(rows):
        make_draft(cast)
    url = reverse("plenos:week", kwargs={"code": "74.71", "year": 2024, "week": 34})
    assert spent(clients["note_taker"], url) == 10


@ONE_AND_THREE
def test_the_list_of_units(rows, cast, clients):
    from bawaslu_portal.kernel.tests.factories import make_organisation

    for code in ("74.72", "74.01")[: rows - 1]:
        make_organisation(code)
    make_draft(cast)
    assert spent(clients["province_member"], reverse("plenos:index")) == 11


def busy(cast, rows, *, closed=False, when=WHEN):
    """A pleno with ``rows`` items, each decided by vote with a dissent and a follow-up, and ``rows`` guests."""
    pleno = make_open(
        cast,
        agenda=[f"Agenda {n}" for n in range(1, rows + 1)],
        guests=[{"name": f"Tamu {n}"} for n in range(rows)],
        when=when,
    )
    members = list(pleno.attendees.members())
    for n in range(1, rows + 1):
        with clock.at(pleno.opened_at + n * MINUTE):
            lifecycle.decide(
                item_of(pleno, n),
                by=cast.secretary,
                category="plan",
                text=f"Keputusan {n}.",
                manner="vote",
                votes={a.pk: "agree" for a in members},
                dissents={a.pk: "Keberatan." for a in members[:rows]},
                follow_ups=[
                    {"what": "Susun", "responsible": membership(cast, u), "due": when.date()}
                    for u in (cast.staff,) * rows
                ],
            )
    if closed:
        with clock.at(pleno.opened_at + 60 * MINUTE):
            lifecycle.close(pleno, by=cast.secretary)
    return pleno


@ONE_AND_THREE
def test_the_page_of_a_pleno(rows, cast, clients):
    pleno = busy(cast, rows, closed=True)
    assert spent(clients["note_taker"], pleno.get_absolute_url()) == 20


@ONE_AND_THREE
def test_the_page_of_a_pleno_with_changed_invitations(rows, cast, clients):
    pleno = make_invited(cast)
    for n in range(1, rows + 1):
        with clock.at(WHEN - datetime.timedelta(days=1)):
            lifecycle.reschedule(pleno, by=cast.secretary, planned_at=WHEN + n * MINUTE, place="Aula", reason="Listrik")
    assert spent(clients["note_taker"], pleno.get_absolute_url()) == 20


@ONE_AND_THREE
def test_the_room(rows, cast, clients):
    pleno = busy(cast, rows)
    lifecycle.add_item(pleno, by=cast.secretary, title="Belum dibahas")
    with clock.at(pleno.opened_at + 30 * MINUTE):
        assert spent(clients["note_taker"], pleno.address("plenos:room")) == 20


@ONE_AND_THREE
def test_the_minutes_being_worded(rows, cast, clients):
    pleno = busy(cast, rows, closed=True)
    assert spent(clients["note_taker"], pleno.address("plenos:minutes")) == 34


@ONE_AND_THREE
def test_the_minutes_once_ratified(rows, cast, clients):
    pleno = busy(cast, rows, closed=True)
    with clock.at(pleno.closed_at):
        lifecycle.put_up(pleno, by=cast.secretary)
        sign_all(pleno)
    with clock.at(pleno.closed_at + WEEK):
        lifecycle.ratify(pleno, by=cast.chair)
        for reader in (cast.province, cast.province_chair)[: rows - 1]:
            lifecycle.mark_read(pleno, by=reader)
    assert spent(clients["member"], pleno.address("plenos:minutes")) == 21


@ONE_AND_THREE
def test_what_was_delivered(rows, cast, clients):
    for n in range(rows):
        make_ratified(cast, when=WHEN + n * WEEK)
    assert spent(clients["province_supervision"], reverse("plenos:deliveries")) == 8


@ONE_AND_THREE
def test_the_desk_of_a_note_taker(rows, cast, clients):
    for n in range(rows):
        make_draft(cast, when=WHEN + n * WEEK)
        make_signing(cast, when=WHEN + (n + 5) * WEEK)
    assert spent(clients["note_taker"], reverse("desk")) == 26


@ONE_AND_THREE
def test_the_desk_of_a_ketua_whose_plenos_another_chaired(rows, cast, clients):
    for n in range(rows):
        pleno = make_signing(
            cast, when=WHEN + n * WEEK, chair=membership(cast, cast.member), chair_reason="Ketua dinas luar"
        )
        sign_all(pleno)
    assert spent(clients["chair"], reverse("desk")) == 30


@ONE_AND_THREE
def test_the_desk_of_the_province(rows, cast, clients):
    for n in range(rows):
        make_ratified(cast, when=WHEN + n * WEEK)
    assert spent(clients["province_supervision"], reverse("desk")) == 15


# --- nothing beyond one's reach --------------------------------------------------------------------------


def mixed(cast, make, access="open"):
    """A pleno with one open and one closed item."""
    return make(
        cast, access=access, agenda=[{"title": "Terbuka", "access": "open"}, {"title": "Tertutup", "access": "closed"}]
    )


def read_titles(user, pleno):
    return [i.title for i in queries.items_of(user, pleno)]


@pytest.mark.parametrize("make", [make_draft, make_open, make_closed, make_signing])
def test_before_ratification_the_staff_read_open_items_and_no_decision(cast, make):
    pleno = mixed(cast, make)
    assert read_titles(cast.member, pleno) == ["Terbuka", "Tertutup"]
    assert read_titles(cast.staff, pleno) == ["Terbuka"]
    assert [i.standing for i in queries.items_of(cast.staff, pleno)] == [[]]
    for stranger in (cast.province, cast.province_chair, cast.national, cast.neighbour, cast.administrator):
        assert read_titles(stranger, pleno) == []


def test_after_ratification_class_and_office_decide(cast):
    pleno = mixed(cast, make_ratified)
    both, only_open = ["Terbuka", "Tertutup"], ["Terbuka"]
    assert [read_titles(u, pleno) for u in (cast.member, cast.head, cast.province, cast.province_chair)] == [both] * 4
    assert [read_titles(u, pleno) for u in (cast.staff, cast.province_staff, cast.national)] == [only_open] * 3
    assert [len(i.standing) for i in queries.items_of(cast.staff, pleno)] == [1]
    assert read_titles(cast.neighbour, pleno) == read_titles(cast.outsider, pleno) == []


def kinds_read(user, pleno):
    return {d.kind.removeprefix("plenos.") for d, _job in queries.papers_of(user, pleno)}


def test_papers_follow_the_strictest_class_and_delivery(cast):
    letters, minutes = {"undangan", "daftar_hadir_kosong"}, {"berita_acara", "notulen", "daftar_hadir"}
    signing = mixed(cast, make_signing)
    assert kinds_read(cast.member, signing) == letters | minutes
    assert kinds_read(cast.staff, signing) == letters
    assert kinds_read(cast.province, signing) == set()
    closed = mixed(cast, make_ratified)
    assert queries.minutes_access(closed) == "closed"
    assert kinds_read(cast.staff, closed) == letters
    assert kinds_read(cast.province, closed) == minutes
    assert kinds_read(cast.province_staff, closed) == kinds_read(cast.national, closed) == set()
    opened = make_ratified(cast, access="open", agenda=["Laporan"])
    assert queries.minutes_access(opened) == "open"
    assert kinds_read(cast.staff, opened) == letters | minutes
    assert kinds_read(cast.province_staff, opened) == kinds_read(cast.national, opened) == minutes
    assert kinds_read(cast.outsider, opened) == set()


def test_the_level_above_reads_from_delivery_never_the_papers_for_signing(cast):
    pleno = make_ratified(cast)
    released = Document.objects.filter(about=pleno.uuid, released_at__isnull=False)
    assert {d for d, _job in queries.papers_of(cast.province, pleno)} == set(released)


def test_what_waits_for_whom(cast):
    def steps(user, moment=WHEN + 10 * WEEK):
        with clock.at(moment):
            return [step for _pleno, step in queries.awaiting(user)]

    pleno = make_draft(cast)
    assert (steps(cast.secretary), steps(cast.member)) == (["invite"], [])
    with clock.at(WHEN - MINUTE):
        lifecycle.invite(pleno, by=cast.secretary)
    assert steps(cast.secretary, WHEN - MINUTE) == []
    assert steps(cast.secretary) == ["open"]
    with clock.at(WHEN - MINUTE):
        lifecycle.cancel(pleno, by=cast.secretary, reason="Dinas luar")
    signing = make_signing(cast)
    assert steps(cast.secretary) == steps(cast.head) == ["collect"]
    assert steps(cast.chair) == steps(cast.member) == ["confirm"]
    assert steps(cast.staff) == steps(cast.neighbour) == steps(cast.province) == []
    sign_all(signing)
    assert (steps(cast.chair), steps(cast.member), steps(cast.secretary)) == (["ratify"], [], [])


def test_deliveries_are_counted_until_they_are_read(cast):
    pleno = make_ratified(cast)
    assert list(queries.unread_deliveries(cast.province)) == [pleno]
    assert [p.read for p in queries.deliveries_to(cast.province)] == [False]
    lifecycle.mark_read(pleno, by=cast.province)
    assert not queries.unread_deliveries(cast.province)
    assert list(queries.deliveries_to(cast.province, unread=True)) == []
    assert list(queries.unread_deliveries(cast.province_chair)) == [pleno]
    assert not queries.unread_deliveries(cast.province_staff)
    assert lines(pleno, "mark_read") == 1


def test_counts_never_tell_of_units_beyond_reach(cast):
    make_ratified(cast)
    units = [cast.unit.pk, cast.neighbour_unit.pk]
    assert queries.counts_by_unit(cast.province, units, 2024)[cast.unit.pk]["ratified"] == 1
    assert queries.counts_by_unit(cast.neighbour, units, 2024) == {}
    assert queries.counts_by_unit(cast.outsider, units, 2024) == {}


def test_this_week_is_the_week_of_the_unit(cast):
    pleno = make_invited(cast)
    sunday_night = datetime.datetime(2024, 8, 25, 15, 59, tzinfo=datetime.UTC)  # 23.59 WITA
    for moment, found in ((sunday_night, [pleno]), (sunday_night + MINUTE, [])):
        with clock.at(moment):
            assert queries.this_week(cast.member) == found
            assert queries.this_week(cast.administrator) == []
