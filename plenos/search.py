"""The search over decisions, items and notes, within what the reader may read.

What is ranked is always a bounded set: the newest ``CANDIDATES`` that match. The database finds them from the newest
backwards where a word is common and through the index of words where it is rare, so that years add no cost; only
those of one page are marked.
"""

import html
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat
from django.utils.html import format_html, format_html_join

from bawaslu_portal.kernel import scope

from .models import AgendaItem, ArchivedMinutes, Decision
from .models.items import plain
from .register import (
    SORTS,
    archived,
    dressed,
    former,
    give_follow_ups,
    numbered_like,
    readable,
    readable_items,
)

CONFIG = "indonesian"
CANDIDATES = 200
MANY = 40  # units are asked one by one up to here
OPENING, ENDING = "\ue000", "\ue001"  # stand where a hit begins and ends, until the text is escaped


@dataclass
class Found:
    """What matched, best or newest first, at most so many; ``more``: there are others, older ones."""

    keys: list
    more: bool


def question(words):
    """What was typed, as the database asks it: words, "phrases", -without, or."""
    return SearchQuery(words, config=CONFIG, search_type="websearch")


def _ranks(rows, path, asked, newest, units=()):
    """[(key, rank)] of the newest rows that match; of several ``units`` the newest of each."""
    matched = rows.filter(**{f"{path}search": asked}).order_by(*newest)
    matched = matched.values_list("pk", SearchRank(F(f"{path}search"), asked))
    if not units:
        return list(matched[:CANDIDATES])
    of_each = [matched.filter(organisation=unit)[: CANDIDATES // len(units) + 10] for unit in units]
    return list(of_each[0].union(*of_each[1:], all=True)) if len(of_each) > 1 else list(of_each[0])


def matching(rows, words, sort=""):
    """Of the decisions ``rows`` those whose text, item or notes hold ``words``, ranked, or ``sort``ed by number."""
    asked, newest = question(words), ("-year", "-number")
    texts, items = _ranks(rows, "", asked, newest), _ranks(rows, "item__", asked, newest)
    ranks = {}
    for key, rank in [*texts, *items]:
        ranks[key] = ranks.get(key, 0) + rank
    more = CANDIDATES in (len(texts), len(items))
    if sort in SORTS:
        keys = list(rows.filter(pk__in=ranks).order_by(*SORTS[sort]).values_list("pk", flat=True))
    else:
        keys = sorted(ranks, key=lambda key: (-ranks[key], -key))
    return Found(keys, more)


def _few(user):
    """The units that ``user`` may read of, where they are few enough to be asked one by one; else none."""
    if scope.nationwide(user):
        return []
    units = sorted(scope.own_units(user) | scope.units_below(user) | former(user))
    return units if len(units) <= MANY else []


DECISION, ITEM, ARCHIVE = "keputusan", "agenda", "arsip"


def everywhere(user, words, *, unit=None, year=None, kind=""):
    """What holds ``words`` in all that ``user`` may read: (kind, key), ranked. A decision stands for its item too."""
    asked, ranks = question(words), {}
    decisions, items, old = readable(user, unit), readable_items(user, unit), archived(user, unit)
    if year:
        decisions, items = decisions.filter(year=year), items.filter(pleno__week_year=year)
        old = old.filter(dated__year=year)
    wanted = {DECISION, ITEM, ARCHIVE} if not kind else {kind}
    units = [unit.pk] if unit is not None else _few(user)
    orders = {DECISION: ("-year", "-number") if units else ("-id",), ITEM: ("-id",), ARCHIVE: ("-id",)}
    found = {
        name: _ranks(rows, "", asked, orders[name], units if name != ARCHIVE else ()) if name in wanted else []
        for name, rows in ((DECISION, decisions), (ITEM, items), (ARCHIVE, old))
    }
    of_items = dict(found[ITEM])
    decided = Decision.objects.filter(pk__in=[key for key, _rank in found[DECISION]]).order_by()
    of_decisions = dict(found[DECISION])
    for key, item in decided.values_list("pk", "item"):
        ranks[DECISION, key] = of_decisions[key] + of_items.pop(item, 0)
    ranks |= {(ITEM, key): rank for key, rank in of_items.items()}
    ranks |= {(ARCHIVE, key): rank for key, rank in found[ARCHIVE]}
    most = CANDIDATES if len(units) < 2 else CANDIDATES // len(units) + 10
    more = any(len(rows) >= most for rows in found.values())
    return Found(sorted(ranks, key=lambda key: (-ranks[key], key[0], -key[1])), more)


def _headline(expression, asked, words):
    return SearchHeadline(
        expression,
        asked,
        config=CONFIG,
        start_sel=OPENING,
        stop_sel=ENDING,
        min_words=words // 2,
        max_words=words,
        highlight_all=words == 0 or None,
    )


def marked(text):
    """A text with its hits in <mark>, everything else escaped. Only what stands between the two signs is a hit."""
    pieces = html.unescape(text or "").split(OPENING)
    rest = [piece.partition(ENDING) for piece in pieces[1:]]
    clean = pieces[0].replace(ENDING, "")
    hits = format_html_join("", "<mark>{}</mark>{}", ((hit, after.replace(ENDING, "")) for hit, _end, after in rest))
    return format_html("{}{}", clean, hits)


def mark_decisions(decisions, words):
    """Set on each decision ``marked_text`` and ``marked_title``, and ``marked_notes`` where only the notes match."""
    asked = question(words)
    rows = Decision.objects.filter(pk__in=[d.pk for d in decisions]).values_list(
        "pk",
        _headline("text", asked, 60),
        _headline("item__title", asked, 0),
        _headline(plain("item__notes"), asked, 24),
    )
    found = {key: rest for key, *rest in rows}
    for decision in decisions:
        text, title, notes = found[decision.pk]
        decision.marked_text, decision.marked_title = marked(text), marked(title)
        decision.marked_notes = marked(notes) if OPENING in notes and OPENING not in text + title else ""
    return decisions


def mark_items(items, words):
    """Set on each item ``marked_title`` and ``marked_notes``."""
    asked = question(words)
    rows = AgendaItem.objects.filter(pk__in=[item.pk for item in items]).values_list(
        "pk",
        _headline("title", asked, 0),
        _headline(Concat("background", Value(" "), plain("notes"), output_field=TextField()), asked, 40),
    )
    found = {key: rest for key, *rest in rows}
    for item in items:
        item.marked_title, item.marked_notes = map(marked, found[item.pk])
    return items


def mark_archived(rows, words):
    """Set on each earlier minutes ``marked_title`` and ``marked_text``."""
    asked = question(words)
    found = {
        key: rest
        for key, *rest in ArchivedMinutes.objects.filter(pk__in=[row.pk for row in rows]).values_list(
            "pk", _headline("title", asked, 0), _headline("decisions", asked, 60)
        )
    }
    for row in rows:
        row.marked_title, row.marked_text = map(marked, found[row.pk])
    return rows


# --- lists ----------------------------------------------------------------------------------------------


def listed(rows, words, sort=""):
    """What the register shows of ``rows``: (their keys in order, whether older ones are left out)."""
    like = numbered_like(words)
    if words and not like:
        found = matching(rows, words, sort)
        return found.keys, found.more
    rows = rows.filter(**(like or {})).order_by(*SORTS.get(sort, SORTS["baru"]))
    return rows.values_list("pk", flat=True), False


def loaded(user, keys, words=""):
    """The decisions with these keys in their order, with all that a line shows."""
    keys = list(keys)
    by_key = {row.pk: row for row in dressed(Decision.objects.filter(pk__in=keys))}
    decisions = give_follow_ups(user, [by_key[key] for key in keys if key in by_key])
    if words and not numbered_like(words):
        mark_decisions(decisions, words)
    return decisions


def hits(user, keys, words):
    """The things of one page of ``everywhere`` in its order: (kind, thing), marked."""
    of_kind = {name: [key for kind, key in keys if kind == name] for name in (DECISION, ITEM, ARCHIVE)}
    items = AgendaItem.objects.filter(pk__in=of_kind[ITEM]).select_related("organisation", "pleno__organisation")
    old = ArchivedMinutes.objects.filter(pk__in=of_kind[ARCHIVE]).select_related("organisation")
    things = {(DECISION, d.pk): d for d in loaded(user, of_kind[DECISION], words)} if of_kind[DECISION] else {}
    things |= {(ITEM, i.pk): i for i in mark_items(list(items), words)} if of_kind[ITEM] else {}
    things |= {(ARCHIVE, a.pk): a for a in mark_archived(list(old), words)} if of_kind[ARCHIVE] else {}
    return [(key[0], things[key]) for key in keys if key in things]
