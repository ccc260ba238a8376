"""Verbs over people: who may, what overlaps, the last administrator, links and their second administrator."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import access_links, accounts, clock, ledger, members, permissions, scope, suspensions
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import LedgerEntry, Membership, User
from bawaslu_portal.kernel.tests.factories import make_person, person

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def lines(action):
    return LedgerEntry.objects.filter(action=action).count()


def seat(unit, role, order=None):
    return Membership.objects.get(organisation=unit, user=person(unit, role, order), role=role)


def second_administrator(unit):
    return make_person(unit, "administrator", f"Administrator Kedua {unit.region_name}")


class TestInvite:
    def test_makes_an_account_without_password_and_one_line(self, kendari):
        by = person(kendari, "administrator")
        membership = members.invite(kendari, email="Baru@Contoh.ID", name="Orang Baru, S.H.", role="staff", by=by)
        assert membership.user.email == "baru@contoh.id"
        assert not membership.user.has_usable_password()
        assert membership.title == "Staf Sekretariat"
        assert lines("kernel.membership.invite") == 1

    @pytest.mark.parametrize(
        "who", ["chair", "member", "secretary", "head", "staff", "neighbour", "province", "outsider"]
    )
    def test_only_administrators(self, cast, who):
        with pytest.raises(NotPermitted):
            members.invite(cast.unit, email="x@contoh.id", name="X", role="staff", by=getattr(cast, who))
        assert not User.objects.filter(email="x@contoh.id").exists()
        assert lines("kernel.membership.invite") == 0

    def test_province_appoints_the_district_and_not_another_province(self, cast):
        by = cast.province_administrator
        members.invite(cast.unit, email="a@contoh.id", name="A", role="administrator", by=by)
        with pytest.raises(NotPermitted):
            members.invite(cast.outsider_unit, email="b@contoh.id", name="B", role="administrator", by=by)

    def test_national_appoints_provinces_not_districts(self, cast):
        by = make_person(cast.national_unit, "administrator", "Administrator Nasional")
        members.invite(cast.province_unit, email="a@contoh.id", name="A", role="administrator", by=by)
        with pytest.raises(NotPermitted):
            members.invite(cast.unit, email="b@contoh.id", name="B", role="administrator", by=by)

    def test_an_existing_account_keeps_its_facts(self, cast):
        membership = members.invite(
            cast.unit, email=cast.staff.email, name="Lain", role="note_taker", by=cast.administrator
        )
        assert membership.user == cast.staff
        assert membership.user.name != "Lain"

    @pytest.mark.parametrize("who", ["neighbour", "outsider", "province_chair"])
    def test_nobody_is_given_a_post_by_an_administrator_of_elsewhere(self, cast, who):
        stranger, by = getattr(cast, who), cast.administrator
        with pytest.raises(TransitionRefused):
            members.invite(cast.unit, email=stranger.email.upper(), name="", role="staff", by=by)
        with pytest.raises(TransitionRefused):
            members.add_membership(cast.unit, stranger, role="staff", by=by)
        with pytest.raises(TransitionRefused):
            members.replace(seat(cast.unit, "member", 2), email=stranger.email, name="", by=by)
        assert not Membership.objects.filter(user=stranger, organisation=cast.unit).exists()
        assert members.stranger(stranger.email, by=by) == stranger
        assert members.stranger(cast.staff.email, by=by) is None

    def test_the_level_above_gives_posts_to_people_of_its_districts(self, cast):
        by = cast.province_administrator
        members.invite(cast.province_unit, email=cast.staff.email, name="", role="supervision_staff", by=by)
        members.invite(cast.neighbour_unit, email=cast.staff.email, name="", role="staff", by=by)

    def test_one_chair_at_a_time(self, kendari):
        by = person(kendari, "administrator")
        with pytest.raises(ValidationError) as error:
            members.invite(kendari, email="k@contoh.id", name="K", role="chair", by=by)
        assert "role" in error.value.message_dict

    def test_one_role_once_per_person(self, kendari):
        by = person(kendari, "administrator")
        with pytest.raises(ValidationError):
            members.add_membership(kendari, person(kendari, "staff"), role="staff", by=by)
        members.add_membership(kendari, person(kendari, "staff"), role="note_taker", by=by)

    def test_not_for_oneself(self, kendari):
        by = person(kendari, "administrator")
        with pytest.raises(TransitionRefused):
            members.add_membership(kendari, by, role="member", by=by)
        with pytest.raises(TransitionRefused):
            members.invite(kendari, email=by.email, name="", role="note_taker", by=by)


class TestEnd:
    def test_rights_end_that_minute_and_the_name_stays(self, cast):
        membership = seat(cast.unit, "note_taker")
        assert permissions.keeps_records(cast.secretary, cast.unit)
        ended = members.end_membership(membership, by=cast.administrator)
        assert ended.until <= clock.now()
        assert not permissions.keeps_records(cast.secretary, cast.unit)
        assert not scope.places(cast.secretary)
        assert membership.user.name
        assert lines("kernel.membership.end") == 1

    def test_an_end_to_come_holds_until_then(self, cast):
        members.end_membership(seat(cast.unit, "note_taker"), until=clock.now() + HOUR, by=cast.administrator)
        assert permissions.keeps_records(cast.secretary, cast.unit)
        with clock.at(clock.now() + 2 * HOUR):
            assert not permissions.keeps_records(cast.secretary, cast.unit)

    def test_twice_is_refused(self, cast):
        membership = seat(cast.unit, "note_taker")
        members.end_membership(membership, by=cast.administrator)
        with pytest.raises(TransitionRefused):
            members.end_membership(membership, by=cast.administrator)
        assert lines("kernel.membership.end") == 1

    def test_not_before_it_began(self, cast):
        membership = seat(cast.unit, "note_taker")
        with pytest.raises(ValidationError):
            members.end_membership(membership, until=membership.since, by=cast.administrator)

    def test_by_the_wrong_role(self, cast):
        for who in (cast.chair, cast.neighbour, cast.outsider, cast.province):
            with pytest.raises(NotPermitted):
                members.end_membership(seat(cast.unit, "note_taker"), by=who)

    def test_the_last_administrator_cannot_remove_himself(self, cast):
        own = seat(cast.unit, "administrator")
        with pytest.raises(TransitionRefused):
            members.end_membership(own, by=cast.administrator)
        with pytest.raises(TransitionRefused):
            members.end_membership(own, until=clock.now() + HOUR, by=cast.administrator)
        with pytest.raises(TransitionRefused):
            suspensions.suspend(own, reason="cuti", by=cast.administrator)
        second_administrator(cast.unit)
        members.end_membership(own, by=cast.administrator)

    def test_the_level_above_may_remove_the_last_one(self, cast):
        members.end_membership(seat(cast.unit, "administrator"), by=cast.province_administrator)


class TestReplaceAndMove:
    def test_replacement_takes_the_seat(self, cast):
        old = seat(cast.unit, "member", 2)
        new = members.replace(old, email="paw@contoh.id", name="Pengganti, S.Sos.", by=cast.administrator)
        old.refresh_from_db()
        assert old.until == new.since
        assert (new.role, new.order, new.division, new.title) == (old.role, old.order, old.division, old.title)
        assert new.replaces == old
        names = {m.user_id for m in Membership.objects.in_office_on(cast.unit, clock.now())}
        assert new.user_id in names
        assert old.user_id not in names
        assert len(names) == 5
        assert lines("kernel.membership.replace") == 1

    def test_the_chair_can_be_replaced_in_one_act(self, cast):
        new = members.replace(seat(cast.unit, "chair"), email="k@contoh.id", name="K", by=cast.administrator)
        assert permissions.is_chair(new.user, cast.unit)
        assert not permissions.is_chair(cast.chair, cast.unit)

    def test_by_a_member_already_in_office(self, cast):
        members.replace(seat(cast.unit, "chair"), email="", name="", user=cast.member, by=cast.administrator)
        rows = Membership.objects.in_office_on(cast.unit, clock.now())
        assert [m.role for m in rows if m.user_id == cast.member.pk] == ["chair"]

    def test_not_by_oneself_nor_by_the_same(self, cast):
        with pytest.raises(ValidationError):
            members.replace(seat(cast.unit, "chair"), email=cast.chair.email, name="", by=cast.administrator)
        with pytest.raises(TransitionRefused):
            members.replace(seat(cast.unit, "chair"), email=cast.administrator.email, name="", by=cast.administrator)

    def test_move_keeps_the_earlier_row(self, cast):
        old = seat(cast.unit, "member", 2)
        division = Membership.objects.get(organisation=cast.unit, order=3, role="member").division
        new = members.move(old, division=division, by=cast.administrator)
        old.refresh_from_db()
        assert old.until == new.since
        assert new.division == division
        assert new.title == f"Anggota, Kordiv {division.short_name}"
        assert lines("kernel.membership.move") == 1


class TestActing:
    def test_a_member_acts_and_counts_once(self, cast):
        acting = members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator, kind="Plh.")
        assert acting.title == "Plh. Ketua"
        assert permissions.is_chair(cast.member, cast.unit)
        assert len(Membership.objects.in_office_on(cast.unit, clock.now())) == 5
        assert lines("kernel.membership.act") == 1

    def test_one_at_a_time_and_only_members(self, cast):
        members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator)
        with pytest.raises(ValidationError):
            members.appoint_acting_chair(cast.unit, person(cast.unit, "member", 3), by=cast.administrator)
        with pytest.raises(ValidationError):
            members.appoint_acting_chair(cast.unit, cast.staff, by=cast.administrator)

    def test_acting_ends_with_the_seat(self, cast):
        acting = members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator)
        with clock.at(clock.now() + HOUR):
            members.end_membership(seat(cast.unit, "member", 2), by=cast.administrator)
            acting.refresh_from_db()
            assert acting.until == clock.now()
            assert not permissions.is_chair(cast.member, cast.unit)
            assert len(Membership.objects.in_office_on(cast.unit, clock.now())) == 4

    def test_acting_ends_when_the_seat_goes_to_another(self, cast):
        members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator)
        with clock.at(clock.now() + HOUR):
            old = Membership.objects.get(organisation=cast.unit, user=cast.member, role="member")
            members.replace(old, email="paw@contoh.id", name="P", by=cast.administrator)
            assert not permissions.is_chair(cast.member, cast.unit)
            assert len(Membership.objects.in_office_on(cast.unit, clock.now())) == 5

    @pytest.mark.parametrize("acts", [False, True])
    @pytest.mark.parametrize("sits", [False, True])
    @pytest.mark.parametrize("suspended", [False, True])
    def test_the_database_and_the_reader_of_his_own_rows_agree_on_who_has_rights(self, cast, acts, sits, suspended):
        if acts:
            members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator)
        own = Membership.objects.get(organisation=cast.unit, user=cast.member, role="member")
        if suspended:
            suspensions.suspend(own, reason="SK 1/2026", by=cast.administrator)
        if not sits:
            Membership.objects.filter(pk=own.pk).update(until=clock.now())
        asked = Membership.objects.filter(user=cast.member).in_force_at(clock.now())
        known = [m for m in Membership.objects.of_person(cast.member, clock.now()) if m.in_force]
        assert {m.pk for m in known} == set(asked.values_list("pk", flat=True))
        assert len(known) == (1 + acts if sits and not suspended else 0)

    def test_an_acting_row_is_not_replaced(self, cast):
        acting = members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator)
        with clock.at(clock.now() + HOUR), pytest.raises(TransitionRefused):
            members.replace(acting, email="paw@contoh.id", name="P", by=cast.administrator)

    def test_a_suspended_member_does_not_act(self, cast):
        members.appoint_acting_chair(cast.unit, cast.member, by=cast.administrator)
        own = Membership.objects.get(organisation=cast.unit, user=cast.member, role="member")
        suspension = suspensions.suspend(own, reason="SK 1/2026", by=cast.administrator)
        assert not permissions.is_chair(cast.member, cast.unit)
        assert cast.member not in {m.user for m in Membership.objects.in_office_on(cast.unit, clock.now())}
        with clock.at(clock.now() + HOUR):
            suspensions.lift(suspension, by=cast.administrator)
            assert permissions.is_chair(cast.member, cast.unit)


class TestSuspension:
    def test_suspended_and_lifted(self, cast):
        suspension = suspensions.suspend(seat(cast.unit, "member", 2), reason="SK 1/2026", by=cast.administrator)
        assert not permissions.is_commissioner(cast.member, cast.unit)
        assert len(Membership.objects.in_office_on(cast.unit, clock.now())) == 4
        with pytest.raises(TransitionRefused):
            suspensions.suspend(seat(cast.unit, "member", 2), reason="lagi", by=cast.administrator)
        with clock.at(clock.now() + HOUR):
            suspensions.lift(suspension, by=cast.administrator)
            assert permissions.is_commissioner(cast.member, cast.unit)
            with pytest.raises(TransitionRefused):
                suspensions.lift(suspension, by=cast.administrator)
        assert lines("kernel.membership.suspend") == lines("kernel.membership.lift") == 1


def test_correcting_writes_one_line_with_field_names_only(cast):
    accounts.correct_person(
        cast.unit, cast.staff, name="Nama Baru, M.H.", phone="0812", nip="", birth_date=None, by=cast.administrator
    )
    line = ledger.history_of(cast.staff)[-1]
    assert line.facts["fields"] == ["name", "phone"]
    assert "Nama Baru" not in str(line.facts)
    accounts.correct_person(
        cast.unit, cast.staff, name="Nama Baru, M.H.", phone="0812", nip="", birth_date=None, by=cast.administrator
    )
    assert lines("kernel.person.correct") == 1


def test_history_says_roles_in_words(cast):
    ended = members.end_membership(seat(cast.unit, "note_taker"), by=cast.administrator)
    assert ledger.history_of(ended)[-1].sentence == "mengakhiri keanggotaan Notulis"


def test_every_act_leaves_the_chain_intact(cast):
    members.replace(seat(cast.unit, "member", 2), email="paw@contoh.id", name="P", by=cast.administrator)
    access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
    assert ledger.verify(cast.unit.code) == (2, None)


@pytest.mark.django_db(transaction=True)
def test_two_last_administrators_cannot_both_leave_at_once():
    import threading

    from django.db import connections

    from bawaslu_portal.kernel.tests.factories import make_organisation

    unit = make_organisation("74")
    both = [make_person(unit, "administrator", f"Administrator {n}", email=f"a{n}@contoh.id") for n in (1, 2)]
    together, outcomes = threading.Barrier(2), []

    def leave(user):
        try:
            together.wait()
            members.end_membership(Membership.objects.get(user=user), by=user)
            outcomes.append("left")
        except TransitionRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=leave, args=[user]) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["left", "refused"]
    assert lines("kernel.membership.end") == 1
