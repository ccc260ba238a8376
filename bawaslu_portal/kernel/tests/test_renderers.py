"""Controls that are drawn without a template are what Django's templates draw."""

import datetime

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from bawaslu_portal.kernel.renderers import Renderer

GROUPS = [("", "---"), ("a", "Satu & dua"), ("Kelompok <1>", [("b", 'Tiga "empat"'), ("c", "Lima")])]
ATTRS = {"class": "form-control", "id": "id_x", "required": True, "disabled": False, "data-n": 3, "title": 'a "b" <c>'}
CASES = [
    (widget, value)
    for widget, values in (
        (forms.TextInput(), ["", None, "a <b> & 'c'", 'k "d"']),
        (forms.HiddenInput(), ["x", None]),
        (forms.NumberInput(), [0, 1234, None]),
        (forms.EmailInput(), ["a@b.example"]),
        (forms.URLInput(), ["https://a.example/?a=1&b=2"]),
        (forms.PasswordInput(), ["rahasia"]),
        (forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), [datetime.date(2024, 8, 17), None]),
        (forms.DateTimeInput(), [datetime.datetime(2024, 8, 17, 9, 30)]),
        (forms.TimeInput(), [datetime.time(9, 30)]),
        (forms.Textarea(), ["", None, "baris satu\nbaris <dua> & 'tiga'"]),
        (forms.Select(choices=GROUPS), ["", "a", "b", None]),
        (forms.SelectMultiple(choices=GROUPS), [["a", "c"], []]),
        (forms.CheckboxInput(), [True, False]),
        (forms.RadioSelect(choices=GROUPS[:2]), ["a"]),
        (forms.ClearableFileInput(), [None]),
    )
    for value in values
]


def lines(markup):
    """Without the empty lines that the templates leave."""
    return [line.strip() for line in str(markup).splitlines() if line.strip()]


@pytest.mark.parametrize(("widget", "value"), CASES)
def test_the_same_markup_as_from_the_templates(widget, value):
    plain = widget.render("nama", value, attrs=ATTRS, renderer=TemplatesSetting())
    assert lines(widget.render("nama", value, attrs=ATTRS, renderer=Renderer())) == lines(plain)


def test_what_was_typed_is_escaped():
    drawn = forms.Textarea().render("nama", "</textarea><script>", renderer=Renderer())
    assert "<script>" not in drawn
