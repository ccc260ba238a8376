"""The lists of the plenary as tables for Excel and paper: the columns of each page, its filter and its order."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bawaslu_portal.kernel import charts, clock
from bawaslu_portal.kernel.exports import Column, Moment, State, Table

from .templatetags.boards import figures, legend_rows, letter


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


def units(counted, year, asked=""):
    """The units that one may know of, with what each held in a year."""
    columns = [
        Column("unit", _("Unit")),
        Column("code", _("Kode"), "code", width=20),
        Column("held", _("Berlangsung"), "number", width=28),
        Column("ratified", _("Disahkan"), "number", width=24),
        Column("last", _("Terakhir"), "date", width=38),
    ]
    rows = [
        {
            "unit": unit.name,
            "code": unit.code,
            "held": counts.get("held", 0),
            "ratified": counts.get("ratified", 0),
            "last": clock.local(counts["last"], unit).date() if counts.get("last") else "",
        }
        for unit, counts in counted
    ]
    title = _("Pleno tiap unit sepanjang %(year)s, menurut kode wilayah") % {"year": year}
    return Table("unit", title, columns, rows, note=asked)


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


def _period(weeks):
    """ "minggu ke-23 sampai ke-35 tahun 2024 (3 Juni sampai 1 September)"."""
    if not weeks:
        return ""
    (year, first, begins), (until, last, _ends) = weeks[0], weeks[-1]
    return _("minggu ke-%(first)s %(year)s sampai ke-%(last)s %(until)s, mulai %(begins)s") % {
        "first": first,
        "year": year,
        "last": last,
        "until": until,
        "begins": date_format(begins, "j F Y"),
    }


def _state(cell):
    return State(letter(cell), cell.word, cell.kind) if cell.letter else ""


def _note(seen):
    """The key, and what is outside the rates."""
    words = [
        _("T: tepat waktu."),
        _("P: dalam proses, belum dinilai ketepatannya."),
        _("L: lambat."),
        _("K: tanpa kuorum."),
        _("N: nihil, tidak ada pleno."),
        _("B: bebas wajib, tidak masuk hitungan."),
    ]
    return " ".join(words)


def trend(seen):
    """The chart of the weeks in which anything was due: held, and on time."""
    due = [(week, found) for week, found in zip(seen.weeks, seen.columns, strict=True) if found.owed]
    held = tuple(None if t.held_rate is None else round(t.held_rate, 1) for _week, t in due)
    timely = tuple(None if t.on_time_rate is None else round(t.on_time_rate, 1) for _week, t in due)
    return charts.Lines(
        "arah",
        _("Pleno terlaksana dan tepat waktu per minggu, dalam persen"),
        [week[1] for week, _found in due],
        [charts.Series(_("terlaksana"), held), charts.Series(_("tepat waktu"), timely, second=True)],
    )


# Up to so many weeks: millimetres of a week, of the name and of a sum, which together fill F4 lying (300).
WIDTHS = {13: (9, 46, 20), 26: (7, 46, 15), 52: (4.4, 34, 9), 1000: (4.4, 30, 8)}


def board(seen):
    """The board as it is seen: units in its order, a column a week, sums at the foot."""
    many = len(seen.weeks)
    state, name, sums = next(widths for most, widths in WIDTHS.items() if many <= most)
    columns = [
        Column("unit", _("Unit"), width=name),
        *(
            Column(f"{year}-W{week:02d}", f"{week:02d}", "state", full=f"{year}-W{week:02d}", width=state)
            for year, week, _monday in seen.weeks
        ),
        Column("held", _("Rapat"), "number", full=_("Terlaksana"), width=sums),
        Column("owed", _("Wajib"), "number", full=_("Kewajiban"), width=sums),
        Column("rate", _("Terlaksana (%)"), "percent", width=sums, paper=many <= 13),
        Column("on_time", _("Tepat (%)"), "percent", width=sums),
    ]
    rows = [[row.unit.region_name, *map(_state, row.cells), *_sums(row.tally)] for row in seen.rows]
    foot = [
        [_("Terlaksana"), *(found.held if found.owed else "" for found in seen.columns), *_sums(seen.total)],
        *(
            [words, *map(of_week, seen.columns), *[""] * 4]
            for words, of_week in (
                (_("Kewajiban"), lambda found: found.owed or ""),
                (_("Terlaksana (%)"), lambda found: _whole(found.held_rate)),
                (_("Tepat waktu (%)"), lambda found: _whole(found.on_time_rate)),
            )
        ),
    ]
    return Table(
        "papan kepatuhan",
        _("Kepatuhan pleno mingguan"),
        columns,
        rows,
        subtitle=f"{seen.unit.name}, {_period(seen.weeks)}",
        note=_note(seen),
        foot=foot if rows else [],
        figures=figures(seen),
        chart=trend(seen) if seen.last_due and len(seen.rows) > 1 else None,
        landscape=True,
        paper_size="F4",
    )


def _whole(rate):
    """Per cent for the narrow column of a week; nothing where nothing is due or judged."""
    return "" if rate is None else round(rate)


def _sums(tally):
    return [
        tally.held,
        tally.owed,
        "" if tally.held_rate is None else round(tally.held_rate, 1),
        "" if tally.on_time_rate is None else round(tally.on_time_rate, 1),
    ]


def absent(frame, question, rows):
    """Weeks that were not held or not reported, the worst units first."""
    columns = [
        Column("unit", _("Unit")),
        Column("week", _("Minggu"), "code", width=22),
        Column("monday", _("Mulai"), "date", width=38),
        Column("state", _("Huruf"), "state", width=12),
        Column("word", _("Keadaan"), width=66),
        Column("bad", _("Minggu bermasalah unit ini"), "number", width=25),
        Column("explained", _("Penjelasan"), width=46),
    ]
    found = [
        {
            "unit": row.unit.name,
            "week": row.week_text,
            "monday": row.week[2],
            "state": _state(row.cell),
            "word": str(row.cell.word),
            "bad": row.bad,
            "explained": str(row.explained_word),
        }
        for row in rows
    ]
    period = _("%(first)s sampai %(last)s") % {
        "first": "{}-W{:02d}".format(*question.first.isocalendar()),
        "last": "{}-W{:02d}".format(*question.last.isocalendar()),
    }
    return Table(
        "belum pleno",
        _("Belum berpleno atau belum melapor"),
        columns,
        found,
        subtitle=f"{frame.unit.name}, {period}",
        landscape=True,
        paper_size="F4",
    )


def measures(rates):
    """What the page of a unit's rates says, line by line: (what, share, of what)."""
    lines = [
        (_("Pleno terlaksana"), rates.held, _("minggu berkewajiban yang sudah jatuh tempo")),
        (_("Tepat waktu"), rates.on_time, _("minggu yang sudah dapat dinilai")),
        (_("Kuorum tercapai"), rates.quorum, _("minggu yang plenonya dibuka")),
        (_("Kehadiran Ketua dan Anggota"), rates.attendance, _("kursi terisi pada pleno yang disahkan")),
        (_("Jarak undangan terjaga"), rates.lead_time, _("pleno yang undangannya diterbitkan di portal")),
    ]
    if rates.follow_ups is not None:
        lines.append((_("Tindak lanjut tepat waktu"), rates.follow_ups, _("tindak lanjut yang tenggatnya sudah lewat")))
    return lines


