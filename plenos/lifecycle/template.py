"""The standing items of a unit's weekly agenda: added, changed, ordered, taken off by those who keep its records."""

import contextlib

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.lifecycle import Conflict, lock, require

from .. import preparation
from ..models import TemplateItem
from ..permissions import may_plan


@contextlib.contextmanager
def _change(organisation, what, *, by):
    """The unit's template under its lock, made its own first where it still was the usual one; one ledger line."""
    with transaction.atomic():
        unit = lock(organisation)
        require(may_plan, by, unit)
        if not TemplateItem.objects.filter(organisation=unit).exists():
            TemplateItem.objects.bulk_create(preparation.usual(unit))
        facts = {"what": what}
        yield unit, facts
        ledger.record(unit, "plenos.template.change", unit, by=by, **facts)


def _row(unit, uuid):
    row = TemplateItem.objects.filter(organisation=unit, uuid=uuid, removed_at=None).first()
    if row is None:
        raise Conflict(_("Pokok tetap ini baru saja dihapus orang lain. Muat ulang halaman."))
    return row


def adopt(organisation, *, by):
    """Make the usual items the unit's own, so that each can be changed."""
    with _change(organisation, "adopt", by=by):
        pass


def add(organisation, *, by, title, standing_kind="", access="closed"):
    """Add a standing item at the end. Returns it."""
    with _change(organisation, "add", by=by) as (unit, facts):
        rows = TemplateItem.objects.filter(organisation=unit, removed_at=None)
        last = rows.aggregate(last=Max("order"))["last"] or 0
        row = TemplateItem.objects.create(
            organisation=unit, order=last + 1, title=title, standing_kind=standing_kind, access=access
        )
        facts["item"] = str(row.uuid)
    return row


def edit(organisation, uuid, *, by, **fields):
    """Change title, kind or access of a standing item. Raises Conflict when it was taken off meanwhile."""
    with _change(organisation, "edit", by=by) as (unit, facts):
        row = _row(unit, uuid)
        changed = [name for name in ("title", "standing_kind", "access") if name in fields]
        for name in changed:
            setattr(row, name, fields[name])
        row.save(update_fields=changed)
        facts["item"] = str(row.uuid)


def move(organisation, uuid, *, by, to):
    """Give a standing item the place ``to`` (from 1)."""
    with _change(organisation, "move", by=by) as (unit, facts):
        moved = _row(unit, uuid)
        rows = list(TemplateItem.objects.filter(organisation=unit, removed_at=None).exclude(pk=moved.pk))
        rows.insert(max(0, min(to - 1, len(rows))), moved)
        for order, row in enumerate(rows, 1):
            if row.order != order:
                row.order = order
                row.save(update_fields=["order"])
        facts |= {"item": str(moved.uuid), "order": to}


def remove(organisation, uuid, *, by):
    """Take a standing item off; the agendas that were made with it keep theirs."""
    with _change(organisation, "remove", by=by) as (unit, facts):
        row = _row(unit, uuid)
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        TemplateItem.objects.filter(organisation=unit, removed_at=None, order__gt=row.order).update(
            order=F("order") - 1
        )
        facts["item"] = str(row.uuid)
