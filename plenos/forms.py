"""What a form of the plenary may contain. Shape only; the lifecycle decides."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock, uploads
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm, PortalModelForm, VersionedMixin
from bawaslu_portal.kernel.models import Membership

from .models import AgendaItem, Decision, Pleno
from .models.items import ABSTAIN, AGREE, CONSENSUS, VOTE, Vote

ATTENDANCE = [
    ("present:onsite", _("Hadir")),
    ("present:online", _("Hadir, daring")),
    ("excused:onsite", _("Izin")),
    ("ill:onsite", _("Sakit")),
    ("on_duty:onsite", _("Dinas luar")),
    ("unexplained:onsite", _("Tanpa keterangan")),
]
FOLLOW_UP_ROWS = 3
LONGEST_TEXT = 20000


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
    posts = Membership.objects.filter(
        organisation=organisation, role__in=("note_taker", "head_of_secretariat", "staff")
    )
    held = {pk for moment in moments for pk in posts.at(moment).values_list("pk", flat=True)}
    return Membership.objects.filter(pk__in=held)


class MembershipChoice(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        title = membership.title or membership.get_role_display()
        return membership.user.name if membership.user.name == title else f"{membership.user.name} ({title})"


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


class PlenoForm(PortalForm):
    """Facts of a pleno that is planned or rescheduled, in the unit's zone."""

    narrow = ("week",)

    week = WeekField(
        label=_("Untuk minggu"),
        help_text=_("Minggu yang diwakili pleno ini, misalnya 2024-W34. Laporan terlambat tetap milik minggunya."),
        error_messages={"required": _("Isi minggu yang diwakili pleno ini, misalnya 2024-W34.")},
    )
    planned_at = LocalDateTimeField(label=_("Hari dan jam"))
    place = forms.CharField(label=_("Tempat"), max_length=200)
    link = MeetingLink()
    access = forms.ChoiceField(
        label=_("Jenis rapat"), choices=Pleno.ACCESS, help_text=_("Dipilih Ketua dan Anggota: tertutup atau terbuka.")
    )
    occasion = forms.ChoiceField(label=_("Kesempatan"), choices=Pleno.OCCASIONS)
    chair = MembershipChoice(
        label=_("Pimpinan rapat"),
        queryset=Membership.objects.none(),
        help_text=_("Ketua; bila berhalangan, anggota tertua."),
    )
    chair_reason = forms.CharField(
        label=_("Alasan memilih pimpinan lain"), required=False, max_length=200, help_text=_("Kosongkan bila Ketua.")
    )
    note_taker = MembershipChoice(label=_("Notulis"), queryset=Membership.objects.none(), required=False)

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.fields["planned_at"].zone = organisation.zone
        self.fields["planned_at"].help_text = _("Waktu setempat (%s).") % organisation.zone_label
        moments = [clock.now(), *self._hour()]
        for name, people, order in (("chair", members_of, "role"), ("note_taker", takers_of, "-role")):
            self.fields[name].queryset = people(organisation, *moments).select_related("user").order_by(order, "order")

    def _hour(self):
        """The hour of the pleno as typed or proposed, if it can be read: who was in office then may be chosen."""
        try:
            hour = self.fields["planned_at"].to_python(self["planned_at"].value())
        except ValidationError:
            return []
        return [hour] if hour else []

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("week") and cleaned.get("planned_at"):
            monday = datetime.date.fromisocalendar(*cleaned["week"], 1)
            day = cleaned["planned_at"].astimezone(self.organisation.zone).date()
            if abs((day - monday).days) > 60:
                self.add_error(
                    "week", _("Minggu ini terpaut lebih dari dua bulan dari hari rapat. Periksa tahun dan nomornya.")
                )
        return cleaned

    def facts(self):
        """What ``lifecycle.plan`` takes."""
        cleaned = dict(self.cleaned_data)
        cleaned.pop("request_key", None)
        cleaned.pop("version", None)
        cleaned["year"], cleaned["week"] = cleaned.pop("week")
        return cleaned


