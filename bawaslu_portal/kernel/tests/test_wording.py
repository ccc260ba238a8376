"""Indonesian words on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bawaslu_portal.kernel import wording


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "nol"),
        (9, "sembilan"),
        (11, "sebelas"),
        (45, "empat puluh lima"),
        (100, "seratus"),
        (1000, "seribu"),
        (2024, "dua ribu dua puluh empat"),
        (2026, "dua ribu dua puluh enam"),
    ],
)
def test_numbers_in_words(value, words):
    assert wording.number(value) == words


def test_places_in_a_row():
    assert wording.ordinal(1) == "pertama"
    assert wording.ordinal(45) == "keempat puluh lima"
    assert wording.counted(5) == "5 (lima)"


def test_dates_and_hours():
    opened = "2026-11-09T09:15:00+08:00"
    assert wording.full_day(opened) == "Senin, 9\u00a0November\u00a02026"
    assert wording.digits(opened) == "09-11-2026"
    assert wording.hour(opened) == "09.15"
    assert wording.hour_words(opened) == "sembilan lewat lima belas menit"
    assert wording.hour_words("09:00") == "sembilan"
    assert wording.stamp(opened, "WITA") == "9\u00a0November\u00a02026 pukul\u00a009.15\u00a0WITA"
    assert wording.day("2024-08-17") == "17\u00a0Agustus\u00a02024"
    assert wording.zone_name("WIT") == "Waktu Indonesia Timur"


def test_a_moment_is_printed_as_it_stands_whatever_the_zone_of_the_process(settings):
    settings.TIME_ZONE = "UTC"
    assert wording.hour("2026-11-09T23:30:00+09:00") == "23.30"
    assert wording.weekday("2026-11-09T23:30:00+09:00") == "Senin"


def test_week_of_a_year():
    assert wording.week("2024-W34") == 34
    with pytest.raises(ValueError, match="no ISO week"):
        wording.week("2024-34")


@given(st.text())
def test_cleaned_text_can_always_be_parsed_as_xml(text):
    from xml.etree import ElementTree
    from xml.sax.saxutils import escape

    ElementTree.fromstring(f"<p>{escape(wording.clean(text))}</p>")  # noqa: S314 - our own text


def test_unseen_reversals_of_direction_are_removed_and_other_scripts_stay():
    assert wording.clean("a\u202eb\u2066c") == "abc"
    assert wording.clean("Kākā 漢字 😀\tx\ny") == "Kākā 漢字 😀\tx\ny"
    assert wording.clean("x\x00\x08\x1f\ud800y") == "xy"
