"""A tip from a driver's phone to the advocate who opens it, and the way back; what a phone may never say; what it leaves behind."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.axe import WIDTHS, look
from tests.e2e.conftest import CHROMIUM, Product, sign_in
from tests.e2e.test_keys import PASSPHRASE
from tests.e2e.test_notice import at_step, begun, tell_the_seed_story

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, product: Product) -> Iterator[Open]:
    """Open the reporter's page on a phone of its own."""
    contexts = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDTHS["phone"], "locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def told(page: Page, product: Product) -> None:
    """Go to the page, tell the seed story, and stand before the card."""
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    tell_the_seed_story(page)
    page.locator("#to-card").click()


def sealed(page: Page) -> None:
    expect(page.locator("#send")).to_be_visible()
    page.locator("#seal").click()
    expect(page.locator("#receipt")).to_be_visible()


def state_by_words(page: Page, product: Product, words: str) -> str:
    page.goto(f"{product.address}/notice/en/receipt/")
    page.get_by_label("Your twelve receipt words").fill(words)
    page.get_by_role("button", name="Ask").click()
    said = page.locator("[data-state]:visible:not([data-state=asking])")
    expect(said).to_have_count(1)
    return str(said.get_attribute("data-state"))


def at_the_desk(browser: Browser, product: Product, email: str = "advocate@demo.example") -> Page:
    """An advocate who has signed in and unlocked."""
    page = browser.new_context(locale="en-US", base_url=product.address).new_page()
    page.set_default_timeout(10_000)
    sign_in(page, product, email)
    page.goto("/vault/unlock/?next=/desk/")
    page.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
    return page


def test_the_seed_story_from_the_phone_to_the_desk_and_back(browser: Browser, product: Product, phone: Open) -> None:
    page = phone()
    told(page, product)
    look(page)
    sealed(page)
    expect(page.locator("#outbox-list [data-state=sent]")).to_be_visible()
    expect(page.locator("[data-level='911_then_hotline']")).to_be_visible()
    look(page)
    words = page.locator("#receipt-words").inner_text()
    assert len(words.split()) == 12
    page.locator("#words-written").click()
    assert words.split()[0] not in page.locator("#receipt").inner_text().split()
    assert state_by_words(page, product, words) == "waiting"
    look(page)
    assert state_by_words(page, product, " ".join(words.split()[::-1])) == "mistyped"

    desk = at_the_desk(browser, product)
    expect(desk.locator(".queue-row").first).to_contain_text("Danger now")
    look(desk)
    desk.get_by_role("link", name="From outside").first.click()
    look(desk)
    desk.get_by_role("button", name="Take and open").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("An opened tip")
    for fact in ("Texas", "Truck stop", "It is going on now", "Under 18", "Brought people", "several times an hour"):
        expect(desk.locator("main")).to_contain_text(fact)
    expect(desk.locator("main")).to_contain_text("leaves the lot, circles the gas station, parks again")
    look(desk)
    address = desk.url
    desk.get_by_label("Class").select_option("crisis")
    desk.get_by_role("button", name="Save the assessment").click()
    expect(desk.get_by_text("The assessment is saved, sealed.")).to_be_visible()
    assert state_by_words(page, product, words) == "read"

    colleague = at_the_desk(browser, product, "advocate2@demo.example")
    colleague.goto(address)
    expect(colleague.get_by_role("heading", level=1)).to_have_text("This tip is not yours")
    look(colleague)
    desk.get_by_text("Finish", exact=True).click()
    desk.get_by_label("Outcome").select_option("passed_on")
    desk.get_by_role("button", name="Finish this tip").click()
    expect(desk.get_by_text("The tip is finished.")).to_be_visible()
    desk.goto("/desk/?show=finished")
    look(desk)
    assert state_by_words(page, product, words) == "closed"
    desk.context.close()
    colleague.context.close()


def test_what_was_typed_outlives_the_lock_of_the_keys(browser: Browser, product: Product, phone: Open) -> None:
    page = phone()
    told(page, product)
    sealed(page)
    expect(page.locator("#outbox-list [data-state=sent]")).to_be_visible()
    desk = at_the_desk(browser, product, "supervisor@demo.example")  # a code of the half minute is taken once
    desk.get_by_role("button", name="Take and open").first.click()
    desk.get_by_text("Write a note").click()
    desk.get_by_label("Note").fill("Called the sheriff at 02:20.")
    other = desk.context.new_page()
    other.goto("/vault/")
    other.get_by_role("button", name="Lock my keys").click()
    desk.get_by_role("button", name="Save the note").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Your keys are locked")
    look(desk)
    other.goto("/vault/unlock/")
    other.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    other.get_by_role("button", name="Unlock", exact=True).click()
    desk.get_by_role("button", name="Then save again").click()
    expect(desk.get_by_text("Called the sheriff at 02:20.")).to_be_visible()
    desk.context.close()


