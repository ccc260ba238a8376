"""The one source of now."""

import datetime
import threading

import pytest

from bawaslu_portal.kernel import clock, ledger
from bawaslu_portal.kernel.tests.factories import make_organisation, person

# 23.30 WIB of Sunday: already Monday in Kendari (WITA) and in Jayapura (WIT).
LATE = datetime.datetime(2024, 8, 18, 16, 30, tzinfo=datetime.UTC)


def test_the_real_moment_is_aware_and_not_simulated():
    assert clock.now().tzinfo is not None
    assert abs(clock.now() - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=5)
    assert not clock.simulated()


def test_a_set_clock_holds_within_its_block_only():
    with clock.at(LATE):
        assert clock.now() == LATE
        assert clock.simulated()
        with clock.at(LATE + datetime.timedelta(days=1)):
            assert clock.now() == LATE + datetime.timedelta(days=1)
        assert clock.now() == LATE
    assert not clock.simulated()


def test_an_error_inside_gives_the_clock_back():
    with pytest.raises(ZeroDivisionError), clock.at(LATE):
        raise ZeroDivisionError
    assert not clock.simulated()


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime.datetime(2024, 8, 18, 16, 30)):
        pass


def test_another_request_keeps_its_own_clock():
    seen = []
    with clock.at(LATE):
        other = threading.Thread(target=lambda: seen.append(clock.simulated()))
        other.start()
        other.join()
    assert seen == [False]


@pytest.mark.parametrize(("code", "day"), [("36.73", 18), ("74.71", 19), ("91.71", 19)])
def test_today_is_the_date_in_the_unit(db, code, day):
    unit = make_organisation(code)
    with clock.at(LATE):
        assert clock.today(unit) == datetime.date(2024, 8, day)
        assert clock.local(clock.now(), unit).date() == datetime.date(2024, 8, day)


def test_lines_of_a_set_clock_say_that_they_are_simulated(kendari):
    by = person(kendari, "chair")
    with clock.at(LATE):
        told = ledger.record(kendari, "kernel.setting.change", kendari, by=by, key="a", since="b")
    real = ledger.record(kendari, "kernel.setting.change", kendari, by=by, key="a", since="b")
    assert (told.simulated, real.simulated) == (True, False)
    assert ledger.history_of(kendari)[0].simulated
