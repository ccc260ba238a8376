"""The minutes: wording, putting up for signing, signatures, ratification, delivery, reading above."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock, documents, ledger, numbering
from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance, lock, require

from .. import documents as papers
from .. import queries
from ..models import Minutes, Reading
from ..models.sessions import RATIFIED
from . import intake, signatures, table


def words_digest(pleno):
    """A digest of the opening and closing words as they are stored: what a form of them was read at."""
    return hashlib.sha256(json.dumps([pleno.opening_words, pleno.closing_words]).encode()).hexdigest()


def word(pleno, *, by, opening_words, closing_words, read=None):
    """The opening and closing words of the minutes, by the secretariat.

    ``read``: ``words_digest`` of what the form showed. Raises Conflict when other words are stored meanwhile; not when
    only the notes went on, which save themselves and raise the version of the pleno each time.
    """
    with advance(table.WORD, pleno, by=by) as act:
        if read is not None and read != words_digest(act.thing):
            raise Conflict(
                _("Catatan ini sudah diubah orang lain sejak Anda membukanya. Bandingkan, lalu simpan lagi.")
            )
        act.thing.opening_words, act.thing.closing_words = opening_words, closing_words


def print_draft(pleno, *, by):
    """Ask for the papers marked DRAF, to be read before the minutes are put up."""
    with advance(table.PRINT_DRAFT, pleno, by=by) as act:
        record = papers.minutes_record(act.thing, number="", dated=None, draft=True)
        signatures.issue(act.thing, record, by=by, number="", access=queries.minutes_access(act.thing), draft=True)
        act.note(digest=papers.digest(record))


def put_up(pleno, *, by, number="", dated=None):
    """Freeze the minutes for signing: number drawn (kept from an earlier putting up), text frozen with its digest.

    ``dated``: the date of the Berita Acara, default the day of the pleno. Raises ValidationError for the number.
    """
    with advance(table.PUT_UP, pleno, by=by) as act:
        closed = act.thing
        earlier = closed.minutes.order_by("-sequence").first()
        if earlier:
            number_text, dated = earlier.number, earlier.dated
        else:
            dated = dated or closed.opened_at.astimezone(closed.organisation.zone).date()
            if dated < closed.opened_at.astimezone(closed.organisation.zone).date():
                raise ValidationError({"dated": _("Tanggal Berita Acara tidak boleh sebelum hari pleno.")})
            if dated > clock.today(closed.organisation):
                raise ValidationError({"dated": _("Tanggal Berita Acara tidak boleh di masa depan.")})
            number_text = numbering.take(
                closed.organisation, "plenos.berita_acara", about=closed.uuid, day=dated, by=by, typed=number
            ).text
        record = papers.minutes_record(closed, number=number_text, dated=dated, draft=False)
        access = queries.minutes_access(closed)
        minutes = Minutes.objects.create(
            pleno=closed,
            organisation=closed.organisation,
            sequence=(earlier.sequence + 1) if earlier else 1,
            number=number_text,
            dated=dated,
            record=record,
            digest=papers.digest(record),
            access=access,
            put_up_at=clock.now(),
            put_up_by=by,
        )
        signatures.issue(closed, record, by=by, number=number_text, access=access)
        act.note(number=number_text, digest=minutes.digest, sequence=minutes.sequence)
    return minutes


def take_back(pleno, *, by, reason):
    """Take the minutes back from signing: the number stays, the signatures so far are void, it is frozen anew later."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis mengapa risalah ditarik dari penandatanganan.")})
    with advance(table.TAKE_BACK, pleno, by=by) as act:
        minutes = Minutes.objects.select_for_update(no_key=True).get(pleno=pleno, taken_back_at=None)
        minutes.taken_back_at, minutes.taken_back_by, minutes.taken_back_reason = clock.now(), by, reason.strip()
        minutes.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
        documents.withdraw(pleno, queries.MINUTES_PAPERS)
        act.note(number=minutes.number, digest=minutes.digest, signatures=minutes.signatures.count())


