"""What the kernel itself declares in the catalogue: its settings, its sentences, the job that makes papers."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from . import catalogue, documents
from .catalogue import JobKind, SettingSpec

ASSUMPTION = _("asumsi kerja")
LETTERHEAD, NUMBERS, PAPER = _("Kop surat"), _("Penomoran"), _("Naskah")


def _paper_missing():
    from . import pdf

    return pdf.available()


def _kop(organisation):
    return ["BADAN PENGAWAS PEMILIHAN UMUM", organisation.region_name.upper()]


catalogue.declare_job(
    JobKind(name="paper", label=_("Membuat naskah"), work=documents.make_paper, missing=_paper_missing)
)

for spec in (
    SettingSpec("letterhead.lines", "lines", _kop, _("Baris kepala surat"), ASSUMPTION, LETTERHEAD),
    SettingSpec("letterhead.address", "text", "", _("Alamat kantor"), ASSUMPTION, LETTERHEAD),
    SettingSpec("letterhead.contact", "text", "", _("Telepon, pos-el, laman"), ASSUMPTION, LETTERHEAD),
    SettingSpec("letterhead.logo", "file", "", _("Logo"), ASSUMPTION, LETTERHEAD),
    SettingSpec(
        "letterhead.place",
        "text",
        lambda organisation: organisation.region_name.removeprefix("Kota ").removeprefix("Kabupaten "),
        _("Tempat pada tanggal surat"),
        ASSUMPTION,
        LETTERHEAD,
    ),
    SettingSpec(
        "paper.size",
        "choice",
        "A4",
        _("Ukuran kertas"),
        ASSUMPTION,
        PAPER,
        choices=(("A4", "A4 (210 × 297 mm)"), ("F4", "F4 (210 × 330 mm)")),
    ),
    SettingSpec(
        "numbering.template",
        "text",
        "{urut}/{kode}/{penandatangan}{unit}/{bulan}/{tahun}",
        _("Pola nomor"),
        _("Perbawaslu 13/2020; pemisah berbeda antarkantor"),
        NUMBERS,
        help=_("Kata dalam kurung kurawal: urut, kode, penandatangan, unit, bulan, romawi, tahun."),
    ),
    SettingSpec(
        "numbering.unit",
        "text",
        lambda organisation: f".{organisation.code}",
        _("Singkatan unit pada nomor"),
        ASSUMPTION,
        NUMBERS,
    ),
    SettingSpec(
        "members.seats",
        "integer",
        lambda organisation: 5 if organisation.level in ("national", "province", "district") else 3,
        _("Jumlah kursi Ketua dan Anggota"),
        ASSUMPTION,
        _("Keanggotaan"),
        low=1,
        high=9,
    ),
    SettingSpec(
        "security.totp_to_ratify",
        "flag",
        False,
        _("Wajib verifikasi dua langkah untuk mengesahkan"),
        ASSUMPTION,
        _("Keamanan"),
    ),
):
    catalogue.declare_setting(spec)

catalogue.declare_sentences(
    {
        "kernel.setting.change": _("mengubah pengaturan {key}, berlaku sejak {since}"),
        "kernel.number.set_next": _("menetapkan nomor berikutnya seri {series} tahun {year}: {next}"),
        "kernel.number.reserve": _("menandai nomor {number} dipakai di luar portal"),
        "kernel.number.cancel": _("membatalkan nomor {number}"),
    }
)


def declare_numbering(paper):
    """The two settings of a numbered kind of paper: where its number comes from and its classification code."""
    catalogue.declare_setting(
        SettingSpec(
            f"numbering.{paper.name}.source",
            "choice",
            "portal",
            format_lazy("{} – {}", paper.label, _("asal nomor")),
            ASSUMPTION,
            NUMBERS,
            choices=(("portal", _("dari portal")), ("typed", _("diketik, dari buku agenda atau SRIKANDI"))),
        )
    )
    catalogue.declare_setting(
        SettingSpec(
            f"numbering.{paper.name}.code",
            "text",
            paper.code,
            format_lazy("{} – {}", paper.label, _("kode klasifikasi")),
            _("kode klasifikasi, Perbawaslu 11/2020"),
            NUMBERS,
        )
    )
