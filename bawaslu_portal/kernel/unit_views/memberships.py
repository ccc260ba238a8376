"""Changes to a membership: another one, its end, its replacement, another seat, acting, suspension."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import members, suspensions
from ..models.members import Membership, Suspension
from ..unit_forms import ActingForm, EndForm, MoveForm, PlaceForm, ReplaceForm, SuspendForm
from .base import attempt, fetch_own, fetch_person, form_page, person_url
from .people import invite_answer


def _fetch(request, code, uuid):
    unit = fetch_own(request, code)
    rows = Membership.objects.visible_to(request.user).select_related("organisation", "user", "division")
    return unit, get_object_or_404(rows, organisation=unit, uuid=uuid)


def _form_page(request, form, unit, person, status, **words):
    return form_page(request, form, unit, up=person.name, up_url=person_url(unit, person), status=status, **words)


def membership_add(request, code, uuid):
    """A further membership for one who is known here."""
    unit = fetch_own(request, code)
    person = fetch_person(request, unit, uuid)
    form = PlaceForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        done, status = attempt(form, lambda: members.add_membership(unit, person, by=request.user, **form.placing()))
        if done:
            messages.success(request, _("Keanggotaan dicatat."))
            return redirect(person_url(unit, person))
    return _form_page(
        request,
        form,
        unit,
        person,
        status,
        heading=_("Tambah keanggotaan {name}").format(name=person.name),
        lede=_("Peran kedua di samping yang ada. Untuk pindah divisi, pakai pindah pada keanggotaannya."),
        action=_("Tambahkan"),
    )


def membership_end(request, code, uuid):
    """End a membership; rights end that minute, the name stays on old records."""
    unit, membership = _fetch(request, code, uuid)
    form = EndForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        done, status = attempt(
            form,
            lambda: members.end_membership(membership, until=typed["until"], source=typed["source"], by=request.user),
        )
        if done:
            messages.success(request, _("Keanggotaan diakhiri."))
            return redirect(person_url(unit, membership.user))
    return _form_page(
        request,
        form,
        unit,
        membership.user,
        status,
        heading=_("Akhiri keanggotaan {title}").format(title=membership.title),
        lede=_("Haknya berakhir pada menit itu. Namanya tetap pada catatan lama."),
        action=_("Akhiri keanggotaan"),
        danger=True,
    )


def membership_replace(request, code, uuid):
    """Replacement in mid-term (PAW)."""
    unit, membership = _fetch(request, code, uuid)
    form = ReplaceForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        new, status = attempt(
            form,
            lambda: members.replace(
                membership,
                by=request.user,
                since=form.moment("since"),
                source=form.cleaned_data["source"],
                **form.person(),
            ),
        )
        if new:
            return invite_answer(request, unit, new, form.cleaned_data["channel"])
    return _form_page(
        request,
        form,
        unit,
        membership.user,
        status,
        heading=_("Ganti {name}").format(name=membership.user.name),
        lede=_(
            "Penggantian antarwaktu: pengganti menempati peran, divisi, dan urutan kursi yang sama ({title})."
        ).format(title=membership.title),
        action=_("Catat penggantian"),
    )


def membership_move(request, code, uuid):
    """The same person and role in another division or seat, from a date on."""
    unit, membership = _fetch(request, code, uuid)
    initial = {"division": membership.division, "order": membership.order}
    form = MoveForm(request.POST or None, unit=unit, reader=request.user, initial=initial)
    status = 200
    if form.is_valid():
        facts = {n: form.cleaned_data[n] for n in ("division", "title", "order", "source")}
        done, status = attempt(
            form, lambda: members.move(membership, by=request.user, since=form.moment("since"), **facts)
        )
        if done:
            messages.success(request, _("Perpindahan dicatat."))
            return redirect(person_url(unit, membership.user))
    return _form_page(
        request,
        form,
        unit,
        membership.user,
        status,
        heading=_("Pindahkan {name}").format(name=membership.user.name),
        lede=_("Peran tetap ({title} sekarang); divisi, jabatan, atau urutan kursi berubah sejak tanggal itu.").format(
            title=membership.title
        ),
        action=_("Simpan"),
    )


def chair_acting(request, code):
    """Appoint a member to act for the chair."""
    unit = fetch_own(request, code)
    form = ActingForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        done, status = attempt(
            form,
            lambda: members.appoint_acting_chair(
                unit,
                typed["user"],
                by=request.user,
                since=form.moment("since"),
                until=form.moment("until"),
                kind=typed["kind"],
                source=typed["source"],
            ),
        )
        if done:
            messages.success(request, _("Pelaksana tugas Ketua dicatat."))
            return redirect("kernel:people", code=code)
    return form_page(
        request,
        form,
        unit,
        heading=_("Tunjuk pelaksana tugas Ketua"),
        lede=_("Ia tetap memegang kursinya sendiri dan dihitung satu orang dalam kuorum."),
        action=_("Tunjuk"),
        up=_("Orang"),
        up_url=reverse("kernel:people", args=[code]),
        status=status,
    )


def membership_suspend(request, code, uuid):
    """Suspend a member."""
    unit, membership = _fetch(request, code, uuid)
    form = SuspendForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        facts = {n: form.cleaned_data[n] for n in ("since", "until", "reason")}
        done, status = attempt(form, lambda: suspensions.suspend(membership, by=request.user, **facts))
        if done:
            messages.success(request, _("Pemberhentian sementara dicatat."))
            return redirect(person_url(unit, membership.user))
    return _form_page(
        request,
        form,
        unit,
        membership.user,
        status,
        heading=_("Berhentikan sementara {name}").format(name=membership.user.name),
        lede=_("Selama itu ia tidak punya hak di portal, tidak bersuara, dan tidak dihitung dalam dasar kuorum."),
        action=_("Berhentikan sementara"),
        danger=True,
    )


@require_POST
def suspension_lift(request, code, uuid):
    """End a suspension now."""
    unit = fetch_own(request, code)
    suspension = get_object_or_404(
        Suspension.objects.visible_to(request.user).select_related("organisation", "membership__user"),
        organisation=unit,
        uuid=uuid,
    )
    suspensions.lift(suspension, by=request.user)
    messages.success(request, _("Pemberhentian sementara dicabut; haknya kembali."))
    return redirect(person_url(unit, suspension.membership.user))
