"""The register of decisions: whose words one may read, its filters, and what a line of it shows."""

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import catalogue, clock, documents, scope
from bawaslu_portal.kernel.models import Parentage

from . import follow_ups, permissions, queries
from .models import AgendaItem, ArchivedMinutes, Decision, FollowUp, Minutes, Submission, Vote
from .models.following import UNSETTLED
from .models.sessions import RATIFIED

NOTHING = Q(pk__in=[])
REFERENCE = re.compile(r"^(?:[0-9.]+/(?=[0-9]+/))?(?:(?P<year>20[0-9]{2})/)?(?P<number>[0-9]{1,5})$")


# --- who reads what -------------------------------------------------------------------------------------


def _rows(user, unit, *, opened, pleno):
    """Q over rows of a pleno (of ``unit``, a key): all of them for those who write, of ratified ones what class and
    delivery allow. ``opened``: that the row is of class open; ``pleno``: the path to its pleno."""
    ratified = Q(**{f"{pleno}state": RATIFIED})
    delivered = ratified & Q(**{f"{pleno}released_at__isnull": False})
    to = f"{pleno}delivered_to__in"
    received = Q(**{to: scope.own_units(user, scope.OVERSEERS)}) | Q(**{to: scope.own_units(user)}) & opened
    # The most that each unit gives comes first; which units, is asked as far as it is needed.
    allowed = [
        (lambda: scope.own_units(user, scope.WRITERS), Q()),
        (lambda: scope.own_units(user), ratified & opened),
        (lambda: scope.units_below(user, scope.OVERSEERS), delivered),
        (lambda: scope.units_below(user), delivered & opened),
        (lambda: former(user), delivered & received),
    ]
    if unit is not None:
        rest = next((rows for units, rows in allowed if unit in units()), None)
        if rest is None and scope.nationwide(user):
            rest = delivered & opened
        return NOTHING if rest is None else Q(organisation=unit) & rest
    rows, seen = NOTHING, set()
    for which, rest in allowed:
        units = which()
        if units - seen:
            rows |= Q(organisation__in=units - seen) & rest
        seen |= units
    return rows | delivered & opened if scope.nationwide(user) else rows


def former(user):
    """Units that stood below his once and no longer do: what they delivered then stays readable. Asked once."""
    own = scope.own_units(user)
    cache = getattr(user, "scope_cache", None)
    if not own or (cache is not None and "former" in cache):
        return cache["former"] if own else set()
    ever = set(Parentage.objects.filter(parent__in=own).values_list("organisation_id", flat=True))
    past = ever - scope.units_below(user) - own
    if cache is not None:
        cache["former"] = past
    return past


def readable(user, unit=None):
    """The numbered decisions whose words ``user`` may read (of ``unit``): before ratification only those who write."""
    rows = _rows(user, key_of(unit), opened=Q(item__access="open"), pleno="pleno__")
    return Decision.objects.standing().numbered().filter(rows)


def newest(user, unit):
    """The decisions of ``unit`` that may be named in another, the newest first, with their items."""
    rows = readable(user, unit).select_related("organisation", "item").defer("item__search")
    return rows.order_by("-year", "-number")


def known(user, unit=None):
    """The numbered decisions that ``user`` may know to exist, their words perhaps closed to him."""
    rows = _rows(user, key_of(unit), opened=Q(), pleno="pleno__")
    return Decision.objects.standing().numbered().filter(rows)


def readable_items(user, unit=None):
    """The items whose title and background ``user`` may read, before ratification only those who write."""
    return AgendaItem.objects.filter(_rows(user, key_of(unit), opened=Q(access="open"), pleno="pleno__"))


def notes_readable(user, item=""):
    """Q over items (at ``item``, of rows with the same unit and pleno) whose notes ``user`` may read. Notes are part of
    the minutes, which have the strictest class among session and items: one closed item closes the notes of all. A
    later version keeps the class of the one before."""
    ratified = Minutes.objects.filter(pleno=OuterRef("pleno"), ratified_at__isnull=False, taken_back_at=None)
    opened = Q(**{f"{item}access": "open"}) & Q(Exists(ratified.filter(access="open")))
    return _rows(user, None, opened=opened, pleno="pleno__")


