"""Keys as an advocate meets them on a phone: unlock, look at the team, lock; every page readable, and all of it without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.axe import WIDTHS, look
from tests.e2e.conftest import PASSPHRASE, Product, sign_in

pytestmark = pytest.mark.e2e
ANOTHER = "copper lantern harbour quilt"


def look_at(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    look(page)
    assert_no_table_scrolls(page)


def assert_no_table_scrolls(page: Page) -> None:
    """On a phone, too, each table of the page is as wide as its frame."""
    page.set_viewport_size(WIDTHS["phone"])
    cut = page.locator(".table-wrap").evaluate_all("all => all.map(each => each.scrollWidth - each.clientWidth)")
    assert cut == [0] * len(cut)


def unlock(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/vault/")
    page.get_by_role("link", name="Unlock my keys").click()
    page.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("button", name="Lock my keys")).to_be_visible()


def test_every_page_of_keys_is_readable_on_a_phone_and_wide(browser: Browser, product: Product) -> None:
    context = browser.new_context(locale="en-US", base_url=product.address)
    page = context.new_page()
    sign_in(page, product, "advocate@demo.example")
    for address in ("/vault/", "/vault/unlock/", "/vault/recover/", "/vault/replace/", "/vault/set-up/"):
        look_at(page, address)
    unlock(page, product)
    page.get_by_role("link", name="Demo desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo desk")
    team = page.url.removeprefix(product.address)
    remove = str(page.get_by_role("link", name="Remove Lena Fischer").get_attribute("href"))
    for address in ("/vault/", "/vault/passphrase/", team, f"{team}members/add/", f"{team}leave/", remove):
        look_at(page, address)
    look_at(page, f"{team}new-key/")
    page.locator("main").get_by_role("button").last.click()
    page.get_by_role("link", name=re.compile("Destroy key")).first.click()
    look(page)
    page.goto("/vault/")
    page.get_by_role("button", name="Lock my keys").click()
    page.goto(f"{team}new-key/")
    expect(page).to_have_url(f"{product.address}/vault/unlock/?next={team.replace('/', '%2F')}new-key%2F")
    context.close()


def test_an_administrator_sees_keyrings_and_holds_none(
    browser: Browser, product: Product, administrator_state: StorageState
) -> None:
    context = browser.new_context(locale="en-US", base_url=product.address, storage_state=administrator_state)
    page = context.new_page()
    page.goto("/vault/")
    page.get_by_role("link", name="Demo desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo desk")
    look(page)
    page.get_by_role("link", name="Change", exact=True).click()
    look(page)
    context.close()


def test_a_lost_passphrase_becomes_a_request_to_the_team(browser: Browser, product: Product) -> None:
    context = browser.new_context(locale="en-US", base_url=product.address)
    page = context.new_page()
    sign_in(page, product, "supervisor@demo.example")
    page.goto("/vault/replace/")
    page.get_by_label("New passphrase", exact=True).fill(ANOTHER)
    page.get_by_label("New passphrase (again)").fill(ANOTHER)
    page.get_by_label("I have lost both").check()
    page.locator("main form").get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("recovery key", ignore_case=True)
    look(page)
    page.goto("/vault/")
    page.get_by_role("button", name=re.compile("Ask")).first.click()
    page.locator("a[href*='/vault/requests/']").first.click()
    look(page)
    context.close()


def test_keys_work_without_javascript_and_no_script_sees_the_cookie(browser: Browser, product: Product) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDTHS["phone"], locale="en-US")
    page = context.new_page()
    sign_in(page, product, "advocate2@demo.example")
    unlock(page, product)
    [cookie] = [each for each in context.cookies() if each["name"].endswith("waywatch_unlock")]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
    page.get_by_role("button", name="Sign out").click()
    assert [each for each in context.cookies() if each["name"].endswith("waywatch_unlock")] == []
    context.close()
