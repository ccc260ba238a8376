"""What a unit and the level above say to each other on one record: remarks, an explanation asked for, its answer.

Rows are only ever added. Both sides read them from the moment they are sent, nobody else (visibility.md).
"""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import catalogue, clock, ledger, notices, permissions, scope
from .lifecycle import NotPermitted, TransitionRefused, lock, require
from .models.members import Membership
from .models.talk import Remark

REMARK, ASKED, ANSWERED = "remark", "asked", "answered"
LONGEST = 4000


def may_speak(user, organisation):
    """Those who read the thread write in it: members and secretariat of the unit, members and supervision staff of the
    level right above (working assumption)."""
    pk = getattr(organisation, "pk", organisation)
    return pk in scope.own_units(user, scope.WRITERS) or permissions.oversees(user, organisation)


def may_ask(user, organisation):
    """Ask for an explanation: members and supervision staff of the level right above."""
    return permissions.oversees(user, organisation)


def may_answer(user, organisation):
    """Answer it for the unit: those who keep its records."""
    return permissions.keeps_records(user, organisation)


MAY = {REMARK: may_speak, ASKED: may_ask, ANSWERED: may_answer}


def of(user, thing):
    """The thread on ``thing`` as ``user`` may read it, oldest first."""
    return (
        Remark.objects.filter(scope.between_units(user), about=thing.uuid)
        .select_related("by", "by_unit", "organisation")
        .order_by("id")
    )


def reads(user, organisation):
    """Whether the thread on a record of ``organisation`` is open to ``user`` at all."""
    return may_speak(user, organisation)


def open_question(thing):
    """The question on ``thing`` that waits for its answer, or None."""
    return Remark.objects.filter(about=thing.uuid, kind=ASKED, answered_by=None).order_by("-id").first()


def explanations(user, about, *, units):
    """(about, asked or answered) of each thing in ``about`` (UUIDs) as it stands last, oldest first."""
    rows = Remark.objects.filter(scope.between_units(user), organisation__in=units, kind__in=(ASKED, ANSWERED))
    return rows.filter(about__in=list(about)).order_by("id").values_list("about", "kind")


def waiting(user):
    """The questions that wait for an answer of a unit whose records ``user`` keeps, the oldest first."""
    own = scope.own_units(user, permissions.RECORD_KEEPERS)
    if not own:
        return Remark.objects.none()
    rows = Remark.objects.filter(organisation__in=own, kind=ASKED, answered_by=None)
    return rows.select_related("organisation", "by_unit").order_by("id")


def say(about_kind, thing, *, by, text, kind=REMARK):
    """Write in the thread on ``thing`` (of a kind declared in the catalogue). The other side is told.

    Raises NotPermitted, and TransitionRefused when a question is still open or none is there to be answered.
    """
    with transaction.atomic():
        locked = lock(thing)
        scope.forget(by)
        require(MAY[kind], by, locked.organisation)
        question = open_question(locked)
        if kind == ASKED and question is not None:
            raise TransitionRefused(_("Penjelasan sudah diminta dan menunggu jawaban."))
        if kind == ANSWERED and question is None:
            raise TransitionRefused(_("Tidak ada permintaan penjelasan yang menunggu jawaban."))
        remark = Remark.objects.create(
            organisation=locked.organisation,
            about_kind=about_kind,
            about=locked.uuid,
            kind=kind,
            text=text.strip(),
            answers=question if kind == ANSWERED else None,
            by=by,
            by_unit=_unit_of(by, locked.organisation),
            at=clock.now(),
        )
        ledger.record(locked.organisation, f"kernel.remark.{kind}", locked, by=by, remark=str(remark.uuid))
        _tell(remark, locked)
    return remark


def _unit_of(user, organisation):
    """In whose name ``user`` speaks: his own unit's where the record is its, else the level above."""
    if organisation.pk in scope.own_units(user, scope.WRITERS):
        return organisation
    above = organisation.parent_on()
    if above is None:
        raise NotPermitted(_("Peran Anda tidak berwenang melakukan ini."))
    return above


TOLD = {
    REMARK: gettext_lazy("Catatan baru dari {unit}: {thing}"),
    ASKED: gettext_lazy("{unit} meminta penjelasan: {thing}"),
    ANSWERED: gettext_lazy("{unit} memberi penjelasan: {thing}"),
}


def _tell(remark, thing):
    """The other side hears that something was written, in each one's own language; the words stay in the portal."""
    above = remark.by_unit_id != remark.organisation_id
    unit = remark.organisation if above else remark.organisation.parent_on()
    if unit is None:
        return
    roles = permissions.RECORD_KEEPERS if above else scope.OVERSEERS
    seats = Membership.objects.filter(organisation=unit, role__in=roles).in_force_at(clock.now())
    by_language = {}
    for seat in seats.select_related("user"):
        by_language.setdefault(seat.user.language, []).append(seat.user)
    url = catalogue.kind(remark.about_kind).address(thing)
    for language, users in by_language.items():
        with translation.override(language):
            text = str(TOLD[remark.kind]).format(unit=remark.by_unit.name, thing=name_of(thing))
        notices.tell(
            users, unit, f"kernel.remark.{remark.kind}", thing, text=text, url=url, key=f"remark:{remark.uuid}"
        )


def name_of(thing):
    """What the thing is called on screen."""
    return getattr(thing, "title", None) or getattr(thing, "period", str(thing))


def desk(user):
    """Rows for my desk: questions to units whose records I keep."""
    rows = []
    for question in waiting(user):
        declared = catalogue.kind(question.about_kind)
        thing = declared.model().objects.visible_to(user).filter(uuid=question.about).first()
        if thing is not None:
            rows.append(
                {
                    "title": _("Beri penjelasan kepada %(unit)s") % {"unit": question.by_unit.name},
                    "url": declared.address(thing),
                    "meta": f"{question.organisation.name} · {name_of(thing)}",
                    "side": "",
                    "state": None,
                    "due": None,
                    "unit": question.organisation,
                }
            )
    return rows
