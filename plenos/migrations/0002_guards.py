"""A ratified pleno and everything that belongs to it is refused to change, also to a superuser in replica mode."""

from django.db import migrations

from bawaslu_portal.kernel import guards

GUARD = """
CREATE FUNCTION guard_ratified_pleno() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '% is kept', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'ratified' THEN
        RAISE EXCEPTION 'a ratified pleno is locked' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION guard_ratified_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
    after bigint;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '% is kept', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_ARGV[0] = 'pleno' THEN
        IF TG_OP <> 'INSERT' THEN before := OLD.pleno_id; END IF;
        IF TG_OP <> 'DELETE' THEN after := NEW.pleno_id; END IF;
    ELSIF TG_ARGV[0] = 'decision' THEN
        IF TG_OP <> 'INSERT' THEN SELECT pleno_id INTO before FROM plenos_decision WHERE id = OLD.decision_id; END IF;
        IF TG_OP <> 'DELETE' THEN SELECT pleno_id INTO after FROM plenos_decision WHERE id = NEW.decision_id; END IF;
    ELSIF TG_ARGV[0] = 'item' THEN
        IF TG_OP <> 'INSERT' THEN SELECT pleno_id INTO before FROM plenos_agendaitem WHERE id = OLD.item_id; END IF;
        IF TG_OP <> 'DELETE' THEN SELECT pleno_id INTO after FROM plenos_agendaitem WHERE id = NEW.item_id; END IF;
    ELSE
        IF TG_OP <> 'INSERT' THEN SELECT pleno_id INTO before FROM plenos_minutes WHERE id = OLD.minutes_id; END IF;
        IF TG_OP <> 'DELETE' THEN SELECT pleno_id INTO after FROM plenos_minutes WHERE id = NEW.minutes_id; END IF;
    END IF;
    -- What becomes of a follow-up goes on; what was decided does not.
    IF TG_TABLE_NAME = 'plenos_followup' AND TG_OP = 'UPDATE'
       AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)
       AND to_jsonb(OLD) - 'state' - 'settled_at' = to_jsonb(NEW) - 'state' - 'settled_at' THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM plenos_pleno WHERE id IN (before, after) AND state = 'ratified') THEN
        RAISE EXCEPTION '% belongs to a ratified pleno and is locked', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_rows BEFORE UPDATE OR DELETE ON plenos_pleno
    FOR EACH ROW EXECUTE FUNCTION guard_ratified_pleno();
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON plenos_pleno
    FOR EACH STATEMENT EXECUTE FUNCTION guard_ratified_pleno();
ALTER TABLE plenos_pleno ENABLE ALWAYS TRIGGER guard_rows;
ALTER TABLE plenos_pleno ENABLE ALWAYS TRIGGER guard_truncate;
"""

PARTS = {
    "plenos_absence": "pleno",
    "plenos_adjournment": "pleno",
    "plenos_attachment": "item",
    "plenos_attendee": "pleno",
    "plenos_invitation": "pleno",
    "plenos_agendaitem": "pleno",
    "plenos_decision": "pleno",
    "plenos_followup": "pleno",
    "plenos_minutes": "pleno",
    "plenos_scan": "pleno",
    "plenos_vote": "decision",
    "plenos_dissent": "decision",
    "plenos_signature": "minutes",
}


def part(table, whole):
    """SQL that guards one table of parts."""
    return f"""
CREATE TRIGGER guard_rows BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION guard_ratified_part('{whole}');
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION guard_ratified_part('{whole}');
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_truncate;
"""


class Migration(migrations.Migration):
    dependencies = [("plenos", "0001_tables"), ("kernel", "0002_guards")]
    operations = [
        migrations.RunSQL(
            GUARD
            + "".join(part(table, whole) for table, whole in PARTS.items())
            # Made after ratification, and then kept.
            + guards.append_only("plenos_reading")
            + guards.append_only("plenos_progress")
            + guards.append_only("plenos_drop"),
            migrations.RunSQL.noop,
        )
    ]
