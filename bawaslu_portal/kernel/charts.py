"""Charts drawn by the server as SVG: the same picture on the page and on paper, without a script.

Lengths are attributes. On the page the stylesheet gives the colours (classes of portal.css); on paper, whose engine
reads no sheet inside a picture, they are attributes too (``paper=True``).
"""

from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 34, 554, 14, 192
FONT = "TeX Gyre Heros Cn"
INK = {  # the classes of portal.css in attributes, for paper
    "line": {"stroke": "#111111", "stroke-width": 2},
    "line-2": {"stroke": "#777777", "stroke-width": 2, "stroke-dasharray": "4 3"},
    "axis": {"stroke": "#555555"},
    "grid": {"stroke": "#cccccc"},
    "dot": {"fill": "#111111"},
    "dot-miss": {"fill": "#7a1f1f"},
    "text": {"font-family": FONT, "font-size": 11, "fill": "#333333"},
}


@dataclass(frozen=True)
class Series:
    """One line: its name and a value (or None) for each label of the chart."""

    name: object
    values: tuple
    second: bool = False


@dataclass
class Lines:
    """Lines over a row of labels, in per cent: the first is drawn full, a second dashed; the lowest point is marked."""

    name: str  # makes the ids of title and description unique on a page
    title: object
    labels: list
    series: list = field(default_factory=list)

    def record(self):
        """The chart as plain values, to be frozen with a paper."""
        return {
            "name": self.name,
            "title": str(self.title),
            "labels": [str(label) for label in self.labels],
            "series": [[str(s.name), list(s.values), s.second] for s in self.series],
        }

    @classmethod
    def of(cls, record):
        """The chart of a frozen record."""
        series = [Series(name, tuple(values), second) for name, values, second in record["series"]]
        return cls(record["name"], record["title"], record["labels"], series)

    def __bool__(self):
        return any(value is not None for s in self.series for value in s.values)

    def _floor(self):
        """The foot of the scale: a multiple of twenty below the lowest value."""
        lowest = min((v for s in self.series for v in s.values if v is not None), default=0)
        return max(0, int(min(lowest, 79.9) // 20) * 20)

    def svg(self, *, paper=False):
        """The picture as safe markup, with title and a description in words."""
        floor = self._floor()

        def across(n):
            return round(LEFT + (RIGHT - LEFT) * n / max(len(self.labels) - 1, 1), 1)

        def down(value):
            return round(BOTTOM - (BOTTOM - TOP) * (value - floor) / (100 - floor), 1)

        parts = [self._scale(floor, down, paper), self._labels(across, paper)]
        ends = []
        for series in sorted(self.series, key=lambda s: not s.second):
            points = [(across(n), down(v), v) for n, v in enumerate(series.values) if v is not None]
            if points:
                parts.append(_line(series, points, paper))
                ends.append((series, points[-1]))
        first = next((s for s in self.series if not s.second), None)
        if first is not None:
            parts.append(self._lowest(first, across, down, paper))
        parts.append(_ends(ends, paper))
        return format_html(
            '<svg {}class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
            '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
            format_html('xmlns="{}" ', "http://www.w3.org/2000/svg") if paper else "",
            WIDTH,
            HEIGHT,
            *[self.name] * 3,
            self.title,
            self.name,
            self._words(),
            format_html_join("", "{}", ((part,) for part in parts)),
        )

    def _scale(self, floor, down, paper):
        return format_html_join(
            "",
            '<path class="{}" d="M{} {}H{}"{}/><text x="26" y="{}" text-anchor="end"{}>{}</text>',
            (
                (
                    name,
                    LEFT,
                    down(value),
                    RIGHT,
                    _ink(name, paper),
                    round(down(value) + 4, 1),
                    _ink("text", paper),
                    value,
                )
                for value in range(floor, 101, 20)
                for name in ("axis" if value == floor else "grid",)
            ),
        )

    def _labels(self, across, paper):
        """Every label where there is room for it, else every second, fourth ..."""
        step = 1
        while len(self.labels) / step > 16:
            step *= 2
        return format_html_join(
            "",
            '<text x="{}" y="212" text-anchor="middle"{}>{}</text>',
            ((across(n), _ink("text", paper), label) for n, label in enumerate(self.labels) if n % step == 0),
        )

    def _lowest(self, series, across, down, paper):
        values = [(v, n) for n, v in enumerate(series.values) if v is not None]
        if len(values) < 2 or min(values)[0] == values[-1][0]:
            return ""
        value, n = min(values)
        x, y = across(n), down(value)
        return format_html(
            '<circle class="dot-miss" cx="{}" cy="{}" r="4"{}/>'
            '<text class="val halo" x="{}" y="{}" text-anchor="middle"{}>{}</text>',
            x,
            y,
            _ink("dot-miss", paper),
            x,
            round(min(y + 20, BOTTOM - 4), 1),
            _ink("text", paper),
            number_format(value, 1),
        )

    def _words(self):
        """Each line in words: between which values it runs."""
        said = []
        for series in self.series:
            values = [v for v in series.values if v is not None]
            if values:
                said.append(f"{series.name}: {number_format(min(values), 1)}–{number_format(max(values), 1)} %")
        return "; ".join(said)


def _ink(name, paper):
    """The colours of a class as attributes, on paper."""
    return format_html_join("", ' {}="{}"', INK[name].items()) if paper else ""


def _line(series, points, paper):
    name = "line-2" if series.second else "line"
    return format_html(
        '<polyline class="{}" fill="none" points="{}"{}/>',
        name,
        " ".join(f"{x},{y}" for x, y, _v in points),
        _ink(name, paper),
    )


def _ends(ends, paper):
    """The last value of each line with its name, kept apart from one another."""
    placed, said = [], []
    for series, (x, y, value) in sorted(ends, key=lambda end: end[1][1]):
        placed.append(max([y, *[other + 34 for other in placed]]))
        said.append((series, x, value))
    beyond = max([0, *[y - (HEIGHT - 22) for y in placed]])  # moved up together, so that they stay apart
    said = [(series, x, round(y - beyond, 1), value) for (series, x, value), y in zip(said, placed, strict=True)]
    return format_html_join(
        "",
        '<circle class="dot" cx="{}" cy="{}" r="{}"{}/><text class="val" x="{}" y="{}"{}>{}</text>'
        '<text x="{}" y="{}"{}>{}</text>',
        (
            (
                x,
                next(p[1] for s, p in ends if s is series),
                2.5 if series.second else 4,
                _ink("dot", paper),
                RIGHT + 10,
                round(y - 4, 1),
                _ink("text", paper),
                number_format(value, 1),
                RIGHT + 10,
                round(y + 11, 1),
                _ink("text", paper),
                series.name,
            )
            for series, x, y, value in said
        ),
    )


def bar(part, whole=100):
    """A thin bar beside a figure; the figure says it, so it is hidden from readers of the screen."""
    share = round(100 * part / whole, 1) if whole else 0
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" width="100" height="6"/><rect class="bar-fill" width="{}" height="6"/></svg>',
        max(0, min(share, 100)),
    )
