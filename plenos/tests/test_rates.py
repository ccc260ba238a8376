"""Rates per unit and member: counted by hand over a few sessions; who may read which."""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.models import Membership, Suspension
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import lifecycle, rates
from plenos.models import FollowUp, Progress
from plenos.rates import Share

from .factories import WHEN, make_closed, make_invited, make_open, make_ratified, membership, words
from .test_following import decide_with

FIRST, LAST = datetime.date(2024, 8, 19), datetime.date(2024, 9, 9)  # 2024-W34 to W37
WEEK = datetime.timedelta(days=7)
NOW = WHEN + 8 * WEEK


@pytest.fixture
def season(cast):
    """Four weeks: all there; one ill and one away without a word; closed but not ratified; nothing."""
    with clock.at(WHEN - WEEK):
        duties.ensure([cast.unit], FIRST, LAST)
    make_ratified(cast)
    make_ratified(cast, when=WHEN + WEEK, exceptions={2: "ill", 3: "unexplained"})
    make_closed(cast, when=WHEN + 2 * WEEK, exceptions={4: "ill"})
    return cast


def found(cast, **facts):
    with clock.at(NOW):
        return rates.rates([cast.unit], FIRST, LAST, **facts)[cast.unit.pk]


def members(cast):
    with clock.at(NOW):
        return {m.order: m for m in rates.member_rates(cast.unit, FIRST, LAST)}


class TestOfAUnit:
    def test_weeks(self, season):
        of = found(season)
        assert (of.held, of.on_time, of.quorum) == (Share(3, 4), Share(2, 4), Share(3, 3))

    def test_attendance_counts_ratified_sessions(self, season):
        """Five of five, three of five; the session that is not ratified yet is not told of."""
        assert found(season).attendance == Share(8, 10)

    def test_lead_time(self, season):
        """make_invited issues three days ahead."""
        assert found(season).lead_time == Share(3, 3)

    def test_a_reader_of_two_units_gets_each_apart(self, season):
        with clock.at(NOW):
            both = rates.rates([season.unit, season.neighbour_unit], FIRST, LAST)
        assert both[season.unit.pk].held == Share(3, 4)
        assert both[season.neighbour_unit.pk].attendance == Share(0, 0)
        assert both[season.neighbour_unit.pk].attendance.rate is None

    def test_constant_queries(self, season, django_assert_num_queries):
        with clock.at(NOW):
            with django_assert_num_queries(6):
                rates.rates([season.unit], FIRST, LAST)
            with django_assert_num_queries(6):
                rates.rates([season.unit, season.neighbour_unit, season.province_unit], FIRST, LAST)
            with django_assert_num_queries(2):
                rates.member_rates(season.unit, FIRST, LAST)

    def test_outside_the_weeks_nothing_counts(self, season):
        with clock.at(NOW):
            of = rates.rates([season.unit], LAST + WEEK, LAST + 2 * WEEK)[season.unit.pk]
        assert (of.held, of.attendance, of.lead_time, of.follow_ups) == (Share(), Share(), Share(), Share())


class TestLeadTime:
    def test_a_session_whose_change_came_too_late_did_not_keep_it(self, cast):
        pleno = make_invited(cast)
        with clock.at(pleno.planned_at - datetime.timedelta(hours=2)):
            lifecycle.reschedule(
                pleno,
                by=cast.secretary,
                planned_at=pleno.planned_at + datetime.timedelta(hours=1),
                place="x",
                reason="x",
            )
        with clock.at(pleno.planned_at):
            lifecycle.open_session(pleno, by=cast.secretary)
        make_open(cast, when=WHEN + WEEK)
        assert found(cast).lead_time == Share(1, 2)


