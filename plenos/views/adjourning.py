"""Coming and going in one press, standing still and going on, and the follow-up pleno."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bawaslu_portal.kernel import forms
from bawaslu_portal.kernel.lifecycle import NotPermitted

from .. import lifecycle, permissions, queries
from ..forms import AdjournForm, ContinueForm, ResumeForm
from ..models.items import WAITING
from ..models.sessions import ADJOURNED, OPEN
from .fetch import attempt, find, find_preparing
from .meeting import roll_row


def _step(request, verb, uuid, **address):
    pleno = find_preparing(request, **address)
    attendee = get_object_or_404(pleno.attendees.all(), uuid=uuid)
    attendee.pleno = pleno
    verb(attendee, by=request.user)
    if not request.htmx:
        return redirect(pleno.address("plenos:room") + "#h-hadir")
    return roll_row(request, pleno, attendee)


@require_POST
def step_out(request, uuid, **address):
    """Someone leaves the room now."""
    return _step(request, lifecycle.step_out, uuid, **address)


@require_POST
def step_in(request, uuid, **address):
    """Someone arrives or comes back now."""
    return _step(request, lifecycle.step_in, uuid, **address)


def adjourn(request, **address):
    """Let the session stand still, with a reason."""
    pleno = find_preparing(request, **address)
    form = AdjournForm(request.POST or None, pleno=pleno)
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: lifecycle.adjourn(pleno, by=request.user, **form.facts()))
        if status == 200:
            messages.success(request, _("Rapat diskors."))
            return redirect(pleno.address("plenos:resume"))
    return forms.page(request, "plenos/adjourn.html", form, status, pleno=pleno, now_possible=pleno.state == OPEN)


def resume(request, **address):
    """The session as it stands adjourned; those who log let it go on with those who are back."""
    pleno = find_preparing(request, **address) if request.method == "POST" else find(request, **address)
    if not permissions.reach(request.user, pleno).notes:
        raise NotPermitted(_("Ruang pleno hanya untuk Ketua, Anggota, notulis, dan kepala sekretariat unit ini."))
    pause = pleno.adjournments.last()
    if pause is None or (request.method == "GET" and pleno.state != ADJOURNED):
        return redirect(pleno.address("plenos:room"))
    attendees = list(pleno.attendees.with_absences())
    form = ResumeForm(request.POST or None, pleno=pleno, attendees=attendees, since=pause.since)
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: lifecycle.resume(pleno, by=request.user, **form.facts()))
        if status == 200:
            messages.success(request, _("Rapat dilanjutkan."))
            return redirect(pleno.address("plenos:room"))
    context = {"pleno": pleno, "pause": pause, "may_log": permissions.may_prepare(request.user, pleno)}
    return forms.page(request, "plenos/adjourned.html", form, status, **context)


def continue_later(request, **address):
    """End the session and plan the pleno that goes on with the rest."""
    pleno = find_preparing(request, **address)
    form = ContinueForm(request.POST or None, pleno=pleno)
    status = 200
    if form.is_valid():
        later, status = attempt(form, lambda: lifecycle.continue_later(pleno, by=request.user, **form.facts()))
        if status == 200:
            messages.success(request, _("Pleno ditutup dan pleno lanjutan direncanakan. Terbitkan undangannya."))
            return redirect(later)
    context = {
        "pleno": pleno,
        "rest": queries.items_of(request.user, pleno).filter(fate__in=(WAITING, "deferred")),
        "now_possible": pleno.state in (OPEN, ADJOURNED),
    }
    return forms.page(request, "plenos/continue_later.html", form, status, **context)
