"""The pages that administer a unit: who reaches what, what is refused how, and how many queries they cost."""

import datetime
import re

import pytest
from django.urls import reverse

from bawaslu_portal.kernel import access_links, clock, members, numbering, settings_store, suspensions
from bawaslu_portal.kernel.models import AccessLink, Division, Membership, Suspension, User
from bawaslu_portal.kernel.tests.factories import make_person, person

pytestmark = pytest.mark.django_db
CODE = "74.71"


def url(name, *args):
    return reverse(f"kernel:{name}", args=[CODE, *args])


def seat(unit, role, order=None):
    return Membership.objects.get(organisation=unit, user=person(unit, role, order), role=role)


def objects(cast):
    """Each address with an object of the unit: name -> (arguments, whether it takes a POST only)."""
    membership = seat(cast.unit, "member", 3)
    suspension = suspensions.suspend(seat(cast.unit, "member", 4), reason="SK", by=cast.administrator)
    link = access_links.issue(cast.chair, cast.unit, "reset", by=cast.province_administrator, reason="lupa")
    number = numbering.reserve(
        cast.unit, "plenos.undangan", 5, day=clock.today(cast.unit), by=cast.administrator, reason="surat lama"
    )
    invited = members.invite(cast.unit, email="baru@contoh.id", name="Baru", role="staff", by=cast.administrator).user
    division = Division.objects.filter(organisation=cast.unit).first()
    return {
        "unit": (), "unit_rename": (), "people": (), "person_invite": (), "chair_acting": (),
        "person": (cast.staff.uuid,), "person_correct": (cast.staff.uuid,), "person_email": (cast.staff.uuid,),
        "membership_add": (cast.staff.uuid,), "link_reset": (cast.staff.uuid,),
        "membership_end": (membership.uuid,), "membership_replace": (membership.uuid,),
        "membership_move": (membership.uuid,), "membership_suspend": (membership.uuid,),
        "link": (link.uuid,), "people_import": (), "people_import_template": (),
        "divisions": (), "division_add": (), "division_correct": (division.uuid,), "division_end": (division.uuid,),
        "settings": (), "setting": ("paper.size",), "letterhead": (), "numbering": (), "number_next": (),
        "number_reserve": (), "number_cancel": (number.uuid,),
    }, {
        "link_invite": (invited.uuid,), "suspension_lift": (suspension.uuid,),
        "link_approve": (link.uuid,), "link_revoke": (link.uuid,), "people_import_confirm": (),
    }  # fmt: skip


READABLE = {"unit", "people", "divisions"}
WHOLE = READABLE | {"person", "link", "settings", "setting", "letterhead"}
OWN = WHOLE | {"numbering"}
NUMBERS = OWN | {"number_next", "number_reserve", "number_cancel"}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("administrator", None),
        ("chair", OWN),
        ("member", OWN),
        ("secretary", NUMBERS),
        ("head", NUMBERS),
        ("staff", READABLE),
        ("province", WHOLE),
        ("province_chair", WHOLE),
        ("province_staff", READABLE),
        ("province_administrator", None),
        ("national", READABLE),
        ("neighbour", set()),
        ("outsider", set()),
    ],
)
def test_who_reaches_what(cast, sign_in, who, allowed):
    gets, posts = objects(cast)
    client = sign_in(getattr(cast, who))
    for name, args in gets.items():
        status = client.get(url(name, *args)).status_code
        if allowed == set():
            assert status == 404, name
        elif allowed is None or name in allowed:
            assert status == 200, name
        else:
            assert status == 403, name
    for name, args in posts.items():
        status = client.post(url(name, *args)).status_code
        if allowed == set():
            assert status == 404, name
        elif allowed is None:
            assert status in {302, 409}, name
        else:
            assert status == 403, name


def test_a_stranger_meets_the_sign_in_page(cast, client):
    gets, posts = objects(cast)
    for name, args in {**gets, **posts}.items():
        answer = client.get(url(name, *args))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("account_login")), name


def test_others_see_names_only(cast, sign_in):
    page = sign_in(cast.province_staff).get(url("people")).content.decode()
    assert cast.chair.name in page
    assert cast.chair.email not in page
    assert "Belum pernah masuk" not in page


def test_birth_dates_are_the_administrators(cast, sign_in):
    address = url("person", cast.member.uuid)
    assert "1 Januari 1972" in sign_in(cast.administrator).get(address).content.decode()
    for who in (cast.chair, cast.member, cast.secretary, cast.province):
        page = sign_in(who).get(address).content.decode()
        assert not [day for day in ("Januari 1972", "1972-01") if day in page]


def invitation(**facts):
    return {
        "name": "Orang Baru, S.H.", "email": "baru@contoh.id", "role": "staff", "order": "1",
        "since": "2026-01-05", "language": "id", "channel": "link", **facts,
    }  # fmt: skip


