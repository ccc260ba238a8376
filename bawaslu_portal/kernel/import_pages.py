"""The page of an import: a sheet is uploaded, every wrong cell named or all of it shown, and exactly that confirmed."""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from . import forms, workbooks
from .lifecycle import TransitionRefused

HOLDS = 2 * 60 * 60


@dataclass(frozen=True)
class ImportPage:
    """``template`` extends ``components/import.html``; the addresses are named and ask for the unit's code."""

    template: str
    heading: str
    upload_at: str
    confirm_at: str
    template_at: str

    def _salt(self, request, unit):
        return f"{self.upload_at}:{request.user.pk}:{unit.pk}"

    def upload(self, request, unit, form, read, confirm, **context):
        """The upload form; after an upload the wrong cells, or the preview with the form that ``confirm`` makes.

        ``read()`` gives a ``Sheet``; the rows travel in the field ``rows``, signed for this reader and unit.
        """
        sheet, status, confirming = None, 200, None
        if form.is_valid():
            sheet, status = forms.attempt(form, read)
        wrong = bool(sheet and sheet.errors)
        if wrong:
            status = forms.UNPROCESSABLE
        elif sheet:
            rows = signing.dumps(sheet.rows, salt=self._salt(request, unit), compress=True)
            confirming = confirm(initial={"rows": rows})
        return self.show(request, unit, form, status, sheet=sheet, confirm=confirming, galat=wrong, **context)

    def show(self, request, unit, form, status=200, **context):
        """The page itself. Needs: ``sheet`` and ``confirm``, each may be None."""
        context["heading"] = self.heading
        for name, address in (
            ("upload_url", self.upload_at),
            ("confirm_url", self.confirm_at),
            ("template_url", self.template_at),
        ):
            context[name] = reverse(address, args=[unit.code])
        return forms.page(request, self.template, form, status, unit=unit, **context)

    def rows(self, request, unit):
        """The rows of the preview that this reader confirms, unaltered. Raises TransitionRefused for all else."""
        try:
            return signing.loads(request.POST.get("rows", ""), salt=self._salt(request, unit), max_age=HOLDS)
        except signing.BadSignature as error:
            raise stale() from error


def stale():
    """The refusal of a preview that no longer holds."""
    return TransitionRefused(_("Pratinjau sudah kedaluwarsa. Unggah berkasnya sekali lagi."))


def content(upload):
    """The bytes of an uploaded sheet, no more of them than tell that it is too large."""
    return upload.read(workbooks.MOST_BYTES + 1)
