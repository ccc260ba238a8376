"""People from an Excel sheet: template, upload, preview with every wrong cell named, taking over."""

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from .. import access_links, forms, people_import, permissions
from ..lifecycle import TransitionRefused
from ..unit_forms import ImportConfirmForm, ImportForm
from .base import attempt, fetch_own

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOLDS = 2 * 60 * 60


def _salt(request, unit):
    return f"people-import:{request.user.pk}:{unit.pk}"


def people_import_upload(request, code):
    """Upload a filled sheet; the answer is its preview."""
    unit = fetch_own(request, code)
    form = ImportForm(request.POST or None, request.FILES or None, unit=unit, reader=request.user)
    sheet, status = None, 200
    if form.is_valid():
        sheet, status = attempt(form, lambda: _read(form, request.user))
    confirm = None
    if sheet and not sheet.errors:
        rows = signing.dumps(sheet.rows, salt=_salt(request, unit), compress=True)
        confirm = ImportConfirmForm(unit=unit, reader=request.user, initial={"rows": rows})
    if sheet and sheet.errors:
        status = forms.UNPROCESSABLE
    return forms.page(
        request,
        "kernel/people_import.html",
        form,
        status=status,
        unit=unit,
        units=list(people_import.units_of(request.user).values()),
        sheet=sheet,
        confirm=confirm,
        new=sum(1 for row in sheet.rows if row.get("new")) if sheet else 0,
        galat=bool(sheet and sheet.errors),
        mails=settings.EMAIL_CONFIGURED,
    )


def _read(form, by):
    upload = form.cleaned_data["file"]
    if upload.size > people_import.MOST_BYTES:
        raise ValidationError({"file": _("Berkas paling besar 2 MB.")})
    sheet = people_import.read(upload.read(), by=by)
    return sheet if sheet.errors else people_import.rehearse(sheet, by=by)


@require_POST
def people_import_confirm(request, code):
    """Take over what the preview showed."""
    unit = fetch_own(request, code)
    form = ImportConfirmForm(request.POST, unit=unit, reader=request.user)
    stale = _("Pratinjau sudah kedaluwarsa. Unggah berkasnya sekali lagi.")
    if not form.is_valid():
        raise TransitionRefused(stale)
    try:
        rows = signing.loads(form.cleaned_data["rows"], salt=_salt(request, unit), max_age=HOLDS)
        made = people_import.take_over(rows, by=request.user)
    except (signing.BadSignature, ValidationError) as error:
        raise TransitionRefused(stale) from error
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
    answer = HttpResponse(people_import.template(request.user), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="templat-orang.xlsx"'
    return answer
