"""Issue 3.5: putting up, confirming, signing by hand, excusing, taking back, ratifying, delivering, reading."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bawaslu_portal.kernel import clock, documents
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Document, NumberUse
from plenos import lifecycle

from ..factories import (
    WHEN,
    end_membership,
    item_of,
    lines,
    make_closed,
    make_ratified,
    make_signing,
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
    seen = lifecycle.words_digest(pleno)
    lifecycle.word(pleno, by=cast.secretary, opening_words="Ketua membuka.", closing_words="", read=seen)
    for read in (seen, ""):
        with pytest.raises(Conflict):
            lifecycle.word(pleno, by=cast.head, opening_words="Lain.", closing_words="", read=read)
    pleno.refresh_from_db()
    assert pleno.opening_words == "Ketua membuka."


def test_words_are_added_while_someone_goes_on_with_the_notes(cast):
    pleno = make_closed(cast)
    seen, version = lifecycle.words_digest(pleno), pleno.version
    lifecycle.write_notes(item_of(pleno), by=cast.head, text="Ditambahkan sesudah ditutup.", version=0)
    pleno.refresh_from_db()
    assert pleno.version > version
    lifecycle.word(pleno, by=cast.secretary, opening_words="Ketua membuka.", closing_words="Selesai.", read=seen)
    pleno.refresh_from_db()
    assert (pleno.opening_words, pleno.closing_words) == ("Ketua membuka.", "Selesai.")


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


def test_a_paper_of_an_earlier_text_is_not_taken_and_none_was_signed_before_the_pleno(cast):
    pleno = make_signing(cast)
    row, day = row_of(pleno, cast.member), datetime.date(2024, 8, 19)
    facts = {"by": cast.secretary, "attendee": row}
    with clock.at(NOW):
        with pytest.raises(Conflict):
            lifecycle.sign_by_hand(pleno, scan=stored_scan(), signed_on=day, digest="0" * 64, **facts)
        with pytest.raises(Conflict):
            lifecycle.excuse(pleno, reason="Sakit", digest="0" * 64, **facts)
        with pytest.raises(ValidationError):
            lifecycle.sign_by_hand(pleno, scan=stored_scan(), signed_on=day - datetime.timedelta(days=1), **facts)
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
    assert not current_papers(pleno, kind__in=MINUTES, withdrawn_at=None).exists()
    lifecycle.write_notes(item_of(pleno), by=cast.secretary, text="Ditambah.", version=0)
    second = put_up(pleno, cast.secretary)
    assert (second.number, second.dated, second.sequence) == (first.number, first.dated, 2)
    assert second.digest != first.digest
    assert not second.signatures.exists()
    with pytest.raises(Conflict):
        confirm(pleno, cast.member, digest=first.digest)
    confirm(pleno, cast.member)
    assert NumberUse.objects.filter(about=pleno.uuid, kind="plenos.berita_acara").count() == 1
    assert [d.record["items"][0]["notes"] for d in current_papers(pleno, kind__in=MINUTES)] == ["<p>Ditambah.</p>"] * 3


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
