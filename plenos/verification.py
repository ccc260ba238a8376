"""What was ratified, against what the ledger says of it: the text, the signatures, the final papers, the delivery."""

import json

from django.db.models import prefetch_related_objects

from bawaslu_portal.kernel import documents
from bawaslu_portal.kernel.models import Document, LedgerEntry

from . import documents as papers_of_record
from . import queries
from .models import Decision, Minutes

RATIFY = "plenos.pleno.ratify"
SIGNINGS = ("plenos.pleno.confirm", "plenos.pleno.sign_by_hand", "plenos.pleno.excuse")
BATCH = 200


def faults():
    """A sentence for each record of a ratified pleno that differs from its lines in the ledger."""
    ratified = Minutes.objects.filter(ratified_at__isnull=False).select_related(
        "organisation", "pleno__organisation", "pleno__delivered_to"
    )
    seen, batch = set(), []
    for minutes in ratified.iterator(chunk_size=BATCH):
        seen.add(str(minutes.pleno.uuid))
        batch.append(minutes)
        if len(batch) == BATCH:
            yield from _faults_of(batch)
            batch = []
    yield from _faults_of(batch)
    said = LedgerEntry.objects.filter(action=RATIFY).order_by("id").values_list("thing", flat=True)
    for thing in said.iterator(chunk_size=2000):
        if thing not in seen:
            yield f"pleno {thing}: ratified in the ledger, but its minutes are gone"


def _faults_of(batch):
    prefetch_related_objects(batch, "signatures__attendee", "signatures__recorded_by")
    plenos = [minutes.pleno for minutes in batch]
    things = [str(pleno.uuid) for pleno in plenos]
    ratified, signed = {}, {}
    for entry in LedgerEntry.objects.filter(action__in=[RATIFY, *SIGNINGS], thing__in=things):
        facts = json.loads(bytes(entry.canonical))["facts"]
        if entry.action == RATIFY:
            ratified[entry.thing] = facts
        else:
            line = (facts["digest"], facts["attendee"], facts["manner"], entry.actor)
            signed.setdefault(entry.thing, set()).add(line)
    papers, decided = {}, {}
    for paper in Document.objects.filter(about__in=things, about_kind="pleno").iterator(chunk_size=BATCH):
        papers.setdefault(str(paper.about), []).append(paper)
    rows = Decision.objects.standing().filter(pleno__in=plenos)
    for pleno, number, text in rows.values_list("pleno_id", "number", "text"):
        decided.setdefault(pleno, set()).add((str(number or ""), text))
    for minutes in batch:
        thing = str(minutes.pleno.uuid)
        where = f"{minutes.organisation.code} {minutes.pleno.week_text}/{minutes.pleno.ordinal} ({minutes.number})"
        if thing not in ratified:
            yield f"{where}: no line of the ledger ratifies it"
            continue
        said = ratified[thing]
        compared = {
            "the minutes differ from what was ratified": _text_holds(minutes, said),
            "the decisions differ from the ratified minutes": decided.get(minutes.pleno_id, set()) == _decided(minutes),
            "notes, votes or attendance differ from the ratified minutes": papers_of_record.tables_agree(minutes),
            "the signatures differ from what was signed": _signatures(minutes)
            == {line[1:] for line in signed.get(thing, ()) if line[0] == minutes.digest},
            "the papers differ from what was ratified": _papers_hold(papers.get(thing, []), said),
            "it was delivered elsewhere than the ledger says": _delivery_holds(minutes, said),
        }
        for sentence, holds in compared.items():
            if not holds:
                yield f"{where}: {sentence}"


def _text_holds(minutes, said):
    return documents.digest(minutes.record) == minutes.digest == said["digest"]


def _decided(minutes):
    return {
        (decision["number"], decision["text"]) for item in minutes.record["items"] for decision in item["decisions"]
    }


def _signatures(minutes):
    return {
        (str(one.attendee.uuid), one.manner, str(one.recorded_by.uuid))
        for one in minutes.signatures.all()
        if one.digest == minutes.digest
    } | {("of another text", one.digest, "") for one in minutes.signatures.all() if one.digest != minutes.digest}


def _papers_hold(papers, said):
    """Each paper is made from what its digest says, and the final ones stand, from the record that was ratified."""
    standing = {
        (paper.kind, paper.digest)
        for paper in papers
        if paper.kind in queries.MINUTES_PAPERS and not paper.draft and paper.superseded_by_id is None
    }
    final = {(kind, said["final"]) for kind in queries.MINUTES_PAPERS}
    return standing == final and all(documents.digest(paper.record) == paper.digest for paper in papers)


def _delivery_holds(minutes, said):
    pleno = minutes.pleno
    to = pleno.delivered_to.code if pleno.delivered_to else ""
    return to == said["delivered_to"] and pleno.released_at == pleno.ratified_at == minutes.ratified_at
