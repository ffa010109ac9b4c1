"""The reporter's page on a phone: the seed story as a card, without a network, and nothing readable left behind."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.axe import TYPEWRITER, WIDTHS, assert_readable, crowded_when_scrolled, look
from tests.e2e.conftest import CHROMIUM, Product

pytestmark = pytest.mark.e2e
PECOS = {"latitude": 31.505, "longitude": -106.12}
STEPS = ("danger", "about", "where", "when", "people", "vehicles", "timeline", "signs", "words", "reach", "card")

READ = """async () => {
  const address = document.querySelector("link[rel=modulepreload][href*='tips/answers']").href;
  return (await import(address)).read(document.getElementById("questions"));
}"""

Open = Callable[..., Page]


def content(page: Page) -> dict[str, Any]:
    """Return the content that the page makes of its form as it stands."""
    found: dict[str, Any] = page.evaluate(READ)
    return found


@pytest.fixture
def phone(browser: Browser, product: Product) -> Iterator[Open]:
    """Open the page on a phone; nothing may be wrong in any console, and nothing asked of others."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(language: str = "en", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDTHS["phone"], "locale": "en-US", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(product.address) else None)
        page.goto(f"{product.address}/notice/{language}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in wrong if "ERR_INTERNET_DISCONNECTED" not in text] == []


def begun(page: Page) -> Page:
    expect(page.locator("#program")).to_be_visible()
    return page


def at_step(page: Page, key: str) -> None:
    """Go on until a step is shown, as a thumb would."""
    for _ in STEPS:
        if page.locator(f"[data-step={key}]").is_visible():
            return
        page.locator("#next").click()
    raise AssertionError(f"no step {key}")


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name='{name}'][value='{value}']").check()


def tell_the_seed_story(page: Page) -> None:
    """Four people from one vehicle, two of them look under 18; the vehicle circles and comes back."""
    choose(page, "danger_now", "unknown")
    at_step(page, "about")
    choose(page, "about", "others")
    page.locator("[name='reporter.sector']").select_option("trucking")
    at_step(page, "where")
    page.locator("[name='where.region']").select_option("US-TX")
    page.locator("[name='where.type']").select_option("truck_stop")
    at_step(page, "when")
    choose(page, "when.seen", "now")
    page.locator("[name='when.words']").fill("several hours")
    at_step(page, "people")
    for number, (count, age) in enumerate([("2", "adult"), ("2", "minor")]):
        if number:
            page.locator("[data-add=people]").click()
        page.locator(f"[name='people.{number}.count']").fill(count)
        choose(page, f"people.{number}.age", age)
        choose(page, f"people.{number}.part", "seen")
    at_step(page, "vehicles")
    page.locator("[name='vehicles.0.relation']").select_option("drop_off")
    at_step(page, "timeline")
    page.locator("[name='timeline.0.what']").fill("leaves the lot, circles the gas station, parks again")
    page.locator("[name='timeline.0.often']").fill("several times an hour")
    at_step(page, "signs")
    for sign in ("commercial_sex_offered", "multiple_people_one_vehicle", "drop_off_pick_up_pattern", "watched"):
        page.locator(f"#sign-{sign}").check()


