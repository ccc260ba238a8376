"""A week without a pleno on its page: who says and answers what, what it then looks like, and every refusal."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bawaslu_portal.kernel import catalogue, clock, duties
from bawaslu_portal.kernel.models import Duty, DutyRuling, Membership
from plenos import compliance

from ..factories import ROLES, make_closed, make_open, make_ratified, words

# All in the present, as the pages know no other time: last week, whose session is overdue, and the next one.
THIS = duties.monday_of(clock.now().date())
WEEK = datetime.timedelta(days=7)
LAST, NEXT = THIS - WEEK, THIS + WEEK


def page(name, cast, monday=LAST):
    year, week, _day = monday.isocalendar()
    return reverse(f"plenos:{name}", kwargs={"code": cast.unit.code, "year": year, "week": week})


@pytest.fixture
def owed(cast):
    """The duties of the unit from twenty weeks ago on; the one of last week."""
    duties.ensure([cast.unit], THIS - 20 * WEEK, NEXT)
    return Duty.objects.get(organisation=cast.unit, kind="plenos.held", begins=LAST)


def letter(cast, monday=LAST):
    year, week, _day = monday.isocalendar()
    return compliance.week_of(cast.unit, year, week).letter


class TestTheStory:
    def test_declared_declined_declared_again_and_excused(self, cast, owed, sign_in):
        secretary = sign_in(cast.secretary)
        assert "Nyatakan minggu tanpa pleno" in words(secretary.get(page("week", cast)))
        answer = secretary.post(page("week_declare", cast), {"reason": "Banjir di jalan poros"}, follow=True)
        assert answer.redirect_chain[-1][0] == page("week", cast)
        assert "Banjir di jalan poros" in words(answer) and letter(cast) == "N"

        province = sign_in(cast.province)
        assert "Banjir di jalan poros" in words(province.get(page("week_answer", cast)))
        province.post(page("week_answer", cast), {"answer": "declined", "reason": "Tersisa tiga hari"})
        assert letter(cast) == "N"
        secretary = sign_in(cast.secretary)
        assert "Tersisa tiga hari" in words(secretary.get(page("week", cast)))
        secretary.post(page("week_declare", cast), {"reason": "Jembatan putus sampai Jumat"})
        sign_in(cast.province_chair).post(page("week_answer", cast), {"answer": "granted", "reason": "Baik"})
        assert letter(cast) == "B"
        assert "Bebas wajib" in words(sign_in(cast.staff).get(page("week", cast)))

    def test_the_ways_on_stand_in_one_row_at_the_top_and_the_letter_once(self, cast, owed, sign_in):
        ways = {
            "secretary": ["Rencanakan pleno untuk minggu ini", "Nyatakan minggu tanpa pleno"],
            "province": ["Beri perpanjangan waktu", "Minta penjelasan"],
            "member": [],
            "staff": [],
        }
        for role, expected in ways.items():
            text = sign_in(getattr(cast, role)).get(page("week", cast)).content.decode()
            top = text.split('<div class="part">')[0].split("page-head")[1]
            assert [way for group in ways.values() for way in group if f">{way}</a>" in top] == expected, role
            assert text.count(">N</b>") == 1
        sign_in(cast.secretary).post(page("week_declare", cast), {"reason": "Banjir"})
        text = sign_in(cast.province).get(page("week", cast)).content.decode()
        assert text.index("Jawab alasannya") < text.index('<div class="part">')

    def test_more_time(self, cast, owed, sign_in):
        until = clock.local(clock.now() + WEEK, cast.unit).replace(microsecond=0, second=0)
        typed = {"duty": "plenos.held", "until": f"{until:%Y-%m-%dT%H:%M}", "reason": "Menunggu kapal"}
        province = sign_in(cast.province)
        assert province.post(page("week_extend", cast), typed).status_code == 302
        assert letter(cast) == ""
        assert Duty.objects.get(pk=owed.pk).due_at == owed.due_at
        shown = words(sign_in(cast.chair).get(page("week", cast)))
        assert "diperpanjang sampai" in shown and "Menunggu kapal" in shown
        minutes = Duty.objects.get(organisation=cast.unit, kind="plenos.minutes", begins=LAST)
        typed = {**typed, "duty": "plenos.minutes", "until": f"{until + WEEK:%Y-%m-%dT%H:%M}"}
        sign_in(cast.province).post(page("week_extend", cast), typed)
        assert minutes.rulings.get().until == until + WEEK


class TestWho:
    MAY = {
        "week_declare": {"chair", "note_taker", "head"},
        "week_answer": {"province_supervision", "province_member"},
        "week_extend": {"province_supervision", "province_member"},
    }
    STRANGERS = {"neighbour", "outsider"}

    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("name", MAY)
    def test_who_may(self, cast, owed, sign_in, name, role):
        duties.rule(owed, duties.DECLARED, by=cast.chair, reason="kenari") if name == "week_answer" else None
        said = DutyRuling.objects.count()
        until = clock.local(clock.now() + WEEK, cast.unit)
        typed = {
            "reason": "x",
            "answer": "granted",
            "duty": "plenos.held",
            "until": f"{until:%Y-%m-%dT%H:%M}",
        }
        client = sign_in(getattr(cast, ROLES[role]))
        may = role in self.MAY[name]
        expected = {True: (200, 302), False: (403, 403)}[may] if role not in self.STRANGERS else (404, 404)
        if role in ("administrator",):
            expected = (404, 404)  # knows no facts of a week
        got = (client.get(page(name, cast)).status_code, client.post(page(name, cast), typed).status_code)
        assert got == expected
        assert DutyRuling.objects.count() == said + may

    @pytest.mark.parametrize("role", ROLES)
    def test_who_reads_the_words(self, cast, owed, sign_in, role):
        duties.rule(owed, duties.DECLARED, by=cast.chair, reason="kenari-alasan")
        shown = sign_in(getattr(cast, ROLES[role])).get(page("week", cast))
        readers = {"chair", "member", "note_taker", "head", "province_supervision", "province_member"}
        assert ("kenari-alasan" in words(shown)) is (role in readers)
        knows = {*readers, "staff", "province_staff", "national"}
        assert ("Kewajiban minggu ini" in words(shown)) is (role in knows)


class TestRefusals:
    def test_no_reason(self, cast, owed, sign_in):
        answer = sign_in(cast.chair).post(page("week_declare", cast), {"reason": "  "})
        assert answer.status_code == 422 and not DutyRuling.objects.exists()

    def test_twice(self, cast, owed, sign_in):
        client = sign_in(cast.chair)
        client.post(page("week_declare", cast), {"reason": "x"})
        answer = client.post(page("week_declare", cast), {"reason": "kata yang diketik"})
        assert answer.status_code == 409 and "kata yang diketik" in words(answer)
        assert DutyRuling.objects.count() == 1

    def test_nothing_to_answer(self, cast, owed, sign_in):
        answer = sign_in(cast.province).post(page("week_answer", cast), {"answer": "granted", "reason": "x"})
        assert answer.status_code == 409 and not DutyRuling.objects.exists()

    @pytest.mark.parametrize("typed", ["", "2020-01-01T10:00", "kemarin"])
    def test_an_extension_into_the_past_or_nowhere(self, cast, owed, sign_in, typed):
        answer = sign_in(cast.province).post(
            page("week_extend", cast), {"duty": "plenos.held", "until": typed, "reason": "alasan diketik"}
        )
        assert answer.status_code == 422 and "alasan diketik" in words(answer)
        assert not DutyRuling.objects.exists()

    def test_a_week_in_which_one_was_held(self, cast, sign_in):
        pleno = make_open(cast)
        duties.ensure([cast.unit], pleno.monday, pleno.monday)
        for who, name, typed in (
            (cast.secretary, "week_declare", {"reason": "x"}),
            (cast.province, "week_answer", {"answer": "granted", "reason": "x"}),
        ):
            assert sign_in(who).post(page(name, cast, pleno.monday), typed).status_code == 409
        assert not DutyRuling.objects.exists()

    def test_held_after_the_reason_was_sent_is_not_excused(self, cast, sign_in):
        from ..factories import WHEN

        duties.ensure([cast.unit], duties.monday_of(WHEN.date()), duties.monday_of(WHEN.date()))
        duty = Duty.objects.get(organisation=cast.unit, kind="plenos.held")
        with clock.at(WHEN - WEEK):
            duties.rule(duty, duties.DECLARED, by=cast.chair, reason="x")
        make_ratified(cast)
        answer = sign_in(cast.province).post(
            page("week_answer", cast, duty.begins), {"answer": "granted", "reason": "x"}
        )
        assert answer.status_code == 409
        assert letter(cast, duty.begins) == "T"

    def test_a_week_without_a_duty(self, cast, sign_in):
        assert sign_in(cast.chair).get(page("week_declare", cast)).status_code == 404
        assert "belum tercatat kewajiban" in words(sign_in(cast.chair).get(page("week", cast)))

    @pytest.mark.parametrize(("year", "week"), [(2024, 60), (2023, 53), (9999, 53)])
    def test_a_week_that_does_not_exist(self, cast, owed, sign_in, year, week):
        address = reverse("plenos:week_declare", kwargs={"code": cast.unit.code, "year": year, "week": week})
        assert sign_in(cast.chair).get(address).status_code == 404

    def test_the_same_form_twice_acts_once(self, cast, owed, sign_in):
        client = sign_in(cast.chair)
        key = client.get(page("week_declare", cast)).context["form"]["request_key"].value()
        for _n in range(2):
            assert client.post(page("week_declare", cast), {"reason": "x", "request_key": key}).status_code == 302
        assert DutyRuling.objects.count() == 1


class TestMyDesk:
    def titles(self, user):
        return [row["title"] for row in catalogue.waiting_for(user)]

    def test_weeks_without_a_pleno_wait_for_the_record_keepers(self, cast, owed):
        text = f"Minggu {owed.period} tanpa pleno: catat, atau nyatakan alasannya"
        for who in (cast.chair, cast.secretary, cast.head):
            assert text in self.titles(who)
        for who in (cast.member, cast.staff, cast.administrator, cast.neighbour, cast.province, cast.national):
            assert text not in self.titles(who)
        duties.rule(owed, duties.DECLARED, by=cast.chair, reason="x")
        assert text not in self.titles(cast.chair)

    def test_older_weeks_stand_in_one_row(self, cast, owed):
        """Thirteen weeks back and this one not yet due: three named, ten in one row that leads to their list."""
        rows = [row for row in catalogue.waiting_for(cast.chair) if "tanpa pleno" in row["title"]]
        assert [row["title"] for row in rows[3:]] == ["10 minggu lain tanpa pleno"]
        assert rows[3]["url"] == f"/pleno/belum/{cast.unit.code}/"
        assert len(rows) == 4

    def test_a_reason_waits_for_the_level_above_until_it_is_answered(self, cast, owed):
        text = f"Jawab alasan tanpa pleno: {cast.unit.name}, minggu {owed.period}"
        duties.rule(owed, duties.DECLARED, by=cast.chair, reason="x")
        for who in (cast.province, cast.province_chair):
            assert text in self.titles(who)
        for who in (cast.chair, cast.province_staff, cast.national, cast.neighbour):
            assert text not in self.titles(who)
        duties.rule(owed, duties.DECLINED, by=cast.province, reason="x")
        assert text not in self.titles(cast.province)

    def test_overdue_minutes(self, cast, owed):
        monday = THIS - 5 * WEEK
        when = datetime.datetime.combine(monday, datetime.time(10), tzinfo=cast.unit.zone)
        make_closed(cast, when=when)
        year, week, _day = monday.isocalendar()
        assert f"Risalah minggu {year}-W{week:02d} lewat tenggat" in self.titles(cast.secretary)

    def test_constant_queries(self, cast, owed):
        def asked(user):
            with CaptureQueriesContext(connection) as queries:
                from plenos import owed as asking

                asking.waiting(user)
            return len(queries)

        one = asked(cast.province), asked(cast.secretary)
        for duty in Duty.objects.filter(organisation=cast.unit, kind="plenos.held", begins__lt=LAST)[:3]:
            duties.rule(duty, duties.DECLARED, by=cast.chair, reason="x")
        assert (asked(cast.province), asked(cast.secretary)) == one


def test_the_page_of_a_week_asks_the_same_whatever_was_said(cast, owed, sign_in):
    client = sign_in(cast.chair)
    client.get(page("week", cast))
    with CaptureQueriesContext(connection) as few:
        client.get(page("week", cast))
    for kind, by in (("declared", cast.chair), ("declined", cast.province), ("declared", cast.secretary)):
        duties.rule(owed, kind, by=by, reason="x")
    with CaptureQueriesContext(connection) as many:
        client.get(page("week", cast))
    assert len(many) == len(few)


def test_an_ended_membership_reads_no_more(cast, owed, sign_in):
    duties.rule(owed, duties.DECLARED, by=cast.chair, reason="kenari-alasan")
    Membership.objects.filter(user=cast.member).update(until=clock.now())
    assert sign_in(cast.member).get(page("week", cast)).status_code == 404
