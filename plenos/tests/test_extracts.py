"""The extract of a decision, read back from paper; and the follow-ups that the next minutes look through."""

import pytest

from bawaslu_portal.kernel import pdf
from plenos import documents
from plenos.models import Minutes

from .factories import WHEN, make_open, membership
from .test_documents import HOSTILE, pages_of, text_of
from .test_following import DAY, decide_with, ratify


@pytest.fixture(autouse=True)
def pango():
    """These tests make papers: skipped with the reason that the portal itself gives."""
    missing = pdf.available()
    if missing:
        pytest.skip(missing)


@pytest.fixture
def decision(cast):
    return ratify(decide_with(cast, doer=membership(cast, cast.member)), cast).decisions.get()


def test_it_cites_the_minutes_and_says_the_decision_as_they_do(cast, decision):
    record = documents.extract_record(decision)
    minutes = Minutes.objects.get(pleno=decision.pleno)
    text = text_of("plenos.kutipan", record)
    assert "KUTIPAN KEPUTUSAN RAPAT PLENO Keputusan 74.71/2024/1" in text
    assert f"Dikutip dari Berita Acara Nomor {minutes.number} tanggal" in text
    assert "Keputusan 1 – Jadwal" in text
    assert "Menetapkan jadwal." in text
    assert "Menyusun jadwal (keputusan 1)" in text
    assert "Sesuai dengan aslinya, Kepala Sekretariat" in text
    assert minutes.digest.replace(" ", "") in text.replace(" ", "")
    assert "telah dicabut" not in text


def test_the_same_decision_gives_the_same_record_and_the_same_bytes(decision):
    first, second = documents.extract_record(decision), documents.extract_record(decision)
    assert documents.digest(first) == documents.digest(second)
    assert documents.paper("plenos.kutipan", first) == documents.paper("plenos.kutipan", second)


def test_before_the_ratification_there_is_none(cast):
    pleno = decide_with(cast, doer=membership(cast, cast.member))
    with pytest.raises(ValueError, match="ratified"):
        documents.extract_record(pleno.decisions.get())


def test_reversal_stands_on_both_papers(cast, decision):
    later = decide_with(cast, doer=membership(cast, cast.member), when=WHEN + 7 * DAY, reverses=decision)
    ratify(later, cast)
    text = text_of("plenos.kutipan", documents.extract_record(later.decisions.get()))
    assert "Mencabut atau mengubah keputusan 74.71/2024/1." in text
    text = text_of("plenos.kutipan", documents.extract_record(decision))
    assert "Keputusan ini telah dicabut atau diubah oleh keputusan 74.71/2024/2." in text


@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_longest_fits_and_whatever_was_typed_is_words(decision, paper):
    record = documents.extract_record(decision)
    record["body"]["paper"] = paper
    record["decision"]["text"] = "\n".join(f"{n}. Menetapkan hal ke-{n}." for n in range(1, 61)) + "\n" + HOSTILE
    record["decision"]["manner"] = "suara"
    record["decision"]["votes"] = [{"name": f"{HOSTILE[:40]} {n}", "vote": "setuju"} for n in range(7)]
    record["decision"]["follow_ups"] *= 12
    record["signatories"]["head"] = None
    pages = pages_of("plenos.kutipan", record)
    assert 2 <= len(pages) <= 6
    assert "60. Menetapkan hal ke-60." in " ".join(pages)
    assert "Sesuai dengan aslinya, Notulis" in pages[-1]


def test_the_notulen_shows_what_was_looked_through(cast, decision):
    record = documents.minutes_record(decision.pleno)
    item = record["items"][0]
    item["reviewed"] = [
        {
            "reference": "74.71/2024/9",
            "what": "Memindai daftar hadir",
            "responsible": "Divisi Hukum",
            "due": "2024-08-12",
            "state": "berjalan",
            "late": True,
            "said": "Lemari belum berkunci",
        }
    ]
    text = text_of("plenos.notulen", record)
    assert "Tindak lanjut keputusan sebelumnya" in text
    assert "Memindai daftar hadir (keputusan 74.71/2024/9) Lemari belum berkunci" in text
    assert "berjalan, lewat tenggat" in text


def test_neither_words_of_unratified_minutes_nor_of_a_closed_item_come_into_the_record_of_an_open_one(cast):
    earlier = decide_with(cast, doer=membership(cast, cast.member))
    pleno = make_open(
        cast,
        when=WHEN + 14 * DAY,
        access="open",
        agenda=[{"title": "Tindak lanjut", "standing_kind": "follow_ups", "access": "open"}],
    )

    def said():
        reviewed = documents.minutes_record(pleno, draft=True)["items"][0]["reviewed"]
        return [(one["what"], one["reference"]) for one in reviewed]

    assert said() == [("(risalahnya belum disahkan)", "")]
    ratify(earlier, cast)
    assert said() == [("(tertutup)", earlier.decisions.get().reference)]
