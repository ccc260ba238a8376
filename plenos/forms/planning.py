"""What a form may contain before the session: plan, agenda, guests, invitation and its changes."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm, PortalModelForm, VersionedMixin
from bawaslu_portal.kernel.models import Membership

from ..models import AgendaItem, Pleno
from .fields import LocalDateTimeField, MeetingLink, MembershipChoice, NumberMixin, WeekField, members_of, takers_of


class PlenoForm(PortalForm):
    """Facts of a pleno that is planned or rescheduled, in the unit's zone."""

    narrow = ("week",)

    week = WeekField(
        label=_("Untuk minggu"),
        help_text=_("Minggu yang diwakili pleno ini, misalnya 2024-W34. Laporan terlambat tetap milik minggunya."),
        error_messages={"required": _("Isi minggu yang diwakili pleno ini, misalnya 2024-W34.")},
    )
    planned_at = LocalDateTimeField(label=_("Hari dan jam"))
    place = forms.CharField(label=_("Tempat"), max_length=200)
    link = MeetingLink()
    access = forms.ChoiceField(
        label=_("Jenis rapat"), choices=Pleno.ACCESS, help_text=_("Dipilih Ketua dan Anggota: tertutup atau terbuka.")
    )
    occasion = forms.ChoiceField(label=_("Kesempatan"), choices=Pleno.OCCASIONS)
    urgent = forms.BooleanField(
        label=_("Rapat mendesak"),
        required=False,
        help_text=_("Jarak undangannya menurut aturan unit untuk rapat mendesak; surat undangan menyebutnya."),
    )
    chair = MembershipChoice(
        label=_("Pimpinan rapat"),
        queryset=Membership.objects.none(),
        help_text=_("Ketua; bila berhalangan, anggota tertua."),
    )
    chair_reason = forms.CharField(
        label=_("Alasan memilih pimpinan lain"), required=False, max_length=200, help_text=_("Kosongkan bila Ketua.")
    )
    note_taker = MembershipChoice(label=_("Notulis"), queryset=Membership.objects.none(), required=False)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["planned_at"].zone = organisation.zone
        self.fields["planned_at"].help_text = _("Waktu setempat (%s).") % organisation.zone_label
        moments = [clock.now(), *self._hour()]
        for name, people, order in (("chair", members_of, "role"), ("note_taker", takers_of, "-role")):
            self.fields[name].queryset = people(organisation, *moments).select_related("user").order_by(order, "order")

    def _hour(self):
        """The hour of the pleno as typed or proposed, if it can be read: who was in office then may be chosen."""
        try:
            hour = self.fields["planned_at"].to_python(self["planned_at"].value())
        except ValidationError:
            return []
        return [hour] if hour else []

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("week") and cleaned.get("planned_at"):
            monday = datetime.date.fromisocalendar(*cleaned["week"], 1)
            day = cleaned["planned_at"].astimezone(self.organisation.zone).date()
            if abs((day - monday).days) > 60:
                self.add_error(
                    "week", _("Minggu ini terpaut lebih dari dua bulan dari hari rapat. Periksa tahun dan nomornya.")
                )
        return cleaned

    def facts(self):
        """What ``lifecycle.plan`` takes."""
        cleaned = dict(self.cleaned_data)
        cleaned.pop("request_key", None)
        cleaned.pop("version", None)
        cleaned["year"], cleaned["week"] = cleaned.pop("week")
        return cleaned


