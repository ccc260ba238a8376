"""Planning, agenda, guests, invitation, rescheduling, cancelling."""

import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bawaslu_portal.kernel import clock, forms, numbering
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted
from bawaslu_portal.kernel.settings_store import values

from .. import follow_ups, lifecycle, permissions, preparation, queries, submissions
from ..forms import CancelForm, EditForm, EditItemForm, GuestForm, InviteForm, NewItemForm, PlanForm, RescheduleForm
from ..models.sessions import DRAFT, INVITED, week_text
from .fetch import REFUSALS, attempt, find_item, find_preparing, find_unit, place_asked, refuse, renew


def _proposal(unit, request):
    """What the form starts with: the next weekly day and hour of the unit, its place, the chair by rule."""
    held = values(unit, ["plenos.weekday", "plenos.hour", "plenos.place"])
    now = clock.local(clock.now(), unit)
    hour = datetime.time.fromisoformat(held["plenos.hour"])
    day = now.date() + datetime.timedelta(days=(int(held["plenos.weekday"]) - now.isoweekday()) % 7)
    if day == now.date() and now.time() >= hour:
        day += datetime.timedelta(days=7)
    asked = request.GET.get("minggu", "")
    try:
        year, week = asked.split("-W")
        day = datetime.date.fromisocalendar(int(year), int(week), int(held["plenos.weekday"]))
    except (ValueError, OverflowError):
        pass
    planned_at = datetime.datetime.combine(day, hour, unit.zone)
    chair = queries.proposed_chair(unit, clock.now())
    taker = queries.usual_note_taker(unit)
    return {
        "week": week_text(*day.isocalendar()[:2]),
        "planned_at": planned_at,
        "place": held["plenos.place"],
        "access": "closed",
        "occasion": "weekly",
        "chair": chair.pk if chair else None,
        "note_taker": taker.pk if taker else None,
        "recorded_late": planned_at < clock.now(),
        "prepare": planned_at >= clock.now(),
    }


def plan(request, code):
    """Plan a pleno of the unit."""
    unit = find_unit(request, code)
    if not permissions.may_plan(request.user, unit):
        raise NotPermitted(_("Hanya Ketua, notulis, dan kepala sekretariat unit ini yang merencanakan pleno."))
    form = PlanForm(request.POST or None, organisation=unit, initial=_proposal(unit, request))
    status = 200
    if form.is_valid():
        try:
            facts = form.facts()
            verb = lifecycle.plan_prepared if facts.pop("prepare") else lifecycle.plan
            pleno = verb(unit, by=request.user, **facts)
        except REFUSALS as error:
            status = refuse(form, error)
        else:
            messages.success(
                request,
                _("Pleno direncanakan. Periksa agendanya, lalu catat jalannya.")
                if pleno.recorded_late
                else _("Pleno direncanakan. Periksa agendanya, lalu terbitkan undangan."),
            )
            return redirect(pleno)
    return forms.page(request, "plenos/plan.html", form, status, unit=unit)


def edit(request, **address):
    """Change a draft."""
    pleno = find_preparing(request, **address)
    names = ("planned_at", "place", "link", "access", "occasion", "urgent")
    initial = {name: getattr(pleno, name) for name in names}
    initial |= {
        "chair": pleno.chair_id,
        "chair_reason": pleno.chair_reason,
        "note_taker": pleno.note_taker_id,
        "version": pleno.version,
    }
    form = EditForm(
        request.POST or None, organisation=pleno.organisation, recorded_late=pleno.recorded_late, initial=initial
    )
    status, conflict = 200, False
    if form.is_valid():
        try:
            lifecycle.edit(pleno, by=request.user, version=form.cleaned_data["version"], **form.facts())
        except REFUSALS as error:
            status, conflict = refuse(form, error), isinstance(error, Conflict)
            if conflict:
                # What is stored now stands beside what was typed; saving again is then a choice made with both seen.
                renew(form, version=pleno.version)
        else:
            messages.success(request, _("Rencana pleno diubah."))
            return redirect(pleno)
    return forms.page(request, "plenos/edit.html", form, status, pleno=pleno, conflict=conflict)


def agenda(request, **address):
    """The agenda before the session: add, order, change, take off."""
    pleno = find_preparing(request, **address)
    form = NewItemForm(request.POST or None, initial={"access": pleno.access})
    status = 200
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("title", "background", "proposer", "access")}
        _done, status = attempt(form, lambda: lifecycle.add_item(pleno, by=request.user, **facts))
        if status == 200:
            messages.success(request, _("Agenda ditambahkan."))
            return redirect(pleno.address("plenos:agenda"))
    items = preparation.with_origins(queries.items_of(request.user, pleno))
    context = {
        "pleno": pleno,
        "items": items,
        "unreviewed": follow_ups.left_unreviewed(pleno, items),
        "guests": pleno.attendees.filter(element="guest"),
        "arranging": pleno.state in (DRAFT, INVITED),
        "pending": preparation.pending(pleno.organisation),
        "prepared": preparation.is_prepared(pleno),
        "follow_ups": preparation.open_follow_ups(pleno.organisation),
        "waiting": submissions.inbox_count([pleno.organisation_id]).get(pleno.organisation_id, 0),
    }
    return forms.page(request, "plenos/agenda.html", form, status, **context)


