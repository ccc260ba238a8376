"""What is on the agenda and what is said, from the hand-written lists; the same unit and week give the same words."""

import csv
import zlib
from dataclasses import dataclass

from bawaslu_portal.kernel.wording import MONTHS

from .season import DATA

REPORTS = (
    "Laporan pelaksanaan kegiatan pekan lalu dan tindak lanjut keputusan pleno sebelumnya",
    "Laporan kegiatan divisi pekan lalu",
    "Evaluasi kegiatan pekan lalu dan tindak lanjutnya",
)
REPORT_NOTES = (
    "Setiap Kordiv melaporkan kegiatan {lalu}. Kegiatan terlaksana sesuai rencana; satu kegiatan digeser ke pekan ini.",
    "Laporan dibacakan bergantian. Kendala utama: jarak tempuh dan jaringan internet di beberapa wilayah.",
    "Sekretariat melaporkan kegiatan {lalu} beserta bukti dukungnya. Dua laporan perjalanan dinas belum lengkap.",
    "Tindak lanjut keputusan pekan lalu telah dilaksanakan, kecuali satu yang menunggu jawaban surat.",
)
REPORT_DECISIONS = (
    "Mengesahkan laporan pelaksanaan kegiatan {lalu} dan melanjutkan tindak lanjut yang belum selesai pekan ini.",
    "Menerima dan mengesahkan laporan kegiatan divisi {lalu} dengan catatan bukti dukung dilengkapi.",
    "Mengesahkan laporan pelaksanaan kegiatan {lalu}.",
)
PLANS = (
    "Rencana kerja masing-masing divisi pekan ini",
    "Penetapan rencana kerja divisi pekan ini",
    "Rencana kegiatan divisi {pekan}",
)
PLAN_NOTES = (
    "Rencana dipaparkan per divisi. Jadwal yang berbenturan disesuaikan dan kendaraan dinas dibagi.",
    "Anggota menyepakati pembagian personel agar kegiatan di lapangan dan di kantor tetap berjalan.",
    "Staf pelaksana memaparkan rencana; disepakati keluaran dan bukti dukung setiap kegiatan.",
)
DEFER = (
    "Bahan belum lengkap; dibahas kembali pada pleno pekan depan",
    "Menunggu data dukung dari lapangan",
    "Menunggu jawaban surat kepada KPU {wilayah}",
)
WITHDRAWN = ("Usulan pemindahan ruang arsip", "Ditarik pengusul: akan dibahas bersama sekretariat lebih dahulu")
OPENING = (
    "Rapat dibuka dengan doa. Pimpinan rapat menyampaikan terima kasih atas kehadiran dan membacakan susunan agenda.",
    "Pimpinan rapat membuka rapat, memeriksa kuorum bersama sekretariat, lalu membacakan agenda.",
    "Pimpinan rapat membuka rapat dan mengingatkan agar setiap keputusan disertai penanggung jawab dan tenggat.",
)
CLOSING = (
    "Pimpinan rapat membacakan kembali keputusan rapat, lalu menutup rapat.",
    "Setelah keputusan dibacakan dan tidak ada keberatan, rapat ditutup.",
    "Rapat ditutup dengan ajakan menyelesaikan tindak lanjut tepat waktu.",
)
AWAY = {
    "ill": ("Sakit, surat keterangan dokter menyusul", "Sakit"),
    "excused": ("Izin keperluan keluarga", "Izin, urusan keluarga di luar kota"),
    "on_duty": ("Rapat koordinasi di luar daerah", "Supervisi lapangan", "Mendampingi kegiatan Bawaslu RI"),
    "unexplained": ("",),
    "late": ("Dalam perjalanan",),
}
GUESTS = (
    ("Contoh Perwakilan KPU {tempat}", "KPU {wilayah}"),
    ("Contoh Perwakilan Kesbangpol {tempat}", "Badan Kesatuan Bangsa dan Politik"),
    ("Contoh Perwakilan Pemantau {tempat}", "Pemantau pemilihan"),
)


def pick(options, *seed):
    """One of ``options``, always the same for the same seed."""
    return options[zlib.crc32("|".join(map(str, seed)).encode()) % len(options)]


def span(monday, friday):
    """10–14 Juni 2024; 29 Juli–2 Agustus 2024."""
    first = f"{monday.day}" if monday.month == friday.month else f"{monday.day} {MONTHS[monday.month - 1]}"
    return f"{first}–{friday.day} {MONTHS[friday.month - 1]} {friday.year}"


