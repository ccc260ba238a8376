"""What is on the agenda and what is said, put together by chance from lists of sentences."""

import csv
from dataclasses import dataclass
from pathlib import Path

from bawaslu_portal.kernel.wording import MONTHS

with Path(__file__).with_name("topics.csv").open(encoding="utf-8", newline="") as _file:
    TOPICS = list(csv.DictReader(_file))
PLACES = (
    "Sukamaju",
    "Mekarsari",
    "Tanjung",
    "Lubuk",
    "Bungku",
    "Wolio",
    "Kadia",
    "Baruga",
    "Poasia",
    "Mandonga",
    "Sidodadi",
    "Karangrejo",
    "Wonosari",
    "Batang",
    "Labuan",
    "Kotabaru",
    "Pasar",
    "Muara",
    "Simpang",
    "Rantau",
    "Tebing",
    "Sungai",
    "Kayu",
    "Palu",
    "Melati",
    "Cendana",
    "Anggrek",
    "Kenanga",
    "Merdeka",
    "Harapan",
)
QUARTERS = ("Barat", "Timur", "Utara", "Selatan", "Tengah", "Hulu", "Hilir", "Raya", "Baru", "Indah")
PARTNERS = (
    "Universitas Negeri {tempat}",
    "Kesbangpol {wilayah}",
    "Disdukcapil {wilayah}",
    "Kejaksaan Negeri {tempat}",
    "Polres {tempat}",
    "SMA Negeri 1 {tempat}",
    "Forum Kerukunan Umat Beragama {tempat}",
    "KPU {wilayah}",
    "Dewan Adat {tempat}",
    "Radio Republik Indonesia {tempat}",
)
WORK = (
    "monitoring kegiatan di {kecamatan}",
    "penyusunan laporan {bulan}",
    "koordinasi dengan {mitra}",
    "pemutakhiran data {jajaran}",
    "rapat kerja teknis bersama {jajaran}",
    "penataan arsip dan inventaris",
    "publikasi hasil pengawasan",
    "telaah peraturan dan surat edaran",
    "kunjungan ke {jumlah} titik di {kecamatan}",
    "persiapan kunjungan pembinaan",
)
REPORT_NOTES = (
    "Setiap Kordiv melaporkan kegiatan pekan lalu. Kegiatan terlaksana sesuai rencana; satu digeser ke pekan ini.",
    "Laporan dibacakan bergantian. Kendala: jarak tempuh ke {kecamatan} dan jaringan internet.",
    "Sekretariat melaporkan kegiatan beserta bukti dukungnya. Dua laporan perjalanan dinas belum lengkap.",
    "Tindak lanjut keputusan pekan lalu telah dilaksanakan, kecuali satu yang menunggu jawaban {mitra}.",
)
REMARKS = (
    "Anggota meminta agar tenggat ditepati dan bukti dukung diunggah.",
    "Perlu koordinasi dengan {mitra} sebelum dilaksanakan.",
    "Anggaran tersedia pada kegiatan {bulan}.",
    "Staf di {kecamatan} dilibatkan sejak awal.",
    "Hasilnya dilaporkan pada pleno berikutnya.",
    "Jumlah sasaran disepakati {jumlah} orang.",
)
DEFERRED = (
    "Bahan belum lengkap; dibahas kembali pada pleno pekan depan",
    "Menunggu data dukung dari lapangan",
    "Menunggu jawaban surat kepada KPU",
)
OPENING = (
    "Rapat dibuka dengan doa. Pimpinan rapat membacakan susunan agenda.",
    "Pimpinan rapat membuka rapat, memeriksa kuorum bersama sekretariat, lalu membacakan agenda.",
)
CLOSING = (
    "Pimpinan rapat membacakan kembali keputusan rapat, lalu menutup rapat.",
    "Setelah keputusan dibacakan dan tidak ada keberatan, rapat ditutup.",
)
AWAY = {
    "ill": ("Sakit, surat keterangan dokter menyusul", "Sakit"),
    "excused": ("Izin keperluan keluarga", "Izin, urusan keluarga di luar kota"),
    "on_duty": ("Rapat koordinasi di luar daerah", "Supervisi lapangan", "Mendampingi kunjungan kerja"),
    "unexplained": ("",),
}
EXCUSES = (
    "Seluruh anggota mengikuti rapat koordinasi nasional di Jakarta.",
    "Banjir menutup jalan ke kantor; tidak ada jaringan listrik dan internet.",
    "Ketua dan seluruh anggota bertugas pada pemungutan suara ulang.",
    "Pelantikan anggota baru; belum ada Ketua terpilih.",
)
PROGRESS = {
    "note": (
        "Sedang dikerjakan, menunggu tanda tangan.",
        "Sudah dihubungi, jadwal menyusul.",
        "Draf selesai, diperiksa.",
    ),
    "reported": ("Sudah dilaksanakan, bukti di map kegiatan.", "Surat terkirim.", ""),
    "confirmed": ("", "Bukti lengkap."),
    "stopped": ("Tidak diperlukan lagi karena tahapan sudah lewat.",),
}


