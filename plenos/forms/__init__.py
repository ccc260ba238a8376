"""What a form of the plenary may contain. Shape only; the lifecycle decides."""

from .fields import ReasonForm
from .meeting import AttendanceForm, CloseForm, DecideForm, NotesForm, OpenForm, ScanForm
from .planning import CancelForm, EditForm, GuestForm, InviteForm, ItemForm, NewItemForm, PlanForm, RescheduleForm
from .signing import DigestForm, HandSignatureForm, PutUpForm, WordsForm

__all__ = [
    "AttendanceForm",
    "CancelForm",
    "CloseForm",
    "DecideForm",
    "DigestForm",
    "EditForm",
    "GuestForm",
    "HandSignatureForm",
    "InviteForm",
    "ItemForm",
    "NewItemForm",
    "NotesForm",
    "OpenForm",
    "PlanForm",
    "PutUpForm",
    "ReasonForm",
    "RescheduleForm",
    "ScanForm",
    "WordsForm",
]
