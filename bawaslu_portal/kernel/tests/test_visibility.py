"""visibility.md, cell by cell over HTTP: each reader opens every page there is, and the canaries that he then knows
are compared with ``visibility.csv``, which is written by hand.

Rows of things that do not exist yet (follow-ups apart from their minutes, programmes, visits, findings) come with
them. "From delivery" is yes here for what was ratified and delivered, and no for everything before.
"""

import csv
import io
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bawaslu_portal.kernel import duties
from bawaslu_portal.kernel.models import Document
from bawaslu_portal.kernel.tests.address_book import book
from bawaslu_portal.kernel.tests.factories import signed_in
from bawaslu_portal.kernel.tests.test_walk import quiet  # noqa: F401 - a fixture
from bawaslu_portal.kernel.tests.world import make_world
from plenos.models import Attachment, Decision, FollowUp, Scan, Submission

TABLE = (Path(__file__).parent / "visibility.csv").read_text(encoding="utf-8")
CELLS = list(csv.DictReader(TABLE.splitlines()))
COLUMNS = [name for name in CELLS[0] if name not in ("row", "what")]
OF_A_PLENO = ("pleno", "minutes", "room", "agenda", "confirm", "ratify", "put_up", "edit", "invite", "close", "open")

# Keys, digests and tokens, in which a year may stand by chance.
KEYS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9A-Za-z]{32,}\b")

