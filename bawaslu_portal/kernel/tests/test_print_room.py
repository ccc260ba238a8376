"""The print room: the new papers by themselves, older ones by their year, and no more counted than is paged through."""

import datetime

import pytest
from django.urls import reverse

from bawaslu_portal.kernel import clock, documents, paging
from bawaslu_portal.kernel.models import Document
from plenos import queries
from plenos.models import Pleno
from plenos.tests.factories import WHEN, make_ratified, make_world

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
        assert "Belum ada naskah dalam 12 bulan terakhir" in page and "Waktu" in page


def test_older_ones_are_found_by_their_year(papers, cast, sign_in):
    with clock.at(WHEN + 2 * YEAR):
        client = sign_in(cast.secretary)
        assert set(shown(client, tahun="2024")[0]) == set(shown(client, tahun="semua")[0]) == papers
        found, page = shown(client, tahun="2025")
        assert found == [] and "Tidak ada naskah yang cocok" in page
        for year in ("2026", "2025", "2024", "semua"):
            assert f'<option value="{year}"' in page
        assert '<option value="2023"' not in page
        # What is no year is not asked for.
        assert shown(client, tahun="2023; drop")[0] == shown(client)[0] == []


def test_the_year_is_that_of_the_reader_on_his_clock(cast, sign_in):
    new_year = datetime.datetime(2024, 12, 31, 16, 30, tzinfo=datetime.UTC)  # half past midnight in Kendari
    with clock.at(new_year):
        pleno = make_ratified(cast)
        documents.issue(
            "plenos.undangan", about_kind="pleno", about=pleno, record={"title": "x"}, title="Larut", by=cast.secretary
        )
    with clock.at(new_year + WEEK):
        assert "Larut" in shown(sign_in(cast.secretary), tahun="2025")[1]
        assert "Larut" not in shown(sign_in(cast.secretary), tahun="2024")[1]


def test_no_more_is_counted_than_can_be_paged_through(papers, cast, sign_in, monkeypatch):
    with clock.at(WHEN + 4 * WEEK):
        client = sign_in(cast.secretary)
        monkeypatch.setattr(paging, "MOST", len(papers))
        found, page = shown(client)
        assert len(found) == len(papers) and f"{len(papers)} naskah dapat Anda baca" in page
        monkeypatch.setattr(paging, "MOST", len(papers) - 1)
        found, page = shown(client)
        assert len(found) == len(papers) - 1 and f"Lebih dari {len(papers) - 1} naskah" in page


def test_what_a_paper_says_of_itself_is_what_its_pleno_says(cast):
    """Class, delivery and release are frozen with the paper: who may read it is asked of the paper alone."""
    make_world(cast)
    finals = Document.objects.filter(about_kind="pleno", released_at__isnull=False, kind__in=queries.MINUTES_PAPERS)
    plenos = {pleno.uuid: pleno for pleno in Pleno.objects.all()}
    assert finals.count() > 3
    for paper in finals:
        pleno = plenos[paper.about]
        assert pleno.state == "ratified"
        assert (paper.organisation_id, paper.delivered_to_id) == (pleno.organisation_id, pleno.delivered_to_id)
        assert paper.delivered_to_id and paper.released_at >= pleno.released_at


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_questions_for_three_papers_as_for_one(cast, sign_in, django_assert_max_num_queries, rows):
    for n in range(rows):
        make_ratified(cast, when=WHEN + n * WEEK)
    with clock.at(WHEN + 8 * WEEK):
        client = sign_in(cast.province)
        with django_assert_max_num_queries(12):
            assert len(shown(client)[0]) == 3 * rows
