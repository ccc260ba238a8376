"""Papers: frozen once, stored once, superseded and never overwritten; changed bytes are noticed."""

import os
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from bawaslu_portal.kernel import catalogue, documents, guards, jobs, uploads
from bawaslu_portal.kernel.models import Document, Job, StoredFile
from plenos.tests.factories import make_draft

KIND = "plenos.undangan"


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.PORTAL_STORAGE = tmp_path / "storage"


@pytest.fixture
def issue(cast):
    pleno = make_draft(cast)

    def _issue(text, **facts):
        facts = {"number": "1/RT.02", "title": "Undangan", **facts}
        return documents.issue(KIND, about_kind="pleno", about=pleno, record={"text": text}, by=cast.secretary, **facts)

    return _issue


def test_a_record_is_frozen_and_its_paper_asked_for_once(issue):
    document = issue("satu")
    assert document.digest == documents.digest({"text": "satu"})
    assert document.organisation.code == "74.71"
    assert issue("satu") == document
    assert Document.objects.count() == 1
    assert Job.objects.filter(kind="paper", key=str(document.uuid)).count() == 1


def test_the_digest_does_not_hang_on_the_order_of_words():
    assert documents.digest({"a": 1, "b": [1, 2]}) == documents.digest({"b": [1, 2], "a": 1})
    assert documents.digest({"a": 1, "b": [1, 2]}) != documents.digest({"a": 1, "b": [2, 1]})


def test_another_record_supersedes_and_leaves_the_earlier_as_it_was(issue):
    first, second = issue("satu"), issue("dua")
    first.refresh_from_db()
    assert first.superseded_by == second
    assert first.record == {"text": "satu"}
    assert second.superseded_by is None


def test_the_first_record_again_holds_again(issue):
    first, second = issue("satu"), issue("dua")
    assert issue("satu") == first
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.superseded_by, second.superseded_by) == (None, first)


@pytest.mark.parametrize(
    "change",
    [
        "record = '{}'",
        "digest = repeat('0', 64)",
        "number = '2'",
        "title = 'x'",
        "access = 'open'",
        "kind = 'x'",
        "about_kind = 'x'",
        "classification = 'x'",
        "delivered_to_id = organisation_id",
        "released_at = now()",
    ],
)
def test_the_database_refuses_to_change_what_is_frozen(issue, change):
    document = issue("satu")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(IntegrityError, match="superseded, never changed"), transaction.atomic():
            cursor.execute(f"UPDATE kernel_document SET {change} WHERE id = %s", [document.pk])  # noqa: S608
        with pytest.raises(IntegrityError, match="never removed"), transaction.atomic():
            cursor.execute("DELETE FROM kernel_document WHERE id = %s", [document.pk])


@pytest.mark.parametrize("change", ["superseded_by_id = id", "withdrawn_at = now()", "released_at = NULL"])
def test_what_was_released_stands(issue, cast, change):
    document = issue("satu")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.lift(cursor)
        cursor.execute("UPDATE kernel_document SET released_at = now() WHERE id = %s", [document.pk])
        guards.restore(cursor)
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(IntegrityError, match="superseded, never changed"), transaction.atomic():
            cursor.execute(f"UPDATE kernel_document SET {change} WHERE id = %s", [document.pk])  # noqa: S608


def test_a_paper_once_made_keeps_its_file(issue):
    document = issue("satu")
    Document.objects.filter(pk=document.pk).update(file=documents.store(b"%PDF-1", "application/pdf"))
    other = documents.store(b"%PDF-2", "application/pdf")
    for file in (other, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(file=file)


def test_a_paper_made_twice_is_stored_once(issue, monkeypatch):
    document = issue("satu")
    job = Job.objects.get(key=str(document.uuid))
    monkeypatch.setitem(
        catalogue._papers,
        KIND,
        catalogue.PaperKind(KIND, "x", "RT.02", lambda d: f"%PDF- {d.record['text']} {time.monotonic_ns()}".encode()),
    )
    keep_first, keep_second = documents.make_paper(job), documents.make_paper(job)
    keep_first()
    keep_second()
    document.refresh_from_db()
    first = document.file
    assert documents.read(first).startswith(b"%PDF- satu")
    assert document.made_at is not None


def test_the_same_bytes_are_stored_once():
    sha256 = documents.write_bytes(b"sama")
    path = documents.path_of(sha256)
    before = path.stat().st_ino
    assert documents.write_bytes(b"sama") == sha256
    assert path.stat().st_ino == before
    assert [p.name for p in path.parent.iterdir()] == [sha256]


def test_one_row_for_the_same_bytes(db):
    assert documents.store(b"sama", "text/plain") == documents.store(b"sama", "text/plain")
    assert StoredFile.objects.count() == 1


def test_a_write_that_failed_half_way_leaves_nothing(monkeypatch):
    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="full"):
        documents.write_bytes(b"setengah")
    assert [p for p in documents.settings.PORTAL_STORAGE.rglob("*") if p.is_file()] == []


