"""Units and people for the tests: the cast of house.md, habit 18."""

import datetime
import io
import time
from types import SimpleNamespace

from django.core.management import call_command

from bawaslu_portal.kernel.models import Division, Membership, Organisation, User

BEGAN = datetime.datetime(2023, 8, 1, tzinfo=datetime.UTC)
PASSWORD = "sandi-uji-portal"
DIVISIONS = [
    ("SDM, Organisasi, Pendidikan dan Pelatihan", "SDMO dan Diklat"),
    ("Hukum dan Penyelesaian Sengketa", "Hukum dan PS"),
    ("Pencegahan, Partisipasi Masyarakat dan Humas", "Pencegahan dan Humas"),
    ("Penanganan Pelanggaran, Data dan Informasi", "PP dan Datin"),
]


def make_organisation(code):
    """The body with this region code, with those above it."""
    call_command("load_regions", only=[code], verbosity=0, stdout=io.StringIO())
    return Organisation.objects.get(code=code)


def make_person(organisation, role, name, **facts):
    """A person with one membership of ``role`` in ``organisation``, in office since August 2023."""
    email = facts.pop("email", f"{role}.{name}@{organisation.code}.contoh.id".lower().replace(" ", "-"))
    birth_date = facts.pop("birth_date", None)
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, PASSWORD, name=name, birth_date=birth_date
    )
    facts = {"title": name, "since": BEGAN, "order": 1, **facts}
    Membership.objects.create(organisation=organisation, user=user, role=role, **facts)
    return user


def make_unit(code, members=5):
    """A unit with ``members`` commissioners, divisions, a head of secretariat, a note-taker, staff, administrator."""
    unit = make_organisation(code)
    divisions = [
        Division.objects.create(organisation=unit, name=name, short_name=short, order=n, since=BEGAN.date())
        for n, (name, short) in enumerate(DIVISIONS, 1)
    ]
    make_person(unit, "chair", f"Ketua {unit.region_name}", title="Ketua", order=1)
    for n in range(2, members + 1):
        division = divisions[(n - 2) % len(divisions)]
        make_person(
            unit,
            "member",
            f"Anggota {n} {unit.region_name}",
            title=f"Anggota, Kordiv {division.short_name}",
            division=division,
            order=n,
            birth_date=datetime.date(1970 + n, 1, 1),
        )
    make_person(unit, "head_of_secretariat", f"Kepala Sekretariat {unit.region_name}", title="Kepala Sekretariat")
    make_person(unit, "note_taker", f"Notulis {unit.region_name}", title="Staf Divisi Hukum", division=divisions[1])
    make_person(unit, "staff", f"Staf {unit.region_name}", title="Staf Divisi SDMO", division=divisions[0])
    make_person(unit, "administrator", f"Administrator {unit.region_name}", title="Administrator portal")
    return unit


def person(unit, role, order=None):
    """The user who holds ``role`` in ``unit`` (the one in seat ``order``)."""
    rows = Membership.objects.filter(organisation=unit, role=role).order_by("order", "id")
    if order is not None:
        rows = rows.filter(order=order)
    return rows.first().user


def make_cast(unit):
    """The people of a story around ``unit`` (a district of Sulawesi Tenggara)."""
    province = Organisation.objects.get(code=unit.code.split(".")[0])
    next_door = make_unit("74.04")
    banten = make_unit("36.73")
    nation = Organisation.objects.get(code="00")
    return SimpleNamespace(
        unit=unit,
        chair=person(unit, "chair"),
        member=person(unit, "member", 2),
        members=[m.user for m in Membership.objects.in_office_on(unit, datetime.datetime.now(datetime.UTC))],
        secretary=person(unit, "note_taker"),
        head=person(unit, "head_of_secretariat"),
        staff=person(unit, "staff"),
        administrator=person(unit, "administrator"),
        neighbour=person(next_door, "chair"),
        neighbour_unit=next_door,
        province=make_person(province, "supervision_staff", "Staf Pembinaan Provinsi"),
        province_chair=make_person(province, "chair", "Ketua Provinsi", title="Ketua"),
        province_staff=make_person(province, "staff", "Staf Provinsi"),
        province_administrator=make_person(province, "administrator", "Administrator Provinsi"),
        province_unit=province,
        national=make_person(nation, "member", "Anggota Nasional"),
        national_unit=nation,
        outsider=person(banten, "chair"),
        outsider_unit=banten,
    )


def signed_in(client, user):
    """Sign ``user`` in on ``client`` as if the password had just been typed."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
