"""The room: opening, attendance, notes, decisions, closing, scans."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from bawaslu_portal.kernel import clock, documents, forms, htmx, texts, uploads
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted
from bawaslu_portal.kernel.models import Membership

from .. import follow_ups, lifecycle, permissions, queries, quorum, register
from ..forms import ATTENDANCE, AttendanceForm, CloseForm, DecideForm, NewItemForm, OpenForm, ReasonForm, ScanForm
from ..forms.fields import DoerChoice, ReferenceField
from ..forms.noting import shown
from ..loose_ends import loose_ends
from ..models import Attendee
from ..models.items import FOLLOW_UPS, WAITING
from ..models.sessions import ADJOURNED, OPEN
from .fetch import REFUSALS, attempt, find, find_item, find_preparing, refuse, renew
from .noting import with_texts


def open_session(request, **address):
    """Open the session: everyone present, mark the exceptions."""
    pleno = find_preparing(request, **address)
    moment = pleno.planned_at if pleno.recorded_late else clock.now()
    members = Membership.objects.in_office_on(pleno.organisation, moment)
    form = OpenForm(request.POST or None, pleno=pleno, members=members)
    status = 200
    if form.is_valid():
        cleaned = form.cleaned_data
        _done, status = attempt(
            form,
            lambda: lifecycle.open_session(
                pleno,
                by=request.user,
                exceptions=form.exceptions(),
                happened_at=cleaned.get("happened_at"),
                chair=cleaned["chair"],
                chair_reason=cleaned["chair_reason"],
                invitation={"number": cleaned.get("invitation_number"), "dated": cleaned.get("invitation_dated")},
            ),
        )
        if status == 200:
            return redirect(pleno.address("plenos:room"))
    context = {"pleno": pleno, "members": members, "may_record_late": pleno.planned_at < clock.now()}
    return forms.page(request, "plenos/open.html", form, status, **context)


def room_facts(request, pleno):
    """What every fragment of the room needs: attendance, quorum now, items."""
    attendees = list(pleno.attendees.with_absences())
    for attendee in attendees:
        attendee.pleno = pleno
    now = clock.now()
    members = [a for a in attendees if a.element == "member"]
    if pleno.recorded_late:
        # There is no now in a session that is entered afterwards: each decision has its own typed hour.
        state = quorum.Quorum(pleno.quorum_base or 0, pleno.quorum_needed or 0, pleno.quorum_present or 0)
        present = [a for a in members if a.status == "present"]
    else:
        state = quorum.now_in(pleno, attendees, now)
        present = [a for a in members if a.in_room_at(now)]
    return {
        "pleno": pleno,
        "attendees": attendees,
        "attendance": None,  # the form of a line that is unfolded
        "statuses": [(value, str(word)) for value, word in ATTENDANCE],
        "quorum": state,
        "elements": Attendee.ELEMENTS,
        "present": present,
        "may_log": permissions.may_prepare(request.user, pleno),
    }


def _decide_form(request, pleno, item, facts, data=None):
    """The form of an item: as typed, or from the last decision that was undone, or empty."""
    initial = shown(item) | ({"category": item.submission.category} if item.submission_id else {})
    undone = item.decisions.exclude(undone_at=None).order_by("-undone_at").first() if data is None else None
    if undone:
        initial |= {"text": undone.text, "category": undone.category, "manner": undone.manner}
        initial |= {f"vote_{v.attendee_id}": v.choice for v in undone.votes.all()}
        initial |= {f"dissent_{d.attendee_id}": d.text for d in undone.dissents.all()}
        for n, one in enumerate(undone.follow_ups.all(), 1):
            initial |= {f"what_{n}": one.what, f"who_{n}": DoerChoice.key_of(one), f"due_{n}": one.due}
        initial |= {"reverses": undone.reverses.reference if undone.reverses else ""}
    doers = follow_ups.able(pleno.organisation, pleno.opened_at)
    return DecideForm(
        data,
        pleno=pleno,
        present=facts["present"],
        doers=doers,
        decisions=lambda: register.newest(request.user, pleno.organisation),
        abstention=quorum.may_abstain(pleno),
        initial=initial,
    )


def agenda_facts(items):
    """The agenda as the room shows it, with what it counts and the follow-ups of today."""
    return {
        "items": items,
        "follow_ups": [f for i in items for d in i.standing for f in d.follow_ups.all()],
        "counts": {
            "decided": sum(i.fate == "decided" for i in items),
            "waiting": sum(i.fate == WAITING for i in items),
            "others": sum(i.fate in ("deferred", "withdrawn") for i in items),
        },
    }


def _show_room(request, pleno, *, item=None, form=None, status=200):
    """The whole page of the room with one item open."""
    facts = room_facts(request, pleno)
    items = with_texts(queries.items_of(request.user, pleno, votes=False, follow_ups=True))
    asked = request.GET.get("agenda", "")
    opened = (lambda i: i.pk == item.pk) if item else (lambda i: str(i.order) == asked)
    current = next(filter(opened, items), None)
    current = current or next((i for i in items if i.fate == WAITING), None)
    if current and form is None and facts["may_log"] and current.fate == WAITING:
        form = _decide_form(request, pleno, current, facts)
    facts |= agenda_facts(items) | {
        "current": current,
        "reviewed": follow_ups.reviewed(pleno) if current and current.standing_kind == FOLLOW_UPS else [],
        "unreviewed": None if request.htmx else follow_ups.left_unreviewed(pleno, items),
        "new_item": NewItemForm(initial={"access": pleno.access}),
        "reason_form": ReasonForm(),
    }
    template = "plenos/room_item.html" if request.htmx else "plenos/room.html"
    return forms.page(request, template, form, status, item=current, **facts)


@gzip_page
@require_GET
def room(request, **address):
    """The live page of the session."""
    pleno = find(request, **address)
    if not permissions.reach(request.user, pleno).notes:
        raise NotPermitted(_("Ruang pleno hanya untuk Ketua, Anggota, notulis, dan kepala sekretariat unit ini."))
    if pleno.state == ADJOURNED:
        return redirect(pleno.address("plenos:resume"))
    if pleno.state != OPEN:
        return redirect(pleno.address("plenos:minutes" if pleno.closed_at else "plenos:pleno"))
    return _show_room(request, pleno)


@gzip_page
def attend(request, uuid, **address):
    """One line of the attendance with its hours and reason; changed, htmx gets the line and the quorum back."""
    pleno = find_preparing(request, **address)
    attendee = get_object_or_404(pleno.attendees.all(), uuid=uuid)
    attendee.pleno = pleno
    form = AttendanceForm(request.POST if request.method == "POST" else None, attendee=attendee)
    form.fill()
    status = 200
    if form.is_valid():
        try:
            with transaction.atomic():
                lifecycle.set_attendance(attendee, by=request.user, **form.facts())
        except REFUSALS as error:
            status = refuse(form, error)
            if isinstance(error, Conflict):
                attendee.refresh_from_db()
                renew(form, seen=attendee.seen)
        else:
            form = None
    if not request.htmx:
        if form is None:
            return redirect(pleno.address("plenos:room") + "#h-hadir")
        return forms.page(request, "plenos/attend.html", form, status, attendee=attendee, pleno=pleno)
    return roll_row(request, pleno, attendee, form, 422 if form and form.errors and status == 200 else status)


def roll_row(request, pleno, attendee, form=None, status=200):
    """One line of the attendance for htmx, and with it whatever follows from who is there; with ``form`` unfolded."""
    pleno.refresh_from_db()
    facts = {
        **room_facts(request, pleno),
        "attendee": attendee,
        "attendance": form,
        "changed": request.method == "POST",
    }
    return htmx.fragment(request, "plenos/room_roll_row.html", facts, status)


@gzip_page
@require_POST
def decide(request, uuid, **address):
    """Record the decision of an item, with the notes that stood in the form, and go on to the next."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    form = _decide_form(request, pleno, item, room_facts(request, pleno), request.POST)
    status = 200
    if form.is_valid():
        try:
            with transaction.atomic():
                decision = lifecycle.decide(item, by=request.user, once=True, **form.facts())
        except REFUSALS as error:
            status = refuse(form, error)
        else:
            if texts.refused_of(item, "notes"):
                messages.warning(request, _("Catatan agenda ini ada dua naskah. Keduanya disimpan; gabungkan."))
            messages.success(
                request,
                _("Suara berimbang: belum ada keputusan. Putuskan lagi, tunda, atau tarik agenda ini.")
                if decision.result == "tied"
                else _("Keputusan dicatat."),
            )
            return redirect(pleno.address("plenos:room"))
    else:
        status = 422
    return _show_room(request, pleno, item=item, form=form, status=status)


