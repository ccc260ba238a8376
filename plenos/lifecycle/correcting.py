"""A correction of ratified minutes, its table and its verbs: drafting -> signing -> ratified; or abandoned.

What was ratified stays as it was; the correction makes the next version, confirmed and ratified as the first, by the
same members. In the transaction that ratifies it, and in no other, the words of the tables follow (the guards see to
it), so that register, search and pages read what holds. Numbers, votes, presence and results are never among them.
Working assumption: no regulation that could be read says how ratified minutes are corrected.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bawaslu_portal.kernel import clock, documents, ledger, texts
from bawaslu_portal.kernel.lifecycle import NotPermitted, Transition, TransitionRefused, advance, lock, require
from bawaslu_portal.kernel.models import Document

from .. import documents as papers
from .. import permissions, queries
from ..models import Correction, Minutes
from ..models.sessions import RATIFIED
from . import citing, signatures

LONGEST_REASON = 300  # for not going on with a correction
DRAFTING, SIGNING, DONE, ABANDONED = "drafting", "signing", "ratified", "abandoned"
NOT_DRAFTING = gettext_lazy("Perbaikan ini tidak sedang disusun: sudah diajukan, disahkan, atau tidak dilanjutkan.")
NOT_SIGNING = gettext_lazy("Perbaikan ini tidak sedang dalam penandatanganan. Muat ulang halaman.")

CHANGE = Transition("plenos.correction.change", frozenset({DRAFTING}), None, permissions.may_correct, NOT_DRAFTING)
ABANDON = Transition(
    "plenos.correction.abandon", frozenset({DRAFTING}), ABANDONED, permissions.may_correct, NOT_DRAFTING
)
PUT_UP = Transition("plenos.correction.put_up", frozenset({DRAFTING}), SIGNING, permissions.may_correct, NOT_DRAFTING)
TAKE_BACK = Transition(
    "plenos.correction.take_back", frozenset({SIGNING}), DRAFTING, permissions.may_correct, NOT_SIGNING
)
CONFIRM = Transition("plenos.correction.confirm", frozenset({SIGNING}), None, permissions.may_confirm, NOT_SIGNING)
SIGN_BY_HAND = Transition(
    "plenos.correction.sign_by_hand", frozenset({SIGNING}), None, permissions.may_record_signature, NOT_SIGNING
)
EXCUSE = Transition(
    "plenos.correction.excuse", frozenset({SIGNING}), None, permissions.may_record_signature, NOT_SIGNING
)
REMIND = Transition("plenos.correction.remind", frozenset({SIGNING}), None, permissions.may_correct, NOT_SIGNING)
RATIFY = Transition("plenos.correction.ratify", frozenset({SIGNING}), DONE, permissions.may_ratify_version, NOT_SIGNING)
TABLE = (CHANGE, ABANDON, PUT_UP, TAKE_BACK, CONFIRM, SIGN_BY_HAND, EXCUSE, REMIND, RATIFY)


def _ruling(pleno, ruling):
    """The return by the level above that the correction answers. Raises ValidationError for another pleno's."""
    if ruling is not None and (ruling.kind != "returned" or ruling.about != pleno.uuid):
        raise ValidationError({"ruling": _("Pengembalian ini bukan tentang risalah pleno ini.")})
    return ruling


def begin(pleno, *, by, reason, ruling=None):
    """Begin the next version of ratified minutes. ``ruling``: the return that it answers, or None.

    Raises TransitionRefused unless the minutes are ratified and no other correction is under way.
    """
    with transaction.atomic():
        locked = lock(pleno)
        require(permissions.may_correct, by, locked)
        if locked.state != RATIFIED:
            raise TransitionRefused(_("Yang diperbaiki adalah risalah yang sudah disahkan."))
        if not reason.strip():
            raise ValidationError({"reason": _("Tulis mengapa risalah perlu diperbaiki.")})
        under_way = locked.corrections.filter(state__in=(DRAFTING, SIGNING)).first()
        if under_way:
            raise TransitionRefused(
                _("Perbaikan lain (versi %(number)s) sedang berjalan. Selesaikan dahulu.")
                % {"number": under_way.number}
            )
        correction = Correction.objects.create(
            pleno=locked,
            organisation=locked.organisation,
            number=locked.minutes_version + 1,
            reason=reason.strip(),
            ruling=_ruling(locked, ruling),
            begun_at=clock.now(),
            begun_by=by,
        )
        ledger.record(
            locked.organisation,
            "plenos.correction.begin",
            correction,
            by=by,
            after=DRAFTING,
            pleno=str(locked.uuid),
            version=correction.number,
            ruling=str(ruling.uuid) if ruling else "",
        )
    return correction


