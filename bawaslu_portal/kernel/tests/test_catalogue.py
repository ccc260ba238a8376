"""The one registry: what apps declare and what shared pages ask of it."""

import ast
import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from bawaslu_portal.kernel import catalogue, ledger, settings_store
from bawaslu_portal.kernel.models import LedgerEntry
from bawaslu_portal.kernel.tests.factories import person, signed_in
from plenos.tests.factories import make_draft


def test_a_link_is_given_only_to_one_who_may_see_the_thing(cast):
    pleno = make_draft(cast)
    assert catalogue.link("pleno", pleno.uuid, cast.province) == pleno.get_absolute_url()
    assert catalogue.link("pleno", pleno.uuid, cast.neighbour) is None
    assert catalogue.link("unheard-of", pleno.uuid, cast.chair) is None


def test_a_sentence_fills_in_its_facts_and_survives_missing_ones():
    assert catalogue.sentence("kernel.number.cancel", {"number": "7/X"}) == "membatalkan nomor 7/X"
    assert catalogue.sentence("kernel.number.cancel", {}) == "membatalkan nomor –"
    assert catalogue.sentence("old.action.gone", {}) == "old.action.gone"


def test_every_numbered_paper_has_its_two_settings():
    keys = {spec.key for spec in catalogue.setting_specs()}
    numbered = [p for p in catalogue.papers() if p.numbered]
    assert numbered
    for paper in numbered:
        assert {f"numbering.{paper.name}.source", f"numbering.{paper.name}.code"} <= keys


def test_every_setting_says_whence_it_comes_and_has_a_default_of_its_type(kendari):
    for spec in catalogue.setting_specs():
        assert str(spec.source), spec.key
        assert str(spec.label), spec.key
        value = settings_store.setting(kendari, spec.key)
        if spec.type == "choice":
            assert value in dict(spec.choices)
        if spec.type in ("integer", "weekday"):
            assert isinstance(value, int)
            assert spec.low is None or spec.low <= value <= spec.high
        if spec.type == "flag":
            assert isinstance(value, bool)


def test_settings_are_asked_by_declared_names_only(kendari):
    with pytest.raises(KeyError):
        settings_store.setting(kendari, "plenos.kuorum")
    with pytest.raises(KeyError):
        settings_store.change(kendari, "x", 1, since="2024-01-01", source="x", by=person(kendari, "chair"))


def settings_asked():
    """Every key that the code asks for, as far as it stands there as text."""
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        if "tests" in path.parts or ".venv" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("setting", "values", "settings_of"):
                for text in ast.walk(node):
                    if isinstance(text, ast.Constant) and isinstance(text.value, str) and "." in text.value:
                        yield text.value


def test_every_setting_that_is_asked_for_is_declared():
    asked = {key for key in settings_asked() if not key.endswith(".") and not key.startswith(".")}
    assert len(asked) >= 6
    assert sorted(key for key in asked if key not in {s.key for s in catalogue.setting_specs()}) == []


def test_a_setting_holds_from_its_date_and_earlier_days_keep_theirs(kendari):
    by, key = person(kendari, "administrator"), "plenos.quorum"
    assert settings_store.setting(kendari, key) == 0
    for value, since in ((3, datetime.date(2024, 1, 1)), (4, datetime.date(2024, 8, 1))):
        settings_store.change(kendari, key, value, since=since, source="keputusan pleno", by=by)
    assert settings_store.setting(kendari, key, datetime.date(2023, 12, 31)) == 0
    assert settings_store.setting(kendari, key, datetime.date(2024, 7, 31)) == 3
    assert settings_store.setting(kendari, key, datetime.date(2024, 8, 1)) == 4
    settings_store.change(kendari, key, 2, since=datetime.date(2024, 8, 1), source="ralat", by=by)
    assert settings_store.setting(kendari, key, datetime.date(2024, 8, 1)) == 2
    assert LedgerEntry.objects.filter(action="kernel.setting.change").count() == 3
    assert ledger.verify("74.71")[1] is None


def test_navigation_leads_to_pages_that_open(cast, client):
    for who in (cast.chair, cast.staff, cast.administrator, cast.province, cast.national):
        signed_in(client, who)
        page = client.get(reverse("desk"))
        assert page.status_code == 200
        entries = page.context["portal"].navigation
        assert entries
        for entry in entries:
            answer = client.get(entry["url"], follow=True)
            assert answer.status_code == 200, entry["url_name"]


def test_the_desk_asks_every_app_and_shows_only_what_waits_for_me(cast):
    make_draft(cast)
    assert [row["title"] for row in catalogue.waiting_for(cast.secretary)]
    for nobody in (cast.neighbour, cast.outsider, cast.administrator):
        assert [row for row in catalogue.waiting_for(nobody) if f"/{cast.unit.code}/" in row["url"]] == []
