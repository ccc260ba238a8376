"""The search over decisions, items and notes, within what the reader may read.

What is ranked is always a bounded set: the newest ``CANDIDATES`` that match. The database finds them from the newest
backwards where a word is common and through the index of words where it is rare, so that years add no cost; only
those of one page are marked.
"""

import html
import json
import re
from collections import Counter
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db.models import Case, F, IntegerField, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.html import format_html, format_html_join

from bawaslu_portal.kernel import scope

from .models import AgendaItem, ArchivedMinutes, Decision
from .models.items import plain
from .register import (
    SORTS,
    archived,
    dressed,
    former,
    give_concerned,
    give_follow_ups,
    numbered_like,
    readable,
    readable_items,
    with_readable_notes,
)

CONFIG = "indonesian"
CANDIDATES, FEWEST = 100, 20  # ranked in all, and of each of a few units at least
MANY = 40  # units are asked one by one up to here
COMMON_IN_ONE, COMMON_IN_FEW = 2_000, 40_000  # expected matches in all units, beyond which a unit is read backwards
WINDOW = 60_000  # rows in which common words of the whole nation are looked for first
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


def _expected(model, asked):
    """How many rows of the whole table the database expects to match, from its statistics: it reads none."""
    plan = model.objects.filter(search=asked).order_by().explain(format="json")
    return json.loads(plan)[0]["Plan"]["Plan Rows"]


def _ranked(rows, path, asked, newest, most, *, indexed=True):
    name = f"{path}search"
    if not indexed:
        rows = rows.alias(words=Coalesce(F(name), Cast(Value(""), SearchVectorField())))  # no index serves this
        name = "words"
    rank = SearchRank(F(f"{path}search"), asked)
    return rows.filter(**{name: asked}).order_by(*newest).values_list("pk", rank)[:most]


def _in_unit(rows, path, asked, newest):
    """([(key, rank)] of the newest rows of one unit that match, whether there are others). Common words are looked for
    in the unit's own rows: the index of words would name those of the whole nation."""
    rare = _expected(AgendaItem if path else rows.model, asked) < COMMON_IN_ONE
    found = list(_ranked(rows, path, asked, newest, CANDIDATES, indexed=rare))
    return found, len(found) >= CANDIDATES


def _in_few(of_unit, units, asked, newest):
    """The same of the newest rows of each of a few units, where the words are common."""
    most = max(CANDIDATES // len(units), FEWEST)
    each = [
        _ranked(of_unit(unit), "", asked, newest, most).annotate(unit=Value(n, IntegerField()))
        for n, unit in enumerate(units)
    ]
    found = list(each[0].union(*each[1:], all=True)) if len(each) > 1 else list(each[0])
    cut = max(Counter(unit for _key, _rank, unit in found).values(), default=0) >= most
    return [(key, rank) for key, rank, _unit in found], cut


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


def _items_of(user, decisions, words):
    """[(decision, rank)] of those found by their items, as ``_as_readable``."""
    ranks, items, units = dict(decisions), {}, set()
    rows = Decision.objects.filter(pk__in=ranks).order_by().values_list("pk", "item", "organisation")
    for key, item, unit in rows:
        items.setdefault(item, []).append(key)
        units.add(unit)
    pairs = [(item, ranks[keys[0]]) for item, keys in items.items()]
    if not _writes_all(user, units):
        pairs = _as_readable(user, pairs, words)
    return [(key, rank) for item, rank in pairs for key in items[item]]


def matching(user, rows, words, sort=""):
    """Of the decisions ``rows`` of one unit those whose text, item or notes hold ``words``, as far as ``user`` may read
    them, ranked, or ``sort``ed."""
    asked, newest = question(words), ("-year", "-number")
    # Said of the item too, so that the database looks among the unit's own items, not among those of the nation.
    with_items = rows.filter(item__organisation=F("organisation"))
    (texts, older), (items, others) = _in_unit(rows, "", asked, newest), _in_unit(with_items, "item__", asked, newest)
    more = older or others
    ranks = {}
    for key, rank in [*texts, *_items_of(user, items, words)]:
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


def _everywhere(read, user, unit, narrow, asked, backwards):
    """([(key, rank)] of what ``read(user, unit)`` gives, whether there are others): of one unit, of a few, or of the
    whole nation."""
    units = _few(user) if unit is None else [unit]
    if len(units) == 1:
        return _in_unit(narrow(read(user, units[0])), "", asked, backwards)
    if units and _expected(read(user).model, asked) > COMMON_IN_FEW:
        return _in_few(lambda one: narrow(read(user, one)), units, asked, backwards)
    found = [] if units else list(_ranked(_newest(narrow(read(user))), "", asked, ("-id",), CANDIDATES))
    if len(found) < CANDIDATES:
        found = list(_ranked(narrow(read(user)), "", asked, ("-id",), CANDIDATES))
    return found, len(found) >= CANDIDATES


def _newest(rows):
    """Of ``rows`` those among the newest ``WINDOW`` of the table: there common words are found, however many years."""
    keys = rows.model.objects.order_by("-pk").values_list("pk", flat=True)
    edge = keys[WINDOW : WINDOW + 1].first()
    return rows.filter(pk__gte=edge) if edge else rows


def _of(facts, rows):
    return rows.filter(**facts)


def everywhere(user, words, *, unit=None, year=None, kind=""):
    """What holds ``words`` in all that ``user`` may read: (kind, key), ranked. A decision stands for its item too."""
    asked, ranks = question(words), {}
    sources = {
        DECISION: (readable, {"year": year}, ("-year", "-number")),
        ITEM: (readable_items, {"pleno__week_year": year}, ("-id",)),
        ARCHIVE: (archived, {"dated__year": year}, ("-id",)),
    }
    found, more = {name: [] for name in sources}, False
    for name, (read, of_year, backwards) in sources.items():
        if kind in ("", name):
            facts = of_year if year else {}
            found[name], others = _everywhere(
                read, user, unit, lambda rows, f=facts: rows.filter(**f), asked, backwards
            )
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


def listed(user, rows, words, sort=""):
    """What the register of a unit shows of ``rows``: (their keys in order, whether older ones are left out)."""
    like = numbered_like(words)
    if words and not like:
        found = matching(user, rows, words, sort)
        return found.keys, found.more
    rows = rows.filter(**(like or {})).order_by(*SORTS.get(sort, SORTS["baru"]))
    return rows.values_list("pk", flat=True), False


def loaded(user, keys, words=""):
    """The decisions with these keys in their order, with all that a line shows."""
    keys = list(keys)
    by_key = {row.pk: row for row in dressed(user, Decision.objects.filter(pk__in=keys))}
    decisions = give_follow_ups(user, [by_key[key] for key in keys if key in by_key])
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
