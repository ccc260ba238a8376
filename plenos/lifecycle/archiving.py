"""Bringing in minutes of earlier years: scans with what a sheet says of them, under a dated statement."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, documents, ledger, scope, wording
from bawaslu_portal.kernel.lifecycle import require

from .. import permissions
from ..models import ArchivedMinutes


def statement(by, organisation):
    """What the importer states, as it will stand beside each of these minutes."""
    with translation.override("id"):
        day = wording.day(clock.today(organisation).isoformat())
        return f"{by.name} menyatakan pada {day} bahwa pindaian ini sesuai dengan risalah aslinya di kertas."[:300]


def bring_in(organisation, rows, *, by, stated):
    """Store the rows of a confirmed sheet, all or none. Raises ValidationError unless it is stated that the scans are
    true, or for minutes that are in the archive already."""
    with transaction.atomic():
        scope.forget(by)
        require(permissions.may_archive, by, organisation)
        if not stated:
            raise ValidationError({"stated": _("Nyatakan bahwa pindaiannya sesuai dengan aslinya.")})
        now, said, above = clock.now(), statement(by, organisation), organisation.parent_on()
        made = []
        for row in rows:
            dated = datetime.date.fromisoformat(row["dated"])
            if ArchivedMinutes.objects.filter(organisation=organisation, number=row["number"], dated=dated).exists():
                raise ValidationError(_("Risalah %(number)s sudah ada di arsip.") % {"number": row["number"]})
            made.append(
                ArchivedMinutes.objects.create(
                    organisation=organisation,
                    number=row["number"],
                    dated=dated,
                    title=row["title"],
                    decisions=row["decisions"],
                    access=row["access"],
                    file=documents.register(row["sha256"], row["size"], "application/pdf"),
                    statement=said,
                    at=now,
                    by=by,
                    # As delivered minutes: the level above reads them by their class.
                    delivered_to=above,
                    released_at=now,
                )
            )
        for one in made:
            ledger.record(
                organisation,
                "plenos.archive.import",
                one,
                by=by,
                number=one.number,
                digest=one.file_id,
                access=one.access,
            )
    return made
