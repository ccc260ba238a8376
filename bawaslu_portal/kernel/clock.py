"""The only source of now.

Only the demonstration and tests may set it (``at``); ledger lines that are made so say that they are simulated.
"""

import contextlib
import contextvars
import zoneinfo

from django.utils import timezone

_set = contextvars.ContextVar("portal_clock", default=None)


def now():
    """This moment, aware, in UTC; or the moment that ``at`` has set."""
    return _set.get() or timezone.now()


def simulated():
    """Whether the clock has been set by the demonstration or a test."""
    return _set.get() is not None


def today(organisation):
    """The date in the unit's own time zone."""
    return now().astimezone(zoneinfo.ZoneInfo(organisation.time_zone)).date()


def local(moment, organisation):
    """``moment`` in the unit's own time zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(organisation.time_zone))


@contextlib.contextmanager
def at(moment):
    """Set the clock to ``moment`` (aware) within the block. Raises ValueError for a naive one."""
    if timezone.is_naive(moment):
        raise ValueError("The clock needs a moment with a time zone.")
    token = _set.set(moment)
    try:
        yield moment
    finally:
        _set.reset(token)
