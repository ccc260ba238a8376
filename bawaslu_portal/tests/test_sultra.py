"""The first half of the article on Sulawesi Tenggara, August 2024, played over HTTP by its people, in both languages.

The province instructs its districts to hold a plenary every week. Weeks pass: one district holds and delivers in time,
one late, one says why it held none, one does nothing. The province sees who did not, asks, answers, sends back.
"""

import datetime
import zoneinfo
from types import SimpleNamespace

import pytest

from bawaslu_portal.kernel import clock, tasks
from bawaslu_portal.kernel.models import Membership, Notice, Organisation, User
from bawaslu_portal.kernel.tests.factories import make_person, make_unit, person
from plenos.models import Pleno
from plenos.tests.factories import make_ratified
from plenos.tests.planting import Cells, letters_of_workbook

from .reading import Person

pytestmark = pytest.mark.django_db
WITA = zoneinfo.ZoneInfo("Asia/Makassar")
KENDARI, BAUBAU, KONAWE, KONSEL = CODES = ("74.71", "74.72", "74.02", "74.05")
RULE = "Instruksi Bawaslu Provinsi Sulawesi Tenggara Nomor 17 Tahun 2024"
FLOOD, BUSY = "Kantor terendam banjir sejak Selasa", "Anggota menghadiri pelantikan"
ASKED, ANSWERED = "Jelaskan mengapa tidak ada pleno", "Notulis cuti, kini ada penggantinya"
GRANTED, DECLINED = "Banjirnya benar", "Pelantikan hanya satu hari"
AGENDA, DECIDED = "Rencana kerja divisi minggu ini", "Menetapkan rencana kerja divisi"
BACK = "Daftar hadirnya belum ditandatangani"
BOARD = "/pleno/papan/74/?dari=2024-W31&sampai=2024-W32"
ABSENT = "/pleno/belum/?dari=2024-W31&sampai=2024-W32"

SAYS = {
    "id": {
        "rule": "Wajib pleno tiap minggu",
        "told": "Instruksi Bawaslu Provinsi Sulawesi Tenggara: Wajib pleno tiap minggu, berlaku sejak 29-07-2024",
        "obeys": "Ini instruksi tingkat di atas: unit ini mengikutinya dan tidak dapat membebaskan diri.",
        "on_time": ("T", "Tepat waktu"),
        "late": ("L", "Lambat: pleno dan risalah"),
        "asked": ("N", "Nihil, alasan menunggu jawaban"),
        "none": ("N", "Nihil"),
        "excused": ("B", "Bebas wajib"),
        "declined": ("N", "Nihil, tidak dibebaskan"),
        "returned": ("P", "Dalam proses: risalah dikembalikan"),
        "absent": "Belum berpleno atau belum melapor",
        "answer": "Jawab alasan tanpa pleno: Bawaslu Kabupaten Konawe, minggu 2024-W31",
        "explain": "Beri penjelasan kepada Bawaslu Provinsi Sulawesi Tenggara",
        "answered": "sudah dijawab",
        "open": "diminta, belum dijawab",
        "correct": "Risalah minggu 2024-W31 dikembalikan: perbaiki",
    },
    "en": {
        "rule": "A plenary is due every week",
        "told": "Instruction of Bawaslu Provinsi Sulawesi Tenggara: A plenary is due every week, from 29-07-2024 on",
        "obeys": "This is an instruction of the level above: this unit follows it and cannot free itself.",
        "on_time": ("H", "Held on time"),
        "late": ("L", "Late: plenary and minutes"),
        "asked": ("N", "None held, reason waits for an answer"),
        "none": ("N", "None held"),
        "excused": ("E", "Excused"),
        "declined": ("N", "None held, not excused"),
        "returned": ("P", "In progress: minutes sent back"),
        "absent": "Not held or not reported",
        "answer": "Answer the reason for no plenary: Bawaslu Kabupaten Konawe, week 2024-W31",
        "explain": "Explain to Bawaslu Provinsi Sulawesi Tenggara",
        "answered": "answered",
        "open": "asked for, not answered",
        "correct": "Minutes of week 2024-W31 were sent back: correct them",
    },
}


def on(day, month, hour=10, minute=0):
    """The clock of the portal stands at this hour of Sulawesi Tenggara, in 2024."""
    return clock.at(datetime.datetime(2024, month, day, hour, minute, tzinfo=WITA))


