"""Holidays: which hold where, the counting of working days, and who may enter and take back what."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bawaslu_portal.kernel import clock, holidays, ledger
from bawaslu_portal.kernel.lifecycle import NotPermitted, TransitionRefused
from bawaslu_portal.kernel.models import Holiday, Organisation, Parentage
from bawaslu_portal.kernel.tests.factories import make_person

pytestmark = pytest.mark.django_db
THURSDAY = datetime.date(2024, 8, 22)
FRIDAY = datetime.date(2024, 8, 23)
MONDAY = datetime.date(2024, 8, 26)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def keepers(cast):
    """Who keeps which list, by name of the unit in the cast."""
    return {
        "national_unit": make_person(cast.national_unit, "administrator", "Administrator Nasional"),
        "province_unit": cast.province_administrator,
        "unit": cast.secretary,
    }


def free(unit, first, last=None, name="Hari uji", kind="holiday", by=None):
    return holidays.add(unit, kind=kind, first=first, last=last, name=name, by=by)


class TestWhereTheyHold:
    @pytest.mark.parametrize(
        ("keeper", "kind", "works"),
        [
            ("national_unit", "holiday", {"unit": False, "neighbour_unit": False, "outsider_unit": False}),
            ("province_unit", "holiday", {"unit": False, "neighbour_unit": False, "outsider_unit": True}),
            ("unit", "closure", {"unit": False, "neighbour_unit": True, "outsider_unit": True}),
            # The province's own office may be closed without anyone below being free.
            ("province_unit", "closure", {"province_unit": False, "unit": True}),
        ],
    )
    def test_for_whom(self, cast, keepers, keeper, kind, works):
        by = keepers[keeper] if kind == "holiday" or keeper == "unit" else cast.province_administrator
        free(getattr(cast, keeper), FRIDAY, kind=kind, by=by)
        found = {name: holidays.is_working_day(getattr(cast, name), FRIDAY) for name in works}
        assert found == works

    def test_saturday_and_sunday_are_free(self, cast):
        assert [holidays.is_working_day(cast.unit, FRIDAY + n * DAY) for n in range(4)] == [True, False, False, True]

    def test_first_and_last_day_are_both_free(self, cast, keepers):
        free(cast.unit, THURSDAY, MONDAY, kind="closure", by=cast.secretary)
        days = [THURSDAY - DAY, THURSDAY, FRIDAY, MONDAY, MONDAY + DAY]
        assert [holidays.is_working_day(cast.unit, day) for day in days] == [True, False, False, False, True]

    def test_what_was_taken_back_holds_no_more(self, cast):
        row = free(cast.unit, FRIDAY, kind="closure", by=cast.secretary)
        holidays.remove(row, reason="Salah tanggal", by=cast.head)
        assert holidays.is_working_day(cast.unit, FRIDAY)

    def test_the_list_of_the_province_that_stood_above_on_that_day(self, cast, keepers):
        """A unit that moved to another province follows the earlier list before, the later one afterwards."""
        free(cast.province_unit, FRIDAY, MONDAY, by=keepers["province_unit"])
        banten = Organisation.objects.get(code="36")
        Parentage.objects.filter(organisation=cast.unit).update(until=MONDAY)
        Parentage.objects.create(organisation=cast.unit, parent=banten, since=MONDAY)
        calendar = holidays.Calendar([cast.unit], THURSDAY)
        assert not calendar.is_working_day(cast.unit, FRIDAY)
        assert calendar.is_working_day(cast.unit, MONDAY)


class TestCounting:
    @pytest.mark.parametrize(
        ("count", "day"), [(0, THURSDAY), (1, FRIDAY), (2, MONDAY), (6, datetime.date(2024, 8, 30))]
    )
    def test_working_days_after(self, cast, count, day):
        assert holidays.working_day_after(cast.unit, THURSDAY, count) == day

    def test_holidays_are_skipped(self, cast, keepers):
        free(cast.national_unit, FRIDAY, by=keepers["national_unit"])
        free(cast.unit, MONDAY, kind="closure", by=cast.secretary)
        assert holidays.working_day_after(cast.unit, THURSDAY, 1) == MONDAY + DAY

    def test_the_year_of_a_unit_names_who_keeps_each(self, cast, keepers):
        free(cast.national_unit, datetime.date(2024, 12, 31), datetime.date(2025, 1, 1), by=keepers["national_unit"])
        free(cast.unit, FRIDAY, kind="closure", by=cast.secretary)
        free(cast.province_unit, FRIDAY, kind="closure", by=cast.province_administrator)
        rows = [(h.first, h.organisation.code) for h in holidays.of(cast.unit, 2024)]
        assert rows == [(FRIDAY, "74.71"), (datetime.date(2024, 12, 31), "00")]
        assert [h.organisation.code for h in holidays.of(cast.unit, 2025)] == ["00"]

    def test_many_units_in_few_queries(self, cast, django_assert_max_num_queries):
        units = list(Organisation.objects.all())
        with django_assert_max_num_queries(5):
            calendar = holidays.Calendar(units, THURSDAY)
            for unit in units:
                calendar.working_day_after(unit, THURSDAY, 30)


class TestVerbs:
    # Who may enter what for which unit.
    MAY = {
        ("national_unit", "holiday"): {"national_administrator"},
        ("province_unit", "holiday"): {"province_administrator"},
        ("unit", "holiday"): set(),
        ("unit", "closure"): {"chair", "secretary", "head", "administrator"},
    }

    @pytest.mark.parametrize(
        "who",
        [
            "chair",
            "member",
            "secretary",
            "head",
            "staff",
            "administrator",
            "neighbour",
            "province",
            "province_chair",
            "province_administrator",
            "national",
            "national_administrator",
            "outsider",
        ],
    )
    @pytest.mark.parametrize(("place", "kind"), MAY)
    def test_who_may_enter_and_take_back(self, cast, keepers, place, kind, who):
        cast.national_administrator = keepers["national_unit"]
        unit, by = getattr(cast, place), getattr(cast, who)
        if who in self.MAY[place, kind]:
            row = free(unit, FRIDAY, kind=kind, by=by)
            assert holidays.remove(row, reason="x", by=by).removed_by == by
            return
        with pytest.raises(NotPermitted):
            free(unit, FRIDAY, kind=kind, by=by)
        row = Holiday.objects.create(organisation=unit, kind=kind, first=FRIDAY, last=FRIDAY, name="x", by=cast.chair)
        with pytest.raises(NotPermitted):
            holidays.remove(row, reason="x", by=by)
        row.refresh_from_db()
        assert row.removed_at is None

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"name": "  "}, "name"),
            ({"last": THURSDAY}, "last"),
            ({"last": FRIDAY + 366 * DAY}, "last"),
        ],
    )
    def test_a_wrong_entry_is_refused_at_its_field(self, cast, facts, field):
        with pytest.raises(ValidationError) as refused:
            free(cast.unit, **{"first": FRIDAY, "kind": "closure", "by": cast.secretary, **facts})
        assert field in refused.value.message_dict
        assert not Holiday.objects.exists()

    def test_the_same_twice_is_refused_but_may_come_again_once_taken_back(self, cast):
        row = free(cast.unit, FRIDAY, kind="closure", by=cast.secretary)
        with pytest.raises(ValidationError):
            free(cast.unit, FRIDAY, kind="closure", by=cast.head)
        with pytest.raises(IntegrityError), transaction.atomic():
            Holiday.objects.create(
                organisation=cast.unit, kind="closure", first=FRIDAY, last=FRIDAY, name=row.name, by=cast.head
            )
        holidays.remove(row, reason="x", by=cast.head)
        free(cast.unit, FRIDAY, kind="closure", by=cast.secretary)

    def test_taking_back_needs_a_reason_which_is_kept_and_happens_once(self, cast):
        row = free(cast.unit, FRIDAY, kind="closure", by=cast.secretary)
        with pytest.raises(ValidationError):
            holidays.remove(row, reason=" ", by=cast.head)
        holidays.remove(row, reason="Jadi masuk kerja", by=cast.head)
        with pytest.raises(TransitionRefused):
            holidays.remove(row, reason="lagi", by=cast.head)
        (kept,) = holidays.removed(cast.unit, 2024)
        assert (kept.removed_reason, kept.removed_by) == ("Jadi masuk kerja", cast.head)
        with pytest.raises(IntegrityError), transaction.atomic():
            Holiday.objects.filter(pk=row.pk).update(removed_reason="")

    def test_each_act_is_a_line_in_the_chain(self, cast):
        with clock.at(datetime.datetime(2024, 8, 1, tzinfo=datetime.UTC)):
            row = free(cast.unit, FRIDAY, kind="closure", by=cast.secretary)
            holidays.remove(row, reason="x", by=cast.head)
        assert [line.sentence for line in ledger.history_of(row)] == [
            "mencatat kantor tutup 2024-08-23 sampai 2024-08-23",
            "menghapus catatan kantor tutup 2024-08-23 sampai 2024-08-23",
        ]