class TestInvite:
    def test_link_and_code_are_shown_once(self, cast, sign_in, client):
        sign_in(cast.administrator)
        answer = client.post(url("person_invite"), invitation(), follow=True)
        page = answer.content.decode()
        address = re.search(r'value="(http[^"]+/masuk/tautan/[^"]+)"', page)[1]
        assert "<path d=" in page
        assert "style=" not in page
        again = client.get(answer.redirect_chain[-1][0]).content.decode()
        assert "/masuk/tautan/" not in again
        client.logout()
        use = "/" + address.split("/", 3)[3]
        page = client.get(use)
        assert page.status_code == 200
        assert "Orang Baru, S.H." in page.content.decode()
        weak = client.post(use, {"password": "pendek", "again": "pendek"})
        assert weak.status_code == 422
        unlike = client.post(use, {"password": "sandi-baru-sekali", "again": "sandi-lain-sekali"})
        assert unlike.status_code == 422
        done = client.post(use, {"password": "sandi-baru-sekali", "again": "sandi-baru-sekali"})
        assert (done.status_code, done["Location"]) == (302, reverse("account_login"))
        used = client.get(use)
        assert used.status_code == 409
        assert "sudah dipakai" in used.content.decode()
        membership = Membership.objects.get(user__email="baru@contoh.id")
        assert clock.local(membership.since, cast.unit).isoformat() == "2026-01-05T00:00:00+08:00"
        entered = client.post(reverse("account_login"), {"login": "baru@contoh.id", "password": "sandi-baru-sekali"})
        assert entered.status_code == 302

    def test_by_mail_it_waits_in_the_outbox(self, cast, sign_in, settings):
        settings.EMAIL_CONFIGURED = True
        answer = sign_in(cast.administrator).post(url("person_invite"), invitation(channel="mail"), follow=True)
        assert answer.status_code == 200
        assert "/masuk/tautan/" not in answer.content.decode()
        assert AccessLink.objects.get().kind == "invitation"

    def test_an_invalid_form_keeps_what_was_typed(self, cast, sign_in):
        answer = sign_in(cast.administrator).post(url("person_invite"), invitation(email="bukan", role=""))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Orang Baru, S.H." in page
        assert "error-summary" in page
        assert "Galat:" in page

    def test_a_second_chair_is_refused_at_the_field(self, cast, sign_in):
        answer = sign_in(cast.administrator).post(url("person_invite"), invitation(role="chair"))
        assert answer.status_code == 422
        assert cast.chair.name in answer.content.decode()
        assert not User.objects.filter(email="baru@contoh.id").exists()

    def test_sent_twice_acts_once(self, cast, sign_in):
        client = sign_in(cast.administrator)
        page = client.get(url("person_invite")).content.decode()
        key = re.search(r'name="request_key" value="([^"]+)"', page)[1]
        first = client.post(url("person_invite"), invitation(request_key=key))
        second = client.post(url("person_invite"), invitation(request_key=key))
        assert first["Location"] == second["Location"]
        assert Membership.objects.filter(user__email="baru@contoh.id").count() == 1


class TestLinks:
    def test_unknown_expired_and_limited(self, cast, client, sign_in):
        assert client.get(reverse("kernel:link_use", args=["x" * 43])).status_code == 404
        link = access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
        AccessLink.objects.filter(pk=link.pk).update(expires_at=clock.now())
        answer = client.get(reverse("kernel:link_use", args=[access_links.secret_of(link)]))
        assert answer.status_code == 409
        assert "administrator" in answer.content.decode()
        for _n in range(31):
            answer = client.get(reverse("kernel:link_use", args=["y" * 43]))
        assert answer.status_code == 429

    def test_a_reset_of_the_chair_waits_is_shown_and_agreed(self, cast, sign_in, client):
        sign_in(cast.administrator)
        answer = client.post(
            url("link_reset", cast.chair.uuid), {"reason": "lupa kata sandi", "channel": "link"}, follow=True
        )
        page = answer.content.decode()
        assert "Menunggu administrator kedua" in page
        assert "/masuk/tautan/" not in page
        link = AccessLink.objects.get()
        assert client.post(url("link_approve", link.uuid)).status_code == 409
        sign_in(cast.member)
        assert cast.chair.name in client.get(url("people")).content.decode()
        desk = client.get(reverse("desk")).content.decode()
        assert f"Setel ulang kata sandi: {cast.chair.name}" in desk
        assert client.post(url("link_approve", link.uuid)).status_code == 403
        sign_in(cast.province_administrator)
        assert "perlu persetujuan Anda" in client.get(reverse("desk")).content.decode()
        agreed = client.post(url("link_approve", link.uuid), follow=True).content.decode()
        assert "/masuk/tautan/" in agreed

    def test_an_own_email_is_changed_by_link_and_password(self, cast, sign_in, client, settings):
        sign_in(cast.member)
        refused = client.post(reverse("kernel:profile_email"), {"email": "alamat.baru@contoh.id"})
        assert refused.status_code == 409, "without a mail server nobody could be given the link"
        settings.EMAIL_CONFIGURED = True
        answer = client.post(reverse("kernel:profile_email"), {"email": "alamat.baru@contoh.id"})
        assert answer.status_code == 302
        link = AccessLink.objects.get()
        use = reverse("kernel:link_use", args=[access_links.secret_of(link)])
        assert client.post(use, {"password": "salah"}).status_code == 422
        assert client.post(use, {"password": "sandi-uji-portal"}).status_code == 302
        cast.member.refresh_from_db()
        assert cast.member.email == "alamat.baru@contoh.id"


