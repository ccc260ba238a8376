"""What a form may contain when a session stands still, goes on, or goes on in a follow-up pleno."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.forms import KeyedMixin, PortalForm
from bawaslu_portal.kernel.models import Membership

from ..models.sessions import ELEMENT_MEMBER
from .fields import LocalDateTimeField, MembershipChoice


class _OfPleno(KeyedMixin, PortalForm):
    """A form that knows its pleno: hours are typed in the zone of the unit, the hour of the act only where needed."""

    hour = ""

    def __init__(self, *args, pleno, **kwargs):
        super().__init__(*args, **kwargs)
        self.pleno = pleno
        if pleno.recorded_late and self.hour:
            hour = LocalDateTimeField(label=self.hour, help_text=pleno.organisation.zone_label)
            self.add("happened_at", hour)
        for field in self.fields.values():
            if isinstance(field, LocalDateTimeField):
                field.zone = pleno.organisation.zone

    def facts(self):
        """What the verb takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "request_key"}


class AdjournForm(_OfPleno):
    """Why the session stands still, and when and where it is to go on, where that is known."""

    hour = _("Waktu rapat diskors")

    reason = forms.CharField(label=_("Alasan skors"), max_length=300)
    planned_at = LocalDateTimeField(
        label=_("Direncanakan dilanjutkan"), required=False, help_text=_("Kosong bila belum ditentukan.")
    )
    place = forms.CharField(
        label=_("Tempat kelanjutannya"), required=False, max_length=200, help_text=_("Kosong bila tetap.")
    )


class ResumeForm(_OfPleno):
    """Who is back, who leads on, and for a session entered afterwards when it went on."""

    hour = _("Waktu rapat dilanjutkan")

    back = forms.MultipleChoiceField(
        label=_("Yang hadir kembali"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Mereka yang hadir saat diskors sudah ditandai. Hapus tanda yang tidak kembali, tandai yang baru."),
    )
    chair = MembershipChoice(label=_("Pimpinan rapat"), queryset=Membership.objects.none())
    chair_reason = forms.CharField(
        label=_("Alasan pimpinan berganti"), required=False, max_length=200, help_text=_("Kosongkan bila tetap.")
    )

    def __init__(self, *args, pleno, attendees, since, **kwargs):
        super().__init__(*args, pleno=pleno, **kwargs)
        self.fields["back"].choices = [(a.pk, f"{a.name} ({a.title})" if a.title else a.name) for a in attendees]
        self.fields["back"].initial = [a.pk for a in attendees if a.in_room_at(since)]
        seats = [a.membership_id for a in attendees if a.element == ELEMENT_MEMBER]
        self.fields["chair"].queryset = Membership.objects.filter(pk__in=seats).select_related("user")
        self.fields["chair"].initial = pleno.chair_id

    def clean_back(self):
        return {int(pk) for pk in self.cleaned_data["back"]}


class ContinueForm(_OfPleno):
    """When and where the follow-up pleno is held, and why the rest is put off."""

    planned_at = LocalDateTimeField(label=_("Hari dan jam pleno lanjutan"))
    place = forms.CharField(label=_("Tempat"), max_length=200)
    reason = forms.CharField(label=_("Alasan"), max_length=300, help_text=_("Ditulis pada setiap agenda yang ditunda."))

    def __init__(self, *args, pleno, **kwargs):
        if pleno.state == "open":
            self.hour = _("Waktu pleno ini ditutup")
        later = clock.local(clock.now(), pleno.organisation).replace(minute=0, second=0, microsecond=0)
        kwargs.setdefault(
            "initial", {"planned_at": later + datetime.timedelta(days=1), "place": pleno.place, "reason": ""}
        )
        super().__init__(*args, pleno=pleno, **kwargs)
