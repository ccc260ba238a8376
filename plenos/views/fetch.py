"""The first beat of a view: the pleno by its address, within what the reader may know of."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import forms
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Organisation

from .. import permissions, queries
from ..models import Pleno


def find_unit(request, code):
    """The unit with this code, or 404."""
    return get_object_or_404(Organisation.objects.visible_to(request.user), code=code)


def find(request, code, year, week, ordinal):
    """The pleno at this address, or 404."""
    plenos = Pleno.objects.visible_to(request.user).select_related("organisation", "chair__user", "note_taker__user")
    return get_object_or_404(plenos, organisation__code=code, week_year=year, week=week, ordinal=ordinal)


def find_preparing(request, code, year, week, ordinal):
    """The pleno for those who prepare and log it; 403 for others who may know of it."""
    pleno = find(request, code, year, week, ordinal)
    if not permissions.may_prepare(request.user, pleno):
        raise NotPermitted(
            _("Hanya Ketua, notulis, dan kepala sekretariat unit ini yang menyiapkan dan mencatat pleno.")
        )
    return pleno


def find_item(request, pleno, uuid):
    """An item of the pleno that the reader may read, or 404."""
    item = get_object_or_404(queries.items_of(request.user, pleno), uuid=uuid)
    item.pleno = pleno
    return item


def refuse(form, error):
    """Put a refusal on the form (``forms.refuse``). Returns the status.

    What is said without a field is said of the number, where one was typed (kernel/numbering.py).
    """
    return forms.refuse(form, error, loose="number")


def attempt(form, verb):
    """Run ``verb`` as ``forms.attempt``, with what ``refuse`` says of the number."""
    return forms.attempt(form, verb, loose="number")


def renew(form, **values):
    """After a conflict: give the form what is stored now (a version), so that sending it again is a choice."""
    form.data = form.data.copy()
    for name, value in values.items():
        form.data[form.add_prefix(name)] = value


REFUSALS = (TransitionRefused, ValidationError)


def place_asked(request, row):
    """The place in an order that a form of moving asks for: a number, or one up or down."""
    to, step = request.POST.get("to", ""), request.POST.get("step", "")
    if step in ("up", "down"):
        return max(1, row.order + (1 if step == "down" else -1))
    return int(to[:4]) if to.isdecimal() else row.order
