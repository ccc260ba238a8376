"""Issue 3, 4.4: the editor of the room in Chromium: what it writes, how it saves itself, and what it never loses."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session

from bawaslu_portal.browser import Visitor
from bawaslu_portal.kernel import clock, texts
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit
from plenos import lifecycle

from .factories import item_of, make_open

BOX = "[data-box]"
SAVED = re.compile(r"Tersimpan \d\d\.\d\d")


@pytest.fixture
def cast(transactional_db):
    """The people of the story, committed, so that the server sees them."""
    return make_cast(make_unit("74.71"))


@pytest.fixture
def pleno(cast):
    return make_open(cast, when=clock.now().replace(microsecond=0) - datetime.timedelta(minutes=5))


@pytest.fixture
def taker(visitor, cast, pleno):
    """The note-taker in the room."""
    visitor.sign_in_quickly(cast.secretary)
    visitor.go(pleno.address("plenos:room"))
    return visitor


def until(visitor, sentence, timeout=15000):
    """Wait until the save line says so."""
    visitor.page.wait_for_function(
        "said => new RegExp(said).test(document.querySelector('#simpan').textContent)", arg=sentence, timeout=timeout
    )


def notes(pleno, order=1):
    return item_of(pleno, order).notes


def test_it_writes_headings_lists_and_bold_by_keys_and_buttons(taker, pleno):
    page = taker.page
    page.click(BOX)
    page.keyboard.press("Control+Alt+Digit1")
    page.keyboard.type("Pembukaan")
    page.keyboard.press("Enter")
    page.keyboard.type("Ketua ")
    page.keyboard.press("Control+b")
    page.keyboard.type("membuka")
    page.keyboard.press("Control+b")
    page.keyboard.type(" rapat.")
    page.keyboard.press("Enter")
    page.click("[data-do=ul]")
    page.keyboard.type("laporan")
    page.keyboard.press("Enter")
    page.keyboard.type("rencana")
    until(taker, SAVED.pattern)
    assert notes(pleno) == (
        "<h3>Pembukaan</h3><p>Ketua <strong>membuka</strong> rapat.</p><ul><li>laporan</li><li>rencana</li></ul>"
    )
    assert not taker.check("the editor with a text")


PASTED = """
const data = new DataTransfer();
data.setData("text/html",
  '<h1 style="color:red">Judul</h1><p onclick="x()">Satu <b>dua</b><script>alert(1)</script></p>'
  + '<ul><li><p>butir</p></li></ul><table><tr><td>sel</td></tr></table>');
