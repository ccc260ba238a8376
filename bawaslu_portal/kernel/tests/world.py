"""A world with one of everything, each with a canary in it: what the walk and the cells of visibility look at.

A canary is a word that stands in one place only. Whoever reads it somewhere was able to read that place.
"""

import datetime
import io
from types import SimpleNamespace

from PIL import Image

from bawaslu_portal.kernel import (
    access_links,
    clock,
    documents,
    duties,
    holidays,
    jobs,
    notices,
    organisations,
    remarks,
    settings_store,
    suspensions,
)
from bawaslu_portal.kernel.models import (
    Division,
    Document,
    Duty,
    Job,
    Membership,
    Notice,
    NumberUse,
    OutboxMessage,
)
from bawaslu_portal.kernel.tests.factories import make_person, person
from plenos import intake, lifecycle, preparation
from plenos.lifecycle import archiving, correcting, following
from plenos.models import Attachment, Attendee
from plenos.tests.factories import (
    WHEN,
    make_adjourned,
    make_closed,
    make_corrected,
    make_draft,
    make_invited,
    make_open,
    make_put_up_correction,
    make_ratified,
    make_signing,
    sign_all,
)

WEEK = datetime.timedelta(days=7)


def make_world(cast):
    """One pleno in each state and one of each thing of the unit, by name."""
    world = SimpleNamespace(cast=cast)
    _unit(world, cast)
    _plenos(world, cast)
    _papers(world)
    _work(world, cast)
    _weeks(world, cast)
    _talk(world, cast)
    return world


def _weeks(world, cast):
    """The week before the first: without a pleno, declared and answered; a week whose reason waits; a closure."""
    monday = duties.monday_of(WHEN.date()) - WEEK
    with clock.at(WHEN - 5 * WEEK):
        duties.ensure([cast.unit], monday - WEEK, monday + 12 * WEEK)
    world.excused, world.declared = (
        Duty.objects.get(organisation=cast.unit, kind="plenos.held", begins=begins)
        for begins in (monday - WEEK, monday)
    )
    with clock.at(WHEN):
        duties.rule(world.excused, duties.DECLARED, by=cast.secretary, reason="kenari-alasan-nihil")
        duties.rule(world.excused, duties.GRANTED, by=cast.province, reason="kenari-jawaban-nihil")
        duties.rule(world.declared, duties.DECLARED, by=cast.secretary, reason="kenari-alasan-menunggu")
        world.closure = holidays.add(
            cast.unit, kind="closure", first=monday, name="kenari-kantor-tutup", by=cast.secretary
        )


def _unit(world, cast):
    with clock.at(WHEN - 30 * WEEK):
        for key, value in (("plenos.place", "kenari-tempat"), ("letterhead.contact", "kenari-kontak")):
            settings_store.change(
                cast.unit, key, value, since=datetime.date(2024, 1, 1), source="kenari-dasar", by=cast.administrator
            )
        settings_store.change(
            cast.unit,
            "letterhead.logo",
            organisations.store_logo(_png()),
            since=datetime.date(2024, 1, 1),
            source="berkas",
            by=cast.administrator,
        )
    cast.member.phone, cast.member.nip = "0811-kenari", "kenari-nip"
    cast.member.save()
    Division.objects.create(
        organisation=cast.unit, name="kenari-divisi", short_name="kenari-div", order=9, since=datetime.date(2024, 1, 1)
    )
    world.division = Division.objects.filter(organisation=cast.unit).last()
    world.membership = Membership.objects.get(user=cast.member)
    newcomer = make_person(cast.unit, "staff", "Pegawai Baru")
    newcomer.set_unusable_password()
    newcomer.save()
    world.newcomer = newcomer
    world.link = access_links.issue(newcomer, cast.unit, "invitation", by=cast.administrator)
    second = make_person(cast.unit, "administrator", "Administrator Kedua", order=2)
    world.second_administrator = second
    world.waiting_link = access_links.issue(
        cast.chair, cast.unit, "reset", by=cast.administrator, reason="kenari-lupa-sandi"
    )
    suspended = make_person(cast.unit, "staff", "Pegawai Diberhentikan")
    seat = Membership.objects.get(user=suspended)
    suspensions.suspend(seat, by=cast.administrator, since=clock.now(), until=None, reason="kenari-alasan-henti")
    world.suspension = seat.suspensions.get()
    world.suspended = suspended


