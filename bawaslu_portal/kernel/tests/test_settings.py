"""A misspelt setting stops the start; production has no default secret."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

DATABASE = "postgresql://portal:x@localhost/portal"
SECRET = "s" * 50


def start(**environment):
    """What a start with this environment says: (exit code, last line)."""
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith("PORTAL_") and k not in ("DATABASE_URL", "REDIS_URL")
    }
    done = subprocess.run(
        [sys.executable, "-c", "import bawaslu_portal.settings as s; print(s.PORTAL_HTTPS, s.DEBUG)"],
        cwd=settings.BASE_DIR,
        env={**clean, "PORTAL_STATE": os.environ.get("PORTAL_STATE", ""), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


def test_a_right_environment_starts_with_https_and_without_debug():
    assert start(DATABASE_URL=DATABASE, PORTAL_SECRET_KEY=SECRET) == (0, "True False")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORTAL_HTPS": "0"}, "PORTAL_HTPS"),
        ({"PORTAL_EMAIL_UR": "smtp://x"}, "PORTAL_EMAIL_UR"),
        ({"PORTAL_HTTPS": "flase"}, "PORTAL_HTTPS"),
        ({"PORTAL_DEMO": "ya"}, "PORTAL_DEMO"),
        ({"PORTAL_ADDRESS": "localhost:8000"}, "PORTAL_ADDRESS"),
        ({"PORTAL_SECRET_KEY": "pendek"}, "PORTAL_SECRET_KEY"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "DATABASE_URL"),
        ({"PORTAL_JOB_LEASE": "satu"}, "PORTAL_JOB_LEASE"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(environment, named):
    code, words = start(**{"DATABASE_URL": DATABASE, "PORTAL_SECRET_KEY": SECRET, **environment})
    assert code != 0
    assert "ImproperlyConfigured" in words
    assert named in words


def test_a_database_of_ones_own_needs_a_secret_of_ones_own():
    code, words = start(DATABASE_URL=DATABASE)
    assert code != 0
    assert "PORTAL_SECRET_KEY is missing" in words
