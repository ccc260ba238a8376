"""What a form may contain where the next plenary is prepared: standing items, proposals, requests, placing."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm, PortalModelForm
from bawaslu_portal.kernel.models import Division

from ..models import Decision, Submission, TemplateItem
from ..models.items import DIVISION_REPORT, FOLLOW_UPS
from .fields import AttachmentsField

KINDS = [
    ("", _("Pokok tetap, dengan judulnya sendiri")),
    (FOLLOW_UPS, _("Tindak lanjut minggu lalu: daftar yang belum selesai ikut tampil")),
    (DIVISION_REPORT, _("Laporan dan rencana: satu pokok tiap divisi")),
]


class StandingForm(PortalModelForm):
    """One standing item of the weekly agenda."""

    standing_kind = forms.ChoiceField(label=_("Isinya"), choices=KINDS, required=False)

    class Meta:
        model = TemplateItem
        fields = ("title", "standing_kind", "access")


class NewStandingForm(KeyedMixin, StandingForm):
    class Meta(StandingForm.Meta):
        pass


class ProposalForm(KeyedMixin, PortalModelForm):
    """An item proposed for the own unit's plenary."""

    doc = ("summary",)
    field_order = ("label", "summary", "files", "category", "access", "division")

    category = forms.ChoiceField(
        label=_("Kategori keputusan"), choices=[("", "–"), *Decision.CATEGORIES], required=False
    )
    access = forms.ChoiceField(
        label=_("Sifat"),
        choices=[("closed", _("Tertutup")), ("open", _("Terbuka"))],
        help_text=_("Usul tertutup hanya dibaca Ketua, Anggota, sekretariat, dan pengusulnya."),
    )
    files = AttachmentsField(required=False)
    division = forms.ModelChoiceField(
        label=_("Atas nama divisi"), queryset=Division.objects.none(), required=False, empty_label="–"
    )

    class Meta:
        model = Submission
        fields = ("label", "summary", "category", "access", "division")
        widgets = {"summary": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "label": _("Seperti akan tertulis di agenda, misalnya “Jadwal piket posko aduan”."),
            "summary": _("Mengapa perlu dibahas, dan apa yang diusulkan untuk diputuskan."),
        }

    def __init__(self, *args, unit, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = (
            Division.objects.visible_to(user).filter(organisation=unit).on(clock.today(unit))
        )

    def facts(self):
        """What ``intake.propose`` takes."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "files")}


class RequestForm(KeyedMixin, PortalModelForm):
    """What the level above asks a unit's plenary to follow up."""

    doc = ("summary",)

    class Meta:
        model = Submission
        fields = ("label", "summary", "due")
        widgets = {"summary": forms.Textarea(attrs={"rows": 6})}
        help_texts = {"due": _("Boleh kosong.")}

    def __init__(self, *args, unit, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.fields["due"].required = False

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due and due < clock.today(self.unit):
            raise ValidationError(_("Tenggat ini sudah lewat."))
        return due

    def facts(self):
        """What ``intake.ask_follow_up`` takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class PlaceForm(PortalForm):
    """On which agenda a submission is placed: of a draft or invited pleno, or the next that is drawn up."""

    pleno = forms.ModelChoiceField(
        label=_("Agendakan pada"), queryset=None, required=False, empty_label=_("Pleno berikutnya yang direncanakan")
    )

    def __init__(self, *args, plenos, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pleno"].queryset = plenos
        self.fields["pleno"].label_from_instance = lambda pleno: pleno.title
        self.initial.setdefault("pleno", plenos.first())
