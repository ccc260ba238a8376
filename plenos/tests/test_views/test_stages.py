"""Every page at every stage: who opens it, who never learns that it is there, and who reads what on it."""

import datetime

import pytest
from django.test import Client

from bawaslu_portal.kernel import clock
from plenos import lifecycle
from plenos.models import Pleno

from ..factories import (
    PDF,
    WHEN,
    make_closed,
    make_invited,
    make_ratified,
    make_signing,
    row_of,
    sign_all,
    stored_scan,
    words,
)
from ..test_matrix import moment_for

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)

GET_PAGES = {
    "draft": ("pleno", "edit", "agenda", "guests", "invite", "cancel", "delete"),
    "invited": ("pleno", "agenda", "guests", "reschedule", "cancel", "open"),
    "open": ("pleno", "room", "close", "scan_add"),
    "closed": ("pleno", "minutes", "put_up", "scan_add"),
    "signing": ("pleno", "minutes", "take_back", "scan_add", "confirm", "ratify"),
    "ratified": ("pleno", "minutes"),
    "cancelled": ("pleno",),
    "held_draft": ("pleno", "open", "edit"),
    "held_open": ("pleno", "room", "close"),
    "held_closed": ("pleno", "minutes", "put_up"),
}


@pytest.mark.parametrize("stage", sorted(GET_PAGES))
def test_the_pages_of_each_stage_open_for_who_chairs_and_for_no_stranger(stage, world, clients):
    pleno = Pleno.objects.select_related("organisation").get(pk=world[stage])
    with clock.at(moment_for(pleno)):
        for name in GET_PAGES[stage]:
            url = pleno.address(f"plenos:{name}")
            expected = {"chair": 200, "neighbour": 404, "outsider": 404, "administrator": 404}
            found = {role: clients[role].get(url).status_code for role in expected}
            assert found == expected, name
            assert Client().get(url).headers["Location"].startswith("/masuk/")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_pleno_reads_in_both_languages(language, world, cast, clients):
    cast.member.language = language
    cast.member.save()
    page = words(clients["member"].get(Pleno.objects.get(pk=world["open"]).get_absolute_url()))
    assert (f'lang="{language}"' in page) and (("Pleno rutin mingguan" in page) == (language == "id"))


def test_a_week_without_a_pleno_and_one_that_does_not_exist(world, clients):
    for path, status in (("2024-W20", 200), ("2024-W60", 404), ("2023-W53", 404), ("9999-W52", 404)):
        assert clients["chair"].get(f"/pleno/74.71/{path}/").status_code == status, path
    assert clients["chair"].get("/pleno/74.71/?year=²").status_code == 200
    assert clients["chair"].get("/pleno/74.04/").status_code == 404


# --- signing asks for a fresh sign-in --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["confirm", "ratify"])
def test_signing_asks_for_the_password_again(name, cast):
    pleno = make_signing(cast)
    stale = Client()
    stale.force_login(cast.chair, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = pleno.address(f"plenos:{name}")
    asked = stale.get(page)
    assert asked.status_code == 302
    assert "next=" in asked["Location"]
    assert stale.post(page, {"digest": pleno.minutes.get().digest}).status_code == 409
    assert not pleno.minutes.get().signatures.exists()


# --- scans -----------------------------------------------------------------------------------------------


def test_scans_are_given_to_those_who_read_the_minutes(cast, clients):
    pleno = make_signing(cast)
    with clock.at(pleno.closed_at + DAY):
        lifecycle.add_scan(pleno, by=cast.secretary, file=stored_scan(), caption="Daftar hadir")
        lifecycle.sign_by_hand(
            pleno, by=cast.secretary, attendee=row_of(pleno, cast.member), scan=stored_scan(), signed_on=WHEN.date()
        )
        sign_all(pleno)
        lifecycle.ratify(pleno, by=cast.chair)
    signature = pleno.minutes.get().signatures.get(manner="by_hand")
    for url in (
        pleno.address("plenos:scan_file", uuid=pleno.scans.get().uuid),
        pleno.address("plenos:signature_scan", uuid=signature.uuid),
    ):
        answer = clients["province_supervision"].get(url)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        refused = ("staff", "province_staff", "national", "neighbour", "outsider")
        found = [clients[role].get(url).status_code for role in refused]
        assert found == [403, 403, 403, 404, 404]


def test_a_signature_that_was_voided_has_no_page(cast, clients):
    pleno = make_signing(cast)
    with clock.at(pleno.closed_at + DAY):
        signature = lifecycle.sign_by_hand(
            pleno, by=cast.secretary, attendee=row_of(pleno, cast.member), scan=stored_scan(), signed_on=WHEN.date()
        )
        lifecycle.take_back(pleno, by=cast.secretary, reason="Keliru")
    assert clients["member"].get(pleno.address("plenos:signature_scan", uuid=signature.uuid)).status_code == 404


# --- who reads what on the page --------------------------------------------------------------------------


def test_other_staff_do_not_read_decisions_before_ratification(cast, clients):
    pleno = make_closed(cast, access="open", agenda=["Laporan"])
    page = words(clients["staff"].get(pleno.get_absolute_url()))
    assert "Laporan" in page
    assert "Menyetujui laporan" not in page
    assert clients["staff"].get(pleno.address("plenos:minutes")).status_code == 403
    assert clients["staff"].get(pleno.address("plenos:room")).status_code == 403


def test_before_delivery_the_province_reads_only_that_it_takes_place(cast, clients):
    pleno = make_invited(cast, access="open", agenda=["Sanksi bagi staf"], guests=[{"name": "Camat Mandonga"}])
    page = words(clients["province_supervision"].get(pleno.get_absolute_url()))
    assert "minggu ke-34" in page
    for secret in ("Sanksi bagi staf", "Camat Mandonga", "1/RT.02/K.74.71/08/2024", "Ruang rapat"):
        assert secret not in page, secret
    assert clients["province_supervision"].get(pleno.address("plenos:minutes")).status_code == 403


def test_after_delivery_of_a_closed_session_other_provincial_staff_read_only_the_facts(cast, clients):
    pleno = make_ratified(cast, agenda=["Sanksi bagi staf"])
    assert "Sanksi bagi staf" in words(clients["province_supervision"].get(pleno.get_absolute_url()))
    for role in ("province_staff", "national", "staff"):
        page = words(clients[role].get(pleno.get_absolute_url()))
        assert "Disahkan" in page
        assert "Sanksi bagi staf" not in page
        assert clients[role].get(pleno.address("plenos:minutes")).status_code == 403
