"""How fast the pages of a pleno are: ``.venv/bin/python bench/pages.py [--rounds 200]``.

In a database of its own it makes one pleno with 5 members, 20 decisions by majority and 100 votes, starts gunicorn
(DEBUG off), signs in by cookie and asks over HTTP with one kept connection. Prints median and 95th percentile in
milliseconds, queries, and bytes plain and compressed. The nearest peer, SAPL, measured the same way: its session
page 94-110 ms, its minutes page 640-780 ms (5 members, 20 decisions, 100 votes); the ratio to the middle of that is
printed too. Absolute times vary with the machine; read the ratio.
"""

import argparse
import gzip
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PEER = {"session": 102.0, "minutes": 710.0}  # milliseconds, middle of what was measured of SAPL


def prepare():
    """Migrate the empty database and make the pleno through its verbs: still open, and its twin closed."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from django.db import transaction

    from bawaslu_portal.kernel import jobs
    from bawaslu_portal.kernel.tests import factories as people
    from plenos import lifecycle
    from plenos.tests import factories as plenos

    jobs.publish = lambda job_id: False  # no worker takes part in this measurement
    with transaction.atomic():
        cast = people.make_cast(people.make_unit("74.71"))
        made = {}
        for name, weeks in (("open", 0), ("closed", 1)):
            when = plenos.WHEN + weeks * 7 * (plenos.datetime.timedelta(days=1))
            pleno = plenos.make_open(cast, when=when, agenda=[f"Pokok bahasan nomor {n}" for n in range(1, 21)])
            members = list(pleno.attendees.members())
            for n, item in enumerate(pleno.items.all(), 1):
                with plenos.clock.at(pleno.opened_at + plenos.datetime.timedelta(minutes=n)):
                    lifecycle.write_notes(item, by=cast.secretary, text="Pembahasan singkat. " * 20, version=0)
                    lifecycle.decide(
                        item,
                        by=cast.secretary,
                        category="plan",
                        text=f"Menyetujui pokok bahasan nomor {n} dengan catatan.",
                        manner="vote",
                        votes={m.pk: "against" if m.order == n % 5 + 1 else "agree" for m in members},
                    )
            made[name] = pleno
        with plenos.clock.at(made["closed"].opened_at + plenos.datetime.timedelta(hours=2)):
            lifecycle.close(made["closed"], by=cast.secretary)
    return cast, made


def session_of(user):
    """The cookie of a signed-in session."""
    from django.test import Client

    from bawaslu_portal.kernel.tests.factories import signed_in

    return signed_in(Client(), user).cookies["sessionid"].value


def queries_of(user, path):
    """Queries of one page, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bawaslu_portal.kernel.tests.factories import signed_in

    client = signed_in(Client(HTTP_HOST="localhost"), user)
    client.get(path)
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return len(counted)


def serve(port):
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "deploy/gunicorn.conf.py",
            "--bind",
            f"127.0.0.1:{port}",
            "bawaslu_portal.wsgi",
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def ask(line, path, cookie):
    headers = {"Host": "localhost", "Cookie": f"sessionid={cookie}"}
    began = time.perf_counter()
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read()
    spent = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")
    return spent, body


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    state = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    state.chmod(0o711)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "PORTAL_STATE": str(state),
        "PORTAL_HTTPS": "0",
        "DJANGO_SETTINGS_MODULE": "bawaslu_portal.settings",
        "PORTAL_LOG_LEVEL": "WARNING",
    }
    from bawaslu_portal import embedded

    embedded.start()
    server = None
    try:
        cast, made = prepare()
        pages = [
            ("pleno page", made["open"].get_absolute_url(), "session"),
            ("room", made["open"].address("plenos:room"), "session"),
            ("minutes page", made["closed"].address("plenos:minutes"), "minutes"),
        ]
        counts = [queries_of(cast.secretary, path) for _name, path, _peer in pages]
        cookie = session_of(cast.secretary)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(port)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(100):
            try:
                line.connect()
                break
            except OSError:
                time.sleep(0.1)
        print(f"{'page':14}{'median ms':>11}{'p95 ms':>9}{'queries':>9}{'bytes':>9}{'gzip':>8}{'of SAPL':>10}")
        for (name, path, peer), count in zip(pages, counts, strict=True):
            for _ in range(20):
                ask(line, path, cookie)
            spent = sorted(ask(line, path, cookie)[0] for _ in range(rounds))
            body = ask(line, path, cookie)[1]
            packed = len(gzip.compress(body, 6))
            median, p95 = statistics.median(spent), spent[int(len(spent) * 0.95)]
            ratio = f"1/{PEER[peer] / median:.1f}"
            print(f"{name:14}{median:11.1f}{p95:9.1f}{count:9}{len(body):9}{packed:8}{ratio:>10}")
    finally:
        if server:
            server.terminate()
            server.wait(30)
        embedded.stop()
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
