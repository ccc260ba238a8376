"""A session whose quorum is lost in the middle, that stands adjourned and goes on, or goes on in a follow-up pleno."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from plenos import lifecycle, quorum
from plenos.models import Absence, Attendee

from ..factories import LATER, PDF, WHEN, item_of, lines, make_held_open, make_invited, make_open, membership, row_of

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def at(minutes):
    return clock.at(WHEN + minutes * MINUTE)


def decide(pleno, by, order=1, **facts):
    return lifecycle.decide(item_of(pleno, order), by=by, category="plan", text="Setuju.", **facts)


def leave(cast, pleno, *seats):
    for seat in seats:
        lifecycle.step_out(row_of(pleno, cast.members[seat - 1]), by=cast.secretary)


def now(pleno, moment=None):
    attendees = list(pleno.attendees.with_absences())
    return quorum.now_in(pleno, attendees, moment or clock.now())


class TestComingAndGoing:
    def test_one_press_lets_someone_leave_and_come_back(self, cast):
        pleno = make_open(cast)
        row = row_of(pleno, cast.members[3])
        with at(10):
            lifecycle.step_out(row, by=cast.secretary)
            assert now(pleno).present == 4
        with at(20):
            lifecycle.step_in(row, by=cast.secretary)
        away = Absence.objects.get()
        assert (away.since, away.until) == (WHEN + 10 * MINUTE, WHEN + 20 * MINUTE)
        assert row.left_at is None
        for minutes, there in ((9, True), (10, False), (19, False), (20, True)):
            moment = WHEN + minutes * MINUTE
            assert row_of(pleno, cast.members[3]).in_room_at(moment) is there
        assert lines(pleno, "attend") == 2

    def test_one_who_was_absent_arrives_with_one_press(self, cast):
        pleno = make_open(cast, exceptions={5: "ill"})
        row = row_of(pleno, cast.members[4])
        with at(10):
            lifecycle.step_in(row, by=cast.secretary)
        assert (row.status, row.arrived_at, row.reason) == ("present", WHEN + 10 * MINUTE, "")
        with at(11), pytest.raises(TransitionRefused):
            lifecycle.step_in(row, by=cast.secretary)

    def test_who_is_not_in_the_room_cannot_leave_it(self, cast):
        pleno = make_open(cast, exceptions={5: "ill"})
        with at(10), pytest.raises(TransitionRefused):
            leave(cast, pleno, 5)

    def test_the_largest_presence_counts_who_was_there_at_the_same_moment(self, cast):
        pleno = make_open(cast, exceptions={3: "ill", 4: "ill", 5: "ill"})
        with at(10):
            leave(cast, pleno, 2)
        with at(20):
            lifecycle.step_in(row_of(pleno, cast.members[2]), by=cast.secretary)
        pleno.refresh_from_db()
        assert (pleno.quorum_present, pleno.quorum_met) == (2, False)
        with at(30):
            lifecycle.step_in(row_of(pleno, cast.members[1]), by=cast.secretary)
        pleno.refresh_from_db()
        assert (pleno.quorum_present, pleno.quorum_met) == (3, True)

    def test_an_absence_is_typed_beside_the_hours_and_taken_out_again(self, cast):
        pleno = make_open(cast)
        row = row_of(pleno, cast.members[3])
        with at(60):
            away = (WHEN + 10 * MINUTE, WHEN + 20 * MINUTE)
            lifecycle.set_attendance(row, by=cast.secretary, status="present", away=away)
            assert not row_of(pleno, cast.members[3]).in_room_at(WHEN + 15 * MINUTE)
            lifecycle.set_attendance(row, by=cast.secretary, status="present", drop=list(row.absences.all()))
        assert not Absence.objects.exists()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"away": (10, None)}, "away_until"),
            ({"away": (20, 10)}, "away_until"),
            ({"away": (20, 90)}, "away_until"),
            ({"away": (32, 38)}, "away_since"),
            ({"away": (-5, 5)}, "arrived_at"),
            ({"away": (10, 20), "left_at": 15}, "left_at"),
            ({"arrived_at": 35}, "arrived_at"),
            ({"arrived_at": 20, "left_at": 10}, "left_at"),
            ({"left_at": 70}, "left_at"),
            ({"arrived_at": 70}, "arrived_at"),
        ],
    )
    def test_hours_that_cannot_be_are_refused_at_their_field(self, cast, facts, field):
        pleno = make_open(cast)
        row = row_of(pleno, cast.members[3])

        def hour(minutes):
            return None if minutes is None else WHEN + minutes * MINUTE

        typed = {k: tuple(map(hour, v)) if k == "away" else hour(v) for k, v in facts.items()}
        with at(60):
            away = (WHEN + 30 * MINUTE, WHEN + 40 * MINUTE)
            lifecycle.set_attendance(row, by=cast.secretary, status="present", away=away)
            with pytest.raises(ValidationError) as refused:
                lifecycle.set_attendance(row, by=cast.secretary, status="present", **typed)
        assert set(refused.value.message_dict) == {field}

    def test_an_absence_over_a_decision_that_counted_him_is_refused(self, cast):
        pleno = make_open(cast)
        with at(15):
            decide(pleno, cast.secretary)
        row = row_of(pleno, cast.members[3])
        with at(60), pytest.raises(TransitionRefused, match="mengubah jumlah hadir"):
            away = (WHEN + 10 * MINUTE, WHEN + 20 * MINUTE)
            lifecycle.set_attendance(row, by=cast.secretary, status="present", away=away)

    def test_quorum_and_decisions_take_the_same_number_of_queries_whoever_left(self, cast, django_assert_num_queries):
        pleno = make_open(cast)
        for seat in (3, 4, 5):
            with at(10):
                leave(cast, pleno, seat)
            with at(20):
                lifecycle.step_in(row_of(pleno, cast.members[seat - 1]), by=cast.secretary)
        with django_assert_num_queries(2):
            assert now(pleno, WHEN + 15 * MINUTE).present == 2


class TestQuorumLost:
    def test_deciding_is_refused_until_the_quorum_is_back(self, cast):
        pleno = make_open(cast)
        with at(10):
            leave(cast, pleno, 3, 4, 5)
            with pytest.raises(TransitionRefused, match="Kuorum tidak terpenuhi: 2 hadir"):
                decide(pleno, cast.secretary)
        with at(20):
            lifecycle.step_in(row_of(pleno, cast.members[2]), by=cast.secretary)
            assert decide(pleno, cast.secretary).present == 3
        pleno.refresh_from_db()
        assert pleno.quorum_met  # it once had it: a fact of the session as a whole

    def test_a_follow_up_pleno_closes_this_one_and_takes_over_what_is_left(self, cast):
        pleno = make_open(cast)
        with at(5):
            decide(pleno, cast.secretary)
        with at(10):
            leave(cast, pleno, 3, 4, 5)
        with at(15):
            later = lifecycle.continue_later(
                pleno, by=cast.secretary, planned_at=WHEN + DAY, place="Aula", reason="Kuorum hilang."
            )
        pleno.refresh_from_db()
        assert (pleno.state, pleno.closed_at) == ("closed", WHEN + 15 * MINUTE)
        assert [i.fate for i in pleno.items.all()] == ["decided", "deferred", "deferred"]
        assert (later.occasion, later.continues, later.week_text, later.ordinal) == (
            "continued",
            pleno,
            pleno.week_text,
            2,
        )
        assert [i.carried_from for i in later.items.all()] == list(pleno.items.all())[1:]
        assert (lines(pleno, "close"), lines(later, "plan")) == (1, 1)

    def test_what_hangs_on_an_item_that_is_left_hangs_on_the_follow_up_pleno_too(self, cast):
        pleno = make_open(cast)
        with at(5):
            for order in (1, 2):
                files = [(PDF, "application/pdf", f"surat-{order}.pdf")]
                lifecycle.attach(item_of(pleno, order), by=cast.secretary, files=files, caption="Bahan")
            decide(pleno, cast.secretary)
        with at(15):
            later = lifecycle.continue_later(
                pleno, by=cast.secretary, planned_at=WHEN + DAY, place="Aula", reason="Kuorum hilang."
            )
        first, second = later.items.all()
        kept, taken = item_of(pleno, 2).attachments.get(), first.attachments.get()
        assert (taken.name, taken.caption, taken.file_id) == ("surat-2.pdf", "Bahan", kept.file_id)
        assert taken.pk != kept.pk
        assert not second.attachments.exists()

    def test_it_is_refused_without_a_reason_in_the_past_and_with_nothing_left_and_then_changes_nothing(self, cast):
        pleno = make_open(cast)
        with at(10):
            for facts, field in (({"reason": ""}, "reason"), ({"planned_at": WHEN}, "planned_at")):
                typed = {"planned_at": WHEN + DAY, "place": "Aula", "reason": "Habis waktu.", **facts}
                with pytest.raises(ValidationError) as refused:
                    lifecycle.continue_later(pleno, by=cast.secretary, **typed)
                assert field in refused.value.message_dict
            for order in (1, 2, 3):
                decide(pleno, cast.secretary, order)
            with pytest.raises(TransitionRefused, match="Tidak ada agenda"):
                lifecycle.continue_later(
                    pleno, by=cast.secretary, planned_at=WHEN + DAY, place="Aula", reason="Habis waktu."
                )
        pleno.refresh_from_db()
        assert pleno.state == "open"


class TestAdjourning:
    def adjourn(self, pleno, by, **facts):
        lifecycle.adjourn(pleno, by=by, **{"reason": "Kuorum hilang.", **facts})

    def test_it_stands_still_and_nothing_is_decided(self, cast):
        pleno = make_open(cast)
        with at(10):
            self.adjourn(pleno, cast.secretary, planned_at=WHEN + DAY, place="Aula")
        pause = pleno.adjournments.get()
        assert (pleno.state, pleno.interrupted) == ("adjourned", True)
        assert (pause.since, pause.reason, pause.planned_at) == (WHEN + 10 * MINUTE, "Kuorum hilang.", WHEN + DAY)
        with at(20), pytest.raises(TransitionRefused):
            decide(pleno, cast.secretary)
        with at(20), pytest.raises(TransitionRefused):
            leave(cast, pleno, 2)

    def test_it_goes_on_another_day_with_those_who_are_back(self, cast):
        pleno = make_open(cast, exceptions={5: "ill"})
        with at(5):
            leave(cast, pleno, 4)
        with at(10):
            self.adjourn(pleno, cast.secretary)
        back = {row_of(pleno, cast.members[n]).pk for n in (0, 1, 3, 4)}
        with clock.at(WHEN + DAY):
            lifecycle.resume(pleno, by=cast.secretary, back=back)
            assert now(pleno).present == 4
            assert decide(pleno, cast.secretary).present == 4
        third, fourth, fifth = (Attendee.objects.get(pleno=pleno, user=cast.members[n]) for n in (2, 3, 4))
        assert third.left_at == WHEN + 10 * MINUTE
        assert fourth.absences.get().until == WHEN + DAY
        assert (fifth.status, fifth.arrived_at) == ("present", WHEN + DAY)
        assert pleno.adjournments.get().resumed_at == WHEN + DAY
        assert (lines(pleno, "adjourn"), lines(pleno, "resume")) == (1, 1)

    def test_who_was_there_is_back_unless_said_otherwise_and_the_time_between_is_no_absence(self, cast):
        pleno = make_open(cast)
        with at(10):
            self.adjourn(pleno, cast.secretary)
        with at(60):
            lifecycle.resume(pleno, by=cast.secretary)
        assert pleno.state == "open"
        assert not Absence.objects.exists()
        assert now(pleno, WHEN + 61 * MINUTE).present == 5

    def test_without_a_quorum_it_goes_on_and_decides_nothing(self, cast):
        pleno = make_open(cast)
        with at(10):
            self.adjourn(pleno, cast.secretary)
        with at(60):
            lifecycle.resume(pleno, by=cast.secretary, back={row_of(pleno, cast.chair).pk})
            with pytest.raises(TransitionRefused, match="Kuorum"):
                decide(pleno, cast.secretary)

    def test_another_leads_on_with_a_reason_where_the_chair_is_not_back(self, cast):
        pleno = make_open(cast)
        with at(10):
            self.adjourn(pleno, cast.secretary)
        back = {row_of(pleno, cast.members[n]).pk for n in (1, 2, 3)}
        chair = membership(cast, cast.members[1])
        with at(60):
            for facts, field in (({}, "chair"), ({"chair": chair}, "chair_reason")):
                with pytest.raises(ValidationError) as refused:
                    lifecycle.resume(pleno, by=cast.secretary, back=back, **facts)
                assert set(refused.value.message_dict) == {field}
            absent = membership(cast, cast.members[4])
            with pytest.raises(ValidationError):
                lifecycle.resume(pleno, by=cast.secretary, back=back, chair=absent, chair_reason="x")
            with pytest.raises(TransitionRefused):
                lifecycle.resume(pleno, by=cast.secretary, back=set())
            lifecycle.resume(pleno, by=cast.secretary, back=back, chair=chair, chair_reason="Ketua dinas luar")
        assert (pleno.chair, pleno.chair_reason) == (chair, "Ketua dinas luar")

    def test_one_that_does_not_go_on_ended_when_it_was_adjourned(self, cast):
        pleno = make_open(cast)
        with at(10):
            self.adjourn(pleno, cast.secretary)
        with clock.at(WHEN + 3 * DAY):
            fates = [(item, "defer") for item in pleno.items.all()]
            lifecycle.close(pleno, by=cast.secretary, fates=fates, reason="Tidak dilanjutkan.")
        assert (pleno.state, pleno.closed_at) == ("closed", WHEN + 10 * MINUTE)

    def test_hours_are_typed_where_the_session_is_entered_afterwards(self, cast):
        pleno = make_held_open(cast)
        by = cast.secretary
        with clock.at(WHEN + LATER):
            decide(pleno, by, happened_at=WHEN + 10 * MINUTE)
            for hour in (None, WHEN + 5 * MINUTE):
                with pytest.raises(ValidationError) as refused:
                    self.adjourn(pleno, by, happened_at=hour)
                assert "happened_at" in refused.value.message_dict
            self.adjourn(pleno, by, happened_at=WHEN + 10 * MINUTE)
            with pytest.raises(ValidationError):
                lifecycle.resume(pleno, by=by, happened_at=WHEN + 9 * MINUTE)
            lifecycle.resume(pleno, by=by, back={row_of(pleno, cast.chair).pk}, happened_at=WHEN + HOUR)
            assert now(pleno, WHEN + 10 * MINUTE).present == 5  # the decision of that minute keeps those who were there
            assert now(pleno, WHEN + 2 * HOUR).present == 1

    def test_a_reason_is_asked_and_the_next_hour_lies_ahead(self, cast):
        pleno = make_open(cast)
        with at(10):
            for facts, field in (({"reason": " "}, "reason"), ({"planned_at": WHEN}, "planned_at")):
                with pytest.raises(ValidationError) as refused:
                    self.adjourn(pleno, cast.secretary, **facts)
                assert set(refused.value.message_dict) == {field}
            with pytest.raises(NotPermitted):
                self.adjourn(pleno, cast.member)

    def test_it_is_not_closed_before_it_went_on(self, cast):
        pleno = make_held_open(cast)
        with clock.at(WHEN + LATER):
            self.adjourn(pleno, cast.secretary, happened_at=WHEN + 10 * MINUTE)
            lifecycle.resume(pleno, by=cast.secretary, happened_at=WHEN + HOUR)
            fates = [(item, "defer") for item in pleno.items.all()]
            with pytest.raises(ValidationError):
                lifecycle.close(
                    pleno, by=cast.secretary, happened_at=WHEN + 30 * MINUTE, fates=fates, reason="Habis waktu."
                )


class TestOneSessionAtATime:
    def test_a_second_session_waits_until_the_first_is_closed(self, cast):
        make_open(cast)
        second = make_invited(cast, when=WHEN + HOUR)
        with clock.at(WHEN + HOUR), pytest.raises(ValidationError, match="bertumpuk") as refused:
            lifecycle.open_session(second, by=cast.secretary)
        assert set(refused.value.message_dict) == {"happened_at"}

    def test_one_may_be_held_while_the_other_stands_adjourned_and_not_when_it_goes_on(self, cast):
        pleno, second = make_open(cast), make_invited(cast, when=WHEN + HOUR)
        with at(10):
            lifecycle.adjourn(pleno, by=cast.secretary, reason="Istirahat.")
        with clock.at(WHEN + HOUR):
            lifecycle.open_session(second, by=cast.secretary)
            with pytest.raises(ValidationError, match="bertumpuk"):
                lifecycle.resume(pleno, by=cast.secretary)

    def test_one_entered_afterwards_neither_begins_nor_ends_in_another(self, cast):
        make_open(cast)
        with pytest.raises(ValidationError, match="bertumpuk"):
            make_held_open(cast, when=WHEN + HOUR)
        early = make_held_open(cast, when=WHEN - HOUR)
        with clock.at(WHEN + LATER):
            fates = [(item, "defer") for item in early.items.all()]
            with pytest.raises(ValidationError, match="bertumpuk"):
                lifecycle.close(early, by=cast.secretary, happened_at=WHEN + HOUR, fates=fates, reason="Habis waktu.")
            lifecycle.close(early, by=cast.secretary, happened_at=WHEN, fates=fates, reason="Habis waktu.")

    def test_one_whose_closing_was_forgotten_does_not_block_the_next_week(self, cast):
        make_open(cast)
        assert make_open(cast, when=WHEN + 7 * DAY).state == "open"
