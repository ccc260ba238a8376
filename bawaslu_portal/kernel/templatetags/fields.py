"""How one field of a form is drawn: its control with the classes of the house (templates/bootstrap5/field.html)."""

import functools

from django import forms, template
from django.utils.html import conditional_escape, format_html
from django.utils.translation import get_language, gettext

register = template.Library()


@register.filter
def shape(field):
    """``hidden``, ``check``, ``choices`` (radio buttons, several boxes) or ``plain``."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "choices" if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else "plain"


@register.filter
def heading(field):
    """The label, and whether the field may be left empty."""
    if field.field.required:
        return field.label
    return conditional_escape(field.label) + _optional(get_language())


@functools.cache
def _optional(_language):
    return format_html(' <span class="optional">{}</span>', gettext("(boleh kosong)"))


@register.simple_tag
def control(field, errors=()):
    """The control itself, marked where it has errors."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        name = "form-check-input"
    else:
        name = "form-select" if isinstance(widget, forms.Select) else "form-control"
    words = (widget.attrs.get("class"), name, "is-invalid" if errors else "")
    return field.as_widget(attrs={"class": " ".join(dict.fromkeys(" ".join(filter(None, words)).split()))})
