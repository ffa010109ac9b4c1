"""What readers and organisers do on the pages: find a source, follow every number, use the keyboard alone, another language, the dark."""

import re
import uuid

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.axe import TYPEWRITER, WIDTHS, assert_readable
from tests.e2e.conftest import Product
from tests.e2e.traffic import Traffic

pytestmark = pytest.mark.e2e


def check(page: Page, product: Product, address: str) -> None:
    """Load a page and look at it, at the one width that its browser has."""
    traffic = Traffic.of(page, product.address)
    answer = page.goto(f"{product.address}{address}")
    assert answer is not None
    assert answer.status == 200
    assert_readable(page)
    traffic.assert_quiet()


def test_dark_is_as_readable_as_light(browser: Browser, coordinator_state: StorageState, product: Product) -> None:
    context = browser.new_context(storage_state=coordinator_state, color_scheme="dark", locale="en-US")
    for address in ("/style/", "/map/", "/impact/2018/", "/builds/boise-2021/"):
        check(context.new_page(), product, address)
    context.close()


@pytest.mark.parametrize(
    ("name", "language", "words"), [("Français", "fr", "Rapports annuels"), ("Español", "es", "Informes anuales")]
)
def test_the_pages_speak_the_readers_language(
    browser: Browser, coordinator_state: StorageState, product: Product, name: str, language: str, words: str
) -> None:
    context = browser.new_context(storage_state=coordinator_state, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{product.address}/impact/")
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
    for address in ("/map/", "/impact/2018/", "/builds/boise-2021/", "/builds/new/", "/directory/", "/account/"):
        page = context.new_page()
        check(page, product, address)
        expect(page.locator("html")).to_have_attribute("lang", language)
    context.close()


def test_no_page_is_too_wide_in_the_letters_of_a_typewriter(
    browser: Browser, coordinator_state: StorageState, product: Product
) -> None:
    context = browser.new_context(storage_state=coordinator_state, viewport=WIDTHS["phone"])
    page = context.new_page()
    page.goto(f"{product.address}/impact/")
    page.get_by_role("button", name="Español").click()
    for address in ("/map/", "/impact/2018/"):
        page.goto(f"{product.address}{address}")
        page.evaluate(TYPEWRITER)
        assert_readable(page)
    context.close()


def test_the_way_of_a_coordinator_from_the_map_to_a_source(coordinator: BrowserContext, product: Product) -> None:
    page = coordinator.new_page()
    page.goto(f"{product.address}/map/")
    page.locator("tbody").get_by_role("link", name="Texas", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Texas")
    page.get_by_role("link", name="Pecos", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pecos, Texas, 2018")
    page.goto(f"{product.address}/impact/2018/")
    page.get_by_role("table").get_by_role("link", name="28", exact=True).click()
    expect(page).to_have_url(re.compile(r"#printed-energy$"))
    expect(page.locator("#printed-energy")).to_contain_text("28")


def test_a_count_of_what_followed_opens_to_who_did_it_and_to_the_build(
    coordinator: BrowserContext, product: Product
) -> None:
    page = coordinator.new_page()
    page.goto(f"{product.address}/impact/2018/")
    page.get_by_role("link", name="law-enforcement training: 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Law-enforcement training")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody th")).to_have_text("Texas OAG")
    page.get_by_role("link", name="Pecos, 2018").click()
    expect(page).to_have_url(re.compile(r"/builds/pecos-2018/#what-followed$"))


def test_a_keyboard_alone_reaches_the_map_and_opens_a_state(coordinator: BrowserContext, product: Product) -> None:
    page = coordinator.new_page()
    page.goto(f"{product.address}/map/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(r".+: \d+ builds?", focused)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/glance/[a-z]{2}-[a-z]{2}/$"))


def test_a_form_works_by_keyboard_and_forgets_nothing(coordinator: BrowserContext, product: Product) -> None:
    page = coordinator.new_page()
    page.goto(f"{product.address}/builds/new/")
    page.get_by_label("City").fill("Amarillo")
    page.get_by_label("Year").fill("1066")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(page.get_by_label("City")).to_have_value("Amarillo")
    expect(page.get_by_label("Year")).to_have_attribute("aria-invalid", "true")


def test_a_refused_field_looks_and_is_announced_as_refused(coordinator: BrowserContext, product: Product) -> None:
    page = coordinator.new_page()
    page.goto(f"{product.address}/directory/organisations/new/")
    page.get_by_label("Name").fill("Somebody")
    page.get_by_label("Home state or province").select_option("US-TX")
    page.get_by_label("Home county").fill("Reves")
    page.get_by_role("button", name="Save").click()
    county = page.get_by_label("Home county")
    assert refused_and_red(page) == 1
    expect(county).to_have_attribute("aria-invalid", "true")
    expect(county).to_have_accessible_description(re.compile(r"Do you mean Reeves County\?$"))
    page.goto(f"{product.address}/style/")
    assert refused_and_red(page) > 1


def refused_and_red(page: Page) -> int:
    """Return how many fields are refused; each has a border of the colour of its error."""
    (red,) = set(page.locator(".field .errorlist").evaluate_all("all => all.map(each => getComputedStyle(each).color)"))
    refused = page.locator("main .field [aria-invalid=true]:not([type=checkbox])")
    for number in range(refused.count()):
        expect(refused.nth(number)).to_have_css("border-top-color", red)
    return refused.count()


def test_the_pdf_and_the_json_are_served(coordinator: BrowserContext, product: Product) -> None:
    page = coordinator.new_page()
    for paper in ("letter", "a4"):
        answer = page.request.get(f"{product.address}/impact/2018/report-{paper}.pdf")
        assert (answer.status, answer.headers["content-type"], answer.body()[:5]) == (200, "application/pdf", b"%PDF-")
    assert page.request.get(f"{product.address}/impact/2018/report.json").json()["attendance"]["total"] == 557
    assert page.request.get(f"{product.address}/impact/2018/report-poster.pdf").status == 404


def test_a_page_works_without_javascript(browser: Browser, coordinator_state: StorageState, product: Product) -> None:
    context = browser.new_context(storage_state=coordinator_state, java_script_enabled=False)
    page = context.new_page()
    for address in ("/map/", "/builds/", "/impact/2018/", "/account/login/"):
        answer = page.goto(f"{product.address}{address}")
        assert answer is not None
        assert answer.status == 200
    context.close()


def test_a_person_is_added_found_and_put_right(coordinator: BrowserContext, product: Product) -> None:
    page = coordinator.new_page()
    name = f"Robin Example {uuid.uuid4().hex[:6]}"
    page.goto("/directory/?words=Idaho")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Job title").fill("Sheriff")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add a contact point").click()
    page.get_by_label("Address or number").fill("robin@example.org")
    page.get_by_label("Where this is from").fill("A card")
    page.get_by_role("button", name="Save").click()
    for link, field, value in (("Change this post", "Job title", "Chief"), ("Change", "Label", "front desk")):
        page.locator("article").get_by_role("link", name=link, exact=True).click()
        page.get_by_label(field).fill(value)
        page.get_by_role("button", name="Save").click()
        expect(page.locator("article")).to_contain_text(value)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Directory").click()
    page.get_by_role("navigation", name="Lists of the directory").get_by_role("link", name="People").click()
    page.get_by_label("Name, job title or organisation").fill(name)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Chief")
    check(coordinator.new_page(), product, page.url.removeprefix(product.address))