# The word that one who reads a cell has seen.
CANARIES = {
    ("facts of a week", "its letter on a board"): 'c-miss" href="/pleno/74.71/2024-W',
    ("facts of a week", "that it stands on the list of those not held"): "Bawaslu Kota Kendari<span class=",
    ("facts of a week", "its letter in the calendar"): "cal-week c-miss",
    ("submission, remark, explanation, excuse, return", "remark on a pleno"): "kenari-catatan-pleno",
    ("submission, remark, explanation, excuse, return", "explanation asked for a week"): "kenari-tanya-minggu",
    ("submission, remark, explanation, excuse, return", "how far an explanation is"): "<span>diminta, belum dijawab",
    ("submission, remark, explanation, excuse, return", "why minutes are sent back"): "kenari-alasan-kembali",
    ("facts of a week", "its address in a list"): "/pleno/74.71/2024-W34/1/",
    ("facts of a week", "how many were present"): "4 dari 5 hadir",
    ("pleno being prepared", "closed item"): "kenari-siap-tertutup",
    ("pleno being prepared", "background of a closed item"): "kenari-latar-siap-tertutup",
    ("pleno being prepared", "open item"): "kenari-siap-terbuka",
    ("pleno being prepared", "guest"): "kenari-tamu",
    ("pleno being prepared", "closed item of an invited pleno"): "kenari-diundang",
    ("pleno being prepared", "item that an earlier one put off"): "kenari-menunggu",
    ("submission", "closed proposal of a member"): "kenari-usul-tertutup",
    ("submission", "its background"): "kenari-latar-usul",
    ("submission", "its file"): "kenari-isi-usul",
    ("submission", "open proposal"): "kenari-usul-terbuka",
    ("submission", "asked for by the level above"): "kenari-permintaan",
    ("invitation", "paper"): "kenari-naskah-invited-undangan",
    ("invitation", "paper of a ratified pleno"): "kenari-pengajuan-sah-terbuka-undangan",
    ("invitation", "paper of a ratified closed pleno"): "kenari-pengajuan-sah-tertutup-undangan",
    ("invitation", "address of the online meeting"): "kenari-tautan",
    ("live notes", "notes"): "kenari-catatan-langsung",
    ("live notes", "text of someone that was refused"): "kenari-naskah-berbenturan",
    ("live notes", "decision of a session under way"): "kenari-putusan-langsung",
    ("live notes", "why an item is deferred"): "kenari-alasan-tunda",
    ("minutes before ratification", "opening words"): "kenari-kata-pembuka",
    ("minutes before ratification", "decision of a closed session"): "Menyetujui kenari-ditutup",
    ("minutes before ratification", "paper marked DRAF"): "kenari-naskah-closed-berita-acara",
    ("minutes before ratification", "decision put up for signing"): "Menyetujui kenari-diajukan",
    ("minutes before ratification", "paper for signing"): "kenari-naskah-signing-berita-acara",
    (
        "minutes before ratification",
        "paper for signing of a ratified pleno",
    ): "kenari-pengajuan-sah-terbuka-berita-acara",
    ("ratified, open", "decision"): "Menyetujui kenari-sah-terbuka",
    ("ratified, open", "Berita Acara"): "kenari-naskah-ratified-open-berita-acara",
    ("ratified, open", "notulen"): "kenari-naskah-ratified-open-notulen",
    ("ratified, open", "daftar hadir"): "kenari-naskah-ratified-open-daftar-hadir",
    ("ratified, closed", "title of an item"): "kenari-sah-tertutup",
    ("ratified, closed", "decision"): "Menyetujui kenari-sah-tertutup",
    ("ratified, closed", "Berita Acara"): "kenari-naskah-ratified-closed-berita-acara",
    ("ratified, closed", "notulen"): "kenari-naskah-ratified-closed-notulen",
    ("ratified, closed", "daftar hadir"): "kenari-naskah-ratified-closed-daftar-hadir",
    ("extract", "paper of a decision, open"): "kenari-naskah-kutipan-terbuka",
    ("extract", "paper of a decision, closed"): "kenari-naskah-kutipan-tertutup",
    ("follow-ups", "what a member does"): "kenari-tugas",
    ("follow-ups", "what the staff's division does"): "kenari-bagian",
    ("follow-ups", "progress of a member's"): "kenari-perkembangan",
    ("follow-ups", "progress of the division's"): "kenari-laporan",
    ("follow-ups", "evidence"): "kenari-isi-bukti",
    ("follow-ups", "the count on the unit's page"): "page of the follow-ups",
    ("follow-ups", "that one is late"): "lateness of the follow-ups",
    ("minutes before ratification", "words of a correction under way"): "kenari-perbaikan-berjalan",
    ("minutes before ratification", "paper of a correction under way"): "kenari-naskah-perbaikan-berita-acara",
    ("minutes before ratification", "hand signature under a correction under way"): "kenari-tanda-tangan-versi",
    ("ratified, open", "words of a corrected version"): "kenari-versi-kedua",
    ("ratified, open", "words of the version before it"): "kenari-sebelum-perbaikan",
    ("archive", "title of an open one"): "kenari-arsip-terbuka",
    ("archive", "bytes of an open one"): "kenari-isi-arsip-terbuka",
    ("archive", "title of a closed one"): "kenari-arsip-tertutup",
    ("archive", "bytes of a closed one"): "kenari-isi-arsip-tertutup",
    ("settings", "value"): "kenari-tempat",
    ("settings", "source"): "kenari-dasar",
    ("settings", "history"): "mengubah pengaturan plenos.place",
    ("people", "name"): "Anggota 2 Kota Kendari",
    ("people", "telephone"): "0811-kenari",
    ("people", "NIP"): "kenari-nip",
    ("people", "why someone is suspended"): "kenari-alasan-henti",
    ("people", "birth date"): "1972",
    ("divisions", "name"): "kenari-divisi",
    ("attachment, scan", "name before ratification"): "kenari-pindaian-langsung",
    ("attachment, scan", "bytes before ratification"): "kenari-isi-pindaian-langsung",
    ("attachment, scan", "bytes of a hand signature"): "kenari-tanda-tangan",
    ("attachment, scan", "name, ratified open"): "kenari-pindaian-sah-terbuka",
    ("attachment, scan", "bytes, ratified open"): "kenari-isi-pindaian-sah-terbuka",
    ("attachment, scan", "name, ratified closed"): "kenari-pindaian-sah-tertutup",
    ("attachment, scan", "bytes, ratified closed"): "kenari-isi-pindaian-sah-tertutup",
    ("attachment, scan", "caption of a file, closed item being prepared"): "kenari-lampiran-siap-tertutup",
    ("attachment, scan", "bytes of a file, closed item being prepared"): "kenari-isi-lampiran-siap-tertutup",
    ("attachment, scan", "caption of a file, open item being prepared"): "kenari-lampiran-siap-terbuka",
    ("attachment, scan", "bytes of a file, open item being prepared"): "kenari-isi-lampiran-siap-terbuka",
    ("attachment, scan", "caption of a file, ratified open"): "kenari-lampiran-sah-terbuka",
    ("attachment, scan", "bytes of a file, ratified open"): "kenari-isi-lampiran-sah-terbuka",
    ("attachment, scan", "caption of a file, ratified closed"): "kenari-lampiran-sah-tertutup",
    ("attachment, scan", "bytes of a file, ratified closed"): "kenari-isi-lampiran-sah-tertutup",
    ("live notes", "why a session is adjourned"): "kenari-alasan-skors",
    ("job, notice", "page of somebody else's job"): "page of the job",
    ("job, notice", "what somebody else is told"): "kenari-kabar",
    ("excuse", "reason of a unit that waits for an answer"): "kenari-alasan-menunggu",
    ("excuse", "reason of a unit that was answered"): "kenari-alasan-nihil",
    ("excuse", "answer of the level above"): "kenari-jawaban-nihil",
    ("settings", "closure of the office"): "kenari-kantor-tutup",
    ("ledger history", "of a pleno being prepared"): "merencanakan pleno 2024-W34",
    ("ledger history", "of a ratified pleno"): "merencanakan pleno 2024-W39",
}


