"""Addresses of the pages that administer a unit; part of the namespace ``kernel``."""

from django.urls import path

from . import unit_views as views
from .db import begins


def at(route, view, name):
    return path(route, begins(view), name=name)


UNIT = "unit/<str:code>/"
urlpatterns = [
    at("unit/", views.units, "units"),
    at(UNIT, views.unit, "unit"),
    at(UNIT + "nama/", views.unit_rename, "unit_rename"),
    at(UNIT + "orang/", views.people, "people"),
    at(UNIT + "orang/undang/", views.person_invite, "person_invite"),
    at(UNIT + "orang/plt/", views.chair_acting, "chair_acting"),
    at(UNIT + "orang/<uuid:uuid>/", views.person, "person"),
    at(UNIT + "orang/<uuid:uuid>/perbaiki/", views.person_correct, "person_correct"),
    at(UNIT + "orang/<uuid:uuid>/pos-el/", views.person_email, "person_email"),
    at(UNIT + "orang/<uuid:uuid>/keanggotaan/", views.membership_add, "membership_add"),
    at(UNIT + "orang/<uuid:uuid>/undangan/", views.link_invite, "link_invite"),
    at(UNIT + "orang/<uuid:uuid>/setel-ulang/", views.link_reset, "link_reset"),
    at(UNIT + "keanggotaan/<uuid:uuid>/akhiri/", views.membership_end, "membership_end"),
    at(UNIT + "keanggotaan/<uuid:uuid>/ganti/", views.membership_replace, "membership_replace"),
    at(UNIT + "keanggotaan/<uuid:uuid>/pindah/", views.membership_move, "membership_move"),
    at(UNIT + "keanggotaan/<uuid:uuid>/henti-sementara/", views.membership_suspend, "membership_suspend"),
    at(UNIT + "henti-sementara/<uuid:uuid>/cabut/", views.suspension_lift, "suspension_lift"),
    at(UNIT + "tautan/<uuid:uuid>/", views.link, "link"),
    at(UNIT + "tautan/<uuid:uuid>/setujui/", views.link_approve, "link_approve"),
    at(UNIT + "tautan/<uuid:uuid>/batalkan/", views.link_revoke, "link_revoke"),
    at(UNIT + "impor/", views.people_import_upload, "people_import"),
    at(UNIT + "impor/ambil/", views.people_import_confirm, "people_import_confirm"),
    at(UNIT + "impor/templat/", views.people_import_template, "people_import_template"),
    at(UNIT + "divisi/", views.divisions, "divisions"),
    at(UNIT + "divisi/tambah/", views.division_add, "division_add"),
    at(UNIT + "divisi/<uuid:uuid>/perbaiki/", views.division_correct, "division_correct"),
    at(UNIT + "divisi/<uuid:uuid>/akhiri/", views.division_end, "division_end"),
    at(UNIT + "libur/", views.holiday_list, "holidays"),
    at(UNIT + "libur/tambah/", views.holiday_add, "holiday_add"),
    at(UNIT + "libur/impor/", views.holidays_import_upload, "holidays_import"),
    at(UNIT + "libur/impor/ambil/", views.holidays_import_confirm, "holidays_import_confirm"),
    at(UNIT + "libur/impor/templat/", views.holidays_import_template, "holidays_import_template"),
    at(UNIT + "libur/<uuid:uuid>/hapus/", views.holiday_remove, "holiday_remove"),
    at(UNIT + "pengaturan/", views.settings, "settings"),
    at(UNIT + "pengaturan/<str:key>/", views.setting, "setting"),
    at(UNIT + "kop/", views.letterhead, "letterhead"),
    at(UNIT + "kop/logo/", views.logo, "logo"),
    at(UNIT + "penomoran/", views.numbers, "numbering"),
    at(UNIT + "penomoran/berikutnya/", views.number_next, "number_next"),
    at(UNIT + "penomoran/tandai/", views.number_reserve, "number_reserve"),
    at(UNIT + "penomoran/<uuid:uuid>/batalkan/", views.number_cancel, "number_cancel"),
    at("profil/pos-el/", views.profile_email, "profile_email"),
    at("masuk/tautan/<str:secret>/", views.link_use, "link_use"),
]
