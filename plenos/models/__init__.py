"""The tables of the weekly plenary."""

from .items import AgendaItem, Decision, Dissent, FollowUp, Vote
from .minutes import Minutes, Reading, Scan, Signature
from .sessions import Attendee, Invitation, Pleno

__all__ = [
    "AgendaItem",
    "Attendee",
    "Decision",
    "Dissent",
    "FollowUp",
    "Invitation",
    "Minutes",
    "Pleno",
    "Reading",
    "Scan",
    "Signature",
    "Vote",
]
