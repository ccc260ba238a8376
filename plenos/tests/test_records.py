"""From the tables to the frozen record: everything that a paper says comes from here."""

import datetime
import json

import pytest
from django.utils import translation

from bawaslu_portal.kernel import clock, documents
from bawaslu_portal.kernel.models import Membership
from bawaslu_portal.kernel.tests.factories import make_unit
from plenos import documents as papers
from plenos.models import AgendaItem, Attendee, Decision, Dissent, FollowUp, Invitation, Minutes, Pleno, Signature, Vote

WITA = datetime.timezone(datetime.timedelta(hours=8))
OPENED = datetime.datetime(2024, 8, 19, 9, 15, tzinfo=WITA)
CLOSED = datetime.datetime(2024, 8, 19, 11, 40, tzinfo=WITA)


def seats(unit):
    return Membership.objects.in_office_on(unit, OPENED)


@pytest.fixture
def pleno(kendari):
    """A closed session with five members, a guest, one decision by vote with dissent, one item put off."""
    members = seats(kendari)
    taker = Membership.objects.get(organisation=kendari, role="note_taker")
    pleno = Pleno.objects.create(
        organisation=kendari,
        week_year=2024,
        week=34,
        planned_at=OPENED.replace(minute=0),
        place="Ruang Rapat",
        chair=members[0],
        note_taker=taker,
        planned_by=taker.user,
        state="closed",
        opened_at=OPENED,
        opened_recorded_at=OPENED,
        closed_at=CLOSED,
        quorum_base=5,
        quorum_needed=3,
        quorum_present=4,
        quorum_met=True,
    )
    for order, seat in enumerate(members, 1):
        there = order < 5
        Attendee.objects.create(
            pleno=pleno,
            organisation=kendari,
            element="member",
            membership=seat,
            user=seat.user,
            name=seat.user.name,
            title=seat.title,
            order=order,
            status="present" if there else "ill",
            mode="online" if order == 2 else "onsite",
            arrived_at=OPENED if there else None,
            reason="" if there else "demam",
        )
    Attendee.objects.create(
        pleno=pleno, organisation=kendari, element="guest", name="Tamu", title="Akademisi", order=1, arrived_at=OPENED
    )
    item = AgendaItem.objects.create(
        pleno=pleno,
        organisation=kendari,
        order=1,
        title="Rencana kerja",
        fate="decided",
        notes="Dibahas.",
        access="open",
    )
    AgendaItem.objects.create(
        pleno=pleno, organisation=kendari, order=2, title="Laporan", fate="deferred", fate_reason="Belum lengkap"
    )
    decision = Decision.objects.create(
        item=item,
        pleno=pleno,
        organisation=kendari,
        category="plan",
        text="Menetapkan rencana.",
        manner="vote",
        happened_at=OPENED,
        recorded_by=taker.user,
        entitled=5,
        present=4,
        quorum_needed=3,
        number=12,
        year=2024,
    )
    Decision.objects.create(
        item=item,
        pleno=pleno,
        organisation=kendari,
        category="plan",
        text="Salah catat.",
        happened_at=OPENED,
        recorded_by=taker.user,
        entitled=5,
        present=4,
        quorum_needed=3,
        undone_at=OPENED,
    )
    present = list(pleno.attendees.members().filter(status="present"))
    for attendee in present:
        choice = "against" if attendee is present[-1] else "agree"
        Vote.objects.create(decision=decision, organisation=kendari, attendee=attendee, choice=choice)
    Dissent.objects.create(decision=decision, organisation=kendari, attendee=present[-1], text="Terlalu cepat.")
    FollowUp.objects.create(
        pleno=pleno,
        organisation=kendari,
        decision=decision,
        what="Menyusun jadwal",
        responsible=members[1],
        due=datetime.date(2024, 8, 30),
    )
    return pleno


def invited(pleno, kind="first", sequence=0, number="118/RT.02/K.KDI/8/2024", reason=""):
    return Invitation.objects.create(
        pleno=pleno,
        organisation=pleno.organisation,
        kind=kind,
        sequence=sequence,
        number=number,
        dated=datetime.date(2024, 8, 16),
        reason=reason,
        planned_at=pleno.planned_at,
        issued_at=OPENED,
        issued_by=pleno.planned_by,
    )


