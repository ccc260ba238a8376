"""One's own e-mail: the new address is confirmed by a link, and proved by the password."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import access_links, accounts
from ..freshness import fresh_sign_in_required
from ..lifecycle import TransitionRefused
from ..unit_forms import OwnEmailForm
from .base import attempt, form_page

NO_MAIL = gettext_lazy(
    "Portal ini tidak mengirim pos-el: mintalah administrator unit membuat dan menyerahkan tautannya."
)


def _ask(user, unit, email):
    if not settings.EMAIL_CONFIGURED:
        raise TransitionRefused(NO_MAIL)
    return access_links.issue(user, unit, "email", by=user, new_email=email, post=True)


@fresh_sign_in_required
def profile_email(request):
    """Ask for another e-mail. Where the portal sends no mail, an administrator hands the link over."""
    unit = accounts.home_of(request.user)
    form = OwnEmailForm(request.POST or None)
    status = 200
    if form.is_valid():
        made, status = attempt(form, lambda: _ask(request.user, unit, form.cleaned_data["email"]))
        if made:
            messages.success(
                request,
                _("Tautan konfirmasi dikirim ke {email}. Alamat lama berlaku sampai tautan itu dibuka.").format(
                    email=made.new_email
                ),
            )
            return redirect("kernel:profile")
    told = _("Sekarang: {email}. Alamat baru berlaku sesudah tautannya dibuka.").format(email=request.user.email)
    if not settings.EMAIL_CONFIGURED:
        told += f" {NO_MAIL}"
    return form_page(
        request,
        form,
        unit,
        heading=_("Ganti pos-el"),
        lede=told,
        action=_("Kirim tautan"),
        up=_("Profil"),
        up_url=reverse("kernel:profile"),
        status=status,
    )
