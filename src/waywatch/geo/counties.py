"""Which county of a state or province a person means by its name. Pure: the names are passed in."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waywatch.geo.regions import folded

MOST_ALIKE = 5
SIMILAR = 0.72
# What stands behind the name proper, the longest first. Folded, as everything here.
_KINDS = (
    "city and borough",
    "census area",
    "municipality",
    "municipio",
    "borough",
    "county",
    "parish",
    "city",
)
_SPELLINGS = {"saint": "st", "sainte": "ste", "&": "and"}


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name may mean: the codes it fits, all of them; and where it fits none, the codes whose names are alike, nearest first."""

    fits: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


def meant(text: str, names: Mapping[str, Sequence[str]]) -> Meant:
    """Return which codes `text` means. `names` gives each code's names in all languages.

    "reeves", "Reeves Co." and "REEVES COUNTY" are one name; "Fairfax" alone fits a county and a city of Virginia; a whole name wins.
    """
    typed = _spelled(text)
    whole = {code: {_spelled(name) for name in each} for code, each in names.items()}
    bare = {code: {_bare(name) for name in each} for code, each in whole.items()}
    for forms in (whole, bare):
        fits = tuple(code for code, found in forms.items() if _closed(typed) in map(_closed, found))
        if fits:
            return Meant(fits=fits)
    return Meant(alike=_alike(_closed(_bare(typed)), bare))


def _alike(typed: str, bare: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Rank what is the same but for its kind ("Orleans County" for a parish), what begins so, and what is a slip of the keyboard away."""
    likeness = {code: max(_likeness(typed, _closed(name)) for name in each) for code, each in bare.items()}
    alike = [code for code, value in likeness.items() if value >= SIMILAR]
    return tuple(sorted(alike, key=lambda code: (-likeness[code], code))[:MOST_ALIKE])


def _likeness(typed: str, name: str) -> float:
    if typed and name.startswith(typed):
        return 1 + len(typed) / len(name)
    return difflib.SequenceMatcher(None, typed, name, autojunk=False).ratio()


def _spelled(text: str) -> str:
    """Return `text` folded, with "Co." and "Saint" in their one spelling."""
    words = [_SPELLINGS.get(word, word) for word in folded(text).split()]
    if len(words) > 1 and words[-1] == "co":
        words[-1] = "county"
    return " ".join(words)


def _bare(name: str) -> str:
    """Return a spelled name without what kind of county it is."""
    kind = next((each for each in _KINDS if name.endswith(f" {each}")), "")
    return name.removesuffix(kind).strip()


def _closed(name: str) -> str:
    """Return a spelled name without spaces: "De Kalb" is "DeKalb"."""
    return name.replace(" ", "")
