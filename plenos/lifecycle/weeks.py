"""A week without a pleno: the unit says why, the level above excuses it or not, or gives more time.

What is said is a ruling on the week's duty (kernel/duties.py); here stands what a plenary adds: a week in which one was
held is not excused.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import duties
from bawaslu_portal.kernel.duties import DECLARED, DECLINED, EXTENDED, GRANTED
from bawaslu_portal.kernel.lifecycle import TransitionRefused, lock, require

from ..models import Pleno


def _without_session(duty):
    year, week, _day = duty.begins.isocalendar()
    if Pleno.objects.of(duty.organisation).in_week(year, week).held().exists():
        raise TransitionRefused(_("Pleno minggu ini sudah diadakan, jadi tidak ada yang perlu dibebaskan."))


def declare_none(duty, *, by, reason):
    """The unit says why it held none in this week. Raises as ``duties.rule``, TransitionRefused when it held one."""
    with transaction.atomic():
        require(duties.may_declare, by, duty.organisation)
        _without_session(lock(duty))
        return duties.rule(duty, DECLARED, by=by, reason=reason)


def answer(duty, *, granted, by, reason):
    """The level above excuses the week, or does not. Raises as ``declare_none``."""
    with transaction.atomic():
        require(duties.may_answer, by, duty.organisation)
        locked = lock(duty)
        if granted:
            _without_session(locked)
        return duties.rule(duty, GRANTED if granted else DECLINED, by=by, reason=reason)


def extend(duty, *, until, by, reason):
    """The level above gives the unit until ``until`` for the session or for its minutes; the due moment stays."""
    return duties.rule(duty, EXTENDED, by=by, reason=reason, until=until)
