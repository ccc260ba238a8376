"""Files that hang on an item of the agenda: the list with its form, one file, its caption, its removal."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import forms, uploads

from .. import lifecycle, permissions, queries
from ..forms import AttachForm, DescribeForm
from ..lifecycle.table import ATTACH, DETACH
from .fetch import attempt, find, find_item, find_preparing


def attachments(request, uuid, **address):
    """The files of an item, and more of them."""
    pleno = find_preparing(request, **address) if request.method == "POST" else find(request, **address)
    item = find_item(request, pleno, uuid)
    form = AttachForm(request.POST or None, request.FILES or None)
    status = 200
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("files", "caption", "dated")}
        made, status = attempt(form, lambda: lifecycle.attach(item, by=request.user, **facts))
        if status == 200:
            messages.success(
                request, ngettext("Lampiran disimpan.", "%(n)s lampiran disimpan.", len(made)) % {"n": len(made)}
            )
            return redirect(pleno.address("plenos:attachments", uuid=item.uuid))
    context = {
        "pleno": pleno,
        "item": item,
        "may_attach": pleno.state in ATTACH.sources and permissions.may_prepare(request.user, pleno),
    }
    return forms.page(request, "plenos/item_attachments.html", form, status, **context)


@require_GET
def attachment_file(request, uuid):
    """One attached file, for whoever reads the record that it hangs on."""
    attachment = queries.attachment_for(request.user, uuid)
    if attachment is None:
        raise Http404
    kind = attachment.file.media_type
    name = attachment.name.rsplit(".", 1)[0] + uploads.ending(kind)
    return uploads.attachment(attachment.file, name, inline=kind.startswith("image/"))


def _find(request, pleno, uuid):
    """An attachment of an item that the reader may read, or 404."""
    attachment = queries.attachment_for(request.user, uuid)
    if attachment is None or attachment.item is None or attachment.item.pleno_id != pleno.pk:
        raise Http404
    attachment.item.pleno = pleno
    return attachment


def attachment_edit(request, uuid, **address):
    """Caption, date of the document and place of one attachment."""
    pleno = find_preparing(request, **address)
    attachment = _find(request, pleno, uuid)
    stored = {name: getattr(attachment, name) for name in ("caption", "dated", "order")}
    form = DescribeForm(request.POST or None, initial=stored)
    status = 200
    if form.is_valid():
        _done, status = attempt(form, lambda: lifecycle.describe(attachment, by=request.user, **form.cleaned_data))
        if status == 200:
            messages.success(request, _("Keterangan lampiran disimpan."))
            return redirect(pleno.address("plenos:attachments", uuid=attachment.item.uuid))
    context = {"pleno": pleno, "item": attachment.item, "attachment": attachment}
    context["may_detach"] = pleno.state in DETACH.sources
    return forms.page(request, "plenos/attachment_edit.html", form, status, **context)


@require_POST
def attachment_remove(request, uuid, **address):
    """Take a file off an item."""
    pleno = find_preparing(request, **address)
    attachment = _find(request, pleno, uuid)
    item = attachment.item
    lifecycle.detach(attachment, by=request.user)
    messages.success(request, _("Lampiran dihapus."))
    return redirect(pleno.address("plenos:attachments", uuid=item.uuid))
