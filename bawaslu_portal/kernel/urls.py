"""Addresses of the kernel's pages."""

from django.urls import path

from . import preferences, told_views, views
from .db import begins
from .unit_urls import urlpatterns as unit_patterns

app_name = "kernel"

urlpatterns = [
    path("bahasa/", begins(preferences.language), name="language"),
    path("tampilan/", begins(preferences.theme), name="theme"),
    path("profil/", begins(preferences.profile), name="profile"),
    path("kabar/", begins(told_views.notice_list), name="notices"),
    path("kabar/dibaca/", begins(told_views.notices_seen), name="notices_seen"),
    path("kabar/<uuid:uuid>/", begins(told_views.notice_open), name="notice"),
    path("bantuan/", begins(told_views.help_index), name="help"),
    path("bantuan/<slug:role>/", begins(told_views.help_sheet), name="help_sheet"),
    path("bantuan/<slug:role>/cetak/", begins(told_views.help_print), name="help_print"),
    path("keanggotaan/", begins(preferences.memberships), name="memberships"),
    path("keanggotaan/<uuid:uuid>/", begins(preferences.membership), name="membership"),
    path("ruang-cetak/", begins(views.print_room), name="print_room"),
    path("naskah/<uuid:uuid>/", begins(views.document), name="document"),
    path("naskah/<uuid:uuid>/berkas/", begins(views.document_file), name="document_file"),
    path("pekerjaan/<uuid:uuid>/", begins(views.job), name="job"),
    path("pekerjaan/<uuid:uuid>/lagi/", begins(views.job_again), name="job_again"),
    path("kotak-keluar/<str:code>/", begins(views.outbox_list), name="outbox"),
    path("kotak-keluar/<str:code>/<uuid:uuid>/", begins(views.message), name="message"),
    path("kotak-keluar/<str:code>/<uuid:uuid>/undangan.ics", begins(views.calendar_file), name="calendar_file"),
    *unit_patterns,
]