@require_GET
def earlier_decisions(request, **address):
    """What the form of a decision proposes to name as reversed: asked for when that part of it is unfolded."""
    pleno = find_preparing(request, **address)
    decisions = register.newest(request.user, pleno.organisation)
    return render(request, "plenos/earlier_decisions.html", {"decisions": ReferenceField.proposed(decisions)})


def _settle(request, verb, uuid, address, done, **words):
    """An item is not decided now. ``words``: heading, effect."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    form, status = ReasonForm(request.POST or None), 200
    if form.is_valid():
        _done, status = attempt(form, lambda: verb(item, by=request.user, reason=form.cleaned_data["reason"]))
        if status == 200:
            messages.success(request, done)
            return redirect(pleno.address("plenos:room"))
    return forms.page(request, "plenos/settle.html", form, status, pleno=pleno, item=item, **words)


def defer(request, uuid, **address):
    """Put an item off, with a reason."""
    effect = _(
        "Agenda ini tidak diputus sekarang dan dibawa ke pleno berikutnya; alasannya tertulis di risalah. "
        "Selama pleno terbuka masih dapat dibuka kembali."
    )
    words = {"heading": _("Tunda agenda"), "effect": effect}
    return _settle(request, lifecycle.defer, uuid, address, _("Agenda ditunda."), **words)


def withdraw(request, uuid, **address):
    """Take an item back, with a reason."""
    effect = _(
        "Agenda ini tidak dibahas lagi dan tidak diputus; alasannya tertulis di risalah. "
        "Selama pleno terbuka masih dapat dibuka kembali."
    )
    words = {"heading": _("Tarik agenda"), "effect": effect}
    return _settle(request, lifecycle.withdraw, uuid, address, _("Agenda ditarik."), **words)


@require_POST
def reopen_item(request, uuid, **address):
    """Take up a deferred or withdrawn item again."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    lifecycle.reopen_item(item, by=request.user)
    return redirect(pleno.address("plenos:room") + f"?agenda={item.order}")


