"""What is told in the story of ``conftest.story``, through the verbs: a unit in which everything has happened once."""

import datetime
import io

from PIL import Image

from bawaslu_portal.kernel import access_links, clock, duties, holidays, organisations, remarks, suspensions
from bawaslu_portal.kernel.models import Document, Duty, Job, Membership
from bawaslu_portal.kernel.tests.factories import make_person
from plenos import compliance, intake, lifecycle
from plenos.lifecycle import archiving, correcting, following
from plenos.tests import factories
from plenos.tests.factories import WHEN

MINUTE, HOUR, DAY = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1)
WEEK = 7 * DAY
# Three of five are there: a quorum, and fewer who sign.
FEW = {4: "ill", 5: "ill"}
# What the corrected minutes say instead: not a word of what they said.
INSTEAD = {"place": "Aula lantai dua", "items.0.title": "Hasil pengawasan logistik"}


def drawn(kind):
    """A small picture."""
    with io.BytesIO() as out:
        Image.new("RGB", (8, 8), "maroon").save(out, kind)
        return out.getvalue()


def tell_of_plenos(cast, plenos):
    """A guest, a decision and a deferred item in the open one, which somebody left; scans, a hand signature, drafts to
    be read, one ready to be ratified."""
    lifecycle.add_guest(plenos["draft"], by=cast.secretary, name="Camat Kadia", title="Kecamatan Kadia")
    held, closed, signing = plenos["open"], plenos["closed"], plenos["signing"]
    with clock.at(held.opened_at + 30 * MINUTE):
        lifecycle.decide(factories.item_of(held, 1), by=cast.secretary, category="plan", text="Menyetujui.")
        lifecycle.defer(factories.item_of(held, 2), by=cast.secretary, reason="Menunggu data.")
    with clock.at(held.opened_at + 40 * MINUTE):
        lifecycle.step_out(factories.row_of(held, cast.members[3]), by=cast.secretary)
    with clock.at(closed.closed_at + HOUR):
        lifecycle.print_draft(closed, by=cast.secretary)
    with clock.at(signing.closed_at + 3 * HOUR):
        lifecycle.add_scan(signing, by=cast.secretary, file=factories.stored_scan(), caption="Daftar hadir")
        lifecycle.sign_by_hand(
            signing,
            by=cast.secretary,
            attendee=factories.row_of(signing, cast.member),
            scan=factories.stored_scan(),
            signed_on=signing.closed_at.date(),
        )
    ready = factories.make_signing(cast, when=WHEN + 20 * WEEK)
    factories.sign_all(ready)


def tell_of_texts(cast, held):
    """Two wrote the notes of one item at once: the later text is kept beside the one that stands."""
    item = factories.item_of(held, 3)
    with clock.at(held.opened_at + 45 * MINUTE):
        lifecycle.write_notes(item, by=cast.secretary, text="Logistik dikirim lewat laut.", version=0)
        lifecycle.write_notes(item, by=cast.head, text="Penyaluran menunggu cuaca membaik.", version=0)


def tell_of_preparing(cast, draft):
    """What an earlier pleno put off (one carried into the draft), an inbox, a standing agenda, minutes to approve."""
    earlier = factories.make_open(cast, when=WHEN - 2 * WEEK, agenda=["Satu", "Dua"])
    with clock.at(earlier.opened_at + 30 * MINUTE):
        for item in earlier.items.all():
            lifecycle.defer(item, by=cast.secretary, reason="Menunggu data.")
        lifecycle.close(earlier, by=cast.secretary)
    lifecycle.carry_over(draft, by=cast.secretary, origin=factories.item_of(earlier, 1))
    lifecycle.template.add(cast.unit, by=cast.secretary, title="Doa pembuka")
    intake.ask_follow_up(cast.unit, by=cast.province, asking=cast.province_unit, label="Lengkapi rekapitulasi")
    intake.propose(cast.unit, by=cast.member, label="Jadwal piket posko", summary="Petugas belum ditetapkan.")
    agenda = [
        {"title": "Persetujuan risalah pleno sebelumnya", "standing_kind": "approval"},
        {"title": "Tindak lanjut pleno sebelumnya", "standing_kind": "follow_ups"},
    ]
    factories.make_open(cast, when=WHEN + 21 * WEEK, agenda=agenda)


def tell_of_files(cast, draft, held):
    """A letter on an item of the draft, a letter and a photo on the one that is being discussed."""
    letter, photo = (factories.PDF, "application/pdf", "surat-camat.pdf"), (drawn("JPEG"), "image/jpeg", "posko.jpg")
    lifecycle.attach(factories.item_of(draft, 1), by=cast.secretary, files=[letter], caption="Surat Camat Kadia")
    with clock.at(held.opened_at + 50 * MINUTE):
        lifecycle.attach(factories.item_of(held, 3), by=cast.secretary, files=[letter, photo])


