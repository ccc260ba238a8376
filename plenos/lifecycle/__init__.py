"""When each step of a plenary may be done, and what then happens. The table is read aloud in ``table.py``."""

from . import intake, template
from .adjourning import adjourn, continue_later, resume
from .attaching import attach, describe, detach
from .deciding import decide, defer, reopen_item, undo_decision, withdraw
from .meeting import add_scan, close, open_session
from .noting import settle_notes, write_notes
from .overseeing import return_minutes
from .planning import (
    add_guest,
    add_item,
    cancel,
    delete,
    edit,
    edit_item,
    invite,
    move_item,
    plan,
    record_late,
    remove_guest,
    remove_item,
    reschedule,
)
from .preparing import approve_last, carry_over, drop, plan_next, plan_prepared, prepare_agenda
from .presence import set_attendance, step_in, step_out
from .signing import (
    confirm,
    excuse,
    mark_read,
    print_draft,
    put_up,
    ratify,
    remind,
    sign_by_hand,
    take_back,
    word,
    words_digest,
)
from .table import TABLE
from .weeks import answer, declare_none, extend

__all__ = [
    "TABLE",
    "add_guest",
    "add_item",
    "add_scan",
    "adjourn",
    "answer",
    "approve_last",
    "attach",
    "cancel",
    "carry_over",
    "close",
    "confirm",
    "continue_later",
    "decide",
    "declare_none",
    "defer",
    "delete",
    "describe",
    "detach",
    "drop",
    "edit",
    "edit_item",
    "excuse",
    "extend",
    "intake",
    "invite",
    "mark_read",
    "move_item",
    "open_session",
    "plan",
    "plan_next",
    "plan_prepared",
    "prepare_agenda",
    "print_draft",
    "put_up",
    "ratify",
    "record_late",
    "remind",
    "remove_guest",
    "remove_item",
    "reopen_item",
    "reschedule",
    "resume",
    "return_minutes",
    "set_attendance",
    "settle_notes",
    "sign_by_hand",
    "step_in",
    "step_out",
    "take_back",
    "template",
    "undo_decision",
    "withdraw",
    "word",
    "words_digest",
    "write_notes",
]
