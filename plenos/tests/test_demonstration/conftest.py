"""The demonstration, loaded once for every test of this folder, in a transaction that is rolled back after the last."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.db import transaction

from bawaslu_portal.kernel import clock

# A Wednesday noon in Kendari: before and after it there are days of the same week.
LOADED = datetime.datetime(2026, 11, 18, 4, 0, tzinfo=datetime.UTC)


def run(*arguments):
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="package")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="package")
def loaded(django_db_setup, django_db_blocker, state):
    """The demonstration in a transaction that is rolled back after the last test of the folder."""
    from bawaslu_portal.management.commands import demo

    patch = pytest.MonkeyPatch()
    patch.setenv("PORTAL_STATE", str(state))
    patch.setattr(demo.settings, "PORTAL_DEMO", True)
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_regions", verbosity=0, stdout=io.StringIO())
        with clock.at(LOADED):
            run()
        patch.undo()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db, state, settings, monkeypatch):
    """The loaded demonstration, as its portal runs."""
    monkeypatch.setenv("PORTAL_STATE", str(state))
    settings.PORTAL_DEMO = True
