"""The days of a year's calendar: 441 of them on a page, so they are not drawn by a template each."""

import functools

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

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


@functools.cache
def _plain(names, number):
    """A day on which nothing was: of these there are but some hundred different ones."""
    return format_html("<td{}>{}</td>", format_html(' class="{}"', names) if names else "", number)


def _day(day, today, week_url):
    names = (
        ("cal-out", not day.inside),
        ("cal-free", day.holiday),
        ("cal-sunday", day.date.weekday() == 6),
        ("cal-today", day.inside and day.date == today),
    )
    names = " ".join(name for name, holds in names if holds)
    held = day.inside and day.plenos
    if not held and not day.holiday:
        return _plain(names, day.date.day)
    return format_html(
        '<td class="{}" title="{}">{}{}</td>',
        names,
        day.holiday,
        _pleno(day, week_url) if held else day.date.day,
        format_html('<span class="visually-hidden">, {}</span>', day.holiday) if day.holiday and day.inside else "",
    )


@register.simple_tag
def days_of(week, today, week_url):
    """The seven cells of a week in its month."""
    return format_html_join("", "{}", ((_day(day, today, week_url),) for day in week.days))
