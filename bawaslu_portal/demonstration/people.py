"""Units and people of the demonstration, brought in through the kernel's verbs. Nobody in it exists."""

import csv
import datetime
import io
import zlib
from pathlib import Path

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.core.management import call_command
from django.db import transaction

from bawaslu_portal.kernel import (
    access_links,
    catalogue,
    clock,
    db,
    holidays,
    members,
    numbering,
    organisations,
    suspensions,
)
from bawaslu_portal.kernel.models import Division, Membership, Organisation, User

from . import DOMAIN, Cast

UNITS = Path(__file__).with_name("units.csv")
HOLIDAYS = Path(__file__).with_name("holidays-2024.csv")
ARRIVED = datetime.datetime(2024, 5, 20, 1, 0, tzinfo=datetime.UTC)  # the portal begins in these offices
TERM = datetime.date(2023, 8, 20)
SOURCE = "Data contoh"
FIVE = [
    ("sdmo", "SDM, Organisasi, Pendidikan dan Pelatihan", "SDMO dan Diklat", "SDMO"),
    ("hukum", "Hukum dan Penyelesaian Sengketa", "Hukum dan PS", "Hukum"),
    ("cegah", "Pencegahan, Partisipasi Masyarakat dan Humas", "Pencegahan dan Humas", "Pencegahan"),
    ("pp", "Penanganan Pelanggaran, Data dan Informasi", "PP dan Datin", "PP"),
]
THREE = [
    ("sdmo", "SDM, Organisasi, Pendidikan dan Pelatihan", "SDMO dan Diklat", "SDMO"),
    ("hukum", "Hukum, Pencegahan, Partisipasi Masyarakat dan Humas", "HP2HM", "HP2HM"),
    ("pp", "Penanganan Pelanggaran dan Penyelesaian Sengketa", "P3S", "P3S"),
]
# Kota Serang worked with five divisions in 2022, as its own news says; they ended with that term.
SERANG = "36.73"
EARLIER = [
    ("SDM dan Organisasi", "SDMO"),
    ("Hukum, Humas, Data dan Informasi", "Hukum dan Datin"),
    ("Pengawasan dan Hubungan Antarlembaga", "Pengawasan"),
    ("Penanganan Pelanggaran", "PP"),
    ("Penyelesaian Sengketa", "PS"),
]
DEGREES = ("S.H.", "S.IP.", "S.Sos.", "S.Pd.", "S.E.", "S.H., M.H.", "S.P.", "M.Si.")


def rows():
    """The hand-written list of units, as dicts."""
    with UNITS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def place_of(organisation):
    """The name by which its people are named: Kendari, Konawe Kepulauan."""
    if organisation.level == "national":
        return "RI"
    return organisation.region_name.removeprefix("Kota ").removeprefix("Kabupaten ")


def _slug(organisation):
    return "ri" if organisation.level == "national" else organisation.region_name.lower().replace(" ", "-")


def _degree(text):
    return DEGREES[zlib.crc32(text.encode()) % len(DEGREES)]


def _divisions(row):
    return FIVE if row["divisions"] == "five" else THREE


def posts(organisation, row):
    """Everyone of a unit: dicts of role, email, name, division (its key or ""), order and the rest of a person."""
    place, slug, listed = place_of(organisation), _slug(organisation), _divisions(row)
    number = int(row["members"])
    found = []

    def post(role, local, office, division="", order=1, **facts):
        name = f"Contoh {office} {place}"
        if role not in ("administrator", "staff"):
            name += f", {_degree(name)}"
        found.append(
            {
                "role": role,
                "email": f"{local}@{slug}.{DOMAIN}",
                "name": name,
                "division": division,
                "order": order,
                **facts,
            }
        )

    leads = number == len(listed)  # in a small unit the chair leads a division too
    seed = zlib.crc32(organisation.code.encode())
    birth = [datetime.date(1968 + (seed >> n) % 17, 1 + (seed >> n) % 12, 1 + n) for n in range(number)]
    post("chair", "ketua", "Ketua", listed[0][0] if leads else "", birth_date=birth[0])
    for order in range(2, number + 1):
        key, _name, _title, short = listed[order - 1 if leads else order - 2]
        post("member", f"anggota{order}", f"Kordiv {short}", key, order, birth_date=birth[order - 1])
    nip = organisation.code.replace(".", "")[-3:].zfill(3)
    post("head_of_secretariat", "kepala.sekretariat", "Kepala Sekretariat", nip=f"00000000 000000 0 {nip}")
    post("note_taker", "notulis", "Notulis", nip=f"00000000 000000 1 {nip}")
    if organisation.code in ("74", "74.71", "00"):
        post("supervision_staff", "pembinaan", "Staf Pembinaan")
    if organisation.code == "74":
        post("supervision_staff", "pembinaan2", "Staf Pengawasan", order=2)
    post("staff", "staf", "Staf SDMO", "sdmo")
    post("administrator", "administrator", "Administrator")
    if organisation.code in ("74", "74.71"):
        post("administrator", "administrator2", "Administrator Kedua", order=2)
    return found


