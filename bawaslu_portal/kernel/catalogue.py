"""The one registry: what apps declare, what shared pages ask. Each app's ``catalogue.py`` is loaded at start.

No signals and no other discovery. The kernel stores what is declared and knows no meaning.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its model, its name on screen, its address, and whose content may be read."""

    name: str
    model: Callable  # () -> model class
    label: object
    address: Callable  # thing -> path
    readable_documents: Callable | None = None  # user -> Q over Document rows of this kind


@dataclass(frozen=True)
class SettingSpec:
    """A dated setting of a unit. ``default`` is a value or a function of the unit; ``source`` says whence.

    ``from_above``: an instruction. What a unit writes holds for the units below it, the nearest one above first; for
    itself it obeys those above (the national body, which has none, itself).
    """

    key: str
    type: str  # integer, text, choice, flag, weekday, time, lines, file
    default: object
    label: object
    source: object
    group: object
    help: object = ""
    choices: tuple = ()
    low: int | None = None
    high: int | None = None
    from_above: bool = False


@dataclass(frozen=True)
class PaperKind:
    """A kind of document: its label, default classification code, and the function that makes its bytes."""

    name: str
    label: object
    code: str
    build: Callable  # Document -> bytes
    numbered: bool = True


@dataclass(frozen=True)
class JobKind:
    """A kind of background work. ``work(job)`` does it outside any transaction and returns a function that
    stores the result, called in the transaction that finishes the job. ``missing()`` names a missing part."""

    name: str
    label: object
    work: Callable
    missing: Callable | None = None


@dataclass(frozen=True)
class SubmissionKind:
    """What an app puts before a deciding body: its name on screen and, once it is decided, whom to tell.

    ``on_outcome(outcome)`` is called by the worker, as *sistem*, in the transaction that finishes the job. It may be
    called again after a failure, so it must be safe to run twice; what it raises undoes nothing of the decision.
    """

    name: str
    label: object
    on_outcome: Callable | None = None


@dataclass(frozen=True)
class NavigationEntry:
    """A place in the head of every page, in ``order``; ``shown(user)`` says for whom."""

    name: str
    label: object
    url_name: str
    icon: str
    order: int
    shown: Callable
    prefix: str


@dataclass(frozen=True)
class HelpChapter:
    """A chapter of the help sheets: for which roles, in which ``order``, and the steps, as translatable sentences."""

    roles: frozenset
    order: int
    title: object
    steps: tuple
    text: object = ""


_help, _search = [], []
_kinds, _settings, _papers, _jobs, _sentences = {}, {}, {}, {}, {}
_navigation, _waiting, _week, _chapters, _verifiers = {}, {}, {}, {}, {}
_words, _duties, _citations = {}, {}, {}
_submissions, _nationals = {}, {}


def load():
    """Import the ``catalogue`` module of every installed app that has one, the kernel's own first."""
    from . import declarations  # noqa: F401

    for config in apps.get_app_configs():
        if config.name != "bawaslu_portal.kernel" and importlib.util.find_spec(f"{config.name}.catalogue"):
            importlib.import_module(f"{config.name}.catalogue")


def declare(kind):
    _kinds[kind.name] = kind


def declare_setting(spec):
    _settings[spec.key] = spec


def declare_paper(paper):
    """Declare a kind of paper and, where it is numbered, its two settings of numbering."""
    _papers[paper.name] = paper
    if paper.numbered:
        from .declarations import declare_numbering

        declare_numbering(paper)


def declare_job(job):
    _jobs[job.name] = job


def declare_submission(kind):
    _submissions[kind.name] = kind


def declare_sentences(sentences):
    """``{action: sentence}`` in plain words; facts of the ledger line may be named in braces."""
    _sentences.update(sentences)


def declare_words(fact, words):
    """Plain words for the values that the fact ``fact`` of a ledger line may have: ``{value: word}``."""
    _words.setdefault(fact, {}).update(words)


def declare_navigation(entry):
    _navigation[entry.name] = entry


def declare_search(url_name, shown):
    """Where the magnifier in the head of every page leads; ``shown(user)`` says for whom."""
    _search[:] = [(url_name, shown)]


def search_for(user):
    """The name of the address at which ``user`` searches, or None."""
    return next((url_name for url_name, shown in _search if shown(user)), None)


def declare_desk(name, *, waiting=None, week=None):
    """``waiting(user)`` and ``week(user)`` give rows for my desk: dicts of title, url, meta, side, state, due.

    ``mail`` stands for the title in an e-mail, where the title holds words that someone typed.
    """
    if waiting:
        _waiting[name] = waiting
    if week:
        _week[name] = week


def declare_demo(name, chapter):
    """``chapter(cast)`` plays an app's part of the demonstration."""
    _chapters[name] = chapter


