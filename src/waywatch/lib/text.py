"""Text from people and files: what is refused, what is cleaned, and what is safe in a spreadsheet."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MAX_LINE = 300
MAX_TEXT = 10_000
_ALLOWED_CONTROLS = frozenset("\n\r\t")
_SPREADSHEET_TRIGGERS = ("=", "+", "-", "@", "|", "%", "\t", "\r")


def unsafe_character(text: str) -> str | None:
    """Return the first character that could hide or reorder text (controls, bidi overrides, lone surrogates), as "U+202E"."""
    for char in text:
        category = unicodedata.category(char)
        if category in {"Cc", "Cs"} and char not in _ALLOWED_CONTROLS:
            return f"U+{ord(char):04X}"
        if unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}:
            return f"U+{ord(char):04X}"
    return None


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


TOO_LONG = _("This text is too long. Shorten it to at most %(limit)d characters.")
