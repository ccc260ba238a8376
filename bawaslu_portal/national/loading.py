"""The load itself: people first, then every body's years, a part of the bodies in each process."""

import datetime
import io
import os
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from bawaslu_portal.demonstration import together
from bawaslu_portal.kernel import catalogue
from bawaslu_portal.kernel.models import Organisation, User

from . import copying, holidays, people
from .owed import Owed

APPS = ("kernel", "plenos", "workprograms", "supervision")
AHEAD = 7  # days before its week in which the first step of a week may be taken


@dataclass
class Part:
    """The work of one process: some of the bodies."""

    nation: object
    bodies: list


def load(nation, secret, province=None, say=lambda text: None):
    """Write everything and lay keys, guards and indexes again. Raises ``together.WorkFailed``."""
    if not Organisation.objects.filter(level="national").exists():
        call_command("load_regions", verbosity=0, stdout=io.StringIO())
    User.objects.system()
    people.gather(nation, province)
    names = copying.tables(APPS)
    lifted = copying.lift(names)
    try:
        copy = copying.Copy()
        administrators = people.write(nation, copy, secret)
        holidays.write(nation, copy, administrators)
        copy.flush()
        say("people")
        processes = 1 if connection.in_atomic_block else max(1, min(together.MOST, os.cpu_count() or 1))
        together.each(live, [Part(nation, nation.bodies[n::processes]) for n in range(processes)])
        say("years")
    except BaseException:
        copying.guard()  # of half a load the keys stay lifted: such a database is thrown away
        raise
    copying.restore(lifted, names, together.each)
    say("keys and indexes")


def live(part):
    """Write the years of some bodies week by week, as time would have written them."""
    nation, copy = part.nation, copying.Copy()
    chains, chapters = [], []
    for body in part.bodies:
        chain = copying.Chain(body, copy)
        chains.append(chain)
        chapters.append(Owed(nation, body, copy, chain))
        chapters += [begin(nation, body, copy, chain) for begin in catalogue.nationals().values()]
    for monday in nation.weeks():
        early = nation.bodies[0].moment(monday) - datetime.timedelta(days=AHEAD)
        for chain in chains:
            chain.settle(early)
        for chapter in chapters:
            chapter.week(monday)
        copy.between()
    for chapter in chapters:
        chapter.end()
    for chain in chains:
        chain.end()
    copy.flush()
