"""Follow-ups as they are read: whose one may know, what is overdue, what the next pleno looks through."""

from dataclasses import dataclass

from django.db.models import Count, F, Prefetch, Q

from bawaslu_portal.kernel import clock, scope
from bawaslu_portal.kernel.models import Division, Membership
from bawaslu_portal.kernel.models.members import ADMINISTRATOR

from . import permissions
from .models import Attachment, FollowUp, Progress
from .models.items import FOLLOW_UPS


def mine(user, *units):
    """Q over the follow-ups of ``units`` (default all his own) that are ``user``'s own or his division's."""
    divisions = {p.division_id for p in scope.places(user) if p.division_id and p.role in scope.CONTENT_ROLES}
    rows = Q(responsible__user=user) | Q(division__in=divisions)
    return Q(organisation__in=[u.pk for u in units] or scope.own_units(user)) & rows


def readable(user):
    """The follow-ups whose words ``user`` may read (visibility.md): members and secretariat all of the unit, other
    staff their own and their division's, nobody else any."""
    writers = scope.own_units(user, scope.WRITERS)
    rows = FollowUp.objects.assigned().filter(Q(organisation__in=writers) | mine(user))
    return rows.select_related("organisation", "responsible__user", "division", "decision__organisation", "pleno")


def of_unit(user, unit):
    """The follow-ups of ``unit`` that ``user`` may read."""
    return readable(user).filter(organisation=unit)


def able(unit, moment):
    """(people, divisions) of ``unit`` to whom a follow-up may be given at ``moment``."""
    people = (
        Membership.objects.filter(organisation=unit)
        .in_force_at(moment)
        .exclude(role=ADMINISTRATOR)
        .select_related("user")
        .order_by("order", "id")
    )
    return list(people), list(Division.objects.filter(organisation=unit).on(clock.local(moment, unit).date()))


@dataclass(frozen=True)
class Sums:
    """How the follow-ups of a unit stand; ``late`` and ``days`` (the longest overdue) where one may know lateness."""

    total: int
    open: int
    reported: int
    done: int
    stopped: int
    late: int | None = None
    days: int | None = None

    @property
    def waiting(self):
        return self.open + self.reported


def sums(user, unit):
    """The counts of the unit's follow-ups as far as ``user`` may know them, or None where he may know nothing."""
    reach = permissions.follow_up_reach(user, unit)
    if reach == permissions.NOTHING:
        return None
    rows = FollowUp.objects.assigned().filter(organisation=unit)
    if reach == permissions.OWN:
        rows = rows.filter(mine(user, unit))
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    facts = {name: counted.get(name, 0) for name in ("open", "reported", "done", "stopped")}
    if reach != permissions.COUNTS:
        today = clock.today(unit)
        late = list(rows.overdue(today).order_by("due").values_list("due", flat=True))
        facts |= {"late": len(late), "days": (today - late[0]).days if late else 0}
    return Sums(total=sum(counted.values()), **facts)


STATES = ("berjalan", "lewat", "dilaporkan", "selesai", "dihentikan")


def narrowed(rows, unit, wanted):
    """``rows`` by the filters of the address, the overdue first, then by due date; what is settled comes last."""
    today = clock.today(unit)
    state = {
        "berjalan": rows.unsettled,
        "lewat": lambda: rows.overdue(today),
        "dilaporkan": lambda: rows.filter(state="reported"),
        "selesai": lambda: rows.filter(state="done"),
        "dihentikan": lambda: rows.filter(state="stopped"),
    }
    if wanted.get("keadaan") in state:
        rows = state[wanted["keadaan"]]()
    if wanted.get("siapa"):
        rows = rows.filter(responsible__uuid=wanted["siapa"])
    if wanted.get("divisi"):
        rows = rows.filter(division__uuid=wanted["divisi"])
    if wanted.get("tahun"):
        rows = rows.filter(decision__year=wanted["tahun"])
    return rows.order_by(F("settled_at").desc(nulls_first=True), "due", "id")


def doers(user, unit):
    """Who of the unit has follow-ups that ``user`` may read: memberships and divisions, for the filter."""
    rows = of_unit(user, unit).order_by()
    people = rows.filter(responsible__isnull=False).values_list("responsible__uuid", "responsible__user__name")
    divisions = rows.filter(division__isnull=False).values_list("division__uuid", "division__name")
    return sorted(people.distinct(), key=lambda p: p[1]), sorted(divisions.distinct(), key=lambda d: d[1])


def waiting_for(user):
    """(follow-ups of ``user``'s to do, follow-ups that he may confirm), the overdue first; for his desk."""
    if not scope.own_units(user):
        return [], []
    to_do = list(readable(user).filter(mine(user), state="open").order_by("due", "id"))
    writers = scope.own_units(user, scope.WRITERS)
    reported = readable(user).filter(organisation__in=writers, state="reported").order_by("due", "id")
    last = {}
    rows = list(reported)
    kinds = Progress.objects.filter(follow_up__in=[row.pk for row in rows], kind="reported").order_by("id")
    for key, by in kinds.values_list("follow_up", "by"):
        last[key] = by
    to_confirm = [r for r in rows if permissions.may_confirm_done(user, r) and last.get(r.pk) != user.pk]
    return to_do, to_confirm


def before(pleno):
    """The follow-ups that ``pleno`` looks through: of earlier plenos, unsettled when it was opened (or now)."""
    since = pleno.opened_at or clock.now()
    rows = FollowUp.objects.assigned().filter(organisation=pleno.organisation_id).exclude(pleno=pleno.pk)
    unsettled, settled_since = rows.unsettled(), rows.filter(settled_at__gte=since)
    keys = [*unsettled.values_list("pk", flat=True), *settled_since.values_list("pk", flat=True)]
    return (
        FollowUp.objects.filter(pk__in=keys, pleno__closed_at__lte=since)
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


def told(follow_up):
    """All that was said of a follow-up, the oldest first, with its evidence."""
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    return Progress.objects.filter(follow_up=follow_up).select_related("by").prefetch_related(files).order_by("id")
