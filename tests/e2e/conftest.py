"""The real product in its own process, and Debian's Chromium in front of it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright
from psycopg.conninfo import make_conninfo

from tests.e2e.axe import LOOKED_AT, WIDTHS
from tests.e2e.routes import FIXED, JOURNEYS
from tests.e2e.things import made_through
from tests.e2e.traffic import Traffic
from tests.post_office import Mailbox, running_mailbox
from tests.project.installation import PRODUCTION, Installation, admin_address, free_port, new_folder, until
from tests.project.own_server import DATABASE, addresses_in, own_server

ADMIN_URL = os.environ.get("DATABASE_ADMIN_URL", "")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"  # tools/install-browser looks in the same way
PASSPHRASE = "look around the demo vault"
CODE_SECONDS = 35.0


@dataclass(frozen=True)
class Product:
    """A running demonstration, and the address of its database's administrator."""

    address: str
    admin: str


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """Where the product's mail really arrives."""
    with running_mailbox() as found:
        yield found


@pytest.fixture(scope="session")
def product(mailbox: Mailbox) -> Iterator[Product]:
    """Run a demonstration, and stop it in order: on the embedded PostgreSQL, or on that of DATABASE_ADMIN_URL where it is set."""
    made = Installation(new_folder())
    settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port), "PORT": str(free_port())}
    try:
        with _on_own_server(made, settings) if ADMIN_URL else _embedded(made, settings) as found:
            yield found
    finally:
        made.close()


@contextmanager
def _embedded(made: Installation, settings: dict[str, str]) -> Iterator[Product]:
    service = made.start("demo", **settings).wait_until_ready()
    yield Product(f"http://localhost:{service.port}", admin_address(made.data))
    assert service.stop() == 0, service.said()[-4000:]


@contextmanager
def _on_own_server(made: Installation, settings: dict[str, str]) -> Iterator[Product]:
    """`waywatch demo` keeps away from the databases of others, so the parts of it are run one by one."""
    url = f"http://localhost:{settings['PORT']}"
    with own_server(ADMIN_URL):
        settings |= addresses_in(made.good("database-roles", DATABASE_ADMIN_URL=ADMIN_URL))
        settings |= {"WAYWATCH_MODE": "demo", "WAYWATCH_URL": url, "SECRET_KEY": PRODUCTION["SECRET_KEY"]}
        made.good("migrate", **settings)
        made.fill_demonstration(settings)
        service = made.start("run", **settings).wait_until_ready()
        yield Product(url, make_conninfo(ADMIN_URL, dbname=DATABASE))
        assert service.stop() == 0, service.said()[-4000:]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*flags, "--disable-component-update"], chromium_sandbox=False
        )
        yield found
        found.close()


