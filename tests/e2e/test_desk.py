"""The desk in every state, readable wide and on a phone, and an advocate's work without a pointer."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.axe import assert_readable, look
from tests.e2e.conftest import Product
from tests.e2e.keyboard import Keyboard
from tests.e2e.sending import arrived, outbox, placed, pretend, sealed
from tests.e2e.test_sending import signed_in
from tests.project.phone import phone_at
from waywatch.vault.demo import DESK

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
SENDING = re.compile(r"/notice/tips/")
LAST_QUARTER = "received_at = date_trunc('quarter', now()) - interval '40 days' WHERE opened_at IS NULL"
LONG_AGO = "received_at = received_at - interval '2 days'"
A_COLLEAGUES = (
    "acted_at = now(), claimed_by_id = (SELECT id FROM accounts_account WHERE email = 'supervisor@demo.example')"
)


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def send(page: Page, product: Product) -> None:
    """Seal and send a tip that names its state only."""
    placed(page, product)
    sealed(page)
    page.locator("#words-written").click()
    expect(outbox(page, "sent").last).to_be_visible()


def test_the_queue_in_each_of_its_states(product: Product, phone: Open, desk: Page) -> None:
    expect(desk.get_by_text("Nothing waits.")).to_be_visible()
    look(desk)
    page = phone()
    send(page, product)
    send(page, product)
    desk.goto("/desk/")
    expect(desk.locator(".queue-row")).to_have_count(2)
    expect(desk.locator(".is-late")).to_have_count(0)
    look(desk)
    pretend(product, LONG_AGO)
    desk.reload()
    expect(desk.locator(".is-late")).to_have_count(2)
    expect(desk.get_by_text("should have been opened").first).to_be_visible()
    look(desk)
    for shown, words in (("mine", "You have taken nothing."), ("finished", "Nothing is finished yet.")):
        desk.goto(f"/desk/?show={shown}")
        expect(desk.get_by_text(words)).to_be_visible()
        look(desk)


def test_what_a_colleague_works_on_asks_for_a_reason(product: Product, phone: Open, desk: Page) -> None:
    send(phone(), product)
    pretend(product, A_COLLEAGUES)
    desk.goto("/desk/")
    expect(desk.get_by_role("button", name="Take and open")).to_have_count(0)
    look(desk)
    desk.get_by_role("link", name="From outside").click()
    title(desk, "A tip, from outside")
    look(desk)
    desk.get_by_role("link", name="Open", exact=True).click()
    title(desk, "This tip is not yours")
    look(desk)
    desk.get_by_label("Why do you open it?").select_option("covering")
    desk.get_by_role("button", name="Open", exact=True).click()
    title(desk, "An opened tip")


def test_who_opens_many_that_are_not_theirs_needs_a_second_person(
    product: Product, phone: Open, desk: Page, browser: Browser
) -> None:
    page = phone()
    for _ in range(6):
        send(page, product)
    pretend(product, A_COLLEAGUES)
    ids = arrived(product)
    for tip_id in ids:
        desk.goto(f"/desk/tips/{tip_id}/read/")
        desk.get_by_label("Why do you open it?").select_option("covering")
        desk.get_by_role("button", name="Open", exact=True).click()
    title(desk, "A second person has to allow it")
    look(desk)
    desk.get_by_label("Why does it have to be you?").fill("I compare all of this night")
    desk.get_by_role("button", name="Ask the team").click()
    expect(desk.get_by_text("Your team was told.")).to_be_visible()

    supervisor = signed_in(browser, product, "supervisor@demo.example")
    supervisor.get_by_role("link", name="Opened by others").click()
    expect(supervisor.locator("main li.card")).to_have_count(5)
    look(supervisor)
    supervisor.get_by_role("button", name="Mark as looked at").first.click()
    expect(supervisor.get_by_text("Looked at by")).to_have_count(1)
    supervisor.goto("/vault/")
    supervisor.locator("main").get_by_role("link", name=DESK).first.click()
    supervisor.get_by_role("link", name=re.compile("not one's own")).first.click()
    look(supervisor)
    supervisor.get_by_role("button", name="Allow it for one hour").click()
    expect(supervisor.get_by_text("Approved.")).to_be_visible()
    supervisor.context.close()

    desk.goto(f"/desk/tips/{ids[-1]}/read/")
    desk.get_by_label("Why do you open it?").select_option("covering")
    desk.get_by_role("button", name="Open", exact=True).click()
    title(desk, "An opened tip")


def test_a_supervisor_sees_what_was_noticed_eleven_times(product: Product, desk: Page, browser: Browser) -> None:
    supervisor = signed_in(browser, product, "supervisor@demo.example")
    supervisor.get_by_role("link", name="What was noticed").click()
    expect(supervisor.get_by_text("No sign was noticed eleven times in this quarter.")).to_be_visible()
    look(supervisor)
    sender = phone_at(urlsplit(product.address).port or 80)
    for _ in range(11):
        sending = sender.sealed()
        assert sender.send(sending.tip_id, sending.raw()).status == 201
        pretend(product, LAST_QUARTER)
        desk.goto(f"/desk/tips/{sending.tip_id}/read/")
        desk.get_by_text("Finish", exact=True).click()
        desk.get_by_label("Outcome").select_option("not_passed_on")
        desk.get_by_role("button", name="Finish this tip").click()
    supervisor.reload()
    expect(supervisor.locator("tbody tr", has_text=re.compile(r"Trucking\s*US\s*11\s*not yet"))).to_have_count(2)
    look(supervisor)
    supervisor.get_by_role("button", name="Release these figures to training").click()
    expect(supervisor.get_by_text("2 figures were released to training.")).to_be_visible()
    expect(supervisor.locator("tbody tr", has_text=re.compile(r"Trucking\s*US\s*11\s*yes"))).to_have_count(2)
    supervisor.context.close()


def test_a_tip_that_was_changed_on_its_way_is_called_unreadable(product: Product, phone: Open, desk: Page) -> None:
    """The phone does not call it sent, and the desk is not asked to guess."""
    page = phone(service_workers="block")

    def change(route: Route) -> None:
        raw = bytearray(route.request.post_data_buffer or b"")
        raw[-1] ^= 1
        route.continue_(post_data=bytes(raw))

    page.route(SENDING, change)
    placed(page, product)
    with page.expect_response(SENDING) as answer:
        sealed(page)
    assert answer.value.status == 201
    page.wait_for_timeout(700)
    expect(outbox(page, "waiting")).to_contain_text("NOT SENT")
    desk.goto("/desk/")
    desk.get_by_role("button", name="Take and open").click()
    title(desk, "This tip cannot be read")
    look(desk)
    desk.get_by_role("button", name="Finish it as unreadable").click()
    expect(desk.get_by_text("The tip is finished as unreadable.")).to_be_visible()


def test_the_receipt_page_in_each_of_its_states(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.goto(f"{product.address}/notice/en/receipt/")
    look(page)
    field, ask = page.get_by_label("Your twelve receipt words"), page.get_by_role("button", name="Ask")
    field.fill("abandon abandon abandon")
    ask.click()
    expect(page.locator("[data-state=mistyped]")).to_be_visible()
    look(page)
    field.fill("abandon " * 11 + "about")  # right words, and of no tip
    ask.click()
    expect(page.locator("[data-state=unknown]")).to_be_visible()
    look(page)
    page.context.set_offline(True)
    ask.click()
    expect(page.locator("[data-state=offline]")).to_be_visible()
    look(page)
    page.context.set_offline(False)
    for state in ("asking", "waiting", "read", "closed"):
        page.route(re.compile(r"/notice/state/$"), answering(state))
        ask.click()
        expect(page.locator(f"[data-state={state}]")).to_be_visible()
        look(page)
        page.unroute_all()
    page.get_by_role("button", name="Empty the field").click()
    expect(field).to_have_value("")
    expect(page.locator("[data-state]").filter(visible=True)).to_have_count(0)


def answering(state: str) -> Callable[[Route], None]:
    """Answer with a state; to "asking" there is no answer yet."""

    def answer(route: Route) -> None:
        if state != "asking":
            route.fulfill(body=state.encode().ljust(4362, b"\0"), content_type="application/octet-stream")

    return answer


def test_an_advocate_takes_opens_and_notes_by_keyboard_alone(product: Product, phone: Open, desk: Page) -> None:
    send(phone(), product)
    keys = Keyboard(desk)
    desk.goto("/map/")
    keys.press(desk.get_by_role("navigation", name="Main").get_by_role("link", name="Desk"))
    title(desk, "Desk")
    keys.press(desk.get_by_role("link", name="Skip to the content"))
    keys.press(desk.get_by_role("button", name="Take and open"))
    title(desk, "An opened tip")
    keys.press(desk.locator("summary", has_text="Write a note"))
    keys.type(desk.get_by_label("Note"), "Called the sheriff at 02:20.")
    keys.press(desk.get_by_role("button", name="Save the note"))
    expect(desk.get_by_text("The note is saved, sealed.")).to_be_visible()
    expect(desk.get_by_text("Called the sheriff at 02:20.")).to_be_visible()
    assert_readable(desk)
