"""For every address with an object in it: the object's own address and one who may open it.

``book(world)`` gives ``{URL name: (keyword arguments, owner)}``. An address without an entry fails the walk.
"""

# Addresses with an object in them that the walk leaves out, and why.
LEFT_OUT = {
    "kernel:help_sheet": "the same words for everyone who has signed in",
    "kernel:help_print": "the paper of the same words, for one's own unit",
    "kernel:link_use": "a one-time link: its secret is the key, and whoever holds it is to come in",
}
# Addresses whose parts need not exist for the page to open, and why.
MAY_BE_ABSENT = {
    "plenos:week": {"year", "week"},  # a week without a pleno has its page too
}


def _of(pleno, **more):
    return {
        "code": pleno.organisation.code,
        "year": pleno.week_year,
        "week": pleno.week,
        "ordinal": pleno.ordinal,
        **more,
    }


def _decision(w):
    return {"code": w.cast.unit.code, "year": w.decided.year, "number": w.decided.number}


def _week(duty):
    year, week = duty.period.split("-W")
    return {"code": duty.organisation.code, "year": int(year), "week": int(week)}


def _plenos(w):
    c = w.cast
    secretary, unit = c.secretary, {"code": c.unit.code}
    item, undecided = {"uuid": w.item.uuid}, {"uuid": w.undecided.uuid}
    running, reported = {**unit, "uuid": w.follow_up.uuid}, {**unit, "uuid": w.reported.uuid}
    return {
        "unit": (unit, c.staff),
        "register": (unit, c.staff),
        "decision": (_decision(w), c.staff),
        "extract": (_decision(w), c.member),
        "follow_ups": (unit, c.member),
        "follow_up": (running, c.member),
        "note_progress": (running, secretary),
        "report_done": (running, secretary),
        "confirm_done": (reported, c.chair),
        "send_back": (reported, c.chair),
        "stop": (running, secretary),
        "plan": (unit, secretary),
        "week": ({**unit, "year": w.draft.week_year, "week": w.draft.week}, c.staff),
        "week_declare": (_week(w.declared), secretary),
        "week_answer": (_week(w.declared), c.province),
        "week_extend": (_week(w.excused), c.province),
        "performance": (unit, c.staff),
        "pleno": (_of(w.ratified_open), c.chair),
        "edit": (_of(w.draft), secretary),
        "agenda": (_of(w.draft), secretary),
        "item_edit": (_of(w.draft, **item), secretary),
        "item_move": (_of(w.draft, **item), secretary),
        "item_remove": (_of(w.draft, **item), secretary),
        "item_leave": (_of(w.draft, uuid=w.carried.uuid), secretary),
        "item_drop": (_of(w.put_off, uuid=w.pending.uuid), secretary),
        "carry_over": (_of(w.draft, uuid=w.pending.uuid), secretary),
        "agenda_prepare": (_of(w.draft), secretary),
        "approve_last": (_of(w.open, **undecided), secretary),
        "next_week": (unit, secretary),
        "template": (unit, secretary),
        "template_adopt": (unit, secretary),
        "template_edit": ({**unit, "uuid": w.standing.uuid}, secretary),
        "template_move": ({**unit, "uuid": w.standing.uuid}, secretary),
        "template_remove": ({**unit, "uuid": w.standing.uuid}, secretary),
        "inbox": (unit, c.staff),
        "propose": (unit, c.staff),
        "submission": ({"uuid": w.proposal.uuid}, c.member),
        "submission_talk": ({"uuid": w.request.uuid}, c.province),
        "submission_attach": ({"uuid": w.proposal.uuid}, c.member),
        "submission_place": ({"uuid": w.open_proposal.uuid}, secretary),
        "submission_return": ({"uuid": w.proposal.uuid}, secretary),
        "submission_withdraw": ({"uuid": w.proposal.uuid}, c.member),
        "guests": (_of(w.draft), secretary),
        "guest_remove": (_of(w.draft, uuid=w.guest.uuid), secretary),
        "invite": (_of(w.draft), secretary),
        "reschedule": (_of(w.invited), secretary),
        "cancel": (_of(w.invited), secretary),
        "delete": (_of(w.draft), secretary),
        "open": (_of(w.invited), secretary),
        "record_late": (_of(w.invited), secretary),
        "room": (_of(w.open), c.member),
        "room_item_add": (_of(w.open), secretary),
        "attend": (_of(w.open, uuid=w.attendee.uuid), secretary),
        "live": (_of(w.open), c.member),
        "earlier_decisions": (_of(w.open), secretary),
        "notes": (_of(w.open, **undecided), secretary),
        "notes_settle": (_of(w.open, **undecided), secretary),
        "decide": (_of(w.open, **undecided), secretary),
        "defer": (_of(w.open, **undecided), secretary),
        "withdraw": (_of(w.open, **undecided), secretary),
        "reopen_item": (_of(w.open, uuid=w.deferred.uuid), secretary),
        "undo": (_of(w.open, uuid=w.decision.uuid), secretary),
        "close": (_of(w.open), secretary),
        "step_out": (_of(w.open, uuid=w.attendee.uuid), secretary),
        "step_in": (_of(w.open, uuid=w.attendee.uuid), secretary),
        "adjourn": (_of(w.open), secretary),
        "resume": (_of(w.adjourned), secretary),
        "continue_later": (_of(w.open), secretary),
        "attachments": (_of(w.draft, **item), secretary),
        "attachment": ({"uuid": w.attachment.uuid}, c.member),
        "attachment_edit": (_of(w.draft, uuid=w.attachment.uuid), secretary),
        "attachment_remove": (_of(w.draft, uuid=w.attachment.uuid), secretary),
        "scan_add": (_of(w.open), secretary),
        "scan_file": (_of(w.ratified_open, uuid=w.scan.uuid), c.staff),
        "minutes": (_of(w.ratified_open), c.member),
        "print_draft": (_of(w.closed), secretary),
        "put_up": (_of(w.closed), secretary),
        "take_back": (_of(w.signing), secretary),
        "confirm": (_of(w.signing), c.member),
        "ratify": (_of(w.signing), c.chair),
        "mark_read": (_of(w.ratified_open), c.province),
        "return_minutes": (_of(w.ratified_open), c.province),
        "pleno_talk": (_of(w.ratified_open), c.province),
        "week_talk": ({**unit, "year": w.draft.week_year, "week": w.draft.week}, c.province),
        "board_of": (unit, c.staff),
        "absent_of": (unit, c.staff),
        "calendar": ({**unit, "year": w.draft.week_year}, c.staff),
        "hand_sign": (_of(w.signing, uuid=w.unsigned.uuid), secretary),
        "excuse": (_of(w.signing, uuid=w.unsigned.uuid), secretary),
        "signature_scan": (_of(w.signing, uuid=w.signature.uuid), c.member),
        "remind": (_of(w.signing), secretary),
        "preview": (_of(w.closed), secretary),
        "preview_file": (_of(w.closed, uuid=w.preview.uuid), secretary),
        "working_copy": (_of(w.ratified_open, kind="notulen"), c.staff),
        **_corrections(w),
        "archive": (unit, c.staff),
        "archive_import": (unit, secretary),
        "archive_store": (unit, secretary),
        "archive_template": (unit, secretary),
        "archived": ({**unit, "uuid": w.archived.uuid}, c.staff),
        "archived_talk": ({**unit, "uuid": w.archived.uuid}, c.province),
        "archived_file": ({**unit, "uuid": w.archived.uuid}, c.staff),
    }


