"""What the kernel itself declares in the catalogue: its settings, its sentences, the job that makes papers."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from . import catalogue, documents, exports, help_chapters, remarks, reset_notices, scope
from . import help as help_sheets
from .catalogue import JobKind, Kind, NavigationEntry, PaperKind, SettingSpec
from .models.documents import Document
from .models.duties import Duty
from .models.members import AccessLink, Membership

ASSUMPTION = _("asumsi kerja")
LETTERHEAD, NUMBERS, PAPER = _("Kop surat"), _("Penomoran"), _("Naskah")


def _paper_missing():
    from . import pdf

    return pdf.available()


def _kop(organisation):
    province = "PROVINSI " if organisation.level == "province" else ""
    return ["BADAN PENGAWAS PEMILIHAN UMUM", f"{province}{organisation.region_name.upper()}"]


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
        "kernel.message.hand_over": _("menyampaikan pesan secara langsung"),
        "kernel.message.try_again": _("meminta pesan dikirim lagi"),
        "kernel.setting.change": _("mengubah pengaturan {key}, berlaku sejak {since}"),
        "kernel.number.set_next": _("menetapkan nomor berikutnya seri {series} tahun {year}: {next}"),
        "kernel.number.reserve": _("menandai nomor {number} dipakai di luar portal"),
        "kernel.number.cancel": _("membatalkan nomor {number}"),
        "kernel.membership.invite": _("mengundang seseorang sebagai {role}"),
        "kernel.membership.add": _("menambah keanggotaan sebagai {role}"),
        "kernel.membership.join": _("menerima jabatan {role} yang ditawarkan"),
        "kernel.membership.end": _("mengakhiri keanggotaan {role}"),
        "kernel.membership.replace": _("mencatat penggantian {role}"),
        "kernel.membership.move": _("memindahkan {role} ke divisi atau kursi lain"),
        "kernel.membership.act": _("menunjuk pelaksana tugas {role}"),
        "kernel.membership.suspend": _("memberhentikan sementara seorang anggota"),
        "kernel.membership.lift": _("mencabut pemberhentian sementara"),
        "kernel.person.correct": _("memperbaiki data orang"),
        "kernel.person.correct_email": _("memperbaiki alamat pos-el yang belum pernah dipakai"),
        "kernel.person.profile": _("mengubah profil sendiri"),
        "kernel.link.invitation": _("membuat tautan undangan masuk"),
        "kernel.link.reset": _("meminta kata sandi disetel ulang"),
        "kernel.link.email": _("meminta penggantian alamat pos-el"),
        "kernel.link.join": _("menawarkan jabatan {role} kepada orang dari unit lain"),
        "kernel.link.approve": _("menyetujui permintaan sebagai administrator kedua"),
        "kernel.link.revoke": _("membatalkan tautan atau permintaan"),
        "kernel.link.use": _("memakai tautan: {kind}"),
        "kernel.organisation.rename": _("memperbaiki nama badan"),
        "kernel.division.add": _("menambah divisi, berlaku sejak {since}"),
        "kernel.division.correct": _("memperbaiki penulisan divisi"),
        "kernel.nation.load": _("memuat data contoh senegara: {years} tahun"),
        "kernel.division.end": _("mengakhiri divisi pada {until}"),
        "kernel.holiday.add_holiday": _("mencatat hari libur {first} sampai {last}"),
        "kernel.holiday.add_closure": _("mencatat kantor tutup {first} sampai {last}"),
        "kernel.holiday.remove_holiday": _("menghapus hari libur {first} sampai {last}"),
        "kernel.holiday.remove_closure": _("menghapus catatan kantor tutup {first} sampai {last}"),
        "kernel.remark.remark": _("menulis catatan untuk pihak lain"),
        "kernel.remark.asked": _("meminta penjelasan"),
        "kernel.remark.answered": _("memberi penjelasan"),
        "kernel.duty.declared": _("menyatakan tidak ada untuk {period}"),
        "kernel.duty.granted": _("membebaskan kewajiban {period}"),
        "kernel.duty.declined": _("tidak membebaskan kewajiban {period}"),
        "kernel.duty.extended": _("memperpanjang waktu {period} sampai {until}"),
        "kernel.duty.returned": _("mengembalikan naskah {period}"),
    }
)
help_sheets.declare()
catalogue.declare_help(*help_chapters.CHAPTERS)
catalogue.declare_words("role", dict(Membership.ROLES))
catalogue.declare_words("kind", dict(AccessLink.KINDS))
catalogue.declare(
    Kind(
        exports.ABOUT,
        lambda: Document,
        _("Cetakan daftar"),
        lambda document: document.record.get("seen_at"),
        exports.readable,
    )
)
catalogue.declare(Kind("duty", lambda: Duty, _("Kewajiban"), lambda duty: catalogue.duty(duty.kind).address(duty)))
catalogue.declare_paper(PaperKind(exports.KIND, _("Cetakan daftar"), "", exports.paper, numbered=False))
catalogue.declare_desk("remarks", waiting=remarks.desk)
catalogue.declare_desk("members", waiting=reset_notices.waiting)
for entry in (
    NavigationEntry(
        name="desk",
        label=_("Meja saya"),
        url_name="desk",
        icon="desk",
        order=0,
        shown=lambda user: True,
        prefix="/",
    ),
    NavigationEntry(
        name="print_room",
        label=_("Ruang cetak"),
        url_name="kernel:print_room",
        icon="print",
        order=70,
        shown=lambda user: bool(scope.own_units(user)),
        prefix="/ruang-cetak/",
    ),
    NavigationEntry(
        name="unit",
        label=_("Organisasi"),
        url_name="kernel:units",
        icon="unit",
        order=80,
        shown=lambda user: bool(scope.places(user)),
        prefix="/unit/",
    ),
):
    catalogue.declare_navigation(entry)


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
