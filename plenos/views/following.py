"""The follow-ups of a unit, one of them, and what is said of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import clock, exports, forms, ledger

from .. import follow_ups as reading
from .. import permissions, register, sheets
from ..forms.following import FollowUpFilter, ProgressForm, ReasonedForm, WordForm
from ..lifecycle import following
from .fetch import attempt, find_unit

PAGE = 30


@exports.printable
def follow_ups(request, code):
    """The follow-ups of a unit, the overdue first; for the level above counts and lateness only."""
    unit = find_unit(request, code)
    sums = reading.sums(request.user, unit)
    if sums is None:
        raise Http404
    people, divisions = reading.doers(request.user, unit)
    form = FollowUpFilter(request.GET, years=register.years(unit), people=people, divisions=divisions)
    rows = reading.narrowed(reading.of_unit(request.user, unit), unit, form.wanted)

    def table():
        return sheets.follow_ups(unit, reading.loaded(request.user, rows[: sheets.MOST]), form.chips())

    if response := exports.answer(request, table, unit):
        return response
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page.object_list = reading.loaded(request.user, page.object_list)
    context = {"unit": unit, "sums": sums, "form": form, "page": page, "today": clock.today(unit)}
    context["reads"] = permissions.follow_up_reach(request.user, unit) in (permissions.ALL, permissions.OWN)
    return render(request, "plenos/follow_ups.html", context)


def _find(request, code, uuid):
    """A follow-up that the reader may read, or 404."""
    return get_object_or_404(reading.readable(request.user), organisation__code=code, uuid=uuid)


def _may(user, follow_up):
    """What ``user`` may do with it now, by the names of the verbs."""
    open_, reported = follow_up.state == "open", follow_up.state == "reported"
    judges = reported and permissions.may_confirm_done(user, follow_up)
    return {
        "note_progress": (open_ or reported) and permissions.may_note_progress(user, follow_up),
        "report_done": open_ and permissions.may_report_done(user, follow_up),
        "confirm_done": judges and following.reporter(follow_up) != user.pk,
        "send_back": judges,
        "stop": (open_ or reported) and permissions.may_stop(user, follow_up),
    }


@require_GET
def follow_up(request, code, uuid):
    """One follow-up: what, who, until when, and all that was said of it."""
    return _show(request, _find(request, code, uuid), ProgressForm())


def _show(request, row, form, status=200):
    context = {
        "follow_up": row,
        "may": _may(request.user, row),
        "progress": reading.told(row),
        "late": row.late_now,
        "reads_decision": register.readable(request.user, row.organisation).filter(pk=row.decision_id).exists(),
        "history": ledger.history_of(row),
    }
    return forms.page(request, "plenos/follow_up.html", form, status, **context)


def _progress(request, code, uuid, verb, done):
    """Say how it goes, with evidence; from the room one comes back to the room."""
    row = _find(request, code, uuid)
    form = ProgressForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("text", "files")}
        _done, status = attempt(form, lambda: verb(row, by=request.user, **facts))
        if status == 200:
            messages.success(request, done)
            back = request.POST.get("back", "")
            return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else row)
    return _show(request, row, form, status)


@require_POST
def note_progress(request, code, uuid):
    """Note how a follow-up goes."""
    return _progress(request, code, uuid, following.note_progress, _("Perkembangan dicatat."))


@require_POST
def report_done(request, code, uuid):
    """Report it done: another confirms."""
    done = _("Dilaporkan selesai. Orang lain yang menyatakannya selesai.")
    return _progress(request, code, uuid, following.report_done, done)


def _word(request, code, uuid, verb, done, **words):
    """A step with a word and nothing else, on a page of its own. ``words``: heading, effect, button, danger."""
    row = _find(request, code, uuid)
    shape = WordForm if verb is following.confirm_done else ReasonedForm
    form, status = shape(request.POST or None), 200
    if form.is_valid():
        _done, status = attempt(form, lambda: verb(row, by=request.user, text=form.cleaned_data["text"]))
        if status == 200:
            messages.success(request, done)
            return redirect(row)
    return forms.page(request, "plenos/follow_up_word.html", form, status, follow_up=row, **words)


def confirm_done(request, code, uuid):
    """Say that it is done."""
    return _word(
        request,
        code,
        uuid,
        following.confirm_done,
        _("Dinyatakan selesai."),
        heading=_("Nyatakan selesai"),
        effect=_("Tindak lanjut ditutup sebagai selesai dan tidak dapat dibuka lagi."),
        button=_("Nyatakan selesai"),
    )


def send_back(request, code, uuid):
    """Say that it is not done yet, and why."""
    return _word(
        request,
        code,
        uuid,
        following.send_back,
        _("Dikembalikan; pelaksananya diberi tahu."),
        heading=_("Belum selesai"),
        effect=_("Tindak lanjut berjalan kembali. Pelaksana dan pelapornya diberi tahu; tulis apa yang masih kurang."),
        button=_("Kembalikan"),
    )


def stop(request, code, uuid):
    """Stop it, and why."""
    return _word(
        request,
        code,
        uuid,
        following.stop,
        _("Tindak lanjut dihentikan."),
        heading=_("Hentikan tindak lanjut"),
        effect=_(
            "Tindak lanjut tidak diteruskan dan tidak dapat dibuka lagi. Pelaksananya diberi tahu; tulis alasannya."
        ),
        button=_("Hentikan"),
        danger=True,
    )
