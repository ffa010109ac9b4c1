"""Text that could hide, reorder or run."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from waywatch.lib.text import clean_line, spreadsheet_cell, unsafe_character, validate_plain_text


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
    ],
)
def test_what_hides_or_reorders_is_found(text: str, found: str | None) -> None:
    assert unsafe_character(text) == found
    if found:
        with pytest.raises(ValidationError):
            validate_plain_text(text)
    else:
        validate_plain_text(text)


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