class PlanForm(KeyedMixin, PlenoForm):
    """Planning: also the agenda, one item a line, and whether the session was already held."""

    doc = ("agenda",)

    agenda = forms.CharField(
        label=_("Agenda"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Satu pokok agenda tiap baris; dapat diatur lagi sesudah disimpan."),
    )
    guests = forms.CharField(
        label=_("Undangan lain"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Satu orang tiap baris: nama, jabatan. Undangan tidak dihitung dalam kuorum."),
    )
    recorded_late = forms.BooleanField(
        label=_("Pleno ini sudah berlangsung, dicatat kemudian"),
        required=False,
        help_text=_("Setiap kejadian ditulis dengan waktunya, di samping waktu pencatatan."),
    )

    prepare = forms.BooleanField(
        label=_("Isi dengan agenda tetap, yang ditunda, dan kotak masuk"),
        required=False,
        help_text=_("Pokok itu mendahului agenda yang ditulis di atas; dapat diatur lagi sesudah disimpan."),
    )

    def clean_agenda(self):
        titles = [line.strip() for line in self.cleaned_data["agenda"].splitlines() if line.strip()]
        if any(len(title) > 200 for title in titles):
            raise ValidationError(_("Satu pokok agenda paling panjang 200 huruf; uraian ditulis di latar belakang."))
        if len(titles) > 100:
            raise ValidationError(_("Paling banyak 100 pokok agenda dalam satu pleno."))
        return titles

    def clean_guests(self):
        rows = []
        for line in self.cleaned_data["guests"].splitlines():
            name, _comma, title = line.partition(",")
            if name.strip():
                rows.append({"name": name.strip()[:120], "title": title.strip()[:120]})
        return rows

    def clean(self):
        cleaned = super().clean()
        planned = cleaned.get("planned_at")
        if planned and cleaned.get("recorded_late") and planned > clock.now():
            self.add_error("planned_at", _("Pleno yang sudah berlangsung tidak mungkin di masa depan."))
        if cleaned.get("recorded_late"):
            cleaned["prepare"] = False  # its agenda is what was really dealt with
        if planned and not cleaned.get("recorded_late") and planned < clock.now() - datetime.timedelta(hours=12):
            self.add_error(
                "planned_at", _("Waktu ini sudah lewat. Ubah waktunya, atau tandai pleno ini sudah berlangsung.")
            )
        return cleaned


class EditForm(VersionedMixin, PlenoForm):
    """Changing a draft. The week stays: plan another pleno for another week."""

    def __init__(self, *args, recorded_late=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.recorded_late = recorded_late
        del self.fields["week"]

    def clean(self):
        cleaned = super().clean()
        planned = cleaned.get("planned_at")
        if planned and self.recorded_late and planned > clock.now():
            self.add_error("planned_at", _("Pleno yang sudah berlangsung tidak mungkin di masa depan."))
        return cleaned

    def facts(self):
        cleaned = dict(self.cleaned_data)
        cleaned.pop("version", None)
        return cleaned


class InviteForm(KeyedMixin, NumberMixin, PortalForm):
    def __init__(self, *args, source, **kwargs):
        super().__init__(*args, **kwargs)
        self.drop_number(source)


class RescheduleForm(KeyedMixin, NumberMixin, PortalForm):
    planned_at = LocalDateTimeField(label=_("Hari dan jam baru"))
    place = forms.CharField(label=_("Tempat"), max_length=200)
    link = MeetingLink()
    reason = forms.CharField(label=_("Alasan perubahan"), max_length=300)
    field_order = ("planned_at", "place", "link", "reason", "number", "dated")

    def __init__(self, *args, source, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["planned_at"].zone = organisation.zone
        self.fields["planned_at"].help_text = _("Waktu setempat (%s).") % organisation.zone_label
        self.drop_number(source)


class CancelForm(KeyedMixin, NumberMixin, PortalForm):
    reason = forms.CharField(label=_("Alasan pembatalan"), max_length=300)
    field_order = ("reason", "number", "dated")

    def __init__(self, *args, source, invited, **kwargs):
        super().__init__(*args, **kwargs)
        self.drop_number(source if invited else "portal")
        if not invited:
            del self.fields["dated"]


class ItemForm(PortalModelForm):
    """One item of the agenda."""

    class Meta:
        model = AgendaItem
        fields = ("title", "background", "proposer", "access")
        widgets = {"background": forms.Textarea(attrs={"rows": 3})}


class EditItemForm(VersionedMixin, ItemForm):
    class Meta(ItemForm.Meta):
        pass


class NewItemForm(KeyedMixin, ItemForm):
    class Meta(ItemForm.Meta):
        pass


class GuestForm(KeyedMixin, PortalForm):
    name = forms.CharField(label=_("Nama"), max_length=120)
    title = forms.CharField(label=_("Jabatan atau instansi"), max_length=120, required=False)
