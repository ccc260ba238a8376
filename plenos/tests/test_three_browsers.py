"""Issue 3, D1: a secretary and two commissioners run a pleno of twelve items in three browsers.

The secretary's line carries 40 kbit/s with a round trip of 1.5 s and is cut twice: once in the POST of a decision after
its commit, once while she writes; then her laptop closes, and later her sign-in ends. Style sheets and scripts come
from her browser's cache, as they do from the second page on (their weight: test_weight.py). What counts is read from
the database.
"""

import datetime
import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders

from bawaslu_portal.browser import Visitor
from bawaslu_portal.kernel import clock, ledger, texts
from bawaslu_portal.kernel.models import TextCopy
from bawaslu_portal.kernel.tests.factories import PASSWORD, make_cast, make_unit

from .factories import item_of, make_open
from .slow_line import SlowLine

ITEMS = 12
AGENDA = [f"Pokok bahasan {n}" for n in range(1, ITEMS + 1)]
BOX = "[data-box]"
PATIENCE = 30000


class Writer(Visitor):
    """Someone in the room, with everything that he typed."""

    def __init__(self, browser, server, user, pleno):
        super().__init__(browser, server)
        self.context.set_default_timeout(PATIENCE)
        self.pleno, self.typed = pleno, []
        self.sign_in_quickly(user)

    def cache_static(self):
        """Serve style sheets and scripts from here, as a browser does that has them already."""
        self.context.route(re.compile("/static/"), self._cached)

    @staticmethod
    def _cached(route):
        route.fulfill(path=finders.find(route.request.url.split("/static/", 1)[1].split("?")[0]))

    def enter(self, item=None):
        self.go(self.pleno.address("plenos:room") + (f"?agenda={item}" if item else ""))
        return self

    def write(self, words):
        self.page.click(BOX)
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(words, delay=15)
        self.typed.append((words, time.monotonic()))

    def saved(self):
        self.page.wait_for_selector(r"#simpan:text-matches('Tersimpan \\d')")

    def decide(self, words):
        self.page.fill("textarea[name=text]", words)
        self.page.click("text=Catat keputusan dan lanjut")

    def sees(self, selector, timeout=PATIENCE):
        self.page.wait_for_selector(selector, timeout=timeout)


def wait_for(truth, seconds=30):
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.1)


def reopened(writer, item=None):
    """The laptop is closed in the middle of it, and opened again: another page in the same browser."""
    writer.page.close()
    writer.page = writer.context.new_page()
    writer.page.on("pageerror", lambda error: writer.faults.append(f"script error: {error}"))
    return writer


@pytest.mark.xdist_group("three browsers")
def test_three_run_a_pleno_together_and_nothing_is_lost(chromium, live_server, transactional_db):
    cast = make_cast(make_unit("74.71"))
    pleno = make_open(cast, when=clock.now().replace(microsecond=0) - datetime.timedelta(minutes=5), agenda=AGENDA)
    with SlowLine(live_server.thread.port) as line:
        taker = Writer(chromium, line, cast.secretary, pleno)
        taker.cache_static()
        chair = Writer(chromium, live_server, cast.chair, pleno)
        member = Writer(chromium, live_server, cast.member, pleno)
        try:
            for one in (taker, chair, member):
                one.enter()
            attendance_is_seen_by_all(pleno, cast, taker, chair, member)
            the_answer_to_a_decision_is_lost(pleno, line, taker, member)
            two_write_in_one_text_and_a_laptop_closes(pleno, line, taker, chair)
            a_sign_in_ends(pleno, cast, taker, chair)
            two_decide_the_same_item(pleno, taker, chair)
            the_rest_is_decided_side_by_side(taker, chair, member)
            the_chair_closes(chair, member)
        finally:
            for one in (taker, chair, member):
                one.context.close()
    assert [fault for one in (taker, chair, member) for fault in one.faults] == []
    assert line.carried > 20000
    the_tables_hold_everything(pleno, taker, chair)


def attendance_is_seen_by_all(pleno, cast, taker, chair, member):
    row = pleno.attendees.get(user=cast.members[4])
    chair.page.select_option(f"#hadir-{row.uuid} select", "ill:onsite")
    for one in (chair, member, taker):
        one.sees("#kuorum:has-text('4 hadir')")


def the_answer_to_a_decision_is_lost(pleno, line, taker, member):
    """The first cut: the decision is in the database, its answer on no line."""
    taker.write("Laporan pekan lalu dibacakan oleh notulis.")
    taker.saved()
    line.lose_answer_to("/putuskan/")
    taker.decide("Menyetujui laporan pekan lalu.")
    wait_for(lambda: line.swallowed)
    assert pleno.decisions.count() == 1
    taker.sees("#simpan.save-off")
    time.sleep(2.5)
    line.mend()
    for one in (member, taker):
        one.sees("#agenda-1 .decided:has-text('Menyetujui laporan pekan lalu.')")
    assert pleno.decisions.count() == 1


