"""Each page of the site in a real browser, wide and as a phone, as it comes and with a form that was refused: axe finds nothing,
nothing is cut off, nothing is asked of third parties, and it is light. The pages are those of the URLconf: see routes.py.
"""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from playwright.sync_api import Error, Page, expect

from tests.e2e.axe import look
from tests.e2e.conftest import Product
from tests.e2e.routes import (
    ADMINISTRATORS,
    EXCEPTIONS,
    GUESTS,
    HELP,
    MORE,
    Reason,
    Route,
    address_of,
    routes,
    visited,
)
from tests.e2e.things import prove_it
from tests.e2e.traffic import Traffic
from waywatch.project.middleware import CONTENT_POLICY

pytestmark = pytest.mark.e2e
Opened = Callable[[str], tuple[Page, Traffic]]
NOBODYS = "00000000-0000-4000-8000-000000000000"
NAMES_OF_FORMS = ("_new", "_add", "_edit")
BLANKED = """form => {
  form.noValidate = true;
  for (const control of form.querySelectorAll("[required]")) { control.value = ""; control.checked = false; }
  form.requestSubmit(form.querySelector("[type=submit]"));
}"""


def who_opens(route: Route) -> str:
    if route.name in GUESTS:
        return "guest"
    return "administrator" if route.name in ADMINISTRATORS else "coordinator"


def visit(page: Page, traffic: Traffic, address: str, status: int = 200) -> None:
    """Load a page and look at it as a reader with an assistive device, a narrow screen and a slow link would."""
    try:
        answer = page.goto(address)
    except Error as error:  # a refusal without a word, or a file
        pytest.fail(f"{address}: {error.message}\n{HELP}")
    assert answer is not None
    assert (page.url.removeprefix(traffic.address), answer.status) == (address, status), HELP
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    look(page)
    traffic.assert_quiet(status)
    traffic.assert_light()


@pytest.mark.parametrize("route", visited(), ids=lambda route: route.name)
def test_a_page(opened: Opened, things: dict[str, str], route: Route) -> None:
    page, traffic = opened(who_opens(route))
    address = address_of(route, things)
    visit(page, traffic, address)
    forms = page.locator("main form[method=post]:has([required])")
    assert forms.count() >= route.name.endswith(NAMES_OF_FORMS)
    for number in range(forms.count()):
        if number:
            page.goto(address)
        forms.nth(number).evaluate(BLANKED)
        expect(page.get_by_role("alert").filter(visible=True)).to_have_count(1)
        look(page)


@pytest.mark.parametrize("address", MORE)
def test_another_state_of_a_page(opened: Opened, things: dict[str, str], address: str) -> None:
    page, traffic = opened("coordinator")
    visit(page, traffic, address.format_map(things))


@pytest.mark.parametrize(
    "route", [route for route in routes() if route.name in EXCEPTIONS], ids=lambda route: route.name
)
def test_an_exception_is_no_page(opened: Opened, things: dict[str, str], route: Route) -> None:
    page, _ = opened(who_opens(route))
    address = address_of(route, dict.fromkeys(route.parameters, NOBODYS) | {"paper": "letter"} | things)
    answer = page.request.get(address, max_redirects=0)
    if "/account/reauthenticate/" in answer.headers.get("location", ""):  # the sign-in of this run is some minutes old
        page.goto("/account/reauthenticate/")
        prove_it(page)
        answer = page.request.get(address, max_redirects=0)
    assert EXCEPTIONS[route.name] == _reason(answer.status, answer.headers.get("content-type", ""))


def _reason(status: int, content_type: str) -> Reason | None:
    if status == 405:
        return Reason.POST_ONLY
    if status == 302:
        return Reason.LEADS_ON
    if status == 404:
        return Reason.SEALED
    return Reason.FILE if status == 200 and not content_type.startswith("text/html") else None


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("guest", "/nowhere/", 404),
        ("coordinator", "/nowhere/", 404),
        ("guest", f"/account/invitation/{NOBODYS}/not-a-token/", 404),
        ("coordinator", "/directory/places/{reference_place_id}/edit/", 409),
        ("guest", "/account/login/?" + "&".join(f"a{number}" for number in range(501)), 400),
        ("coordinator", "/builds/?" + "&".join(f"a{number}" for number in range(501)), 400),
    ],
    ids=["nowhere", "nowhere-signed-in", "closed-invitation", "refused", "unreadable", "unreadable-signed-in"],
)
def test_a_page_that_says_no(opened: Opened, things: dict[str, str], who: str, address: str, status: int) -> None:
    page, traffic = opened(who)
    visit(page, traffic, address.format_map(things), status)


def test_a_form_that_was_open_too_long(opened: Opened) -> None:
    page, traffic = opened("coordinator")
    page.goto("/builds/new/")
    page.context.clear_cookies(name="csrftoken")
    with page.expect_navigation() as sent:
        page.locator("main form").evaluate(BLANKED)
    assert sent.value is not None
    assert sent.value.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("This request was not accepted")
    look(page)
    traffic.assert_quiet(403)


@pytest.fixture
def fault(product: Product) -> Iterator[None]:
    """A table that every page of somebody signed in reads is away."""
    with psycopg.connect(product.admin, autocommit=True) as connection:
        connection.execute("ALTER TABLE accounts_grant RENAME TO accounts_grant_away")
        yield
        connection.execute("ALTER TABLE accounts_grant_away RENAME TO accounts_grant")


def test_a_fault_of_ours(opened: Opened, fault: None) -> None:
    page, traffic = opened("coordinator")
    visit(page, traffic, "/map/", 500)
    expect(page.get_by_role("heading", level=1)).to_have_text("Something went wrong on our side")


@pytest.mark.parametrize(
    "wrong",
    [
        "document.querySelector('h1').style.width = '2000px'",
        "document.querySelector('h1').style.color = '#eee'",
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')",
    ],
    ids=["too-wide", "too-pale", "without-a-name"],
)
def test_a_look_sees_what_is_wrong(opened: Opened, wrong: str) -> None:
    page, _ = opened("guest")
    page.goto("/")
    look(page)
    page.evaluate(wrong)
    with pytest.raises(AssertionError):
        look(page)
