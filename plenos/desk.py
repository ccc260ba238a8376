"""Follow-ups on my desk: what is mine to do, the overdue first, and what I am asked to confirm."""

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bawaslu_portal.kernel import clock

from . import follow_ups

MOST = 6  # rows of each kind; the rest stands on the list of the unit


def rows(user):
    """Rows for my desk."""
    to_do, to_confirm = follow_ups.waiting_for(user)
    return [
        *(_to_do(row) for row in to_do[:MOST]),
        *_more(to_do),
        *(_to_confirm(row) for row in to_confirm[:MOST]),
        *_more(to_confirm),
    ]


def _row(row, title, mail, state):
    # What was decided in a closed session stays in the portal: ``mail`` names the follow-up by its decision alone.
    return {
        "title": title,
        "mail": mail % {"of": row.decision.reference},
        "url": row.get_absolute_url(),
        "meta": f"{row.organisation.name} · {row.decision.reference}",
        "side": "",
        "state": state,
        "due": datetime.datetime.combine(row.due, datetime.time(23, 59, 59), tzinfo=row.organisation.zone),
        "unit": row.organisation,
    }


def _to_do(row):
    late = row.days_late(clock.today(row.organisation))
    state = None
    if late:
        state = ("miss", pgettext("huruf: lewat tenggat", "L"), _("Lewat tenggat %(days)s hari") % {"days": late})
    title = _("Tindak lanjut: %(what)s") % {"what": row.what}
    return _row(row, title, _("Tindak lanjut keputusan %(of)s"), state)


def _to_confirm(row):
    title = _("Nyatakan selesai atau belum: %(what)s") % {"what": row.what}
    return _row(row, title, _("Nyatakan selesai atau belum: tindak lanjut keputusan %(of)s"), None)


def _more(waiting):
    if len(waiting) <= MOST:
        return []
    units = list(dict.fromkeys(row.organisation.code for row in waiting[MOST:]))
    return [
        {
            "title": _("%(count)s tindak lanjut lain") % {"count": len(waiting) - MOST},
            "url": reverse("plenos:follow_ups", args=[units[0]]),
            "meta": "",
            "side": "",
            "state": None,
            "due": None,
        }
    ]
