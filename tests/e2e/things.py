"""What the pages of the directory and of accounts are about: made and found through the pages, once a run."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.routes import FIXED, MADE

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PASSWORD = "look-around-the-demo"


def made_through(page: Page) -> dict[str, str]:
    """Make the things of routes.MADE as the coordinator who is signed in, and some more for routes.MORE; their numbers by name."""
    made: dict[str, str] = {}
    for make in (_organisations, _people, _places, _build, _accounts, _codes):
        made |= make(page)
    assert made.keys() >= MADE
    return made


def _save(page: Page, button: str = "Save", **fields: str) -> str:
    """Fill the form in `main` by the names of its fields, send it, and return the number of the thing whose page follows."""
    for name, value in fields.items():
        control = page.locator(f"main [name={name}]").last
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator("main").get_by_role("button", name=button, exact=True).last.click()
    expect(page.get_by_role("status")).to_be_visible()
    return _number(page.url)


def _number(address: str) -> str:
    found = re.search(UUID, address)
    return found[0] if found else ""


def _linked(page: Page, end: str) -> str:
    """Return the number in the first link of the page that ends so."""
    return _number(str(page.locator(f"main a[href$='{end}']").first.get_attribute("href")))


def _organisation(page: Page, name: str) -> str:
    page.goto("/directory/organisations/new/")
    return _save(page, name=name, region="US-TX", kind="carrier", city="Lubbock", website="caprock.example")


def _organisations(page: Page) -> dict[str, str]:
    """One in use that serves a second state and has contact points, one closed."""
    closed = _organisation(page, "Yellow House Haulage")
    page.goto(f"/directory/organisations/{closed}/close/")
    _save(page, "Close this organisation")
    kept = _organisation(page, "Caprock Freight Lines")
    _save(page, "Add a jurisdiction", region="US-OK", since="2024-02-01")
    page.goto(f"/directory/organisations/{kept}/contact-points/new/")
    _save(page, kind="phone", value="+1 806 555 0100", label="dispatch", source="the website")
    page.get_by_role("button", name="Verified today").click()
    return {"organisation_id": kept, "closed_organisation_id": closed}


def _person(page: Page, name: str) -> tuple[str, str]:
    page.get_by_role("link", name="Caprock Freight Lines").first.click()
    page.get_by_role("link", name="Add a person").click()
    person = _save(page, name=name, title="Safety director", since="2023-05-01")
    return person, _linked(page, "/end/")


def _people(page: Page) -> dict[str, str]:
    """Somebody who can be reached, and somebody who left."""
    page.goto("/directory/?words=Caprock")
    former, post = _person(page, "Abel Quintero")
    page.goto(f"/directory/posts/{post}/end/")
    _save(page, "End this post", until="2024-03-31")
    page.goto("/directory/?words=Caprock")
    person, post = _person(page, "Mina Castellano")
    page.goto(f"/directory/posts/{post}/contact-points/new/")
    _save(page, kind="mail", value="mina@caprock.example", source="a business card")
    return {"person_id": person, "post_id": post, "former_person_id": former, "point_id": _linked(page, "/close/")}


def _places(page: Page) -> dict[str, str]:
    """One of our own, one of the reference data."""
    page.goto("/directory/places/new/")
    place = _save(page, name="Caprock terminal", lat="33.58", lon="-101.85", highway="I-27", spaces="40")
    page.goto("/directory/places/?zip_code=79772&km=120")
    return {"place_id": place, "reference_place_id": _number(str(page.locator("tbody a").first.get_attribute("href")))}


def _build(page: Page) -> dict[str, str]:
    """A published part of the build, and three people recorded there."""
    page.goto(f"/builds/{FIXED['slug']}/attendance/")
    _save(page, "Record", people="3", sector="trucking")
    page.goto(f"/builds/{FIXED['slug']}/")
    link = page.locator(f"main a[href*='/{FIXED['kind']}/'][href$='/remove/']").first
    return {"part_id": _number(str(link.get_attribute("href")))}


def _accounts(page: Page) -> dict[str, str]:
    """Somebody with a role that the coordinator gave, and may take away."""
    page.goto("/account/people/?q=texas@demo")
    account = _number(str(page.locator("tbody a").first.get_attribute("href")))
    page.goto(f"/account/people/{account}/give/")
    _save(page, "Give the role", role="analyst")
    return {"account_id": account, "grant_id": _linked(page, "/revoke/")}


def _codes(page: Page) -> dict[str, str]:
    """Recovery codes, to be downloaded."""
    page.goto("/account/2fa/recovery-codes/generate/")
    if "reauthenticate" in page.url:
        prove_it(page)
    page.get_by_role("button", name="Make new codes").click()
    expect(page.get_by_role("list", name="Unused codes")).to_be_visible()
    return {}


def prove_it(page: Page) -> None:
    """Type the password once more where a change of how one signs in asks for it."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page).not_to_have_url(re.compile("reauthenticate"))
