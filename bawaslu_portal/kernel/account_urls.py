"""Which of allauth's pages are routed, under Indonesian addresses. What is not here does not exist: no sign-up, no
reset by mail (a reset is an administrator's one-time link), no second e-mail address, no passkeys yet."""

import functools

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path

from .db import begins
from .forms import UNPROCESSABLE


def page(view):
    """A routed view of allauth's: begins the transaction, and answers 422 with a form that has errors."""

    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and form is not None and form.errors:
            response.status_code = UNPROCESSABLE
        return response

    return begins(wrapped)


@login_not_required
def forgotten(request):
    """Forgotten password: says who can help. Nothing is sent, so nothing can be found out here."""
    return render(request, "account/password_reset.html")


urlpatterns = [
    path("masuk/", page(account.login), name="account_login"),
    path("masuk/lupa/", begins(forgotten), name="account_reset_password"),
    path("masuk/nonaktif/", page(account.account_inactive), name="account_inactive"),
    path("masuk/kode/", page(mfa.authenticate), name="mfa_authenticate"),
    path("masuk/lagi/", page(account.reauthenticate), name="account_reauthenticate"),
    path("masuk/lagi/kode/", page(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("keluar/", page(account.logout), name="account_logout"),
    path("akun/", page(mfa.index), name="mfa_index"),
    path("akun/kata-sandi/", page(account.password_change), name="account_change_password"),
    path("akun/autentikator/", page(totp.activate_totp), name="mfa_activate_totp"),
    path("akun/autentikator/lepas/", page(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("akun/kode-cadangan/", page(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("akun/kode-cadangan/buat/", page(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("akun/kode-cadangan/unduh/", page(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
]
