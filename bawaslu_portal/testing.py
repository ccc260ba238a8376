"""The cast as pytest fixtures, and the services that the tests stand on.

Loaded by ``-p bawaslu_portal.testing`` before Django is set up: models are imported inside the fixtures.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("PORTAL_TESTS", "1")
os.environ.setdefault("PORTAL_HTTPS", "0")


def _worker():
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _prepare():
    """Start PostgreSQL (fsync off) and Redis once; give every xdist worker its own storage."""
    from bawaslu_portal import embedded

    if not os.environ.get("DATABASE_URL"):
        database, broker = embedded.ensure_test_services()
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = database, broker
    storage = Path(tempfile.mkdtemp(prefix=f"portal-storage-{_worker()}-"))
    os.environ["PORTAL_STORAGE"] = str(storage)


def pytest_unconfigure(config):
    """Leave nothing behind in the folder for temporary files."""
    shutil.rmtree(os.environ["PORTAL_STORAGE"], ignore_errors=True)


def pytest_make_parametrize_id(val, argname):
    """Files that a test makes carry the hour: named by their bytes, the processes would not agree on their tests."""
    return argname if isinstance(val, bytes) else None


_prepare()  # on import, since pytest-django reads the settings before any hook of ours is called


from bawaslu_portal.browser import chromium, visitor  # noqa: E402, F401 - fixtures


@pytest.fixture(autouse=True)
def indonesian():
    """Each test begins in the portal's own language, whatever the last page of the one before was read in."""
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def kendari(db):
    """Bawaslu Kota Kendari with its province and the national body above it, five members, a secretariat."""
    from bawaslu_portal.kernel.tests.factories import make_unit

    return make_unit("74.71")


@pytest.fixture
def cast(kendari):
    """chair, member, secretary (note-taker), head, neighbour (a chair next door), province (reviewing staff),
    province_chair, staff, administrator, outsider (another province), by name."""
    from bawaslu_portal.kernel.tests.factories import make_cast

    return make_cast(kendari)


@pytest.fixture
def sign_in(client):
    """Sign a person in, freshly, and give the client."""

    def _sign_in(user):
        from bawaslu_portal.kernel.tests.factories import signed_in

        return signed_in(client, user)

    return _sign_in