class TestMemberships:
    def test_end_now(self, cast, sign_in):
        row = seat(cast.unit, "note_taker")
        answer = sign_in(cast.administrator).post(url("membership_end", row.uuid), {"until": "", "source": ""})
        assert answer.status_code == 302
        row.refresh_from_db()
        assert row.until <= clock.now()

    def test_hours_are_the_units(self, cast, sign_in):
        row = seat(cast.unit, "note_taker")
        client = sign_in(cast.administrator)
        client.post(url("membership_end", row.uuid), {"until": "2030-03-04T09:15", "source": "SK 2"})
        row.refresh_from_db()
        assert row.until.isoformat() == "2030-03-04T01:15:00+00:00"

    def test_the_last_administrator_is_told(self, cast, sign_in):
        row = seat(cast.unit, "administrator")
        answer = sign_in(cast.administrator).post(url("membership_end", row.uuid), {"until": "", "source": "SK 9"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "administrator terakhir" in page
        assert "SK 9" in page

    def test_replace_move_act_suspend_and_lift(self, cast, sign_in):
        client = sign_in(cast.administrator)
        old = seat(cast.unit, "member", 2)
        paw = {"name": "Pengganti", "email": "paw@contoh.id", "since": "2026-02-02", "channel": "link"}
        assert client.post(url("membership_replace", old.uuid), paw).status_code == 302
        third = seat(cast.unit, "member", 3)
        division = Division.objects.filter(organisation=cast.unit).last()
        moved = {"division": division.pk, "order": "3", "since": "2026-03-03"}
        assert client.post(url("membership_move", third.uuid), moved).status_code == 302
        acting = {"user": person(cast.unit, "member", 4).pk, "kind": "Plt.", "since": "2026-03-03"}
        assert client.post(url("chair_acting"), acting).status_code == 302
        fourth = seat(cast.unit, "member", 4)
        assert client.post(url("membership_suspend", fourth.uuid), {"reason": "SK 4"}).status_code == 302
        suspension = Suspension.objects.get()
        assert client.post(url("suspension_lift", suspension.uuid)).status_code == 302
        assert client.post(url("suspension_lift", suspension.uuid)).status_code == 409
        assert client.get(url("person", fourth.user.uuid)).status_code == 200
        assert client.get(url("people") + "?status=berakhir").status_code == 200


def test_the_list_of_units_is_scoped_and_searched(cast, sign_in):
    address = reverse("kernel:units")
    mine = sign_in(cast.chair).get(address).content.decode()
    assert cast.unit.name in mine
    assert cast.neighbour_unit.name not in mine
    above = sign_in(cast.province).get(address).content.decode()
    assert cast.neighbour_unit.name in above
    assert cast.outsider_unit.name not in above
    all_ = sign_in(cast.national).get(address + "?q=kendari").content.decode()
    assert cast.unit.name in all_
    assert cast.neighbour_unit.name not in all_


@pytest.mark.parametrize("name", ["people", "numbering", "divisions", "settings", "unit", "person"])
def test_as_many_queries_with_one_row_as_with_three(cast, sign_in, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add(n):
        make_person(cast.unit, "staff", f"Staf tambahan {n}", title="Staf")
        Division.objects.create(
            organisation=cast.unit, name=f"Divisi {n}", short_name=f"D{n}", since="2026-01-01", order=9
        )
        settings_store.change(
            cast.unit, "paper.size", "F4", since=clock.today(cast.unit), source=f"rapat {n}", by=cast.administrator
        )
        numbering.reserve(
            cast.unit, "plenos.undangan", n, day=clock.today(cast.unit), by=cast.administrator, reason="lama"
        )
        access_links.issue(cast.members[n], cast.unit, "reset", by=cast.administrator, reason="lupa")
        access_links.issue(cast.staff, cast.unit, "reset", by=cast.administrator, reason="lupa")
        past = clock.now() - datetime.timedelta(days=10 * n)
        suspensions.suspend(
            seat(cast.unit, "staff"), reason="SK", since=past, until=past + datetime.timedelta(1), by=cast.administrator
        )

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(name, *args)).status_code == 200
        return len(asked)

    args = [cast.staff.uuid] if name == "person" else []
    client = sign_in(cast.administrator)
    cost()
    add(1)
    one = cost()
    add(2)
    add(3)
    assert cost() == one
    assert one <= 35
