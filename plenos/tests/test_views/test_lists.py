"""Every list as Excel and on paper: the same rows as its page, and no more than its reader reads."""

import io
import uuid

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bawaslu_portal.kernel import catalogue, clock
from bawaslu_portal.kernel.models import Document
from plenos import intake, lifecycle

from ..factories import WHEN, item_of, make_open, membership, words
from ..test_following import DAY, decide_with, ratify
from ..test_lifecycle.test_intake import hold, on_agenda


def sheet(client, url, **asked):
    """The lines of the first sheet of a list's workbook."""
    answer = client.get(url, {**asked, "bentuk": "xlsx"})
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True))


def said(rows):
    return " | ".join(str(cell) for row in rows for cell in row if cell is not None)


@pytest.fixture
def proposed(cast):
    """Two proposals: one waits, one was withdrawn."""
    facts = {"summary": "", "category": "plan", "access": "closed"}
    waits = intake.propose(cast.unit, by=cast.member, label="Sewa gudang-kenari", **facts)
    gone = intake.propose(cast.unit, by=cast.member, label="Batal-kenari", **facts)
    intake.withdraw(gone, by=cast.member, reason="Ganda.")
    return waits


def test_results_of_a_search_as_the_page_shows_them(cast, sign_in):
    ratify(decide_with(cast, doer=membership(cast, cast.member)), cast)
    pleno = make_open(cast, when=WHEN + 7 * DAY, agenda=["Gudang lemari", "Lain-lain"])
    with clock.at(pleno.opened_at + DAY / 48):
        lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="<p>Jadwal <b>lemari</b></p>", version=0)
    url, client = reverse("plenos:search"), sign_in(cast.chair)
    rows = sheet(client, url, q="jadwal")
    assert {row[0] for row in rows} == {"Keputusan", "Agenda"}
    assert "Menetapkan jadwal." in said(rows)
    assert "Gudang lemari" in said(rows)
    assert {row[0] for row in sheet(client, url, q="jadwal", jenis="keputusan")} == {"Keputusan"}
    for who in ("staff", "province_staff", "national", "neighbour", "administrator"):
        assert sheet(sign_in(getattr(cast, who)), url, q="jadwal") == []
    assert "Menetapkan jadwal." in said(sheet(sign_in(cast.province), url, q="jadwal"))
    printed = sign_in(cast.chair).post(url + "?q=jadwal", {"cetak": "1"})
    assert sign_in(cast.member).get(printed.url).status_code == 404
    record = Document.objects.get(kind="kernel.table").record
    assert len(record["rows"]) == len(rows)


def test_the_inbox_as_its_page_shows_it(cast, sign_in, proposed):
    url, client = reverse("plenos:inbox", args=[cast.unit.code]), sign_in(cast.chair)
    (row,) = sheet(client, url)
    assert row[0] == "Sewa gudang-kenari"
    assert row[-1] == proposed.get_state_display()
    assert [row[0] for row in sheet(client, url, selesai="1")] == ["Batal-kenari"]
    assert "Unduh Excel" in words(client.get(url))
    assert sign_in(cast.neighbour).post(url, {"cetak": "1"}).status_code == 404
    assert "kenari" not in said(sheet(sign_in(cast.staff), url))
    assert sign_in(cast.chair).post(url, {"cetak": "1"}).status_code == 302
    assert Document.objects.get(kind="kernel.table").record["rows"][0][0] == "Sewa gudang-kenari"


def test_the_units_with_their_counts(cast, sign_in):
    ratify(decide_with(cast, doer=membership(cast, cast.member)), cast)
    client, url = sign_in(cast.province), reverse("plenos:index")
    rows = {row[1]: row for row in sheet(client, url)}
    assert rows[cast.unit.code][2:4] == (1, 1)
    assert list(rows) == sorted(rows)
    assert [row[0] for row in sheet(client, url, q=cast.unit.name)] == [cast.unit.name]
    assert client.post(url, {"cetak": "1"}).status_code == 302


def test_earlier_minutes_take_no_other_method(cast, sign_in):
    client, url = sign_in(cast.chair), reverse("plenos:archive", args=[cast.unit.code])
    assert client.post(url, {"cetak": "1"}).status_code == 302
    assert client.post(url).status_code == client.delete(url).status_code == 405


# --- what the search finds first ------------------------------------------------------------------------


def decided(cast, title, text, when):
    pleno = make_open(cast, when=when, agenda=[title])
    with clock.at(pleno.opened_at + DAY / 48):
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text=text)
    with clock.at(pleno.opened_at + DAY / 24):
        lifecycle.close(pleno, by=cast.secretary)
    return pleno.decisions.get()


