"""When each step of a plenary may be done, and what then happens. The table is read aloud in ``table.py``."""

from .deciding import decide, defer, reopen_item, undo_decision, withdraw, write_notes
from .meeting import add_scan, close, open_session, set_attendance
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
from .signing import confirm, excuse, mark_read, print_draft, put_up, ratify, sign_by_hand, take_back, word
from .table import TABLE

__all__ = [
    "TABLE",
    "add_guest",
    "add_item",
    "add_scan",
    "cancel",
    "close",
    "confirm",
    "decide",
    "defer",
    "delete",
    "edit",
    "edit_item",
    "excuse",
    "invite",
    "mark_read",
    "move_item",
    "open_session",
    "plan",
    "print_draft",
    "put_up",
    "ratify",
    "record_late",
    "remove_guest",
    "remove_item",
    "reopen_item",
    "reschedule",
    "set_attendance",
    "sign_by_hand",
    "take_back",
    "undo_decision",
    "withdraw",
    "word",
    "write_notes",
]
