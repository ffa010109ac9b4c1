"""Keys as an advocate meets them on a phone: unlock, look at the team, lock; every page readable, and all of it without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import WIDTHS, Product, sign_in
from tests.e2e.test_pages import check

pytestmark = pytest.mark.e2e
PASSPHRASE = "look around the demo vault"


def unlock(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/vault/")
    page.get_by_role("link", name="Unlock my keys").click()
    page.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("button", name="Lock my keys")).to_be_visible()


def test_every_page_of_keys_is_readable_on_a_phone_and_wide(browser: Any, product: Product) -> None:
    context = browser.new_context(viewport=WIDTHS["phone"], locale="en-US")
    page = context.new_page()
    sign_in(page, product, "advocate@demo.example")
    for address in ("/vault/", "/vault/unlock/", "/vault/recover/", "/vault/replace/", "/vault/set-up/"):
        check(context.new_page(), product, address)
    unlock(page, product)
    page.get_by_role("link", name="Demo desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demo desk")
    team = page.url.removeprefix(product.address)
    remove = str(page.get_by_role("link", name="Remove Lena Fischer").get_attribute("href"))
    pages = ("/vault/", "/vault/passphrase/", team, f"{team}new-key/", f"{team}members/add/", f"{team}leave/", remove)
    for size in ("phone", "wide"):
        for address in pages:
            looked = context.new_page()
            looked.set_viewport_size(WIDTHS[size])
            check(looked, product, address)
            looked.close()
    page.goto(f"{product.address}/vault/")
    page.get_by_role("button", name="Lock my keys").click()
    page.goto(f"{product.address}{team}new-key/")
    expect(page).to_have_url(f"{product.address}/vault/unlock/?next={team.replace('/', '%2F')}new-key%2F")
    context.close()


def test_keys_work_without_javascript_and_no_script_sees_the_cookie(browser: Any, product: Product) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDTHS["phone"], locale="en-US")
    page = context.new_page()
    sign_in(page, product, "advocate2@demo.example")
    unlock(page, product)
    [cookie] = [each for each in context.cookies() if each["name"].endswith("waywatch_unlock")]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
    page.get_by_role("button", name="Sign out").click()
    assert [each for each in context.cookies() if each["name"].endswith("waywatch_unlock")] == []
    context.close()
