"""A person at the portal's pages without a browser: reads them in one language, fills in the forms that stand there."""

import functools
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from bawaslu_portal.kernel.tests.factories import signed_in

SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-label"}
SILENT = {"script", "style", "option", "textarea"}
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")
LONG = 14  # letters from which on a text is looked for anywhere on the page; a shorter one only where it stands alone


class Page(HTMLParser):
    """What stands on a page: its texts one by one, and its forms with what they would send as they stand."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.texts, self.forms, self._within = [], [], []
        self._form = self._select = self._area = None
        self.feed(text)
        self.all = "\n".join(self.texts)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.texts += [given[name] for name in SPOKEN & given.keys() if given[name]]
        if tag in SILENT:
            self._within.append(tag)
        if tag == "form":
            method = given.get("method", "get").lower()
            self._form = {"action": given.get("action") or "", "method": method, "fields": {}, "names": set()}
            self.forms.append(self._form)
        elif self._form:
            self._field(tag, given, given.get("name", ""))

    def _field(self, tag, given, name):
        form = self._form
        form["names"].add(name)
        if tag == "input" and name:
            choice = given.get("type") in ("radio", "checkbox")
            if not choice or "checked" in given:
                form["fields"].setdefault(name, []).append(given.get("value") or ("on" if choice else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in form["fields"]):
            form["fields"][self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._area = form["fields"][name] = [""]

    def handle_endtag(self, tag):
        if self._within and self._within[-1] == tag:
            self._within.pop()
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data):
        if self._area is not None:
            self._area[0] += data if self._area[0] else data.removeprefix("\n")
        elif not self._within and data.strip():
            self.texts.append(" ".join(data.split()))


@functools.cache
def of_the_other_language(language):
    """Texts of the portal that no page in ``language`` may show: (alone, anywhere)."""
    from babel.messages import pofile

    with open(settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po", "rb") as file:
        pairs = [
            pair
            for entry in pofile.read_po(file)
            if entry.id
            for pair in (
                zip(entry.id, entry.string, strict=False) if isinstance(entry.id, tuple) else [(entry.id, entry.string)]
            )
        ]
    own = {pair[language == "en"] for pair in pairs}
    said = "\n".join(own)
    alone, anywhere = set(), set()
    for pair in pairs:
        other = pair[language != "en"]
        longest = max((" ".join(part.split()) for part in PLACE.split(other)), key=len)
        if len(longest) >= LONG and " " in longest and longest not in said:
            anywhere.add(longest)
        elif longest == other and len(other) > 3 and other not in own:
            alone.add(other)
    return alone, anywhere


class Person:
    """One who reads the portal in ``language`` in a browser of his own. ``written``: what people typed, in whatever
    language."""

    def __init__(self, user, language, written=()):
        self.language, self.written = language, set(written)
        self.client = signed_in(Client(), user)

    def read(self, path, *words):
        """The page at ``path``: it is there, it says ``words``, and no text of the other language."""
        return self._seen(self.client.get(path), path, *words)

    def _seen(self, answer, path, *words):
        assert answer.status_code == 200, (path, answer.status_code)
        page = Page(answer.content.decode())
        for said in words:
            assert said in page.all, f"{path} does not say {said!r}:\n{page.all}"
        alone, anywhere = of_the_other_language(self.language)
        told = page.all
        for text in self.written:
            told = told.replace(text, "")
        strange = [text for text in told.splitlines() if text.strip() in alone]
        strange += [text for text in anywhere if text in told]
        assert not strange, f"{path} in {self.language} says {strange}"
        return page

    def send(self, path, *words, to="", **typed):
        """Open ``path``, fill in ``typed`` in the form that goes ``to`` (default the page itself) and send it. The page
        that it leads to says ``words``; nothing is refused."""
        page, target = self.read(path), to or urlsplit(path).path
        standing = [form for form in page.forms if form["method"] == "post" and typed.keys() <= form["names"]]
        form = next((form for form in standing if (form["action"] or target) == target), None)
        assert form, f"{path} has no form to {target} with {sorted(typed)}: {page.forms}"
        data = {**form["fields"], **typed}
        answer = self.client.post(target, data, follow=True)
        assert answer.redirect_chain, f"{target} refused: {Page(answer.content.decode()).all}"
        return self._seen(answer, target, *words)
