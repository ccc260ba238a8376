"""Two people prepare in the same second: a week is planned once, an item is taken over once, nobody waits for ever."""

import pytest

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.lifecycle import Conflict
from bawaslu_portal.kernel.models import Organisation
from plenos import intake, lifecycle, preparation
from plenos.models import AgendaItem, Pleno, Submission

from .factories import WHEN, make_draft, make_open
from .test_together import DAY, at, cast, fresh, together, told  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = WHEN - 3 * DAY


def unit(cast):  # noqa: F811
    return Organisation.objects.get(pk=cast.unit.pk)


def put_off(cast):  # noqa: F811
    pleno = make_open(cast, when=WHEN - 7 * DAY, agenda=["Tertunda"])
    with clock.at(pleno.opened_at + DAY / 24):
        lifecycle.defer(pleno.items.get(), by=cast.secretary, reason="Menunggu data.")
        lifecycle.close(pleno, by=cast.secretary)
    return preparation.pending(cast.unit).get()


def test_of_two_who_plan_the_same_week_one_is_told(cast):  # noqa: F811
    put_off(cast)
    acts = [
        at(FRIDAY, lambda who=who: lifecycle.plan_next(unit(cast), by=who, week="2024-W34"))
        for who in (cast.secretary, cast.head)
    ]
    assert told(together(*acts), Conflict)
    assert Pleno.objects.filter(week=34).count() == 1
    assert AgendaItem.objects.filter(carried_from__isnull=False).count() == 1


def test_of_two_drafts_one_takes_over_what_was_put_off(cast):  # noqa: F811
    origin = put_off(cast)
    drafts = [make_draft(cast), make_draft(cast)]
    acts = [
        at(FRIDAY, lambda draft=draft: lifecycle.carry_over(fresh(draft), by=cast.secretary, origin=origin))
        for draft in drafts
    ]
    assert told(together(*acts), Conflict)
    assert AgendaItem.objects.filter(carried_from=origin).count() == 1


def test_of_two_drafts_that_are_filled_one_takes_the_submission(cast):  # noqa: F811
    put_off(cast)
    with clock.at(FRIDAY):
        submission = intake.propose(cast.unit, by=cast.staff, label="Usul")
        lifecycle.intake.place(submission, by=cast.secretary)
    drafts = [make_draft(cast), make_draft(cast)]
    acts = [
        at(FRIDAY, lambda draft=draft: lifecycle.prepare_agenda(fresh(draft), by=cast.secretary)) for draft in drafts
    ]
    assert not [a for a in together(*acts) if isinstance(a, Exception)]
    assert AgendaItem.objects.filter(submission=submission).count() == 1
    assert AgendaItem.objects.filter(carried_from__isnull=False).count() == 1


def test_who_withdraws_while_the_week_is_planned_leaves_nothing_half_done(cast):  # noqa: F811
    for n in range(4):
        with clock.at(FRIDAY):
            submission = intake.propose(cast.unit, by=cast.staff, label=f"Usul {n}")
            lifecycle.intake.place(submission, by=cast.secretary)
        mine = Submission.objects.get(pk=submission.pk)
        answers = together(
            at(FRIDAY, lambda: lifecycle.plan_next(unit(cast), by=cast.secretary)),
            at(FRIDAY, lambda mine=mine: intake.withdraw(mine, by=cast.staff, reason="Sudah selesai.")),
        )
        assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, Conflict)], answers
        submission.refresh_from_db()
        on_agenda = AgendaItem.objects.filter(submission=submission).exists()
        assert (submission.state, on_agenda) in {("withdrawn", False), ("placed", True)}
