"""Countries, states and provinces with their names in three languages, from `data/regions.csv`: no query is needed."""

import csv
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from waywatch.geo.names import name_of

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class CountryInfo:
    """A country: ISO 3166-1 alpha-2."""

    code: str
    name_en: str
    name_fr: str
    name_es: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


COUNTRIES = (
    CountryInfo("US", "United States", "États-Unis", "Estados Unidos"),
    CountryInfo("CA", "Canada", "Canada", "Canadá"),
    CountryInfo("MX", "Mexico", "Mexique", "México"),
)


@dataclass(frozen=True, slots=True)
class RegionInfo:
    """A state or province: ISO 3166-2. `statistics_code` is its FIPS (US) or SGC (Canada) number."""

    code: str
    kind: str
    statistics_code: str
    name_en: str
    name_fr: str
    name_es: str

    @property
    def country(self) -> str:
        """The code of its country."""
        return self.code[:2]

    @property
    def postal(self) -> str:
        """The two letters that stand on mail."""
        return self.code[3:]

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


@lru_cache(maxsize=1)
def by_code() -> dict[str, RegionInfo]:
    """Return every region by its code, in the order of the file (US states, outlying areas, Canada)."""
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        rows = [RegionInfo(**row) for row in csv.DictReader(file)]
    return {region.code: region for region in rows}


@lru_cache(maxsize=1)
def by_statistics_code() -> dict[tuple[str, str], RegionInfo]:
    """Return every region by country and FIPS or SGC number."""
    return {(region.country, region.statistics_code): region for region in by_code().values()}


def country(code: str) -> CountryInfo | None:
    """Return the country with this code."""
    return next((found for found in COUNTRIES if found.code == code), None)


def region(code: str) -> RegionInfo | None:
    """Return the region with this ISO 3166-2 code, such as "US-TX"."""
    return by_code().get(code)


def regions(country: str | None = None) -> tuple[RegionInfo, ...]:
    """Return the regions (of one country, if it is named), sorted by their name in the reader's language."""
    chosen = (found for found in by_code().values() if country in (None, found.country))
    return tuple(sorted(chosen, key=lambda found: folded(found.name)))


def folded(text: str) -> str:
    """Return `text` for comparing names: without accents, case, dots, hyphens or doubled spaces."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    words = "".join(" " if char in "-‐‑–—_'’" else char for char in bare.casefold() if char not in ".,")  # noqa: RUF001
    return " ".join(words.split())


# What people also write. Keys are folded.
_ALSO = {
    "washington dc": "US-DC",
    "washington d c": "US-DC",
    "virgin islands": "US-VI",
    "newfoundland": "CA-NL",
    "labrador": "CA-NL",
    "yukon territory": "CA-YT",
    "nueva hampshire": "US-NH",
    "pei": "CA-PE",
    "nwt": "CA-NT",
}


@lru_cache(maxsize=1)
def _by_name() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for each in by_code().values():
        for name in (each.name_en, each.name_fr, each.name_es, each.postal, each.code):
            found[each.country, folded(name)] = each.code
    found.update({(code[:2], name): code for name, code in _ALSO.items()})
    return found


def region_named(name: str, country: str | None = None) -> RegionInfo | None:
    """Return the region a person means by "Texas", "TX", "Québec", "Nuevo México", or None.

    Accents, case, dots and hyphens do not matter. Without a country, the United States and Canada are both looked at.
    """
    countries = (country,) if country else ("US", "CA")
    codes = {_by_name().get((each, folded(name))) for each in countries} - {None}
    return region(str(codes.pop())) if len(codes) == 1 else None
