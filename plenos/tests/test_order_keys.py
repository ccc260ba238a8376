"""Section 3.4 in Chromium: a row is moved by Alt and an arrow, and the focus stays with it."""

import pytest

from bawaslu_portal.kernel.tests.factories import make_cast, make_unit
from plenos import lifecycle

from .factories import WHEN, make_draft

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_row_is_moved_by_keys_and_keeps_the_focus(visitor):
    cast = make_cast(make_unit("74.71"))
    draft = make_draft(cast, when=WHEN, agenda=["Satu", "Dua", "Tiga"])
    lifecycle.template.adopt(cast.unit, by=cast.secretary)
    visitor.sign_in_quickly(cast.secretary)
    for path, row in ((draft.address("plenos:agenda"), "Satu"), ("/pleno/74.71/agenda-tetap/", None)):
        visitor.go(path)
        rows = visitor.page.locator("[data-order] > li")
        moved = row or rows.nth(0).locator("h3").inner_text()
        rows.nth(0).locator("input[name=to]").focus()
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Alt+ArrowDown")
        assert visitor.page.locator("[data-order] > li").nth(1).locator("h3").inner_text() == moved
        visitor.page.wait_for_function("document.activeElement.name === 'to'")
        with visitor.page.expect_navigation():
            visitor.page.keyboard.press("Alt+ArrowUp")
        assert visitor.page.locator("[data-order] > li").nth(0).locator("h3").inner_text() == moved
