"""Minutes sent back by the level above: the reason is shown, asks for a correction, and the clock says so."""

import datetime

import pytest
from django.test import Client

from bawaslu_portal.kernel import catalogue, clock, notices
from bawaslu_portal.kernel.models import Document, Notice
from bawaslu_portal.kernel.tests.factories import signed_in
from plenos import desk_corrections, lifecycle, queries
from plenos.lifecycle import citing, correcting
from plenos.models import Decision

from .factories import (
    CORRECTED,
    WHEN,
    item_of,
    make_corrected,
    make_open,
    make_put_up_correction,
    make_ratified,
    membership,
    sign_all,
    sign_version,
    words,
)

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
DECIDED = {"items.0.decisions.0.text": "Menyetujui laporan pekan lalu."}


@pytest.fixture
def returned(cast):
    pleno = make_ratified(cast)
    with clock.at(pleno.ratified_at + DAY / 24):
        lifecycle.return_minutes(pleno, by=cast.province, reason="Nama tempat keliru")
    return pleno


def titles(user):
    return [row["title"] for row in desk_corrections.rows(user)]


def test_the_reason_stands_on_the_record_and_on_the_desk(cast, returned):
    client = signed_in(Client(), cast.secretary)
    for page in ("pleno", "minutes", "correct"):
        assert "Nama tempat keliru" in words(client.get(returned.address(f"plenos:{page}"))), page
    assert any(title.startswith("Perbaiki risalah yang dikembalikan") for title in titles(cast.secretary))
    assert titles(cast.member) == titles(cast.province) == titles(cast.neighbour) == []


def test_a_correction_answers_it_step_by_step_on_the_desk(cast, returned):
    ruling = queries.returned(returned)
    client = signed_in(Client(), cast.secretary)
    data = {"reason": "Tempat diperbaiki", "ruling": ruling.pk}
    answer = client.post(returned.address("plenos:correct"), data)
    correction = returned.corrections.get()
    assert answer.status_code == 302
    assert correction.ruling == ruling
    assert titles(cast.secretary) == [f"Lanjutkan perbaikan risalah: {returned.title}"]
    with clock.at(returned.ratified_at + DAY):
        correcting.change(correction, by=cast.secretary, changes=CORRECTED)
        correcting.put_up(correction, by=cast.secretary)
    assert titles(cast.member) == [f"Konfirmasi versi yang diperbaiki: {returned.title}"]
    assert titles(cast.secretary) == [f"Kumpulkan tanda tangan versi yang diperbaiki: {returned.title}"]
    sign_version(correction)
    assert titles(cast.chair) == [f"Sahkan versi yang diperbaiki: {returned.title}"]
    with clock.at(returned.ratified_at + 2 * DAY):
        correcting.ratify(correction, by=cast.chair)
    assert queries.returned(returned) is None
    assert titles(cast.secretary) == titles(cast.chair) == []


def test_another_plenos_return_is_not_answered(cast, returned):
    other = make_ratified(cast, when=WHEN + 7 * DAY)
    ruling = queries.returned(returned)
    answer = signed_in(Client(), cast.secretary).post(
        other.address("plenos:correct"), {"reason": "Keliru", "ruling": ruling.pk}
    )
    assert answer.status_code == 422 or other.corrections.get().ruling is None


# --- who cites a decision is told --------------------------------------------------------------------------


def told(decision):
    return set(Notice.objects.filter(kind="plenos.corrected", about=decision.uuid).values_list("user__name", flat=True))


@pytest.fixture
def decided(cast):
    """A ratified pleno with a follow-up that is still open."""
    pleno = make_open(cast)
    with clock.at(WHEN + DAY / 48):
        lifecycle.decide(
            item_of(pleno),
            by=cast.secretary,
            category="plan",
            text="Menyetujui laporan.",
            follow_ups=[
                {"what": "Susun jadwal", "responsible": membership(cast, cast.staff), "due": WHEN.date() + DAY}
            ],
        )
        for order in (2, 3):
            lifecycle.defer(item_of(pleno, order), by=cast.secretary, reason="Habis waktu.")
    with clock.at(WHEN + DAY / 12):
        lifecycle.close(pleno, by=cast.secretary)
        lifecycle.put_up(pleno, by=cast.secretary)
    sign_all(pleno)
    with clock.at(WHEN + DAY):
        lifecycle.ratify(pleno, by=cast.chair)
    return pleno


def test_doers_and_those_who_asked_for_a_paper_are_told(cast, decided):
    decision = decided.decisions.get()
    Document.objects.create(
        organisation=decided.organisation,
        kind="plenos.kutipan",
        title="Kutipan",
        about_kind="decision",
        about=decision.uuid,
        record={},
        digest="0" * 64,
        created_by=cast.head,
    )
    make_corrected(cast, decided, changes=DECIDED)
    assert told(decision) == {cast.staff.name, cast.head.name}


