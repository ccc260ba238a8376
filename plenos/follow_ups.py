"""Follow-ups as they are read: whose one may know, what is overdue, what the next pleno looks through."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from bawaslu_portal.kernel import clock, scope
from bawaslu_portal.kernel.models import Division, Membership
from bawaslu_portal.kernel.models.members import ADMINISTRATOR

from . import permissions
from .models import Attachment, FollowUp, Progress
from .models.following import UNSETTLED
from .models.items import FOLLOW_UPS

MOST = 1000  # settled follow-ups are counted up to here
BESIDE = 5  # so many of the unreviewed stand beside an agenda
SHOWN_BESIDE = (  # and of each only what is said there: a hundred columns take longer than the rows
    *("uuid", "organisation", "what", "due", "state", "settled_at"),
    *("responsible__title", "responsible__role", "responsible__user__name", "division__name"),
    *("decision__organisation", "decision__year", "decision__number"),
)


def mine(user, *units):
    """Q over the follow-ups of ``units`` (default all his own) that are ``user``'s own or his division's."""
    divisions = {p.division_id for p in scope.places(user) if p.division_id and p.role in scope.CONTENT_ROLES}
    rows = Q(responsible__user=user) | Q(division__in=divisions)
    return Q(organisation__in=[u.pk for u in units] or scope.own_units(user)) & rows


def readable(user):
    """The follow-ups whose words ``user`` may read (visibility.md): members and secretariat all of the unit, other
    staff their own and their division's, nobody else any."""
    writers = scope.own_units(user, scope.WRITERS)
    return _dressed(FollowUp.objects.assigned().filter(Q(organisation__in=writers) | mine(user)))


def _dressed(rows):
    return rows.select_related("organisation", "responsible__user", "division", "decision__organisation", "pleno")


def of_unit(user, unit):
    """The follow-ups of ``unit`` that ``user`` may read, whether their decision stands or not: ``narrowed`` asks."""
    rows = FollowUp.objects.filter(organisation=unit)
    return rows if unit.pk in scope.own_units(user, scope.WRITERS) else rows.filter(mine(user, unit))


def able(unit, moment):
    """(people, divisions) of ``unit`` to whom a follow-up may be given at ``moment``."""
    people = Membership.objects.filter(organisation=unit).exclude(role=ADMINISTRATOR).select_related("user")
    people = [m for m in people.order_by("order", "id").told_at(moment) if m.in_force]
    return people, list(Division.objects.filter(organisation=unit).on(clock.local(moment, unit).date()))


@dataclass(frozen=True)
class Sums:
    """How the follow-ups of a unit stand; ``late`` and ``days`` (the longest overdue) where one may know lateness."""

    open: int
    reported: int
    done: int  # this year
    stopped: int  # this year
    late: int | None = None
    days: int | None = None

    @property
    def waiting(self):
        return self.open + self.reported

    @property
    def any(self):
        return bool(self.waiting or self.done or self.stopped)


def sums(user, unit):
    """The counts of the unit's follow-ups as far as ``user`` may know them, or None where he may know nothing."""
    reach = permissions.follow_up_reach(user, unit)
    if reach == permissions.NOTHING:
        return None
    rows = FollowUp.objects.filter(organisation=unit)
    if reach == permissions.OWN:
        rows = rows.filter(mine(user, unit))
    today = clock.today(unit)
    began = datetime.datetime(today.year, 1, 1, tzinfo=unit.zone)
    unsettled = list(rows.unsettled().assigned().order_by("due").values_list("state", "due"))
    settled = rows.filter(settled_at__gte=began).order_by().values_list("state").annotate(n=Count("pk"))
    counted = Counter(state for state, _due in unsettled) + Counter(dict(settled))
    facts = {name: counted[name] for name in ("open", "reported", "done", "stopped")}
    if reach != permissions.COUNTS:
        late = [due for _state, due in unsettled if due < today]
        facts |= {"late": len(late), "days": (today - late[0]).days if late else 0}
    return Sums(**facts)


def narrowed(rows, unit, wanted):
    """Keys of ``rows`` by the filters of the address: by due date, so the overdue first; what is settled comes last,
    the newest first. Only what is unsettled can belong to a decision that does not stand yet."""
    if wanted.get("siapa"):
        rows = rows.filter(responsible__uuid=wanted["siapa"])
    if wanted.get("divisi"):
        rows = rows.filter(division__uuid=wanted["divisi"])
    if wanted.get("tahun"):
        rows = rows.filter(decision__year=wanted["tahun"])
    unsettled, settled = rows.unsettled().assigned(), rows.filter(settled_at__isnull=False)
    parts = {
        "berjalan": (unsettled, None),
        "lewat": (unsettled.overdue(clock.today(unit)), None),
        "dilaporkan": (unsettled.filter(state="reported"), None),
        "selesai": (None, settled.filter(state="done")),
        "dihentikan": (None, settled.filter(state="stopped")),
    }
    first, last = parts.get(wanted.get("keadaan"), (unsettled, settled))
    return Keys(
        [] if first is None else list(first.order_by("due", "id").values_list("pk", flat=True)),
        None if last is None else last.order_by("-settled_at", "-id").values_list("pk", flat=True),
    )


class Keys:
    """Some keys, then those of a query: as one sequence of which only what is asked for is read."""

    def __init__(self, first, last):
        self.first, self.last = first, last

    def count(self):
        """How many, counted up to MOST."""
        return len(self.first) + (0 if self.last is None else self.last[:MOST].count())

    def __getitem__(self, asked):
        start, stop, own = asked.start or 0, asked.stop, len(self.first)
        rest = [] if self.last is None else self.last[max(start - own, 0) : max(stop - own, 0)]
        return [*self.first[start:stop], *rest]


