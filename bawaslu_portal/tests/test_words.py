"""Pseudo-translation: in a made-up English our texts stand in brackets; what stands outside is untranslated."""

import gettext as plain_gettext
import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import trans_real

from bawaslu_portal.kernel import texts
from bawaslu_portal.kernel.tests.factories import signed_in
from bawaslu_portal.tests.test_pages import MANY, ROLES, crawl_by_client

SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-label", "data-offline", "data-failed", "data-forbidden"}
# What is the same in every language: names of languages and zones, units, forms of files, names of papers and systems.
ANYWHERE = re.compile(
    r"(?<![A-Za-z])(English|WITA|WIB|WIT|PDF|QR|SHA|NIP|MB|Excel|SRIKANDI|Bawaslu|RT|HK|PM|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Ctrl|Alt|Shift|Divisi|bytes|rday|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)+|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mon|Tue|Wed|Thu|Fri|Sat|Sun|at|xlsx|ics)(?![A-Za-z])"
)


class Bracketed(plain_gettext.NullTranslations):
    """English whose every text from our own catalogue stands in brackets; Django's own texts pass."""

    def __init__(self, ours):
        super().__init__()
        self.ours = ours
        self.plural = lambda n: int(n != 1)

    def to_language(self):
        return "en"

    def language(self):
        return "en"

    def _mark(self, key, text):
        # Django asks for a text in a context by "context\x04text" and takes an answer with the mark for none.
        return f"⟦{text.split(chr(4))[-1]}⟧" if key in self.ours else text

    def gettext(self, message):
        return self._mark(message, message)

    def ngettext(self, one, many, n):
        return self._mark(one, one if n == 1 else many)

    def pgettext(self, context, message):
        return self._mark(f"{context}\x04{message}", message)

    def npgettext(self, context, one, many, n):
        return self._mark(f"{context}\x04{one}", one if n == 1 else many)


class Spoken(HTMLParser):
    """What a page says: its text as a whole (a bracket may span elements), and the attributes that are read."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.attributes = [], []
        # Digests and secrets are no words.
        self.feed(re.sub(r'<(span|code|td|dd)[^>]*class="mono[^>]*>.*?</\1>', "", html, flags=re.DOTALL))

    def handle_starttag(self, tag, attributes):
        self.attributes += [value for name, value in attributes if name in SPOKEN and value]

    def handle_data(self, data):
        self.text.append(data)

    @property
    def said(self):
        return ["".join(self.text), *self.attributes]


def our_texts():
    """The keys of the English catalogue of the portal."""
    from babel.messages import pofile

    with open(settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po", "rb") as file:
        catalogue = pofile.read_po(file)
    keys = set()
    for entry in catalogue:
        if entry.id:
            key = entry.id[0] if isinstance(entry.id, tuple) else entry.id
            keys.add(f"{entry.context}\x04{key}" if entry.context else key)
    return keys


def data_of_the_story():
    """Every text that people or the portal wrote into the database, the longest first."""
    found = set()

    def add(value):
        if isinstance(value, dict):
            for part in value.values():
                add(part)
        elif isinstance(value, list | tuple):
            for part in value:
                add(part)
        elif isinstance(value, str) and value.startswith("<"):
            add(texts.plain(value))
        elif isinstance(value, str) and re.search(r"[A-Za-z]{2}", value):
            found.update(line.strip() for line in [value, *value.splitlines()] if line.strip())
            if value.startswith(("Kota ", "Kabupaten ", "Provinsi ", "Sulawesi", "Banten")):
                # The default letterhead writes the region in capitals, its place without the kind of region.
                capitals = value.upper()
                found.update([capitals, f"PROVINSI {capitals}", value.split(" ", 1)[-1], capitals.split(" ", 1)[-1]])

    for model in apps.get_models():
        if model._meta.app_label not in {"kernel", "plenos"}:
            continue
        names = [
            f.attname
            for f in model._meta.concrete_fields
            if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._base_manager.values_list(*names) if names else ():
            add(row)
    return sorted(found, key=len, reverse=True)


def outside(text, data):
    """The words of ``text`` that no bracket holds and no person wrote, line by line."""
    before, text = None, re.sub(r"\{\w+\}", " ", text)  # the words of patterns are the same in every language
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    text = text.replace("Bahasa Indonesia", " ")
    for written in data:
        if written in text:
            text = text.replace(written, " ")
    return re.findall(r"[^\W\d_]{3,}", ANYWHERE.sub(" ", text))


@pytest.fixture
def made_up_english(monkeypatch):
    monkeypatch.setitem(trans_real._translations, "en", Bracketed(our_texts()))
    yield
    translation.activate(settings.LANGUAGE_CODE)


def test_no_word_is_untranslated(story, client, made_up_english):
    data, found = data_of_the_story(), {}
    for role in ROLES:
        user = getattr(story, role)
        user.language = "en"
        user.save()
        for _name, path, html in crawl_by_client(signed_in(client, user), {**MANY, "": 1}).pages():
            for text in Spoken(html).said:
                words = " ".join(outside(text, data))
                if words:
                    found.setdefault(words, f"{path}: {text[:200]!r}" if len(text) < 200 else path)
    assert not found, "\n".join(f"{where}: {words}" for words, where in found.items())


def test_a_word_outside_the_catalogue_is_found():
    assert outside("⟦Tersimpan ⟦10.42⟧⟧ Simpan", []) == ["Simpan"]
    assert outside("⟦Simpan⟧ Kota Kendari", ["Kota Kendari"]) == []
