"""Issue 3.1: planning, the chair by rule, agenda and guests, deleting a draft."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Membership
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import lifecycle
from plenos.models import Pleno

from ..factories import WHEN, end_membership, item_of, lines, make_cancelled, make_draft, make_invited, membership

pytestmark = pytest.mark.django_db
BEFORE = WHEN - datetime.timedelta(days=3)


def born(user, year):
    user.birth_date = datetime.date(year, 5, 17)
    user.save()


# --- who chairs ------------------------------------------------------------------------------------------


def test_the_ketua_chairs_by_rule(cast):
    assert make_draft(cast).chair.user == cast.chair


def test_without_a_ketua_in_office_the_oldest_member_chairs(cast):
    born(cast.members[3], 1950)
    end_membership(cast, cast.chair, WHEN - datetime.timedelta(hours=1))
    assert make_draft(cast).chair.user == cast.members[3]


def test_a_ketua_who_is_suspended_that_day_is_not_proposed(cast):
    from bawaslu_portal.kernel.models import Suspension

    Suspension.objects.create(
        organisation=cast.unit,
        membership=membership(cast, cast.chair),
        since=WHEN - datetime.timedelta(days=1),
        reason="SK 1",
    )
    assert make_draft(cast).chair.user != cast.chair


def test_an_acting_ketua_chairs(cast):
    end_membership(cast, cast.chair, WHEN - datetime.timedelta(days=1))
    seat = membership(cast, cast.member)
    Membership.objects.create(
        organisation=cast.unit, user=cast.member, role="chair", title="Plt. Ketua", acting=True, since=seat.since
    )
    chair = make_draft(cast).chair
    assert (chair.user, chair.role, chair.acting) == (cast.member, "chair", True)


def test_another_chair_needs_a_reason(cast):
    other = membership(cast, cast.member)
    with pytest.raises(ValidationError) as refused:
        make_draft(cast, chair=other)
    assert "chair_reason" in refused.value.message_dict
    assert make_draft(cast, chair=other, chair_reason="Ketua dinas luar").chair == other


def test_who_chairs_must_hold_a_seat_of_the_unit_on_that_day(cast):
    next_door = Membership.objects.get(organisation=cast.neighbour_unit, role="chair")
    for stranger in (next_door, membership(cast, cast.secretary)):
        with pytest.raises(ValidationError) as refused:
            make_draft(cast, chair=stranger, chair_reason="keliru")
        assert "chair" in refused.value.message_dict


def test_a_unit_without_commissioners_cannot_plan(cast):
    Membership.objects.filter(organisation=cast.unit, role__in=("chair", "member")).update(until=BEFORE)
    with pytest.raises(ValidationError, match="belum mempunyai Ketua"):
        make_draft(cast)


# --- the plan --------------------------------------------------------------------------------------------


def test_two_plenos_for_one_week_both_stand(cast):
    first, second = make_draft(cast), make_draft(cast, occasion="incidental")
    assert (first.week_text, first.ordinal, second.ordinal) == ("2024-W34", 1, 2)
    assert second.get_absolute_url().endswith("/74.71/2024-W34/2/")


@pytest.mark.parametrize("who", ["member", "staff", "administrator", "neighbour", "province", "outsider"])
def test_only_chair_note_taker_and_head_of_secretariat_plan(cast, who):
    with pytest.raises(NotPermitted):
        make_plan(cast, by=getattr(cast, who))
    assert not Pleno.objects.exists()


def make_plan(cast, by):
    with clock.at(BEFORE):
        return lifecycle.plan(cast.unit, by=by, year=2024, week=34, planned_at=WHEN, place="Aula", agenda=["Laporan"])


@pytest.mark.parametrize("who", ["chair", "secretary", "head"])
def test_each_of_the_three_who_prepare_plans(cast, who):
    pleno = make_plan(cast, by=getattr(cast, who))
    assert pleno.planned_by == getattr(cast, who)
    assert lines(pleno, "plan") == 1


def test_items_start_with_the_class_of_their_session_unless_given(cast):
    pleno = make_draft(cast, access="open", agenda=["Laporan", {"title": "Sanksi", "access": "closed"}])
    assert [i.access for i in pleno.items.all()] == ["open", "closed"]


def test_a_draft_is_changed_but_not_over_someone_elses_change(cast):
    pleno = make_draft(cast)
    seen = pleno.version
    lifecycle.edit(pleno, by=cast.head, version=seen, place="Aula lantai dua")
    with pytest.raises(Conflict):
        lifecycle.edit(pleno, by=cast.chair, version=seen, place="Ruang Ketua")
    pleno.refresh_from_db()
    assert pleno.place == "Aula lantai dua"
    assert pleno.week_text == "2024-W34"


def test_changing_the_chair_of_a_draft_follows_the_same_rule(cast):
    pleno = make_draft(cast)
    with pytest.raises(ValidationError):
        lifecycle.edit(pleno, by=cast.secretary, chair=membership(cast, cast.member), chair_reason=" ")
    lifecycle.edit(pleno, by=cast.secretary, chair=membership(cast, cast.member), chair_reason="cuti")
    pleno.refresh_from_db()
    assert (pleno.chair.user, pleno.chair_reason) == (cast.member, "cuti")


# --- agenda and guests -----------------------------------------------------------------------------------


def titles(pleno):
    return [(i.order, i.title) for i in pleno.items.all()]


def test_the_agenda_is_arranged_and_closes_its_ranks(cast):
    pleno = make_draft(cast, agenda=["A", "B", "C"])
    lifecycle.add_item(pleno, by=cast.secretary, title="D", proposer="Divisi Hukum")
    lifecycle.move_item(item_of(pleno, 4), by=cast.secretary, to=1)
    assert titles(pleno) == [(1, "D"), (2, "A"), (3, "B"), (4, "C")]
    lifecycle.remove_item(item_of(pleno, 2), by=cast.secretary)
    assert titles(pleno) == [(1, "D"), (2, "B"), (3, "C")]
    lifecycle.edit_item(item_of(pleno, 3), by=cast.secretary, title="C baru")
    item = item_of(pleno, 3)
    assert (item.title, item.proposer, item.access) == ("C baru", "", "closed")


def test_an_item_taken_off_twice_is_told_and_counted_once(cast):
    pleno = make_draft(cast, agenda=["A", "B", "C"])
    mine, theirs = item_of(pleno, 1), item_of(pleno, 1)
    lifecycle.remove_item(mine, by=cast.secretary)
    for again in (
        lambda: lifecycle.remove_item(theirs, by=cast.head),
        lambda: lifecycle.move_item(theirs, by=cast.head, to=2),
        lambda: lifecycle.edit_item(theirs, by=cast.head, title="X"),
    ):
        with pytest.raises(Conflict):
            again()
    assert titles(pleno) == [(1, "B"), (2, "C")]
    assert lines(pleno, "arrange") == 1


def test_two_who_change_different_fields_of_an_item_both_keep_theirs(cast):
    pleno = make_draft(cast)
    mine, theirs = item_of(pleno), item_of(pleno)
    lifecycle.edit_item(mine, by=cast.secretary, title="Judul baru")
    lifecycle.edit_item(theirs, by=cast.head, background="Surat provinsi")
    item = item_of(pleno)
    assert (item.title, item.background) == ("Judul baru", "Surat provinsi")


def test_an_item_changed_meanwhile_is_told(cast):
    pleno = make_draft(cast)
    seen = item_of(pleno).version
    lifecycle.edit_item(item_of(pleno), by=cast.head, version=seen, title="Dari kepala sekretariat")
    with pytest.raises(Conflict):
        lifecycle.edit_item(item_of(pleno), by=cast.secretary, version=seen, title="Dari notulis")
    assert item_of(pleno).title == "Dari kepala sekretariat"


def test_guests_come_and_go_before_the_session(cast):
    pleno = make_draft(cast, guests=[{"name": "Camat Mandonga", "title": "Camat"}])
    guest = lifecycle.add_guest(pleno, by=cast.secretary, name="Akademisi")
    assert [(a.element, a.name) for a in pleno.attendees.all()] == [
        ("guest", "Camat Mandonga"),
        ("guest", "Akademisi"),
    ]
    lifecycle.remove_guest(guest, by=cast.secretary)
    guest.pk = 0
    with pytest.raises(Conflict):
        lifecycle.remove_guest(guest, by=cast.secretary)
    assert pleno.attendees.count() == 1


def test_the_agenda_of_a_cancelled_pleno_is_left_alone(cast):
    pleno = make_cancelled(cast)
    with pytest.raises(TransitionRefused):
        lifecycle.add_item(pleno, by=cast.secretary, title="Terlambat")
    with pytest.raises(TransitionRefused):
        lifecycle.move_item(item_of(pleno), by=cast.secretary, to=2)


# --- deleting --------------------------------------------------------------------------------------------


def test_a_draft_that_was_never_issued_is_deleted_and_the_ledger_remembers(cast):
    pleno = make_draft(cast, guests=[{"name": "Tamu"}])
    lifecycle.delete(pleno, by=cast.secretary)
    assert not Pleno.objects.exists()
    assert lines(pleno, "delete") == 1
    assert ledger.verify("74.71") == (2, None)


def test_an_issued_pleno_is_cancelled_never_deleted(cast):
    for pleno in (make_invited(cast), make_cancelled(cast)):
        with pytest.raises(TransitionRefused, match="Hanya draf"):
            lifecycle.delete(pleno, by=cast.secretary)
    assert Pleno.objects.count() == 2


def test_a_draft_may_be_cancelled_without_any_letter(cast):
    pleno = make_draft(cast)
    with pytest.raises(ValidationError):
        lifecycle.cancel(pleno, by=cast.secretary, reason=" ")
    lifecycle.cancel(pleno, by=cast.secretary, reason="Digabung dengan pekan depan")
    assert pleno.state == "cancelled"
    assert not pleno.invitations.exists()


# --- two roles, rights that end --------------------------------------------------------------------------


def test_a_member_who_is_also_head_of_secretariat_prepares_by_his_second_role(cast):
    with pytest.raises(NotPermitted):
        make_plan(cast, by=cast.member)
    seat = membership(cast, cast.member)
    Membership.objects.create(
        organisation=cast.unit, user=cast.member, role="head_of_secretariat", title="Plt.", since=seat.since
    )
    assert make_plan(cast, by=cast.member).planned_by == cast.member


def test_rights_end_the_minute_a_membership_ends_and_the_name_stays(cast):
    pleno = make_draft(cast)
    ends = WHEN - datetime.timedelta(days=1)
    end_membership(cast, cast.secretary, ends)
    with clock.at(ends - datetime.timedelta(minutes=1)):
        lifecycle.edit(pleno, by=cast.secretary, place="Aula")
    with clock.at(ends), pytest.raises(NotPermitted):
        lifecycle.edit(pleno, by=cast.secretary, place="Teras")
    pleno.refresh_from_db()
    assert pleno.place == "Aula"
    assert pleno.note_taker.user.name == cast.secretary.name
    assert ledger.history_of(pleno)[0].actor == cast.secretary.name


def test_a_newcomer_may_not_act_before_his_first_minute(cast):
    pleno = make_draft(cast)
    taker = make_person(cast.unit, "note_taker", "Notulis Baru", since=WHEN)
    with clock.at(WHEN - datetime.timedelta(minutes=1)), pytest.raises(NotPermitted):
        lifecycle.edit(pleno, by=taker, place="Aula")
    with clock.at(WHEN):
        lifecycle.edit(pleno, by=taker, place="Aula")
