"""Text from people and files: what is refused, what is cleaned, and what is safe in a spreadsheet."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

MAX_LINE = 300
MAX_TEXT = 10_000
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# What draws nothing though Unicode does not call it a format character: DerivedCoreProperties.txt, Default_Ignorable_Code_Point, and the
# braille cell without dots.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_SELECTORS = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_JOINERS = "[\u200c\u200d]"
_WORDLESS = frozenset("PZ")
_SPREADSHEET_TRIGGERS = ("=", "+", "-", "@", "|", "%", "\t", "\r")


def unsafe_character(text: str) -> str | None:
    """Return the first character that could hide or reorder text, as "U+202E"; None where the text is what it looks like.

    Refused are controls (a line ends with LF or CR LF: a CR alone overwrites the line in a terminal), lone surrogates, line and
    paragraph separators, and all that draws nothing: format characters (Unicode Cf), fillers, tags. The soft hyphen is one of them: two
    names that differ by it look the same, and nobody loses anything with it. Two kinds stay, where scripts and emoji need them: a
    joiner inside a word or an emoji, and one variation selector after what it varies. `without_joiners` takes them out to compare.
    """
    if text.isascii() and text.isprintable():
        return None
    for place, char in enumerate(text):
        if not _is_seen(char) and not _is_needed(text, place):
            return f"U+{ord(char):04X}"
    return None


def made_visible(text: str) -> str:
    """Return text with each character that could hide or reorder it by its name, as "[U+202E]": it is shown, and obeyed by nothing."""
    if unsafe_character(text) is None:
        return text
    return "".join(
        char if _is_seen(char) or _is_needed(text, place) else f"[U+{ord(char):04X}]" for place, char in enumerate(text)
    )


def without_joiners(text: str) -> str:
    """Return `text` without what is allowed in it and draws nothing: in this form two names that look the same are the same."""
    return re.sub(f"{_JOINERS}|{_SELECTORS}", "", text)


def _is_seen(char: str) -> bool:
    if unicodedata.category(char) in _HIDDEN:
        return False
    return not _BLANK.match(char) and not re.match(_SELECTORS, char)


def _is_needed(text: str, place: int) -> bool:
    """Tell whether the character at `place`, which draws nothing, does its work there."""
    char, before, after = text[place], text[max(place - 2, 0) : place], text[place + 1 : place + 2]
    if re.match(_JOINERS, char):
        return _is_of_a_word(re.sub(_SELECTORS, "", before)[-1:]) and _is_of_a_word(after)
    if re.match(_SELECTORS, char):
        return before != "" and _is_seen(before[-1]) and not before[-1].isspace()
    return char in "\n\t" or char + after == "\r\n"


def _is_of_a_word(char: str) -> bool:
    """Tell whether a character is seen and part of a word or an emoji: neither punctuation nor a space."""
    return char != "" and _is_seen(char) and unicodedata.category(char)[0] not in _WORDLESS


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
