"""How the portal writes dates, hours, numbers and states, in the language of the page and the zone of the unit."""

import datetime
import zoneinfo

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, pgettext

from .. import requests, texts
from ..models.organisations import ZONE_LABELS

register = template.Library()


def _zone(of):
    """The zone of a unit, of a record of a unit, or a zone's own name; else the reader's."""
    of = getattr(of, "organisation", of)
    name = getattr(of, "time_zone", of)
    return zoneinfo.ZoneInfo(name) if isinstance(name, str) and name else timezone.get_current_timezone()


def _local(value, of):
    """``value`` in the zone of ``of``; dates and naive times stay as they are, ISO text becomes a date or moment."""
    if isinstance(value, str) and "T" not in value:
        return datetime.date.fromisoformat(value)
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return value.astimezone(_zone(of))
    return value


def _clock_shape():
    return "H.i" if get_language() == "id" else "H:i"


def _zone_label(value, of):
    zone = _zone(of)
    return ZONE_LABELS.get(str(zone), "") or (value.tzname() if isinstance(value, datetime.datetime) else "")


@register.filter
def day(value, of=None):
    """Sabtu, 21 November 2026. ``of``: the unit (or its record) whose zone counts."""
    return formats.date_format(_local(value, of), "l, j F Y") if value else ""


@register.filter
def date(value, of=None):
    """21 November 2026."""
    return formats.date_format(_local(value, of), "j F Y") if value else ""


@register.filter
def short_day(value, of=None):
    """Sab 21."""
    return formats.date_format(_local(value, of), "D j") if value else ""


@register.filter
def hour(value, of=None):
    """09.00 WITA. A bare time of day is taken as the zone's own."""
    if not value:
        return ""
    local = _local(value, of)
    return f"{formats.time_format(local, _clock_shape())} {_zone_label(local, of)}".strip()


@register.filter
def clock(value, of=None):
    """09.00, where the zone is said beside it."""
    return formats.time_format(_local(value, of), _clock_shape()) if value else ""


@register.filter
def moment(value, of=None):
    """Sabtu, 21 November 2026 pukul 09.00 WITA."""
    if not value:
        return ""
    return gettext("%(day)s pukul %(hour)s") % {"day": day(value, of), "hour": hour(value, of)}


@register.filter
def number(value, places=None):
    """1.234,5 in Indonesian, 1,234.5 in English; ``places`` fixes the decimals."""
    if value is None or value == "":
        return "–"
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def isoweek(value, of=None):
    """2026-W47, as in addresses."""
    year, week, _weekday = _local(value, of).isocalendar()
    return f"{year}-W{week:02}"


@register.filter
def week(value, of=None):
    """The number of the ISO week: 47."""
    return str(_local(value, of).isocalendar()[1])


@register.filter
def week_words(value, of=None):
    """minggu ke-47, never broken at the hyphen."""
    number_ = week(value, of)
    return format_html(pgettext("minggu ke-n", 'minggu <span class="nowrap">ke-{}</span>'), number_)


@register.simple_tag
def state(kind, letter, word):
    """A state with letter, colour and word. ``kind``: done doing late weak miss off wait."""
    return format_html('<span class="st st-{}"><b aria-hidden="true">{}</b>{}</span>', kind, letter, word)


@register.simple_tag
def job_state(name):
    """The state of background work, as the family "print" of LOOK.md."""
    words = {
        "queued": ("wait", "–", gettext("Antre")),
        "running": ("doing", pgettext("huruf: sedang dibuat", "B"), gettext("Sedang dibuat")),
        "done": ("done", pgettext("huruf: selesai", "S"), gettext("Selesai")),
        "failed": ("miss", pgettext("huruf: gagal", "G"), gettext("Gagal")),
    }
    return state(*words[str(name)])


@register.simple_tag
def icon(name):
    """A line icon from the sprite, always beside a word (search and the user's menu excepted)."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#i-{}"></use></svg>',
        static("img/icons.svg"),
        name or "file",
    )


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The page's own query with ``changes``; a value of None takes one out. Gives ?a=1&page=2."""
    asked = context["request"].GET.copy()
    for name, value in changes.items():
        asked.pop(name, None)
        if value is not None and value != "":
            asked[name] = value
    return f"?{asked.urlencode()}"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context, page, name="page"):
    """The foot of a paged list; keeps every filter of the address."""
    links = [
        {"number": n, "url": query(context, **{name: n}), "current": n == page.number}
        for n in page.paginator.page_range
        if n in {1, page.paginator.num_pages} or abs(n - page.number) <= 2
    ]
    return {
        "page": page,
        "links": links,
        "next": query(context, **{name: page.next_page_number()}) if page.has_next() else "",
        "previous": query(context, **{name: page.previous_page_number()}) if page.has_previous() else "",
    }


@register.simple_tag
def at(thing, name, **more):
    """The address of one of the pages of ``thing``, by its own ``address``."""
    return thing.address(name, **more)


@register.simple_tag
def request_key():
    """A fresh key for a form that is no form object: sent twice, it acts once (``kernel/requests.py``)."""
    return requests.new_key()


@register.filter
def prose(text):
    """A long text as it was written: cleaned HTML, headings and lists kept (kernel/texts.py)."""
    return texts.render(text)


@register.inclusion_tag("components/difference.html")
def difference(old, new):
    """How a text differs from an earlier one, word by word."""
    return {"parts": texts.difference(old, new)}


@register.filter
def as_typed(text):
    """A long text for a plain field, with the signs that one types there."""
    return texts.as_typed(text)
