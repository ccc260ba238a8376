"""Every table of the kernel, one noun a file."""

from .documents import Counter, Document, NumberUse, StoredFile
from .jobs import Heartbeat, Job
from .ledger import LedgerEntry, LedgerHead
from .mail import OutboxMessage
from .members import AccessLink, LinkApproval, Membership, Suspension, User
from .organisations import Division, Organisation, Parentage, Setting
from .requests import AnsweredRequest

__all__ = [
    "AccessLink",
    "AnsweredRequest",
    "Counter",
    "Division",
    "Document",
    "Heartbeat",
    "Job",
    "LedgerEntry",
    "LedgerHead",
    "LinkApproval",
    "Membership",
    "NumberUse",
    "Organisation",
    "OutboxMessage",
    "Parentage",
    "Setting",
    "StoredFile",
    "Suspension",
    "User",
]