def readers(cast):
    """Who stands for each column."""
    return {
        "members": [cast.chair, cast.member],
        "secretariat": [cast.head, cast.secretary],
        "other_staff": [cast.staff],
        "above_members": [cast.province_chair, cast.province],
        "above_staff": [cast.province_staff],
        "national": [cast.national],
        "administrator": [cast.administrator],
        "neighbour": [cast.neighbour],
        "public": [None],
    }


def addresses(world):
    """Every page and download there is in this world."""
    found = {reverse(name, kwargs=kwargs) for name, (kwargs, _owner) in book(world).items()}
    plenos = (world.draft, world.invited, world.open, world.adjourned, world.closed, world.signing)
    for pleno in (*plenos, world.ratified_open, world.ratified_closed):
        found |= {pleno.address(f"plenos:{name}") for name in OF_A_PLENO}
    for paper in Document.objects.all():
        found |= {reverse("kernel:document_file", args=[paper.uuid])}
    found |= {
        reverse("plenos:archived_file", args=[world.cast.unit.code, one.uuid])
        for one in (world.archived, world.archived_closed)
    }
    for paper in Document.objects.filter(about__in=(world.ratified_open.uuid, world.ratified_closed.uuid)):
        found |= {reverse("kernel:document", args=[paper.uuid])}
    for scan in Scan.objects.select_related("pleno__organisation"):
        found |= {scan.pleno.address("plenos:scan_file", uuid=scan.uuid)}
    code = world.cast.unit.code
    found |= {d.get_absolute_url() for d in Decision.objects.numbered().select_related("organisation")}
    found |= {duties.address(duty) for duty in (world.excused, world.declared)}
    found |= {s.get_absolute_url() for s in Submission.objects.all()}
    found |= {world.put_off.get_absolute_url(), world.put_off.address("plenos:minutes")}
    found |= {f.get_absolute_url() for f in FollowUp.objects.select_related("organisation")}
    found |= {
        *(reverse("plenos:attachment", args=[one.uuid]) for one in Attachment.objects.all()),
        *(
            one.item.pleno.address("plenos:attachments", uuid=one.item.uuid)
            for one in Attachment.objects.exclude(item=None).select_related("item__pleno__organisation")
        ),
        f"{reverse('plenos:register', args=[code])}?q=kenari",
        f"{reverse('plenos:register', args=[code])}?tl=lewat",
        f"{reverse('plenos:search')}?q=kenari",
        f"{reverse('plenos:search')}?q=menyetujui",
        f"{reverse('plenos:search')}?q=catatan",
    }
    found |= {reverse("kernel:person", args=[code, person.uuid]) for person in (world.cast.member, world.suspended)}
    found |= {reverse("kernel:person_correct", args=[code, world.cast.member.uuid])}
    period = "?dari=2024-W32&sampai=2024-W41"
    found |= {
        reverse(f"plenos:{name}", args=[whose]) + period
        for name in ("board_of", "absent_of")
        for whose in (code, code[:2], "00")
    }
    found |= {
        f"{reverse('plenos:unit', args=[code])}?year=2024",
        f"{reverse('plenos:room', kwargs=book(world)['plenos:room'][0])}?agenda=3",
        f"{reverse('kernel:print_room')}?all=1&tahun=semua",
        f"{reverse('kernel:print_room')}?all=1&tahun=semua&q=kenari",
        f"{reverse('plenos:index')}?q=kendari",
        *(reverse(name) for name in ("desk", "plenos:deliveries", "kernel:units", "kernel:profile")),
        *(pleno.address(f"plenos:{name}") for pleno in plenos for name in ("live", "earlier_decisions")),
    }
    return sorted(found | workbooks(world, period))