def key_of(unit):
    """The key of a unit, given itself or its key."""
    return getattr(unit, "pk", unit)


def extracts_readable(user):
    """Q over the papers of decisions: those who write all, others the final ones by class and delivery."""
    return Q(organisation__in=scope.own_units(user, scope.WRITERS)) | queries.final_papers(user)


def extract_of(user, decision):
    """The paper of the extract of ``decision`` that is in force, if ``user`` may read it; else None."""
    papers = documents.readable_by(user).filter(about=decision.uuid, superseded_by=None)
    return papers.select_related("organisation", "file").defer("record").first()


def archived(user, unit=None):
    """Minutes of earlier years that ``user`` may read: as ratified ones of their class, delivered when brought in."""
    writers = scope.own_units(user, scope.WRITERS)
    rows = ArchivedMinutes.objects.filter(Q(organisation__in=writers) | queries.released_to(user))
    return rows if unit is None else rows.filter(organisation=unit)


# --- filters of the register ----------------------------------------------------------------------------

SORTS = {"baru": ("-year", "-number"), "lama": ("year", "number")}


def _follow_ups(user, unit, reach):
    rows = FollowUp.objects.filter(decision=OuterRef("pk"))
    return rows.filter(follow_ups.mine(user, unit)) if reach == permissions.OWN else rows


def narrowed(rows, user, unit, wanted):
    """``rows`` by the filters of the address: year, category, manner, state of the follow-ups, what it concerns."""
    if wanted.get("tahun"):
        rows = rows.filter(year=wanted["tahun"])
    if wanted.get("kategori"):
        rows = rows.filter(category=wanted["kategori"])
    if wanted.get("cara"):
        rows = rows.filter(manner=wanted["cara"])
    about = wanted.get("hal")
    if about == "lain":
        rows = rows.filter(concerns__isnull=False)
    elif about == "ubah":
        undoing = Exists(known(user, unit).filter(pk=OuterRef("reverses")))
        rows = rows.filter(undoing | Exists(_undoers(user, unit).filter(reverses=OuterRef("pk"))))
    elif about:
        rows = rows.filter(concerns=about)
    reach = permissions.follow_up_reach(user, unit)
    if wanted.get("tl") and reach in (permissions.ALL, permissions.OWN, permissions.LATENESS):
        theirs = _follow_ups(user, unit, reach)
        running, late = theirs.unsettled(), theirs.overdue(clock.today(unit))
        rows = {
            "berjalan": lambda: rows.filter(Exists(running)),
            "lewat": lambda: rows.filter(Exists(late)),
            "selesai": lambda: rows.filter(Exists(theirs), ~Exists(running)),
            "tanpa": lambda: rows.filter(~Exists(theirs)),
        }[wanted["tl"]]()
    return rows


def _undoers(user, unit=None):
    """The accepted decisions that ``user`` may know of, as those that may reverse another."""
    return known(user, unit).filter(result="accepted")


def years(unit):
    """The years from the first numbered decision of ``unit`` to this one, the newest first."""
    first = Decision.objects.filter(organisation=unit).numbered().order_by("year").values_list("year", flat=True)[:1]
    this_year = clock.today(unit).year
    return list(range(this_year, min([*first, this_year]) - 1, -1))


def numbered_like(words):
    """Filters for a reference typed as such: 74.71/2024/12, 2024/12 or 12; None for other words."""
    found = REFERENCE.match(words.strip())
    if not found:
        return None
    year = {"year": int(found["year"])} if found["year"] else {}
    return {"number": int(found["number"]), **year}


def dressed(rows):
    """``rows`` with all that a line of the register shows of the decision itself, its session and its votes."""
    votes = Vote.objects.only("choice", "decision").order_by()
    rows = rows.select_related("organisation", "pleno", "item").defer("item__search")
    return rows.prefetch_related(Prefetch("votes", votes, to_attr="cast"))


