"""Verbs that belong to no thing with a lifecycle ask for the permission themselves; small refusals of shared pages."""

import datetime
import os
import time

import pytest
from django.urls import reverse

from bawaslu_portal.kernel import catalogue, clock, documents, jobs, members, numbering, scope, settings_store
from bawaslu_portal.kernel.lifecycle import NotPermitted, Transition, advance
from bawaslu_portal.kernel.models import Job, Membership, NumberUse
from bawaslu_portal.kernel.tests.factories import make_person
from plenos.tests.factories import make_draft

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 2)
OTHERS = ["staff", "member", "province", "neighbour", "outsider"]


class TestPermissions:
    @pytest.mark.parametrize("who", OTHERS)
    def test_the_register_of_numbers(self, cast, who):
        by, kind = getattr(cast, who), next(p.name for p in catalogue.papers() if p.numbered)
        use = numbering.reserve(cast.unit, kind, 3, day=DAY, by=cast.secretary, reason="Surat luar")
        with pytest.raises(NotPermitted):
            numbering.set_next(cast.unit, use.series, 2026, 9, by=by)
        with pytest.raises(NotPermitted):
            numbering.reserve(cast.unit, kind, 4, day=DAY, by=by, reason="Surat luar")
        with pytest.raises(NotPermitted):
            numbering.cancel(use, by=by, reason="Salah")
        assert NumberUse.objects.get().state == "reserved"
        numbering.cancel(use, by=cast.secretary, reason="Salah")

    @pytest.mark.parametrize("who", [*OTHERS, "chair", "secretary"])
    def test_settings(self, cast, who):
        facts = {"since": DAY, "source": "uji"}
        with pytest.raises(NotPermitted):
            settings_store.change(cast.unit, "paper.size", "F4", by=getattr(cast, who), **facts)
        settings_store.change(cast.unit, "paper.size", "F4", by=cast.province_administrator, **facts)


def failed_paper(cast):
    """The job of an open paper of a pleno, asked for by the note-taker, that failed."""
    pleno = make_draft(cast)
    paper = documents.issue(
        "plenos.undangan", about_kind="pleno", about=pleno, record={"a": 1}, title="Undangan", by=cast.secretary
    )
    job = documents.job_of(paper)
    Job.objects.filter(pk=job.pk).update(state="failed", error="OSError: /var/lib/portal/logo.png")
    return paper, Job.objects.get(pk=job.pk)


class TestJobs:
    def test_another_reader_tries_again_and_the_work_stays_where_it_was_asked(self, cast, sign_in, client):
        paper, job = failed_paper(cast)
        address = reverse("kernel:job_again", args=[job.uuid])
        assert sign_in(cast.neighbour).post(address).status_code == 404
        assert sign_in(cast.outsider).post(address).status_code == 404
        answer = sign_in(cast.chair).post(address)
        assert answer["Location"] == reverse("kernel:document", args=[paper.uuid])
        assert Job.objects.get(pk=job.pk).asked_by == cast.secretary
        assert sign_in(cast.secretary).get(reverse("kernel:job", args=[job.uuid])).status_code == 200

    def test_who_may_not_read_the_paper_may_not_ask_again(self, cast):
        _paper, job = failed_paper(cast)
        with pytest.raises(NotPermitted):
            jobs.try_again(job, by=cast.outsider)

    def test_a_reader_is_not_shown_what_an_exception_said(self, cast, sign_in):
        paper, job = failed_paper(cast)
        client = sign_in(cast.secretary)
        for address in (reverse("kernel:job", args=[job.uuid]), reverse("kernel:document", args=[paper.uuid])):
            page = client.get(address).content.decode()
            assert "/var/lib" not in page
            assert "operator" in page
        Job.objects.filter(pk=job.pk).update(error="Logo bukan gambar.")
        assert "Logo bukan gambar." in client.get(reverse("kernel:job", args=[job.uuid])).content.decode()

    def test_the_desk_forgets_papers_that_may_not_be_read_any_more(self, cast):
        failed_paper(cast)
        assert [job.label for job in catalogue.papers_in_making(cast.secretary)] == ["Undangan"]
        Membership.objects.filter(user=cast.secretary).update(until=clock.now())
        assert catalogue.papers_in_making(cast.secretary) == []


