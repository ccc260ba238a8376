"""Every page of the site, found by following links and forms from my desk, looked at as each role that may.

The list of pages is computed from the urlconf: a URL name that nobody reaches fails, unless it stands below with
its reason.
"""

import os
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, get_resolver, resolve

from bawaslu_portal.kernel.tests.factories import signed_in

# Pages of which several are opened, one for each state of the thing.
MANY = {
    "plenos:pleno": 12,
    "plenos:minutes": 8,
    "kernel:person": 16,
    "plenos:room": 3,
    "plenos:agenda": 3,
    "plenos:submission": 2,
    "plenos:attachments": 2,
    "plenos:correction": 3,
    "plenos:follow_up": 2,
    "plenos:week": 3,
}
EXCEPTIONS = {
    "kernel:link_use": "a one-time link, opened without signing in; test_unit_pages",
    "kernel:people_import_confirm": "after an upload only; test_people_import",
    "kernel:holidays_import_confirm": "after an upload only; test_holiday_pages",
    "plenos:archive_store": "after an upload only; test_archive",
    "plenos:live": "asked by the script of the room; test_room_texts",
    "health": "JSON for machines; test_health reads it",
    "account_inactive": "where allauth sends an inactive user; test_visitor shows the pages of the account",
    "account_reset_password": "before signing in; opened below",
    "account_login": "before signing in; opened below",
    "account_reauthenticate": "asked before a final act; the signed-in of this walk are fresh",
    "mfa_authenticate": "in the middle of signing in with a second factor; test_second_factor",
    "mfa_reauthenticate": "only with a second factor; test_second_factor",
    "mfa_deactivate_totp": "only with a second factor; test_second_factor",
    "mfa_view_recovery_codes": "only with a second factor; test_second_factor",
    "mfa_generate_recovery_codes": "only with a second factor; test_second_factor",
    "mfa_download_recovery_codes": "only with a second factor; test_second_factor",
}


def names_of_the_site():
    """Every URL name, with its namespace; Django admin left out (for the operator, without content)."""
    found = set()

    def walk(patterns, space):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                found.add(":".join([*space, pattern.name]))
            elif pattern.namespace != "admin":
                walk(pattern.url_patterns, [*space, pattern.namespace] if pattern.namespace else space)

    walk(get_resolver().url_patterns, [])
    return found


def name_of(path):
    return resolve(urlsplit(path).path).view_name


class Reader(HTMLParser):
    """What a page leads to: links to follow, addresses that its forms and htmx ask."""

    def __init__(self, text):
        super().__init__()
        self.links, self.asked = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].split("#")[0])
        if tag == "form" and given.get("method", "").lower() == "post":
            self.asked.append(given.get("action") or "")
        if tag == "img" and given.get("src", "").startswith("/") and not given["src"].startswith("/static/"):
            self.asked.append(given["src"])
        self.asked += [given[name] for name in ("hx-get", "hx-post", "formaction") if given.get(name)]


class Crawl:
    """Follows links from my desk as one person. ``fetch(path)`` gives (status, headers, text)."""

    def __init__(self, fetch, limits):
        self.fetch, self.limits = fetch, limits
        self.opened, self.asked, self.faults = {}, set(), []

    def pages(self, start="/"):
        """Yield (URL name, path, HTML) of each page, of each kind as many as its limit."""
        waiting, seen = [start], set()
        while waiting:
            path = waiting.pop(0)
            name = name_of(path)
            paths = self.opened.setdefault(name, [])
            full = len(paths) >= self.limits.get(name, self.limits[""])
            if path in seen or full or name.startswith("admin") or name == "account_logout":
                continue
            seen.add(path)
            paths.append(path)
            status, headers, text = self.fetch(path)
            if status in (301, 302):
                waiting.append(urlsplit(headers["location"]).path)
            elif status != 200:
                self.faults.append(f"{path} answered {status} to one who was led there")
            elif "text/html" in headers["content-type"]:
                reader = Reader(text)
                self.asked |= {name_of(address if address.startswith("/") else path) for address in reader.asked}
                waiting += reader.links
                yield name, path, text


def crawl_by_client(client, limits):
    """A crawl without a browser."""

    def fetch(path):
        answer = client.get(path)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        text = answer.content.decode() if not answer.streaming and "text/html" in headers["content-type"] else ""
        return answer.status_code, headers, text

    return Crawl(fetch, limits)


ROLES = ("chair", "member", "secretary", "administrator", "province", "province_administrator", "neighbour")


def test_every_page_is_reached(story, client):
    reached, faults = {"account_logout"}, []
    for role in ROLES:
        crawl = crawl_by_client(signed_in(client, getattr(story, role)), {**MANY, "": 1})
        for _page in crawl.pages():
            pass
        reached |= set(crawl.opened) | crawl.asked
        faults += [f"{role}: {fault}" for fault in crawl.faults]
    assert not faults, "\n".join(faults)
    missing = names_of_the_site() - reached - set(EXCEPTIONS)
    assert not missing, f"reached by nobody: {sorted(missing)}"
    stale = set(EXCEPTIONS) - names_of_the_site() | set(EXCEPTIONS) & reached
    assert not stale, f"exceptions for what does not exist, or is reached: {sorted(stale)}"


# One for each kind of reader; the neighbour has no data yet. Both languages must fit at both widths.
SEEN_AS = [("chair", "id"), ("secretary", "en"), ("administrator", "id"), ("province", "en"), ("neighbour", "id")]


@pytest.mark.parametrize(("role", "language"), SEEN_AS)
def test_every_page_is_sound(story, visitor, role, language):
    user = getattr(story, role)
    user.language = language
    user.save()
    visitor.sign_in_quickly(user)

    def fetch(path):
        answer = visitor.context.request.get(visitor.server.url + path, max_redirects=0)
        html = "text/html" in answer.headers.get("content-type", "")
        return answer.status, answer.headers, answer.text() if html else ""

    crawl = Crawl(fetch, {**MANY, "kernel:person": 2, "": 1})
    for name, path, _text in crawl.pages():
        visitor.go(path)
        visitor.check(f"{role}: {path}")
        shoot(visitor, f"{name.replace(':', '-')}-{len(crawl.opened[name])}-{role}")
    visitor.faults += [f"{role}: {fault}" for fault in crawl.faults]


def test_the_pages_before_signing_in_are_sound(db, visitor):
    for path in ("/masuk/", "/masuk/lupa/", "/masuk/nonaktif/", "/tidak-ada/"):
        visitor.go(path)
        visitor.check(path, widths=(320, 360, 1280, 1440))
        shoot(visitor, path.strip("/").replace("/", "-"))


def shoot(visitor, name):
    """With SHOTS=folder in the environment, keep a picture at both widths, to be looked at by people."""
    if os.environ.get("SHOTS"):
        for width in (1280, 360):
            visitor.page.set_viewport_size({"width": width, "height": 900})
            visitor.page.screenshot(path=os.path.join(os.environ["SHOTS"], f"{name}-{width}.png"), full_page=True)
