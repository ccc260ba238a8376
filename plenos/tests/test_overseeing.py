"""Delivered minutes are sent back or marked read by the level above, one by one or many; the week says so."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from bawaslu_portal.kernel import clock, duties
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import DutyRuling, LedgerEntry, Notice
from bawaslu_portal.kernel.tests.factories import signed_in

from .. import compliance, lifecycle, queries
from ..models import Reading
from .factories import WHEN, make_ratified, make_signing

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