def test_another_form_of_the_word_is_found(cast, sign_in):
    decided(cast, "Patroli", "Meminjamkan perahu kepada jajaran.", WHEN)
    client = sign_in(cast.chair)
    for url in (reverse("plenos:search"), reverse("plenos:register", args=[cast.unit.code])):
        for other in ("pinjam", "pinjaman", "dipinjamkan"):
            assert "<mark>Meminjamkan</mark>" in words(client.get(url, {"q": other})), other
        assert "Meminjamkan" not in words(client.get(url, {"q": "perahunya gudang"}))


def test_the_better_hit_comes_first_though_it_is_older(cast, sign_in):
    better = decided(cast, "Gudang logistik", "Gudang logistik disewa; gudang lama dikosongkan.", WHEN)
    weaker = decided(cast, "Kendaraan", "Kendaraan ditaruh di dekat gudang.", WHEN + 7 * DAY)
    client = sign_in(cast.chair)
    for url in (reverse("plenos:search"), reverse("plenos:register", args=[cast.unit.code])):
        page = words(client.get(url, {"q": "gudang"}))
        assert page.index(better.get_absolute_url()) < page.index(weaker.get_absolute_url())
    newest = words(client.get(reverse("plenos:register", args=[cast.unit.code]), {"q": "gudang", "urut": "baru"}))
    assert newest.index(weaker.get_absolute_url()) < newest.index(better.get_absolute_url())


# --- what a decision concerns ---------------------------------------------------------------------------


@pytest.fixture
def programme(monkeypatch):
    """A kind of a later app that has no page."""
    kind = catalogue.SubmissionKind("uji.programme", "Program kerja")
    monkeypatch.setitem(catalogue._submissions, kind.name, kind)


def concerning(cast, label, when, thing=None):
    """The decision on what was put before the plenary: a proposal, or the programme ``thing``."""
    facts = {"kind": "uji.programme", "thing": thing} if thing else {"kind": "plenos.proposal"}
    with clock.at(when - 3 * DAY):
        submission = lifecycle.intake.submit(cast.unit, by=cast.member, asking=cast.unit, label=label, **facts)
    pleno = on_agenda(cast, submission, when=when)
    hold(cast, pleno)
    return submission, pleno.decisions.get()


def test_the_register_says_what_a_decision_concerns_and_keeps_to_it(cast, sign_in, programme):
    thing = uuid.uuid4()
    proposal, first = concerning(cast, "Usul-kenari", WHEN)
    _programme, second = concerning(cast, "Program-kenari", WHEN + 7 * DAY, thing)
    ratify(second.pleno, cast)
    url, client = reverse("plenos:register", args=[cast.unit.code]), sign_in(cast.chair)
    page = words(client.get(url))
    assert f'<a href="{proposal.get_absolute_url()}">Usul-kenari</a>' in page
    assert "Menyangkut Program-kenari" in page
    assert [row[-1] for row in sheet(client, url)] == ["menyangkut Program-kenari", "menyangkut Usul-kenari"]
    for record, this, other in ((thing, second, first), (proposal.uuid, first, second)):
        only = words(client.get(url, {"hal": record}))
        assert this.get_absolute_url() in only
        assert other.get_absolute_url() not in only
        assert f"Hubungan: {this.item.submission.label}" in only
        assert [row[0] for row in sheet(client, url, hal=record)] == [this.number]
        assert f"{url}?hal={record}" in words(client.get(this.get_absolute_url()))
    assert "kenari" not in words(sign_in(cast.staff).get(url, {"hal": thing})).split("<main")[1]
    page = words(sign_in(cast.province).get(url, {"hal": thing}))
    assert "Menyangkut Program kerja" in page
    nothing = words(sign_in(cast.chair).get(url, {"hal": uuid.uuid4()}))
    assert "Hubungan: Satu rekaman" in nothing
    assert "Tidak ada keputusan yang cocok" in nothing
    assert first.get_absolute_url() in words(client.get(url, {"hal": "bukan kunci"}))


def test_what_decisions_concern_costs_no_more_with_more_of_them(cast, sign_in, programme):
    url, client = reverse("plenos:register", args=[cast.unit.code]), sign_in(cast.chair)

    def counted():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    for week, thing in ((0, None), (1, uuid.uuid4())):
        concerning(cast, f"Hal {week}", WHEN + week * 7 * DAY, thing)
    two = counted()
    for week, thing in ((2, None), (3, uuid.uuid4())):
        concerning(cast, f"Hal {week}", WHEN + week * 7 * DAY, thing)
    assert counted() == two
