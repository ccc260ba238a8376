"""One-time links: used once, for seven days, with a second administrator for those who may ratify."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import access_links, accounts, clock, mail, members
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import AccessLink, LedgerEntry, OutboxMessage
from bawaslu_portal.kernel.tests.factories import make_person

pytestmark = pytest.mark.django_db


def second_administrator(unit):
    return make_person(unit, "administrator", f"Administrator Kedua {unit.region_name}")


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
        members.invite(cast.unit, email=cast.province_chair.email, name="", role="staff", by=cast.administrator)
        with pytest.raises(NotPermitted):
            access_links.issue(cast.province_chair, cast.unit, "reset", by=cast.administrator, reason="lupa")
        with pytest.raises(NotPermitted):
            accounts.correct_person(cast.unit, cast.province_chair, name="X", by=cast.administrator)
        access_links.issue(cast.province_chair, cast.unit, "reset", by=cast.province_administrator, reason="lupa")

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
