"""Draws the plain controls of forms without a template for each: the same markup, ten times as fast.

A room has seventy controls, and Django's way from widget to markup (a template that includes another) was a quarter of
the time of its page. Everything else is drawn from Django's templates as before.
"""

from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html, format_html_join

FOLDER = "django/forms/widgets/"
INPUTS = frozenset(
    f"{FOLDER}{name}.html"
    for name in ("input", "text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "tel")
)
TEXTAREA, SELECT = f"{FOLDER}textarea.html", f"{FOLDER}select.html"


def _attributes(attrs):
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value)),)
            for name, value in attrs.items()
            if value is not False
        ),
    )


def _input(widget):
    value = "" if widget["value"] is None else format_html(' value="{}"', str(widget["value"]))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, _attributes(widget["attrs"])
    )


def _textarea(widget):
    attributes = _attributes(widget["attrs"])
    return format_html('<textarea name="{}"{}>\n{}</textarea>', widget["name"], attributes, widget["value"] or "")


def _option(option):
    attributes = _attributes(option["attrs"])
    return format_html('\n  <option value="{}"{}>{}</option>\n', str(option["value"]), attributes, option["label"])


def _select(widget):
    groups = []
    for name, options, _index in widget["optgroups"]:
        made = format_html_join("", "{}", ((_option(option),) for option in options))
        groups.append((format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, made) if name else made,))
    drawn = format_html_join("", "{}", groups)
    return format_html('<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), drawn)


class Renderer(TemplatesSetting):
    """The ``FORM_RENDERER`` of the portal."""

    def render(self, template_name, context, request=None):
        if template_name in INPUTS:
            return _input(context["widget"])
        if template_name == TEXTAREA:
            return _textarea(context["widget"])
        if template_name == SELECT:
            return _select(context["widget"])
        return super().render(template_name, context, request)
