"""What does not go as planned in the demonstration: a session that stands still and goes on, one that loses its quorum
and goes on in a follow-up pleno; and the papers and photos that hang on an item."""

import datetime
import io

from PIL import Image, ImageDraw, ImageFont

from .. import lifecycle
from . import season


def _minutes(number):
    return datetime.timedelta(minutes=number)


def adjourned(story, moment):
    """Adjourned for lunch and gone on with those who are back; one comes half an hour later. Gives the hour after."""
    yield moment
    lifecycle.adjourn(
        story.pleno,
        by=story.by,
        reason="Istirahat, salat, dan makan siang",
        planned_at=moment + _minutes(75),
        place="Aula lantai dua",
    )
    moment += _minutes(80)
    yield moment
    rows = list(story.pleno.attendees.all())
    late = [row for row in rows if row.element == "member" and row.status == "present"][-1]
    lifecycle.resume(story.pleno, by=story.by, back={row.pk for row in rows if row.status == "present"} - {late.pk})
    moment += _minutes(25)
    yield moment
    late.refresh_from_db()
    late.pleno = story.pleno
    lifecycle.step_in(late, by=story.by)
    return moment


def lost(story, moment):
    """Members are called away until there is no quorum; the rest is decided in a follow-up pleno the next day."""
    yield moment
    members = list(story.pleno.attendees.members().filter(status="present"))
    for row in members[story.pleno.quorum_needed - 1 :]:
        row.pleno = story.pleno
        lifecycle.step_out(row, by=story.by)
    moment += _minutes(15)
    yield moment
    day = season.working_day(moment.astimezone(story.unit.zone).date(), 1)
    hour = story.planned_at.astimezone(story.unit.zone)
    later = lifecycle.continue_later(
        story.pleno,
        by=story.by,
        planned_at=story.office.at(day, hour.hour, hour.minute),
        place=story.pleno.place,
        reason="Kuorum hilang: anggota dipanggil ke lokasi dugaan pelanggaran",
    )
    yield moment + _minutes(20)
    lifecycle.invite(later, by=story.by)
    moment = later.planned_at + _minutes(4)
    yield moment
    lifecycle.open_session(later, by=story.by)
    pieces = {piece.title: piece for piece in story.pieces}
    for item in later.items.all():
        moment += _minutes(8)
        yield moment
        piece = pieces[item.title]
        item.pleno = later
        lifecycle.decide(item, by=story.by, category=piece.category, text=piece.text or "Laporan diterima.")
    yield moment + _minutes(5)
    lifecycle.close(later, by=story.by)


def papers(story, item):
    """A letter and a photo on an item, as the secretariat would hang them there."""
    letter, photo = io.BytesIO(), io.BytesIO()
    page = Image.new("L", (744, 1052), 250)
    pen = ImageDraw.Draw(page)
    pen.text((60, 60), "DATA CONTOH, BUKAN NASKAH RESMI", font=ImageFont.load_default(22), fill=40)
    pen.text((60, 130), "Surat pengantar bahan rapat", font=ImageFont.load_default(18), fill=60)
    page.save(letter, "PDF")
    _field().save(photo, "JPEG", quality=80)
    by, day = story.by, story.planned_at.astimezone(story.unit.zone).date()
    lifecycle.attach(
        item,
        by=by,
        files=[(letter.getvalue(), "application/pdf", "surat-pengantar.pdf")],
        caption="Surat pengantar bahan rapat",
        dated=season.working_day(day, -4),
    )
    lifecycle.attach(
        item,
        by=by,
        files=[(photo.getvalue(), "image/jpeg", "IMG_2024.jpg")],
        caption="Papan pengumuman di kantor kecamatan",
        dated=season.working_day(day, -2),
    )


def _field():
    """A made-up photo: a notice board before a house, as drawn."""
    picture = Image.new("RGB", (1200, 800), (171, 199, 222))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 520, 1200, 800), fill=(122, 146, 92))
    pen.polygon([(90, 300), (330, 150), (570, 300)], fill=(140, 66, 52))
    pen.rectangle((130, 300, 530, 560), fill=(226, 214, 190))
    pen.rectangle((700, 250, 1080, 520), fill=(92, 68, 44))
    pen.rectangle((720, 270, 1060, 500), fill=(244, 241, 230))
    pen.rectangle((730, 520, 750, 660), fill=(92, 68, 44))
    pen.rectangle((1030, 520, 1050, 660), fill=(92, 68, 44))
    pen.text((745, 300), "PENGUMUMAN", font=ImageFont.load_default(40), fill=(60, 50, 40))
    pen.text((745, 380), "(data contoh)", font=ImageFont.load_default(30), fill=(60, 50, 40))
    return picture
