"""Corrections of minutes on my desk: what the level above sent back, and each step of a version under way."""

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bawaslu_portal.kernel import scope
from bawaslu_portal.kernel.models import DutyRuling

from . import permissions
from .models import Attendee, Correction, Minutes, Pleno

WORDS = {
    "answer": (gettext_lazy("Perbaiki risalah yang dikembalikan: %(title)s"), None),
    "go_on": (gettext_lazy("Lanjutkan perbaikan risalah: %(title)s"), "plenos:correction"),
    "confirm": (gettext_lazy("Konfirmasi versi yang diperbaiki: %(title)s"), "plenos:correction_confirm"),
    "collect": (gettext_lazy("Kumpulkan tanda tangan versi yang diperbaiki: %(title)s"), "plenos:correction"),
    "ratify": (gettext_lazy("Sahkan versi yang diperbaiki: %(title)s"), "plenos:correction_ratify"),
}


def returned_to(user):
    """Plenos of the reader's own units whose minutes were sent back, with no later version and no correction yet."""
    own = scope.own_units(user, scope.WRITERS)
    if not own:
        return []
    answered = Minutes.objects.filter(pleno__uuid=OuterRef("about"), ratified_at__gte=OuterRef("at"))
    rulings = DutyRuling.objects.filter(organisation__in=own, kind="returned").exclude(Exists(answered))
    reasons = dict(rulings.order_by("id").values_list("about", "reason"))
    under_way = Correction.objects.filter(pleno=OuterRef("pk"), state__in=("drafting", "signing"))
    plenos = Pleno.objects.filter(uuid__in=reasons).exclude(Exists(under_way)).select_related("organisation")
    return [(pleno, reasons[pleno.uuid]) for pleno in plenos.order_by("ratified_at")]


def under_way(user):
    """Corrections of the reader's own units that are being worded or signed, with their signatures."""
    own = scope.own_units(user, scope.WRITERS)
    if not own:
        return []
    present = Attendee.objects.filter(element="member", status="present")
    put_up = Minutes.objects.filter(taken_back_at=None).defer("record").prefetch_related("signatures")
    return (
        Correction.objects.filter(organisation__in=own, state__in=("drafting", "signing"))
        .select_related("pleno__organisation", "pleno__chair__user")
        .prefetch_related(
            Prefetch("pleno__attendees", present, to_attr="signers"), Prefetch("minutes", put_up, to_attr="put_up")
        )
        .order_by("begun_at")
    )


def _step(user, correction):
    """What ``user`` himself can do about a correction now, or None."""
    pleno = correction.pleno
    if correction.state == "drafting":
        return "go_on" if permissions.may_correct(user, pleno) else None
    signed = {signature.attendee_id for minutes in correction.put_up for signature in minutes.signatures.all()}
    waiting = [attendee for attendee in pleno.signers if attendee.pk not in signed]
    if any(attendee.user_id == user.pk for attendee in waiting) and permissions.may_confirm(user, pleno):
        return "confirm"
    if not waiting and permissions.may_ratify(user, pleno):
        return "ratify"
    return "collect" if waiting and permissions.may_record_signature(user, pleno) else None


def _row(step, pleno, url, meta):
    return {
        "title": str(WORDS[step][0]) % {"title": pleno.title},
        "url": url,
        "meta": meta,
        "side": "",
        "state": ("late", "P", _("Dikembalikan")) if step == "answer" else None,
        "due": None,
        "unit": pleno.organisation,
    }


def rows(user):
    """Rows for my desk."""
    found = [
        _row("answer", pleno, pleno.address("plenos:correct"), reason)
        for pleno, reason in returned_to(user)
        if permissions.may_correct(user, pleno)
    ]
    for correction in under_way(user):
        step = _step(user, correction)
        if step:
            found.append(_row(step, correction.pleno, correction.address(WORDS[step][1]), correction.reason))
    return found
