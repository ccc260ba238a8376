"""Bringing in minutes of earlier years: the sheet and its scans, then the statement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once. Cleans to the list of uploads."""

    widget = SeveralFiles(attrs={"accept": "application/pdf,.pdf,.zip"})

    def clean(self, data, initial=None):
        uploads = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in uploads or [None]]


class ArchiveForm(PortalForm):
    sheet = forms.FileField(
        label=_("Lembar Excel"),
        help_text=_("Templat .xlsx yang sudah diisi, paling besar 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    scans = FilesField(
        label=_("Pindaian risalah"),
        help_text=_("Beberapa PDF, atau satu zip berisi PDF; masing-masing paling besar 15 MB."),
    )


class ArchiveConfirmForm(KeyedMixin, PortalForm):
    rows = forms.CharField(widget=forms.HiddenInput)
    stated = forms.BooleanField(
        label=_("Saya menyatakan pindaian ini sesuai dengan risalah aslinya di kertas"),
        error_messages={"required": _("Nyatakan bahwa pindaiannya sesuai dengan aslinya.")},
    )
