"""What the SVG of the map and the bars need, worked out on the server: shapes with a level, bars with a length."""

from collections.abc import Mapping
from dataclasses import dataclass

from waywatch.geo import api as geo
from waywatch.impact.values import Printed

LEVELS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A state or province on the map: its shape, how many builds, and the shade that shows it (0 to 4)."""

    shape: geo.RegionShape
    name: str
    builds: int
    covered: bool
    level: int


def level_of(builds: int) -> int:
    """Return the shade for a number of builds: 0 for none, 1 for one, 2 for 2-3, 3 for 4-7, 4 for 8 and more."""
    return sum(builds >= step for step in LEVELS)


def map_regions(counts: Mapping[str, int], covered: frozenset[str]) -> list[MapRegion]:
    """Return every state and province with its count, in the order in which they are drawn."""
    return [
        MapRegion(
            shape=shape,
            name=shape.name,
            builds=counts.get(shape.code, 0),
            covered=shape.code in covered,
            level=level_of(counts.get(shape.code, 0)),
        )
        for shape in geo.map_shapes().regions
    ]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart. `length` is per cent of the longest; a value that is not known has none."""

    key: str
    label: str
    value: int | None
    qualifier: str
    length: int


def bars(printed: Mapping[str, Printed], names: Mapping[str, str]) -> list[Bar]:
    """Return bars, longest first, those without a value last."""
    longest = max((row.value or 0 for row in printed.values()), default=0) or 1
    ordered = sorted(printed.items(), key=lambda item: (1 if item[1].value is None else -item[1].value, item[0]))
    return [
        Bar(key, names.get(key, key), row.value, row.qualifier, _length(row.value, longest)) for key, row in ordered
    ]


def _length(value: int | None, longest: int) -> int:
    return 0 if value is None else max(1, round(value * 100 / longest))
