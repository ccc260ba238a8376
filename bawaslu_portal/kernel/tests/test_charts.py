"""Charts are safe markup without style, say in words what they show, and survive freezing."""

import re
from xml.etree import ElementTree

import pytest

from bawaslu_portal.kernel.charts import Lines, Series, bar


def lines(*series, labels=("23", "24", "25")):
    return Lines("arah", "Arah <minggu>", list(labels), list(series))


def test_a_chart_is_well_formed_and_says_its_range():
    chart = lines(Series("terlaksana", (88.2, 100, 76.5)), Series("tepat waktu", (60.0, None, 81.0), second=True))
    for paper in (False, True):
        picture = str(chart.svg(paper=paper))
        ElementTree.fromstring(picture)  # noqa: S314 - our own markup
        assert "style" not in picture and "<minggu>" not in picture
        assert picture.count("<polyline") == 2 and ("#111111" in picture) is paper
    assert "terlaksana: 76" in chart._words()


def test_the_lowest_point_is_marked_once_and_not_when_it_is_the_last():
    assert "dot-miss" in lines(Series("a", (80, 70, 90))).svg()
    assert "dot-miss" not in lines(Series("a", (80, 90, 70))).svg()


@pytest.mark.parametrize("values", [(), (None, None), (0,), (100, 100), (0, 100), (12.5,) * 60])
def test_any_values_can_be_drawn(values):
    chart = lines(Series("a", values), labels=[str(n) for n in range(len(values))])
    ElementTree.fromstring(str(chart.svg()))  # noqa: S314 - our own markup
    assert bool(chart) is any(v is not None for v in values)
    again = Lines.of(chart.record())
    assert again.svg() == chart.svg()


def test_a_bar_never_leaves_its_track():
    assert 'width="50.0"' in bar(1, 2) and 'width="100"' in bar(7, 2) and 'width="0"' in bar(0, 0)


@pytest.mark.parametrize(("one", "two"), [(0, 0), (100, 100), (0, 100), (40, 41)])
def test_the_names_at_the_ends_never_lie_on_one_another(one, two):
    picture = lines(Series("a", (50, one, one)), Series("b", (50, two, two), second=True)).svg()
    heights = [float(y) for y in re.findall(r'class="val" x="564" y="([\d.]+)"', picture)]
    assert len(heights) == 2 and abs(heights[0] - heights[1]) >= 33 and max(heights) <= 200
