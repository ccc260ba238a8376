"""How django-allauth behaves here: no sign-up, sign-in by e-mail, limits counting user and address together."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """The account adapter. Sentences that a person can meet are ours, so that they exist in both languages."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Akun ini tidak aktif. Hubungi administrator unit Anda."),
        "email_password_mismatch": _("Alamat pos-el atau kata sandi tidak cocok. Periksa lalu coba lagi."),
        "invalid_login": _("Alamat pos-el atau kata sandi tidak cocok. Periksa lalu coba lagi."),
        "enter_current_password": _("Kata sandi sekarang tidak cocok."),
        "incorrect_password": _("Kata sandi tidak cocok."),
        "incorrect_code": _("Kode tidak cocok. Pakai kode terbaru dari aplikasi."),
        "too_many_login_attempts": _("Terlalu banyak percobaan yang gagal. Tunggu lima menit, lalu coba lagi."),
        "rate_limited": _("Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi."),
    }

    def is_open_for_signup(self, request):
        """Accounts come from an administrator's invitation only."""
        return False

    def get_client_ip(self, request):
        """The address of the client; a server behind a Unix socket without a proxy in front has none to tell."""
        return get_client_ip(request) or "local"

    def _get_login_attempts_cache_key(self, request, **credentials):
        """User and address together: on the user alone, an outsider could lock a commissioner out before a pleno."""
        return f"{self.get_client_ip(request)}:{credentials.get('email', '').lower()}"

    def reauthenticate(self, user, password):
        """A fresh sign-in by password. Our users keep their e-mail on the user, not in allauth's own table."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_reauthentication_methods(self, user):
        words = {
            "reauthenticate": _("Pakai kata sandi"),
            "mfa_reauthenticate": _("Pakai kode dari aplikasi autentikator"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": words.get(method["id"], method["description"])} for method in methods]

    def get_password_change_redirect_url(self, request):
        return reverse("mfa_index")


class MFAAdapter(DefaultMFAAdapter):
    """The second factor. Its limit stays on the account: who meets it has already given the right password, and
    on the address it could be guessed from many addresses."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Kode tidak cocok. Pakai kode terbaru dari aplikasi."),
        "cannot_delete_authenticator": _("Verifikasi dua langkah tidak dapat dilepas."),
        "cannot_generate_recovery_codes": _("Pasang aplikasi autentikator dahulu, baru kode cadangan dapat dibuat."),
    }

    def get_totp_issuer(self):
        return "Portal Bawaslu"
