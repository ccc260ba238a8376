"""How fast the pages of plenos are, in the server, asked over HTTP through gunicorn (DEBUG off, nothing cached whole).

``bench/pages.py`` makes one pleno with 5 members, 20 decisions by majority and 100 votes. The nearest peer, SAPL,
measured so: its session page 94-110 ms, its minutes page 640-780 ms; the ratio to the middle of that is printed.

``bench/pages.py --years 10`` loads a nation of one year and one of ten (``manage.py national``), asks random objects,
cold (database and server just started, the files of the database out of the system's memory) and warm, and holds
medians, query counts and the ratio of the two loads against their limits. Three rounds start anew and ask the same, of
the two loads by turns; of each page the median of the least disturbed one counts, since a shared machine is slowed by
its neighbours for minutes at a time. ``--state FOLDER`` measures a nation that is loaded already (and opens a few rooms
in it); with a second folder also the ratio of the two.

Absolute times vary with the machine; read the ratios.
"""

import argparse
import contextlib
import datetime
import gzip
import multiprocessing
import statistics
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import nation
import serving
from serving import ask, session_of

PEER = {"session": 102.0, "minutes": 710.0}  # milliseconds, middle of what was measured of SAPL
RATIO, PACKED = 1.2, 300 * 1024  # ten years to one; the national board, compressed
ROUNDS = 3


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


def one_pleno(rounds):
    """The pages of one pleno, against the peer."""
    with serving.own_database():
        cast, made = prepare()
        pages = [
            ("pleno page", made["open"].get_absolute_url(), "session"),
            ("room", made["open"].address("plenos:room"), "session"),
            ("minutes page", made["closed"].address("plenos:minutes"), "minutes"),
        ]
        cookie = session_of(cast.secretary)
        with serving.server() as line:
            print(f"{'page':14}{'median ms':>11}{'p95 ms':>9}{'queries':>9}{'bytes':>9}{'gzip':>8}{'of SAPL':>10}")
            for name, path, peer in pages:
                for _ in range(20):
                    ask(line, path, cookie)
                answers = [ask(line, path, cookie) for _ in range(rounds)]
                spent = sorted(answer[0] for answer in answers)
                _time, queries, body = answers[-1]
                packed, median = len(gzip.compress(body, 6)), statistics.median(spent)
                ratio = f"1/{PEER[peer] / median:.1f}"
                p95 = spent[int(len(spent) * 0.95)]
                print(f"{name:14}{median:11.1f}{p95:9.1f}{queries:9}{len(body):9}{packed:8}{ratio:>10}")


# --- a nation -----------------------------------------------------------------------------------------------


def load(state, years):
    """Fill the empty database of ``state``."""
    serving.settings(PORTAL_DEMO="1")
    with serving.database(state):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("national", years=years, seed=1, until=datetime.date.today())  # noqa: DTZ011


@dataclass
class Page:
    """What one page cost: medians in ms, the numbers of queries seen, the largest body in bytes compressed."""

    limit: int
    cold: float
    warm: float
    queries: set
    packed: int

    def quieter(self, other):
        """This round and another one of the same page as one."""
        queries, packed = self.queries | other.queries, max(self.packed, other.packed)
        return Page(self.limit, min(self.cold, other.cold), min(self.warm, other.warm), queries, packed)


def measured(state, count, seed):
    """{name: Page} of the nation that is loaded in ``state``: one round, database and server started anew."""
    serving.settings(PORTAL_DEMO="1")
    with serving.database(state):
        import django

        django.setup()
        return _round(nation.Pages(count, seed).all())


def _round(pages):
    from django.db import connections

    from bawaslu_portal import embedded

    cookies = {}
    for _limit, asked in pages.values():
        for _path, reader in asked:
            cookies[reader.pk] = cookies.get(reader.pk) or session_of(reader)
    connections.close_all()
    embedded.stop()
    serving.forget()
    embedded.start()
    found = {}
    with serving.server() as line:
        for name, (limit, asked) in pages.items():
            cold, warm = ([ask(line, path, cookies[reader.pk]) for path, reader in asked] for _pass in range(2))
            packed = max(len(gzip.compress(body, 6)) for _ms, _queries, body in warm[:5])
            medians = [statistics.median(answer[0] for answer in answers) for answers in (cold, warm)]
            found[name] = Page(limit, *medians, {answer[1] for answer in warm}, packed)
    return found


def rounds(states, count, seed):
    """[{name: Page}] of the nations in ``states``, of each page the quieter of its rounds. They take turns, so that a
    machine that slows down slows all of them."""
    found = [{} for _state in states]
    for _turn in range(ROUNDS):
        for pages, state in zip(found, states, strict=True):
            for name, page in child(measured, state, count, seed).items():
                pages[name] = page.quieter(pages[name]) if name in pages else page
    return found


def show(found, years, before=None):
    """Print a table. Returns what is over its limit."""
    print(f"\n{years} years" if years else "", f"{'cold ms':>28}{'warm ms':>9}{'limit':>7}{'queries':>12}{'gzip':>9}")
    over = []
    for name, page in found.items():
        ratio = page.warm / before[name].warm if before else 0
        counts = "-".join(str(n) for n in sorted({min(page.queries), max(page.queries)}))
        told = f"  {ratio:.2f} of one year" if before else ""
        print(f"{name:24}{page.cold:12.1f}{page.warm:9.1f}{page.limit:7}{counts:>12}{page.packed:9}{told}")
        if max(page.cold, page.warm) > page.limit:
            over.append(f"{name}: over {page.limit} ms")
        # Of rare words one year finds less than a page, and so draws less: the common ones are held against it.
        if ratio > RATIO and ("search" not in name or "common" in name):
            over.append(f"{name}: {ratio:.2f} times one year")
        if name == "national board" and page.packed > PACKED:
            over.append(f"{name}: {page.packed} bytes compressed")
    return over


def _told(work, *arguments):
    """What ``work`` gives, or the text of what went wrong: the parent knows no model."""
    try:
        return work(*arguments), ""
    except Exception:
        return None, traceback.format_exc()


def child(*work):
    """Run in a process of its own, since Django is set up once for one database."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        found, fault = pool.submit(_told, *work).result()
    if fault:
        raise SystemExit(fault)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="of the one pleno")
    parser.add_argument("--years", type=int, help="load and measure a nation")
    parser.add_argument(
        "--state",
        nargs="+",
        help="measure the nation loaded in this state folder; a second one is held against the first",
    )
    parser.add_argument("--objects", type=int, default=40, help="random objects a page")
    parser.add_argument("--seed", type=int, default=3)
    asked = parser.parse_args()
    over = []
    if asked.state or asked.years:
        with contextlib.ExitStack() as stack:
            years = [None for _state in asked.state] if asked.state else sorted({1, asked.years})
            states = asked.state or [stack.enter_context(serving.own_folder()) for _year in years]
            for state, number in [] if asked.state else zip(states, years, strict=True):
                child(load, state, number)
            before = None
            for found, number in zip(rounds(states, asked.objects, asked.seed), years, strict=True):
                over, before = over + show(found, number, before), found
    else:
        one_pleno(asked.rounds)
    if over:
        raise SystemExit("\n".join(over))


if __name__ == "__main__":
    main()