def tell_of_corrections(cast, ratified, followed):
    """Minutes that were corrected once, that are being corrected, whose correction is put up, or stands confirmed."""
    factories.make_corrected(cast, ratified, changes=INSTEAD)
    worded, put_up = (
        factories.make_ratified(cast, when=WHEN - n * WEEK, agenda=["Laporan"], exceptions=FEW) for n in (3, 4)
    )
    factories.make_correction(cast, worded, changes=INSTEAD)
    waiting = factories.make_put_up_correction(cast, put_up, changes=INSTEAD)
    with clock.at(put_up.closed_at + 3 * DAY + HOUR):
        attendee, signed_on = factories.row_of(put_up, cast.member), clock.today(cast.unit)
        scan = factories.stored_scan()
        correcting.sign_by_hand(waiting, by=cast.secretary, attendee=attendee, scan=scan, signed_on=signed_on)
    factories.sign_version(factories.make_put_up_correction(cast, followed, changes=INSTEAD))


def tell_of_follow_ups(cast):
    """One noted with evidence, one reported done, one of a division, all of one decision; gives its ratified pleno."""
    pleno = factories.make_open(cast, when=WHEN - 5 * WEEK, agenda=["Jadwal pengawasan"], exceptions=FEW)
    doer, due = factories.membership(cast, cast.member), pleno.opened_at.date() + WEEK
    given = [
        {"what": "Menyusun jadwal piket", "responsible": doer, "due": due},
        {"what": "Menyurati camat", "responsible": doer, "due": due},
        {"what": "Memindai daftar hadir", "division": doer.division, "due": due},
    ]
    facts = {"category": "plan", "text": "Menetapkan jadwal.", "follow_ups": given}
    with clock.at(pleno.opened_at + 30 * MINUTE):
        lifecycle.decide(factories.item_of(pleno), by=cast.secretary, **facts)
        lifecycle.close(pleno, by=cast.secretary)
    with clock.at(pleno.closed_at + HOUR):
        lifecycle.put_up(pleno, by=cast.secretary)
    factories.sign_all(pleno)
    with clock.at(pleno.closed_at + DAY):
        lifecycle.ratify(pleno, by=pleno.chair.user)
        noted, reported, _of_division = pleno.follow_ups.order_by("pk")
        evidence = [(drawn("JPEG"), "image/jpeg", "jadwal.jpg")]
        following.note_progress(noted, by=cast.member, text="Separuh sudah disusun.", files=evidence)
        following.report_done(reported, by=cast.member, text="Surat sudah dikirim.")
    return pleno


def tell_of_weeks(cast):
    """The three weeks before this one: nothing said of the first, the second asked about, the last declared without."""
    this = duties.monday_of(clock.now().date())
    duties.ensure([cast.unit], this - 3 * WEEK, this)
    held = Duty.objects.filter(organisation=cast.unit, kind=compliance.HELD_DUTY).order_by("begins")
    _silent, asked, declared = held[:3]
    remarks.say("duty", asked, by=cast.province, text="Mengapa minggu ini tanpa pleno?", kind=remarks.ASKED)
    lifecycle.declare_none(declared, by=cast.secretary, reason="Banjir di jalan poros.")


def tell_of_archive(cast):
    """Minutes of an earlier year, open ones and closed ones."""
    scan = factories.stored_scan()
    row = {"dated": "2019-12-31", "decisions": "Menetapkan laporan kearsipan.", "sha256": scan.pk, "size": scan.size}
    rows = [
        {**row, "number": "12/BA/2019", "title": "Pleno akhir tahun", "access": "open"},
        {**row, "number": "13/BA/2019", "title": "Pleno pembinaan pegawai", "access": "closed"},
    ]
    archiving.bring_in(cast.unit, rows, by=cast.secretary, stated=True)


def tell_of_holidays(cast):
    """A closure of the unit and a holiday of its province, today."""
    today = clock.today(cast.unit)
    holidays.add(cast.unit, kind=holidays.CLOSURE, first=today, name="Pindah kantor", by=cast.secretary)
    by = cast.province_administrator
    holidays.add(cast.province_unit, kind=holidays.HOLIDAY, first=today, name="Hari jadi provinsi", by=by)


def tell_of_papers():
    """One paper is made, another failed; the drafts are made."""
    made, failed = Document.objects.filter(superseded_by=None, draft=False).order_by("pk")[:2]
    ready = [made, *Document.objects.filter(draft=True)]
    Document.objects.filter(pk__in=[paper.pk for paper in ready]).update(
        file=factories.stored_scan(), made_at=clock.now()
    )
    Job.objects.filter(key__in=[str(paper.uuid) for paper in ready]).update(state="done")
    Job.objects.filter(key=str(failed.uuid)).update(state="failed", error="Naskah terlalu besar untuk dibuat.")


def tell_of_people(cast):
    """Two seats in one person, a newcomer with an open link, a reset that waits, a suspension, a logo."""
    make_person(cast.unit, "staff", "Staf perbantuan", email=cast.member.email)
    newcomer = make_person(cast.unit, "staff", "Staf Baru")
    newcomer.set_unusable_password()
    newcomer.save()
    access_links.issue(newcomer, cast.unit, "invitation", by=cast.administrator)
    access_links.issue(cast.members[2], cast.unit, "reset", by=cast.administrator, reason="Lupa kata sandi")
    seat = Membership.objects.get(organisation=cast.unit, role="member", order=5)
    suspensions.suspend(seat, reason="Putusan DKPP", by=cast.administrator)
    logo = organisations.store_logo(organisations.clean_logo(drawn("PNG")))
    organisations.change_setting(
        cast.unit, "letterhead.logo", logo, since=datetime.date(2024, 1, 1), source="uji", by=cast.administrator
    )
