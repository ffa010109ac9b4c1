"""A caller on the line: typed in at the desk, sealed in its browser, opened as the same facts; by keyboard; and when the server is away."""

import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import look
from tests.e2e.conftest import Product
from tests.e2e.keyboard import Keyboard
from tests.e2e.sending import arrived, facts, on_the_card, type_in
from tests.narratives import answers_of, narratives

pytestmark = pytest.mark.e2e
SENDING, DESKS = re.compile(r"/notice/tips/"), re.compile(r"/notice/desks/$")
MARK = "Canary-in-a-call"


def ready(desk: Page) -> Page:
    """Come from the queue to the questions."""
    desk.goto("/desk/")
    desk.get_by_role("link", name="A caller on the line").click()
    expect(desk.locator("#questions")).to_be_visible()
    return desk


def test_a_call_is_taken_down_and_opened_as_the_same_facts(product: Product, desk: Page) -> None:
    """The longest published narrative and one that somebody tells of himself, as callers would tell them."""
    told = {each["id"]: answers_of(each, "US-TX") for each in narratives()}
    longest = max(told.values(), key=lambda observation: len(str(observation)))
    own = next(each for each in told.values() if each["about"] == "self")
    for observation in (longest, own):
        ready(desk)
        look(desk)
        type_in(desk, observation)
        on_card = on_the_card(desk)
        assert len(on_card) >= len(observation)
        desk.get_by_role("button", name="Seal and save").click()
        expect(desk.locator("#receipt-words")).to_be_visible()
        assert len(desk.locator("#receipt-words").inner_text().split()) == 12
        look(desk)
        desk.get_by_role("button", name="It is saved: take it and open it").click()
        assert facts(desk) == on_card
        expect(desk.get_by_text("Told on the telephone and written down at the desk.")).to_be_visible()
        look(desk)
    assert len(arrived(product)) == 2


def test_what_to_say_follows_what_the_caller_tells(desk: Page) -> None:
    ready(desk)
    said = desk.locator("#advice [data-level]:visible")
    expect(said).to_have_attribute("data-level", "none")
    desk.locator("[name='danger_now'][value=yes]").check()
    expect(said).to_have_attribute("data-level", "911")
    expect(said).to_contain_text("call 911 now")


def test_nothing_of_a_call_reaches_the_server_in_the_clear(product: Product, desk: Page) -> None:
    ready(desk)
    sent: list[str] = []
    desk.on(
        "request", lambda request: sent.append(f"{request.url}\n{(request.post_data_buffer or b'').decode('latin-1')}")
    )
    desk.locator("#words").fill(MARK)
    desk.get_by_role("button", name="Seal and save").click()
    take = desk.get_by_role("button", name="It is saved: take it and open it")
    expect(take).to_be_visible()
    assert any(SENDING.search(each) for each in sent)
    assert MARK not in "".join(sent)
    with psycopg.connect(product.admin, autocommit=True) as connection:
        [(rows,)] = connection.execute("SELECT array_agg(t::text) FROM tips_sealed t").fetchall()
    assert MARK not in "".join(rows)
    take.click()
    expect(desk.get_by_text(MARK)).to_be_visible()


def test_a_call_by_keyboard_alone(product: Product, desk: Page) -> None:
    desk.goto("/desk/")
    keys = Keyboard(desk)
    keys.press(desk.get_by_role("link", name="A caller on the line"))
    expect(desk.locator("#questions")).to_be_visible()
    keys.reach(desk.locator("#danger_now-yes"))
    desk.keyboard.press("Space")
    keys.type(desk.locator("#where-region"), "Texas")
    keys.type(desk.locator("#where-road"), "I-20")
    desk.keyboard.press("Enter")  # in a line it ends nothing
    expect(desk.locator("#questions")).to_be_visible()
    keys.press(desk.locator("[data-add=people]"))
    expect(desk.locator("[name='people.1.count']")).to_be_focused()
    desk.keyboard.press("Control+Enter")
    take = desk.get_by_role("button", name="It is saved: take it and open it")
    expect(take).to_be_focused()
    desk.keyboard.press("Enter")
    assert ("Highway", "I-20") in facts(desk)


def test_a_call_waits_in_the_browser_while_the_server_is_away(product: Product, desk: Page) -> None:
    ready(desk)
    desk.locator("#words").fill("while the server is away")
    desk.route(SENDING, lambda route: route.abort())
    desk.get_by_role("button", name="Seal and save").click()
    expect(desk.get_by_text("NOT SAVED YET.")).to_be_visible()
    look(desk)
    assert arrived(product) == []
    desk.unroute_all()
    expect(desk.get_by_role("button", name="It is saved: take it and open it")).to_be_visible(timeout=20_000)
    assert len(arrived(product)) == 1


def test_without_a_key_that_can_be_trusted_nothing_is_sealed_and_the_words_stay(desk: Page) -> None:
    desk.route(DESKS, lambda route: route.fulfill(json={"list": "", "signature": ""}))
    ready(desk)
    desk.locator("#words").fill("what the caller said")
    expect(desk.get_by_text("nothing can be sealed")).to_be_visible()
    expect(desk.get_by_role("button", name="Seal and save")).to_be_disabled()
    expect(desk.locator("#words")).to_have_value("what the caller said")
    look(desk)


def test_a_second_call_about_the_same_van_is_joined_to_the_first(product: Product, desk: Page) -> None:
    for plate in ("BVX 042", "bvx-042"):
        ready(desk)
        desk.locator("[name='where.region']").select_option("US-TX")
        desk.locator("[name='vehicles.0.plate']").fill(plate)
        desk.get_by_role("button", name="Seal and save").click()
        desk.get_by_role("button", name="It is saved: take it and open it").click()
    expect(desk.get_by_role("heading", name="May tell of the same")).to_be_visible()
    expect(desk.get_by_text("same: the plate")).to_be_visible()
    look(desk)
    desk.get_by_role("button", name="Join this tip to it").click()
    expect(desk.get_by_text("Joined. What is released from now on, both reporters read.")).to_be_visible()
    desk.get_by_role("link", name="Open", exact=True).click()
    expect(desk.get_by_role("heading", name="Told by others as well")).to_be_visible()
    look(desk)
    desk.locator("section[aria-labelledby=joined] a").click()
    look(desk)
    desk.get_by_role("button", name="Part them again").click()
    expect(desk.get_by_text("Parted.")).to_be_visible()