def test_minutes_are_frozen_in_the_words_of_the_paper(pleno):
    invited(pleno)
    record = papers.minutes_record(pleno, number="46/HK", dated=datetime.date(2024, 8, 20))
    assert record["classification"] == "HK.01.00"
    assert record["pleno"]["week"] == "2024-W34"
    assert record["pleno"]["opened_at"] == "2024-08-19T09:15:00+08:00"
    assert record["pleno"]["kind"] == "tertutup"
    assert record["pleno"]["occasion"] == "rutin mingguan"
    assert record["pleno"]["quorum"] == {"base": 5, "needed": 3, "present": 4, "met": True}
    assert record["pleno"]["invitation"] == {"number": "118/RT.02/K.KDI/8/2024", "date": "2024-08-16"}
    assert record["body"]["zone"] == "WITA"
    assert record["body"]["place"] == "Kendari"
    assert record["signing"] == {"place": "Kendari", "date": "2024-08-20"}
    assert [row["status"] for row in record["attendance"]] == ["hadir"] * 4 + ["sakit", "hadir"]
    assert [row["mode"] for row in record["attendance"]] == ["luring", "daring", "luring", "luring", "", "luring"]
    (decision,) = record["items"][0]["decisions"]
    assert (decision["number"], decision["reference"]) == ("12", "74.71/2024/12")
    assert decision["tally"] == {"setuju": 3, "tidak": 1, "abstain": 0}
    assert decision["dissents"][0]["text"] == "Terlalu cepat."
    assert decision["follow_ups"][0]["due"] == "2024-08-30"
    assert record["items"][1]["outcome"] == "deferred"
    assert [who["office"] for who in record["signatories"]["members"]] == ["Anggota"] * 3
    assert record["signatories"]["head"]["office"] == "Kepala Sekretariat"
    assert json.loads(json.dumps(record)) == record


def test_who_asks_and_in_which_language_changes_nothing(pleno):
    with clock.at(CLOSED):
        indonesian = papers.minutes_record(pleno)
        with translation.override("en"):
            assert papers.minutes_record(pleno) == indonesian


def test_a_session_that_was_not_held_or_not_closed_has_no_minutes(pleno):
    pleno.closed_at = None
    with pytest.raises(ValueError, match="held"):
        papers.minutes_record(pleno)
    assert papers.minutes_record(pleno, draft=True)["draft"]
    pleno.opened_at = None
    with pytest.raises(ValueError, match="held"):
        papers.minutes_record(pleno, draft=True)


def test_what_was_entered_afterwards_keeps_both_times(pleno):
    pleno.recorded_late, pleno.opened_recorded_at = True, OPENED + datetime.timedelta(days=4)
    record = papers.minutes_record(pleno)
    assert record["pleno"]["recorded_late"]
    assert record["pleno"]["recorded_at"] == "2024-08-23T09:15:00+08:00"
    assert record["pleno"]["invitation"] is None


def test_an_acting_chair_signs_as_one(pleno):
    Membership.objects.filter(pk=pleno.chair_id).update(acting=True)
    pleno.chair.refresh_from_db()
    assert papers.minutes_record(pleno)["signatories"]["chair"]["office"] == "Plt. Ketua"


