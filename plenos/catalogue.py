"""What plenos declares to the registry: its kind of thing, papers, settings, sentences, desk and navigation."""

import importlib

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bawaslu_portal.kernel import catalogue, scope
from bawaslu_portal.kernel.catalogue import JobKind, Kind, NavigationEntry, PaperKind, SettingSpec, SubmissionKind

from . import compliance, desk, desk_corrections, documents, owed, preparing_desk, queries, register
from . import help as help_sheets

ASSUMPTION = _("asumsi kerja")
GROUP = _("Rapat pleno")
COUNTED = 99  # unread minutes are counted up to here


def _model():
    from .models import Pleno

    return Pleno


def _archived():
    from .models import ArchivedMinutes

    return ArchivedMinutes


def _build(document):
    return documents.paper(document.kind, document.record)


catalogue.declare(
    Kind(
        "correction",
        lambda: importlib.import_module("plenos.models").Correction,
        _("Perbaikan risalah"),
        lambda correction: correction.get_absolute_url(),
        queries.correction_documents_readable,
    )
)


def _decision():
    from .models import Decision

    return Decision


def _follow_up():
    from .models import FollowUp

    return FollowUp


catalogue.declare(Kind("archived_minutes", _archived, _("Risalah tahun lalu"), lambda row: row.get_absolute_url()))
catalogue.declare(
    Kind("decision", _decision, _("Keputusan"), lambda row: row.get_absolute_url(), register.extracts_readable)
)
catalogue.declare(Kind("follow_up", _follow_up, _("Tindak lanjut"), lambda row: row.get_absolute_url()))
catalogue.declare(Kind("pleno", _model, _("Pleno"), lambda pleno: pleno.get_absolute_url(), queries.documents_readable))
for paper in (
    PaperKind("plenos.undangan", _("Undangan"), "RT.02", _build),
    PaperKind("plenos.daftar_hadir_kosong", _("Daftar hadir kosong"), "", _build, numbered=False),
    PaperKind("plenos.berita_acara", _("Berita Acara"), "HK.01.00", _build),
    PaperKind("plenos.notulen", _("Notulen"), "", _build, numbered=False),
    PaperKind("plenos.daftar_hadir", _("Daftar hadir"), "", _build, numbered=False),
    PaperKind("plenos.kutipan", _("Kutipan keputusan"), "", _build, numbered=False),
):
    catalogue.declare_paper(paper)

for spec in (
    SettingSpec(
        "plenos.quorum",
        "integer",
        0,
        _("Kuorum (jumlah anggota paling sedikit)"),
        _("0 berarti lebih dari separuh anggota yang menjabat; 3 dari 5 menurut Perbawaslu 5/2018, selebihnya asumsi"),
        GROUP,
        low=0,
        high=9,
    ),
    SettingSpec("plenos.weekday", "weekday", 1, _("Hari pleno rutin"), ASSUMPTION, GROUP),
    SettingSpec("plenos.hour", "time", "10:00", _("Jam pleno rutin"), ASSUMPTION, GROUP),
    SettingSpec("plenos.place", "text", "Ruang rapat", _("Tempat pleno rutin"), ASSUMPTION, GROUP),
    SettingSpec(
        "plenos.lead_days", "integer", 1, _("Jarak undangan ke rapat (hari)"), ASSUMPTION, GROUP, low=0, high=14
    ),
    SettingSpec(
        "plenos.lead_days_urgent",
        "integer",
        0,
        _("Jarak undangan rapat mendesak (hari)"),
        ASSUMPTION,
        GROUP,
        low=0,
        high=14,
    ),
    SettingSpec(
        "plenos.abstention",
        "flag",
        True,
        _("Anggota boleh abstain dalam pemungutan suara"),
        ASSUMPTION,
        GROUP,
    ),
    SettingSpec(
        "plenos.approve_last",
        "flag",
        False,
        _("Pleno rutin dimulai dengan persetujuan risalah sebelumnya"),
        ASSUMPTION,
        GROUP,
    ),
    SettingSpec(
        "plenos.minutes_days",
        "integer",
        3,
        _("Tenggat risalah (hari kerja sesudah minggunya berakhir)"),
        ASSUMPTION,
        GROUP,
        low=1,
        high=30,
    ),
    SettingSpec(
        "plenos.weekly",
        "flag",
        lambda organisation: organisation.level != "subdistrict",
        _("Wajib pleno tiap minggu"),
        _("surat Ketua Bawaslu RI 0149/HM.03.02/K1/04/2022; bagi Bawaslu RI sendiri asumsi kerja"),
        GROUP,
        from_above=True,
    ),
    SettingSpec(
        "plenos.held_due",
        "integer",
        0,
        _("Pleno dihitung tepat waktu sampai (hari sesudah hari Minggu)"),
        ASSUMPTION,
        GROUP,
        low=0,
        high=14,
        from_above=True,
    ),
):
    catalogue.declare_setting(spec)
for duty in compliance.DUTIES:
    catalogue.declare_duty(duty)

