"""Forms of the register, the search and the follow-ups: filters of an address, and what is said of progress."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm

from ..models import Decision
from .fields import AttachmentsField

LONGEST_PROGRESS = 4000


class Filter(PortalForm):
    """Filters in an address: a value that does not fit is as good as none. ``wanted`` holds those that do."""

    def __init__(self, data, **kwargs):
        super().__init__(data, **kwargs)
        self.is_valid()
        self.wanted = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    def chips(self):
        """(name, "Tahun 2024") of each filter that narrows the list; words and order are none."""
        found = []
        for name, value in self.wanted.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and name != "urut":
                said = dict(flat(field.choices)).get(value, value)
                found.append((name, f"{field.label}: {said}"))
        return found


def flat(choices):
    """The pairs of a choice field, groups undone, values as text."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from ((str(v), w) for v, w in label)
        else:
            yield str(value), label


def is_key(text):
    """Whether a text of an address is the key of a record, as we write it."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _choice(label, choices, every):
    return forms.ChoiceField(label=label, choices=[("", every), *choices], required=False)


class RegisterFilter(Filter):
    """What of the register is shown, and in which order."""

    q = forms.CharField(label=_("Cari dalam keputusan, pembahasan, dan nomor"), required=False, max_length=200)

    def __init__(self, data, *, years, lateness, concerned=None, **kwargs):
        self.base_fields = dict(self.base_fields)
        self.base_fields["tahun"] = _choice(_("Tahun"), [(y, y) for y in years], _("Semua tahun"))
        self.base_fields["kategori"] = _choice(_("Kategori"), Decision.CATEGORIES, _("Semua kategori"))
        self.base_fields["cara"] = _choice(_("Cara"), Decision.MANNERS, _("Semua cara"))
        if lateness:
            states = [
                ("berjalan", _("Berjalan")),
                ("lewat", _("Lewat tenggat")),
                ("selesai", _("Selesai")),
                ("tanpa", _("Tanpa tindak lanjut")),
            ]
            self.base_fields["tl"] = _choice(_("Tindak lanjut"), states, _("Semua"))
        concerns = [("lain", _("Menyangkut rekaman lain")), ("ubah", _("Mencabut atau dicabut"))]
        if is_key(data.get("hal", "")):  # the address names one record; ``concerned`` says how it is called
            concerns.append((data["hal"], (concerned(data["hal"]) if concerned else "") or _("Satu rekaman")))
        self.base_fields["hal"] = _choice(_("Hubungan"), concerns, _("Semua"))
        first = _("Paling cocok") if data.get("q", "").strip() else _("Terbaru")
        orders = [("baru", _("Terbaru")), ("lama", _("Terlama"))]
        self.base_fields["urut"] = _choice(_("Urut"), [o for o in orders if o[1] != first], first)
        super().__init__(data, **kwargs)


class FollowUpFilter(Filter):
    """What of a unit's follow-ups is shown."""

    def __init__(self, data, *, years, people, divisions, **kwargs):
        self.base_fields = {}
        states = [
            ("berjalan", _("Berjalan")),
            ("lewat", _("Lewat tenggat")),
            ("dilaporkan", _("Dilaporkan selesai")),
            ("selesai", _("Selesai")),
            ("dihentikan", _("Dihentikan")),
        ]
        self.base_fields["keadaan"] = _choice(_("Keadaan"), states, _("Semua"))
        self.base_fields["siapa"] = _choice(_("Siapa"), [(str(k), name) for k, name in people], _("Semua orang"))
        self.base_fields["divisi"] = _choice(_("Divisi"), [(str(k), name) for k, name in divisions], _("Semua divisi"))
        self.base_fields["tahun"] = _choice(_("Tahun"), [(y, y) for y in years], _("Semua tahun"))
        super().__init__(data, **kwargs)


class SearchFilter(Filter):
    """What is looked for, and where."""

    q = forms.CharField(label=_("Cari keputusan, agenda, dan catatan"), required=False, max_length=200)

    def __init__(self, data, *, units, years, **kwargs):
        self.base_fields = dict(self.base_fields)
        kinds = [("keputusan", _("Keputusan")), ("agenda", _("Agenda dan catatan")), ("arsip", _("Risalah lama"))]
        self.base_fields["jenis"] = _choice(_("Jenis"), kinds, _("Semua"))
        self.base_fields["tahun"] = _choice(_("Tahun"), [(y, y) for y in years], _("Semua tahun"))
        if len(units) > 1:
            self.base_fields["unit"] = _choice(_("Unit"), units, _("Semua unit"))
        super().__init__(data, **kwargs)


class ProgressForm(KeyedMixin, PortalForm):
    """What is said of a follow-up, with evidence."""

    text = forms.CharField(
        label=_("Keterangan"),
        max_length=LONGEST_PROGRESS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Harus diisi bila perkembangan dicatat tanpa dilaporkan selesai."),
    )
    files = AttachmentsField(label=_("Bukti"), required=False)


class WordForm(KeyedMixin, PortalForm):
    """A word on a follow-up without evidence: confirmed."""

    text = forms.CharField(
        label=_("Keterangan"), max_length=LONGEST_PROGRESS, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonedForm(WordForm):
    """The same with a reason that must be given: sent back, stopped."""

    text = forms.CharField(label=_("Alasan"), max_length=LONGEST_PROGRESS, widget=forms.Textarea(attrs={"rows": 3}))
