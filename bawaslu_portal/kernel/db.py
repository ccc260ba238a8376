"""The first statement of every transaction of the portal."""

import functools

from django.db import connection

from . import requests, scope


def begin(user):
    """Say for whom this transaction runs. Row level security will read it; it ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.user', %s, true)", [str(user.pk or "")])


def begins(view):
    """Decorator for every view in urls.py: begin, then answer a repeated form from what was answered before."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        begin(request.user)
        scope.begin(request.user, getattr(request, "portal", None))
        return requests.answer_once(request, lambda: view(request, *args, **kwargs))

    wrapped.begins = True
    return wrapped
