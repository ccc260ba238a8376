"""The words of a row by which the search finds it, and its marks: the unit that they are of, and about when."""

from django.contrib.postgres.search import (
    CombinedSearchQuery,
    SearchQueryField,
    SearchVectorCombinable,
    SearchVectorField,
)
from django.db.models import Case, F, Func, IntegerField, TextField, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan

CONFIG = "indonesian"
# No parser of words leaves a word that begins so: whoever types it does not mean a mark.
UNIT = "@"
# Keys grow with time. So many of them, one after another, carry the same mark of time: of a nation's rows about two
# years, and about a month. Where keys do not grow with time, other rows are taken for the newest, and none is lost.
LONG, SHORT = 1 << 18, 1 << 13
TIMES = {LONG: "##", SHORT: "#"}


def plain(field):
    """The words of a text with its marks of form taken out, for the search."""
    return Func(
        F(field),
        Value("<[^>]*>"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )


class UnitWord(SearchVectorCombinable, Func):
    """The unit of a row as one more of its words, without weight or place: the index of words then goes straight to
    the matches of a unit, however many the nation has."""

    function = "array_to_tsvector"
    template = "%(function)s(ARRAY[%(expressions)s])"
    output_field = SearchVectorField()
    config = None

    def __init__(self, field="organisation"):
        name = Func(Value(UNIT), Cast(F(field), TextField()), template="%(expressions)s", arg_joiner=" || ")
        super().__init__(name)


class TimeWords(UnitWord):
    """About when a row was made, as more of its words: among the rows of its unit, and among all by years and by
    months. The newest matches are then found without the old ones, however many years."""

    def __init__(self, long, short, field="organisation"):
        unit, year, month = (Cast(key, TextField()) for key in (F(field), F("id") / long, F("id") / short))
        marks = [(Value(UNIT), unit, Value("."), year), (Value(TIMES[LONG]), year), (Value(TIMES[SHORT]), month)]
        super(UnitWord, self).__init__(
            *(Func(*parts, template="%(expressions)s", arg_joiner=" || ") for parts in marks)
        )


def of_units(asked, units, times=None):
    """``asked`` of the rows of these units (keys) alone; with ``times``, numbers of stretches of ``LONG``, in those."""
    ends = [""] if times is None else [f".{n}" for n in times]
    return _within(asked, [f"{UNIT}{unit}{end}" for unit in sorted(units) for end in ends])


def of_times(asked, span, times):
    """``asked`` of the rows in these stretches (numbers) of ``span`` keys."""
    return _within(asked, [f"{TIMES[span]}{n}" for n in times])


def _within(asked, marks):
    words = " | ".join(f"'{mark}'" for mark in marks)
    # Where nothing is asked for ("-") all rows with the marks would be left: then none is.
    asks = GreaterThan(Func(asked, function="numnode", output_field=IntegerField()), 0)
    within = Case(When(asks, then=Cast(Value(words), SearchQueryField())), output_field=SearchQueryField())
    return CombinedSearchQuery(asked, "&&", within, CONFIG)
