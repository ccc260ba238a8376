"""One-time links: used once, for seven days, with a second administrator for those who may ratify."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import access_links, accounts, clock, mail, members, permissions
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import AccessLink, LedgerEntry, Membership, OutboxMessage
from bawaslu_portal.kernel.tests.factories import make_person

pytestmark = pytest.mark.django_db


def second_administrator(unit):
    return make_person(unit, "administrator", f"Administrator Kedua {unit.region_name}")


def lent(cast, user, **facts):
    """The link of an offer that ``user`` has accepted: staff of the unit beside what he is elsewhere."""
    facts = {"role": "staff", "since": clock.now(), **facts}
    link = access_links.offer(cast.unit, user, by=cast.administrator, **facts)
    access_links.accept(link, by=user)
    return link


def seats(user, unit):
    return Membership.objects.filter(user=user, organisation=unit)


class TestOffers:
    def test_the_person_takes_the_post_with_his_password(self, cast):
        since = clock.now() - datetime.timedelta(days=3)
        link = access_links.offer(
            cast.unit, cast.neighbour, by=cast.administrator, role="staff", since=since, title="Staf diperbantukan"
        )
        assert not seats(cast.neighbour, cast.unit).exists()
        found = access_links.find(access_links.secret_of(link))
        with pytest.raises(ValidationError):
            access_links.use(found, password="salah")
        access_links.use(found, password="sandi-uji-portal")
        membership = seats(cast.neighbour, cast.unit).get()
        assert (membership.role, membership.title) == ("staff", "Staf diperbantukan")
        assert membership.since > since, "not before he accepted"
        assert LedgerEntry.objects.get(action="kernel.membership.join").actor == str(cast.neighbour.uuid)
        with pytest.raises(TransitionRefused):
            access_links.use(found, password="sandi-uji-portal")

    def test_nobody_accepts_for_him(self, cast):
        link = access_links.offer(cast.unit, cast.neighbour, by=cast.administrator, role="staff", since=clock.now())
        with pytest.raises(NotPermitted):
            access_links.accept(link, by=cast.administrator)
        with pytest.raises(NotPermitted):
            access_links.offer(cast.unit, cast.outsider, by=cast.chair, role="staff", since=clock.now())

    def test_a_stopped_or_orphaned_offer_is_void(self, cast):
        stopped = access_links.offer(cast.unit, cast.neighbour, by=cast.administrator, role="staff", since=clock.now())
        access_links.revoke(stopped, by=cast.administrator)
        orphan = access_links.offer(cast.unit, cast.outsider, by=cast.administrator, role="staff", since=clock.now())
        Membership.objects.filter(user=cast.administrator).update(until=clock.now())
        for link in (stopped, orphan):
            with pytest.raises(TransitionRefused):
                access_links.accept(link, by=link.user)

    def test_the_post_is_checked_at_both_ends(self, cast):
        with pytest.raises(ValidationError):
            access_links.offer(cast.unit, cast.outsider, by=cast.administrator, role="chair", since=clock.now())
        lent(cast, cast.neighbour)
        with pytest.raises(ValidationError):
            lent(cast, cast.neighbour)

    def test_one_who_helps_out_is_still_helped_at_home_only(self, cast):
        lent(cast, cast.neighbour)
        home = Membership.objects.get(organisation=cast.neighbour_unit, role="administrator").user
        assert permissions.administers_person(home, cast.neighbour)
        assert permissions.administers_person(cast.province_administrator, cast.neighbour)
        assert not permissions.administers_person(cast.administrator, cast.neighbour)
        assert not permissions.knows_person(cast.chair, cast.neighbour)
        assert permissions.knows_person(cast.neighbour, cast.neighbour)

    def test_his_personal_data_stays_at_home(self, cast, sign_in):
        lent(cast, cast.neighbour)
        cast.neighbour.phone, cast.neighbour.nip = "0811-7777", "199001012020011007"
        cast.neighbour.birth_date = datetime.date(1971, 2, 3)
        cast.neighbour.save()
        address = f"/unit/{cast.unit.code}/orang/{cast.neighbour.uuid}/"
        page = sign_in(cast.administrator).get(address)
        assert page.status_code == 200
        for datum in ("0811-7777", "199001012020011007", "1971"):
            assert datum not in page.content.decode()


class TestLinks:
    def invited(self, cast, role="staff"):
        return members.invite(cast.unit, email="n@contoh.id", name="N", role=role, by=cast.administrator).user

    def test_only_the_digest_is_stored(self, cast):
        link = access_links.issue(self.invited(cast), cast.unit, "invitation", by=cast.administrator, post=True)
        secret = access_links.secret_of(link)
        for model in (AccessLink, OutboxMessage):
            for row in model.objects.values():
                assert secret not in str(row)
        message = OutboxMessage.objects.get(about=link.uuid)
        assert mail.LINK_PLACE in message.body
        assert secret in mail._body(message)
        assert all(secret.encode() not in bytes(e.canonical) for e in LedgerEntry.objects.all())

    def test_used_once(self, cast):
        user = self.invited(cast)
        link = access_links.issue(user, cast.unit, "invitation", by=cast.administrator)
        found = access_links.find(access_links.secret_of(link))
        assert found == link
        access_links.use(found, password="sandi-baru-sekali")
        user.refresh_from_db()
        assert user.check_password("sandi-baru-sekali")
        with pytest.raises(TransitionRefused):
            access_links.use(found, password="yang-lain-lagi")
        entry = LedgerEntry.objects.get(action="kernel.link.use")
        assert entry.actor == str(user.uuid)

    def test_seven_days_and_the_newest_only(self, cast):
        user = self.invited(cast)
        first = access_links.issue(user, cast.unit, "invitation", by=cast.administrator)
        second = access_links.issue(user, cast.unit, "invitation", by=cast.administrator)
        first.refresh_from_db()
        assert access_links.state_of(first) == "revoked"
        with clock.at(clock.now() + datetime.timedelta(days=7, minutes=1)):
            assert access_links.state_of(second) == "expired"
            with pytest.raises(TransitionRefused):
                access_links.use(second, password="sandi-baru-sekali")

    def test_no_invitation_for_one_with_a_password(self, cast):
        with pytest.raises(TransitionRefused):
            access_links.issue(cast.staff, cast.unit, "invitation", by=cast.administrator)

    def test_staff_is_reset_by_one_administrator(self, cast):
        link = access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
        assert not link.needs_second
        assert access_links.state_of(link) == "ready"

    @pytest.mark.parametrize("who", ["chair", "member"])
    def test_who_may_ratify_needs_a_second_administrator(self, cast, who):
        second = second_administrator(cast.unit)
        user = getattr(cast, who)
        link = access_links.issue(user, cast.unit, "reset", by=cast.administrator, reason="lupa", post=True)
        assert access_links.state_of(link) == "waiting"
        assert link.secret_digest is None
        assert not OutboxMessage.objects.filter(about=link.uuid).exists()
        assert access_links.find(access_links.secret_of(link)) is None
        with pytest.raises(TransitionRefused):
            access_links.use(link, password="sandi-baru-sekali")
        with pytest.raises(TransitionRefused):
            access_links.approve(link, by=cast.administrator)
        with pytest.raises(NotPermitted):
            access_links.approve(link, by=cast.secretary)
        with pytest.raises(NotPermitted):
            access_links.approve(link, by=cast.neighbour)
        approved = access_links.approve(link, by=second)
        access_links.use(approved, password="sandi-baru-sekali")
        user.refresh_from_db()
        assert user.check_password("sandi-baru-sekali")
        with pytest.raises(TransitionRefused):
            access_links.approve(link, by=second)

    def test_the_level_above_may_be_the_second(self, cast):
        link = access_links.issue(cast.chair, cast.unit, "reset", by=cast.administrator, reason="lupa")
        approved = access_links.approve(link, by=cast.province_administrator)
        assert access_links.state_of(approved) == "ready"

    def test_one_made_administrator_afterwards_cannot_agree(self, cast):
        link = access_links.issue(cast.chair, cast.unit, "reset", by=cast.administrator, reason="lupa")
        puppet = members.invite(
            cast.unit, email="p@contoh.id", name="P", role="administrator", by=cast.administrator
        ).user
        with pytest.raises(TransitionRefused):
            access_links.approve(link, by=puppet)

    def test_the_second_factor_is_untouched(self, cast):
        from allauth.mfa.models import Authenticator

        Authenticator.objects.create(user=cast.staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
        link = access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
        access_links.use(link, password="sandi-baru-sekali")
        assert Authenticator.objects.filter(user=cast.staff).count() == 1

    def test_not_for_oneself_and_not_without_reason(self, cast):
        with pytest.raises(TransitionRefused):
            access_links.issue(cast.administrator, cast.unit, "reset", by=cast.administrator, reason="lupa")
        with pytest.raises(ValidationError):
            access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator)

    def test_nobody_from_above_is_reset_from_below(self, cast):
        lent(cast, cast.province_chair)
        with pytest.raises(NotPermitted):
            access_links.issue(cast.province_chair, cast.unit, "reset", by=cast.administrator, reason="lupa")
        with pytest.raises(NotPermitted):
            accounts.correct_person(cast.unit, cast.province_chair, name="X", by=cast.administrator)
        access_links.issue(cast.province_chair, cast.unit, "reset", by=cast.province_administrator, reason="lupa")

    def test_a_seat_ended_for_a_minute_still_asks_for_the_second(self, cast):
        seat = Membership.objects.get(user=cast.chair)
        members.end_membership(seat, by=cast.administrator)
        link = access_links.issue(cast.chair, cast.unit, "reset", by=cast.administrator, reason="lupa")
        assert access_links.state_of(link) == "waiting"
        Membership.objects.filter(pk=seat.pk).update(until=clock.now() - access_links.AFTER_SEAT)
        link = access_links.issue(cast.chair, cast.unit, "reset", by=cast.administrator, reason="lupa")
        assert access_links.state_of(link) == "ready"

    def test_a_link_of_one_administrator_does_not_open_the_account_of_a_later_member(self, cast):
        link = access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
        mail_link = access_links.issue(
            cast.staff, cast.unit, "email", by=cast.administrator, new_email="x@contoh.id", reason="pindah"
        )
        make_person(cast.unit, "member", "Anggota Baru", email=cast.staff.email)
        for one, password in ((link, "sandi-baru-sekali"), (mail_link, "sandi-uji-portal")):
            with pytest.raises(TransitionRefused):
                access_links.use(one, password=password)
        own = access_links.issue(cast.staff, cast.unit, "email", by=cast.staff, new_email="y@contoh.id")
        access_links.use(own, password="sandi-uji-portal")

    def test_revoked(self, cast):
        link = access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
        access_links.revoke(link, by=cast.administrator)
        with pytest.raises(TransitionRefused):
            access_links.use(link, password="sandi-baru-sekali")
        with pytest.raises(TransitionRefused):
            access_links.revoke(link, by=cast.administrator)


class TestEmail:
    def test_own_change_is_proved_by_the_password(self, cast):
        link = access_links.issue(cast.chair, cast.unit, "email", by=cast.chair, new_email="B@contoh.id", post=True)
        assert not link.needs_second
        assert OutboxMessage.objects.get(about=link.uuid).to_email == "b@contoh.id"
        with pytest.raises(ValidationError):
            access_links.use(link, password="salah")
        access_links.use(link, password="sandi-uji-portal")
        cast.chair.refresh_from_db()
        assert cast.chair.email == "b@contoh.id"

    def test_by_an_administrator_for_the_chair_needs_a_second(self, cast):
        link = access_links.issue(
            cast.chair, cast.unit, "email", by=cast.administrator, new_email="b@contoh.id", reason="pindah"
        )
        assert access_links.state_of(link) == "waiting"

    def test_taken_addresses_are_refused(self, cast):
        with pytest.raises(ValidationError):
            access_links.issue(cast.chair, cast.unit, "email", by=cast.chair, new_email=cast.member.email.upper())

    def test_a_mistyped_address_is_corrected_before_the_first_sign_in_only(self, cast):
        new = members.invite(cast.unit, email="salh@contoh.id", name="N", role="staff", by=cast.administrator).user
        accounts.correct_email(cast.unit, new, email="benar@contoh.id", by=cast.administrator)
        with pytest.raises(TransitionRefused):
            accounts.correct_email(cast.unit, cast.staff, email="lain@contoh.id", by=cast.administrator)
