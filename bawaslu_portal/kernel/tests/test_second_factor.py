"""The second factor from set-up to removal, and its pages looked at."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse

from bawaslu_portal.kernel.tests.factories import PASSWORD, signed_in


def code_of(secret, ahead=0):
    """The six digits that an app shows for ``secret`` now, or ``ahead`` steps later."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter + ahead))


def secret_on(page):
    return re.search(r'class="mono">([A-Z2-7]{32})<', page)[1]


def set_up(client, user):
    """Sign in freshly and set up the app; gives its secret and the backup codes."""
    signed_in(client, user)
    secret = secret_on(client.get(reverse("mfa_activate_totp")).content.decode())
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<li>(\d{8})</li>", client.get(answer["Location"]).content.decode())
    return secret, codes


def sign_in(client, user):
    client.post(reverse("account_logout"))
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


@pytest.fixture
def quick_clock(monkeypatch):
    """A code that was used once does not count again: each step of the story is a minute later."""
    real, shift = time.time, {"by": 0}
    monkeypatch.setattr(time, "time", lambda: real() + shift["by"])

    def later():
        shift["by"] += 60

    return later


def test_a_wrong_code_does_not_set_it_up(client, cast):
    signed_in(client, cast.chair)
    secret_on(client.get(reverse("mfa_activate_totp")).content.decode())
    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert answer.status_code == 422
    assert "Kode tidak cocok" in answer.content.decode()


def test_it_is_asked_for_at_every_sign_in(client, cast, quick_clock):
    secret, codes = set_up(client, cast.chair)
    assert len(codes) == 10
    quick_clock()
    answer = sign_in(client, cast.chair)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("desk")).status_code == 302
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Kode tidak cocok" in wrong.content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})["Location"] == reverse("desk")
    assert client.get(reverse("desk")).status_code == 200


def test_a_backup_code_stands_in_once(client, cast):
    _secret, codes = set_up(client, cast.chair)
    sign_in(client, cast.chair)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    sign_in(client, cast.chair)
    again = client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert "Kode tidak cocok" in again.content.decode()


def test_either_factor_counts_as_a_fresh_sign_in(client, cast, quick_clock):
    secret, _codes = set_up(client, cast.chair)
    quick_clock()
    sign_in(client, cast.chair)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    removal = reverse("mfa_deactivate_totp")
    asked = client.get(removal)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert reverse("mfa_reauthenticate") in client.get(asked["Location"]).content.decode()
    quick_clock()
    answer = client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret), "next": removal})
    assert answer["Location"] == removal
    assert client.get(removal).status_code == 200
    client.post(removal)
    assert client.get(removal).status_code == 404


def test_new_backup_codes_end_the_old_ones(client, cast):
    _secret, codes = set_up(client, cast.chair)
    client.post(reverse("mfa_generate_recovery_codes"))
    download = client.get(reverse("mfa_download_recovery_codes"))
    fresh = download.content.decode().split()
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert download["Content-Disposition"].startswith("attachment")


def test_its_pages_are_sound(cast, visitor):
    from django.test import Client

    client = Client()
    set_up(client, cast.chair)
    visitor.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": visitor.server.url}]
    )
    for name in (
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_deactivate_totp",
        "account_reauthenticate",
        "mfa_reauthenticate",
    ):
        visitor.go(reverse(name))
        visitor.check(name)
    visitor.context.clear_cookies()
    visitor.go("/masuk/")
    visitor.page.fill("#id_login", cast.chair.email)
    visitor.page.fill("#id_password", PASSWORD)
    visitor.page.click("main button[type=submit]")
    visitor.page.wait_for_url("**/masuk/kode/")
    visitor.check("mfa_authenticate")
