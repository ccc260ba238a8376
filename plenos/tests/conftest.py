"""The cast once a module, in a transaction that is undone at its end: every test still starts from it anew.

Tests that need real transactions (test_together) make their own people.
"""

import copy

import pytest
from django.db import transaction
from django.test import Client

from bawaslu_portal.kernel.tests.factories import make_cast, make_unit, signed_in

from .factories import ROLES, make_world


@pytest.fixture(scope="module")
def troupe(django_db_setup, django_db_blocker):
    """The cast around Kota Kendari, for one module."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        cast = make_cast(make_unit("74.71"))
    yield cast
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture(scope="module")
def world(troupe, django_db_blocker):
    """Plenos at every stage, each in a week of its own: {stage: primary key}."""
    with django_db_blocker.unblock():
        return make_world(troupe)


@pytest.fixture(scope="module")
def clients(troupe, django_db_blocker):
    """Each of the cast, by role, in his own browser and freshly signed in."""
    with django_db_blocker.unblock():
        return {role: signed_in(Client(), getattr(troupe, name)) for role, name in ROLES.items()}


@pytest.fixture
def cast(troupe, db):
    return copy.deepcopy(troupe)


@pytest.fixture
def kendari(cast):
    return cast.unit
