"""The people of the bodies: terms of office, replacements, divisions, the secretariat, and each unit's settings."""

import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password

from bawaslu_portal.demonstration import DOMAIN
from bawaslu_portal.kernel import catalogue, members
from bawaslu_portal.kernel.models import Division, Membership, Organisation, Parentage, Setting, User

from . import Body, Post, uuids

SOURCE = "Data contoh"
TERM = 5
BEGIN = {"national": (2017, 4, 11), "province": (2018, 7, 20), "district": (2018, 8, 15)}
DIVISIONS = [
    ("SDM, Organisasi, Pendidikan dan Pelatihan", "SDMO dan Diklat"),
    ("Hukum dan Penyelesaian Sengketa", "Hukum dan PS"),
    ("Pencegahan, Partisipasi Masyarakat dan Humas", "Pencegahan dan Humas"),
    ("Penanganan Pelanggaran, Data dan Informasi", "PP dan Datin"),
]
GIVEN, FAMILY = [
    line.split() for line in Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()
]
DEGREES = ("S.H.", "S.IP.", "S.Sos.", "S.Pd.", "S.E.", "S.H., M.H.", "S.P.", "M.Si.", "S.T.", "S.Ag.")
HABITS = {"weekday": (1, 1, 1, 2, 2, 3), "time": ("09:00", "09:00", "10:00", "13:30", "14:00")}
SECRETARIAT = [
    ("head_of_secretariat", "kepala", 1, 4),
    ("note_taker", "notulis", 1, 3),
    ("staff", "staf", 1, 4),
    ("administrator", "administrator", 1, 5),
]


def gather(nation, province=None):
    """The bodies of the nation, or of one province with the body above it, each with what belongs to it."""
    rows = Organisation.objects.order_by("code")
    if province:
        rows = rows.filter(code="00") | rows.filter(code=province) | rows.filter(code__startswith=f"{province}.")
    units = list(rows)
    above = dict(Parentage.objects.filter(until=None).values_list("organisation_id", "parent_id"))
    known = {}
    for number, unit in enumerate(units, 1):
        known[unit.pk] = Body(unit, number, nation.seed)
    for body in known.values():
        body.parent = known.get(above.get(body.unit.pk))
        chance = body.draws("body")
        wide = body.unit.level == "province"
        body.seats = 5 if body.unit.level == "national" else chance.choice((5, 7) if wide else (3, 5))
        body.care = 1 - chance.random() ** 2 * 0.5
    nation.bodies = list(known.values())


def write(nation, copy, secret):
    """Users, memberships, divisions and settings of every body. Returns {number of the body: its administrator}."""
    password = make_password(secret)
    user = copy.writer(
        User, "id", "uuid", "email", "name", "password", "birth_date", "nip", "is_active", "date_joined", "last_login"
    )
    seat = copy.writer(
        Membership,
        *("id", "uuid", "organisation_id", "user_id", "role", "division_id", "title", "order", "since", "until"),
        "source",
    )
    administrators = {}
    for body in nation.bodies:
        _divisions(body, nation, copy)
        _people(body, nation, user, seat, password)
        administrators[body.number] = body.serving(nation.now, "administrator")[0].user
        _settings(body, nation, copy, administrators[body.number])
    return administrators


def _divisions(body, nation, copy):
    add = copy.writer(Division, "id", "uuid", "organisation_id", "name", "short_name", "order", "since")
    ids, fresh = body.ids(), uuids(body.draws("divisions"))
    since = nation.first - datetime.timedelta(days=60)
    for order, (name, short) in enumerate(DIVISIONS[: 3 if body.seats == 3 else 4], 1):
        pk = next(ids)
        body.divisions.append((pk, name, short))
        add(pk, fresh(), body.unit.pk, name, short, order, since)


def _terms(body, nation):
    """(first day, last day or None) of the terms of office that touch the years played."""
    first = datetime.date(*BEGIN[body.unit.level])
    while first > nation.first:
        first = first.replace(year=first.year - TERM)
    while first <= nation.now.date():
        following = first.replace(year=first.year + TERM)
        yield first, following if following <= nation.now.date() else None
        first = following


