"""Issue 3.5: putting up, confirming, signing by hand, excusing, taking back, ratifying, delivering, reading."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bawaslu_portal.kernel import clock, documents, settings_store
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Document, Job, Membership, NumberUse
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import lifecycle

from ..factories import (
    WHEN,
    end_membership,
    item_of,
    lines,
    make_closed,
    make_invited,
    make_ratified,
    make_signing,
    membership,
    row_of,
    sign_all,
    stored_scan,
)

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
NOW = WHEN + 6 * HOUR


def current(pleno):
    return pleno.minutes.get(taken_back_at=None)


def confirm(pleno, user, digest=None):
    with clock.at(NOW):
        return lifecycle.confirm(pleno, by=user, digest=digest or current(pleno).digest)


def ratify(pleno, by, **facts):
    with clock.at(NOW):
        lifecycle.ratify(pleno, by=by, **facts)


def take_back(pleno, by, reason="Nama tamu keliru"):
    with clock.at(NOW):
        lifecycle.take_back(pleno, by=by, reason=reason)


def put_up(pleno, by, **facts):
    with clock.at(NOW):
        return lifecycle.put_up(pleno, by=by, **facts)


def current_papers(pleno, **facts):
    return Document.objects.filter(about=pleno.uuid, superseded_by=None, **facts)


MINUTES = {"plenos.berita_acara", "plenos.notulen", "plenos.daftar_hadir"}


# --- before it is put up ---------------------------------------------------------------------------------


def test_words_are_added_after_closing_and_not_over_each_other(cast):
    pleno = make_closed(cast)
    seen = pleno.version
    lifecycle.word(pleno, by=cast.secretary, opening_words="Ketua membuka.", closing_words="", version=seen)
    with pytest.raises(Conflict):
        lifecycle.word(pleno, by=cast.head, opening_words="Lain.", closing_words="", version=seen)
    pleno.refresh_from_db()
    assert pleno.opening_words == "Ketua membuka."


def test_a_draft_is_printed_without_number_and_as_draf(cast):
    pleno = make_closed(cast)
    lifecycle.print_draft(pleno, by=cast.secretary)
    drafts = current_papers(pleno, draft=True)
    assert {d.kind for d in drafts} == MINUTES
    assert {(d.number, d.record["draft"]) for d in drafts} == {("", True)}
    assert not pleno.minutes.exists()


# --- putting up ------------------------------------------------------------------------------------------


def test_putting_up_draws_the_number_and_freezes_the_text_with_its_digest(cast):
    pleno = make_signing(cast)
    minutes = current(pleno)
    assert (pleno.state, minutes.number) == ("signing", "1/HK.01.00/K.74.71/08/2024")
    assert (minutes.dated, minutes.sequence) == (datetime.date(2024, 8, 19), 1)
    assert documents.digest(minutes.record) == minutes.digest
    assert minutes.record["number"] == minutes.number
    papers = current_papers(pleno, kind__in=MINUTES)
    assert {d.kind for d in papers} == MINUTES
    assert {(d.draft, d.number, d.digest) for d in papers} == {(False, minutes.number, minutes.digest)}


def test_what_was_frozen_stays_when_a_name_changes_later(cast):
    pleno = make_signing(cast)
    cast.member.name = "Nama Baru"
    cast.member.save()
    minutes = current(pleno)
    assert "Nama Baru" not in str(minutes.record)
    assert documents.digest(minutes.record) == minutes.digest


def test_the_date_lies_between_the_pleno_and_today(cast):
    pleno = make_closed(cast)
    for dated in (datetime.date(2024, 8, 18), datetime.date(2024, 8, 20)):
        with pytest.raises(ValidationError) as refused:
            put_up(pleno, cast.secretary, dated=dated)
        assert "dated" in refused.value.message_dict
    pleno.refresh_from_db()
    assert pleno.state == "closed"


def test_a_pleno_without_quorum_is_minuted_and_ratified_without_decisions(cast):
    pleno = make_ratified(cast, exceptions={3: "ill", 4: "ill", 5: "ill"})
    record = pleno.minutes.get().record
    assert record["pleno"]["quorum"] == {"base": 5, "needed": 3, "present": 2, "met": False}
    assert [i["decisions"] for i in record["items"]] == [[], [], []]
    assert (pleno.state, pleno.delivered_to) == ("ratified", cast.province_unit)


# --- confirming ------------------------------------------------------------------------------------------


def test_each_present_member_confirms_that_digest_for_himself(cast):
    pleno = make_signing(cast)
    signature = confirm(pleno, cast.member)
    assert (signature.attendee.user, signature.manner) == (cast.member, "confirmed")
    assert (signature.digest, signature.at, signature.recorded_by) == (current(pleno).digest, NOW, cast.member)
    assert lines(pleno, "confirm") == 1


def test_another_digest_is_not_confirmed(cast):
    pleno = make_signing(cast)
    with pytest.raises(Conflict, match="dibekukan ulang"):
        confirm(pleno, cast.member, digest="0" * 64)
    assert not current(pleno).signatures.exists()


def test_nobody_confirms_twice(cast):
    pleno = make_signing(cast)
    confirm(pleno, cast.member)
    with pytest.raises(TransitionRefused, match="sudah tercatat"):
        confirm(pleno, cast.member)
    assert lines(pleno, "confirm") == 1


def test_a_member_who_was_absent_does_not_confirm(cast):
    pleno = make_signing(cast, exceptions={2: "ill"})
    with pytest.raises(NotPermitted, match="tidak tercatat hadir"):
        confirm(pleno, cast.member)


@pytest.mark.parametrize("who", ["secretary", "head", "staff", "neighbour", "province_chair"])
def test_nobody_confirms_who_is_no_member_of_the_body(cast, who):
    with pytest.raises(NotPermitted):
        confirm(make_signing(cast), getattr(cast, who))


def test_a_member_whose_term_has_ended_confirms_no_more_and_is_excused_by_name(cast):
    pleno = make_signing(cast)
    end_membership(cast, cast.member, NOW)
    with pytest.raises(NotPermitted):
        confirm(pleno, cast.member)
    with clock.at(NOW):
        lifecycle.excuse(pleno, by=cast.secretary, attendee=row_of(pleno, cast.member), reason="Masa jabatan berakhir")
    sign_all(pleno)
    ratify(pleno, cast.chair)
    names = [s["name"] for s in current_papers(pleno, kind="plenos.berita_acara").get().record["final"]["signings"]]
    assert cast.member.name in names


# --- on paper, or not at all -----------------------------------------------------------------------------


def test_a_hand_signature_is_recorded_with_its_scan(cast):
    pleno = make_signing(cast)
    scan = stored_scan()
    with clock.at(NOW):
        signature = lifecycle.sign_by_hand(
            pleno,
            by=cast.secretary,
            attendee=row_of(pleno, cast.member),
            scan=scan,
            signed_on=datetime.date(2024, 8, 19),
        )
    assert (signature.manner, signature.scan, signature.recorded_by) == ("by_hand", scan, cast.secretary)
    assert documents.read(signature.scan).startswith(b"%PDF")


def test_a_hand_signature_without_scan_or_of_tomorrow_is_refused(cast):
    pleno = make_signing(cast)
    row, day = row_of(pleno, cast.member), datetime.date(2024, 8, 19)
    with clock.at(NOW):
        with pytest.raises(ValidationError):
            lifecycle.sign_by_hand(
                pleno,
                by=cast.secretary,
                attendee=row,
                scan=stored_scan(),
                signed_on=day + datetime.timedelta(days=1),
            )
        with pytest.raises(IntegrityError, match="signature_by_hand_has_scan"), transaction.atomic():
            lifecycle.sign_by_hand(pleno, by=cast.secretary, attendee=row, scan=None, signed_on=day)
    assert not current(pleno).signatures.exists()


def test_who_does_not_sign_is_recorded_with_the_reason(cast):
    pleno = make_signing(cast)
    row = row_of(pleno, cast.member)
    with pytest.raises(ValidationError):
        lifecycle.excuse(pleno, by=cast.head, attendee=row, reason="  ")
    signature = lifecycle.excuse(pleno, by=cast.head, attendee=row, reason=" Menolak ")
    assert (signature.manner, signature.reason) == ("not_signed", "Menolak")
    with pytest.raises(TransitionRefused, match="sudah tercatat"):
        confirm(pleno, cast.member)


@pytest.mark.parametrize("who", ["chair", "member", "staff"])
def test_only_note_taker_and_head_record_for_another(cast, who):
    pleno = make_signing(cast)
    row = row_of(pleno, cast.members[2])
    with pytest.raises(NotPermitted):
        lifecycle.excuse(pleno, by=getattr(cast, who), attendee=row, reason="Sakit")


@pytest.mark.parametrize("who", ["absent", "secretariat", "guest"])
def test_only_members_present_sign(cast, who):
    pleno = make_signing(cast, exceptions={5: "ill"}, guests=[{"name": "Tamu"}])
    rows = {
        "absent": pleno.attendees.get(user=cast.members[4]),
        "secretariat": pleno.attendees.get(user=cast.head),
        "guest": pleno.attendees.get(element="guest"),
    }
    with pytest.raises(TransitionRefused, match="yang hadir"):
        lifecycle.excuse(pleno, by=cast.secretary, attendee=rows[who], reason="Sakit")


# --- taking back -----------------------------------------------------------------------------------------


def test_taking_back_keeps_the_number_voids_what_was_signed_and_freezes_anew(cast):
    pleno = make_signing(cast)
    first = current(pleno)
    confirm(pleno, cast.member)
    take_back(pleno, cast.secretary)
    assert pleno.state == "closed"
    lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="Ditambah.", version=0)
    second = put_up(pleno, cast.secretary)
    assert (second.number, second.dated, second.sequence) == (first.number, first.dated, 2)
    assert second.digest != first.digest
    assert not second.signatures.exists()
    with pytest.raises(Conflict):
        confirm(pleno, cast.member, digest=first.digest)
    confirm(pleno, cast.member)
    assert NumberUse.objects.filter(about=pleno.uuid, kind="plenos.berita_acara").count() == 1
    assert [d.record["items"][0]["notes"] for d in current_papers(pleno, kind__in=MINUTES)] == ["Ditambah."] * 3


def test_taking_back_says_why_and_remembers_what_was_voided(cast):
    pleno = make_signing(cast)
    confirm(pleno, cast.member)
    with pytest.raises(ValidationError):
        take_back(pleno, cast.secretary, reason=" ")
    take_back(pleno, cast.chair)
    taken = pleno.minutes.get()
    assert (taken.taken_back_reason, taken.taken_back_by, taken.signatures.count()) == (
        "Nama tamu keliru",
        cast.chair,
        1,
    )


def test_ratified_minutes_are_not_taken_back(cast):
    pleno = make_ratified(cast)
    with pytest.raises(TransitionRefused):
        take_back(pleno, cast.secretary)


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

    monkeypatch.setattr("plenos.lifecycle.signing._issue", broken)
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
    from bawaslu_portal.kernel import ledger

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
    from bawaslu_portal.kernel.models import Parentage

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
