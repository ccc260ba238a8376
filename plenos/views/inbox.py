"""The inbox of a plenary: what was put before it, and what became of it; proposing, placing, returning, withdrawing."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import catalogue, exports, forms, ledger, remark_forms
from bawaslu_portal.kernel.lifecycle import NotPermitted

from .. import intake, lifecycle, permissions, preparation, sheets, submissions
from ..forms import AttachForm, PlaceForm, ProposalForm, ReasonForm, RequestForm
from ..models import Submission
from .fetch import REFUSALS, attempt, find_unit, refuse

PAGE = 30


@exports.printable
def inbox(request, code):
    """What waits for the plenary of a unit, what is placed, and on demand what is over; within one's reading."""
    unit = find_unit(request, code)
    if not permissions.may_read_inbox(request.user, unit):
        raise NotPermitted(_("Kotak masuk dibaca orang unit ini dan pembinanya di tingkat atas."))
    mine = Submission.objects.visible_to(request.user).filter(organisation=unit)
    rows = mine.select_related("asking", "by", "division").order_by("-id")
    over = bool(request.GET.get("selesai"))
    shown = rows.exclude(state__in=("waiting", "placed")) if over else rows.live()
    sent = [] if over else submissions.sent(request.user, unit)

    def table():
        return sheets.inbox(unit, submissions.with_items(shown[: sheets.MOST]), sent, over=over)

    if response := exports.answer(request, table, unit):
        return response
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "page": page,
        "rows": submissions.with_items(page),
        "over": over,
        "sent": sent,
        "keeps": permissions.may_plan(request.user, unit),
        "proposes": permissions.may_propose(request.user, unit),
        "asks": permissions.may_ask(request.user, unit),
    }
    return render(request, "plenos/inbox.html", context)


def propose(request, code):
    """Propose an item for the own plenary; from above, ask the plenary of a unit for a follow-up."""
    unit = find_unit(request, code)
    own, above = permissions.may_propose(request.user, unit), permissions.may_ask(request.user, unit)
    if not (own or above):
        raise NotPermitted(_("Usul diajukan orang unit ini; permintaan tindak lanjut oleh pembinanya di tingkat atas."))
    again = _again(request, unit)
    form = (ProposalForm if own else RequestForm)(
        request.POST or None, request.FILES or None, unit=unit, user=request.user, initial=again
    )
    status = 200
    if form.is_valid():
        try:
            if own:
                submission = intake.propose(unit, by=request.user, **form.facts())
            else:
                submission = intake.ask_follow_up(unit, by=request.user, asking=unit.parent_on(), **form.facts())
        except REFUSALS as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("Usul diajukan; sekretariat menempatkannya pada agenda."))
            return redirect(submission)
    return forms.page(request, "plenos/propose.html", form, status, unit=unit, own=own)


def _again(request, unit):
    """What an earlier one that was returned or withdrawn said: it is submitted again as a new one."""
    earlier = Submission.objects.visible_to(request.user).filter(by=request.user, organisation=unit)
    earlier = earlier.filter(uuid=request.GET["dari"]).first() if _is_uuid(request.GET.get("dari", "")) else None
    if earlier is None:
        return {"access": "closed"}
    return {name: getattr(earlier, name) for name in ("label", "summary", "category", "access", "division", "due")}


def _is_uuid(text):
    import uuid

    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def find_submission(request, uuid):
    """A submission that the reader may read, or 404."""
    rows = Submission.objects.visible_to(request.user).select_related("organisation", "asking", "by", "division")
    return get_object_or_404(rows, uuid=uuid)


def _show(request, found, *, attach=None, status=200):
    keeps = permissions.may_place(request.user, found)
    live = found.state in ("waiting", "placed")
    fate = submissions.fate_of(found)
    movable = live and fate.movable
    kind = catalogue.submission_kind(found.kind)
    if attach is None and found.state == "waiting" and permissions.may_attach_to_submission(request.user, found):
        attach = AttachForm()
    context = {
        "submission": found,
        "kind": kind.label if kind else found.kind,
        "address": catalogue.link(found.kind, found.thing, request.user) if found.thing else None,
        "fate": fate,
        "files": submissions.files_of(found),
        "attach": attach,
        "may_place": keeps and live and (fate.item is None or fate.put_off),
        "may_return": keeps and movable,
        "may_withdraw": movable and permissions.may_take_back(request.user, found),
        "may_resubmit": found.state in ("withdrawn", "returned") and found.by_id == request.user.pk,
        "place": PlaceForm(plenos=preparation.preparing(found.organisation)) if keeps and live else None,
        "history": ledger.history_of(found),
        "talk": remark_forms.panel(request.user, found, reverse("plenos:submission_talk", args=[found.uuid]))
        if found.between_units
        else None,
    }
    return render(request, "plenos/submission.html", context, status=status)


@require_GET
def submission(request, uuid):
    """One submission: what it says, where it stands, what became of it."""
    return _show(request, find_submission(request, uuid))


@require_POST
def submission_attach(request, uuid):
    """More files, by who submitted it, while it waits."""
    found = find_submission(request, uuid)
    form = AttachForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("files", "caption", "dated")}
        _done, status = attempt(form, lambda: lifecycle.attach(found, by=request.user, **facts))
        if status == 200:
            messages.success(request, _("Berkas disimpan."))
            return redirect(found)
    return _show(request, found, attach=form, status=status)


@require_POST
def submission_place(request, uuid):
    """Put it on the agenda of a draft or invited pleno, or on the next that is drawn up."""
    found = find_submission(request, uuid)
    form = PlaceForm(request.POST, plenos=preparation.preparing(found.organisation))
    pleno = form.cleaned_data["pleno"] if form.is_valid() else None
    lifecycle.intake.place(found, by=request.user, pleno=pleno)
    messages.success(request, _("Usul diagendakan."))
    return redirect(pleno.address("plenos:agenda") if pleno else found.get_absolute_url())


def _end(request, found, verb, permission, said, **words):
    """It leaves the inbox with a reason. ``words``: heading, effect, button."""
    if not permission(request.user, found):
        raise NotPermitted(_("Peran Anda tidak berwenang melakukan ini."))
    form, status = ReasonForm(request.POST or None), 200
    if form.is_valid():
        _done, status = attempt(form, lambda: verb(found, by=request.user, reason=form.cleaned_data["reason"]))
        if status == 200:
            messages.success(request, said)
            return redirect(found)
    return forms.page(request, "plenos/submission_end.html", form, status, submission=found, **words)


def submission_return(request, uuid):
    """Return it to whoever made it, with a reason."""
    found = find_submission(request, uuid)
    told = _("%(name)s diberi tahu, membaca alasannya, dan dapat mengajukannya lagi.") % {"name": found.by.name}
    return _end(
        request,
        found,
        lifecycle.intake.give_back,
        permissions.may_place,
        _("Usul dikembalikan; pengusulnya diberi tahu."),
        heading=_("Kembalikan usul"),
        effect=told,
        button=_("Kembalikan"),
    )


def submission_withdraw(request, uuid):
    """Who submitted it takes it back, with a reason."""
    return _end(
        request,
        find_submission(request, uuid),
        intake.withdraw,
        permissions.may_take_back,
        _("Usul ditarik."),
        heading=_("Tarik usul"),
        effect=_(
            "Usul keluar dari kotak masuk dan dari agenda yang sedang disusun. Sesudah diperbaiki dapat diajukan lagi."
        ),
        button=_("Tarik usul"),
    )
