"""What is read across the plenary's tables, always within what the reader may know."""

import datetime

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q

from bawaslu_portal.kernel import clock, scope
from bawaslu_portal.kernel import documents as kernel_documents
from bawaslu_portal.kernel.models import DutyRuling, Job, Membership

from . import permissions
from .models import (
    AgendaItem,
    Attachment,
    Correction,
    Decision,
    FollowUp,
    Minutes,
    Pleno,
    Reading,
    Signature,
    Submission,
)
from .models.sessions import ADJOURNED, CLOSED, DRAFT, HELD, INVITED, OPEN, RATIFIED, SIGNING

INVITATION_PAPERS = ("plenos.undangan", "plenos.daftar_hadir_kosong")
MINUTES_PAPERS = ("plenos.berita_acara", "plenos.notulen", "plenos.daftar_hadir")


def items_of(user, pleno, *, votes=True, follow_ups=None):
    """The agenda items of one pleno that ``user`` may read, with their standing decisions as ``standing`` (before
    ratification only for those who read the live notes); a page that shows only the decisions' words is spared
    ``votes`` (with dissents) and ``follow_ups`` (as ``votes`` unless said)."""
    reach = permissions.reach(user, pleno)
    items = AgendaItem.objects.filter(pleno=pleno)
    if not (reach.preparation or reach.ratified_closed):
        if not (reach.open_items or reach.ratified_open):
            return items.none()
        items = items.filter(access="open")
    decisions = Decision.objects.standing().select_related("organisation")
    if not (reach.notes or reach.ratified_open or reach.ratified_closed):
        decisions = decisions.none()
    else:
        if votes:
            decisions = decisions.prefetch_related("votes__attendee", "dissents__attendee")
        if votes if follow_ups is None else follow_ups:
            given = FollowUp.objects.select_related("responsible", "division")
            decisions = decisions.prefetch_related(Prefetch("follow_ups", given))
    return items.prefetch_related(
        Prefetch("decisions", decisions, to_attr="standing"),
        Prefetch("attachments", Attachment.objects.select_related("file")),
    )


def attachment_for(user, uuid):
    """The attachment, or None unless ``user`` reads the record that it hangs on."""
    rows = Attachment.objects.select_related("file", "item", "submission", "progress__follow_up__responsible")
    attachment = rows.filter(uuid=uuid).first()
    return attachment if attachment and _attachment_readable(user, attachment) else None


def _attachment_readable(user, attachment):
    """As the record that it hangs on: an item, a submission, a follow-up's progress."""
    if attachment.item_id:
        pleno = Pleno.objects.visible_to(user).filter(pk=attachment.item.pleno_id).first()
        return pleno is not None and items_of(user, pleno, votes=False).filter(pk=attachment.item_id).exists()
    if attachment.submission_id:
        return Submission.objects.visible_to(user).filter(pk=attachment.submission_id).exists()
    return permissions.reads_progress(user, attachment.progress.follow_up)


def documents_readable(user):
    """Q over Document rows of a pleno: everything for those who write, invitations for the whole unit, and the final
    papers (released by the ratification) by class and delivery, which they carry themselves. Drafts and papers for
    signing stay with the writers."""
    writers, own = scope.own_units(user, scope.WRITERS), scope.own_units(user)
    final = Q(kind__in=MINUTES_PAPERS) & final_papers(user)
    return Q(organisation__in=writers) | Q(kind__in=INVITATION_PAPERS, organisation__in=own) | final


def final_papers(user):
    """Q over Document rows that are final and released to ``user``."""
    return Q(draft=False) & released_to(user)


def released_to(user):
    """Q over rows that carry their own class and delivery (papers, minutes of earlier years), once released: closed
    ones for those who oversee, open ones for the unit and all above."""
    own, overseers = scope.own_units(user), scope.own_units(user, scope.OVERSEERS)
    overseen = Q(organisation__in=scope.units_below(user, scope.OVERSEERS)) | Q(delivered_to__in=overseers)
    above = Q(organisation__in=own | scope.units_below(user)) | Q(delivered_to__in=own)
    openly = Q(access="open") & (Q() if scope.nationwide(user) else above)
    return Q(released_at__isnull=False) & (overseen | openly)


def correction_documents_readable(user):
    """Q over Document rows of a correction under way: those who write the minutes, as before any ratification."""
    mine = Correction.objects.filter(organisation__in=scope.own_units(user, scope.WRITERS))
    return Q(Exists(mine.filter(uuid=OuterRef("about"))))


def current_minutes(pleno):
    """The minutes now put up, or the latest version that was ratified, or None."""
    return version_of(pleno, pleno.minutes_version)


