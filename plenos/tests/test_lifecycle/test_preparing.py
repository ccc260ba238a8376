"""Section 3 and 5.4: the next week in one click, carry-over that loses nothing silently, lead time, approval."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Division, Holiday, Membership, Setting
from plenos import lifecycle, preparation
from plenos.models import AgendaItem, Drop, Pleno

from ..factories import (
    WHEN,
    decide_all,
    item_of,
    lines,
    make_draft,
    make_invited,
    make_open,
    make_ratified,
)

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(weeks=1)
DAY = datetime.timedelta(days=1)
FRIDAY = WHEN - 3 * DAY  # before the Monday of week 34


def settle(cast, **values):
    for key, value in values.items():
        Setting.objects.create(
            organisation=cast.unit,
            key=f"plenos.{key}",
            value=value,
            since=datetime.date(2024, 1, 1),
            source="uji",
        )


def holiday(unit, by, first, name="Hari raya", last=None):
    return Holiday.objects.create(organisation=unit, first=first, last=last or first, name=name, by=by)


def plan_next(cast, moment=FRIDAY, **facts):
    with clock.at(moment):
        return lifecycle.plan_next(cast.unit, by=cast.secretary, **facts)


def titles(pleno):
    return [item.title for item in pleno.items.all()]


def put_off(cast, *which, when=WHEN, agenda=("Pertama", "Kedua", "Ketiga"), **facts):
    """A closed pleno that decided its items, save those that it put off."""
    pleno = make_open(cast, when=when, agenda=agenda, **facts)
    with clock.at(pleno.opened_at + datetime.timedelta(minutes=2)):
        for order in which:
            lifecycle.defer(item_of(pleno, order), by=cast.secretary, reason="Menunggu data.")
    decide_all(pleno, cast.secretary)
    with clock.at(pleno.opened_at + datetime.timedelta(hours=2)):
        lifecycle.close(pleno, by=cast.secretary)
    return pleno


def waiting(cast):
    return list(preparation.pending(cast.unit))


# --- the next week ---------------------------------------------------------------------------------------


def test_the_next_week_has_the_usual_day_hour_and_place_and_the_standing_items(cast):
    settle(cast, weekday=2, hour="13:30", place="Aula")
    pleno, slot = plan_next(cast)
    assert pleno.week_text == slot.week_text == "2024-W34"
    local = clock.local(pleno.planned_at, cast.unit)
    assert (local.isoweekday(), local.strftime("%H:%M"), pleno.place) == (2, "13:30", "Aula")
    assert (pleno.state, pleno.occasion, pleno.chair.user) == ("draft", "weekly", cast.chair)
    assert pleno.note_taker.user == cast.secretary
    assert titles(pleno) == [
        "Tindak lanjut keputusan minggu lalu",
        "Laporan dan rencana Divisi SDM, Organisasi, Pendidikan dan Pelatihan",
        "Laporan dan rencana Divisi Hukum dan Penyelesaian Sengketa",
        "Laporan dan rencana Divisi Pencegahan, Partisipasi Masyarakat dan Humas",
        "Laporan dan rencana Divisi Penanganan Pelanggaran, Data dan Informasi",
        "Hal yang perlu diputuskan",
        "Lain-lain",
    ]
    assert [i.order for i in pleno.items.all()] == list(range(1, 8))
    assert lines(pleno, "plan") == 1


def test_each_click_takes_the_week_after_the_last_planned_one(cast):
    weeks = [plan_next(cast)[0].week_text for _n in range(3)]
    assert weeks == ["2024-W34", "2024-W35", "2024-W36"]
    assert plan_next(cast, WHEN + 20 * WEEK - DAY)[0].week_text == "2025-W02"


def test_this_week_while_its_hour_is_ahead_and_a_cancelled_week_again(cast):
    assert plan_next(cast, WHEN - datetime.timedelta(hours=1))[0].week_text == "2024-W34"
    Pleno.objects.all().delete()
    pleno = make_invited(cast)
    with clock.at(FRIDAY):
        lifecycle.cancel(pleno, by=cast.secretary, reason="Dinas luar")
    again, _slot = plan_next(cast)
    assert (again.week_text, again.ordinal) == ("2024-W34", 2)


def test_a_week_planned_by_someone_else_meanwhile_is_a_conflict(cast):
    plan_next(cast)
    with pytest.raises(Conflict):
        plan_next(cast, week="2024-W34")
    assert Pleno.objects.count() == 1


def test_a_division_that_ended_has_no_report(cast):
    ended = Division.objects.filter(organisation=cast.unit).first()
    Division.objects.filter(pk=ended.pk).update(until=WHEN.date())
    assert not any(ended.name in title for title in titles(plan_next(cast)[0]))


@pytest.mark.parametrize("where", ["unit", "province_unit", "national_unit"])
def test_a_holiday_of_the_unit_or_above_moves_it_to_the_next_working_day(cast, where):
    holiday(getattr(cast, where), cast.administrator, WHEN.date(), "Hari jadi")
    pleno, slot = plan_next(cast)
    assert clock.local(pleno.planned_at, cast.unit).date() == WHEN.date() + DAY
    assert (slot.moved_from, slot.holiday) == (WHEN.date(), "Hari jadi")


def test_next_door_or_lifted_holidays_move_nothing(cast):
    holiday(cast.neighbour_unit, cast.administrator, WHEN.date())
    lifted = holiday(cast.unit, cast.administrator, WHEN.date())
    Holiday.objects.filter(pk=lifted.pk).update(
        removed_at=FRIDAY, removed_by=cast.administrator, removed_reason="Keliru"
    )
    pleno, slot = plan_next(cast)
    assert clock.local(pleno.planned_at, cast.unit).date() == WHEN.date()
    assert slot.moved_from is None


def test_a_holiday_on_friday_is_held_before_it_and_stays_in_its_week(cast):
    settle(cast, weekday=5)
    friday = WHEN.date() + 4 * DAY
    holiday(cast.unit, cast.administrator, friday)
    pleno, _slot = plan_next(cast)
    assert clock.local(pleno.planned_at, cast.unit).date() == friday - DAY
    assert pleno.week_text == "2024-W34"


def test_a_week_in_which_nobody_works_is_left_out_and_named(cast):
    holiday(cast.national_unit, cast.administrator, WHEN.date(), "Cuti bersama", last=WHEN.date() + 4 * DAY)
    pleno, slot = plan_next(cast)
    assert pleno.week_text == "2024-W35"
    assert slot.skipped == ("2024-W34",)


@pytest.mark.parametrize("who", ["member", "staff", "administrator", "neighbour", "province", "national"])
def test_only_those_who_keep_the_records_plan_the_next_week(cast, who):
    with clock.at(FRIDAY), pytest.raises(NotPermitted):
        lifecycle.plan_next(cast.unit, by=getattr(cast, who))
    assert not Pleno.objects.exists()


def test_a_unit_without_commissioners_is_told(cast):
    Membership.objects.filter(organisation=cast.unit, role__in=("chair", "member")).update(until=FRIDAY)
    with pytest.raises(ValidationError, match="belum mempunyai Ketua"):
        plan_next(cast)


# --- carry-over ------------------------------------------------------------------------------------------


def test_what_was_put_off_comes_into_the_next_draft_with_its_origin(cast):
    pleno = put_off(cast, 2)
    origin = item_of(pleno, 2)
    assert waiting(cast) == [origin]
    draft, _slot = plan_next(cast, WHEN + DAY)
    assert titles(draft)[:2] == ["Tindak lanjut keputusan minggu lalu", "Kedua"]
    assert item_of(draft, 2).carried_from == origin
    assert waiting(cast) == []


def test_while_the_pleno_is_open_what_it_put_off_does_not_wait_yet(cast):
    pleno = make_open(cast)
    with clock.at(pleno.opened_at + DAY / 24):
        lifecycle.defer(item_of(pleno), by=cast.secretary, reason="Belum siap.")
    assert waiting(cast) == []


def test_put_off_again_it_is_carried_again_once(cast):
    first_origin = item_of(put_off(cast, 1), 1)
    second = put_off(cast, 1, when=WHEN + WEEK, agenda=[preparation.carried(first_origin)])
    assert [i.carried_from for i in waiting(cast)] == [first_origin]
    assert [i.pleno for i in waiting(cast)] == [second]


@pytest.mark.parametrize("end", ["delete", "cancel"])
def test_a_draft_that_goes_gives_back_what_it_had_taken_over(cast, end):
    origin = item_of(put_off(cast, 3), 3)
    draft, _slot = plan_next(cast, WHEN + DAY)
    assert waiting(cast) == []
    with clock.at(WHEN + 2 * DAY):
        if end == "delete":
            lifecycle.delete(draft, by=cast.secretary)
        else:
            lifecycle.invite(draft, by=cast.secretary)
            lifecycle.cancel(draft, by=cast.secretary, reason="Banjir")
    assert waiting(cast) == [origin]
    assert titles(plan_next(cast, WHEN + 2 * DAY)[0])[1] == "Ketiga"


def test_taken_off_without_a_reason_it_waits_for_the_following_one(cast):
    origin = item_of(put_off(cast, 3), 3)
    draft, _slot = plan_next(cast, WHEN + DAY)
    lifecycle.remove_item(item_of(draft, 2), by=cast.secretary)
    assert waiting(cast) == [origin]
    assert not Drop.objects.exists()
    lifecycle.carry_over(draft, by=cast.head, origin=origin)
    assert titles(draft)[-1] == "Ketiga"
    with pytest.raises(Conflict):
        lifecycle.carry_over(draft, by=cast.head, origin=origin)


def test_taken_off_with_a_reason_it_is_dropped_and_the_ledger_says_so(cast):
    pleno = put_off(cast, 3)
    draft, _slot = plan_next(cast, WHEN + DAY)
    lifecycle.remove_item(item_of(draft, 2), by=cast.secretary, reason="Sudah diselesaikan provinsi.")
    assert waiting(cast) == []
    assert item_of(pleno, 3).drop.reason == "Sudah diselesaikan provinsi."
    assert lines(pleno, "drop") == 1
    assert len(titles(draft)) == 7


def test_left_out_it_is_dropped_with_a_reason_only(cast):
    pleno = put_off(cast, 1, 2)
    origin, other = item_of(pleno, 1), item_of(pleno, 2)
    with pytest.raises(ValidationError):
        lifecycle.drop(origin, by=cast.secretary, reason=" ")
    assert waiting(cast) == [origin, other]
    lifecycle.drop(origin, by=cast.head, reason="Tidak relevan lagi.")
    assert waiting(cast) == [other]
    with pytest.raises(Conflict):
        lifecycle.drop(origin, by=cast.head, reason="Sekali lagi.")
    plan_next(cast, WHEN + DAY)
    with pytest.raises(Conflict):
        lifecycle.drop(other, by=cast.head, reason="Sudah di agenda.")


def test_a_ratified_pleno_lets_go_what_it_put_off_without_being_changed(cast):
    from plenos.tests.factories import sign_all

    pleno = put_off(cast, 1)
    with clock.at(pleno.closed_at + DAY / 24):
        lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    with clock.at(pleno.closed_at + DAY):
        lifecycle.ratify(pleno, by=cast.chair)
    version = Pleno.objects.get(pk=pleno.pk).version
    lifecycle.drop(item_of(pleno, 1), by=cast.secretary, reason="Tidak relevan lagi.")
    assert Pleno.objects.get(pk=pleno.pk).version == version
    assert waiting(cast) == []


def test_a_draft_made_by_hand_is_begun_with_what_stands_waits_and_was_put_off(cast):
    put_off(cast, 2)
    draft = make_draft(cast, when=WHEN + WEEK, agenda=["Pokok sendiri"])
    lifecycle.prepare_agenda(draft, by=cast.secretary)
    assert titles(draft)[:2] == ["Tindak lanjut keputusan minggu lalu", "Kedua"]
    assert titles(draft)[-1] == "Pokok sendiri"
    assert [i.order for i in draft.items.all()] == list(range(1, 10))


def test_an_item_of_another_unit_is_never_carried(cast):
    put_off(cast, 1)
    assert list(preparation.pending(cast.neighbour_unit)) == []


# --- lead time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urgent", "rule", "urgent_rule", "short"),
    [(False, 1, 0, 1), (True, 1, 0, 0), (False, 3, 0, 3), (True, 3, 1, 1), (False, 0, 2, 0)],
)
def test_days_short_of_the_rule_of_its_kind(cast, urgent, rule, urgent_rule, short):
    settle(cast, lead_days=rule, lead_days_urgent=urgent_rule)
    draft = make_draft(cast, urgent=urgent)
    with clock.at(WHEN - datetime.timedelta(hours=3)):  # the same day
        assert preparation.days_short(draft) == short
        lifecycle.invite(draft, by=cast.secretary)
    assert draft.invitations.get().lead_time_kept is (short == 0)


def test_an_urgent_session_says_so_in_its_letter(cast):
    from plenos.documents import invitation_record

    record = invitation_record(make_invited(cast, urgent=True))
    assert record["nature"] == "Terbatas/Segera"
    assert record["subject"] == "Undangan Rapat Pleno Mendesak Rutin Mingguan"
    plain = invitation_record(make_invited(cast, when=WHEN + WEEK))
    assert (plain["nature"], plain["subject"]) == ("Terbatas", "Undangan Rapat Pleno Rutin Mingguan")


# --- approval of the last minutes ------------------------------------------------------------------------


def approving(cast):
    """A ratified pleno, and the one after it that begins with the approval of its minutes."""
    settle(cast, approve_last=True)
    last = make_ratified(cast)
    with clock.at(WHEN + 3 * DAY):
        pleno, _slot = lifecycle.plan_next(cast.unit, by=cast.secretary)
        lifecycle.invite(pleno, by=cast.secretary)
    with clock.at(pleno.planned_at):
        lifecycle.open_session(pleno, by=cast.secretary)
    return last, pleno


def test_where_the_unit_wants_it_the_approval_comes_first(cast):
    assert plan_next(cast)[0].items.filter(standing_kind="approval").count() == 0
    settle(cast, approve_last=True)
    item = item_of(plan_next(cast)[0], 1)
    assert (item.standing_kind, item.title) == ("approval", "Persetujuan risalah pleno sebelumnya")


def test_the_last_minutes_are_approved_without_a_remark_by_consensus(cast):
    last, pleno = approving(cast)
    number = last.minutes.get(taken_back_at=None).number
    with clock.at(pleno.opened_at):
        decision = lifecycle.approve_last(item_of(pleno, 1), by=cast.secretary)
    assert decision.text == (
        f"Menyetujui risalah Rapat Pleno minggu ke-34 tahun 2024 (Berita Acara Nomor {number}) tanpa catatan."
    )
    assert (decision.manner, decision.result) == ("consensus", "accepted")
    assert (decision.concerns_kind, decision.concerns) == ("pleno", last.uuid)
    assert item_of(pleno, 1).fate == "decided"


def test_there_must_be_minutes_to_approve_and_an_item_for_it(cast):
    settle(cast, approve_last=True)
    pleno = make_open(cast, agenda=[{"title": "Persetujuan", "standing_kind": "approval"}, "Lain"])
    with clock.at(pleno.opened_at), pytest.raises(TransitionRefused):
        lifecycle.approve_last(item_of(pleno, 1), by=cast.secretary)
    _last, later = (make_ratified(cast, when=WHEN - WEEK), pleno)
    with clock.at(later.opened_at), pytest.raises(TransitionRefused):
        lifecycle.approve_last(item_of(later, 2), by=cast.secretary)
    with clock.at(later.opened_at):
        assert lifecycle.approve_last(item_of(later, 1), by=cast.secretary)


def test_a_standing_item_that_was_put_off_is_carried_by_the_next_one_of_its_kind(cast):
    settle(cast, approve_last=True)
    make_ratified(cast, when=WHEN - WEEK)
    pleno, _slot = plan_next(cast)
    with clock.at(FRIDAY):
        lifecycle.invite(pleno, by=cast.secretary)
    with clock.at(pleno.planned_at):
        lifecycle.open_session(pleno, by=cast.secretary)
    with clock.at(pleno.opened_at + DAY / 24):
        for item in pleno.items.all():
            lifecycle.defer(item, by=cast.secretary, reason="Kuorum tidak terpenuhi.")
        lifecycle.close(pleno, by=cast.secretary)
    again, _slot = plan_next(cast, WHEN + DAY)
    assert titles(again) == titles(pleno)
    assert [i.carried_from for i in again.items.all()] == list(pleno.items.all())
    assert waiting(cast) == []
    assert AgendaItem.objects.filter(pleno=again, standing_kind="approval").count() == 1
