"""The first statement of every transaction says for whom it runs, and ends with it."""

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from bawaslu_portal.kernel import catalogue, db, jobs
from bawaslu_portal.kernel.models import User
from bawaslu_portal.kernel.tests.factories import make_unit, person


def whose():
    """For whom PostgreSQL thinks that this transaction runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portal.user', true)")
        return cursor.fetchone()[0] or ""


@pytest.mark.django_db(transaction=True)
def test_it_is_said_within_the_transaction_and_forgotten_with_it():
    chair = person(make_unit("74.71"), "chair")
    with transaction.atomic():
        db.begin(chair)
        assert whose() == str(chair.pk)
    assert whose() == ""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        db.begin(chair)
        raise ZeroDivisionError
    assert whose() == ""


def test_a_view_begins_before_it_does_anything(kendari):
    seen = []
    view = db.begins(lambda request: seen.append((whose(), request.user.scope_cache)))
    request = RequestFactory().get("/")
    request.user = person(kendari, "chair")
    assert view.begins
    view(request)
    assert seen == [(str(request.user.pk), {})]


def test_the_end_of_a_job_runs_as_sistem(kendari, monkeypatch):
    seen = []
    work = catalogue.JobKind("test.work", "Uji", lambda job: lambda: seen.append(whose()))
    monkeypatch.setitem(catalogue._jobs, "test.work", work)
    jobs.run(jobs.ask("test.work", "satu", kendari, by=person(kendari, "chair")).pk)
    assert seen == [str(User.objects.system().pk)]
