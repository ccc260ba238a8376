"""advance(): lock, ask, change, record, in that order and in one transaction."""

import threading

import pytest
from django.db import connections, transaction

from bawaslu_portal.kernel import ledger
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, Transition, TransitionRefused, advance, lock
from bawaslu_portal.kernel.models import LedgerEntry
from bawaslu_portal.kernel.tests.factories import make_cast, make_unit
from plenos.models import Pleno
from plenos.models.sessions import DRAFT, INVITED, OPEN
from plenos.tests.factories import make_draft, stored_scan

ACTION = "plenos.pleno.invite"
STEP = Transition(ACTION, frozenset({DRAFT}), INVITED, lambda user, thing: user.email.startswith("chair"))


def now(pleno):
    return Pleno.objects.get(pk=pleno.pk)


def lines():
    return LedgerEntry.objects.filter(action=ACTION).count()


@pytest.fixture
def pleno(cast):
    return make_draft(cast)


def test_a_step_changes_the_state_the_version_and_the_ledger(cast, pleno):
    before = pleno.version
    with advance(STEP, pleno, by=cast.chair, version=before) as act:
        act.thing.place = "Aula"
        act.note(number="7")
    stored = now(pleno)
    assert (stored.state, stored.place, stored.version) == (INVITED, "Aula", before + 1)
    assert (pleno.state, pleno.version) == (INVITED, before + 1)
    line = ledger.history_of(pleno)[-1]
    assert line.actor == cast.chair.name
    assert line.facts == {"before": DRAFT, "after": INVITED, "number": "7"}


def test_a_wrong_role_hears_no_before_a_wrong_state(cast, pleno):
    Pleno.objects.filter(pk=pleno.pk).update(state=OPEN)
    with pytest.raises(NotPermitted), advance(STEP, pleno, by=cast.member, version=999):
        pass
    with pytest.raises(TransitionRefused) as refusal, advance(STEP, pleno, by=cast.chair, version=999):
        pass
    assert not isinstance(refusal.value, Conflict)


def test_a_stale_version_is_a_conflict(cast, pleno):
    with pytest.raises(Conflict), advance(STEP, pleno, by=cast.chair, version=pleno.version + 1):
        pass
    assert now(pleno).state == DRAFT


def test_the_row_is_read_again_under_the_lock(cast, pleno):
    """A stale object in the hand does not overwrite what another one wrote."""
    Pleno.objects.filter(pk=pleno.pk).update(place="Ditulis orang lain")
    with advance(STEP, pleno, by=cast.chair):
        pass
    assert now(pleno).place == "Ditulis orang lain"


def test_permission_is_asked_of_the_locked_row(cast, pleno):
    asked = []
    step = Transition(ACTION, frozenset({DRAFT}), INVITED, lambda user, thing: asked.append(thing) or True)
    with advance(step, pleno, by=cast.chair) as act:
        pass
    assert asked == [act.thing]
    assert asked[0] is not pleno


def test_an_error_inside_changes_nothing_and_writes_no_line(cast, pleno):
    with pytest.raises(ZeroDivisionError), advance(STEP, pleno, by=cast.chair) as act:
        act.thing.place = "Tidak jadi"
        raise ZeroDivisionError
    assert (now(pleno).state, now(pleno).place) == (DRAFT, "Ruang rapat")
    assert lines() == 0


def test_if_the_line_cannot_be_written_the_state_does_not_change(cast, pleno, monkeypatch):
    def broken(*_args, **_facts):
        raise OSError("the ledger is not to be had")

    monkeypatch.setattr("bawaslu_portal.kernel.lifecycle.ledger.record", broken)
    with pytest.raises(OSError, match="ledger"), advance(STEP, pleno, by=cast.chair):
        pass
    assert now(pleno).state == DRAFT


def test_the_line_is_written_last(cast, pleno, monkeypatch):
    seen = []
    real = ledger.record

    def look(*args, **facts):
        seen.append(now(pleno).state)
        return real(*args, **facts)

    monkeypatch.setattr("bawaslu_portal.kernel.lifecycle.ledger.record", look)
    with advance(STEP, pleno, by=cast.chair):
        pass
    assert seen == [INVITED]


def test_a_step_without_a_target_leaves_the_state(cast, pleno):
    step = Transition(ACTION, frozenset({DRAFT}), None, lambda user, thing: True)
    with advance(step, pleno, by=cast.chair):
        pass
    assert now(pleno).state == DRAFT
    assert lines() == 1


def test_the_name_is_required(cast, pleno):
    with pytest.raises(TypeError), advance(STEP, pleno):
        pass


@pytest.mark.django_db(transaction=True)
def test_two_in_the_same_second_one_succeeds_and_the_ledger_has_one_line():
    cast = make_cast(make_unit("74.71"))
    pleno = make_draft(cast)
    start, outcomes = threading.Barrier(2), []

    def press():
        mine = Pleno.objects.get(pk=pleno.pk)
        try:
            start.wait(10)
            with transaction.atomic(), advance(STEP, mine, by=cast.chair):
                pass
            outcomes.append("done")
        except TransitionRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["done", "refused"]
    assert lines() == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_locked_may_still_be_named_by_others():
    """Else an act that names it would wait at its commit with the head of the ledger in its hand."""
    cast = make_cast(make_unit("74.71"))
    pleno = make_draft(cast)
    done = []

    def name_it():
        try:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                pleno.scans.create(organisation=cast.unit, file=stored_scan(), caption="Pindaian", by=cast.chair)
            done.append(True)
        finally:
            connections.close_all()

    with transaction.atomic():
        lock(pleno)
        other = threading.Thread(target=name_it)
        other.start()
        other.join(20)
    assert done == [True]
