from django.apps import AppConfig


class PlenosConfig(AppConfig):
    """The weekly plenary of every body: from the invitation to the delivered minutes."""

    name = "plenos"
