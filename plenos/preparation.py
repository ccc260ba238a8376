"""What the next plenary is made of: its day, the standing items, what earlier ones put off, what was submitted.

Titles that the portal writes itself go to paper and are therefore always Indonesian.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, holidays
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from bawaslu_portal.kernel.models import Division, Organisation
from bawaslu_portal.kernel.settings_store import setting, values

from .models import AgendaItem, Attachment, Drop, FollowUp, Pleno, Submission, TemplateItem
from .models.intake import COMMITMENT, PLACED, WAITING
from .models.items import APPROVAL, DEFERRED, DIVISION_REPORT, FOLLOW_UPS
from .models.sessions import CANCELLED, CLOSED, DRAFT, INVITED, RATIFIED, SIGNING, week_text

OVER = (CLOSED, SIGNING, RATIFIED)
WEEK = datetime.timedelta(days=7)
FARTHEST = 60  # weeks: no unit is on holiday for longer
# What a unit starts with until it has a template of its own: (kind, title).
USUAL = (
    (FOLLOW_UPS, "Tindak lanjut keputusan minggu lalu"),
    (DIVISION_REPORT, "Laporan dan rencana"),
    ("", "Hal yang perlu diputuskan"),
    ("", "Lain-lain"),
)
APPROVAL_TITLE = "Persetujuan risalah pleno sebelumnya"


# --- the day --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slot:
    """The week and hour of the next pleno; ``moved_from`` is the usual day where that is a holiday (``holiday``), and
    ``skipped`` the weeks in which nobody works."""

    monday: datetime.date
    planned_at: datetime.datetime
    moved_from: datetime.date | None = None
    holiday: str = ""
    skipped: tuple = ()

    @property
    def year(self):
        return self.monday.isocalendar().year

    @property
    def week(self):
        return self.monday.isocalendar().week

    @property
    def week_text(self):
        return week_text(self.year, self.week)


def _day_in(organisation, monday, weekday, calendar):
    """The usual day of that week; where it is a holiday the next working day of the week, else the last one before."""
    usual = monday + datetime.timedelta(days=weekday - 1)
    if weekday > 5 or calendar.is_working_day(organisation, usual):
        return usual
    days = [monday + datetime.timedelta(days=n) for n in range(5)]
    works = [day for day in days if calendar.is_working_day(organisation, day)]
    later = [day for day in works if day > usual]
    return later[0] if later else (works[-1] if works else None)


def _holiday_on(organisation, day):
    """The name of the day's holiday or closure in the unit."""
    return next((h.name for h in holidays.of(organisation, day.year) if h.first <= day <= h.last), "")


def next_slot(organisation):
    """The week after the last one that is planned, but none whose hour is past; on its usual weekday and hour."""
    held = values(organisation, ["plenos.weekday", "plenos.hour"])
    weekday, hour = int(held["plenos.weekday"]), datetime.time.fromisoformat(held["plenos.hour"])
    now = clock.local(clock.now(), organisation)
    monday = now.date() - datetime.timedelta(days=now.weekday())
    last = Pleno.objects.of(organisation).exclude(state=CANCELLED).order_by("-week_year", "-week").first()
    if last is not None:
        monday = max(monday, last.monday + WEEK)
    calendar, skipped = holidays.Calendar([organisation], monday), []
    for _n in range(FARTHEST):
        day = _day_in(organisation, monday, weekday, calendar)
        if day is None:
            skipped.append(week_text(*monday.isocalendar()[:2]))
        elif (planned_at := datetime.datetime.combine(day, hour, organisation.zone)) > now:
            usual = monday + datetime.timedelta(days=weekday - 1)
            if day == usual:
                return Slot(monday, planned_at, skipped=tuple(skipped))
            return Slot(monday, planned_at, usual, _holiday_on(organisation, usual), tuple(skipped))
        monday += WEEK
    raise TransitionRefused(_("Menurut daftar libur, tidak ada hari kerja dalam setahun ke depan. Periksa daftarnya."))


# --- the standing items ---------------------------------------------------------------------------------


def template_of(organisation):
    """The standing items of the unit in their order; the usual ones, unsaved, where it never had any of its own."""
    rows = list(TemplateItem.objects.filter(organisation=organisation))
    if rows:
        return [row for row in rows if row.removed_at is None]
    return usual(organisation)


def usual(organisation):
    """The standing items that a unit starts with, unsaved."""
    return [
        TemplateItem(organisation=organisation, order=n, standing_kind=kind, title=title)
        for n, (kind, title) in enumerate(USUAL, 1)
    ]


