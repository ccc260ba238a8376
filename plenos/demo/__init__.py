"""The chapter of the plenary in the demonstration: the weekly sessions of June to August 2024, and of today."""

from django.db import transaction

from bawaslu_portal.kernel import db, organisations
from bawaslu_portal.kernel.models import Membership, Organisation, User

from ..models import Decision, Pleno
from . import diary, season
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

    def plant(code):
        with transaction.atomic():
            _unit(cast, code, [row for row in listed if row.unit == code], habits[code])

    cast.each(plant, list(dict.fromkeys(row.unit for row in listed)))
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
    if first:
        _set_up(unit, habit)
    events = cast.events.get(code, []) if first else []
    office = Office(unit, habit, cast.now, settled=not cast.events.get(code))
    stories = [Story(office, row).tell() for row in missing] + [diary.event(*event) for event in events]
    diary.play(stories, cast.now)


def _set_up(unit, habit):
    """The unit's own habits, as its administrator would set them when the portal begins there."""
    from bawaslu_portal.kernel import clock

    seat = Membership.objects.filter(organisation=unit, role="administrator").order_by("order", "id").first()
    changes = {key: kind(habit[key.removeprefix("plenos.")]) for key, kind in SETTINGS.items()}
    if habit["typed"]:
        changes["numbering.plenos.berita_acara.source"] = "typed"
    with clock.at(seat.user.date_joined):
        organisations.change_settings(
            unit, changes, since=seat.user.date_joined.date(), source="Data contoh", by=seat.user
        )
