"""Fields that know the unit: its clock, its divisions."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import clock
from ..members import day_start
from ..models.members import Membership
from ..models.organisations import Division

NO_MAIL = _("Portal ini belum terhubung dengan server pos-el: serahkan tautan atau QR sendiri.")


class UnitMomentField(forms.DateTimeField):
    """A date and hour on the clock of the unit, whatever the zone of the reader."""

    unit = None

    def to_python(self, value):
        with timezone.override(self.unit.zone):
            return super().to_python(value)

    def prepare_value(self, value):
        with timezone.override(self.unit.zone):
            return super().prepare_value(value)


class UnitFace:
    """Mixin before PortalForm: ``unit`` and ``reader`` come first, and reach the fields that need them."""

    def __init__(self, *args, unit, reader, **kwargs):
        self.unit, self.reader = unit, reader
        super().__init__(*args, **kwargs)
        # Hidden fields last: between two visible ones they would take the space that parts these.
        self.order_fields(sorted(self.fields, key=lambda name: self.fields[name].widget.is_hidden))
        today = clock.today(unit)
        for name, field in self.fields.items():
            if isinstance(field, UnitMomentField):
                field.unit = unit
            if name in {"channel", "post"} and not settings.EMAIL_CONFIGURED:
                field.help_text = NO_MAIL
                if name == "channel":
                    field.choices = [choice for choice in field.choices if choice[0] != "mail"]
                else:
                    field.disabled, field.initial = True, False
            if name == "division":
                field.queryset = Division.objects.visible_to(reader).filter(organisation=unit).on(today)
                field.empty_label = str(_("Tanpa divisi"))
            if name == "since" and isinstance(field, forms.DateField) and not field.initial:
                field.initial = today

    def moment(self, name):
        """The first moment of the date typed into ``name``, or None."""
        day = self.cleaned_data.get(name)
        return day_start(self.unit, day) if day else None

    def clean(self):
        found = super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and type(since) is type(until) and until <= since:
            self.add_error("until", ValidationError(_("Tanggal akhir harus sesudah tanggal mulai.")))
        return found


def role_choices():
    return [("", _("Pilih peran")), *Membership.ROLES]
