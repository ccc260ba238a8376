"""Gunicorn: processes with threads, since pages wait for the database more than they compute.

Used by script/server (which adds --bind) and by the systemd unit in this folder.
"""

import gc
import multiprocessing
import os

bind = "127.0.0.1:8000"
workers = max(2, min(multiprocessing.cpu_count(), 8))
threads = 4
worker_class = "gthread"
timeout = 30
graceful_timeout = 20
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = "127.0.0.1"
accesslog = None
errorlog = "-"
# Heartbeats must not wait for a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def post_worker_init(worker):
    """What was loaded at the start stays: the collector need not look through it, nor after every 700 new objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
