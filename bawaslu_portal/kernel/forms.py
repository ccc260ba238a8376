"""The face of every form: labels, errors and hidden fields, drawn by crispy with our templates (bootstrap5/).

A form checks shape; the lifecycle decides (house.md, habit 12). An invalid form answers 422, a refused verb 409,
and both show the form again with everything that was typed.
"""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from . import requests
from .lifecycle import TransitionRefused

UNPROCESSABLE, CONFLICT = 422, 409


def _helper():
    """No <form> tag and no CSRF field of crispy's: both stand in the page's own markup."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.include_media = False
    return helper


class Face:
    """Mixin of ``PortalForm`` and ``PortalModelForm``.

    ``narrow`` names fields whose control is short; ``doc`` names those whose words will stand on paper (serif).
    Browser validation is left to the server (``novalidate`` in the page), so that every error is said in one way.
    """

    use_required_attribute = False
    narrow = ()
    doc = ()

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = _helper()
        for name, field in self.fields.items():
            self._dress(name, field)

    def add(self, name, field):
        """A field that depends on what the form is about."""
        self.fields[name] = field
        self._dress(name, field)

    def _dress(self, name, field):
        widget = field.widget
        extra = []
        if name in self.narrow or isinstance(field, forms.DateField | forms.TimeField | forms.IntegerField):
            extra.append("narrow-field")
        if name in self.doc:
            extra.append("doc")
        if extra:
            widget.attrs["class"] = " ".join([widget.attrs.get("class", ""), *extra]).strip()
        if isinstance(field, forms.DateTimeField):
            _native(widget, "datetime-local", "%Y-%m-%dT%H:%M")
        elif isinstance(field, forms.DateField):
            _native(widget, "date", "%Y-%m-%d")
        elif isinstance(field, forms.TimeField):
            _native(widget, "time", "%H:%M")
        if field.required and "required" in field.error_messages:
            default = forms.Field.default_error_messages["required"]
            if field.error_messages["required"] == default:
                pick = isinstance(widget, forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple)
                sentence = _("Pilih %(label)s.") if pick else _("Isi %(label)s.")
                if isinstance(field, forms.BooleanField):
                    sentence = _("Tandai %(label)s.")
                field.error_messages["required"] = sentence % {"label": _quiet(field.label or name)}

    def refuse(self, reason):
        """Put the sentence of a refused verb (``TransitionRefused``) on top of the form."""
        self.add_error(None, str(reason))


def _quiet(label):
    """A label inside a sentence: its first letter small, unless it is an abbreviation such as NIP."""
    label = str(label).replace("_", " ")
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _native(widget, kind, shape):
    """The browser's own picker, which wants ISO text whatever the language of the page."""
    if isinstance(widget, forms.widgets.DateTimeBaseInput):
        widget.input_type = kind
        widget.format = shape
        widget.is_localized = False


class PortalForm(Face, forms.Form):
    """A form that belongs to no single row."""


class PortalModelForm(Face, forms.ModelForm):
    """A form over a row. ``Meta.fields`` is explicit, never ``__all__`` and never ``state``."""


class KeyedMixin(forms.Form):
    """Adds the idempotency key that the server puts into forms which create or sign (``requests.answer_once``)."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=requests.new_key)


class VersionedMixin(forms.Form):
    """Adds the version that was read; the verb compares it and refuses an older one with both texts."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


def refuse(form, error, loose=None):
    """Put a refusal on the form and give the status: 422 with a ValidationError at its fields, else 409 with it on top.

    ``loose`` is the field to which belongs what a ValidationError says of no field.
    """
    if isinstance(error, TransitionRefused):
        form.refuse(error)
        return CONFLICT
    faults = error.error_dict if hasattr(error, "error_dict") else {loose: error}
    for name, errors in faults.items():
        form.add_error(name if name in form.fields else None, errors)
    return UNPROCESSABLE


def attempt(form, verb, loose=None):
    """Run ``verb``: (its result, 200), or (None, 422 or 409) with the reason on the form, as ``refuse`` puts it."""
    try:
        return verb(), 200
    except (ValidationError, TransitionRefused) as error:
        return None, refuse(form, error, loose)


def page(request, template, form=None, status=200, **context):
    """Render a page with a form in it: 422 when the form has errors, ``status`` when the caller knows better.

    A view shows a refused verb by ``form.refuse(error)`` and ``page(..., status=409)``.
    """
    if form is not None:
        context["form"] = form
        if status == 200 and form.is_bound and form.errors:
            status = UNPROCESSABLE
    return render(request, template, context, status=status)
