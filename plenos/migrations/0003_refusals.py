"""What cannot be is refused by the database too, whoever writes: sessions that overlap, votes of the absent, and so on.

Each of these is said first by a verb, at the field. The checks over many rows run once a statement, so that bringing
in years of plenos stays quick. They are guards (ENABLE ALWAYS), as those that lock what was ratified.
"""

from django.db import migrations

REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"

SESSIONS = """
-- A body holds one session at a time. One that nobody closed stands in the way for twelve hours (lifecycle/hours.py).
-- Left out: a session that stood adjourned (the verb compares its pieces), and one entered afterwards while its end is
-- not known. The clock of UTC, because only without a zone is the sum immutable.
ALTER TABLE plenos_pleno ADD CONSTRAINT pleno_one_session_at_a_time EXCLUDE USING gist (
    int8range(organisation_id, organisation_id, '[]') WITH &&,
    tsrange(opened_at AT TIME ZONE 'UTC',
            coalesce(closed_at AT TIME ZONE 'UTC', opened_at AT TIME ZONE 'UTC' + interval '12 hours')) WITH &&
) WHERE (opened_at IS NOT NULL AND NOT interrupted AND NOT (recorded_late AND closed_at IS NULL));

CREATE UNIQUE INDEX pleno_planned_once ON plenos_pleno (organisation_id, planned_at) WHERE state <> 'cancelled';

-- The hour of a pleno lies within sixty days of the week that it is for (a day more where the zone shifts the date).
ALTER TABLE plenos_pleno ADD CONSTRAINT pleno_week_is_near CHECK (
    abs((planned_at AT TIME ZONE 'UTC')::date
        - (make_date(week_year, 1, 4) - extract(isodow FROM make_date(week_year, 1, 4))::int + 1 + (week - 1) * 7)) <= 61
);

ALTER TABLE plenos_absence ADD CONSTRAINT absence_once_at_a_time EXCLUDE USING gist (
    int8range(attendee_id, attendee_id, '[]') WITH &&, tstzrange(since, until) WITH &&
);
ALTER TABLE plenos_adjournment ADD CONSTRAINT adjournment_apart EXCLUDE USING gist (
    int8range(pleno_id, pleno_id, '[]') WITH &&, tstzrange(since, resumed_at) WITH &&
);
"""

# Of an attendee ``a`` and a decision ``d``: he is no member of its body who sat in the room at its minute.
OUT_OF_THE_ROOM = """a.pleno_id <> d.pleno_id OR a.element <> 'member' OR a.status <> 'present'
              OR a.arrived_at IS NULL OR a.arrived_at > d.happened_at OR a.left_at <= d.happened_at
              OR EXISTS (SELECT 1 FROM plenos_absence x WHERE x.attendee_id = a.id
                         AND x.since <= d.happened_at AND x.until > d.happened_at)"""


def filled(text):
    """SQL with its recurring parts put in."""
    return text.replace("{OUT_OF_THE_ROOM}", OUT_OF_THE_ROOM).replace("{REFUSE}", REFUSE)


# Where a statement wrote rows that a query still finds, it is refused. (name, table, what happened, query, sentence)
CHECKS = [
    (
        "guard_chair",
        "plenos_pleno",
        """SELECT 1 FROM written w JOIN kernel_membership m ON m.id = w.chair_id
           WHERE m.organisation_id <> w.organisation_id OR m.role NOT IN ('chair', 'member')
              OR m.since > coalesce(w.opened_at, w.planned_at)
              OR m.until <= coalesce(w.opened_at, w.planned_at)""",
        "the chair of a pleno is a member of the body in office",
    ),
    (
        "guard_vote",
        "plenos_vote",
        """SELECT 1 FROM written w
           JOIN plenos_decision d ON d.id = w.decision_id JOIN plenos_attendee a ON a.id = w.attendee_id
           WHERE {OUT_OF_THE_ROOM}
              OR (SELECT count(*) FROM plenos_vote v WHERE v.decision_id = d.id) > d.present""",
        "only members in the room vote, each once",
    ),
    (
        "guard_dissent",
        "plenos_dissent",
        """SELECT 1 FROM written w
           JOIN plenos_decision d ON d.id = w.decision_id JOIN plenos_attendee a ON a.id = w.attendee_id
           WHERE {OUT_OF_THE_ROOM}""",
        "only members who are present dissent",
    ),
    (
        "guard_decision",
        "plenos_decision",
        """SELECT 1 FROM written w JOIN plenos_agendaitem i ON i.id = w.item_id
           JOIN plenos_pleno p ON p.id = w.pleno_id
           WHERE i.pleno_id <> w.pleno_id OR p.opened_at IS NULL OR w.happened_at < p.opened_at
              OR w.happened_at > p.closed_at
              OR (w.undone_at IS NULL AND i.fate IN ('deferred', 'withdrawn')
                  AND (w.result <> 'tied' OR w.happened_at > i.fate_at))
              OR EXISTS (SELECT 1 FROM plenos_adjournment x WHERE x.pleno_id = p.id
                         AND x.since <= w.happened_at AND coalesce(x.resumed_at, 'infinity') > w.happened_at)""",
        "a decision is taken in its session, on an item that is neither put off nor withdrawn",
    ),
    (
        "guard_absence",
        "plenos_absence",
        """SELECT 1 FROM written w JOIN plenos_attendee a ON a.id = w.attendee_id
           WHERE a.pleno_id <> w.pleno_id OR a.status <> 'present' OR a.arrived_at IS NULL
              OR w.since < a.arrived_at OR w.until > a.left_at""",
        "an absence lies between arrival and departure",
    ),
    (
        "guard_presence",
        "plenos_attendee",
        """SELECT 1 FROM written w JOIN plenos_absence x ON x.attendee_id = w.id
           WHERE w.status <> 'present' OR w.arrived_at IS NULL OR x.since < w.arrived_at OR x.until > w.left_at""",
        "an absence lies between arrival and departure",
    ),
]
CHECKS = [(name, table, filled(query), sentence) for name, table, query, sentence in CHECKS]