def version_of(pleno, number):
    """One version of the minutes, with its signatures, or None. Of ratified minutes only what is ratified."""
    rows = Minutes.objects.filter(pleno=pleno, version=number, taken_back_at=None)
    if pleno.state == RATIFIED:
        rows = rows.filter(ratified_at__isnull=False)
    return _with_signatures(rows, pleno)


def minutes_of_correction(correction):
    """The version that a correction put up and did not take back, with its signatures, or None."""
    return _with_signatures(Minutes.objects.filter(correction=correction, taken_back_at=None), correction.pleno)


def _with_signatures(rows, pleno):
    found = (
        rows.select_related("put_up_by", "ratified_by", "correction")
        .prefetch_related(Prefetch("signatures", Signature.objects.select_related("attendee", "recorded_by")))
        .first()
    )
    if found:
        found.pleno, found.organisation = pleno, pleno.organisation
        if found.correction:
            found.correction.pleno = pleno
    return found


def decisions_by_item(pleno):
    """{item: its standing decisions in the order of the frozen record}."""
    found, rows = {}, Decision.objects.standing().filter(pleno=pleno).select_related("organisation")
    for decision in rows.order_by("number", "id"):
        found.setdefault(decision.item_id, []).append(decision)
    return found


def versions_of(pleno):
    """The ratified versions of the minutes, the first one first, without their text."""
    rows = Minutes.objects.filter(pleno=pleno, ratified_at__isnull=False).defer("record")
    return rows.select_related("ratified_by", "correction").order_by("version")


def returned(pleno):
    """The return by the level above that no later version has answered yet, or None."""
    if pleno.state != RATIFIED:
        return None
    answer = Minutes.objects.filter(pleno=pleno, ratified_at__gte=OuterRef("at"))
    rulings = DutyRuling.objects.filter(organisation=pleno.organisation_id, kind="returned", about=pleno.uuid)
    return rulings.exclude(Exists(answer)).select_related("by", "by_unit").last()


def correction_under_way(pleno):
    """The correction that is being worded or signed, or None."""
    return pleno.corrections.filter(state__in=("drafting", "signing")).first()


def signing_state(pleno, minutes):
    """Each present member with his signature or None, in order of seat."""
    if minutes is None:
        return []
    signatures = {s.attendee_id: s for s in minutes.signatures.all()}
    return [(a, signatures.get(a.pk)) for a in pleno.attendees.members().filter(status="present")]


def unsigned(pleno):
    """Who of the members present has not signed the minutes now put up, as ids of users, in one query."""
    signed = Signature.objects.filter(attendee=OuterRef("pk"), minutes__taken_back_at=None)
    present = pleno.attendees.members().filter(status="present")
    return set(present.exclude(Exists(signed)).values_list("user", flat=True))


def eldest(members):
    """The oldest member, by birth date; by seat where dates are missing (source: reported by an agency page)."""
    dated = [m for m in members if m.user.birth_date]
    return min(dated, key=lambda m: m.user.birth_date) if dated else (members[0] if members else None)


def proposed_chair(organisation, moment):
    """Who chairs by rule: the Ketua in office; if there is none, the oldest member."""
    members = Membership.objects.in_office_on(organisation, moment)
    for member in members:
        if member.role == "chair":
            return member
    return eldest(members)


def awaiting(user):
    """Plenos on which ``user`` himself has something to do now, with what."""
    rows = []
    own = scope.own_units(user)
    if not own:
        return rows
    now = clock.now()
    plenos = (
        Pleno.objects.filter(organisation__in=own, state__in=(DRAFT, INVITED, OPEN, ADJOURNED, CLOSED, SIGNING))
        .select_related("organisation", "chair__user")
        .order_by("planned_at")
    )
    # Who chaired is asked once a person, not once a pleno.
    people = {}
    for pleno in plenos:
        person = people.setdefault(pleno.chair.user_id, pleno.chair.user)
        if person is pleno.chair.user:
            person.scope_cache = {}
        pleno.chair.user = person
    minutes = {
        m.pleno_id: m
        for m in Minutes.objects.filter(pleno__in=[p.pk for p in plenos], taken_back_at=None).prefetch_related(
            "signatures"
        )
    }
    present = {}
    for pleno_id, attendee_id, user_id in (
        Pleno.objects.filter(pk__in=[p.pk for p in plenos], attendees__element="member", attendees__status="present")
        .order_by("attendees__order")
        .values_list("pk", "attendees__pk", "attendees__user")
    ):
        present.setdefault(pleno_id, {})[user_id] = attendee_id
    for pleno in plenos:
        prepares = permissions.may_prepare(user, pleno)
        if pleno.state == DRAFT and prepares:
            rows.append((pleno, "invite" if not pleno.recorded_late else "record"))
        elif pleno.state == INVITED and prepares and pleno.planned_at <= now:
            rows.append((pleno, "open"))
        elif pleno.state == OPEN and (prepares or permissions.may_confirm(user, pleno)):
            rows.append((pleno, "room"))
        elif pleno.state == ADJOURNED and prepares:
            rows.append((pleno, "resume"))
        elif pleno.state == CLOSED and prepares:
            rows.append((pleno, "put_up"))
        elif pleno.state == SIGNING and pleno.pk in minutes:
            signed = {s.attendee_id for s in minutes[pleno.pk].signatures.all()}
            mine = present.get(pleno.pk, {}).get(user.pk)
            if mine and mine not in signed and permissions.may_confirm(user, pleno):
                rows.append((pleno, "confirm"))
            elif permissions.may_ratify(user, pleno) and set(present.get(pleno.pk, {}).values()) <= signed:
                rows.append((pleno, "ratify"))
            elif (
                permissions.may_record_signature(user, pleno) and not set(present.get(pleno.pk, {}).values()) <= signed
            ):
                rows.append((pleno, "collect"))
    return rows


