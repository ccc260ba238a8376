"""The register of decisions and the follow-ups of a unit as tables for Excel and paper, as filtered on their pages."""

from collections import Counter

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import clock
from bawaslu_portal.kernel.exports import Column, Table

from . import submissions
from .models import Pleno
from .search import ARCHIVE, DECISION

MOST = 5000  # rows of one register or list of follow-ups
LONGEST = 420  # characters of a text in a list, as on its page


def decisions(unit, rows, filters):
    """The register of decisions, as filtered."""
    columns = [
        Column("number", _("Nomor"), "code", width=13),
        Column("year", _("Tahun"), "code", width=12),
        Column("day", _("Tanggal"), "date", width=25),
        Column("title", _("Agenda"), width=42),
        Column("text", _("Keputusan")),
        Column("category", _("Kategori"), width=28),
        Column("manner", _("Cara"), width=25),
        Column("followed", _("Tindak lanjut"), width=28),
        Column("related", _("Hubungan"), width=28),
    ]
    lines = [
        {
            "number": row.number,
            "year": str(row.year),
            "day": clock.local(row.happened_at, unit).date(),
            "title": row.item.title,
            "text": row.text,
            "category": row.get_category_display(),
            "manner": manner(row),
            "followed": followed(row.followed),
            "related": related(row),
        }
        for row in rows
    ]
    note = "; ".join(str(label) for _name, label in filters)
    return Table("register", _("Register keputusan"), columns, lines, subtitle=unit.name, note=note, landscape=True)


def manner(decision):
    """How it was decided, with the count of a vote."""
    if decision.manner != "vote":
        return str(decision.get_manner_display())
    counts = Counter(vote.choice for vote in decision.cast)
    return _("Suara terbanyak, %(agree)s setuju, %(against)s tidak") % {
        "agree": counts["agree"],
        "against": counts["against"],
    }


def followed(sums):
    """How the follow-ups of a decision stand, in words, as far as one may know."""
    if sums is None:
        return ""
    words = {
        "off": _("Tanpa tindak lanjut"),
        "counts": _("%(count)s tindak lanjut"),
        "late": _("Lewat tenggat %(days)s hari"),
        "open": _("Berjalan, %(open)s dari %(count)s tindak lanjut"),
        "done": _("Selesai"),
    }
    return words[sums.kind] % {"count": sums.count, "open": sums.open, "days": sums.days}


def related(decision):
    """Which decision it reverses, which reverse it, and which other record it concerns."""
    words = [_("mencabut %(reference)s") % {"reference": decision.undoes.reference}] if decision.undoes else []
    words += [_("dicabut oleh %(reference)s") % {"reference": one.reference} for one in decision.undone_through]
    words += [_("menyangkut %(label)s") % {"label": decision.concerned.label}] if decision.concerned else []
    return "; ".join(words)


def follow_ups(unit, rows, filters):
    """The follow-ups of a unit, as filtered."""
    columns = [
        Column("due", _("Tenggat"), "date", width=28),
        Column("what", _("Tindak lanjut")),
        Column("doer", _("Penanggung jawab"), width=52),
        Column("reference", _("Keputusan"), "code", width=30),
        Column("state", _("Keadaan"), width=42),
        Column("days", _("Hari lewat"), "number", width=17),
    ]
    today = clock.today(unit)
    lines = [
        {
            "due": row.due,
            "what": row.what,
            "doer": row.doer_named,
            "reference": row.decision.reference,
            "state": row.get_state_display(),
            "days": row.days_late(today) or "",
        }
        for row in rows
    ]
    note = "; ".join(str(label) for _name, label in filters)
    title = _("Tindak lanjut keputusan pleno")
    return Table("tindak-lanjut", title, columns, lines, subtitle=unit.name, note=note, landscape=True)


def inbox(unit, rows, sent, *, over):
    """The inbox of a plenary as on its page, and below it what the unit asked of others."""
    columns = [
        Column("label", _("Usul")),
        Column("by", _("Diajukan oleh"), width=46),
        Column("to", _("Kepada"), width=46),
        Column("at", _("Tanggal"), "date", width=25),
        Column("access", _("Sifat"), width=22),
        Column("letter", _("Huruf"), "state", width=12),
        Column("state", _("Keadaan"), width=46),
    ]
    lines = [_submitted(submission, submissions.standing(submission, fate)) for submission, fate in rows]
    lines += [_submitted(submission, submissions.standing(submission)) for submission in sent]
    note = _("Selesai") if over else _("Menunggu")
    title = _("Kotak masuk pleno")
    return Table("kotak-masuk", title, columns, lines, subtitle=unit.name, note=note, landscape=True)


def _submitted(submission, state):
    if submission.between_units:
        whence = submission.asking.name
    else:
        whence = submission.division.name if submission.division_id else ""
    return {
        "label": submission.label,
        "by": ", ".join(filter(None, [submission.by.name, whence])),
        "to": submission.organisation.name,
        "at": clock.local(submission.at, submission.organisation).date(),
        "access": dict(Pleno.ACCESS).get(submission.access, ""),
        "letter": state,
        "state": state.word,
    }


def found(hits, words, filters):
    """What a search found, in its order, with as much of each as the page tells."""
    columns = [
        Column("kind", _("Jenis"), width=22),
        Column("unit", _("Unit"), width=34),
        Column("day", _("Tanggal"), "date", width=25),
        Column("reference", _("Rujukan"), width=34),
        Column("title", _("Perihal"), width=42),
        Column("text", _("Isi")),
        Column("state", _("Keadaan"), width=30),
    ]
    lines = [{"kind": kinds(kind), "unit": thing.organisation.name, **_found(kind, thing)} for kind, thing in hits]
    note = "; ".join([_("Kata: %(words)s") % {"words": words}, *(str(label) for _name, label in filters)])
    return Table("pencarian", _("Hasil pencarian"), columns, lines, note=note, landscape=True)


def kinds(kind):
    """The name of a kind of hit."""
    return {DECISION: _("Keputusan"), ARCHIVE: _("Risalah lama")}.get(kind, _("Agenda"))


def _found(kind, thing):
    if kind == ARCHIVE:
        return {"day": thing.dated, "reference": thing.number, "title": thing.title, "text": _short(thing.decisions)}
    day = clock.local((thing if kind == DECISION else thing.pleno).happened_at, thing.organisation).date()
    if kind == DECISION:
        facts = {"reference": thing.reference, "title": thing.item.title, "text": _short(thing.text)}
        return {"day": day, **facts, "state": followed(thing.followed)}
    reference = _("Agenda %(order)s, %(week)s") % {"order": thing.order, "week": thing.pleno.week_text}
    text = _short(thing.background)  # notes follow the minutes, of which a line knows nothing
    return {"day": day, "reference": reference, "title": thing.title, "text": text, "state": thing.get_fate_display()}


def _short(text):
    return Truncator(text).chars(LONGEST)
