"""What a unit's people are shown of resets and changes of e-mail: nobody's account changes hands unseen."""

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from . import clock, scope
from .access_links import state_of
from .models.members import ADMINISTRATOR, COMMISSIONERS, HEAD, NOTE_TAKER, AccessLink

SHOWN_FOR = datetime.timedelta(days=7)


def recent(user):
    """Resets and changes of e-mail that an administrator asked for in the last seven days, in units in view."""
    return (
        AccessLink.objects.visible_to(user)
        .filter(kind__in=["reset", "email"], issued_at__gt=clock.now() - SHOWN_FOR)
        .select_related("organisation", "user", "issued_by", "approval__by")
        .order_by("-issued_at", "-id")
    )


def of_unit(organisation, user):
    """The same for the page of one unit."""
    return [describe(link) for link in recent(user).filter(organisation=organisation)]


def describe(link):
    """One row: who asked for what, and how it stands."""
    what = _("Setel ulang kata sandi") if link.kind == "reset" else _("Ganti pos-el")
    approval = getattr(link, "approval", None)
    told = _("diminta {name}").format(name=link.issued_by.name)
    if approval:
        told = _("diminta {name}, disetujui {second}").format(name=link.issued_by.name, second=approval.by.name)
    states = {
        "waiting": ("late", "M", _("Menunggu administrator kedua")),
        "ready": ("doing", "B", _("Tautan berlaku")),
        "used": ("done", "S", _("Dipakai")),
        "revoked": ("off", "–", _("Dibatalkan")),
        "expired": ("off", "–", _("Kedaluwarsa")),
    }
    return {
        "title": f"{what}: {link.user.name}",
        "meta": f"{link.organisation.name} · {told}",
        "state": states[state_of(link)],
        "url": reverse("kernel:link", args=[link.organisation.code, link.uuid]),
        "link": link,
    }


def waiting(user):
    """Rows of my desk: for administrators what waits for their consent, for a unit's people what was reset there."""
    told = scope.own_units(user, COMMISSIONERS | {HEAD, NOTE_TAKER})
    administered = scope.own_units(user, {ADMINISTRATOR}) | scope.units_below(user, {ADMINISTRATOR})
    if not told and not administered:
        return []
    rows = []
    for link in recent(user).filter(organisation__in=told | administered):
        if link.issued_by_id == link.user_id or state_of(link) == "revoked":
            continue
        to_agree = (
            state_of(link) == "waiting"
            and link.organisation_id in administered
            and user.pk not in {link.issued_by_id, link.user_id}
        )
        if to_agree:
            rows.append({**describe(link), "side": _("perlu persetujuan Anda")})
        elif link.organisation_id in told:
            rows.append({**describe(link), "side": _("untuk diketahui")})
    return rows
