"""The outbox: who opens it, what is sent when, what can be handed over."""

import datetime

import pytest
from django.core import mail as post
from django.test import override_settings

from bawaslu_portal.kernel import access_links, clock, mail, members, outbox
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import OutboxMessage

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
configured = override_settings(EMAIL_CONFIGURED=True)


def letter(cast, **to):
    to = {"name": "Anggota", "email": "a@contoh.id", "phone": "0812-3456", **to}
    return mail.put(cast.unit, about_kind="thing", about=cast.unit, to=to, subject="Undangan", body="Datanglah.")


def invited(cast):
    """A newcomer's link and its message."""
    person = members.invite(cast.unit, email="n@contoh.id", name="N", role="staff", by=cast.administrator).user
    link = access_links.issue(person, cast.unit, "invitation", by=cast.administrator, post=True)
    return link, OutboxMessage.objects.get(about=link.uuid)


def stored(message):
    return OutboxMessage.objects.get(pk=message.pk)


def address(cast, message=None):
    return f"/kotak-keluar/{cast.unit.code}/" + (f"{message.uuid}/" if message else "")


@pytest.fixture
def away(monkeypatch):
    """A mail server that does not answer."""

    def refuse(message):
        raise ConnectionRefusedError("111")

    monkeypatch.setattr(mail, "_send", refuse)


@configured
def test_sent_once(cast):
    message = letter(cast)
    assert mail.send_waiting() == 1
    assert mail.send_waiting() == 0
    assert (stored(message).state, stored(message).attempts) == ("sent", 1)
    assert [m.to for m in post.outbox] == [["a@contoh.id"]]


def test_without_a_mail_server_nothing_is_tried(cast):
    message = letter(cast)
    assert mail.send_waiting() == 0
    assert stored(message).attempts == 0
    with pytest.raises(TransitionRefused):
        outbox.try_again(message, by=cast.secretary)


def test_old_invitations_do_not_leave_on_the_day_a_server_is_set_up(cast):
    with clock.at(clock.now() - datetime.timedelta(days=15)):
        old = letter(cast)
    with clock.at(clock.now() - datetime.timedelta(days=13)):
        late = letter(cast)
    with configured:
        assert mail.send_waiting() == 1
    assert (stored(old).state, stored(late).state) == ("unsent", "sent")


@configured
def test_a_server_that_is_away_is_asked_again_later_and_later(cast, away):
    message = letter(cast)
    now = clock.now()
    for pause in (1, 2, 4, 8):
        with clock.at(now):
            mail.send_waiting()
            assert stored(message).next_try == now + pause * MINUTE
            mail.send_waiting()
        now += pause * MINUTE
    assert (stored(message).state, stored(message).attempts) == ("unsent", 4)
    assert "ConnectionRefusedError" in stored(message).error
    OutboxMessage.objects.filter(pk=message.pk).update(attempts=13)
    with clock.at(now):
        mail.send_waiting()
    assert stored(message).next_try == now + datetime.timedelta(days=1)


@configured
def test_given_up_after_days_and_asked_for_again(cast, away, monkeypatch):
    message = letter(cast)
    OutboxMessage.objects.filter(pk=message.pk).update(attempts=mail.ATTEMPTS - 1)
    mail.send_waiting()
    assert stored(message).state == "failed"
    with pytest.raises(NotPermitted):
        outbox.try_again(message, by=cast.staff)
    outbox.try_again(message, by=cast.secretary)
    monkeypatch.undo()
    assert mail.send_waiting() == 1
    with pytest.raises(TransitionRefused):
        outbox.try_again(message, by=cast.secretary)


@configured
def test_no_row_is_locked_while_it_is_sent(cast, monkeypatch):
    """Another one may hand the message over while the server takes its time; both facts stay."""
    message = letter(cast)
    monkeypatch.setattr(mail, "_send", lambda message: outbox.hand_over(message, by=cast.secretary))
    assert mail.send_waiting() == 1
    assert stored(message).state == "sent"
    assert stored(message).handed_over_by == cast.secretary


@configured
def test_what_another_process_has_claimed_is_left_alone(cast, monkeypatch):
    message = letter(cast)
    seen = mail.due().get()
    mail._claim(message.pk)
    monkeypatch.setattr(mail, "due", lambda: OutboxMessage.objects.filter(pk=seen.pk))
    OutboxMessage.objects.filter(pk=message.pk).update(state="sent")
    assert mail._claim(message.pk) is None


@configured
def test_a_link_that_does_not_work_is_not_sent(cast):
    link, message = invited(cast)
    access_links.revoke(link, by=cast.administrator)
    assert mail.send_waiting() == 0
    assert stored(message).state == "failed"
    assert stored(message).error
    assert post.outbox == []


def test_administrators_find_the_links_and_nothing_else(cast, sign_in):
    _link, message = invited(cast)
    other = letter(cast)
    client = sign_in(cast.administrator)
    page = client.get(address(cast)).content.decode()
    assert str(message.uuid) in page
    assert str(other.uuid) not in page
    assert client.get(address(cast, message)).status_code == 200
    assert client.get(address(cast, other)).status_code == 404
    assert address(cast) in client.get(f"/unit/{cast.unit.code}/").content.decode()


def test_the_words_of_a_link_are_not_offered_for_whatsapp(cast, sign_in):
    link, message = invited(cast)
    page = sign_in(cast.administrator).get(address(cast, message)).content.decode()
    assert "wa.me" not in page
    assert f"/unit/{cast.unit.code}/orang/{link.user.uuid}/" in page
    page = sign_in(cast.secretary).get(address(cast, letter(cast))).content.decode()
    assert "wa.me" in page


@pytest.mark.parametrize("who, status", [("staff", 403), ("province", 403), ("neighbour", 404), ("outsider", 404)])
def test_others_do_not_open_it(cast, sign_in, who, status):
    message = letter(cast)
    client = sign_in(getattr(cast, who))
    assert client.get(address(cast)).status_code == status
    assert client.get(address(cast, message)).status_code == status
    assert client.post(address(cast, message), {"again": "1"}).status_code == status


def test_sending_by_mail_is_not_offered_without_a_server(cast, sign_in):
    client = sign_in(cast.administrator)
    invite = f"/unit/{cast.unit.code}/orang/undang/"
    assert 'value="mail"' not in client.get(invite).content.decode()
    with configured:
        assert 'value="mail"' in client.get(invite).content.decode()
        answer = client.post(address(cast, letter(cast)), {"again": "1"})
        assert answer.status_code == 404, "not an administrator's message"
        _link, message = invited(cast)
        assert client.post(address(cast, message), {"again": "1"}).status_code == 302
