"""Papers: give a number, freeze, hash, store, supersede. Bytes are stored once, named by their SHA-256."""

import hashlib
import os
import tempfile
import time

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from . import catalogue, clock, jobs
from .ledger import canonical
from .models.documents import Document, StoredFile
from .models.jobs import Job


def digest(record):
    """SHA-256 (hex) of the canonical JSON of a frozen record."""
    return hashlib.sha256(canonical(record)).hexdigest()


def path_of(sha256):
    """Where the bytes with this digest lie. Raises ValueError for anything that is no SHA-256 in hex."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return settings.PORTAL_STORAGE / sha256[:2] / sha256[2:4] / sha256


def write_bytes(content):
    """Put the bytes on disk safely (temporary file, fsync, rename) and return their digest."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if path.exists() and path.stat().st_size == len(content):
        os.utime(path)
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256


def register(sha256, size, media_type):
    """The row of bytes that lie on disk."""
    stored, _made = StoredFile.objects.get_or_create(sha256=sha256, defaults={"size": size, "media_type": media_type})
    return stored


def store(content, media_type):
    """Write the bytes and register them."""
    return register(write_bytes(content), len(content), media_type)


def read(stored):
    """The bytes of a StoredFile, checked. Raises OSError when they are gone or were changed on disk."""
    content = path_of(stored.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise OSError(_("Berkas di penyimpanan tidak lagi sama dengan yang disimpan."))
    return content


def issue(kind, *, about_kind, about, record, title, by, number="", access="closed", draft=False, released_at=None):
    """Freeze ``record`` as a document of the thing ``about`` and ask the worker for its paper.

    ``released_at``: since when its reader above may know it, default since the thing itself was released.

    The same record again gives the document that is there; another one supersedes the earlier of that kind.
    """
    organisation = about.organisation
    frozen = digest(record)
    document, made = Document.objects.get_or_create(
        about=about.uuid,
        kind=kind,
        digest=frozen,
        draft=draft,
        defaults={
            "organisation": organisation,
            "about_kind": about_kind,
            "record": record,
            "title": title[:200],
            "number": number,
            "classification": record.get("classification", ""),
            "access": access,
            "created_by": by,
            "delivered_to": getattr(about, "delivered_to", None),  # a part of a thing is delivered with the whole
            "released_at": released_at or getattr(about, "released_at", None),
        },
    )
    if made or document.superseded_by_id:
        # Also an earlier record that is issued again holds again.
        Document.objects.filter(about=about.uuid, kind=kind, superseded_by=None).exclude(pk=document.pk).update(
            superseded_by=document
        )
        Document.objects.filter(pk=document.pk).exclude(superseded_by=None).update(superseded_by=None)
    if document.file_id is None:
        jobs.ask("paper", str(document.uuid), organisation, by=by, document=str(document.uuid))
    return document


def withdraw(about, kinds):
    """Mark the papers of these kinds about a thing as withdrawn: what they say is no longer put forward."""
    Document.objects.filter(about=about.uuid, kind__in=kinds, superseded_by=None, withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )


def make_paper(job):
    """The work of a ``paper`` job: build the bytes, write them, and return what stores the row."""
    document = Document.objects.get(uuid=job.payload["document"])
    content = catalogue.paper(document.kind).build(document)
    sha256 = write_bytes(content)

    def keep():
        stored = register(sha256, len(content), "application/pdf")
        Document.objects.filter(pk=document.pk, file=None).update(file=stored, made_at=clock.now())

    return keep


def readable_by(user, documents=None):
    """Documents whose content ``user`` may read, as each kind's app says."""
    documents = Document.objects.visible_to(user) if documents is None else documents
    allowed = Q(pk__in=[])
    for declared in catalogue.kinds().values():
        if declared.readable_documents:
            allowed |= Q(about_kind=declared.name) & declared.readable_documents(user)
    return documents.filter(allowed)


def job_of(document):
    """The job that makes this document's paper, or None."""
    return Job.objects.filter(kind="paper", key=str(document.uuid)).first()


def sweep(older_than=86400):
    """Remove bytes that no row names, a day after they were written. Returns how many."""
    removed = 0
    if not settings.PORTAL_STORAGE.exists():
        return removed
    for path in settings.PORTAL_STORAGE.glob("??/??/*"):
        if _age(path) < older_than:
            continue
        with transaction.atomic():
            # The age once more: the same bytes may have been written again in between.
            if not StoredFile.objects.filter(sha256=path.name).exists() and _age(path) >= older_than:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _age(path):
    """Seconds since the file was written; 0 for one that was renamed or removed meanwhile."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0
