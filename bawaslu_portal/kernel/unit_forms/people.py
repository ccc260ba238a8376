"""Forms about people, their memberships and links. They check shape; the verbs decide."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from ..forms import KeyedMixin, PortalForm
from ..models.members import COMMISSIONERS, Membership, User
from ..models.organisations import Division
from .fields import UnitFace, UnitMomentField, role_choices

PHONE = RegexValidator(r"^[0-9+() .\-]*$", _("Tulis telepon dengan angka, misalnya 0812-3456-7890."))
NIP = RegexValidator(r"^[0-9 ]{18,21}$", _("NIP terdiri atas 18 angka."))
BIRTH = _("Hanya dilihat administrator; dipakai bila Ketua berhalangan dan anggota tertua memimpin.")
UNTIL = _("Hari pertama tidak lagi menjabat. Kosongkan bila belum ditentukan.")
TITLE = _("Seperti tertulis pada naskah. Kosongkan untuk diisi dari peran dan divisi.")
SOURCE = _("Nomor keputusan pengangkatan, bila ada.")


def _phone():
    return forms.CharField(label=_("Telepon"), max_length=30, required=False, validators=[PHONE])


def _nip():
    return forms.CharField(label=_("NIP"), max_length=21, required=False, validators=[NIP])


def _birth_date():
    return forms.DateField(label=_("Tanggal lahir"), required=False, help_text=BIRTH)


def _channel():
    return forms.ChoiceField(
        label=_("Cara menyampaikan"),
        choices=[
            ("link", _("Tautan atau QR yang saya serahkan sendiri")),
            ("mail", _("Pos-el, lewat kotak keluar unit")),
        ],
        widget=forms.RadioSelect,
        initial="link",
    )


class Placing(forms.Form):
    """The part of a form that says where someone sits and from when."""

    role = forms.ChoiceField(label=_("Peran"), choices=role_choices)
    division = forms.ModelChoiceField(label=_("Divisi"), queryset=Division.objects.none(), required=False)
    title = forms.CharField(label=_("Jabatan pada naskah"), max_length=120, required=False, help_text=TITLE)
    order = forms.IntegerField(
        label=_("Urutan kursi"), min_value=1, max_value=99, initial=1, help_text=_("Urutan nama pada naskah.")
    )
    since = forms.DateField(label=_("Menjabat sejak"))
    until = forms.DateField(label=_("Sampai"), required=False, help_text=UNTIL)
    source = forms.CharField(label=_("Dasar"), max_length=200, required=False, help_text=SOURCE)

    def placing(self):
        """The facts of the membership as the verbs take them."""
        facts = {name: self.cleaned_data[name] for name in ("role", "division", "title", "order", "source")}
        return {**facts, "since": self.moment("since"), "until": self.moment("until")}


class InviteForm(UnitFace, KeyedMixin, Placing, PortalForm):
    name = forms.CharField(label=_("Nama dengan gelar"), max_length=120)
    email = forms.EmailField(label=_("Alamat pos-el"), help_text=_("Dengan alamat ini ia masuk ke portal."))
    phone = _phone()
    nip = _nip()
    birth_date = _birth_date()
    language = forms.ChoiceField(label=_("Bahasa"), choices=User.LANGUAGES, initial="id")
    channel = _channel()
    field_order = ("name", "email", "role", "division", "title", "order", "since", "until", "source", "phone")

    def person(self):
        return {n: self.cleaned_data[n] for n in ("name", "email", "phone", "nip", "birth_date", "language")}


class PlaceForm(UnitFace, KeyedMixin, Placing, PortalForm):
    """A further membership for one who is known."""


class PersonForm(UnitFace, PortalForm):
    name = forms.CharField(label=_("Nama dengan gelar"), max_length=120)
    phone = _phone()
    nip = _nip()
    birth_date = _birth_date()


class MailAddressForm(UnitFace, KeyedMixin, PortalForm):
    """Another e-mail: by correction before the first sign-in, else by a link that the person opens."""

    email = forms.EmailField(label=_("Alamat pos-el yang baru"))
    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Dibaca anggota unit ini."))
    channel = _channel()

    def __init__(self, *args, correcting=False, **kwargs):
        super().__init__(*args, **kwargs)
        if correcting:
            del self.fields["reason"], self.fields["channel"]


class ResetForm(UnitFace, KeyedMixin, PortalForm):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=300,
        help_text=_("Misalnya: lupa kata sandi, ponsel hilang. Dibaca anggota unit ini."),
    )
    channel = _channel()


class EndForm(UnitFace, PortalForm):
    until = UnitMomentField(
        label=_("Berakhir pada"), required=False, help_text=_("Waktu unit. Kosongkan untuk berakhir sekarang juga.")
    )
    source = forms.CharField(
        label=_("Dasar"), max_length=200, required=False, help_text=_("Nomor keputusan, bila ada.")
    )


class ReplaceForm(UnitFace, KeyedMixin, PortalForm):
    name = forms.CharField(label=_("Nama pengganti dengan gelar"), max_length=120)
    email = forms.EmailField(label=_("Alamat pos-el pengganti"))
    since = forms.DateField(label=_("Menjabat sejak"), help_text=_("Pada hari itu keanggotaan yang lama berakhir."))
    source = forms.CharField(label=_("Dasar"), max_length=200, required=False, help_text=SOURCE)
    phone = _phone()
    nip = _nip()
    birth_date = _birth_date()
    channel = _channel()

    def person(self):
        return {n: self.cleaned_data[n] for n in ("name", "email", "phone", "nip", "birth_date")}


class MoveForm(UnitFace, KeyedMixin, PortalForm):
    division = forms.ModelChoiceField(label=_("Divisi"), queryset=Division.objects.none(), required=False)
    title = forms.CharField(label=_("Jabatan pada naskah"), max_length=120, required=False, help_text=TITLE)
    order = forms.IntegerField(label=_("Urutan kursi"), min_value=1, max_value=99)
    since = forms.DateField(label=_("Berlaku sejak"))
    source = forms.CharField(
        label=_("Dasar"), max_length=200, required=False, help_text=_("Nomor keputusan, bila ada.")
    )


class ActingForm(UnitFace, KeyedMixin, PortalForm):
    user = forms.ModelChoiceField(label=_("Anggota"), queryset=User.objects.none(), empty_label=_("Pilih anggota"))
    kind = forms.ChoiceField(
        label=_("Sebagai"),
        choices=[("Plt.", _("Plt. (pelaksana tugas)")), ("Plh.", _("Plh. (pelaksana harian)"))],
        widget=forms.RadioSelect,
        initial="Plt.",
    )
    since = forms.DateField(label=_("Sejak"))
    until = forms.DateField(label=_("Sampai"), required=False, help_text=UNTIL)
    source = forms.CharField(label=_("Dasar"), max_length=200, required=False, help_text=SOURCE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        serving = Membership.objects.visible_to(self.reader).filter(organisation=self.unit, role__in=COMMISSIONERS)
        self.fields["user"].queryset = User.objects.visible_to(self.reader).filter(
            pk__in=serving.filter(until=None).values("user")
        )


class SuspendForm(UnitFace, KeyedMixin, PortalForm):
    since = UnitMomentField(label=_("Sejak"), required=False, help_text=_("Waktu unit. Kosongkan untuk sekarang juga."))
    until = UnitMomentField(label=_("Sampai"), required=False, help_text=_("Kosongkan bila belum ditentukan."))
    reason = forms.CharField(label=_("Dasar dan alasan"), max_length=300)


class NewPasswordForm(PortalForm):
    password = forms.CharField(
        label=_("Kata sandi baru"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Paling sedikit 10 huruf dan angka; jangan kata yang mudah ditebak."),
    )
    again = forms.CharField(
        label=_("Kata sandi baru, sekali lagi"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self):
        found = super().clean()
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            raise ValidationError({"again": _("Kedua kata sandi tidak sama.")})
        if password:
            try:
                validate_password(password, self.user)
            except ValidationError as error:
                self.add_error("password", error)
        return found


class ProofForm(PortalForm):
    password = forms.CharField(
        label=_("Kata sandi Anda"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Agar hanya Anda sendiri yang dapat menyetujui ini."),
    )


class OwnEmailForm(KeyedMixin, PortalForm):
    email = forms.EmailField(
        label=_("Alamat pos-el yang baru"), help_text=_("Tautan konfirmasi dikirim ke alamat ini.")
    )
