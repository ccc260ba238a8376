"""What is still open when a session is about to be closed, each with the place where it is mended. Nothing blocks."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from .models.items import TIED, WAITING
from .models.sessions import ELEMENT_MEMBER, PRESENT


@dataclass(frozen=True)
class LooseEnd:
    """One sentence, and the address where it can be mended."""

    words: str
    url: str


def _of_item(pleno, item):
    """What of one item is open, beside its fate."""
    here = {"order": item.order, "title": item.title}
    room, notes = pleno.address("plenos:room"), pleno.address("plenos:notes", uuid=item.uuid)
    if item.fate == WAITING and any(decision.result == TIED for decision in item.standing):
        yield LooseEnd(_("%(order)s. %(title)s: suara berimbang, belum ada keputusan.") % here, room)
    if item.refused:
        yield LooseEnd(_("%(order)s. %(title)s: dua naskah catatan belum digabungkan.") % here, notes)
    elif item.writing:
        yield LooseEnd(_("%(order)s. %(title)s: catatannya sedang ditulis.") % here, notes)
    elif not item.notes:
        yield LooseEnd(_("%(order)s. %(title)s: belum ada catatan pembahasan.") % here, notes)
    for decision in item.standing:
        if decision.result != TIED and not decision.follow_ups.all():
            yield LooseEnd(
                _("%(order)s. %(title)s: keputusannya tanpa tindak lanjut (siapa, sampai kapan).") % here, room
            )
    bare = sum(not attachment.caption for attachment in item.attachments.all())
    if bare:
        yield LooseEnd(
            _("%(order)s. %(title)s: %(n)s lampiran tanpa keterangan.") % {**here, "n": bare},
            pleno.address("plenos:attachments", uuid=item.uuid),
        )


def loose_ends(pleno, items, attendees):
    """What is still open in the session. ``items`` as ``queries.items_of`` and ``with_texts`` give them."""
    found = [end for item in items for end in _of_item(pleno, item)]
    roll = pleno.address("plenos:room") + "#h-hadir"
    found += [
        LooseEnd(_("%(name)s tidak hadir tanpa keterangan alasan.") % {"name": row.name}, roll)
        for row in attendees
        if row.element == ELEMENT_MEMBER and row.status != PRESENT and not row.reason
    ]
    return found
