"""Lets typst make a tagged PDF of words from anywhere: a character that no font has is marked, and never costs the whole document.

typst has a closed set of fonts inside it, so that a report looks the same on every machine. They lack syllabics, ideographs and emoji,
and PDF/UA-1 forbids a character without a shape. Which ones are lacking only typst knows: it is asked, and names them all at once.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import typst
from django.utils.translation import gettext

from waywatch.lib.errors import WaywatchError

MARK = "\N{REPLACEMENT CHARACTER}"
ROUNDS = 4
LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class PaperError(WaywatchError):
    """The report cannot be set on paper."""

    code: ClassVar[str] = "paper"


def typeset(template: Path, data: Mapping[str, Any], *, paper: str) -> bytes:
    """Return a PDF of the words in `data`. `marked` tells the template that some of them are marked. Raises PaperError."""
    words, lacking = json.dumps(data, ensure_ascii=False), set[str]()
    for _ in range(ROUNDS):
        marked = words.translate(dict.fromkeys(map(ord, lacking), MARK))
        inputs = {"data": marked, "paper": paper, "marked": "yes" if lacking else ""}
        try:
            content: bytes = typst.compile(
                str(template), sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=["ua-1"]
            )
        except typst.TypstError as error:
            found = _lacking_in(error.diagnostic) - lacking
            if not found:
                raise _no_paper() from error
            lacking |= found
        else:
            return content
    raise _no_paper()


def _lacking_in(diagnostic: str) -> set[str]:
    """Return the characters that typst says no font has. ASCII is never among them: it holds the data together."""
    named = "".join(LACKING.findall(diagnostic))
    plain = ESCAPED.sub(lambda found: chr(int(found[1], 16)), named)
    return {char for char in plain if not char.isascii()} - {MARK}


def _no_paper() -> PaperError:
    return PaperError(gettext("This report cannot be set on paper. Its page and its JSON hold the same figures."))
