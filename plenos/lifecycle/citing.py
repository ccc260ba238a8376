"""Who is told when a correction changes the words of a decision that is cited elsewhere."""

from django.db.models import Q
from django.utils.translation import gettext_lazy, override

from bawaslu_portal.kernel import catalogue, clock, notices, scope
from bawaslu_portal.kernel.models import Document, Membership

from .. import documents as papers
from .. import queries
from ..models import Decision, Submission

DELIVERED = gettext_lazy("Risalah %(number)s, %(unit)s, diperbaiki: versi %(version)s.")
CORRECTED = gettext_lazy("Bunyi keputusan %(reference)s diperbaiki dalam versi %(version)s risalahnya.")
ITEM_CORRECTED = gettext_lazy("Agenda keputusan %(reference)s diperbaiki dalam versi %(version)s risalahnya.")
KEEPERS = ("chair", "note_taker", "head_of_secretariat")


def touched(pleno, changes):
    """(decision, whether its own words change) of each decision of which ``changes`` changes anything: its words, or
    the title or notes of its item, which it is read with. In the order of the record."""
    places = papers.touched_items(changes)
    if not places:
        return []
    items, decided = list(pleno.items.all()), queries.decisions_by_item(pleno)
    return [
        (decision, n in own)
        for item, (itself, own) in sorted(places.items())
        for n, decision in enumerate(decided.get(items[item].pk, ()))
        if itself or n in own
    ]


def _doers(decision, now):
    """Those who still work on a follow-up of the decision: each one, or everyone of the division."""
    told = []
    for one in decision.follow_ups.filter(state__in=("open", "reported")).select_related("responsible__user"):
        if one.responsible:
            told.append((one.responsible.user, decision.organisation))
        else:
            seats = Membership.objects.filter(division=one.division_id).in_force_at(now).select_related("user")
            told += [(seat.user, decision.organisation) for seat in seats]
    return told


def _keepers(organisation_id, now):
    seats = Membership.objects.filter(organisation=organisation_id, role__in=KEEPERS).in_force_at(now)
    return [(seat.user, seat.organisation) for seat in seats.select_related("user", "organisation")]


def _elsewhere(users, organisation, now):
    """Each user with ``organisation`` where he serves there, else with a unit where he does."""
    users, serves = list(users), {}
    seats = Membership.objects.filter(user__in=[user.pk for user in users]).in_force_at(now)
    for seat in seats.select_related("organisation").order_by("id"):
        if seat.organisation_id == organisation.pk or seat.user_id not in serves:
            serves[seat.user_id] = seat.organisation
    return [(user, serves[user.pk]) for user in users if user.pk in serves]


def users_of(decision):
    """{user: the unit where he is told} of everyone who cites ``decision``: doers of its open follow-ups, who keeps the
    records of a body whose decision reverses it or is reversed by it, who submitted what was decided, who asked for a
    paper of it, and whom the app of the record that it concerns names (``catalogue.declare_citations``)."""
    now = clock.now()
    told = _doers(decision, now)
    of_its_minutes = Q(concerns_kind="pleno", concerns=decision.pleno.uuid)
    cited = Q(reverses=decision.pk) | Q(pk=decision.reverses_id) | of_its_minutes
    related = Decision.objects.standing().filter(cited)
    for organisation_id in related.values_list("organisation_id", flat=True).distinct():
        told += _keepers(organisation_id, now)
    submission = Submission.objects.filter(items=decision.item_id).select_related("by", "asking").first()
    if submission:
        told.append((submission.by, submission.asking))
        if submission.between_units:
            told += _keepers(submission.asking_id, now)
    asked = Document.objects.filter(about=decision.uuid).select_related("created_by")
    named = [paper.created_by for paper in asked]
    named += catalogue.citing(decision.concerns_kind, decision.concerns, decision.uuid)
    told += _elsewhere(named, decision.organisation, now)
    found = {}
    for user, unit in told:
        found.setdefault(user, unit)
    return found


def _tell(told, thing, words, url, key, facts):
    """``told``: {user: his own unit, which a notice is read through}. ``words``: a lazy sentence, said in the language
    of each reader."""
    for user, unit in told.items():
        with override(user.language):
            notices.tell([user], unit, "plenos.corrected", thing, text=words % facts, url=url, key=key)


def tell(pleno, minutes, changes, *, by):
    """Tell the level above that a new version was delivered, and those who cite a decision that it touches."""
    facts = {"number": minutes.number, "unit": pleno.organisation.name, "version": minutes.version}
    where = pleno.address("plenos:difference", number=minutes.version)
    key = f"plenos.corrected:{pleno.uuid}:{minutes.version}"
    if pleno.delivered_to_id:
        above = Membership.objects.filter(organisation=pleno.delivered_to_id, role__in=scope.OVERSEERS)
        told = {seat.user: pleno.delivered_to for seat in above.in_force_at(clock.now()).select_related("user")}
        _tell(told, pleno, DELIVERED, where, key, facts)
    for decision, its_words in touched(pleno, changes):
        told = {user: unit for user, unit in users_of(decision).items() if user.pk != by.pk}
        url = decision.get_absolute_url() if decision.number else where
        of_decision = {**facts, "reference": decision.reference}
        words = CORRECTED if its_words else ITEM_CORRECTED
        _tell(told, decision, words, url, f"{key}:{decision.uuid}", of_decision)
