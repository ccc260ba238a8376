"""Pages that administer a unit: its people, divisions, settings, letterhead, numbers; and one-time links."""

from .holidays import (
    holiday_add,
    holiday_list,
    holiday_remove,
    holidays_import_confirm,
    holidays_import_template,
    holidays_import_upload,
)
from .imports import people_import_confirm, people_import_template, people_import_upload
from .links import link, link_approve, link_invite, link_reset, link_revoke, link_use
from .memberships import (
    chair_acting,
    membership_add,
    membership_end,
    membership_move,
    membership_replace,
    membership_suspend,
    suspension_lift,
)
from .numbers import number_cancel, number_next, number_reserve, numbers
from .people import people, person, person_correct, person_email, person_invite
from .profile import profile_email
from .settings import letterhead, logo, setting, settings
from .units import division_add, division_correct, division_end, divisions, unit, unit_rename, units

__all__ = [
    "chair_acting",
    "division_add",
    "division_correct",
    "division_end",
    "divisions",
    "holiday_add",
    "holiday_list",
    "holiday_remove",
    "holidays_import_confirm",
    "holidays_import_template",
    "holidays_import_upload",
    "letterhead",
    "link",
    "link_approve",
    "link_invite",
    "link_reset",
    "link_revoke",
    "link_use",
    "logo",
    "membership_add",
    "membership_end",
    "membership_move",
    "membership_replace",
    "membership_suspend",
    "number_cancel",
    "number_next",
    "number_reserve",
    "numbers",
    "people",
    "people_import_confirm",
    "people_import_template",
    "people_import_upload",
    "person",
    "person_correct",
    "person_email",
    "person_invite",
    "profile_email",
    "setting",
    "settings",
    "suspension_lift",
    "unit",
    "unit_rename",
    "units",
]
