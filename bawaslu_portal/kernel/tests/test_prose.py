"""Issue 3, 4.4: what a typed text becomes: cleaned, shown, compared; whatever was pasted."""

from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import example, given
from hypothesis import strategies as st

from bawaslu_portal.kernel import texts


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("", ""),
        (" \n ", ""),
        ("<p></p><p><br></p>", ""),
        ("Ketua membuka.", "<p>Ketua membuka.</p>"),
        ("Satu.\nDua.\n\nTiga.", "<p>Satu.<br>Dua.</p><p>Tiga.</p>"),
        ("# Laporan\nIsi", "<h3>Laporan</h3><p>Isi</p>"),
        ("- satu\n- dua\n  - dalam", "<ul><li>satu</li><li>dua<ul><li>dalam</li></ul></li></ul>"),
        ("1. satu\n2. dua", "<ol><li>satu</li><li>dua</li></ol>"),
        ("**Penting**: 5 * 3 < 20 & > 2", "<p><strong>Penting</strong>: 5 * 3 &lt; 20 &amp; &gt; 2</p>"),
        ("harga <script>alert(1)</script>", "<p>harga &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<div>Satu</div><div><b>Dua</b></div>", "<p>Satu</p><p><strong>Dua</strong></p>"),
        ("<h1>Judul</h1><h5>Anak</h5>", "<h3>Judul</h3><h4>Anak</h4>"),
        ('<p onclick="x()" style="color:red" class="a">a<script>alert(1)</script></p>', "<p>a</p>"),
        ('<p><a href="javascript:x()">tautan</a><img src=x onerror=y> akhir</p>', "<p>tautan akhir</p>"),
        ("<p>satu&nbsp; dua</p>", "<p>satu dua</p>"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a<br>b</li></ul>"),
        ("<ul><li>a</li></ul><ol><li>b</li></ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>"),
        ("<p><strong>a <em>b</em></strong> <em>c</em></p>", "<p><strong>a <em>b</em></strong> <em>c</em></p>"),
        ("<p>\x00a\x0b\u202eb</p>", "<p>ab</p>"),
    ],
)
def test_a_text_is_brought_into_one_form(typed, cleaned):
    assert texts.clean(typed) == cleaned


MARKUP = """<p> </p> <div> <ul> </ul> <ol> <li> </li> <b> </b> <i> <br> <h2> </h2> <table> <td> <svg> <script>
    </script> <!-- --> &amp; &lt; &nbsp; & < > ' " * ** # - 1. kata lain <p ]]> onx=1>"""
PIECES = st.sampled_from([*MARKUP.split(), "\n", "\n\n", " "])


@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
@example("<p><b>a<p>b</b>c</p>")
@example("<p><ul><li><ul><li><ul><li>a")
def test_whatever_comes_is_stable_well_formed_and_only_ours(text):
    cleaned = texts.clean(text)
    assert texts.clean(cleaned) == cleaned
    tree = ElementTree.fromstring(f"<x>{texts.render(text)}</x>")  # noqa: S314 - our own output
    assert {e.tag for e in tree.iter()} <= {"x", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "br"}
    assert not [e for e in tree.iter() if e.attrib]
    assert bool(cleaned) == bool(texts.plain(text).strip())


@given(st.lists(st.sampled_from(["<p>satu dua</p>", "<h3>J</h3>", "<ul><li>a</li><li><strong>b</strong> c</li></ul>"])))
def test_what_a_plain_field_shows_comes_back_the_same(blocks):
    cleaned = texts.clean("".join(blocks))
    assert texts.clean(texts.as_typed(cleaned)) == texts.clean(cleaned.replace("</ul><ul>", ""))


def test_the_plain_words_have_a_line_for_each_block():
    html = "<h3>Judul</h3><p>Satu &amp; dua<br>tiga</p><ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>"
    assert texts.plain(html) == "Judul\nSatu & dua\ntiga\n1. a\n2. b\n  - c"


def test_a_template_shows_it_as_it_is_and_other_words_escaped():
    shown = Template("{% load portal %}{{ a|prose }}{{ b }}").render(
        Context({"a": "<p>a<br>b<script>x</script></p>", "b": "<b>"})
    )
    assert shown == "<p>a<br/>b</p>&lt;b&gt;"


def test_the_difference_is_word_by_word_and_keeps_paragraphs():
    old = "<p>Ketua membuka rapat pukul 09.00.</p><p>Anggota hadir.</p>"
    new = "<p>Ketua membuka rapat pukul 10.00.</p><p>Anggota hadir semua.</p>"
    assert texts.difference(old, new) == [
        ("same", "Ketua membuka rapat pukul "),
        ("removed", "09.00."),
        ("added", "10.00."),
        ("same", "\nAnggota "),
        ("removed", "hadir."),
        ("added", "hadir semua."),
    ]
    assert texts.difference(old, old) == [("same", texts.plain(old))]
    assert texts.difference("", "") == []


WORDS = st.lists(st.sampled_from(["dan", "yang", "rapat", "\n", "pleno"]), max_size=30).map(" ".join)


@given(WORDS, WORDS)
def test_the_parts_of_a_difference_give_both_texts_back(old, new):
    parts = texts.difference(old, new)
    assert "".join(text for op, text in parts if op != "removed").split() == texts.plain(new).split()
    assert "".join(text for op, text in parts if op != "added").split() == texts.plain(old).split()


def test_a_difference_of_two_long_texts_is_soon_there():
    words = [f"kata{n % 400}" for n in range(6000)]
    parts = texts.difference(" ".join(words), " ".join(reversed(words)))
    assert sum(op == "same" for op, _text in parts) > 1
