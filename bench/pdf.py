"""How fast papers are made: ``.venv/bin/python bench/pdf.py [render|click|both]``.

``render``: documents per second of two worker processes, each pinned to a core, and time and pages of one, for
the Berita Acara of a pleno with 5 members, 20 decisions and 100 votes. Needs no server.
``click``: against a running portal (``script/server``, with the demonstration), through its web
server, signed in: from the click that asks for the papers until the file of the Berita Acara is there; and how
long the click itself took, since a request never waits for a paper.
Each run adds one pleno, entered afterwards, to Bawaslu Kota Kendari of the demonstration.
The nearest peer (SAPL) needs 1.0 s for such a file, and its request waits for it.
"""

import argparse
import datetime
import http.client
import io
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bawaslu_portal.settings")
os.environ.setdefault("PORTAL_HTTPS", "0")

UNIT = "74.71"
KIND = "plenos.berita_acara"


def start_django():
    import logging

    import django

    django.setup()
    logging.disable(logging.INFO)


def record(seed=0):
    """The yardstick's record; ``seed`` makes each one different, as real ones are."""
    from plenos.tests import papers

    made = papers.voted(decisions=20, members=5)
    made["number"] = f"{46 + seed}/HK.01.00/K.KDI/11/2026"
    return made


# --- documents per second -------------------------------------------------------------------------------


def _work(core, count, ready, go, results):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    start_django()
    from plenos import documents

    documents.paper(KIND, record())  # fonts, sheets and the engine itself are loaded once per process
    ready.release()
    go.wait()
    began = time.perf_counter()
    for n in range(count):
        documents.paper(KIND, record(core * 1000 + n))
    results.put(time.perf_counter() - began)


def render(count):
    """Print time of one document and documents per second on two processes, ``count`` documents each."""
    import pypdf

    start_django()
    from plenos import documents

    began = time.perf_counter()
    content = documents.paper(KIND, record())
    cold = time.perf_counter() - began
    times = []
    for n in range(5):
        began = time.perf_counter()
        documents.paper(KIND, record(n))
        times.append(time.perf_counter() - began)
    pages = len(pypdf.PdfReader(io.BytesIO(content)).pages)
    print(f"one document: {pages} pages, {len(content) / 1024:.0f} KiB, {statistics.median(times) * 1000:.0f} ms warm,")
    print(f"  {cold * 1000:.0f} ms in a new process")

    context = multiprocessing.get_context("spawn")
    ready, go, results = context.Semaphore(0), context.Event(), context.Queue()
    workers = [context.Process(target=_work, args=(core, count, ready, go, results)) for core in range(2)]
    for worker in workers:
        worker.start()
    for _worker in workers:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    print(f"two workers: {2 * count} documents in {took:.1f} s = {2 * count / took:.2f} documents/s")


# --- from click to file ---------------------------------------------------------------------------------


def sample_pleno():
    """A closed pleno of the unit with 5 members, 20 decisions by vote and 100 votes, made through the verbs."""
    from bawaslu_portal.kernel.models import Membership, Organisation
    from plenos import lifecycle

    unit = Organisation.objects.get(code=UNIT)
    taker = Membership.objects.filter(organisation=unit, role="note_taker", until=None).first()
    if taker is None:
        raise SystemExit("This bench needs the demonstration: start the portal by script/server first.")
    by = taker.user
    monday = datetime.datetime(2024, 9, 2, 9, 0, tzinfo=unit.zone)
    pleno = lifecycle.plan(
        unit,
        by=by,
        year=2024,
        week=36,
        planned_at=monday,
        place="Ruang Rapat",
        agenda=[f"Rencana kerja bagian {n}" for n in range(1, 21)],
        recorded_late=True,
        note_taker=taker,
    )
    lifecycle.open_session(pleno, by=by, happened_at=monday)
    pleno.refresh_from_db()
    members = list(pleno.attendees.members())
    if len(members) != 5:
        raise SystemExit(f"The yardstick has five members; {unit.name} has {len(members)}.")
    for n, item in enumerate(pleno.items.all()):
        against = members[n % 5]
        lifecycle.decide(
            item,
            by=by,
            category="plan",
            text=f"Menyetujui rencana kerja bagian {n + 1} sebagaimana dibahas dalam rapat.",
            manner="vote",
            votes={one.pk: "against" if one is against else "agree" for one in members},
            dissents={against.pk: "Bahan belum dibagikan sebelum rapat."},
            happened_at=monday + datetime.timedelta(minutes=n + 1),
        )
    lifecycle.close(pleno, by=by, happened_at=monday + datetime.timedelta(hours=2))
    pleno.refresh_from_db()
    return pleno, by


class Browser:
    """A signed-in visitor over HTTP; redirects are not followed."""

    def __init__(self, address, user):
        from importlib import import_module

        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.utils.crypto import get_random_string

        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": user.email}]
        session.save()
        parts, token = urlsplit(address), get_random_string(32)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=30)
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
        }

    def ask(self, method, path):
        """Status and body of one request."""
        self.connection.request(method, path, headers=self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def click(address, rounds):
    """Print the time of the click and from the click to the file, over ``rounds`` presses."""
    start_django()
    from django.urls import reverse

    from bawaslu_portal.kernel.models import Document

    pleno, user = sample_pleno()
    browser = Browser(address, user)
    ask = pleno.address("plenos:print_draft")
    clicks, files = [], []
    for _round in range(rounds):
        began = time.perf_counter()
        status, _body = browser.ask("POST", ask)
        clicks.append(time.perf_counter() - began)
        if status != 302:
            raise SystemExit(f"The click was answered by {status}.")
        document = Document.objects.filter(about=pleno.uuid, kind=KIND).latest("id")
        path = reverse("kernel:document_file", kwargs={"uuid": document.uuid})
        while not browser.ask("GET", path)[1].startswith(b"%PDF"):
            if time.perf_counter() - began > 60:
                raise SystemExit("No file after a minute: is the worker up? /sehat/ says.")
            time.sleep(0.02)
        files.append(time.perf_counter() - began)
        time.sleep(2)  # so that each press freezes a record of its own and finds the worker idle
    print(f"the click itself: median {statistics.median(clicks) * 1000:.0f} ms, longest {max(clicks) * 1000:.0f} ms")
    print(f"click to file: median {statistics.median(files) * 1000:.0f} ms, longest {max(files) * 1000:.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", default="both", choices=("render", "click", "both"))
    parser.add_argument("--documents", type=int, default=20, help="per worker")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--address", default=os.environ.get("PORTAL_ADDRESS", "http://localhost:8000"))
    chosen = parser.parse_args()
    if chosen.what != "click":
        render(chosen.documents)
    if chosen.what != "render":
        try:
            click(chosen.address, chosen.rounds)
        except ConnectionError as error:
            raise SystemExit(f"No answer from {chosen.address}: {error}. Start it by script/server.") from error


if __name__ == "__main__":
    main()
