"""Duties: created ahead of time with a fixed due moment, in every zone, and what may be ruled about them by whom."""

import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from bawaslu_portal.celery import app as celery
from bawaslu_portal.kernel import clock, duties, holidays, ledger, settings_store
from bawaslu_portal.kernel.duties import DECLARED, DECLINED, EXTENDED, GRANTED, RETURNED
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Duty, DutyRuling, LedgerEntry, Notice, Organisation
from bawaslu_portal.kernel.tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2024, 8, 19)  # 2024-W34
SUNDAY = datetime.date(2024, 8, 25)
NOW = datetime.datetime(2024, 8, 21, 2, 0, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
RULES = (DECLARED, GRANTED, DECLINED, EXTENDED, RETURNED)


def moment(unit, year, month, day, hour=23, minute=59, second=59, microsecond=999999):
    return datetime.datetime(year, month, day, hour, minute, second, microsecond, tzinfo=unit.zone)


def owed(unit, kind="plenos.held", first=MONDAY, last=MONDAY):
    duties.ensure([unit], first, last)
    return Duty.objects.filter(organisation=unit, kind=kind).between(first, last).first()


@pytest.fixture
def duty(cast):
    with clock.at(NOW):
        return owed(cast.unit)


class TestCreation:
    @pytest.mark.parametrize(("code", "hour"), [("36.73", 16), ("74.71", 15), ("91.71", 14)])
    def test_due_at_the_end_of_sunday_in_the_units_own_zone(self, code, hour):
        """WIB, WITA and WIT: the day ends there at 16.59, 15.59 and 14.59 in UTC."""
        unit = make_organisation(code)
        due = owed(unit).due_at.astimezone(datetime.UTC)
        assert (due.date(), due.hour, due.minute, due.second) == (SUNDAY, hour, 59, 59)

    def test_minutes_are_due_at_the_end_of_the_third_working_day_after_it(self, cast):
        assert owed(cast.unit, "plenos.minutes").due_at == moment(cast.unit, 2024, 8, 28)

    def test_the_units_dated_settings_of_that_week_say_when(self, cast):
        since = datetime.date(2024, 8, 26)
        settings_store.change(cast.unit, "plenos.minutes_days", 5, since=since, source="SK", by=cast.administrator)
        # An instruction: the level above sets it for those below.
        settings_store.change(
            cast.province_unit, "plenos.held_due", 1, since=since, source="SE", by=cast.province_administrator
        )
        duties.ensure([cast.unit], MONDAY, MONDAY + duties.WEEK)
        found = {(d.kind, d.period): d.due_at for d in Duty.objects.filter(organisation=cast.unit)}
        assert found["plenos.held", "2024-W34"] == moment(cast.unit, 2024, 8, 25)
        assert found["plenos.minutes", "2024-W34"] == moment(cast.unit, 2024, 8, 28)
        assert found["plenos.held", "2024-W35"] == moment(cast.unit, 2024, 9, 2)
        assert found["plenos.minutes", "2024-W35"] == moment(cast.unit, 2024, 9, 9)

    def test_holidays_put_the_minutes_off_and_a_week_of_holidays_owes_nothing(self, cast):
        nation = make_person(cast.national_unit, "administrator", "Administrator Nasional")
        holidays.add(cast.national_unit, kind="holiday", first=datetime.date(2024, 8, 27), name="Hari uji", by=nation)
        holidays.add(
            cast.unit,
            kind="closure",
            first=datetime.date(2024, 9, 2),
            last=datetime.date(2024, 9, 6),
            name="Pindah kantor",
            by=cast.secretary,
        )
        duties.ensure([cast.unit], MONDAY, MONDAY + 2 * duties.WEEK)
        due = {(d.kind, d.period): d.due_at for d in Duty.objects.filter(organisation=cast.unit)}
        assert due["plenos.minutes", "2024-W34"] == moment(cast.unit, 2024, 8, 29)
        assert due["plenos.minutes", "2024-W35"] == moment(cast.unit, 2024, 9, 11)
        assert ("plenos.held", "2024-W36") not in due and ("plenos.minutes", "2024-W36") not in due

    def test_again_changes_nothing_whatever_changed_meanwhile(self, cast, duty):
        before = list(Duty.objects.values_list("pk", "due_at"))
        settings_store.change(
            cast.unit, "plenos.minutes_days", 9, since=datetime.date(2024, 1, 1), source="SK", by=cast.administrator
        )
        assert duties.ensure([cast.unit], MONDAY, MONDAY) == 0
        assert list(Duty.objects.values_list("pk", "due_at")) == before

    def test_no_weekly_duty_where_the_instruction_says_so(self, cast):
        settings_store.change(
            cast.province_unit,
            "plenos.weekly",
            False,
            since=datetime.date(2024, 1, 1),
            source="SE",
            by=cast.province_administrator,
        )
        assert owed(cast.unit) is None and owed(cast.neighbour_unit) is None
        assert owed(cast.outsider_unit) is not None

    @pytest.mark.parametrize(
        ("opened", "closed", "is_owed"),
        [
            (MONDAY, None, True),
            (datetime.date(2024, 8, 20), None, False),
            (None, SUNDAY + datetime.timedelta(days=1), True),
            (None, SUNDAY, False),
        ],
    )
    def test_only_for_a_week_in_which_the_unit_existed_throughout(self, cast, opened, closed, is_owed):
        Organisation.objects.filter(pk=cast.unit.pk).update(opened=opened, closed=closed)
        unit = Organisation.objects.get(pk=cast.unit.pk)
        assert (owed(unit) is not None) is is_owed

    def test_few_queries_whatever_the_numbers(self, cast, django_assert_num_queries):
        units = list(Organisation.objects.all())
        with django_assert_num_queries(
            2 + 3 + 1 + 2 * 2
        ):  # settings, tree; parents, holidays; each kind: there, created
            duties.ensure([cast.unit], MONDAY, MONDAY)
        with django_assert_num_queries(2 + 1 + 1 + 2 * 2):  # all of the tree at once
            duties.ensure(units, MONDAY + duties.WEEK, MONDAY + 4 * duties.WEEK)

    def test_a_duty_is_never_changed_or_removed(self, duty):
        for act in (lambda: Duty.objects.update(due_at=NOW), lambda: Duty.objects.all().delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()

    def test_the_clock_creates_this_week_and_the_next_four(self, cast):
        with clock.at(NOW):
            duties.create_ahead()
            assert duties.create_ahead() == 0
        weeks = set(Duty.objects.filter(organisation=cast.unit).values_list("period", flat=True))
        assert weeks == {f"2024-W{n}" for n in range(34, 39)}
        assert celery.conf.beat_schedule["duties"]["task"] == "kernel.duties"

    def test_weeks_follow_iso_over_the_new_year(self):
        found = duties.weeks(datetime.date(2026, 12, 28), datetime.date(2027, 1, 10))
        assert [p.text for p in found] == ["2026-W53", "2027-W01"]
        assert found[0].ends == datetime.date(2027, 1, 3)


class TestCommand:
    def test_by_hand_for_a_unit_and_those_below(self, cast):
        out = io.StringIO()
        call_command("duties", "--since", "2024-W23", "--until", "2024-W24", "--unit", "74", stdout=out)
        units = set(Duty.objects.values_list("organisation__code", flat=True))
        assert units == {u.code for u in Organisation.objects.filter(code__startswith="74")}
        assert set(Duty.objects.values_list("period", flat=True)) == {"2024-W23", "2024-W24"}
        assert out.getvalue() == f"{Duty.objects.count()} duties created.\n"

    def test_without_weeks_the_present_ones(self, cast):
        with clock.at(NOW):
            call_command("duties", stdout=io.StringIO())
        assert Duty.objects.filter(organisation=cast.national_unit, kind="plenos.held").count() == 5

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--since", "2024-W60"),
            ("--since", "2024"),
            ("--since", "2024-W10", "--until", "2024-W09"),
            ("--unit", "99"),
        ],
    )
    def test_a_week_or_unit_that_is_none_is_refused(self, cast, arguments):
        with pytest.raises(CommandError):
            call_command("duties", *arguments, stdout=io.StringIO())
        assert not Duty.objects.exists()


