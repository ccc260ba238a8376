"""The lists of a unit as tables for Excel and paper: the columns of each page, its filter and its order."""

from django.utils.translation import gettext as _

from .. import clock
from ..exports import Column, Moment, State, Table


def _day(moment, unit):
    return clock.local(moment, unit).date() if moment else ""


def _note(filters):
    return "; ".join(str(said) for said in filters if said)


def units(rows, filters):
    """The units that one may know of, with how many serve in each."""
    columns = [
        Column("name", _("Unit")),
        Column("code", _("Kode"), "code", width=20),
        Column("level", _("Tingkat"), width=38),
        Column("zone", _("Zona waktu"), width=24),
        Column("serving", _("Ketua dan anggota"), "number", width=28),
    ]
    lines = [[unit.name, unit.code, unit.get_level_display(), unit.zone_label, unit.serving] for unit in rows]
    return Table("organisasi", _("Organisasi"), columns, lines, note=_note(filters))


def membership_state(row, now, *, whole):
    """How a membership stands; that someone never signed in is for the unit's own people (``whole``)."""
    if row.until and row.until <= now:
        return State("–", _("Berakhir"), "off")
    if row.since > now:
        return State("–", _("Belum mulai"), "wait")
    if row.suspended:
        return State("H", _("Henti sementara"), "miss")
    if whole and not row.user.has_usable_password():
        return State("U", _("Belum pernah masuk"), "late")
    if row.acting:
        return State("P", _("Pelaksana tugas"), "doing")
    return State("M", _("Menjabat"), "done")


def people(unit, rows, filters, *, now, whole):
    """Who serves in a unit, as what, from when to when."""
    columns = [
        Column("name", _("Nama")),
        Column("title", _("Jabatan")),
        Column("role", _("Peran"), width=46),
        Column("since", _("Sejak"), "date", width=34),
        Column("until", _("Sampai"), "date", width=34),
        Column("letter", _("Huruf"), "state", width=12),
        Column("state", _("Keadaan"), width=38),
    ]
    lines = []
    for row in rows:
        state = membership_state(row, now, whole=whole)
        facts = [row.user.name, row.title, row.get_role_display(), _day(row.since, unit), _day(row.until, unit)]
        lines.append([*facts, state, state.word])
    return Table("orang", _("Orang"), columns, lines, subtitle=unit.name, note=_note(filters), landscape=True)


def holidays(unit, year, rows):
    """The days of a year on which nobody works in the unit, and who keeps each."""
    columns = [
        Column("name", _("Hari libur atau alasan")),
        Column("kind", _("Jenis"), width=38),
        Column("first", _("Dari tanggal"), "date", width=34),
        Column("last", _("Sampai tanggal"), "date", width=34),
        Column("by", _("Dicatat oleh"), width=52),
    ]
    lines = [[row.name, row.get_kind_display(), row.first, row.last, row.organisation.name] for row in rows]
    title = _("Hari libur %(year)s") % {"year": year}
    return Table(f"hari-libur {year}", title, columns, lines, subtitle=unit.name, landscape=True)


def numbers(unit, lines, filters):
    """Every number that was given, marked or cancelled; ``lines`` are (use, what it numbers)."""
    columns = [
        Column("text", _("Nomor"), width=66),
        Column("paper", _("Naskah"), width=38),
        Column("day", _("Tanggal"), "date", width=34),
        Column("state", _("Keadaan"), width=38),
        Column("reason", _("Keterangan")),
        Column("by", _("Dicatat oleh"), width=46),
    ]
    rows = [
        [
            use.text,
            label,
            use.dated,
            f"{use.get_state_display()} ({_('diketik')})" if use.typed else use.get_state_display(),
            use.reason,
            use.by.name,
        ]
        for use, label in lines
    ]
    return Table("nomor", _("Daftar nomor"), columns, rows, subtitle=unit.name, note=_note(filters), landscape=True)


def outbox(unit, rows, chosen):
    """What was sent for a unit, or would have been; its words stay on the page of each."""
    columns = [
        Column("subject", _("Perihal")),
        Column("to", _("Kepada"), width=52),
        Column("at", _("Dibuat"), "moment", width=50),
        Column("state", _("Keadaan"), width=46),
    ]
    lines = []
    for row in rows:
        handed = row.state != "sent" and row.handed_over_at
        state = _("disampaikan langsung") if handed else row.get_state_display()
        lines.append([row.subject_line, row.to_name, Moment(row.created_at, unit), state])
    return Table("kotak-keluar", _("Kotak keluar"), columns, lines, subtitle=unit.name, note=chosen, landscape=True)
