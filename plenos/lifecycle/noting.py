"""The discussion notes of an item: saved by themselves, by several people, and nothing of them lost."""

from bawaslu_portal.kernel import texts
from bawaslu_portal.kernel.lifecycle import advance

from ..models import AgendaItem
from . import table

FIELD = "notes"


def locked_item(item):
    """The same item, locked and read again."""
    return AgendaItem.objects.select_for_update(no_key=True).get(pk=item.pk)


def write_notes(item, *, by, text, version, page=None, step=0, formerly=None, settles=None):
    """Save the notes of an item, which were read at ``version``: gives ``texts.Saved``.

    A text based on an older version of someone else's is kept as a refused copy (``Saved.refused``); nothing is raised
    then, since a raise would lose it. Successive saves of one open ``page`` are one line of the ledger.
    """
    with advance(table.NOTE, item.pleno, by=by) as act:
        row = locked_item(item)
        saved = texts.save(
            row,
            FIELD,
            by=by,
            body=text,
            version=version,
            page=page,
            step=step,
            formerly=formerly,
            settles=settles,
        )
        act.continues = saved.continues
        if saved.refused:
            act.note(item=str(row.uuid), version=saved.version, refused=str(saved.refused.uuid))
        else:
            act.note(item=str(row.uuid), version=saved.version)
    item.refresh_from_db()
    return saved


def settle_notes(item, *, by, copy):
    """Set a refused text of this item aside, by its UUID: what of it matters stands in the notes. It is kept."""
    with advance(table.NOTE, item.pleno, by=by) as act:
        row = locked_item(item)
        texts.settle(row, FIELD, copy)
        act.note(item=str(row.uuid), version=row.notes_version, settled=str(copy or ""))