def _png():
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    return organisations.clean_logo(picture.getvalue())


def _item(word, access):
    return {"title": f"kenari-{word}", "background": f"kenari-latar-{word}", "access": access}


def _plenos(world, cast):
    secretary = cast.secretary
    world.draft = make_draft(
        cast,
        agenda=(_item("siap-tertutup", "closed"), _item("siap-terbuka", "open")),
        guests=({"name": "kenari-tamu"},),
    )
    world.attachment, _open = (
        _attached(item, cast, f"siap-{word}")
        for item, word in zip(world.draft.items.all(), ("tertutup", "terbuka"), strict=True)
    )
    world.adjourned = make_adjourned(cast, when=WHEN + 9 * WEEK)
    world.adjourned.adjournments.update(reason="kenari-alasan-skors")
    world.invited = make_invited(
        cast,
        when=WHEN + WEEK,
        agenda=(_item("diundang", "closed"),),
        link="https://kenari-tautan.example/rapat",
    )
    world.open = make_open(
        cast, when=WHEN + 2 * WEEK, agenda=("Pertama", "Kedua", "Ketiga"), access="open", exceptions={5: "ill"}
    )
    first, second, third = world.open.items.order_by("order")
    with clock.at(world.open.opened_at + datetime.timedelta(minutes=9)):
        lifecycle.write_notes(third, by=secretary, text="kenari-catatan-langsung", version=third.notes_version)
        lifecycle.write_notes(third, by=cast.head, text="kenari-naskah-berbenturan", version=0)
        world.decision = lifecycle.decide(first, by=secretary, category="plan", text="kenari-putusan-langsung")
        lifecycle.defer(second, by=secretary, reason="kenari-alasan-tunda")
    world.deferred, world.undecided = second, third
    world.closed = make_closed(cast, when=WHEN + 3 * WEEK, access="open", agenda=(_item("ditutup", "open"),))
    with clock.at(world.closed.closed_at + datetime.timedelta(hours=1)):
        lifecycle.word(world.closed, by=secretary, opening_words="kenari-kata-pembuka", closing_words="x")
        lifecycle.print_draft(world.closed, by=secretary)
        lifecycle.add_scan(
            world.closed,
            by=secretary,
            file=documents.store(b"%PDF-1.7 kenari-isi-pindaian-langsung", "application/pdf"),
            caption="kenari-pindaian-langsung",
        )
    world.signing = make_signing(cast, when=WHEN + 4 * WEEK, access="open", agenda=(_item("diajukan", "open"),))
    world.signed_by_hand = Attendee.objects.get(pleno=world.signing, user=cast.members[4])
    with clock.at(world.signing.closed_at + datetime.timedelta(hours=3)):
        world.signature = lifecycle.sign_by_hand(
            world.signing,
            by=secretary,
            attendee=world.signed_by_hand,
            scan=documents.store(b"%PDF-1.7 kenari-tanda-tangan", "application/pdf"),
            signed_on=clock.today(cast.unit),
        )
    world.ratified_open = _ratified(world, cast, WHEN + 5 * WEEK, "open", "sah-terbuka")
    world.ratified_closed = _ratified(world, cast, WHEN + 6 * WEEK, "closed", "sah-tertutup")
    world.decided = world.ratified_open.decisions.get()
    _preparing(world, cast)
    _follow_ups(world, cast)
    _extracts(world, cast)
    _versions(world, cast)
    _archive(world, cast)


