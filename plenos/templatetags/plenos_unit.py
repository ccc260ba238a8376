"""The parts of a unit's plenary pages, as one row of links."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, scope

from .. import permissions

register = template.Library()


def _parts(user, unit):
    """(URL name, words, other arguments) of what this reader may open, in the order of the work."""
    plans = permissions.may_plan(user, unit)
    yield "unit", _("Pleno"), ()
    yield "calendar", _("Kalender"), (clock.today(unit).year,)
    yield "register", _("Keputusan"), ()
    if permissions.follow_up_reach(user, unit):
        yield "follow_ups", _("Tindak lanjut"), ()
    if plans or permissions.may_propose(user, unit) or permissions.may_ask(user, unit):
        yield "inbox", _("Kotak masuk"), ()
    if plans:
        yield "template", _("Agenda tetap"), ()
    yield "archive", _("Arsip"), ()
    yield "performance", _("Kinerja"), ()
    if unit.level in ("national", "province") and unit.pk in scope.own_units(user):
        yield "board_of", _("Papan kepatuhan"), ()


@register.inclusion_tag("plenos/unit_nav.html", takes_context=True)
def unit_nav(context, unit):
    """The row of links, the page that is open among them marked."""
    request = context["request"]
    here = request.resolver_match.url_name if request.resolver_match else ""
    entries = []
    for name, words, more in _parts(request.user, unit):
        try:
            url = reverse(f"plenos:{name}", args=(unit.code, *more))
        except NoReverseMatch:
            continue
        entries.append({"url": url, "words": words, "current": name == here})
    return {"entries": entries}
