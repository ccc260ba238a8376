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
KEEPERS = ("chair", "note_taker", "head_of_secretariat")


def touched(pleno, changes):
    """The decisions whose words ``changes`` changes, in the order of the record."""
    pairs = papers.touched_decisions(changes)
    if not pairs:
        return []
    items, decided = list(pleno.items.all()), queries.decisions_by_item(pleno)
    return [decided[items[item].pk][n] for item, n in pairs]


def _doers(decision, now):
    """Those who still work on a follow-up of the decision: each one, or everyone of the division."""
    users = []
    for one in decision.follow_ups.filter(state__in=("open", "reported")).select_related("responsible__user"):
        if one.responsible:
            users.append(one.responsible.user)
        else:
            seats = Membership.objects.filter(division=one.division_id).in_force_at(now).select_related("user")
            users += [seat.user for seat in seats]
    return users


def _keepers(organisation_id, now):
    seats = Membership.objects.filter(organisation=organisation_id, role__in=KEEPERS).in_force_at(now)
    return [seat.user for seat in seats.select_related("user")]


def users_of(decision):
    """Everyone who cites ``decision``: doers of its open follow-ups, who keeps the records of a body whose decision
    reverses it or is reversed by it, who submitted what was decided, who asked for a paper of it, and whom the app of
    the record that it concerns names (``catalogue.declare_citations``)."""
    now = clock.now()
    users = _doers(decision, now)
    related = Decision.objects.standing().filter(Q(reverses=decision.pk) | Q(pk=decision.reverses_id))
    for organisation_id in related.values_list("organisation_id", flat=True).distinct():
        users += _keepers(organisation_id, now)
    submission = Submission.objects.filter(items=decision.item_id).select_related("by").first()
    if submission:
        users.append(submission.by)
        if submission.between_units:
            users += _keepers(submission.asking_id, now)
    asked = Document.objects.filter(about=decision.uuid).select_related("created_by")
    users += [paper.created_by for paper in asked]
    users += catalogue.citing(decision.concerns_kind, decision.concerns, decision.uuid)
    return list(dict.fromkeys(users))


def _tell(users, pleno, thing, words, url, key, facts):
    """``words``: a lazy sentence, said in the language of each reader."""
    for user in users:
        with override(user.language):
            notices.tell([user], pleno.organisation, "plenos.corrected", thing, text=words % facts, url=url, key=key)


def tell(pleno, minutes, changes, *, by):
    """Tell the level above that a new version was delivered, and those who cite a decision whose words it changes."""
    facts = {"number": minutes.number, "unit": pleno.organisation.name, "version": minutes.version}
    where = pleno.address("plenos:difference", number=minutes.version)
    key = f"plenos.corrected:{pleno.uuid}:{minutes.version}"
    if pleno.delivered_to_id:
        above = Membership.objects.filter(organisation=pleno.delivered_to_id, role__in=scope.OVERSEERS)
        users = [seat.user for seat in above.in_force_at(clock.now()).select_related("user")]
        _tell(users, pleno, pleno, DELIVERED, where, key, facts)
    for decision in touched(pleno, changes):
        users = [user for user in users_of(decision) if user.pk != by.pk]
        url = decision.get_absolute_url() if decision.number else where
        of_decision = {**facts, "reference": decision.reference}
        _tell(users, pleno, decision, CORRECTED, url, f"{key}:{decision.uuid}", of_decision)