data.setData("text/plain", "apa");
document.querySelector("[data-box]").dispatchEvent(
  new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
"""


def test_what_is_pasted_is_cleaned(taker, pleno):
    taker.page.click(BOX)
    taker.page.evaluate(PASTED)
    until(taker, SAVED.pattern)
    assert notes(pleno) == "<h3>Judul</h3><p>Satu <strong>dua</strong></p><ul><li>butir</li></ul><p>sel</p>"
    assert taker.page.locator(f"{BOX} [style], {BOX} script").count() == 0


def test_a_broken_line_keeps_the_text_here_and_sends_it_when_it_is_back(taker, pleno):
    taker.context.set_offline(True)
    taker.page.click(BOX)
    taker.page.keyboard.type("Ditulis tanpa jaringan.")
    until(taker, "Sambungan putus")
    assert notes(pleno) == ""
    taker.context.set_offline(False)
    until(taker, SAVED.pattern)
    assert notes(pleno) == "<p>Ditulis tanpa jaringan.</p>"
    assert taker.page.evaluate("Object.keys(localStorage)") == []


def test_a_closed_laptop_loses_nothing(taker, pleno):
    taker.context.set_offline(True)
    taker.page.click(BOX)
    taker.page.keyboard.type("Sebelum laptop ditutup.")
    taker.page.close()
    taker.context.set_offline(False)
    taker.page = taker.context.new_page()
    taker.go(pleno.address("plenos:room"))
    until(taker, SAVED.pattern)
    assert taker.page.inner_text(BOX) == "Sebelum laptop ditutup."
    assert notes(pleno) == "<p>Sebelum laptop ditutup.</p>"
    assert texts.refused_of(item_of(pleno), "notes") == []


def test_after_a_reload_what_is_typed_is_saved(taker, pleno):
    """Browsers give a reloaded page its hidden fields back: another open page all the same."""
    for word in ("Satu", " dua", " tiga"):
        taker.page.click(BOX)
        taker.page.keyboard.press("Control+End")
        taker.page.keyboard.type(word)
        until(taker, SAVED.pattern)
        taker.page.wait_for_function("() => Object.keys(localStorage).length === 0")
        before = taker.page.input_value("[name=notes_page]")
        taker.page.reload()
        assert taker.page.input_value("[name=notes_page]") != before
        assert taker.page.input_value("[name=notes_version]") == str(item_of(pleno, 1).notes_version)
    assert notes(pleno) == "<p>Satu dua tiga</p>"
    assert texts.refused_of(item_of(pleno), "notes") == []


def test_fields_given_back_by_the_browser_are_not_believed(taker, pleno, cast):
    """Whatever stands in the hidden fields and the field of the text before the script begins, it is not taken."""
    lifecycle.write_notes(item_of(pleno), by=cast.head, text="Naskah kepala.", version=0)
    taker.page.add_init_script(
        """document.addEventListener("readystatechange", () => {
          const form = document.querySelector("[data-editor]")?.closest("form");
          if (!form || document.readyState !== "interactive") return;
          form.elements.notes_page.value = "11111111-1111-4111-8111-111111111111";
          form.elements.notes_version.value = "0";
          form.elements.notes.value = "<p>Lama.</p>";
        });"""
    )
    taker.page.reload()
    page = taker.page
    assert page.input_value("[name=notes_page]") != "11111111-1111-4111-8111-111111111111"
    assert page.input_value("[name=notes_version]") == "1"
    assert page.input_value("[name=notes]") == "Naskah kepala."


def test_a_late_answer_never_brings_an_older_text_back(taker, pleno):
    taker.page.click(BOX)
    taker.page.keyboard.type("Yang terbaru.")
    until(taker, SAVED.pattern)
    taker.page.evaluate("""() => {
      document.activeElement.blur();
      const late = document.createElement("template");
      late.dataset.text = document.querySelector("[data-editor]").dataset.editor;
      late.dataset.version = "0";
      late.innerHTML = "<p>Yang lama.</p>";
      document.dispatchEvent(new CustomEvent("portal:text", { detail: late, cancelable: true }));
    }""")
    assert taker.page.inner_text(BOX) == "Yang terbaru."
    assert taker.page.input_value("[name=notes_version]") == "1"


def test_what_was_left_is_sent_from_whatever_page_one_comes_back_to(taker, pleno, cast):
    taker.context.set_offline(True)
    taker.page.click(BOX)
    taker.page.keyboard.type("Tertinggal.")
    taker.page.close()
    taker.context.set_offline(False)
    taker.page = taker.context.new_page()
    taker.page.add_init_script("const now = Date.now; Date.now = () => now() + 6000;")
    taker.go("/")
    taker.page.wait_for_function("() => Object.keys(localStorage).length === 0")
    assert notes(pleno) == "<p>Tertinggal.</p>"


def test_an_ended_sign_in_says_so_and_the_text_arrives_after_the_next(taker, pleno, cast):
    Session.objects.all().delete()
    taker.page.click(BOX)
    taker.page.keyboard.type("Sesudah sesi berakhir.")
    until(taker, "Sesi masuk berakhir")
    taker.page.click("#simpan a")
    taker.page.wait_for_url("**/masuk/**")
    taker.page.fill("#id_login", cast.secretary.email)
    from bawaslu_portal.kernel.tests.factories import PASSWORD

    taker.page.fill("#id_password", PASSWORD)
    taker.page.click("main button[type=submit]")
    taker.page.wait_for_url("**/ruang/**")
    until(taker, SAVED.pattern)
    assert notes(pleno) == "<p>Sesudah sesi berakhir.</p>"


def test_signing_out_sends_what_is_left_and_leaves_nothing_on_the_device(taker, pleno):
    taker.page.click(BOX)
    taker.page.keyboard.type("Kalimat terakhir.")
    taker.page.evaluate("document.querySelector('form[data-signs-out]').requestSubmit()")
    taker.page.wait_for_url(lambda url: "/ruang/" not in url)
    assert notes(pleno) == "<p>Kalimat terakhir.</p>"
    assert taker.page.evaluate("Object.keys(localStorage)") == []


KEPT = """([owner, url, key, page, body, age]) => localStorage.setItem(`draft:text:${key}:${page}`, JSON.stringify({
  owner, url, key, page, body, name: "notes", formerly: null, version: "0", step: 1, settles: null,
  at: Date.now() - age }))"""
OLD = 20 * 24 * 60 * 60 * 1000


def leave_behind(visitor, pleno, owner, body, *, order=1, page="22222222-2222-4222-8222-222222222222", age=OLD):
    """A text of ``owner`` that never arrived, kept on this device."""
    item = item_of(pleno, order)
    url = pleno.address("plenos:notes", uuid=item.uuid)
    visitor.page.evaluate(KEPT, [str(owner.uuid), url, str(item.uuid), page, body, age])


def kept(visitor):
    return visitor.page.evaluate("Object.values(localStorage).map(text => JSON.parse(text).body)")


def sign_out(visitor):
    visitor.page.evaluate("document.querySelector('form[data-signs-out]').requestSubmit()")


def test_signing_out_leaves_what_another_person_wrote_here(taker, pleno, cast):
    leave_behind(taker, pleno, cast.chair, "<p>Milik ketua.</p>")
    leave_behind(taker, pleno, cast.secretary, "<p>Milik notulis.</p>", order=2)
    sign_out(taker)
    taker.page.wait_for_url(lambda url: "/ruang/" not in url)
    assert notes(pleno, 2) == "<p>Milik notulis.</p>"
    assert kept(taker) == ["<p>Milik ketua.</p>"]
    assert "Milik ketua." not in taker.page.content()
    # However long ago it was, it arrives when he signs in again.
    taker.sign_in_quickly(cast.chair)
    taker.go("/")
    taker.page.wait_for_function("() => Object.keys(localStorage).length === 0")
    assert notes(pleno, 1) == "<p>Milik ketua.</p>"


def test_signing_out_asks_before_it_throws_away_what_did_not_arrive(taker, pleno, cast):
    asked = []
    taker.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    taker.context.route("**/catatan/**", lambda route: route.abort())
    taker.page.click(BOX)
    taker.page.keyboard.type("Belum sampai.")
    sign_out(taker)
    until(taker, "Sambungan putus")
    taker.page.wait_for_timeout(500)
    assert len(asked) == 1
    assert "belum sampai" in asked[0]
    assert kept(taker) == ["<p>Belum sampai.</p>"]
    assert "/ruang/" in taker.page.url
    taker.context.unroute("**/catatan/**")
    until(taker, SAVED.pattern)
    assert notes(pleno) == "<p>Belum sampai.</p>"


def test_what_a_second_tab_sends_for_another_does_not_swallow_its_next_save(taker, pleno, cast):
    """The kept text of a tab that is still open goes out as a page of its own; what that tab saves next is no older."""
    taker.page.click(BOX)
    taker.page.keyboard.type("Satu.")
    until(taker, SAVED.pattern)
    page = taker.page.input_value("[name=notes_page]")
    second = taker.context.new_page()
    second.goto(taker.server.url + "/")
    first, taker.page = taker.page, second
    leave_behind(taker, pleno, cast.secretary, "<p>Satu. Dua.</p>", page=page, age=60000)
    second.reload()
    second.wait_for_function("() => Object.keys(localStorage).length === 0")
    taker.page = first
    assert notes(pleno) == "<p>Satu. Dua.</p>"
    first.click(BOX)
    first.keyboard.press("Control+End")
    first.keyboard.type(" Tiga.")
    until(taker, "Tersimpan|Ada dua naskah")
    first.wait_for_function("() => Object.keys(localStorage).length === 0")
    bodies = [copy.body for copy in texts.versions_of(item_of(pleno), "notes")]
    assert any("Tiga." in body for body in bodies)
    assert notes(pleno) == "<p>Satu. Dua.</p>" or "Tiga." in notes(pleno)


def test_another_account_on_the_same_device_does_not_take_the_text(taker, pleno, cast):
    taker.context.set_offline(True)
    taker.page.click(BOX)
    taker.page.keyboard.type("Milik notulis.")
    taker.page.close()
    taker.context.set_offline(False)
    taker.page = taker.context.new_page()
    taker.sign_in_quickly(cast.chair)
    taker.go(pleno.address("plenos:room"))
    assert taker.page.inner_text(BOX).strip() == ""
    assert notes(pleno) == ""


@pytest.fixture
def chair(chromium, live_server, cast, pleno):
    """The chair in the same room, at another browser."""
    someone = Visitor(chromium, live_server).sign_in_quickly(cast.chair)
    someone.go(pleno.address("plenos:room"))
    yield someone
    someone.context.close()
    assert someone.faults == []


def collide(taker, chair):
    """Both write before either could see the other's text."""
    taker.context.set_offline(True)
    taker.page.click(BOX)
    taker.page.keyboard.type("Naskah notulis.")
    chair.page.click(BOX)
    chair.page.keyboard.type("Naskah ketua.")
    until(chair, SAVED.pattern)
    taker.context.set_offline(False)
    until(taker, "Ada dua naskah")
    for visitor in (taker, chair):
        visitor.page.wait_for_selector(".collision")
        shown = visitor.page.inner_text(".collision")
        assert "Naskah notulis." in shown
        assert "Naskah ketua." in shown


def test_two_in_one_text_see_both_and_merge_them(taker, chair, pleno):
    collide(taker, chair)
    assert notes(pleno) == "<p>Naskah ketua.</p>"
    taker.check("two texts side by side")
    taker.page.set_viewport_size({"width": 1280, "height": 900})
    taker.page.click(BOX)
    taker.page.keyboard.press("Control+End")
    taker.page.keyboard.type(" Naskah ketua.")
    taker.page.click("text=Simpan isi kotak saya")
    until(taker, SAVED.pattern)
    taker.page.wait_for_selector(".collision", state="detached")
    assert notes(pleno) == "<p>Naskah notulis. Naskah ketua.</p>"
    assert texts.refused_of(item_of(pleno), "notes") == []
    # The chair, who writes no more, has the merged text in his box.
    chair.page.wait_for_selector("[data-box]:has-text('Naskah notulis. Naskah ketua.')", timeout=20000)
    chair.page.wait_for_selector(".collision", state="detached")


def test_the_stored_text_is_taken_and_the_refused_one_stays_kept(taker, chair, pleno):
    collide(taker, chair)
    taker.page.click("text=Sudah digabung, sisihkan")
    taker.page.wait_for_selector(".collision", state="detached")
    assert taker.page.inner_text(BOX) == "Naskah ketua."
    taker.page.click(BOX)
    taker.page.keyboard.press("Control+End")
    taker.page.keyboard.type(" Lanjut.")
    until(taker, SAVED.pattern)
    assert notes(pleno) == "<p>Naskah ketua. Lanjut.</p>"
    assert "<p>Naskah notulis.</p>" in [copy.body for copy in texts.versions_of(item_of(pleno), "notes")]


def test_what_others_do_appears_and_disturbs_nobody_who_types(taker, chair, pleno, cast):
    taker.page.click("textarea[name=text]")
    taker.page.keyboard.type("Keputusan yang sedang ")
    second = item_of(pleno, 2)
    lifecycle.write_notes(second, by=cast.chair, text="Catatan ketua.", version=0)
    lifecycle.decide(item_of(pleno, 3), by=cast.chair, category="plan", text="Diputuskan ketua.")
    taker.page.wait_for_selector("text=Diputuskan ketua.")
    taker.page.wait_for_selector("text=sedang menulis catatan agenda ini")
    taker.page.keyboard.type("diketik.")
    assert taker.page.input_value("textarea[name=text]") == "Keputusan yang sedang diketik."
    lifecycle.decide(item_of(pleno, 1), by=cast.chair, category="plan", text="Mendahului.")
    taker.page.wait_for_selector("text=baru saja diputuskan oleh orang lain")
    assert taker.page.input_value("textarea[name=text]") == "Keputusan yang sedang diketik."


def test_without_a_script_a_plain_field_says_the_same(chromium, live_server, cast, pleno):
    lifecycle.write_notes(item_of(pleno), by=cast.head, text="<h3>Judul</h3><p><b>tebal</b></p>", version=0)
    someone = Visitor(chromium, live_server)
    plain = chromium.new_context(java_script_enabled=False)
    someone.sign_in_quickly(cast.secretary)
    plain.add_cookies(someone.context.cookies())
    page = plain.new_page()
    page.goto(live_server.url + pleno.address("plenos:notes", uuid=item_of(pleno).uuid))
    assert page.input_value("textarea[name=notes]") == "# Judul\n\n**tebal**"
    page.fill("textarea[name=notes]", "# Judul\n\n**tebal**\n\n- satu\n- dua")
    page.click("main button[type=submit]")
    page.wait_for_url("**/ruang/**")
    plain.close()
    someone.context.close()
    assert notes(pleno) == "<h3>Judul</h3><p><strong>tebal</strong></p><ul><li>satu</li><li>dua</li></ul>"