def test_the_seed_story_calls_911_and_becomes_a_card(phone: Open) -> None:
    page = begun(phone())
    tell_the_seed_story(page)
    expect(page.locator("[data-level='911_then_hotline']")).to_be_visible()
    page.locator("#to-card").click()
    card = page.locator("#card")
    for text in (
        "Texas",
        "Truck stop",
        "Under 18",
        "Brought people",
        "several times an hour",
        "Sex was offered or asked for",
    ):
        expect(card).to_contain_text(text)
    expect(page.locator("[data-level='911_then_hotline']")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_step_is_readable(phone: Open, language: str) -> None:
    page = begun(phone(language))
    for key in STEPS[:-1]:
        at_step(page, key)
        look(page)
    page.locator("#next").click()
    expect(page.locator("#card")).to_be_visible()
    look(page)


@pytest.mark.parametrize("letters", ["", TYPEWRITER], ids=["ours", "typewriter"])
def test_a_number_can_be_hit_however_far_the_page_is_scrolled(phone: Open, letters: str) -> None:
    page = begun(phone())
    page.evaluate(letters)
    numbers = page.locator(".calls-list").bounding_box()
    assert numbers is not None
    assert crowded_when_scrolled(page, int(numbers["y"] + numbers["height"])) == []
    assert page.evaluate("scrollY") >= numbers["height"]


def test_dark_is_as_readable_as_light(phone: Open) -> None:
    page = begun(phone(color_scheme="dark"))
    tell_the_seed_story(page)
    assert_readable(page)


def test_without_javascript_the_numbers_stand_and_it_says_why(phone: Open) -> None:
    page = phone(java_script_enabled=False)
    expect(page.get_by_role("link", name="Danger: call 911")).to_be_visible()
    expect(page.get_by_text("1-888-373-7888")).to_be_visible()
    expect(page.get_by_text("JavaScript is off")).to_be_visible()
    expect(page.locator("#program")).to_be_hidden()


def test_without_the_browsers_cryptography_it_shows_the_numbers_only(browser: Browser, product: Product) -> None:
    context = browser.new_context(viewport=WIDTHS["phone"])
    context.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    page = context.new_page()
    page.goto(f"{product.address}/notice/en/")
    page.wait_for_timeout(1500)
    expect(page.locator("#waiting")).to_be_visible()
    expect(page.locator("#program")).to_be_hidden()
    context.close()


def test_about_oneself_it_asks_nothing_more_and_keeps_nothing(phone: Open) -> None:
    page = begun(phone())
    at_step(page, "about")
    choose(page, "about", "self")
    expect(page.locator("[data-self]")).to_be_visible()
    expect(page.locator("#next")).to_be_disabled()
    page.locator("#back").click()
    expect(page.locator("#next")).to_be_enabled()  # the way back is open
    page.locator("#next").click()
    expect(page.locator("#next")).to_be_disabled()
    page.wait_for_timeout(700)
    page.reload()
    begun(page)
    expect(page.locator("[data-step=danger]")).to_be_visible()
    assert page.evaluate("document.querySelector('[name=about]:checked')") is None


def test_a_position_finds_the_state_and_the_nearest_places_on_the_phone(phone: Open) -> None:
    page = begun(phone(geolocation=PECOS, permissions=["geolocation"]))
    at_step(page, "where")
    page.locator("#locate").click()
    expect(page.locator("#located")).to_contain_text("It may be one of these")
    among = page.locator("#located-among button")
    assert among.all_inner_texts() == ["Texas", "New Mexico", "México"]  # by the nearest known place
    expect(page.locator("[name='where.region']")).to_have_value("")
    look(page)
    among.first.click()
    expect(page.locator("#located")).to_have_text("Texas")
    expect(page.locator("[name='where.region']")).to_have_value("US-TX")
    nearest = page.locator("[name='where.place'] option").nth(1).inner_text()
    assert "I-10" in nearest
    assert " mi)" in nearest


@pytest.mark.parametrize(
    ("at", "among"),
    [
        ({"latitude": 43.7, "longitude": -79.4}, {"New York", "Ontario"}),  # Toronto
        ({"latitude": 42.3, "longitude": -83.0}, {"Michigan", "Ontario"}),  # Windsor
        ({"latitude": 31.7, "longitude": -106.4}, {"Texas", "New Mexico", "México"}),  # El Paso and Juárez
    ],
)
def test_near_a_border_the_reporter_says_on_which_side(phone: Open, at: dict[str, float], among: set[str]) -> None:
    page = begun(phone(geolocation=at, permissions=["geolocation"]))
    at_step(page, "where")
    page.locator("#locate").click()
    expect(page.locator("#located")).to_contain_text("It may be one of these")
    assert set(page.locator("#located-among button").all_inner_texts()) >= among
    expect(page.locator("[name='where.region']")).to_have_value("")


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ({"latitude": 48.1, "longitude": 11.6}, "in no state or province"),
        ({"latitude": 21.3, "longitude": -157.8}, "Hawaii"),
    ],
)
def test_a_position_that_leaves_no_choice_is_taken_or_said_to_be_none(
    phone: Open, at: dict[str, float], says: str
) -> None:
    page = begun(phone(geolocation=at, permissions=["geolocation"]))
    at_step(page, "where")
    page.locator("#locate").click()
    expect(page.locator("#located")).to_contain_text(says)
    expect(page.locator("#located-among button")).to_have_count(0)


def test_a_place_goes_with_its_state(phone: Open) -> None:
    page = begun(phone())
    at_step(page, "where")
    page.locator("[name='where.region']").select_option("US-TX")
    place = page.locator("[name='where.place']")
    expect(place.locator("option").nth(1)).to_be_attached()
    place.select_option(index=1)
    page.locator("[name='where.region']").select_option("US-OH")
    expect(place).to_have_value("")
    page.locator("#to-card").click()
    expect(page.locator("#card")).to_contain_text("Ohio")
    expect(page.locator("#card")).not_to_contain_text("Known places")


