"""The numbering of a unit: schemes, counters, numbers used elsewhere, numbers cancelled, the register."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import catalogue, clock, exports, numbering, permissions
from ..models.documents import NumberUse
from ..unit_forms import CancelNumberForm, ReserveForm, SetNextForm
from . import sheets
from .base import attempt, fetch_unit, form_page

PAGE = 50


def _schemes(unit, today):
    rows = []
    for paper in catalogue.papers():
        if not paper.numbered:
            continue
        rules = numbering.scheme(unit, paper.name, today)
        try:
            example = numbering.write(
                rules["template"], value=1, suffix=0, code=rules["code"], unit=rules["unit"], signer="K", day=today
            )
        except Exception as error:  # a pattern set outside the form: say what is wrong with it
            example = "; ".join(getattr(error, "messages", [str(error)]))
        rows.append({"paper": paper, **rules, "example": example})
    return rows


@exports.printable
def numbers(request, code):
    """How papers are numbered here, where the counters stand, and every number given."""
    unit = fetch_unit(request, code, permissions.sees_numbers)
    today = clock.today(unit)
    rows = NumberUse.objects.visible_to(request.user).filter(organisation=unit).select_related("by")
    years = sorted({*rows.order_by().values_list("year", flat=True).distinct(), today.year}, reverse=True)
    asked = {name: request.GET.get(name, "").strip() for name in ("tahun", "seri", "keadaan", "q")}
    if asked["tahun"].isdecimal():
        rows = rows.filter(year=int(asked["tahun"][:4]))
    if asked["seri"]:
        rows = rows.filter(series=asked["seri"])
    if asked["keadaan"] in dict(NumberUse.STATES):
        rows = rows.filter(state=asked["keadaan"])
    if asked["q"]:
        rows = rows.filter(text__icontains=asked["q"])
    rows = rows.order_by("-year", "series", "-value", "-suffix", "-id")
    labels = {paper.name: paper.label for paper in catalogue.papers()}

    def lines(uses):
        return [(use, labels.get(use.kind, "")) for use in uses]

    if response := exports.answer(request, lambda: sheets.numbers(unit, lines(rows), asked.values()), unit):
        return response
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "kernel/numbering.html",
        {
            "unit": unit,
            "schemes": _schemes(unit, today),
            "counters": numbering.counters(unit),
            "page": page,
            "lines": lines(page),
            "asked": asked,
            "years": years,
            "series": numbering.series_of(unit),
            "states": NumberUse.STATES,
            "may_manage": permissions.manages_numbers(request.user, unit),
            "may_change": permissions.changes_unit(request.user, unit),
        },
    )


def number_next(request, code):
    """Set the next number of a series, when the portal takes over from an agenda book."""
    unit = fetch_unit(request, code, permissions.manages_numbers)
    form = SetNextForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        _done, status = attempt(
            form, lambda: numbering.set_next(unit, typed["series"], typed["year"], typed["value"], by=request.user)
        )
        if status == 200:
            messages.success(request, _("Nomor berikutnya ditetapkan."))
            return redirect("kernel:numbering", code=code)
    return form_page(
        request,
        form,
        unit,
        heading=_("Tetapkan nomor berikutnya"),
        lede=_("Dipakai ketika portal meneruskan buku agenda. Hanya dapat maju melewati nomor yang sudah terpakai."),
        action=_("Tetapkan"),
        up=_("Penomoran"),
        up_url=reverse("kernel:numbering", args=[code]),
        status=status,
    )


def number_reserve(request, code):
    """Mark a number as used outside the portal."""
    unit = fetch_unit(request, code, permissions.manages_numbers)
    form = ReserveForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        done, status = attempt(
            form,
            lambda: numbering.reserve(
                unit, typed["kind"], typed["value"], day=typed["day"], reason=typed["reason"], by=request.user
            ),
        )
        if done:
            messages.success(request, _("Nomor {number} ditandai dipakai di luar portal.").format(number=done.text))
            return redirect("kernel:numbering", code=code)
    return form_page(
        request,
        form,
        unit,
        heading=_("Tandai nomor yang dipakai di luar portal"),
        lede=_("Portal melewati nomor ini bila gilirannya tiba."),
        action=_("Tandai"),
        up=_("Penomoran"),
        up_url=reverse("kernel:numbering", args=[code]),
        status=status,
    )


def number_cancel(request, code, uuid):
    """Mark a number BATAL: it is kept and never given again."""
    unit = fetch_unit(request, code, permissions.manages_numbers)
    use = get_object_or_404(NumberUse.objects.visible_to(request.user), organisation=unit, uuid=uuid)
    form = CancelNumberForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        done, status = attempt(form, lambda: numbering.cancel(use, reason=form.cleaned_data["reason"], by=request.user))
        if done:
            messages.success(request, _("Nomor {number} ditandai BATAL.").format(number=done.text))
            return redirect("kernel:numbering", code=code)
    return form_page(
        request,
        form,
        unit,
        heading=_("Batalkan nomor {number}").format(number=use.text),
        lede=_(
            "Nomor tetap tercatat dengan tanda BATAL dan tidak pernah dipakai lagi. Naskahnya sendiri tidak berubah."
        ),
        action=_("Batalkan nomor"),
        up=_("Penomoran"),
        up_url=reverse("kernel:numbering", args=[code]),
        status=status,
        danger=True,
    )