@require_POST
def undo(request, uuid, **address):
    """Undo a slip: the decision's words come back into the form."""
    pleno = find_preparing(request, **address)
    decision = get_object_or_404(pleno.decisions.all(), uuid=uuid)
    decision.pleno = pleno
    lifecycle.undo_decision(decision, by=request.user)
    messages.success(request, _("Keputusan dibatalkan; isinya kembali ke formulir."))
    return redirect(pleno.address("plenos:room") + f"?agenda={decision.item.order}")


@require_POST
def room_item_add(request, **address):
    """Add an item while the session is under way."""
    pleno = find_preparing(request, **address)
    form = NewItemForm(request.POST)
    status = 422
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("title", "background", "proposer", "access")}
        item, status = attempt(form, lambda: lifecycle.add_item(pleno, by=request.user, **facts))
        if status == 200:
            messages.success(request, _("Agenda ditambahkan."))
            return redirect(pleno.address("plenos:room") + f"?agenda={item.order}")
    return forms.page(request, "plenos/item_edit.html", form, status, pleno=pleno, item=None)


def close(request, **address):
    """What is still open, then close: decisions get their numbers."""
    pleno = find_preparing(request, **address)
    items = with_texts(queries.items_of(request.user, pleno))
    waiting = [item for item in items if item.fate == WAITING]
    form = CloseForm(request.POST or None, pleno=pleno, waiting=waiting)
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form,
            lambda: lifecycle.close(
                pleno,
                by=request.user,
                happened_at=form.cleaned_data.get("happened_at"),
                fates=form.fates(),
                reason=form.cleaned_data.get("reason", ""),
            ),
        )
        if status == 200:
            messages.success(request, _("Pleno ditutup. Periksa risalahnya, lalu ajukan untuk ditandatangani."))
            return redirect(pleno.address("plenos:minutes"))
    facts = room_facts(request, pleno)
    context = facts | {
        "items": items,
        "loose": loose_ends(pleno, items, facts["attendees"]),
        "waiting": [(item, form[f"fate_{item.pk}"]) for item in waiting],
    }
    return forms.page(request, "plenos/close.html", form, status, **context)


def scan_add(request, **address):
    """Keep a scanned paper with the pleno."""
    pleno = find_preparing(request, **address)
    form = ScanForm(request.POST or None, request.FILES or None)
    status = 200
    if form.is_valid():
        content, kind = form.cleaned_data["scan"]
        _done, status = attempt(
            form,
            lambda: lifecycle.add_scan(
                pleno, by=request.user, file=documents.store(content, kind), caption=form.cleaned_data["caption"]
            ),
        )
        if status == 200:
            messages.success(request, _("Pindaian disimpan."))
            return redirect(pleno.address("plenos:minutes" if pleno.closed_at else "plenos:room"))
    return forms.page(request, "plenos/scan_add.html", form, status, pleno=pleno)


@require_GET
def scan_file(request, uuid, **address):
    """A scan of the pleno, for those who read its minutes."""
    pleno = find(request, **address)
    if not permissions.reads_minutes(request.user, pleno, queries.minutes_access(pleno)):
        raise NotPermitted(_("Lampiran ini hanya untuk mereka yang berhak membaca risalahnya."))
    scan = get_object_or_404(pleno.scans.select_related("file"), uuid=uuid)
    return uploads.attachment(scan.file, f"pindaian-{scan.pk}{uploads.ending(scan.file.media_type)}")
