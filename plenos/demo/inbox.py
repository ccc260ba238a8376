"""What stands in the inbox of Kota Kendari today, what its note-taker did with it, and its own standing agenda."""

import datetime

from bawaslu_portal.kernel import clock, db
from bawaslu_portal.kernel.models import Membership, Organisation, User

from .. import intake, lifecycle, preparation
from ..models import Submission

UNIT, ABOVE = "74.71", "74"
PROPOSALS = (
    (
        "staff",
        "Jadwal piket posko aduan masyarakat",
        "Posko aduan buka setiap hari kerja, tetapi petugas piketnya belum ditetapkan. Diusulkan jadwal bergilir "
        "antardivisi sampai masa kampanye berakhir.",
        "other",
        "closed",
    ),
    (
        "member",
        "Rapat koordinasi dengan Panwaslu Kecamatan",
        "Hasil pengawasan tingkat kecamatan perlu disamakan formatnya sebelum laporan bulanan disusun.",
        "plan",
        "open",
    ),
    (
        "staff",
        "Penggantian papan informasi di halaman kantor",
        "Papan yang lama rusak karena hujan.",
        "other",
        "closed",
    ),
)
REQUEST = (
    "Kelengkapan data penanganan pelanggaran pada laporan mingguan",
    "Rekapitulasi penanganan pelanggaran tiga minggu terakhir belum memuat status tiap laporan. Mohon dilengkapi "
    "dan hasilnya dilaporkan pada pleno berikutnya.",
)


def plant(cast):
    """Once: proposals of staff and of a member, one of them placed and one returned, and a request of the province."""
    unit = Organisation.objects.filter(code=UNIT).first()
    if unit is None or Submission.objects.filter(organisation=unit).exists():
        return
    db.begin(User.objects.system())
    secretary = _holder(unit, "note_taker")
    with clock.at(cast.now - datetime.timedelta(days=3)):
        lifecycle.template.add(unit, by=secretary, title="Agenda lembaga pekan depan", access="open")
        made = [
            intake.propose(unit, by=_holder(unit, role), label=label, summary=why, category=kind, access=access)
            for role, label, why, kind, access in PROPOSALS
        ]
    with clock.at(cast.now - datetime.timedelta(days=1)):
        above = Organisation.objects.get(code=ABOVE)
        label, why = REQUEST
        intake.ask_follow_up(unit, by=_holder(above, "supervision_staff"), asking=above, label=label, summary=why)
        lifecycle.intake.give_back(
            made[2], by=secretary, reason="Bukan wewenang pleno; ajukan langsung kepada kepala sekretariat."
        )
        draft = preparation.preparing(unit).first()
        if draft is not None:
            lifecycle.intake.place(made[1], by=secretary, pleno=draft)


def _holder(unit, role):
    return Membership.objects.filter(organisation=unit, role=role).at(clock.now()).order_by("order", "id").first().user
