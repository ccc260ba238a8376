"""Which columns are written of each table of plenos; the rest have their defaults."""

from bawaslu_portal.kernel.models import Counter, Document, DutyRuling, NumberUse, Remark

from .. import models

COLUMNS = {
    models.Pleno: "id uuid organisation_id released_at delivered_to_id week_year week ordinal planned_at place access"
    " occasion continues_id chair_id note_taker_id state version planned_by_id planned_recorded_at recorded_late"
    " opened_at opened_recorded_at quorum_base quorum_needed quorum_present quorum_met closed_at closed_recorded_at"
    " opening_words closing_words cancelled_at cancel_reason ratified_at",
    models.Attendee: "id uuid organisation_id pleno_id element membership_id user_id name title order status mode"
    " reason arrived_at left_at recorded_at",
    models.Invitation: "id uuid organisation_id pleno_id kind sequence number dated reason planned_at issued_at"
    " recorded_at issued_by_id lead_time_kept",
    models.AgendaItem: "id uuid organisation_id pleno_id order title proposer access fate fate_reason fate_at notes"
    " notes_version notes_at carried_from_id division_id",
    models.Decision: "id uuid organisation_id item_id pleno_id category text manner result happened_at recorded_at"
    " recorded_by_id entitled present quorum_needed number year",
    models.Vote: "id uuid organisation_id decision_id attendee_id choice",
    models.Dissent: "id uuid organisation_id decision_id attendee_id text",
    models.FollowUp: "id uuid organisation_id pleno_id decision_id what responsible_id division_id due state"
    " settled_at",
    models.Progress: "id uuid organisation_id follow_up_id kind text at by_id",
    models.Minutes: "id uuid organisation_id pleno_id sequence number dated record digest access put_up_at put_up_by_id"
    " ratified_at ratified_by_id",
    models.Signature: "id uuid organisation_id minutes_id attendee_id manner digest reason at recorded_by_id",
    models.Reading: "id uuid organisation_id pleno_id reader_id reader_unit_id at",
    Document: "id uuid organisation_id released_at delivered_to_id kind title number classification access about_kind"
    " about record digest created_at created_by_id",
    NumberUse: "id uuid organisation_id series year value text dated kind about by_id at",
    Counter: "id organisation_id series year last",
    DutyRuling: "id uuid organisation_id duty_id begins kind reason until about by_id by_unit_id at",
    Remark: "id uuid organisation_id about_kind about kind text answers_id by_id by_unit_id at",
}


class Writers:
    """``put(Model, ...)`` after ``id``, ``uuid`` and the organisation, which it adds; returns (id, uuid)."""

    def __init__(self, body, copy, fresh):
        self.unit, self.fresh, self._put = body.unit.pk, fresh, {}
        for model, columns in COLUMNS.items():
            names = columns.split()
            self._put[model] = (copy.writer(model, *names), body.ids(), names[1] == "uuid")

    def reserve(self, model):
        """An id and a key for a row that is written later."""
        return next(self._put[model][1]), self.fresh()

    def put(self, model, *values, key=None):
        write, ids, named = self._put[model]
        pk, uuid = key or (next(ids), self.fresh() if named else "")
        if named:
            write(pk, uuid, self.unit, *values)
        else:
            write(pk, self.unit, *values)
        return pk, uuid
