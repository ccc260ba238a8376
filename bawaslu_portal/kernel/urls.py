"""Addresses of the kernel's pages."""

from django.urls import path

from . import views
from .db import begins

app_name = "kernel"

urlpatterns = [
    path("ruang-cetak/", begins(views.print_room), name="print_room"),
    path("naskah/<uuid:uuid>/", begins(views.document), name="document"),
    path("naskah/<uuid:uuid>/berkas/", begins(views.document_file), name="document_file"),
    path("pekerjaan/<uuid:uuid>/", begins(views.job), name="job"),
    path("pekerjaan/<uuid:uuid>/lagi/", begins(views.job_again), name="job_again"),
    path("kotak-keluar/<str:code>/", begins(views.outbox), name="outbox"),
    path("kotak-keluar/<str:code>/<uuid:uuid>/", begins(views.message), name="message"),
]