def two_write_in_one_text_and_a_laptop_closes(pleno, line, taker, chair):
    """The second cut: while it lasts the secretary writes, the chair writes in the same text, her laptop closes."""
    chair.enter(2)
    taker.write("Rencana divisi hukum")
    taker.saved()
    line.cut()
    taker.write(" dan divisi pencegahan dibahas.")
    chair.sees(f"{BOX}:has-text('Rencana divisi hukum')")
    chair.write(" menurut ketua.")
    chair.saved()
    wait_for(lambda: "menurut ketua" in item_of(pleno, 2).notes)
    time.sleep(2)
    reopened(taker)
    line.mend()
    taker.enter(2)
    for one in (taker, chair):
        one.sees(".collision:has-text('divisi pencegahan'):has-text('menurut ketua')")
    taker.write(" Ditambahkan menurut ketua.")
    taker.page.click("text=Simpan isi kotak saya")
    taker.page.wait_for_selector(".collision", state="detached")
    taker.saved()
    merged = texts.plain(item_of(pleno, 2).notes)
    assert merged == "Rencana divisi hukum dan divisi pencegahan dibahas. Ditambahkan menurut ketua."


def a_sign_in_ends(pleno, cast, taker, chair):
    """The chair decides the second item; the secretary, put out of the portal, writes on and signs in again."""
    chair.page.wait_for_selector(".collision", state="detached")
    chair.decide("Menyetujui rencana divisi.")
    taker.page.click("text=Lihat dan lanjut")
    taker.sees("#agenda-3.item-open")
    session = next(c["value"] for c in taker.context.cookies() if c["name"] == "sessionid")
    Session.objects.filter(session_key=session).delete()
    taker.write("Surat masuk dibacakan saat sesi berakhir.")
    taker.sees("#simpan:has-text('Sesi masuk berakhir')")
    taker.page.click("#simpan a")
    taker.page.fill("#id_login", cast.secretary.email)
    taker.page.fill("#id_password", PASSWORD)
    taker.page.click("main button[type=submit]")
    taker.sees("#agenda-3.item-open")
    taker.saved()
    taker.decide("Menindaklanjuti surat masuk.")
    taker.sees("#agenda-4.item-open")
    assert "saat sesi berakhir" in item_of(pleno, 3).notes


def two_decide_the_same_item(pleno, taker, chair):
    chair.enter(4)
    taker.page.fill("textarea[name=text]", "Keputusan notulis yang terlambat.")
    chair.decide("Keputusan ketua.")
    taker.page.click("text=Catat keputusan dan lanjut")
    taker.sees("text=sudah diputuskan")
    assert taker.page.input_value("textarea[name=text]") == "Keputusan notulis yang terlambat."
    assert item_of(pleno, 4).decisions.count() == 1


def the_rest_is_decided_side_by_side(taker, chair, member):
    taker.enter(12)
    for n in range(5, 12):
        chair.enter(n)
        chair.write(f"Pembahasan pokok {n} oleh ketua.")
        if n in (6, 9):
            taker.write(f" Notulis mencatat selagi pokok {n} dibahas.")
        chair.decide(f"Keputusan pokok {n}.")
        chair.sees(f"#agenda-{n} .decided")
    taker.decide("Keputusan penutup.")
    member.sees("#hitungan-agenda:has-text('12 diputuskan')")
    taker.sees("#agenda-12 .decided")


def the_chair_closes(chair, member):
    chair.page.click("text=Periksa lalu tutup pleno")
    chair.page.click("main form button[type=submit]")
    chair.page.wait_for_url("**/risalah/**")
    member.sees("text=Pleno ini tidak lagi berlangsung")


def the_tables_hold_everything(pleno, taker, chair):
    """From SQL: each text that someone typed, each decision once, each collision kept and settled."""
    pleno.refresh_from_db()
    assert (pleno.state, pleno.items.count()) == ("closed", ITEMS)
    decisions = pleno.decisions.standing()
    assert sorted(decisions.values_list("item__order", flat=True)) == list(range(1, ITEMS + 1))
    assert sorted(decisions.values_list("number", flat=True)) == list(range(1, ITEMS + 1))
    kept = " ".join(texts.plain(body) for body in TextCopy.objects.values_list("body", flat=True))
    stand = " ".join(texts.plain(item.notes) for item in pleno.items.all())
    for words, _at in taker.typed + chair.typed:
        assert words.strip() in kept, words
        assert words.strip() in stand, words
    refused = TextCopy.objects.filter(fate="refused")
    assert refused.exists()
    assert not refused.filter(settled_at=None).exists()
    assert ledger.verify("74.71")[1] is None
