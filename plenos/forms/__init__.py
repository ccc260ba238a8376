"""What a form of the plenary may contain. Shape only; the lifecycle decides."""

from .fields import ReasonForm
from .meeting import AttendanceForm, CloseForm, DecideForm, NotesForm, OpenForm, ScanForm
from .planning import (
    CancelForm,
    EditForm,
    EditItemForm,
    GuestForm,
    InviteForm,
    ItemForm,
    NewItemForm,
    PlanForm,
    RescheduleForm,
)
from .signing import DigestForm, ExcuseForm, HandSignatureForm, PutUpForm, WordsForm

__all__ = [
    "AttendanceForm",
    "CancelForm",
    "CloseForm",
    "DecideForm",
    "DigestForm",
    "EditForm",
    "EditItemForm",
    "ExcuseForm",
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
