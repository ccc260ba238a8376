"""Triggers that refuse change, also to a superuser in replica mode: ENABLE ALWAYS.

``guard_<name>`` triggers are made by migrations. Here they are found by that prefix, so that tests can lift
them for a flush and prove that they are back.
"""

FIND = """SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
          WHERE t.tgname LIKE 'guard\\_%%' AND NOT t.tgisinternal ORDER BY 1, 2"""

# A table whose rows are only ever added.
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table):
    """SQL that guards ``table`` against UPDATE, DELETE and TRUNCATE."""
    return f"""
CREATE TRIGGER guard_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION guard_append_only();
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION guard_append_only();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER guard_truncate;
"""


def found(cursor):
    """Table and name of every guard."""
    cursor.execute(FIND.replace("%%", "%"))
    return cursor.fetchall()


def lift(cursor):
    """Disable every guard. Only the flush of a test database does this."""
    for table, name in found(cursor):
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')


def restore(cursor):
    """Enable every guard again, for every session whatever its role."""
    for table, name in found(cursor):
        cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"')
