"""What is said about a week without a pleno: a reason, an answer, more time."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm

from ..compliance import HELD_DUTY, MINUTES_DUTY
from .fields import LocalDateTimeField


def _reason(help_text):
    return forms.CharField(
        label=_("Alasan"), max_length=500, help_text=help_text, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoneHeldForm(KeyedMixin, PortalForm):
    """Why there was none."""

    reason = _reason(_("Dibaca unit ini dan unit di atasnya. Pleno yang tertunda lebih baik dicatat pada minggunya."))


class AnswerForm(KeyedMixin, PortalForm):
    """Excused or not."""

    answer = forms.ChoiceField(
        label=_("Jawaban"),
        choices=[("granted", _("Bebaskan minggu ini")), ("declined", _("Tidak dibebaskan"))],
        widget=forms.RadioSelect,
    )
    reason = _reason(_("Dibaca unit yang menyatakan alasan."))
    field_order = ("answer", "reason")


class ExtendForm(KeyedMixin, PortalForm):
    """More time for the session or for its minutes."""

    duty = forms.ChoiceField(
        label=_("Yang diperpanjang"),
        choices=[(HELD_DUTY, _("Mengadakan pleno")), (MINUTES_DUTY, _("Mengesahkan dan mengirim risalah"))],
        widget=forms.RadioSelect,
        initial=MINUTES_DUTY,
    )
    until = LocalDateTimeField(label=_("Sampai"), help_text=_("Waktu unit. Tenggat semula tetap tercatat."))
    reason = _reason(_("Dibaca unit yang diberi waktu."))
    field_order = ("duty", "until", "reason")

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["until"].zone = organisation.zone
