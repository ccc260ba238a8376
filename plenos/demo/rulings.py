"""What is said about weeks of the season between a unit and its province, read as it stands in the list."""

import csv
import datetime

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.models import Duty, Membership

from .. import lifecycle
from ..models import Pleno
from . import diary
from .season import DATA

RULINGS = DATA / "rulings-2024.csv"
FROM_THE_UNIT = "declared"


def read():
    """Every row, as dicts, in the order of the list."""
    with RULINGS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _moment(text, unit):
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=unit.zone)


def _speaker(unit, row):
    """Who holds the post at that moment: in the unit where it declares, else in the one above."""
    place = unit if row["kind"] == FROM_THE_UNIT else unit.parent_on()
    seats = Membership.objects.filter(organisation=place, role=row["by"]).in_force_at(clock.now())
    return seats.select_related("user").order_by("order", "id").first().user


def _say(unit, row):
    duty = Duty.objects.get(organisation=unit, kind=row["duty"], period=row["week"])
    by, reason = _speaker(unit, row), row["reason"]
    if row["kind"] == "declared":
        lifecycle.declare_none(duty, by=by, reason=reason)
    elif row["kind"] == "extended":
        lifecycle.extend(duty, until=_moment(row["until"], unit), by=by, reason=reason)
    elif row["kind"] == "returned":
        year, week = row["week"].split("-W")
        pleno = Pleno.objects.of(unit).in_week(int(year), int(week)).get(ordinal=1)
        lifecycle.return_minutes(pleno, by=by, reason=reason)
    else:
        lifecycle.answer(duty, granted=row["kind"] == duties.GRANTED, by=by, reason=reason)


def of(unit):
    """The rulings about the unit, as stories of a single act each."""
    return [
        diary.event(_moment(row["at"], unit), lambda row=row: _say(unit, row))
        for row in read()
        if row["unit"] == unit.code
    ]
