"""Every table of the kernel, one noun a file."""

from .documents import Counter, Document, NumberUse, StoredFile
from .duties import Duty, DutyRuling, Holiday
from .jobs import Heartbeat, Job
from .ledger import LedgerEntry, LedgerHead
from .mail import OutboxMessage
from .members import AccessLink, LinkApproval, Membership, Suspension, User
from .organisations import Division, Organisation, Parentage, Setting
from .requests import AnsweredRequest
from .talk import Notice, Remark
from .texts import TextCopy

__all__ = [
    "AccessLink",
    "AnsweredRequest",
    "Counter",
    "Division",
    "Document",
    "Duty",
    "DutyRuling",
    "Heartbeat",
    "Holiday",
    "Job",
    "LedgerEntry",
    "LedgerHead",
    "LinkApproval",
    "Membership",
    "Notice",
    "NumberUse",
    "Organisation",
    "OutboxMessage",
    "Parentage",
    "Remark",
    "Setting",
    "StoredFile",
    "Suspension",
    "TextCopy",
    "User",
]
