"""One-time links: made, shown once, agreed to, stopped, and used by the person himself."""

import segno
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from .. import access_links, forms, permissions
from ..models.members import AccessLink, Membership
from ..unit_forms import NewPasswordForm, ProofForm, ResetForm
from .base import attempt, fetch_own, fetch_person, fetch_unit, form_page, person_url, show_once, take_showing
from .people import link_answer

# Guesses at secrets or, behind a link, at the password.
LIMIT = {"one_time_link": "30/m/ip,20/h/key"}
USED = {
    "email": gettext_lazy("Pos-el diganti. Masuklah dengan alamat baru."),
    "join": gettext_lazy("Jabatan diterima. Masuklah seperti biasa."),
    "reset": gettext_lazy("Kata sandi tersimpan. Masuklah dengan pos-el dan kata sandi Anda."),
}


class Code:
    """A QR code as the attributes of one SVG path, so that the template needs no trusted markup."""

    def __init__(self, text):
        matrix = segno.make(text, error="m", micro=False).matrix
        self.size = len(matrix) + 8
        self.path = "".join(
            f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
        )


def _fetch(request, code, uuid, permission):
    unit = fetch_unit(request, code, permission)
    rows = AccessLink.objects.visible_to(request.user).select_related("organisation", "user", "issued_by")
    return unit, get_object_or_404(rows, organisation=unit, uuid=uuid)


@never_cache
def link(request, code, uuid):
    """How a link stands; its address and QR code once, to the one who made it or agreed to it."""
    unit, found = _fetch(request, code, uuid, permissions.sees_unit_people)
    state = access_links.state_of(found)
    address = access_links.address_of(found) if state == "ready" and take_showing(request, found) else ""
    may_change = permissions.changes_unit(request.user, unit)
    return render(
        request,
        "kernel/link.html",
        {
            "unit": unit,
            "link": found,
            "state": state,
            "address": address,
            "qr": Code(address) if address else None,
            "approval": getattr(found, "approval", None),
            "serves": Membership.objects.visible_to(request.user).filter(organisation=unit, user=found.user).exists(),
            "offer": access_links.told(found),
            "mails": settings.EMAIL_CONFIGURED,
            "may_stop": may_change and state in {"waiting", "ready"},
            "may_agree": may_change
            and state == "waiting"
            and request.user.pk not in {found.issued_by_id, found.user_id}
            and permissions.administers_person(request.user, found.user),
        },
    )


def link_reset(request, code, uuid):
    """Ask for a reset of the password; for one who may confirm or ratify a second administrator must agree."""
    unit = fetch_own(request, code)
    person = fetch_person(request, unit, uuid)
    form = ResetForm(request.POST or None, unit=unit, reader=request.user)
    status = 200
    if form.is_valid():
        typed = form.cleaned_data
        made, status = attempt(
            form,
            lambda: access_links.issue(
                person, unit, "reset", by=request.user, reason=typed["reason"], post=typed["channel"] == "mail"
            ),
        )
        if made:
            return link_answer(request, unit, made, typed["channel"])
    second = access_links.may_confirm(person)
    return form_page(
        request,
        form,
        unit,
        heading=_("Setel ulang kata sandi {name}").format(name=person.name),
        lede=_(
            "Karena ia dapat mengesahkan, administrator kedua harus menyetujui. Verifikasi dua langkah tidak disentuh."
        )
        if second
        else _("Ia menerima tautan untuk membuat kata sandi baru. Verifikasi dua langkahnya tidak disentuh."),
        action=_("Minta setel ulang") if second else _("Buat tautan"),
        up=person.name,
        up_url=person_url(unit, person),
        status=status,
    )


def _by_mail(request):
    return settings.EMAIL_CONFIGURED and request.POST.get("channel") == "mail"


@require_POST
def link_invite(request, code, uuid):
    """A fresh invitation for one who never set a password."""
    unit = fetch_own(request, code)
    person = fetch_person(request, unit, uuid)
    channel = "mail" if _by_mail(request) else "link"
    made = access_links.issue(person, unit, "invitation", by=request.user, post=channel == "mail")
    return link_answer(request, unit, made, channel)


@require_POST
def link_approve(request, code, uuid):
    """The second administrator agrees, and hands the link over or has it sent."""
    unit, found = _fetch(request, code, uuid, permissions.changes_unit)
    approved = access_links.approve(found, by=request.user, post=_by_mail(request))
    if _by_mail(request):
        messages.success(request, _("Disetujui. Tautan menunggu di kotak keluar unit."))
    else:
        show_once(request, approved)
        messages.success(request, _("Disetujui. Serahkan tautannya langsung kepada orangnya."))
    return redirect("kernel:link", code=unit.code, uuid=approved.uuid)


@require_POST
def link_revoke(request, code, uuid):
    """Stop a link or a waiting request."""
    unit, found = _fetch(request, code, uuid, permissions.changes_unit)
    access_links.revoke(found, by=request.user)
    messages.success(request, _("Tautan tidak berlaku lagi."))
    return redirect("kernel:link", code=unit.code, uuid=found.uuid)


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
def link_use(request, secret):
    """The person opens his link: sets his password, or takes over the new e-mail. Never touches the second factor."""
    allowed = ratelimit.consume(
        request, app="kernel", action="one_time_link", config=LIMIT, key=secret[:50], limit_get=True
    )
    if not allowed:
        return render(request, "kernel/link_refused.html", {"state": "limited"}, status=429)
    found = access_links.find(secret)
    if found is None:
        # Not raised: the transaction would be undone, and with it the count of the limit.
        return render(request, "404.html", status=404)
    state = access_links.state_of(found)
    if state != "ready":
        return render(request, "kernel/link_refused.html", {"state": state, "link": found}, status=409)
    if found.kind in {"email", "join"}:
        form = ProofForm(request.POST or None)
    else:
        form = NewPasswordForm(request.POST or None, user=found.user)
    status = 200
    if form.is_valid():
        done, status = attempt(form, lambda: access_links.use(found, password=form.cleaned_data["password"]))
        if done:
            messages.success(request, USED.get(found.kind, USED["reset"]))
            return redirect("account_login")
    context = {"link": found, "offer": access_links.told(found)}
    return forms.page(request, "kernel/link_use.html", form, status=status, **context)
