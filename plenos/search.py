"""The search over decisions, items and notes, within what the reader may read.

What is ranked is always a bounded set: the newest ``CANDIDATES`` that match. The index of words names the matches of
each unit (models/words.py); where a unit has very many, its rows are read from the newest backwards instead, so that
years add no cost. Only those of one page are marked.
"""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.html import format_html, format_html_join

from bawaslu_portal.kernel import scope

from .models import AgendaItem, ArchivedMinutes, Decision
from .models.words import CONFIG, of_units, plain
from .register import (
    SORTS,
    archived,
    dressed,
    former,
    give_concerned,
    give_follow_ups,
    give_reversals,
    numbered_like,
    readable,
    readable_items,
    with_readable_notes,
)

CANDIDATES = 60  # ranked in all
MANY = 40  # the units of a reader are named in what is asked up to here
COMMON = 500  # expected matches in a unit, beyond which its rows are read backwards
WINDOW = 30_000  # rows in which common words of the whole nation are looked for first
FIRST, AHEAD = 90, 420  # matches of which is asked who may read them, at first and at most
WITHOUT = re.compile(r"(?<!\w)-")  # a word that must not stand in what is looked for
OPENING, ENDING = "\ue000", "\ue001"  # stand where a hit begins and ends, until the text is escaped


@dataclass
class Found:
    """What matched, best or newest first, at most so many; ``more``: there are others, older ones."""

    keys: list
    more: bool


def question(words):
    """What was typed, as the database asks it: words, "phrases", -without, or."""
    return SearchQuery(words, config=CONFIG, search_type="websearch")


def _common(asked, units):
    """Whether the database expects very many matches in each of ``units``, from its statistics: it reads no row."""
    asked = of_units(asked, units)
    models = (Decision, AgendaItem, ArchivedMinutes)
    first, *others = (model.objects.filter(search=asked).order_by().values_list("pk") for model in models)
    plan = first.union(*others, all=True).explain(format="json")
    return json.loads(plan)[0]["Plan"]["Plan Rows"] > COMMON * len(units)


def _ranked(rows, asked, newest, *, within=(), path=""):
    """[(key, rank)] of the ``rows`` that match, the newest first. ``within``: the units whose matches the index of
    words is to name; without, the database reads the rows from the newest where it knows the words to be common."""
    rows = rows.filter(**{f"{path}search": of_units(asked, within) if within else asked})
    return rows.order_by(*newest).values_list("pk", SearchRank(F(f"{path}search"), asked))


def _as_readable(user, items, words):
    """[(item, rank)] of what was found by its whole words, as far as ``user`` may read these: an item whose notes are
    closed to him counts only with its title and background, and a -without would tell of its notes, so not at all."""
    every = AgendaItem.objects.filter(pk__in=dict(items))
    notes = set(with_readable_notes(user, every).values_list("pk", flat=True))
    found = [(key, rank) for key, rank in items if key in notes]
    if len(found) == len(items) or WITHOUT.search(words):
        return found
    asked, shown = question(words), SearchVector("title", weight="A", config=CONFIG)
    shown += SearchVector("background", weight="B", config=CONFIG)
    closed = every.exclude(pk__in=notes).alias(shown=shown).filter(shown=asked)
    return found + list(closed.values_list("pk", SearchRank(shown, asked)))


def _items_of(user, unit, decisions, words):
    """[(decision, rank)] of those of a unit found by their items, as ``_as_readable``."""
    if _writes_all(user, {unit}):
        return decisions
    ranks, items = dict(decisions), {}
    for key, item in Decision.objects.filter(pk__in=ranks).order_by().values_list("pk", "item"):
        items.setdefault(item, []).append(key)
    pairs = _as_readable(user, [(item, ranks[keys[0]]) for item, keys in items.items()], words)
    return [(key, rank) for item, rank in pairs for key in items[item]]


def _walked(rows, asked, newest):
    """(texts, items, whether there are others) of the newest of ``rows`` whose text or item holds common words, in one
    walk from the newest backwards: of each [(key, rank)]."""
    held = {
        "by_text": ExpressionWrapper(Q(search=asked), BooleanField()),
        "by_item": ExpressionWrapper(Q(item__search=asked), BooleanField()),
    }
    ranks = SearchRank(F("search"), asked), SearchRank(F("item__search"), asked)
    rows = rows.annotate(**held).filter(Q(by_text=True) | Q(by_item=True)).order_by(*newest)
    found = list(rows.values_list("pk", "by_text", ranks[0], "by_item", ranks[1])[:CANDIDATES])
    texts = [(key, rank) for key, here, rank, _item, _rank in found if here]
    return texts, [(key, rank) for key, _text, _rank, here, rank in found if here], len(found) >= CANDIDATES


