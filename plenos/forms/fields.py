"""Fields that the forms of the plenary share: local hours, weeks, people, numbers, scans."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import uploads
from bawaslu_portal.kernel.forms import PortalForm
from bawaslu_portal.kernel.models import Membership
from bawaslu_portal.kernel.models.members import COMMISSIONERS

LONGEST_TEXT = 20000
MOST_FILES = 10


class LocalDateTimeField(forms.DateTimeField):
    """A moment typed in the unit's own zone: set ``zone`` before cleaning."""

    zone = None

    def to_python(self, value):
        naive = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]).to_python
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.datetime):
            return value if value.tzinfo else value.replace(tzinfo=self.zone)
        try:
            moment = datetime.datetime.fromisoformat(str(value).strip())
        except ValueError:
            moment = naive(value)
        if not 2000 <= moment.year < 2100:
            raise ValidationError(_("Periksa tahunnya: antara 2000 dan 2099."))
        return moment.replace(tzinfo=self.zone)

    def prepare_value(self, value):
        if isinstance(value, datetime.datetime) and value.tzinfo and self.zone:
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value


def members_of(organisation, *moments):
    """Commissioners in office at any of ``moments``, as choices."""
    seats = {m.pk for moment in moments for m in Membership.objects.in_office_on(organisation, moment)}
    return Membership.objects.filter(pk__in=seats)


def takers_of(organisation, *moments):
    """Those who may take the notes at any of ``moments``, as choices."""
    posts = Membership.objects.filter(organisation=organisation, role__in=("note_taker", "head_of_secretariat"))
    held = {pk for moment in moments for pk in posts.at(moment).values_list("pk", flat=True)}
    return Membership.objects.filter(pk__in=held)


class MembershipChoice(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        title = membership.title or membership.get_role_display()
        return membership.user.name if membership.user.name == title else f"{membership.user.name} ({title})"


class DoerChoice(forms.ChoiceField):
    """Who does a follow-up: one person (the key of his membership) or a whole division ("d" and its key).

    Cleans to {"responsible": membership} or {"division": division}, None for nobody.
    """

    def __init__(self, *, people, divisions, **kwargs):
        self.people = {str(m.pk): m for m in people}
        self.divisions = {f"d{d.pk}": d for d in divisions}
        named = MembershipChoice.label_from_instance
        groups = [
            (_("Ketua dan Anggota"), [(k, named(self, m)) for k, m in self.people.items() if m.role in COMMISSIONERS]),
            (_("Sekretariat"), [(k, named(self, m)) for k, m in self.people.items() if m.role not in COMMISSIONERS]),
            (_("Divisi"), [(k, d.name) for k, d in self.divisions.items()]),
        ]
        kwargs.setdefault("error_messages", {"invalid_choice": _("Pilih orang atau divisi dari daftar.")})
        super().__init__(choices=[("", "–"), *((name, rows) for name, rows in groups if rows)], **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if value in self.people:
            return {"responsible": self.people[value]}
        return {"division": self.divisions[value]} if value in self.divisions else None

    @staticmethod
    def key_of(follow_up):
        """The value that stands for who does ``follow_up``."""
        return follow_up.responsible_id or f"d{follow_up.division_id}"


class ReferenceField(forms.CharField):
    """A decision of the unit by its reference (74.71/2024/12, 2024/12), looked up in what ``decisions`` gives when one
    was typed; else None."""

    def __init__(self, *, decisions, **kwargs):
        self.decisions = decisions
        super().__init__(max_length=40, **kwargs)

    @staticmethod
    def proposed(decisions):
        """(year, number, beginning of the title) of those of ``decisions`` that are proposed while one types."""
        return decisions.values_list("year", "number", Left("item__title", 60))[:20]

    def clean(self, value):
        typed = super().clean(value).strip().split(" ")[0]
        if not typed:
            return None
        parts = typed.split("/")
        decisions = self.decisions()
        code = decisions.values_list("organisation__code", flat=True)[:1] if len(parts) == 3 else []
        digits = [part for part in parts[-2:] if part.isdecimal() and len(part) < 6]
        fits = len(digits) == 2 and len(parts) in (2, 3) and (len(parts) == 2 or parts[0] in code)
        found = decisions.filter(year=int(digits[0]), number=int(digits[1])).first() if fits else None
        if found is None:
            raise ValidationError(
                _("Tidak ada keputusan unit ini dengan rujukan “%(typed)s”. Tulis tahun dan nomornya, seperti 2024/12.")
                % {"typed": typed}
            )
        return found


class MeetingLink(forms.URLField):
    """Where an online session is held."""

    default_error_messages = {"invalid": _("Tempel tautan rapat yang lengkap, misalnya https://contoh.id/rapat.")}

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Tautan rapat daring"), required=False, max_length=500, assume_scheme="https", **kwargs
        )


class WeekField(forms.CharField):
    """An ISO week as browsers write it: 2024-W34. Cleans to (year, week)."""

    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})

    def clean(self, value):
        text = super().clean(value).strip().upper()
        try:
            year, week = text.split("-W")
            datetime.date.fromisocalendar(int(year), int(week), 1)
        except ValueError:
            raise ValidationError(_("Tulis minggu seperti 2024-W34 (tahun, lalu nomor minggu 01 sampai 53).")) from None
        return int(year), int(week)


