"""People from an Excel sheet: template, upload, preview with every wrong cell named, taking over."""

import functools

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from .. import access_links, exports, import_pages, people_import, permissions
from ..unit_forms import ImportConfirmForm, ImportForm
from .base import fetch_own

PAGE = import_pages.ImportPage(
    "kernel/people_import.html",
    gettext_lazy("Impor orang dari Excel"),
    upload_at="kernel:people_import",
    confirm_at="kernel:people_import_confirm",
    template_at="kernel:people_import_template",
)


def people_import_upload(request, code):
    """Upload a filled sheet; the answer is its preview."""
    unit = fetch_own(request, code)
    form = ImportForm(request.POST or None, request.FILES or None, unit=unit, reader=request.user)
    confirm = functools.partial(ImportConfirmForm, unit=unit, reader=request.user)
    context = {"units": list(people_import.units_of(request.user).values()), "mails": settings.EMAIL_CONFIGURED}
    return PAGE.upload(request, unit, form, lambda: _read(form, request.user), confirm, **context)


def _read(form, by):
    sheet = people_import.read(import_pages.content(form.cleaned_data["file"]), by=by)
    return sheet if sheet.errors else people_import.rehearse(sheet, by=by)


@require_POST
def people_import_confirm(request, code):
    """Take over what the preview showed."""
    unit = fetch_own(request, code)
    form = ImportConfirmForm(request.POST, unit=unit, reader=request.user)
    rows = PAGE.rows(request, unit)
    if not form.is_valid():
        raise import_pages.stale()
    try:
        made = people_import.take_over(rows, by=request.user)
    except ValidationError as error:
        raise import_pages.stale() from error
    if form.cleaned_data["post"]:
        for membership in made:
            person = membership.user
            if not person.has_usable_password() and permissions.administers_person(request.user, person):
                access_links.issue(person, membership.organisation, "invitation", by=request.user, post=True)
    messages.success(
        request,
        ngettext("{count} keanggotaan dicatat.", "{count} keanggotaan dicatat.", len(made)).format(count=len(made)),
    )
    codes = sorted({membership.organisation.code for membership in made})
    if len(codes) > 1:
        return redirect("kernel:units")
    return redirect(f"{reverse('kernel:people', args=[codes[0] if codes else code])}?status=belum-masuk")


@require_GET
def people_import_template(request, code):
    """The empty sheet."""
    fetch_own(request, code)
    return exports.workbook(people_import.template(request.user), "templat-orang")
