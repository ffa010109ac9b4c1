"""From the desk to the trusted officer and back to the driver, with the real worker between them; whom a desk trusts."""

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import look
from tests.e2e.conftest import Product, sign_in
from tests.e2e.keyboard import Keyboard
from tests.e2e.sending import outbox, pretend, sealed, told
from tests.e2e.test_sending import state_by_words

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
SOON = 90_000  # ms: a job that was lost is made good within a minute
STALE = "due_at = now() - interval '1 second', handed_at = handed_at - interval '1 day'"


def shows(page: Page, words: str) -> None:
    """Reload the page until the worker has brought these words about."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for _ in range(SOON // 1000):
        if page.locator("main").get_by_text(words).first.is_visible():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"{page.url} does not come to show “{words}”")


def opened(desk: Page) -> None:
    """Take the first tip, assess it, and go to its referral."""
    desk.goto("/desk/")
    desk.get_by_role("button", name="Take and open").first.click()
    desk.get_by_label("Class").select_option("crisis")
    desk.get_by_label("Somebody looks under 18").select_option("yes")
    desk.get_by_role("button", name="Save the assessment").click()
    desk.get_by_role("link", name="Refer it").click()


def fold_out(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).first.click()


def refer(desk: Page) -> None:
    """From an opened tip to a referral that the first contact has, as an advocate who forgets something twice."""
    desk.get_by_role("link", name="Refer it").click()
    expect(desk.get_by_text("Assess the tip first")).to_be_visible()
    look(desk)
    desk.get_by_role("link", name="The opened tip").first.click()
    desk.get_by_label("Class").select_option("crisis")
    desk.get_by_role("button", name="Save the assessment").click()
    desk.get_by_role("link", name="Refer it").click()
    expect(desk.get_by_text("It must be passed on.")).to_be_visible()
    fold_out(desk, "How this came about")
    fold_out(desk, "What goes of “People”")
    look(desk)
    desk.get_by_label("Words of the desk").fill("The driver has left. Two look under 18.")
    desk.get_by_label("Agency that gave the number").fill("Pecos police")
    desk.get_by_role("button", name="Approve and hand over").click()
    expect(desk.locator("#refer_incident_number_error")).to_contain_text("fill in both")
    expect(desk.get_by_label("Words of the desk")).to_have_value("The driver has left. Two look under 18.")
    look(desk)
    desk.get_by_label("Agency that gave the number").fill("")
    desk.get_by_label("Demo sheriff").check()  # of a county: for the advocate to tick
    desk.get_by_role("button", name="Approve and hand over").click()
    shows(desk, "has its turn")
    look(desk)


def answer(officer: Page) -> None:
    """Read a task, accept it, write down the 911 incident and what came of it."""
    officer.goto("/officer/")
    expect(officer.locator(".queue-row")).to_contain_text("to be answered within")
    look(officer)
    officer.get_by_role("link", name="Read and answer").click()
    for fact in ("Texas", "Truck stop", "Under 18", "The driver has left.", "consent-first"):
        expect(officer.locator("main")).to_contain_text(fact)
    expect(officer.locator("main")).not_to_contain_text("circles the gas station")  # kept back by the policy
    look(officer)
    officer.get_by_role("button", name="Accept").click()
    expect(officer.get_by_text("It is yours.")).to_be_visible()
    fold_out(officer, "Take it as a file")
    with officer.expect_download() as taken:
        officer.get_by_role("link", name="One page to print").click()
    assert re.fullmatch(r"handover-[0-9a-f]{8}\.pdf", taken.value.suggested_filename)
    fold_out(officer, "Write down a 911 incident")
    officer.get_by_label("Number of the 911 call").fill("2026-00451")
    officer.locator("#incident_agency").fill("Pecos police")
    officer.locator("details[open]").get_by_role("button", name="Save").click()
    expect(officer.get_by_text("2026-00451").first).to_be_visible()
    fold_out(officer, "Write what came of it")
    officer.get_by_label("What came of it").select_option("helped")
    officer.get_by_label("May the reporter be told").select_option("yes")
    look(officer)
    officer.locator("details[open]").get_by_role("button", name="Save").click()
    expect(officer.locator("dd", has_text="Somebody was met and offered help")).to_be_visible()
    look(officer)
    officer.goto("/officer/?show=accepted")
    expect(officer.locator(".queue-row")).to_contain_text("mine")
    look(officer)


def test_the_seed_story_to_the_trusted_officer_and_back_to_the_driver(
    product: Product, phone: Open, desk: Page, officer: Page
) -> None:
    page = phone()
    told(page, product)
    words = sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    page.locator("#words-written").click()
    desk.goto("/desk/")
    desk.get_by_role("button", name="Take and open").click()
    refer(desk)
    answer(officer)
    desk.reload()
    shows(desk, "not needed any more")
    for fact in ("accepted", "2026-00451", "Somebody was met and offered help"):
        expect(desk.locator("main").locator("dd, .tag").filter(has_text=fact).first).to_be_visible()
    desk.get_by_label("Sentence").select_option("acted")
    desk.get_by_role("button", name="Release this sentence").click()
    expect(desk.get_by_text("The reporter reads it from")).to_be_visible()
    look(desk)
    assert state_by_words(page, product, words) == "read"  # a day passes first
    pretend(product, "feedback_at = now()")
    assert state_by_words(page, product, words) == "acted"
    expect(page.get_by_text("Your information was acted on.")).to_be_visible()
    look(page)


def test_an_officer_who_is_late_finds_it_gone_and_the_desk_calls_the_next(
    product: Product, phone: Open, desk: Page, officer: Page
) -> None:
    page = phone()
    told(page, product)
    sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    opened(desk)
    desk.get_by_label("Demo sheriff").check()
    desk.get_by_role("button", name="Approve and hand over").click()
    shows(desk, "has its turn")
    with psycopg.connect(product.admin, autocommit=True) as connection:
        connection.execute(f"UPDATE referrals_handover SET {STALE} WHERE handed_at IS NOT NULL".encode())
    officer.goto("/officer/")
    officer.locator(".queue-row a").first.click()
    expect(officer.get_by_text("The time to answer has run out.")).to_be_visible()
    look(officer)
    shows(officer, "your copy is gone")
    look(officer)
    officer.goto("/officer/?show=gone")
    expect(officer.locator(".queue-row")).to_contain_text("not answered in time")
    look(officer)
    desk.goto("/desk/")
    desk.get_by_role("link", name="Referrals").click()
    expect(desk.locator(".queue-row")).to_contain_text("Call Demo attorney general, night line now")
    look(desk)
    desk.locator(".queue-row a").click()
    expect(desk.get_by_text("They have no key. Call now")).to_be_visible()
    expect(desk.get_by_role("link", name="512-555-0199")).to_have_attribute("href", "tel:5125550199")
    fold_out(desk, "Write down the call")
    look(desk)
    expect(desk.locator("[name=number]").first).to_have_value("512-555-0199")
    desk.locator("[name=agency]").first.fill("")
    desk.get_by_label("Whom you spoke with").fill("Night desk, Lt. Abara")
    desk.locator("details[open]").get_by_role("button", name="Write down the call").click()
    expect(desk.get_by_label("Whom you spoke with")).to_have_value("Night desk, Lt. Abara")
    desk.locator("[name=agency]").first.fill("Attorney general")
    desk.locator("details[open]").get_by_role("button", name="Write down the call").click()
    expect(desk.get_by_text("told by phone", exact=True)).to_be_visible()
    look(desk)


def test_an_officer_answers_by_keyboard_alone(product: Product, phone: Open, desk: Page, officer: Page) -> None:
    page = phone()
    told(page, product)
    sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    opened(desk)
    desk.get_by_label("Demo sheriff").check()
    desk.get_by_role("button", name="Approve and hand over").click()
    shows(desk, "has its turn")
    keys = Keyboard(officer)
    officer.goto("/map/")
    keys.press(officer.get_by_role("navigation", name="Main").get_by_role("link", name="Tasks"))
    keys.press(officer.get_by_role("link", name="Read and answer"))
    expect(officer.get_by_role("button", name="Decline")).not_to_be_visible()
    keys.press(officer.locator("summary", has_text="Decline it"))
    look(officer)
    keys.press(officer.get_by_role("button", name="Decline"))
    expect(officer.get_by_text("It goes to the next contact.")).to_be_visible()


def test_a_supervisor_says_whom_the_desk_trusts_and_how_it_decides(browser: Browser, product: Product) -> None:
    context = browser.new_context(locale="en-US", base_url=product.address)
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, product, "supervisor@demo.example")
    page.goto("/desk/contacts/")
    expect(page.get_by_role("link", name="Demo sheriff, Reeves County")).to_be_visible()
    fold_out(page, "Enter a duty")
    look(page)
    page.get_by_role("link", name="Add a trusted contact").click()
    look(page)
    page.get_by_label("State or province").select_option("US-NM")
    page.locator("main [name=name]").fill("Night desk, state police")
    page.get_by_label("Their time zone").select_option("America/Denver")
    page.get_by_label("Verified on").fill("2026-11-01")
    page.locator("form.form").evaluate("form => { form.noValidate = true }")  # what the server says, not the browser
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#id_phone_error")).to_have_text("Enter the number: whoever has no signed key is called.")
    expect(page.locator("main [name=name]")).to_have_value("Night desk, state police")
    look(page)
    page.get_by_label("Phone number").fill("505-555-0100")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The trusted contact is added.")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Night desk, state police").click()
    look(page)
    page.get_by_role("button", name="Refer nothing to them any more").click()
    expect(page.get_by_role("link", name="Night desk, state police")).to_have_count(0)
    fold_out(page, "Enter a duty")
    page.get_by_role("button", name="Save").click()
    look(page)
    page.locator("#duty_region").select_option("US-TX")
    page.locator("#duty_duty").select_option("report_minor")
    page.locator("#duty_source").fill("Family Code 261.101")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Family Code 261.101")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Take out").click()
    expect(page.get_by_text("None is entered.")).to_be_visible()
    context.close()


def test_a_place_without_a_trusted_contact_says_what_to_do(product: Product, phone: Open, desk: Page) -> None:
    page = phone()
    told(page, product)
    sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    with psycopg.connect(product.admin, autocommit=True) as connection:
        connection.execute("UPDATE referrals_trustedcontact SET closed_at = now() WHERE closed_at IS NULL")
    try:
        opened(desk)
        expect(desk.get_by_text("The desk has no trusted contact for this place.")).to_be_visible()
        look(desk)
    finally:
        with psycopg.connect(product.admin, autocommit=True) as connection:
            connection.execute(
                "UPDATE referrals_trustedcontact SET closed_at = NULL WHERE \"order\" < 3 AND region_id = 'US-TX'"
            )
