"""Does independent work in a few processes at once, so that loading uses the cores there are."""

import multiprocessing
import os
import sys
import traceback

from django.db import connection, connections

MOST = 4


class WorkFailed(RuntimeError):
    """A process ended badly; what it printed says why."""


def quick_commits():
    """Do not wait for the disk at each commit of this connection: a load that was cut off is completed later."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def each(work, things):
    """Call ``work`` for each of ``things``: in this process within a transaction (in tests), else in several.

    Raises WorkFailed when one of them ended badly.
    """
    processes = 1 if connection.in_atomic_block else min(MOST, os.cpu_count() or 1, len(things))
    if processes <= 1:
        for thing in things:
            work(thing)
        return
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    following = fork.Value("i", 0)
    workers = [fork.Process(target=_work, args=(work, things, following)) for _n in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise WorkFailed("Loading stopped half way; what is there is whole. Mend the cause and run it again.")


def _work(work, things, following):
    try:
        quick_commits()
        while True:
            with following.get_lock():
                turn = following.value
                following.value += 1
            if turn >= len(things):
                break
            work(things[turn])
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    finally:
        connections.close_all()
    os._exit(0)
