"""Leaving in a hurry: one press, another page in the place of this one, no way back to it, and nothing that was typed is kept."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import WIDTHS
from tests.e2e.conftest import Product
from tests.e2e.sending import kept, placed, sealed
from tests.e2e.test_notice import at_step, begun

pytestmark = pytest.mark.e2e
ELSEWHERE = re.compile(r"^https://www\.weather\.gov/")
BEFORE = "data:text/html,<title>before</title>"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone that was somewhere before, and that reaches a page of somebody else's."""
    context = browser.new_context(viewport=WIDTHS["phone"], locale="en-US", service_workers="block")
    found = context.new_page()
    found.set_default_timeout(10_000)
    found.route(ELSEWHERE, lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
    found.on("dialog", lambda dialog: pytest.fail(f"leaving asks: {dialog.type}"))
    found.goto(BEFORE)
    yield found
    context.close()


def leave(page: Page) -> None:
    """Press the button, and see that there is no way back."""
    page.get_by_role("button", name="Erase, leave").click()
    page.wait_for_url(ELSEWHERE)
    page.go_back()
    assert page.title() == "before"


def test_from_a_question_nothing_is_left_of_what_was_typed(product: Product, page: Page) -> None:
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    at_step(page, "where")
    page.locator("[name='where.words']").fill("behind pump 7")
    page.wait_for_timeout(700)
    assert kept(page)["draft"] != []
    leave(page)
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    assert kept(page)["draft"] == []
    expect(page.locator("#restored")).to_be_hidden()


def test_with_the_receipt_words_on_the_screen_nothing_is_asked_and_what_is_sealed_still_goes(
    product: Product, page: Page
) -> None:
    sending = re.compile(r"/notice/tips/")
    page.route(sending, lambda route: route.abort())
    placed(page, product)
    words = sealed(page)
    leave(page)
    page.unroute(sending)
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    expect(page.locator("#outbox-list [data-kept=sent]")).to_be_visible()
    assert words not in page.content()


def test_from_the_receipt_page(product: Product, page: Page) -> None:
    page.goto(f"{product.address}/notice/en/receipt/")
    page.get_by_label("Your twelve receipt words").fill("abandon abandon abandon")
    leave(page)
    page.goto(f"{product.address}/notice/en/receipt/")
    expect(page.get_by_label("Your twelve receipt words")).to_have_value("")