def test_words_beside_the_decision_tell_nobody_and_those_of_its_item_do(cast, decided):
    decision = decided.decisions.get()
    elsewhere = {"place": "Aula lantai dua", "items.1.title": "Rencana kerja", "attendance.1.reason": "Surat tugas"}
    make_corrected(cast, decided, changes=elsewhere)
    assert told(decision) == set()
    for n, changes in enumerate(({"items.0.title": "Laporan"}, {"items.0.notes": "<p>Dibacakan.</p>"}), 3):
        make_corrected(cast, decided, changes=changes)
        text = f"Agenda keputusan 74.71/2024/1 diperbaiki dalam versi {n} risalahnya."
        assert Notice.objects.filter(user=cast.staff, about=decision.uuid, text=text).exists()


def test_the_app_of_the_record_that_it_concerns_says_whom(cast, decided, monkeypatch):
    decision = decided.decisions.get()
    asked = []

    def ask(thing, key):
        asked.append((thing, key))
        return [cast.member]

    monkeypatch.setitem(catalogue._citations, "tests.thing", ask)
    decision.concerns_kind, decision.concerns = "tests.thing", decided.uuid
    assert cast.member in citing.users_of(decision)
    assert asked == [(decided.uuid, decision.uuid)]
    decision.concerns_kind = "tests.unknown"
    assert cast.member not in citing.users_of(decision)


def test_who_keeps_the_records_of_a_reversing_decision_is_told(cast, decided):
    decision = decided.decisions.get()
    other = make_open(cast, when=WHEN + 7 * DAY)
    with clock.at(WHEN + 7 * DAY + DAY / 48):
        later = lifecycle.decide(item_of(other), by=cast.secretary, category="plan", text="Mencabut laporan.")
    Decision.objects.filter(pk=later.pk).update(reverses=decision)
    assert {cast.chair, cast.secretary, cast.head} <= set(citing.users_of(decision))


def test_who_keeps_the_records_of_a_decision_on_its_minutes_is_told(cast, decided):
    decision = decided.decisions.get()
    assert cast.member not in citing.users_of(decision)
    other = make_open(cast, when=WHEN + 7 * DAY)
    with clock.at(WHEN + 7 * DAY + DAY / 48):
        later = lifecycle.decide(item_of(other), by=cast.secretary, category="plan", text="Menyetujui risalah.")
    rows = Decision.objects.filter(pk=later.pk)
    rows.update(concerns_kind="pleno", concerns=other.uuid)
    assert cast.chair not in citing.users_of(decision)
    rows.update(concerns_kind="pleno", concerns=decided.uuid)
    assert {cast.chair, cast.secretary, cast.head} <= set(citing.users_of(decision))
    lifecycle.undo_decision(later, by=cast.secretary)
    assert cast.chair not in citing.users_of(decision)


def test_a_notice_names_no_words_of_a_closed_record(cast, decided):
    make_corrected(cast, decided, changes=DECIDED)
    assert not Notice.objects.filter(text__icontains="Menyetujui").exists()
    assert notices.mark_seen(cast.staff) == 1


def test_reminding_the_first_minutes_is_the_same_button(cast):
    from .factories import make_signing

    pleno = make_signing(cast)
    client = signed_in(Client(), cast.secretary)
    with clock.at(pleno.closed_at + DAY):
        assert "Ingatkan yang belum" in words(client.get(pleno.address("plenos:minutes")))
        assert client.post(pleno.address("plenos:remind")).status_code == 302
        assert client.post(pleno.address("plenos:remind")).status_code == 409
    assert Notice.objects.filter(kind="plenos.remind").count() == 5
    correction = make_put_up_correction(cast, make_ratified(cast, when=WHEN + 7 * DAY))
    assert signed_in(Client(), cast.head).post(correction.address("plenos:correction_remind")).status_code == 302


def test_the_preview_shows_each_draft_in_a_frame_of_ours(cast):
    from bawaslu_portal.kernel import documents

    from .factories import PDF, make_closed

    pleno = make_closed(cast)
    client = signed_in(Client(), cast.secretary)
    assert client.post(pleno.address("plenos:print_draft")).url == pleno.address("plenos:preview")
    page = words(client.get(pleno.address("plenos:preview")))
    assert "hx-trigger" in page
    assert "<iframe" not in page
    papers = Document.objects.filter(about=pleno.uuid, draft=True)
    assert papers.count() == 3
    papers.update(file=documents.store(PDF, "application/pdf"))
    assert words(client.get(pleno.address("plenos:preview"))).count("<iframe") == 3
    answer = client.get(pleno.address("plenos:preview_file", uuid=papers.first().uuid))
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" not in answer["Content-Security-Policy"]
    member = signed_in(Client(), cast.member)
    assert member.get(pleno.address("plenos:preview")).status_code == 403


def test_each_is_told_where_he_serves(cast, decided):
    make_corrected(cast, decided, changes=DECIDED)
    for user, unit in ((cast.province, cast.province_unit), (cast.staff, cast.unit)):
        notice = Notice.objects.visible_to(user).filter(kind="plenos.corrected").first()
        assert notice is not None and notice.organisation == unit
    told = citing.users_of(decided.decisions.get())
    assert told[cast.staff] == cast.unit
    assert citing._elsewhere([cast.province, cast.staff], cast.unit, clock.now()) == [
        (cast.province, cast.province_unit),
        (cast.staff, cast.unit),
    ]
    assert not Notice.objects.visible_to(cast.neighbour).exists()