def sign_ins(moment):
    """(role, code of the unit, e-mail) of everyone who may sign in at ``moment``, once a person, by unit and role."""
    rank = {role: n for n, (role, _label) in enumerate(Membership.ROLES)}
    rows = (
        Membership.objects.filter(user__email__endswith=f".{DOMAIN}", user__is_active=True)
        .at(moment)
        .order_by("id")
        .values_list("role", "organisation__code", "user__email", "order")
    )
    first = {}
    for role, code, email, order in rows:
        first.setdefault(email, (code, rank[role], order, role))
    return [(role, code, email) for email, (code, _rank, _order, role) in sorted(first.items(), key=lambda i: i[1])]


def _first_administrator(unit, row):
    """The administrator of the national body, by the command of the machine's operator."""
    post = next(p for p in posts(unit, row) if p["role"] == "administrator")
    if not User.objects.filter(email=post["email"]).exists():
        call_command(
            "first_administrator", unit=unit.code, email=post["email"], name=post["name"], stdout=io.StringIO()
        )
    return User.objects.get(email=post["email"])


def _invite(unit, post, by, divisions):
    facts = {key: value for key, value in post.items() if key not in ("role", "division")}
    members.invite(
        unit,
        role=post["role"],
        by=by,
        since=members.day_start(unit, TERM),
        division=divisions.get(post["division"]),
        source=SOURCE,
        **facts,
    )


def _add_divisions(unit, row, by):
    for order, (_key, name, short, _office) in enumerate(_divisions(row), 1):
        if not Division.objects.filter(organisation=unit, name=name).exists():
            organisations.add_division(unit, name=name, short_name=short, since=TERM, order=order, by=by)
    if unit.code == SERANG and not Division.objects.filter(organisation=unit, until=TERM).exists():
        for order, (name, short) in enumerate(EARLIER, 1):
            organisations.add_division(
                unit, name=name, short_name=short, since=datetime.date(2022, 1, 3), until=TERM, order=order, by=by
            )


def _set_up(unit, row, by):
    settings = {
        "letterhead.address": row["address"],
        "letterhead.contact": f"Telepon (0401) 000000, pos-el: kantor@{_slug(unit)}.{DOMAIN}",
        "paper.size": row["paper"],
        "members.seats": int(row["members"]),
    }
    if row["number"]:
        settings["numbering.unit"] = row["number"]
    organisations.change_settings(unit, settings, since=datetime.date(2024, 5, 20), source=SOURCE, by=by)
    if int(row["next"]):
        codes = sorted({paper.code for paper in catalogue.papers() if paper.numbered})
        for place, code in enumerate(codes):
            numbering.set_next(unit, code, ARRIVED.year, max(1, int(row["next"]) - 9 * place), by=by)


def _bring_in(unit, row, above):
    """Divisions, settings and people of one unit; its administrator is invited by the one ``above``."""
    listed = posts(unit, row)
    known = set(User.objects.filter(email__in=[post["email"] for post in listed]).values_list("email", flat=True))
    missing = [post for post in listed if post["email"] not in known]
    if not missing:
        return
    first = next(p for p in listed if p["role"] == "administrator")
    if first in missing:
        _invite(unit, first, above, {})
        missing.remove(first)
    by = User.objects.get(email=first["email"])
    new = not Division.objects.filter(organisation=unit).exists()
    _add_divisions(unit, row, by)
    if new:
        _set_up(unit, row, by)
    names = {name: key for key, name, _short, _office in _divisions(row)}
    divisions = {names[d.name]: d for d in Division.objects.filter(organisation=unit).on(TERM) if d.name in names}
    for post in missing:
        if post["role"] == "staff":
            post["title"] = f"Staf Divisi {divisions[post['division']].short_name}"
        _invite(unit, post, by, divisions)


