"""Files that hang on items, submissions and progress: who may add and remove them until when, and who reads them."""

import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from bawaslu_portal.kernel import clock, documents, ledger, uploads
from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import LedgerEntry
from plenos import lifecycle
from plenos.models import Attachment, FollowUp, Progress, Submission

from .factories import PDF, WHEN, item_of, lines, make_closed, make_draft, make_open, make_ratified, membership, words

pytestmark = pytest.mark.django_db
FILES = [(PDF, "application/pdf", "surat.pdf")]


def picture(size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG")
    return out.getvalue()


def upload(name="surat.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def attach(target, by, **facts):
    return lifecycle.attach(target, by=by, files=FILES, **facts)


def test_several_files_at_once_keep_their_order_date_and_digest(cast):
    pleno = make_draft(cast)
    two = [*FILES, (picture(), "image/jpeg", "foto.jpg")]
    lifecycle.attach(
        item_of(pleno), by=cast.secretary, files=two, caption=" Surat masuk ", dated=datetime.date(2024, 8, 1)
    )
    made = attach(item_of(pleno), cast.secretary)
    rows = list(item_of(pleno).attachments.all())
    assert [(r.name, r.order) for r in rows] == [("surat.pdf", 1), ("foto.jpg", 2), ("surat.pdf", 3)]
    assert [(r.caption, r.dated) for r in rows[:2]] == [("Surat masuk", datetime.date(2024, 8, 1))] * 2
    assert made[0].at.date() == clock.now().date()
    assert documents.read(rows[0].file) == PDF
    assert lines(pleno, "attach") == 2


def test_a_date_in_the_future_and_too_many_are_refused_and_leave_nothing(cast):
    pleno = make_draft(cast)
    with pytest.raises(ValidationError) as refused:
        attach(item_of(pleno), cast.secretary, dated=datetime.date(2090, 1, 1))
    assert "dated" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        lifecycle.attach(item_of(pleno), by=cast.secretary, files=FILES * 31)
    assert "files" in refused.value.message_dict
    assert not Attachment.objects.exists()
    assert lines(pleno, "attach") == 0


def test_caption_date_and_place_can_be_changed_until_the_minutes_are_put_up(cast):
    pleno = make_closed(cast)
    first, second = (attach(item_of(pleno), cast.secretary)[0] for _n in range(2))
    second.item.pleno = pleno
    lifecycle.describe(second, by=cast.secretary, caption="Peta", dated=datetime.date(2024, 8, 2), order=1)
    assert [a.pk for a in item_of(pleno).attachments.all()] == [second.pk, first.pk]
    assert (second.caption, second.order) == ("Peta", 1)
    with clock.at(pleno.closed_at):
        lifecycle.put_up(pleno, by=cast.secretary)
    with pytest.raises(TransitionRefused):
        lifecycle.describe(second, by=cast.secretary, caption="Lain")
    with pytest.raises(TransitionRefused):
        attach(item_of(pleno), cast.secretary)


def test_what_was_removed_leaves_a_line_with_its_digest_and_nothing_is_removed_after_closing(cast):
    pleno = make_open(cast)
    gone, kept = (attach(item_of(pleno), cast.secretary)[0] for _n in range(2))
    gone.item.pleno = kept.item.pleno = pleno
    lifecycle.detach(gone, by=cast.secretary)
    said = ledger.history_of(pleno)[-1]
    assert (said.sentence, said.facts["sha256"]) == ("menghapus satu lampiran", kept.file_id)
    assert "surat.pdf" not in str(said.facts)
    with pytest.raises(Conflict):
        lifecycle.detach(gone, by=cast.secretary)
    with clock.at(pleno.opened_at + datetime.timedelta(hours=1)):
        fates = [(item, "defer") for item in pleno.items.all()]
        lifecycle.close(pleno, by=cast.secretary, fates=fates, reason="Habis waktu.")
    with pytest.raises(TransitionRefused):
        lifecycle.detach(kept, by=cast.secretary)
    with pytest.raises(NotPermitted):
        attach(item_of(pleno), cast.member)


def submission(cast, by):
    return Submission.objects.create(
        organisation=cast.unit, asking=cast.unit, kind="plenos.proposal", label="Usul", by=by, at=WHEN
    )


def test_a_proposer_hangs_files_on_his_waiting_proposal_and_nobody_else_does(cast):
    mine = submission(cast, cast.staff)
    attach(mine, cast.staff, caption="Telaah")
    assert LedgerEntry.objects.filter(thing=str(mine.uuid), action="plenos.submission.attach").count() == 1
    with pytest.raises(NotPermitted):
        attach(mine, cast.secretary)
    Submission.objects.filter(pk=mine.pk).update(state="placed")
    with pytest.raises(TransitionRefused):
        attach(mine, cast.staff)
    assert mine.attachments.count() == 1


def progress(cast):
    pleno = make_open(cast)
    with clock.at(WHEN + datetime.timedelta(minutes=5)):
        due = {"what": "Susun", "responsible": membership(cast, cast.staff), "due": datetime.date(2024, 8, 23)}
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Setuju.", follow_ups=[due])
    follow_up = FollowUp.objects.get(pleno=pleno)
    return Progress.objects.create(organisation=cast.unit, follow_up=follow_up, text="Separuh.", by=cast.staff)


def test_who_wrote_the_progress_hangs_evidence_on_it_until_it_is_settled(cast):
    row = progress(cast)
    attach(row, cast.staff)
    assert LedgerEntry.objects.filter(action="plenos.follow_up.attach").count() == 1
    with pytest.raises(NotPermitted):
        attach(row, cast.secretary)
    FollowUp.objects.filter(pk=row.follow_up_id).update(state="done", settled_at=clock.now())
    with pytest.raises(TransitionRefused):
        attach(row, cast.staff)


def test_a_file_is_read_by_whoever_reads_what_it_hangs_on(cast, clients):
    pleno = make_open(cast)
    held = attach(item_of(pleno), cast.secretary)[0]
    proposal = attach(submission(cast, cast.staff), cast.staff)[0]
    pleno_open = make_ratified(cast, when=WHEN + datetime.timedelta(weeks=1), access="open")
    shown = Attachment.objects.create(
        organisation=cast.unit,
        item=make_open(cast, when=WHEN + datetime.timedelta(weeks=2), access="open").items.first(),
        file=held.file,
        name="terbuka.pdf",
        by=cast.secretary,
    )
    assert pleno_open.released_at

    def readers(attachment):
        address = reverse("plenos:attachment", args=[attachment.uuid])
        statuses = {role: client.get(address).status_code for role, client in clients.items()}
        assert set(statuses.values()) <= {200, 404}
        return {role for role, status in statuses.items() if status == 200}

    assert readers(held) == {"chair", "member", "note_taker", "head"}
    assert readers(shown) == {"chair", "member", "note_taker", "head", "staff"}
    assert readers(proposal) == {"chair", "member", "note_taker", "head", "staff"}


def test_a_photo_is_shown_and_a_paper_is_downloaded_and_neither_runs_anything(cast, clients):
    pleno = make_draft(cast)
    files = [*FILES, (picture(), "image/jpeg", "Foto lapangan.png")]
    paper, photo = lifecycle.attach(item_of(pleno), by=cast.secretary, files=files)
    answer = clients["note_taker"].get(reverse("plenos:attachment", args=[photo.uuid]))
    assert answer["Content-Disposition"].startswith('inline; filename="Foto lapangan.jpg"')
    assert "sandbox" in answer["Content-Security-Policy"]
    answer = clients["note_taker"].get(reverse("plenos:attachment", args=[paper.uuid]))
    assert answer["Content-Disposition"].startswith("attachment")


class TestPages:
    def send(self, client, pleno, *files, **facts):
        address = pleno.address("plenos:attachments", uuid=item_of(pleno).uuid)
        return client.post(address, {"request_key": "", "files": list(files), **facts})

    def test_several_files_are_kept_listed_and_named_without_a_caption(self, cast, clients):
        pleno = make_draft(cast)
        answer = self.send(clients["note_taker"], pleno, upload(), upload("foto.jpg", picture((3000, 2000))))
        assert answer.status_code == 302
        photo = item_of(pleno).attachments.get(order=2)
        assert Image.open(io.BytesIO(documents.read(photo.file))).size == (2000, 1333)
        page = words(clients["note_taker"].get(answer["Location"]))
        assert "foto.jpg" in page
        assert "belum ada keterangan" in page

    def test_a_photo_of_40_mb_is_refused_at_its_field_and_everything_typed_is_kept(self, cast, clients):
        pleno = make_draft(cast)
        large = upload("besar.jpg", picture() + b"\0" * (40 * uploads.MIB))
        answer = self.send(clients["note_taker"], pleno, upload(), large, caption="Surat camat", dated="2024-08-01")
        page = words(answer)
        assert answer.status_code == 422
        assert "besar.jpg: 40.0 MB terlalu besar; paling besar 20 MB" in page
        assert 'value="Surat camat"' in page
        assert 'value="2024-08-01"' in page
        assert not Attachment.objects.exists()

    def test_each_wrong_file_is_named_and_a_caption_that_is_too_long_is_kept(self, cast, clients):
        pleno = make_draft(cast)
        wrong = (upload("a.pdf", b"MZ"), upload("b.jpg", b"<html>"), upload())
        answer = self.send(clients["note_taker"], pleno, *wrong, caption="x" * 201)
        page = words(answer)
        assert answer.status_code == 422
        assert "a.pdf bukan PDF" in page
        assert "b.jpg bukan PDF" in page
        assert "x" * 201 in page
        assert self.send(clients["note_taker"], pleno).status_code == 422

    def test_caption_and_removal_by_their_pages(self, cast, clients):
        pleno, client = make_draft(cast), clients["note_taker"]
        row = attach(item_of(pleno), cast.secretary)[0]
        address = pleno.address("plenos:attachment_edit", uuid=row.uuid)
        assert "surat.pdf" in words(client.get(address))
        answer = client.post(address, {"caption": "Surat", "dated": "2090-01-01", "order": 1})
        assert (answer.status_code, 'value="Surat"' in words(answer)) == (422, True)
        assert client.post(address, {"caption": "Surat", "dated": "2024-01-01", "order": 1}).status_code == 302
        row.refresh_from_db()
        assert (row.caption, row.dated) == ("Surat", datetime.date(2024, 1, 1))
        assert clients["member"].get(address).status_code == 403
        assert client.post(pleno.address("plenos:attachment_remove", uuid=row.uuid)).status_code == 302
        assert client.get(address).status_code == 404

    def test_an_attachment_of_another_pleno_is_not_found_under_this_one(self, cast, clients):
        pleno, other = make_draft(cast), make_draft(cast, when=WHEN + datetime.timedelta(weeks=1))
        row = attach(item_of(pleno), cast.secretary)[0]
        assert clients["note_taker"].get(other.address("plenos:attachment_edit", uuid=row.uuid)).status_code == 404
