"""Table of contents of the site. Every view begins its transaction by ``db.begins``."""

from django.contrib import admin
from django.urls import include, path

from bawaslu_portal import health, views
from bawaslu_portal.kernel.db import begins

urlpatterns = [
    path("", begins(views.desk), name="desk"),
    path("sehat/", health.health, name="health"),
    path("", include("bawaslu_portal.kernel.account_urls")),
    path("", include("bawaslu_portal.kernel.urls")),
    path("pleno/", include("plenos.urls")),
    path("operator/", admin.site.urls),
]

handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
