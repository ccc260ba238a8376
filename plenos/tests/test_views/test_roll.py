"""The lines of the attendance in the room: short in the list, unfolded when asked for, and nothing lost by either."""

import datetime
import re

import pytest

from bawaslu_portal.kernel import clock
from plenos import lifecycle

from ..factories import WHEN, make_open, row_of, words

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def row(cast):
    """A member who is ill, with what is known of it."""
    return row_of(make_open(cast, exceptions={4: "ill"}), cast.members[3])


def test_a_status_changed_in_the_list_leaves_the_reason_as_it_is(row, clients):
    assert row.reason == "surat tugas"
    with clock.at(WHEN):
        answer = clients["note_taker"].post(
            row.pleno.address("plenos:attend", uuid=row.uuid),
            {f"a{row.pk}-status": "on_duty:onsite", f"a{row.pk}-seen": row.seen},
            **HTMX,
        )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.status, row.reason) == ("on_duty", "surat tugas")


def test_what_is_unfolded_and_emptied_is_emptied(row, clients):
    sent = {"status": "ill:onsite", "reason": "", "arrived_at": "", "left_at": "", "seen": row.seen}
    with clock.at(WHEN):
        answer = clients["note_taker"].post(
            row.pleno.address("plenos:attend", uuid=row.uuid), {f"a{row.pk}-{k}": v for k, v in sent.items()}, **HTMX
        )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.reason == ""


def test_a_line_is_unfolded_in_its_place_or_on_a_page_of_its_own(row, clients):
    taker, url = clients["note_taker"], row.pleno.address("plenos:attend", uuid=row.uuid)
    listed = words(taker.get(row.pleno.address("plenos:room")))
    assert f'name="a{row.pk}-status"' in listed
    assert f'name="a{row.pk}-reason"' not in listed
    unfolded, page = words(taker.get(url, **HTMX)), words(taker.get(url))
    for text in (unfolded, page):
        assert f'name="a{row.pk}-reason" value="surat tugas"' in text
        assert f'name="a{row.pk}-left_at"' in text
    assert unfolded.strip().startswith("<li")
    assert "<h1>" not in unfolded
    assert "<h1>" in page


def test_a_refused_status_shows_and_keeps_what_the_line_did_not_send(cast, clients):
    pleno = make_open(cast)
    row = row_of(pleno, cast.members[3])
    with clock.at(WHEN + 20 * MINUTE):
        lifecycle.set_attendance(
            row, by=cast.secretary, status="present", reason="lewat tol", left_at=WHEN + 10 * MINUTE
        )
    url, taker = pleno.address("plenos:attend", uuid=row.uuid), clients["note_taker"]
    with clock.at(WHEN + 30 * MINUTE):
        stale = {f"a{row.pk}-status": "present:online", f"a{row.pk}-seen": "2024-08-19T01:00:00.000000+00:00"}
        refused = taker.post(url, stale, **HTMX)
        assert refused.status_code == 409
        assert 'value="lewat tol"' in words(refused)
        again = dict(re.findall(rf'name="(a{row.pk}-[a-z_]+)" value="([^"]*)"', words(refused)))
        assert taker.post(url, {**again, f"a{row.pk}-status": "present:online"}, **HTMX).status_code == 200
    row.refresh_from_db()
    assert (row.mode, row.reason, row.left_at) == ("online", "lewat tol", WHEN + 10 * MINUTE)
