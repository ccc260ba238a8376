"""The face in a browser: keyboard, focus, drafts, htmx, and the pages of the account looked at."""

import pytest
from django import forms as django_forms
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from bawaslu_portal.kernel.db import begins
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm
from bawaslu_portal.kernel.forms import page as form_page
from bawaslu_portal.kernel.lifecycle import TransitionRefused

PAGE = """
{% extends "base.html" %}{% load crispy_forms_tags %}
{% block title %}Uji{% endblock %}
{% block content %}
<h1>Uji</h1>
<p><span class="save" role="status" data-off="Jaringan putus">Tersimpan 10.42</span></p>
<form method="post" novalidate>{% csrf_token %}{% include "components/draft.html" with key="uji" %}
{% crispy form %}<button class="btn btn-primary" type="submit">Simpan</button></form>
<button class="btn btn-outline-secondary" hx-post="/uji/ditolak/" hx-target="#isi" data-saves>Tutup</button>
{% endblock %}
"""


class NotesForm(KeyedMixin, PortalForm):
    title = django_forms.CharField(label="Judul")
    day = django_forms.DateField(label="Tanggal pleno", help_text="Misalnya 26 Agustus 2024.")
    notes = django_forms.CharField(label="Catatan", widget=django_forms.Textarea, required=False)
    manner = django_forms.ChoiceField(
        label="Cara", choices=[("a", "Mufakat"), ("b", "Suara")], widget=django_forms.RadioSelect
    )
    closed = django_forms.BooleanField(label="Tertutup", required=False)


def notes(request):
    form = NotesForm(request.POST or None)
    if form.is_valid():
        return HttpResponse("tersimpan")
    response = form_page(request, "uji.html", form)
    return response


def refused(request):
    raise TransitionRefused("Pleno ini sudah ditutup.")


urlpatterns = [
    path("uji/", begins(notes)),
    path("uji/ditolak/", begins(refused)),
    path("", include("bawaslu_portal.urls")),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def page_of_the_test(monkeypatch):
    """The template of this test's page, found by its name like any other."""
    from django.template.loaders import filesystem

    real = filesystem.Loader.get_contents

    def contents(loader, origin):
        return PAGE if origin.template_name == "uji.html" else real(loader, origin)

    monkeypatch.setattr(filesystem.Loader, "get_contents", contents)
    for loader in engines["django"].engine.template_loaders:
        loader.reset()


def focused(visitor, what="el => el.id || el.className || el.tagName"):
    return visitor.page.evaluate(f"({what})(document.activeElement)")


def test_the_keyboard_goes_all_the_way(cast, visitor):
    visitor.sign_in(cast.chair)
    visitor.go("/")
    visitor.page.keyboard.press("Tab")
    assert focused(visitor) == "skip"
    visitor.page.keyboard.press("Enter")
    assert focused(visitor) == "isi"
    visitor.page.focus("details.menu summary")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.is_visible("text=Profil saya")
    visitor.check("menu terbuka")
    visitor.page.keyboard.press("Escape")
    assert not visitor.page.is_visible("text=Profil saya")
    assert focused(visitor, "el => el.tagName") == "SUMMARY"


def test_errors_take_the_focus_and_lead_to_their_fields(cast, visitor):
    visitor.sign_in(cast.chair)
    visitor.go("/uji/")
    visitor.check("formulir")
    visitor.page.click("main button[type=submit]")
    assert visitor.page.title().startswith("Galat:")
    assert focused(visitor) == "error-summary"
    visitor.check("formulir dengan galat")
    visitor.page.click("text=Isi tanggal pleno. >> nth=0")
    assert focused(visitor) == "id_day"
    assert "Misalnya" in visitor.page.inner_text("#id_day_helptext")


def test_typed_text_survives_a_dropped_line(cast, visitor):
    visitor.sign_in(cast.chair)
    visitor.go("/uji/")
    visitor.page.fill("#id_notes", "Ketua mengusulkan dua tim.")
    visitor.go("/uji/")
    visitor.check("draf ditawarkan")
    visitor.page.click("text=Pakai tulisan itu")
    assert visitor.page.input_value("#id_notes") == "Ketua mengusulkan dua tim."
    visitor.sign_in(cast.member)
    visitor.go("/uji/")
    assert not visitor.page.is_visible(".draft")
    visitor.page.fill("#id_notes", "Catatan anggota.")
    visitor.page.click("details.menu summary")
    visitor.page.click("text=Keluar")
    assert visitor.page.evaluate("Object.keys(localStorage).length") == 0


def test_htmx_says_what_was_refused_and_what_did_not_arrive(cast, visitor):
    visitor.sign_in(cast.chair)
    visitor.go("/uji/")
    visitor.page.click("main button[hx-post]")
    visitor.page.wait_for_selector("#pesan .notice-miss")
    assert "sudah ditutup" in visitor.page.inner_text("#pesan")
    assert visitor.page.inner_text("h1") == "Uji"
    visitor.go("/uji/")
    visitor.context.set_offline(True)
    visitor.page.click("main button[hx-post]")
    visitor.page.wait_for_selector(".save-off")
    assert "Jaringan putus" in visitor.page.inner_text("#pesan")
    assert visitor.page.inner_text(".save") == "Jaringan putus"
    visitor.context.set_offline(False)


def test_an_ended_sign_in_leads_back_to_the_page(cast, visitor):
    visitor.sign_in(cast.chair)
    visitor.go("/uji/")
    visitor.context.clear_cookies(name="sessionid")
    visitor.page.click("main button[hx-post]")
    visitor.page.wait_for_url("**/masuk/?next=**")
    visitor.page.fill("#id_login", cast.chair.email)
    visitor.page.fill("#id_password", "sandi-uji-portal")
    visitor.page.click("main button[type=submit]")
    visitor.page.wait_for_url("**/uji/")


ACCOUNT = ["/akun/", "/akun/kata-sandi/", "/akun/autentikator/", "/profil/", "/keanggotaan/", "/keluar/", "/tidak-ada/"]


@pytest.mark.parametrize(("language", "theme"), [("id", "light"), ("en", "dark")])
def test_the_pages_of_the_account_look_right(cast, visitor, language, theme):
    cast.chair.language = language
    cast.chair.save()
    visitor.go("/masuk/")
    visitor.check("masuk", widths=(320, 360, 1280, 1440))
    visitor.sign_in_quickly(cast.chair)
    visitor.context.add_cookies([{"name": "portal_theme", "value": theme, "url": visitor.server.url}])
    for address in ACCOUNT:
        visitor.go(address)
        visitor.check(address)
