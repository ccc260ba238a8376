"""What one person is told, and how the work is done: notices and help sheets."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from . import help as sheets
from . import notices
from .models.talk import Notice

PAGE = 30


@require_GET
def notice_list(request):
    """My notices, the newest first."""
    rows = Notice.objects.visible_to(request.user).select_related("organisation")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/notices.html", {"page": page, "unseen": rows.unseen().exists()})


@require_POST
def notice_open(request, uuid):
    """Mark it seen and go where it leads."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), uuid=uuid)
    notices.mark_seen(request.user, notice.about)
    return redirect(notice.url or "kernel:notices")


@require_POST
def notices_seen(request):
    """Mark all of mine seen."""
    notices.mark_seen(request.user)
    messages.success(request, _("Semua kabar ditandai sudah dibaca."))
    return redirect("kernel:notices")


def _role(request, role):
    if role not in dict(sheets.roles()):
        raise Http404
    return role


@require_GET
def help_index(request):
    """The sheets; my own roles first."""
    mine = [m.role for m in request.portal.memberships]
    rows = sorted(sheets.roles(), key=lambda row: row[0] not in mine)
    return render(request, "portal/help_index.html", {"rows": rows, "mine": mine})


@require_GET
def help_sheet(request, role):
    """One sheet, in the reader's language."""
    role = _role(request, role)
    context = {"role": role, "label": sheets.ROLES[role], "chapters": sheets.sheet(role)}
    return render(request, "portal/help_sheet.html", context)


@require_POST
def help_print(request, role):
    """Ask for the sheet as a paper of my unit."""
    role = _role(request, role)
    if request.portal.unit is None:
        raise Http404
    paper = sheets.issue(request.portal.unit, role, by=request.user)
    return redirect("kernel:document", uuid=paper.uuid)
