"""What a reader chooses for himself: language, display, and under which of his memberships he works."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import accounts, clock, forms
from .context import MEMBERSHIP_KEY, THEME_COOKIE
from .models.members import Membership, User

A_YEAR = 365 * 24 * 60 * 60


class ProfileForm(forms.PortalModelForm):
    """What a person keeps up to date himself."""

    narrow = ("phone", "language", "digest")

    class Meta:
        model = User
        fields = ["phone", "language", "digest"]


def _back(request):
    """To the page from which the switch was pressed, if it is ours."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(to if to and safe else reverse("desk"))


def _cookie(response, name, value):
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )


@login_not_required
@require_POST
def language(request):
    """Set the language: on the user where there is one, and in a cookie for the pages before signing in."""
    chosen = request.POST.get("language")
    response = _back(request)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=chosen)
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@login_not_required
@require_POST
def theme(request):
    """Set light or dark in a cookie; anything else lets the device decide."""
    chosen = request.POST.get("theme")
    response = _back(request)
    if chosen in {"light", "dark"}:
        _cookie(response, THEME_COOKIE, chosen)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """One's own telephone, language and daily digest; seats and posts are the administrator's to record."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        accounts.change_profile(request.user, by=request.user, **form.cleaned_data)
        messages.success(request, _("Profil disimpan."))
        return redirect("kernel:profile")
    if form.is_bound:
        # The invalid values must not show in the head of the page.
        request.user.refresh_from_db()
    return forms.page(request, "portal/profile.html", form)


@require_GET
def memberships(request):
    """The plain list of one's memberships, to choose under which to work."""
    return render(request, "portal/memberships.html")


@require_POST
def membership(request, uuid):
    """Work under this membership from now on. It changes what is shown first, never what one may do."""
    own = Membership.objects.filter(user=request.user).at(clock.now())
    chosen = get_object_or_404(own, uuid=uuid)
    request.session[MEMBERSHIP_KEY] = chosen.pk
    return redirect("desk")
