"""The tables of the weekly plenary."""

from .following import Attachment, FollowUp, Progress
from .intake import Submission
from .items import AgendaItem, Decision, Dissent, Drop, TemplateItem, Vote
from .minutes import ArchivedMinutes, Correction, Minutes, Reading, Scan, Signature
from .sessions import Absence, Adjournment, Attendee, Invitation, Pleno

__all__ = [
    "Absence",
    "Adjournment",
    "AgendaItem",
    "ArchivedMinutes",
    "Attachment",
    "Attendee",
    "Correction",
    "Decision",
    "Dissent",
    "Drop",
    "FollowUp",
    "Invitation",
    "Minutes",
    "Pleno",
    "Progress",
    "Reading",
    "Scan",
    "Signature",
    "Submission",
    "TemplateItem",
    "Vote",
]