def _seats(body, nation, chance):
    """(role, local part, order, division or None, first day, last day or None, person to carry on or None)."""
    leads = body.divisions if body.seats > len(body.divisions) else [*body.divisions]
    for term, (first, last) in enumerate(_terms(body, nation)):
        for order in range(1, body.seats + 1):
            place = order - 1 if body.seats == len(leads) else order - 2
            division = leads[place] if 0 <= place < len(leads) else None
            role = "chair" if order == 1 else "member"
            local = f"{'ketua' if order == 1 else f'anggota{order}'}{'' if last is None else f'.{first.year}'}"
            replaced = first + datetime.timedelta(days=chance.randrange(300, 1600)) if chance.random() < 0.12 else None
            if replaced and replaced < (last or nation.now.date()) and replaced > nation.first:
                yield role, f"{local}.{term}a", order, division, first, replaced
                yield role, local, order, division, replaced, last
            else:
                yield role, local, order, division, first, last
    posts = list(SECRETARIAT)
    if body.unit.level != "district":
        posts += [("supervision_staff", "pembinaan", 1, 4), ("supervision_staff", "pengawasan", 2, 4)]
    for role, local, order, years in posts:
        first = nation.first - datetime.timedelta(days=chance.randrange(60, 700))
        division = body.divisions[0] if role == "staff" else None
        while True:
            last = first + datetime.timedelta(days=365 * years + chance.randrange(400))
            ends = last <= nation.now.date() and role != "administrator"
            yield role, f"{local}.{first.year}" if ends else local, order, division, first, last if ends else None
            if not ends:
                break
            first = last


def _people(body, nation, user, seat, password):
    chance = body.draws("people")
    fresh, users, seats = uuids(chance), body.ids(), body.ids()
    place = f"{body.unit.code.replace('.', '-')}.{DOMAIN}"
    for role, local, order, division, first, last in _seats(body, nation, chance):
        pk, uuid = next(users), fresh()
        learned = role not in ("staff", "administrator")
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}" + (f", {chance.choice(DEGREES)}" if learned else "")
        born = datetime.date(1965 + chance.randrange(28), chance.randrange(1, 13), chance.randrange(1, 29))
        nip = f"00000000 000000 {order} {pk % 1000:03d}" if role in ("head_of_secretariat", "note_taker") else ""
        since = members.day_start(body.unit, first).astimezone(datetime.UTC)
        until = members.day_start(body.unit, last).astimezone(datetime.UTC) if last else None
        kordiv = Division(short_name=division[2]) if division else None
        title = members.title_for(role, kordiv)
        post = Post(next(seats), pk, uuid, name, nip, role, title, order, division and division[0], born, since, until)
        body.posts.append(post)
        user(pk, uuid, f"{local}@{place}", name, password, born, nip, last is None, since, None)
        seat(
            *(post.id, fresh(), body.unit.pk, pk, role, post.division, title, order, since, until),
            SOURCE,
        )


def _settings(body, nation, copy, administrator):
    """What the unit has set, in the rows and in ``body.settings`` (with the defaults of what it has not)."""
    chance = body.draws("settings")
    slug = body.unit.code.replace(".", "-")
    chosen = {
        "letterhead.address": f"Jalan {chance.choice(FAMILY)} Nomor {chance.randrange(1, 120)}",
        "letterhead.contact": f"Pos-el: kantor@{slug}.{DOMAIN}",
        "paper.size": chance.choice(("A4", "F4")),
        "members.seats": body.seats,
    }
    for spec in catalogue.setting_specs():
        key = spec.key
        if spec.type in HABITS:  # the day and the hour that a body keeps
            chosen[key] = chance.choice(HABITS[spec.type])
        body.settings[key] = spec.default(body.unit) if callable(spec.default) else spec.default
    body.settings |= chosen
    add = copy.writer(
        Setting, "id", "uuid", "organisation_id", "key", "value", "since", "source", "recorded_by_id", "recorded_at"
    )
    ids, fresh, since = body.ids(), uuids(chance), nation.first - datetime.timedelta(days=30)
    for key, value in chosen.items():
        add(next(ids), fresh(), body.unit.pk, key, _json(value), since, SOURCE, administrator, body.moment(since, 9))


def _json(value):
    return f'"{value}"' if isinstance(value, str) else str(value)