def item_edit(request, uuid, **address):
    """Change one item before the session."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    form = EditItemForm(request.POST or None, instance=item, initial={"version": item.version})
    status, stored = 200, None
    if form.is_valid():
        try:
            lifecycle.edit_item(item, by=request.user, **form.cleaned_data)
        except REFUSALS as error:
            status = refuse(form, error)
            if isinstance(error, Conflict):
                stored = queries.items_of(request.user, pleno).filter(uuid=uuid).first()
                renew(form, version=stored.version if stored else item.version)
        else:
            messages.success(request, _("Agenda diubah."))
            return redirect(pleno.address("plenos:agenda"))
    return forms.page(request, "plenos/item_edit.html", form, status, pleno=pleno, item=item, stored=stored)


@require_POST
def item_move(request, uuid, **address):
    """Give an item another place in the order."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    lifecycle.move_item(item, by=request.user, to=place_asked(request, item))
    return redirect(pleno.address("plenos:agenda") + f"#agenda-{item.uuid}")


@require_POST
def item_remove(request, uuid, **address):
    """Take an item off the agenda."""
    pleno = find_preparing(request, **address)
    item = find_item(request, pleno, uuid)
    try:
        lifecycle.remove_item(item, by=request.user)
    except ValidationError:  # a reason is owed: it is asked for on a page of its own
        return redirect(pleno.address("plenos:item_leave", uuid=item.uuid))
    messages.success(request, _("Agenda dihapus dari susunan."))
    return redirect(pleno.address("plenos:agenda"))


def guests(request, **address):
    """Add an invited guest."""
    pleno = find_preparing(request, **address)
    form = GuestForm(request.POST or None)
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form,
            lambda: lifecycle.add_guest(
                pleno, by=request.user, name=form.cleaned_data["name"], title=form.cleaned_data["title"]
            ),
        )
        if status == 200:
            messages.success(request, _("Undangan dicatat."))
            return redirect(pleno.address("plenos:room" if pleno.opened_at else "plenos:agenda"))
    return forms.page(request, "plenos/guests.html", form, status, pleno=pleno)


@require_POST
def guest_remove(request, uuid, **address):
    """Take a guest off the list before the session."""
    pleno = find_preparing(request, **address)
    guest = get_object_or_404(pleno.attendees.filter(element="guest"), uuid=uuid)
    guest.pleno = pleno
    lifecycle.remove_guest(guest, by=request.user)
    return redirect(pleno.address("plenos:agenda"))


def _source(pleno):
    return numbering.scheme(pleno.organisation, "plenos.undangan")["source"]


def invite(request, **address):
    """Check, then issue the invitation."""
    pleno = find_preparing(request, **address)
    form = InviteForm(request.POST or None, source=_source(pleno))
    status = 200
    if form.is_valid():
        _done, status = attempt(
            form,
            lambda: lifecycle.invite(
                pleno,
                by=request.user,
                number=form.cleaned_data.get("number", ""),
                dated=form.cleaned_data.get("dated"),
            ),
        )
        if status == 200:
            messages.success(request, _("Undangan diterbitkan; surat dan daftar hadir kosong sedang dibuat."))
            return redirect(pleno)
    dated = form.cleaned_data.get("dated") if form.is_bound and form.is_valid() else None
    context = {"pleno": pleno, "items": queries.items_of(request.user, pleno)}
    context |= {"lead": preparation.lead_days(pleno, dated), "short": preparation.days_short(pleno, dated)}
    return forms.page(request, "plenos/invite.html", form, status, **context)


def reschedule(request, **address):
    """Another time or place, with a notice."""
    pleno = find_preparing(request, **address)
    initial = {"planned_at": pleno.planned_at, "place": pleno.place, "link": pleno.link}
    form = RescheduleForm(request.POST or None, source=_source(pleno), organisation=pleno.organisation, initial=initial)
    status = 200
    if form.is_valid():
        facts = {k: v for k, v in form.cleaned_data.items() if k != "request_key"}
        _done, status = attempt(form, lambda: lifecycle.reschedule(pleno, by=request.user, **facts))
        if status == 200:
            messages.success(request, _("Jadwal diubah; pemberitahuan diterbitkan."))
            return redirect(pleno)
    return forms.page(request, "plenos/reschedule.html", form, status, pleno=pleno, **_lead(pleno, form))


def _lead(pleno, form):
    """The unit's rule, and by how many days a notice for the hour that was typed (else the present one) comes short."""
    typed = getattr(form, "cleaned_data", {})
    moment, dated = typed.get("planned_at") or pleno.planned_at, typed.get("dated")
    short = preparation.days_short(pleno, dated, moment)
    return {"lead": preparation.lead_days(pleno, dated), "short": short}


def cancel(request, **address):
    """Cancel a pleno that was not opened."""
    pleno = find_preparing(request, **address)
    form = CancelForm(request.POST or None, source=_source(pleno), invited=pleno.state == INVITED)
    status = 200
    if form.is_valid():
        facts = {k: v for k, v in form.cleaned_data.items() if k != "request_key"}
        _done, status = attempt(form, lambda: lifecycle.cancel(pleno, by=request.user, **facts))
        if status == 200:
            messages.success(request, _("Pleno dibatalkan."))
            return redirect(pleno)
    return forms.page(request, "plenos/cancel.html", form, status, pleno=pleno)


@require_POST
def record_late(request, **address):
    """From here on the hours of this pleno are typed: it was held without the portal."""
    pleno = find_preparing(request, **address)
    lifecycle.record_late(pleno, by=request.user)
    messages.success(request, _("Ditandai dicatat kemudian: setiap kejadian kini ditulis dengan waktunya."))
    return redirect(pleno.address("plenos:room" if pleno.opened_at else "plenos:open"))


def delete(request, **address):
    """Delete an unissued draft, after one question."""
    pleno = find_preparing(request, **address)
    if request.method == "POST":
        code = pleno.organisation.code
        lifecycle.delete(pleno, by=request.user)
        messages.success(request, _("Draf pleno dihapus."))
        return redirect("plenos:unit", code=code)
    return render(request, "plenos/delete.html", {"pleno": pleno})
