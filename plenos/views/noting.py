"""The notes of an item: saved by themselves from the room, or on a page of their own; both texts where two collide."""

import datetime

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from bawaslu_portal.kernel import clock, forms, htmx, texts
from bawaslu_portal.kernel.lifecycle import TransitionRefused

from .. import lifecycle
from ..forms import NotesForm
from ..forms.noting import shown
from ..lifecycle.table import NOTE
from ..models.sessions import OPEN
from .fetch import find_item, find_preparing

WRITING = datetime.timedelta(seconds=20)  # who saved since then is said to be writing


def with_texts(items):
    """The items as a list, each with the refused copies of its notes and the copy of who is writing now, or None."""
    items = list(items)
    refused = texts.refused_among(items, "notes")
    writing = texts.last_writers(items, "notes", clock.now() - WRITING)
    for item in items:
        item.refused, item.writing = refused.get(item.uuid, []), writing.get(item.uuid)
    return items


def _home(pleno, item):
    """Where one goes after saving without a script."""
    if pleno.state == OPEN:
        return pleno.address("plenos:room") + f"?agenda={item.order}"
    return pleno.address("plenos:minutes")


def _page(request, pleno, item, form, status=200):
    [item] = with_texts([item])
    versions = texts.versions_of(item, "notes")
    steps = list(zip(versions, [*versions, None][1:], strict=True))
    context = {"pleno": pleno, "item": item, "versions": steps, "home": _home(pleno, item)}
    return forms.page(request, "plenos/notes.html", form, status, **context)


@gzip_page
def notes(request, uuid, **address):
    """The notes of one item: shown with their earlier states, and saved by themselves or with the button."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    if request.method != "POST":
        if pleno.state not in NOTE.sources:
            return redirect(pleno.address("plenos:pleno"))
        return _page(request, pleno, item, NotesForm(initial=shown(item)))
    form = NotesForm(request.POST)
    if not form.is_valid():
        if request.htmx:
            return htmx.refusal(request, next(iter(form.errors.values()))[0], 422)
        return _page(request, pleno, item, form, 422)
    if form.cleaned_data["notes_by"] not in (None, request.user.uuid):
        raise TransitionRefused(_("Tulisan ini dibuat dengan akun lain. Masuklah kembali dengan akun itu."))
    if not (typed := form.typed_notes()):
        return redirect(_home(pleno, item))
    saved = lifecycle.write_notes(item, by=request.user, text=typed.pop("body"), **typed)
    return _saved(request, pleno, item, saved)


def _saved(request, pleno, item, saved):
    """The answer to a save: 409 where the text was refused and kept, both texts then stand on the page."""
    status = 409 if saved.refused else 200
    [item] = with_texts([item])
    if request.htmx:
        context = {"pleno": pleno, "item": item, "now": clock.now(), "saved": saved}
        return render(request, "plenos/notes_saved.html", context, status=status)
    if saved.refused:
        form = NotesForm(
            initial={
                **shown(item),
                "notes": texts.as_typed(saved.refused.body),
                "notes_were": "",
                "notes_settles": saved.refused.uuid,
            }
        )
        form.collided = True
        return _page(request, pleno, item, form, status)
    messages.success(request, _("Catatan disimpan."))
    return redirect(_home(pleno, item))


@gzip_page
@require_POST
def notes_settle(request, uuid, **address):
    """Set a refused text (``copy``) aside: what of it matters stands in the notes."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    asked = request.POST.get("copy")
    copy = next((one.uuid for one in texts.refused_of(item, "notes") if str(one.uuid) == asked), None)
    lifecycle.settle_notes(item, by=request.user, copy=copy)
    if request.htmx:
        return _saved(request, pleno, item, texts.Saved(item.notes_version))
    messages.success(request, _("Naskah itu disisihkan. Salinannya tetap disimpan."))
    return redirect(_home(pleno, item))
