"""What changed in the room since one looked: asked every few seconds by everyone who is there, so it is cheap."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from bawaslu_portal.kernel.lifecycle import NotPermitted

from .. import permissions, queries
from .fetch import find
from .meeting import agenda_facts, room_facts
from .noting import with_texts


@gzip_page
@require_GET
def live(request, **address):
    """The parts of the room whose marks the reader does not have; 204 when nothing was done since his version.

    Every verb of a pleno raises its version, so that one number says whether there is anything to tell.
    """
    pleno = find(request, **address)
    if not permissions.reach(request.user, pleno).notes:
        raise NotPermitted(_("Ruang pleno hanya untuk Ketua, Anggota, notulis, dan kepala sekretariat unit ini."))
    if request.GET.get("v") == str(pleno.version):
        return HttpResponse(status=204)
    items = with_texts(queries.items_of(request.user, pleno, votes=False, follow_ups=True))
    opened = next((i for i in items if str(i.uuid) == request.GET.get("buka")), None)
    seen = frozenset(request.GET.get("m", "").split(","))
    facts = room_facts(request, pleno) | agenda_facts(items) | {"open_item": opened, "seen": seen}
    answer = render(request, "plenos/live.html", facts)
    answer["X-Version"] = str(pleno.version)
    return answer
