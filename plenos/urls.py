"""Addresses of the plenary: /pleno/74.71/2024-W34/1/ is the first pleno of that week."""

from django.urls import include, path, register_converter

from bawaslu_portal.kernel.db import begins

from . import views
from .views import archiving, inbox, preparing


class TwoDigits:
    """The number of an ISO week, always two digits."""

    regex = "[0-9]{2}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{int(value):02d}"


register_converter(TwoDigits, "week")
app_name = "plenos"


def page(route, view, name):
    """One address; every view begins its transaction."""
    return path(route, begins(view), name=name)


of_correction = [
    page("", views.correction, "correction"),
    page("kata/", views.correction_words, "correction_words"),
    page("ajukan/", views.correction_put_up, "correction_put_up"),
    page("tarik/", views.correction_take_back, "correction_take_back"),
    page("batal/", views.correction_abandon, "correction_abandon"),
    page("ingatkan/", views.correction_remind, "correction_remind"),
    page("konfirmasi/", views.correction_confirm, "correction_confirm"),
    page("sahkan/", views.correction_ratify, "correction_ratify"),
    page("tanda-tangan/<uuid:uuid>/", views.correction_hand_sign, "correction_hand_sign"),
    page("tanda-tangan/<uuid:uuid>/alasan/", views.correction_excuse, "correction_excuse"),
    page("tanda-tangan/<uuid:uuid>/pindaian/", views.correction_scan, "correction_scan"),
]

of_pleno = [
    page("", views.pleno_page, "pleno"),
    page("ubah/", views.edit, "edit"),
    page("agenda/", views.agenda, "agenda"),
    page("agenda/<uuid:uuid>/", views.item_edit, "item_edit"),
    page("agenda/<uuid:uuid>/pindah/", views.item_move, "item_move"),
    page("agenda/<uuid:uuid>/hapus/", views.item_remove, "item_remove"),
    page("agenda/<uuid:uuid>/keluarkan/", preparing.item_leave, "item_leave"),
    page("agenda/siapkan/", preparing.agenda_prepare, "agenda_prepare"),
    page("agenda/tertunda/<uuid:uuid>/", preparing.carry_over, "carry_over"),
    page("tertunda/<uuid:uuid>/gugurkan/", preparing.item_drop, "item_drop"),
    page("agenda/<uuid:uuid>/lampiran/", views.attachments, "attachments"),
    page("lampiran/<uuid:uuid>/", views.attachment_edit, "attachment_edit"),
    page("lampiran/<uuid:uuid>/hapus/", views.attachment_remove, "attachment_remove"),
    page("tamu/", views.guests, "guests"),
    page("tamu/<uuid:uuid>/hapus/", views.guest_remove, "guest_remove"),
    page("undang/", views.invite, "invite"),
    page("jadwal/", views.reschedule, "reschedule"),
    page("batal/", views.cancel, "cancel"),
    page("hapus/", views.delete, "delete"),
    page("buka/", views.open_session, "open"),
    page("kemudian/", views.record_late, "record_late"),
    page("ruang/", views.room, "room"),
    page("ruang/kini/", views.live, "live"),
    page("ruang/agenda/", views.room_item_add, "room_item_add"),
    page("ruang/hadir/<uuid:uuid>/", views.attend, "attend"),
    page("ruang/<uuid:uuid>/catatan/", views.notes, "notes"),
    page("ruang/<uuid:uuid>/catatan/sisihkan/", views.notes_settle, "notes_settle"),
    page("ruang/<uuid:uuid>/putuskan/", views.decide, "decide"),
    page("ruang/<uuid:uuid>/setujui/", preparing.approve_last, "approve_last"),
    page("ruang/<uuid:uuid>/tunda/", views.defer, "defer"),
    page("ruang/<uuid:uuid>/tarik/", views.withdraw, "withdraw"),
    page("ruang/<uuid:uuid>/kembali/", views.reopen_item, "reopen_item"),
    page("ruang/keputusan/terdahulu/", views.earlier_decisions, "earlier_decisions"),
    page("ruang/keputusan/<uuid:uuid>/batal/", views.undo, "undo"),
    page("ruang/hadir/<uuid:uuid>/keluar/", views.step_out, "step_out"),
    page("ruang/hadir/<uuid:uuid>/masuk/", views.step_in, "step_in"),
    page("ruang/skors/", views.adjourn, "adjourn"),
    page("ruang/lanjut/", views.resume, "resume"),
    page("ruang/lanjutan/", views.continue_later, "continue_later"),
    page("tutup/", views.close, "close"),
    page("pindaian/", views.scan_add, "scan_add"),
    page("pindaian/<uuid:uuid>/", views.scan_file, "scan_file"),
    page("risalah/", views.minutes_page, "minutes"),
    page("risalah/konsep/", views.print_draft, "print_draft"),
    page("word/<str:kind>/", views.working_copy, "working_copy"),
    page("risalah/pratinjau/", views.preview, "preview"),
    page("risalah/pratinjau/<uuid:uuid>/", views.preview_file, "preview_file"),
    page("risalah/ingatkan/", views.remind, "remind"),
    page("risalah/ajukan/", views.put_up, "put_up"),
    page("risalah/tarik/", views.take_back, "take_back"),
    page("risalah/konfirmasi/", views.confirm, "confirm"),
    page("risalah/sahkan/", views.ratify, "ratify"),
    page("risalah/dibaca/", views.mark_read, "mark_read"),
    page("risalah/kembalikan/", views.return_minutes, "return_minutes"),
    page("percakapan/", views.pleno_talk, "pleno_talk"),
    page("risalah/versi/<int:number>/", views.version, "version"),
    page("risalah/versi/<int:number>/beda/", views.difference, "difference"),
    page("risalah/perbaikan/", views.correct, "correct"),
    path("risalah/perbaikan/<uuid:correction>/", include(of_correction)),
    page("risalah/tanda-tangan/<uuid:uuid>/", views.hand_sign, "hand_sign"),
    page("risalah/tanda-tangan/<uuid:uuid>/alasan/", views.excuse, "excuse"),
    page("risalah/tanda-tangan/<uuid:uuid>/pindaian/", views.signature_scan, "signature_scan"),
]