@dataclass(frozen=True)
class Piece:
    """One item of an agenda with what will be said and decided; ``division`` is its place among those of the body."""

    title: str
    category: str
    notes: str
    text: str
    proposer: str
    division: int | None = None
    follow_up: str = ""
    dissent: str = ""


class Speech:
    """Draws the words of one body."""

    def __init__(self, body):
        self.chance, self.unit, self.divisions = body.chance, body.unit, body.divisions
        self.fixed = {
            "tempat": body.unit.region_name.removeprefix("Kota ").removeprefix("Kabupaten "),
            "wilayah": body.unit.region_name,
            "jajaran": "Panwaslu Kecamatan" if body.unit.level == "district" else "Bawaslu Kabupaten/Kota",
        }

    def words(self, day):
        """What the sentences of one session name."""
        chance = self.chance
        words = dict(self.fixed)
        words["bulan"] = f"{MONTHS[day.month - 1]} {day.year}"
        words["kecamatan"] = f"{chance.choice(PLACES)} {chance.choice(QUARTERS)}"
        words["jumlah"] = str(chance.randrange(12, 240))
        words["mitra"] = chance.choice(PARTNERS).format(**words)
        return words

    def notes(self, sentence, words):
        """Notes in the form of the editor: a sentence, and often a list of remarks."""
        text = f"<p>{sentence}</p>"
        if self.chance.random() < 0.5:
            said = self.chance.sample(REMARKS, 2)
            text += "<ul>" + "".join([f"<li>{line.format(**words)}</li>" for line in said]) + "</ul>"
        return text

    def report(self, words):
        sentence = self.chance.choice(REPORT_NOTES).format(**words)
        return Piece(
            "Laporan kegiatan pekan lalu dan tindak lanjut keputusan pleno sebelumnya",
            "report",
            self.notes(sentence, words),
            f"Mengesahkan laporan kegiatan pekan lalu dengan catatan {self.chance.choice(WORK)}.".format(**words),
            "Sekretariat",
        )

    def plan(self, words):
        lines = [f"Divisi {short}: {self.chance.choice(WORK)}".format(**words) for _pk, _n, short in self.divisions]
        items = "".join([f"<li>{line}</li>" for line in lines])
        return Piece(
            "Penetapan rencana kerja divisi pekan ini",
            "plan",
            f"<p>Rencana dipaparkan per divisi dan jadwal yang berbenturan disesuaikan.</p><ul>{items}</ul>",
            f"Menetapkan rencana kerja divisi pekan ini: {'; '.join(lines)}.",
            "Masing-masing divisi",
            self.chance.randrange(len(self.divisions)),
            "Melaksanakan rencana kerja dan melaporkannya" if self.chance.random() < 0.2 else "",
        )

    def topic(self, words):
        row = self.chance.choice(TOPICS)
        place = next((n for n, d in enumerate(self.divisions) if row["division"] and row["division"] in d[2]), None)
        return Piece(
            row["title"].format(**words),
            row["category"],
            self.notes(row["notes"].format(**words), words),
            row["decision"].format(**words),
            f"Divisi {self.divisions[place][2]}" if place is not None else "Sekretariat",
            place,
            row["follow_up"].format(**words),
            row["dissent"] or "Pelaksanaannya sebaiknya menunggu ketersediaan personel dan anggaran.",
        )

    def agenda(self, words, *, weekly):
        """The pieces of one session."""
        if not weekly:
            return [self.topic(words) for _n in range(1 + (self.chance.random() < 0.4))]
        count = 1 + (self.chance.random() < 0.45) + (self.chance.random() < 0.12)
        return [self.report(words), self.plan(words), *(self.topic(words) for _n in range(count))]
