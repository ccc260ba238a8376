"""The people of a unit: list, one person, inviting, correcting."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .. import access_links, accounts, clock, exports, ledger, members, permissions, reset_notices, settings_store
from ..models.members import COMMISSIONERS, AccessLink, Membership, Suspension
from ..unit_forms import InviteForm, MailAddressForm, PersonForm
from . import sheets
from .base import attempt, fetch_own, fetch_person, fetch_unit, form_page, person_url, show_once

PAGE = 50


def _suspended(now):
    return Exists(Suspension.objects.filter(membership=OuterRef("pk")).at(now))


@exports.printable
def people(request, code):
    """Who serves here, as what, from when to when. Others than the unit's own people see names only."""
    unit = fetch_unit(request, code)
    now = clock.now()
    whole = permissions.sees_unit_people(request.user, unit)
    rows = Membership.objects.visible_to(request.user).filter(organisation=unit)
    q, status, role = (request.GET.get(name, "").strip() for name in ("q", "status", "peran"))
    if q:
        rows = rows.filter(Q(user__name__icontains=q) | Q(title__icontains=q))
    if role in dict(Membership.ROLES):
        rows = rows.filter(role=role)
    if status == "semua":
        pass
    elif status == "berakhir":
        rows = rows.filter(until__lte=now)
    elif status == "belum-masuk" and whole:
        rows = rows.serving_or_coming(now).never_signed_in()
    else:
        rows = rows.serving_or_coming(now)
    rows = rows.select_related("user", "division").annotate(suspended=_suspended(now))
    rows = rows.order_by(F("until").desc(nulls_first=True), "order", "id")
    filters = [q, dict(Membership.ROLES).get(role, "")]
    if response := exports.answer(request, lambda: sheets.people(unit, rows, filters, now=now, whole=whole), unit):
        return response
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    seated = Membership.objects.visible_to(request.user).filter(organisation=unit, role__in=COMMISSIONERS, acting=False)
    return render(
        request,
        "kernel/people.html",
        {
            "unit": unit,
            "page": page,
            "now": now,
            "whole": whole,
            "may_change": permissions.changes_unit(request.user, unit),
            "q": q,
            "status": status,
            "role": role,
            "roles": Membership.ROLES,
            "seats": settings_store.setting(unit, "members.seats"),
            "seated": seated.at(now).values("user").distinct().count(),
            "notices": reset_notices.of_unit(unit, request.user) if whole else [],
            "offers": access_links.open_offers(unit) if whole else [],
        },
    )


@require_GET
def person(request, code, uuid):
    """One person: memberships, links, and what was done about him."""
    unit = fetch_unit(request, code, permissions.sees_unit_people)
    found = fetch_person(request, unit, uuid)
    now = clock.now()
    may_change = permissions.changes_unit(request.user, unit)
    rows = list(
        Membership.objects.visible_to(request.user)
        .filter(user=found)
        .select_related("organisation", "division")
        .annotate(suspended=_suspended(now))
        .order_by(F("until").desc(nulls_first=True), "-since")
    )
    links = list(
        AccessLink.objects.visible_to(request.user)
        .filter(user=found)
        .select_related("organisation")
        .order_by("-id")[:10]
    )
    suspensions = Suspension.objects.visible_to(request.user).filter(membership__in=rows)
    suspensions = list(suspensions.select_related("organisation").order_by("-since"))
    return render(
        request,
        "kernel/person.html",
        {
            "unit": unit,
            "person": found,
            "now": now,
            "memberships": rows,
            "suspensions": [(s, s.until is None or s.until > now) for s in suspensions],
            "may_change": may_change,
            "may_help": may_change and permissions.administers_person(request.user, found),
            "knows": permissions.knows_person(request.user, found),
            "mails": settings.EMAIL_CONFIGURED,
            "has_password": found.has_usable_password(),
            "links": [(link, access_links.state_of(link)) for link in links],
            "history": ledger.history_of(found, *rows, *links, *suspensions)[::-1][:30],
        },
    )


def invite_answer(request, unit, membership, channel):
    """After someone came in: his link, or where he has an account already, his page."""
    if membership.user.has_usable_password():
        messages.success(request, _("Keanggotaan dicatat. Orang ini sudah punya akun dan masuk seperti biasa."))
        return redirect(person_url(unit, membership.user))
    if not permissions.administers_person(request.user, membership.user):
        messages.success(request, _("Keanggotaan dicatat. Tautan masuk orang ini dibuat administrator unit asalnya."))
        return redirect(person_url(unit, membership.user))
    link = access_links.issue(membership.user, unit, "invitation", by=request.user, post=channel == "mail")
    if channel == "mail":
        messages.success(request, _("Keanggotaan dicatat. Undangan menunggu di kotak keluar unit."))
        return redirect(person_url(unit, membership.user))
    show_once(request, link)
    return redirect("kernel:link", code=unit.code, uuid=link.uuid)


