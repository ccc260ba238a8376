"""Forms about days on which nobody works."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import holidays
from ..forms import KeyedMixin, PortalForm
from .fields import UnitFace
from .unit import ImportForm


class HolidayForm(UnitFace, KeyedMixin, PortalForm):
    """One holiday of the list, or one closure: what the reader may enter for this unit."""

    KINDS = (
        (holidays.HOLIDAY, _("Hari libur, berlaku bagi unit ini dan semua di bawahnya")),
        (holidays.CLOSURE, _("Kantor tutup, berlaku bagi unit ini saja")),
    )
    kind = forms.ChoiceField(label=_("Yang dicatat"), choices=KINDS, widget=forms.RadioSelect)
    first = forms.DateField(label=_("Tanggal"))
    last = forms.DateField(label=_("Sampai dengan"), required=False, help_text=_("Kosongkan bila satu hari."))
    name = forms.CharField(label=_("Nama hari libur atau alasan kantor tutup"), max_length=200)

    def __init__(self, *args, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in self.KINDS if choice[0] in kinds]
        self.fields["kind"].initial = next(iter(kinds), None)
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.order_fields(sorted(self.fields, key=lambda name: self.fields[name].widget.is_hidden))


class HolidayRemoveForm(UnitFace, PortalForm):
    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Tetap tercatat di bawah daftar."))


class HolidayConfirmForm(UnitFace, KeyedMixin, PortalForm):
    rows = forms.CharField(widget=forms.HiddenInput)


class HolidayImportForm(ImportForm):
    field_order = ("year", "file")
    year = forms.IntegerField(label=_("Tahun"), min_value=2000, max_value=2099)