def _corrections(w):
    c, correction = w.cast, {"correction": w.correction.uuid}
    return {
        "version": (_of(w.corrected, number=1), c.staff),
        "difference": (_of(w.corrected, number=2), c.staff),
        "correct": (_of(w.corrected), c.secretary),
        "correction": (_of(w.corrected, **correction), c.member),
        "correction_words": (_of(w.corrected, **correction), c.secretary),
        "correction_put_up": (_of(w.corrected, **correction), c.secretary),
        "correction_take_back": (_of(w.corrected, **correction), c.secretary),
        "correction_abandon": (_of(w.corrected, **correction), c.secretary),
        "correction_remind": (_of(w.corrected, **correction), c.secretary),
        "correction_confirm": (_of(w.corrected, **correction), c.member),
        "correction_ratify": (_of(w.corrected, **correction), c.chair),
        "correction_hand_sign": (_of(w.corrected, uuid=w.version_unsigned.uuid, **correction), c.secretary),
        "correction_excuse": (_of(w.corrected, uuid=w.version_unsigned.uuid, **correction), c.secretary),
        "correction_scan": (_of(w.corrected, uuid=w.version_signature.uuid, **correction), c.member),
    }


def _kernel(w):
    c = w.cast
    code, administrator = c.unit.code, c.administrator
    unit, person = {"code": code}, {"code": code, "uuid": c.member.uuid}
    new, seat = {"code": code, "uuid": w.newcomer.uuid}, {"code": code, "uuid": w.membership.uuid}
    division = {"code": code, "uuid": w.division.uuid}
    return {
        "membership": ({"uuid": w.membership.uuid}, c.member),
        "notice": ({"uuid": w.notice.uuid}, w.told),
        "document": ({"uuid": w.paper.uuid}, c.staff),
        "document_file": ({"uuid": w.paper.uuid}, c.staff),
        "job": ({"uuid": w.job.uuid}, c.secretary),
        "job_again": ({"uuid": w.job.uuid}, c.secretary),
        "outbox": (unit, c.secretary),
        "message": ({**unit, "uuid": w.message.uuid}, c.secretary),
        "calendar_file": ({**unit, "uuid": w.message.uuid}, c.secretary),
        "unit": (unit, c.staff),
        "unit_rename": (unit, administrator),
        "people": (unit, c.staff),
        "person_invite": (unit, administrator),
        "chair_acting": (unit, administrator),
        "person": (person, c.chair),
        "person_correct": (person, administrator),
        "person_email": (person, administrator),
        "membership_add": (person, administrator),
        "link_invite": (new, administrator),
        "link_reset": (person, administrator),
        "membership_end": (seat, administrator),
        "membership_replace": (seat, administrator),
        "membership_move": (seat, administrator),
        "membership_suspend": (seat, administrator),
        "suspension_lift": ({**unit, "uuid": w.suspension.uuid}, administrator),
        "link": ({**unit, "uuid": w.link.uuid}, administrator),
        "link_approve": ({**unit, "uuid": w.waiting_link.uuid}, w.second_administrator),
        "link_revoke": ({**unit, "uuid": w.link.uuid}, administrator),
        "people_import": (unit, administrator),
        "people_import_confirm": (unit, administrator),
        "people_import_template": (unit, administrator),
        "divisions": (unit, c.staff),
        "division_add": (unit, administrator),
        "division_correct": (division, administrator),
        "division_end": (division, administrator),
        "holidays": (unit, c.staff),
        "holiday_add": (unit, c.secretary),
        "holiday_remove": ({**unit, "uuid": w.closure.uuid}, c.secretary),
        "holidays_import": ({"code": c.province_unit.code}, c.province_administrator),
        "holidays_import_confirm": ({"code": c.province_unit.code}, c.province_administrator),
        "holidays_import_template": ({"code": c.province_unit.code}, c.province_administrator),
        "settings": (unit, c.chair),
        "setting": ({**unit, "key": "plenos.quorum"}, administrator),
        "letterhead": (unit, administrator),
        "logo": (unit, c.chair),
        "numbering": (unit, c.secretary),
        "number_next": (unit, c.secretary),
        "number_reserve": (unit, c.secretary),
        "number_cancel": ({**unit, "uuid": w.number.uuid}, c.secretary),
    }


def book(world):
    """Every entry by its full name."""
    return {f"plenos:{name}": entry for name, entry in _plenos(world).items()} | {
        f"kernel:{name}": entry for name, entry in _kernel(world).items()
    }