catalogue.declare_sentences(
    {
        "plenos.pleno.plan": _("merencanakan pleno {week}"),
        "plenos.pleno.edit": _("mengubah rencana pleno"),
        "plenos.pleno.arrange": _("mengatur agenda atau daftar undangan"),
        "plenos.pleno.add_item": _("menambah agenda atau undangan"),
        "plenos.pleno.delete": _("menghapus draf pleno {week}"),
        "plenos.pleno.invite": _("menerbitkan undangan nomor {number}"),
        "plenos.pleno.reschedule": _("mengubah jadwal, surat nomor {number}"),
        "plenos.pleno.cancel": _("membatalkan pleno"),
        "plenos.pleno.open": _("membuka pleno: {present} dari {base} hadir, kuorum {needed}"),
        "plenos.pleno.record_late": _("menandai pleno dicatat kemudian"),
        "plenos.pleno.open_held": _("mencatat pleno yang sudah berlangsung: {present} dari {base} hadir"),
        "plenos.pleno.attend": _("mengubah daftar hadir"),
        "plenos.pleno.note": _("menyimpan catatan pembahasan"),
        "plenos.pleno.decide": _("mencatat keputusan ({present} hadir, kuorum {needed})"),
        "plenos.pleno.undo": _("membatalkan keputusan yang keliru dicatat"),
        "plenos.pleno.defer": _("menunda satu agenda"),
        "plenos.pleno.withdraw": _("menarik satu agenda"),
        "plenos.pleno.reopen_item": _("membuka kembali satu agenda"),
        "plenos.pleno.close": _("menutup pleno, {decisions} keputusan diberi nomor"),
        "plenos.pleno.add_scan": _("menyimpan pindaian"),
        "plenos.pleno.adjourn": _("menskors rapat"),
        "plenos.pleno.resume": _("melanjutkan rapat yang diskors: {present} anggota, kuorum {needed}"),
        "plenos.pleno.attach": _("menambah {files} lampiran pada satu agenda"),
        "plenos.pleno.describe": _("mengubah keterangan lampiran"),
        "plenos.pleno.detach": _("menghapus satu lampiran"),
        "plenos.submission.attach": _("menambah {files} lampiran pada usul"),
        "plenos.follow_up.attach": _("menambah {files} bukti pada tindak lanjut"),
        "plenos.pleno.word": _("menulis kata pembuka dan penutup risalah"),
        "plenos.pleno.print_draft": _("mencetak konsep risalah"),
        "plenos.pleno.put_up": _("mengajukan risalah nomor {number} untuk ditandatangani"),
        "plenos.pleno.take_back": _("menarik risalah dari penandatanganan; {signatures} tanda tangan gugur"),
        "plenos.pleno.confirm": _("mengonfirmasi risalah"),
        "plenos.pleno.sign_by_hand": _("mencatat tanda tangan di kertas"),
        "plenos.pleno.excuse": _("mencatat alasan anggota tidak menandatangani"),
        "plenos.pleno.remind": _("mengingatkan {people} anggota yang belum mengonfirmasi"),
        "plenos.correction.begin": _("memulai perbaikan risalah, versi {version}"),
        "plenos.correction.change": _("mengubah kata-kata perbaikan risalah"),
        "plenos.correction.abandon": _("tidak melanjutkan perbaikan risalah, versi {version}"),
        "plenos.correction.put_up": _("mengajukan versi {version} risalah nomor {number} untuk ditandatangani"),
        "plenos.correction.take_back": _("menarik versi {version}; {signatures} tanda tangan gugur"),
        "plenos.correction.confirm": _("mengonfirmasi versi yang diperbaiki"),
        "plenos.correction.sign_by_hand": _("mencatat tanda tangan di kertas atas versi yang diperbaiki"),
        "plenos.correction.excuse": _("mencatat alasan anggota tidak menandatangani versi yang diperbaiki"),
        "plenos.correction.remind": _("mengingatkan {people} anggota yang belum mengonfirmasi versi yang diperbaiki"),
        "plenos.correction.ratify": _("mengesahkan versi {version} risalah nomor {number}, dikirim ke {delivered_to}"),
        "plenos.archive.import": _("memasukkan risalah lama nomor {number} ke arsip"),
        "plenos.pleno.ratify": _("mengesahkan risalah nomor {number}, dikirim ke {delivered_to}"),
        "plenos.pleno.drop": _("menggugurkan pokok yang pernah ditunda"),
        "plenos.template.change": _("mengubah agenda tetap mingguan"),
        "plenos.submission.submit": _("mengajukan usul ({asking})"),
        "plenos.submission.place": _("mengagendakan usul"),
        "plenos.submission.unplace": _("mengeluarkan usul dari agenda; kembali menunggu"),
        "plenos.submission.return": _("mengembalikan usul dengan alasan"),
        "plenos.submission.withdraw": _("menarik usul"),
        "plenos.submission.decide": _("usul diputus: {reference}"),
        "plenos.follow_up.note": _("mencatat perkembangan tindak lanjut"),
        "plenos.follow_up.reported": _("melaporkan tindak lanjut selesai"),
        "plenos.follow_up.confirmed": _("menyatakan tindak lanjut selesai"),
        "plenos.follow_up.sent_back": _("menyatakan tindak lanjut belum selesai"),
        "plenos.follow_up.stopped": _("menghentikan tindak lanjut"),
        "plenos.decision.extract": _("meminta kutipan keputusan {reference}"),
        "plenos.pleno.return": _("mengembalikan risalah untuk diperbaiki"),
        "plenos.pleno.mark_read": _("menandai risalah sudah dibaca ({unit})"),
    }
)