def _expanded(row, organisation, day):
    if row.standing_kind != DIVISION_REPORT:
        return [{"title": row.title, "standing_kind": row.standing_kind, "access": row.access}]
    return [
        {
            "title": f"{row.title} Divisi {division.name}"[:200],
            "standing_kind": DIVISION_REPORT,
            "division": division,
            "access": row.access,
        }
        for division in Division.objects.filter(organisation=organisation).on(day)
    ]


def standing_items(organisation, day):
    """The fields of the items that every weekly agenda of the unit begins with on ``day``."""
    rows = [item for row in template_of(organisation) for item in _expanded(row, organisation, day)]
    if setting(organisation, "plenos.approve_last", day):
        rows = [r for r in rows if r["standing_kind"] != APPROVAL]
        rows.insert(0, {"title": APPROVAL_TITLE, "standing_kind": APPROVAL, "access": "closed"})
    return rows


# --- what earlier plenos put off ------------------------------------------------------------------------


def pending(organisation):
    """Items that closed plenos put off, that nobody dropped, and that no live pleno has taken over; oldest first."""
    taken = AgendaItem.objects.filter(carried_from=OuterRef("pk")).exclude(pleno__state=CANCELLED)
    return (
        AgendaItem.objects.filter(organisation=organisation, fate=DEFERRED, pleno__state__in=OVER)
        .exclude(Exists(taken))
        .exclude(Exists(Drop.objects.filter(item=OuterRef("pk"))))
        .select_related("pleno__organisation", "division", "submission")
        .order_by("id")
    )


def carried(origin):
    """The fields of the item that takes over one that was put off; its notes stay with the pleno that wrote them."""
    return {
        "title": origin.title,
        "background": origin.background,
        "proposer": origin.proposer,
        "access": origin.access,
        "standing_kind": origin.standing_kind,
        "division": origin.division,
        "carried_from": origin,
        "submission": origin.submission,
    }


# --- what was submitted ---------------------------------------------------------------------------------


def item_of(submission):
    """The latest item of a submission in a pleno that was not cancelled, or None."""
    rows = AgendaItem.objects.filter(submission=submission).exclude(pleno__state=CANCELLED)
    rows = rows.select_related("pleno__organisation", "carried_from").defer("search", "carried_from__search")
    return rows.order_by("-id").first()


def submitted_items(pleno):
    """The items of a pleno that came through the inbox."""
    return AgendaItem.objects.filter(pleno=pleno, submission__isnull=False).select_related("submission__by")


def concerns(item):
    """What a decision on ``item`` names besides: the record that was submitted, or the minutes that are approved."""
    submission = item.submission
    if submission is not None and submission.thing:
        return {"concerns_kind": submission.kind, "concerns": submission.thing}
    if submission is not None:
        return {"concerns_kind": "plenos.submission", "concerns": submission.uuid}
    last = last_ratified(item.pleno) if item.standing_kind == APPROVAL else None
    return {"concerns_kind": "pleno", "concerns": last.uuid} if last else {}


def submitted(submission):
    """The fields of the item that a submission becomes."""
    elsewhere = submission.between_units
    return {
        "title": submission.label,
        "background": submission.summary,
        "proposer": (submission.asking.name if elsewhere else submission.by.name)[:120],
        "access": submission.access,
        "division": submission.division,
        "submission": submission,
    }


def for_the_next(organisation):
    """Submissions that the next agenda takes up: those placed on no live one, and what the level above asks for."""
    live = AgendaItem.objects.filter(submission=OuterRef("pk")).exclude(pleno__state=CANCELLED)
    return (
        Submission.objects.filter(organisation=organisation)
        .filter(Q(state=PLACED) | Q(state=WAITING, kind=COMMITMENT))
        .exclude(Exists(live))
        .select_related("asking", "by", "division")
        .order_by("id")
    )


# --- the whole agenda -----------------------------------------------------------------------------------


def agenda_for(organisation, day):
    """The fields of every item of the next agenda, in order: standing ones, after last week's follow-ups what was put
    off, after the reports of the divisions what was submitted, and what the unit ends with."""
    rows = standing_items(organisation, day)
    off = [carried(origin) for origin in pending(organisation) if not _stands_again(rows, origin)]
    inbox = [submitted(submission) for submission in for_the_next(organisation)]
    after = max((n for n, r in enumerate(rows, 1) if r["standing_kind"]), default=0)
    rows[after:after] = inbox
    begin = max((n for n, r in enumerate(rows, 1) if r.get("standing_kind") in (APPROVAL, FOLLOW_UPS)), default=0)
    rows[begin:begin] = off
    return rows