class TestOfMembers:
    def test_each_by_his_own_sessions(self, season):
        of = members(season)
        assert {order: m.attendance for order, m in of.items()} == {
            1: Share(2, 2),
            2: Share(1, 2),
            3: Share(1, 2),
            4: Share(2, 2),
            5: Share(2, 2),
        }
        assert (of[2].away, of[2].unexplained) == (1, 0)
        assert (of[3].away, of[3].unexplained) == (0, 1)

    def test_only_while_in_office(self, season):
        """A line of attendance before the seat began, after it ended or under suspension is nobody's absence."""
        seats = Membership.objects.filter(organisation=season.unit)
        seats.filter(role="member", order=2).update(since=WHEN + 3 * datetime.timedelta(days=1))
        seats.filter(role="member", order=3).update(until=WHEN + datetime.timedelta(days=3))
        Suspension.objects.create(
            organisation=season.unit,
            membership=seats.get(role="member", order=4),
            since=WHEN - WEEK,
            until=WHEN + datetime.timedelta(days=3),
            reason="x",
        )
        of = members(season)
        assert {order: m.sessions for order, m in of.items()} == {1: 2, 2: 1, 3: 1, 4: 1, 5: 2}
        assert found(season).attendance == Share(6, 7)

    def test_one_who_came_later_is_counted_from_then_on(self, cast):
        make_ratified(cast)
        make_person(cast.unit, "member", "Anggota Pengganti", order=6, since=WHEN + datetime.timedelta(days=2))
        make_ratified(cast, when=WHEN + WEEK)
        assert {order: m.sessions for order, m in members(cast).items()} == {1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 1}


class TestFollowUps:
    """The day is 30 August 2024 in Kendari (WITA, eight hours ahead of UTC)."""

    DUE = datetime.date(2024, 8, 30)
    LAST_MINUTE = datetime.datetime(2024, 8, 30, 15, 59, tzinfo=datetime.UTC)

    @pytest.fixture
    def follow_up(self, cast):
        pleno = make_open(cast)
        item = pleno.items.first()
        seat = Membership.objects.get(user=cast.member, organisation=cast.unit)
        with clock.at(pleno.opened_at + datetime.timedelta(minutes=5)):
            lifecycle.decide(
                item,
                by=cast.secretary,
                category="plan",
                text="Menyetujui.",
                follow_ups=[{"what": "Menyusun laporan", "responsible": seat, "due": self.DUE}],
            )
            for other in pleno.items.exclude(pk=item.pk):
                lifecycle.defer(other, by=cast.secretary, reason="x")
        with clock.at(pleno.opened_at + datetime.timedelta(hours=2)):
            lifecycle.close(pleno, by=cast.secretary)
        return FollowUp.objects.get(pleno=pleno)

    def settle(self, cast, row, reported, confirmed, state="done"):
        for kind, at in (("reported", reported), ("confirmed", confirmed)):
            if at:
                Progress.objects.create(
                    follow_up=row, organisation=cast.unit, kind=kind, text="x", at=at, by=cast.member
                )
        FollowUp.objects.filter(pk=row.pk).update(state=state, settled_at=confirmed)

    @pytest.mark.parametrize(
        ("reported", "confirmed", "state", "share"),
        [
            # said done in the last minute of the day there, confirmed days later
            (LAST_MINUTE, LAST_MINUTE + datetime.timedelta(days=3), "done", Share(1, 1)),
            (
                LAST_MINUTE + datetime.timedelta(minutes=1),
                LAST_MINUTE + datetime.timedelta(days=3),
                "done",
                Share(0, 1),
            ),
            # confirmed without a word of the doer
            (None, LAST_MINUTE, "done", Share(1, 1)),
            (None, LAST_MINUTE + datetime.timedelta(minutes=1), "done", Share(0, 1)),
            # said done and not confirmed
            (LAST_MINUTE, None, "reported", Share(0, 1)),
            (None, None, "open", Share(0, 1)),
            (None, LAST_MINUTE, "stopped", Share(0, 0)),
        ],
    )
    def test_in_time(self, cast, follow_up, reported, confirmed, state, share):
        self.settle(cast, follow_up, reported, confirmed, state)
        assert found(cast).follow_ups == share
        make_ratified(cast, when=WHEN + WEEK)
        assert members(cast)[2].follow_ups == share

    def test_what_is_not_due_yet_is_outside_unless_done(self, cast, follow_up):
        with clock.at(WHEN + datetime.timedelta(days=2)):
            assert rates.rates([cast.unit], FIRST, LAST)[cast.unit.pk].follow_ups == Share(0, 0)
            self.settle(cast, follow_up, None, clock.now())
            assert rates.rates([cast.unit], FIRST, LAST)[cast.unit.pk].follow_ups == Share(1, 1)


