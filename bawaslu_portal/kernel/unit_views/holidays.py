"""Days on which nobody works: the national list, the regional days of a province, a unit's own closures."""

import functools

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from .. import clock, exports, holidays, holidays_import, import_pages
from ..lifecycle import NotPermitted
from ..models.duties import Holiday
from ..unit_forms import HolidayConfirmForm, HolidayForm, HolidayImportForm, HolidayRemoveForm
from . import sheets
from .base import attempt, fetch_unit, form_page

PAGE = import_pages.ImportPage(
    "kernel/holidays_import.html",
    gettext_lazy("Impor hari libur dari Excel"),
    upload_at="kernel:holidays_import",
    confirm_at="kernel:holidays_import_confirm",
    template_at="kernel:holidays_import_template",
)
ENTERED = {holidays.HOLIDAY: holidays.may_keep_holidays, holidays.CLOSURE: holidays.may_close}


def _kinds(user, unit):
    """What the reader may enter for the unit."""
    return [kind for kind, may in ENTERED.items() if may(user, unit)]


def _year(request, unit):
    asked, this = request.GET.get("tahun", ""), clock.today(unit).year
    return int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2099 else this


def _back(code, year):
    return redirect(f"{reverse('kernel:holidays', args=[code])}?tahun={year}")


@exports.printable
def holiday_list(request, code):
    """The days of a year that hold in the unit, whoever keeps them, and what the unit took back."""
    unit = fetch_unit(request, code)
    year = _year(request, unit)
    rows, kinds = list(holidays.of(unit, year)), _kinds(request.user, unit)
    if response := exports.answer(request, lambda: sheets.holidays(unit, year, rows), unit):
        return response
    for row in rows:
        row.removable = row.organisation_id == unit.pk and row.kind in kinds
    context = {
        "unit": unit,
        "year": year,
        "rows": rows,
        "removed": holidays.removed(unit, year),
        "may_enter": bool(kinds),
        "may_import": holidays.HOLIDAY in kinds,
    }
    return render(request, "kernel/holidays.html", context)


def _entering(request, code, *needed):
    """The unit and what the reader may enter there; 403 for who may enter nothing (of what is ``needed``)."""
    unit = fetch_unit(request, code)
    kinds = _kinds(request.user, unit)
    if not kinds or not set(needed) <= set(kinds):
        raise NotPermitted(_("Peran Anda tidak berwenang melakukan ini."))
    return unit, kinds


def holiday_add(request, code):
    """A holiday for those below, or a closure of the unit."""
    unit, kinds = _entering(request, code)
    form, status = HolidayForm(request.POST or None, unit=unit, reader=request.user, kinds=kinds), 200
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("kind", "first", "last", "name")}
        row, status = attempt(form, lambda: holidays.add(unit, by=request.user, **facts))
        if row:
            messages.success(request, _("Tanggal tercatat. Kewajiban yang sudah dibuat tetap memakai tenggatnya."))
            return _back(code, row.first.year)
    return form_page(
        request,
        form,
        unit,
        heading=_("Catat hari libur atau kantor tutup"),
        action=_("Catat"),
        up=_("Hari libur"),
        up_url=reverse("kernel:holidays", args=[code]),
        status=status,
    )


def holiday_remove(request, code, uuid):
    """Take back what the unit itself had entered."""
    unit = fetch_unit(request, code)
    row = get_object_or_404(Holiday.objects.visible_to(request.user).filter(organisation=unit), uuid=uuid)
    if not ENTERED[row.kind](request.user, unit):
        raise NotPermitted(_("Peran Anda tidak berwenang melakukan ini."))
    form, status = HolidayRemoveForm(request.POST or None, unit=unit, reader=request.user), 200
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done, status = attempt(form, lambda: holidays.remove(row, reason=reason, by=request.user))
        if done:
            messages.success(request, _("Tanggal dihapus; alasannya tetap tercatat."))
            return _back(code, row.first.year)
    return form_page(
        request,
        form,
        unit,
        heading=_("Hapus {name}").format(name=row.name),
        action=_("Hapus"),
        up=_("Hari libur"),
        up_url=reverse("kernel:holidays", args=[code]),
        lede=_("Kewajiban yang sudah dibuat tetap memakai tenggatnya."),
        status=status,
        danger=True,
    )


def _read(form, unit):
    sheet = holidays_import.read(import_pages.content(form.cleaned_data["file"]), form.cleaned_data["year"])
    if not sheet.errors:
        holidays_import.mark(sheet.rows, unit)
    return sheet


def holidays_import_upload(request, code):
    """Upload a filled sheet; the answer is its preview."""
    unit, _kinds = _entering(request, code, holidays.HOLIDAY)
    form = HolidayImportForm(
        request.POST or None,
        request.FILES or None,
        unit=unit,
        reader=request.user,
        initial={"year": _year(request, unit)},
    )
    confirm = functools.partial(HolidayConfirmForm, unit=unit, reader=request.user)
    return PAGE.upload(request, unit, form, lambda: _read(form, unit), confirm)


@require_POST
def holidays_import_confirm(request, code):
    """Take over what the preview showed."""
    unit, _kinds = _entering(request, code, holidays.HOLIDAY)
    form = HolidayConfirmForm(request.POST, unit=unit, reader=request.user)
    rows = PAGE.rows(request, unit)
    if not form.is_valid():
        raise import_pages.stale()
    try:
        made = holidays_import.take_over(rows, unit, by=request.user)
    except ValidationError as error:
        raise import_pages.stale() from error
    messages.success(
        request, ngettext("{count} hari libur dicatat.", "{count} hari libur dicatat.", made).format(count=made)
    )
    return _back(code, rows[0]["first"][:4])


@require_GET
def holidays_import_template(request, code):
    """The empty sheet."""
    _entering(request, code, holidays.HOLIDAY)
    return exports.workbook(holidays_import.template(), "templat-hari-libur")
