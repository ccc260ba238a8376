"""Issue 3, 4.4: a text that saves itself keeps every state, and of two who write at once both."""

import datetime
import uuid

import pytest

from bawaslu_portal.kernel import clock, texts
from plenos.tests.factories import item_of, make_open

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2024, 8, 20, 2, 0, tzinfo=datetime.UTC)


@pytest.fixture
def item(cast):
    return item_of(make_open(cast))


def save(item, by, body, version, seconds=0, **facts):
    with clock.at(NOW + datetime.timedelta(seconds=seconds)):
        return texts.save(item, "notes", by=by, body=body, version=version, **facts)


def fates(item):
    return [(copy.fate, texts.plain(copy.body)) for copy in reversed(texts.versions_of(item, "notes"))]


def test_the_saves_of_one_open_page_are_one_copy(cast, item):
    page = uuid.uuid4()
    for step, body in enumerate(["Satu", "Satu dua", "Satu dua tiga"], 1):
        saved = save(item, cast.secretary, body, step - 1, seconds=step, page=page, step=step)
        assert (saved.version, saved.continues) == (step, step > 1)
    assert fates(item) == [("saved", "Satu dua tiga")]


def test_after_a_while_and_before_much_is_taken_away_a_new_copy_begins(cast, item):
    page = uuid.uuid4()
    save(item, cast.secretary, "Satu dua tiga empat lima", 0, page=page, step=1)
    save(item, cast.secretary, "Satu", 1, seconds=1, page=page, step=2)
    save(item, cast.secretary, "Satu enam", 2, seconds=700, page=page, step=3)
    assert [text for _fate, text in fates(item)] == ["Satu dua tiga empat lima", "Satu", "Satu enam"]


def test_a_save_that_was_overtaken_on_the_way_does_not_undo_the_later(cast, item):
    page = uuid.uuid4()
    save(item, cast.secretary, "Satu dua", 0, page=page, step=2)
    late = save(item, cast.secretary, "Satu", 0, page=page, step=1)
    assert (late.version, late.refused, texts.plain(item.notes)) == (1, None, "Satu dua")


def test_a_page_opened_again_goes_on_with_what_it_had(cast, item):
    before, after = uuid.uuid4(), uuid.uuid4()
    save(item, cast.secretary, "Satu", 0, page=before, step=1)
    saved = save(item, cast.secretary, "Satu dua", 0, page=after, step=1, formerly=before)
    assert (saved.refused, texts.plain(item.notes)) == (None, "Satu dua")


def test_a_page_that_only_says_it_goes_on_cannot_write_over_another(cast, item):
    save(item, cast.head, "Satu", 0, page=uuid.uuid4(), step=1)
    saved = save(item, cast.secretary, "Dua", 0, page=uuid.uuid4(), step=1, formerly=uuid.uuid4())
    assert saved.refused
    assert texts.plain(item.notes) == "Satu"


def test_the_refused_text_grows_with_its_page_and_stays_one(cast, item):
    page = uuid.uuid4()
    save(item, cast.head, "Satu", 0)
    for step, body in ((1, "Dua"), (3, "Dua tiga empat"), (2, "Dua tiga")):
        saved = save(item, cast.secretary, body, 0, page=page, step=step)
    assert fates(item) == [("saved", "Satu"), ("refused", "Dua tiga empat")]
    save(item, cast.secretary, "Satu. Dua tiga empat", 1, page=page, step=4, settles=saved.refused.uuid)
    assert texts.refused_of(item, "notes") == []
    assert fates(item)[1] == ("refused", "Dua tiga empat")


def test_two_who_are_refused_are_two(cast, item):
    save(item, cast.head, "Satu", 0)
    save(item, cast.secretary, "Dua", 0)
    save(item, cast.chair, "Tiga", 0)
    assert [copy.by for copy in texts.refused_among([item], "notes")[item.uuid]] == [cast.secretary, cast.chair]


def test_a_text_from_before_is_kept_when_it_is_first_saved_over(cast, item):
    item.notes = "Catatan lama.\nDua baris."
    save(item, cast.secretary, "<p>Baru.</p>", 0)
    assert fates(item) == [("saved", "Catatan lama.\nDua baris."), ("saved", "Baru.")]


def test_who_is_writing_is_known_for_a_while(cast, item):
    save(item, cast.secretary, "Satu", 0)
    assert texts.last_writers([item], "notes", NOW)[item.uuid].by == cast.secretary
    assert texts.last_writers([item], "notes", NOW + datetime.timedelta(seconds=1)) == {}


def test_settling_touches_only_copies_of_this_text(cast, item):
    other = item_of(item.pleno, 2)
    save(item, cast.head, "Satu", 0)
    copy = save(item, cast.secretary, "Dua", 0).refused
    texts.settle(other, "notes", copy.uuid)
    assert texts.refused_of(item, "notes") == [copy]