class NumberMixin(forms.Form):
    """Number and date of a letter; the number is typed only where the unit's setting says so."""

    number = forms.CharField(label=_("Nomor surat"), max_length=120, help_text=_("Dari buku agenda atau SRIKANDI."))
    dated = forms.DateField(label=_("Tanggal surat"), required=False, help_text=_("Kosong berarti hari ini."))

    def drop_number(self, source):
        if source != "typed":
            del self.fields["number"]


class ScanField(forms.FileField):
    """A scan: PDF, JPEG or PNG, checked by its first bytes. Cleans to (bytes, media type)."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Pindaian (PDF, JPEG, atau PNG)"))
        kwargs.setdefault("error_messages", {"required": _("Pilih berkas pindaiannya.")})
        kwargs.setdefault(
            "help_text", _("Paling besar 15 MB. Bila kertasnya beberapa halaman, pindai menjadi satu PDF.")
        )
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = "application/pdf,image/jpeg,image/png"

    def clean(self, data, initial=None):
        return uploads.read_scan(super().clean(data, initial))


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Several files at once: PDF, pictures, plain Word or Excel. Cleans to [(bytes, media type, name)].

    Each file is read, and each photo shrunk, here: before any row is locked. Every wrong one is named.
    """

    widget = ManyFiles

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Berkas"))
        kwargs.setdefault("error_messages", {"required": _("Pilih berkasnya.")})
        kwargs.setdefault(
            "help_text",
            _(
                "PDF, foto (JPEG, PNG, WebP), Word, atau Excel tanpa rumus; masing-masing paling besar 20 MB. "
                "Foto diperkecil dan keterangan lokasinya dibuang."
            ),
        )
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = uploads.ACCEPT
        self.widget.attrs["data-largest"] = uploads.LARGEST_ATTACHMENT

    def clean(self, data, initial=None):
        one = super().clean
        found, wrong = [], []
        for upload in data or [None]:
            try:
                upload = one(upload, initial)
                found += [(*uploads.read_attachment(upload), upload.name)] if upload else []
            except ValidationError as error:
                wrong += error.error_list
        if len(found) > MOST_FILES:
            wrong.append(ValidationError(_("Paling banyak %(most)s berkas sekali kirim.") % {"most": MOST_FILES}))
        if wrong:
            raise ValidationError(wrong)
        return found


class ReasonForm(PortalForm):
    """A reason, for deferring, withdrawing, taking back, excusing."""

    reason = forms.CharField(label=_("Alasan"), max_length=300)
