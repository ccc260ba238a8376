"""Postmen: each task calls one function and is safe to run twice."""

from celery import shared_task
from celery.signals import worker_ready
from django.core.management import call_command

from . import documents, duties, jobs, mail


@shared_task(name="kernel.run_job")
def run_job(job_id):
    jobs.run(job_id)


@shared_task(name="kernel.reconcile")
def reconcile():
    jobs.reconcile()


@shared_task(name="kernel.heartbeat")
def heartbeat():
    jobs.beat("worker")


@shared_task(name="kernel.send_mail")
def send_mail():
    mail.send_waiting()


@shared_task(name="kernel.digest")
def digest():
    call_command("digest")


@shared_task(name="kernel.duties")
def create_duties():
    duties.create_ahead()


@shared_task(name="kernel.sweep")
def sweep():
    documents.sweep()


@worker_ready.connect
def at_start(**_facts):
    """A worker that starts says so and looks for what was left."""
    jobs.beat("worker")
    jobs.reconcile()
