"""Weeks planted one by one: a letter is chosen first, then facts are laid that must lead to it.

What was planted goes into a CSV; pages and workbooks are compared with that, never with a query.
"""

import csv
import datetime
import io
from html.parser import HTMLParser

from openpyxl import load_workbook

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.models import Duty, Membership
from bawaslu_portal.kernel.tests.factories import make_person

from ..models import Minutes, Pleno
from ..models.sessions import CLOSED, INVITED, OPEN, RATIFIED, SIGNING

HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
# How a week may have gone: the letter that must come of it.
FATES = {
    "on_time": "T",
    "two_on_time": "T",
    "opened_on_sunday_night": "T",
    "delivered_in_the_last_minute": "T",
    "extended": "T",
    "held_late": "L",
    "minutes_late": "L",
    "minutes_overdue": "L",
    "second_undelivered": "L",
    "returned": "P",
    "no_quorum": "K",
    "nothing": "N",
    "only_invited": "N",
    "declared": "N",
    "declined": "N",
    "excused": "B",
    "excused_though_held": "B",
}


def due(unit, kind, monday):
    return Duty.objects.get(organisation=unit, kind=kind, begins=monday)


def seat(unit):
    """The chair of a unit, made when he is not there."""
    found = Membership.objects.filter(organisation=unit, role="chair").first()
    return found or Membership.objects.get(
        organisation=unit, user=make_person(unit, "chair", f"Ketua {unit.region_name}")
    )


def lay(unit, monday, state, *, opened=None, delivered=None, quorum=True, ordinal=1):
    """One session with these facts, as the tables hold it. Its minutes come with delivery."""
    year, week, _day = monday.isocalendar()
    chair = seat(unit)
    facts = {}
    if opened is not None:
        facts = {
            "opened_at": opened,
            "quorum_base": 5,
            "quorum_needed": 3,
            "quorum_present": 4 if quorum else 2,
            "quorum_met": quorum,
        }
    if state in (CLOSED, SIGNING, RATIFIED):
        facts["closed_at"] = opened + 2 * HOUR
    pleno = Pleno.objects.create(
        organisation=unit,
        week_year=year,
        week=week,
        ordinal=ordinal,
        planned_at=opened or datetime.datetime.combine(monday, datetime.time(2), tzinfo=datetime.UTC),
        place="Ruang rapat",
        chair=chair,
        planned_by=chair.user,
        state=SIGNING if delivered is not None else state,
        **facts,
    )
    if delivered is not None:
        Minutes.objects.create(
            organisation=unit,
            pleno=pleno,
            record={},
            digest="0" * 64,
            put_up_at=opened + 3 * HOUR,
            put_up_by=chair.user,
            ratified_at=delivered,
            ratified_by=chair.user,
            number="1",
            sequence=1,
            access="closed",
            dated=monday,
        )
        # In the order of life: what hangs on a ratified pleno cannot be added.
        facts = {"state": RATIFIED, "ratified_at": delivered, "released_at": delivered}
        Pleno.objects.filter(pk=pleno.pk).update(delivered_to=unit.parent_on(), **facts)
    return pleno


