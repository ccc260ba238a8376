"""A visitor in Chromium for the tests that need a browser: signs in, opens pages, and checks what every page owes.

Loaded by ``bawaslu_portal.testing``. Without Chromium the tests that ask for ``visitor`` are skipped with the reason.
"""

import os
import shutil
import time
from urllib.parse import urlsplit

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (360, 1280)
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


def chromium_path():
    """Where Chromium is, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


# Only what is violated comes back: to bring all that passed out of the browser takes longer than to look.
LOOK = """
() => axe.run({ resultTypes: ["violations"] }).then(
  ({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`)
)
"""


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for the session; skips where none is found."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium was found (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; Django would take each query of a test for one made inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """One person at one browser. ``faults`` gathers what pages did wrong, as sentences."""

    def __init__(self, browser, server):
        self.server = server
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="id-ID")
        self.context.set_default_timeout(15000)
        self.context.add_init_script(WATCH)
        self.page = self.context.new_page()
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: script error: {error}"))
        self.page.on("console", self._hear)

    def _hear(self, message):
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def sign_in(self, user, password=None):
        """By the sign-in page itself, with the password of the cast unless told."""
        from bawaslu_portal.kernel.tests.factories import PASSWORD

        self.context.clear_cookies()
        self.go("/masuk/")
        self.page.fill("#id_login", user.email)
        self.page.fill("#id_password", password or PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/masuk/" not in url)
        return self

    def sign_in_quickly(self, user):
        """By a session made on the server, freshly signed in; for walks over many pages."""
        from django.test import Client

        from bawaslu_portal.kernel.tests.factories import signed_in

        client = signed_in(Client(), user)
        self.context.clear_cookies()
        self.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.server.url}]
        )
        return self

    def go(self, path):
        """Open a path of the portal; gives the response."""
        return self.page.goto(self.server.url + path)

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def links(self):
        """Paths of the portal that the page links to, without fragments."""
        found = self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        return sorted({self._inside(link) for link in found if self._inside(link)})

    def actions(self):
        """Paths that the page's forms are sent to by POST."""
        found = self.page.eval_on_selector_all(
            "form", "forms => forms.filter(form => form.method === 'post').map(form => form.action)"
        )
        return sorted({self._inside(link) for link in found if self._inside(link)})

    def _inside(self, link):
        if not link.startswith(self.server.url + "/"):
            return ""
        parts = urlsplit(link)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def check(self, name, widths=WIDTHS):
        """Look at the open page as every page must be: axe, no sideways scroll, no violation, no style of its own.

        Adds to ``faults`` and gives those of this page.
        """
        from axe_playwright_python.sync_playwright import Axe

        found = []
        self.page.evaluate(Axe().axe_script)
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            found += [f"{name} at {width}: {fault}" for fault in self.page.evaluate(LOOK)]
            beyond = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if beyond > 0:
                found.append(f"{name} at {width}: {beyond} px wider than the window")
        found += [f"{name}: {said}" for said in self.page.evaluate("window.violations")]
        if self.page.eval_on_selector_all("[style]", "them => them.filter(it => !it.closest('svg')).length"):
            found.append(f"{name}: an element carries a style attribute")
        self.faults += found
        return found


def _let_the_server_finish():
    """A page that is closed may have asked a last time: emptying the tables under that request would be a deadlock."""
    from django.db import connection

    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> %s"
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(busy, [connection.connection.info.backend_pid])
            if cursor.fetchone()[0] == 0:
                return
            time.sleep(0.05)


@pytest.fixture
def visitor(chromium, live_server):
    """A visitor on the live server; at the end his faults must be none."""
    someone = Visitor(chromium, live_server)
    yield someone
    someone.context.close()
    _let_the_server_finish()
    if someone.faults:
        pytest.fail("\n".join(someone.faults))
