"""The chapter of the plenary in the demonstration: the weekly sessions of June to August 2024, and of today."""

from django.db import transaction

from bawaslu_portal.kernel import clock, db, duties, organisations
from bawaslu_portal.kernel.models import Membership, Organisation, User

from ..models import Decision, Pleno
from . import diary, inbox, rulings, season, versions
from .office import Office
from .stories import Story

SETTINGS = {
    "plenos.weekday": int,
    "plenos.hour": str,
    "plenos.place": str,
    "plenos.lead_days": int,
    "plenos.minutes_days": int,
}


def chapter(cast):
    """Plant what is not there yet, each unit in one transaction. Returns a sentence of figures."""
    listed, habits = season.read(), season.habits()
    _owe(cast, habits)

    def plant(code):
        with transaction.atomic():
            _unit(cast, code, [row for row in listed if row.unit == code], habits[code])

    cast.each(plant, list(dict.fromkeys(row.unit for row in listed)))
    with transaction.atomic():
        inbox.plant(cast)
        versions.archive(cast)
    plenos = Pleno.objects.filter(organisation__code__in=habits)
    return f"{plenos.count()} plenos, {Decision.objects.standing().filter(pleno__in=plenos).count()} decisions"


def _unit(cast, code, rows, habit):
    db.begin(User.objects.system())
    unit = Organisation.objects.select_for_update(of=("self",), no_key=True).get(code=code)
    there = Pleno.objects.of(unit)
    first = not there.exists()
    weeks = {pleno.week_text for pleno in there}
    late = there.filter(week_year__gt=2024).exists()
    missing = [row for row in rows if row.what != "none" and not (late if row.relative else row.week in weeks)]
    if not missing:
        return
    events = cast.events.get(code, []) if first else []
    office = Office(unit, habit, cast.now, settled=not cast.events.get(code))
    stories = [Story(office, row).tell() for row in missing] + [diary.event(*event) for event in events]
    if first:
        stories += rulings.of(unit) + versions.of(unit)
    diary.play(stories, cast.now)


def _owe(cast, habits):
    """The units' duties: of the season, created before it began, and of the weeks around today."""
    units, summer = [cast.units[code] for code in habits], [row for row in season.read() if not row.relative]
    mondays = [row.monday(None) for row in summer]
    with transaction.atomic():
        db.begin(User.objects.system())
        for code, habit in habits.items():
            if not Pleno.objects.of(cast.units[code]).exists():
                _set_up(cast.units[code], habit)
        with clock.at(clock.local(cast.now, units[0]).replace(year=2024, month=6, day=1)):
            duties.ensure(units, min(mondays), max(mondays))
        today = cast.now.date()
        duties.ensure(units, today - duties.WEEK, today + duties.AHEAD * duties.WEEK)


def _set_up(unit, habit):
    """The unit's own habits, as its administrator would set them when the portal begins there."""
    seat = Membership.objects.filter(organisation=unit, role="administrator").order_by("order", "id").first()
    changes = {key: kind(habit[key.removeprefix("plenos.")]) for key, kind in SETTINGS.items()}
    if habit["typed"]:
        changes["numbering.plenos.berita_acara.source"] = "typed"
    with clock.at(seat.user.date_joined):
        organisations.change_settings(
            unit, changes, since=seat.user.date_joined.date(), source="Data contoh", by=seat.user
        )
