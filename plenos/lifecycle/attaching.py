"""Files that hang on an item of the agenda, on a submission before it is placed, or on the progress of a follow-up.

Bytes are read and photos decoded by the form (``kernel/uploads.py``) and stored before any row is locked here.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, documents, ledger
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance, lock, require

from ..models import AgendaItem, Attachment, FollowUp, Progress, Submission
from ..models.intake import WAITING
from ..permissions import may_attach_to_progress, may_attach_to_submission
from . import table

MOST = 30  # files of one record


def _dated(dated, organisation):
    if dated and dated > clock.today(organisation):
        raise ValidationError({"dated": _("Tanggal dokumen tidak boleh di masa depan.")})
    return dated


def _keep(target, organisation, by, stored, caption, dated, **hook):
    """Make the rows, in the order in which the files were chosen, after those that are there."""
    there = target.attachments.count()
    if there + len(stored) > MOST:
        raise ValidationError(
            {"files": _("Paling banyak %(most)s lampiran; sudah ada %(there)s.") % {"most": MOST, "there": there}}
        )
    last = target.attachments.aggregate(last=Max("order"))["last"] or 0
    return [
        Attachment.objects.create(
            organisation=organisation,
            file=file,
            name=name[:200],
            caption=caption.strip(),
            dated=_dated(dated, organisation),
            order=order,
            at=clock.now(),
            by=by,
            **hook,
        )
        for order, (file, name) in enumerate(stored, last + 1)
    ]


def _told(made):
    """What the ledger says of files: which, and the digests of their bytes."""
    return {"files": len(made), "attachments": [str(a.uuid) for a in made], "sha256": [a.file_id for a in made]}


def attach(target, *, by, files, caption="", dated=None):
    """Hang ``files`` on an item, a submission or a progress row, with one caption and date of the documents.

    ``files``: (bytes, media type, name) as ``forms.AttachmentsField`` gives them. An item takes them from draft to
    closing by those who keep the records; a submission, while it waits, by its proposer; a progress by who wrote it.
    Raises NotPermitted, TransitionRefused, ValidationError. Returns the new rows.
    """
    stored = [(documents.store(content, kind), name) for content, kind, name in files]
    if isinstance(target, AgendaItem):
        return _attach_to_item(target, by, stored, caption, dated)
    if isinstance(target, Submission):
        return _attach_to_submission(target, by, stored, caption, dated)
    return _attach_to_progress(target, by, stored, caption, dated)


def _attach_to_item(item, by, stored, caption, dated):
    with advance(table.ATTACH, item.pleno, by=by) as act:
        row = AgendaItem.objects.select_for_update(no_key=True).filter(pk=item.pk).first()
        if row is None:
            raise Conflict(_("Baris ini baru saja dihapus orang lain. Muat ulang halaman."))
        made = _keep(row, act.thing.organisation, by, stored, caption, dated, item=row)
        act.note(item=str(row.uuid), **_told(made))
    return made


def _attach_to_submission(submission, by, stored, caption, dated):
    with transaction.atomic():
        locked = lock(submission)
        require(may_attach_to_submission, by, locked)
        if locked.state != WAITING:
            raise TransitionRefused(_("Usul ini sudah diagendakan atau selesai; lampirannya tidak dapat diubah lagi."))
        made = _keep(locked, locked.organisation, by, stored, caption, dated, submission=locked)
        ledger.record(
            locked.organisation,
            "plenos.submission.attach",
            locked,
            by=by,
            before=locked.state,
            after=locked.state,
            **_told(made),
        )
    return made


def _attach_to_progress(progress, by, stored, caption, dated):
    with transaction.atomic():
        follow_up = FollowUp.objects.select_for_update(of=("self",), no_key=True).get(pk=progress.follow_up_id)
        locked = Progress.objects.get(pk=progress.pk)
        require(may_attach_to_progress, by, locked)
        if follow_up.settled_at:
            raise TransitionRefused(_("Tindak lanjut ini sudah selesai; buktinya tidak dapat ditambah lagi."))
        made = _keep(locked, follow_up.organisation, by, stored, caption, dated, progress=locked)
        ledger.record(
            follow_up.organisation,
            "plenos.follow_up.attach",
            follow_up,
            by=by,
            before=follow_up.state,
            after=follow_up.state,
            **_told(made),
        )
    return made


def _there(attachment):
    found = Attachment.objects.select_for_update(of=("self",), no_key=True).filter(pk=attachment.pk).first()
    if found is None:
        raise Conflict(_("Lampiran ini baru saja dihapus orang lain. Muat ulang halaman."))
    return found


def describe(attachment, *, by, caption, dated=None, order=None):
    """Give an attachment of an item its caption, the date of its document and its place, until the minutes are put up.

    Raises ValidationError for a date in the future, Conflict when it is gone.
    """
    with advance(table.DESCRIBE, attachment.item.pleno, by=by) as act:
        row = _there(attachment)
        row.caption, row.dated = caption.strip(), _dated(dated, act.thing.organisation)
        row.save(update_fields=["caption", "dated"])
        if order is not None:
            others = list(Attachment.objects.filter(item=row.item_id).exclude(pk=row.pk))
            others.insert(max(0, min(order - 1, len(others))), row)
            for place, one in enumerate(others, 1):
                Attachment.objects.filter(pk=one.pk).exclude(order=place).update(order=place)
        act.note(item=str(attachment.item.uuid), attachment=str(row.uuid))
    attachment.refresh_from_db()


def detach(attachment, *, by):
    """Take an attachment off an item before the session is closed; the ledger keeps the digest of what it was.

    Not its name: the whole unit reads the history, the names of files of a closed item are not its to know.
    """
    with advance(table.DETACH, attachment.item.pleno, by=by) as act:
        row = _there(attachment)
        act.note(item=str(attachment.item.uuid), attachment=str(row.uuid), sha256=row.file_id)
        row.delete()
