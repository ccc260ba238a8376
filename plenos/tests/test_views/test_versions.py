"""The pages of versions: each readable, the difference word by word, what was typed kept, the same cost with more."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.tests.factories import signed_in
from plenos import documents as papers
from plenos import lifecycle
from plenos.lifecycle import correcting

from ..factories import WHEN, make_closed, make_corrected, make_correction, make_ratified, sign_all, words

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
OPEN = {"access": "open", "agenda": ({"title": "Laporan lama", "access": "open"},)}
TEXT = {"items.0.title": "Laporan baru", "items.0.decisions.0.text": "Menyetujui laporan yang baru."}


def form_of(correction, **changes):
    """The form of the words as it stands, with some typed otherwise."""
    record = correcting.earlier(correction).record
    return {**papers.words_of(record), **correction.changes, "version": correction.version, **changes}


def test_both_versions_are_read_and_the_latest_holds(cast):
    pleno = make_ratified(cast, **OPEN)
    make_corrected(cast, pleno, changes=TEXT)
    reader = signed_in(Client(), cast.province_staff)
    latest = words(reader.get(pleno.address("plenos:minutes")))
    first = words(reader.get(pleno.address("plenos:version", number=1)))
    assert "Laporan baru" in latest
    assert "Laporan lama" in first
    assert "Versi ini sudah diperbaiki" in first
    assert pleno.address("plenos:version", number=1) in latest
    for number in (0, 3):
        assert reader.get(pleno.address("plenos:version", number=number)).status_code == 404
    assert reader.get(pleno.address("plenos:difference", number=1)).status_code == 404


def test_the_difference_is_said_word_by_word(cast):
    pleno = make_ratified(cast, **OPEN)
    make_corrected(cast, pleno, changes=TEXT)
    page = signed_in(Client(), cast.staff).get(pleno.address("plenos:difference", number=2))
    parts = {label: part for _heading, label, part in page.context["changes"]}
    assert parts["Pokok agenda"] == [("same", "Laporan "), ("removed", "lama"), ("added", "baru")]
    assert "bukan dengan perbaikan" in words(page)


def test_a_version_under_way_is_not_read_by_others(cast):
    pleno = make_ratified(cast, **OPEN)
    correction = make_correction(cast, pleno, changes=TEXT)
    with clock.at(pleno.closed_at + 3 * DAY):
        correcting.put_up(correction, by=cast.secretary)
    reader = signed_in(Client(), cast.province)
    assert "Laporan baru" not in words(reader.get(pleno.address("plenos:minutes")))
    assert reader.get(pleno.address("plenos:version", number=2)).status_code == 404
    assert reader.get(correction.get_absolute_url()).status_code == 403


def test_what_is_wrong_stands_at_its_field_with_all_that_was_typed(cast):
    correction = make_correction(cast, make_ratified(cast))
    client = signed_in(Client(), cast.secretary)
    typed = form_of(correction, **{"place": "", "items.1.title": "Judul yang diketik"})
    answer = client.post(correction.address("plenos:correction_words"), typed)
    assert answer.status_code == 422
    assert "Tidak boleh kosong." in words(answer)
    assert "Judul yang diketik" in words(answer)


def test_what_is_typed_in_any_part_is_kept(cast):
    correction = make_correction(cast, make_ratified(cast))
    client, address = signed_in(Client(), cast.secretary), correction.address("plenos:correction_words")
    typed = {"place": "Teras", "items.2.title": "Serba-serbi", "attendance.1.name": "Nama yang benar"}
    assert client.post(address, form_of(correction, **typed)).status_code == 302
    correction.refresh_from_db()
    assert correction.changes == typed
    wrong = client.post(address, form_of(correction, **{"items.1.title": "  "}))
    assert [touched for _heading, _fields, touched in wrong.context["form"].sections] == [True, False, True, True, True]


def test_a_conflict_keeps_what_was_typed(cast):
    correction = make_correction(cast, make_ratified(cast))
    typed = form_of(correction, place="Teras")
    correcting.change(correction, by=cast.head, changes={"place": "Aula"})
    answer = signed_in(Client(), cast.secretary).post(correction.address("plenos:correction_words"), typed)
    assert answer.status_code == 409
    assert "Teras" in words(answer)
    correction.refresh_from_db()
    assert correction.changes == {"place": "Aula"}


def test_sent_unchanged_the_form_changes_nothing(cast):
    pleno = make_closed(cast)
    item = pleno.items.first()
    item.pleno = pleno
    with clock.at(pleno.closed_at + DAY / 24):
        lifecycle.write_notes(item, by=cast.secretary, text="<p>Satu <strong>dua</strong></p>", version=0)
        lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    with clock.at(pleno.closed_at + DAY):
        lifecycle.ratify(pleno, by=cast.chair)
    correction = make_correction(cast, pleno)
    client = signed_in(Client(), cast.secretary)
    page = client.get(correction.address("plenos:correction_words"))
    fields = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    assert client.post(correction.address("plenos:correction_words"), fields).status_code == 302
    correction.refresh_from_db()
    assert correction.changes == {}


def test_who_does_not_go_on_says_why_and_it_stands_there(cast):
    correction = make_correction(cast, make_ratified(cast), changes={"place": "Aula"})
    client, way = signed_in(Client(), cast.secretary), correction.address("plenos:correction_abandon")
    assert way in words(client.get(correction.get_absolute_url()))
    answer = client.post(way, {"reason": " "})
    assert answer.status_code == 422
    answer = client.post(way, {"reason": "Ternyata sudah benar"}, follow=True)
    assert "Ternyata sudah benar" in words(answer) and way not in words(answer)
    again = client.post(way, {"reason": "Kata yang diketik"})
    assert again.status_code == 409 and "Kata yang diketik" in words(again)


def test_only_one_is_begun(cast):
    pleno = make_ratified(cast)
    make_correction(cast, pleno)
    client = signed_in(Client(), cast.secretary)
    assert "Lanjutkan perbaikan itu" in words(client.get(pleno.address("plenos:correct")))
    answer = client.post(pleno.address("plenos:correct"), {"reason": "Alasan lain"})
    assert answer.status_code == 409
    assert "Alasan lain" in words(answer)


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_pages_cost_the_same_with_one_version_more_and_more_items(cast):
    small = make_ratified(cast, agenda=("Satu",))
    large = make_ratified(cast, when=WHEN + 7 * DAY, agenda=("Satu", "Dua", "Tiga"))
    make_corrected(cast, small)
    make_corrected(cast, large)
    make_corrected(cast, large, changes={"place": "Aula lantai tiga"})
    client = signed_in(Client(), cast.secretary)
    for name in ("version", "difference"):
        found = {pleno: queries_of(client, pleno.address(f"plenos:{name}", number=2)) for pleno in (small, large)}
        assert len(set(found.values())) == 1, name
    one = make_correction(cast, small, changes={"place": "X"})
    more = make_correction(cast, large, changes={"place": "Y"})
    for name in ("correction", "correction_words"):
        assert queries_of(client, one.address(f"plenos:{name}")) == queries_of(client, more.address(f"plenos:{name}"))
