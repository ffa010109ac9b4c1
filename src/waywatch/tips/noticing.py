"""Which signs of the list were noticed, for the training side: counted by sector, country and quarter, and never told below eleven.

Pure. Outside of the vault stands a keyed hash for each sign of a tip, not what it counts for (tips/matching.py has the same kind): only an
unlocked session can say of a cell how often it was noticed. K = 11 is what published data on trafficking uses (CTDC).
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from waywatch.tips.matching import token
from waywatch.tips.models import MatchKind
from waywatch.tips.questions import SECTORS

FEWEST = 11
MONTHS = 3
UNKNOWN = "unknown"
COUNTRIES = ("US", "CA", "MX", UNKNOWN)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year, the first quarter being 1."""

    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> "Quarter":
        """Return the quarter in which a day lies."""
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @property
    def before(self) -> "Quarter":
        """Return the quarter before this one."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted together. `list_version` is that of the list of signs that lessons teach."""

    list_version: str
    sector: str
    country: str
    quarter: Quarter
    sign: str


def cells_of(answers: Mapping[str, Any], received: dt.date, list_version: str) -> Iterator[Cell]:
    """Yield the cells in which a tip counts: one for each sign that the reporter noticed oneself."""
    sector = answers.get("reporter", {}).get("sector", UNKNOWN)
    country = str(answers.get("where", {}).get("region", ""))[:2]
    place = country if country in COUNTRIES else UNKNOWN
    for sign in answers.get("signs", ()):
        if sign.get("first_hand") != "no":
            yield Cell(list_version, sector, place, Quarter.of(received), sign["key"])


def all_cells(quarter: Quarter, signs: Iterable[str], list_version: str) -> list[Cell]:
    """Return every cell that a quarter can have."""
    sectors = [key for key, _ in SECTORS] + [UNKNOWN]
    return [Cell(list_version, *cell) for cell in product(sectors, COUNTRIES, [quarter], signs)]


def token_of(key: bytes, cell: Cell) -> bytes:
    """Return the keyed hash of a cell, 16 bytes."""
    said = "|".join([cell.list_version, cell.sector, cell.country, str(cell.quarter), cell.sign])
    return token(key, MatchKind.NOTICED, said)
