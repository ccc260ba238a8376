"""The chapters of the help sheets that belong to no app: coming in, my desk, papers, and administering a unit."""

from django.utils.translation import gettext_lazy as _

from .catalogue import HelpChapter
from .models.members import ADMINISTRATOR, CHAIR, HEAD, MEMBER, NOTE_TAKER, STAFF, SUPERVISION

EVERYONE = frozenset({CHAIR, MEMBER, HEAD, NOTE_TAKER, SUPERVISION, STAFF, ADMINISTRATOR})
READERS = EVERYONE - {ADMINISTRATOR}

CHAPTERS = (
    HelpChapter(
        EVERYONE,
        10,
        _("Masuk"),
        (
            _("Buka tautan undangan dari administrator unit, lalu buat kata sandi sendiri. Tautan berlaku sekali."),
            _("Masuk dengan pos-el dan kata sandi. Lupa kata sandi: minta tautan baru kepada administrator unit."),
            _("Nyalakan verifikasi dua langkah pada “Akun dan keamanan”; simpan kode cadangannya di tempat aman."),
            _("Di komputer bersama, tekan “Keluar” sesudah selesai: naskah yang tertinggal di peramban ikut dihapus."),
        ),
    ),
    HelpChapter(
        READERS,
        20,
        _("Meja saya"),
        (
            _("Halaman pertama menunjukkan apa yang menunggu Anda; yang lewat tenggat berdiri paling atas."),
            _("“Kabar” memuat apa yang terjadi pada catatan Anda. Isi yang sama dikirim sekali sehari lewat pos-el."),
            _("Matikan atau nyalakan ringkasan harian pada halaman profil."),
        ),
    ),
    HelpChapter(
        READERS,
        80,
        _("Naskah dan unduhan"),
        (
            _("Ruang cetak memuat naskah yang boleh Anda baca; naskah tetap dibuat walau tab ditutup."),
            _("Setiap daftar dapat diunduh sebagai Excel atau dicetak, persis seperti yang tampil."),
            _("Alamat halaman dapat dibagikan; yang tidak berhak tidak melihat apa pun."),
        ),
    ),
    HelpChapter(
        frozenset({ADMINISTRATOR}),
        30,
        _("Orang dan jabatan"),
        (
            _("Undang orang satu per satu, atau masukkan sekaligus dari Excel; setiap sel yang keliru disebutkan."),
            _("Catat pergantian antarwaktu, pelaksana tugas, dan pemberhentian sementara dengan tanggalnya."),
            _("Serahkan tautan lewat pos-el, WhatsApp, atau QR. Setel ulang kata sandi perlu administrator kedua."),
        ),
    ),
    HelpChapter(
        frozenset({ADMINISTRATOR}),
        40,
        _("Pengaturan unit"),
        (
            _("Isi kop surat, ukuran kertas, pola nomor, dan divisi sebelum naskah pertama dibuat."),
            _("Setiap pengaturan berlaku sejak tanggal yang Anda tulis, dengan dasarnya; nilai lama tetap tercatat."),
            _("Kelola hari libur: nasional oleh Bawaslu RI, daerah oleh provinsi, tutup kantor oleh unit."),
            _("Sebagai administrator Anda tidak membaca isi rapat; yang tampak hanya orang dan pengaturan."),
        ),
    ),
)
