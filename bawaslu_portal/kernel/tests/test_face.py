"""The face: one look in light and dark, pages of refusal, choices of the reader, sign-in, dates and numbers."""

import datetime
import gzip
import re
import uuid
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import Context, Template, engines
from django.template.loader import get_template
from django.test import Client
from django.urls import NoReverseMatch, include, path, reverse
from django.utils import translation

from bawaslu_portal import views
from bawaslu_portal.kernel.db import begins
from bawaslu_portal.kernel.freshness import fresh_sign_in_required
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.tests.factories import PASSWORD

ROOT = Path(settings.BASE_DIR)
STYLESHEET = (ROOT / "static/css/portal.css").read_text()
PAGES = [p for p in (ROOT / "templates").rglob("*.html") if "pdf" not in p.parts]


def refused(request):
    raise TransitionRefused("Pleno ini sudah ditutup.")


def saved(request):
    return redirect("desk")


def forbidden(request):
    raise NotPermitted("Hanya Ketua yang mengesahkan.")


@fresh_sign_in_required
def final(request):
    return HttpResponse("disahkan")


urlpatterns = [
    path("uji/ditolak/", begins(refused)),
    path("uji/disimpan/", begins(saved)),
    path("uji/terlarang/", begins(forbidden)),
    path("uji/akhir/", begins(final)),
    path("", include("bawaslu_portal.urls")),
]
handler403, handler404, handler500 = views.forbidden, views.not_found, views.server_error
here = pytest.mark.urls(__name__)


def block(start):
    """The declarations of the first rule in the stylesheet after ``start``."""
    inside = STYLESHEET[STYLESHEET.index(start) :].split("{", 1)[1]
    inside = inside[inside.index("{") + 1 :] if start.startswith("@media") else inside
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", inside.split("}", 1)[0]))


# --- the look ---


def test_the_two_dark_blocks_are_equal():
    chosen, system = block('[data-bs-theme="dark"]'), block("@media (prefers-color-scheme: dark)")
    assert chosen == system
    assert len(chosen) > 20


def test_dark_names_every_colour_that_light_names():
    assert set(block(':root, [data-bs-theme="light"]')) == set(block('[data-bs-theme="dark"]'))


def test_every_token_that_is_used_is_named():
    named = set(re.findall(r"(--[\w-]+):", STYLESHEET))
    assert set(re.findall(r"var\((--[\w-]+)", STYLESHEET)) <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_template_carries_style_or_script_of_its_own(page):
    text = page.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\s(on[a-z]+|hx-on[\w:-]*)\s*=", text)
    assert "javascript:" not in text
    assert "|safe" not in text


def test_the_first_page_is_light(client, db):
    page = client.get(reverse("account_login")).content
    files = re.findall(rb'(?:href|src)="/static/([^"]+)"', page)
    from django.contrib.staticfiles import finders

    weight = len(gzip.compress(page)) + sum(
        len(gzip.compress(Path(finders.find(name.decode())).read_bytes())) for name in set(files)
    )
    assert weight < 100 * 1024


# --- pages of refusal ---


def test_what_does_not_exist_says_nothing(client, cast, sign_in):
    sign_in(cast.chair)
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert "bukan untuk akun Anda" in answer.content.decode()
    assert "404.html" in [t.name for t in answer.templates]


@here
def test_a_refused_button_answers_409_and_keeps_what_was_typed(client, cast, sign_in):
    sign_in(cast.chair)
    text = "Menetapkan jadwal supervisi."
    typed = {"text": text, "reason": "Sakit", "password": "kata sandi rahasia", "again": "kata sandi rahasia"}
    answer = client.post("/uji/ditolak/", typed)
    page = answer.content.decode()
    assert "Sakit" in page
    assert answer.status_code == 409
    assert "Pleno ini sudah ditutup." in page
    assert text in page
    assert "rahasia" not in page


@here
def test_the_second_text_under_one_key_is_kept(client, cast, sign_in):
    sign_in(cast.chair)
    key = str(uuid.uuid4())
    client.post("/uji/disimpan/", {"request_key": key, "text": "Kalimat pertama."})
    assert client.post("/uji/disimpan/", {"request_key": key, "text": "Kalimat pertama."}).status_code == 302
    answer = client.post("/uji/disimpan/", {"request_key": key, "text": "Kalimat kedua."})
    assert answer.status_code == 409
    assert "Kalimat kedua." in answer.content.decode()


