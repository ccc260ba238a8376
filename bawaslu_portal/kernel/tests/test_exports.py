"""Every list as Excel and on paper: same rows, same order, nothing that computes, read by its asker only."""

import datetime
import io

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from bawaslu_portal.kernel import charts, exports, jobs, pdf
from bawaslu_portal.kernel.exports import Column, Moment, State, Table
from bawaslu_portal.kernel.lifecycle import TransitionRefused
from bawaslu_portal.kernel.models import Document, Job
from bawaslu_portal.kernel.tests.factories import signed_in
from plenos.tests.factories import make_ratified

AT = datetime.datetime(2024, 8, 19, 1, 0, tzinfo=datetime.UTC)
NASTY = ('=HYPERLINK("http://jahat")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "=1\x00")


def table(unit, rows=None, **more):
    columns = [
        Column("name", "Nama"),
        Column("2024-W34", "34", "state", full="2024-W34"),
        Column("count", "Jumlah", "number"),
        Column("rate", "Persen", "percent"),
        Column("day", "Tanggal", "date"),
        Column("at", "Saat", "moment"),
    ]
    rows = rows or [
        {
            "name": "Kota Kendari",
            "2024-W34": State("N", "Nihil", "miss"),
            "count": 1234,
            "rate": 77.8,
            "day": datetime.date(2024, 6, 3),
            "at": Moment(AT, unit),
        }
    ]
    return Table("papan", "Papan", columns, rows, subtitle="Juni", note="N: nihil.", **more)


def workbook(content):
    return load_workbook(io.BytesIO(content))


def test_a_workbook_has_headings_filter_widths_and_frozen_panes(kendari):
    made = table(kendari, foot=[["Jumlah", "", 1234, "", "", ""]])
    book = workbook(exports.excel(made))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Nama", "2024-W34", "Jumlah", "Persen", "Tanggal", "Saat"]
    assert [cell.value for cell in sheet[2]] == [
        "Kota Kendari",
        "N",
        1234,
        77.8,
        datetime.datetime(2024, 6, 3),
        datetime.datetime(2024, 8, 19, 9, 0),
    ]
    assert sheet["B2"].fill.fgColor.rgb.endswith("AE2A1D") and sheet["F2"].number_format.endswith('"WITA"')
    assert sheet["A3"].value == "Jumlah" and sheet["A3"].font.bold
    # The sums stand outside the filter.
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:F2", "B2")
    assert sheet.column_dimensions["A"].width >= len("Kota Kendari")
    about = [cell.value for cell in book.worksheets[1]["A"]]
    assert about[:3] == ["Papan", "Juni", "N: nihil."]


@pytest.mark.parametrize("text", NASTY)
def test_text_stays_text_whatever_it_begins_with(kendari, text):
    sheet = workbook(exports.excel(Table("x", "X", [Column("a", text)], [[text]]))).worksheets[0]
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s" and cell.quotePrefix
        assert cell.value.strip("\r\n\t ") in text


def test_a_list_that_no_file_should_hold_is_refused(kendari):
    long = Table("x", "X", [Column(str(n), str(n)) for n in range(100)], [[1] * 100] * 7000)
    with pytest.raises(TransitionRefused):
        exports.excel(long)


def test_rows_may_be_dicts_or_sequences():
    made = Table("x", "X", [Column("a", "A"), Column("b", "B")], [{"b": 2, "a": 1}, (3, 4), {"a": 5}])
    assert list(made.cells()) == [[1, 2], [3, 4], [5, ""]]


def test_the_printed_table_is_frozen_in_indonesian_and_made_by_the_worker(cast):
    made = table(cast.unit, landscape=True, paper_size="F4", figures=[("90,2 %", "terlaksana")])
    made.title = gettext_lazy("Meja saya")
    with translation.override("en"):
        document = freeze(made, cast)
    record = document.record
    assert record["rows"] == [
        [
            "Kota Kendari",
            {"letter": "N", "kind": "miss"},
            "1.234",
            "77,8",
            "3\u00a0Juni\u00a02024",
            "19\u00a0Agustus\u00a02024 09.00 WITA",
        ]
    ]
    assert (record["paper"], record["landscape"], record["asked_by"]) == ("F4", True, cast.secretary.name)
    job = Job.objects.get(kind="paper", key=str(document.uuid))
    jobs.run(job.pk)
    document.refresh_from_db()
    assert document.file_id and document.made_at


def freeze(made, cast, of="/pleno/74.71/"):
    with translation.override("id"):
        return exports.freeze(made, by=cast.secretary, organisation=cast.unit, of=of)


def test_printing_the_same_list_again_supersedes_the_earlier_print_only(cast):
    first, other = freeze(table(cast.unit), cast), freeze(table(cast.unit), cast, of="/pleno/74.71/?year=2023")
    rows = [["Muna", "", 1, 1.0, datetime.date(2024, 1, 1), ""]]
    second = freeze(table(cast.unit, rows), cast)
    first.refresh_from_db()
    other.refresh_from_db()
    assert first.superseded_by == second and other.superseded_by is None


@pytest.mark.parametrize(
    ("size", "landscape", "millimetres"),
    [("A4", False, (210, 297)), ("A4", True, (297, 210)), ("F4", False, (210, 330)), ("F4", True, (330, 210))],
)
def test_each_paper_has_its_size(cast, size, landscape, millimetres):
    chart = charts.Lines("arah", "Arah", ["1", "2"], [charts.Series("terlaksana", (90.0, 80.0))])
    made = table(cast.unit, landscape=landscape, paper_size=size, chart=chart, figures=[("1", "satu")])
    page = pypdf.PdfReader(io.BytesIO(exports.paper(freeze(made, cast)))).pages[0]
    assert tuple(round(float(points) / 72 * 25.4) for points in page.mediabox[2:]) == millimetres
    text = page.extract_text()
    assert "Kota Kendari" in text and "N: nihil." in text and cast.secretary.name in text


def test_an_empty_table_says_so(cast):
    made = Table("x", "X", [Column("a", "A")], [])
    text = pdf.markup("pdf/table.html", {"record": freeze(made, cast).record, "rows": [], "title": "X", "digest": "a"})
    assert "Tidak ada baris" in text


# --- over HTTP ------------------------------------------------------------------------------------------


@pytest.fixture
def list_page(cast):
    make_ratified(cast, when=AT)
    return reverse("plenos:unit", args=[cast.unit.code]) + "?year=2024"


def test_excel_gives_what_is_seen(cast, sign_in, list_page):
    client = sign_in(cast.staff)
    answer = client.get(f"{list_page}&bentuk=xlsx")
    assert answer["Content-Type"] == exports.XLSX
    assert answer["Content-Disposition"].startswith('attachment; filename="pleno-74')
    assert "no-store" in answer["Cache-Control"] and answer["X-Content-Type-Options"] == "nosniff"
    sheet = workbook(answer.content).worksheets[0]
    assert [cell.value for cell in sheet["B"]][1:] == ["2024-W34"]
    none = workbook(client.get(f"{list_page}&state=draft&bentuk=xlsx").content).worksheets[0]
    assert none.max_row == 1


def test_a_print_is_read_by_its_asker_only(cast, sign_in, list_page):
    answer = sign_in(cast.secretary).post(list_page, {"cetak": "1", "request_key": exports.uuid.uuid4()})
    paper = Document.objects.get(kind=exports.KIND)
    assert answer.status_code == 302 and answer["Location"] == reverse("kernel:document", args=[paper.uuid])
    assert paper.record["seen_at"] == list_page
    page = Client()
    signed_in(page, cast.secretary)
    shown = page.get(answer["Location"]).content.decode()
    assert list_page.replace("&", "&amp;") in shown
    room = reverse("kernel:print_room") + "?kind=kernel.table&tahun=semua"
    assert paper.title in page.get(room).content.decode()
    for other in (cast.chair, cast.member, cast.staff, cast.head, cast.province, cast.national, cast.neighbour):
        client = signed_in(Client(), other)
        assert client.get(answer["Location"]).status_code == 404
        assert client.get(reverse("kernel:document_file", args=[paper.uuid])).status_code == 404
        assert paper.title not in client.get(room).content.decode()


def test_the_same_button_twice_prints_once(cast, sign_in, list_page):
    client, key = sign_in(cast.secretary), exports.uuid.uuid4()
    for _time in range(2):
        assert client.post(list_page, {"cetak": "1", "request_key": key}).status_code == 302
    assert Document.objects.filter(kind=exports.KIND).count() == 1


def test_a_list_takes_no_other_post(cast, sign_in, list_page):
    assert sign_in(cast.secretary).post(list_page, {}).status_code == 405


def test_one_who_left_reads_his_prints_no_longer(cast, list_page):
    from bawaslu_portal.kernel import documents
    from bawaslu_portal.kernel.models import Membership

    freeze(table(cast.unit), cast)
    assert documents.readable_by(cast.secretary).filter(kind=exports.KIND).exists()
    Membership.objects.filter(user=cast.secretary).update(until=AT)
    cast.secretary.scope_cache = {}
    assert not documents.readable_by(cast.secretary).filter(kind=exports.KIND).exists()


def test_a_print_of_another_post_is_read_no_longer(cast):
    from bawaslu_portal.kernel import clock, documents
    from bawaslu_portal.kernel.models import Membership

    def read():
        cast.secretary.scope_cache = {}
        return set(documents.readable_by(cast.secretary).filter(kind=exports.KIND))

    first, now = freeze(table(cast.unit), cast), clock.now()
    assert read() == {first}
    seat = Membership.objects.get(user=cast.secretary)
    Membership.objects.filter(pk=seat.pk).update(until=now)
    Membership.objects.create(organisation=cast.unit, user=cast.secretary, role="staff", title="Staf", since=now)
    assert read() == set()
    second = freeze(table(cast.unit), cast, of="/lain/")
    assert read() == {second}


def test_an_administrator_reads_what_he_printed_as_such_and_nothing_else(cast, sign_in):
    from bawaslu_portal.kernel.models import Membership

    client, people = sign_in(cast.administrator), reverse("kernel:people", args=[cast.unit.code])
    own = client.post(people, {"cetak": "1"})["Location"]
    assert client.get(own).status_code == 200
    printed = freeze(table(cast.unit), cast)
    since = Membership.objects.get(user=cast.secretary).since
    Membership.objects.filter(user=cast.secretary).update(role="administrator", since=since)
    client = sign_in(cast.secretary)
    for uuid in (printed.uuid, Document.objects.get(created_by=cast.administrator).uuid):
        assert client.get(reverse("kernel:document", args=[uuid])).status_code == 404
