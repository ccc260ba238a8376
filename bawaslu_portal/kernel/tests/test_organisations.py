"""Verbs over a unit: divisions, settings, letterhead; the command for the first administrator; the operator's site."""

import datetime
import io
import logging
import re

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from bawaslu_portal.kernel import clock, ledger, organisations, settings_store
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import AccessLink, Division, LedgerEntry, Membership, Organisation, User
from bawaslu_portal.kernel.redaction import Redact
from bawaslu_portal.kernel.tests.factories import make_organisation

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 1)


@pytest.mark.parametrize("who", ["chair", "secretary", "staff", "neighbour", "province", "outsider", "national"])
def test_only_administrators_change_a_unit(cast, who):
    by = getattr(cast, who)
    division = Division.objects.filter(organisation=cast.unit).first()
    for verb in (
        lambda: organisations.rename(cast.unit, name="X", by=by),
        lambda: organisations.add_division(cast.unit, name="X", short_name="X", since=DAY, by=by),
        lambda: organisations.correct_division(division, name="X", short_name="X", order=1, by=by),
        lambda: organisations.end_division(division, until=DAY, by=by),
        lambda: organisations.change_setting(cast.unit, "paper.size", "F4", since=DAY, source="x", by=by),
        lambda: organisations.change_settings(cast.unit, {"paper.size": "F4"}, since=DAY, source="x", by=by),
    ):
        with pytest.raises(NotPermitted):
            verb()
    assert not LedgerEntry.objects.exists()


def test_the_administrator_above_may(cast):
    organisations.change_setting(cast.unit, "paper.size", "F4", since=DAY, source="x", by=cast.province_administrator)
    assert settings_store.setting(cast.unit, "paper.size") == "F4"


class TestDivisions:
    def test_a_division_lives_from_day_to_day(self, cast):
        division = organisations.add_division(
            cast.unit, name="Divisi A", short_name="A", since=DAY, by=cast.administrator
        )
        organisations.end_division(division, until=DAY + datetime.timedelta(days=10), by=cast.administrator)
        assert division in Division.objects.on(DAY)
        assert division not in Division.objects.on(DAY + datetime.timedelta(days=10))
        with pytest.raises(TransitionRefused):
            organisations.end_division(division, until=DAY + datetime.timedelta(days=12), by=cast.administrator)

    def test_end_before_begin(self, cast):
        with pytest.raises(ValidationError):
            organisations.add_division(cast.unit, name="A", short_name="A", since=DAY, until=DAY, by=cast.administrator)

    def test_people_in_it_keep_it_open(self, cast):
        division = Membership.objects.filter(organisation=cast.unit, division__isnull=False).first().division
        with pytest.raises(TransitionRefused):
            organisations.end_division(division, until=clock.today(cast.unit), by=cast.administrator)


class TestSettings:
    def test_the_past_stays(self, cast):
        for size, since in (("F4", DAY), ("A4", DAY + datetime.timedelta(days=30))):
            organisations.change_setting(
                cast.unit, "paper.size", size, since=since, source="rapat", by=cast.administrator
            )
        assert settings_store.setting(cast.unit, "paper.size", DAY) == "F4"
        assert settings_store.setting(cast.unit, "paper.size", DAY + datetime.timedelta(days=30)) == "A4"
        assert settings_store.setting(cast.unit, "paper.size", DAY - datetime.timedelta(days=1)) == "A4"
        assert ledger.verify(cast.unit.code) == (2, None)

    def test_only_what_differs_is_written(self, cast):
        changes = {"letterhead.address": "Jalan Contoh 1", "paper.size": "A4"}
        facts = {"since": DAY, "source": "rapat", "by": cast.administrator}
        assert organisations.change_settings(cast.unit, changes, **facts) == ["letterhead.address"]
        assert organisations.change_settings(cast.unit, changes, **facts) == []

    def test_what_nobody_declared(self, cast):
        with pytest.raises(KeyError):
            organisations.change_setting(cast.unit, "x.y", 1, since=DAY, source="x", by=cast.administrator)


class TestFirstAdministrator:
    def run(self, **options):
        out = io.StringIO()
        call_command("first_administrator", stdout=out, **options)
        return out.getvalue()

    def test_from_nothing_to_signed_in(self, client):
        make_organisation("74")
        told = self.run(email="Admin@Contoh.id", name="Administrator Nasional")
        path = re.search(r"https?://[^/]+(/masuk/tautan/\S+)", told)[1]
        assert client.get(path).status_code == 200
        new = {"password": "sandi-baru-sekali", "again": "sandi-baru-sekali"}
        assert client.post(path, new).status_code == 302
        client.post(reverse("account_login"), {"login": "admin@contoh.id", "password": "sandi-baru-sekali"})
        page = client.get(reverse("kernel:units")).content.decode()
        assert "Bawaslu Provinsi Sulawesi Tenggara" in page
        assert ledger.verify("00") == (3, None)

    def test_refuses_where_there_is_one(self, kendari):
        with pytest.raises(CommandError, match="already has an administrator"):
            self.run(unit="74.71", email="lain@contoh.id", name="Lain")
        with pytest.raises(CommandError, match="No unit"):
            self.run(unit="99.99", email="lain@contoh.id", name="Lain")

    def test_a_lost_link_is_made_anew_for_the_same_one(self):
        make_organisation("74")
        first = self.run(unit="74", email="a@contoh.id", name="A").splitlines()[-1]
        second = self.run(unit="74", email="a@contoh.id", name="A").splitlines()[-1]
        assert first != second
        assert AccessLink.objects.filter(revoked_at=None).count() == 1
        assert Membership.objects.filter(organisation__code="74").count() == 1
        with pytest.raises(CommandError):
            self.run(unit="74", email="b@contoh.id", name="B")


def test_the_operator_sees_no_content_and_changes_nothing(cast, client, sign_in):
    operator = User.objects.create_superuser("operator@contoh.id", "sandi-operator", name="Operator")
    models = {model.__name__ for model in admin.site._registry}
    assert models == {"Organisation", "User", "Job", "Heartbeat"}
    sign_in(operator)
    assert client.get("/operator/kernel/organisation/").status_code == 200
    assert client.get(f"/operator/kernel/user/{cast.chair.pk}/change/").status_code == 200
    assert client.get("/operator/kernel/user/add/").status_code == 403
    assert client.post(f"/operator/kernel/user/{cast.chair.pk}/change/", {"is_staff": "on"}).status_code == 403
    assert client.post(f"/operator/kernel/user/{cast.chair.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(reverse("kernel:unit", args=["74.71"])).status_code == 404
    assert Organisation.objects.visible_to(operator).count() == 0


def test_the_administrators_of_units_are_no_operators(cast, sign_in):
    assert sign_in(cast.administrator).get("/operator/").status_code == 302


def test_secrets_stay_out_of_the_log():
    record = logging.LogRecord("x", logging.WARNING, "", 1, "%s: %s", ("Conflict", "/masuk/tautan/abcDEF_1/"), None)
    assert Redact().filter(record)
    assert record.getMessage() == "Conflict: /masuk/tautan/…/"
