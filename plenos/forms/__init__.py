"""What a form of the plenary may contain. Shape only; the lifecycle decides."""

from .adjourning import AdjournForm, ContinueForm, ResumeForm
from .attaching import AttachForm, DescribeForm
from .correcting import BeginCorrectionForm, CorrectionForm
from .fields import ReasonForm
from .meeting import ATTENDANCE, AttendanceForm, CloseForm, DecideForm, OpenForm, ScanForm
from .noting import NotesForm
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
from .preparing import NewStandingForm, PlaceForm, ProposalForm, RequestForm, StandingForm
from .signing import DigestForm, ExcuseForm, HandSignatureForm, PutUpForm, WordsForm
from .weeks import AnswerForm, ExtendForm, NoneHeldForm

__all__ = [
    "ATTENDANCE",
    "AdjournForm",
    "AnswerForm",
    "AttachForm",
    "AttendanceForm",
    "BeginCorrectionForm",
    "CancelForm",
    "CloseForm",
    "ContinueForm",
    "CorrectionForm",
    "DecideForm",
    "DescribeForm",
    "DigestForm",
    "EditForm",
    "EditItemForm",
    "ExcuseForm",
    "ExtendForm",
    "GuestForm",
    "HandSignatureForm",
    "InviteForm",
    "ItemForm",
    "NewItemForm",
    "NewStandingForm",
    "NoneHeldForm",
    "NotesForm",
    "OpenForm",
    "PlaceForm",
    "PlanForm",
    "ProposalForm",
    "PutUpForm",
    "ReasonForm",
    "RequestForm",
    "RescheduleForm",
    "ResumeForm",
    "ScanForm",
    "StandingForm",
    "WordsForm",
]
