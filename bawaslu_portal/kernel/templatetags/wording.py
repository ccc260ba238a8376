"""The words of ``kernel.wording`` as filters, for the templates of papers: ``{% load wording %}``."""

from django import template

from bawaslu_portal.kernel import texts, wording

register = template.Library()

for name in (
    "number",
    "ordinal",
    "counted",
    "weekday",
    "day",
    "full_day",
    "hour",
    "hour_words",
    "month_words",
    "digits",
    "stamp",
    "zone_name",
    "week",
    "spaced",
):
    register.filter(name, getattr(wording, name))


@register.filter
def year(value):
    """The year of a moment as a number."""
    return wording.moment(value).year


@register.filter
def day_number(value):
    """The day of the month of a moment as a number."""
    return wording.moment(value).day


@register.filter
def lines(text):
    """The lines of a plain text, without the empty ones."""
    return [line for line in (part.strip() for part in (text or "").splitlines()) if line]


@register.filter
def closed(text):
    """A sentence with its full stop, once."""
    text = (text or "").strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


@register.filter
def prose(text):
    """A long text with its headings and lists, well-formed for a paper (kernel/texts.py)."""
    return texts.render(text)
