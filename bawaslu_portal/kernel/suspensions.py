"""Suspending a member and lifting it again. Each writes one ledger line."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import clock, ledger, members, permissions
from .lifecycle import TransitionRefused, require
from .models.members import Suspension


def suspend(membership, *, reason, by, since=None, until=None):
    """From ``since`` he has no rights and no vote, and stands outside the base of the quorum (setting).

    Raises NotPermitted, TransitionRefused (ended, suspended already, last administrator), ValidationError.
    """
    since = since or clock.now()
    with transaction.atomic():
        locked = members.lock(membership)
        require(permissions.changes_unit, by, locked.organisation_id)
        members.require_open(locked)
        if until is not None and until <= since:
            raise ValidationError({"until": _("Tanggal akhir harus sesudah tanggal mulai.")})
        beside = Suspension.objects.filter(membership=locked).filter(Q(until=None) | Q(until__gt=since))
        if until is not None:
            beside = beside.filter(since__lt=until)
        if beside.exists():
            raise TransitionRefused(_("Orang ini sudah diberhentikan sementara pada waktu itu."))
        members.guard_last_administrator(locked, by, since)
        suspension = Suspension.objects.create(
            organisation=membership.organisation, membership=locked, since=since, until=until, reason=reason
        )
        ledger.record(
            membership.organisation, "kernel.membership.suspend", suspension, by=by, membership=locked.uuid, since=since
        )
    return suspension


def lift(suspension, *, by, until=None):
    """End a suspension at ``until`` (default now). Raises NotPermitted, TransitionRefused (it has ended)."""
    until = until or clock.now()
    with transaction.atomic():
        members.hold(suspension.organisation)
        locked = Suspension.objects.select_for_update(of=("self",), no_key=True).get(pk=suspension.pk)
        require(permissions.changes_unit, by, locked.organisation_id)
        if locked.until is not None and locked.until <= clock.now():
            raise TransitionRefused(_("Pemberhentian sementara ini sudah berakhir. Muat ulang halaman."))
        if until <= locked.since:
            raise ValidationError({"until": _("Tanggal akhir harus sesudah tanggal mulai.")})
        locked.until = until
        locked.save(update_fields=["until"])
        ledger.record(
            suspension.organisation,
            "kernel.membership.lift",
            locked,
            by=by,
            membership=suspension.membership.uuid,
            until=until,
        )
    return locked
