"""Corrections: verb x state x role, written by hand from the issue; called directly and over HTTP."""

import datetime
from types import SimpleNamespace

import pytest

from bawaslu_portal.kernel import clock
from plenos.lifecycle import correcting
from plenos.models import Correction, Pleno

from .factories import (
    CORRECTED,
    ROLES,
    WHEN,
    make_corrected,
    make_correction,
    make_put_up_correction,
    make_ratified,
    row_of,
    scan,
    sign_version,
    stored_scan,
)
from .test_matrix import Undo, outcome, transaction

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
STATES = ("drafting", "signing", "ratified", "abandoned")
# Who keeps the records works on it; who recorded signatures before does so again; the chair of the session ratifies.
KEEPERS, SECRETARIAT, MEMBERS, CHAIR = (
    {"chair", "note_taker", "head"},
    {"note_taker", "head"},
    {"chair", "member"},
    {"chair"},
)
UNKNOWN = {"administrator", "neighbour", "outsider"}  # not known to them at all: 404
WHO = {
    "change": (KEEPERS, {"drafting"}),
    "abandon": (KEEPERS, {"drafting"}),
    "put_up": (KEEPERS, {"drafting"}),
    "take_back": (KEEPERS, {"signing"}),
    "confirm": (MEMBERS, {"signing"}),
    "sign_by_hand": (SECRETARIAT, {"signing"}),
    "excuse": (SECRETARIAT, {"signing"}),
    "remind": (KEEPERS, {"signing"}),
    "ratify": (CHAIR, {"signing"}),
}


def expected(verb, role, state):
    may, states = WHO[verb]
    if role in UNKNOWN:
        return "404"
    if role not in may:
        return "403"
    return "ok" if state in states else "409"


def third(c):
    return row_of(c.pleno, Correction.objects.get(pk=c.pk).pleno.attendees.members().get(order=3).user)


def digest(c):
    minutes = c.minutes.filter(taken_back_at=None).first()
    return minutes.digest if minutes else ""


CALLS = {
    "change": lambda c, by: correcting.change(c, by=by, changes={"place": "Teras"}),
    "abandon": lambda c, by: correcting.abandon(c, by=by, reason="Sudah benar"),
    "put_up": lambda c, by: correcting.put_up(c, by=by),
    "take_back": lambda c, by: correcting.take_back(c, by=by, reason="Keliru"),
    "confirm": lambda c, by: correcting.confirm(c, by=by, digest=digest(c)),
    "sign_by_hand": lambda c, by: correcting.sign_by_hand(
        c, by=by, attendee=third(c), scan=stored_scan(), signed_on=clock.today(c.organisation)
    ),
    "excuse": lambda c, by: correcting.excuse(c, by=by, attendee=third(c), reason="Sakit"),
    "remind": lambda c, by: correcting.remind(c, by=by),
    "ratify": lambda c, by: correcting.ratify(c, by=by),
}
PAGES = {
    "change": ("correction_words", None, lambda c: words(c) | {"place": "Teras"}),
    "abandon": ("correction_abandon", None, lambda c: {"reason": "Sudah benar"}),
    "put_up": ("correction_put_up", None, lambda c: {}),
    "take_back": ("correction_take_back", None, lambda c: {"reason": "Keliru"}),
    "confirm": ("correction_confirm", None, lambda c: {"digest": digest(c)}),
    "sign_by_hand": (
        "correction_hand_sign",
        third,
        lambda c: {"scan": scan(), "signed_on": clock.today(c.organisation).isoformat(), "digest": digest(c)},
    ),
    "excuse": ("correction_excuse", third, lambda c: {"reason": "Sakit", "digest": digest(c)}),
    "remind": ("correction_remind", None, lambda c: {}),
    "ratify": ("correction_ratify", None, lambda c: {"digest": digest(c)}),
}


def words(c):
    """The form of the words as it stands."""
    from plenos import documents as papers

    return {**papers.words_of(correcting.earlier(c).record), **c.changes, "version": c.version}


@pytest.fixture(scope="module")
def corrections(troupe, django_db_blocker):
    """{state: key of a correction in it}, each of a pleno of its own."""
    with django_db_blocker.unblock():
        made = {}
        for n, state in enumerate(STATES):
            pleno = make_ratified(troupe, when=WHEN + (20 + n) * 7 * DAY)  # beside the world
            if state == "signing":
                made[state] = make_put_up_correction(troupe, pleno).pk
            elif state == "ratified":
                made[state] = make_corrected(troupe, pleno).pk
            else:
                correction = make_correction(troupe, pleno, changes=CORRECTED)
                if state == "abandoned":
                    correcting.abandon(correction, by=troupe.secretary, reason="Sudah benar")
                made[state] = correction.pk
        return made


def fresh(corrections, state):
    return Correction.objects.select_related("pleno__organisation", "pleno__chair__user", "organisation").get(
        pk=corrections[state]
    )


def moment(c):
    return clock.at(c.pleno.closed_at + 5 * DAY)


def test_every_transition_is_here():
    assert {step.action for step in correcting.TABLE} == {f"plenos.correction.{verb}" for verb in WHO}
    assert set(CALLS) == set(PAGES) == set(WHO)


@pytest.mark.parametrize("verb", sorted(WHO))
def test_each_cell(verb, cast, corrections):
    wrong = []
    for state in STATES:
        first = fresh(corrections, state)
        with moment(first):
            if verb == "ratify" and state == "signing":
                sign_version(first)
            for role, name in ROLES.items():
                want = expected(verb, role, state).replace("404", "403")
                one = fresh(corrections, state)
                got = outcome(lambda one=one, name=name: CALLS[verb](one, getattr(cast, name)))
                if got != want:
                    wrong.append(f"{role} {verb} {state}: expected {want}, got {got}")
    assert wrong == []


def answer(client, c, name, part, form):
    try:
        with transaction.atomic():
            more = {"uuid": part(c).uuid} if part else {}
            status = client.post(c.address(f"plenos:{name}", **more), {"request_key": "", **form(c)}).status_code
            raise Undo
    except Undo:
        return "ok" if status == 302 else str(status)


@pytest.mark.parametrize("verb", sorted(WHO))
def test_the_same_over_http(verb, cast, corrections, clients):
    wrong = []
    for state in STATES:
        first = fresh(corrections, state)
        with moment(first):
            if verb == "ratify" and state == "signing":
                sign_version(first)
            for role in ROLES:
                want = expected(verb, role, state)
                got = answer(clients[role], fresh(corrections, state), *PAGES[verb])
                if got != want:
                    wrong.append(f"{role} {verb} {state}: expected {want}, got {got}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_beginning_is_for_those_who_keep_the_records_of_ratified_minutes(role, cast, world, clients):
    for stage in ("signing", "ratified"):
        pleno = Pleno.objects.select_related("organisation").get(pk=world[stage])
        want = expected("change", role, "drafting" if stage == "ratified" else "")
        form = SimpleNamespace(address=pleno.address)
        with clock.at(pleno.closed_at + 2 * DAY):
            got = answer(clients[role], form, "correct", None, lambda _c: {"reason": "Salah ketik"})
            called = outcome(
                lambda pleno=pleno: correcting.begin(pleno, by=getattr(cast, ROLES[role]), reason="Keliru")
            )
        assert (got, called) == (want, want.replace("404", "403")), stage
