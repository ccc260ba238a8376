"""The kernel: what every app stands on. It knows no app and no business word."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "bawaslu_portal.kernel"
    label = "kernel"
    verbose_name = "Kernel"

    def ready(self):
        from . import catalogue

        catalogue.load()
