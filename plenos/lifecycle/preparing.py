"""The next week in one click, what earlier plenos put off, and the approval of the last minutes."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from bawaslu_portal.kernel.lifecycle import Conflict, TransitionRefused, advance, lock, require
from bawaslu_portal.kernel.models import Organisation
from bawaslu_portal.kernel.settings_store import setting

from .. import preparation, queries
from ..models import AgendaItem, Submission
from ..models.intake import WAITING
from ..models.items import APPROVAL
from ..permissions import may_plan, may_prepare
from . import deciding, intake, table
from .planning import plan


def plan_next(organisation, *, by, week=None):
    """Plan the pleno of the next week, with the unit's usual day and place, its standing items, what was put off and
    what was submitted. Returns the pleno and its Slot.

    ``week`` (2024-W35) is the one that the page offered: planned by someone else meanwhile, it is a Conflict.
    """
    require(may_plan, by, organisation)
    with transaction.atomic():
        _hold_sources(organisation)
        slot = preparation.next_slot(organisation)
        if week and week != slot.week_text:
            raise Conflict(_("Minggu itu sudah direncanakan orang lain. Muat ulang halaman untuk melihat drafnya."))
        day = slot.planned_at.date()
        agenda = preparation.agenda_for(organisation, day)
        pleno = plan(
            organisation,
            by=by,
            year=slot.year,
            week=slot.week,
            planned_at=slot.planned_at,
            place=setting(organisation, "plenos.place", day),
            note_taker=queries.usual_note_taker(organisation),
            agenda=agenda,
        )
        preparation.bring_files(AgendaItem.objects.filter(pleno=pleno))
        _placed(pleno, agenda, by=by)
    return pleno, slot


def plan_prepared(organisation, *, by, **facts):
    """Plan a pleno as ``plan`` does, and begin its agenda as ``prepare_agenda`` does: both or neither."""
    require(may_plan, by, organisation)
    with transaction.atomic():
        _hold_sources(organisation)
        pleno = plan(organisation, by=by, **facts)
        prepare_agenda(pleno, by=by)
    return pleno


def _hold_sources(organisation):
    """Lock what an agenda is drawn up from, so that no two drafts take over the same.

    Before the ledger's head is held: who withdraws a submission holds it first, and the head last.
    """
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    hold(preparation.pending(organisation))
    hold(preparation.for_the_next(organisation), Submission)


def hold(rows, model=AgendaItem):
    """Lock items that were put off, or submissions, so that no two agendas take over the same."""
    return list(
        model.objects.order_by("pk").select_for_update(of=("self",), no_key=True).filter(pk__in=[r.pk for r in rows])
    )


def _placed(pleno, agenda, *, by):
    """What came straight from the inbox is placed now."""
    for facts in agenda:
        submission = facts.get("submission")
        if submission is not None and submission.state == WAITING:
            with advance(intake.PLACE, submission, by=by) as act:
                act.note(pleno=str(pleno.uuid))


def prepare_agenda(pleno, *, by):
    """Begin the agenda of a draft with the unit's standing items, what was put off and what was submitted, before the
    items that are there already."""
    with advance(table.ARRANGE, pleno, by=by) as act:
        draft = act.thing
        _hold_sources(draft.organisation)
        day = draft.planned_at.astimezone(draft.organisation.zone).date()
        agenda = preparation.agenda_for(draft.organisation, day)
        own = list(AgendaItem.objects.filter(pleno=draft).order_by("order", "id"))
        for order, row in enumerate(own, len(agenda) + 1):
            row.order = order
            row.save(update_fields=["order"])
        made = [
            AgendaItem.objects.create(pleno=draft, organisation=draft.organisation, order=order, **facts)
            for order, facts in enumerate(agenda, 1)
        ]
        preparation.bring_files(made)
        _placed(draft, agenda, by=by)
        act.note(what="prepare", items=len(agenda))


def carry_over(pleno, *, by, origin):
    """Take an item that an earlier pleno put off onto the agenda of a draft or invited one. Returns the new item.

    Raises Conflict when it was taken over or dropped meanwhile.
    """
    with advance(table.ARRANGE, pleno, by=by) as act:
        hold([origin])
        row = preparation.pending(act.thing.organisation).filter(pk=origin.pk).first()
        if row is None:
            raise Conflict(_("Pokok ini sudah dibawa ke pleno lain, atau sudah digugurkan. Muat ulang halaman."))
        item = preparation.append(act.thing, preparation.carried(row))
        preparation.bring_files([item])
        act.note(item=str(item.uuid), what="carry", origin=str(row.uuid))
    return item


def drop(origin, *, by, reason):
    """An item that was put off is not taken up any more, and why. The pleno that put it off is never changed.

    Raises ValidationError without a reason, Conflict when it stands on an agenda or is dropped already.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Tulis mengapa pokok ini tidak dibahas lagi.")})
    with transaction.atomic():
        pleno = lock(origin.pleno)
        require(may_prepare, by, pleno)
        if pleno.state not in table.DROP.sources:
            raise TransitionRefused(str(table.DROP.refusal))
        hold([origin])
        row = preparation.pending(pleno.organisation).filter(pk=origin.pk).first()
        if row is None:
            raise Conflict(_("Pokok ini sudah dibawa ke pleno lain, atau sudah digugurkan. Muat ulang halaman."))
        if row.submission_id:
            intake.dropped(row, by=by, reason=reason)
        intake.put_away(row, by=by, reason=reason)


def approve_last(item, *, by, happened_at=None):
    """The last ratified minutes are approved without a remark, by consensus. Returns the decision.

    Raises TransitionRefused for an item that is no approval, or while no earlier minutes are ratified.
    """
    require(may_prepare, by, item.pleno)
    last = preparation.last_ratified(item.pleno)
    words = approval_words(last) if item.standing_kind == APPROVAL and last else ""
    if item.pleno.state in table.DECIDE.sources and not words:
        raise TransitionRefused(_("Belum ada risalah terdahulu yang disahkan untuk disetujui di sini."))
    return deciding.decide(item, by=by, category="other", text=words or "-", happened_at=happened_at)


def approval_words(last):
    """What approving without a remark says; it stands on paper."""
    minutes = queries.current_minutes(last)
    return (
        f"Menyetujui risalah Rapat Pleno minggu ke-{last.week} tahun {last.week_year} "
        f"(Berita Acara Nomor {minutes.number}) tanpa catatan."
    )
