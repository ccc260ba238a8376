"""What was ratified, against what the ledger says of it: the text, the signatures, the final papers, the delivery."""

import json

from django.db.models import Exists, OuterRef, prefetch_related_objects

from bawaslu_portal.kernel import documents
from bawaslu_portal.kernel.models import Document, LedgerEntry

from . import documents as papers_of_record
from . import queries
from .models import Decision, Minutes

# The first minutes are ratified and signed by verbs of the pleno, a later version by those of its correction.
RATIFY = ("plenos.pleno.ratify", "plenos.correction.ratify")
SIGNINGS = tuple(
    f"plenos.{thing}.{verb}" for thing in ("pleno", "correction") for verb in ("confirm", "sign_by_hand", "excuse")
)
BATCH = 200


def faults():
    """A sentence for each record of a ratified pleno that differs from its lines in the ledger."""
    later = Minutes.objects.filter(pleno=OuterRef("pleno"), version__gt=OuterRef("version"), ratified_at__isnull=False)
    ratified = (
        Minutes.objects.filter(ratified_at__isnull=False)
        .annotate(corrected=Exists(later))
        .select_related("organisation", "pleno__organisation", "pleno__delivered_to", "correction")
    )
    seen, batch = set(), []
    for minutes in ratified.iterator(chunk_size=BATCH):
        seen.add(_thing(minutes))
        batch.append(minutes)
        if len(batch) == BATCH:
            yield from _faults_of(batch)
            batch = []
    yield from _faults_of(batch)
    said = LedgerEntry.objects.filter(action__in=RATIFY).order_by("id").values_list("action", "thing")
    for action, thing in said.iterator(chunk_size=2000):
        if thing not in seen:
            yield f"{action.split('.')[1]} {thing}: ratified in the ledger, but its minutes are gone"


def _thing(minutes):
    """The thing whose lines in the ledger ratify this version."""
    return str((minutes.correction or minutes.pleno).uuid)


def _faults_of(batch):
    prefetch_related_objects(batch, "signatures__attendee", "signatures__recorded_by")
    plenos = [minutes.pleno for minutes in batch]
    things = [_thing(minutes) for minutes in batch]
    ratified, signed = {}, {}
    for entry in LedgerEntry.objects.filter(action__in=[*RATIFY, *SIGNINGS], thing__in=things):
        facts = json.loads(bytes(entry.canonical))["facts"]
        if entry.action in RATIFY:
            ratified[entry.thing] = facts
        else:
            line = (facts["digest"], facts["attendee"], facts["manner"], entry.actor)
            signed.setdefault(entry.thing, set()).add(line)
    papers, decided = {}, {}
    about = [pleno.uuid for pleno in plenos]
    for paper in Document.objects.filter(about__in=about, about_kind="pleno").iterator(chunk_size=BATCH):
        papers.setdefault(str(paper.about), []).append(paper)
    rows = Decision.objects.standing().filter(pleno__in=plenos)
    for pleno, number, text in rows.values_list("pleno_id", "number", "text"):
        decided.setdefault(pleno, set()).add((str(number or ""), text))
    for minutes in batch:
        thing, pleno = _thing(minutes), str(minutes.pleno.uuid)
        where = f"{minutes.organisation.code} {minutes.pleno.week_text}/{minutes.pleno.ordinal} ({minutes.number})"
        if minutes.version > 1:
            where += f" v{minutes.version}"
        if thing not in ratified:
            yield f"{where}: no line of the ledger ratifies it"
            continue
        said = ratified[thing]
        compared = {
            "the minutes differ from what was ratified": _text_holds(minutes, said),
            "the signatures differ from what was signed": _signatures(minutes)
            == {line[1:] for line in signed.get(thing, ()) if line[0] == minutes.digest},
            "the papers differ from what was ratified": _papers_hold(papers.get(pleno, []), said, minutes),
            "it was delivered elsewhere than the ledger says": _delivery_holds(minutes, said),
        }
        if not minutes.corrected:  # the words of the tables follow the latest version
            compared |= {
                "the decisions differ from the ratified minutes": decided.get(minutes.pleno_id, set())
                == _decided(minutes),
                "notes, votes or attendance differ from the ratified minutes": papers_of_record.tables_agree(minutes),
                "another version is said to be the latest": minutes.pleno.minutes_version == minutes.version,
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


def _papers_hold(papers, said, minutes):
    """Each paper is made from what its digest says, and the final ones stand, from the record that was ratified, with
    its class, released and delivered as it was: by these it is read. Those of a version that was corrected since are
    still there."""
    corrected = minutes.corrected
    final = {(kind, said["final"]) for kind in queries.MINUTES_PAPERS}
    known = [paper for paper in papers if paper.kind in queries.MINUTES_PAPERS and not paper.draft]
    standing = {(paper.kind, paper.digest) for paper in known if corrected or paper.superseded_by_id is None}
    holds = final <= standing if corrected else final == standing
    read_by = {(p.access, p.delivered_to_id, p.released_at is None) for p in known if p.digest == said["final"]}
    holds = holds and read_by == {(minutes.access, minutes.pleno.delivered_to_id, False)}
    return holds and all(documents.digest(paper.record) == paper.digest for paper in papers)


def _delivery_holds(minutes, said):
    pleno = minutes.pleno
    to = pleno.delivered_to.code if pleno.delivered_to else ""
    released = minutes.version > 1 or pleno.released_at == pleno.ratified_at == minutes.ratified_at
    return to == said["delivered_to"] and released
