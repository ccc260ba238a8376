"""The notes of an item as they are typed: in the editor as HTML, without a script as plain lines."""

import hashlib
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import texts
from bawaslu_portal.kernel.forms import PortalForm

from .fields import LONGEST_TEXT


def digest_of(text):
    """A short digest of notes as a page showed them: tells whether they were touched there."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


def shown(item):
    """What a form of these notes begins with."""
    text = texts.as_typed(item.notes)
    return {"notes": text, "notes_version": item.notes_version, "notes_were": digest_of(text)}


def _hidden():
    """A hidden field that browsers do not give its earlier value back after a reload."""
    return forms.HiddenInput(attrs={"autocomplete": "off"})


class NotesForm(PortalForm):
    """Discussion notes with the version that was read, the open page that wrote them and the count of its saves."""

    notes = forms.CharField(
        label=_("Catatan pembahasan"),
        required=False,
        max_length=4 * LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control doc"}),
    )
    notes_version = forms.IntegerField(widget=_hidden(), min_value=0)
    notes_were = forms.CharField(widget=_hidden(), required=False, max_length=16)
    notes_page = forms.UUIDField(widget=_hidden(), required=False, initial=uuid.uuid4)
    notes_formerly = forms.UUIDField(widget=_hidden(), required=False)
    notes_step = forms.IntegerField(widget=_hidden(), required=False, min_value=0, initial=0)
    notes_settles = forms.UUIDField(widget=_hidden(), required=False)
    notes_by = forms.UUIDField(widget=_hidden(), required=False)

    def clean_notes(self):
        """Refuse what is too long, counted in what one reads."""
        typed = self.cleaned_data["notes"]
        length = len(texts.plain(typed))
        if length > LONGEST_TEXT:
            raise ValidationError(
                _("Catatan ini %(length)s karakter; paling banyak %(most)s.") % {"length": length, "most": LONGEST_TEXT}
            )
        return typed

    def typed_notes(self):
        """What ``texts.save`` takes, where the notes were touched here; else None: untouched ones are not sent."""
        cleaned = self.cleaned_data
        if cleaned["notes_were"] == digest_of(cleaned["notes"]):
            return None
        return {
            "body": cleaned["notes"],
            "version": cleaned["notes_version"],
            "page": cleaned["notes_page"],
            "formerly": cleaned["notes_formerly"],
            "step": cleaned["notes_step"] or 0,
            "settles": cleaned["notes_settles"],
        }
