"""What a form may contain once the session is closed: words, number, confirmation, signatures on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm

from .fields import LONGEST_TEXT, NumberMixin, ScanField


class WordsForm(PortalForm):
    """The opening and closing words of the minutes."""

    stored = None  # the pleno as someone else saved it meanwhile, to be shown beside

    doc = ("opening_words", "closing_words")

    opening_words = forms.CharField(
        label=_("Kata pembuka"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    closing_words = forms.CharField(
        label=_("Kata penutup"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    # The digest of the stored words that were read (lifecycle.words_digest): without it nothing is saved over.
    words_read = forms.CharField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False, max_length=64)


class PutUpForm(KeyedMixin, NumberMixin, PortalForm):
    """Number and date of the Berita Acara; the number is kept once it was drawn."""

    def __init__(self, *args, source, kept, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Nomor Berita Acara")
        self.fields["dated"].label = _("Tanggal Berita Acara")
        self.fields["dated"].help_text = _("Kosong berarti hari pleno.")
        self.drop_number("kept" if kept else source)
        if kept:
            del self.fields["dated"]


class DigestForm(KeyedMixin, PortalForm):
    """The digest that was read, confirmed as such."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class ExcuseForm(DigestForm):
    """Why a present member does not sign."""

    reason = forms.CharField(label=_("Alasan"), max_length=300)


class HandSignatureForm(DigestForm):
    signed_on = forms.DateField(label=_("Tanggal ditandatangani"))
    scan = ScanField()
