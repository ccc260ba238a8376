"""Issue 3, D5: what the room weighs on the line. Sizes are not timings: they are the same everywhere."""

import datetime
import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from bawaslu_portal.kernel import clock
from plenos import lifecycle
from plenos.models import Pleno

from .factories import WHEN, item_of, make_open, row_of

pytestmark = pytest.mark.django_db
KIB = 1024
HTMX = {"HTTP_HX_REQUEST": "true"}
SMALL = {"HTTP_ACCEPT_ENCODING": "gzip"}
SAID = """Ketua membuka pembahasan dan meminta tiap divisi menyampaikan laporan pengawasan tahapan pencalonan beserta
kendala di lapangan Anggota divisi hukum menerangkan dua dugaan pelanggaran administrasi yang sedang dikaji"""
WORDS = SAID.split()


def long_notes(seed, length=300):
    """Notes of about two thousand letters that do not repeat themselves as compression would like."""
    words = [f"{WORDS[(seed * 7 + n * n) % len(WORDS)]}{n * seed % 97}" for n in range(length)]
    return "\n\n".join(" ".join(words[at : at + 50]) for at in range(0, length, 50))


@pytest.fixture
def room(cast, sign_in):
    """An open pleno of twelve items with long notes in the half of them, five decided; the client of the note-taker."""
    pleno = make_open(cast, agenda=[f"Pokok bahasan nomor {n} dengan judul yang cukup panjang" for n in range(1, 13)])
    with clock.at(WHEN + datetime.timedelta(minutes=30)):
        for n in range(1, 7):
            lifecycle.write_notes(item_of(pleno, n), by=cast.secretary, text=long_notes(n), version=0)
        for n in range(1, 6):
            lifecycle.decide(item_of(pleno, n), by=cast.secretary, category="plan", text=" ".join(WORDS))
    return pleno, sign_in(cast.secretary)


def weight(answer):
    """The bytes of an answer as they go over the line, its head included."""
    return len(answer.content) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())


def words(answer):
    return gzip.decompress(answer.content).decode()


def test_the_first_load_of_the_room_is_light(room):
    pleno, client = room
    answer = client.get(pleno.address("plenos:room"), **SMALL)
    page = words(answer)
    files = {path.split("?")[0] for path in re.findall(r'(?:src|href)="/static/([^"#]+)', page)}
    held = {name: Path(finders.find(name)).read_bytes() for name in files}
    assert {"css/portal.css", "js/editor.js", "js/live.js", "django_htmx/htmx-2.min.js"} <= files
    assert b"@font-face" not in held["css/portal.css"]  # the fonts of the reader's own device
    total = weight(answer) + sum(len(gzip.compress(content, 6)) for content in held.values())
    assert total <= 100 * KIB
    assert weight(answer) <= 30 * KIB


def test_each_exchange_of_the_room_is_small(room, cast):
    pleno, client = room
    page = words(client.get(pleno.address("plenos:room") + "?agenda=6", **SMALL))
    marks = ",".join(re.findall(r'data-mark="(\w+)"', page))
    version = re.search(r'data-version="(\d+)">', page[page.index("data-live-url") :])[1]
    live = pleno.address("plenos:live")
    nothing = client.get(live, {"v": version, "m": marks}, **HTMX, **SMALL)
    assert (nothing.status_code, nothing.content) == (204, b"")
    item = item_of(pleno, 6)
    saved = client.post(
        pleno.address("plenos:notes", uuid=item.uuid),
        {"notes": long_notes(99), "notes_version": item.notes_version},
        **HTMX,
        **SMALL,
    )
    lifecycle.write_notes(item_of(pleno, 7), by=cast.chair, text=long_notes(7), version=0)
    collided = client.post(
        pleno.address("plenos:notes", uuid=item_of(pleno, 7).uuid),
        {"notes": long_notes(8), "notes_version": "0"},
        **HTMX,
        **SMALL,
    )
    news = client.get(live, {"v": version, "m": marks, "buka": str(item.uuid)}, **HTMX, **SMALL)
    row = row_of(pleno, cast.member)
    with clock.at(WHEN):
        there = client.post(
            pleno.address("plenos:attend", uuid=row.uuid), {f"a{row.pk}-status": "present:online"}, **HTMX, **SMALL
        )
    refused = client.post(
        pleno.address("plenos:decide", uuid=item_of(pleno, 6).uuid),
        {"notes": long_notes(6), "notes_version": "9", "text": ""},
        **HTMX,
        **SMALL,
    )
    answers = [saved, collided, news, there, refused]
    assert [a.status_code for a in answers] == [200, 409, 200, 200, 422]
    assert {weight(a) // KIB for a in answers} <= set(range(10))


def test_only_what_changed_is_sent(room, cast):
    pleno, client = room
    page = words(client.get(pleno.address("plenos:room"), **SMALL))
    marks = ",".join(re.findall(r'data-mark="(\w+)"', page))
    old = pleno.version
    lifecycle.write_notes(item_of(pleno, 2), by=cast.chair, text="Ditambah ketua.", version=1)
    answer = client.get(pleno.address("plenos:live"), {"v": old, "m": marks}, **HTMX)
    parts = re.findall(r'id="([\w-]+)"[^>]* data-live', answer.content.decode())
    assert parts[0] == "agenda-2"
    assert {part.split("-")[0] for part in parts} == {"agenda", "menulis"}
    assert answer["X-Version"] == str(Pleno.objects.get(pk=pleno.pk).version)


def test_a_look_that_finds_nothing_new_asks_little_of_the_database(room, django_assert_max_num_queries):
    pleno, client = room
    version = Pleno.objects.get(pk=pleno.pk).version
    with django_assert_max_num_queries(9):
        answer = client.get(pleno.address("plenos:live"), {"v": version}, **HTMX)
    assert answer.status_code == 204