class TestThePage:
    PERIOD = {"dari": "2024-W34", "sampai": "2024-W37"}

    def url(self, cast):
        return reverse("plenos:performance", args=[cast.unit.code])

    @pytest.mark.parametrize(
        ("who", "status", "by_name", "lateness"),
        [
            ("chair", 200, True, True),
            ("member", 200, True, True),
            ("secretary", 200, True, True),
            ("head", 200, True, True),
            ("staff", 200, False, False),
            ("administrator", 403, False, False),
            ("neighbour", 404, False, False),
            ("province", 200, True, True),
            ("province_chair", 200, True, True),
            ("province_staff", 200, False, False),
            ("province_administrator", 403, False, False),
            ("national", 200, False, False),
            ("outsider", 404, False, False),
        ],
    )
    def test_who_reads_what(self, season, sign_in, who, status, by_name, lateness):
        client = sign_in(getattr(season, who))
        page = client.get(self.url(season), self.PERIOD)
        assert page.status_code == status
        assert ("Anggota 3 Kota Kendari" in words(page)) is by_name
        assert ("Tindak lanjut tepat waktu" in words(page)) is lateness
        if status == 200:
            assert "75,0" in words(page) and "3 dari 4" in words(page)

    def test_the_workbook_says_the_same(self, season, sign_in):
        client = sign_in(season.chair)
        book = load_workbook(io.BytesIO(client.get(self.url(season), {**self.PERIOD, "bentuk": "xlsx"}).content))
        lines = {str(row[0]): row[1:4] for row in book.active.iter_rows(values_only=True) if row[0]}
        assert lines["Pleno terlaksana"] == (3, 4, 75)
        assert lines["Kehadiran Ketua dan Anggota"] == (8, 10, 80)

    def test_how_each_kept_his_follow_ups_is_for_those_who_read_them(self, season, sign_in):
        doer, due = membership(season, season.member), datetime.date(2024, 9, 13)
        decide_with(season, doer=doer, when=WHEN + 3 * WEEK, due=due)
        line = f"Tindak lanjut tepat waktu {season.member.name} ("
        for who, reads in (("chair", True), ("secretary", True), ("province", False), ("staff", False)):
            client = sign_in(getattr(season, who))
            page = words(client.get(self.url(season), self.PERIOD))
            assert ("0 dari 1" in page.split("h-orang")[-1]) is reads, who
            assert ("menurut penanggung jawabnya" in page) is reads, who
            book = load_workbook(io.BytesIO(client.get(self.url(season), {**self.PERIOD, "bentuk": "xlsx"}).content))
            lines = [row[1:4] for row in book.active.iter_rows(values_only=True) if str(row[0]).startswith(line)]
            assert lines == ([(0, 1, 0)] if reads else []), who

    def test_a_week_far_away_or_none_is_said_and_the_usual_period_shown(self, season, sign_in):
        page = sign_in(season.chair).get(self.url(season), {"dari": "2024-W99"})
        assert page.status_code == 200 and "Tulis minggu seperti 2024-W34" in words(page)

    def test_constant_queries(self, season, sign_in):
        client = sign_in(season.chair)
        client.get(self.url(season), self.PERIOD)
        with CaptureQueriesContext(connection) as one:
            client.get(self.url(season), {"dari": "2024-W34", "sampai": "2024-W34"})
        with CaptureQueriesContext(connection) as many:
            client.get(self.url(season), self.PERIOD)
        assert len(one) == len(many) <= 30
