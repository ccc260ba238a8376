"""The next week in one click, the standing items, what earlier plenos put off, approval of the last minutes."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bawaslu_portal.kernel import forms
from bawaslu_portal.kernel.lifecycle import NotPermitted
from bawaslu_portal.kernel.settings_store import setting
from bawaslu_portal.kernel.templatetags import portal

from .. import lifecycle, permissions, preparation, submissions
from ..forms import NewStandingForm, ReasonForm, StandingForm
from .fetch import REFUSALS, attempt, find_item, find_preparing, find_unit, place_asked, refuse


def find_keeping(request, code):
    """The unit for those who prepare its plenos; 403 for others who may know of it."""
    unit = find_unit(request, code)
    if not permissions.may_plan(request.user, unit):
        raise NotPermitted(_("Hanya Ketua, notulis, dan kepala sekretariat unit ini yang menyiapkan pleno."))
    return unit


def next_week(request, code):
    """The pleno of the next week: what it will be, and one button; the list of plenos has the same button."""
    unit = find_keeping(request, code)
    if request.method == "POST":
        pleno, slot = lifecycle.plan_next(unit, by=request.user, week=request.POST.get("week", "")[:8])
        if slot.moved_from:
            words = _("%(day)s libur (%(name)s); rapat direncanakan %(moment)s.")
            words %= {
                "day": portal.day(slot.moved_from, unit),
                "name": slot.holiday,
                "moment": portal.moment(slot.planned_at, unit),
            }
            messages.info(request, words)
        messages.success(request, _("Pleno direncanakan. Periksa agendanya, lalu terbitkan undangan."))
        return redirect(pleno.address("plenos:agenda"))
    slot = preparation.next_slot(unit)
    context = {"unit": unit, "slot": slot, "place": setting(unit, "plenos.place", slot.planned_at.date())}
    context["agenda"] = preparation.agenda_for(unit, slot.planned_at.date())
    context["waiting"] = submissions.inbox_count([unit.pk]).get(unit.pk, 0)
    return render(request, "plenos/next.html", context)


# --- the standing items ---------------------------------------------------------------------------------


def template(request, code):
    """The standing items of the weekly agenda: in order, and one more."""
    unit = find_keeping(request, code)
    form = NewStandingForm(request.POST or None)
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("title", "standing_kind", "access")}
        lifecycle.template.add(unit, by=request.user, **facts)
        messages.success(request, _("Pokok tetap ditambahkan; berlaku untuk draf berikutnya."))
        return redirect("plenos:template", code=unit.code)
    rows = preparation.template_of(unit)
    context = {
        "unit": unit,
        "rows": rows,
        "own": not rows or rows[0].pk is not None,
        "approve_last": setting(unit, "plenos.approve_last"),
    }
    return forms.page(request, "plenos/template.html", form, **context)


def _standing(unit, uuid):
    return get_object_or_404(preparation.standing_of(unit), uuid=uuid)


def template_edit(request, code, uuid):
    """Change one standing item."""
    unit = find_keeping(request, code)
    row = _standing(unit, uuid)
    form = StandingForm(request.POST or None, instance=row)
    if form.is_valid():
        lifecycle.template.edit(unit, row.uuid, by=request.user, **form.cleaned_data)
        messages.success(request, _("Pokok tetap diubah; berlaku untuk draf berikutnya."))
        return redirect("plenos:template", code=unit.code)
    return forms.page(request, "plenos/template_edit.html", form, unit=unit, row=row)


@require_POST
def template_adopt(request, code):
    """Make the usual items the unit's own, to change them."""
    unit = find_keeping(request, code)
    lifecycle.template.adopt(unit, by=request.user)
    return redirect("plenos:template", code=unit.code)


@require_POST
def template_move(request, code, uuid):
    """Give a standing item another place."""
    unit = find_keeping(request, code)
    row = _standing(unit, uuid)
    lifecycle.template.move(unit, row.uuid, by=request.user, to=place_asked(request, row))
    return redirect(reverse("plenos:template", args=[unit.code]) + f"#pokok-{row.uuid}")


@require_POST
def template_remove(request, code, uuid):
    """Take a standing item off."""
    unit = find_keeping(request, code)
    lifecycle.template.remove(unit, _standing(unit, uuid).uuid, by=request.user)
    messages.success(request, _("Pokok tetap dihapus; agenda yang sudah ada tidak berubah."))
    return redirect("plenos:template", code=unit.code)


# --- carry-over -----------------------------------------------------------------------------------------


@require_POST
def agenda_prepare(request, **address):
    """Begin a draft's agenda with the standing items, what was put off and what was submitted."""
    pleno = find_preparing(request, **address)
    lifecycle.prepare_agenda(pleno, by=request.user)
    messages.success(request, _("Pokok tetap, yang tertunda, dan usul dimasukkan ke agenda."))
    return redirect(pleno.address("plenos:agenda"))


@require_POST
def carry_over(request, uuid, **address):
    """Take an item that an earlier pleno put off onto this agenda."""
    pleno = find_preparing(request, **address)
    origin = get_object_or_404(preparation.put_off(pleno.organisation), uuid=uuid)
    item = lifecycle.carry_over(pleno, by=request.user, origin=origin)
    messages.success(request, _("Pokok yang tertunda masuk agenda."))
    return redirect(pleno.address("plenos:agenda") + f"#agenda-{item.uuid}")


def item_leave(request, uuid, **address):
    """Take a carried item off the agenda: it waits for the next one, or is dropped with a reason. Or the item that
    looks through follow-ups, with a reason."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    status = 200
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        reason = form.cleaned_data["reason"] if form.is_bound else ""
        try:
            lifecycle.remove_item(item, by=request.user, reason=reason)
        except REFUSALS as error:
            status = refuse(form, error) if form.is_bound else 409
        else:
            off = (
                _("Pokok digugurkan; alasannya tercatat.")
                if item.carried_from_id
                else _("Agenda dihapus dari susunan.")
            )
            messages.success(request, off if reason else _("Pokok menunggu pleno berikutnya."))
            return redirect(pleno.address("plenos:agenda"))
    return forms.page(request, "plenos/item_leave.html", form, status, pleno=pleno, item=item)


def item_drop(request, uuid, **address):
    """An item that this pleno put off is not taken up any more, and why."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    form = ReasonForm(request.POST or None)
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: lifecycle.drop(item, by=request.user, reason=form.cleaned_data["reason"]))
        if status == 200:
            messages.success(request, _("Pokok digugurkan; alasannya tercatat."))
            draft = preparation.preparing(pleno.organisation).first()
            return redirect(draft.address("plenos:agenda") if draft else pleno.get_absolute_url())
    return forms.page(request, "plenos/item_drop.html", form, status, pleno=pleno, item=item)


@require_POST
def approve_last(request, uuid, **address):
    """The last minutes are approved without a remark."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    lifecycle.approve_last(item, by=request.user)
    messages.success(request, _("Risalah sebelumnya disetujui tanpa catatan."))
    return redirect(pleno.address("plenos:room"))
