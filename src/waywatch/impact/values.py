"""What the rules of the annual report read and what they give: printed figures, records, and the report itself."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from waywatch.builds.api import worded

AT_LEAST_WORDS = frozenset({"over", "more_than", "at_least"})
STRICTLY_MORE_WORDS = frozenset({"over", "more_than"})
EXACT_WORDS = frozenset({"", "exact"})
LOOSENESS = 10  # "about" is taken at its word to within a tenth


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as one publication prints it, and the pages of it: at least one of them has the figure.

    `value` is None where a sector is named without a number.
    """

    value: int | None
    qualifier: str = ""
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def words(self) -> str:
        """Return the number with the word before it, or "not known"."""
        return worded(self.value, self.qualifier)

    @property
    def lowest(self) -> float:
        """Return the smallest number that these words allow."""
        if self.value is None or self.qualifier == "up_to":
            return 0
        if self.qualifier == "about":
            return self.value - self.value // LOOSENESS
        return self.value + (self.qualifier in STRICTLY_MORE_WORDS)

    @property
    def highest(self) -> float:
        """Return the largest number that these words allow."""
        if self.value is None or self.qualifier in AT_LEAST_WORDS:
            return math.inf
        return self.value + (self.value // LOOSENESS if self.qualifier == "about" else 0)

    @property
    def is_exact(self) -> bool:
        """Tell whether this is one number and nothing else."""
        return self.value is not None and self.qualifier in EXACT_WORDS


def first_of(printed: tuple[Printed, ...]) -> Printed:
    """Return the print that stands in the report; one without a number where there is none."""
    return printed[0] if printed else Printed(None)


@dataclass(frozen=True, slots=True)
class BuildSector:
    """The attendance of one sector at one build, as printed."""

    build: str
    place: str
    sector: str
    value: int
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """What the builds of the year in the records say together."""

    listed: int = 0
    made_here: int = 0
    with_total: int = 0
    total: int = 0
    by_sector: Mapping[str, int] = field(default_factory=dict)
    with_whole_lists: int = 0
    total_qualifier: str = ""
    unlisted: bool = False
    us_states: int = 0
    ca_provinces: int = 0


@dataclass(frozen=True, slots=True)
class YearFacts:
    """All that is known of a year. Each list of Printed is ordered: the first stands in the report, others are held against it.

    `by_sector` has the sectors of the first print; `other_sectors` those that only others name. `sector_roots` says what each sector is
    counted under.
    """

    year: int
    records: Records = Records()
    builds: tuple[Printed, ...] = ()
    us_states: tuple[Printed, ...] = ()
    ca_provinces: tuple[Printed, ...] = ()
    total: tuple[Printed, ...] = ()
    by_sector: Mapping[str, tuple[Printed, ...]] = field(default_factory=dict)
    other_sectors: Mapping[str, tuple[Printed, ...]] = field(default_factory=dict)
    build_sectors: tuple[BuildSector, ...] = ()
    trained: int | None = None
    trained_qualifier: str = ""
    actors_without_count: int = 0
    sector_names: Mapping[str, str] = field(default_factory=dict)
    sector_roots: Mapping[str, str] = field(default_factory=dict)

    def printed(self) -> list[tuple[str, tuple[Printed, ...]]]:
        """Return every figure that was printed of the year as a whole, by a key of its own."""
        named = [
            ("builds", self.builds),
            ("us_states", self.us_states),
            ("ca_provinces", self.ca_provinces),
            ("total", self.total),
        ]
        return [(key, rows) for key, rows in (*named, *self.by_sector.items(), *self.other_sectors.items()) if rows]

    def title(self, key: str) -> str:
        """Return the reader's name of a key of `printed`."""
        words = {
            "builds": gettext("builds"),
            "us_states": gettext("US states"),
            "ca_provinces": gettext("Canadian provinces"),
            "total": gettext("attendance"),
        }
        return words.get(key) or self.sector_name(key)

    def sector_name(self, key: str) -> str:
        """Return the reader's name of a sector."""
        return self.sector_names.get(key, key)

    def is_counted_under(self, sector: str, key: str) -> bool:
        """Tell whether the people of `sector` are among those of another sector, `key`."""
        return sector != key and self.sector_roots.get(sector, sector) == key


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about the figures that a reader must know. `code` is stable, `text` is in the reader's language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Annual:
    """The figures of the report. None is "not known"; a qualifier is the word before its number."""

    year: int
    builds: int | None
    builds_qualifier: str
    listed: int
    us_states: int | None
    us_states_qualifier: str
    ca_provinces: int | None
    ca_provinces_qualifier: str
    total: int | None
    total_qualifier: str
    by_sector: Mapping[str, Printed]
    trained: int | None
    trained_qualifier: str
    actors_without_count: int
    flags: tuple[Flag, ...]


def sum_of(rows: Iterable[Printed]) -> tuple[float, float]:
    """Return the smallest and the largest sum that the words of some figures allow."""
    found = list(rows)
    return sum(row.lowest for row in found), sum(row.highest for row in found)
