"""allauth's forms with our face and words. allauth decides; these only dress."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery
from allauth.mfa.totp import forms as totp
from django.contrib.auth.password_validation import get_default_password_validators
from django.utils.translation import gettext_lazy as _

from .forms import Face

EMAIL, PASSWORD, CODE = _("Alamat pos-el"), _("Kata sandi"), _("Kode")


class AccountFace(Face):
    """Labels and help of ours; no placeholders, which vanish when one types."""

    words = {}
    help_texts = {}
    missing = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            field.help_text = self.help_texts.get(name, "")
            if name in self.missing:
                field.error_messages["required"] = self.missing[name]


class SignInForm(AccountFace, account.LoginForm):
    words = {
        "login": EMAIL,
        "password": PASSWORD,
        "remember": _("Tetap masuk di perangkat ini selama 14 hari"),
    }
    missing = {"login": _("Isi alamat pos-el."), "password": _("Isi kata sandi.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ReauthenticateForm(AccountFace, account.ReauthenticateForm):
    words = {"password": PASSWORD}
    missing = {"password": _("Isi kata sandi.")}


class ChangePasswordForm(AccountFace, account.ChangePasswordForm):
    words = {
        "oldpassword": _("Kata sandi sekarang"),
        "password1": _("Kata sandi baru"),
        "password2": _("Kata sandi baru, sekali lagi"),
    }
    missing = {
        "oldpassword": _("Isi kata sandi sekarang."),
        "password1": _("Isi kata sandi baru."),
        "password2": _("Ulangi kata sandi baru."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_help()


class CodeFace(AccountFace):
    narrow = ("code",)
    words = {"code": CODE}
    missing = {"code": _("Isi kode.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AuthenticateForm(CodeFace, mfa.AuthenticateForm):
    help_texts = {"code": _("Enam angka dari aplikasi autentikator, atau satu kode cadangan.")}


class ReauthenticateCodeForm(CodeFace, mfa.ReauthenticateForm):
    help_texts = {"code": _("Enam angka dari aplikasi autentikator, atau satu kode cadangan.")}


class ActivateTOTPForm(CodeFace, totp.ActivateTOTPForm):
    help_texts = {"code": _("Enam angka yang kini tampil di aplikasi.")}


class DeactivateTOTPForm(AccountFace, totp.DeactivateTOTPForm):
    """No fields: a question only."""


class GenerateRecoveryCodesForm(AccountFace, recovery.GenerateRecoveryCodesForm):
    """No fields: a question only."""


def password_help():
    """What a good password is, in one sentence, from the validators in the settings."""
    shortest = max((getattr(v, "min_length", 0) for v in get_default_password_validators()), default=0)
    sentence = _("Paling sedikit %(length)d tanda; bukan angka saja, bukan kata sandi umum, bukan nama Anda.")
    return sentence % {"length": shortest}