def _looked_up(rows, asked, newest, unit):
    """The same for words that are not, through the index of words."""
    texts, items = (
        list(_ranked(rows, asked, newest, within={unit}, path=path)[:CANDIDATES]) for path in ("", "item__")
    )
    return texts, items, max(len(texts), len(items)) >= CANDIDATES


def matching(user, rows, unit, words, sort=""):
    """Of the decisions ``rows`` of a unit (its key) those whose text, item or notes hold ``words``, as far as ``user``
    may read them, ranked, or ``sort``ed."""
    asked, newest = question(words), ("-year", "-number")
    if _common(asked, {unit}):
        texts, items, more = _walked(rows, asked, newest)
    else:
        texts, items, more = _looked_up(rows, asked, newest, unit)
    ranks = {}
    for key, rank in [*texts, *_items_of(user, unit, items, words)]:
        ranks[key] = ranks.get(key, 0) + rank
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


@dataclass(frozen=True)
class _Source:
    """One of the tables that are searched: what ``read(user, unit)`` gives of it, narrowed by ``facts``."""

    model: type
    read: Callable
    facts: dict
    newest: tuple

    def readable(self, user, unit=None):
        return self.read(user, unit).filter(**self.facts)


def _everywhere(source, user, units, asked, *, common):
    """([(key, rank)] of what ``user`` may read of a source, whether there are others): of these units, or (none given)
    of the whole nation."""
    if len(units) == 1:
        rows = source.readable(user, units[0])
        found = list(_ranked(rows, asked, source.newest, within=() if common else units)[:CANDIDATES])
        return found, len(found) >= CANDIDATES
    rows = source.model.objects.filter(**source.facts)
    backwards = common and not source.facts
    if backwards:
        rows = rows.filter(organisation__in=units, search=asked)
        tries = [(rows, FIRST, True), (rows, AHEAD, True)]
    elif units:
        tries = [(rows.filter(search=of_units(asked, units)), AHEAD, True)]
    else:
        rows = rows.filter(search=asked)
        tries = [*((some, AHEAD, False) for some in _newest(rows)), (rows, AHEAD, True)]
    for some, ahead, whole in tries:
        keys = list(some.order_by("-pk").values_list("pk", flat=True)[:ahead])
        found = _staged(source.readable(user), keys, asked)
        if len(found) >= CANDIDATES or (whole and len(keys) < ahead):
            break
    else:  # hardly any of them may be read: all are looked at
        found = list(_ranked(source.readable(user), asked, ("-pk",), within=() if backwards else units)[:CANDIDATES])
    return found[:CANDIDATES], len(found) >= CANDIDATES


def _staged(readable, keys, asked):
    """[(key, rank)] of those of ``keys``, the newest first, that are ``readable``: asked in stages until there are
    enough, so that of many matches few are looked at."""
    found, done, step = [], 0, FIRST
    while done < len(keys) and len(found) < CANDIDATES:
        some = readable.filter(pk__in=keys[done : done + step]).order_by("-pk")
        found += some.values_list("pk", SearchRank(F("search"), asked))
        done, step = done + step, 2 * step
    return found


def _newest(rows):
    """Of ``rows`` those among the newest ``WINDOW`` of the table, where it has more ([rows], else []): there common
    words are found, however many years."""
    keys = rows.model.objects.order_by("-pk").values_list("pk", flat=True)
    edge = keys[WINDOW : WINDOW + 1].first()
    return [rows.filter(pk__gte=edge)] if edge else []