def give_reversals(user, decisions):
    """Set on each decision what it reverses (``undoes``, or None) and what reverses it (``undone_through``), as far as
    ``user`` may know of them: a ratified decision may reverse one whose minutes are not ratified yet. One query, and
    one of each where there are such; the session's unit is that of the decision."""
    keys = [d.pk for d in decisions]
    reversing = list(Decision.objects.filter(reverses__in=keys).order_by().values_list("pk", flat=True))
    before = {d.reverses_id for d in decisions if d.reverses_id}
    undone = known(user).filter(pk__in=before).select_related("organisation") if before else []
    undoing = _undoers(user).filter(pk__in=reversing).select_related("organisation") if reversing else []
    undone, undoing = {d.pk: d for d in undone}, list(undoing)
    for decision in decisions:
        decision.pleno.organisation = decision.organisation
        decision.undoes = undone.get(decision.reverses_id)
        decision.undone_through = [d for d in undoing if d.reverses_id == decision.pk]
    return decisions


def give_follow_ups(user, decisions, *, named=False):
    """Set on each decision the follow-ups that ``user`` may know of, as ``followed`` (None: nothing); one query.
    ``named``: with all that says who does them."""
    units = {d.organisation_id: d.organisation for d in decisions}
    reaches = {unit: permissions.follow_up_reach(user, unit) for unit in units}
    rows = FollowUp.objects.filter(decision__in=[d.pk for d in decisions])
    if named:
        rows = rows.select_related("responsible__user", "division")
    elif permissions.OWN in reaches.values():
        rows = rows.select_related("responsible")
    theirs = {}
    for row in rows:
        row.organisation = units[row.organisation_id]
        if reaches[row.organisation_id] != permissions.OWN or permissions.does(user, row):
            theirs.setdefault(row.decision_id, []).append(row)
    for decision in decisions:
        reach = reaches[decision.organisation_id]
        decision.follow_up_reach = reach
        decision.followed = None if reach == permissions.NOTHING else Followed(theirs.get(decision.pk, []), reach)
    return decisions


@dataclass(frozen=True)
class Concerned:
    """The other record that a decision concerns: what it is called, and where it is for one who may see it."""

    label: object
    address: str | None = None


def give_concerned(user, decisions):
    """Set on each decision the record that it concerns as ``concerned`` (None: no other one). Its own label stands
    where ``user`` may read how it was submitted, else that of its kind. One query, and one a kind of record."""
    about = [d for d in decisions if d.concerns]
    addresses = {}
    for kind in {d.concerns_kind for d in about}:
        addresses[kind] = catalogue.links(kind, [d.concerns for d in about if d.concerns_kind == kind], user)
    items = [d.item.submission_id for d in about if d.item.submission_id]
    labels = dict(Submission.objects.visible_to(user).filter(pk__in=items).values_list("pk", "label")) if items else {}
    for decision in decisions:
        decision.concerned = None
    for decision in about:
        label = labels.get(decision.item.submission_id) or catalogue.label_of(decision.concerns_kind)
        address = addresses[decision.concerns_kind].get(decision.concerns)
        decision.concerned = Concerned(label or _("Rekaman lain"), address)
    return decisions


def concerned(user, unit, key):
    """What the record ``key`` is called in the register of ``unit``, as far as ``user`` may read of it; else ""."""
    rows = readable(user, unit).filter(concerns=key).select_related("item").order_by("-id")[:1]
    return "".join(str(decision.concerned.label) for decision in give_concerned(user, list(rows)))


class Followed:
    """The follow-ups of one decision, summed up in letter and words as far as ``reach`` goes."""

    def __init__(self, rows, reach):
        self.rows, self.reach = rows, reach
        self.count = len(rows)
        self.open = sum(row.state in UNSETTLED for row in rows)
        late = [row for row in rows if row.state in UNSETTLED and row.due < clock.today(row.organisation)]
        self.late = len(late)
        self.days = max((row.days_late(clock.today(row.organisation)) for row in late), default=0)
        self.ended = max((row.settled_at for row in rows if row.settled_at), default=None)

    @property
    def kind(self):
        """off (none), counts (how they stand is not his to know), late, open or done."""
        if not self.rows:
            return "off"
        if self.reach == permissions.COUNTS:
            return "counts"
        return "late" if self.late else "open" if self.open else "done"


def details(decision):
    """Votes, dissents and what was submitted, for its page."""
    return {
        "votes": decision.votes.select_related("attendee"),
        "dissents": decision.dissents.select_related("attendee"),
        "submission": decision.item.submission if decision.item.submission_id else None,
    }
