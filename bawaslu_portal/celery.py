"""The entrance of the Celery worker and of beat. No rules live here.

Redis holds no truth: a message carries only the id of a Job row (see ``kernel.jobs``).
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bawaslu_portal.settings")

app = Celery("bawaslu_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_max_memory_per_child=400_000,  # KiB
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry_on_timeout": False},
    broker_connection_timeout=1.0,
    beat_schedule={
        "reconcile": {"task": "kernel.reconcile", "schedule": 15.0, "options": {"expires": 15}},
        "heartbeat": {"task": "kernel.heartbeat", "schedule": 15.0, "options": {"expires": 15}},
        "mail": {"task": "kernel.send_mail", "schedule": 60.0, "options": {"expires": 60}},
        "digest": {"task": "kernel.digest", "schedule": 1800.0, "options": {"expires": 1800}},
        "duties": {"task": "kernel.duties", "schedule": 3600.0, "options": {"expires": 3600}},
        "sweep": {"task": "kernel.sweep", "schedule": 86400.0, "options": {"expires": 3600}},
    },
)
app.autodiscover_tasks(["bawaslu_portal.kernel", "plenos", "workprograms", "supervision"])