urlpatterns = [
    page("", views.index, "index"),
    page("diterima/", views.deliveries, "deliveries"),
    page("diterima/banyak/", views.deliveries_many, "deliveries_many"),
    page("papan/", views.board, "board"),
    page("papan/<str:code>/", views.board, "board_of"),
    page("belum/", views.absent, "absent"),
    page("belum/minta/", views.ask_many, "ask_many"),
    page("belum/<str:code>/", views.absent, "absent_of"),
    page("lampiran/<uuid:uuid>/", views.attachment_file, "attachment"),
    page("usul/<uuid:uuid>/", inbox.submission, "submission"),
    page("usul/<uuid:uuid>/agendakan/", inbox.submission_place, "submission_place"),
    page("usul/<uuid:uuid>/lampiran/", inbox.submission_attach, "submission_attach"),
    page("usul/<uuid:uuid>/kembalikan/", inbox.submission_return, "submission_return"),
    page("usul/<uuid:uuid>/tarik/", inbox.submission_withdraw, "submission_withdraw"),
    page("usul/<uuid:uuid>/percakapan/", views.submission_talk, "submission_talk"),
    page("cari/", views.find_words, "search"),
    page("keputusan/<str:code>/<int:year>/<int:number>/", views.decision, "decision"),
    page("keputusan/<str:code>/<int:year>/<int:number>/kutipan/", views.extract, "extract"),
    page("<str:code>/keputusan/", views.decisions, "register"),
    page("<str:code>/tindak-lanjut/", views.follow_ups, "follow_ups"),
    page("<str:code>/tindak-lanjut/<uuid:uuid>/", views.follow_up, "follow_up"),
    page("<str:code>/tindak-lanjut/<uuid:uuid>/catat/", views.note_progress, "note_progress"),
    page("<str:code>/tindak-lanjut/<uuid:uuid>/selesai/", views.report_done, "report_done"),
    page("<str:code>/tindak-lanjut/<uuid:uuid>/nyatakan/", views.confirm_done, "confirm_done"),
    page("<str:code>/tindak-lanjut/<uuid:uuid>/kembalikan/", views.send_back, "send_back"),
    page("<str:code>/tindak-lanjut/<uuid:uuid>/hentikan/", views.stop, "stop"),
    page("<str:code>/", views.unit_list, "unit"),
    page("<str:code>/kinerja/", views.performance, "performance"),
    page("<str:code>/masuk/", inbox.inbox, "inbox"),
    page("<str:code>/usul/", inbox.propose, "propose"),
    page("<str:code>/berikutnya/", preparing.next_week, "next_week"),
    page("<str:code>/agenda-tetap/", preparing.template, "template"),
    page("<str:code>/agenda-tetap/pakai/", preparing.template_adopt, "template_adopt"),
    page("<str:code>/agenda-tetap/<uuid:uuid>/", preparing.template_edit, "template_edit"),
    page("<str:code>/agenda-tetap/<uuid:uuid>/pindah/", preparing.template_move, "template_move"),
    page("<str:code>/agenda-tetap/<uuid:uuid>/hapus/", preparing.template_remove, "template_remove"),
    page("<str:code>/baru/", views.plan, "plan"),
    page("<str:code>/arsip/", archiving.archive, "archive"),
    page("<str:code>/arsip/impor/", archiving.archive_import, "archive_import"),
    page("<str:code>/arsip/impor/simpan/", archiving.archive_store, "archive_store"),
    page("<str:code>/arsip/templat/", archiving.archive_template, "archive_template"),
    page("<str:code>/arsip/<uuid:uuid>/", archiving.archived, "archived"),
    page("<str:code>/arsip/<uuid:uuid>/berkas/", archiving.archived_file, "archived_file"),
    page("<str:code>/arsip/<uuid:uuid>/percakapan/", views.archived_talk, "archived_talk"),
    page("<str:code>/<int:year>-W<week:week>/", views.week_page, "week"),
    page("<str:code>/<int:year>-W<week:week>/nihil/", views.week_declare, "week_declare"),
    page("<str:code>/<int:year>-W<week:week>/jawab/", views.week_answer, "week_answer"),
    page("<str:code>/<int:year>-W<week:week>/perpanjang/", views.week_extend, "week_extend"),
    page("<str:code>/kalender/<int:year>/", views.calendar, "calendar"),
    page("<str:code>/<int:year>-W<week:week>/percakapan/", views.week_talk, "week_talk"),
    path("<str:code>/<int:year>-W<week:week>/<int:ordinal>/", include(of_pleno)),
]