def test_a_half_written_file_is_written_again():
    sha256 = documents.write_bytes(b"seluruh isi")
    documents.path_of(sha256).write_bytes(b"selu")
    documents.write_bytes(b"seluruh isi")
    assert documents.path_of(sha256).read_bytes() == b"seluruh isi"


def test_changed_bytes_are_noticed_when_they_are_read(db):
    stored = documents.store(b"naskah asli", "application/pdf")
    documents.path_of(stored.sha256).write_bytes(b"naskah palsu")
    with pytest.raises(OSError, match="tidak lagi sama"):
        documents.read(stored)
    documents.path_of(stored.sha256).unlink()
    with pytest.raises(OSError, match="No such file"):
        documents.read(stored)


@pytest.mark.parametrize("name", ["../../etc/passwd", "0" * 63, "g" * 64, "A" * 64])
def test_only_a_digest_names_a_file(name):
    with pytest.raises(ValueError, match="SHA-256"):
        documents.path_of(name)


def test_the_sweep_takes_old_bytes_that_no_row_names_and_nothing_else(db):
    kept = documents.store(b"dipakai", "text/plain")
    orphan, fresh = documents.write_bytes(b"yatim"), documents.write_bytes(b"baru")
    part = documents.path_of(orphan).with_name(".part-sisa")
    part.write_bytes(b"sisa")
    old = time.time() - 90000
    for path in (documents.path_of(kept.sha256), documents.path_of(orphan), part):
        os.utime(path, (old, old))
    assert documents.sweep() == 2
    assert documents.read(kept) == b"dipakai"
    assert documents.path_of(fresh).exists()
    assert not documents.path_of(orphan).exists()
    assert documents.sweep() == 0


def test_old_bytes_that_are_written_again_are_not_swept(db):
    orphan = documents.write_bytes(b"yatim")
    old = time.time() - 90000
    os.utime(documents.path_of(orphan), (old, old))
    documents.write_bytes(b"yatim")
    assert documents.sweep() == 0


def test_a_job_without_its_paper_kind_fails_with_a_reason(issue, monkeypatch):
    document = issue("satu")

    def broken(_document):
        raise jobs.JobStopped("Kop surat memuat gambar yang rusak.")

    monkeypatch.setitem(catalogue._papers, KIND, catalogue.PaperKind(KIND, "x", "RT.02", broken))
    monkeypatch.setitem(catalogue._jobs, "paper", catalogue.JobKind("paper", "x", documents.make_paper))
    jobs.run(documents.job_of(document).pk)
    job = documents.job_of(document)
    assert (job.state, job.attempt, job.error) == ("failed", 1, "Kop surat memuat gambar yang rusak.")


# --- what people upload --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.pdf", b"MZ\x90\x00"),
        ("halaman.pdf", b"<html><script>"),
        ("naskah.exe", b"%PDF-1.7"),
        ("potret.png", b"%PDF-1.7"),
        ("potret.png", b"\x89PNG\r\n\x1a\n rusak"),
        ("kosong.pdf", b""),
    ],
)
def test_a_wrong_upload_is_refused_in_words(name, content):
    with pytest.raises(ValidationError):
        uploads.read_scan(SimpleUploadedFile(name, content))


def test_a_scan_is_given_out_as_an_attachment_that_runs_nothing(db):
    content, kind = uploads.read_scan(SimpleUploadedFile("pindaian.pdf", b"%PDF-1.7 isi"))
    answer = uploads.attachment(documents.store(content, kind), "pindaian.pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