@here
def test_htmx_gets_the_sentence_only(client, cast, sign_in):
    sign_in(cast.chair)
    answer = client.post("/uji/ditolak/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#pesan"
    assert "<html" not in answer.content.decode()
    assert client.post("/uji/terlarang/", headers={"HX-Request": "true"}).status_code == 403


@here
def test_who_may_not_is_told_why(client, cast, sign_in):
    sign_in(cast.member)
    answer = client.get("/uji/terlarang/")
    assert answer.status_code == 403
    assert "Hanya Ketua yang mengesahkan." in answer.content.decode()


def test_an_expired_form_says_what_to_do(db):
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "siapa@contoh.id"})
    assert answer.status_code == 403
    assert "Formulir ini sudah kedaluwarsa" in answer.content.decode()


@pytest.mark.parametrize(("name", "words"), [("500.html", "sedang terganggu"), ("400.html", "tidak dapat dibaca")])
def test_the_pages_of_faults_need_no_context(name, words):
    page = get_template(name).render()
    assert words in page
    assert "css/portal.css" in page


# --- a sign-in that ended, a fresh one ---


def test_an_ended_sign_in_sends_the_whole_page_away(client, db):
    answer = client.get(
        reverse("desk"), headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/pleno/74.71/?page=2"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/masuk/?next=%2Fpleno%2F74.71%2F%3Fpage%3D2"


@here
def test_a_final_act_asks_for_the_password_and_comes_back(client, cast):
    client.force_login(cast.chair, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.get("/uji/akhir/")
    assert answer.status_code == 302
    assert answer["Location"] == "/masuk/lagi/?next=%2Fuji%2Fakhir%2F"
    wrong = client.post("/masuk/lagi/", {"password": "salah", "next": "/uji/akhir/"})
    assert wrong.status_code == 422
    right = client.post("/masuk/lagi/", {"password": PASSWORD, "next": "/uji/akhir/"})
    assert right["Location"] == "/uji/akhir/"
    assert client.get("/uji/akhir/").content == b"disahkan"


@here
def test_a_final_act_sent_too_late_answers_409_and_keeps_the_text(client, cast):
    client.force_login(cast.chair, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post("/uji/akhir/", {"reason": "sakit sejak Senin"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "sakit sejak Senin" in page
    assert "/masuk/lagi/?next=" in page
    assert "account_reauthentication_state" not in client.session


# --- signing in ---


def sign_in_by_form(client, email, password, address="127.0.0.1", **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more}, REMOTE_ADDR=address)


def test_people_sign_in_by_e_mail(client, cast):
    assert sign_in_by_form(client, cast.chair.email.upper(), PASSWORD)["Location"] == reverse("desk")
    page = client.get(reverse("desk")).content.decode()
    assert "Bawaslu Kota Kendari" in page


def test_a_wrong_password_is_one_sentence_for_known_and_unknown(client, cast):
    pages = [sign_in_by_form(client, email, "salah-salah") for email in (cast.chair.email, "siapa@contoh.id")]
    for answer in pages:
        assert answer.status_code == 422
        assert "<title>Galat: Masuk" in answer.content.decode().replace("\n", "").replace("  ", "")
        assert "tidak cocok" in answer.content.decode()


def test_an_outsider_cannot_lock_a_commissioner_out(client, cast):
    for _attempt in range(6):
        locked = sign_in_by_form(client, cast.chair.email, "menebak-nebak", address="203.0.113.9")
    assert "Terlalu banyak percobaan" in locked.content.decode()
    assert sign_in_by_form(client, cast.chair.email, PASSWORD, address="203.0.113.9").status_code == 422
    assert sign_in_by_form(client, cast.chair.email, PASSWORD, address="198.51.100.7").status_code == 302


def test_there_is_no_sign_up_and_no_reset_by_mail(client, db):
    for name in ("account_signup", "account_email", "account_reset_password_done", "mfa_add_webauthn"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    page = client.get(reverse("account_reset_password"))
    assert page.status_code == 200
    assert "<form" not in page.content.decode().split("<main")[1].split("</main")[0]


ACCOUNT_PAGES = [
    "account/login.html",
    "account/logout.html",
    "account/account_inactive.html",
    "account/password_change.html",
    "account/password_reset.html",
    "account/reauthenticate.html",
    "mfa/authenticate.html",
    "mfa/index.html",
    "mfa/reauthenticate.html",
    "mfa/totp/activate_form.html",
    "mfa/totp/deactivate_form.html",
    "mfa/recovery_codes/index.html",
    "mfa/recovery_codes/generate.html",
]


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_every_account_page_carries_our_look(name):
    template = engines["django"].get_template(name)
    assert Path(template.origin.name).is_relative_to(ROOT / "templates")
    assert "{% extends" in Path(template.origin.name).read_text()


def test_the_routed_account_pages_are_the_tested_ones():
    from bawaslu_portal.kernel import account_urls

    routed = set()
    for pattern in account_urls.urlpatterns:
        view = getattr(pattern.callback, "view_class", None)
        name = getattr(view, "template_name", "account/password_reset.html")
        routed.add(name)
    assert {name for name in routed if name.endswith(".html")} == set(ACCOUNT_PAGES)


# --- choices of the reader ---


def test_indonesian_is_the_default_whatever_the_browser_prefers(client, db):
    answer = client.get(reverse("account_login"), headers={"Accept-Language": "en"})
    assert '<html lang="id"' in answer.content.decode()
    assert answer["Content-Language"] == "id"


def test_the_language_is_kept_on_the_user_and_in_a_cookie(client, cast, sign_in):
    sign_in(cast.chair)
    answer = client.post(reverse("kernel:language"), {"language": "en", "next": "/akun/"})
    assert answer["Location"] == "/akun/"
    cast.chair.refresh_from_db()
    assert cast.chair.language == "en"
    assert '<html lang="en"' in client.get(reverse("desk")).content.decode()
    client.post(reverse("account_logout"))
    assert '<html lang="en"' in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_switch_leads_nowhere_else(client, db, to):
    assert client.post(reverse("kernel:language"), {"language": "en", "next": to})["Location"] == reverse("desk")


def test_the_theme_is_the_readers_and_else_the_devices(client, db):
    def root():
        return re.search(r"<html[^>]*>", client.get(reverse("account_login")).content.decode())[0]

    assert "data-bs-theme" not in root()
    client.post(reverse("kernel:theme"), {"theme": "dark"})
    assert 'data-bs-theme="dark"' in root()
    client.post(reverse("kernel:theme"), {"theme": ""})
    assert "data-bs-theme" not in root()


def test_one_works_under_a_membership_of_ones_own(client, cast, sign_in):
    from bawaslu_portal.kernel.tests.factories import make_person

    make_person(cast.province_unit, "staff", "x", email=cast.member.email, title="Staf perbantuan")
    sign_in(cast.member)
    other = cast.member.memberships.get(organisation=cast.province_unit)
    assert client.post(reverse("kernel:membership", args=[other.uuid])).status_code == 302
    assert cast.province_unit.name in client.get(reverse("desk")).content.decode()
    strangers = cast.neighbour.memberships.first()
    assert client.post(reverse("kernel:membership", args=[strangers.uuid])).status_code == 404


def test_a_membership_that_ended_is_no_longer_named(client, cast, sign_in):
    sign_in(cast.member)
    cast.member.memberships.update(until=datetime.datetime.now(datetime.UTC))
    page = client.get(reverse("desk")).content.decode()
    assert cast.unit.name not in page
    assert "Belum ada jabatan yang tercatat" in page


def test_every_page_carries_the_content_security_policy(client, db):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]
    for rule in ("default-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_says_so_on_every_page(client, db, settings, demo):
    settings.PORTAL_DEMO = demo
    for address in (reverse("account_login"), reverse("account_reset_password")):
        assert ("Data contoh, bukan naskah resmi" in client.get(address).content.decode()) is demo


# --- words ---

NINE = datetime.datetime(2026, 11, 21, 1, 0, tzinfo=datetime.UTC)


def say(source, language="id", **context):
    with translation.override(language):
        return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "indonesian"),
    [
        ("{{ at|moment:'Asia/Makassar' }}", "Sabtu, 21 November 2026 pukul 09.00 WITA"),
        ("{{ at|moment:'Asia/Jayapura' }}", "Sabtu, 21 November 2026 pukul 10.00 WIT"),
        ("{{ at|moment:'Asia/Pontianak' }}", "Sabtu, 21 November 2026 pukul 08.00 WIB"),
        ("{{ at|day:'Asia/Makassar' }}", "Sabtu, 21 November 2026"),
        ("{{ at|isoweek:'Asia/Makassar' }}", "2026-W47"),
        ("{{ amount|number:1 }}", "1.234,5"),
        ("{{ year }}", "2026"),
        ("{{ nothing|moment }}", ""),
    ],
)
def test_dates_and_numbers_are_written_as_offices_write_them(source, indonesian):
    assert say(source, at=NINE, amount=1234.5, year=2026, nothing=None) == indonesian


def test_english_has_its_own_marks():
    assert say("{{ amount|number:1 }}", "en", amount=1234.5) == "1,234.5"


def test_a_unit_or_its_record_gives_the_zone(cast):
    class Record:
        organisation = cast.unit

    assert say("{{ at|hour:of }}", at=NINE, of=cast.unit) == "09.00 WITA"
    assert say("{{ at|hour:of }}", at=NINE, of=Record()) == "09.00 WITA"