class PlanForm(KeyedMixin, PlenoForm):
    """Planning: also the agenda, one item a line, and whether the session was already held."""

    doc = ("agenda",)

    agenda = forms.CharField(
        label=_("Agenda"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Satu pokok agenda tiap baris; dapat diatur lagi sesudah disimpan."),
    )
    guests = forms.CharField(
        label=_("Undangan lain"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Satu orang tiap baris: nama, jabatan. Undangan tidak dihitung dalam kuorum."),
    )
    recorded_late = forms.BooleanField(
        label=_("Pleno ini sudah berlangsung, dicatat kemudian"),
        required=False,
        help_text=_("Setiap kejadian ditulis dengan waktunya, di samping waktu pencatatan."),
    )

    def clean_agenda(self):
        titles = [line.strip() for line in self.cleaned_data["agenda"].splitlines() if line.strip()]
        if any(len(title) > 200 for title in titles):
            raise ValidationError(_("Satu pokok agenda paling panjang 200 huruf; uraian ditulis di latar belakang."))
        if len(titles) > 100:
            raise ValidationError(_("Paling banyak 100 pokok agenda dalam satu pleno."))
        return titles

    def clean_guests(self):
        rows = []
        for line in self.cleaned_data["guests"].splitlines():
            name, _comma, title = line.partition(",")
            if name.strip():
                rows.append({"name": name.strip()[:120], "title": title.strip()[:120]})
        return rows

    def clean(self):
        cleaned = super().clean()
        planned = cleaned.get("planned_at")
        if planned and cleaned.get("recorded_late") and planned > clock.now():
            self.add_error("planned_at", _("Pleno yang sudah berlangsung tidak mungkin di masa depan."))
        if planned and not cleaned.get("recorded_late") and planned < clock.now() - datetime.timedelta(hours=12):
            self.add_error(
                "planned_at", _("Waktu ini sudah lewat. Ubah waktunya, atau tandai pleno ini sudah berlangsung.")
            )
        return cleaned


class EditForm(VersionedMixin, PlenoForm):
    """Changing a draft. The week stays: plan another pleno for another week."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["week"]

    def facts(self):
        cleaned = dict(self.cleaned_data)
        cleaned.pop("version", None)
        return cleaned


class NumberMixin(forms.Form):
    """Number and date of a letter; the number is typed only where the unit's setting says so."""

    number = forms.CharField(label=_("Nomor surat"), max_length=120, help_text=_("Dari buku agenda atau SRIKANDI."))
    dated = forms.DateField(label=_("Tanggal surat"), required=False, help_text=_("Kosong berarti hari ini."))

    def drop_number(self, source):
        if source != "typed":
            del self.fields["number"]


class InviteForm(KeyedMixin, NumberMixin, PortalForm):
    def __init__(self, *args, source, **kwargs):
        super().__init__(*args, **kwargs)
        self.drop_number(source)


class RescheduleForm(KeyedMixin, NumberMixin, PortalForm):
    planned_at = LocalDateTimeField(label=_("Hari dan jam baru"))
    place = forms.CharField(label=_("Tempat"), max_length=200)
    link = MeetingLink()
    reason = forms.CharField(label=_("Alasan perubahan"), max_length=300)
    field_order = ("planned_at", "place", "link", "reason", "number", "dated")

    def __init__(self, *args, source, organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["planned_at"].zone = organisation.zone
        self.fields["planned_at"].help_text = _("Waktu setempat (%s).") % organisation.zone_label
        self.drop_number(source)


class CancelForm(KeyedMixin, NumberMixin, PortalForm):
    reason = forms.CharField(label=_("Alasan pembatalan"), max_length=300)
    field_order = ("reason", "number", "dated")

    def __init__(self, *args, source, invited, **kwargs):
        super().__init__(*args, **kwargs)
        self.drop_number(source if invited else "portal")
        if not invited:
            del self.fields["dated"]


class ItemForm(PortalModelForm):
    """One item of the agenda."""

    class Meta:
        model = AgendaItem
        fields = ("title", "background", "proposer", "access")
        widgets = {"background": forms.Textarea(attrs={"rows": 3})}


class NewItemForm(KeyedMixin, ItemForm):
    class Meta(ItemForm.Meta):
        pass


class GuestForm(KeyedMixin, PortalForm):
    name = forms.CharField(label=_("Nama"), max_length=120)
    title = forms.CharField(label=_("Jabatan atau instansi"), max_length=120, required=False)


class OpenForm(KeyedMixin, PortalForm):
    """Opening: who chairs, and for each member whether he is present. Everyone is, unless marked."""

    def __init__(self, *args, pleno, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.pleno, self.members = pleno, members
        zone = pleno.organisation.zone
        if pleno.recorded_late:
            field = LocalDateTimeField(
                label=_("Waktu pleno dibuka"), initial=pleno.planned_at, help_text=pleno.organisation.zone_label
            )
            field.zone = zone
            self.add("happened_at", field)
            self.add("invitation_number", forms.CharField(label=_("Nomor undangan"), required=False, max_length=120))
            self.add("invitation_dated", forms.DateField(label=_("Tanggal undangan"), required=False))
        for member in members:
            self.add(
                f"status_{member.pk}",
                forms.ChoiceField(
                    label=member.user.name, choices=ATTENDANCE, initial="present:onsite", help_text=member.title
                ),
            )
            self.add(
                f"reason_{member.pk}",
                forms.CharField(
                    label=_("Keterangan untuk %(name)s") % {"name": member.user.name}, required=False, max_length=200
                ),
            )
        chair = MembershipChoice(
            label=_("Pimpinan rapat"),
            queryset=Membership.objects.filter(pk__in=[m.pk for m in members]).select_related("user"),
            initial=pleno.chair_id,
            help_text=_("Bila Ketua berhalangan, anggota tertua yang hadir memimpin."),
        )
        self.add("chair", chair)
        self.add(
            "chair_reason", forms.CharField(label=_("Alasan memilih pimpinan lain"), required=False, max_length=200)
        )

    def add(self, name, field):
        self.fields[name] = field
        self._dress(name, field)

    def rows(self):
        """Each member with the two controls that belong to him, for the page."""
        return [(m, self[f"status_{m.pk}"], self[f"reason_{m.pk}"]) for m in self.members]

    def exceptions(self):
        result = {}
        for member in self.members:
            status, mode = self.cleaned_data[f"status_{member.pk}"].split(":")
            result[member.pk] = {
                "status": status,
                "mode": mode,
                "reason": self.cleaned_data[f"reason_{member.pk}"],
            }
        return result


class AttendanceForm(PortalForm):
    """One line of the attendance in the room."""

    status = forms.ChoiceField(label=_("Kehadiran"), choices=ATTENDANCE)
    reason = forms.CharField(label=_("Keterangan"), required=False, max_length=200)
    arrived_at = LocalDateTimeField(label=_("Datang"), required=False)
    left_at = LocalDateTimeField(label=_("Pulang"), required=False)

    def __init__(self, *args, attendee, **kwargs):
        zone = attendee.pleno.organisation.zone
        kwargs.setdefault("prefix", f"a{attendee.pk}")
        kwargs.setdefault(
            "initial",
            {
                "status": f"{attendee.status}:{attendee.mode if attendee.status == 'present' else 'onsite'}",
                "reason": attendee.reason,
                "arrived_at": attendee.arrived_at,
                "left_at": attendee.left_at,
            },
        )
        super().__init__(*args, **kwargs)
        for name in ("arrived_at", "left_at"):
            self.fields[name].zone = zone

    def facts(self):
        status, mode = self.cleaned_data["status"].split(":")
        return {
            "status": status,
            "mode": mode,
            "reason": self.cleaned_data["reason"],
            "arrived_at": self.cleaned_data["arrived_at"],
            "left_at": self.cleaned_data["left_at"],
        }


class NotesForm(PortalForm):
    """Discussion notes with the version that was read."""

    notes = forms.CharField(
        label=_("Catatan pembahasan"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control doc"}),
    )
    notes_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class DecideForm(KeyedMixin, NotesForm):
    """A decision with its manner, votes by name, dissent and follow-ups. Everyone agrees unless marked."""

    text = forms.CharField(
        label=_("Keputusan"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control doc"}),
    )
    category = forms.ChoiceField(label=_("Kategori"), choices=Decision.CATEGORIES, initial="plan")
    manner = forms.ChoiceField(
        label=_("Cara mengambil keputusan"),
        choices=Decision.MANNERS,
        initial=CONSENSUS,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, pleno, present, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.pleno, self.present = pleno, present
        if pleno.recorded_late:
            field = LocalDateTimeField(label=_("Waktu diputuskan"), initial=pleno.opened_at)
            field.zone = pleno.organisation.zone
            self.add("happened_at", field)
        for attendee in present:
            self.add(
                f"vote_{attendee.pk}",
                forms.ChoiceField(
                    label=attendee.name,
                    choices=Vote.CHOICES,
                    initial=AGREE,
                    required=False,
                    widget=forms.RadioSelect,
                ),
            )
            self.add(
                f"dissent_{attendee.pk}",
                forms.CharField(
                    label=_("Pendapat berbeda dari %(name)s") % {"name": attendee.name},
                    required=False,
                    max_length=LONGEST_TEXT,
                    widget=forms.Textarea(attrs={"rows": 2, "class": "form-control doc"}),
                ),
            )
        for n in range(1, FOLLOW_UP_ROWS + 1):
            self.add(f"what_{n}", forms.CharField(label=_("Yang dikerjakan"), required=False, max_length=300))
            self.add(
                f"who_{n}",
                MembershipChoice(label=_("Penanggung jawab"), queryset=members, required=False, empty_label="–"),
            )
            self.add(f"due_{n}", forms.DateField(label=_("Tenggat"), required=False))

    def add(self, name, field):
        self.fields[name] = field
        self._dress(name, field)

    def vote_rows(self):
        return [(a, self[f"vote_{a.pk}"]) for a in self.present]

    def dissent_rows(self):
        return [self[f"dissent_{a.pk}"] for a in self.present]

    def follow_up_rows(self):
        return [(n, self[f"what_{n}"], self[f"who_{n}"], self[f"due_{n}"]) for n in range(1, FOLLOW_UP_ROWS + 1)]

    def has_dissent(self):
        """Whether a dissent is typed or comes back: then its part of the page stands open."""
        return any(field.value() for field in self.dissent_rows())

    def more_follow_ups(self):
        """Whether the second follow-up or a later one is filled in."""
        return any(what.value() for n, what, _who, _due in self.follow_up_rows() if n > 1)

    def clean(self):
        cleaned = super().clean()
        for n in range(1, FOLLOW_UP_ROWS + 1):
            given = [bool(cleaned.get(f"{part}_{n}")) for part in ("what", "who", "due")]
            if any(given) and not all(given):
                self.add_error(f"what_{n}", _("Tindak lanjut memerlukan tiga hal: apa, siapa, dan tenggatnya."))
            elif all(given) and cleaned[f"due_{n}"] < self.pleno.monday - datetime.timedelta(days=60):
                self.add_error(f"due_{n}", _("Tenggat ini jauh sebelum plenonya. Periksa tanggalnya."))
        return cleaned

    def facts(self):
        """What ``lifecycle.decide`` takes."""
        cleaned = self.cleaned_data
        votes = {}
        if cleaned["manner"] == VOTE:
            votes = {a.pk: cleaned[f"vote_{a.pk}"] or ABSTAIN for a in self.present}
        return {
            "text": cleaned["text"],
            "category": cleaned["category"],
            "manner": cleaned["manner"],
            "votes": votes,
            "dissents": {a.pk: cleaned[f"dissent_{a.pk}"] for a in self.present},
            "follow_ups": [
                {"what": cleaned[f"what_{n}"], "responsible": cleaned[f"who_{n}"], "due": cleaned[f"due_{n}"]}
                for n in range(1, FOLLOW_UP_ROWS + 1)
                if cleaned.get(f"what_{n}")
            ],
            "happened_at": cleaned.get("happened_at"),
        }


class ReasonForm(PortalForm):
    """A reason, for deferring, withdrawing, taking back, excusing."""

    reason = forms.CharField(label=_("Alasan"), max_length=300)


class CloseForm(KeyedMixin, PortalForm):
    """Closing: the fate of each item still open, and for a session entered afterwards when it closed."""

    FATES = [("", _("Bahas sekarang")), ("defer", _("Tunda ke pleno berikutnya")), ("withdraw", _("Tarik"))]

    def __init__(self, *args, pleno, waiting, **kwargs):
        super().__init__(*args, **kwargs)
        self.pleno, self.waiting = pleno, waiting
        for item in waiting:
            self.add(
                f"fate_{item.pk}",
                forms.ChoiceField(label=f"{item.order}. {item.title}", choices=self.FATES, required=False),
            )
        if waiting:
            self.add(
                "reason",
                forms.CharField(
                    label=_("Alasan penundaan atau penarikan"),
                    max_length=300,
                    required=False,
                    initial=_("Kuorum tidak terpenuhi.") if pleno.without_quorum else "",
                ),
            )
        if pleno.recorded_late:
            field = LocalDateTimeField(label=_("Waktu pleno ditutup"))
            field.zone = pleno.organisation.zone
            self.add("happened_at", field)

    def add(self, name, field):
        self.fields[name] = field
        self._dress(name, field)

    def fates(self):
        return [
            (item, self.cleaned_data.get(f"fate_{item.pk}"))
            for item in self.waiting
            if self.cleaned_data.get(f"fate_{item.pk}")
        ]


class WordsForm(VersionedMixin, PortalForm):
    """The opening and closing words of the minutes."""

    doc = ("opening_words", "closing_words")

    opening_words = forms.CharField(
        label=_("Kata pembuka"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    closing_words = forms.CharField(
        label=_("Kata penutup"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )


class PutUpForm(KeyedMixin, NumberMixin, PortalForm):
    """Number and date of the Berita Acara; the number is kept once it was drawn."""

    def __init__(self, *args, source, kept, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Nomor Berita Acara")
        self.fields["dated"].label = _("Tanggal Berita Acara")
        self.fields["dated"].help_text = _("Kosong berarti hari pleno.")
        self.drop_number("kept" if kept else source)
        if kept:
            del self.fields["dated"]


class DigestForm(KeyedMixin, PortalForm):
    """The digest that was read, confirmed as such."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


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


class HandSignatureForm(KeyedMixin, PortalForm):
    signed_on = forms.DateField(label=_("Tanggal ditandatangani"))
    scan = ScanField()


class ScanForm(KeyedMixin, PortalForm):
    caption = forms.CharField(label=_("Keterangan"), max_length=200)
    scan = ScanField()
