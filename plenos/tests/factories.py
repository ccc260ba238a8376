"""Plenos at every stage, made through the verbs: so a test never starts from a state that cannot be."""

import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from bawaslu_portal.kernel import clock, documents
from bawaslu_portal.kernel.models import LedgerEntry, Membership

from .. import lifecycle
from ..models import Pleno
from ..models.sessions import ADJOURNED, CLOSED, DRAFT, INVITED, OPEN, RATIFIED, SIGNING

# Monday 19 August 2024, 10.00 WITA: week 34.
WHEN = datetime.datetime(2024, 8, 19, 2, 0, tzinfo=datetime.UTC)
LATER = datetime.timedelta(days=10)  # after which a pleno already held is entered
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
AGENDA = ("Laporan pelaksanaan pekan lalu", "Rencana kerja divisi pekan ini", "Lain-lain")


def scan(name="pindaian.pdf"):
    """An upload that passes for a scanned paper."""
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def stored_scan():
    """The same, already stored."""
    return documents.store(PDF, "application/pdf")


def _free(cast, when):
    while Pleno.objects.of(cast.unit).filter(planned_at=when).exclude(state="cancelled").exists():
        when += datetime.timedelta(hours=13)
    return when


def make_draft(cast, *, when=WHEN, agenda=AGENDA, access="closed", **facts):
    """A draft planned by the secretary on the Friday before, for the week of ``when``; where that hour is taken
    already, on the evening of the same day, so that two sessions neither coincide nor overlap."""
    when = _free(cast, when)
    year, week, _day = when.astimezone(cast.unit.zone).isocalendar()
    with clock.at(when - datetime.timedelta(days=3)):
        note_taker = Membership.objects.get(organisation=cast.unit, role="note_taker")
        return lifecycle.plan(
            cast.unit,
            by=cast.secretary,
            year=year,
            week=week,
            planned_at=when,
            place="Ruang rapat",
            access=access,
            note_taker=note_taker,
            agenda=agenda,
            **facts,
        )


def make_invited(cast, **facts):
    pleno = make_draft(cast, **facts)
    with clock.at(pleno.planned_at - datetime.timedelta(days=3)):
        lifecycle.invite(pleno, by=cast.secretary)
    return pleno


def make_open(cast, exceptions=None, **facts):
    """Opened on time; ``exceptions`` as {order of seat: status}."""
    pleno = make_invited(cast, **facts)
    seats = {
        m.pk: {"status": exceptions[m.order], "reason": "surat tugas"}
        for m in Membership.objects.in_office_on(cast.unit, pleno.planned_at)
        if m.order in (exceptions or {})
    }
    with clock.at(pleno.planned_at):
        lifecycle.open_session(pleno, by=cast.secretary, exceptions=seats)
    return pleno


def decide_all(pleno, by, minutes=5):
    """Decide every item by consensus, one every ``minutes``."""
    for n, item in enumerate(pleno.items.filter(fate="waiting"), 1):
        with clock.at(pleno.opened_at + datetime.timedelta(minutes=minutes * n)):
            lifecycle.decide(item, by=by, category="plan", text=f"Menyetujui {item.title.lower()}.")


def make_adjourned(cast, **facts):
    """Opened, and after twenty minutes adjourned."""
    pleno = make_open(cast, **facts)
    with clock.at(pleno.opened_at + datetime.timedelta(minutes=20)):
        lifecycle.adjourn(pleno, by=cast.secretary, reason="Menunggu anggota lain.")
    return pleno


def make_closed(cast, **facts):
    pleno = make_open(cast, **facts)
    if pleno.quorum_met:
        decide_all(pleno, cast.secretary)
    else:
        with clock.at(pleno.opened_at + datetime.timedelta(minutes=10)):
            for item in pleno.items.all():
                lifecycle.defer(item, by=cast.secretary, reason="Kuorum tidak terpenuhi.")
    with clock.at(pleno.opened_at + datetime.timedelta(hours=2)):
        lifecycle.close(pleno, by=cast.secretary)
    return pleno


def make_signing(cast, **facts):
    pleno = make_closed(cast, **facts)
    with clock.at(pleno.closed_at + datetime.timedelta(hours=1)):
        lifecycle.put_up(pleno, by=cast.secretary)
    return pleno


def sign_all(pleno):
    """Every member present confirms in the portal."""
    minutes = pleno.minutes.get(taken_back_at=None)
    for attendee in pleno.attendees.members().filter(status="present"):
        if not minutes.signatures.filter(attendee=attendee).exists():
            with clock.at(minutes.put_up_at + datetime.timedelta(hours=1)):
                lifecycle.confirm(pleno, by=attendee.user, digest=minutes.digest)


def make_ratified(cast, **facts):
    pleno = make_signing(cast, **facts)
    sign_all(pleno)
    with clock.at(pleno.closed_at + datetime.timedelta(days=1)):
        lifecycle.ratify(pleno, by=pleno.chair.user)
    return pleno


CORRECTED = {"place": "Aula lantai dua", "items.0.title": "Laporan pekan lalu"}


def make_correction(cast, pleno, *, changes=None, ruling=None):
    """A correction being worded, begun two days after the pleno was closed."""
    from ..lifecycle import correcting

    with clock.at(pleno.closed_at + datetime.timedelta(days=2)):
        correction = correcting.begin(pleno, by=cast.secretary, reason="Salah ketik pada tempat rapat", ruling=ruling)
        if changes:
            correcting.change(correction, by=cast.secretary, changes=changes)
    return correction


