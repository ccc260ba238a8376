"""The print room: the new papers by themselves, older ones by their year, and no more counted than is paged through."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bawaslu_portal.kernel import clock, documents, paging
from bawaslu_portal.kernel.models import Document
from plenos import queries
from plenos.models import Minutes
from plenos.tests.factories import WHEN, make_corrected, make_ratified, make_world

ROOM = reverse("kernel:print_room")
WEEK, YEAR = datetime.timedelta(days=7), datetime.timedelta(days=365)


def shown(client, **asked):
    """(titles and numbers of the papers on the page, the page)."""
    page = client.get(ROOM, asked)
    assert page.status_code == 200
    return [row[0].uuid for row in page.context["rows"]], page.content.decode()


@pytest.fixture
def papers(cast):
    """The keys of the papers of one ratified pleno of August 2024."""
    make_ratified(cast)
    return set(Document.objects.filter(superseded_by=None, withdrawn_at=None).values_list("uuid", flat=True))


def test_the_papers_of_the_last_twelve_months_stand_there_by_themselves(papers, cast, sign_in):
    with clock.at(WHEN + 4 * WEEK):
        assert set(shown(sign_in(cast.secretary))[0]) == papers != set()
    with clock.at(WHEN + YEAR + 4 * WEEK):
        found, page = shown(sign_in(cast.secretary))
        assert found == []
        assert "Belum ada naskah dalam 12 bulan terakhir" in page


def test_older_ones_are_found_by_their_year(papers, cast, sign_in):
    with clock.at(WHEN + 2 * YEAR):
        client = sign_in(cast.secretary)
        found, page = shown(client, tahun="2024")
        assert set(found) == set(shown(client, tahun="semua")[0]) == papers
        assert "Semua dibekukan pada tahun 2024." in page
        for year in ("2026", "2025", "2024", "2017", "semua"):
            assert f'<option value="{year}"' in page
        found, page = shown(client, tahun="2025")
        assert found == [] and "Tidak ada naskah yang cocok" in page
        # What is no year is not asked for.
        assert shown(client, tahun="2024; drop")[0] == shown(client)[0] == []


def test_words_without_a_time_are_looked_for_in_all_years(papers, cast, sign_in):
    number = Document.objects.filter(uuid__in=papers).exclude(number="").first().number
    with clock.at(WHEN + 2 * YEAR):
        client = sign_in(cast.secretary)
        found, page = shown(client, q=number)
        assert found and '<option value="semua" selected' in page
        assert shown(client, q=number, tahun="2024")[0] == found
        assert shown(client, q=number, tahun="2025")[0] == []


def test_a_unit_without_papers_is_told_what_will_stand_there(cast, sign_in):
    page = shown(sign_in(cast.outsider), tahun="semua")[1]
    empty = page.split('<div class="empty">')[1].split("</div>")[0]
    assert "Belum ada naskah<" in empty and "begitu diterbitkan.</p>" in empty


def test_the_year_is_that_of_the_reader_on_his_clock(cast, sign_in):
    """Half past midnight in Kendari, still the old year in Jakarta: each reader has it in his own."""
    pleno = make_ratified(cast, access="open", agenda=[{"title": "Jadwal", "access": "open"}])
    with clock.at(datetime.datetime(2024, 12, 31, 16, 30, tzinfo=datetime.UTC)):
        facts = {"record": {"title": "x"}, "title": "Larut", "access": "open", "by": cast.secretary}
        documents.issue("plenos.notulen", about_kind="pleno", about=pleno, **facts)
    with clock.at(datetime.datetime(2025, 1, 8, tzinfo=datetime.UTC)):
        for reader, year, other in ((cast.secretary, "2025", "2024"), (cast.national, "2024", "2025")):
            assert "Larut" in shown(sign_in(reader), tahun=year)[1]
            assert "Larut" not in shown(sign_in(reader), tahun=other)[1]


def test_no_more_is_counted_than_can_be_paged_through(papers, cast, sign_in, monkeypatch):
    with clock.at(WHEN + 4 * WEEK):
        client = sign_in(cast.secretary)
        monkeypatch.setattr(paging, "MOST", len(papers))
        found, page = shown(client)
        assert len(found) == len(papers) and f"{len(papers)} naskah dapat Anda baca" in page
        monkeypatch.setattr(paging, "MOST", len(papers) - 1)
        found, page = shown(client)
        assert len(found) == len(papers) - 1 and f"Lebih dari {len(papers) - 1} naskah" in page


def test_what_a_paper_says_of_itself_is_what_its_minutes_say(cast):
    """Class, delivery and release are frozen with the paper: who may read it is asked of the paper alone."""
    make_world(cast)
    make_corrected(cast, make_ratified(cast, access="open", when=WHEN + 20 * WEEK))
    ratified = Minutes.objects.filter(ratified_at__isnull=False).select_related("pleno")
    assert {minutes.version for minutes in ratified} == {1, 2}
    for minutes in ratified:
        pleno = minutes.pleno
        papers = Document.objects.filter(about=pleno.uuid, kind__in=queries.MINUTES_PAPERS, released_at__isnull=False)
        assert {paper.kind for paper in papers} == set(queries.MINUTES_PAPERS)
        for paper in papers:
            assert (paper.access, paper.delivered_to_id) == (minutes.access, pleno.delivered_to_id)
            assert pleno.delivered_to_id and paper.released_at >= pleno.released_at and not paper.draft
    others = Document.objects.filter(about_kind="pleno").exclude(about__in=[m.pleno.uuid for m in ratified])
    assert others.exists() and not others.filter(kind__in=queries.MINUTES_PAPERS, released_at__isnull=False).exists()


@pytest.mark.parametrize("plenos", [1, 3])
def test_as_many_questions_for_the_papers_of_three_plenos_as_of_one(cast, sign_in, plenos):
    for n in range(plenos):
        make_ratified(cast, when=WHEN + n * WEEK)
    with clock.at(WHEN + 8 * WEEK):
        client = sign_in(cast.province)
        with CaptureQueriesContext(connection) as asked:
            assert len(shown(client)[0]) == 3 * plenos
        assert len(asked) == 11