def performance(unit, board, rates, members, *, whose=False):
    """A unit's rates and those of its members, as on its page; ``whose``: also how each kept his follow-ups."""
    columns = [
        Column("what", _("Ukuran")),
        Column("part", _("Jumlah"), "number", width=20),
        Column("whole", _("Dari"), "number", width=20),
        Column("rate", _("Persen"), "percent", width=20),
        Column("of", _("Dasar hitungan")),
    ]
    rows = [[what, share.part, share.whole, _rounded(share), of] for what, share, of in measures(rates)]
    rows += [
        [
            _("Kehadiran %(name)s (%(title)s)") % {"name": member.name, "title": member.title},
            member.attendance.part,
            member.attendance.whole,
            _rounded(member.attendance),
            _("pleno yang disahkan selama menjabat"),
        ]
        for member in members
    ]
    rows += [
        [
            _("Tindak lanjut tepat waktu %(name)s (%(title)s)") % {"name": member.name, "title": member.title},
            member.follow_ups.part,
            member.follow_ups.whole,
            _rounded(member.follow_ups),
            _("tindak lanjut orang itu yang tenggatnya sudah lewat"),
        ]
        for member in (members if whose else ())
    ]
    return Table("kinerja pleno", _("Kinerja pleno"), columns, rows, subtitle=f"{unit.name}, {_period(board.weeks)}")


