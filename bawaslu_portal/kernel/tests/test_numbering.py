"""Numbers of letters and decisions: no gap, no reuse, whatever happens at the same moment."""

import datetime
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction

from bawaslu_portal.kernel import catalogue, ledger, numbering, settings_store
from bawaslu_portal.kernel.models import LedgerEntry, NumberUse
from bawaslu_portal.kernel.tests.factories import make_unit, person

DAY = datetime.date(2024, 8, 19)


@pytest.fixture
def letters():
    """Two kinds of numbered paper with their own classification codes."""
    first, second = [p for p in catalogue.papers() if p.numbered][:2]
    assert first.code != second.code
    return first, second


@pytest.fixture
def office(kendari, letters):
    """What a test says in one word: draw(), reserve(7), cancel(use), ..."""
    return Office(kendari, letters[0].name)


class Office:
    def __init__(self, unit, kind):
        self.unit, self.kind, self.by = unit, kind, person(unit, "note_taker")

    def draw(self, kind=None, day=DAY):
        return numbering.draw(self.unit, kind or self.kind, about=uuid.uuid4(), day=day, by=self.by)

    def values(self, count):
        return [self.draw().value for _ in range(count)]

    def reserve(self, value, reason="Surat tugas di luar portal"):
        return numbering.reserve(self.unit, self.kind, value, day=DAY, by=self.by, reason=reason)

    def set_next(self, value, series=None):
        code = series or numbering.scheme(self.unit, self.kind)["code"]
        numbering.set_next(self.unit, code, DAY.year, value, by=self.by)

    def typed(self, text, about=None):
        return numbering.take_typed(self.unit, self.kind, text, about=about or uuid.uuid4(), day=DAY, by=self.by)

    def back_dated(self, value):
        return numbering.draw_back_dated(
            self.unit, self.kind, value=value, about=uuid.uuid4(), day=DAY, by=self.by, reason="Terlewat"
        )

    def change(self, key, value):
        by = person(self.unit, "administrator")
        settings_store.change(self.unit, key, value, since=datetime.date(2024, 1, 1), source="uji", by=by)


def test_numbers_follow_each_other_and_say_what_the_unit_is(office, letters):
    assert office.values(3) == [1, 2, 3]
    assert office.draw().text == f"4/{letters[0].code}/K.74.71/08/2024"


def test_each_code_and_each_year_counts_for_itself(office, letters):
    assert office.values(2) == [1, 2]
    assert office.draw(letters[1].name).value == 1
    assert office.draw(day=datetime.date(2025, 1, 2)).value == 1
    assert office.draw().value == 3


def test_another_unit_counts_for_itself(office, letters):
    office.values(2)
    assert Office(make_unit("74.04"), letters[0].name).draw().value == 1


def test_a_reserved_number_is_skipped_and_says_why(office):
    office.values(2)
    use = office.reserve(4)
    assert (use.state, use.reason) == ("reserved", "Surat tugas di luar portal")
    assert office.values(3) == [3, 5, 6]
    with pytest.raises(ValidationError):
        office.reserve(4)
    with pytest.raises(ValidationError):
        office.reserve(9, reason=" ")


def test_a_reserved_number_is_skipped_also_where_its_text_would_differ(office):
    """Reserved in August, drawn in September: another month in the text, the same number."""
    office.reserve(1)
    assert office.draw(day=datetime.date(2024, 9, 2)).value == 2


def test_a_drawn_number_cannot_be_reserved(office):
    office.values(2)
    with pytest.raises(ValidationError):
        office.reserve(2)


def test_a_cancelled_number_is_kept_and_never_given_again(office):
    first, second = office.draw(), office.draw()
    numbering.cancel(second, by=office.by, reason="Salah alamat")
    kept = NumberUse.objects.get(pk=second.pk)
    assert (kept.state, kept.value, kept.reason) == ("cancelled", 2, "Salah alamat")
    assert office.draw().value == 3
    with pytest.raises(ValidationError):
        numbering.cancel(second, by=office.by, reason="lagi")
    with pytest.raises(ValidationError):
        numbering.cancel(first, by=office.by, reason="")


def test_the_next_number_is_set_upwards_only(office):
    office.set_next(50)
    assert office.values(2) == [50, 51]
    with pytest.raises(ValidationError, match="51"):
        office.set_next(51)
    office.set_next(60)
    assert office.draw().value == 60


