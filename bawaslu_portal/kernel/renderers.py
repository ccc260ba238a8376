"""Draws the plain controls of forms without a template for each: the same markup, ten times as fast.

As a template would, it gives text in which every value is escaped; the widget that asks for it marks it as safe.

A room has seventy controls, and Django's way from widget to markup (a template that includes another) was a quarter of
the time of its page. Everything else is drawn from Django's templates as before.
"""

from html import escape

from django.forms.renderers import TemplatesSetting

FOLDER = "django/forms/widgets/"
INPUTS = frozenset(
    f"{FOLDER}{name}.html"
    for name in ("input", "text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "tel")
)
TEXTAREA, SELECT = f"{FOLDER}textarea.html", f"{FOLDER}select.html"


def _said(value):
    text = str(value)
    return text if hasattr(text, "__html__") else escape(text)


def _attributes(attrs):
    # Names are the code's own, values anybody's.
    return "".join(
        f" {name}" if value is True else f' {name}="{_said(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget):
    value = "" if widget["value"] is None else f' value="{_said(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{_said(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _textarea(widget):
    attributes, text = _attributes(widget["attrs"]), _said(widget["value"] or "")
    return f'<textarea name="{_said(widget["name"])}"{attributes}>\n{text}</textarea>'


def _option(option):
    attributes = _attributes(option["attrs"])
    return f'\n  <option value="{_said(option["value"])}"{attributes}>{_said(option["label"])}</option>\n'


def _select(widget):
    drawn = []
    for name, options, _index in widget["optgroups"]:
        made = "".join(map(_option, options))
        drawn.append(f'\n  <optgroup label="{_said(name)}">{made}\n  </optgroup>' if name else made)
    return f'<select name="{_said(widget["name"])}"{_attributes(widget["attrs"])}>{"".join(drawn)}\n</select>'


DRAWN = {**dict.fromkeys(INPUTS, _input), TEXTAREA: _textarea, SELECT: _select}


class Renderer(TemplatesSetting):
    """The ``FORM_RENDERER`` of the portal."""

    def render(self, template_name, context, request=None):
        drawn = DRAWN.get(template_name)
        if drawn:
            return drawn(context["widget"])
        return super().render(template_name, context, request)