def _read_by(user):
    """Whether the latest version of a pleno's minutes was marked read by ``user``."""
    return Exists(Reading.objects.filter(pleno=OuterRef("pk"), reader=user, version=OuterRef("minutes_version")))


def unread_deliveries(user):
    """Delivered plenos that the user's unit of oversight received and that he has not marked read."""
    own = scope.own_units(user, scope.OVERSEERS)
    return (
        Pleno.objects.filter(state=RATIFIED, delivered_to__in=own)
        .exclude(_read_by(user))
        .select_related("organisation")
        .order_by("ratified_at")
    )


def this_week(user):
    """Plenos of the units that ``user`` belongs to whose hour lies in this week (Monday to Sunday there)."""
    own = scope.own_units(user)
    if not own:
        return []
    rows = Pleno.objects.filter(organisation__in=own).exclude(state="cancelled").select_related("organisation")
    around = clock.now()
    near = rows.filter(
        planned_at__gte=around - datetime.timedelta(days=8), planned_at__lte=around + datetime.timedelta(days=8)
    )
    return sorted(
        (
            p
            for p in near
            if clock.local(p.planned_at, p.organisation).isocalendar()[:2]
            == clock.local(around, p.organisation).isocalendar()[:2]
        ),
        key=lambda p: p.planned_at,
    )


def papers_of(user, pleno):
    """The papers of a pleno that ``user`` may read, with the job that makes each; superseded ones left out."""
    return papers_about(user, pleno.uuid)


def papers_about(user, about, *, digest=None):
    """The papers about a thing that hold; with ``digest`` those of that record, also where a later version came."""
    rows = kernel_documents.readable_by(user).filter(about=about)
    rows = rows.filter(digest=digest) if digest else rows.filter(superseded_by=None, withdrawn_at=None)
    rows = list(rows.select_related("organisation", "file").defer("record").order_by("kind"))
    works = {job.key: job for job in Job.objects.filter(kind="paper", key__in=[str(d.uuid) for d in rows])}
    return [(document, works.get(str(document.uuid))) for document in rows]


def counts_by_unit(user, units, year):
    """Per unit id: plenos held and ratified in ``year``, and the last one held."""
    rows = (
        Pleno.objects.visible_to(user)
        .filter(organisation__in=units, week_year=year)
        .values("organisation")
        .annotate(
            held=Count("pk", filter=Q(state__in=HELD)),
            ratified=Count("pk", filter=Q(state=RATIFIED)),
            last=Max("opened_at"),
        )
    )
    return {row["organisation"]: row for row in rows}


def deliveries_to(user, *, unread=False):
    """Ratified plenos that were delivered to a unit where ``user`` is a member or supervision staff."""
    own = scope.own_units(user, scope.OVERSEERS)
    rows = Pleno.objects.filter(state=RATIFIED, delivered_to__in=own)
    rows = rows.annotate(read=_read_by(user))
    if unread:
        rows = rows.filter(read=False)
    return rows.select_related("organisation").order_by("-ratified_at", "-id")


def usual_note_taker(organisation):
    """The note-taker in post now, else the head of secretariat, else None."""
    return (
        Membership.objects.filter(organisation=organisation, role__in=("note_taker", "head_of_secretariat"))
        .at(clock.now())
        .order_by("-role", "order", "id")
        .first()
    )


def minutes_access(pleno):
    """The class of the minutes: frozen with them, else the strictest among session and items (visibility.md)."""
    frozen = Minutes.objects.filter(pleno=pleno, taken_back_at=None).values_list("access", flat=True).first()
    if frozen:
        return frozen
    return "closed" if pleno.access == "closed" or pleno.items.filter(access="closed").exists() else "open"
