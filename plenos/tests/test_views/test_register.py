"""The pages of register, decision and search over HTTP."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.models import Membership
from plenos import lifecycle, search
from plenos.lifecycle import following

from ..factories import ROLES, WHEN, item_of, make_corrected, make_open, membership, words
from ..test_following import DAY, PAST, decide_with, ratify
from ..test_search import noted


@pytest.fixture
def row(cast):
    return decide_with(cast, doer=membership(cast, cast.member), what="Menata berkas-kenari").follow_ups.get()


def test_the_register_filters_and_searches(cast, row, sign_in):
    pleno = row.decision.pleno
    with clock.at(PAST):
        other = decide_with(cast, doer=membership(cast, cast.chair), when=WHEN + 7 * DAY, reverses=row.decision)
    later = other.decisions.get()
    client = sign_in(cast.chair)
    url = reverse("plenos:register", args=[cast.unit.code])

    def shown(**asked):
        page = words(client.get(url, asked))
        return {d.number for d in (row.decision, later) if f'href="{d.get_absolute_url()}"' in page}

    assert shown() == {1, 2}
    assert shown(q="jadwal") == shown(q="menetapkan") == {1, 2}
    assert shown(q="gajah") == shown(tahun="2025") == shown(cara="vote") == set()
    assert shown(q="74.71/2024/2") == shown(q="2024/2") == shown(q="2") == {2}
    assert shown(tl="lewat") == {1, 2}
    assert shown(tl="selesai") == shown(tl="tanpa") == set()
    assert shown(hal="ubah") == {1, 2}
    assert shown(hal="lain") == set()
    page = words(client.get(url, {"q": "jadwal", "tahun": "2024"}))
    assert "<mark>jadwal</mark>" in page
    assert "Tahun: 2024" in page
    assert "Dicabut oleh 74.71/2024/2" in page
    assert pleno.state == "closed"


def test_hits_are_marked_and_everything_else_is_escaped(cast, sign_in):
    pleno = make_open(cast, agenda=["<b>Arsip</b> & jadwal"])
    with clock.at(pleno.opened_at + DAY / 48):
        text = "Menata arsip <script>alert(1)</script> \ue000palsu\ue001 selesai."
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text=text)
    with clock.at(pleno.opened_at + DAY / 24):
        lifecycle.close(pleno, by=cast.secretary)
    page = sign_in(cast.chair).get(reverse("plenos:register", args=[cast.unit.code]), {"q": "arsip"}).content.decode()
    assert "Menata <mark>arsip</mark>" in page
    assert "<mark>Arsip</mark>" in page
    assert "<script>alert" not in page
    assert "<b>" not in page.split("hit-title")[1].split("</h2>")[0]
    assert search.marked("a\ue001b\ue000<c>\ue001&amp;<i>") == "ab<mark>&lt;c&gt;</mark>&amp;&lt;i&gt;"


def test_a_decision_has_an_address_that_says_everything_of_it(cast, row, sign_in):
    pleno = ratify(row.decision.pleno, cast)
    later = decide_with(cast, doer=membership(cast, cast.chair), when=WHEN + 7 * DAY, reverses=row.decision)
    client = sign_in(cast.member)
    assert row.decision.get_absolute_url() == "/pleno/keputusan/74.71/2024/1/"
    page = words(client.get("/pleno/keputusan/74.71/2024/1/"))
    assert "Menetapkan jadwal." in page
    assert pleno.get_absolute_url() in page
    assert "berkas-kenari" in page
    assert later.decisions.get().get_absolute_url() in page
    assert row.decision.get_absolute_url() in words(client.get(later.decisions.get().get_absolute_url()))
    assert client.get("/pleno/keputusan/74.71/2024/99/").status_code == 404


def test_what_a_ratified_decision_reverses_is_named_to_those_who_may_know_of_it(cast, row, sign_in):
    """The earlier one waits for its ratification: neither page, list, sheet nor minutes of the later name it above."""
    earlier = row.decision
    later = decide_with(cast, doer=membership(cast, cast.chair), when=WHEN + 7 * DAY, access="open", reverses=earlier)
    decision = ratify(later, cast).decisions.get()
    register = reverse("plenos:register", args=[cast.unit.code])

    def told(who):
        """Where the reader meets the reference of the earlier one."""
        client = sign_in(getattr(cast, who))
        sheet = openpyxl.load_workbook(io.BytesIO(client.get(register, {"bentuk": "xlsx"}).content)).worksheets[0]
        pages = {
            "page": words(client.get(decision.get_absolute_url())),
            "list": words(client.get(register)),
            "found": words(client.get(reverse("plenos:search"), {"q": "menetapkan jadwal"})),
            "changes": words(client.get(register, {"hal": "ubah"})),
            "minutes": words(client.get(later.address("plenos:minutes"))),
            "sheet": str(list(sheet.iter_rows(values_only=True))),
        }
        read = [page.replace("<mark>", "").replace("</mark>", "") for page in pages.values()]
        assert sum("Menetapkan jadwal" in page for page in read) >= 4
        return {name for name, page in pages.items() if earlier.reference in page}

    everywhere = {"page", "list", "found", "changes", "sheet"}
    assert told("member") == everywhere
    for who in ("province", "province_chair", "staff", "national"):
        assert told(who) == set(), who
    ratify(earlier.pleno, cast)
    assert told("province") == everywhere


STATUS = {  # before the ratification, closed and ratified, open and ratified: page; "tertutup" says that it is closed
    "chair": (200, 200, 200),
    "member": (200, 200, 200),
    "secretary": (200, 200, 200),
    "head": (200, 200, 200),
    "staff": (404, "tertutup", 200),
    "administrator": (404, 404, 404),
    "neighbour": (404, 404, 404),
    "province": (404, 200, 200),
    "province_chair": (404, 200, 200),
    "province_staff": (404, "tertutup", 200),
    "national": (404, "tertutup", 200),
    "outsider": (404, 404, 404),
}


@pytest.mark.parametrize("who", STATUS)
def test_who_reads_a_decision(cast, sign_in, who):
    doer = membership(cast, cast.member)
    before = decide_with(cast, doer=doer)
    closed = ratify(decide_with(cast, doer=doer, when=WHEN + 7 * DAY), cast)
    opened = ratify(decide_with(cast, doer=doer, when=WHEN + 14 * DAY, access="open"), cast)
    client = sign_in(getattr(cast, who))
    register = client.get(reverse("plenos:register", args=[cast.unit.code]))
    found = client.get(reverse("plenos:search"), {"q": "menetapkan jadwal"})
    sheet = client.get(reverse("plenos:register", args=[cast.unit.code]), {"bentuk": "xlsx"})
    assert sheet.status_code == (404 if who in ("neighbour", "outsider") else 200)
    for pleno, expected in zip((before, closed, opened), STATUS[who], strict=True):
        address = pleno.decisions.get().get_absolute_url()
        answer = client.get(address)
        assert answer.status_code == (404 if expected == 404 else 200), address
        reads = expected == 200
        assert ("Menetapkan jadwal" in words(answer)) == reads
        assert ("Isi keputusan ini tertutup" in words(answer)) == (expected == "tertutup")
        assert (f'href="{address}"' in words(register)) == reads
        assert (f'href="{address}"' in words(found)) == reads
        asked = client.post(f"{address}kutipan/")
        writes = who in ("chair", "member", "secretary", "head")
        assert asked.status_code == (404 if expected == 404 else 403 if not writes else 302 if pleno != before else 409)


def test_the_extract_is_made_once_and_read_by_its_class(cast, sign_in):
    doer = membership(cast, cast.member)
    closed = ratify(decide_with(cast, doer=doer), cast).decisions.get()
    opened = ratify(decide_with(cast, doer=doer, when=WHEN + 7 * DAY, access="open"), cast).decisions.get()
    papers = [following.extract(decision, by=cast.secretary) for decision in (closed, opened)]
    assert following.extract(closed, by=cast.chair) == papers[0]
    assert [paper.access for paper in papers] == ["closed", "open"]
    reads = {
        name: [sign_in(getattr(cast, name)).get(reverse("kernel:document", args=[p.uuid])).status_code for p in papers]
        for name in ROLES.values()
    }
    both, only_open, none = [200, 200], [404, 200], [404, 404]
    assert reads == {
        **dict.fromkeys(("chair", "member", "secretary", "head", "province", "province_chair"), both),
        **dict.fromkeys(("staff", "province_staff", "national"), only_open),
        **dict.fromkeys(("neighbour", "outsider", "administrator"), none),
    }


def test_the_extract_of_a_reversed_decision_says_so(cast):
    doer = membership(cast, cast.member)
    earlier = ratify(decide_with(cast, doer=doer), cast).decisions.get()
    first = following.extract(earlier, by=cast.chair)
    ratify(decide_with(cast, doer=doer, when=WHEN + 7 * DAY, reverses=earlier), cast)
    second = following.extract(earlier, by=cast.chair)
    first.refresh_from_db()
    assert first.superseded_by == second
    assert second.record["undone_by"] == ["74.71/2024/2"]


def test_who_may_not_know_of_a_reversing_decision_is_not_told_of_it(cast, sign_in):
    doer = membership(cast, cast.member)
    earlier = ratify(decide_with(cast, doer=doer, access="open"), cast).decisions.get()
    later = decide_with(cast, doer=doer, when=WHEN + 7 * DAY, reverses=earlier, access="open")
    register, own = reverse("plenos:register", args=[cast.unit.code]), earlier.get_absolute_url()

    def told(who):
        client = sign_in(who)
        pages = [words(client.get(url)) for url in (register, own)]
        return [
            *("74.71/2024/2" in page for page in pages),
            f'href="{own}"' in words(client.get(register, {"hal": "ubah"})),
        ]

    assert told(cast.chair) == [True] * 3
    for who in (cast.staff, cast.province, cast.province_staff, cast.national):
        assert told(who) == [False] * 3
    ratify(later, cast)
    for who in (cast.staff, cast.province, cast.province_staff, cast.national):
        assert told(who) == [True] * 3


# --- the search -----------------------------------------------------------------------------------------


def test_notes_and_items_without_a_decision_are_found_too(cast, sign_in):
    pleno = make_open(cast, agenda=["Pinjam gudang", "Lain-lain"])
    first, second = pleno.items.order_by("order")
    with clock.at(pleno.opened_at + DAY / 48):
        lifecycle.write_notes(first, by=cast.secretary, text="<p>Kunci <b>lemari</b> hilang</p>", version=0)
        lifecycle.defer(first, by=cast.secretary, reason="Menunggu")
    client = sign_in(cast.chair)
    page = words(client.get(reverse("plenos:search"), {"q": "lemari"}))
    assert "Pinjam gudang" in page
    assert "<mark>lemari</mark>" in page
    assert pleno.get_absolute_url() in page
    assert "Pinjam gudang" not in words(client.get(reverse("plenos:search"), {"q": "lemari", "jenis": "keputusan"}))
    assert "Pinjam gudang" not in words(sign_in(cast.staff).get(reverse("plenos:search"), {"q": "lemari"}))
    assert second.title


NOTES = {  # of open items: in closed minutes, in open ones
    **dict.fromkeys(("chair", "member", "secretary", "head", "province", "province_chair"), (True, True)),
    **dict.fromkeys(("staff", "province_staff", "national"), (False, True)),
}


@pytest.mark.parametrize("who", NOTES)
def test_notes_are_found_and_shown_as_far_as_the_minutes_may_be_read(cast, sign_in, who):
    closed = noted(cast, WHEN, {"title": "Rahasia", "access": "closed"})
    opened = noted(cast, WHEN + 7 * DAY)
    client, register = sign_in(getattr(cast, who)), reverse("plenos:register", args=[cast.unit.code])
    for pleno, reads in zip((closed, opened), NOTES[who], strict=True):
        decided, put_off = pleno.decisions.get().get_absolute_url(), pleno.get_absolute_url()
        by_notes = words(client.get(reverse("plenos:search"), {"q": "kenari", "tahun": "2024"}))
        assert (f'href="{put_off}"' in by_notes) == reads
        assert (f'href="{decided}"' in words(client.get(register, {"q": "kenari"}))) == reads
        # By its title each is found, and a word that must not be there tells nothing of the notes.
        assert f'href="{put_off}"' in words(client.get(reverse("plenos:search"), {"q": "mobil"}))
        assert (f'href="{put_off}"' in words(client.get(reverse("plenos:search"), {"q": "mobil -gajah"}))) == reads
        for asked, there in (("gudang", True), ("gudang -kenari", False), ("gudang -gajah", reads)):
            assert (f'href="{decided}"' in words(client.get(register, {"q": asked}))) == there
    # Notes of the closed minutes are marked nowhere either.
    keys = [closed.decisions.get().pk, opened.decisions.get().pk]
    shown = search.loaded(getattr(cast, who), keys, "kenari")
    assert [bool(one.marked_notes) for one in shown] == list(NOTES[who])
    items = [pleno.items.get(title="Pinjam mobil") for pleno in (closed, opened)]
    marked = search.mark_items(getattr(cast, who), items, "kenari")
    assert ["<mark>kenari</mark>" in item.marked_notes for item in marked] == list(NOTES[who])


@pytest.mark.parametrize("asked", ["'", '"', "a' & | !", "((", "\\", "%", "<b>", "-", "or", "a" * 200, "\x00x"])
def test_whatever_is_typed_is_words(cast, row, sign_in, asked):
    client = sign_in(cast.chair)
    assert client.get(reverse("plenos:search"), {"q": asked}).status_code == 200
    assert client.get(reverse("plenos:register", args=[cast.unit.code]), {"q": asked}).status_code == 200


def test_the_magnifier_leads_to_the_search_for_those_who_have_something_to_find(cast, sign_in):
    assert reverse("plenos:search") in words(sign_in(cast.chair).get("/"))
    assert reverse("plenos:search") not in words(sign_in(cast.administrator).get("/"))


def test_the_number_of_queries_does_not_grow_with_the_rows(cast, sign_in):
    doer = membership(cast, cast.member)
    client, code = sign_in(cast.chair), cast.unit.code
    urls = [
        reverse("plenos:register", args=[code]),
        reverse("plenos:register", args=[code]) + "?q=jadwal",
        reverse("plenos:follow_ups", args=[code]),
        reverse("plenos:search") + "?q=jadwal",
        "/",
    ]

    def counted():
        found = []
        for url in urls:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert client.get(url).status_code == 200
            found.append(len(seen))
        return found

    earlier = decide_with(cast, doer=doer).decisions.get()
    decide_with(cast, doer=membership(cast, cast.chair), when=WHEN + 7 * DAY, reverses=earlier)
    one = counted()
    decide_with(cast, doer=doer, when=WHEN + 13 * DAY)
    decide_with(cast, division=Membership.objects.get(user=cast.member).division, when=WHEN + 14 * DAY)
    three = counted()
    assert three == one


def _sheet(client, url):
    answer = client.get(url, {"bentuk": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]


def test_the_workbooks_hold_what_the_reader_reads_and_no_more(cast, row, sign_in):
    ratify(row.decision.pleno, cast)
    register, follow_ups = (reverse(f"plenos:{n}", args=[cast.unit.code]) for n in ("register", "follow_ups"))
    full = _sheet(sign_in(cast.chair), register)
    assert "Menetapkan jadwal." in full
    assert any("Lewat tenggat" in cell for cell in full)
    assert "Menata berkas-kenari" in _sheet(sign_in(cast.chair), follow_ups)
    for who in ("staff", "province_staff", "national"):
        assert "Menetapkan jadwal." not in _sheet(sign_in(getattr(cast, who)), register)
    assert "Menetapkan jadwal." in _sheet(sign_in(cast.province), register)
    for who in ("staff", "province", "province_staff"):
        assert "Menata berkas-kenari" not in _sheet(sign_in(getattr(cast, who)), follow_ups)


def test_the_printed_list_is_the_askers_own(cast, row, sign_in):
    url = reverse("plenos:follow_ups", args=[cast.unit.code])
    made = sign_in(cast.chair).post(url, {"cetak": "1"})
    assert made.status_code == 302
    assert sign_in(cast.member).get(made.url).status_code == 404


def test_after_a_correction_the_corrected_words_are_found_and_the_old_extract_is_called_stale(cast, sign_in):
    decision = ratify(decide_with(cast, doer=membership(cast, cast.member)), cast).decisions.get()
    first = following.extract(decision, by=cast.secretary)
    client, url = sign_in(cast.chair), reverse("plenos:register", args=[cast.unit.code])
    assert "Dibuat sebelum risalahnya diperbaiki" not in words(client.get(decision.get_absolute_url()))
    make_corrected(cast, decision.pleno, changes={"items.0.decisions.0.text": "Menetapkan kalender."})
    page = words(client.get(decision.get_absolute_url()))
    assert "Menetapkan kalender." in page
    assert "Menurut versi 2" in page
    assert "Dibuat sebelum risalahnya diperbaiki" in page
    assert decision.get_absolute_url() in words(client.get(url, {"q": "kalender"}))
    second = following.extract(decision, by=cast.secretary)
    assert (first.record["minutes"]["version"], second.record["minutes"]["version"]) == (1, 2)
    assert second.record["decision"]["text"] == "Menetapkan kalender."
