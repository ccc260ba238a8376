"""What pages read of the inbox: where each submission stands, how many wait."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bawaslu_portal.kernel.exports import State
from bawaslu_portal.kernel.models import Job

from .models import AgendaItem, Decision, Submission
from .models.intake import WAITING
from .models.items import DEFERRED, TIED
from .models.sessions import CANCELLED, CLOSED, DRAFT, INVITED, RATIFIED, SIGNING

OVER = (CLOSED, SIGNING, RATIFIED)


@dataclass(frozen=True)
class Fate:
    """Where a submission stands: its latest item, the decision on it, and whether its outcome was recorded."""

    item: AgendaItem | None = None
    decision: Decision | None = None
    job: str = ""  # state of the job that records the outcome

    @property
    def put_off(self):
        """Put off by a closed pleno: it waits for the next agenda."""
        return self.item is not None and self.item.fate == DEFERRED and self.item.pleno.state in OVER

    @property
    def movable(self):
        """Whether it can still be returned or withdrawn."""
        return self.item is None or self.put_off or self.item.pleno.state in (DRAFT, INVITED)


def _fates(submissions):
    """{submission id: Fate} in three queries, however many."""
    items, decisions = {}, {}
    rows = AgendaItem.objects.filter(submission__in=submissions).exclude(pleno__state=CANCELLED)
    for item in rows.select_related("pleno__organisation").order_by("id"):
        items[item.submission_id] = item
    found = Decision.objects.standing().exclude(result=TIED).filter(item__in=[i.pk for i in items.values()])
    for decision in found.select_related("organisation").order_by("id"):
        decisions[decision.item_id] = decision
    keys = [str(d.uuid) for d in decisions.values()]
    jobs = dict(Job.objects.filter(kind="outcome", key__in=keys).values_list("key", "state")) if keys else {}
    fates = {}
    for pk, item in items.items():
        decision = decisions.get(item.pk)
        fates[pk] = Fate(item, decision, jobs.get(str(decision.uuid), "") if decision else "")
    return fates


def with_items(submissions):
    """Each submission of a page with its Fate beside it."""
    submissions = list(submissions)
    fates = _fates(submissions)
    return [(submission, fates.get(submission.pk, Fate())) for submission in submissions]


def fate_of(submission):
    """Where one submission stands."""
    return _fates([submission]).get(submission.pk, Fate())


def standing(submission, fate=None):
    """Where it stands, in one letter, its words, and the kind that gives the colour."""
    fate, word = fate or Fate(), submission.get_state_display()
    if submission.state == "waiting":
        return State("–", word, "wait")
    if submission.state == "placed":
        letter = pgettext("huruf: diagendakan", "A")
        if fate.decision:
            return State(_("D"), _("Diputus, risalah belum disahkan"), "doing")
        if fate.item and not fate.put_off:
            return State(letter, word, "doing")
        return State(letter, _("Untuk pleno berikutnya"), "late")
    if submission.state == "decided":
        if fate.job and fate.job != "done":
            return State(_("D"), _("Diputus, sedang dicatat"), "doing")
        return State(_("D"), word, "done")
    if submission.state == "returned":
        return State(pgettext("huruf: dikembalikan", "K"), word, "late")
    return State("–", word, "off")


def sent(user, unit):
    """What the unit asked of others and still waits for, newest first."""
    rows = Submission.objects.visible_to(user).filter(subject=unit).live()
    return list(rows.select_related("organisation").order_by("-id")[:50])


def inbox_count(organisations):
    """{unit id: how many submissions wait to be placed or returned}."""
    rows = Submission.objects.filter(organisation__in=organisations, state=WAITING).order_by()
    counts = {}
    for unit in rows.values_list("organisation", flat=True):
        counts[unit] = counts.get(unit, 0) + 1
    return counts


def files_of(submission):
    """The files that came with a submission."""
    return list(submission.attachments.select_related("file"))