def test_a_tip_waits_without_a_network_and_leaves_no_readable_word(
    browser: Browser, product: Product, tmp_path: Path
) -> None:
    """Load, go offline, fill, seal, close, reopen, still queued, online, delivered; then the profile's files are searched."""
    canaries = {name: f"canary{secrets.token_hex(12)}" for name in ("where.words", "when.words", "words", "reach.at")}
    options = {"executable_path": CHROMIUM, "chromium_sandbox": False, "viewport": WIDTHS["phone"], "locale": "en-US"}
    context = browser.browser_type.launch_persistent_context(str(tmp_path / "profile"), **options)
    page = context.new_page()
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
    page.reload()  # from the cache: the list of desks is kept too
    begun(page)
    expect(page.locator("#offline-ready")).to_be_attached()
    context.set_offline(True)
    page.reload()
    begun(page)
    for name, canary in canaries.items():
        at_step(
            page, page.locator(f"[name='{name}']").locator("xpath=ancestor::section").get_attribute("data-step") or ""
        )
        page.locator(f"[name='{name}']").fill(canary)
        if name == "where.words":
            page.locator("[name='where.region']").select_option("US-TX")
    page.locator("#to-card").click()
    sealed(page)
    expect(page.locator("#outbox-list [data-state=waiting]")).to_be_visible()
    context.close()

    context = browser.browser_type.launch_persistent_context(str(tmp_path / "profile"), **options)
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{product.address}/notice/en/")
    expect(page.locator("#outbox-list [data-state=waiting]")).to_be_visible()
    expect(page.locator("#outbox-list")).to_contain_text("NOT SENT")
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#outbox-list [data-state=sent]")).to_be_visible(timeout=30_000)
    context.close()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "profile").rglob("*") if path.is_file())
    assert b"notice" in kept
    for canary in canaries.values():
        assert canary.encode() not in kept
        assert canary.encode("utf-16-le") not in kept


def once(page: Page, answer: Callable[[Route], None]) -> None:
    page.route(re.compile(r"/notice/tips/"), answer, times=1)


def test_a_lost_answer_is_not_called_sent_and_the_next_try_is_the_same_tip(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    told(page, product)
    statuses: list[int] = []

    def lose(route: Route) -> None:
        statuses.append(route.fetch().status)
        route.abort()

    once(page, lose)
    page.on("response", lambda answer: statuses.append(answer.status) if "/notice/tips/" in answer.url else None)
    sealed(page)
    expect(page.locator("#outbox-list [data-state=waiting]")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#outbox-list [data-state=sent]")).to_be_visible()
    assert statuses == [201, 200]


@pytest.mark.parametrize("lie", ["signature", "hour"])
def test_a_receipt_that_does_not_hold_is_not_believed(product: Product, phone: Open, lie: str) -> None:
    page = phone(service_workers="block")
    told(page, product)

    def change(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        said[lie] = said[lie] + 1 if lie == "hour" else "A" * 86
        route.fulfill(status=201, body=json.dumps(said), content_type="application/json")

    page.route(re.compile(r"/notice/tips/"), change)
    sealed(page)
    page.wait_for_timeout(1_000)
    expect(page.locator("#outbox-list [data-state=waiting]")).to_be_visible()
    expect(page.locator("#outbox-list")).to_contain_text("NOT SENT")


@pytest.mark.parametrize("status", [409, 422])
def test_what_the_server_refuses_is_not_called_sent(product: Product, phone: Open, status: int) -> None:
    page = phone(service_workers="block")
    told(page, product)
    page.route(re.compile(r"/notice/tips/"), lambda route: route.fulfill(status=status, body="{}"))
    sealed(page)
    expect(page.locator("#outbox-list [data-state=refused]")).to_be_visible()


BROKEN = {
    "no list": lambda route: route.fulfill(status=500, body=""),
    "another text": lambda route: _changed(route, "list"),
    "another signature": lambda route: _changed(route, "signature"),
}


def _changed(route: Route, part: str) -> None:
    said = route.fetch().json()
    last = said[part][-3]
    said[part] = said[part][:-3] + ("A" if last != "A" else "B") + said[part][-2:]
    route.fulfill(body=json.dumps(said), content_type="application/json")


@pytest.mark.parametrize("what", BROKEN)
def test_without_a_list_that_holds_the_page_is_a_call_card(product: Product, phone: Open, what: str) -> None:
    page = phone(service_workers="block")
    page.route(re.compile(r"/notice/desks/"), BROKEN[what])
    told(page, product)
    expect(page.locator("#no-desk")).to_be_visible()
    expect(page.locator("#send")).to_be_hidden()
    expect(page.locator("#card")).to_contain_text("Texas")
    expect(page.get_by_role("link", name=re.compile("1-888-373-7888"))).to_be_visible()


def test_an_expired_list_is_a_call_card(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.clock.install(time="2029-01-01T00:00:00Z")
    told(page, product)
    expect(page.locator("#no-desk")).to_be_visible()


def test_another_root_than_the_first_is_refused(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    other = "B" + "A" * 86
    page.evaluate(
        """async (other) => {
            const open = indexedDB.open("notice", 1);
            const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
            database.transaction("pins", "readwrite").objectStore("pins").put(other, "root");
        }""",
        other,
    )
    told(page, product)
    expect(page.locator("#no-desk")).to_be_visible()


def test_a_phone_that_cannot_seal_says_so_and_sends_nothing(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.add_init_script("crypto.subtle.sign = async () => new Uint8Array(32).buffer")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method != "GET" else None)
    told(page, product)
    expect(page.locator("#no-desk")).to_be_visible()
    assert sent == []