def earlier(correction):
    """The ratified version that the correction corrects: the one before it."""
    return Minutes.objects.select_related("pleno", "organisation", "ratified_by").get(
        pleno=correction.pleno_id, version=correction.number - 1, ratified_at__isnull=False
    )


def _plain_or_clean(place, words):
    """Words in the one form in which two texts are compared: what only looks otherwise is no change."""
    return texts.clean(words) if place.shape == papers.RICH else words.replace("\r\n", "\n").strip()


def _checked(record, changes):
    """The changes that say something else than the record. Raises ValidationError for words that cannot stand there."""
    known = {place.key: place for _heading, of_group in papers.places(record) for place in of_group}
    found, faults = {}, {}
    for key, words in changes.items():
        place = known.get(key)
        if place is None:
            raise ValidationError(_("Bagian ini tidak dapat diperbaiki. Muat ulang halaman."))
        words = _plain_or_clean(place, words)
        if place.required and not words.strip():
            faults[key] = _("Tidak boleh kosong.")
        elif len(words) > place.longest:
            faults[key] = _("Terlalu panjang: paling banyak %(n)s huruf.") % {"n": place.longest}
        elif words != _plain_or_clean(place, place.value):
            found[key] = words
    if faults:
        raise ValidationError(faults)
    return found


def change(correction, *, by, changes, version=None):
    """Say what is to be read instead: ``changes`` as {place: words}; what is as it was is left out.

    Raises ValidationError at its place, Conflict when someone else changed the correction meanwhile.
    """
    with advance(CHANGE, correction, by=by, version=version) as act:
        act.thing.changes = _checked(earlier(act.thing).record, changes)
        act.note(places=sorted(act.thing.changes))


def abandon(correction, *, by, reason):
    """Do not go on with it; the version before it holds."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError(
            {
                "reason": _("Tulis mengapa perbaikan tidak dilanjutkan, paling banyak %(n)s huruf.")
                % {"n": LONGEST_REASON}
            }
        )
    with advance(ABANDON, correction, by=by) as act:
        act.thing.abandoned_reason = reason
        act.note(version=act.thing.number)


def put_up(correction, *, by):
    """Freeze the corrected text for signing, under the same number, citing the version before it."""
    with advance(PUT_UP, correction, by=by) as act:
        drafted = act.thing
        if not drafted.changes:
            raise TransitionRefused(_("Belum ada kata yang diperbaiki."))
        before = earlier(drafted)
        dated = clock.today(drafted.organisation)
        record = papers.version_record(
            before, drafted.changes, version=drafted.number, reason=drafted.reason, dated=dated
        )
        latest = Minutes.objects.filter(pleno=drafted.pleno_id).order_by("-sequence").first()
        minutes = Minutes.objects.create(
            pleno=drafted.pleno,
            organisation=drafted.organisation,
            sequence=latest.sequence + 1,
            version=drafted.number,
            correction=drafted,
            number=before.number,
            dated=dated,
            record=record,
            digest=papers.digest(record),
            access=before.access,
            put_up_at=clock.now(),
            put_up_by=by,
        )
        # About the correction, not about the pleno: what was ratified stands until this is.
        signatures.issue(drafted, record, by=by, number=minutes.number, access=minutes.access, about_kind="correction")
        act.note(number=minutes.number, digest=minutes.digest, version=minutes.version)
    return minutes


def _current(correction):
    return (
        Minutes.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(correction=correction, taken_back_at=None)
    )


def take_back(correction, *, by, reason):
    """Take the version back from signing: its signatures are void, the words can be changed again."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis mengapa perbaikan ditarik dari penandatanganan.")})
    with advance(TAKE_BACK, correction, by=by) as act:
        minutes = _current(act.thing)
        minutes.taken_back_at, minutes.taken_back_by, minutes.taken_back_reason = clock.now(), by, reason.strip()
        minutes.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
        documents.withdraw(act.thing, queries.MINUTES_PAPERS)
        act.note(version=minutes.version, digest=minutes.digest, signatures=minutes.signatures.count())