# Asked of an update only where it changes what the check is about: a seat may end later, and the pleno goes on.
ONCE_WRITTEN = {"guard_chair"}
CHAIR_CHANGED = f"""
CREATE FUNCTION guard_chair_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM written w JOIN former f ON f.id = w.id JOIN kernel_membership m ON m.id = w.chair_id
        WHERE (f.chair_id, f.planned_at, f.opened_at) IS DISTINCT FROM (w.chair_id, w.planned_at, w.opened_at)
          AND (m.organisation_id <> w.organisation_id OR m.role NOT IN ('chair', 'member')
               OR m.since > coalesce(w.opened_at, w.planned_at) OR m.until <= coalesce(w.opened_at, w.planned_at))) THEN
        RAISE EXCEPTION 'the chair of a pleno is a member of the body in office' {REFUSE};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard_chair_update AFTER UPDATE ON plenos_pleno REFERENCING OLD TABLE AS former NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION guard_chair_changed();
ALTER TABLE plenos_pleno ENABLE ALWAYS TRIGGER guard_chair_update;
"""  # noqa: S608 - of constants alone


def check(name, table, query, sentence):
    """SQL of a guard that runs ``query`` over the rows that a statement wrote into ``table``."""
    made = f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS ({query}) THEN
        RAISE EXCEPTION '{sentence}' {REFUSE};
    END IF;
    RETURN NULL;
END $$;
"""
    for moment in ("insert",) if name in ONCE_WRITTEN else ("insert", "update"):
        made += f"""
CREATE TRIGGER {name}_{moment} AFTER {moment.upper()} ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_{moment};
"""
    return made


# An item is put off or withdrawn only once its decision is undone; before, it has none, so only changes are asked.
PUT_OFF = """
CREATE FUNCTION guard_fate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM plenos_decision d
               WHERE d.item_id = NEW.id AND d.undone_at IS NULL AND d.result <> 'tied') THEN
        RAISE EXCEPTION 'an item under a standing decision is neither put off nor withdrawn' {REFUSE};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard_fate AFTER UPDATE OF fate ON plenos_agendaitem
    FOR EACH ROW WHEN (NEW.fate IN ('deferred', 'withdrawn')) EXECUTE FUNCTION guard_fate();
ALTER TABLE plenos_agendaitem ENABLE ALWAYS TRIGGER guard_fate;
"""


# Who voted or dissented on a standing decision stays in the room at its minute. Asked when the transaction ends: a verb
# writes the hours first and then says, in words, which decision they break.
STILL_THERE = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT decision_id, attendee_id FROM plenos_vote
                       UNION ALL SELECT decision_id, attendee_id FROM plenos_dissent) v
        JOIN plenos_decision d ON d.id = v.decision_id JOIN plenos_attendee a ON a.id = v.attendee_id
        WHERE {whose} AND d.undone_at IS NULL AND ({OUT_OF_THE_ROOM})
    ) THEN
        RAISE EXCEPTION 'who voted was in the room at that minute' {REFUSE};
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW {when} EXECUTE FUNCTION {name}();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};
"""


def still_there(**parts):
    """SQL of that guard: its name, table, event, when it is asked, and whose votes."""
    text = STILL_THERE
    for part, value in parts.items():
        text = text.replace(f"{{{part}}}", value)
    return text


def changed(*names):
    """The condition of a trigger that one of these columns was changed."""
    return "WHEN ({})".format(" OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in names))


VOTERS = [
    {
        "name": "guard_voter_present",
        "table": "plenos_attendee",
        "event": "UPDATE",
        "when": changed("pleno_id", "element", "status", "arrived_at", "left_at"),
        "whose": "v.attendee_id = NEW.id",
    },
    {
        "name": "guard_voter_away",
        "table": "plenos_absence",
        "event": "INSERT OR UPDATE",
        "when": "",
        "whose": "v.attendee_id = NEW.attendee_id",
    },
    {
        "name": "guard_voter_minute",
        "table": "plenos_decision",
        "event": "UPDATE",
        "when": changed("pleno_id", "happened_at", "undone_at"),
        "whose": "v.decision_id = NEW.id",
    },
]


class Migration(migrations.Migration):
    dependencies = [("plenos", "0002_guards")]
    operations = [
        migrations.RunSQL(SESSIONS + "".join(check(*one) for one in CHECKS) + CHAIR_CHANGED, migrations.RunSQL.noop),
        migrations.RunSQL(
            filled(PUT_OFF + "".join(still_there(**one) for one in VOTERS)),
            migrations.RunSQL.noop,
        ),
    ]