@dataclass(frozen=True)
class Piece:
    """One item of an agenda, with what will be said and decided on it."""

    title: str
    category: str
    notes: str
    text: str
    proposer: str = ""
    division: str = ""
    follow_up: str = ""
    dissent: str = ""
    topic: bool = False

    @property
    def standing_kind(self):
        """The report on last week's decisions looks through the follow-ups."""
        return "follow_ups" if "tindak lanjut keputusan pleno" in self.title else ""


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TOPICS, WORK = _rows("agenda-2024.csv"), _rows("work-2024.csv")


def _holds(weeks, number):
    if number is None or weeks == "now":
        return number is None and weeks == "now"
    first, _dash, last = weeks.partition("-")
    return int(first) <= number <= int(last or first)


def _for(whose, unit):
    if whose == "district":
        return unit.level == "district"
    return unit.code.startswith(whose[:-1]) if whose.endswith(".*") else unit.code == whose


def plans(unit, divisions, number, words):
    """{key of division: its plan for the week}; a merged division takes over what has no division of its own."""
    found = {}
    for key in divisions:
        options = [row["what"] for row in WORK if row["division"] == key and _holds(row["weeks"], number)]
        found[key] = pick(options, unit.code, words["pekan"], key).format(**words)
    return found


def agenda(unit, divisions, number, words, *, apart):
    """The pieces of one weekly session; with ``apart`` each division's plan is an item of its own.

    ``number``: of the ISO week of 2024, None for today's; ``divisions``: {key: short name}; ``words``: wilayah, tempat,
    pekan, lalu, jajaran.
    """
    seed = (unit.code, words["pekan"])
    pieces = [
        Piece(
            pick(REPORTS, *seed, "r"),
            "report",
            pick(REPORT_NOTES, *seed, "n").format(**words),
            pick(REPORT_DECISIONS, *seed, "d").format(**words),
            "Sekretariat",
        )
    ]
    listed = plans(unit, divisions, number, words)
    if apart:
        pieces += [
            Piece(
                f"Rencana kerja Divisi {divisions[key]} pekan ini",
                "plan",
                pick(PLAN_NOTES, *seed, key) if key == "sdmo" else "",
                f"Menetapkan rencana kerja Divisi {divisions[key]} {words['pekan']}: {what}.",
                f"Divisi {divisions[key]}",
                key,
            )
            for key, what in listed.items()
        ]
    else:
        lines = "; ".join(f"({n}) Divisi {divisions[key]}: {what}" for n, (key, what) in enumerate(listed.items(), 1))
        pieces.append(
            Piece(
                pick(PLANS, unit.code).format(**words),
                "plan",
                pick(PLAN_NOTES, *seed, "p"),
                f"Menetapkan rencana kerja divisi {words['pekan']}: {lines}.",
                "Masing-masing divisi",
            )
        )
    topics = [row for row in TOPICS if _holds(row["weeks"], number) and _for(row["whose"], unit)]
    if number is None:
        first = pick(range(len(topics)), *seed)
        topics = [topics[first], topics[(first + 1) % len(topics)]]
    return pieces + [topic(row, divisions, words) for row in topics[:2]]


def topic(row, divisions, words):
    """A row of the list of topics as a piece; merged divisions answer for what they took over."""
    key = row["division"] if row["division"] in divisions else "hukum"
    words = {**words, "divisi": divisions[key]}
    return Piece(
        row["title"].format(**words),
        row["category"],
        row["notes"].format(**words),
        row["decision"].format(**words),
        f"Divisi {divisions[key]}",
        key,
        row["follow_up"].format(**words),
        row["dissent"] or "Pelaksanaannya sebaiknya menunggu ketersediaan personel dan anggaran.",
        True,
    )


def words_of(unit, monday, friday, before):
    """What the texts name: the unit's region and place, this week, the week ``before`` (monday, friday)."""
    return {
        "wilayah": unit.region_name if unit.level == "district" else f"Provinsi {unit.region_name}",
        "tempat": unit.region_name.removeprefix("Kota ").removeprefix("Kabupaten "),
        "pekan": span(monday, friday),
        "lalu": span(*before),
        "jajaran": "Panwaslu Kecamatan" if unit.level == "district" else "Bawaslu Kabupaten/Kota",
    }