def _versions(world, cast):
    """Open minutes whose second version is ratified, with the third put up for signing; and one that is read."""
    pleno = make_ratified(cast, when=WHEN + 12 * WEEK, access="open", agenda=(_item("sebelum-perbaikan", "open"),))
    make_corrected(cast, pleno, changes={"items.0.title": "kenari-versi-kedua"})
    words = {"closing_words": "kenari-perbaikan-berjalan"}
    world.corrected, world.correction = pleno, make_put_up_correction(cast, pleno, changes=words)
    world.correction.pleno = pleno
    _bytes(world.correction, "kenari-naskah-perbaikan")
    with clock.at(pleno.closed_at + datetime.timedelta(days=5)):
        world.version_signature = correcting.sign_by_hand(
            world.correction,
            by=cast.secretary,
            attendee=Attendee.objects.get(pleno=pleno, user=cast.members[4]),
            scan=documents.store(b"%PDF-1.7 kenari-tanda-tangan-versi", "application/pdf"),
            signed_on=clock.today(cast.unit),
        )
    world.version_unsigned = Attendee.objects.get(pleno=pleno, user=cast.member)
    world.preview = Document.objects.filter(about=world.closed.uuid, draft=True, kind="plenos.notulen").get()
    _bytes(world.closed, "kenari-naskah-closed")


def _archive(world, cast):
    """Minutes of earlier years, one of each class."""
    rows = [
        {
            "number": f"{n}/BA/2019",
            "dated": f"2019-11-0{n}",
            "title": f"kenari-arsip-{word}",
            "decisions": "",
            "access": access,
            **_stored(f"%PDF-1.7 kenari-isi-arsip-{word}".encode()),
        }
        for n, (access, word) in enumerate((("open", "terbuka"), ("closed", "tertutup")), 1)
    ]
    world.archived, world.archived_closed = archiving.bring_in(cast.unit, rows, by=cast.secretary, stated=True)


def _stored(content):
    return {"sha256": documents.write_bytes(content), "size": len(content)}


def _preparing(world, cast):
    """What an earlier pleno put off: one carried into the draft, one that waits; and what stands in the inbox."""
    put_off = make_open(cast, when=WHEN - WEEK, agenda=(_item("dibawa", "closed"), _item("menunggu", "closed")))
    with clock.at(put_off.opened_at + datetime.timedelta(minutes=9)):
        for item in put_off.items.all():
            lifecycle.defer(item, by=cast.secretary, reason="Menunggu data.")
        lifecycle.close(put_off, by=cast.secretary)
    world.put_off = put_off
    origin, world.pending = put_off.items.order_by("order")
    with clock.at(WHEN - datetime.timedelta(days=2)):
        world.carried = lifecycle.carry_over(world.draft, by=cast.secretary, origin=origin)
        lifecycle.template.add(cast.unit, by=cast.secretary, title="kenari-tetap")
        world.standing = preparation.template_of(cast.unit)[-1]
        usul = {"summary": "kenari-latar-usul", "files": [(b"%PDF-1.7 kenari-isi-usul", "application/pdf", "a.pdf")]}
        world.proposal = intake.propose(cast.unit, by=cast.member, label="kenari-usul-tertutup", **usul)
        world.open_proposal = intake.propose(cast.unit, by=cast.member, label="kenari-usul-terbuka", access="open")
        world.request = intake.ask_follow_up(
            cast.unit, by=cast.province, asking=cast.province_unit, label="kenari-permintaan"
        )


def _follow_ups(world, cast):
    """One of a member that runs, one of the division of the staff that the secretary reported done, with evidence."""
    pleno = make_open(cast, when=WHEN + 7 * WEEK, agenda=("Pembagian tugas",))
    day = clock.local(pleno.opened_at, cast.unit).date()
    mine = {"what": "kenari-tugas", "responsible": Membership.objects.get(user=cast.member), "due": day}
    division = Membership.objects.get(user=cast.staff).division
    theirs = {"what": "kenari-bagian", "division": division, "due": day + datetime.timedelta(days=9)}
    with clock.at(pleno.opened_at + datetime.timedelta(minutes=9)):
        lifecycle.decide(
            pleno.items.get(), by=cast.secretary, category="plan", text="Membagi tugas.", follow_ups=(mine, theirs)
        )
    with clock.at(pleno.opened_at + datetime.timedelta(hours=1)):
        lifecycle.close(pleno, by=cast.secretary)
    world.follow_up, world.reported = pleno.follow_ups.order_by("due")
    evidence = [(b"%PDF-1.7 kenari-isi-bukti", "application/pdf", "bukti.pdf")]
    with clock.at(pleno.closed_at + datetime.timedelta(days=1)):
        following.note_progress(world.follow_up, by=cast.secretary, text="kenari-perkembangan", files=evidence)
        following.report_done(world.reported, by=cast.secretary, text="kenari-laporan")
    world.evidence = world.follow_up.progress.get().attachments.get()


