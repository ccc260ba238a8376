"""What signing has in common for the first minutes and for a corrected version: papers, signatures, reminders."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from bawaslu_portal.kernel import clock, documents, mail, notices
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Notice
from bawaslu_portal.kernel.permissions import has_second_factor
from bawaslu_portal.kernel.settings_store import setting

from .. import documents as papers
from .. import queries
from ..models import Signature
from ..models.minutes import BY_HAND, CONFIRMED, NOT_SIGNED


def issue(about, record, *, by, number, access, draft=False, about_kind="pleno", released_at=None):
    """The three papers of one record, about a pleno or a correction of its minutes."""
    return [
        documents.issue(
            kind,
            about_kind=about_kind,
            about=about,
            record=record,
            title=str(papers.PAPERS[kind][2]),
            by=by,
            number=number,
            access=access,
            draft=draft,
            released_at=released_at,
        )
        for kind in queries.MINUTES_PAPERS
    ]


def same_text(minutes, digest):
    """Raises Conflict when the minutes were frozen anew since the page that shows ``digest``."""
    if digest is not None and digest != minutes.digest:
        raise Conflict(_("Naskah ini sudah dibekukan ulang sejak Anda membacanya. Baca naskah yang baru."))


def _sign(act, pleno, minutes, attendee, manner, **facts):
    if attendee.pleno_id != pleno.pk or attendee.element != "member" or attendee.status != "present":
        raise TransitionRefused(_("Hanya Ketua dan Anggota yang hadir yang menandatangani."))
    if Signature.objects.filter(minutes=minutes, attendee=attendee).exists():
        raise TransitionRefused(_("Tanda tangan %(name)s sudah tercatat.") % {"name": attendee.name})
    signature = Signature.objects.create(
        minutes=minutes,
        organisation=pleno.organisation,
        attendee=attendee,
        manner=manner,
        digest=minutes.digest,
        at=clock.now(),
        recorded_by=act.by,
        **facts,
    )
    act.note(attendee=str(attendee.uuid), manner=manner, digest=minutes.digest)
    return signature


def confirmed(act, pleno, minutes, digest):
    """One confirms for himself the text that he read."""
    attendee = pleno.attendees.members().filter(user=act.by, status="present").first()
    if attendee is None:
        raise NotPermitted(_("Anda tidak tercatat hadir pada pleno ini, jadi tidak ikut menandatangani risalahnya."))
    same_text(minutes, digest)
    return _sign(act, pleno, minutes, attendee, CONFIRMED)


def by_hand(act, pleno, minutes, *, attendee, scan, signed_on, digest):
    """A signature on paper, with its scan and its day: not before the text, nor in the future."""
    same_text(minutes, digest)
    first = clock.local(pleno.opened_at, pleno.organisation).date()
    if minutes.version > 1:
        first = minutes.dated
    if signed_on < first:
        raise ValidationError(
            {
                "signed_on": _("Tanggal tanda tangan tidak boleh sebelum hari pleno.")
                if minutes.version == 1
                else _("Tanggal tanda tangan tidak boleh sebelum versi ini diajukan.")
            }
        )
    if signed_on > clock.today(pleno.organisation):
        raise ValidationError({"signed_on": _("Tanggal tanda tangan tidak boleh di masa depan.")})
    return _sign(act, pleno, minutes, attendee, BY_HAND, scan=scan, signed_on=signed_on)


def excused(act, pleno, minutes, *, attendee, reason, digest):
    """Why a present member does not sign."""
    same_text(minutes, digest)
    return _sign(act, pleno, minutes, attendee, NOT_SIGNED, reason=reason)


def why(reason):
    """The reason, or ValidationError without one."""
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis mengapa ia tidak menandatangani.")})
    return reason.strip()


def unsigned(pleno, minutes):
    """Members present whose signature is neither there nor excused."""
    return [attendee for attendee, signature in queries.signing_state(pleno, minutes) if signature is None]


def require_signed(pleno, minutes, by):
    """Raises TransitionRefused until all who were present stand to the minutes, and the unit's second factor is on."""
    missing = unsigned(pleno, minutes)
    if missing:
        raise TransitionRefused(
            _("Belum dikonfirmasi: %(names)s. Tunggu konfirmasi, atau catat tanda tangan basah atau alasannya.")
            % {"names": ", ".join(a.name for a in missing)}
        )
    if setting(pleno.organisation, "security.totp_to_ratify") and not has_second_factor(by):
        raise TransitionRefused(
            _("Unit ini mewajibkan verifikasi dua langkah untuk mengesahkan. Aktifkan dahulu pada profil Anda.")
        )


def _remind_one(user, pleno, minutes, url, key):
    """The notice, in the reader's language; it says nothing of what was decided.

    It is in his digest too, where he has one, so he gets no mail of its own. Where the portal sends none at all, a
    message without an address of e-mail waits in the outbox, to be handed over.
    """
    text = _("Risalah %(number)s, %(unit)s, menunggu konfirmasi Anda.") % {
        "number": minutes.number,
        "unit": pleno.organisation.name,
    }
    notices.tell([user], pleno.organisation, "plenos.remind", pleno, text=text, url=url, key=key)
    if settings.EMAIL_CONFIGURED:
        return
    body = _("Yth. %(name)s,\n\n%(text)s\n\nBaca dan konfirmasikan di Portal Bawaslu: %(url)s")
    mail.put(
        pleno.organisation,
        about_kind="pleno",
        about=pleno,
        to={"name": user.name, "phone": user.phone},
        subject=_("Konfirmasi risalah %(number)s") % {"number": minutes.number},
        body=body % {"name": user.name, "text": text, "url": f"{settings.PORTAL_ADDRESS}{url}"},
    )


def remind(act, pleno, minutes, url):
    """Tell those who have not confirmed, each at most once a day there, in the portal and by a message.

    Raises TransitionRefused when nobody is left to tell today. Returns those who were told.
    """
    today = clock.today(pleno.organisation).isoformat()
    key = f"plenos.remind:{minutes.uuid}:{today}"
    waiting = [attendee.user for attendee in unsigned(pleno, minutes)]
    told = set(Notice.objects.filter(key=key, user__in=waiting).values_list("user_id", flat=True))
    people = [user for user in waiting if user.pk not in told and user.is_active]
    if not people:
        raise TransitionRefused(
            _("Semua yang belum mengonfirmasi sudah diingatkan hari ini.")
            if waiting
            else _("Semua yang hadir sudah mengonfirmasi, menandatangani, atau tercatat alasannya.")
        )
    for user in people:
        with override(user.language):
            _remind_one(user, pleno, minutes, url, key)
    act.note(people=len(people), number=minutes.number)
    return people