WAITING = {
    "invite": (_("Terbitkan undangan: %(title)s"), "plenos:invite"),
    "record": (_("Catat jalannya: %(title)s"), "plenos:open"),
    "open": (_("Buka pleno: %(title)s"), "plenos:open"),
    "room": (_("Sedang berlangsung: %(title)s"), "plenos:room"),
    "resume": (_("Lanjutkan rapat yang diskors: %(title)s"), "plenos:resume"),
    "put_up": (_("Ajukan risalah: %(title)s"), "plenos:minutes"),
    "confirm": (_("Konfirmasi risalah: %(title)s"), "plenos:confirm"),
    "collect": (_("Kumpulkan tanda tangan: %(title)s"), "plenos:minutes"),
    "ratify": (_("Sahkan risalah: %(title)s"), "plenos:ratify"),
}


def waiting(user):
    """What the plenary waits for from ``user``: rows for my desk."""
    rows = []
    for pleno, step in queries.awaiting(user):
        words, page = WAITING[step]
        rows.append(
            {
                "title": str(words) % {"title": pleno.title},
                "url": pleno.address(page),
                "meta": pleno.organisation.name,
                "side": "",
                "state": None,
                "due": None,
                "unit": pleno.organisation,
            }
        )
    unread = queries.unread_deliveries(user)
    for pleno in unread[:5]:
        rows.append(
            {
                "title": _now("Baca risalah: %(unit)s, %(title)s")
                % {"unit": pleno.organisation.name, "title": pleno.title},
                "url": pleno.address("plenos:minutes"),
                "meta": _now("Disahkan dan dikirim ke unit Anda"),
                "side": "",
                "state": None,
                "due": None,
                "unit": pleno.organisation,
            }
        )
    more = unread[: COUNTED + 6].count() - 5  # whoever is new above has years before him
    if more > 0:
        rows.append(
            {
                "title": _now("%(count)s risalah lain belum dibaca")
                % {"count": more if more <= COUNTED else f"{COUNTED}+"},
                "url": f"{reverse('plenos:deliveries')}?unread=1",
                "meta": "",
                "side": "",
                "state": None,
                "due": None,
            }
        )
    return rows + desk.rows(user) + preparing_desk.rows(user)


def week(user):
    """The plenos of this week in the units that ``user`` belongs to."""
    return [
        {
            "title": pleno.title,
            "url": pleno.get_absolute_url(),
            "meta": str(pleno.get_state_display()),
            "side": "",
            "state": None,
            "at": pleno.happened_at,
            "unit": pleno.organisation,
        }
        for pleno in queries.this_week(user)
    ]


catalogue.declare_help(*help_sheets.CHAPTERS)
catalogue.declare_desk("plenos", waiting=waiting, week=week)
catalogue.declare_desk("plenos.weeks", waiting=owed.waiting)
catalogue.declare_desk("plenos.corrections", waiting=desk_corrections.rows)
catalogue.declare_search("plenos:search", lambda user: bool(scope.own_units(user)))
catalogue.declare_navigation(
    NavigationEntry(
        "plenos", _("Pleno"), "plenos:index", "pleno", 20, lambda user: bool(scope.own_units(user)), "/pleno/"
    )
)


def _submission():
    from .models import Submission

    return Submission


def _bring_outcome(job):
    from . import intake

    return intake.bring_outcome(job)


def _tell_the_proposer(outcome):
    from . import intake

    intake.tell_the_proposer(outcome)


catalogue.declare(
    Kind("plenos.submission", _submission, _("Usul untuk pleno"), lambda submission: submission.get_absolute_url())
)
catalogue.declare_job(JobKind("outcome", _("Mencatat hasil usul yang diputus"), _bring_outcome))
for submitted in (
    SubmissionKind("plenos.proposal", _("Usul dari unit ini"), _tell_the_proposer),
    SubmissionKind("plenos.commitment", _("Permintaan tindak lanjut"), _tell_the_proposer),
):
    catalogue.declare_submission(submitted)


def _verify():
    from . import verification

    return verification.faults()


catalogue.declare_verifier("plenos", _verify)
catalogue.declare_demo("plenos", lambda cast: importlib.import_module("plenos.demo").chapter(cast))
catalogue.declare_national("plenos", lambda *what: importlib.import_module("plenos.national").Life(*what))
