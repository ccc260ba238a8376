"""Rows by COPY, straight from the models' columns; keys and indexes are lifted meanwhile and laid again.

A lifted foreign key is validated when it is laid again, a unique one is built anew: whatever were wrong with the rows
would stop the load there. Check constraints stay, and generated columns are made by the database.
"""

import datetime
import io
import json

from django.apps import apps
from django.db import connection, models

from bawaslu_portal.kernel import guards, ledger
from bawaslu_portal.kernel.models import LedgerEntry, LedgerHead

LINES = 5000  # a table's lines wait in memory until there are so many
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value):
    return value.translate(ESCAPES) if "\\" in value or "\n" in value or "\t" in value or "\r" in value else value


class Json(str):
    """Canonical JSON that is written as it is: its line breaks are escaped already, its backslashes are doubled."""


TEXT = {
    str: _text,
    Json: lambda value: value.replace("\\", "\\\\"),
    int: str,
    float: str,
    bool: lambda value: "t" if value else "f",
    type(None): lambda value: "\\N",
    bytes: lambda value: "\\\\x" + value.hex(),
    datetime.datetime: str,
    datetime.date: str,
    dict: lambda value: _text(json.dumps(value)),
    list: lambda value: _text(json.dumps(value)),
}


def _constant(model_field):
    """What stands in a column that nobody names: the field's default. Raises ValueError for one that differs by row."""
    if model_field.has_default() and callable(model_field.default) and model_field.default not in (dict, list):
        raise ValueError(f"{model_field} has to be named")
    value = model_field.get_default()
    if value is None and not model_field.null:
        raise ValueError(f"{model_field} has no default")
    return json.dumps(value) if isinstance(model_field, models.JSONField) else value


class Copy:
    """Collects lines for any number of tables and hands them to COPY."""

    def __init__(self):
        self._tables, self._writers = {}, {}

    def writer(self, model, *names):
        """A function that takes the values of ``names`` (attribute names) and keeps one row; the rest of the columns
        have their defaults, generated ones are left to the database."""
        if (model, names) in self._writers:
            return self._writers[model, names]
        fields = {f.attname: f for f in model._meta.concrete_fields if not f.generated}
        named = [fields.pop(name) for name in names]
        columns = ", ".join(f'"{f.column}"' for f in [*named, *fields.values()])
        rest = [_constant(f) for f in fields.values()]
        suffix = "".join("\t" + TEXT[type(value)](value) for value in rest) + "\n"
        lines = []
        statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        self._tables[statement] = lines

        def write(*values):
            lines.append("\t".join([TEXT[type(value)](value) for value in values]) + suffix)

        self._writers[model, names] = write
        return write

    def flush(self, *, least=1):
        """Send what waits in tables with ``least`` lines or more."""
        with connection.cursor() as cursor:
            for statement, lines in self._tables.items():
                if len(lines) >= least:
                    cursor.copy_expert(statement, io.StringIO("".join(lines)), 1 << 20)
                    lines.clear()

    def between(self):
        """Called now and then: send what has become much."""
        self.flush(least=LINES)


class Chain:
    """The ledger of one body: lines are kept until no earlier one can come, then chained in the order of time."""

    def __init__(self, body, copy):
        self.code, self.seq, self.hash, self._waiting, self._ids = body.unit.code, 0, "", [], body.ids()
        self._order = 0
        self._write = copy.writer(
            LedgerEntry,
            *("id", "organisation", "seq", "action", "thing_kind", "thing", "actor", "at", "simulated"),
            *("canonical", "prev_hash", "hash"),
        )
        self._head = copy.writer(LedgerHead, "organisation", "seq", "hash")

    def add(self, at, action, kind, thing, actor, before="", after="", **facts):
        """Keep a line; ``facts`` are text, whole numbers, truth or lists of them."""
        self._order += 1
        self._waiting.append((at, self._order, action, kind, thing, actor, before, after, facts))

    def settle(self, until=None):
        """Chain what happened before ``until``, or everything."""
        self._waiting.sort()
        rest = len(self._waiting)
        if until is not None:
            rest = next((n for n, line in enumerate(self._waiting) if line[0] >= until), rest)
        for line in self._waiting[:rest]:
            self._chain(*line)
        del self._waiting[:rest]

    def _chain(self, at, _order, action, kind, thing, actor, before, after, facts):
        self.seq += 1
        body = {
            "organisation": self.code,
            "seq": self.seq,
            "action": action,
            "kind": kind,
            "thing": thing,
            "actor": actor,
            "at": at.isoformat(),
            "simulated": True,
            "before": before,
            "after": after,
            "facts": facts,
        }
        line = ledger.canonical(body)
        before, self.hash = self.hash, ledger.chain_hash(self.hash, line)
        self._write(
            *(next(self._ids), self.code, self.seq, action, kind, thing, actor, at, True, line, before, self.hash)
        )

    def end(self):
        """Chain the rest and write the head."""
        self.settle()
        self._head(self.code, self.seq, self.hash)


