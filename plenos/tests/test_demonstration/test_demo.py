"""The demonstration, loaded once: what the hand-written list plants comes back, people sign in, and a second run
changes nothing."""

import csv
import datetime
import io
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.models import LedgerHead, Membership, User
from plenos.models import Decision, Pleno

from .conftest import LOADED, run

# One process loads it for all tests of this folder.
pytestmark = pytest.mark.xdist_group("demonstration")
SEASON = Path(__file__).resolve().parents[2] / "data" / "season-2024.csv"
SULTRA = [f"74.{n:02d}" for n in range(1, 16)] + ["74.71", "74.72"]
ROLES = {"chair", "member", "head_of_secretariat", "note_taker", "supervision_staff", "staff", "administrator"}


def planted():
    with SEASON.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def week_of(text):
    if text.startswith("2024-W"):
        return 2024, int(text[-2:])
    moment = LOADED + datetime.timedelta(weeks=int(text))
    return moment.isocalendar()[:2]


def deadline(day, days):
    while days:
        day += datetime.timedelta(days=1)
        if day.isoweekday() < 6 and day not in (datetime.date(2024, 6, 17), datetime.date(2024, 6, 18)):
            days -= 1
    return day


def what_happened(pleno):
    """The word of the list for a pleno, told from the tables alone."""
    if pleno.state in ("cancelled", "draft", "invited", "open", "signing"):
        return pleno.state
    if pleno.state == "closed":
        return "minutes_open"
    if pleno.quorum_met is False:
        return "without_quorum"
    if pleno.recorded_late:
        return "recorded_late"
    if pleno.minutes.filter(version=1).count() > 1:
        return "taken_back"
    if pleno.invitations.filter(kind="change").exists():
        return "rescheduled"
    closed, ratified = (clock.local(m, pleno.organisation).date() for m in (pleno.closed_at, pleno.ratified_at))
    return "held" if ratified <= deadline(closed, 3) else "held_late"


def of_week(code, week):
    year, number = week_of(week)
    rows = Pleno.objects.filter(organisation__code=code, week_year=year, week=number, continues=None)
    rows = rows.order_by("ordinal")
    return list(rows.select_related("organisation"))


def test_it_refuses_without_the_setting_and_among_real_people(db, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    call_command("load_regions", only=["74.71"], verbosity=0, stdout=io.StringIO())
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO=1"):
        run()
    settings.PORTAL_DEMO = True
    User.objects.create_user("seseorang@bawaslu.example", None, name="Seseorang")
    with pytest.raises(CommandError, match="do not belong"):
        run()
    assert not Pleno.objects.exists()
    assert User.objects.exclude(email="sistem@portal.invalid").count() == 1
    with pytest.raises(CommandError, match="No demonstration"):
        run("--accounts")


def test_what_is_planted_comes_back(demo):
    expected = {}
    for row in planted():
        expected.setdefault((row["unit"], row["week"]), []).append(row["what"])
    found = {key: [what_happened(pleno) for pleno in of_week(*key)] or ["none"] for key in expected}
    assert found == expected
    assert Pleno.objects.filter(continues=None).count() == sum(row["what"] != "none" for row in planted())


def test_the_season_covers_every_unit_and_week():
    season = [(row["unit"], row["week"]) for row in planted() if row["week"].startswith("2024")]
    weeks = [f"2024-W{n}" for n in range(23, 36)]
    assert sorted(season) == sorted((unit, week) for unit in [*SULTRA, "74", "36.73"] for week in weeks)
    none = [row["unit"] for row in planted() if row["what"] == "none"]
    assert max(none.count(unit) for unit in SULTRA) >= 8, "uneven, as the article reports"


def test_absences_and_votes_are_those_of_the_list(demo):
    for row in planted():
        for pleno in of_week(row["unit"], row["week"])[:1]:
            if pleno.opened_at is None or ";" in row["matters"] or len(of_week(row["unit"], row["week"])) > 1:
                continue
            away = {a.order: a.status for a in pleno.attendees.members() if a.status != "present"}
            listed = dict(part.split() for part in filter(None, row["away"].split("; ")))
            absent = {int(s): how for s, how in listed.items() if how in ("ill", "excused", "on_duty", "unexplained")}
            assert away == absent, row
            assert pleno.decisions.filter(manner="vote").exists() == (row["matters"] == "vote"), row


def test_the_evaluation_of_22_august_stands_in_the_agendas(demo):
    said = Decision.objects.filter(text__contains="22 Agustus 2024", pleno__week=34, pleno__week_year=2024)
    held = Pleno.objects.filter(
        week=34, week_year=2024, organisation__code__startswith="74.", quorum_met=True, state="ratified"
    )
    assert said.filter(pleno__in=held).values("pleno").distinct().count() >= held.count() - 1
    province = Decision.objects.filter(organisation__code="74", text__contains="Aula Kantor Bawaslu Provinsi")
    assert province.exists()


def test_the_chain_verifies_and_says_that_it_is_simulated(demo):
    intact = 0
    for code in ledger.chains():
        count, broken = ledger.verify(code)
        assert broken is None
        intact += count
    assert intact == sum(LedgerHead.objects.values_list("seq", flat=True)) > 5000
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert f"{intact} entries intact" in out.getvalue()


def test_a_second_run_changes_nothing(demo, state):
    def everything():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT sum(seq) FROM kernel_ledgerhead), (SELECT count(*) FROM kernel_user),"
                " (SELECT count(*) FROM kernel_job), (SELECT count(*) FROM plenos_pleno),"
                " (SELECT string_agg(password, ',' ORDER BY id) FROM kernel_user)"
            )
            return cursor.fetchone(), (state / "demo-accounts.tsv").read_text()

    before = everything()
    run()
    assert everything() == before