def ruled(duty, kind, by, **facts):
    facts = {"reason": "Banjir", **facts}
    if kind == EXTENDED:
        facts.setdefault("until", duty.due_at + 24 * HOUR)
    if kind == RETURNED:
        facts.setdefault("about", duty.uuid)
    return duties.rule(duty, kind, by=by, **facts)


class TestRulings:
    # Who may: the unit says why there is nothing, the level right above answers.
    MAY = {
        DECLARED: {"chair", "secretary", "head"},
        GRANTED: {"province", "province_chair"},
        DECLINED: {"province", "province_chair"},
        EXTENDED: {"province", "province_chair"},
        RETURNED: {"province", "province_chair"},
    }
    CAST = [
        "chair",
        "member",
        "secretary",
        "head",
        "staff",
        "administrator",
        "neighbour",
        "province",
        "province_chair",
        "province_staff",
        "province_administrator",
        "national",
        "outsider",
    ]

    @pytest.mark.parametrize("who", CAST)
    @pytest.mark.parametrize("kind", RULES)
    def test_who_may(self, cast, duty, kind, who):
        with clock.at(NOW):
            if kind in (GRANTED, DECLINED):
                ruled(duty, DECLARED, cast.chair)
            before = DutyRuling.objects.count()
            if who in self.MAY[kind]:
                ruling = ruled(duty, kind, getattr(cast, who))
                assert ruling.by_unit == (cast.unit if kind == DECLARED else cast.province_unit)
                assert ruling.begins == duty.begins and ruling.organisation == cast.unit
            else:
                with pytest.raises(NotPermitted):
                    ruled(duty, kind, getattr(cast, who))
                assert DutyRuling.objects.count() == before

    # What was said last of the excuse -> what may follow, written by hand.
    AFTER = {
        None: {DECLARED, EXTENDED, RETURNED},
        DECLARED: {GRANTED, DECLINED, EXTENDED, RETURNED},
        GRANTED: {DECLINED, RETURNED},
        DECLINED: {DECLARED, GRANTED, EXTENDED, RETURNED},
    }

    @pytest.mark.parametrize("kind", RULES)
    @pytest.mark.parametrize("standing", AFTER)
    def test_what_may_follow(self, cast, duty, standing, kind):
        with clock.at(NOW):
            if standing:
                ruled(duty, DECLARED, cast.chair)
            if standing in (GRANTED, DECLINED):
                ruled(duty, standing, cast.province)
            by = cast.chair if kind == DECLARED else cast.province
            if kind in self.AFTER[standing]:
                assert ruled(duty, kind, by).kind == kind
            else:
                with pytest.raises(TransitionRefused):
                    ruled(duty, kind, by)

    @pytest.mark.parametrize("kind", RULES)
    def test_a_reason_is_asked(self, cast, duty, kind):
        with clock.at(NOW):
            if kind in (GRANTED, DECLINED):
                ruled(duty, DECLARED, cast.chair)
            with pytest.raises(ValidationError) as refused:
                ruled(duty, kind, cast.chair if kind == DECLARED else cast.province, reason=" \n ")
            assert "reason" in refused.value.message_dict

    def test_an_extension_lengthens_and_lies_ahead(self, cast, duty):
        with clock.at(NOW):
            for until in (None, NOW - HOUR, duty.due_at - HOUR, duty.due_at):
                with pytest.raises(ValidationError) as refused:
                    ruled(duty, EXTENDED, cast.province, until=until)
                assert "until" in refused.value.message_dict
            ruled(duty, EXTENDED, cast.province, until=duty.due_at + 2 * HOUR)
            with pytest.raises(ValidationError):
                ruled(duty, EXTENDED, cast.province, until=duty.due_at + HOUR)
        with clock.at(duty.due_at + 5 * HOUR), pytest.raises(ValidationError):
            ruled(duty, EXTENDED, cast.province, until=duty.due_at + 4 * HOUR)
        assert Duty.objects.get(pk=duty.pk).due_at == duty.due_at

    def test_minutes_are_not_excused_and_nothing_is_not_sent_back(self, cast, duty):
        minutes = Duty.objects.get(organisation=cast.unit, kind="plenos.minutes", period=duty.period)
        with clock.at(NOW):
            with pytest.raises(TransitionRefused):
                ruled(minutes, DECLARED, cast.chair)
            with pytest.raises(ValidationError):
                ruled(minutes, RETURNED, cast.province, about=None)

    def test_the_level_above_a_province_is_the_nation_and_above_it_nobody(self, cast):
        duties.ensure([cast.province_unit, cast.national_unit], MONDAY, MONDAY)
        of_province, of_nation = (
            Duty.objects.get(organisation=unit, kind="plenos.held") for unit in (cast.province_unit, cast.national_unit)
        )
        with clock.at(NOW):
            ruled(of_province, DECLARED, cast.province_chair)
            assert ruled(of_province, GRANTED, cast.national).by_unit == cast.national_unit
            with pytest.raises(NotPermitted):
                ruled(of_nation, EXTENDED, cast.national)

    def test_one_line_in_the_units_chain_without_the_words(self, cast, duty):
        with clock.at(NOW):
            ruled(duty, DECLARED, cast.chair, reason="kenari-alasan")
            ruled(duty, GRANTED, cast.province, reason="kenari-jawaban")
        assert [line.sentence for line in ledger.history_of(duty)] == [
            "menyatakan tidak ada untuk 2024-W34",
            "membebaskan kewajiban 2024-W34",
        ]
        entries = LedgerEntry.objects.filter(thing=str(duty.uuid))
        assert {e.organisation for e in entries} == {cast.unit.code}
        assert not any(b"kenari" in bytes(e.canonical) for e in entries)
        assert ledger.verify(cast.unit.code)[1] is None

    def test_the_other_side_is_told_without_the_words(self, cast, duty):
        with clock.at(NOW):
            ruled(duty, DECLARED, cast.secretary, reason="kenari-alasan")
            told = Notice.objects.filter(about=duty.uuid)
            assert {n.user for n in told} == {cast.province, cast.province_chair}
            ruled(duty, GRANTED, cast.province, reason="kenari-jawaban")
            assert {n.user for n in told.filter(kind="kernel.duty.granted")} == {cast.chair, cast.secretary, cast.head}
        assert all("2024-W34" in n.text and "kenari" not in n.text for n in told)
        assert {n.url for n in told} == {"/pleno/74.71/2024-W34/"}

    def test_a_ruling_is_never_changed_or_removed(self, cast, duty):
        with clock.at(NOW):
            ruled(duty, DECLARED, cast.chair)
        for act in (lambda: DutyRuling.objects.update(reason="x"), lambda: DutyRuling.objects.all().delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()

    @pytest.mark.parametrize(
        ("who", "reads"),
        [
            ("chair", True),
            ("member", True),
            ("secretary", True),
            ("head", True),
            ("staff", False),
            ("administrator", False),
            ("neighbour", False),
            ("province", True),
            ("province_chair", True),
            ("province_staff", False),
            ("national", False),
            ("outsider", False),
        ],
    )
    def test_who_reads_the_words(self, cast, duty, who, reads):
        """visibility.md: submission, remark, explanation, excuse, return between two units."""
        with clock.at(NOW):
            ruling = ruled(duty, DECLARED, cast.chair)
        assert (ruling in duties.readable(getattr(cast, who))) is reads
