"""Issue 3.5: ratifying locks and delivers in one transaction; the level above reads and marks it read."""

import datetime

import pytest

from bawaslu_portal.kernel import clock, ledger, settings_store
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Job, Membership, Parentage
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import lifecycle

from ..factories import (
    WHEN,
    end_membership,
    lines,
    make_invited,
    make_ratified,
    make_signing,
    membership,
    row_of,
    sign_all,
    stored_scan,
)
from .test_signing import MINUTES, NOW, confirm, current, current_papers, ratify

pytestmark = pytest.mark.django_db

# --- ratifying and delivering ----------------------------------------------------------------------------


def test_ratify_waits_for_every_member_present_and_names_the_missing(cast):
    pleno = make_signing(cast, exceptions={5: "ill"})
    confirm(pleno, cast.chair)
    confirm(pleno, cast.member)
    with pytest.raises(TransitionRefused) as refused:
        ratify(pleno, cast.chair)
    assert cast.members[2].name in str(refused.value)
    assert cast.members[4].name not in str(refused.value)
    pleno.refresh_from_db()
    assert (pleno.state, pleno.delivered_to) == ("signing", None)
    with clock.at(NOW):
        lifecycle.excuse(pleno, by=cast.secretary, attendee=row_of(pleno, cast.members[2]), reason="Sakit")
        lifecycle.sign_by_hand(
            pleno,
            by=cast.secretary,
            attendee=row_of(pleno, cast.members[3]),
            scan=stored_scan(),
            signed_on=datetime.date(2024, 8, 19),
        )
    ratify(pleno, cast.chair)
    assert pleno.state == "ratified"
    final = current_papers(pleno, kind="plenos.berita_acara").get().record["final"]
    assert [s["way"] for s in final["signings"]] == ["portal", "portal", "none", "hand"]


@pytest.mark.parametrize("who", ["member", "secretary", "head", "administrator", "province_chair", "neighbour"])
def test_only_who_chaired_ratifies(cast, who):
    pleno = make_signing(cast)
    sign_all(pleno)
    with pytest.raises(NotPermitted):
        ratify(pleno, getattr(cast, who))


def test_the_member_who_chaired_ratifies_not_the_ketua(cast):
    pleno = make_signing(cast, chair=membership(cast, cast.member), chair_reason="Ketua datang terlambat")
    sign_all(pleno)
    with pytest.raises(NotPermitted):
        ratify(pleno, cast.chair)
    ratify(pleno, cast.member)
    assert pleno.minutes.get().ratified_by == cast.member


def test_who_chaired_and_has_left_is_followed_by_the_ketua_in_office(cast):
    pleno = make_signing(cast)
    sign_all(pleno)
    end_membership(cast, cast.chair, NOW)
    follower = make_person(cast.unit, "chair", "Ketua PAW", since=NOW)
    with pytest.raises(NotPermitted):
        ratify(pleno, cast.chair)
    ratify(pleno, follower)
    assert pleno.state == "ratified"


def test_what_was_frozen_anew_meanwhile_is_not_ratified(cast):
    pleno = make_signing(cast)
    sign_all(pleno)
    with pytest.raises(Conflict):
        ratify(pleno, cast.chair, digest="0" * 64)


def test_ratifying_locks_delivers_and_asks_for_the_final_papers_at_once(cast):
    pleno = make_signing(cast)
    sign_all(pleno)
    minutes = current(pleno)
    ratify(pleno, cast.chair, digest=minutes.digest)
    pleno.refresh_from_db()
    assert (pleno.state, pleno.ratified_at, pleno.released_at) == ("ratified", NOW, NOW)
    assert pleno.delivered_to == cast.province_unit
    papers = current_papers(pleno, kind__in=MINUTES)
    assert {d.kind for d in papers} == MINUTES
    assert {(d.delivered_to, d.released_at, d.draft) for d in papers} == {(cast.province_unit, NOW, False)}
    assert {d.record["final"]["text_digest"] for d in papers} == {minutes.digest}
    assert Job.objects.filter(kind="paper", key__in=[str(d.uuid) for d in papers]).count() == 3


