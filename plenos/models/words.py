"""The words of a row by which the search finds it, and the unit that they are of."""

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
UNIT = "@"  # no parser of words leaves a word that begins so: whoever types it does not mean a unit


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


def of_units(asked, units):
    """``asked`` of the rows of these units (keys) alone."""
    words = " | ".join(f"'{UNIT}{unit}'" for unit in sorted(units))
    # Where nothing is asked for ("-") all rows of the units would be left: then none is.
    asks = GreaterThan(Func(asked, function="numnode", output_field=IntegerField()), 0)
    within = Case(When(asks, then=Cast(Value(words), SearchQueryField())), output_field=SearchQueryField())
    return CombinedSearchQuery(asked, "&&", within, CONFIG)
