"""Plays what happens in one unit in the order of the clock, so that its ledger and its numbers follow the calendar."""

import heapq
import itertools

from bawaslu_portal.kernel import clock


def event(moment, act):
    """A story of a single act."""
    yield moment
    act()


def play(stories, now):
    """Each story is a generator that yields the moment of its next act and, resumed, acts. None acts after ``now``."""
    turn, waiting = itertools.count(), []

    def wait(story, moment):
        heapq.heappush(waiting, (min(moment, now), next(turn), story))

    for story in stories:
        wait(story, next(story))
    while waiting:
        moment, _turn, story = heapq.heappop(waiting)
        with clock.at(moment):
            following = next(story, None)
        if following is not None:
            wait(story, max(moment, following))
