"""Issue 3.2: number, letter, messages and calendar; rescheduling and cancelling with a notice."""

import datetime

import icalendar
import pytest
from django.core.exceptions import ValidationError

from bawaslu_portal.kernel import clock, mail, settings_store
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from bawaslu_portal.kernel.models import Document, NumberUse, OutboxMessage
from plenos import lifecycle

from ..factories import WHEN, lines, make_cancelled, make_draft, make_held, make_invited, make_open

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NEXT_DAY = WHEN + DAY


def messages_about(pleno):
    return OutboxMessage.objects.filter(about=pleno.uuid).order_by("id")


def event(message):
    """Method and event of the calendar file of a message."""
    whole = icalendar.Calendar.from_ical(message.calendar)
    (found,) = whole.walk("VEVENT")
    return str(whole["METHOD"]), found


def set_for(unit, key, value, by):
    settings_store.change(unit, key, value, since=datetime.date(2024, 1, 1), source="uji", by=by)


def reschedule(pleno, by, moment=NEXT_DAY, **facts):
    facts = {"place": "Aula", "reason": "Listrik padam", **facts}
    with clock.at(WHEN - DAY):
        lifecycle.reschedule(pleno, by=by, planned_at=moment, **facts)


# --- the invitation --------------------------------------------------------------------------------------


def test_an_invitation_takes_a_number_and_keeps_the_hour_of_issue(cast):
    pleno = make_invited(cast)
    letter = pleno.invitations.get()
    assert pleno.state == "invited"
    assert letter.number == "1/RT.02/K.74.71/08/2024"
    assert letter.issued_at == WHEN - 3 * DAY
    assert (letter.kind, letter.sequence, letter.dated) == ("first", 0, datetime.date(2024, 8, 16))
    use = NumberUse.objects.get(text=letter.number)
    assert (use.about, use.state) == (pleno.uuid, "drawn")


def test_the_letter_and_the_empty_attendance_list_are_asked_for(cast):
    pleno = make_invited(cast)
    papers = Document.objects.filter(about=pleno.uuid)
    assert {d.kind for d in papers} == {"plenos.undangan", "plenos.daftar_hadir_kosong"}
    names = [r["name"] for r in papers.get(kind="plenos.daftar_hadir_kosong").record["recipients"]]
    assert names == [m.name for m in cast.members]


def test_members_note_taker_and_head_are_written_to_without_a_word_of_the_agenda(cast):
    pleno = make_invited(cast, agenda=["Sanksi bagi seorang staf"], link="https://rapat.contoh.go.id/x")
    messages = messages_about(pleno)
    assert {m.to_user for m in messages} == {*cast.members, cast.secretary, cast.head}
    for message in messages:
        assert "Sanksi" not in message.subject_line + message.body + message.calendar
        assert "Senin, 19 Agustus 2024 pukul 10.00 WITA" in message.body.replace("\xa0", " ")
        assert "https://rapat.contoh.go.id/x" in message.body


def test_without_a_mail_server_messages_stay_unsent(cast, settings):
    settings.EMAIL_CONFIGURED = False
    pleno = make_invited(cast)
    assert mail.send_waiting() == 0
    assert set(messages_about(pleno).values_list("state", "attempts")) == {("unsent", 0)}


def test_the_calendar_file_has_a_uid_of_its_pleno(cast):
    pleno = make_invited(cast)
    method, entry = event(messages_about(pleno).first())
    assert method == "REQUEST"
    assert str(entry["UID"]) == f"{pleno.uuid}@portal-bawaslu"
    assert (entry["SEQUENCE"], entry["DTSTART"].dt) == (0, WHEN)


def test_the_lead_time_of_the_unit_is_noted_not_enforced(cast):
    assert make_invited(cast).invitations.get().lead_time_kept
    urgent = make_draft(cast)
    with clock.at(WHEN - datetime.timedelta(hours=1)):
        lifecycle.invite(urgent, by=cast.secretary)
    assert not urgent.invitations.get().lead_time_kept
    set_for(cast.unit, "plenos.lead_days", 7, cast.administrator)
    assert not make_invited(cast).invitations.get().lead_time_kept


def test_an_empty_agenda_is_not_invited_to(cast):
    pleno = make_draft(cast, agenda=())
    with clock.at(WHEN - DAY), pytest.raises(TransitionRefused, match="Agenda masih kosong"):
        lifecycle.invite(pleno, by=cast.secretary)
    assert not NumberUse.objects.exists()


def test_an_hour_that_has_passed_is_not_invited_to(cast):
    pleno = make_draft(cast)
    with clock.at(WHEN), pytest.raises(TransitionRefused, match="sudah lewat"):
        lifecycle.invite(pleno, by=cast.secretary)


def test_a_pleno_already_held_gets_no_new_invitation(cast):
    pleno = make_held(cast)
    with clock.at(WHEN - DAY), pytest.raises(TransitionRefused, match="sudah berlangsung"):
        lifecycle.invite(pleno, by=cast.secretary)