def _stands_again(rows, origin):
    """Whether a standing item that was put off is one of the new standing ``rows``: that one then carries it."""
    if origin.submission_id:
        return False
    for row in rows:
        division = row.get("division")
        same = (row["standing_kind"], division and division.pk) == (origin.standing_kind, origin.division_id)
        if same and "carried_from" not in row and (row["standing_kind"] == APPROVAL or row["title"] == origin.title):
            row |= {"carried_from": origin, "background": origin.background}
            return True
    return False


def append(pleno, facts):
    """Put one item at the end of a locked pleno's agenda."""
    last = AgendaItem.objects.filter(pleno=pleno).aggregate(last=Max("order"))["last"] or 0
    return AgendaItem.objects.create(pleno=pleno, organisation=pleno.organisation, order=last + 1, **facts)


def bring_files(items):
    """The files of what an item takes over hang on it too (the bytes stand once): they belong in its annex."""
    for item in items:
        source = item.carried_from or item.submission
        for file in source.attachments.all() if source else ():
            facts = {name: getattr(file, name) for name in ("file", "name", "caption", "dated", "order", "at", "by")}
            Attachment.objects.create(item=item, organisation=item.organisation, **facts)


def take_out(pleno, item):
    """Take one item out of a locked pleno's agenda; those below it close up."""
    AgendaItem.objects.filter(pleno=pleno, order__gt=item.order).update(order=F("order") - 1)
    AgendaItem.objects.filter(pk=item.pk).delete()


# --- beside the agenda ----------------------------------------------------------------------------------


def preparing(organisation):
    """The plenos of the unit whose agenda may still take something up, the earliest first."""
    return Pleno.objects.of(organisation).filter(state__in=(DRAFT, INVITED)).order_by("planned_at")


def with_origins(items):
    """The items with where each comes from: the item that was put off and its pleno, the submission."""
    return items.select_related("carried_from__pleno__organisation", "submission").defer(
        "search", "carried_from__search"
    )


def is_prepared(pleno):
    """Whether the agenda holds standing items already."""
    return AgendaItem.objects.filter(pleno=pleno).exclude(standing_kind="").exists()


def without_plan(units):
    """Those of ``units`` (ids) that owe a weekly pleno and have none ahead or under way."""
    busy = Pleno.objects.filter(organisation__in=units).coming().order_by().values("organisation")
    idle = Organisation.objects.filter(pk__in=units).exclude(pk__in=busy).order_by("code")
    return [unit for unit in idle if setting(unit, "plenos.weekly")]


def units(ids):
    """The units with these ids, by code."""
    return Organisation.objects.filter(pk__in=list(ids)).order_by("code") if ids else []


def open_follow_ups(organisation):
    """How many follow-ups of the unit are not settled, and how many of them are overdue."""
    rows = FollowUp.objects.filter(organisation=organisation, state__in=("open", "reported")).order_by()
    dues = list(rows.values_list("due", flat=True))
    today = clock.today(organisation)
    return len(dues), sum(due < today for due in dues)


def last_ratified(pleno):
    """The minutes that this pleno approves: of the last ratified one of the unit before it, or None."""
    earlier = Q(week_year__lt=pleno.week_year) | Q(week_year=pleno.week_year, week__lt=pleno.week)
    earlier |= Q(week_year=pleno.week_year, week=pleno.week, ordinal__lt=pleno.ordinal)
    rows = Pleno.objects.of(pleno.organisation_id).filter(earlier, state=RATIFIED).select_related("organisation")
    return rows.order_by("-week_year", "-week", "-ordinal").first()


def lead_days(pleno, day=None):
    """Days that must lie between invitation and meeting, by the unit's rule of that day: an urgent one has its own."""
    key = "plenos.lead_days_urgent" if pleno.urgent else "plenos.lead_days"
    return int(setting(pleno.organisation, key, day))


def days_short(pleno, dated=None, planned_at=None):
    """By how many days an invitation of that date (default today) comes too late for the unit's rule; 0: in time.
    ``planned_at``: another hour that the pleno is about to get."""
    dated = dated or clock.today(pleno.organisation)
    ahead = (clock.local(planned_at or pleno.planned_at, pleno.organisation).date() - dated).days
    return max(0, lead_days(pleno, dated) - ahead)


def standing_of(organisation):
    """The unit's own standing items, as rows."""
    return TemplateItem.objects.filter(organisation=organisation, removed_at=None)


def put_off(organisation):
    """Every item that a pleno of the unit put off, waiting or not."""
    return AgendaItem.objects.filter(organisation=organisation, fate=DEFERRED).select_related("pleno__organisation")
