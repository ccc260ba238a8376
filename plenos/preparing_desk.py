"""Preparing on my desk: units that have nothing planned, each with its button; inboxes in which something waits."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import permissions, preparation, submissions


def rows(user):
    """Rows for my desk."""
    kept = permissions.units_kept(user)
    if not kept:
        return []
    idle, counts = preparation.without_plan(kept), submissions.inbox_count(kept)
    return [
        *(_to_plan(unit) for unit in idle),
        *(_to_place(unit, counts[unit.pk]) for unit in preparation.units(counts)),
    ]


def _row(unit, title, url, **more):
    return {"title": title, "url": url, "meta": unit.name, "side": "", "state": None, "due": None, "unit": unit, **more}


def _to_plan(unit):
    url = reverse("plenos:next_week", args=[unit.code])
    return _row(unit, _("Rencanakan pleno berikutnya"), url, act={"url": url, "label": _("Rencanakan")})


def _to_place(unit, count):
    words = ngettext("Satu usul menunggu di kotak masuk", "%(n)s usul menunggu di kotak masuk", count)
    return _row(unit, words % {"n": count}, reverse("plenos:inbox", args=[unit.code]))
