"""Signing in and what belongs to it, as people do it: keyboard, codes, passkeys, invitations, taking away. Real browser, real mail."""

import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, StorageState, expect

from tests.e2e.axe import look
from tests.e2e.conftest import Product
from tests.e2e.keyboard import Keyboard
from tests.e2e.things import prove_it
from tests.post_office import Mailbox, text_of

pytestmark = pytest.mark.e2e
PERIOD = 30
COLLEAGUE = "renata.quill@example.org"
DEMO_PASSWORD = "look-around-the-demo"
CHOSEN = "harbor copper lantern"

Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, product: Product) -> Iterator[Visit]:
    """Open a browser of its own; nothing may be wrong in any console at the end."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(locale="en-US", base_url=product.address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("requestfailed", lambda request: said.append(f"{request.url}: {request.failure}"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in said if "404" not in text and "net::ERR_ABORTED" not in text] == []


def code_of(page: Page, email: str) -> tuple[str, str]:
    """The password and the code of a demo account, with some seconds left to type it."""
    while PERIOD - time.time() % PERIOD < 5:
        page.wait_for_timeout(200)
    shown = page.request.get("/demo/").text()
    row = re.search(rf"<tr>(?:(?!</tr>).)*?{re.escape(email)}.*?</tr>", shown, re.DOTALL)
    assert row, shown
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row[0], re.DOTALL)]
    code = next(cell for cell in cells if re.fullmatch(r"\d{6}", cell))
    return cells[cells.index(code) - 1], code


def type_password(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def enter(page: Page, email: str) -> None:
    """Sign in with password and code."""
    password, code = code_of(page, email)
    type_password(page, email, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    type_code(page, code)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def type_code(page: Page, code: str) -> None:
    page.locator("#id_code").fill(code)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def leave(page: Page) -> None:
    """Sign out by the button of every page."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