def everywhere(user, words, *, unit=None, year=None, kind=""):
    """What holds ``words`` in all that ``user`` may read: (kind, key), ranked. A decision stands for its item too."""
    asked, ranks = question(words), {}

    def source(model, read, of_year, *newest):
        return _Source(model, read, {of_year: year} if year else {}, newest)

    sources = {
        DECISION: source(Decision, readable, "year", "-year", "-number"),
        ITEM: source(AgendaItem, readable_items, "pleno__week_year", "-id"),
        ARCHIVE: source(ArchivedMinutes, archived, "dated__year", "-id"),
    }
    found, more = {name: [] for name in sources}, False
    units = _few(user) if unit is None else [unit.pk]
    common = bool(units) and _common(asked, units)
    for name in sources:
        if kind in ("", name):
            found[name], others = _everywhere(sources[name], user, units, asked, common=common)
            more = more or others
    of_items = dict(_as_readable(user, found[ITEM], words))
    decided = Decision.objects.filter(pk__in=[key for key, _rank in found[DECISION]]).order_by()
    of_decisions = dict(found[DECISION])
    for key, item in decided.values_list("pk", "item"):
        ranks[DECISION, key] = of_decisions[key] + of_items.pop(item, 0)
    ranks |= {(ITEM, key): rank for key, rank in of_items.items()}
    ranks |= {(ARCHIVE, key): rank for key, rank in found[ARCHIVE]}
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


def _writes_all(user, units):
    """Whether ``user`` is one of those who write in each of these units (keys): they read all notes of it."""
    return units <= scope.own_units(user, scope.WRITERS)


def _noted(user, items):
    """The keys of those of these items whose notes ``user`` may read."""
    return set(with_readable_notes(user, AgendaItem.objects.filter(pk__in=items)).values_list("pk", flat=True))


def mark_decisions(user, decisions, words):
    """Set on each decision ``marked_text`` and ``marked_title``, and ``marked_notes`` where only the notes match and
    ``user`` may read them."""
    asked, items = question(words), {d.item_id for d in decisions}
    noted = items if _writes_all(user, {d.organisation_id for d in decisions}) else _noted(user, items)
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
        decision.marked_notes = ""
        if decision.item_id in noted and OPENING in notes and OPENING not in text + title:
            decision.marked_notes = marked(notes)
    return decisions


def mark_items(user, items, words):
    """Set on each item ``marked_title`` and ``marked_notes``: of its background, and of its notes where ``user`` may
    read them."""
    asked, noted = question(words), _noted(user, [item.pk for item in items])
    whole = Concat("background", Value(" "), plain("notes"), output_field=TextField())
    rows = AgendaItem.objects.filter(pk__in=[item.pk for item in items]).values_list(
        "pk",
        _headline("title", asked, 0),
        _headline(Case(When(pk__in=noted, then=whole), default="background"), asked, 40),
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


def listed(user, rows, unit, words, sort=""):
    """What the register of ``unit`` shows of ``rows``: (their keys in order, whether older ones are left out)."""
    like = numbered_like(words)
    if words and not like:
        found = matching(user, rows, unit.pk, words, sort)
        return found.keys, found.more
    rows = rows.filter(**(like or {})).order_by(*SORTS.get(sort, SORTS["baru"]))
    return rows.values_list("pk", flat=True), False


def loaded(user, keys, words=""):
    """The decisions with these keys in their order, with all that a line shows."""
    keys = list(keys)
    rows = dressed(Decision.objects.filter(pk__in=keys).defer("item__notes", "item__background").order_by())
    by_key = {row.pk: row for row in rows}
    decisions = give_reversals(user, [by_key[key] for key in keys if key in by_key])
    give_follow_ups(user, decisions)
    give_concerned(user, decisions)
    if words and not numbered_like(words):
        mark_decisions(user, decisions, words)
    return decisions


def hits(user, keys, words):
    """The things of one page of ``everywhere`` in its order: (kind, thing), marked where there are words."""
    of_kind = {name: [key for kind, key in keys if kind == name] for name in (DECISION, ITEM, ARCHIVE)}
    items = AgendaItem.objects.filter(pk__in=of_kind[ITEM]).select_related("organisation", "pleno__organisation")
    old = ArchivedMinutes.objects.filter(pk__in=of_kind[ARCHIVE]).select_related("organisation")
    things = {(DECISION, d.pk): d for d in loaded(user, of_kind[DECISION], words)} if of_kind[DECISION] else {}
    things |= (
        {(ITEM, i.pk): i for i in (mark_items(user, list(items), words) if words else items)} if of_kind[ITEM] else {}
    )
    if of_kind[ARCHIVE]:
        things |= {(ARCHIVE, a.pk): a for a in (mark_archived(list(old), words) if words else old)}
    return [(key[0], things[key]) for key in keys if key in things]
