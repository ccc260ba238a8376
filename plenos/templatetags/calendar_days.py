"""The days of a year's calendar: 441 of them on a page, so they are not drawn by a template each."""

from django import template
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

register = template.Library()


def _pleno(day, week_url):
    """The number of a day on which there was a pleno, leading to it; to the week where there were several."""
    pleno = day.plenos[0]
    state = pleno.get_state_display()
    return format_html(
        '<a class="cal-pleno" href="{}" title="{}" aria-label="{}: {}, {}">{}</a>',
        week_url if len(day.plenos) > 1 else pleno.get_absolute_url(),
        state,
        date_format(day.date, "l, j F Y"),
        pleno.title,
        state,
        day.date.day,
    )


def _day(day, today, week_url):
    names = [
        name
        for name, holds in (
            ("cal-out", not day.inside),
            ("cal-free", day.holiday),
            ("cal-sunday", day.date.weekday() == 6),
            ("cal-today", day.inside and day.date == today),
        )
        if holds
    ]
    marked = f' class="{" ".join(names)}"' if names else ""
    number = _pleno(day, week_url) if day.inside and day.plenos else day.date.day
    if not day.holiday:
        return f"<td{marked}>{number}</td>"
    free = escape(day.holiday)
    said = f'<span class="visually-hidden">, {free}</span>' if day.inside else ""
    return f'<td{marked} title="{free}">{number}{said}</td>'


@register.simple_tag
def days_of(week, today, week_url):
    """The seven cells of a week in its month."""
    return mark_safe("".join(_day(day, today, week_url) for day in week.days))  # noqa: S308 - each is escaped
