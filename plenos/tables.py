"""The lists of the plenary as tables for Excel and paper: the columns of each page, its filter and its order."""

from django.utils.translation import gettext as _

from bawaslu_portal.kernel.exports import Column, Moment, Table


def plenos_of(unit, plenos, year):
    """The plenos of a unit in one year, as on its page."""
    columns = [
        Column("title", _("Pleno")),
        Column("week", _("Minggu"), "code", width=20),
        Column("at", _("Hari dan jam"), "moment", width=50),
        Column("access", _("Jenis rapat"), width=22),
        Column("state", _("Keadaan"), width=42),
    ]
    rows = [
        {
            "title": pleno.title,
            "week": pleno.week_text,
            "at": Moment(pleno.happened_at, unit),
            "access": pleno.get_access_display(),
            "state": pleno.get_state_display(),
        }
        for pleno in plenos
    ]
    return Table("pleno", _("Pleno %(year)s") % {"year": year}, columns, rows, subtitle=unit.name)


def deliveries(plenos):
    """Ratified minutes as they were received, with whether the reader has marked them read."""
    columns = [
        Column("title", _("Risalah")),
        Column("unit", _("Unit")),
        Column("held", _("Pleno berlangsung"), "moment", width=50),
        Column("ratified", _("Disahkan"), "moment", width=50),
        Column("read", _("Dibaca"), width=20),
    ]
    rows = [
        {
            "title": pleno.title,
            "unit": pleno.organisation.name,
            "held": Moment(pleno.opened_at, pleno),
            "ratified": Moment(pleno.ratified_at, pleno),
            "read": _("Sudah dibaca") if pleno.read else _("Belum dibaca"),
        }
        for pleno in plenos
    ]
    return Table("risalah", _("Risalah yang diterima"), columns, rows, landscape=True)
