"""Telling one person of one thing: in the portal at once, and in his next digest."""

from django.db import transaction

from . import clock
from .models.talk import Notice


def tell(users, organisation, kind, thing, *, text, url, key="", about_kind=""):
    """Tell each of ``users`` once; the same ``key`` again (default kind and thing) tells nobody twice.

    ``text`` must say no content of a closed record: it leaves the portal by e-mail. Runs in the verb's transaction.
    """
    unique = key or f"{kind}:{thing.uuid}"
    rows = [
        Notice(
            user=user,
            organisation=organisation,
            kind=kind,
            key=unique[:160],
            about_kind=about_kind or thing._meta.model_name,
            about=thing.uuid,
            text=str(text)[:300],
            url=url[:300],
            at=clock.now(),
        )
        for user in dict.fromkeys(users)
        if user.is_active
    ]
    with transaction.atomic():
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def mark_seen(user, about=None):
    """The reader has seen his notices, or those about one thing."""
    rows = Notice.objects.filter(user=user, seen_at=None)
    if about is not None:
        rows = rows.filter(about=about)
    return rows.update(seen_at=clock.now())