def confirm(correction, *, by, digest):
    """Confirm the corrected version for oneself, by its digest, after a fresh sign-in (asked by the view)."""
    with advance(CONFIRM, correction, by=by) as act:
        return signatures.confirmed(act, act.thing.pleno, _current(act.thing), digest)


def sign_by_hand(correction, *, by, attendee, scan, signed_on, digest=None):
    """Record that a present member signed the corrected version on paper, with its scan."""
    with advance(SIGN_BY_HAND, correction, by=by) as act:
        return signatures.by_hand(
            act,
            act.thing.pleno,
            _current(act.thing),
            attendee=attendee,
            scan=scan,
            signed_on=signed_on,
            digest=digest,
        )


def excuse(correction, *, by, attendee, reason, digest=None):
    """Record why a present member does not sign the corrected version."""
    reason = signatures.why(reason)
    with advance(EXCUSE, correction, by=by) as act:
        return signatures.excused(
            act, act.thing.pleno, _current(act.thing), attendee=attendee, reason=reason, digest=digest
        )


def remind(correction, *, by):
    """Remind those present who have not confirmed the corrected version, each at most once a day."""
    with advance(REMIND, correction, by=by) as act:
        url = act.thing.address("plenos:correction_confirm")
        return signatures.remind(act, act.thing.pleno, _current(act.thing), url)


def _follow(pleno, changes):
    """The words of the tables follow the version that is being ratified. The rows are those the record was made of."""
    items = list(pleno.items.all())
    rows = list(pleno.attendees.all())
    decided = queries.decisions_by_item(pleno)
    changed = {}
    for key, words in changes.items():
        parts = key.split(".")
        if len(parts) == 1:
            thing = pleno
        elif parts[0] == "attendance":
            thing = rows[int(parts[1])]
        elif len(parts) == 3:
            thing = items[int(parts[1])]
        else:
            thing = decided[items[int(parts[1])].pk][int(parts[3])]
        setattr(thing, parts[-1], words)
        changed.setdefault((type(thing), thing.pk), (thing, []))[1].append(parts[-1])
    for thing, fields in changed.values():
        if thing is not pleno:
            thing.save(update_fields=fields)
    pleno.minutes_version += 1
    pleno.save(update_fields=["minutes_version", *changed.get((type(pleno), pleno.pk), (None, []))[1]])


def ratify(correction, *, by, digest=None):
    """Ratify the corrected version, deliver it again, and tell those who cite a decision whose words it changes.

    Raises TransitionRefused until every member present stands to it, Conflict when it was frozen anew meanwhile.
    """
    with transaction.atomic():
        pleno = lock(correction.pleno)  # before the correction, as beginning one does
        with advance(RATIFY, correction, by=by) as act:
            locked, now = act.thing, clock.now()
            minutes = _current(locked)
            signatures.same_text(minutes, digest)
            signatures.require_signed(pleno, minutes, by)
            minutes.ratified_at, minutes.ratified_by = now, by
            minutes.save(update_fields=["ratified_at", "ratified_by"])
            locked.ratified_at = now
            _follow(pleno, locked.changes)
            record = papers.final_record(minutes)
            finals = signatures.issue(
                pleno, record, by=by, number=minutes.number, access=minutes.access, released_at=now
            )
            _supersede(locked, finals)
            act.note(
                pleno=str(pleno.uuid),
                number=minutes.number,
                version=minutes.version,
                digest=minutes.digest,
                final=papers.digest(record),
                delivered_to=pleno.delivered_to.code if pleno.delivered_to else "",
            )
            citing.tell(pleno, minutes, locked.changes, by=by)
    return minutes


def _supersede(correction, finals):
    """The papers that were put up for signing give way to the final ones."""
    for final in finals:
        Document.objects.filter(about=correction.uuid, kind=final.kind, superseded_by=None).update(superseded_by=final)


def require_readable(user, correction):
    """Raises NotPermitted unless ``user`` reads a correction before it is ratified: those who write the minutes."""
    if not permissions.reach(user, correction.pleno).notes:
        raise NotPermitted(
            _("Perbaikan ini belum disahkan, dan hanya dibaca anggota, notulis, dan kepala sekretariat.")
        )
