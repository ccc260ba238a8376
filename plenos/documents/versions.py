"""A later version of ratified minutes: what of a record may be read otherwise, and the record that comes of it.

The corrected record is made from the earlier one, never from the tables: so numbers, votes, presence, results, manner
and the fate of an item cannot shift, whatever is typed. Those are changed by a new decision.
"""

import copy
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import clock

LINE, LONG, RICH = "line", "long", "rich"
# Where one name stands beside the attendance list, it is corrected with it.
OFFICES = ("chair", "note_taker", "head")


@dataclass(frozen=True)
class Place:
    """One place of a record whose words may be corrected: its key, what it is, and what stands there."""

    key: str
    label: str
    value: str
    shape: str = LINE
    longest: int = 200
    required: bool = True


def places(record):
    """Every place of ``record`` whose words may be corrected, as [(heading, [place])] in the order of the paper."""
    pleno = record["pleno"]
    session = [
        Place("place", _("Tempat"), pleno["place"]),
        Place("opening_words", _("Kata pembuka"), pleno["opening_words"], LONG, 20000, required=False),
        Place("closing_words", _("Kata penutup"), pleno["closing_words"], LONG, 20000, required=False),
    ]
    groups = [(_("Rapat"), session)]
    for n, item in enumerate(record["items"]):
        of_item = [
            Place(f"items.{n}.title", _("Pokok agenda"), item["title"]),
            Place(f"items.{n}.notes", _("Catatan pembahasan"), item["notes"], RICH, 200000, required=False),
        ]
        for m, decision in enumerate(item["decisions"]):
            label = _("Bunyi keputusan %(number)s") % {"number": decision["number"] or "–"}
            of_item.append(Place(f"items.{n}.decisions.{m}.text", label, decision["text"], LONG, 20000))
        groups.append((f"{item['order']}. {item['title']}", of_item))
    people = []
    for n, row in enumerate(record["attendance"]):
        people += [
            Place(f"attendance.{n}.name", _("Nama"), row["name"], longest=120),
            Place(f"attendance.{n}.title", _("Jabatan"), row["title"], longest=120, required=False),
            Place(f"attendance.{n}.reason", _("Keterangan"), row["reason"], required=False),
        ]
    return [*groups, (_("Daftar hadir"), people)]


def words_of(record):
    """{key: what stands there} for every place that may be corrected."""
    return {place.key: place.value for _heading, of_group in places(record) for place in of_group}


def _holder(record, key):
    """The dict in which the last part of ``key`` stands, and that part."""
    if "." not in key:
        return record["pleno"], key
    *path, last = key.split(".")
    holder = record
    for part in path:
        holder = holder[int(part)] if part.isdecimal() else holder[part]
    return holder, last


def _rename(record, old, new):
    """A name is spelt the same wherever the record says it."""
    people = [record["pleno"]["chair"], record["pleno"]["note_taker"], *record["signatories"]["members"]]
    people += [record["signatories"][office] for office in OFFICES if record["signatories"][office]]
    decisions = [decision for item in record["items"] for decision in item["decisions"]]
    for decision in decisions:
        people += [*decision["votes"], *decision["dissents"]]
        for one in decision["follow_ups"]:
            if one["responsible"] == old or one["responsible"].startswith(f"{old} ("):
                one["responsible"] = new + one["responsible"][len(old) :]
    for person in people:
        if person["name"] == old:
            person["name"] = new


def _retitle(record, name, old, new):
    for person in (record["pleno"]["chair"], record["pleno"]["note_taker"]):
        if person["name"] == name and person["title"] == old:
            person["title"] = new


def corrected(record, changes):
    """A copy of ``record`` in which the words of ``changes`` ({key: words}) stand instead.

    Raises KeyError for a place that may not be corrected.
    """
    allowed, fresh = words_of(record), copy.deepcopy(record)
    for key, words in changes.items():
        if key not in allowed:
            raise KeyError(key)
        holder, last = _holder(fresh, key)
        before, holder[last] = holder[last], words
        if key.startswith("attendance.") and last == "name":
            _rename(fresh, before, words)
        elif key.startswith("attendance.") and last == "title":
            _retitle(fresh, holder["name"], before, words)
    return fresh


def _iso(moment, organisation):
    return clock.local(moment, organisation).isoformat(timespec="seconds")


def version_record(minutes, changes, *, version, reason, dated):
    """The frozen record of version ``version``: the text of the ``minutes`` before it with ``changes``, citing them."""
    organisation = minutes.organisation
    with translation.override("id"):
        fresh = corrected(minutes.record, changes)
        return {
            **fresh,
            "frozen_at": _iso(clock.now(), organisation),
            "signing": {**fresh["signing"], "date": dated.isoformat()},
            "version": version,
            "correction": {
                "reason": reason,
                "earlier": {
                    "version": minutes.version,
                    "number": minutes.number,
                    "date": minutes.dated.isoformat(),
                    "digest": minutes.digest,
                    "ratified_at": _iso(minutes.ratified_at, organisation),
                },
            },
        }


def differences(before, after):
    """[(heading, label, old words, new words, whether formatted)] of the places that two versions say otherwise."""
    old = words_of(before)
    return [
        (str(heading), str(place.label), old.get(place.key, ""), place.value, place.shape == RICH)
        for heading, of_group in places(after)
        for place in of_group
        if place.value != old.get(place.key, "")
    ]


def touched_items(changes):
    """{place of an item: (whether its own title or notes change, places of its decisions whose words change)}."""
    touched = {}
    for one in sorted(key.split(".") for key in changes if key.startswith("items.")):
        itself, decisions = touched.get(int(one[1]), (False, frozenset()))
        if one[2] == "decisions":
            decisions |= {int(one[3])}
        touched[int(one[1])] = (itself or one[2] != "decisions", decisions)
    return touched
