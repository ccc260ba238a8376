"""Addresses of the plenary: /pleno/74.71/2024-W34/1/ is the first pleno of that week."""

from django.urls import include, path, register_converter

from bawaslu_portal.kernel.db import begins

from . import views


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


of_pleno = [
    page("", views.pleno_page, "pleno"),
    page("ubah/", views.edit, "edit"),
    page("agenda/", views.agenda, "agenda"),
    page("agenda/<uuid:uuid>/", views.item_edit, "item_edit"),
    page("agenda/<uuid:uuid>/pindah/", views.item_move, "item_move"),
    page("agenda/<uuid:uuid>/hapus/", views.item_remove, "item_remove"),
    page("tamu/", views.guests, "guests"),
    page("tamu/<uuid:uuid>/hapus/", views.guest_remove, "guest_remove"),
    page("undang/", views.invite, "invite"),
    page("jadwal/", views.reschedule, "reschedule"),
    page("batal/", views.cancel, "cancel"),
    page("hapus/", views.delete, "delete"),
    page("buka/", views.open_session, "open"),
    page("kemudian/", views.record_late, "record_late"),
    page("ruang/", views.room, "room"),
    page("ruang/agenda/", views.room_item_add, "room_item_add"),
    page("ruang/hadir/<uuid:uuid>/", views.attend, "attend"),
    page("ruang/<uuid:uuid>/catatan/", views.notes, "notes"),
    page("ruang/<uuid:uuid>/putuskan/", views.decide, "decide"),
    page("ruang/<uuid:uuid>/tunda/", views.defer, "defer"),
    page("ruang/<uuid:uuid>/tarik/", views.withdraw, "withdraw"),
    page("ruang/<uuid:uuid>/kembali/", views.reopen_item, "reopen_item"),
    page("ruang/keputusan/<uuid:uuid>/batal/", views.undo, "undo"),
    page("tutup/", views.close, "close"),
    page("pindaian/", views.scan_add, "scan_add"),
    page("pindaian/<uuid:uuid>/", views.scan_file, "scan_file"),
    page("risalah/", views.minutes_page, "minutes"),
    page("risalah/konsep/", views.print_draft, "print_draft"),
    page("risalah/ajukan/", views.put_up, "put_up"),
    page("risalah/tarik/", views.take_back, "take_back"),
    page("risalah/konfirmasi/", views.confirm, "confirm"),
    page("risalah/sahkan/", views.ratify, "ratify"),
    page("risalah/dibaca/", views.mark_read, "mark_read"),
    page("risalah/tanda-tangan/<uuid:uuid>/", views.hand_sign, "hand_sign"),
    page("risalah/tanda-tangan/<uuid:uuid>/alasan/", views.excuse, "excuse"),
    page("risalah/tanda-tangan/<uuid:uuid>/pindaian/", views.signature_scan, "signature_scan"),
]

urlpatterns = [
    page("", views.index, "index"),
    page("diterima/", views.deliveries, "deliveries"),
    page("<str:code>/", views.unit_list, "unit"),
    page("<str:code>/baru/", views.plan, "plan"),
    page("<str:code>/<int:year>-W<week:week>/", views.week_page, "week"),
    path("<str:code>/<int:year>-W<week:week>/<int:ordinal>/", include(of_pleno)),
]
