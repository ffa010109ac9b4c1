"""Text that could hide, reorder or run."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from waywatch.directory.api import name_key
from waywatch.lib.text import (
    clean_line,
    made_visible,
    spreadsheet_cell,
    unsafe_character,
    validate_plain_text,
    without_joiners,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pecos, Québec, Ñandú, 東京, السلام", None),
        ("two\nlines\tand a tab", None),
        ("hall \u202egnp", "U+202E"),
        ("\u2066x", "U+2066"),
        ("a\x00b", "U+0000"),
        ("\x1b[2J", "U+001B"),
        ("\ud800", "U+D800"),
        ("Ac\u200bme", "U+200B"),
        ("Acme\u200f", "U+200F"),
        ("one\u2028two", "U+2028"),
        ("\ufeffAcme", "U+FEFF"),
        ("x\u061cy", "U+061C"),
        ("x\U000e0041", "U+E0041"),
        ("Acme\u200d", "U+200D"),
        ("a \u200d b", "U+200D"),
        ("می\u200cخواهم", None),
        ("👩\u200d🚒 ❤\ufe0f", None),
        ("one\r\ntwo", None),
        ("one\rtwo", "U+000D"),
        ("one\r", "U+000D"),
        ("so\u00adft", "U+00AD"),
        ("x\U000e0000", "U+E0000"),
        ("x\U000e0080", "U+E0080"),
        ("\u3164", "U+3164"),
        ("a\u115fb", "U+115F"),
        ("a\u034fb", "U+034F"),
        ("\u2800", "U+2800"),
        ("a\ufeffb", "U+FEFF"),
        ("5-\u200d-5", "U+200D"),
        ("a\u200d\u200cb", "U+200D"),
        ("\ufe0fAcme", "U+FE0F"),
        ("Acme \ufe0f", "U+FE0F"),
        ("👍\ufe0f\ufe0f", "U+FE0F"),
        ("👍\U000e0101\U000e0102", "U+E0102"),
        ("❤\ufe0f\u200d🔥 👩🏽\u200d🚒 🙂\u200d↔\ufe0f #\ufe0f\u20e3 1\ufe0f\u20e3 ‼\ufe0f 🇺🇸 🇨🇦", None),
        ("葛\U000e0100飾", None),
        ("۱۸\u200cساله", None),
        ("क्\u200dष ਪੰਜਾਬੀ", None),
        ("שָׁלוֹם, Acme (עברית) 5%", None),
        ("شركة النقل Acme ١٢٣، مُحَمَّد", None),
    ],
)
def test_what_hides_or_reorders_is_found(text: str, found: str | None) -> None:
    assert unsafe_character(text) == found
    if found:
        with pytest.raises(ValidationError):
            validate_plain_text(text)
    else:
        validate_plain_text(text)


LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Mc", "Nd", "So"]).filter(
    lambda char: unsafe_character(char) is None
)
WORDS = st.text(LETTERS, min_size=1)
INVISIBLE = [
    chr(code)
    for code in range(0x110000)
    if unicodedata.category(chr(code)) in {"Cf", "Zl", "Zp", "Cs"} or 0xE0000 <= code <= 0xE007F
]


@given(WORDS, st.sampled_from(INVISIBLE), WORDS)
def test_nothing_invisible_stands_at_an_end_or_by_a_space(one: str, hidden: str, other: str) -> None:
    found = f"U+{ord(hidden):04X}"
    for text in (
        hidden + one,
        one + hidden,
        f"{one} {hidden}{other}",
        f"{one}{hidden} {other}",
        one + hidden * 2 + other,
    ):
        assert unsafe_character(text) == found


@given(WORDS, st.sampled_from(INVISIBLE), WORDS)
def test_inside_a_word_only_the_joiners_are_allowed(one: str, hidden: str, other: str) -> None:
    assert (unsafe_character(one + hidden + other) is None) == (hidden in {"\u200c", "\u200d"})


@given(st.text())
def test_line_ends_of_browsers_change_no_answer(text: str) -> None:
    plain = text.replace("\r", "")
    assert unsafe_character(plain.replace("\n", "\r\n")) == unsafe_character(plain)


@given(st.text(st.characters() | st.sampled_from("\u200c\u200d\ufe0f")))
def test_what_is_allowed_shows_all_it_holds_but_joiners(text: str) -> None:
    if unsafe_character(text) is None:
        assert unsafe_character(without_joiners(text)) is None
        assert name_key(without_joiners(text)) == name_key(text)


@pytest.mark.parametrize("text", ["Ac\u200cme", "Ac\u200dme", "Acme\ufe0f", "Ac\ufe0fme", "A\U000e0100cme"])
def test_what_is_allowed_and_not_seen_makes_no_second_name(text: str) -> None:
    assert unsafe_character(text) is None
    assert name_key(text) == "acme"


@pytest.mark.parametrize(
    ("text", "shown"), [("100%\rSaved.", "100%[U+000D]Saved."), ("a\u202eb", "a[U+202E]b"), ("Pecos", "Pecos")]
)
def test_a_terminal_shows_and_never_obeys(text: str, shown: str) -> None:
    assert made_visible(text) == shown


@given(st.text(st.characters(codec=None)))
def test_what_a_stranger_wrote_is_shown_whole_and_turns_nothing_around(text: str) -> None:
    shown = made_visible(text)
    assert unsafe_character(shown) is None
    assert (shown == text) is (unsafe_character(text) is None)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%x", "\t=1", "\r=1", "\ufeff=1", "  =1"])
def test_what_a_spreadsheet_would_run_is_shown_instead(cell: str) -> None:
    assert spreadsheet_cell(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["Pecos", "", "a=b", 7, -7, None, 1.5])
def test_everything_else_is_left_alone(cell: object) -> None:
    assert spreadsheet_cell(cell) == cell


@given(st.text())
def test_no_cell_ever_starts_like_a_formula(text: str) -> None:
    assert not str(spreadsheet_cell(text)).startswith(("=", "+", "-", "@", "|", "%", "\t", "\r"))


@given(st.text())
def test_a_clean_line_is_one_line_and_stays_itself(text: str) -> None:
    once = clean_line(text)
    assert clean_line(once) == once
    assert "\n" not in once
    assert once == once.strip()