def _rounded(share):
    return "" if share.rate is None else round(share.rate, 1)


def calendar(year):
    """The year of a body week by week: how it stands, its plenos, its holidays."""
    columns = [
        Column("week", _("Minggu"), "code", width=20),
        Column("monday", _("Mulai"), "date", width=28),
        Column("state", _("Huruf"), "state", width=12),
        Column("word", _("Keadaan"), width=34),
        Column("plenos", _("Pleno")),
        Column("free", _("Hari libur"), width=34),
    ]
    rows = [
        {
            "week": f"{number}-W{week:02d}",
            "monday": monday,
            "state": _state(cell) if cell else "",
            "word": str(cell.word) if cell and cell.letter else "",
            "plenos": "; ".join(
                f"{date_format(clock.local(p.happened_at, year.unit), 'j M H.i')}: {p.get_state_display()}"
                for p in plenos
            ),
            "free": ", ".join(free),
        }
        for number, week, monday, cell, plenos, free in year.weeks
    ]
    return Table(
        f"kalender {year.number}",
        _("Kalender pleno %(year)s") % {"year": year.number},
        columns,
        rows,
        subtitle=year.unit.name,
        landscape=True,
        layout="calendar",
        drawn=_drawn(year),
    )


def _drawn(year):
    """The twelve months for paper. A week that lies in two of them carries its letter in that of its Thursday."""
    plenos = {(number, week): len(found) for number, week, _monday, _cell, found, _free in year.weeks}
    return {
        "months": [[_month(month, plenos) for month in year.months[n : n + 4]] for n in (0, 4, 8)],
        "legend": [
            {"letter": str(of_state), "kind": kind, "word": str(word)}
            for of_state, kind, word in legend_rows()
            if year.tally
        ],
        "free": [{"days": _days(row), "name": row.name} for row in year.holidays],
    }


def _days(row):
    """8 Apr, 8–9 Apr, or 31 Des–1 Jan."""
    if row.first == row.last:
        return date_format(row.last, "j M")
    together = (row.first.year, row.first.month) == (row.last.year, row.last.month)
    return f"{date_format(row.first, 'j' if together else 'j M')}–{date_format(row.last, 'j M')}"


def _month(month, plenos):
    weeks = []
    for week in month.weeks:
        own = week.days[3].inside
        cell = week.cell if own and week.cell and week.cell.letter else None
        weeks.append(
            {
                "week": week.week,
                "own": own,
                "letter": str(letter(cell)) if cell else "",
                "kind": cell.kind if cell else "",
                "plenos": plenos.get((week.year, week.week), 0) if own else 0,
                "days": [
                    {"day": day.date.day, "free": bool(day.holiday), "pleno": bool(day.plenos)} if day.inside else None
                    for day in week.days
                ],
            }
        )
    return {"name": date_format(month.first, "F"), "weeks": weeks}
