"""Indonesian words on paper: numbers, dates, hours and zones as a naskah dinas writes them.

Papers are always Indonesian and in the zone of their unit, so nothing here looks at the language of the
reader or at the current time zone: a moment is an ISO text (or a datetime) whose wall clock is printed as
it stands. A number is held to its noun by a no-break space.
"""

import re
from datetime import date, datetime, time

NBSP = "\u00a0"
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
ZONES = {
    "WIB": "Waktu Indonesia Barat",
    "WITA": "Waktu Indonesia Tengah",
    "WIT": "Waktu Indonesia Timur",
}
# What XML 1.0 cannot carry, and what turns the direction of the text around it without being seen.
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


def clean(text):
    """``text`` without the characters that no paper can carry: controls, lone surrogates, reversals of direction."""
    return UNPRINTABLE.sub("", text)


def number(value):
    """A whole number in words: 2026 is "dua ribu dua puluh enam". Raises ValueError for what is no whole number.

    Written out here since the library for it, num2words, needs a package that exists as source only.
    """
    value = int(value)
    if value < 0:
        return f"min {number(-value)}"
    if value < 10:
        return DIGITS[value]
    if 11 <= value <= 19:
        return "sebelas" if value == 11 else f"{DIGITS[value - 10]} belas"
    size, name = next((size, name) for size, name in SCALES if value >= size)
    many, rest = divmod(value, size)
    head = f"se{name}" if many == 1 and size <= 1000 else f"{number(many)} {name}"
    return f"{head} {number(rest)}" if rest else head


def ordinal(value):
    """A place in a row in words: 1 is "pertama", 45 is "keempat puluh lima"."""
    return "pertama" if int(value) == 1 else f"ke{number(value)}"


def counted(value):
    """A number with its words behind it, as law-minded readers expect: "5 (lima)"."""
    return f"{int(value)} ({number(value)})"


def listed(words):
    """Several things in one sentence: "satu", "satu dan dua", "satu, dua, dan tiga"."""
    *others, last = words
    if not others:
        return last
    return f"{', '.join(others)}{',' if len(others) > 1 else ''} dan {last}"


def moment(value):
    """The date, hour or both that ``value`` holds: ISO text, date, time or datetime. Raises ValueError for another."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", value):
        return time.fromisoformat(value)
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


def weekday(value):
    """The name of the day: "Senin"."""
    return DAYS[moment(value).weekday()]


def day(value):
    """A date: "9 November 2026", with spaces that do not break."""
    when = moment(value)
    return f"{when.day}{NBSP}{MONTHS[when.month - 1]}{NBSP}{when.year}"


def full_day(value):
    """A date with its day: "Senin, 9 November 2026"."""
    return f"{weekday(value)}, {day(value)}"


def hour(value):
    """An hour as Indonesian papers write it: "09.15"."""
    when = moment(value)
    return f"{when.hour:02d}.{when.minute:02d}"


def hour_words(value):
    """An hour in words: "sembilan lewat lima belas menit"; the full hour is "sembilan"."""
    when = moment(value)
    words = number(when.hour)
    return f"{words} lewat {number(when.minute)} menit" if when.minute else words


def month_words(value):
    """The name of the month: "November"."""
    return MONTHS[moment(value).month - 1]


def digits(value):
    """A date in digits: "09-11-2026"."""
    return moment(value).strftime("%d-%m-%Y")


def stamp(value, zone=""):
    """A moment to the minute: "9 November 2026 pukul 14.02 WITA"."""
    text = f"{day(value)} pukul{NBSP}{hour(value)}"
    return f"{text}{NBSP}{zone}" if zone else text


def zone_name(label):
    """The full name of a zone's label: "Waktu Indonesia Tengah" for WITA; an unknown label stays as it is."""
    return ZONES.get(label, label)


def week(value):
    """The number of an ISO week such as 2026-W45: 45. Raises ValueError for anything else."""
    found = re.fullmatch(r"\d{4}-W(\d{2})", value)
    if not found:
        raise ValueError(f"{value!r} is no ISO week such as 2026-W45.")
    return int(found[1])


def spaced(digest):
    """A digest in groups of eight, so that two of them can be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
