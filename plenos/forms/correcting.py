"""What a form about a correction of ratified minutes may contain: why, and what is to be read instead."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import texts
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm, VersionedMixin

RICH, LINE = "rich", "line"


class RulingChoice(forms.ModelChoiceField):
    def label_from_instance(self, ruling):
        return ruling.reason


class BeginCorrectionForm(KeyedMixin, PortalForm):
    """Why the minutes are corrected, and which return by the level above it answers."""

    reason = forms.CharField(
        label=_("Alasan perbaikan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Tertulis pada versi yang baru dan dibaca setiap pembaca risalah."),
    )
    ruling = RulingChoice(queryset=None, label=_("Menjawab pengembalian"), required=False, empty_label=_("Tidak ada"))

    def __init__(self, *args, rulings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ruling"].queryset = rulings
        if not rulings:
            del self.fields["ruling"]


class CorrectionForm(VersionedMixin, PortalForm):
    """One field for each place whose words may be corrected: ``groups`` as ``documents.places`` gives them, ``words``
    what is to be read instead so far. Cleans to {place: words} in ``changes``."""

    def __init__(self, *args, groups, words, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups, self.words = groups, words
        for _heading, places in groups:
            for place in places:
                self._add(place, words.get(place.key, place.value))

    @property
    def sections(self):
        """(heading, fields, whether something stands there to be seen) of each group, once every field is there: to
        ask one field for its errors cleans the whole form."""
        for heading, places in self.groups:
            touched = any(place.key in self.words or self[place.key].errors for place in places)
            yield heading, [self[place.key] for place in places], touched

    def _add(self, place, value):
        rich, line = place.shape == RICH, place.shape == LINE
        rows = min(max(value.count("\n") + 2, 3), 14)
        field = forms.CharField(
            label=place.label,
            required=place.required,
            error_messages={"required": _("Tidak boleh kosong.")},  # as the verb says of mere spaces
            strip=False,
            initial=texts.as_typed(value) if rich else value,
            widget=forms.TextInput() if line else forms.Textarea(attrs={"rows": rows}),
        )
        field.rich = rich
        self.fields[place.key] = field
        self.doc = (*self.doc, place.key)
        self._dress(place.key, field)

    @property
    def changes(self):
        """What was typed, by place; formatted texts in their canonical form."""
        return {
            name: texts.clean(value) if self.fields[name].rich else value.strip()
            for name, value in self.cleaned_data.items()
            if hasattr(self.fields[name], "rich")
        }
