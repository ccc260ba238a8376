"""Bad input through the pages: a clear refusal, at the field where there is one, with everything typed kept."""

import datetime

import pytest

from bawaslu_portal.kernel import clock, settings_store
from bawaslu_portal.kernel.models import Membership
from plenos import lifecycle
from plenos.models import Decision, Pleno

from ..factories import WHEN, item_of, make_adjourned, make_draft, make_invited, make_open, plan_facts, row_of, words

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def secretary(clients):
    return clients["note_taker"]


def send(client, address, data, status=422):
    """Send a form; gives the words of the page that refuses it."""
    answer = client.post(address, {"request_key": "", **data})
    page = words(answer)
    assert answer.status_code == status, page[:2000]
    return page


def plan(cast, secretary, **changes):
    address = make_draft(cast).address("plenos:pleno").rsplit("/", 3)[0] + "/baru/"
    return send(secretary, address, plan_facts(cast, place="Aula kelurahan", **changes))


class TestPlanning:
    def test_a_second_pleno_at_the_same_hour(self, cast, secretary):
        facts = plan_facts(cast)
        when = datetime.datetime.fromisoformat(facts["planned_at"]).replace(tzinfo=cast.unit.zone)
        lifecycle.plan(
            cast.unit,
            by=cast.secretary,
            year=int(facts["week"][:4]),
            week=int(facts["week"][-2:]),
            planned_at=when,
            place="Ruang rapat",
        )
        page = plan(cast, secretary, planned_at=facts["planned_at"])
        assert "sudah direncanakan pleno lain" in page
        assert "Aula kelurahan" in page
        assert "Lampu kantor" in page

    def test_a_week_far_away(self, cast, secretary):
        page = plan(cast, secretary, week="2019-W07")
        assert "terpaut lebih dari dua bulan" in page
        assert "Aula kelurahan" in page

    def test_a_chair_who_is_no_member_of_the_body(self, cast, secretary):
        stranger = Membership.objects.get(organisation=cast.outsider_unit, user=cast.outsider)
        page = plan(cast, secretary, chair=stranger.pk)
        assert "id_chair_error" in page or "is-invalid" in page
        assert "Aula kelurahan" in page
        assert not Pleno.objects.filter(place="Aula kelurahan").exists()


class TestTheRoom:
    def opening(self, cast, pleno):
        seats = Membership.objects.in_office_on(cast.unit, pleno.planned_at)
        data = {f"status_{m.pk}": "present:onsite" for m in seats} | {"chair": pleno.chair_id}
        return data | {f"reason_{seats[1].pk}": "dari bandara langsung"}

    def test_a_second_session_while_the_first_is_under_way(self, cast, secretary):
        make_open(cast)
        second = make_invited(cast, when=WHEN + HOUR)
        with clock.at(WHEN + HOUR):
            page = send(secretary, second.address("plenos:open"), self.opening(cast, second))
        assert "bertumpuk dengan" in page
        assert "dari bandara langsung" in page

    def attend(self, cast, secretary, **typed):
        pleno = make_open(cast)
        row = row_of(pleno, cast.members[3])
        data = {f"a{row.pk}-{name}": value for name, value in {"status": "present:onsite", **typed}.items()}
        with clock.at(WHEN + HOUR):
            return send(secretary, pleno.address("plenos:attend", uuid=row.uuid), data)

    def test_a_departure_before_the_arrival(self, cast, secretary):
        page = self.attend(
            cast, secretary, arrived_at="2024-08-19T10:30", left_at="2024-08-19T10:20", reason="rapat lain"
        )
        assert "Waktu pulang tidak boleh sebelum waktu datang" in page
        assert "rapat lain" in page
        assert "2024-08-19T10:20" in page

    def test_a_time_outside_the_room_that_cannot_be(self, cast, secretary):
        page = self.attend(cast, secretary, away_since="2024-08-19T10:30", away_until="2024-08-19T10:20")
        assert "Waktu kembali harus sesudah waktu keluar" in page
        assert "2024-08-19T10:30" in page

    def decide(self, secretary, pleno, status=422, **more):
        data = {"text": "Menyetujui jadwal patroli.", "category": "plan", "notes_version": "0", **more}
        with clock.at(WHEN + 30 * MINUTE):
            page = send(secretary, pleno.address("plenos:decide", uuid=item_of(pleno).uuid), data, status)
        assert "Menyetujui jadwal patroli." in page
        assert not Decision.objects.exists()
        return page

    def test_a_vote_by_someone_who_left_meanwhile(self, cast, secretary):
        pleno = make_open(cast)
        votes = {f"vote_{a.pk}": "agree" for a in pleno.attendees.members()}
        with clock.at(WHEN + 10 * MINUTE):
            lifecycle.step_out(row_of(pleno, cast.members[3]), by=cast.secretary)
        page = self.decide(secretary, pleno, manner="vote", **votes)
        assert "Daftar hadir berubah" in page

    def test_an_abstention_where_the_unit_knows_none(self, cast, secretary):
        settings_store.change(
            cast.unit,
            "plenos.abstention",
            False,
            since=datetime.date(2024, 1, 1),
            source="Tata tertib",
            by=cast.administrator,
        )
        pleno = make_open(cast)
        votes = {f"vote_{a.pk}": "agree" for a in pleno.attendees.members()}
        with clock.at(WHEN + MINUTE):
            shown = words(secretary.get(pleno.address("plenos:room")))
        assert 'value="abstain"' not in shown
        self.decide(secretary, pleno, manner="vote", **votes | {list(votes)[1]: "abstain"})

    def test_a_decision_on_an_item_that_was_withdrawn_meanwhile(self, cast, secretary):
        pleno = make_open(cast)
        with clock.at(WHEN + 10 * MINUTE):
            lifecycle.withdraw(item_of(pleno), by=cast.secretary, reason="Bahan keliru.")
        assert "Buka kembali agenda itu" in self.decide(secretary, pleno, 409, manner="consensus")

    def test_a_decision_without_a_quorum(self, cast, secretary):
        pleno = make_open(cast)
        for seat in (3, 4, 5):
            with clock.at(WHEN + 10 * MINUTE):
                lifecycle.step_out(row_of(pleno, cast.members[seat - 1]), by=cast.secretary)
        page = self.decide(secretary, pleno, 409, manner="consensus")
        for way in ("adjourn", "continue_later"):
            assert pleno.address(f"plenos:{way}") in page

    def test_a_decision_while_the_session_stands_still(self, cast, secretary):
        self.decide(secretary, make_adjourned(cast), 409, manner="consensus")