def test_accounts_are_listed_and_sign_in(demo, client, state):
    lines = [line.split("\t") for line in run("--accounts").splitlines()]
    assert all(len(line) == 4 for line in lines)
    assert {code for role, code, _email, _password in lines if role == "chair"} >= {*SULTRA, "74", "36.73"}
    for whole in ("74", "74.71"):
        assert {role for role, code, _email, _password in lines if code == whole} == ROLES
    assert stat.S_IMODE((state / "demo-accounts.tsv").stat().st_mode) == 0o600
    everyone = [line.split("\t") for line in run("--accounts", "--all").splitlines()]
    assert len(everyone) == len({email for _role, _code, email, _password in everyone}) > len(lines)
    for role, code, email, password in everyone:
        user = User.objects.get(email=email)
        assert Membership.objects.filter(user=user, role=role, organisation__code=code).exists()
        assert user.check_password(password)
    _role, _code, email, password = lines[0]
    answer = client.post(reverse("account_login"), {"login": email, "password": password})
    assert answer.status_code == 302
    assert client.get(reverse("desk")).status_code == 200


def signed_in(client, email):
    from bawaslu_portal.kernel.tests.factories import signed_in

    return signed_in(client, User.objects.get(email=email))


def test_the_province_reads_every_held_week_on_the_pages(demo, client):
    signed_in(client, "pembinaan@sulawesi-tenggara.contoh.invalid")
    for row in planted():
        if row["unit"] not in ("74.71", "74.04", "74.10") or not row["week"].startswith("2024"):
            continue
        page = client.get(reverse("plenos:week", args=[row["unit"], 2024, int(row["week"][-2:])]))
        assert page.status_code == 200
        text = page.content.decode()
        assert "Data contoh, bukan naskah resmi" in text
        for pleno in of_week(row["unit"], row["week"]):
            assert str(pleno.get_state_display()) in text, row
            assert pleno.get_absolute_url() in text
        if row["what"] == "none":
            assert f"/pleno/{row['unit']}/{row['week']}/1/" not in text


def test_todays_life_waits_on_the_desks(demo, client):
    with clock.at(LOADED):
        signed_in(client, "anggota4@kota-kendari.contoh.invalid")
        assert "Konfirmasi risalah" in client.get(reverse("desk")).content.decode()
        signed_in(client, "pembinaan@sulawesi-tenggara.contoh.invalid")
        assert "Baca risalah: Bawaslu Kota Kendari" in client.get(reverse("desk")).content.decode()
        signed_in(client, "ketua@kabupaten-konawe.contoh.invalid")
        assert "Sahkan risalah" in client.get(reverse("desk")).content.decode()


def test_people_came_and_went(demo):
    seat = Membership.objects.get(organisation__code="74.11", role="member", order=3, until=None)
    assert seat.replaces is not None
    assert Membership.objects.filter(organisation__code="74.14", role="chair", acting=True).exists()
    assert Membership.objects.filter(user__email="staf@kota-kendari.contoh.invalid").count() == 2