def _extracts(world, cast):
    for pleno, word in ((world.ratified_open, "terbuka"), (world.ratified_closed, "tertutup")):
        paper = following.extract(pleno.decisions.get(), by=cast.secretary)
        content = f"%PDF-1.7 kenari-naskah-kutipan-{word}".encode()
        Document.objects.filter(pk=paper.pk).update(file=documents.store(content, "application/pdf"))


def _attached(item, cast, word):
    content = f"%PDF-1.7 kenari-isi-lampiran-{word}".encode()
    return Attachment.objects.create(
        organisation=cast.unit,
        item=item,
        file=documents.store(content, "application/pdf"),
        name=f"{word}.pdf",
        caption=f"kenari-lampiran-{word}",
        by=cast.secretary,
    )


def _ratified(world, cast, when, access, word):
    pleno = make_signing(cast, when=when, access=access, agenda=(_item(word, access),))
    _attached(pleno.items.get(), cast, word)
    _bytes(pleno, f"kenari-pengajuan-{word}")
    with clock.at(pleno.closed_at + datetime.timedelta(hours=2)):
        lifecycle.add_scan(
            pleno,
            by=cast.secretary,
            file=documents.store(f"%PDF-1.7 kenari-isi-pindaian-{word}".encode(), "application/pdf"),
            caption=f"kenari-pindaian-{word}",
        )
    sign_all(pleno)
    with clock.at(pleno.closed_at + datetime.timedelta(days=1)):
        lifecycle.ratify(pleno, by=pleno.chair.user)
    return pleno


def _bytes(pleno, word):
    """Give every paper of a pleno that has none its bytes, with a canary of its kind."""
    for paper in Document.objects.filter(about=pleno.uuid, file=None):
        kind = paper.kind.split(".")[1].replace("_", "-")
        content = f"%PDF-1.7 {word}-{kind}".encode()
        Document.objects.filter(pk=paper.pk).update(file=documents.store(content, "application/pdf"))


def _talk(world, cast):
    """What the unit and its province say to each other on a pleno and on a week, and minutes that were sent back."""
    remarks.say("pleno", world.ratified_open, by=cast.secretary, text="kenari-catatan-pleno")
    remarks.say("duty", world.declared, by=cast.province, text="kenari-tanya-minggu", kind=remarks.ASKED)
    lifecycle.return_minutes(world.ratified_closed, by=cast.province, reason="kenari-alasan-kembali")


def _papers(world):
    for name in ("invited", "open", "closed", "signing", "ratified_open", "ratified_closed"):
        _bytes(getattr(world, name), f"kenari-naskah-{name.replace('_', '-')}")
    final = Document.objects.filter(about=world.ratified_open.uuid, kind="plenos.berita_acara")
    world.paper = final.get(superseded_by=None)
    world.message = OutboxMessage.objects.filter(about=world.invited.uuid, to_user=world.cast.secretary).get()
    world.number = NumberUse.objects.filter(organisation=world.cast.unit, kind="plenos.undangan").first()


def _work(world, cast):
    unfinished = Document.objects.filter(about=world.invited.uuid).first()
    world.job = Job.objects.get(key=str(unfinished.uuid))
    Job.objects.filter(pk=world.job.pk).update(
        state="failed", asked_by=cast.secretary, error="kenari-galat", attempt=jobs.ATTEMPTS
    )
    text = "kenari-kabar"
    world.told = make_person(cast.unit, "staff", "Penerima Kabar")
    notices.tell([world.told], cast.unit, "test", world.draft, text=text, url=world.draft.get_absolute_url())
    world.notice = Notice.objects.get(user=world.told)
    world.item = world.draft.items.first()
    world.guest = world.draft.attendees.get(element="guest")
    world.attendee = world.open.attendees.get(user=cast.member)
    world.scan = world.ratified_open.scans.get()
    world.unsigned = world.signing.attendees.get(user=cast.member)
    world.neighbours_administrator = person(cast.neighbour_unit, "administrator")
    world.outsiders_administrator = person(cast.outsider_unit, "administrator")