def _keep_holidays(nation, by):
    """The national list of 2024, as the ministers' joint decree has it."""
    if holidays.of(nation, ARRIVED.year).exists():
        return
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first, last = (datetime.date.fromisoformat(row[name]) for name in ("first", "last"))
            holidays.add(nation, kind=holidays.HOLIDAY, first=first, last=last, name=row["name"], by=by)


def _later(cast):
    """What changes among the people during the season: a replacement, a suspension with an acting chair, a loan."""

    def at(code, year, month, day, act):
        unit = cast.units[code]
        moment = datetime.datetime(year, month, day, 8, 0, tzinfo=unit.zone)
        cast.events.setdefault(code, []).append((moment, act))

    def administrator(unit):
        return User.objects.get(email=f"administrator@{_slug(unit)}.{DOMAIN}")

    def replacement():
        unit = cast.units["74.11"]
        seat = Membership.objects.get(organisation=unit, role="member", order=3)
        members.replace(
            seat,
            email=f"anggota3.pengganti@{_slug(unit)}.{DOMAIN}",
            name=f"Contoh Anggota Pengganti {place_of(unit)}, S.H.",
            birth_date=datetime.date(1985, 3, 9),
            source="Penggantian antarwaktu (contoh)",
            by=administrator(unit),
        )

    def suspension():
        unit = cast.units["74.14"]
        by = administrator(unit)
        until = members.day_start(unit, datetime.date(2024, 8, 19))
        chair = Membership.objects.get(organisation=unit, role="chair", acting=False)
        suspensions.suspend(chair, reason="Pemberhentian sementara (contoh)", until=until, by=by)
        second = Membership.objects.get(organisation=unit, role="member", order=2)
        members.appoint_acting_chair(unit, second.user, until=until, source="Surat tugas (contoh)", by=by)

    def loan():
        unit, lender = cast.units["74.05"], cast.units["74.71"]
        lent = User.objects.get(email=f"staf@{_slug(lender)}.{DOMAIN}")
        until = members.day_start(unit, datetime.date(2024, 10, 1))
        facts = {"role": "staff", "title": "Staf diperbantukan", "source": SOURCE, "order": 1}
        link = access_links.offer(unit, lent, since=clock.now(), until=until, by=administrator(unit), **facts)
        access_links.accept(link, by=lent)

    at("74.11", 2024, 7, 15, replacement)
    at("74.14", 2024, 8, 5, suspension)
    at("74.05", 2024, 7, 1, loan)


def gather(now):
    """Bring in what is missing of units and people, and return the Cast."""
    cast = Cast(now=now)
    listed = {row["code"]: row for row in rows()}
    with transaction.atomic(), clock.at(ARRIVED):
        db.begin(User.objects.system())
        cast.units = Organisation.objects.select_for_update(no_key=True).in_bulk(list(listed), field_name="code")
        nation = cast.units["00"]
        above = {"00": _first_administrator(nation, listed["00"])}
        _keep_holidays(nation, above["00"])
        for code in sorted(listed):
            unit = cast.units[code]
            parent = "00" if unit.level != "district" else code.split(".")[0]
            _bring_in(unit, listed[code], above[parent])
            above[code] = User.objects.get(email=f"administrator@{_slug(unit)}.{DOMAIN}")
    _later(cast)
    return cast


def let_in(secret, *, everyone):
    """Let those without a password, or everyone, sign in with ``secret``. Hashed once: that is slow on purpose."""
    people = User.objects.filter(email__endswith=f".{DOMAIN}")
    if not everyone:
        people = people.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if people.exists():
        people.update(password=make_password(secret))


def strangers():
    """People in this database who do not belong to the demonstration."""
    return User.objects.exclude(email__endswith=f".{DOMAIN}").exclude(pk=User.objects.system().pk)