def make_put_up_correction(cast, pleno, **facts):
    from ..lifecycle import correcting

    correction = make_correction(cast, pleno, **{"changes": CORRECTED, **facts})
    with clock.at(pleno.closed_at + datetime.timedelta(days=3)):
        correcting.put_up(correction, by=cast.secretary)
    return correction


def sign_version(correction):
    """Every member present confirms the version in the portal, unless he stands to it already."""
    from ..lifecycle import correcting

    minutes = correction.minutes.get(taken_back_at=None)
    for attendee in correction.pleno.attendees.members().filter(status="present"):
        if not minutes.signatures.filter(attendee=attendee).exists():
            with clock.at(minutes.put_up_at + datetime.timedelta(hours=1)):
                correcting.confirm(correction, by=attendee.user, digest=minutes.digest)


def make_corrected(cast, pleno, **facts):
    """The next version of ratified minutes, ratified."""
    from ..lifecycle import correcting

    correction = make_put_up_correction(cast, pleno, **facts)
    sign_version(correction)
    with clock.at(pleno.closed_at + datetime.timedelta(days=4)):
        correcting.ratify(correction, by=pleno.chair.user)
    pleno.refresh_from_db()
    return correction


def make_cancelled(cast, **facts):
    pleno = make_invited(cast, **facts)
    with clock.at(pleno.planned_at - datetime.timedelta(days=1)):
        lifecycle.cancel(pleno, by=cast.secretary, reason="Ketua dan tiga anggota dinas luar")
    return pleno


STAGES = {
    DRAFT: make_draft,
    INVITED: make_invited,
    OPEN: make_open,
    ADJOURNED: make_adjourned,
    CLOSED: make_closed,
    SIGNING: make_signing,
    RATIFIED: make_ratified,
    "cancelled": make_cancelled,
}


def make_held(cast, *, when=WHEN, agenda=AGENDA, **facts):
    """A draft of a pleno that was already held, entered ten days later."""
    when = _free(cast, when)
    year, week, _day = when.astimezone(cast.unit.zone).isocalendar()
    with clock.at(when + LATER):
        return lifecycle.plan(
            cast.unit,
            by=cast.secretary,
            year=year,
            week=week,
            planned_at=when,
            place="Ruang rapat",
            agenda=agenda,
            recorded_late=True,
            **facts,
        )


def make_held_open(cast, **facts):
    pleno = make_held(cast, **facts)
    with clock.at(pleno.planned_at + LATER):
        lifecycle.open_session(pleno, by=cast.secretary, happened_at=pleno.planned_at)
    return pleno


def make_held_closed(cast, **facts):
    pleno = make_held_open(cast, **facts)
    with clock.at(pleno.planned_at + LATER):
        for n, item in enumerate(pleno.items.all(), 1):
            moment = pleno.opened_at + datetime.timedelta(minutes=5 * n)
            lifecycle.decide(item, by=cast.secretary, category="plan", text="Menyetujui.", happened_at=moment)
        lifecycle.close(pleno, by=cast.secretary, happened_at=pleno.opened_at + datetime.timedelta(hours=2))
    return pleno


def make_world(cast):
    """One pleno at every stage, each in its own week: {stage: primary key}, and the same held ones by "held_"."""
    makers = {**STAGES, "held_draft": make_held, "held_open": make_held_open, "held_closed": make_held_closed}
    # Without a quorum nothing is decided: what it put off waits for a later one.
    makers["put_off_ratified"] = lambda c, when: make_ratified(c, when=when, exceptions={3: "ill", 4: "ill", 5: "ill"})
    return {
        stage: maker(cast, when=WHEN + datetime.timedelta(weeks=n)).pk
        for n, (stage, maker) in enumerate(makers.items())
    }


def membership(cast, user):
    """The seat or post of ``user`` in the unit of the story."""
    return Membership.objects.get(organisation=cast.unit, user=user)


def end_membership(cast, user, moment):
    """His membership of the unit ends at ``moment``."""
    Membership.objects.filter(organisation=cast.unit, user=user).update(until=moment)


def row_of(pleno, user):
    """The line of the attendance list of ``user``, its pleno beside it."""
    row = pleno.attendees.get(user=user)
    row.pleno = pleno
    return row


def item_of(pleno, order=1):
    """An item of the agenda by its place, its pleno beside it."""
    item = pleno.items.get(order=order)
    item.pleno = pleno
    return item


def lines(pleno, action=None):
    """How many lines the ledger has about the pleno (of one verb)."""
    rows = LedgerEntry.objects.filter(thing=str(pleno.uuid))
    return rows.filter(action=f"plenos.pleno.{action}").count() if action else rows.count()


# The roles of the matrix and who plays them in the cast.
ROLES = {
    "chair": "chair",
    "member": "member",
    "note_taker": "secretary",
    "head": "head",
    "staff": "staff",
    "administrator": "administrator",
    "neighbour": "neighbour",
    "province_supervision": "province",
    "province_member": "province_chair",
    "province_staff": "province_staff",
    "national": "national",
    "outsider": "outsider",
}


def words(answer):
    """The text of a page, entities undone enough to look for what was typed."""
    return answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


def plan_facts(cast, **changes):
    """The form of planning as filled in now, for the day after tomorrow."""
    seat = Membership.objects.get(organisation=cast.unit, role="chair")
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)
    year, week, _day = moment.astimezone(cast.unit.zone).isocalendar()
    data = {
        "week": f"{year}-W{week:02d}",
        "planned_at": moment.astimezone(cast.unit.zone).strftime("%Y-%m-%dT%H:%M"),
        "place": "Ruang rapat",
        "access": "closed",
        "occasion": "weekly",
        "chair": seat.pk,
        "agenda": "Laporan pekan lalu\nRencana kerja\nLampu kantor",
    }
    return {**data, **changes}
