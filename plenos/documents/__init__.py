"""What the papers of a pleno say: the frozen record, and the way from it to paper.

A record is one JSON dict of text, numbers, booleans and ISO moments in the unit's zone. It is made once, by
``invitation_record`` (in ``letters``), ``minutes_record`` or ``final_record`` (in ``records``), when the thing is
frozen; ``paper(kind, record)`` reads nothing else, so page, paper and digest cannot disagree. Its schema:

Both kinds
    schema      "plenos.invitation.1" or "plenos.minutes.1"
    body        code, name ("Bawaslu Kota Kendari"), kop [lines], address [lines], contact, logo (SHA-256 of a
                stored file, or null), paper (A4, F4), place ("Kendari"), zone (WIB, WITA, WIT), tz (IANA)
    pleno       week ("2024-W34"), ordinal (1, 2, ... in that week), kind (tertutup, terbuka), occasion ("rutin
                mingguan"), date, hour ("09:00"; both as planned), place, link, chair {name, title}
    number      of the paper, "" while it has none
    demo        a demonstration: every page says that it is no official paper
    draft       DRAF on every page, no digest in the foot
    frozen_at   when this record was made
    classification  code of the archive (HK.01.00), or ""

Invitation, besides
    letter (first, change, cancel), reason (of a change or cancellation), earlier {number, date} (the letter that
    is changed) or null, date (of the letter), nature (Biasa, Terbatas, Rahasia; an urgent one adds /Segera),
    attachment, subject, recipients [{name, title, element}], agenda [title], signatory {name, office, nip},
    copies [line]

Minutes, besides
    pleno       note_taker {name, title}, invitation {number, date} or null, opened_at, closed_at, recorded_late,
                recorded_at, quorum {base, needed, present, met}, opening_words, closing_words, adjournments [{since,
                until ("" where it did not go on), reason, place}]
    basis       [line]: the regulations on which the pleno stands
    notes_number    of the notulen, "" where it is an annex of the minutes
    attendance  [{order, name, title, element (anggota, sekretariat, undangan), status (hadir, izin, sakit, dinas
                luar, tanpa keterangan), mode (luring, daring, ""), arrived, left, away [{since, until}],
                reason}]
    items       [{order, title, access (open, closed), notes (plain text), attachments [{caption, date, kind,
                size, sha256}], outcome (decided, deferred, withdrawn, ""),
                reason, decisions [{number, reference, category, text, manner (mufakat, suara), result
                (disetujui, tidak disetujui, suara berimbang), tally
                {setuju, tidak, abstain}, votes [{name, vote}], dissents [{name, text}], entitled, present,
                quorum_needed, reverses (reference or ""), reverses_unratified, follow_ups [{what, responsible, due}]}],
                reviewed [{reference, what, responsible, due, state (berjalan, dilaporkan selesai, selesai,
                dihentikan), late, said}]: of the item that looks through earlier follow-ups, when the pleno closed}]
    annexes     [text]: what hangs on the minutes besides the attendance list
    signatories chair {name, office}, members [{name, office}], note_taker {name, nip}, head {name, nip, office} or null
    signing     {place, date}
    version, correction   only from the second version on: its number, and reason and earlier {version, number, date,
                digest, ratified_at} of the version that it corrects
    final       null until ratified, then text_digest and text_frozen_at (of the record that was signed), ratified_at,
                ratified_by {name, office}, signings [{name, way (portal, hand, none), at, reason}]
"""

from bawaslu_portal.kernel import documents, pdf, word, wording

from . import annexes
from .extracts import extract_record, record_of, said_of
from .letters import invitation_record
from .records import BASIS, final_record, minutes_record, tables_agree
from .versions import RICH, corrected, differences, places, touched_items, version_record, words_of

__all__ = [
    "BASIS",
    "PAPERS",
    "RICH",
    "corrected",
    "differences",
    "digest",
    "extract_record",
    "final_record",
    "invitation_record",
    "minutes_record",
    "paper",
    "places",
    "record_of",
    "said_of",
    "tables_agree",
    "touched_items",
    "values",
    "version_record",
    "words_of",
    "working_copy",
]

ELEMENTS = (
    ("anggota", "Unsur Ketua dan Anggota"),
    ("sekretariat", "Unsur Sekretariat"),
    ("undangan", "Unsur Undangan"),
)
OUTCOMES = {"decided": "Diputus", "deferred": "Ditunda", "withdrawn": "Ditarik", "": "Tidak dibahas"}
VOTES = {"setuju": "Setuju", "tidak": "Tidak setuju", "abstain": "Abstain"}
SPARE_ROWS = 6  # empty rows on the list to print, for those who come unannounced


def digest(record):
    """SHA-256 (hex) of the canonical JSON of a record: what members confirm and what the foot of the paper says."""
    return documents.digest(record)


# --- words for what the record only codes ---------------------------------------------------------------


def _presence(row):
    """ "Hadir, luring", or "Izin: alasan"."""
    words = row["status"].capitalize()
    if row["status"] == "hadir":
        return f"{words}, {row['mode']}" if row["mode"] else words
    return f"{words}: {row['reason']}" if row["reason"] else words