def test_who_stays_unknown_and_what_is_no_number_goes_nowhere(phone: Open) -> None:
    page = begun(phone())
    at_step(page, "people")
    page.locator("[name='people.0.count']").fill("-3")
    choose(page, "people.0.age", "adult")
    at_step(page, "reach")
    choose(page, "reach.how", "hotline")
    page.locator("[name='reach.at']").fill("432-555-0100")
    assert content(page)["reach"] == {"how": "hotline", "at": "432-555-0100"}
    choose(page, "reach.how", "not")
    expect(page.locator("[name='reach.at']")).to_be_disabled()
    assert content(page)["reach"] == {"how": "not"}
    assert content(page)["people"] == [{"age": "adult"}]
    page.locator("#to-card").click()
    for text in ("432-555-0100", "-3"):
        expect(page.locator("#card")).not_to_contain_text(text)


def test_a_time_is_that_of_the_reporters_clock_and_says_so(phone: Open) -> None:
    page = begun(phone(timezone_id="America/Chicago"))
    at_step(page, "when")
    page.locator("[name='when.at']").fill("2026-11-27T02:15")
    assert content(page)["when"] == {"at": "2026-11-27T02:15-06:00"}
    page.locator("#to-card").click()
    expect(page.locator("#card")).to_contain_text("2026-11-27 02:15 (UTC-06:00)")
    page.wait_for_timeout(700)
    page.reload()
    begun(page)
    expect(page.locator("[name='when.at']")).to_have_value("2026-11-27T02:15")
    expect(page.locator("#restored")).to_be_visible()


def test_911_is_named_on_the_line_that_stays_wherever_one_has_scrolled(phone: Open) -> None:
    page = begun(phone())
    expect(page.get_by_role("link", name="Danger: call 911")).to_be_visible()
    tell_the_seed_story(page)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(page.get_by_role("link", name="Call 911 now")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Danger: call 911")).to_have_count(0)
    assert_readable(page)


def test_without_a_state_the_card_says_what_to_choose(phone: Open) -> None:
    page = begun(phone())
    page.locator("#to-card").click()
    expect(page.locator("#no-region")).to_be_visible()
    expect(page.locator("#no-desk")).to_be_hidden()


def test_a_phone_that_does_not_tell_where_it_is_leaves_the_choice(phone: Open) -> None:
    page = begun(phone(permissions=[]))
    at_step(page, "where")
    page.locator("#locate").click()
    expect(page.locator("#located")).to_contain_text("Choose below")


def test_a_draft_survives_a_reload_and_is_erased_at_a_press(phone: Open) -> None:
    page = begun(phone())
    tell_the_seed_story(page)
    page.wait_for_timeout(700)
    page.reload()
    begun(page)
    assert page.locator("[name='people.1.age'][value=minor]").is_checked()
    assert page.locator("#sign-watched").is_checked()
    expect(page.locator("[name='timeline.0.often']")).to_have_value("several times an hour")
    at_step(page, "card")
    page.locator("#erase").click()
    expect(page.locator("#erased")).to_be_visible()
    page.reload()
    begun(page)
    assert page.locator("[name='people.1.age']").count() == 0
    assert not page.locator("#sign-watched").is_checked()


def test_it_works_by_keyboard_alone(phone: Open) -> None:
    page = begun(phone())
    page.locator("[name=danger_now]").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-level='911']")).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "next":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "step-about"


def test_without_a_network_it_opens_again_with_its_draft_and_its_places(phone: Open) -> None:
    page = begun(phone())
    tell_the_seed_story(page)
    page.wait_for_timeout(700)
    expect(page.locator("#offline-ready")).not_to_have_attribute("hidden", "", timeout=20_000)
    page.context.set_offline(True)
    page.reload()
    begun(page)
    assert page.locator("[name='people.1.age'][value=minor]").is_checked()
    at_step(page, "where")
    assert page.locator("[name='where.place'] option").count() > 50
    page.goto(page.url.replace("/en/", "/es/"))
    begun(page)
    page.context.set_offline(False)


def test_the_browsers_folder_on_disk_holds_no_word_of_a_draft(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    canary = f"canary{secrets.token_hex(16)}"
    playwright = browser.browser_type  # one Playwright a process: its browser type launches a second browser
    flags = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    for visit in range(2):
        context = playwright.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=flags, chromium_sandbox=False, viewport=WIDTHS["phone"]
        )
        page = context.new_page()
        page.goto(f"{product.address}/notice/en/")
        begun(page)
        if visit == 0:
            choose(page, "danger_now", "no")
            at_step(page, "where")
            page.locator("[name='where.words']").fill(canary)
            at_step(page, "words")
            page.locator("[name='words']").fill(canary)
            page.wait_for_timeout(700)
        else:
            assert page.locator("[name='words']").input_value() == canary
        context.close()
    files = [file for file in profile.rglob("*") if file.is_file()]
    assert len(files) > 20
    needles = (canary.encode(), canary.encode("utf-16-le"))
    assert [file for file in files if any(needle in file.read_bytes() for needle in needles)] == []
