"""What a form may contain while the session is held, or entered afterwards: attendance, notes, decisions, closing."""

import datetime
import hashlib
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm
from bawaslu_portal.kernel.models import Membership

from ..models import Decision
from ..models.items import AGREE, CONSENSUS, VOTE, Vote
from .fields import LONGEST_TEXT, LocalDateTimeField, MembershipChoice, ScanField

ATTENDANCE = [
    ("present:onsite", _("Hadir")),
    ("present:online", _("Hadir, daring")),
    ("excused:onsite", _("Izin")),
    ("ill:onsite", _("Sakit")),
    ("on_duty:onsite", _("Dinas luar")),
    ("unexplained:onsite", _("Tanpa keterangan")),
]
FOLLOW_UP_ROWS = 3


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
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

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
                "seen": attendee.recorded_at.isoformat(timespec="microseconds"),
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
            "seen": self.cleaned_data["seen"],
        }


def notes_digest(text):
    """A short digest of notes as a page showed them: tells whether they were touched there."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


class NotesForm(PortalForm):
    """Discussion notes with the version that was read."""

    notes = forms.CharField(
        label=_("Catatan pembahasan"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control doc"}),
    )
    notes_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    notes_were = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    notes_page = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class DecideForm(KeyedMixin, NotesForm):
    """A decision with its manner, votes by name, dissent and follow-ups. Everyone agrees unless marked."""

    other_notes = None  # what someone else saved meanwhile, to be shown beside

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
        here = {f"vote_{a.pk}" for a in self.present}
        gone = [n for n in self.data if n.startswith("vote_") and n not in here and cleaned.get("manner") == VOTE]
        if gone:
            self.add_error(
                None, _("Daftar hadir berubah sejak halaman ini dibuka. Periksa suara yang tersisa, lalu catat.")
            )
        for n in range(1, FOLLOW_UP_ROWS + 1):
            given = [bool(cleaned.get(f"{part}_{n}")) for part in ("what", "who", "due")]
            if any(given) and not all(given):
                self.add_error(f"what_{n}", _("Tindak lanjut memerlukan tiga hal: apa, siapa, dan tenggatnya."))
            elif all(given) and cleaned[f"due_{n}"] < self.pleno.monday - datetime.timedelta(days=60):
                self.add_error(f"due_{n}", _("Tenggat ini jauh sebelum plenonya. Periksa tanggalnya."))
        return cleaned

    def typed_notes(self):
        """(text, version, page) of the notes where they were touched here, else None: untouched ones are not sent."""
        text = self.cleaned_data["notes"]
        if self.cleaned_data["notes_were"] == notes_digest(text):
            return None
        return text, self.cleaned_data["notes_version"], self.cleaned_data["notes_page"]

    def facts(self):
        """What ``lifecycle.decide`` takes. A vote that was not given is never made up: the verb asks for it."""
        cleaned = self.cleaned_data
        hour = cleaned.get("happened_at")
        there = [a for a in self.present if hour is None or a.in_room_at(hour)]
        votes = {}
        if cleaned["manner"] == VOTE:
            votes = {a.pk: cleaned[f"vote_{a.pk}"] for a in there if cleaned[f"vote_{a.pk}"]}
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
            "notes": self.typed_notes(),
        }


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


class ScanForm(KeyedMixin, PortalForm):
    caption = forms.CharField(label=_("Keterangan"), max_length=200)
    scan = ScanField()