class TestPages:
    @pytest.mark.parametrize("year", ["²", "٢٠٢٦", "9" * 5000])
    def test_a_year_that_is_none_is_no_error(self, cast, sign_in, year):
        page = sign_in(cast.secretary).get(reverse("kernel:numbering", args=[cast.unit.code]), {"tahun": year})
        assert page.status_code == 200

    def invitation(self, email, role="staff"):
        facts = {"name": "Nama", "email": email, "role": role, "order": "1", "since": "2026-01-05"}
        return {**facts, "language": "id", "channel": "link"}

    def test_one_from_elsewhere_is_offered_the_post(self, cast, sign_in, client):
        address = reverse("kernel:person_invite", args=[cast.unit.code])
        sign_in(cast.administrator)
        page = client.post(address, self.invitation(cast.outsider.email), follow=True).content.decode()
        assert "/masuk/tautan/" in page
        assert not Membership.objects.filter(user=cast.outsider, organisation=cast.unit).exists()
        assert "Menunggu diterima" in client.get(reverse("kernel:people", args=[cast.unit.code])).content.decode()
        use = page.split("/masuk/tautan/")[1].split('"')[0]
        client.logout()
        shown = client.get(f"/masuk/tautan/{use}")
        assert cast.unit.name in shown.content.decode()
        assert client.post(f"/masuk/tautan/{use}", {"password": "salah"}).status_code == 422
        assert client.post(f"/masuk/tautan/{use}", {"password": "sandi-uji-portal"}).status_code == 302
        assert Membership.objects.filter(user=cast.outsider, organisation=cast.unit, role="staff").exists()

    def test_one_who_waits_for_the_link_of_his_home_is_placed_without_another(self, cast, sign_in):
        newcomer = make_person(cast.province_unit, "staff", "Baru")
        newcomer.set_unusable_password()
        newcomer.save()
        members.invite(cast.unit, email=newcomer.email, name="", role="staff", by=cast.province_administrator)
        answer = sign_in(cast.administrator).post(
            reverse("kernel:person_invite", args=[cast.unit.code]), self.invitation(newcomer.email, "note_taker")
        )
        assert answer.status_code == 302
        assert Membership.objects.filter(user=newcomer, organisation=cast.unit, role="note_taker").exists()


def test_rights_are_asked_anew_after_the_lock(cast):
    """A seat that ended while the row was waited for gives no right, whatever the request had found before."""
    pleno = make_draft(cast)
    step = Transition("uji", frozenset({pleno.state}), None, lambda user, thing: bool(scope.own_units(user)))
    cast.chair.scope_cache = {}
    assert scope.own_units(cast.chair)
    Membership.objects.filter(user=cast.chair).update(until=clock.now())
    assert scope.own_units(cast.chair), "within one request it is asked once"
    with pytest.raises(NotPermitted), advance(step, pleno, by=cast.chair):
        pass


def test_the_sweep_goes_on_past_a_file_that_was_renamed_meanwhile(tmp_path, settings, monkeypatch):
    settings.PORTAL_STORAGE = tmp_path
    folder = tmp_path / "ab" / "cd"
    folder.mkdir(parents=True)
    gone, old = folder / ".part-1", folder / ("ab" * 32)
    old.write_bytes(b"x")
    os.utime(old, (time.time() - 90000,) * 2)
    monkeypatch.setattr(type(tmp_path), "glob", lambda self, pattern: iter([gone, old]))
    assert documents.sweep() == 1
    assert not old.exists()
