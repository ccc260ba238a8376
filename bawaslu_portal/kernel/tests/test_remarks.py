"""A thread between a unit and the level above: who speaks, what may be asked and answered, who is told, who reads."""

import pytest
from django.test import Client

from bawaslu_portal.kernel import catalogue, clock, duties, remarks
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Duty, LedgerEntry, Notice, Remark
from bawaslu_portal.kernel.tests.factories import signed_in

PEOPLE = (
    *("chair", "member", "head", "secretary", "staff", "administrator", "province_chair", "province"),
    *("province_staff", "province_administrator", "national", "neighbour", "outsider"),
)


@pytest.fixture
def week(cast):
    """The duty of this week."""
    today = clock.today(cast.unit)
    duties.ensure([cast.unit], today, today)
    return Duty.objects.filter(organisation=cast.unit, kind="plenos.held").first()


def address(duty):
    return f"{catalogue.duty(duty.kind).address(duty)}percakapan/"


def ask(week, cast, text="Mengapa belum?"):
    return remarks.say("duty", week, by=cast.province, text=text, kind=remarks.ASKED)


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("remark", {"chair", "member", "head", "secretary", "province_chair", "province"}),
        ("asked", {"province_chair", "province"}),
        ("answered", {"chair", "head", "secretary"}),
    ],
)
def test_who_may_say_what(cast, week, kind, may):
    assert {name for name in PEOPLE if remarks.MAY[kind](getattr(cast, name), cast.unit)} == may
    for name in set(PEOPLE) - may:
        with pytest.raises(NotPermitted):
            remarks.say("duty", week, by=getattr(cast, name), text="Halo", kind=kind)
    assert not Remark.objects.exists()


def test_a_question_stays_open_until_it_is_answered(cast, week):
    with pytest.raises(TransitionRefused):
        remarks.say("duty", week, by=cast.secretary, text="Belum ditanya", kind=remarks.ANSWERED)
    question = ask(week, cast)
    with pytest.raises(TransitionRefused):
        ask(week, cast)
    remarks.say("duty", week, by=cast.secretary, text="Sebentar")
    assert remarks.open_question(week) == question
    assert [q.pk for q in remarks.waiting(cast.secretary)] == [question.pk]
    assert not remarks.waiting(cast.member).exists() and not remarks.waiting(cast.province).exists()
    answer = remarks.say("duty", week, by=cast.secretary, text="Kantor banjir", kind=remarks.ANSWERED)
    assert answer.answers == question and remarks.open_question(week) is None
    assert not remarks.waiting(cast.secretary).exists()
    assert (question.by_unit, answer.by_unit) == (cast.province_unit, cast.unit)
    ask(week, cast)  # one may ask again


def test_each_line_stands_in_the_ledger_of_the_unit_without_its_words(cast, week):
    remark = ask(week, cast, "kata-rahasia")
    line = LedgerEntry.objects.get(action="kernel.remark.asked")
    assert (line.organisation, str(line.thing)) == (cast.unit.code, str(week.uuid))
    said = bytes(line.canonical).decode()
    assert "kata-rahasia" not in said and str(remark.uuid) in said


def test_the_other_side_is_told_without_the_words(cast, week):
    ask(week, cast, "kata-rahasia")
    told = Notice.objects.filter(about=week.uuid)
    assert {notice.user for notice in told} == {cast.chair, cast.head, cast.secretary}
    assert all("kata-rahasia" not in notice.text for notice in told)
    remarks.say("duty", week, by=cast.secretary, text="Banjir", kind=remarks.ANSWERED)
    back = Notice.objects.filter(about=week.uuid, kind="kernel.remark.answered")
    assert {notice.user for notice in back} == {cast.province, cast.province_chair}


def test_the_desk_of_those_who_keep_the_records_asks_for_the_answer(cast, week):
    ask(week, cast)
    assert "Beri penjelasan" in signed_in(Client(), cast.secretary).get("/").content.decode()
    assert "Beri penjelasan" not in signed_in(Client(), cast.member).get("/").content.decode()


def test_over_http_a_question_is_asked_and_answered(cast, week):
    province, secretary = signed_in(Client(), cast.province), signed_in(Client(), cast.secretary)
    path = address(week)
    assert province.post(path, {"text": "Mengapa?", "kind": "asked"}).status_code == 302
    page = secretary.get(path.removesuffix("percakapan/")).content.decode()
    assert "Mengapa?" in page and "Kirim penjelasan" in page
    again = province.post(path, {"text": "Mengapa lagi?", "kind": "asked"})
    assert again.status_code == 409 and "Mengapa lagi?" in again.content.decode()
    empty = secretary.post(path, {"text": " ", "kind": "answered"})
    assert empty.status_code == 422
    assert secretary.post(path, {"text": "Banjir", "kind": "answered"}).status_code == 302
    assert [r.text for r in Remark.objects.order_by("id")] == ["Mengapa?", "Banjir"]


def test_who_may_not_speak_is_refused_and_who_may_not_know_learns_nothing(cast, week):
    path = address(week)
    for user in (cast.staff, cast.province_staff, cast.national):
        client = signed_in(Client(), user)
        assert client.get(path).status_code == 403 and client.post(path, {"text": "x"}).status_code == 403
    for user in (cast.neighbour, cast.outsider, cast.administrator):
        client = signed_in(Client(), user)
        assert client.get(path).status_code == 404 and client.post(path, {"text": "x"}).status_code == 404
    assert not Remark.objects.exists()


def test_the_same_form_twice_says_it_once(cast, week):
    import uuid

    client, key = signed_in(Client(), cast.province), uuid.uuid4()
    for _time in range(2):
        client.post(address(week), {"text": "Sekali saja", "kind": "remark", "request_key": key})
    assert Remark.objects.count() == 1
