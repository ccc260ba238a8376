"""The story that the walks over the whole site stand on: a pleno at every stage, people and papers of every kind."""

import datetime
import io

import pytest
from PIL import Image

from bawaslu_portal.kernel import clock

with io.BytesIO() as _drawn:
    Image.new("RGB", (8, 8), "maroon").save(_drawn, "PNG")
    PNG = _drawn.getvalue()


@pytest.fixture
def story(cast):
    """Kota Kendari with a pleno at every stage, one a week, and what only some units have: a logo, a suspended
    member, open links, a paper that is made and one that failed."""
    from plenos.tests import factories

    plenos = {}
    for n, (stage, make) in enumerate(factories.STAGES.items()):
        plenos[stage] = make(cast, when=factories.WHEN + datetime.timedelta(weeks=n))
    tell_of_plenos(cast, plenos, factories)
    tell_of_preparing(cast, plenos["draft"], factories)
    tell_of_papers()
    tell_of_people(cast)
    return cast


def tell_of_plenos(cast, plenos, factories):
    """A guest, a decision and a deferred item in the open one, scans, a hand signature, one ready to be ratified."""
    from plenos import lifecycle

    lifecycle.add_guest(plenos["draft"], by=cast.secretary, name="Camat Kadia", title="Kecamatan Kadia")
    now = plenos["open"].opened_at + datetime.timedelta(minutes=30)
    with clock.at(now):
        lifecycle.decide(factories.item_of(plenos["open"], 1), by=cast.secretary, category="plan", text="Menyetujui.")
        lifecycle.defer(factories.item_of(plenos["open"], 2), by=cast.secretary, reason="Menunggu data.")
    signing = plenos["signing"]
    with clock.at(signing.closed_at + datetime.timedelta(hours=3)):
        lifecycle.add_scan(signing, by=cast.secretary, file=factories.stored_scan(), caption="Daftar hadir")
        lifecycle.sign_by_hand(
            signing,
            by=cast.secretary,
            attendee=factories.row_of(signing, cast.member),
            scan=factories.stored_scan(),
            signed_on=signing.closed_at.date(),
        )
    ready = factories.make_signing(cast, when=factories.WHEN + datetime.timedelta(weeks=20))
    factories.sign_all(ready)


def tell_of_preparing(cast, draft, factories):
    """What an earlier pleno put off (one carried into the draft), an inbox, a standing agenda, minutes to approve."""
    from plenos import intake, lifecycle

    earlier = factories.make_open(cast, when=factories.WHEN - datetime.timedelta(weeks=2), agenda=["Satu", "Dua"])
    with clock.at(earlier.opened_at + datetime.timedelta(minutes=30)):
        for item in earlier.items.all():
            lifecycle.defer(item, by=cast.secretary, reason="Menunggu data.")
        lifecycle.close(earlier, by=cast.secretary)
    lifecycle.carry_over(draft, by=cast.secretary, origin=factories.item_of(earlier, 1))
    lifecycle.template.add(cast.unit, by=cast.secretary, title="Doa pembuka")
    intake.ask_follow_up(cast.unit, by=cast.province, asking=cast.province_unit, label="Lengkapi rekapitulasi")
    intake.propose(cast.unit, by=cast.member, label="Jadwal piket posko", summary="Petugas belum ditetapkan.")
    approval = {"title": "Persetujuan risalah pleno sebelumnya", "standing_kind": "approval"}
    factories.make_open(cast, when=factories.WHEN + datetime.timedelta(weeks=21), agenda=[approval, "Lain-lain"])


def tell_of_papers():
    """One paper is made, another failed."""
    from bawaslu_portal.kernel.models import Document, Job
    from plenos.tests import factories

    made, failed = Document.objects.filter(superseded_by=None).order_by("pk")[:2]
    Document.objects.filter(pk=made.pk).update(file=factories.stored_scan(), made_at=clock.now())
    Job.objects.filter(key=str(made.uuid)).update(state="done")
    Job.objects.filter(key=str(failed.uuid)).update(state="failed", error="Naskah terlalu besar untuk dibuat.")


def tell_of_people(cast):
    """Two seats in one person, a newcomer with an open link, a reset that waits, a suspension, a logo."""
    from bawaslu_portal.kernel import access_links, organisations, suspensions
    from bawaslu_portal.kernel.models import Membership
    from bawaslu_portal.kernel.tests.factories import make_person

    make_person(cast.unit, "staff", "Staf perbantuan", email=cast.member.email)
    newcomer = make_person(cast.unit, "staff", "Staf Baru")
    newcomer.set_unusable_password()
    newcomer.save()
    access_links.issue(newcomer, cast.unit, "invitation", by=cast.administrator)
    access_links.issue(cast.members[2], cast.unit, "reset", by=cast.administrator, reason="Lupa kata sandi")
    seat = Membership.objects.get(organisation=cast.unit, role="member", order=5)
    suspensions.suspend(seat, reason="Putusan DKPP", by=cast.administrator)
    logo = organisations.store_logo(organisations.clean_logo(PNG))
    organisations.change_setting(
        cast.unit, "letterhead.logo", logo, since=datetime.date(2024, 1, 1), source="uji", by=cast.administrator
    )