# --- keys and indexes ---------------------------------------------------------------------------------------

KEYS = """SELECT c.conrelid::regclass::text, c.conname, c.contype, pg_get_constraintdef(c.oid) FROM pg_constraint c
          WHERE c.contype IN ('f', 'u', 'x') AND c.conrelid = ANY(%s::regclass[]) ORDER BY c.contype, 1, 2"""
INDEXES = """SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
             FROM pg_index i WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
             AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1, 2"""

COUNTED = """SELECT attrelid::regclass::text, pg_get_serial_sequence(attrelid::regclass::text, 'id') FROM pg_attribute
             WHERE attrelid = ANY(%s::regclass[]) AND attname = 'id' AND attidentity <> ''"""


def tables(labels):
    """Every table of these apps."""
    return sorted(m._meta.db_table for label in labels for m in apps.get_app_config(label).get_models())


def lift(names):
    """Lift guards, foreign and unique keys and indexes (primary keys stay). Returns what ``restore`` needs: for each
    table its statements."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.lift(cursor)
        cursor.execute(KEYS, [names])
        keys = cursor.fetchall()
        cursor.execute(INDEXES, [names])
        indexes = cursor.fetchall()
        for table, name, _type, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _table, name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    lifted = {"unique": {}, "foreign": {}}
    for table, name, kind, definition in keys:
        add = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        lifted["foreign" if kind == "f" else "unique"].setdefault(table, []).append((name, add))
    for table, name, definition in indexes:
        lifted["unique"].setdefault(table, []).append((name, definition))
    return lifted


def guard():
    """Put the guards back."""
    with connection.cursor() as cursor:
        guards.restore(cursor)


def build(work):
    """Lay unique keys and indexes of one table: ``(table, [(name, statement)])``."""
    _table, statements = work
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem TO '512MB'")
        for _name, statement in statements:
            cursor.execute(statement)


def declare(lifted):
    """Lay the foreign keys without looking at the rows that are there."""
    with connection.cursor() as cursor:
        for statements in lifted["foreign"].values():
            for _name, statement in statements:
                cursor.execute(f"{statement} NOT VALID")


def validate(work):
    """Look at every row of one table for its foreign keys."""
    table, statements = work
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem TO '256MB'")
        for name, _statement in statements:
            cursor.execute(f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"')


def refresh(table):
    """Say to the planner what is in a table; where no transaction is open, also mark what all may see."""
    with connection.cursor() as cursor:
        cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {table}")


def restore(lifted, names, each):
    """Lay everything again and put the guards back; ``each`` spreads the work over processes."""
    each(build, sorted(lifted["unique"].items(), key=lambda item: _weight(item[0])))
    declare(lifted)
    each(validate, sorted(lifted["foreign"].items(), key=lambda item: _weight(item[0])))
    guard()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [names])
        for table, sequence in cursor.fetchall():
            last = f"SELECT setval(%s, coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}"  # noqa: S608 - our tables
            cursor.execute(last, [sequence])
    each(refresh, sorted(names, key=_weight))


def _weight(table):
    """The largest table first, so that two processes end at about the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT -pg_total_relation_size(%s::regclass)", [table])
        return cursor.fetchone()[0]
