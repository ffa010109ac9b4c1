"""A tip from a driver's phone to the advocate who opens it, and the way back; what a phone may never say; what it leaves behind."""

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Route, expect

from tests.e2e.axe import WIDTHS, look
from tests.e2e.conftest import CHROMIUM, Product, sign_in, unlock
from tests.e2e.sending import arrived, facts, kept, on_the_card, outbox, placed, sealed, told
from tests.e2e.test_notice import STEPS, at_step, begun
from waywatch.tips.flood import shows_work
from waywatch.tips.questions import STEPS as QUESTIONS
from waywatch.vault import root, sealing
from waywatch.vault.demo import demo_root

pytestmark = pytest.mark.e2e
Open = Callable[..., Page]
SENDING, DESKS = re.compile(r"/notice/tips/"), re.compile(r"/notice/desks/$")
PHOTOS = re.compile(r"/notice/photos/")
ANSWERS_YES = 3  # the third time
PLACE = "Reeves-31.4-N-103.5-W"
ANSWERS = re.compile(r"/notice/answers/")
TRY_AGAIN = "window.dispatchEvent(new Event('online'))"
HOTLINE = re.compile("1-888-373-7888")


def state_by_words(page: Page, product: Product, words: str) -> str:
    page.goto(f"{product.address}/notice/en/receipt/")
    page.get_by_label("Your twelve receipt words").fill(words)
    page.get_by_role("button", name="Ask").click()
    said = page.locator("[data-state]:visible:not([data-state=asking])")
    expect(said).to_have_count(1)
    return str(said.get_attribute("data-state"))


def signed_in(browser: Browser, product: Product, email: str) -> Page:
    """A colleague who has signed in and unlocked."""
    page = browser.new_context(locale="en-US", base_url=product.address).new_page()
    page.set_default_timeout(10_000)
    sign_in(page, product, email)
    unlock(page)
    return page


def test_the_seed_story_from_the_phone_to_the_desk_and_back(
    browser: Browser, product: Product, phone: Open, desk: Page
) -> None:
    page = phone()
    told(page, product)
    look(page)
    on_card = on_the_card(page)
    words = sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    expect(page.locator("[data-level='911_then_hotline']")).to_be_visible()
    look(page)
    assert len(words.split()) == 12
    page.locator("#words-written").click()
    assert state_by_words(page, product, words) == "waiting"
    expect(page.get_by_text("Delivered, not yet read: please call.")).to_be_visible()
    look(page)
    assert state_by_words(page, product, words.rpartition(" ")[0]) == "mistyped"  # one is missing

    desk.goto("/desk/")
    expect(desk.locator(".queue-row").first).to_contain_text("Urgent: now")
    look(desk)
    desk.get_by_role("link", name="From outside").first.click()
    look(desk)
    desk.get_by_role("button", name="Take and open").click()
    assert facts(desk) == on_card
    for fact in ("Texas", "Truck stop", "It is going on now", "Under 18", "Brought people", "several times an hour"):
        expect(desk.locator("main")).to_contain_text(fact)
    expect(desk.locator("main")).to_contain_text("leaves the lot, circles the gas station, parks again")
    expect(desk.get_by_text("What fits no question")).to_have_count(0)
    look(desk)
    address = desk.url
    desk.get_by_label("Class").select_option("crisis")
    desk.get_by_role("button", name="Save the assessment").click()
    expect(desk.get_by_text("The assessment is saved, sealed.")).to_be_visible()
    assert state_by_words(page, product, words) == "read"
    expect(page.get_by_text("An advocate of the hotline has read it.")).to_be_visible()

    colleague = signed_in(browser, product, "advocate2@demo.example")
    colleague.goto(address)
    expect(colleague.get_by_role("heading", level=1)).to_have_text("This tip is not yours")
    look(colleague)
    desk.get_by_text("Finish", exact=True).click()
    desk.get_by_label("Outcome").select_option("passed_on")
    desk.get_by_role("button", name="Finish this tip").click()
    expect(desk.get_by_text("The tip is finished.")).to_be_visible()
    desk.goto("/desk/?show=finished")
    look(desk)
    assert state_by_words(page, product, words) == "closed"
    colleague.context.close()


