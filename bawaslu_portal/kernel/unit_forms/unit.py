"""Forms about a unit: name, divisions, settings, letterhead, numbers, the import of people."""

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .. import catalogue, clock, numbering, organisations
from ..forms import KeyedMixin, PortalForm
from .fields import UnitFace

WEEKDAYS = [
    (1, _("Senin")),
    (2, _("Selasa")),
    (3, _("Rabu")),
    (4, _("Kamis")),
    (5, _("Jumat")),
    (6, _("Sabtu")),
    (7, pgettext_lazy("hari", "Minggu")),
]
PLACE = re.compile(r"\{[a-z]+\}")
RULE = _("Nomor keputusan pleno, surat, atau 'asumsi kerja'.")


class RenameForm(UnitFace, PortalForm):
    name = forms.CharField(label=_("Nama badan"), max_length=120, help_text=_("Seperti tertulis di portal dan naskah."))


class DivisionForm(UnitFace, KeyedMixin, PortalForm):
    name = forms.CharField(label=_("Nama divisi"), max_length=120)
    short_name = forms.CharField(label=_("Nama pendek"), max_length=40, help_text=_("Misalnya SDMO dan Diklat."))
    order = forms.IntegerField(label=_("Urutan"), min_value=1, max_value=99, initial=1)
    since = forms.DateField(label=_("Berlaku sejak"))
    until = forms.DateField(label=_("Berlaku sampai"), required=False, help_text=_("Hari pertama tidak berlaku."))

    def __init__(self, *args, correcting=False, **kwargs):
        super().__init__(*args, **kwargs)
        if correcting:
            del self.fields["since"], self.fields["until"]


class DivisionEndForm(UnitFace, PortalForm):
    until = forms.DateField(label=_("Tidak berlaku lagi sejak"))


def value_field(spec):
    """The form field for a setting of this type."""
    common = {"label": spec.label, "help_text": spec.help}
    if spec.type == "integer":
        return forms.IntegerField(min_value=spec.low, max_value=spec.high, **common)
    if spec.type == "choice":
        return forms.ChoiceField(choices=spec.choices, widget=forms.RadioSelect, **common)
    if spec.type == "flag":
        choices = [("1", _("Ya")), ("0", _("Tidak"))]
        return forms.TypedChoiceField(choices=choices, coerce=lambda v: v == "1", widget=forms.RadioSelect, **common)
    if spec.type == "weekday":
        return forms.TypedChoiceField(choices=WEEKDAYS, coerce=int, **common)
    if spec.type == "time":
        return forms.TimeField(**common)
    if spec.type == "lines":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=False, **common)
    return forms.CharField(max_length=300, required=False, **common)


def shown(spec, value):
    """The stored value as the form's field takes it."""
    if spec.type == "lines":
        return "\n".join(value)
    if spec.type == "flag":
        return "1" if value else "0"
    if spec.type == "time" and isinstance(value, str):
        return datetime.time.fromisoformat(value)
    return value


def stored(spec, value):
    """What the form gave as the JSON that is stored: lines as a list, an hour as "09:00"."""
    if spec.type == "lines":
        return [line.strip() for line in value.splitlines() if line.strip()]
    if spec.type == "time":
        return value.strftime("%H:%M")
    if spec.type == "text":
        return " ".join(value.split())
    return value


class SettingForm(UnitFace, PortalForm):
    """One setting of a unit, by its declared type, with the day it begins and where the rule stands."""

    def __init__(self, *args, spec, **kwargs):
        self.spec = spec
        super().__init__(*args, **kwargs)
        self.add("value", value_field(spec))
        self.add("since", forms.DateField(label=_("Berlaku sejak"), initial=clock.today(self.unit)))
        self.add("source", forms.CharField(label=_("Dasar"), max_length=200, help_text=RULE))

    def clean_value(self):
        value = stored(self.spec, self.cleaned_data["value"])
        if self.spec.key == "numbering.template":
            if re.search(r"[{}]", PLACE.sub("", value)):
                raise ValidationError(
                    _("Pola nomor hanya mengenal kata sederhana dalam kurung kurawal, seperti {urut}.")
                )
            numbering.write(
                value, value=1, suffix=0, code="HK.01.00", unit=".X", signer="K", day=clock.today(self.unit)
            )
            if "{urut}" not in value:
                raise ValidationError(_("Pola nomor harus memuat {urut}."))
        return value


class LetterheadForm(UnitFace, PortalForm):
    """All of the letterhead at once; only what differs is written."""

    KEYS = {
        "lines": "letterhead.lines",
        "address": "letterhead.address",
        "contact": "letterhead.contact",
        "place": "letterhead.place",
    }
    doc = ("lines", "address", "contact", "place")
    lines = forms.CharField(
        label=_("Baris kepala surat"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        help_text=_("Satu baris untuk tiap baris pada kop."),
    )
    address = forms.CharField(label=_("Alamat kantor"), max_length=300, required=False)
    contact = forms.CharField(label=_("Telepon, pos-el, laman"), max_length=300, required=False)
    place = forms.CharField(label=_("Tempat pada tanggal surat"), max_length=80)
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG atau JPEG, paling besar 1 MB. Kosongkan untuk memakai yang ada."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    remove_logo = forms.BooleanField(label=_("Hapus logo dari kop"), required=False)
    since = forms.DateField(label=_("Berlaku sejak"))
    source = forms.CharField(label=_("Dasar"), max_length=200, initial=_("Ditetapkan unit"), help_text=RULE)

    def clean_logo(self):
        logo = self.cleaned_data.get("logo")
        if not logo:
            return None
        if logo.size > organisations.LOGO_BYTES:
            raise ValidationError(_("Berkas logo paling besar 1 MB."))
        return organisations.clean_logo(logo.read())

    def changes(self):
        """The settings as typed: key and value, without the logo."""
        specs = {name: catalogue.setting_spec(key) for name, key in self.KEYS.items()}
        return {key: stored(specs[name], self.cleaned_data[name]) for name, key in self.KEYS.items()}


class SetNextForm(UnitFace, KeyedMixin, PortalForm):
    series = forms.ChoiceField(label=_("Seri"))
    year = forms.IntegerField(label=_("Tahun"), min_value=2000, max_value=2100)
    value = forms.IntegerField(label=_("Nomor urut berikutnya"), min_value=1, max_value=999999)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["series"].choices = [(s, s) for s in numbering.series_of(self.unit)]
        self.fields["year"].initial = clock.today(self.unit).year


class ReserveForm(UnitFace, KeyedMixin, PortalForm):
    kind = forms.ChoiceField(label=_("Jenis naskah"))
    value = forms.IntegerField(label=_("Nomor urut"), min_value=1, max_value=999999)
    day = forms.DateField(label=_("Tanggal surat"))
    reason = forms.CharField(label=_("Untuk surat apa"), max_length=300)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(p.name, p.label) for p in catalogue.papers() if p.numbered]
        self.fields["day"].initial = clock.today(self.unit)


class CancelNumberForm(UnitFace, PortalForm):
    reason = forms.CharField(label=_("Mengapa dibatalkan"), max_length=300)


class ImportForm(UnitFace, PortalForm):
    file = forms.FileField(
        label=_("Berkas Excel"),
        help_text=_("Templat .xlsx yang sudah diisi, paling besar 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class ImportConfirmForm(UnitFace, KeyedMixin, PortalForm):
    rows = forms.CharField(widget=forms.HiddenInput)
    post = forms.BooleanField(
        label=_("Kirim tautan undangan lewat pos-el kepada yang baru"),
        required=False,
        help_text=_("Lewat kotak keluar."),
    )
