"""Two people press in the same second: one succeeds, the other is told, the ledger has one line."""

import datetime
import threading
import uuid

import pytest
from django.db import connection, connections
from django.test import Client

from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from bawaslu_portal.kernel.models import OutboxMessage
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit, signed_in
from plenos import lifecycle
from plenos.models import Pleno

from . import factories
from .factories import WHEN, decide_all, item_of, lines, make_draft, make_invited, make_open, make_signing, sign_all

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def cast(transactional_db):
    """The people of the story, committed, so that every connection sees them."""
    return make_cast(make_unit("74.71"))


def together(*acts):
    """Run the acts at the same moment, each on a connection of its own; their results or refusals, in order."""
    gate = threading.Barrier(len(acts), timeout=30)
    answers = [None] * len(acts)

    def run(place, act):
        try:
            connection.ensure_connection()
            gate.wait()
            answers[place] = act()
        except Exception as refusal:  # whatever it is, the test looks at it
            answers[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def at(moment, verb):
    """The verb with the clock set, inside its own thread."""

    def act():
        with clock.at(moment):
            return verb() or "done"

    return act


def fresh(pleno):
    return Pleno.objects.select_related("organisation", "chair__user").get(pk=pleno.pk)


def told(answers, refusal=TransitionRefused):
    """One succeeded and one was refused in that way."""
    refused = [a for a in answers if isinstance(a, Exception)]
    return len(answers) - len(refused) == 1 and all(type(a) is refusal for a in refused)


def test_of_two_who_ratify_at_once_one_succeeds_and_one_is_told(cast):
    pleno = make_signing(cast)
    sign_all(pleno)
    moment = pleno.closed_at + DAY
    answers = together(*[at(moment, lambda: lifecycle.ratify(fresh(pleno), by=cast.chair)) for _ in range(2)])
    assert told(answers), answers
    assert lines(pleno, "ratify") == 1
    assert pleno.minutes.get().ratified_by == cast.chair
    assert ledger.verify("74.71")[1] is None


def test_of_two_who_close_at_once_the_decisions_are_numbered_once(cast):
    pleno = make_open(cast)
    decide_all(pleno, cast.secretary)
    moment = pleno.opened_at + DAY
    answers = together(
        at(moment, lambda: lifecycle.close(fresh(pleno), by=cast.secretary)),
        at(moment, lambda: lifecycle.close(fresh(pleno), by=cast.head)),
    )
    assert told(answers), answers
    assert lines(pleno, "close") == 1
    assert sorted(pleno.decisions.values_list("number", flat=True)) == [1, 2, 3]


def test_two_confirmations_of_one_member_leave_one_signature(cast):
    pleno = make_signing(cast)
    digest, moment = pleno.minutes.get().digest, pleno.closed_at + DAY
    answers = together(
        *[at(moment, lambda: lifecycle.confirm(fresh(pleno), by=cast.member, digest=digest)) for _ in range(2)]
    )
    assert told(answers), answers
    assert pleno.minutes.get().signatures.count() == lines(pleno, "confirm") == 1


def test_all_members_confirm_at_once_and_all_are_counted(cast):
    pleno = make_signing(cast)
    digest, moment = pleno.minutes.get().digest, pleno.closed_at + DAY
    answers = together(
        *[
            at(moment, lambda user=user: lifecycle.confirm(fresh(pleno), by=user, digest=digest))
            for user in cast.members
        ]
    )
    assert not [a for a in answers if isinstance(a, Exception)]
    assert pleno.minutes.get().signatures.count() == 5
    assert ledger.verify("74.71")[1] is None


def test_of_two_notes_on_one_version_one_stands_and_the_other_is_kept_beside(cast):
    pleno = make_open(cast)
    texts = ("Ketua membuka rapat.", "Rapat dibuka Ketua.")
    answers = together(
        *[
            at(
                pleno.opened_at + DAY,
                lambda text=text: lifecycle.write_notes(item_of(fresh(pleno)), by=cast.secretary, text=text, version=0),
            )
            for text in texts
        ]
    )
    assert [a for a in answers if isinstance(a, Exception)] == []
    [refused] = [saved.refused for saved in answers if saved.refused]
    item = item_of(pleno)
    assert item.notes_version == 1
    assert {item.notes, refused.body} == {f"<p>{text}</p>" for text in texts}


def test_signing_and_taking_back_at_once_leave_no_signature_on_another_text(cast):
    pleno = make_signing(cast)
    digest, moment = pleno.minutes.get().digest, pleno.closed_at + DAY
    together(
        at(moment, lambda: lifecycle.confirm(fresh(pleno), by=cast.member, digest=digest)),
        at(moment, lambda: lifecycle.take_back(fresh(pleno), by=cast.secretary, reason="Keliru")),
    )
    pleno.refresh_from_db()
    assert pleno.state == "closed"
    signed = pleno.minutes.get().signatures.values_list("digest", flat=True)
    assert set(signed) <= {digest}


def test_two_plenos_planned_at_once_for_one_week_get_two_places(cast):
    hours = [WHEN, WHEN + datetime.timedelta(hours=3)]
    answers = together(*[lambda hour=hour: make_draft(cast, when=hour) for hour in hours])
    assert sorted(p.ordinal for p in answers) == [1, 2]


def test_of_two_plenos_planned_at_once_for_the_same_hour_one_is_refused(cast, monkeypatch):
    monkeypatch.setattr(factories, "_free", lambda _cast, when: when)
    answers = together(*[lambda: make_draft(cast) for _ in range(2)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Pleno", "ValidationError"]


def test_of_two_sessions_opened_at_once_one_is_refused(cast):
    plenos = [make_invited(cast, when=WHEN + n * datetime.timedelta(hours=1)) for n in (0, 1)]
    later = WHEN + datetime.timedelta(hours=2)

    def begin(pleno):
        with clock.at(later):
            return lifecycle.open_session(fresh(pleno), by=cast.secretary) or "done"

    answers = together(*[lambda one=one: begin(one) for one in plenos])
    assert sorted(answer if answer == "done" else type(answer).__name__ for answer in answers) == [
        "ValidationError",
        "done",
    ]


def test_two_units_act_at_once_without_waiting_for_each_other(cast):
    """Each chain has its own head: nothing of the one touches the other."""
    mine = make_draft(cast)
    theirs = make_draft(
        type(cast)(
            unit=cast.neighbour_unit,
            secretary=cast.neighbour_unit.memberships.get(role="note_taker").user,
        )
    )
    answers = together(
        lambda: lifecycle.edit(fresh(mine), by=cast.secretary, place="Aula") or "done",
        lambda: lifecycle.edit(fresh(theirs), by=cast.neighbour, place="Aula") or "done",
    )
    assert answers == ["done", "done"]
    assert [ledger.verify(code) for code in ("74.71", "74.04")] == [(2, None), (2, None)]


# --- the same form twice over HTTP -----------------------------------------------------------------------


def send(pleno, user, data):
    client = signed_in(Client(), user)
    return lambda: client.post(pleno.address("plenos:invite"), data)


def test_the_same_form_sent_twice_at_once_invites_once(cast):
    planned = datetime.datetime.now(datetime.UTC) + 5 * DAY
    pleno = make_draft(cast, when=planned)
    data = {"request_key": str(uuid.uuid4())}
    answers = together(*[send(pleno, cast.secretary, data) for _ in range(2)])
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert pleno.invitations.count() == lines(pleno, "invite") == 1
    assert OutboxMessage.objects.filter(about=pleno.uuid).count() == 7


def test_another_text_under_the_same_key_is_told(cast):
    planned = datetime.datetime.now(datetime.UTC) + 5 * DAY
    pleno = make_draft(cast, when=planned)
    key = str(uuid.uuid4())
    assert send(pleno, cast.secretary, {"request_key": key})().status_code == 302
    again = send(pleno, cast.secretary, {"request_key": key, "dated": "2024-08-01"})()
    assert again.status_code == 409
    assert lines(pleno, "invite") == 1
