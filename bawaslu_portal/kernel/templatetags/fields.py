"""How one field of a form is drawn: its control with the classes of the house (templates/bootstrap5/field.html)."""

from django import forms, template
from django.utils.html import format_html
from django.utils.translation import gettext

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
    return format_html('{} <span class="optional">{}</span>', field.label, gettext("(boleh kosong)"))


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