def test_an_act_that_fails_gives_its_number_back(office):
    office.draw()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        office.draw()
        raise ZeroDivisionError
    assert office.draw().value == 2


def test_a_letter_between_others_takes_a_suffix(office, letters):
    office.values(3)
    assert office.back_dated(2).text == f"2.2/{letters[0].code}/K.74.71/08/2024"
    assert office.back_dated(2).suffix == 3
    assert office.draw().value == 4
    with pytest.raises(ValidationError):
        office.back_dated(9)


def test_a_typed_number_stands_once_a_year(office):
    about = uuid.uuid4()
    use = office.typed("  012/PM.00/K.SG-15/08/2024 ", about)
    assert (use.text, use.typed, use.value) == ("012/PM.00/K.SG-15/08/2024", True, None)
    assert office.typed("012/PM.00/K.SG-15/08/2024", about) == use
    with pytest.raises(ValidationError):
        office.typed("012/PM.00/K.SG-15/08/2024")
    with pytest.raises(ValidationError):
        office.typed("   ")


def test_the_setting_says_whether_the_number_is_typed(office):
    def take(typed=""):
        return numbering.take(office.unit, office.kind, about=uuid.uuid4(), day=DAY, by=office.by, typed=typed)

    assert take().value == 1
    office.change(f"numbering.{office.kind}.source", "typed")
    assert take("7/X/2024").typed
    with pytest.raises(ValidationError):
        take()


def test_a_number_that_was_typed_before_is_not_drawn_again(office, letters):
    """An office that typed its numbers first and then lets the portal count."""
    office.typed(f"1/{letters[0].code}/K.74.71/08/2024")
    assert office.draw().value == 2
    with pytest.raises(ValidationError):
        office.reserve(1)


def test_a_pattern_without_the_code_never_gives_one_text_twice(office, letters):
    office.change("numbering.template", "{urut}/{unit}/{tahun}")
    texts = [office.draw(kind.name).text for kind in (*letters, *letters)]
    assert len(set(texts)) == 4


@pytest.mark.parametrize("pattern", ["{urut}/{kodee}", "{urut", "{urut.x}", "surat/{tahun}"])
def test_a_wrong_pattern_is_refused_in_words(office, pattern):
    office.change("numbering.template", pattern)
    with pytest.raises(ValidationError):
        office.values(2)


def test_decisions_run_by_body_and_year(office):
    assert numbering.draw_decisions(office.unit, 2024, 3) == [1, 2, 3]
    assert numbering.draw_decisions(office.unit, 2024, 1) == [4]
    assert numbering.draw_decisions(office.unit, 2025, 1) == [1]
    office.set_next(40, series=numbering.DECISIONS)
    assert numbering.draw_decisions(office.unit, 2024, 1) == [40]
    with pytest.raises(ValidationError):
        office.set_next(40, series=numbering.DECISIONS)


def test_what_is_done_to_the_register_stands_in_the_ledger(office):
    office.reserve(4)
    office.set_next(9)
    numbering.cancel(office.draw(), by=office.by, reason="Batal terbit")
    actions = list(LedgerEntry.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["kernel.number.reserve", "kernel.number.set_next", "kernel.number.cancel"]
    assert ledger.verify("74.71") == (3, None)


def test_the_database_itself_refuses_a_second_use(office):
    use = office.draw()
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberUse.objects.create(
            organisation=office.unit,
            series=use.series,
            year=use.year,
            value=use.value,
            text="lain",
            dated=DAY,
            by=use.by,
        )


@pytest.mark.django_db(transaction=True)
def test_numbers_drawn_at_once_have_no_gap_and_no_double():
    unit = make_unit("74.71")
    kind = next(p.name for p in catalogue.papers() if p.numbered)
    office, start, failures = Office(unit, kind), threading.Barrier(3), []

    def draw():
        try:
            start.wait(10)
            for _ in range(10):
                with transaction.atomic():
                    office.draw()
                    numbering.draw_decisions(unit, 2024, 1)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=draw) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sorted(NumberUse.objects.values_list("value", flat=True)) == list(range(1, 31))
    with transaction.atomic():
        assert numbering.draw_decisions(unit, 2024, 1) == [31]
