from django.apps import AppConfig


class WorkprogramsConfig(AppConfig):
    name = "workprograms"
