"""The duties of a body, due as the kinds themselves say: the same functions that the clock asks."""

import datetime

from bawaslu_portal.kernel import catalogue, holidays, settings_store
from bawaslu_portal.kernel.duties import Owing
from bawaslu_portal.kernel.models import Duty

from . import uuids

AHEAD = datetime.timedelta(weeks=4)


class Owed:
    """Writes the duties of one body, week by week, and keeps their keys in ``body.owed``."""

    def __init__(self, nation, body, copy, _chain):
        self.nation, self.body = nation, body
        self.kinds = catalogue.duties()
        keys = sorted({key for kind in self.kinds for key in kind.settings})
        self.timeline = settings_store.Timeline([body.unit], keys)
        body.calendar = holidays.Calendar([body.unit], nation.first)
        self.ids, self.fresh = body.ids(), uuids(body.draws("duties"))
        self.add = copy.writer(
            Duty, "id", "uuid", "organisation_id", "kind", "period", "begins", "ends", "due_at", "created_at"
        )

    def week(self, monday):
        for kind in self.kinds:
            for period in kind.periods(monday, monday):
                due = kind.due(Owing(self.body.unit, period, self.timeline, self.body.calendar))
                if due is None:
                    continue
                pk, uuid = next(self.ids), self.fresh()
                self.body.owed[kind.name, period.text] = (pk, uuid, due, period.begins)
                created = min(self.body.moment(monday - AHEAD, 1), self.nation.now)
                self.add(
                    *(pk, uuid, self.body.unit.pk, kind.name, period.text, period.begins, period.ends),
                    *(due.astimezone(datetime.UTC), created),
                )

    def end(self):
        """Nothing is left over."""
