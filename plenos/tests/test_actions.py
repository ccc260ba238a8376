"""What can I do now: by state and role, the first step is the one to take next, and each of them can be taken."""

import datetime

import pytest
from django.test import Client

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.tests.factories import signed_in

from .. import actions, lifecycle, preparation, queries
from .factories import WHEN, make_correction, make_invited, make_ratified, make_signing, sign_all

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def steps(user, pleno):
    """The words of the steps, the one to take next first."""
    returned, under_way = queries.returned(pleno), queries.correction_under_way(pleno)
    found = actions.for_user(user, pleno, returned=returned, under_way=under_way)
    assert [step.primary for step in found] == [True, *[False] * (len(found) - 1)][: len(found)]
    return [str(step.label) for step in found]


def signing(cast):
    return make_signing(cast)


def signed(cast):
    pleno = make_signing(cast)
    sign_all(pleno)
    return pleno


def read(cast):
    pleno = make_ratified(cast)
    lifecycle.mark_read(pleno, by=cast.province)
    return pleno


def returned(cast):
    duties.ensure([cast.unit], WHEN.date(), WHEN.date())
    pleno = make_ratified(cast)
    lifecycle.return_minutes(pleno, by=cast.province, reason="Daftar hadir tidak lengkap")
    return pleno


def answered(cast):
    pleno = returned(cast)
    make_correction(cast, pleno, ruling=queries.returned(pleno))
    return pleno


OPENS, READS, CORRECTS = "Buka risalah", "Baca risalah", "Perbaiki risalah"
TABLE = [
    (signing, "member", ["Konfirmasi risalah", OPENS]),
    (signing, "chair", ["Konfirmasi risalah", OPENS]),
    (signing, "secretary", ["Ingatkan yang belum", OPENS]),
    (signing, "head", ["Ingatkan yang belum", OPENS]),
    (signing, "staff", []),
    (signing, "province", []),
    (signed, "chair", ["Sahkan", OPENS]),
    (signed, "member", [OPENS]),
    (signed, "secretary", [OPENS]),
    (make_ratified, "secretary", [READS, CORRECTS]),
    (make_ratified, "member", [READS]),
    (make_ratified, "province", [READS, "Tandai dibaca", "Kembalikan"]),
    (make_ratified, "national", []),
    (read, "province", [READS, "Kembalikan"]),
    (returned, "secretary", ["Susun perbaikan", READS]),
    (returned, "chair", ["Susun perbaikan", READS]),
    (returned, "member", [READS]),
    (returned, "province", [READS]),
    (answered, "secretary", ["Buka perbaikan", READS]),
]


@pytest.mark.parametrize(("make", "role", "expected"), TABLE)
def test_by_state_and_role(cast, make, role, expected):
    assert steps(getattr(cast, role), make(cast)) == expected


@pytest.mark.parametrize(("make", "role", "_expected"), [row for row in TABLE if row[2]])
def test_each_step_stands_on_the_page_and_can_be_taken(cast, make, role, _expected):
    pleno, client = make(cast), signed_in(Client(), getattr(cast, role))
    page = client.get(pleno.get_absolute_url())
    for step in page.context["steps"]:
        assert f'"{step.url}"' in page.content.decode()
        answer = client.post(step.url) if step.posts else client.get(step.url)
        assert answer.status_code in ((302,) if step.posts else (200,)), (step.label, answer.status_code)


def test_whom_the_signing_waits_for_is_one_question_to_the_store(cast, django_assert_num_queries):
    pleno = make_signing(cast)
    with django_assert_num_queries(1):
        waiting = queries.unsigned(pleno)
    assert {cast.chair.pk, cast.member.pk} <= waiting
    sign_all(pleno)
    assert queries.unsigned(pleno) == set()


def test_another_hour_too_near_is_warned_of_before_it_is_saved(cast):
    pleno, client = make_invited(cast), signed_in(Client(), cast.secretary)
    path = pleno.address("plenos:reschedule")
    lead = preparation.lead_days(pleno)
    assert lead > 0
    with clock.at(WHEN - (lead + 3) * DAY):
        page = client.get(path).content.decode()
        assert "Aturan unit: undangan terbit paling lambat" in page and "Undangan terlambat" not in page
    with clock.at(WHEN - datetime.timedelta(hours=3)):
        page = client.get(path).content.decode()
        assert "Undangan terlambat" in page
        typed = {"planned_at_0": "2024-08-29", "planned_at_1": "10:00", "planned_at": "2024-08-29T10:00", "place": ""}
        again = client.post(path, typed)
        assert again.status_code == 422 and "Undangan terlambat" not in again.content.decode()