def test_when_delivery_fails_nothing_is_ratified(cast, monkeypatch):
    pleno = make_signing(cast)
    sign_all(pleno)
    before = lines(pleno)

    def broken(*args, **facts):
        raise OSError("storage is full")

    monkeypatch.setattr("plenos.lifecycle.signatures.issue", broken)
    with pytest.raises(OSError, match="storage is full"):
        ratify(pleno, cast.chair)
    pleno.refresh_from_db()
    assert (pleno.state, pleno.delivered_to, lines(pleno)) == ("signing", None, before)
    assert current(pleno).ratified_at is None


def test_when_the_ledger_cannot_be_written_nothing_changes(cast, monkeypatch):
    pleno = make_invited(cast)

    def broken(*args, **facts):
        raise OSError("no ledger")

    monkeypatch.setattr("bawaslu_portal.kernel.lifecycle.ledger.record", broken)
    with clock.at(WHEN), pytest.raises(OSError, match="no ledger"):
        lifecycle.open_session(pleno, by=cast.secretary)
    pleno.refresh_from_db()
    assert (pleno.state, pleno.attendees.count()) == ("invited", 0)


def test_a_unit_may_ask_for_a_second_factor_to_ratify(cast):
    settings_store.change(
        cast.unit, "security.totp_to_ratify", True, since=WHEN.date(), source="uji", by=cast.administrator
    )
    pleno = make_signing(cast)
    sign_all(pleno)
    with pytest.raises(TransitionRefused, match="verifikasi dua langkah"):
        ratify(pleno, cast.chair)


def test_the_history_speaks_in_plain_sentences(cast):
    sentences = [line.sentence for line in ledger.history_of(make_ratified(cast))]
    assert sentences[0] == "merencanakan pleno 2024-W34"
    assert sentences[-1] == "mengesahkan risalah nomor 1/HK.01.00/K.74.71/08/2024, dikirim ke 74"
    assert not any("{" in sentence or "plenos." in sentence for sentence in sentences)


# --- read above ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["province", "province_chair"])
def test_the_provinces_members_and_supervision_staff_mark_it_read_once(cast, who):
    pleno = make_ratified(cast)
    reader = getattr(cast, who)
    reading = lifecycle.mark_read(pleno, by=reader)
    assert (reading.reader, reading.reader_unit) == (reader, cast.province_unit)
    with pytest.raises(TransitionRefused, match="sudah menandai"):
        lifecycle.mark_read(pleno, by=reader)
    assert lines(pleno, "mark_read") == 1


@pytest.mark.parametrize("who", ["chair", "province_staff", "province_administrator", "national", "neighbour"])
def test_nobody_else_marks_it_read(cast, who):
    with pytest.raises(NotPermitted):
        lifecycle.mark_read(make_ratified(cast), by=getattr(cast, who))


def test_before_delivery_the_province_is_told_to_wait(cast):
    with pytest.raises(TransitionRefused, match="belum disahkan"):
        lifecycle.mark_read(make_signing(cast), by=cast.province)


def test_minutes_delivered_to_an_earlier_parent_are_marked_there(cast):
    """Delivered is delivered: the office above may change, its readers stay those of that day."""
    pleno = make_ratified(cast)
    Parentage.objects.filter(organisation=cast.unit).update(parent=cast.national_unit)
    with pytest.raises(NotPermitted):
        lifecycle.mark_read(pleno, by=cast.national)
    assert lifecycle.mark_read(pleno, by=cast.province).reader_unit == cast.province_unit


def test_a_seat_at_the_province_gives_no_right_to_write_below(cast):
    """One person in two roles: the chair of the unit who also staffs the province reads and marks, once each."""
    Membership.objects.create(
        organisation=cast.province_unit, user=cast.chair, role="supervision_staff", since=WHEN, title="Staf"
    )
    pleno = make_ratified(cast)
    assert lifecycle.mark_read(pleno, by=cast.chair).reader == cast.chair
