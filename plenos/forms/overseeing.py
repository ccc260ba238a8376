"""What the level above may enter about delivered minutes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import remarks
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm


class ReturnForm(KeyedMixin, PortalForm):
    """Why minutes are sent back."""

    reason = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dibaca unit itu dan dasar perbaikannya: sebutkan apa yang kurang dan di mana."),
    )


class ManyForm(PortalForm):
    """Delivered minutes that were ticked, and what is to be done with all of them."""

    READ, RETURN = "baca", "kembalikan"
    lakukan = forms.ChoiceField(choices=[(READ, READ), (RETURN, RETURN)], widget=forms.HiddenInput)
    pleno = forms.ModelMultipleChoiceField(
        queryset=None,
        to_field_name="uuid",
        widget=forms.MultipleHiddenInput,
        error_messages={"required": _("Tandai paling sedikit satu risalah.")},
    )
    reason = forms.CharField(
        label=_("Alasan pengembalian"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, plenos, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pleno"].queryset = plenos

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("lakukan") == self.RETURN and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Tulis alasannya."))
        return cleaned


class AskForm(PortalForm):
    """Weeks that were ticked (74.71/2024-W34), and what is asked of each unit."""

    minggu = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput,
        error_messages={
            "required": _("Tandai paling sedikit satu minggu."),
            "invalid_choice": _("Minggu %(value)s tidak dapat Anda mintai penjelasan."),
        },
    )
    text = forms.CharField(
        label=_("Yang diminta dijelaskan"), max_length=remarks.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, weeks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["minggu"].choices = [(key, key) for key in weeks]