def loaded(user, keys):
    """The follow-ups with these keys, in their order, as a list shows them."""
    by_key = {row.pk: row for row in _dressed(FollowUp.objects.filter(pk__in=keys))}
    return [by_key[key] for key in keys]


def doers(user, unit):
    """Who may be asked for in the filter, as (uuid, name): those in post now, and whoever still has one to do."""
    people, divisions = able(unit, clock.now())
    open_ = of_unit(user, unit).unsettled().order_by()
    left = open_.filter(responsible__isnull=False).values_list("responsible__uuid", "responsible__user__name")
    gone = open_.filter(division__isnull=False).values_list("division__uuid", "division__name")
    people = {m.uuid: m.user.name for m in people} | dict(left)
    divisions = {d.uuid: d.name for d in divisions} | dict(gone)
    return sorted(people.items(), key=lambda p: p[1]), sorted(divisions.items(), key=lambda d: d[1])


def waiting_for(user):
    """(follow-ups of ``user``'s to do, follow-ups that he may confirm), the overdue first; for his desk."""
    if not scope.own_units(user):
        return [], []
    asked = mine(user) & Q(state="open")
    asked |= Q(organisation__in=scope.own_units(user, scope.WRITERS), state="reported")
    rows = list(readable(user).unsettled().filter(asked).order_by("due", "id"))
    reported = [row for row in rows if row.state == "reported" and permissions.may_confirm_done(user, row)]
    last = {}
    if reported:
        said = Progress.objects.filter(follow_up__in=[row.pk for row in reported], kind="reported").order_by("id")
        last = dict(said.values_list("follow_up", "by"))
    return [row for row in rows if row.state == "open"], [row for row in reported if last.get(row.pk) != user.pk]


def _earlier(pleno):
    """The follow-ups of plenos of this unit that were closed before ``pleno`` was opened (or now)."""
    rows = FollowUp.objects.assigned().filter(organisation=pleno.organisation_id).exclude(pleno=pleno.pk)
    return rows.filter(pleno__closed_at__lte=pleno.opened_at or clock.now())


def before(pleno):
    """The follow-ups that ``pleno`` looks through: of earlier plenos, unsettled when it was opened (or now)."""
    unsettled = _earlier(pleno).unsettled()
    settled_since = _earlier(pleno).filter(settled_at__gte=pleno.opened_at or clock.now())
    keys = [*unsettled.values_list("pk", flat=True), *settled_since.values_list("pk", flat=True)]
    return (
        FollowUp.objects.filter(pk__in=keys)
        .select_related(
            "organisation", "responsible__user", "division", "decision__organisation", "decision__item", "pleno"
        )
        .prefetch_related(Prefetch("progress", Progress.objects.select_related("by"), to_attr="told"))
        .order_by("due", "id")
    )


def state_at(follow_up, moment):
    """(its state, its last row of progress with words) as they were at ``moment``. Needs ``told``."""
    rows = [row for row in follow_up.told if row.at <= moment]
    after = {"reported": "reported", "confirmed": "done", "sent_back": "open", "stopped": "stopped"}
    state = next((after[row.kind] for row in reversed(rows) if row.kind in after), "open")
    return state, next((row for row in reversed(rows) if row.text), None)


def reviewed(pleno):
    """For the agenda item of the follow-ups: each with its state and its last words when the pleno closed (or now)."""
    until = pleno.closed_at or clock.now()
    rows = list(before(pleno))
    for row in rows:
        row.state_then, row.said_then = state_at(row, until)
        row.late = row.state_then in ("open", "reported") and row.due < clock.local(until, row.organisation).date()
    return sorted(rows, key=lambda row: (not row.late, row.due, row.pk))


def reviews(items):
    """Whether one of these agenda items looks through the follow-ups."""
    return any(item.standing_kind == FOLLOW_UPS for item in items)


@dataclass(frozen=True)
class Unreviewed:
    """Follow-ups of earlier plenos beside an agenda on which nothing looks through them."""

    first: list  # the most urgent of them
    more: bool  # whether there are others


def left_unreviewed(pleno, items):
    """The unsettled follow-ups of earlier plenos where none of these agenda items looks through them, else None: what
    nobody has on the agenda is not out of sight, but a long list does not push the agenda aside either."""
    if reviews(items):
        return None
    rows = _earlier(pleno).unsettled().select_related("responsible__user", "division", "decision")
    rows = rows.only(*SHOWN_BESIDE)
    rows = list(rows.order_by("due", "id")[: BESIDE + 1])
    said = Progress.objects.filter(follow_up__in=[row.pk for row in rows]).exclude(text="").order_by("id")
    last = dict(said.values_list("follow_up", "text")) if rows else {}
    for row in rows:
        row.organisation = row.decision.organisation = pleno.organisation
        row.said_then = {"text": last[row.pk]} if row.pk in last else None
    return Unreviewed(rows[:BESIDE], len(rows) > BESIDE) if rows else None


def lost_without(item):
    """The unsettled follow-ups that nothing on the agenda looks through once ``item`` is taken off it. One that was
    put off before goes on waiting, and so is not lost."""
    if item.standing_kind != FOLLOW_UPS or item.carried_from_id:
        return FollowUp.objects.none()
    if item.pleno.items.filter(standing_kind=FOLLOW_UPS).exclude(pk=item.pk).exists():
        return FollowUp.objects.none()
    return before(item.pleno).filter(state__in=UNSETTLED)


def told(follow_up):
    """All that was said of a follow-up, the oldest first, with its evidence."""
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    return Progress.objects.filter(follow_up=follow_up).select_related("by").prefetch_related(files).order_by("id")
