"""The real product in its own process, and Debian's Chromium in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
START_SECONDS = 90


@dataclass(frozen=True)
class Product:
    """A running demonstration."""

    address: str
    data: Path
    log: Path


@dataclass
class Mailbox:
    """A mail server on loopback that takes everything."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]  # bytes here
        self.received.append(mail)
        return "250 taken"

    def wait_for(self, address: str, seconds: float = 30) -> EmailMessage:
        """Return the first mail to `address`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in list(self.received):
                if address in str(mail["To"]):
                    return mail
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address} within {seconds} s")


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """Where the product's mail really arrives."""
    made = Mailbox(_free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Product]:
    """Start `waywatch demo` in a folder of its own, and stop it in order."""
    folder = tmp_path_factory.mktemp("product")
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WAYWATCH_", "DATABASE_"))}
    environment |= {"WAYWATCH_DATA": str(folder / "var"), "PORT": str(port)}
    environment |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port)}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "from waywatch.project.cli import main; main()", "demo"],
            env=environment,
            stdout=output,
            stderr=output,
            cwd=folder,
        )
        found = Product(address=f"http://localhost:{port}", data=folder / "var", log=log)
        try:
            _wait(found, process)
            yield found
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, log.read_text()[-4000:]


def _wait(product: Product, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, product.log.read_text()
        try:
            with urllib.request.urlopen(f"{product.address}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"not ready after {START_SECONDS} s:\n{product.log.read_text()}")


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
    if re.fullmatch(r"\d{6}", code):
        page.locator("#id_code").fill(code)
        page.locator("main button[type=submit], main form button").first.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture(scope="session")
def coordinator_state(product: Product, browser: Browser) -> dict[str, object]:
    """The cookies of a signed-in coordinator: a TOTP code counts once, so the whole run signs in once."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    sign_in(page, product, "coordinator@demo.example")
    state = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture(params=list(WIDTHS))
def coordinator(
    request: pytest.FixtureRequest, browser: Browser, coordinator_state: dict[str, object]
) -> Iterator[BrowserContext]:
    """A coordinator's browser, wide and as a phone."""
    context = browser.new_context(storage_state=coordinator_state, viewport=WIDTHS[request.param], locale="en-US")  # type: ignore[arg-type]  # Playwright's own shape
    yield context
    context.close()


@pytest.fixture(params=list(WIDTHS))
def guest(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A browser that is not signed in."""
    context = browser.new_context(viewport=WIDTHS[request.param], locale="en-US")  # type: ignore[arg-type]  # as above
    yield context
    context.close()
