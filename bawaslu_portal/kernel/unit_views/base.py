"""What the pages of a unit share: finding it and its people, asking for a role, the page of a plain form."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from .. import forms, permissions
from ..forms import attempt
from ..lifecycle import require
from ..models.members import Membership, User
from ..models.organisations import Organisation

__all__ = [
    "attempt",
    "fetch_own",
    "fetch_person",
    "fetch_unit",
    "form_page",
    "person_url",
    "show_once",
    "take_showing",
]

# Links that may still be shown once to the one who made them.
SHOW_ONCE = "links_to_show"


def fetch_unit(request, code, permission=None):
    """The unit, 404 where the reader may not know of it, 403 where his role does not suffice."""
    unit = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    if permission is not None:
        require(permission, request.user, unit)
    return unit


def fetch_own(request, code):
    """The unit, for one who may change it."""
    return fetch_unit(request, code, permissions.changes_unit)


def fetch_person(request, unit, uuid):
    """One who serves or served in the unit, or 404."""
    here = Membership.objects.visible_to(request.user).filter(organisation=unit)
    return get_object_or_404(User.objects.visible_to(request.user).filter(pk__in=here.values("user")), uuid=uuid)


def form_page(request, form, unit, *, heading, action, up, up_url, lede="", status=200, danger=False, **context):
    """The one template of plain forms: heading, a sentence of what happens, the form, one button, a way back."""
    return forms.page(
        request,
        "kernel/unit_form.html",
        form,
        status=status,
        unit=unit,
        heading=heading,
        lede=lede,
        action=action,
        up=up,
        up_url=up_url,
        danger=danger,
        **context,
    )


def show_once(request, link):
    """Remember that the one who made this link has yet to see its secret."""
    request.session[SHOW_ONCE] = [*request.session.get(SHOW_ONCE, []), str(link.uuid)]


def take_showing(request, link):
    """Whether the secret may be shown now; asked once."""
    waiting = request.session.get(SHOW_ONCE, [])
    if str(link.uuid) not in waiting:
        return False
    request.session[SHOW_ONCE] = [one for one in waiting if one != str(link.uuid)]
    return True


def person_url(unit, person):
    return reverse("kernel:person", args=[unit.code, person.uuid])
