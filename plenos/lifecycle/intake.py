"""The inbox of a plenary: submitting, placing, returning, withdrawing, and what becomes of it with its item.

waiting -> placed -> decided; waiting and placed may end as withdrawn or returned. Placed without an item of a live
agenda means: for the next one that is drawn up. Lock order: the pleno, then the submission.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import catalogue, clock, jobs, ledger, notices
from bawaslu_portal.kernel.lifecycle import Conflict, Transition, TransitionRefused, advance, lock, require

from .. import permissions, preparation
from ..models import Drop, Submission
from ..models.intake import DECIDED, PLACED, RETURNED, WAITING, WITHDRAWN
from ..models.items import DEFERRED, TIED
from ..models.items import WITHDRAWN as TAKEN
from ..models.sessions import CLOSED, DRAFT, INVITED, RATIFIED, SIGNING
from . import table

NOT_WAITING = _("Usul ini tidak lagi menunggu: sudah diputus, ditarik, atau dikembalikan. Muat ulang halaman.")
ENDED = _("Usul ini sudah selesai: diputus, ditarik, atau dikembalikan.")

PLACE = Transition("plenos.submission.place", frozenset({WAITING, PLACED}), PLACED, permissions.may_place, NOT_WAITING)
UNPLACE = Transition("plenos.submission.unplace", frozenset({PLACED}), WAITING, permissions.may_place, NOT_WAITING)
RETURN = Transition("plenos.submission.return", frozenset({WAITING, PLACED}), RETURNED, permissions.may_place, ENDED)
WITHDRAW = Transition(
    "plenos.submission.withdraw", frozenset({WAITING, PLACED}), WITHDRAWN, permissions.may_take_back, ENDED
)
DECIDE = Transition("plenos.submission.decide", frozenset({PLACED}), DECIDED, permissions.by_the_plenary, NOT_WAITING)
TAKEN_OFF = Transition("plenos.submission.return", frozenset({PLACED}), RETURNED, permissions.by_the_plenary, ENDED)
TABLE = (PLACE, UNPLACE, RETURN, WITHDRAW, DECIDE, TAKEN_OFF)
# After this nothing of the agenda can be taken off any more, and an item put off waits for a later pleno.
OVER = frozenset({CLOSED, SIGNING, RATIFIED})


def submit(organisation, *, by, asking, kind, label, thing=None, document=None, access="closed", **facts):
    """Put something before the plenary of ``organisation``. The permission was asked by whoever offers this.

    ``kind`` is declared in the catalogue; ``document`` is the frozen thing: its digest is kept, so that what is decided
    is what was presented. Raises TransitionRefused while the same thing is already before that plenary.
    """
    if catalogue.submission_kind(kind) is None:
        raise KeyError(kind)
    with transaction.atomic():
        if thing:
            lock(organisation)
        if thing and Submission.objects.live().filter(organisation=organisation, kind=kind, thing=thing).exists():
            raise TransitionRefused(_now("Hal ini sudah diajukan dan belum diputus. Tarik dahulu pengajuan itu."))
        elsewhere = asking.pk != organisation.pk
        submission = Submission.objects.create(
            organisation=organisation,
            asking=asking,
            subject=asking if elsewhere else None,
            released_at=clock.now() if elsewhere else None,
            kind=kind,
            thing=thing,
            label=label,
            access=access,
            document=document,
            digest=document.digest if document else "",
            by=by,
            at=clock.now(),
            **facts,
        )
        ledger.record(
            organisation,
            "plenos.submission.submit",
            submission,
            by=by,
            after=submission.state,
            kind=kind,
            asking=asking.code,
            digest=submission.digest,
        )
    return submission


def place(submission, *, by, pleno=None):
    """Put a submission on the agenda of a draft or invited ``pleno``; without one, on the next that is drawn up.

    Returns the item, or None. Raises TransitionRefused when it stands on a live agenda already.
    """
    require(permissions.may_place, by, submission)
    if pleno is None:
        with advance(PLACE, submission, by=by) as placing:
            _free(placing.thing)
        return None
    with advance(table.ARRANGE, pleno, by=by) as act:
        if act.thing.organisation_id != submission.organisation_id:
            raise TransitionRefused(_now("Usul ini milik kotak masuk unit lain."))
        with advance(PLACE, submission, by=by) as placing:
            origin = _free(placing.thing)  # asked under its lock: another agenda may just have taken it
            placing.note(pleno=str(act.thing.uuid))
        facts = preparation.carried(origin) if origin else preparation.submitted(submission)
        item = preparation.append(act.thing, facts)
        preparation.bring_files([item])
        act.note(item=str(item.uuid), what="place", submission=str(submission.uuid))
    return item


def _free(submission):
    """The item that an earlier pleno put off, or None. Raises TransitionRefused when it stands on a live agenda."""
    item = preparation.item_of(submission)
    if item is None:
        return None
    if item.pleno.state in OVER and item.fate == DEFERRED:
        return item
    raise TransitionRefused(_now("Usul ini sudah ada pada agenda %(title)s.") % {"title": item.pleno.title})


def _end(step, submission, *, by, reason):
    """Common to returning and withdrawing: off the agenda that is being prepared, the reason kept."""
    if not reason.strip():
        raise ValidationError({"reason": _now("Tulis alasannya.")})
    with transaction.atomic():
        require(step.permission, by, submission)
        item = preparation.item_of(submission)
        pleno, origin = _off_the_table(item) if item else (None, None)
        with advance(step, submission, by=by) as act:
            if item is None and preparation.item_of(submission) is not None:
                raise Conflict(_now("Usul ini baru saja diagendakan. Muat ulang halaman, lalu coba lagi."))
            act.thing.reason, act.thing.settled_at = reason.strip(), clock.now()
        if origin is not None:
            put_away(origin, by=by, reason=reason)
        if pleno is not None:
            same = {"before": pleno.state, "after": pleno.state}
            facts = {"item": str(item.uuid), "what": "remove"}
            ledger.record(pleno.organisation, table.ARRANGE.action, pleno, by=by, **same, **facts)


def _off_the_table(item):
    """Take an item out of the agenda that is being prepared. Returns that pleno, or None for an item that was put off,
    and the item to be dropped with it, or None. Raises TransitionRefused once the session was opened."""
    pleno = lock(item.pleno)
    if pleno.state in (DRAFT, INVITED):
        preparation.take_out(pleno, item)
        return pleno, item.carried_from
    if pleno.state in OVER and item.fate == DEFERRED:
        return None, item
    raise TransitionRefused(
        _now("Usul ini sudah di meja %(title)s; hasilnya mengikuti jalannya rapat itu.") % {"title": pleno.title}
    )


def put_away(origin, *, by, reason):
    """Note why an item that was put off is not carried over any further, in the verb's transaction: a line about the
    pleno that put it off, which itself is never changed."""
    pleno = origin.pleno
    Drop.objects.create(item=origin, organisation=pleno.organisation, reason=reason.strip(), by=by, at=clock.now())
    ledger.record(
        pleno.organisation,
        table.DROP.action,
        pleno,
        by=by,
        before=pleno.state,
        after=pleno.state,
        item=str(origin.uuid),
    )


def give_back(submission, *, by, reason):
    """The secretary returns a submission with a reason; its maker is told. Raises ValidationError without one."""
    _end(RETURN, submission, by=by, reason=reason)
    _tell(submission, "returned", _now("Usul Anda dikembalikan kepada Anda; alasannya ada di halaman usul itu."))


def withdraw(submission, *, by, reason):
    """Who submitted it takes it back before the plenary takes it up. Raises ValidationError without a reason."""
    _end(WITHDRAW, submission, by=by, reason=reason)


def taken_off(item, *, by, reason=""):
    """An item is about to be taken off an agenda that is being prepared. Where it was carried over, it waits for the
    next one, or with a ``reason`` is dropped; a submission waits in the inbox again."""
    origin, submission = item.carried_from, item.submission
    if origin is not None and reason.strip():
        if submission is not None:
            dropped(item, by=by, reason=reason)
        put_away(origin, by=by, reason=reason)
    elif origin is None and submission is not None:
        with advance(UNPLACE, submission, by=by) as act:
            act.note(item=str(item.uuid))


def dropped(item, *, by, reason):
    """An item put off earlier is not carried on: its submission is returned with that reason."""
    submission = item.submission
    with advance(TAKEN_OFF, submission, by=by) as act:
        act.thing.reason, act.thing.settled_at = reason.strip(), clock.now()
        act.note(item=str(item.uuid))
    _tell(submission, "returned", _now("Usul Anda dikembalikan kepada Anda; alasannya ada di halaman usul itu."))


def _tell(submission, what, words):
    notices.tell(
        [submission.by],
        submission.asking,
        f"submission_{what}",
        submission,
        text=words,
        url=submission.get_absolute_url(),
        key=f"submission_{what}:{submission.uuid}:{submission.version}",
    )


# --- with its item --------------------------------------------------------------------------------------


def after_closing(pleno, *, by):
    """The session is closed: what was withdrawn in it is returned to whoever submitted it."""
    for item in preparation.submitted_items(pleno).filter(fate=TAKEN):
        dropped(item, by=by, reason=item.fate_reason)


def after_ratifying(pleno, *, by):
    """The decisions take effect: each decided submission is marked so, and a job brings the outcome to its kind.

    Runs in the transaction of the ratification; what a handler does later cannot undo it.
    """
    for item in preparation.submitted_items(pleno).filter(fate="decided"):
        decision = item.decisions.standing().exclude(result=TIED).order_by("-id").first()
        with advance(DECIDE, item.submission, by=by) as act:
            act.thing.settled_at = clock.now()
            act.note(decision=str(decision.uuid), reference=decision.reference)
        jobs.ask("outcome", str(decision.uuid), pleno.organisation, by=by, submission=str(item.submission.uuid))
