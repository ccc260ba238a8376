"""The list of units, one unit's overview, its name and its divisions."""

import collections

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .. import clock, exports, organisations, outbox, permissions, reset_notices, settings_store
from ..models.members import COMMISSIONERS, Membership
from ..models.organisations import Division, Organisation
from ..unit_forms import DivisionEndForm, DivisionForm, RenameForm
from . import sheets
from .base import attempt, fetch_own, fetch_unit, form_page

PAGE = 50


@exports.printable
def units(request):
    """The units that I may know of; searched by name or code, all of it in the address."""
    now = clock.now()
    found = Organisation.objects.visible_to(request.user)
    q, level = request.GET.get("q", "").strip(), request.GET.get("tingkat", "")
    if q:
        found = found.filter(Q(name__icontains=q) | Q(code__startswith=q))
    if level in dict(Organisation.LEVELS):
        found = found.filter(level=level)
    serving = Membership.objects.visible_to(request.user).at(now).filter(role__in=COMMISSIONERS)
    found = found.annotate(
        serving=Count("memberships__user", filter=Q(memberships__in=serving), distinct=True)
    ).order_by("code")
    filters = [q, dict(Organisation.LEVELS).get(level, "")]
    if response := exports.answer(request, lambda: sheets.units(found, filters)):
        return response
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "kernel/units.html", {"page": page, "q": q, "level": level, "levels": Organisation.LEVELS[:3]}
    )


@require_GET
def unit(request, code):
    """Overview: who serves, which divisions, what is set, what was lately done."""
    found = fetch_unit(request, code)
    whole = permissions.sees_unit_people(request.user, found)
    now, today = clock.now(), clock.today(found)
    serving = list(
        Membership.objects.visible_to(request.user)
        .filter(organisation=found)
        .at(now)
        .select_related("user", "division")
        .order_by("order", "id")
    )
    set_now = settings_store.values(found, ["members.seats", "paper.size"])
    return render(
        request,
        "kernel/unit.html",
        {
            "unit": found,
            "whole": whole,
            "may_change": permissions.changes_unit(request.user, found),
            "may_send": outbox.keeps_outbox(request.user, found),
            "may_number": permissions.sees_numbers(request.user, found),
            "parent": found.parent_on(today),
            "members": [m for m in serving if m.role in COMMISSIONERS],
            "seated": len({m.user_id for m in serving if m.role in COMMISSIONERS}),
            "others": [m for m in serving if m.role not in COMMISSIONERS],
            "divisions": Division.objects.visible_to(request.user).filter(organisation=found).on(today),
            "seats": set_now["members.seats"],
            "paper": set_now["paper.size"],
            "notices": reset_notices.of_unit(found, request.user) if whole else [],
            "history": organisations.recent_acts(found) if whole else [],
        },
    )


def unit_rename(request, code):
    """Correct the display name."""
    found = fetch_own(request, code)
    form = RenameForm(request.POST or None, unit=found, reader=request.user, initial={"name": found.name})
    status = 200
    if form.is_valid():
        renamed, status = attempt(
            form, lambda: organisations.rename(found, name=form.cleaned_data["name"], by=request.user)
        )
        if renamed:
            messages.success(request, _("Nama badan diperbaiki."))
            return redirect("kernel:unit", code=code)
    return form_page(
        request,
        form,
        found,
        heading=_("Perbaiki nama badan"),
        lede=_("Naskah yang sudah jadi tetap memakai nama lama."),
        action=_("Simpan"),
        up=found.name,
        up_url=reverse("kernel:unit", args=[code]),
        status=status,
    )


@require_GET
def divisions(request, code):
    """The divisions of a unit, those of today and those that were."""
    found = fetch_unit(request, code)
    today = clock.today(found)
    rows = list(Division.objects.visible_to(request.user).filter(organisation=found).order_by("order", "name"))
    serving = Membership.objects.visible_to(request.user).filter(organisation=found).at(clock.now())
    people = collections.Counter(serving.exclude(division=None).values_list("division_id", flat=True))
    for division in rows:
        division.people = people[division.pk]
    return render(
        request,
        "kernel/divisions.html",
        {
            "unit": found,
            "may_change": permissions.changes_unit(request.user, found),
            "current": [d for d in rows if d.until is None or d.until > today],
            "past": [d for d in rows if d.until is not None and d.until <= today],
        },
    )


def _fetch_division(request, code, uuid):
    found = fetch_own(request, code)
    return found, get_object_or_404(
        Division.objects.visible_to(request.user).select_related("organisation"), organisation=found, uuid=uuid
    )


def division_add(request, code):
    """A new division from a date on."""
    found = fetch_own(request, code)
    form = DivisionForm(request.POST or None, unit=found, reader=request.user)
    status = 200
    if form.is_valid():
        facts = {n: form.cleaned_data[n] for n in ("name", "short_name", "order", "since", "until")}
        division, status = attempt(form, lambda: organisations.add_division(found, by=request.user, **facts))
        if division:
            messages.success(request, _("Divisi ditambahkan."))
            return redirect("kernel:divisions", code=code)
    return form_page(
        request,
        form,
        found,
        heading=_("Tambah divisi"),
        action=_("Tambahkan"),
        up=_("Divisi"),
        up_url=reverse("kernel:divisions", args=[code]),
        status=status,
    )


def division_correct(request, code, uuid):
    """Mend how a division is written."""
    found, division = _fetch_division(request, code, uuid)
    initial = {"name": division.name, "short_name": division.short_name, "order": division.order}
    form = DivisionForm(request.POST or None, unit=found, reader=request.user, correcting=True, initial=initial)
    status = 200
    if form.is_valid():
        facts = {n: form.cleaned_data[n] for n in ("name", "short_name", "order")}
        done, status = attempt(form, lambda: organisations.correct_division(division, by=request.user, **facts))
        if done:
            messages.success(request, _("Divisi diperbaiki."))
            return redirect("kernel:divisions", code=code)
    return form_page(
        request,
        form,
        found,
        heading=_("Perbaiki divisi"),
        lede=_("Untuk salah tulis. Divisi yang berubah tugas diakhiri, lalu yang baru ditambahkan."),
        action=_("Simpan"),
        up=_("Divisi"),
        up_url=reverse("kernel:divisions", args=[code]),
        status=status,
    )


def division_end(request, code, uuid):
    """The division holds no more from a date on."""
    found, division = _fetch_division(request, code, uuid)
    form = DivisionEndForm(request.POST or None, unit=found, reader=request.user, initial={"until": clock.today(found)})
    status = 200
    if form.is_valid():
        ended, status = attempt(
            form, lambda: organisations.end_division(division, until=form.cleaned_data["until"], by=request.user)
        )
        if ended:
            messages.success(request, _("Divisi diakhiri."))
            return redirect("kernel:divisions", code=code)
    return form_page(
        request,
        form,
        found,
        heading=_("Akhiri divisi {name}").format(name=division.short_name),
        lede=_("Divisi tidak lagi dapat dipilih sejak tanggal itu. Catatan lama tetap menyebutnya."),
        action=_("Akhiri"),
        up=_("Divisi"),
        up_url=reverse("kernel:divisions", args=[code]),
        status=status,
        danger=True,
    )
