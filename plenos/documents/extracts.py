"""The extract (kutipan) of one decision: from the ratified record of its minutes, and from nothing else.

Schema "plenos.extract.1": body, pleno, demo, draft, classification as in the minutes; frozen_at when they were
ratified; number (the reference of the decision); minutes {number, date, version, ratified_at, ratified_by, digest};
item {order, title, access}; decision as in the minutes; undone_by (references of the decisions that reverse it, as
known when the extract was asked for); signatories, signing as in the minutes. The same decision gives the same record
until the minutes are corrected or the decision is reversed.
"""

from django.utils import translation

from ..models import Decision, Minutes
from .records import final_record


def record_of(pleno):
    """The ratified minutes of ``pleno`` in force, with what they say. Raises ValueError where there are none."""
    minutes = (
        Minutes.objects.filter(pleno=pleno, taken_back_at=None, ratified_at__isnull=False)
        .select_related("organisation", "ratified_by")
        .order_by("-version")
        .first()
    )
    if minutes is None:
        raise ValueError("Only a ratified decision has an extract.")
    return minutes, final_record(minutes)


def said_of(record, reference):
    """The item and the decision of ``record`` with this reference. Raises ValueError where there is none."""
    for item in record["items"]:
        for decision in item["decisions"]:
            if decision["reference"] == reference:
                return item, decision
    raise ValueError(f"{reference} is no decision of this record.")


def extract_record(decision):
    """The frozen record of the extract of a ratified decision. Raises ValueError for any other."""
    minutes, record = record_of(decision.pleno)
    item, said = said_of(record, decision.reference)
    undoers = (
        Decision.objects.standing().numbered().filter(reverses=decision, result="accepted", pleno__state="ratified")
    )
    with translation.override("id"):
        return {
            "schema": "plenos.extract.1",
            **{key: record[key] for key in ("body", "pleno", "demo", "draft", "classification", "frozen_at")},
            "number": decision.reference,
            "minutes": {
                "number": minutes.number,
                "date": record["signing"]["date"],
                "version": minutes.version,
                "digest": minutes.digest,
                "ratified_at": record["final"]["ratified_at"],
                "ratified_by": record["final"]["ratified_by"],
            },
            "item": {key: item[key] for key in ("order", "title", "access")},
            "decision": said,
            "undone_by": [one.reference for one in undoers.select_related("organisation").order_by("year", "number")],
            "signatories": record["signatories"],
            "signing": record["signing"],
            "final": None,
        }
