"""The portal's WSGI application with a stop-watch around it: only the bench serves it.

Each answer says how long it took inside the server (``Server-Timing``) and how many queries it asked (``X-Queries``).
"""

import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bawaslu_portal.settings")

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

_counted = threading.local()


def _count(execute, sql, params, many, context):
    _counted.queries = getattr(_counted, "queries", 0) + 1
    return execute(sql, params, many, context)


def _watch(connection, **_more):
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


connection_created.connect(_watch)
_portal = get_wsgi_application()


def application(environ, start_response):
    """Answer as the portal does, whole, and say what it cost."""
    began, _counted.queries, told = time.perf_counter(), 0, []

    def keep(status, headers, exc_info=None):
        told[:] = [status, headers, exc_info]

    answer = _portal(environ, keep)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    spent = (time.perf_counter() - began) * 1000
    status, headers, exc_info = told
    more = [("Server-Timing", f"app;dur={spent:.2f}"), ("X-Queries", str(_counted.queries))]
    start_response(status, [*headers, *more], exc_info)
    return [body]