def sign_in(page: Page, product: Product, email: str) -> None:
    """Sign in through the pages as a person would: address, password, the code of this half minute."""
    page.goto(f"{product.address}/demo/")
    row = page.locator("tr", has_text=email)
    password, code = (row.locator("td").nth(number).inner_text() for number in (1, 2))
    page.goto(f"{product.address}/account/login/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    signed_in = page.get_by_role("button", name="Sign out")
    if re.fullmatch(r"\d{6}", code):
        _send_code(page, code)
        expect(signed_in.or_(page.get_by_role("alert"))).to_be_visible()
        if not signed_in.is_visible():  # somebody signed in with this code: it counts once
            _send_code(page, _next_code(page.context, product, email, code))
    expect(signed_in).to_be_visible()


def unlock(page: Page, then: str = "/desk/", title: str = "Desk") -> None:
    """Unlock the keys of whoever is signed in, and go on to a page."""
    page.goto(f"/vault/unlock/?next={then}")
    page.get_by_label("Passphrase of your keys").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def _send_code(page: Page, code: str) -> None:
    page.locator("#id_code").fill(code)
    page.locator("main button[type=submit], main form button").first.click()


def _next_code(context: BrowserContext, product: Product, email: str, used: str) -> str:
    """Wait for the next half minute's code."""
    page = context.new_page()

    def shown() -> str:
        page.goto(f"{product.address}/demo/")
        return page.locator("tr", has_text=email).locator("td").nth(2).inner_text()

    found = until(lambda: (code := shown()) != used and code, CODE_SECONDS)
    page.close()
    return str(found)


@pytest.fixture(scope="session")
def coordinator_state(product: Product, browser: Browser) -> StorageState:
    """The cookies of a signed-in coordinator: a TOTP code counts once, so the whole run signs in once."""
    return _state_of("coordinator@demo.example", product, browser)


@pytest.fixture(scope="session")
def administrator_state(product: Product, browser: Browser) -> StorageState:
    """The cookies of a signed-in administrator."""
    return _state_of("administrator@demo.example", product, browser)


@pytest.fixture(scope="session")
def advocate_state(product: Product, browser: Browser) -> StorageState:
    """The cookies of a signed-in advocate of the demo desk, whose keys are locked."""
    return _state_of("advocate@demo.example", product, browser)


@pytest.fixture(scope="session")
def officer_state(product: Product, browser: Browser) -> StorageState:
    """The cookies of a signed-in officer of the demo agency, whose keys are locked."""
    return _state_of("officer@demo.example", product, browser)


@pytest.fixture
def officer(browser: Browser, product: Product, officer_state: StorageState) -> Iterator[Page]:
    """The page of an officer who has unlocked, on a phone."""
    context = browser.new_context(
        storage_state=officer_state, locale="en-US", base_url=product.address, viewport=WIDTHS["phone"]
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    unlock(page, "/officer/", "Tasks")
    yield page
    context.close()


@pytest.fixture
def desk(browser: Browser, product: Product, advocate_state: StorageState) -> Iterator[Page]:
    """The page of an advocate who has unlocked: an empty queue."""
    with psycopg.connect(product.admin, autocommit=True) as connection:
        connection.execute("TRUNCATE tips_tip CASCADE")
    context = browser.new_context(storage_state=advocate_state, locale="en-US", base_url=product.address)
    page = context.new_page()
    page.set_default_timeout(10_000)
    unlock(page)
    yield page
    context.close()


@pytest.fixture
def phone(browser: Browser, product: Product) -> Iterator[Callable[..., Page]]:
    """Open empty pages, each on a phone of its own."""
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


def _state_of(email: str, product: Product, browser: Browser) -> StorageState:
    context = browser.new_context(locale="en-US")
    sign_in(context.new_page(), product, email)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def things(browser: Browser, product: Product, coordinator_state: StorageState) -> dict[str, str]:
    """Values for the parameters of addresses, by name (see routes.py)."""
    context = browser.new_context(storage_state=coordinator_state, base_url=product.address, locale="en-US")
    made = made_through(context.new_page())
    context.close()
    return FIXED | made


@pytest.fixture(params=list(WIDTHS))
def coordinator(
    request: pytest.FixtureRequest, browser: Browser, product: Product, coordinator_state: StorageState
) -> Iterator[BrowserContext]:
    """A coordinator's browser, wide and as a phone."""
    context = browser.new_context(
        storage_state=coordinator_state, viewport=WIDTHS[request.param], locale="en-US", base_url=product.address
    )
    yield context
    context.close()


@pytest.fixture
def opened(
    browser: Browser, product: Product, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], tuple[Page, Traffic]]]:
    """Open an empty page in a new browser of "guest", "coordinator" or "administrator", and watch what it transfers."""
    contexts: list[BrowserContext] = []

    def empty_page(who: str) -> tuple[Page, Traffic]:
        state = None if who == "guest" else request.getfixturevalue(f"{who}_state")
        context = browser.new_context(storage_state=state, locale="en-US", base_url=product.address)
        contexts.append(context)
        page = context.new_page()
        return page, Traffic.of(page, product.address)

    yield empty_page
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def journey(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that routes.py names for a route has looked at it, wide and as a phone."""
    LOOKED_AT.clear()
    yield
    mine = [route for route, name in JOURNEYS.items() if name == request.function.__name__]
    missing = {(route, size["width"]) for route in mine for size in WIDTHS.values()} - LOOKED_AT
    assert sorted(missing) == [], "routes.py promises that this test looks at them"