def _current(pleno):
    return Minutes.objects.select_for_update(no_key=True).get(pleno=pleno, taken_back_at=None)


def confirm(pleno, *, by, digest):
    """Confirm the frozen minutes for oneself, by their digest, after a fresh sign-in (asked by the view).

    Raises NotPermitted for one who was not present, Conflict when the minutes were frozen anew meanwhile.
    """
    with advance(table.CONFIRM, pleno, by=by) as act:
        return signatures.confirmed(act, act.thing, _current(pleno), digest)


def sign_by_hand(pleno, *, by, attendee, scan, signed_on, digest=None):
    """Record that a present member signed the paper by hand, with its scan (a StoredFile). ``digest``: of the text
    that the paper shows; frozen anew meanwhile, it is a Conflict. Raises ValidationError for an impossible date."""
    with advance(table.SIGN_BY_HAND, pleno, by=by) as act:
        return signatures.by_hand(
            act, act.thing, _current(pleno), attendee=attendee, scan=scan, signed_on=signed_on, digest=digest
        )


def excuse(pleno, *, by, attendee, reason, digest=None):
    """Record why a present member does not sign: refuses, is ill, has left. Raises ValidationError without one."""
    reason = signatures.why(reason)
    with advance(table.EXCUSE, pleno, by=by) as act:
        return signatures.excused(act, act.thing, _current(pleno), attendee=attendee, reason=reason, digest=digest)


def remind(pleno, *, by):
    """Remind those present who have not confirmed, each at most once a day. Returns whom."""
    with advance(table.REMIND, pleno, by=by) as act:
        return signatures.remind(act, act.thing, _current(pleno), pleno.address("plenos:confirm"))


def ratify(pleno, *, by, digest=None):
    """Lock the record and deliver it to the level above, in one transaction; ask for the final papers.

    ``digest`` is what the page showed: frozen anew meanwhile, it is a Conflict. Raises TransitionRefused until
    every member present has confirmed, signed by hand or is excused.
    """
    with advance(table.RATIFY, pleno, by=by) as act:
        locked = act.thing
        minutes = _current(pleno)
        signatures.same_text(minutes, digest)
        signatures.require_signed(locked, minutes, by)
        now = clock.now()
        minutes.ratified_at, minutes.ratified_by = now, by
        minutes.save(update_fields=["ratified_at", "ratified_by"])
        locked.ratified_at = locked.released_at = now
        locked.delivered_to = locked.organisation.parent_on()
        record = papers.final_record(minutes)
        signatures.issue(locked, record, by=by, number=minutes.number, access=minutes.access)
        intake.after_ratifying(locked, by=by)
        act.note(
            number=minutes.number,
            digest=minutes.digest,
            final=papers.digest(record),
            delivered_to=locked.delivered_to.code if locked.delivered_to else "",
        )


def mark_read(pleno, *, by):
    """One of the level above marks the latest version of the minutes read. The pleno's row is locked, never changed."""
    with transaction.atomic():
        locked = lock(pleno)
        require(table.MARK_READ.permission, by, locked)
        if locked.state != RATIFIED:
            raise TransitionRefused(str(table.MARK_READ.refusal))
        reading, made = note_reading(locked, by=by)
        if not made:
            raise TransitionRefused(_("Anda sudah menandai risalah ini dibaca."))
    return reading


def note_reading(locked, *, by):
    """(the reading of the latest version by ``by``, whether it is new): a new one has its line in the ledger."""
    reading, made = Reading.objects.get_or_create(
        pleno=locked,
        reader=by,
        version=locked.minutes_version,
        defaults={"organisation": locked.organisation, "reader_unit": locked.delivered_to, "at": clock.now()},
    )
    if made:
        ledger.record(
            locked.organisation,
            table.MARK_READ.action,
            locked,
            by=by,
            before=RATIFIED,
            after=RATIFIED,
            unit=locked.delivered_to.code,
            version=locked.minutes_version,
        )
    return reading, made