class TestStandingStill:
    def test_no_reason_and_an_hour_that_is_past(self, cast, secretary):
        pleno = make_open(cast)
        with clock.at(WHEN + 10 * MINUTE):
            typed = {"reason": "", "place": "Aula kelurahan"}
            page = send(secretary, pleno.address("plenos:adjourn"), typed)
            assert "Aula kelurahan" in page
            typed = {"reason": "Menunggu anggota", "planned_at": "2024-08-19T09:00"}
            page = send(secretary, pleno.address("plenos:adjourn"), typed)
        assert "harus sesudah rapat diskors" in page
        assert "Menunggu anggota" in page

    def test_going_on_without_the_chair_or_without_anybody(self, cast, secretary):
        pleno = make_adjourned(cast)
        back = [row_of(pleno, cast.members[n]).pk for n in (1, 2, 3)]
        typed = {"back": back, "chair": pleno.chair_id, "chair_reason": "Ketua ke Jakarta"}
        with clock.at(WHEN + HOUR):
            page = send(secretary, pleno.address("plenos:resume"), typed)
            assert "Pimpinan rapat belum kembali" in page
            assert "Ketua ke Jakarta" in page
            assert page.count("checked") == 3
            page = send(secretary, pleno.address("plenos:resume"), {"chair": pleno.chair_id}, 409)
        assert "Belum seorang anggota pun kembali" in page

    def test_a_follow_up_pleno_in_the_past(self, cast, secretary):
        pleno = make_open(cast)
        typed = {"planned_at": "2024-08-19T09:00", "place": "Aula kelurahan", "reason": "Habis waktu"}
        with clock.at(WHEN + HOUR):
            page = send(secretary, pleno.address("plenos:continue_later"), typed)
        assert "harus yang akan datang" in page
        assert "Aula kelurahan" in page


def test_closing_says_what_is_still_open_and_closes_all_the_same(cast, secretary):
    pleno = make_open(cast, exceptions={5: "unexplained"})
    row = pleno.attendees.members().last()
    row.pleno = pleno
    with clock.at(WHEN + 10 * MINUTE):
        lifecycle.set_attendance(row, by=cast.secretary, status="unexplained")
        lifecycle.attach(item_of(pleno), by=cast.secretary, files=[(b"%PDF-1.7\n%%EOF", "application/pdf", "a.pdf")])
        votes = {a.pk: "agree" for a in pleno.attendees.members() if a.in_room_at(clock.now())}
        for pk in list(votes)[:2]:
            votes[pk] = "against"
        lifecycle.decide(item_of(pleno), by=cast.secretary, category="plan", text="Usul.", manner="vote", votes=votes)
        lifecycle.decide(item_of(pleno, 2), by=cast.secretary, category="plan", text="Menyetujui.")
        lifecycle.write_notes(item_of(pleno, 3), by=cast.secretary, text="Dibahas.", version=0)
    with clock.at(WHEN + HOUR):
        page = words(secretary.get(pleno.address("plenos:close")))
        for sentence in (
            "suara berimbang, belum ada keputusan",
            "belum ada catatan pembahasan",
            "keputusannya tanpa tindak lanjut",
            "1 lampiran tanpa keterangan",
            f"{row.name} tidak hadir tanpa keterangan alasan",
        ):
            assert sentence in page
        fates = {f"fate_{item_of(pleno, order).pk}": "defer" for order in (1, 3)}
        answer = secretary.post(pleno.address("plenos:close"), {"request_key": "", "reason": "Habis waktu.", **fates})
    assert answer.status_code == 302