def test_nobody_is_invited_twice(cast):
    pleno = make_invited(cast)
    with clock.at(WHEN - DAY), pytest.raises(TransitionRefused):
        lifecycle.invite(pleno, by=cast.head)
    assert pleno.invitations.count() == lines(pleno, "invite") == NumberUse.objects.count() == 1


def test_a_unit_that_numbers_by_hand_types_its_number(cast):
    set_for(cast.unit, "numbering.plenos.undangan.source", "typed", cast.administrator)
    pleno = make_draft(cast)
    with clock.at(WHEN - DAY):
        with pytest.raises(ValidationError):
            lifecycle.invite(pleno, by=cast.secretary)
        lifecycle.invite(pleno, by=cast.secretary, number=" 118/RT.02/K.KDI/08/2024 ")
        other = make_draft(cast)
        with pytest.raises(ValidationError, match="sudah dipakai"):
            lifecycle.invite(other, by=cast.secretary, number="118/RT.02/K.KDI/08/2024")
    assert pleno.invitations.get().number == "118/RT.02/K.KDI/08/2024"
    other.refresh_from_db()
    assert other.state == "draft"


@pytest.mark.parametrize("days", [1, -61])
def test_a_letter_is_not_dated_tomorrow_nor_long_ago(cast, days):
    pleno = make_draft(cast)
    with clock.at(WHEN - DAY), pytest.raises(ValidationError) as refused:
        lifecycle.invite(pleno, by=cast.secretary, dated=(WHEN - DAY + days * DAY).date())
    assert "dated" in refused.value.message_dict


def test_each_calendar_file_names_organizer_and_its_own_recipient(cast):
    for message in messages_about(make_invited(cast)):
        _method, entry = event(message)
        assert str(entry["ATTENDEE"]) == f"mailto:{message.to_email}"
        assert entry["ORGANIZER"].params["CN"] == cast.unit.name


# --- another time ----------------------------------------------------------------------------------------


def test_a_new_time_is_told_with_the_same_uid_and_a_higher_sequence(cast):
    pleno = make_invited(cast)
    reschedule(pleno, cast.secretary)
    reschedule(pleno, cast.secretary, NEXT_DAY + DAY)
    assert (pleno.state, pleno.planned_at, pleno.place) == ("invited", NEXT_DAY + DAY, "Aula")
    told = [event(m) for m in messages_about(pleno).filter(to_user=cast.member)]
    assert [e["SEQUENCE"] for _m, e in told] == [0, 1, 2]
    assert len({str(e["UID"]) for _m, e in told}) == 1
    assert [e["DTSTART"].dt for _m, e in told] == [WHEN, NEXT_DAY, NEXT_DAY + DAY]
    assert len(set(pleno.invitations.values_list("number", flat=True))) == 3


def test_the_new_letter_replaces_the_old_paper_and_the_week_stays(cast):
    pleno = make_invited(cast)
    reschedule(pleno, cast.secretary, WHEN + 9 * DAY)
    papers = Document.objects.filter(about=pleno.uuid, kind="plenos.undangan")
    assert papers.count() == 2
    assert papers.get(superseded_by=None).record["letter"] == "change"
    assert pleno.week_text == "2024-W34"


@pytest.mark.parametrize("facts", [{"reason": " "}, {"moment": WHEN - 2 * DAY}])
def test_a_change_needs_a_reason_and_a_time_to_come(cast, facts):
    pleno = make_invited(cast)
    with pytest.raises(ValidationError):
        reschedule(pleno, cast.secretary, **facts)
    pleno.refresh_from_db()
    assert pleno.planned_at == WHEN
    assert pleno.invitations.count() == 1


@pytest.mark.parametrize("make", [make_draft, make_open, make_cancelled])
def test_only_an_invited_pleno_is_rescheduled(cast, make):
    pleno = make(cast)
    with pytest.raises(TransitionRefused):
        reschedule(pleno, cast.secretary)


# --- cancelling ------------------------------------------------------------------------------------------


def test_a_cancellation_is_told_to_those_invited(cast):
    pleno = make_cancelled(cast)
    assert (pleno.state, pleno.cancel_reason) == ("cancelled", "Ketua dan tiga anggota dinas luar")
    method, entry = event(messages_about(pleno).last())
    assert (method, str(entry["STATUS"]), entry["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert messages_about(pleno).filter(body__contains="dibatalkan").count() == 7
    assert [i.kind for i in pleno.invitations.all()] == ["first", "cancel"]


def test_a_cancellation_needs_a_reason(cast):
    pleno = make_invited(cast)
    with pytest.raises(ValidationError):
        lifecycle.cancel(pleno, by=cast.secretary, reason="  ")
    assert pleno.invitations.count() == 1


def test_an_opened_pleno_is_not_cancelled(cast):
    pleno = make_open(cast)
    with pytest.raises(TransitionRefused, match="tidak dapat dibatalkan"):
        lifecycle.cancel(pleno, by=cast.secretary, reason="Lupa")