def test_the_final_record_keeps_the_signed_text_and_adds_the_signatures(pleno):
    taker = pleno.planned_by
    record = papers.minutes_record(pleno, number="46/HK")
    minutes = Minutes.objects.create(
        pleno=pleno,
        organisation=pleno.organisation,
        sequence=1,
        number="46/HK",
        dated=CLOSED.date(),
        record=record,
        digest=papers.digest(record),
        access="closed",
        put_up_at=CLOSED,
        put_up_by=taker,
    )
    with pytest.raises(ValueError, match="ratified"):
        papers.final_record(minutes)
    present = list(pleno.attendees.members().filter(status="present"))
    scan = documents.store(b"scan", "application/pdf")
    for attendee, manner in zip(present, ("confirmed", "by_hand", "not_signed", "confirmed"), strict=True):
        Signature.objects.create(
            minutes=minutes,
            organisation=pleno.organisation,
            attendee=attendee,
            manner=manner,
            digest=minutes.digest,
            at=CLOSED,
            reason="menolak" if manner == "not_signed" else "",
            scan=scan if manner == "by_hand" else None,
            signed_on=CLOSED.date() if manner == "by_hand" else None,
            recorded_by=taker,
        )
    minutes.ratified_at, minutes.ratified_by = CLOSED + datetime.timedelta(hours=1), pleno.chair.user
    minutes.save()
    minutes.refresh_from_db()
    final = papers.final_record(minutes)
    assert {**final, "final": None, "frozen_at": record["frozen_at"]} == record
    assert final["final"]["text_digest"] == papers.digest(record)
    assert final["final"]["ratified_by"] == {"name": pleno.chair.user.name, "office": "Ketua"}
    assert [signing["way"] for signing in final["final"]["signings"]] == ["portal", "hand", "none", "portal"]
    assert final["final"]["signings"][1]["at"] == "2024-08-19"


def test_an_invitation_before_it_is_issued_is_a_draft(pleno):
    record = papers.invitation_record(pleno)
    assert record["draft"]
    assert record["number"] == ""
    assert record["agenda"] == ["Rencana kerja", "Laporan"]


def test_an_invitation_is_signed_by_the_ketua_and_copied_to_the_level_above(pleno):
    record = papers.invitation_record(pleno, invited(pleno))
    assert record["signatory"]["office"] == "Ketua"
    assert record["copies"] == ["Ketua Bawaslu Provinsi Sulawesi Tenggara", "Arsip"]
    assert record["subject"] == "Undangan Rapat Pleno Rutin Mingguan"
    assert record["date"] == "2024-08-16"
    assert not record["draft"]


def test_a_change_cites_the_letter_before_it(pleno):
    first, change = invited(pleno), invited(pleno, "change", 1, "119/RT.02/K.KDI/8/2024", "listrik padam")
    record = papers.invitation_record(pleno)
    assert (record["letter"], record["reason"]) == ("change", "listrik padam")
    assert record["earlier"]["number"] == first.number
    assert record["number"] == change.number


@pytest.mark.django_db
def test_a_body_of_three_in_the_east_with_f4(pleno):
    unit = make_unit("91.71", members=3)
    from bawaslu_portal.kernel import settings_store
    from bawaslu_portal.kernel.tests.factories import person

    for key, value in (("paper.size", "F4"), ("letterhead.address", "Jalan Satu\nJalan Dua")):
        settings_store.change(
            unit, key, value, since=datetime.date(2024, 1, 1), source="uji", by=person(unit, "administrator")
        )
    body = papers.invitation_record(
        Pleno.objects.create(
            organisation=unit,
            week_year=2024,
            week=34,
            planned_at=OPENED,
            place="Aula",
            chair=seats(unit)[0],
            planned_by=seats(unit)[0].user,
        )
    )
    assert body["body"]["paper"] == "F4"
    assert body["body"]["zone"] == "WIT"
    assert body["body"]["address"] == ["Jalan Satu", "Jalan Dua"]
    assert body["pleno"]["hour"] == "10:15"
    assert len(body["recipients"]) == 3


def test_reading_a_record_costs_the_same_for_one_and_for_three_items(pleno, django_assert_max_num_queries):
    with django_assert_max_num_queries(24) as one:
        papers.minutes_record(pleno)
    decision = pleno.decisions.standing().get()
    for order in (3, 4):
        item = AgendaItem.objects.create(
            pleno=pleno, organisation=pleno.organisation, order=order, title="Lagi", fate="decided"
        )
        Decision.objects.create(
            item=item,
            pleno=pleno,
            organisation=pleno.organisation,
            category="plan",
            text="Lagi.",
            happened_at=OPENED,
            recorded_by=decision.recorded_by,
            entitled=5,
            present=4,
            quorum_needed=3,
        )
    with django_assert_max_num_queries(len(one)) as three:
        papers.minutes_record(pleno)
    assert len(three) == len(one)
