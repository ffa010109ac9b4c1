"""What a reporter's browser is handed: the same for everybody, the numbers first, nothing that remembers who asked."""

import gzip
import json
import re

import pytest
from django.test import Client, override_settings

from tests.cast import Member
from waywatch.advice import api as advice
from waywatch.geo import api as geo
from waywatch.tips import program
from waywatch.tips.questions import STEPS

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es")
FIRST_PACKETS = 14 * 1024
WHOLE_PROGRAM = 60 * 1024


def whole(client: Client, address: str) -> bytes:
    """The body of an answer; a file of it is closed."""
    answer = client.get(address)
    try:
        assert answer.status_code == 200
        return b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]  # a file's chunks
    finally:
        answer.close()


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_stand_before_everything_else_and_in_the_first_packets(client: Client, language: str) -> None:
    answer = client.get(f"/notice/{language}/")
    text = answer.content.decode()
    places = [text.index('href="tel:911"')]
    places += [text.index(numbers.hotline) for numbers in advice.book().numbers.values()]
    assert max(places) < text.index("<main")
    assert packed(answer.content) <= FIRST_PACKETS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_remembers_nobody_and_trusts_nothing(client: Client, language: str) -> None:
    answer = client.get(f"/notice/{language}/")
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self';"
    )
    assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_it_is_the_same_for_a_guest_and_for_somebody_signed_in(client: Client, coordinator: Member) -> None:
    assert client.get("/notice/en/").content == coordinator.client.get("/notice/en/").content


@pytest.mark.parametrize(("asked", "language"), [("fr-CA", "fr"), ("es-MX,es", "es"), ("en-US", "en"), ("pt-BR", "en")])
def test_a_browser_is_led_to_its_language(client: Client, asked: str, language: str) -> None:
    answer = client.get("/notice/", headers={"accept-language": asked})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/notice/{language}/")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "address",
    ["/notice/de/", "/notice/de/manifest.json", "/notice/places/US-XX.json", "/notice/places/MX.json"],
)
def test_what_there_is_not_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/notice/", "/notice/en/", "/notice/worker.js", "/notice/places/US-TX.json"])
def test_nothing_can_be_sent_to_a_page_that_only_shows(client: Client, address: str) -> None:
    assert client.post(address, {"words": "four people"}).status_code == 405


def test_no_field_is_filled_in_or_checked_by_a_service_of_the_browser(client: Client) -> None:
    text = client.get("/notice/en/").content.decode()
    typed = [
        tag
        for tag in re.findall(r"<(?:input|textarea)\b[^>]*>", text)
        if not re.search(r'type="(radio|checkbox)"', tag)
    ]
    assert typed
    for tag in typed:
        assert 'autocomplete="off"' in tag
    for tag in re.findall(r'<(?:textarea\b|input\b[^>]*type="text")[^>]*>', text):
        assert 'spellcheck="false"' in tag


def test_the_form_never_asks_for_race_or_the_like() -> None:
    asked = " ".join(f"{step.title} {step.help} {field.label} {field.help}" for step in STEPS for field in step.fields)
    assert not re.search(r"\b(race|ethnic\w*|nationalit\w*|religio\w*|gender|skin)\b", asked, re.IGNORECASE)


def test_the_places_of_a_state_are_all_there_and_nothing_else_is(client: Client) -> None:
    rows = json.loads(client.get("/notice/places/US-TX.json").content)["places"]
    kept = geo.places_in("US-TX", kinds=program.ROADSIDE)
    assert [row[0] for row in rows] == [str(place.id) for place in kept]
    assert len(rows) > 50
    assert {len(row) for row in rows} == {6}


def test_the_service_worker_keeps_every_part_of_the_program(client: Client) -> None:
    worker = client.get("/notice/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    for address in program.shell():
        assert f'"{address}"' in worker.content.decode()
        assert whole(client, address)


def test_the_whole_program_is_small(client: Client) -> None:
    others = tuple(f"/notice/{language}/" for language in LANGUAGES if language != "en")
    parts = ("/notice/worker.js", *(address for address in program.shell() if not address.startswith(others)))
    assert "/notice/en/receipt/" in parts
    sizes = [packed(whole(client, address)) for address in parts]
    assert sum(sizes) <= WHOLE_PROGRAM


def test_unreviewed_questions_are_not_published_in_production(client: Client) -> None:
    program._page.cache_clear()
    with override_settings(MODE="production"):
        text = client.get("/notice/en/").content.decode()
    program._page.cache_clear()
    assert "wait for their review" in text
    assert "<form" not in text
    assert 'href="tel:911"' in text
    assert "notice.js" not in text
