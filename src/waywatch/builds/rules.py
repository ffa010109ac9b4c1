"""Pure decisions about builds and their figures."""

import re
from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext

from waywatch.builds.vocabulary import Qualifier, Wave


def slug_for(*, place: str, year: int, taken: Iterable[str]) -> str:
    """Return a short name for addresses, such as "pecos-2018"; a second one of the same place and year gets "-2"."""
    base = f"{slugify(place)[:60] or 'build'}-{year}"
    used = set(taken)
    if base not in used:
        return base
    number = 2
    while f"{base}-{number}" in used:
        number += 1
    return f"{base}-{number}"


def own_id(year: int) -> str:
    """Return the id of the row in a file of builds that is about the whole of a year."""
    return f"agg-{year}"


WAVE_WORDS = {Wave.SAME_DAY: r"\bsame\W?day\b", Wave.FOLLOW_UP: r"\bfollow\W?ups?\b"}


def wave_of(words: str) -> str:
    """Return the wave that printed words such as "follow-up conversations" name, or "" where they name none or both: nothing is guessed."""
    named = [wave for wave, pattern in WAVE_WORDS.items() if re.search(pattern, words, re.IGNORECASE)]
    return named[0].value if len(named) == 1 else ""


def worded(value: int | None, qualifier: str) -> str:
    """Return a number with the word that stood before it ("over 1,000"), grouped as the reader's language does, or "not known"."""
    if value is None:
        return gettext("not known")
    number = number_format(value, force_grouping=True)
    words: dict[str, str] = {
        Qualifier.OVER.value: gettext("over %(number)s"),
        Qualifier.MORE_THAN.value: gettext("more than %(number)s"),
        Qualifier.AT_LEAST.value: gettext("at least %(number)s"),
        Qualifier.ABOUT.value: gettext("about %(number)s"),
        Qualifier.UP_TO.value: gettext("up to %(number)s"),
    }
    return words.get(qualifier, "%(number)s") % {"number": number}


AT_LEAST = frozenset({Qualifier.OVER, Qualifier.MORE_THAN, Qualifier.AT_LEAST})


def sum_qualifier(words: Iterable[str]) -> str:
    """Return the word of a sum of numbers that had these words: the strongest that is still true.

    One "over" makes it "at least", one "up to" makes it "up to", and both of them, or one "about", make it "about".
    """
    found = set(words)
    limits = {Qualifier.AT_LEAST.value} if found & AT_LEAST else set()
    limits |= found & {Qualifier.UP_TO.value}
    if Qualifier.ABOUT in found or len(limits) > 1:
        return Qualifier.ABOUT.value
    return next(iter(limits), "")


def trained_sentence(counted: int | None, without_count: int, qualifier: str = "") -> str:
    """Return how many people were trained afterwards, keeping apart who gave a number and who gave none."""
    if not without_count:
        return worded(counted, qualifier)
    if counted is None:
        return ngettext(
            "not known: %(actors)s partner gave no number",
            "not known: %(actors)s partners gave no number",
            without_count,
        ) % {"actors": without_count}
    return ngettext(
        "%(counted)s, and %(actors)s partner gave no number",
        "%(counted)s, and %(actors)s partners gave no number",
        without_count,
    ) % {"counted": worded(counted, qualifier), "actors": without_count}