def _manner(decision):
    if decision["manner"] == "mufakat":
        return "Musyawarah mufakat."
    tally = decision["tally"]
    return (
        f"Suara terbanyak. Perolehan suara: {tally['setuju']}{wording.NBSP}setuju, "
        f"{tally['tidak']}{wording.NBSP}tidak setuju, {tally['abstain']}{wording.NBSP}abstain."
    )


def _signed(signing, zone):
    """How one member stands to the minutes, in the words of the final paper."""
    if signing["way"] == "portal":
        return f"dikonfirmasi di portal pada {wording.stamp(signing['at'], zone)}"
    if signing["way"] == "hand":
        at = f" pada {wording.day(signing['at'])}" if signing["at"] else ""
        return f"ditandatangani basah{at}"
    return f"tidak menandatangani: {signing['reason']}"


MARKS = {"portal": "(dikonfirmasi di portal)", "hand": "(ditandatangani basah)", "none": "(tidak menandatangani)"}


def _kind_words(pleno):
    week = f"pekan ke-{wording.week(pleno['week'])}"
    again = f", pleno ke-{pleno['ordinal']}" if pleno["ordinal"] > 1 else ""
    return f"{pleno['kind'].capitalize()} ({pleno['occasion']}, {week}{again})"


def _groups(rows):
    """Rows of attendance by element, counted through, every second one to be signed at right."""
    groups, count = [], 0
    for element, label in ELEMENTS:
        group = []
        for row in rows:
            if row["element"] == element:
                count += 1
                group.append({**row, "row": count, "even": count % 2 == 0})
        if group:
            groups.append((label, group))
    return groups


# --- from record to the values of a template ------------------------------------------------------------


def _facts(record):
    """Label and value of day, hour, place and kind, as planned."""
    pleno, zone = record["pleno"], record["body"]["zone"]
    facts = [
        ("Hari, tanggal", wording.full_day(pleno["date"])),
        ("Pukul", f"{wording.hour(pleno['hour'])} {zone} s.d. selesai"),
        ("Tempat", pleno["place"]),
    ]
    if pleno["link"]:
        facts.append(("Tautan daring", pleno["link"]))
    facts.append(("Jenis pleno", _kind_words(pleno)))
    return facts


def _held(record):
    """Label and value of day and hours, place and kind, as it was held."""
    pleno, zone = record["pleno"], record["body"]["zone"]
    opened, closed = pleno["opened_at"], pleno["closed_at"]
    until = (
        wording.hour(closed) if opened[:10] == closed[:10] else f"{wording.day(closed)} pukul {wording.hour(closed)}"
    )
    return [
        ("Hari, tanggal", wording.full_day(opened)),
        ("Pukul", f"{wording.hour(opened)} s.d. {until} {zone}"),
        ("Tempat", pleno["place"]),
        ("Jenis pleno", _kind_words(pleno)),
    ]


def _invitation(record):
    """Whoever signs the letter is not addressed in it, though his name stands on the attendance list."""
    earlier = record["earlier"]
    cited = f"sesuai undangan Nomor {earlier['number']} tanggal {wording.day(earlier['date'])}" if earlier else ""
    return {
        "earlier": cited,
        "facts": [*_facts(record), ("Pimpinan rapat", _person(record["pleno"]["chair"]))],
        "recipients": [who for who in record["recipients"] if who["name"] != record["signatory"]["name"]],
    }


def _blank_list(record):
    spare = [{"row": "", "name": "", "title": "", "even": False}] * SPARE_ROWS
    return {"facts": _facts(record), "groups": [*_groups(record["recipients"]), ("Lainnya", spare)]}


def _attendance(record):
    rows = [
        {
            **row,
            "presence": _presence(row),
            "hours": annexes.hours(row, record["pleno"]["opened_at"]),
            "present": row["status"] == "hadir",
        }
        for row in record["attendance"]
    ]
    return {"facts": _held(record), "groups": _groups(rows), "wide": any(";" in row["hours"] for row in rows)}


def _person(person):
    return f"{person['name']} ({person['title']})" if person["title"] else person["name"] or "–"


def _others(record):
    """ "3 (tiga) orang sekretariat dan 1 (satu) orang undangan", or nothing."""
    counts = []
    for element in ("sekretariat", "undangan"):
        present = sum(row["element"] == element and row["status"] == "hadir" for row in record["attendance"])
        if present:
            counts.append(f"{wording.counted(present)} orang {element}")
    return " dan ".join(counts)


def _name(record, item):
    """An item's title; that it is closed is said where the session itself is open, as the exception."""
    marked = item["access"] == "closed" and record["pleno"]["kind"] == "terbuka"
    return f"{item['title']} (tertutup)" if marked else item["title"]


