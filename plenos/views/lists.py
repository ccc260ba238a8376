"""Lists of plenos, the page of a week and the page of one pleno."""

import datetime

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bawaslu_portal.kernel import clock, exports, ledger, outbox, remark_forms, remarks
from bawaslu_portal.kernel.models import Organisation, OutboxMessage

from .. import actions, follow_ups, owed, permissions, preparation, queries, tables
from ..models import Pleno
from ..models.sessions import RATIFIED
from .fetch import find, find_unit

PAGE = 30


@exports.printable
def index(request):
    """My own unit's plenos where I have one unit to look at; else the list of units."""
    membership = request.portal.membership
    if membership and membership.role != "administrator" and membership.organisation.level == "district":
        return redirect("plenos:unit", code=membership.organisation.code)
    units = Organisation.objects.visible_to(request.user).order_by("code")
    query = request.GET.get("q", "").strip()
    if query:
        units = units.filter(name__icontains=query)
    # The newest year that has something to show, up to this one.
    newest = Pleno.objects.visible_to(request.user).aggregate(newest=Max("week_year"))["newest"]
    year = min(newest or clock.now().year, clock.now().year)
    if response := exports.answer(request, lambda: tables.units(_counted(request.user, units, year), year, query)):
        return response
    page = Paginator(units, PAGE).get_page(request.GET.get("page"))
    rows = _counted(request.user, page, year)
    return render(request, "plenos/index.html", {"page": page, "rows": rows, "year": year, "q": query})


def _counted(user, units, year):
    counts = queries.counts_by_unit(user, [unit.pk for unit in units], year)
    return [(unit, counts.get(unit.pk, {})) for unit in units]


@exports.printable
def unit_list(request, code):
    """The plenos of a unit in one year, newest first."""
    unit = find_unit(request, code)
    plenos = Pleno.objects.visible_to(request.user, unit)
    held, this_year = set(plenos.order_by().values_list("week_year", flat=True).distinct()), clock.today(unit).year
    years = sorted(held | {this_year}, reverse=True)
    asked = request.GET.get("year", "")
    # Without a choice, the newest year that has something to show.
    year = int(asked) if asked in map(str, years) else max({y for y in held if y <= this_year} or {this_year})
    state = request.GET.get("state", "")
    shown = plenos.filter(week_year=year)
    if state in dict(Pleno.STATES):
        shown = shown.filter(state=state)
    if response := exports.answer(request, lambda: tables.plenos_of(unit, shown, year), unit):
        return response
    page = Paginator(shown.select_related("organisation"), 60).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "page": page,
        "years": years,
        "year": year,
        "chosen_state": state,
        "states": Pleno.STATES,
        "may_plan": permissions.may_plan(request.user, unit),
        "follow_up_reach": permissions.follow_up_reach(request.user, unit),
    }
    return render(request, "plenos/unit.html", context)


@require_GET
def week_page(request, code, year, week):
    """The week's page: its plenos, or that there is none."""
    unit = find_unit(request, code)
    try:
        monday = datetime.date.fromisocalendar(year, week, 1)
        before, after = monday - datetime.timedelta(days=7), monday + datetime.timedelta(days=7)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    plenos = Pleno.objects.visible_to(request.user, unit).in_week(year, week).select_related("organisation")
    known = owed.of_week(request.user, unit, year, week)
    context = {
        "unit": unit,
        "plenos": plenos,
        "monday": monday,
        "sunday": monday + datetime.timedelta(days=6),
        "before": before,
        "after": after,
        "year": year,
        "week": week,
        "known": known,
        "talk": remark_forms.panel(
            request.user,
            known.held.duty,
            reverse("plenos:week_talk", kwargs={"code": code, "year": year, "week": week}),
        )
        if known.held
        else None,
        "may_plan": permissions.may_plan(request.user, unit),
    }
    return render(request, "plenos/week.html", context)


@require_GET
def pleno_page(request, code, year, week, ordinal):
    """One pleno: its facts, what can be done now, and what the reader may read of it."""
    pleno = find(request, code, year, week, ordinal)
    reach = permissions.reach(request.user, pleno)
    items = list(preparation.with_origins(queries.items_of(request.user, pleno, votes=False)))
    looks_back = reach.preparation and pleno.closed_at is None and follow_ups.reviews(items)
    answers = {
        "returned": queries.returned(pleno) if remarks.reads(request.user, pleno.organisation) else None,
        "under_way": queries.correction_under_way(pleno) if reach.notes and pleno.state == RATIFIED else None,
    }
    context = {
        "pleno": pleno,
        "reach": reach,
        "steps": actions.for_user(request.user, pleno, **answers),
        "items": items,
        "reviewed": follow_ups.reviewed(pleno) if looks_back else None,
        "papers": queries.papers_of(request.user, pleno),
        "invitations": pleno.invitations.select_related("issued_by") if reach.invitation else [],
        "guests": pleno.attendees.filter(element="guest") if reach.preparation else [],
        "readings": pleno.readings.select_related("reader", "reader_unit") if pleno.state == RATIFIED else [],
        "messages_out": OutboxMessage.objects.visible_to(request.user)
        .filter(about=pleno.uuid)
        .defer("body", "calendar")
        if outbox.keeps_outbox(request.user, pleno.organisation)
        else [],
        "history": ledger.history_of(pleno) if reach.history else None,
        "talk": remark_forms.panel(request.user, pleno, pleno.address("plenos:pleno_talk")),
        **answers,
    }
    return render(request, "plenos/pleno.html", context)


@exports.printable
def deliveries(request):
    """Minutes delivered to my unit, unread ones first where asked."""
    unread = bool(request.GET.get("unread"))
    plenos = queries.deliveries_to(request.user, unread=unread)
    if response := exports.answer(request, lambda: tables.deliveries(plenos)):
        return response
    page = Paginator(plenos, PAGE).get_page(request.GET.get("page"))
    return render(request, "plenos/deliveries.html", {"page": page, "unread": unread})