def plant(unit, monday, fate, overseer):
    """Let the week of ``unit`` go as ``fate`` says, by facts alone. ``overseer`` speaks for the province."""
    held, minutes = due(unit, "plenos.held", monday), due(unit, "plenos.minutes", monday)
    usual = held.due_at - 6 * DAY + HOUR  # Monday night, in time
    sent = usual + DAY
    keeper = seat(unit).user

    def say(kind, at, duty=held, **more):
        with clock.at(at):
            by = keeper if kind == "declared" else overseer
            by.scope_cache = {}
            return duties.rule(duty, kind, by=by, reason="Sebab tertentu", **more)

    if fate in ("on_time", "excused_though_held", "returned"):
        pleno = lay(unit, monday, RATIFIED, opened=usual, delivered=sent)
    if fate == "two_on_time":
        lay(unit, monday, RATIFIED, opened=usual, delivered=sent)
        lay(unit, monday, RATIFIED, opened=usual + DAY, delivered=sent + DAY, ordinal=2)
    if fate == "opened_on_sunday_night":
        lay(unit, monday, RATIFIED, opened=held.due_at - HOUR, delivered=held.due_at + HOUR)
    if fate == "delivered_in_the_last_minute":
        lay(unit, monday, RATIFIED, opened=usual, delivered=minutes.due_at - datetime.timedelta(seconds=5))
    if fate == "extended":
        say("extended", held.due_at + HOUR, until=held.due_at + 3 * DAY)
        say("extended", held.due_at + HOUR, minutes, until=minutes.due_at + 9 * DAY)
        lay(unit, monday, RATIFIED, opened=held.due_at + 2 * DAY, delivered=minutes.due_at + 8 * DAY)
    if fate == "held_late":
        lay(unit, monday, RATIFIED, opened=held.due_at + HOUR, delivered=held.due_at + 5 * HOUR)
    if fate == "minutes_late":
        lay(unit, monday, RATIFIED, opened=usual, delivered=minutes.due_at + HOUR)
    if fate == "minutes_overdue":
        lay(unit, monday, SIGNING, opened=usual)
    if fate == "second_undelivered":
        lay(unit, monday, RATIFIED, opened=usual, delivered=sent)
        lay(unit, monday, OPEN, opened=usual + DAY, ordinal=2)
    if fate == "returned":
        say("returned", sent + DAY, minutes, about=pleno.uuid)
    if fate == "no_quorum":
        lay(unit, monday, CLOSED, opened=usual, quorum=False)
    if fate == "only_invited":
        lay(unit, monday, INVITED)
    if fate in ("declared", "declined", "excused", "excused_though_held"):
        say("declared", usual)
    if fate == "declined":
        say("declined", usual + HOUR)
    if fate in ("excused", "excused_though_held"):
        say("granted", usual + HOUR)
    return FATES[fate]


def season(units, mondays, overseer, fate_of):
    """Plant a fate for each unit and week; gives the CSV of what was planted: code, week, letter, fate."""
    duties.ensure(units, mondays[0], mondays[-1])
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["code", "week", "letter", "fate"])
    for unit in units:
        for monday in mondays:
            fate = fate_of(unit, monday)
            year, week, _day = monday.isocalendar()
            rows.writerow([unit.code, f"{year}-W{week:02d}", plant(unit, monday, fate, overseer), fate])
    return out.getvalue()


# --- reading back -----------------------------------------------------------------------------------------


class Cells(HTMLParser):
    """The letters of a board by the address of each cell: {(code, week): (letter, title)}."""

    def __init__(self, text):
        super().__init__()
        self.found, self._at = {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and "c-" in given.get("class", ""):
            _slash, _pleno, code, week, _end = given["href"].split("/")
            self._at = (code, week)
            assert self._at not in self.found, f"{self._at} stands twice"
            self.found[self._at] = ("", given.get("title", ""))

    def handle_data(self, data):
        if self._at:
            self.found[self._at] = (data.strip(), self.found[self._at][1])

    def handle_endtag(self, tag):
        if tag == "a":
            self._at = None


def letters_of_page(text):
    return {place: letter for place, (letter, _word) in Cells(text).found.items()}


def letters_of_workbook(content, codes):
    """The same from the Excel file; ``codes`` by the name of the region."""
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    weeks = {n: name for n, name in enumerate(rows[0]) if "-W" in str(name)}
    return {(codes[row[0]], week): row[n] or "" for row in rows[1:] if row[0] in codes for n, week in weeks.items()}


def letters_of_csv(text):
    return {(row["code"], row["week"]): row["letter"] for row in csv.DictReader(io.StringIO(text))}