def _decision(item, decision):
    dissenters = {dissent["name"] for dissent in decision["dissents"]}
    votes = [
        {
            **vote,
            "vote_words": VOTES[vote["vote"]],
            "remark": "Menyampaikan pendapat berbeda" if vote["name"] in dissenters else "",
        }
        for vote in decision["votes"]
    ]
    return {
        **decision,
        "title": item["title"],
        # A tied vote has no number, since it decided nothing.
        "heading": f"Keputusan {decision['number']}" if decision["number"] else "Usul tanpa putusan",
        "label": "Keputusan" if decision["result"] == "disetujui" else "Usul keputusan",
        "manner_words": _manner(decision),
        # Consensus says it already; a vote, and whatever was not accepted, says how it ended.
        "result_shown": decision["manner"] == "suara" or decision["result"] != "disetujui",
        "votes": votes,
    }


def _items(record):
    items = [{**item, "title": _name(record, item)} for item in record["items"]]
    return [
        {
            **item,
            "outcome_words": OUTCOMES[item["outcome"]],
            "decisions": [_decision(item, decision) for decision in item["decisions"]],
        }
        for item in items
    ]


def _attached(record):
    """What hangs on the Berita Acara: "daftar hadir, notulen, dan surat tugas". A notulen with a number of its own does
    not."""
    every = ["daftar hadir", *([] if record["notes_number"] else ["notulen"]), *filter(None, record["annexes"])]
    return wording.listed(every)


def _follow_ups(record):
    return [
        {**follow_up, "number": decision["number"]}
        for item in record["items"]
        for decision in item["decisions"]
        for follow_up in decision["follow_ups"]
    ]


def _minutes(record):
    items, final = _items(record), record["final"]
    signings = final["signings"] if final else []
    marks = {signing["name"]: MARKS[signing["way"]] for signing in signings}
    others = record["signatories"]["members"]
    width = 3 if len(others) > 4 else 2
    people = [{**who, "mark": marks.get(who["name"], "")} for who in others]
    people += [None] * (-len(people) % width)
    return {
        "items": items,
        "members": [{**row, "presence": _presence(row)} for row in record["attendance"] if row["element"] == "anggota"],
        "others": _others(record),
        "decisions": [decision for item in items for decision in item["decisions"]],
        "undecided": [item for item in items if item["outcome"] != "decided"],
        "follow_ups": _follow_ups(record),
        "attached": _attached(record),
        "pauses": annexes.pauses(record),
        "annex": annexes.annex(record),
        "closed_later": record["pleno"]["opened_at"][:10] != record["pleno"]["closed_at"][:10],
        "columns": width,
        "signature_rows": [people[at : at + width] for at in range(0, len(people), width)],
        "chair_mark": marks.get(record["signatories"]["chair"]["name"], ""),
        "signings": [(signing["name"], _signed(signing, record["body"]["zone"])) for signing in signings],
    }


def _notes(record):
    quorum = record["pleno"]["quorum"]
    present = f"{quorum['present']} dari {quorum['base']} Ketua dan Anggota"
    others = _others(record)
    facts = [
        *_held(record),
        ("Pimpinan rapat", _person(record["pleno"]["chair"])),
        ("Notulis", _person(record["pleno"]["note_taker"])),
        ("Peserta", f"{present}{f'; {others}' if others else ''} (daftar hadir terlampir)"),
    ]
    return {**_minutes(record), "facts": facts}


def _extract(record):
    item = {**record["item"], "title": _name(record, record["item"])}
    decision = {**_decision(item, record["decision"]), "reference": ""}
    number = decision["number"]
    return {
        "decision": decision,
        "follow_ups": [{**one, "number": number} for one in decision["follow_ups"]],
        "facts": [
            *_held(record),
            ("Pimpinan rapat", _person(record["pleno"]["chair"])),
            ("Agenda", f"{item['order']}. {item['title']}"),
        ],
    }


PAPERS = {
    "plenos.undangan": ("pdf/undangan.html", _invitation, "Undangan Rapat Pleno"),
    "plenos.daftar_hadir_kosong": ("pdf/daftar_hadir_kosong.html", _blank_list, "Daftar Hadir (untuk diisi)"),
    "plenos.daftar_hadir": ("pdf/daftar_hadir.html", _attendance, "Daftar Hadir Rapat Pleno"),
    "plenos.berita_acara": ("pdf/berita_acara.html", _minutes, "Berita Acara Rapat Pleno"),
    "plenos.notulen": ("pdf/notulen.html", _notes, "Notulen Rapat Pleno"),
    "plenos.kutipan": ("pdf/kutipan.html", _extract, "Kutipan Keputusan"),
}


def values(kind, record):
    """The template and the values for a paper of ``kind``. Raises KeyError for a kind that plenos does not make."""
    template, builder, title = PAPERS[kind]
    number = f" {record['number']}" if record["number"] else ""
    return template, {
        "record": record,
        "digest": digest(record),
        "title": f"{title}{number}, {record['body']['name']}",
        **builder(record),
    }


def paper(kind, record):
    """The PDF of a frozen record: the same record gives the same bytes. Raises ``kernel.pdf.PdfError``."""
    template, context = values(kind, record)
    return pdf.render(template, context, paper=record["body"]["paper"])


def working_copy(kind, record):
    """The same record as a Word document, marked as a working copy (``kernel.word``)."""
    template, context = values(kind, record)
    return word.render(template, context, paper=record["body"]["paper"])
