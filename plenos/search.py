"""The search over decisions, items and notes, within what the reader may read.

What is ranked is always a bounded set: the newest ``CANDIDATES`` that match and may be read. The index of words names
the matches of each unit and of each stretch of time (models/words.py), and the newest are looked for first, so that
years add little. What is closed to the reader neither shows nor counts, and takes no place from what he may read. Only
the hits of one page are marked.
"""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector, SearchVectorExact
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.html import format_html, format_html_join

from bawaslu_portal.kernel import scope

from .models import AgendaItem, ArchivedMinutes, Decision
from .models.words import CONFIG, LONG, SHORT, of_times, of_units, plain
from .register import (
    SORTS,
    archived,
    dressed,
    former,
    give_concerned,
    give_follow_ups,
    give_reversals,
    notes_readable,
    numbered_like,
    readable,
    readable_items,
)

CANDIDATES = 60  # ranked in all
MANY = 60  # the units of a reader are named in what is asked up to here
COMMON = 500  # matches expected of one unit, beyond which its rows are walked through from the newest
# The newest stretches of time that are looked through before all: of a nation, of several units.
OF_NATION = ((SHORT, 2), (SHORT, 6), (SHORT, 16), (LONG, 2))
OF_UNITS = ((LONG, 1), (LONG, 2))
SOME = 12  # fewer units are asked all at once after the first stretch: they have few rows
FIRST, MOST = 90, 20_000  # matches of which is asked who may read them: first, in all
NEWEST = ("-year", "-number")
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


def _common(asked, unit):
    """Whether the database expects very many matches in ``unit`` (its key), from its statistics: it reads no row."""
    asked = of_units(asked, [unit])
    models = (Decision, AgendaItem, ArchivedMinutes)
    first, *others = (model.objects.filter(search=asked).order_by().values_list("pk") for model in models)
    plan = first.union(*others, all=True).explain(format="json")
    return json.loads(plan)[0]["Plan"]["Plan Rows"] > COMMON


@dataclass(frozen=True)
class _Held:
    """That a row holds what is asked, that this may be read, and how well it does."""

    match: Q
    rank: object
    open: Q = field(default_factory=Q)  # of what holds it


def _held(asked, path=""):
    """By all its words (at ``path``)."""
    return _Held(Q(**{f"{path}search": asked}), SearchRank(F(f"{path}search"), asked))


def _held_by_item(user, words, units, item=""):
    """By its item (at ``item``), of rows of ``units`` (None: of any). Where the notes are closed to ``user`` only title
    and background count; a -without, which would tell of the notes, finds nothing there."""
    asked = question(words)
    held = _held(asked, item)
    if units and _writes_all(user, set(units)):
        return held
    notes = notes_readable(user, item)
    if WITHOUT.search(words):
        return _Held(held.match, held.rank, notes)
    shown = SearchVector(f"{item}title", weight="A", config=CONFIG)
    shown += SearchVector(f"{item}background", weight="B", config=CONFIG)
    rank = Case(When(notes, then=held.rank), default=SearchRank(shown, asked))
    return _Held(held.match, rank, notes | Q(SearchVectorExact(shown, asked)))


def _first(rows, newest):
    """([the newest of ``rows``], whether there are others)."""
    found = list(rows.order_by(*newest)[: CANDIDATES + 1])
    return found[:CANDIDATES], len(found) > CANDIDATES


def _walked(rows, text, item):
    """({key: rank} of the newest of ``rows`` whose text or item holds common words, whether there are others): in one
    walk from the newest backwards."""
    said = {
        name: ExpressionWrapper(held.match & held.open, BooleanField())
        for name, held in (("text_", text), ("item_", item))
    }
    rows = rows.annotate(**said).filter(Q(text_=True) | Q(item_=True))
    found, more = _first(rows.values_list("pk", "text_", text.rank, "item_", item.rank), NEWEST)
    return {key: here * rank + there * other for key, here, rank, there, other in found}, more


def _looked_up(rows, text, item, within):
    """The same of other words, which the index of words names: ``within`` asks them of the unit."""
    places, ranks, more = {}, {}, False
    for held, path in ((text, ""), (item, "item__")):
        some = rows.filter(held.open, **{f"{path}search": within}).values_list("pk", "year", "number", held.rank)
        some, cut = _first(some, NEWEST)
        more = more or cut
        for key, year, number, rank in some:
            places[key], ranks[key] = (year, number), ranks.get(key, 0) + rank
    newest = sorted(places, key=places.get, reverse=True)
    return {key: ranks[key] for key in newest[:CANDIDATES]}, more or len(newest) > CANDIDATES


