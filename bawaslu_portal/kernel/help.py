"""Help sheets: one for each role, put together from the chapters that the apps declare; a page and a paper.

The sheet of a role is the same for everyone. Its paper is frozen like any other, once for a unit and a wording.
"""

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from . import catalogue, documents, pdf, scope
from .models.members import Membership
from .models.organisations import Organisation
from .settings_store import setting

ROLES = dict(Membership.ROLES)
PREFIX = "kernel.help."


def sheet(role):
    """The chapters of a role in order: dicts of title, text and steps, in the language now active."""
    return [
        {"title": str(c.title), "text": str(c.text), "steps": [str(step) for step in c.steps]}
        for c in catalogue.help_chapters()
        if role in c.roles
    ]


def roles():
    """The roles that have a sheet, with their names."""
    return [
        (role, label) for role, label in Membership.ROLES if any(role in c.roles for c in catalogue.help_chapters())
    ]


def issue(organisation, role, *, by):
    """The paper of a sheet, in Indonesian as every paper; the same words again give the paper that is there."""
    with translation.override("id"):
        record = {
            "schema": "kernel.help.1",
            "role": role,
            "title": f"Lembar bantuan: {ROLES[role]}",
            "paper": setting(organisation, "paper.size"),
            "demo": bool(settings.PORTAL_DEMO),
            "chapters": sheet(role),
        }
    return documents.issue(
        PREFIX + role,
        about_kind="help",
        about=_About(organisation),
        record=record,
        title=record["title"],
        by=by,
        access="open",
    )


class _About:
    """What a help sheet is about: the unit itself, with nothing delivered or released."""

    delivered_to = released_at = None

    def __init__(self, organisation):
        self.organisation, self.uuid = organisation, organisation.uuid


def readable(user):
    """Q over Document rows: the sheets of the units in which one serves."""
    return Q(organisation__in=scope.own_units(user) | scope.own_units(user, {"administrator"}))


def build(document):
    """The PDF of a sheet."""
    context = {"record": document.record, "title": document.title, "paper": document.record["paper"]}
    return pdf.render("pdf/help.html", context, paper=document.record["paper"])


def declare():
    """Declare a paper for each role and the kind that they hang on. Called when the kernel's catalogue loads."""
    catalogue.declare(catalogue.Kind("help", lambda: Organisation, "", lambda unit: "/bantuan/", readable))
    for role, label in Membership.ROLES:
        catalogue.declare_paper(catalogue.PaperKind(PREFIX + role, label, "", build, numbered=False))