class Sultra:
    """The province, four of its districts, and everyone's browser."""

    def __init__(self, language):
        self.says, self.language = SAYS[language], language
        self.units = {code: make_unit(code, members=3) for code in CODES}
        province = Organisation.objects.get(code="74")
        for role in ("administrator", "supervision_staff", "chair"):
            make_person(province, role, f"{role} Sultra")
        self.units["74"] = province
        data = Membership.objects.values_list("title", "user__name", "division__name", "division__short_name")
        self.written = {RULE, FLOOD, BUSY, ASKED, ANSWERED, GRANTED, DECLINED, AGENDA, DECIDED, BACK, "Ruang rapat"}
        self.written |= {text for row in data for text in row if text}
        self._people = {}
        User.objects.update(language=language)  # before anyone is told of anything

    def one(self, code, role, order=None):
        """The one who holds ``role`` in the unit, at his browser."""
        key = code, role, order
        if key not in self._people:
            self._people[key] = Person(person(self.units[code], role, order), self.language, self.written)
        return self._people[key]

    def board(self):
        """{(code, week): (letter, word)} of the four, from the page of the province and the same from its workbook."""
        staff = self.one("74", "supervision_staff")
        staff.read(BOARD)
        cells = Cells(staff.client.get(BOARD).content.decode()).found
        names = {unit.region_name: code for code, unit in self.units.items()}
        letters = letters_of_workbook(staff.client.get(BOARD + "&bentuk=xlsx").content, names)
        seen = {place: cell for place, cell in cells.items() if place[0] in CODES}
        assert {place: letter for place, (letter, _word) in seen.items()} == letters
        return seen

    def cells(self, **rows):
        """The same from words: of each district, how its weeks 31 and 32 stand."""
        codes = {"kendari": KENDARI, "baubau": BAUBAU, "konawe": KONAWE, "konsel": KONSEL}
        weeks = ("2024-W31", "2024-W32")
        return {
            (codes[name], week): self.says[how]
            for name, of in rows.items()
            for week, how in zip(weeks, of, strict=True)
        }

    def absent(self):
        """(unit, week) of who did not hold or report, from the top, as the boxes and links of the province's list."""
        answer = self.one("74", "chair").client.get(ABSENT)
        return [f"{row.unit.code}/{row.week_text}" for row in answer.context["page"]]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_province_instructs_and_sees_who_did_not(language):
    sultra = Sultra(language)
    instruct(sultra)
    hold_in_time(sultra)
    hold_late_and_give_reasons(sultra)
    with on(16, 8):
        see_who_did_not(sultra)
        ask_and_be_answered(sultra)
        answer_reasons_and_send_back(sultra)
    with on(22, 8):  # the day of the evaluation
        see_what_came_of_it(sultra)


def instruct(sultra):
    """The province writes the instruction; a district is told of it, and finds no way out."""
    says = sultra.says
    with on(26, 7):
        rule = "/unit/74/pengaturan/plenos.weekly/"
        administrator = sultra.one("74", "administrator")
        administrator.read("/unit/74/pengaturan/", says["rule"])
        administrator.send(rule, RULE, value="1", since="2024-07-29", source=RULE)
        secretary = sultra.one(KONSEL, "note_taker")
        secretary.read("/kabar/", says["told"])
        notice = Notice.objects.get(user=person(sultra.units[KONSEL], "note_taker"))
        administrator = sultra.one(KONSEL, "administrator")
        rule = f"/unit/{KONSEL}/pengaturan/plenos.weekly/"
        assert not [form for form in administrator.read(rule, says["obeys"]).forms if "since" in form["names"]]
        typed = {"value": "0", "since": "2024-07-29", "source": "Sendiri"}
        assert administrator.client.post(rule, typed).status_code == 403
    with on(29, 7, 1):
        tasks.create_duties()
        secretary.send("/kabar/", RULE, to=f"/kabar/{notice.uuid}/")


def hold_in_time(sultra):
    """Kendari plans on Monday, invites, holds on Wednesday, signs and delivers on Thursday; and the next week again."""
    secretary, chair = sultra.one(KENDARI, "note_taker"), sultra.one(KENDARI, "chair")
    with on(29, 7):
        week = f"/pleno/{KENDARI}/2024-W31/"
        plan = f"/pleno/{KENDARI}/baru/?minggu=2024-W31"
        secretary.read(week)
        secretary.send(plan, planned_at="2024-07-31T10:00", agenda=AGENDA, prepare=[])
        secretary.send(week + "1/undang/")
    with on(31, 7, 10):
        secretary.send(week + "1/buka/")
    decide_and_close(sultra, KENDARI, on(31, 7, 10, 20), on(31, 7, 11))
    sign_and_ratify(sultra, KENDARI, on(1, 8))
    with on(1, 8, 15):
        chair.read(week, sultra.says["on_time"][1])
    office = SimpleNamespace(unit=sultra.units[KENDARI], secretary=person(sultra.units[KENDARI], "note_taker"))
    make_ratified(office, when=datetime.datetime(2024, 8, 7, 2, tzinfo=datetime.UTC))


def decide_and_close(sultra, code, then, after, decided=None, closed=None):
    """Decide the one item and close, each in its moment; typed hours where the session is entered afterwards."""
    secretary, here = sultra.one(code, "note_taker"), f"/pleno/{code}/2024-W31/1/"
    item = Pleno.objects.get(organisation=sultra.units[code], week=31).items.get()
    with then:
        decide = f"{here}ruang/{item.uuid}/putuskan/"
        secretary.send(here + "ruang/", to=decide, text=DECIDED, category="plan", manner="consensus", **(decided or {}))
    with after:
        secretary.send(here + "tutup/", **(closed or {}))