def _offer(unit, stranger, form, by):
    post = form.cleaned_data["channel"] == "mail"
    return access_links.offer(unit, stranger, by=by, post=post, **form.placing())


def person_invite(request, code):
    """Bring someone into the unit and give him a way in."""
    unit = fetch_own(request, code)
    form = InviteForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        channel = form.cleaned_data["channel"]
        stranger = members.stranger(form.cleaned_data["email"], by=request.user)
        if stranger:
            link, status = attempt(form, lambda: _offer(unit, stranger, form, request.user))
            if link:
                messages.success(
                    request, _("Orang ini sudah punya akun di unit lain; ia menerimanya lewat tautan ini.")
                )
                return link_answer(request, unit, link, channel)
        else:
            membership, status = attempt(
                form, lambda: members.invite(unit, by=request.user, **form.person(), **form.placing())
            )
            if membership:
                return invite_answer(request, unit, membership, channel)
    return form_page(
        request,
        form,
        unit,
        heading=_("Undang orang"),
        lede=_("Ia menerima tautan sekali pakai untuk membuat kata sandinya sendiri; berlaku tujuh hari."),
        action=_("Undang"),
        up=_("Orang"),
        up_url=reverse("kernel:people", args=[code]),
        status=status,
    )


def person_correct(request, code, uuid):
    """Correct name, telephone, NIP, birth date."""
    unit = fetch_own(request, code)
    found = fetch_person(request, unit, uuid)
    initial = {n: getattr(found, n) for n in ("name", "phone", "nip", "birth_date")}
    form = PersonForm(request.POST or None, unit=unit, reader=request.user, initial=initial)
    status = 200
    if form.is_valid():
        facts = {n: form.cleaned_data[n] for n in initial}
        done, status = attempt(form, lambda: accounts.correct_person(unit, found, by=request.user, **facts))
        if done:
            messages.success(request, _("Data orang diperbaiki."))
            return redirect(person_url(unit, found))
    return form_page(
        request,
        form,
        unit,
        heading=_("Perbaiki data {name}").format(name=found.name),
        lede=_("Catatan dan naskah lama tetap memakai nama yang tertulis waktu itu."),
        action=_("Simpan"),
        up=found.name,
        up_url=person_url(unit, found),
        status=status,
    )


def person_email(request, code, uuid):
    """Another e-mail: a mistyped one is corrected, a used one is taken over by a link."""
    unit = fetch_own(request, code)
    found = fetch_person(request, unit, uuid)
    correcting = not found.has_usable_password()
    form = MailAddressForm(request.POST or None, unit=unit, reader=request.user, correcting=correcting)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        if correcting:
            done, status = attempt(
                form, lambda: accounts.correct_email(unit, found, email=typed["email"], by=request.user)
            )
        else:
            done, status = attempt(
                form,
                lambda: access_links.issue(
                    found,
                    unit,
                    "email",
                    by=request.user,
                    reason=typed["reason"],
                    new_email=typed["email"],
                    post=typed["channel"] == "mail",
                ),
            )
        if done and correcting:
            messages.success(request, _("Alamat pos-el diperbaiki. Buat tautan undangan yang baru."))
            return redirect(person_url(unit, found))
        if done:
            return link_answer(request, unit, done, typed["channel"])
    return form_page(
        request,
        form,
        unit,
        heading=_("Ganti pos-el {name}").format(name=found.name),
        lede=_(
            "Sekarang: {email}. Alamat baru berlaku sesudah ia membuka tautannya dan memasukkan kata sandinya."
        ).format(email=found.email)
        if not correcting
        else _("Sekarang: {email}. Ia belum pernah masuk, jadi alamat langsung diperbaiki.").format(email=found.email),
        action=_("Simpan") if correcting else _("Buat tautan"),
        up=found.name,
        up_url=person_url(unit, found),
        status=status,
    )


def link_answer(request, unit, link, channel):
    """After a link was made: shown once, sent, or waiting for the second administrator."""
    if link.needs_second:
        messages.success(request, _("Permintaan dicatat. Administrator kedua harus menyetujuinya dahulu."))
    elif channel == "mail":
        messages.success(request, _("Tautan menunggu di kotak keluar unit."))
    else:
        show_once(request, link)
    return redirect("kernel:link", code=unit.code, uuid=link.uuid)
