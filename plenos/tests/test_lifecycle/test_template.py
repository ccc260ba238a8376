"""Section 3.1: the standing items of a unit's weekly agenda."""

import pytest

from bawaslu_portal.kernel.lifecycle import Conflict, NotPermitted
from plenos import lifecycle, preparation

from .test_preparing import plan_next, titles

pytestmark = pytest.mark.django_db


def template(cast):
    return [(row.order, row.title) for row in preparation.template_of(cast.unit)]


def first(cast):
    return preparation.template_of(cast.unit)[0]


def test_the_usual_items_become_the_units_own_with_the_first_change(cast):
    before = template(cast)
    lifecycle.template.add(cast.unit, by=cast.secretary, title="Doa pembuka", access="open")
    assert template(cast) == [*before, (5, "Doa pembuka")]
    lifecycle.template.move(cast.unit, preparation.template_of(cast.unit)[4].uuid, by=cast.head, to=1)
    lifecycle.template.edit(cast.unit, first(cast).uuid, by=cast.chair, title="Doa")
    lifecycle.template.remove(cast.unit, preparation.template_of(cast.unit)[3].uuid, by=cast.secretary)
    assert template(cast) == [
        (1, "Doa"),
        (2, "Tindak lanjut keputusan minggu lalu"),
        (3, "Laporan dan rencana"),
        (4, "Lain-lain"),
    ]
    pleno, _slot = plan_next(cast)
    assert titles(pleno)[0] == "Doa"
    assert [i.access for i in pleno.items.all()][:2] == ["open", "closed"]


def test_a_template_emptied_stays_empty(cast):
    lifecycle.template.adopt(cast.unit, by=cast.secretary)
    for row in preparation.template_of(cast.unit):
        lifecycle.template.remove(cast.unit, row.uuid, by=cast.secretary)
    assert template(cast) == []
    assert titles(plan_next(cast)[0]) == []


def test_a_standing_item_that_is_gone_is_a_conflict(cast):
    lifecycle.template.adopt(cast.unit, by=cast.secretary)
    gone = first(cast)
    lifecycle.template.remove(cast.unit, gone.uuid, by=cast.secretary)
    for again in (
        lambda: lifecycle.template.remove(cast.unit, gone.uuid, by=cast.head),
        lambda: lifecycle.template.move(cast.unit, gone.uuid, by=cast.head, to=2),
        lambda: lifecycle.template.edit(cast.unit, gone.uuid, by=cast.head, title="X"),
    ):
        with pytest.raises(Conflict):
            again()


@pytest.mark.parametrize("who", ["member", "staff", "administrator", "neighbour", "province", "national"])
def test_only_those_who_keep_the_records_change_the_template(cast, who):
    with pytest.raises(NotPermitted):
        lifecycle.template.add(cast.unit, by=getattr(cast, who), title="Doa")
