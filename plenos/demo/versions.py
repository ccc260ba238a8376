"""Minutes that the province sent back and Kota Kendari corrected, and what it brought in of earlier years."""

import datetime
import io
import time

from PIL import Image, ImageDraw

from bawaslu_portal.kernel import clock, db, documents
from bawaslu_portal.kernel.models import Membership, Organisation, User

from .. import queries
from ..lifecycle import archiving, correcting
from ..models import ArchivedMinutes, Pleno
from .scans import SIZE, _font

UNIT, YEAR, WEEK = "74.71", 2024, 25  # sent back as plenos/data/rulings-2024.csv says
REASON = "Tempat rapat dan kata penutup salah salin dari pleno sebelumnya"
WORDS = {
    "place": "Aula Kantor Bawaslu Kota Kendari",
    "closing_words": "Rapat ditutup dengan doa yang dipimpin salah seorang anggota.",
}
EARLIER = (
    (
        "07/BA-PLENO/2019",
        "2019-04-02",
        "Pleno kesiapan pengawasan hari pemungutan suara",
        "Menetapkan pembagian wilayah pengawasan dan posko aduan.",
        "open",
    ),
    (
        "19/BA-PLENO/2019",
        "2019-05-14",
        "Pleno tindak lanjut laporan masyarakat",
        "Meneruskan dua laporan kepada instansi yang berwenang.",
        "closed",
    ),
    (
        "03/BA-PLENO/2020",
        "2020-02-11",
        "Pleno rencana kerja pengawasan pemilihan",
        "Menetapkan rencana kerja pengawasan pemilihan dan jadwal rapat koordinasi.",
        "open",
    ),
)


def of(unit):
    """The correction of the minutes that were sent back, as one story."""
    return [_corrected(unit)] if unit.code == UNIT else []


def _corrected(unit):
    at = datetime.datetime(2024, 7, 2, 14, 10, tzinfo=unit.zone)
    yield at
    pleno = Pleno.objects.select_related("organisation", "chair__user").get(
        organisation=unit, week_year=YEAR, week=WEEK, ordinal=1
    )
    secretary = _holder(unit, "note_taker")
    correction = correcting.begin(pleno, by=secretary, reason=REASON, ruling=queries.returned(pleno))
    correcting.change(correction, by=secretary, changes=WORDS)
    at += datetime.timedelta(hours=19)
    yield at
    minutes = correcting.put_up(correction, by=secretary)
    for attendee in pleno.attendees.members().filter(status="present").select_related("user"):
        at += datetime.timedelta(minutes=25)
        yield at
        correcting.confirm(correction, by=attendee.user, digest=minutes.digest)
    yield at + datetime.timedelta(hours=1)
    correcting.ratify(correction, by=pleno.chair.user, digest=minutes.digest)


def _holder(unit, role):
    seats = Membership.objects.filter(organisation=unit, role=role).in_force_at(clock.now())
    return seats.select_related("user").order_by("order", "id").first().user


def _scan(number):
    """A page that stands for a scanned paper and says that it is none."""
    page = Image.new("L", SIZE, 250)
    pen = ImageDraw.Draw(page)
    pen.text((60, 60), "DATA CONTOH, BUKAN NASKAH RESMI", font=_font(22), fill=40)
    pen.text((60, 130), f"Berita Acara {number}", font=_font(18), fill=60)
    content = io.BytesIO()
    day = time.gmtime(0)
    page.save(content, "PDF", resolution=90, creationDate=day, modDate=day)
    return content.getvalue()


def archive(cast):
    """Once: minutes of earlier years, brought in by the note-taker two weeks ago."""
    unit = Organisation.objects.filter(code=UNIT).first()
    if unit is None or ArchivedMinutes.objects.filter(organisation=unit).exists():
        return
    db.begin(User.objects.system())
    rows = []
    for number, dated, title, decisions, access in EARLIER:
        content = _scan(number)
        facts = {"sha256": documents.write_bytes(content), "size": len(content)}
        rows.append(
            {"number": number, "dated": dated, "title": title, "decisions": decisions, "access": access, **facts}
        )
    with clock.at(cast.now - datetime.timedelta(days=14)):
        archiving.bring_in(unit, rows, by=_holder(unit, "note_taker"), stated=True)