def sign_and_ratify(sultra, code, moment):
    here = f"/pleno/{code}/2024-W31/1/risalah/"
    with moment:
        sultra.one(code, "note_taker").send(here + "ajukan/")
        for role, order in (("chair", 1), ("member", 2), ("member", 3)):
            sultra.one(code, role, order).send(here + "konfirmasi/")
        sultra.one(code, "chair", 1).send(here + "sahkan/", DECIDED)


def hold_late_and_give_reasons(sultra):
    """Baubau holds its session of week 31 in week 32 and enters it on Friday; Konawe says twice why it held none."""
    secretary = sultra.one(BAUBAU, "note_taker")
    with on(9, 8):
        plan = f"/pleno/{BAUBAU}/baru/?minggu=2024-W31"
        secretary.send(plan, planned_at="2024-08-06T10:00", agenda=AGENDA, prepare=[], recorded_late="on")
        secretary.send(f"/pleno/{BAUBAU}/2024-W31/1/buka/", happened_at="2024-08-06T10:00")
    typed = [{"happened_at": f"2024-08-06T{hour}"} for hour in ("10:15", "11:00")]
    decide_and_close(sultra, BAUBAU, on(9, 8, 10, 20), on(9, 8, 10, 30), *typed)
    sign_and_ratify(sultra, BAUBAU, on(9, 8, 11))
    office = SimpleNamespace(unit=sultra.units[BAUBAU], secretary=person(sultra.units[BAUBAU], "note_taker"))
    make_ratified(office, when=datetime.datetime(2024, 8, 8, 2, tzinfo=datetime.UTC))
    head = sultra.one(KONAWE, "head_of_secretariat")
    for day, month, week, reason in ((1, 8, 31, FLOOD), (9, 8, 32, BUSY)):
        with on(day, month):
            head.send(f"/pleno/{KONAWE}/2024-W{week}/nihil/", reason, reason=reason)


def see_who_did_not(sultra):
    """The board letter by letter, its workbook, and the list of who did not, the worst first."""
    assert sultra.board() == sultra.cells(
        kendari=("on_time", "on_time"), baubau=("late", "on_time"), konawe=("asked", "asked"), konsel=("none", "none")
    )
    sultra.one("74", "supervision_staff").read(ABSENT, sultra.says["absent"], sultra.says["none"][1])
    assert sultra.absent() == [f"{code}/2024-W{week}" for code in (KONAWE, KONSEL) for week in (32, 31)]


def ask_and_be_answered(sultra):
    """The province asks about both weeks; Konawe Selatan explains one of them."""
    staff, says = sultra.one("74", "supervision_staff"), sultra.says
    weeks = [f"{KONSEL}/2024-W{week}" for week in (31, 32)]
    staff.send(ABSENT, to="/pleno/belum/minta/", minggu=weeks, text=ASKED)
    secretary, week = sultra.one(KONSEL, "note_taker"), f"/pleno/{KONSEL}/2024-W31/"
    secretary.read("/", says["explain"])
    secretary.send(week, ANSWERED, to=week + "percakapan/", text=ANSWERED, kind="answered")
    staff.read(ABSENT, says["answered"], says["open"])
    staff.read(week, ASKED, ANSWERED)


def answer_reasons_and_send_back(sultra):
    """The flood excuses, the inauguration does not; Baubau's minutes go back, Kendari's are read."""
    staff, says = sultra.one("74", "supervision_staff"), sultra.says
    staff.read("/", says["answer"])
    for week, answer, reason in ((31, "granted", GRANTED), (32, "declined", DECLINED)):
        staff.send(f"/pleno/{KONAWE}/2024-W{week}/jawab/", reason, answer=answer, reason=reason)
    minutes = f"/pleno/{KENDARI}/2024-W31/1/risalah/"
    staff.send(minutes, to=minutes + "dibaca/")
    staff.send(f"/pleno/{BAUBAU}/2024-W31/1/risalah/kembalikan/", BACK, reason=BACK)
    sultra.one(BAUBAU, "note_taker").read("/", says["correct"])
    sultra.one(KONAWE, "head_of_secretariat").read(f"/pleno/{KONAWE}/2024-W32/", DECLINED, says["declined"][1])


def see_what_came_of_it(sultra):
    """The day of the evaluation: who did not stands at the top, and page and workbook say the same."""
    assert sultra.board() == sultra.cells(
        kendari=("on_time", "on_time"),
        baubau=("returned", "on_time"),
        konawe=("excused", "declined"),
        konsel=("none", "none"),
    )
    assert sultra.absent() == [
        f"{KONSEL}/2024-W32",
        f"{KONSEL}/2024-W31",
        f"{KONAWE}/2024-W32",
        f"{BAUBAU}/2024-W31",
    ]
    chair = sultra.one("74", "chair")
    chair.read(ABSENT, "Bawaslu Kabupaten Konawe Selatan", sultra.says["returned"][1], sultra.says["answered"])
    chair.read("/pleno/diterima/")
