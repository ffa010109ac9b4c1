"""Text from people and files: what is refused, what is cleaned, and what is safe in a spreadsheet."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

MAX_LINE = 300
MAX_TEXT = 10_000
_ALLOWED_CONTROLS = frozenset("\n\r\t")
_JOINERS = frozenset("\u200c\u200d")
_SPREADSHEET_TRIGGERS = ("=", "+", "-", "@", "|", "%", "\t", "\r")


def unsafe_character(text: str) -> str | None:
    """Return the first character that could hide or reorder text, as "U+202E"; None where the text is what it looks like.

    Those are controls, lone surrogates, line and paragraph separators, and format characters (Unicode Cf: zero-width spaces, direction
    marks and overrides, tags). The two joiners stay allowed inside a word or an emoji, where scripts need them.
    """
    for place, char in enumerate(text):
        category = unicodedata.category(char)
        hidden = category in {"Cc", "Cs", "Zl", "Zp"} and char not in _ALLOWED_CONTROLS
        if hidden or (category == "Cf" and not _joins(text, place)):
            return f"U+{ord(char):04X}"
    return None


def _joins(text: str, place: int) -> bool:
    """Tell whether the character at `place` is a joiner between two characters that are seen."""
    if text[place] not in _JOINERS or not 0 < place < len(text) - 1:
        return False
    return all(unicodedata.category(text[each])[0] not in "CZ" for each in (place - 1, place + 1))


def validate_plain_text(text: str) -> None:
    """Refuse text with invisible control or direction characters: raises Django's ValidationError naming the character."""
    found = unsafe_character(text)
    if found:
        raise ValidationError(
            gettext(
                "This text has an invisible character (%(char)s) that can hide or reorder words. Type it again without it."
            )
            % {"char": found},
            code="unsafe_character",
        )


def clean_line(text: str) -> str:
    """Return one line: NFC, white space folded. `validate_plain_text` says whether it may be kept at all."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def spreadsheet_cell(value: object) -> object:
    """Return `value` so that a spreadsheet shows it and never runs it: text that starts like a formula gets a leading apostrophe.

    Source: OWASP, "CSV Injection". Numbers and None pass unchanged.
    """
    if isinstance(value, str) and value.lstrip("\ufeff ").startswith(_SPREADSHEET_TRIGGERS):
        return "'" + value
    return value
