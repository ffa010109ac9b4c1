"""Pure decisions of the directory: the dated tree of sectors, names that are the same, how old a verification is."""

import datetime as dt
import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from waywatch.lib.text import without_joiners

SIMILAR = 0.84
STALE_AFTER = dt.timedelta(days=365)
FEWEST_DIGITS, MOST_DIGITS, EXTENSION_DIGITS = 7, 15, 7


@dataclass(frozen=True, slots=True)
class SectorDates:
    """A node of the tree: the part of a sector that rules need. `until` is the first day on which it is no longer used."""

    key: str
    parent: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None


def valid_on(node: SectorDates, on: dt.date) -> bool:
    """Tell whether a sector is in use on a day."""
    return (node.since is None or node.since <= on) and (node.until is None or on < node.until)


def sectors_on(nodes: Iterable[SectorDates], on: dt.date | None) -> list[SectorDates]:
    """Return the sectors in use on a day, in the order given; all of them where no day is named."""
    return [node for node in nodes if on is None or valid_on(node, on)]


def rolls_up_to(key: str, tree: Mapping[str, str | None]) -> str:
    """Return the root that `key` is counted under. `tree` maps each key to its parent; a key outside of it is its own root.

    A circle, which the database cannot forbid, ends at the first key met twice.
    """
    seen = {key}
    while (parent := tree.get(key)) is not None and parent not in seen:
        seen.add(parent)
        key = parent
    return key


def and_below(key: str, tree: Mapping[str, str | None]) -> set[str]:
    """Return `key` and every key under it."""
    found = {key}
    while more := {child for child, parent in tree.items() if parent in found} - found:
        found |= more
    return found


def leaves(nodes: Iterable[SectorDates]) -> list[SectorDates]:
    """Return the sectors without a child among `nodes`: the ones to choose from."""
    chosen = list(nodes)
    parents = {node.parent for node in chosen}
    return [node for node in chosen if node.key not in parents]


def name_key(name: str) -> str:
    """Return the form by which two spellings of one name meet: no case, no accents, punctuation as spaces.

    "Truckers' Assn., Québec" and "truckers assn quebec" give the same key. A name of marks alone gives "". At most 200 characters.
    """
    bare = unicodedata.normalize("NFKD", without_joiners(name).casefold())
    plain = "".join(char for char in bare if not unicodedata.combining(char))
    plain = plain.casefold().replace("'", "").replace("\u2019", "")
    return " ".join("".join(char if char.isalnum() else " " for char in plain).split())[:200].strip()


def similar(one: str, other: str) -> bool:
    """Tell whether two name keys may well be one organisation: a question to a person, never a decision."""
    if one == other:
        return True
    if sorted(one.split()) == sorted(other.split()):
        return True
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= SIMILAR and matcher.quick_ratio() >= SIMILAR and matcher.ratio() >= SIMILAR


def days_since(verified_on: dt.date | None, today: dt.date) -> int | None:
    """Return how many days ago something was verified, or None if never. A day ahead (another time zone) counts as today."""
    return None if verified_on is None else max((today - verified_on).days, 0)


def is_stale(verified_on: dt.date | None, today: dt.date) -> bool:
    """Tell whether a contact point needs to be checked again: never verified, or longer ago than a year."""
    return verified_on is None or today - verified_on > STALE_AFTER


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[object]]:
    """Return {field: [old, new]} for each field of `after` that differs."""
    return {field: [before.get(field), value] for field, value in after.items() if before.get(field) != value}


def phone_digits(text: str) -> str | None:
    """Return a telephone number as it is kept, "+1 (512) 555-0100" as "+15125550100", or None where it is none.

    Seven to fifteen digits (ITU-T E.164 ends at fifteen). An extension stays: "512-555-0100 x12" gives "5125550100 x12".
    """
    number, mark, extension = text.casefold().replace("ext.", "x").replace("ext", "x").partition("x")
    extension = extension.strip()
    if mark and not (extension.isascii() and extension.isdigit() and len(extension) <= EXTENSION_DIGITS):
        return None
    plus = "+" if number.strip().startswith("+") else ""
    bare = number.strip().removeprefix("+")
    for separator in " ()-./\u00a0":
        bare = bare.replace(separator, "")
    if not (bare.isascii() and bare.isdigit() and FEWEST_DIGITS <= len(bare) <= MOST_DIGITS):
        return None
    return f"{plus}{bare} x{extension}" if mark else f"{plus}{bare}"
