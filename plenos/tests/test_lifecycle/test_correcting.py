"""A correction makes the next version; what was ratified stays, numbers do not shift, and the tables follow."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import override_settings

from bawaslu_portal.kernel import clock, documents
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused
from bawaslu_portal.kernel.models import Document, Notice, OutboxMessage
from plenos import documents as papers
from plenos import lifecycle, queries
from plenos.lifecycle import correcting
from plenos.models import Correction, Minutes

from ..factories import WHEN, lines, make_corrected, make_correction, make_ratified, row_of, sign_version, stored_scan
from .test_lock import verify

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WORDS = {
    "place": "Aula lantai dua",
    "items.0.title": "Laporan pekan lalu",
    "items.0.decisions.0.text": "Menyetujui laporan pekan lalu.",
    "attendance.1.name": "Anggota Dua, S.H.",
    "closing_words": "Ketua menutup rapat.",
}


@pytest.fixture
def ratified(cast):
    return make_ratified(cast)


def later(pleno):
    return clock.at(pleno.closed_at + 3 * DAY)


def test_a_version_goes_its_way_and_the_tables_follow(cast, ratified):
    first = ratified.minutes.get()
    number = ratified.decisions.order_by("number").first().number
    correction = make_correction(cast, ratified, changes=WORDS)
    assert (correction.number, correction.state) == (2, "drafting")
    with later(ratified):
        second = correcting.put_up(correction, by=cast.secretary)
    assert (second.version, second.number, second.sequence) == (2, first.number, 2)
    assert second.record["correction"]["earlier"]["digest"] == first.digest
    assert queries.current_minutes(ratified).pk == first.pk, "until it is ratified the first version holds"
    assert ratified.items.first().title != WORDS["items.0.title"]
    sign_version(correction)
    with later(ratified):
        correcting.ratify(correction, by=cast.chair)
    ratified.refresh_from_db()
    assert (ratified.minutes_version, ratified.place, ratified.state) == (2, WORDS["place"], "ratified")
    assert ratified.closing_words == WORDS["closing_words"]
    assert ratified.items.first().title == WORDS["items.0.title"]
    decision = ratified.decisions.order_by("number").first()
    assert (decision.number, decision.text) == (number, WORDS["items.0.decisions.0.text"])
    assert row_of(ratified, cast.members[1]).name == WORDS["attendance.1.name"]
    assert queries.current_minutes(ratified).version == 2
    first.refresh_from_db()
    assert papers.digest(first.record) == first.digest
    assert first.record["pleno"]["place"] == "Ruang rapat"
    assert verify().endswith("intact\n")


def test_the_papers_of_each_version_stay(cast, ratified):
    before = list(Document.objects.filter(about=ratified.uuid, kind="plenos.notulen", draft=False, superseded_by=None))
    correction = make_corrected(cast, ratified)
    after = Document.objects.filter(about=ratified.uuid, kind="plenos.notulen", draft=False, superseded_by=None)
    assert len(before) == after.count() == 1
    assert after.get().record["version"] == 2
    assert Document.objects.get(pk=before[0].pk).superseded_by == after.get()
    assert after.get().released_at == correction.ratified_at
    signed = Document.objects.filter(about=correction.uuid)
    assert signed.count() == 3
    assert not signed.filter(superseded_by=None).exists()
    assert not signed.exclude(released_at=None).exists()
    readable = documents.readable_by(cast.province_chair).filter(about=ratified.uuid, kind="plenos.notulen")
    assert set(readable) == {before[0], after.get()}


def test_a_correction_needs_a_reason_ratified_minutes_and_no_other_under_way(cast, ratified):
    with pytest.raises(ValidationError, match="mengapa"):
        correcting.begin(ratified, by=cast.secretary, reason=" ")
    correcting.begin(ratified, by=cast.secretary, reason="Salah ketik")
    with pytest.raises(TransitionRefused, match="sedang berjalan"):
        correcting.begin(ratified, by=cast.secretary, reason="Lagi")


def test_an_abandoned_correction_gives_its_number_back(cast, ratified):
    correction = make_correction(cast, ratified, changes=WORDS)
    for reason in (" ", "x" * 301):
        with pytest.raises(ValidationError, match="mengapa"):
            correcting.abandon(correction, by=cast.head, reason=reason)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(state="abandoned")
    correcting.abandon(correction, by=cast.head, reason=" Ternyata\n sudah benar ")
    correction.refresh_from_db()
    assert (correction.state, correction.abandoned_reason) == ("abandoned", "Ternyata sudah benar")
    again = correcting.begin(ratified, by=cast.secretary, reason="Salah ketik lain")
    assert again.number == 2


def test_only_the_latest_version_is_corrected(cast, ratified):
    make_corrected(cast, ratified)
    third = make_corrected(cast, ratified, changes={"place": "Aula lantai tiga"})
    assert third.number == 3
    record = Minutes.objects.get(correction=third).record
    assert record["correction"]["earlier"]["version"] == 2
    assert record["items"][0]["title"] == "Laporan pekan lalu", "built on the second version"
    assert verify().endswith("intact\n")


@pytest.mark.parametrize(
    "key",
    [
        "items.0.decisions.0.number",
        "items.0.decisions.0.result",
        "items.0.decisions.0.votes.0.vote",
        "items.0.outcome",
        "attendance.0.status",
        "attendance.0.arrived",
        "quorum",
        "signing.date",
    ],
)
def test_nothing_but_words_is_corrected(cast, ratified, key):
    correction = make_correction(cast, ratified)
    with pytest.raises(ValidationError, match="tidak dapat diperbaiki"):
        correcting.change(correction, by=cast.secretary, changes={key: "lain"})


def test_words_that_may_not_be_empty_or_endless_are_named_at_their_place(cast, ratified):
    correction = make_correction(cast, ratified)
    with pytest.raises(ValidationError) as refused:
        correcting.change(correction, by=cast.secretary, changes={"items.0.decisions.0.text": " ", "place": "x" * 300})
    assert set(refused.value.message_dict) == {"items.0.decisions.0.text", "place"}


def test_what_is_as_it_was_is_no_change_and_an_empty_correction_is_not_put_up(cast, ratified):
    correction = make_correction(cast, ratified)
    correcting.change(correction, by=cast.secretary, changes={"place": "Ruang rapat"})
    assert correction.changes == {}
    with pytest.raises(TransitionRefused, match="Belum ada kata"):
        correcting.put_up(correction, by=cast.secretary)


def test_two_who_change_at_once_do_not_overwrite_each_other(cast, ratified):
    correction = make_correction(cast, ratified)
    correcting.change(correction, by=cast.secretary, changes={"place": "Aula"}, version=0)
    with pytest.raises(Conflict):
        correcting.change(correction, by=cast.head, changes={"place": "Teras"}, version=0)


def test_a_name_is_spelt_the_same_wherever_the_record_says_it(cast):
    pleno = make_ratified(cast)
    chair = pleno.attendees.members().first().name
    make_corrected(cast, pleno, changes={"attendance.0.name": "Ketua Baru, S.H."})
    record = queries.current_minutes(pleno).record
    assert chair not in str(record)
    assert record["signatories"]["chair"]["name"] == record["pleno"]["chair"]["name"] == "Ketua Baru, S.H."


def test_taken_back_its_signatures_are_void_and_it_is_frozen_anew(cast, ratified):
    correction = make_correction(cast, ratified, changes=WORDS)
    with later(ratified):
        first = correcting.put_up(correction, by=cast.secretary)
        correcting.confirm(correction, by=cast.member, digest=first.digest)
        correcting.take_back(correction, by=cast.secretary, reason="Masih keliru")
        correcting.change(correction, by=cast.secretary, changes={"place": "Teras"})
        second = correcting.put_up(correction, by=cast.secretary)
        assert second.version == first.version == 2
        with pytest.raises(Conflict):
            correcting.confirm(correction, by=cast.member, digest=first.digest)
        correcting.confirm(correction, by=cast.member, digest=second.digest)


def test_it_is_not_ratified_before_all_present_stand_to_it(cast, ratified):
    correction = make_correction(cast, ratified, changes=WORDS)
    with later(ratified):
        correcting.put_up(correction, by=cast.secretary)
        with pytest.raises(TransitionRefused, match="Belum dikonfirmasi"):
            correcting.ratify(correction, by=cast.chair)
        row = row_of(ratified, cast.members[2])
        correcting.excuse(correction, by=cast.secretary, attendee=row, reason="Sakit")
        row = row_of(ratified, cast.members[3])
        today = clock.today(ratified.organisation)
        with pytest.raises(ValidationError):
            correcting.sign_by_hand(correction, by=cast.head, attendee=row, scan=stored_scan(), signed_on=today - DAY)
        correcting.sign_by_hand(correction, by=cast.head, attendee=row, scan=stored_scan(), signed_on=today)
        with pytest.raises(TransitionRefused, match="sudah tercatat"):
            correcting.excuse(correction, by=cast.secretary, attendee=row, reason="Sakit")
        sign_version(correction)
        correcting.ratify(correction, by=cast.chair)
    assert {s.manner for s in Minutes.objects.get(version=2).signatures.all()} == {"confirmed", "by_hand", "not_signed"}
    assert verify().endswith("intact\n")


def test_another_plenos_attendee_does_not_sign(cast, ratified):
    other = make_ratified(cast, when=WHEN + 7 * DAY)
    correction = make_correction(cast, ratified, changes=WORDS)
    with later(other):
        correcting.put_up(correction, by=cast.secretary)
        with pytest.raises(TransitionRefused):
            correcting.excuse(correction, by=cast.secretary, attendee=row_of(other, cast.member), reason="Sakit")


def test_reminders_go_to_those_who_have_not_confirmed_once_a_day(cast, ratified):
    correction = make_correction(cast, ratified, changes=WORDS)
    with later(ratified):
        minutes = correcting.put_up(correction, by=cast.secretary)
        correcting.confirm(correction, by=cast.member, digest=minutes.digest)
        told = correcting.remind(correction, by=cast.secretary)
        assert cast.member not in told
        assert len(told) == 4
        assert (
            Notice.objects.filter(kind="plenos.remind", url=correction.address("plenos:correction_confirm")).count()
            == 4
        )
        assert OutboxMessage.objects.filter(subject_line__startswith="Konfirmasi risalah").count() == 4
        with pytest.raises(TransitionRefused, match="hari ini"):
            correcting.remind(correction, by=cast.secretary)
    with clock.at(ratified.closed_at + 4 * DAY):
        assert len(correcting.remind(correction, by=cast.secretary)) == 4


def test_a_reminder_is_no_mail_of_its_own_beside_the_digest(cast, ratified):
    correction = make_correction(cast, ratified, changes=WORDS)
    messages = OutboxMessage.objects.filter(subject_line__startswith="Konfirmasi risalah")
    with later(ratified):
        correcting.put_up(correction, by=cast.secretary)
        with override_settings(EMAIL_CONFIGURED=True):
            assert len(correcting.remind(correction, by=cast.secretary)) == 5
    assert not messages.exists()
    assert Notice.objects.filter(kind="plenos.remind").count() == 5
    with clock.at(ratified.closed_at + 4 * DAY):
        correcting.remind(correction, by=cast.secretary)
    assert set(messages.values_list("to_email", flat=True)) == {""}  # to be handed over, never sent
    assert {message.to_name for message in messages} == {member.name for member in cast.members}


def test_it_is_read_again_above(cast, ratified):
    lifecycle.mark_read(ratified, by=cast.province)
    assert not queries.unread_deliveries(cast.province).filter(pk=ratified.pk).exists()
    make_corrected(cast, ratified)
    assert queries.unread_deliveries(cast.province).filter(pk=ratified.pk).exists()
    assert [row.read for row in queries.deliveries_to(cast.province).filter(pk=ratified.pk)] == [False]
    lifecycle.mark_read(ratified, by=cast.province)
    with pytest.raises(TransitionRefused):
        lifecycle.mark_read(ratified, by=cast.province)
    assert list(ratified.readings.values_list("version", flat=True)) == [1, 2]
    assert lines(ratified, "mark_read") == 2
    assert Notice.objects.filter(user=cast.province, kind="plenos.corrected", about=ratified.uuid).exists()
