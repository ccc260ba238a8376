"""Minutes of earlier years: list and page of each, and bringing them in from a sheet with its scans."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import exports, forms, import_pages, ledger, remark_forms, uploads
from bawaslu_portal.kernel.lifecycle import NotPermitted

from .. import archive as sheets
from .. import permissions, register
from ..forms.archiving import ArchiveConfirmForm, ArchiveForm
from ..lifecycle import archiving
from .fetch import find_unit

PAGE = 30
IMPORT = import_pages.ImportPage(
    "plenos/archive_import.html",
    gettext_lazy("Masukkan risalah tahun-tahun lalu"),
    upload_at="plenos:archive_import",
    confirm_at="plenos:archive_store",
    template_at="plenos:archive_template",
)


def _table(unit, rows):
    """The list as a table for Excel and paper."""
    return exports.Table(
        name="arsip-risalah",
        title=_("Risalah tahun-tahun lalu"),
        subtitle=unit.name,
        note=_("Dimasukkan dari pindaian; bukan pleno yang dicatat di portal."),
        columns=[
            exports.Column("number", _("Nomor")),
            exports.Column("dated", _("Tanggal"), "date", width=28),
            exports.Column("title", _("Perihal")),
            exports.Column("access", _("Sifat"), width=20),
            exports.Column("statement", _("Pernyataan")),
        ],
        rows=[
            {
                "number": row.number,
                "dated": row.dated,
                "title": row.title,
                "access": str(row.get_access_display()),
                "statement": row.statement,
            }
            for row in rows
        ],
    )


@exports.printable
def archive(request, code):
    """The minutes of earlier years of a body that the reader may read, the newest first."""
    unit = find_unit(request, code)
    rows = register.archived(request.user, unit).select_related("organisation")
    years = sorted({dated.year for dated in rows.order_by().values_list("dated", flat=True)}, reverse=True)
    asked = request.GET.get("year", "")
    if asked in map(str, years):
        rows = rows.filter(dated__year=int(asked))
    rows = rows.order_by("-dated", "-id")
    if response := exports.answer(request, lambda: _table(unit, rows), unit):
        return response
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "page": page,
        "years": years,
        "asked": asked,
        "may_import": permissions.may_archive(request.user, unit),
    }
    return render(request, "plenos/archive.html", context)


def _found(request, code, uuid):
    unit = find_unit(request, code)
    rows = register.archived(request.user, unit).select_related("organisation", "file", "by")
    return get_object_or_404(rows, uuid=uuid)


@require_GET
def archived(request, code, uuid):
    """One of them: what the sheet says of it, the scan, and who stated that it is true."""
    found = _found(request, code, uuid)
    talk = remark_forms.panel(request.user, found, reverse("plenos:archived_talk", args=[code, found.uuid]))
    context = {"unit": found.organisation, "minutes": found, "talk": talk}
    if permissions.may_archive(request.user, found.organisation):
        context["history"] = ledger.history_of(found)
    return render(request, "plenos/archived.html", context)


@require_GET
def archived_file(request, code, uuid):
    """The scan itself."""
    found = _found(request, code, uuid)
    return uploads.attachment(found.file, f"risalah-{found.organisation.code}-{found.dated}-{found.pk}.pdf")


def _importing(request, code):
    unit = find_unit(request, code)
    if not permissions.may_archive(request.user, unit):
        raise NotPermitted(_("Risalah tahun lalu dimasukkan Ketua, notulis, atau kepala sekretariat unit ini."))
    return unit


def _read(form, unit):
    return sheets.read(import_pages.content(form.cleaned_data["sheet"]), form.cleaned_data["scans"], organisation=unit)


def archive_import(request, code):
    """Upload a sheet and its scans; the answer is what would be stored, or every cell that is wrong."""
    unit = _importing(request, code)
    form = ArchiveForm(request.POST or None, request.FILES or None)
    said = archiving.statement(request.user, unit)
    return IMPORT.upload(request, unit, form, lambda: _read(form, unit), ArchiveConfirmForm, statement=said)


@require_POST
def archive_store(request, code):
    """Store what was checked, under the statement."""
    unit = _importing(request, code)
    form = ArchiveConfirmForm(request.POST)
    rows, status = IMPORT.rows(request, unit), 200
    if form.is_valid():
        made, status = forms.attempt(
            form, lambda: archiving.bring_in(unit, rows, by=request.user, stated=form.cleaned_data["stated"])
        )
        if made is not None:
            said = ngettext("{count} risalah disimpan di arsip.", "{count} risalah disimpan di arsip.", len(made))
            messages.success(request, said.format(count=len(made)))
            return redirect("plenos:archive", code=code)
    said = archiving.statement(request.user, unit)
    return IMPORT.show(request, unit, form, status, sheet={"rows": rows}, confirm=form, statement=said)


@require_GET
def archive_template(request, code):
    """The empty sheet."""
    _importing(request, code)
    return exports.workbook(sheets.template(), "templat-risalah-lama")
