"""What hangs on the minutes and how the session was broken off: from the tables into the record, from there to paper.

Records of earlier minutes know nothing of it: every key is asked for with what it would be without.
"""

from bawaslu_portal.kernel import clock, wording

MOST_PHOTOS = 24  # printed in one annex; the others are listed
JOINER = "\u2060"  # no line ends here
LARGEST_PHOTO = 2 * 1024 * 1024  # bytes; what came as a photo was shrunk to less


def _iso(moment, organisation):
    return clock.local(moment, organisation).isoformat(timespec="seconds") if moment else ""


# --- into the record ------------------------------------------------------------------------------------


def adjournments(pleno):
    """Each time the session stood still: since, until ("" where it did not go on), reason, place of what followed."""
    return [
        {
            "since": _iso(pause.since, pleno.organisation),
            "until": _iso(pause.resumed_at, pleno.organisation),
            "reason": pause.reason,
            "place": pause.place,
        }
        for pause in pleno.adjournments.all()
    ]


def absences(attendee, organisation):
    """Each time someone was out of the room and came back."""
    return [
        {"since": _iso(away.since, organisation), "until": _iso(away.until, organisation)}
        for away in attendee.absences.all()
    ]


def attachments(item):
    """The files of an item: caption, date of the document, kind, and the digest by which each is known."""
    return [
        {
            "caption": one.caption or one.name,
            "date": one.dated.isoformat() if one.dated else "",
            "kind": one.file.media_type,
            "size": one.file.size,
            "sha256": one.file_id,
        }
        for one in item.attachments.all()
    ]


# --- from the record ------------------------------------------------------------------------------------


def hour_on(moment, opened):
    """The hour; with its day and month where that is not the day of the opening."""
    hour = wording.hour(moment)
    return hour if moment[:10] == opened[:10] else f"{moment[8:10]}/{moment[5:7]}{wording.NBSP}{hour}"


def pauses(record):
    """A sentence for each time the session stood still."""
    zone, opened = record["body"]["zone"], record["pleno"]["opened_at"]
    sentences = []
    for pause in record["pleno"].get("adjournments", []):
        begins = f"Rapat diskors pada {hour_words(pause['since'], opened)} {zone} ({pause['reason'].rstrip('.')})"
        if not pause["until"]:
            sentences.append(f"{begins} dan tidak dilanjutkan.")
            continue
        where = f", bertempat di {pause['place']}" if pause["place"] else ""
        sentences.append(f"{begins} dan dilanjutkan pada {hour_words(pause['until'], opened)} {zone}{where}.")
    return sentences


def hour_words(moment, opened):
    """ "pukul 10.20", or with its day where that is not the day of the opening."""
    hour = f"pukul {wording.hour(moment)}"
    return hour if moment[:10] == opened[:10] else f"{wording.full_day(moment)}, {hour}"


def hours(row, opened):
    """When one came and went, with the times in between in which he was out."""
    if row["status"] != "hadir" or not row["arrived"]:
        return "–"
    text = hour_on(row["arrived"], opened)
    if row["left"]:
        text = f"{text} s.d. {hour_on(row['left'], opened)}"
    for away in row.get("away", []):
        span = f"{hour_on(away['since'], opened)}–{JOINER}{hour_on(away['until'], opened)}"
        text = f"{text}; keluar{wording.NBSP}{span}"
    return text


KINDS = {"application/pdf": "PDF", "image/jpeg": "foto", "image/png": "gambar"}


def annex(record):
    """The files of all items, numbered through, each with the printed picture it is, or none."""
    rows, printed = [], 0
    for item in record["items"]:
        for one in item.get("attachments", []):
            picture = one["kind"].startswith("image/") and one["size"] <= LARGEST_PHOTO and printed < MOST_PHOTOS
            printed += picture
            rows.append(
                {
                    **one,
                    "number": len(rows) + 1,
                    "item": item["order"],
                    "kind_words": KINDS.get(one["kind"], "berkas"),
                    "source": f"storage:{one['sha256']}" if picture else "",
                }
            )
    return rows