def prove(page: Page) -> None:
    """Look at the question, and answer it."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    look(page)
    prove_it(page)


def with_authenticator(page: Page) -> None:
    """Plug in a virtual passkey that asks nobody."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_by_keyboard_alone_with_a_wrong_code_first(visit: Visit) -> None:
    page = visit()
    password, code = code_of(page, "texas@demo.example")
    page.goto("/account/login/")
    look(page)
    keys = Keyboard(page)
    keys.type(page.locator("#id_login"), "texas@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/account/2fa/authenticate/$"))
    look(page)
    keys.type(page.locator("#id_code"), f"{(int(code) + 111111) % 1000000:06}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("code")
    expect(page).to_have_url(re.compile(r"/account/2fa/authenticate/$"))
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    look(page)
    _, code = code_of(page, "texas@demo.example")
    keys.type(page.locator("#id_code"), code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_wrong_password_says_no_more_than_that(visit: Visit) -> None:
    page, sentences = visit(), []
    for email in ("analyst@demo.example", "nobody.here@example.org"):
        type_password(page, email, "wrong wrong wrong")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("#id_login")).to_have_value(email)
        sentences.append(page.get_by_role("alert").inner_text())
    assert sentences[0] == sentences[1]
    look(page)


def test_a_passkey_is_set_up_and_signs_in_alone(visit: Visit) -> None:
    page = visit()
    with_authenticator(page)
    enter(page, "cohost@demo.example")
    page.goto("/account/2fa/webauthn/")
    look(page)
    page.goto("/account/2fa/webauthn/add/")
    prove(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    look(page)
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_label("Sign in with it alone, without a password").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Add a passkey")
    look(page)
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="My phone")).to_be_visible()
    look(page)
    for action in ("Rename My phone", "Remove My phone"):
        page.goto("/account/2fa/webauthn/")
        page.get_by_role("link", name=action).click()
        look(page)
    leave(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.get_by_role("link", name="Priya Anand")).to_be_visible()
    page.goto("/account/reauthenticate/")
    look(page)
    page.goto("/account/2fa/reauthenticate/")
    look(page)
    page.goto("/account/2fa/webauthn/reauthenticate/")
    look(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).not_to_have_url(re.compile("reauthenticate"))
    leave(page)
    type_password(page, "cohost@demo.example", DEMO_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    look(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_without_its_passkey_a_browser_says_so(visit: Visit) -> None:
    page = visit()
    with_authenticator(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    look(page)


def test_a_recovery_code_works_once_and_the_other_browser_is_signed_out(visit: Visit) -> None:
    first, second = visit(), visit()
    enter(first, "analyst@demo.example")
    first.goto("/account/2fa/")
    look(first)
    first.get_by_role("link", name="Make recovery codes").click()
    prove(first)
    expect(first.get_by_role("heading", level=1)).to_have_text("Make recovery codes")
    look(first)
    first.get_by_role("button", name="Make new codes").click()
    codes = first.get_by_role("list", name="Unused codes").get_by_role("listitem").all_inner_texts()
    assert len(set(codes)) == 10
    look(first)
    type_password(second, "analyst@demo.example", DEMO_PASSWORD)
    type_code(second, codes[0])
    expect(second.get_by_role("button", name="Sign out")).to_be_visible()
    leave(second)
    type_password(second, "analyst@demo.example", DEMO_PASSWORD)
    type_code(second, codes[0])
    expect(second.get_by_role("alert")).to_be_visible()
    type_code(second, codes[1])
    expect(second.get_by_role("button", name="Sign out")).to_be_visible()

    first.goto("/account/2fa/totp/deactivate/")
    look(first)
    first.goto("/account/sessions/")
    look(first)
    expect(first.locator("main tbody tr")).to_have_count(2)
    expect(first.get_by_text("this one", exact=True)).to_have_count(1)
    first.locator("main tbody").get_by_role("button").click()
    expect(first.get_by_role("status")).to_contain_text("Ended.")
    expect(first.locator("main tbody tr")).to_have_count(1)
    second.goto("/account/")
    expect(second).to_have_url(re.compile(r"/account/login/"))
    first.goto("/account/")
    expect(first.get_by_role("button", name="Sign out")).to_be_visible()


def test_signing_out_leaves_no_session(visit: Visit, product: Product) -> None:
    page = visit()
    enter(page, "outsider@demo.example")
    page.goto("/account/")
    look(page)
    stolen = page.context.storage_state()
    leave(page)
    assert [cookie["name"] for cookie in page.context.cookies() if cookie["name"] == "sessionid"] == []
    page.go_back()
    expect(page).to_have_url(re.compile(r"/account/login/"))
    thief = visit(storage_state=stolen)
    thief.goto("/account/")
    expect(thief).to_have_url(re.compile(r"/account/login/"))


def test_a_forgotten_password_is_chosen_again_by_mail(visit: Visit, product: Product, mailbox: Mailbox) -> None:
    page = visit()
    page.goto("/account/password/reset/")
    page.locator("#id_email").fill("outsider@demo.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page).to_have_url(re.compile(r"/account/password/reset/done/$"))
    address = _address_in(mailbox.wait_for("outsider@demo.example"), product, "password/reset/key")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")
    look(page)
    for password in ("short", DEMO_PASSWORD):
        page.locator("#id_password1").fill(password)
        page.locator("#id_password2").fill(password)
        page.get_by_role("button", name="Set the password").click()
        if password == "short":
            expect(page.get_by_role("alert")).to_be_visible()
            look(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your password is changed")
    page.goto(address)
    expect(page.get_by_role("link", name="Reset your password")).to_be_visible()  # it works once
    look(page)


def _opened(page: Page, address: str) -> Response:
    answer = page.goto(address)
    assert answer is not None
    return answer


def _address_in(mail: EmailMessage, product: Product, part: str) -> str:
    found = re.search(rf"{re.escape(product.address)}/account/{part}/\S+", text_of(mail))
    assert found, text_of(mail)
    return found[0]


def _invite(page: Page) -> None:
    page.goto("/account/people/invite/")
    look(page)
    page.get_by_label("E-mail address").fill(COLLEAGUE)
    page.get_by_label("Name").fill("Renata Quill")
    page.get_by_label("Role").select_option(label="Co-host")
    page.get_by_label("State or province").select_option(label="Texas")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text(COLLEAGUE)
    expect(page.get_by_role("button", name="Withdraw the one to Renata Quill")).to_be_visible()
    look(page)


def _accept(page: Page, address: str) -> None:
    page.locator("#id_password1").fill("short")
    page.locator("#id_password2").fill("short")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    page.locator("#id_password1").fill(CHOSEN)
    page.locator("#id_password2").fill(CHOSEN)
    page.get_by_role("button", name="Make my account").click()
    expect(page).to_have_url(re.compile(r"/account/2fa/$"))
    look(page)


def _set_up_app(page: Page) -> None:
    from waywatch.accounts.demo import totp_code

    page.goto("/directory/")  # not there yet: leads to the set-up
    expect(page).to_have_url(re.compile(r"/account/2fa/$"))
    page.get_by_role("link", name="Set up an authenticator app").click()
    look(page)
    secret = page.locator("main code").inner_text()
    page.locator("#id_code").fill("000000")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    while PERIOD - time.time() % PERIOD < 5:
        page.wait_for_timeout(200)
    assert page.locator("main code").inner_text() == secret  # what was scanned still counts
    page.locator("#id_code").fill(totp_code(secret, int(time.time())))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    look(page)


def _give_and_take_away(page: Page) -> None:
    page.goto("/account/people/?q=quill")
    look(page)
    page.get_by_role("link", name="Renata Quill").click()
    look(page)
    page.get_by_role("link", name="Give a role").click()
    look(page)
    page.get_by_label("Role").select_option(label="Analyst")
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_role("status")).to_contain_text("The role is given")
    look(page)
    page.get_by_role("link", name=re.compile("Take away Co-host")).click()
    look(page)
    page.get_by_label("Reason").fill("Left the office")
    page.get_by_role("button", name="Take the role away").click()
    expect(page.get_by_role("status")).to_contain_text("The role is taken away")


def test_the_way_of_a_colleague_from_the_invitation_to_the_end(
    visit: Visit, product: Product, mailbox: Mailbox, coordinator_state: StorageState, administrator_state: StorageState
) -> None:
    coordinator, colleague, administrator = (
        visit(storage_state=coordinator_state),
        visit(),
        visit(storage_state=administrator_state),
    )
    _invite(coordinator)
    mail = mailbox.wait_for(COLLEAGUE)
    assert mail["Subject"] == "Your invitation to Waywatch"
    address = _address_in(mail, product, "invitation")

    for _ in range(2):  # a scanner of mail opens it first
        assert _opened(colleague, address).status == 200
    expect(colleague.get_by_role("heading", level=1)).to_have_text("Your invitation")
    look(colleague)
    _accept(colleague, address)
    _set_up_app(colleague)
    assert _opened(colleague, "/directory/").status == 200
    expect(colleague).to_have_url(re.compile(r"/directory/$"))
    assert _opened(visit(), address).status == 404
    link = colleague.get_by_role("navigation", name="Main").get_by_role("link", name="Directory")

    _give_and_take_away(administrator)
    with colleague.expect_navigation() as clicked:
        link.click()
    assert clicked.value is not None
    assert clicked.value.status == 404
    expect(colleague.get_by_role("navigation", name="Main").get_by_role("link", name="Directory")).to_have_count(0)
    assert _opened(colleague, "/impact/").status == 200  # the other role still holds
    changed = mailbox.wait_for(COLLEAGUE).as_string() + "".join(one.as_string() for one in mailbox.received)
    assert CHOSEN not in changed
