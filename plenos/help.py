"""The chapters on the weekly plenary in the help sheets, for each role."""

from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel.catalogue import HelpChapter

KEEPERS = frozenset({"chair", "note_taker", "head_of_secretariat"})
COMMISSIONERS = frozenset({"chair", "member"})
OVERSEERS = frozenset({"chair", "member", "supervision_staff"})

CHAPTERS = (
    HelpChapter(
        KEEPERS,
        40,
        _("Menyiapkan pleno mingguan"),
        (
            _("Tekan “Rencanakan minggu depan”: hari, jam, tempat, dan pokok tetap terisi menurut pengaturan."),
            _("Agenda yang ditunda dan tindak lanjut yang belum selesai ikut masuk; melepasnya perlu alasan."),
            _("Periksa kotak masuk: usulan anggota dan divisi, pengajuan unit lain. Tempatkan atau kembalikan."),
            _("Terbitkan undangan: nomor diambil, naskah dibuat, dan mereka yang diundang diberi tahu."),
            _("Minggu tanpa pleno: nyatakan alasannya pada halaman minggu itu; provinsi menjawab."),
        ),
    ),
    HelpChapter(
        KEEPERS,
        45,
        _("Di ruang pleno"),
        (
            _("Buka pleno: semua anggota dianggap hadir; tandai yang tidak hadir, lalu tekan “Buka”."),
            _("Catatan tersimpan sendiri. Bila sambungan putus, teruskan mengetik; naskah dikirim saat tersambung."),
            _("Bila dua orang menulis pada naskah yang sama, kedua naskah ditampilkan berdampingan; gabungkan."),
            _("Catat keputusan: isi, kategori, mufakat atau suara menurut nama, pendapat berbeda, dan tindak lanjut."),
            _("Kuorum selalu tampak. Bila hilang: tunggu, skors, atau tutup lalu rencanakan pleno lanjutan."),
            _("Sebelum menutup, halaman penutupan menunjukkan apa yang belum selesai."),
        ),
    ),
    HelpChapter(
        KEEPERS,
        50,
        _("Risalah"),
        (
            _("Periksa pratinjau naskah, isi kata pembuka dan penutup, lalu ajukan untuk ditandatangani."),
            _("Ingatkan yang belum mengonfirmasi; tanda tangan basah dicatat dengan pindaiannya."),
            _("Sesudah disahkan risalah terkunci. Kekeliruan diperbaiki sebagai versi baru dengan alasan."),
            _("Bila provinsi mengembalikan risalah, alasannya tampak pada catatan itu; susun versi perbaikan."),
            _("Perlu menyunting di Word? Unduh salinan kerja; yang resmi tetap naskah dari portal."),
        ),
    ),
    HelpChapter(
        COMMISSIONERS,
        35,
        _("Tugas Ketua dan Anggota"),
        (
            _("Usulkan agenda sebelum rapat, dengan latar belakang dan lampirannya."),
            _("Baca risalah yang diajukan, lalu konfirmasi. Kata sandi ditanyakan lagi sebelum mengonfirmasi."),
            _("Yang memimpin rapat mengesahkan risalah: terkunci dan terkirim ke tingkat di atas dalam satu langkah."),
            _("Kerjakan tindak lanjut Anda dari meja: catat perkembangan, unggah bukti, laporkan selesai."),
            _("Selesainya dinyatakan oleh orang lain, bukan oleh yang mengerjakannya."),
        ),
    ),
    HelpChapter(
        frozenset({"staff"}),
        35,
        _("Tugas staf divisi"),
        (
            _("Tindak lanjut Anda dan divisi Anda ada di meja: catat perkembangan, unggah bukti, laporkan selesai."),
            _("Usulkan agenda divisi sebelum rapat, dengan latar belakang dan lampirannya."),
            _("Undangan, agenda terbuka, dan risalah terbuka yang sudah disahkan dapat Anda baca."),
        ),
    ),
    HelpChapter(
        OVERSEERS,
        60,
        _("Mengawasi unit di bawah"),
        (
            _("Papan kepatuhan: T tepat waktu, L lambat, P dalam proses, K tanpa kuorum, N tidak ada, B bebas."),
            _("Buka satu kotak untuk melihat plenonya; minta penjelasan kepada unit yang tidak berpleno."),
            _("Jawab pernyataan minggu tanpa pleno: bebaskan, tolak, atau perpanjang, dengan alasan."),
            _("Risalah yang diterima: tandai dibaca atau kembalikan dengan alasan, satu per satu atau sekaligus."),
            _("Yang tidak berpleno atau belum mengirim risalah berbaris pada daftar “Belum”, yang terburuk di atas."),
        ),
    ),
    HelpChapter(
        KEEPERS | COMMISSIONERS | {"staff", "supervision_staff"},
        70,
        _("Mencari"),
        (
            _("Register keputusan memuat setiap keputusan, menurut tahun, nomor, kategori, cara, dan tindak lanjut."),
            _("Pencarian membaca keputusan, pokok agenda, dan catatan sejauh hak baca Anda."),
            _("Setiap keputusan mempunyai rujukan pendek yang dapat dikutip dan dibagikan sebagai tautan."),
        ),
    ),
)
