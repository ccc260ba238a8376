"""A lifecycle is a table of transitions; ``advance`` is the one way to change a state.

Lock, ask, change, record: one transaction.
"""

import contextlib
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import ledger, scope


class TransitionRefused(Exception):
    """It may be done, but not now (409). The message says what to do."""


class Conflict(TransitionRefused):
    """Someone else changed the record after it was read (409)."""


class NotPermitted(Exception):
    """The user may see the record but not do this to it (403)."""


@dataclass(frozen=True)
class Transition:
    """``action`` from any of ``sources`` to ``target`` (None: the state stays), for whom ``permission`` says yes.

    ``refusal`` is the sentence for a wrong state.
    """

    action: str
    sources: frozenset
    target: str | None
    permission: object
    refusal: object = gettext_lazy("Langkah ini tidak dapat dilakukan pada keadaan sekarang. Muat ulang halaman.")


@dataclass
class Act:
    """The act under way: the locked ``thing``, and ``facts`` for its ledger line.

    ``continues``: it only goes on with an act that has its line already (a text that saves itself every second).
    """

    thing: object
    by: object
    before: str
    facts: dict = field(default_factory=dict)
    continues: bool = False

    def note(self, **facts):
        self.facts.update(facts)


def require(permission, user, thing):
    """Raise NotPermitted unless ``permission(user, thing)``."""
    if not permission(user, thing):
        raise NotPermitted(_("Peran Anda tidak berwenang melakukan ini."))


def lock(thing):
    """The same row, locked and read again.

    No verb changes a key, so rows that name this one may be written meanwhile (``no_key``, here and in every lock):
    else a transaction that holds the head of the ledger would wait at its commit for one that waits for the head.
    """
    return type(thing)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=thing.pk)


@contextlib.contextmanager
def advance(transition, thing, *, by, version=None):
    """Carry out ``transition`` on ``thing`` in one transaction.

    Inside the block change ``act.thing`` and call ``act.note``; the state, the version and the ledger line are
    written at its end. Raises NotPermitted, TransitionRefused (wrong state), Conflict (``version`` is stale).
    """
    with transaction.atomic():
        locked = lock(thing)
        scope.forget(by)  # a seat may have ended while the row was waited for
        require(transition.permission, by, locked)
        if locked.state not in transition.sources:
            raise TransitionRefused(str(transition.refusal))
        if version is not None and int(version) != locked.version:
            raise Conflict(
                _("Catatan ini sudah diubah orang lain sejak Anda membukanya. Bandingkan, lalu simpan lagi.")
            )
        act = Act(locked, by, locked.state)
        yield act
        if transition.target is not None:
            locked.state = transition.target
        locked.version += 1
        locked.save()
        if not act.continues:
            states = {"before": act.before, "after": locked.state}
            ledger.record(locked.organisation, transition.action, locked, by=by, **states, **act.facts)
        for name in [f.attname for f in locked._meta.concrete_fields]:
            setattr(thing, name, getattr(locked, name))
