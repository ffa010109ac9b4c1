"""Every published narrative, entered on the phone: what the page makes of it, reads out, and the desk opens are the same facts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Product
from tests.e2e.sending import arrived, enter, facts, on_the_card, outbox, sealed
from tests.e2e.test_notice import begun, content
from tests.narratives import Narrative, answers_of, narratives

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
IN_MEXICO, UNTOLD = "MX", "US-TX"


@pytest.fixture
def questions(product: Product, phone: Open) -> Page:
    """The reporter's page, ready for its first answer."""
    page = phone()
    page.goto(f"{product.address}/notice/en/")
    return begun(page)


def regions_on(page: Page) -> dict[str, str]:
    """Return the codes of states and provinces by the names that the page offers."""
    options = page.locator("[name='where.region'] option").evaluate_all("all => all.map((o) => [o.text, o.value])")
    return {name: code for name, code in options if name}


def region_of(narrative: Narrative, regions: dict[str, str]) -> str:
    """Return the state that the source names, at the end of its place. Where it names none, the reporter knows where he is."""
    if narrative["place"]["country"] == "MX":
        return IN_MEXICO
    named = narrative["place"]["region"] or ""
    return next((code for name, code in regions.items() if re.search(rf"\b{re.escape(name)}$", named)), UNTOLD)


def heard(observation: dict[str, Any]) -> dict[str, Any]:
    """Return an observation of which the reporter saw nothing: no published narrative is like this."""
    rows = {name: observation[name] for name in ("people", "vehicles", "timeline", "signs")}
    return observation | {name: [row | {"first_hand": "no"} for row in each] for name, each in rows.items()}


def test_every_narrative_can_be_entered_and_is_read_out_and_opened_as_the_same_facts(
    product: Product, questions: Page, desk: Page
) -> None:
    page, regions = questions, regions_on(questions)
    sent: dict[str, list[tuple[str, str]]] = {}
    told = {narrative["id"]: answers_of(narrative, region_of(narrative, regions)) for narrative in narratives()}
    for name, observation in {"keith, as somebody told it": heard(told["keith"]), **told}.items():
        enter(page, observation)
        assert content(page) == observation, name
        if observation["about"] == "self":
            expect(page.locator("[data-self]")).to_be_visible()
            expect(page.locator("#to-card")).to_be_disabled()
            page.reload()  # nothing is kept
            begun(page)
            continue
        page.locator("#to-card").click()
        on_card = on_the_card(page)
        assert len(on_card) > 3
        if observation["where"]["region"] == IN_MEXICO:
            expect(page.locator("#no-desk")).to_be_visible()
            page.locator("#erase").click()
            expect(page.locator("#erased")).to_be_visible()
            continue
        sealed(page)
        page.locator("#words-written").click()
        expect(outbox(page, "sent")).to_be_visible()
        page.get_by_role("button", name="Remove from this phone").click()
        sent[arrived(product)[-1]] = on_card
    assert len(sent) == len(narratives()) + 1 - 2  # all but who tells of herself, and the one in Mexico
    for tip_id, on_card in sent.items():
        desk.goto(f"/desk/tips/{tip_id}/")
        desk.get_by_role("button", name="Take and open").click()
        assert facts(desk) == on_card
        expect(desk.get_by_text("What fits no question")).to_have_count(0)
