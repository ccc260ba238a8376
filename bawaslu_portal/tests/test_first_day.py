"""D0: the first day of a body that the demonstration lacks, from an empty portal to a delivered Berita Acara.

The portal is started by script/server in a folder of its own; everything after ``first_administrator`` is done with
Chromium. No model, factory or verb is touched.
"""

import datetime
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

import pytest
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


@pytest.fixture
def portal():
    """``script/server --no-demo`` in its own state folder: gives its address and its environment."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "PYTEST_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL"):
        keep.pop(name, None)
    # Not pytest's own folder: it is private, and as root PostgreSQL runs as another account.
    state = Path(tempfile.mkdtemp(prefix="portal-first-day-"))
    state.chmod(0o711)
    environment = {**keep, "PORTAL_STATE": str(state), "PORTAL_BOOTSTRAP_APT": "0"}
    port = free_port()
    log = (state / "server.out").open("w+")
    server = subprocess.Popen(
        ["script/server", "--no-demo", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 180
    while "The portal runs at" not in Path(log.name).read_text():
        assert server.poll() is None and time.monotonic() < deadline, Path(log.name).read_text()
        time.sleep(0.5)
    yield f"http://localhost:{port}", environment
    server.send_signal(signal.SIGTERM)
    server.wait(60)
    log.close()
    shutil.rmtree(state, ignore_errors=True)


class Person:
    """One person with a browser of his own."""

    def __init__(self, browser, address):
        self.address = address
        self.context = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(20000)
        self.page = self.context.new_page()

    def go(self, path):
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def press(self, words):
        self.page.get_by_role("button", name=words, exact=False).first.click()
        self.page.wait_for_load_state()

    def follow(self, words):
        self.page.locator("main").get_by_role("link", name=words, exact=False).first.click()
        self.page.wait_for_load_state()

    def says(self, words):
        assert words in self.page.inner_text("body"), f"{words!r} is not on {self.page.url}:\n" + self.page.inner_text(
            "main"
        )

    def take_link(self, link, email):
        """Open the one-time link, set a password, sign in."""
        self.go(link)
        for field in self.page.locator("main input[type=password]").all():
            field.fill(PASSWORD)
        self.press("Simpan kata sandi")
        if self.page.locator("#id_login").count():
            self.page.fill("#id_login", email)
            self.page.fill("#id_password", PASSWORD)
            self.page.locator("main button[type=submit]").click()
            self.page.wait_for_load_state()
        assert "/masuk/" not in self.page.url, self.page.inner_text("main")
        return self

    def fresh(self):
        """Give the password again where the page asks."""
        if self.page.locator("main input[type=password]").count():
            self.page.locator("main input[type=password]").fill(PASSWORD)
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


@pytest.mark.xdist_group("server")
def test_a_new_body_takes_its_first_pleno_to_a_delivered_berita_acara(chromium, portal):
    address, environment = portal
    said = subprocess.run(
        [
            ".venv/bin/python",
            "manage.py",
            "first_administrator",
            "--email",
            "pusat@contoh.id",
            "--name",
            "Contoh Pusat",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    link = re.search(r"https?://\S+", said).group()

    # National -> province -> district, each by a link handed over.
    nation = Person(chromium, address).take_link(link, "pusat@contoh.id")
    link, email = nation.invite("91", "administrator", "Contoh Admin Papua")
    papua = Person(chromium, address).take_link(link, email)
    link, email = papua.invite("91", "supervision_staff", "Contoh Pembina Papua")
    overseer = Person(chromium, address).take_link(link, email)
    link, email = papua.invite(JAYAPURA, "administrator", "Contoh Admin Jayapura")
    admin = Person(chromium, address).take_link(link, email)

    # Three members, F4, typed numbers; no mail server.
    admin.set(JAYAPURA, "members.seats", "3")
    admin.set(JAYAPURA, "paper.size", "F4")
    admin.set(JAYAPURA, "numbering.plenos.undangan.source", "typed")
    admin.set(JAYAPURA, "numbering.plenos.berita_acara.source", "typed")
    admin.set(JAYAPURA, "letterhead.address", "Jalan Contoh Cendrawasih Nomor 1, Jayapura")
    people = {}
    for role, name, seat in PEOPLE:
        link, email = admin.invite(JAYAPURA, role, name, seat)
        if name in ("Contoh Ketua Jayapura", "Contoh Notulis Jayapura"):
            people[role] = Person(chromium, address).take_link(link, email)
    taker, chair = people["note_taker"], people["chair"]

    # Plan for in two hours, and invite with a typed number.
    soon = datetime.datetime.now(WIT) + datetime.timedelta(hours=2)
    year, week, _day = soon.isocalendar()
    here = f"/pleno/{JAYAPURA}/{year}-W{week:02d}/1/"
    taker.go(f"/pleno/{JAYAPURA}/baru/")
    taker.page.fill("#id_week", f"{year}-W{week:02d}")
    taker.page.fill("#id_planned_at", soon.strftime("%Y-%m-%dT%H:%M"))
    taker.page.fill("#id_place", "Ruang rapat Bawaslu Kota Jayapura")
    taker.page.fill("#id_agenda", "Rencana kerja pengawasan pekan ini\nLaporan kegiatan divisi")
    if taker.page.locator("#id_recorded_late").is_checked():
        taker.page.locator("#id_recorded_late").uncheck()
    taker.press("Simpan draf")
    assert taker.page.url.endswith(here), taker.page.inner_text("main")
    taker.follow("Terbitkan undangan")
    taker.page.fill("#id_number", "017/RT.02/K.JPR/2026")
    taker.page.locator("main form button[type=submit]").last.click()
    taker.page.wait_for_load_state()
    taker.says("017/RT.02/K.JPR/2026")
    taker.says("belum terkirim")
    taker.page.wait_for_selector("text=Unduh PDF", timeout=60000)

    # Open: one member is on duty elsewhere; two of three are a quorum.
    taker.go(here + "buka/")
    seat = taker.page.locator("select[name^=status_]").nth(2)
    seat.select_option("on_duty:onsite")
    taker.page.locator("input[name^=reason_]").nth(2).fill("surat tugas 3/PM.00/2026")
    taker.page.locator("main form button[type=submit]").last.click()
    taker.page.wait_for_url("**/ruang/")
    taker.says("2 hadir, kuorum 2")
    assert "WIT" in taker.page.inner_text(".room-clock")

    # Decide the first by consensus with notes that save themselves; the second by votes with a dissent.
    taker.page.fill("textarea[name=notes]", "Anggota Dua memaparkan rencana pengawasan.")
    taker.page.wait_for_selector("#simpan:has-text('Tersimpan')")
    taker.page.fill("textarea[name=text]", "Menetapkan rencana kerja pengawasan pekan ini.")
    taker.press("Catat keputusan dan lanjut")
    taker.says("Keputusan dicatat.")
    taker.page.fill("textarea[name=text]", "Mengesahkan laporan kegiatan divisi.")
    taker.page.locator("input[name=manner][value=vote]").check(force=True)
    taker.page.locator("input[name^=vote_][value=abstain]").nth(1).check(force=True)
    taker.press("Catat keputusan dan lanjut")
    taker.follow("Periksa lalu tutup pleno")
    taker.press("Tutup pleno")
    taker.page.wait_for_url("**/risalah/")

    # Put up with a typed number; both present members sign by hand.
    taker.follow("Ajukan untuk ditandatangani")
    taker.page.fill("#id_number", "018/HK.01.00/K.JPR/2026")
    taker.page.locator("main form button[type=submit]").last.click()
    taker.page.wait_for_url("**/risalah/")
    for name in ("Contoh Ketua Jayapura", "Contoh Anggota Dua"):
        taker.page.get_by_role("link", name=re.compile(f"Tanda tangan basah.*{name}")).click()
        taker.page.fill("#id_signed_on", datetime.datetime.now(WIT).strftime("%Y-%m-%d"))
        taker.page.set_input_files("#id_scan", scan_of("halaman"))
        taker.page.locator("main form button[type=submit]").last.click()
        taker.page.wait_for_url("**/risalah/")
    taker.says("Ditandatangani di kertas")

    # The province sees the facts of the week, not the minutes, until they are delivered.
    assert overseer.page.goto(address + here).status == 200
    assert overseer.page.goto(address + here + "risalah/").status == 403

    # The chair ratifies after giving the password again.
    chair.go(here + "risalah/sahkan/")
    chair.fresh()
    chair.press("Sahkan dan kirim")
    chair.says("Disahkan")
    assert chair.page.goto(address + here + "risalah/tarik/").status in (200, 409)

    # The province reads it, marks it read, and the paper says what the page says.
    overseer.go(here + "risalah/")
    overseer.says("Mengesahkan laporan kegiatan divisi.")
    overseer.press("Tandai sudah dibaca")
    overseer.says("Ditandai sudah dibaca.")
    row = overseer.page.locator(".row-item", has_text="Berita Acara").first
    row.get_by_role("link", name="Unduh PDF").wait_for(timeout=90000)
    with overseer.page.expect_download() as download:
        row.get_by_role("link", name="Unduh PDF").click()
    from pypdf import PdfReader

    paper = PdfReader(download.value.path())
    width, height = (float(side) / 72 * 25.4 for side in paper.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 330)
    text = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for words in (
        "018/HK.01.00/K.JPR/2026",
        "Waktu Indonesia Timur",
        "Jalan Contoh Cendrawasih",
        "Menetapkan rencana kerja pengawasan pekan ini.",
        "1 setuju, 0 tidak setuju, 1 abstain",
        "ditandatangani basah",
        "Halaman 1 dari",
    ):
        assert words in text.replace("\xa0", " "), words
    assert "DRAF" not in text
    said = subprocess.run(
        [".venv/bin/python", "manage.py", "verify_ledger"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert said.returncode == 0 and "entries intact" in said.stdout, said.stderr