def test_the_desk_asks_and_the_driver_answers_with_the_receipt_words(product: Product, phone: Open, desk: Page) -> None:
    page = phone()
    told(page, product)
    words = sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    page.locator("#words-written").click()
    desk.goto("/desk/")
    desk.get_by_role("button", name="Take and open").click()
    desk.get_by_text("Ask the reporter", exact=True).click()
    desk.get_by_label("Question to the reporter").fill("Was the van still there when you left?")
    desk.get_by_role("button", name="Seal and ask").click()
    expect(desk.get_by_text("No answer yet.")).to_be_visible()
    look(desk)

    assert state_by_words(page, product, words) == "read"
    expect(page.locator("#question-text")).to_have_text("Was the van still there when you left?")
    look(page)
    page.get_by_label("Your answer").fill("Yes, behind pump 7.")
    page.route(ANSWERS, lambda route: route.abort())
    page.get_by_role("button", name="Seal and send").click()
    expect(page.locator("[data-answer=waiting]")).to_contain_text("NOT SENT")
    expect(page.get_by_label("Your answer")).to_have_value("Yes, behind pump 7.")
    look(page)
    page.unroute_all()
    sent: list[str] = []
    page.on("request", lambda request: sent.append((request.post_data_buffer or b"").decode("latin-1")))
    page.get_by_role("button", name="Seal and send").click()
    expect(page.locator("[data-answer=sent]")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_hidden()
    assert "pump 7" not in "".join(sent)
    look(page)
    page.get_by_role("button", name="Empty the field").click()
    expect(page.locator("#question")).to_be_hidden()

    desk.goto("/desk/")
    expect(desk.get_by_text("the reporter answered")).to_be_visible()
    look(desk)
    desk.get_by_role("link", name="Open", exact=True).click()
    expect(desk.get_by_text("Yes, behind pump 7.")).to_be_visible()
    look(desk)


def test_in_a_flood_the_phone_shows_work_and_the_tip_arrives(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    shown: list[tuple[bytes, str]] = []

    def flooded(route: Route) -> None:
        nonce = route.request.headers.get("waywatch-work")
        if nonce is None:
            route.fulfill(status=429, json={"error": "", "work": 10})
        else:
            shown.append((route.request.post_data_buffer or b"", nonce))
            route.continue_()

    page.route(SENDING, flooded)
    placed(page, product)
    sealed(page)
    page.locator("#words-written").click()
    expect(outbox(page, "sent")).to_be_visible()
    [(raw, nonce)] = shown
    assert shows_work(raw, nonce, 10)
    assert not shows_work(raw + b"x", nonce, 10) or not shows_work(raw + b"y", nonce, 10)


def picture(folder: Path) -> Path:
    """A PNG of 2000 x 1000 whose file says where it was taken."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\x20\x80\xc0" * 2000 for _ in range(1000))
    header = struct.pack(">IIBBBBB", 2000, 1000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tEXt", b"GPS\0" + PLACE.encode()), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    file = folder / f"{PLACE}.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(part(*each) for each in parts))
    return file


def test_a_photo_is_drawn_anew_sealed_and_seen_at_the_desk(
    product: Product, phone: Open, desk: Page, tmp_path: Path
) -> None:
    page = phone()
    page.goto(f"{product.address}/notice/en/")
    begun(page)
    at_step(page, "where")
    page.locator("[name='where.region']").select_option("US-TX")
    at_step(page, "words")
    page.get_by_text("Add a photo that you already have").click()
    no_picture = tmp_path / "notes.txt"
    no_picture.write_text("no picture")
    page.locator("#photo-file").set_input_files(no_picture)
    expect(page.locator("#photo-refused")).to_be_visible()
    page.locator("#photo-file").set_input_files([picture(tmp_path), picture(tmp_path)])
    expect(page.get_by_role("img", name="A photo that you chose")).to_have_count(2)
    look(page)
    page.locator("#photos button").first.click()
    expect(page.get_by_role("img", name="A photo that you chose")).to_have_count(1)
    page.route(PHOTOS, lambda route: route.abort())
    page.locator("#to-card").click()
    sealed(page)
    page.locator("#words-written").click()
    expect(outbox(page, "sent")).to_be_visible()
    expect(page.get_by_text("Its photos are not sent yet")).to_be_visible()
    desk.goto("/desk/")
    desk.get_by_role("button", name="Take and open").click()
    desk.get_by_role("link", name="1 photo came with it: look at it").click()
    expect(desk.get_by_text("Not all of it has arrived.")).to_be_visible()
    look(desk)

    page.unroute_all()
    page.evaluate(TRY_AGAIN)
    expect(page.get_by_text("Its photos are not sent yet")).to_be_hidden()
    assert kept(page)["queue"][0]["chunks"] == []
    desk.reload()
    shown = desk.get_by_role("img", name="A photo from the reporter.")
    expect(shown).to_be_visible()
    look(desk)
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1600, 800]
    jpeg = base64.b64decode((shown.get_attribute("src") or "").partition(",")[2])
    assert jpeg.startswith(b"\xff\xd8\xff")
    assert PLACE.encode() not in jpeg
    assert b"Exif" not in jpeg


def test_the_receipt_words_are_shown_once_and_stand_nowhere(product: Product, phone: Open) -> None:
    page = phone()
    told(page, product)
    words = sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    page.locator("#words-written").click()
    expect(page.locator("#receipt")).to_be_hidden()
    parts = [" ".join(words.split()[place : place + 3]) for place in range(10)]
    for _ in range(2):
        everything = page.evaluate(
            "document.documentElement.outerHTML + JSON.stringify([localStorage, sessionStorage])"
        )
        everything += json.dumps(kept(page))
        assert "sent" in everything
        assert [part for part in parts if part in everything] == []
        page.reload()
        begun(page)
        expect(outbox(page, "sent")).to_be_visible()
        expect(page.locator("#receipt")).to_be_hidden()


def test_what_was_typed_outlives_the_lock_of_the_keys(product: Product, phone: Open, desk: Page) -> None:
    page = phone()
    told(page, product)
    sealed(page)
    expect(outbox(page, "sent")).to_be_visible()
    desk.goto("/desk/")
    desk.get_by_role("button", name="Take and open").first.click()
    desk.get_by_text("Write a note").click()
    desk.get_by_label("Note").fill("Called the sheriff at 02:20.")
    other = desk.context.new_page()
    other.goto("/vault/")
    other.get_by_role("button", name="Lock my keys").click()
    desk.get_by_role("button", name="Save the note").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Your keys are locked")
    look(desk)
    unlock(other)
    desk.get_by_role("button", name="Then save again").click()
    expect(desk.get_by_text("Called the sheriff at 02:20.")).to_be_visible()


def started(browser: Browser, profile: Path, *, offline: bool) -> tuple[BrowserContext, Page]:
    """Start a browser of its own with its folder on the disk."""
    context = browser.browser_type.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, chromium_sandbox=False, viewport=WIDTHS["phone"], locale="en-US"
    )
    context.set_offline(offline)
    return context, context.new_page()


def filled(page: Page) -> list[str]:
    """Write a word of its own into every field that takes text, and return the words."""
    canaries = []
    for step in STEPS[:-1]:
        at_step(page, step)
        if step == "where":
            page.locator("[name='where.region']").select_option("US-TX")
        for field in page.locator(f"[data-step={step}]").locator("textarea, input[type=text]").all():
            canaries.append(f"canary{secrets.token_hex(12)}")
            field.fill(canaries[-1])
    return canaries


def test_a_tip_waits_without_a_network_and_leaves_no_readable_word(
    browser: Browser, product: Product, desk: Page, tmp_path: Path
) -> None:
    """Load once, go offline, reopen, fill, seal, close, reopen, still queued, online, delivered; then the profile's files are searched."""
    profile = tmp_path / "profile"
    context, page = started(browser, profile, offline=False)
    page.goto(f"{product.address}/notice/en/")
    expect(page.locator("#offline-ready")).not_to_have_attribute("hidden", "", timeout=20_000)
    assert page.evaluate(
        "caches.match('/notice/desks/', { ignoreVary: true }).then((kept) => kept?.ok)"
    )  # from the first visit on
    context.set_offline(True)
    page.reload()
    begun(page)
    canaries = filled(page)
    assert len(canaries) == sum(field.kind in {"line", "text"} for step in QUESTIONS for field in step.fields)
    page.locator("#to-card").click()
    words = sealed(page)
    expect(outbox(page, "waiting")).to_contain_text("NOT SENT")
    page.close()  # first: a browser that closes is online for a moment again
    context.close()

    context, page = started(browser, profile, offline=True)
    page.goto(f"{product.address}/notice/en/")
    expect(outbox(page, "waiting")).to_contain_text("NOT SENT")
    [tip] = kept(page)["queue"]
    assert arrived(product) == []
    context.set_offline(False)
    page.evaluate(TRY_AGAIN)
    expect(outbox(page, "sent")).to_be_visible(timeout=30_000)
    page.reload()
    expect(outbox(page, "sent")).to_be_visible()
    context.close()

    desk.goto("/desk/")
    expect(desk.locator(".queue-row")).to_have_count(1)
    desk.get_by_role("button", name="Take and open").click()
    said = {answer for _, answer in facts(desk)}
    assert [canary for canary in canaries if canary not in said] == []

    on_disk = b"".join(path.read_bytes() for path in profile.rglob("*") if path.is_file())
    assert tip["id"].encode() in on_disk  # what the page keeps can be found in this way
    for secret in [*canaries, words, " ".join(words.split()[:3])]:
        assert [code for code in ("utf-8", "utf-16-le", "utf-16-be") if secret.encode(code) in on_disk] == []


def test_a_lost_answer_is_not_called_sent_and_the_next_try_is_the_same_tip(
    product: Product, phone: Open, desk: Page
) -> None:
    page = phone(service_workers="block")
    told(page, product)
    statuses: list[int] = []

    def lose(route: Route) -> None:
        statuses.append(route.fetch().status)
        route.abort()

    page.route(SENDING, lose, times=1)
    page.on("response", lambda answer: statuses.append(answer.status) if "/notice/tips/" in answer.url else None)
    with page.expect_event("requestfailed"):
        sealed(page)
    expect(outbox(page, "waiting")).to_contain_text("NOT SENT")
    look(page)
    page.evaluate(TRY_AGAIN)
    expect(outbox(page, "sent")).to_contain_text("Sent.")
    assert statuses == [201, 200]
    desk.goto("/desk/")
    expect(desk.locator(".queue-row")).to_have_count(1)


def another_server(route: Route, said: dict[str, Any]) -> dict[str, Any]:
    """A receipt that is right in all but the key that signs it."""
    raw = route.request.post_data_buffer or b""
    message = b"waywatch receipt v1\0" + raw[4:20] + hashlib.sha256(raw).digest() + said["hour"].to_bytes(4)
    return said | {"signature": root.to_text(sealing.sign(sealing.new_key_pair().private, message))}


LIES: dict[str, Callable[[Route, dict[str, Any]], dict[str, Any]]] = {
    "signature": lambda _, said: said | {"signature": "A" * 86},
    "hour": lambda _, said: said | {"hour": said["hour"] + 1},
    "another server": another_server,
    "no receipt": lambda *_: {},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_receipt_that_does_not_hold_is_not_believed(product: Product, phone: Open, lie: str) -> None:
    page = phone(service_workers="block")
    placed(page, product)

    def change(route: Route) -> None:
        said = LIES[lie](route, route.fetch().json())
        route.fulfill(status=201, body=json.dumps(said), content_type="application/json")

    page.route(SENDING, change)
    with page.expect_event("requestfinished", lambda request: request.method == "PUT"):
        sealed(page)
    page.wait_for_timeout(700)
    expect(outbox(page, "waiting")).to_contain_text("NOT SENT")
    expect(outbox(page, "sent")).to_have_count(0)
    page.unroute(SENDING)
    page.evaluate(TRY_AGAIN)
    expect(outbox(page, "sent")).to_contain_text("Sent.")


@pytest.mark.parametrize("status", [409, 422])
def test_what_the_server_refuses_is_not_called_sent(product: Product, phone: Open, status: int) -> None:
    page = phone(service_workers="block")
    placed(page, product)
    page.route(SENDING, lambda route: route.fulfill(status=status, body="{}"))
    sealed(page)
    expect(outbox(page, "refused")).to_contain_text("NOT SENT The server does not take it. Please call.")
    look(page)


def holding(page: Page, address: re.Pattern[str]) -> list[Route]:
    """Hold back what is asked of an address; the list that is returned fills with it."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


def test_what_was_not_sent_is_not_removed_by_one_press(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.route(SENDING, lambda route: route.abort())
    placed(page, product)
    sealed(page)
    page.locator("#words-written").click()
    expect(outbox(page, "waiting")).to_be_visible()
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) == ANSWERS_YES else dialog.dismiss()

    page.on("dialog", answer)
    page.get_by_role("button", name="Remove from this phone").click()
    expect(outbox(page, "waiting")).to_be_visible()
    page.locator("#to-card").click()
    page.locator("#erase").click()
    expect(outbox(page, "waiting")).to_be_visible()
    page.locator("#erase").click()
    expect(outbox(page, "waiting")).to_have_count(0)
    assert ["NOT SENT" in words for words in asked] == [True] * 3


def test_what_is_removed_while_it_is_on_its_way_does_not_come_back(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    placed(page, product)
    held = holding(page, SENDING)
    sealed(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove from this phone").click()
    expect(page.locator("#outbox")).to_be_hidden()
    with page.expect_event("requestfinished", lambda request: request.method == "PUT"):
        held[0].continue_()
    page.wait_for_timeout(700)
    expect(page.locator("#outbox")).to_be_hidden()
    assert kept(page)["queue"] == []


def resigned(route: Route, private: bytes | None = None, **changed: Any) -> None:
    """Serve the list with changes, signed anew: by the root of the demonstration, or by `private`."""
    said = json.loads(root.from_text(route.fetch().json()["list"])) | changed
    text = json.dumps(said).encode()
    signature = sealing.sign(private or demo_root().private, b"waywatch list v1\0" + text)
    route.fulfill(json={"list": root.to_text(text), "signature": root.to_text(signature)})


def cut(route: Route, part: str) -> None:
    said = route.fetch().json()
    last = said[part][-3]
    route.fulfill(json=said | {part: said[part][:-3] + ("A" if last != "A" else "B") + said[part][-2:]})


def test_the_page_says_that_a_copy_of_the_desks_key_is_kept_where_the_signed_list_does(
    product: Product, phone: Open
) -> None:
    page = phone(service_workers="block")
    placed(page, product)
    expect(page.locator("#send")).to_be_visible()
    expect(page.locator("#in-escrow")).to_be_hidden()

    def escrowed(route: Route) -> None:
        [desk] = json.loads(root.from_text(route.fetch().json()["list"]))["desks"]
        resigned(route, desks=[desk | {"escrow": True}])

    page.route(DESKS, escrowed)
    placed(page, product)
    expect(page.locator("#in-escrow")).to_be_visible()
    look(page)


BROKEN: dict[str, Callable[[Route], None]] = {
    "no list": lambda route: route.fulfill(status=500, body=""),
    "an empty list": lambda route: route.fulfill(json={"list": "", "signature": ""}),
    "another text": lambda route: cut(route, "list"),
    "another signature": lambda route: cut(route, "signature"),
    "another signer": lambda route: resigned(route, sealing.new_key_pair().private),
    "expired": lambda route: resigned(route, expires="2026-01-01T00:00:00Z"),
    "no term": lambda route: resigned(route, expires=None),
    "another version": lambda route: resigned(route, version=2),
    "no day": lambda route: resigned(route, issued=None),
}


def is_a_call_card(page: Page) -> None:
    """Nothing is offered to be sent, and the page says so; the card and the numbers stand."""
    expect(page.locator("#no-desk")).to_have_text(
        "For this place, or on this phone, nothing can be sent from here. Read the card out when you call."
    )
    expect(page.locator("#send")).to_be_hidden()
    expect(page.locator("#card")).to_contain_text("Texas")
    expect(page.get_by_role("link", name=HOTLINE)).to_be_visible()
    expect(page.get_by_role("link", name="Danger: call 911")).to_be_visible()


@pytest.mark.parametrize("what", BROKEN)
def test_without_a_list_that_holds_the_page_is_a_call_card(product: Product, phone: Open, what: str) -> None:
    page = phone(service_workers="block")
    page.route(DESKS, BROKEN[what])
    placed(page, product)
    is_a_call_card(page)


def test_a_list_that_comes_late_is_offered_on_the_card_that_stands_there(product: Product, phone: Open) -> None:
    """And one that the root signed anew holds: what the tests of broken lists change is what is refused."""
    page = phone(service_workers="block")
    held = holding(page, DESKS)
    placed(page, product)
    is_a_call_card(page)
    resigned(held[0], expires=f"{dt.datetime.now(dt.UTC) + dt.timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}")
    expect(page.locator("#send")).to_be_visible()
    expect(page.locator("#no-desk")).to_be_hidden()


def test_an_expired_list_is_a_call_card(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.clock.install(time="2029-01-01T00:00:00Z")
    placed(page, product)
    is_a_call_card(page)


def test_an_older_list_than_the_one_seen_last_is_refused(product: Product, phone: Open) -> None:
    """A restored or false server hands out the list of before somebody left the team: signed by the root, not expired, not believed."""
    page = phone(service_workers="block")
    placed(page, product)
    expect(page.locator("#send")).to_be_visible()
    page.locator("#erase").click()
    page.route(DESKS, lambda route: resigned(route, issued="2026-01-01T00:00:00Z"))
    placed(page, product)
    is_a_call_card(page)
    page.unroute(DESKS)
    placed(page, product)
    expect(page.locator("#send")).to_be_visible()


def test_a_tip_that_waited_is_signed_for_by_the_key_of_the_list_of_today(product: Product, phone: Open) -> None:
    """The server's key was changed while the phone was away, and the root has signed a list with the new one."""
    page = phone(service_workers="block")
    before = sealing.new_key_pair()
    page.route(DESKS, lambda route: resigned(route, receipt_key=root.to_text(before.public)))
    page.route(SENDING, lambda route: route.abort())
    placed(page, product)
    sealed(page)
    expect(outbox(page, "waiting")).to_contain_text("NOT SENT")
    page.unroute_all()
    page.goto(f"{product.address}/notice/en/")
    expect(outbox(page, "sent")).to_contain_text("Sent.")


def test_another_root_than_the_first_is_refused(product: Product, phone: Open) -> None:
    """The whole server is another one: its page names its own root, which signed the list."""
    page = phone(service_workers="block")
    placed(page, product)
    expect(page.locator("#send")).to_be_visible()
    page.locator("#erase").click()
    other = sealing.new_key_pair()

    def change(route: Route) -> None:
        text = route.fetch().text()
        assert root.to_text(demo_root().public) in text
        route.fulfill(body=text.replace(root.to_text(demo_root().public), root.to_text(other.public)))

    page.route(re.compile(r"/notice/en/$"), change)
    page.route(DESKS, lambda route: resigned(route, other.private))
    placed(page, product)
    assert page.locator("#send").get_attribute("data-root") == root.to_text(other.public)
    is_a_call_card(page)


WRONG = "async (...told) => { const right = new Uint8Array(await was.apply(crypto.subtle, told)); right[0] ^= 1; return right.buffer; }"
PATCHES = {
    "HKDF": f"const was = crypto.subtle.sign; crypto.subtle.sign = {WRONG}",
    "AES-GCM": f"const was = crypto.subtle.decrypt; crypto.subtle.decrypt = {WRONG}",
    "ECDH": f"const was = crypto.subtle.deriveBits; crypto.subtle.deriveBits = {WRONG}",
    "no cryptography": "crypto.subtle.importKey = undefined",
}


@pytest.mark.parametrize("what", PATCHES)
def test_a_phone_that_cannot_seal_says_so_and_sends_nothing(product: Product, phone: Open, what: str) -> None:
    page = phone(service_workers="block")
    page.add_init_script(PATCHES[what])
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method != "GET" else None)
    placed(page, product)
    is_a_call_card(page)
    assert sent == []


def test_a_broken_library_leaves_the_numbers(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.route(re.compile(r"/hpke[^/]*\.js$"), lambda route: route.fulfill(body="{", content_type="text/javascript"))
    page.goto(f"{product.address}/notice/en/")
    expect(page.locator("#waiting")).to_contain_text("please call one of the numbers above")
    expect(page.locator("#program")).to_be_hidden()
    expect(page.get_by_role("link", name=HOTLINE)).to_be_visible()


def test_what_fails_while_sealing_is_said_and_nothing_is_lost(product: Product, phone: Open) -> None:
    page = phone(service_workers="block")
    page.add_init_script("crypto.randomUUID = undefined")
    placed(page, product)
    page.locator("#seal").click()
    expect(page.locator("#no-desk")).to_be_visible()
    expect(page.locator("#card")).to_contain_text("Texas")
    expect(page.locator("#outbox")).to_be_hidden()
