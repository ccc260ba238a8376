"""What the level above does: send minutes back, mark or send back many, talk with a unit about a pleno or a week."""

import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bawaslu_portal.kernel import forms, remark_forms, remarks, scope
from bawaslu_portal.kernel.lifecycle import NotPermitted
from bawaslu_portal.kernel.models import Duty

from .. import compliance, lifecycle, permissions, queries, register
from ..forms.overseeing import AskForm, ManyForm, ReturnForm
from ..lifecycle import overseeing
from .fetch import attempt, find, find_unit
from .inbox import find_submission

SHOWN = 10  # refusals that are said one by one


def return_minutes(request, **address):
    """Send delivered minutes back with a reason."""
    pleno = find(request, **address)
    if not permissions.may_mark_read(request.user, pleno):
        raise NotPermitted(_("Hanya anggota dan staf pengawasan tingkat atas yang mengembalikan risalah."))
    form = ReturnForm(request.POST or None)
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form, lambda: lifecycle.return_minutes(pleno, by=request.user, reason=form.cleaned_data["reason"])
        )
        if status == 200:
            messages.success(request, _("Risalah dikembalikan; unitnya diberi tahu."))
            return redirect(pleno.address("plenos:minutes"))
    return forms.page(request, "plenos/return.html", form, status, pleno=pleno)


@require_POST
@transaction.non_atomic_requests
def deliveries_many(request):
    """Mark read or send back what was ticked: a short transaction for each, and a report of what was done."""
    form = ManyForm(request.POST, plenos=queries.deliveries_to(request.user))
    if not form.is_valid():
        chosen = form.cleaned_data.get("pleno") or []
        return forms.page(request, "plenos/deliveries_many.html", form, chosen=chosen)
    plenos = list(form.cleaned_data["pleno"])
    if form.cleaned_data["lakukan"] == ManyForm.READ:
        done, refused = overseeing.mark_many_read(plenos, by=request.user)
        said = ngettext("%(count)s risalah ditandai dibaca.", "%(count)s risalah ditandai dibaca.", len(done))
    else:
        reason = form.cleaned_data["reason"]
        done, refused = overseeing.return_many(plenos, by=request.user, reason=reason)
        said = ngettext("%(count)s risalah dikembalikan.", "%(count)s risalah dikembalikan.", len(done))
    _report(request, done, refused, said, remarks.name_of)
    return redirect("plenos:deliveries")


def _report(request, done, refused, said, name):
    """How many were done, and which were refused for what reason."""
    if done:
        messages.success(request, said % {"count": len(done)})
    for thing, sentence in refused[:SHOWN]:
        messages.warning(request, f"{thing.organisation.name}, {name(thing)}: {sentence}")
    if len(refused) > SHOWN:
        messages.warning(request, _("%(count)s lagi ditolak.") % {"count": len(refused) - SHOWN})


def _ticked(request):
    """The duties of the weeks that were ticked and whose unit the reader may ask, by code/week."""
    asked = [key.split("/") for key in request.POST.getlist("minggu") if key.count("/") == 1]
    codes, weeks = {code for code, _week in asked}, {week for _code, week in asked}
    below = scope.units_below(request.user, scope.OVERSEERS)
    rows = Duty.objects.visible_to(request.user).filter(kind=compliance.HELD_DUTY, period__in=weeks)
    rows = rows.filter(organisation__in=below, organisation__code__in=codes).select_related("organisation")
    return {f"{duty.organisation.code}/{duty.period}": duty for duty in rows}


@require_POST
@transaction.non_atomic_requests
def ask_many(request):
    """Ask for the explanation of every week that was ticked: a short transaction for each, and a report."""
    found = _ticked(request)
    form = AskForm(request.POST, weeks=found)
    if not form.is_valid():
        chosen = [(key, found[key]) for key in request.POST.getlist("minggu") if key in found]
        return forms.page(request, "plenos/ask_many.html", form, chosen=chosen)
    weeks = [found[key] for key in dict.fromkeys(form.cleaned_data["minggu"])]
    done, refused = overseeing.ask_many(weeks, by=request.user, text=form.cleaned_data["text"])
    said = ngettext("%(count)s penjelasan diminta.", "%(count)s penjelasan diminta.", len(done))
    _report(request, done, refused, said, remarks.name_of)
    return redirect("plenos:absent")


def _talk(request, kind, thing, title, back):
    """A thread: GET shows it by itself, POST writes in it and goes back to the record."""
    if not remarks.reads(request.user, thing.organisation):
        raise NotPermitted(_("Percakapan ini hanya terbuka bagi unit itu dan tingkat tepat di atasnya."))
    form = remark_forms.RemarkForm(request.POST or None)
    status = 200
    if form.is_valid():
        chosen = form.cleaned_data["kind"] or remarks.REMARK
        _done, status = attempt(
            form, lambda: remarks.say(kind, thing, by=request.user, text=form.cleaned_data["text"], kind=chosen)
        )
        if status == 200:
            messages.success(request, _("Terkirim; pihak lain diberi tahu."))
            return redirect(f"{back}#percakapan")
    talk = remark_forms.panel(request.user, thing, request.path, form)
    return forms.page(request, "plenos/talk.html", form, status, talk=talk, title=title, back=back)


def pleno_talk(request, **address):
    """The thread between unit and level above on one pleno."""
    pleno = find(request, **address)
    return _talk(request, "pleno", pleno, pleno.title, pleno.get_absolute_url())


def week_talk(request, code, year, week):
    """The thread on one week: here an explanation is asked for and given."""
    unit = find_unit(request, code)
    try:
        monday = datetime.date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise Http404 from error
    owed = Duty.objects.visible_to(request.user).filter(kind=compliance.HELD_DUTY, begins=monday)
    duty = get_object_or_404(owed.select_related("organisation"), organisation=unit)
    title = _("Minggu ke-%(week)s %(year)s") % {"week": week, "year": year}
    return _talk(request, "duty", duty, title, compliance.week_address(unit, monday))


def submission_talk(request, uuid):
    """The thread on what one unit put before the plenary of another, between the two."""
    found = find_submission(request, uuid)
    if not found.between_units:
        raise Http404
    return _talk(request, "plenos.submission", found, found.label, found.get_absolute_url())


def archived_talk(request, code, uuid):
    """The thread on minutes of an earlier year."""
    unit = find_unit(request, code)
    found = get_object_or_404(register.archived(request.user, unit).select_related("organisation"), uuid=uuid)
    return _talk(request, "archived_minutes", found, found.title, found.get_absolute_url())
