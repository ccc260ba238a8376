"""The site itself as a Django app, so that its management commands (demo, ...) are found."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "bawaslu_portal"
    label = "portal"
    verbose_name = "Portal Bawaslu"
