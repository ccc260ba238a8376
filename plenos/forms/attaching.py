"""Forms of the files that hang on an item: adding several at once, and what one of them is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm

from .fields import AttachmentsField


class AttachForm(KeyedMixin, PortalForm):
    """Files with one caption and date; each can be given its own afterwards."""

    files = AttachmentsField()
    caption = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=200,
        help_text=_("Berlaku untuk semua berkas yang dipilih; dapat diubah satu per satu sesudahnya."),
    )
    dated = forms.DateField(
        label=_("Tanggal dokumen"),
        required=False,
        help_text=_("Tanggal yang tertulis pada dokumen atau saat foto diambil; tanggal unggah dicatat sendiri."),
    )


class DescribeForm(PortalForm):
    """Caption, date of the document and place of one attachment."""

    caption = forms.CharField(label=_("Keterangan"), max_length=200)
    dated = forms.DateField(label=_("Tanggal dokumen"), required=False)
    order = forms.IntegerField(label=_("Urutan"), min_value=1, max_value=99)
