"""The register of decisions, one decision by its reference, its extract, and the search."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import catalogue, clock, documents, exports, ledger
from bawaslu_portal.kernel.models import Organisation

from .. import documents as sayings
from .. import permissions, register, search, sheets
from ..forms.following import RegisterFilter, SearchFilter
from ..lifecycle import following
from ..models.sessions import RATIFIED
from .fetch import find_unit

PAGE = 20
MOST = 1000  # rows are counted, and turned over, up to here
FEW = 60  # units are offered as a choice up to here


class Capped(Paginator):
    """Pages of a list that may be long: ``count`` ends at MOST, ``more`` says that there are others."""

    def __init__(self, rows, per_page, *, more=False):
        super().__init__(rows, per_page)
        self.left_out = more

    @cached_property
    def _counted(self):
        return len(self.object_list) if isinstance(self.object_list, list) else self.object_list[: MOST + 1].count()

    @property
    def count(self):
        return min(self._counted, MOST)

    @property
    def more(self):
        return self.left_out or self._counted > MOST


@exports.printable
def decisions(request, code):
    """The register of a unit, with its filters in the address."""
    unit = find_unit(request, code)
    reach = permissions.follow_up_reach(request.user, unit)
    lateness = reach in (permissions.ALL, permissions.OWN, permissions.LATENESS)
    form = RegisterFilter(
        request.GET,
        years=register.years(unit),
        lateness=lateness,
        concerned=lambda key: register.concerned(request.user, unit, key),
    )
    wanted, words = form.wanted, form.wanted.get("q", "")
    rows = register.narrowed(register.readable(request.user, unit), request.user, unit, wanted)
    shown, more = search.listed(request.user, rows, unit, words, wanted.get("urut", ""))

    def table():
        return sheets.decisions(unit, search.loaded(request.user, shown[: sheets.MOST]), form.chips())

    if response := exports.answer(request, table, unit):
        return response
    page = Capped(shown, PAGE, more=more).get_page(request.GET.get("page"))
    context = {"unit": unit, "form": form, "page": page, "words": words, "reach": reach}
    context["decisions"] = search.loaded(request.user, page.object_list, words)
    return render(request, "plenos/register.html", context)


def _find(request, code, year, number):
    """The decision at this reference, or 404; whether its words may be read stands as ``readable``."""
    rows = register.dressed(register.known(request.user))
    decision = get_object_or_404(rows, organisation__code=code, year=year, number=number)
    register.give_reversals(request.user, [decision])
    of_unit = register.readable(request.user, decision.organisation)
    decision.readable = of_unit.filter(pk=decision.pk).exists()
    return decision


@require_GET
def decision(request, code, year, number):
    """One decision: its words, votes, follow-ups, what it concerns and what became of it."""
    decision = _find(request, code, year, number)
    if not decision.readable:
        return render(request, "plenos/decision_closed.html", {"decision": decision, "pleno": decision.pleno})
    user, pleno = request.user, decision.pleno
    register.give_follow_ups(user, [decision], named=True)
    paper = register.extract_of(user, decision)
    context = {
        "decision": decision,
        "pleno": pleno,
        **register.details(decision),
        "concerned": catalogue.link(decision.concerns_kind, decision.concerns, user) if decision.concerns else None,
        "reads_follow_ups": decision.follow_up_reach in (permissions.ALL, permissions.OWN),
        "paper": paper,
        "job": documents.job_of(paper) if paper else None,
        "stale": paper is not None and sayings.digest(sayings.extract_record(decision)) != paper.digest,
        "may_extract": pleno.state == RATIFIED and permissions.may_extract(user, decision),
        "history": ledger.history_of(decision) if permissions.reach(user, pleno).history else None,
    }
    return render(request, "plenos/decision.html", context)


@require_POST
def extract(request, code, year, number):
    """Ask for the extract of a decision; the worker makes it."""
    decision = _find(request, code, year, number)
    following.extract(decision, by=request.user)
    messages.success(request, _("Kutipan sedang dibuat; ia muncul di halaman ini."))
    return redirect(decision)


@exports.printable
def find_words(request):
    """Search in all that the reader may read."""
    units = list(Organisation.objects.visible_to(request.user).order_by("code")[: FEW + 1])
    choices = [(u.code, u.name) for u in units] if len(units) <= FEW else _units_beyond(request)
    year = clock.today(request.portal.unit).year if request.portal.unit else clock.now().year
    form = SearchFilter(request.GET, units=choices, years=range(year, year - 12, -1))
    wanted, words = form.wanted, form.wanted.get("q", "").strip()
    unit = Organisation.objects.visible_to(request.user).filter(code=wanted.get("unit", "")).first()
    context = {"form": form, "words": words, "page": None}
    if words:
        facts = {"unit": unit, "year": wanted.get("tahun"), "kind": wanted.get("jenis", "")}
        found = search.everywhere(request.user, words, **facts)

        def table():
            return sheets.found(search.hits(request.user, found.keys[:MOST], ""), words, form.chips())

        if response := exports.answer(request, table, unit):
            return response
        page = Capped(found.keys, PAGE, more=found.more).get_page(request.GET.get("page"))
        context |= {"page": page, "hits": search.hits(request.user, page.object_list, words)}
    return render(request, "plenos/search.html", context)


def _units_beyond(request):
    """For one who may know of very many units: the one that the address names, and the provinces."""
    units = Organisation.objects.visible_to(request.user)
    named = units.filter(code=request.GET.get("unit", ""))
    return [(u.code, u.name) for u in (units.exclude(level="district") | named).order_by("code")]
