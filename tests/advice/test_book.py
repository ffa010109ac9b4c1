"""The reviewed files: complete in three languages, with sources and a review, and only what may be a sign."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from waywatch.advice import api as advice

BOOK = advice.book()
FOLDER = Path(settings.BASE) / "advice" / "data"
LANGUAGES = {"en", "fr", "es"}


def test_every_text_is_there_in_every_language() -> None:
    texts = [sign.text for sign in BOOK.signs.values()]
    texts += [numbers.hotline_name for numbers in BOOK.numbers.values()]
    texts += list(BOOK.channels.values())
    assert [dict(text) for text in texts if set(text) != LANGUAGES or not all(text.values())] == []


def test_every_word_that_steers_names_its_author_and_its_date_and_what_is_published_its_source() -> None:
    for name in ("rules", "signs", "packs"):
        review = json.loads((FOLDER / f"{name}.json").read_text())["review"]
        assert set(review) == {"author", "reviewer", "qualification", "survivor_review", "date"}
        assert review["author"]
    assert all(sign.source for sign in BOOK.signs.values())
    assert all(pack.source.startswith("https://") for pack in BOOK.packs.values())
    assert all(numbers.source.startswith("https://") for numbers in BOOK.numbers.values())


def test_nobody_has_reviewed_them_yet_and_the_book_says_so() -> None:
    assert not BOOK.is_reviewed


@pytest.mark.parametrize(
    ("country", "emergency", "hotline", "text"),
    [
        ("US", "911", "1-888-373-7888", "233733"),
        ("CA", "911", "1-833-900-1010", None),
        ("MX", "911", "800 5533 000", None),
    ],
)
def test_the_numbers(country: str, emergency: str, hotline: str, text: str | None) -> None:
    numbers = BOOK.numbers[country]
    assert (numbers.emergency, numbers.hotline, numbers.text) == (emergency, hotline, text)


def test_no_sign_speaks_of_looks_family_or_origin() -> None:
    forbidden = re.compile(
        r"\b(race|ethnic|nationalit|religio|skin|foreign|accent|mother|father|gender|famil)", re.IGNORECASE
    )
    assert [sign.key for sign in BOOK.signs.values() if forbidden.search(sign.text["en"])] == []


def test_every_rule_asks_only_for_facts_that_are_worked_out() -> None:
    from waywatch.advice.rules import facts_of

    known = set(facts_of({}, BOOK))
    assert {condition.fact for rule in BOOK.rules for condition in rule.when} <= known
    assert {rule.level for rule in BOOK.rules} <= set(BOOK.levels)


def test_every_pack_orders_known_channels_and_never_911() -> None:
    for pack in BOOK.packs.values():
        assert set(pack.order) <= set(BOOK.channels)
        assert "911" not in pack.order
