"""What a form may contain while the session is held, or entered afterwards: attendance, notes, decisions, closing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm
from bawaslu_portal.kernel.models import Membership

from ..models import Absence, Decision
from ..models.items import ABSTAIN, AGREE, CONSENSUS, VOTE, Vote
from ..models.sessions import ADJOURNED
from .fields import LONGEST_TEXT, DoerChoice, LocalDateTimeField, MembershipChoice, ReferenceField, ScanField
from .noting import NotesForm

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


class AbsenceChoice(forms.ModelMultipleChoiceField):
    """Times in which someone was out of the room, to be taken out where they were entered by mistake."""

    widget = forms.CheckboxSelectMultiple
    zone = None

    def label_from_instance(self, away):
        since, until = (moment.astimezone(self.zone).strftime("%H.%M") for moment in (away.since, away.until))
        return f"{since}–{until}"


class AttendanceForm(PortalForm):
    """One line of the attendance in the room. A row of the list sends only the status: what it does not send stays
    (``fill``)."""

    status = forms.ChoiceField(label=_("Kehadiran"), choices=ATTENDANCE)
    reason = forms.CharField(label=_("Keterangan"), required=False, max_length=200)
    arrived_at = LocalDateTimeField(label=_("Datang"), required=False)
    left_at = LocalDateTimeField(label=_("Pulang"), required=False)
    away_since = LocalDateTimeField(label=_("Sempat keluar sejak"), required=False)
    away_until = LocalDateTimeField(label=_("kembali pukul"), required=False)
    drop = AbsenceChoice(label=_("Keliru dicatat keluar"), queryset=Absence.objects.none(), required=False)
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, *args, attendee, **kwargs):
        zone = attendee.pleno.organisation.zone
        kwargs.setdefault("prefix", f"a{attendee.pk}")
        kwargs.setdefault(
            "initial",
            {
                "status": attendee.attendance,
                "reason": attendee.reason,
                "arrived_at": attendee.arrived_at,
                "left_at": attendee.left_at,
                "seen": attendee.seen,
            },
        )
        super().__init__(*args, **kwargs)
        for name in ("arrived_at", "left_at", "away_since", "away_until"):
            self.fields[name].zone = zone
        away = attendee.absences.all() if attendee.pk else []
        if away:
            self.fields["drop"].queryset, self.fields["drop"].zone = attendee.absences.all(), zone
        else:
            del self.fields["drop"]

    def fill(self):
        """What a row of the list did not send is as if it had been sent as it stands: a refused change is shown, and
        sent again, with all of it."""
        if self.is_bound:
            self.data = self.data.copy()
            for name in ("reason", "arrived_at", "left_at"):
                if self.add_prefix(name) not in self.data:
                    stands = self.fields[name].prepare_value(self.initial[name])
                    said = self.fields[name].widget.format_value(stands)
                    self.data[self.add_prefix(name)] = said or ""

    def facts(self):
        status, mode = self.cleaned_data["status"].split(":")
        return {
            "status": status,
            "mode": mode,
            "reason": self.cleaned_data["reason"],
            "arrived_at": self.cleaned_data["arrived_at"],
            "left_at": self.cleaned_data["left_at"],
            "seen": self.cleaned_data["seen"],
            "away": (self.cleaned_data["away_since"], self.cleaned_data["away_until"]),
            "drop": self.cleaned_data.get("drop", ()),
        }


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

    def __init__(self, *args, pleno, present, doers, decisions, abstention=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.pleno, self.present = pleno, present
        people, divisions = doers
        choices = [one for one in Vote.CHOICES if abstention or one[0] != ABSTAIN]
        if pleno.recorded_late:
            field = LocalDateTimeField(label=_("Waktu diputuskan"), initial=pleno.opened_at)
            field.zone = pleno.organisation.zone
            self.add("happened_at", field)
        for attendee in present:
            self.add(
                f"vote_{attendee.pk}",
                forms.ChoiceField(
                    label=attendee.name,
                    choices=choices,
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
                DoerChoice(label=_("Penanggung jawab"), people=people, divisions=divisions, required=False),
            )
            self.add(f"due_{n}", forms.DateField(label=_("Tenggat"), required=False))
        self.add(
            "reverses",
            ReferenceField(
                label=_("Mencabut atau mengubah keputusan"),
                decisions=decisions,
                required=False,
                help_text=_("Rujukan keputusan terdahulu unit ini, seperti 2024/12. Kosong bila tidak ada."),
            ),
        )
        self.fields["reverses"].widget.attrs["list"] = "keputusan-terdahulu"

    def vote_rows(self):
        return [(a, self[f"vote_{a.pk}"]) for a in self.present]

    def dissent_rows(self):
        return [self[f"dissent_{a.pk}"] for a in self.present]

    def follow_up_rows(self):
        return [(n, self[f"what_{n}"], self[f"who_{n}"], self[f"due_{n}"]) for n in range(1, FOLLOW_UP_ROWS + 1)]

    def has_dissent(self):
        """Whether a dissent is typed or comes back: then its part of the page stands open."""
        return any(field.value() for field in self.dissent_rows())

    def has_reversed(self):
        """Whether an earlier decision is named: then its part of the page stands open."""
        return bool(self["reverses"].value())

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
        day = clock.local(self.pleno.happened_at, self.pleno.organisation).date()
        for n in range(1, FOLLOW_UP_ROWS + 1):
            given = [bool(cleaned.get(f"{part}_{n}")) for part in ("what", "who", "due")]
            if any(given) and not all(given):
                self.add_error(f"what_{n}", _("Tindak lanjut memerlukan tiga hal: apa, siapa, dan tenggatnya."))
            elif all(given) and cleaned[f"due_{n}"] < day:
                self.add_error(f"due_{n}", _("Tenggat tidak boleh sebelum hari plenonya."))
        return cleaned

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
                {"what": cleaned[f"what_{n}"], **cleaned[f"who_{n}"], "due": cleaned[f"due_{n}"]}
                for n in range(1, FOLLOW_UP_ROWS + 1)
                if cleaned.get(f"what_{n}")
            ],
            "happened_at": cleaned.get("happened_at"),
            "notes": self.typed_notes(),
            "reverses": cleaned["reverses"],
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
                forms.ChoiceField(
                    label=f"{item.order}. {item.title}",
                    choices=self.FATES,
                    required=False,
                    widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
                ),
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
        if pleno.recorded_late and pleno.state != ADJOURNED:
            field = LocalDateTimeField(label=_("Waktu pleno ditutup"))
            field.zone = pleno.organisation.zone
            self.add("happened_at", field)

    def fates(self):
        return [
            (item, self.cleaned_data.get(f"fate_{item.pk}"))
            for item in self.waiting
            if self.cleaned_data.get(f"fate_{item.pk}")
        ]


class ScanForm(KeyedMixin, PortalForm):
    caption = forms.CharField(label=_("Keterangan"), max_length=200)
    scan = ScanField()
