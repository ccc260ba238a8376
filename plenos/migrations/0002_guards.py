"""A ratified pleno and everything that belongs to it is refused to change, also to a superuser in replica mode."""

from django.db import migrations

from bawaslu_portal.kernel import guards

GUARD = """
-- Whether this very transaction ratifies a corrected version of the minutes: then, and only then, the words of the
-- tables may follow it. A row that is seen and whose writer is still under way was written here; savepoints count.
CREATE FUNCTION ratifies_a_correction(of_pleno bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
    now_at bigint := pg_current_xact_id()::text::bigint;
BEGIN
    SELECT max(xmin::text::bigint) INTO written FROM plenos_minutes
        WHERE pleno_id = of_pleno AND version > 1 AND ratified_at IS NOT NULL AND taken_back_at IS NULL
        AND version = (SELECT max(version) FROM plenos_minutes WHERE pleno_id = of_pleno AND ratified_at IS NOT NULL);
    IF written IS NULL OR written < 3 THEN
        RETURN false;
    END IF;
    -- xmin has 32 bits; the nearest number of a transaction that ends in them.
    written := written + ((now_at - written + 2147483648) >> 32 << 32);
    RETURN coalesce(pg_xact_status(written::text::xid8) = 'in progress', false);
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END $$;

CREATE FUNCTION guard_ratified_pleno() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '% is kept', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'ratified'
       AND to_jsonb(OLD) - '{place,opening_words,closing_words,minutes_version}'::text[]
         = to_jsonb(NEW) - '{place,opening_words,closing_words,minutes_version}'::text[]
       AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)
       AND ratifies_a_correction(OLD.id) THEN
        RETURN NEW;
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
    words text[];
    settled CONSTANT text[] :=
        '{ratified_at,ratified_by_id,taken_back_at,taken_back_by_id,taken_back_reason}';
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
    -- A later version of the minutes is put up, signed, and ratified or taken back; its text is never changed.
    IF TG_TABLE_NAME = 'plenos_minutes' AND TG_OP <> 'DELETE' THEN
        IF NEW.version > 1 AND EXISTS (SELECT 1 FROM plenos_correction c WHERE c.id = NEW.correction_id
                AND c.pleno_id = NEW.pleno_id AND c.number = NEW.version AND c.state IN ('drafting', 'signing')) THEN
            IF TG_OP = 'INSERT' AND NEW.ratified_at IS NULL AND NEW.taken_back_at IS NULL THEN
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' AND OLD.ratified_at IS NULL AND OLD.taken_back_at IS NULL
               AND num_nulls(NEW.ratified_at, NEW.taken_back_at) = 1
               AND to_jsonb(OLD) - settled = to_jsonb(NEW) - settled THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    IF TG_TABLE_NAME = 'plenos_signature' AND TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM plenos_minutes WHERE id = NEW.minutes_id AND version > 1
                AND ratified_at IS NULL AND taken_back_at IS NULL) THEN
            RETURN NEW;
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        words := CASE TG_TABLE_NAME
            WHEN 'plenos_agendaitem' THEN '{title,notes,search}'::text[]
            WHEN 'plenos_decision' THEN '{text,search}'::text[]
            WHEN 'plenos_attendee' THEN '{name,title,reason,element_order}'::text[] END;
        IF words IS NOT NULL AND to_jsonb(OLD) - words = to_jsonb(NEW) - words
           AND to_jsonb(OLD) - 'search'::text - 'element_order'::text
               IS DISTINCT FROM to_jsonb(NEW) - 'search'::text - 'element_order'::text
           AND ratifies_a_correction(before) THEN
            RETURN NEW;
        END IF;
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

-- A correction that has ended is kept as it is; none is ever removed.
CREATE FUNCTION guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a correction is kept' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state IN ('ratified', 'abandoned')
       OR (OLD.uuid, OLD.pleno_id, OLD.organisation_id, OLD.number, OLD.begun_at, OLD.begun_by_id, OLD.ruling_id)
          IS DISTINCT FROM
          (NEW.uuid, NEW.pleno_id, NEW.organisation_id, NEW.number, NEW.begun_at, NEW.begun_by_id, NEW.ruling_id) THEN
        RAISE EXCEPTION 'a correction that has ended is locked' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_rows BEFORE UPDATE OR DELETE ON plenos_correction
    FOR EACH ROW EXECUTE FUNCTION guard_correction();
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON plenos_correction
    FOR EACH STATEMENT EXECUTE FUNCTION guard_correction();
ALTER TABLE plenos_correction ENABLE ALWAYS TRIGGER guard_rows;
ALTER TABLE plenos_correction ENABLE ALWAYS TRIGGER guard_truncate;

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
            + guards.append_only("plenos_archivedminutes")
            + guards.append_only("plenos_progress")
            + guards.append_only("plenos_drop"),
            migrations.RunSQL.noop,
        )
    ]
