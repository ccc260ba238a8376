"""The hash chain of a unit: adding a line, reading a thing's history, verifying.

Each line's ``canonical`` bytes are stored exactly as hashed: hash = SHA-256(prev_hash bytes + canonical).
"""

import datetime
import hashlib
import json
from dataclasses import dataclass

from django.db import connection, transaction

from . import clock
from .models.ledger import LedgerEntry, LedgerHead
from .models.members import User


def canonical(value):
    """The one JSON form of ``value`` that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chain_hash(prev_hash, line):
    """SHA-256 (hex) of the previous hash and the canonical bytes."""
    return hashlib.sha256(prev_hash.encode() + line).hexdigest()


def record(organisation, action, thing, *, by, before="", after="", **facts):
    """Add one line to the chain of ``organisation``; ``facts`` are states, ids, numbers and digests only.

    Must run inside the transaction of the act: if the line cannot be written, the act does not happen.
    Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A ledger line belongs in the transaction of its act.")
    LedgerHead.objects.bulk_create([LedgerHead(organisation=organisation.code)], ignore_conflicts=True)
    head = LedgerHead.objects.select_for_update(no_key=True).get(organisation=organisation.code)
    at = clock.now().astimezone(datetime.UTC)  # as the column gives it back
    body = {
        "organisation": organisation.code,
        "seq": head.seq + 1,
        "action": action,
        "kind": thing._meta.label_lower,
        "thing": str(thing.uuid),
        "actor": str(by.uuid),
        "at": at.isoformat(),
        "simulated": clock.simulated(),
        "before": str(before),
        "after": str(after),
        "facts": {key: value if isinstance(value, (int, bool, list)) else str(value) for key, value in facts.items()},
    }
    line = canonical(body)
    entry = LedgerEntry.objects.create(
        organisation=organisation.code,
        seq=body["seq"],
        action=action,
        thing_kind=body["kind"],
        thing=body["thing"],
        actor=body["actor"],
        at=at,
        simulated=body["simulated"],
        canonical=line,
        prev_hash=head.hash,
        hash=chain_hash(head.hash, line),
    )
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    return entry


@dataclass(frozen=True)
class HistoryLine:
    """One line of a thing's history, ready to be read."""

    at: object
    actor: str
    sentence: str
    simulated: bool
    facts: dict


def history_of(*things):
    """The lines about ``things``, oldest first, as plain sentences from the catalogue."""
    return lines_of(LedgerEntry.objects.filter(thing__in=[str(t.uuid) for t in things]).order_by("at", "id"))


def lines_of(entries):
    """Entries of the chain as lines to be read, in the order given."""
    from . import catalogue

    entries = list(entries)
    names = {str(u): n for u, n in User.objects.filter(uuid__in={e.actor for e in entries}).values_list("uuid", "name")}
    lines = []
    for entry in entries:
        body = json.loads(bytes(entry.canonical))
        facts = {"before": body["before"], "after": body["after"], **body["facts"]}
        lines.append(
            HistoryLine(
                entry.at, names.get(entry.actor, ""), catalogue.sentence(entry.action, facts), entry.simulated, facts
            )
        )
    return lines


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold."""

    organisation: str
    seq: int
    what: str


def _column_broken(entry):
    try:
        body = json.loads(bytes(entry.canonical))
    except ValueError:
        return "canonical is not JSON"
    stored = {
        "organisation": entry.organisation,
        "seq": entry.seq,
        "action": entry.action,
        "kind": entry.thing_kind,
        "thing": entry.thing,
        "actor": entry.actor,
        "simulated": entry.simulated,
    }
    for key, value in stored.items():
        if body.get(key) != value:
            return f"column {key} differs from what was hashed"
    if body.get("at") != entry.at.isoformat():
        return "column at differs from what was hashed"
    return None


def verify(code):
    """Walk the chain of one unit. Returns (number of intact entries, None or the first Break)."""
    prev, expected = "", 1
    with transaction.atomic():
        head = LedgerHead.objects.filter(organisation=code).first()
        for entry in LedgerEntry.objects.filter(organisation=code).order_by("seq").iterator(chunk_size=2000):
            what = None
            if entry.seq != expected:
                return expected - 1, Break(code, expected, "entry is missing")
            if entry.prev_hash != prev:
                what = "does not follow the entry before it"
            elif chain_hash(prev, bytes(entry.canonical)) != entry.hash:
                what = "content or hash was changed"
            else:
                what = _column_broken(entry)
            if what:
                return expected - 1, Break(code, entry.seq, what)
            prev, expected = entry.hash, expected + 1
    if head is None:
        return expected - 1, Break(code, 0, "the head of the chain is missing") if expected > 1 else None
    if head.seq != expected - 1 or head.hash != prev:
        # Fewer lines or more than the head says: the first one too few or too many; else the last one.
        seq = head.seq if head.seq == expected - 1 else min(head.seq, expected - 1) + 1
        return expected - 1, Break(code, seq, "the end of the chain differs from its head")
    return expected - 1, None


def chains():
    """The codes of all units that have a chain or a head."""
    return sorted(
        set(LedgerHead.objects.values_list("organisation", flat=True))
        | set(LedgerEntry.objects.values_list("organisation", flat=True).distinct())
    )