def matching(user, rows, unit, words, sort=""):
    """Of the decisions ``rows`` of a unit (its key) those whose text, item or notes hold ``words``, as far as ``user``
    may read them, ranked, or ``sort``ed."""
    asked = question(words)
    text, item = _held(asked), _held_by_item(user, words, [unit], "item__")
    if _common(asked, unit):
        ranks, more = _walked(rows, text, item)
    else:
        ranks, more = _looked_up(rows, text, item, of_units(asked, [unit]))
    if sort in SORTS:
        keys = list(rows.filter(pk__in=ranks).order_by(*SORTS[sort]).values_list("pk", flat=True))
    else:
        keys = sorted(ranks, key=lambda key: (-ranks[key], -key))
    return Found(keys, more)


def _few(user):
    """The units that ``user`` may read of, where they are few enough to be named in what is asked; else None."""
    if scope.nationwide(user):
        return None
    units = sorted(scope.own_units(user) | scope.units_below(user) | former(user))
    return units if len(units) <= MANY else None


DECISION, ITEM, ARCHIVE = "keputusan", "agenda", "arsip"


@dataclass(frozen=True)
class _Source:
    """One of the tables that are searched: what ``read(user, unit)`` gives of it, narrowed by ``facts``."""

    model: type
    read: Callable
    facts: dict
    newest: tuple
    held: _Held

    def ranked(self, user, unit=None):
        """[(key, rank)] of what may be read of it, if it holds what is asked."""
        return self.read(user, unit).filter(self.held.open, **self.facts).values_list("pk", self.held.rank)


def _everywhere(source, user, units, asked, *, common):
    """([(key, rank)] of what ``user`` may read of a source, whether there are others): of these units, or (None) of the
    whole nation."""
    within = of_units(asked, units) if units else asked
    if units and len(units) == 1:
        return _first(source.ranked(user, units[0]).filter(search=asked if common else within), source.newest)
    rows, ranked = source.model.objects.filter(**source.facts), source.ranked(user)
    found, older, left = [], Q(), MOST
    for near in [] if source.facts else _near(source.model, asked, units):
        # Not in their order by the database, which would walk through all rows for the sake of it.
        keys = rows.filter(older, search=near).order_by().values_list("pk", flat=True)
        keys = sorted(keys, reverse=True)[:left]
        _stage(ranked, keys, found)
        left -= len(keys)
        older = Q(pk__lt=keys[-1]) if keys else older
        if len(found) > CANDIDATES:
            return found[:CANDIDATES], True
        if not left:
            break
    keys = list(rows.filter(older, search=within).order_by("-pk").values_list("pk", flat=True)[: left + 1])
    _stage(ranked, keys[:left], found)
    return found[:CANDIDATES], len(found) > CANDIDATES or len(keys) > left


def _near(model, asked, units):
    """``asked`` of the newest rows alone, by their marks of time, and of more of them where that gave too few: what is
    found among all years is looked for last. Nothing where the newest are all."""
    newest = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    stretches = OF_UNITS[: 1 + len(units) // SOME] if units else OF_NATION
    for span, most in stretches:
        if newest >= most * span:
            times = range(newest // span, newest // span - most, -1)
            yield of_units(asked, units, times) if units else of_times(asked, span, times)


def _stage(ranked, keys, found):
    """Add to ``found`` those of ``keys``, the newest first, that are among ``ranked``: asked in stages until there are
    enough, so that of many matches few are looked at."""
    done, step = 0, FIRST
    while done < len(keys) and len(found) <= CANDIDATES:
        found += ranked.filter(pk__in=keys[done : done + step]).order_by("-pk")
        done, step = done + step, min(2 * step, 20 * FIRST)


def everywhere(user, words, *, unit=None, year=None, kind=""):
    """What holds ``words`` in all that ``user`` may read: (kind, key), ranked. A decision stands for its item too."""
    asked, ranks = question(words), {}
    units = _few(user) if unit is None else [unit.pk]
    if units == []:
        return Found([], more=False)
    sources = {
        DECISION: (Decision, readable, "year", NEWEST, _held(asked)),
        ITEM: (AgendaItem, readable_items, "pleno__week_year", ("-id",), _held_by_item(user, words, units)),
        ARCHIVE: (ArchivedMinutes, archived, "dated__year", ("-id",), _held(asked)),
    }
    found, more = {name: [] for name in sources}, False
    common = units is not None and len(units) == 1 and _common(asked, units[0])
    for name, (model, read, of_year, newest, held) in sources.items():
        if kind in ("", name):
            source = _Source(model, read, {of_year: year} if year else {}, newest, held)
            found[name], others = _everywhere(source, user, units, asked, common=common)
            more = more or others
    of_items, of_decisions = dict(found[ITEM]), dict(found[DECISION])
    for key, item in Decision.objects.filter(pk__in=of_decisions).order_by().values_list("pk", "item"):
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
    return set(AgendaItem.objects.filter(notes_readable(user), pk__in=items).values_list("pk", flat=True))


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
