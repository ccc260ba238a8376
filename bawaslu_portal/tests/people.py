"""The portal as its own commands start it, and people at their browsers: for tests that touch no model."""

import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zoneinfo
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Cendrawasih-terbang-71"
JAYAPURA = "91.71"
WIT = zoneinfo.ZoneInfo("Asia/Jayapura")
PEOPLE = [
    # role, name, seat
    ("chair", "Contoh Ketua Jayapura", 1),
    ("member", "Contoh Anggota Dua", 2),
    ("member", "Contoh Anggota Tiga", 3),
    ("note_taker", "Contoh Notulis Jayapura", 1),
    ("head_of_secretariat", "Contoh Kepala Sekretariat", 1),
]


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


@contextlib.contextmanager
def running_portal(*options, seconds=240):
    """``script/server`` in a state folder of its own: gives its address and its environment, and ends it."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "PYTEST_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL"):
        keep.pop(name, None)
    # Not pytest's own folder: it is private, and as root PostgreSQL runs as another account.
    state = Path(tempfile.mkdtemp(prefix="portal-server-"))
    state.chmod(0o711)
    environment = {**keep, "PORTAL_STATE": str(state), "PORTAL_BOOTSTRAP_APT": "0"}
    port = free_port()
    log = (state / "server.out").open("w+")
    server = subprocess.Popen(
        ["script/server", *options, "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + seconds
        while "Ctrl-C stops it" not in Path(log.name).read_text():
            assert server.poll() is None and time.monotonic() < deadline, Path(log.name).read_text()
            time.sleep(0.5)
        yield f"http://localhost:{port}", environment
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
        log.close()
        shutil.rmtree(state, ignore_errors=True)


def command(environment, *words):
    """What ``manage.py`` says to these words, typed in another terminal."""
    done = subprocess.run(
        [".venv/bin/python", "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def paper_text(person, title):
    """Download the paper of this title from the page that is open; gives its pages and its text."""
    from pypdf import PdfReader

    row = person.page.locator(".row-item", has_text=title).first
    row.get_by_role("link", name="Unduh PDF").wait_for(timeout=90000)
    with person.page.expect_download() as download:
        row.get_by_role("link", name="Unduh PDF").click()
    pages = PdfReader(download.value.path()).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).replace("\xa0", " ").split())
    return pages, text


class Person:
    """One person with a browser of his own."""

    def __init__(self, browser, address):
        self.address = address
        self.context = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(20000)
        self.page = self.context.new_page()
        self.password = PASSWORD

    def go(self, path):
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def press(self, words):
        self.page.get_by_role("button", name=words, exact=False).first.click()
        # What the room's script sends holds still until its answer has come, and the page after it.
        self.page.wait_for_selector("form[inert]", state="detached")
        self.page.wait_for_load_state()

    def send(self):
        """Send the form of the page."""
        self.page.locator("main form button[type=submit]").last.click()
        self.page.wait_for_load_state()

    def follow(self, words):
        self.page.locator("main").get_by_role("link", name=words, exact=False).first.click()
        self.page.wait_for_load_state()

    def says(self, words):
        # A form of the room is sent by its script, so its answer may come after the page was there.
        from playwright.sync_api import Error

        with contextlib.suppress(Error):
            self.page.get_by_text(words).first.wait_for(state="attached", timeout=10_000)
        assert words in self.page.inner_text("body"), f"{words!r} is not on {self.page.url}:\n" + self.page.inner_text(
            "main"
        )

    def sign_in(self, email, password):
        """By the sign-in page."""
        self.go("/masuk/")
        self.page.fill("#id_login", email)
        self.page.fill("#id_password", password)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_load_state()
        assert "/masuk/" not in self.page.url, self.page.inner_text("main")
        self.password = password
        return self

    def take_link(self, link, email):
        """Open the one-time link, set a password, sign in."""
        self.go(link)
        for field in self.page.locator("main input[type=password]").all():
            field.fill(PASSWORD)
        self.press("Simpan kata sandi")
        if self.page.locator("#id_login").count():
            self.sign_in(email, PASSWORD)
        return self

    def fresh(self):
        """Give the password again where the page asks."""
        if self.page.locator("main input[type=password]").count():
            self.page.locator("main input[type=password]").fill(self.password)
            self.page.locator("main button[type=submit]").first.click()
            self.page.wait_for_load_state()

    def invite(self, unit, role, name, seat=1):
        """Invite someone and give the one-time link that the page shows once."""
        email = f"{name.lower().replace(' ', '.')}@jayapura.contoh.id"
        self.go(f"/unit/{unit}/orang/undang/")
        self.page.fill("#id_name", name)
        self.page.fill("#id_email", email)
        self.page.select_option("#id_role", role)
        self.page.fill("#id_order", str(seat))
        self.page.fill("#id_since", "2023-08-20")
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_load_state()
        assert self.page.locator("#tautan").count(), self.page.inner_text("main")
        return self.page.input_value("#tautan"), email

    def set(self, unit, key, value):
        """Change one setting of the unit."""
        self.go(f"/unit/{unit}/pengaturan/{key}/")
        radio = self.page.locator(f'input[name=value][value="{value}"][type=radio]')
        if radio.count():
            radio.check(force=True)
        else:
            self.page.fill("#id_value", value)
        self.page.fill("#id_source", "Keputusan rapat perdana")
        self.press("Simpan")


def scan_of(words):
    """A scanned page: a picture with a signature's stroke."""
    picture = Image.new("L", (600, 800), 255)
    picture.paste(0, (100, 600, 400, 606))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return {"name": f"{words}.png", "mimeType": "image/png", "buffer": out.getvalue()}


def found_body(browser, address, environment, settings, who):
    """Kota Jayapura from an empty portal: administrators from the national body down, each by a link handed over, then
    ``settings`` and everyone of PEOPLE. Gives those of ``who`` signed in, by name, and the province's ``overseer``."""
    said = command(environment, "first_administrator", "--email", "pusat@contoh.id", "--name", "Contoh Pusat")
    nation = Person(browser, address).take_link(re.search(r"https?://\S+", said).group(), "pusat@contoh.id")
    papua = Person(browser, address).take_link(*nation.invite("91", "administrator", "Contoh Admin Papua"))
    overseer = Person(browser, address).take_link(*papua.invite("91", "supervision_staff", "Contoh Pembina Papua"))
    admin = Person(browser, address).take_link(*papua.invite(JAYAPURA, "administrator", "Contoh Admin Jayapura"))
    for key, value in settings.items():
        admin.set(JAYAPURA, key, value)
    found = {"overseer": overseer}
    for role, name, seat in PEOPLE:
        link, email = admin.invite(JAYAPURA, role, name, seat)
        if name in who:
            found[name] = Person(browser, address).take_link(link, email)
    return found