def workbooks(world, period):
    """Every list that can be taken along as a workbook, as a workbook."""
    code = world.cast.unit.code
    boards = {
        reverse(f"plenos:{name}", args=[whose]) for name in ("board_of", "absent_of") for whose in (code, code[:2])
    }
    boards |= {reverse("plenos:performance", args=[code])}
    names = ("unit", "register", "follow_ups", "inbox", "archive")
    lists = {reverse(f"plenos:{name}", args=[code]) for name in names}
    lists |= {reverse("plenos:index"), reverse("plenos:deliveries"), reverse("plenos:calendar", args=[code, 2024])}
    return {f"{path}{period}&bentuk=xlsx" for path in boards} | {f"{path}?bentuk=xlsx" for path in lists}


def words_of(answer):
    """What stands in an answer: a workbook's cells, and the bytes of all else."""
    content = b"".join(answer)
    if "spreadsheetml" not in answer.headers["Content-Type"]:
        return content.decode(errors="replace")
    sheets = load_workbook(io.BytesIO(content)).worksheets
    return "\n".join(str(value) for sheet in sheets for row in sheet.values for value in row if value is not None)


def read_everything(world, reader, paths):
    """What ``reader`` can read: {path: text} of every address that opens to him."""
    client = signed_in(Client(), reader) if reader else Client()
    seen = {}
    for path in paths:
        answer = client.get(path)
        if answer.status_code == 200:
            seen[path] = KEYS.sub("", words_of(answer))
    follow_ups = seen.get(reverse("plenos:follow_ups", args=[world.cast.unit.code]), "")
    if follow_ups and reader != world.cast.staff:
        seen["follow-ups"] = "page of the follow-ups" + (" lateness of the follow-ups" if "lewat" in follow_ups else "")
    job = reverse("kernel:job", args=[world.job.uuid])
    if job in seen:
        seen[job] = "" if reader == world.job.asked_by else "page of the job"
    return seen


def test_the_table_has_a_canary_for_each_row_and_a_reader_for_each_column(cast):
    assert {(cell["row"], cell["what"]) for cell in CELLS} == set(CANARIES)
    assert set(COLUMNS) == set(readers(cast))
    assert {cell[column] for cell in CELLS for column in COLUMNS} == {"yes", "no"}


# Two halves, so that two processes share the work and the world is made but twice.
WITHIN, ABOVE = ("members", "secretariat", "other_staff"), ("above_members", "above_staff", "national")
OUTSIDE = ("administrator", "neighbour", "public")


@pytest.mark.parametrize("columns", [WITHIN, (*ABOVE, *OUTSIDE)], ids=["within", "beyond"])
def test_each_cell(cast, columns):
    world = make_world(cast)
    world.job.refresh_from_db()
    paths, faults = addresses(world), []
    assert set(COLUMNS) == {*WITHIN, *ABOVE, *OUTSIDE}
    for column, reader in [(name, who) for name in columns for who in readers(cast)[name]]:
        seen = read_everything(world, reader, paths)
        for cell in CELLS:
            canary = CANARIES[cell["row"], cell["what"]]
            where = [path for path, text in seen.items() if canary in text]
            said = f"{cell['row']}: {cell['what']} ({column}, {reader or 'nobody'})"
            if cell[column] == "yes" and not where:
                faults.append(f"{said}: may be read, but nowhere can be")
            if cell[column] == "no" and where:
                faults.append(f"{said}: is read at {', '.join(where[:3])}")
    assert not faults, "\n".join(faults)
