"""A whole day's work in the directory without a pointer: find an organisation, add who works there, make sure that they answer."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.axe import assert_readable
from tests.e2e.keyboard import Keyboard

pytestmark = pytest.mark.e2e


def test_a_person_of_the_directory_by_keyboard_alone(coordinator: BrowserContext, things: dict[str, str]) -> None:
    page = coordinator.new_page()
    keys = Keyboard(page)
    button, link, field = (
        lambda name: page.locator("main").get_by_role("button", name=name, exact=True),
        lambda name: page.locator("main").get_by_role("link", name=name, exact=True),
        lambda name: page.locator("main").get_by_label(name),
    )
    page.goto("/map/")
    keys.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Directory"))
    expect(page).to_have_url(re.compile(r"/directory/$"))
    keys.press(page.get_by_role("link", name="Skip to the content"))
    keys.type(field("Name or city"), "caprock")
    page.keyboard.press("Enter")
    keys.press(link("Caprock Freight Lines"))
    keys.press(link("Add a person"))

    keys.type(field("Name"), "Ruben Ochoa")
    keys.type(field("Language"), "Spanish")
    keys.type(field("Job title"), "Terminal manager")
    keys.reach(field("Can decide for the organisation"))
    page.keyboard.press("Space")
    keys.press(button("Save"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ruben Ochoa")
    expect(page.get_by_text("decides", exact=True)).to_be_visible()

    keys.press(link("Add a contact point"))
    keys.type(field("How"), "Telephone")
    keys.type(field("Address or number"), "555")
    keys.press(button("Save"))
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    keys.press(page.get_by_role("alert").get_by_role("link", name="Address or number"))
    expect(field("Address or number")).to_be_focused()
    keys.type(field("Address or number"), "+1 806 555 0199")
    keys.type(field("Where this is from"), "a business card")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The contact point is added.")

    keys.press(button("Verified today"))
    expect(page.get_by_role("status")).to_contain_text("verified as of today")
    keys.press(link("End this post"))
    keys.type(field("Last day"), "01152024")
    keys.press(button("End this post"))
    expect(page.get_by_role("status")).to_contain_text("The post is ended")
    expect(page.get_by_text("until Jan. 15, 2024")).to_be_visible()
    assert_readable(page)
