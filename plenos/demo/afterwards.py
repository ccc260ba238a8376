"""What becomes of the follow-ups after a pleno: noted, reported, confirmed by another, sent back, stopped."""

import datetime
import heapq

from bawaslu_portal.kernel import clock

from .. import permissions
from ..lifecycle import following
from . import season
from .words import pick

LONG_AGO = ("in time", "in time", "in time", "late", "sent back", "stopped")
LATELY = ("in time", "noted", "reported", "waiting")
NOTES = (
    "Surat sudah dikirim; menunggu jawaban.",
    "Bahan terkumpul separuh, sisanya minggu ini.",
    "Daftar disusun bersama staf divisi dan sedang diperiksa.",
)
DONE = ("Sudah dilaksanakan; buktinya di map divisi.", "Selesai, hasilnya dilaporkan pada pleno.", "Selesai.")
MISSING = "Daftar penerimanya belum dilampirkan."
STOPPED = "Digabung dengan kegiatan lain menurut arahan provinsi."


def tell(story):
    """The acts on all follow-ups of the story's pleno, one after the other by the clock; none lies in the future."""
    acts = []
    rows = story.pleno.follow_ups.select_related("responsible__user", "organisation", "pleno", "decision__organisation")
    for n, row in enumerate(rows):
        for step, (moment, act) in enumerate(_acts(story, row, n)):
            heapq.heappush(acts, (moment, n, step, act))
    while acts:
        moment, _n, _step, act = heapq.heappop(acts)
        if moment > story.office.now:
            return
        yield moment
        act()


def _acts(story, row, n):
    """(moment, act) of one follow-up."""
    office, seed = story.office, (story.unit.code, story.row.week, n)
    how = pick(LATELY if story.row.relative else LONG_AGO, *seed, "follow")
    closed = clock.local(story.pleno.closed_at, story.unit).date()
    day = max(season.working_day(row.due, {"late": 4, "sent back": 2}.get(how, -1)), season.working_day(closed, 1))
    at = office.at(day, 15, pick((5, 20, 45), *seed))
    hour, said = datetime.timedelta(hours=1), pick(DONE, *seed)
    note = [(at - 26 * hour, lambda: following.note_progress(row, by=_doer(story, row), text=pick(NOTES, *seed)))]
    note = [step for step in note if step[0] > story.pleno.closed_at]
    report = [(at, lambda: following.report_done(row, by=_doer(story, row), text=said))]
    confirm = [(at + 20 * hour, lambda: following.confirm_done(row, by=_judge(story, row)))]
    listed = "Daftar penerima terlampir."
    again = [(at + 50 * hour, lambda: following.report_done(row, by=_doer(story, row), text=listed))]
    return {
        "in time": report + confirm,
        "late": note + report + confirm,
        "sent back": [
            *report,
            (at + 18 * hour, lambda: following.send_back(row, by=_judge(story, row), text=MISSING)),
            *again,
            (at + 70 * hour, lambda: following.confirm_done(row, by=_judge(story, row))),
        ],
        "stopped": [*note, (at, lambda: following.stop(row, by=story.by, text=STOPPED))],
        "noted": note,
        "reported": report,
        "waiting": [],
    }[how]


def _doer(story, row):
    """Who does it, while he is there; else the note-taker speaks for him."""
    doer = story.office.person(row.responsible.user) if row.responsible else story.by
    return doer if permissions.does(doer, row) else story.by


def _judge(story, row):
    """Who says now that it is done: the chair, else the head of secretariat or a member; never its doer or reporter."""
    members = story.office.members(clock.now())
    chair = [m.user for m in members if m.role == "chair"]
    reported = following.reporter(row)
    for person in [*chair, story.head, *(m.user for m in members)]:
        person = story.office.person(person)
        if person.pk != reported and permissions.may_confirm_done(person, row):
            return person
    return story.head
