"""What the browser tests of a tip do on the phone and read there and at the desk. Fields are found by their names, never by their order."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Product
from tests.e2e.test_notice import STEPS, at_step, begun, choose, tell_the_seed_story

LISTS = ("people", "vehicles", "timeline")
HEARD = " (I only heard of it)"
PAIRS = "(lists) => lists.flatMap((list) => [...list.querySelectorAll('dt')].map((dt) => [dt.innerText, dt.nextElementSibling.innerText]))"
CARD = """(card) => [...card.querySelectorAll("dt, li")].map((row) => row.matches("dt")
  ? [row.textContent, row.nextElementSibling.textContent] : [row.textContent, ""])"""
KEPT = """async () => {
  const open = indexedDB.open("notice");
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const read = (name) => new Promise((done) => {
    const request = database.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => done(request.result);
  });
  const stores = Object.fromEntries(await Promise.all([...database.objectStoreNames].map(async (name) => [name, await read(name)])));
  database.close();
  return stores;
}"""


def told(page: Page, product: Product) -> None:
    """Go to the page, tell the seed story, and stand before the card."""
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    tell_the_seed_story(page)
    page.locator("#to-card").click()


def placed(page: Page, product: Product) -> None:
    """Go to the page, say no more than the state, and stand before the card."""
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    at_step(page, "where")
    page.locator("[name='where.region']").select_option("US-TX")
    page.locator("#to-card").click()


def sealed(page: Page) -> str:
    """Seal what was told, and return the receipt words."""
    expect(page.locator("#send")).to_be_visible()
    page.locator("#seal").click()
    expect(page.locator("#receipt")).to_be_visible()
    return page.locator("#receipt-words").inner_text()


def outbox(page: Page, state: str) -> Locator:
    """Return what the page says of tips in a state."""
    return page.locator(f"#outbox-list [data-state={state}]").filter(visible=True)


def kept(page: Page) -> dict[str, list[Any]]:
    """Return all that the page keeps in its stores on the phone."""
    found: dict[str, list[Any]] = page.evaluate(KEPT)
    return found


def enter(page: Page, observation: Mapping[str, Any]) -> None:
    """Answer the questions as a thumb would, until the card or until the page asks nothing more. What has no field is an error."""
    answers = dict(_answers(observation))
    signs = {sign["key"]: sign["first_hand"] for sign in observation.get("signs", ())}
    for step in STEPS[:-1]:
        at_step(page, step)
        if step in LISTS:
            for _ in observation.get(step, [None])[1:]:
                page.locator(f"[data-add={step}]").click()
        if step == "signs":
            _tick(page, signs)
        names = page.locator(f"[data-step={step}] [name]").evaluate_all("all => all.map((one) => one.name)")
        for name in [name for name in answers if name in names]:
            _answer(page, name, answers.pop(name))
        if page.locator("#next").is_disabled():
            break
    assert answers == {}, "the page does not ask for this"


def type_in(page: Page, observation: Mapping[str, Any]) -> None:
    """Answer the questions where all of them stand on one page. What has no field is an error."""
    for step in LISTS:
        for _ in observation.get(step, [None])[1:]:
            page.locator(f"[data-add={step}]").click()
    for name, value in _answers(observation):
        _answer(page, name, value)
    _tick(page, {sign["key"]: sign["first_hand"] for sign in observation.get("signs", ())})


def _answers(said: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(said, Mapping):
        for key, value in said.items():
            if key != "signs":
                yield from _answers(value, f"{path}.{key}" if path else key)
    elif isinstance(said, list) and all(isinstance(row, Mapping) for row in said):
        for number, row in enumerate(said):
            yield from _answers(row, f"{path}.{number}")
    else:
        yield path, said


def _answer(page: Page, name: str, value: Any) -> None:
    field = page.locator(f"#questions [name='{name}']")
    kind = field.first.evaluate("field => field.type")
    if kind in {"radio", "checkbox"}:
        for each in value if isinstance(value, list) else [value]:
            choose(page, name, each)
    elif kind == "select-one":
        field.select_option(value)
    else:
        field.fill(str(value))


def _tick(page: Page, signs: Mapping[str, str]) -> None:
    boxes = [page.locator(f"#sign-{key}") for key in signs]
    if any(not box.is_visible() for box in boxes):
        page.locator("#all-signs").click()
    for (key, first_hand), box in zip(signs.items(), boxes, strict=True):
        box.check()
        if first_hand == "no":
            page.locator(f"#heard-{key}").check()


def on_the_card(page: Page) -> list[tuple[str, str]]:
    """Return the questions and answers that stand on the card; a sign with how the reporter knows it, in the words of the desk."""
    found = []
    for question, answer in page.locator("#card").evaluate(CARD):
        heard = "told by somebody else" if question.endswith(HEARD) else "seen oneself"
        found.append((question.removesuffix(HEARD), answer or heard))
    return [(_plain(question), _plain(answer)) for question, answer in found]


def facts(desk: Page) -> list[tuple[str, str]]:
    """Return the questions and answers of the opened tip that stands at the desk."""
    expect(desk.get_by_role("heading", level=1)).to_have_text("An opened tip")
    rows = desk.locator("section[aria-labelledby=said] dl").evaluate_all(PAIRS)
    return [(_plain(question), _plain(answer)) for question, answer in rows]


def _plain(text: str) -> str:
    return " ".join(text.split())


def pretend(product: Product, change: str) -> None:
    """Change all tips as time or a colleague would: `change` is what SQL sets."""
    with psycopg.connect(product.admin, autocommit=True) as connection:
        connection.execute(f"UPDATE tips_tip SET {change}".encode())


def arrived(product: Product) -> list[str]:
    """Return the ids of the tips that the server has."""
    with psycopg.connect(product.admin, autocommit=True) as connection:
        return [str(row[0]) for row in connection.execute("SELECT id FROM tips_tip ORDER BY received_at")]
