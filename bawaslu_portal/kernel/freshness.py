"""A fresh sign-in, as confirming and ratifying always ask (trust.md, surfaces).

It is asked on the GET of the check-your-answers page, since allauth would put an interrupted POST into the stored
login state; a POST that comes too late answers 409 and keeps the text.
"""

import functools

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired


def is_fresh(request):
    """Whether the password or a code was given within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds, beyond signing in."""
    return did_recently_reauthenticate(request)


def fresh_sign_in_required(view):
    """Decorator: GET leads to the password page and back, a stale POST to 409 (``middleware.stale``)."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        if not is_fresh(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return wrapped


def require_fresh(request):
    """Ask for a fresh sign-in inside a view, after its 404 and 403: so a stranger learns nothing from the question."""
    if not is_fresh(request):
        raise ReauthenticationRequired
