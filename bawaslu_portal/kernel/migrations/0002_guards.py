"""Triggers that keep the ledger, the files and the frozen columns of documents as they were written."""

from django.db import migrations

from bawaslu_portal.kernel import guards

DOCUMENTS = """
CREATE FUNCTION guard_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a document is never removed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.uuid, OLD.organisation_id, OLD.kind, OLD.title, OLD.number, OLD.access, OLD.draft, OLD.about, OLD.record,
        OLD.digest, OLD.created_at, OLD.created_by_id, OLD.about_kind, OLD.classification, OLD.subject_id,
        OLD.delivered_to_id, OLD.released_at)
       IS DISTINCT FROM
       (NEW.uuid, NEW.organisation_id, NEW.kind, NEW.title, NEW.number, NEW.access, NEW.draft, NEW.about, NEW.record,
        NEW.digest, NEW.created_at, NEW.created_by_id, NEW.about_kind, NEW.classification, NEW.subject_id,
        NEW.delivered_to_id, NEW.released_at)
       OR (OLD.file_id IS NOT NULL AND (OLD.file_id, OLD.made_at) IS DISTINCT FROM (NEW.file_id, NEW.made_at))
       -- What was released stands. Once, a later released paper of the same thing and kind may come after it.
       OR (OLD.released_at IS NOT NULL AND
           (OLD.superseded_by_id, OLD.withdrawn_at) IS DISTINCT FROM (NEW.superseded_by_id, NEW.withdrawn_at)
           AND (OLD.superseded_by_id IS NOT NULL OR OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at
                OR NOT EXISTS (SELECT 1 FROM kernel_document later WHERE later.id = NEW.superseded_by_id
                    AND later.id > OLD.id AND later.about = OLD.about AND later.kind = OLD.kind
                    AND later.released_at IS NOT NULL AND NOT later.draft))) THEN
        RAISE EXCEPTION 'a frozen document is superseded, never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION guard_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard_rows BEFORE UPDATE OR DELETE ON kernel_document FOR EACH ROW EXECUTE FUNCTION guard_document();
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON kernel_document FOR EACH STATEMENT EXECUTE FUNCTION guard_keep();
ALTER TABLE kernel_document ENABLE ALWAYS TRIGGER guard_rows;
ALTER TABLE kernel_document ENABLE ALWAYS TRIGGER guard_truncate;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_tables")]
    operations = [
        migrations.RunSQL(
            guards.APPEND_ONLY
            + guards.append_only("kernel_ledgerentry")
            + guards.append_only("kernel_storedfile")
            + guards.append_only("kernel_setting")
            + guards.append_only("kernel_duty")
            + guards.append_only("kernel_dutyruling")
            + guards.append_only("kernel_remark")
            + DOCUMENTS,
            migrations.RunSQL.noop,
        )
    ]
