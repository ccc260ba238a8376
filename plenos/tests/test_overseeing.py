"""Delivered minutes are sent back or marked read by the level above, one by one or many; the week says so."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from bawaslu_portal.kernel import clock, documents, duties, remarks
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Duty, DutyRuling, LedgerEntry, Notice, Remark
from bawaslu_portal.kernel.tests.factories import signed_in

from .. import compliance, intake, lifecycle, queries
from ..models import ArchivedMinutes, Reading
from .factories import PDF, WHEN, make_ratified, make_signing

WEEK = datetime.timedelta(days=7)


@pytest.fixture
def pleno(cast):
    duties.ensure([cast.unit], WHEN.date(), WHEN.date() + 3 * WEEK)
    return make_ratified(cast)


def cell(pleno):
    return compliance.week_of(pleno.organisation, pleno.week_year, pleno.week)


def test_sent_back_with_a_reason_the_week_is_in_progress_again(cast, pleno):
    assert cell(pleno).letter == "T"
    ruling = lifecycle.return_minutes(pleno, by=cast.province, reason="Daftar hadir\n tidak lengkap")
    assert (ruling.reason, ruling.about) == ("Daftar hadir tidak lengkap", pleno.uuid)
    assert (cell(pleno).letter, cell(pleno).state) == ("P", "returned")
    assert queries.returned(pleno) == ruling
    assert LedgerEntry.objects.filter(action="plenos.pleno.return", thing=str(pleno.uuid)).count() == 1
    assert Notice.objects.filter(user=cast.secretary, kind="kernel.duty.returned").exists()


def test_what_is_refused(cast, pleno):
    with pytest.raises(ValidationError):
        lifecycle.return_minutes(pleno, by=cast.province, reason="  ")
    with pytest.raises(ValidationError):
        lifecycle.return_minutes(pleno, by=cast.province, reason="x" * 501)
    with pytest.raises(NotPermitted):
        lifecycle.return_minutes(pleno, by=cast.chair, reason="Sendiri")
    signing = make_signing(cast, when=WHEN + WEEK)
    with pytest.raises(TransitionRefused):
        lifecycle.return_minutes(signing, by=cast.province, reason="Terlalu dini")
    lifecycle.return_minutes(pleno, by=cast.province, reason="Tidak lengkap")
    with pytest.raises(TransitionRefused):
        lifecycle.return_minutes(pleno, by=cast.province, reason="Sekali lagi")
    assert DutyRuling.objects.count() == 1


def test_minutes_older_than_the_duties_can_be_sent_back_too(cast):
    pleno = make_ratified(cast)
    lifecycle.return_minutes(pleno, by=cast.province, reason="Tidak lengkap")
    assert cell(pleno).state == "returned"


def test_the_form_keeps_what_was_typed(cast, pleno):
    client, path = signed_in(Client(), cast.province), pleno.address("plenos:return_minutes")
    assert client.post(path, {"reason": ""}).status_code == 422
    assert client.post(path, {"reason": "Tidak lengkap"}).status_code == 302
    again = client.post(path, {"reason": "Masih tidak lengkap"})
    assert again.status_code == 409 and "Masih tidak lengkap" in again.content.decode()
    page = client.get(pleno.address("plenos:minutes")).content.decode()
    assert "Tidak lengkap" in page and path not in page
    for user, status in ((cast.chair, 403), (cast.national, 403), (cast.neighbour, 404)):
        assert signed_in(Client(), user).get(path).status_code == status


# --- many at once ---------------------------------------------------------------------------------------------

MANY = "/pleno/diterima/banyak/"


@pytest.fixture
def three(cast, pleno):
    with clock.at(WHEN + 9 * WEEK):
        return [pleno, make_ratified(cast, when=WHEN + WEEK), make_ratified(cast, when=WHEN + 2 * WEEK)]


def send(user, plenos, **data):
    return signed_in(Client(), user).post(MANY, {"pleno": [p.uuid for p in plenos], **data}, follow=True)


def test_many_are_marked_read_and_what_is_refused_is_named(cast, three):
    lifecycle.mark_read(three[1], by=cast.province)
    text = send(cast.province, three, lakukan="baca").content.decode()
    assert Reading.objects.filter(reader=cast.province).count() == 3
    assert "2 risalah ditandai dibaca" in text and "Anda sudah menandai" in text


def test_many_are_sent_back_and_what_is_refused_stops_nothing(cast, three):
    lifecycle.return_minutes(three[0], by=cast.province, reason="Sudah")
    text = send(cast.province, three, lakukan="kembalikan", reason="Lampiran kurang").content.decode()
    assert "2 risalah dikembalikan" in text and "sudah dikembalikan" in text
    assert [cell(p).state for p in three] == ["returned"] * 3
    assert DutyRuling.objects.filter(reason="Lampiran kurang").count() == 2


@pytest.mark.parametrize(
    ("data", "count"), [({"lakukan": "kembalikan"}, 3), ({"lakukan": "baca"}, 0), ({"lakukan": "hapus"}, 3), ({}, 3)]
)
def test_a_wrong_form_does_nothing_and_keeps_the_ticks(cast, three, data, count):
    answer = send(cast.province, three[:count], **data)
    assert answer.status_code == 422
    assert all(str(p.uuid) in answer.content.decode() for p in three[:count])
    assert not DutyRuling.objects.exists() and not Reading.objects.exists()


def test_what_was_not_delivered_to_me_cannot_be_ticked(cast, three):
    for user in (cast.chair, cast.national, cast.neighbour, cast.province_staff):
        assert send(user, three, lakukan="baca").status_code == 422
    assert not Reading.objects.exists()
    assert signed_in(Client(), cast.province).get(MANY).status_code == 405


def test_the_list_offers_both(cast, pleno):
    page = signed_in(Client(), cast.province).get(reverse("plenos:deliveries")).content.decode()
    assert str(pleno.uuid) in page and 'value="kembalikan"' in page


# --- explanations of many weeks at once ---------------------------------------------------------------------


def ask(user, weeks, **data):
    keys = [f"{duty.organisation.code}/{duty.period}" for duty in weeks]
    return signed_in(Client(), user).post(reverse("plenos:ask_many"), {"minggu": keys, **data}, follow=True)


@pytest.fixture
def owed(cast):
    duties.ensure([cast.unit, cast.neighbour_unit], WHEN.date(), WHEN.date() + 2 * WEEK)
    return list(Duty.objects.filter(organisation=cast.unit, kind=compliance.HELD_DUTY).order_by("begins"))


def test_many_explanations_are_asked_for_and_what_is_refused_is_named(cast, owed):
    remarks.say("duty", owed[0], by=cast.province, text="Mengapa?", kind=remarks.ASKED)
    text = ask(cast.province, owed, text="Mohon dijelaskan").content.decode()
    assert "2 penjelasan diminta" in text and "sudah diminta" in text
    assert Remark.objects.filter(kind="asked", text="Mohon dijelaskan").count() == 2
    assert LedgerEntry.objects.filter(action="kernel.remark.asked").count() == 3


def test_a_wrong_question_keeps_the_ticks_and_asks_nothing(cast, owed):
    answer = ask(cast.province, owed, text=" ")
    assert answer.status_code == 422 and f"{cast.unit.code}/{owed[0].period}" in answer.content.decode()
    assert ask(cast.province, [], text="Mengapa?").status_code == 422
    for user in (cast.chair, cast.province_staff, cast.national, cast.neighbour):
        assert ask(user, owed, text="Mengapa?").status_code == 422
    assert not Remark.objects.exists()


def test_only_who_may_ask_finds_ticks_in_the_list(cast, owed):
    for user, path, seen in (
        (cast.province, reverse("plenos:absent"), True),
        (cast.province_staff, reverse("plenos:absent"), False),
        (cast.secretary, reverse("plenos:absent"), False),
    ):
        text = signed_in(Client(), user).get(path, {"dari": "2024-W34", "sampai": "2024-W36"}).content.decode()
        assert (f'value="{cast.unit.code}/2024-W34"' in text) is seen


# --- threads on what goes between two units, and on minutes of earlier years ---------------------------------


@pytest.fixture
def asked(cast):
    return intake.ask_follow_up(cast.unit, by=cast.province, asking=cast.province_unit, label="Lengkapi data")


@pytest.fixture
def archived(cast):
    with clock.at(WHEN):
        return ArchivedMinutes.objects.create(
            organisation=cast.unit,
            number="12/BA/2019",
            dated=datetime.date(2019, 12, 31),
            title="Pleno akhir tahun",
            access="open",
            file=documents.store(PDF, "application/pdf"),
            statement="Sesuai aslinya",
            by=cast.secretary,
            delivered_to=cast.province_unit,
            released_at=WHEN,
        )


@pytest.mark.parametrize("which", ["asked", "archived"])
def test_both_sides_talk_on_it_and_nobody_else(cast, request, which):
    thing = request.getfixturevalue(which)
    page, talk = thing.get_absolute_url(), f"{thing.get_absolute_url()}percakapan/"
    for user, kind, text in (
        (cast.province, "asked", "Mengapa demikian?"),
        (cast.secretary, "answered", "Karena banjir."),
        (cast.member, "remark", "Sudah lengkap."),
    ):
        client = signed_in(Client(), user)
        assert "percakapan/" in client.get(page).content.decode()
        assert client.post(talk, {"text": text, "kind": kind}).url == f"{page}#percakapan"
    for user in (cast.province, cast.secretary):
        text = signed_in(Client(), user).get(page).content.decode()
        assert all(words in text for words in ("Mengapa demikian?", "Karena banjir.", "Sudah lengkap."))
    for user in (cast.staff, cast.province_staff, cast.neighbour, cast.national):
        client = signed_in(Client(), user)
        assert client.get(talk).status_code in (403, 404)
        assert "Karena banjir." not in client.get(page).content.decode()
    assert Notice.objects.filter(user=cast.province, kind="kernel.remark.answered", url=page).exists()


def test_on_a_proposal_of_ones_own_there_is_no_other_side(cast):
    own = intake.propose(cast.unit, by=cast.member, label="Rencana kerja")
    client = signed_in(Client(), cast.secretary)
    assert client.get(f"{own.get_absolute_url()}percakapan/").status_code == 404
    assert "percakapan" not in client.get(own.get_absolute_url()).content.decode()