def declare_national(name, begin):
    """``begin(nation, body, copy, chain)`` gives what writes an app's rows of one body: ``week(monday)`` for each week
    in order, then ``end()`` (bawaslu_portal.national)."""
    _nationals[name] = begin


def declare_verifier(name, verifier):
    """``verifier()`` yields sentences, one for each record that differs from what the ledger says of it."""
    _verifiers[name] = verifier


def declare_duty(kind):
    """``kind``: a ``duties.DutyKind``."""
    _duties[kind.name] = kind


def duty(name):
    """The declaration of a kind of duty. Raises KeyError for one that nobody declared."""
    return _duties[name]


def duties():
    return list(_duties.values())


def declare_citations(kind, ask):
    """``ask(thing, decision)``: the users to tell when the words of a decision that concerns ``thing`` are corrected.

    ``kind`` is the kind of the record that the decision concerns; both arguments are keys (UUID).
    """
    _citations[kind] = ask


def citing(kind, thing, decision):
    """Whom the app of a record of ``kind`` wants told of a correction; nobody where it declared nothing."""
    ask = _citations.get(kind)
    return list(ask(thing, decision)) if ask else []


def declare_help(*chapters):
    """Add chapters to the help sheets of their roles."""
    _help.extend(chapters)


def help_chapters():
    """Every declared chapter, in order."""
    return sorted(_help, key=lambda chapter: chapter.order)


def kind(name):
    return _kinds[name]


def kinds():
    return dict(_kinds)


def setting_spec(key):
    """The declaration of a setting. Raises KeyError for one that nobody declared."""
    return _settings[key]


def setting_specs():
    return list(_settings.values())


def paper(name):
    return _papers[name]


def papers():
    return list(_papers.values())


def job(name):
    return _jobs[name]


def submission_kind(name):
    """The declaration of a kind of submission, or None where no app declares it (any more)."""
    return _submissions.get(name)


def sentence(action, facts):
    """The plain sentence for a ledger line; the bare action where an old one is no longer declared."""
    template = _sentences.get(action)
    if template is None:
        return action

    class Facts(dict):
        def __missing__(self, key):
            return "–"

    plain = {
        name: _words.get(name, {}).get(value, value) if isinstance(value, str) else value
        for name, value in facts.items()
    }
    return str(template).format_map(Facts(plain))


def sentences():
    return dict(_sentences)


def link(name, uuid, user):
    """The address of a thing of kind ``name`` for ``user``, or None where he may not see it."""
    if name not in _kinds:
        return None
    declared = _kinds[name]
    thing = declared.model().objects.visible_to(user).filter(uuid=uuid).first()
    return declared.address(thing) if thing else None


def links(name, uuids, user):
    """The addresses of many things of kind ``name``, as ``link`` gives them: {uuid: address}; one query."""
    if name not in _kinds or not uuids:
        return {}
    declared = _kinds[name]
    rows = declared.model().objects.visible_to(user).filter(uuid__in=uuids)
    if any(field.name == "organisation" for field in rows.model._meta.fields):
        rows = rows.select_related("organisation")
    return {thing.uuid: declared.address(thing) for thing in rows}


def label_of(name):
    """The name on screen of a kind of thing or of submission; empty where no app declares it (any more)."""
    declared = _submissions.get(name) or _kinds.get(name)
    return declared.label if declared else ""


def navigation(request):
    """Entries shown to this user: dicts of label, url_name, icon, current."""
    return [
        {
            "name": e.name,
            "label": e.label,
            "url_name": e.url_name,
            "icon": e.icon,
            "current": request.path == e.prefix if e.prefix == "/" else request.path.startswith(e.prefix),
        }
        for e in sorted(_navigation.values(), key=lambda e: e.order)
        if e.shown(request.user)
    ]


def waiting_for(user):
    """What waits for ``user``, from every app, the earliest due first."""
    rows = [row for ask in _waiting.values() for row in ask(user)]
    return sorted(rows, key=lambda row: (row.get("due") is None, row.get("due")))


def week_of(user):
    """What happens this week for ``user``, from every app."""
    return [row for ask in _week.values() for row in ask(user)]


def chapters():
    return dict(_chapters)


def nationals():
    return dict(_nationals)


def verifiers():
    return dict(_verifiers)


def papers_in_making(user):
    """Papers that ``user`` asked for, may still read, and that are not yet made: their jobs, labelled, for my desk."""
    from . import documents
    from .models.jobs import Job

    jobs = list(Job.objects.filter(asked_by=user, kind="paper").exclude(state="done").order_by("-id")[:10])
    if not jobs:
        return []
    papers = documents.readable_by(user).filter(uuid__in=[job.key for job in jobs])
    titles = {str(uuid): title for uuid, title in papers.values_list("uuid", "title")}
    for job in jobs:
        job.label = titles.get(job.key)
    return [job for job in jobs if job.label]
