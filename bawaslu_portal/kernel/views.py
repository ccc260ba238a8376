"""Papers, the work that makes them, and the outbox: pages that every app shares."""

import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from . import catalogue, clock, documents, exports, jobs, outbox
from .models.jobs import Job
from .models.mail import OutboxMessage
from .models.organisations import Organisation
from .paging import BoundedPaginator
from .unit_views import sheets
from .uploads import attachment

PAGE = 30
ALL_YEARS = "semua"
YEARS = 10  # so many can be chosen one by one


def _readable(request):
    return documents.readable_by(request.user).select_related("organisation", "file").defer("record")


@require_GET
def print_room(request):
    """The papers that I may read, the newest first: of the last twelve months unless another time is asked for, since
    what is printed is new and the years pile up. Filters stand in the address."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("unit", "kind", "q", "all", "tahun")}
    this_year = clock.now().astimezone(timezone.get_current_timezone()).year
    years = [str(this_year - n) for n in range(YEARS)]
    papers, time = _of_time(_readable(request), chosen, years)
    if chosen["unit"]:
        papers = papers.filter(organisation__code=chosen["unit"])
    if chosen["kind"]:
        papers = papers.filter(kind=chosen["kind"])
    if chosen["q"]:
        papers = papers.filter(Q(number__icontains=chosen["q"]) | Q(title__icontains=chosen["q"]))
    if not chosen["all"]:
        papers = papers.filter(superseded_by=None, withdrawn_at=None)
    page = BoundedPaginator(papers.order_by("-created_at", "-id"), PAGE).get_page(request.GET.get("page"))
    works = {job.key: job for job in Job.objects.filter(kind="paper", key__in=[str(d.uuid) for d in page])}
    rows = [(document, works.get(str(document.uuid))) for document in page]
    context = {
        "page": page,
        "rows": rows,
        "chosen": chosen,
        "time": time,
        "narrowed": any(value for name, value in chosen.items() if name != "all" and value != ALL_YEARS),
        "years": years,
        "kinds": catalogue.papers(),
        "units": Organisation.objects.visible_to(request.user),
    }
    return render(request, "kernel/print_room.html", context)


def _of_time(papers, chosen, years):
    """(``papers`` of the time that was chosen, its name): a year by the clock of the reader, all years, or the last
    twelve months; whoever types words and no time means all years."""
    asked = chosen["tahun"]
    if asked in years:
        return papers.filter(created_at__year=int(asked)), asked
    if asked == ALL_YEARS or chosen["q"]:
        return papers, ALL_YEARS
    return papers.filter(created_at__gte=clock.now() - datetime.timedelta(days=365)), ""


@require_GET
def document(request, uuid):
    """One paper: its facts, its state, then the link by itself. htmx asks for the state alone."""
    paper = get_object_or_404(_readable(request), uuid=uuid)
    context = {"document": paper, "job": documents.job_of(paper)}
    if request.htmx:
        return render(request, "components/paper.html", context)
    context["address"] = catalogue.link(paper.about_kind, paper.about, request.user) or paper.record.get("seen_at")
    return render(request, "kernel/document.html", context)


@require_GET
def document_file(request, uuid):
    """The bytes of a paper, as an attachment (or in the browser with ?lihat)."""
    paper = get_object_or_404(_readable(request), uuid=uuid)
    if paper.file is None:
        return redirect("kernel:document", uuid=uuid)
    name = slugify(f"{paper.title} {paper.number} {paper.organisation.code}")[:120] or "naskah"
    return attachment(paper.file, f"{name}.pdf", inline="lihat" in request.GET)


def _own_job(request, uuid):
    return get_object_or_404(Job.objects.filter(asked_by=request.user), uuid=uuid)


@require_GET
def job(request, uuid):
    """The true state of work that I asked for; the page asks again by itself until it is done."""
    work = _own_job(request, uuid)
    paper = None
    if work.kind == "paper":
        paper = _readable(request).filter(uuid=work.payload.get("document")).first()
    context = {"job": work, "document": paper, "before": jobs.queue_position(work) if work.state == "queued" else 0}
    return render(request, "components/job.html" if request.htmx else "kernel/job.html", context)


@require_POST
def job_again(request, uuid):
    """Queue a failed job once more."""
    work = get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid)
    if not jobs.may_try_again(request.user, work):
        raise Http404
    jobs.try_again(work, by=request.user)
    messages.success(request, _("Pekerjaan diantrekan lagi."))
    if work.asked_by_id != request.user.pk:
        return redirect("kernel:document", uuid=work.payload["document"])
    return redirect("kernel:job", uuid=uuid)


@exports.printable
def outbox_list(request, code):
    """What was sent for a unit, or would have been: for those who keep its records."""
    unit = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    outbox.require_keeper(request.user, unit)
    chosen = request.GET.get("state", "")
    rows = OutboxMessage.objects.visible_to(request.user).filter(organisation=unit)
    if chosen:
        rows = rows.filter(state=chosen)
    said = dict(OutboxMessage.STATES).get(chosen, "")
    if response := exports.answer(request, lambda: sheets.outbox(unit, rows, said), unit):
        return response
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"unit": unit, "page": page, "chosen": chosen, "states": OutboxMessage.STATES}
    return render(request, "kernel/outbox.html", context)


def message(request, code, uuid):
    """One message with its words, ready to be handed over; POST notes that it was, or asks to send it again."""
    unit = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    outbox.require_keeper(request.user, unit)
    row = get_object_or_404(OutboxMessage.objects.visible_to(request.user).filter(organisation=unit), uuid=uuid)
    if request.method == "POST" and "again" in request.POST:
        outbox.try_again(row, by=request.user)
        messages.success(request, _("Pesan dikirim lagi dalam beberapa menit."))
        return redirect("kernel:message", code=code, uuid=uuid)
    if request.method == "POST":
        outbox.hand_over(row, by=request.user)
        messages.success(
            request,
            _("Dicatat: pesan disampaikan langsung pada %(at)s.")
            % {"at": clock.local(clock.now(), unit).strftime("%d-%m-%Y %H.%M")},
        )
        return redirect("kernel:message", code=code, uuid=uuid)
    context = {"unit": unit, "message": row, "share": outbox.share_link(row)}
    context.update(link_page=outbox.link_page(row, request.user), again=outbox.may_try_again(row))
    return render(request, "kernel/message.html", context)


@require_GET
def calendar_file(request, code, uuid):
    """The .ics of a message, to hand over or to import."""
    unit = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    row = get_object_or_404(OutboxMessage.objects.filter(organisation=unit), uuid=uuid)
    if row.to_user_id != request.user.pk:
        outbox.require_keeper(request.user, unit)
    if not row.calendar:
        return redirect("kernel:message", code=code, uuid=uuid)
    response = HttpResponse(row.calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="undangan.ics"'
    return response
