"""One e-mail a day at most: what waits for a person, and what he was told since the last one.

The same rows as on his desk and among his notices, asked through the same registry, so it can say nothing that he may
not read; and no content of a closed record, which never leaves by e-mail: a row whose title holds typed words gives
others for it (``mail``). It goes out in the morning of his own unit, and only where there is something to say.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import catalogue, clock, db, mail
from .models.members import Membership, User
from .models.talk import Notice

HOUR = 6  # in the zone of the unit; working assumption
LINES = 25  # of each sort; the rest is counted
KIND = "digest"


def recipients(now):
    """Active people with a post now who asked for a digest and have had none today, with the unit of that post."""
    posts = (
        Membership.objects.in_force_at(now)
        .filter(user__is_active=True, user__digest="daily")
        .exclude(user__email="")
        .select_related("user", "organisation")
        .order_by("user_id", "order", "id")
    )
    seen = set()
    for post in posts.iterator(chunk_size=500):
        local = clock.local(now, post.organisation)
        if post.user_id in seen or local.hour < HOUR:
            continue
        seen.add(post.user_id)
        if post.user.digest_on is None or post.user.digest_on < local.date():
            yield post.user, post.organisation


def _row(row, organisation):
    due = row.get("due")
    said = str(row.get("mail") or row["title"])
    if due:
        said += f" ({_('tenggat')} {clock.local(due, organisation).strftime('%d-%m-%Y')})"
    return f"- {said}\n  {settings.PORTAL_ADDRESS}{row['url']}" if row.get("url") else f"- {said}"


def _part(heading, lines):
    if not lines:
        return []
    shown = lines[:LINES]
    if len(lines) > LINES:
        shown.append(_("- dan %(n)s lagi di portal") % {"n": len(lines) - LINES})
    return ["", heading, *shown]


def letter(user, organisation, waiting, notices):
    """Subject and body, in the reader's language."""
    with translation.override(user.language):
        late = [row for row in waiting if row.get("due") and row["due"] < clock.now()]
        rest = [row for row in waiting if row not in late]
        count = len(waiting)
        subject = ngettext("%(n)s hal menunggu Anda", "%(n)s hal menunggu Anda", count) % {"n": count}
        if not count:
            subject = _("Kabar dari Portal Bawaslu")
        told = [
            f"- {notice.text}\n  {settings.PORTAL_ADDRESS}{notice.url}" if notice.url else f"- {notice.text}"
            for notice in notices
        ]
        lines = [
            _("Yth. %(name)s,") % {"name": user.name},
            *_part(_("Lewat tenggat"), [_row(row, organisation) for row in late]),
            *_part(_("Menunggu Anda"), [_row(row, organisation) for row in rest]),
            *_part(_("Kabar"), told),
            "",
            _("Ringkasan ini dikirim paling banyak sekali sehari. Matikan atau nyalakan pada halaman profil:"),
            f"{settings.PORTAL_ADDRESS}/profil/",
        ]
    return f"{subject} · {organisation.name}", "\n".join(lines)


def send_to(user, organisation):
    """Write one digest into the outbox, or only note the day where there is nothing to say. Returns whether it was.

    The day is claimed first, so two clocks never write two.
    """
    today = clock.today(organisation)
    with transaction.atomic():
        db.begin(user)
        unclaimed = User.objects.filter(pk=user.pk, digest="daily").filter(Q(digest_on=None) | Q(digest_on__lt=today))
        if not unclaimed.update(digest_on=today):
            return False
        with translation.override(user.language):
            waiting = [row for row in catalogue.waiting_for(user) if row.get("title")]
        notices = list(Notice.objects.visible_to(user).filter(digested_at=None, seen_at=None).order_by("id"))
        if not waiting and not notices:
            return False
        subject, body = letter(user, organisation, waiting, notices)
        mail.put(organisation, about_kind=KIND, about=user, to=user, subject=subject, body=body)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(digested_at=clock.now())
    return True


def send_all():
    """Every digest that is due now. Returns how many were written; none where the portal sends no mail."""
    if not settings.EMAIL_CONFIGURED:
        return 0
    return sum(send_to(user, organisation) for user, organisation in list(recipients(clock.now())))


def forget_old(days=400):
    """Notices that were seen longer ago than ``days`` are removed: the records themselves keep what happened."""
    before = clock.now() - datetime.timedelta(days=days)
    return Notice.objects.filter(seen_at__lt=before).delete()[0]
