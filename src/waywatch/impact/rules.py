"""The annual report, worked out from what is recorded and what was printed. Pure: facts in, report out.

Three rules carry it. What nobody printed or recorded is None, never zero. A year's printed figure and the builds under it describe the
same people: the printed figure is taken, the builds are held against it, and nothing is added. Where two prints differ, both stand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from waywatch.builds.api import worded

AT_LEAST_WORDS = frozenset({"over", "more_than", "at_least"})
STRICTLY_MORE_WORDS = frozenset({"over", "more_than"})


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as one publication prints it, and the pages of it: at least one of them has the figure."""

    value: int
    qualifier: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildSector:
    """The attendance of one sector at one build, as printed."""

    build: str
    place: str
    sector: str
    value: int


@dataclass(frozen=True, slots=True)
class Records:
    """What the builds of the year in the records say together."""

    listed: int = 0
    made_here: int = 0
    with_total: int = 0
    total: int = 0
    by_sector: Mapping[str, int] = field(default_factory=dict)
    with_people: int = 0
    total_qualifier: str = ""
    unlisted: bool = False
    us_states: int = 0
    ca_provinces: int = 0


@dataclass(frozen=True, slots=True)
class YearFacts:
    """All that is known of a year. Each list of Printed is ordered: the first stands in the report, others are held against it."""

    year: int
    records: Records = Records()
    builds: tuple[Printed, ...] = ()
    us_states: tuple[Printed, ...] = ()
    ca_provinces: tuple[Printed, ...] = ()
    total: tuple[Printed, ...] = ()
    by_sector: Mapping[str, tuple[Printed, ...]] = field(default_factory=dict)
    build_sectors: tuple[BuildSector, ...] = ()
    trained: int | None = None
    trained_qualifier: str = ""
    actors_without_count: int = 0
    sector_names: Mapping[str, str] = field(default_factory=dict)

    def printed(self) -> list[tuple[str, tuple[Printed, ...]]]:
        """Return every figure that was printed of the year as a whole, by a key of its own."""
        named = [
            ("builds", self.builds),
            ("us_states", self.us_states),
            ("ca_provinces", self.ca_provinces),
            ("total", self.total),
        ]
        return [(key, rows) for key, rows in (*named, *self.by_sector.items()) if rows]

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


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about the figures that a reader must know. `code` is stable, `text` is in the reader's language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Annual:
    """The figures of the report. None is "not known"."""

    year: int
    builds: int | None
    listed: int
    us_states: int | None
    ca_provinces: int | None
    total: int | None
    total_qualifier: str
    by_sector: Mapping[str, Printed]
    trained: int | None
    trained_qualifier: str
    actors_without_count: int
    flags: tuple[Flag, ...]


def annual(facts: YearFacts) -> Annual:
    """Work out the report of a year."""
    count = _first(facts.builds)
    ours_alone = facts.records.made_here == facts.records.listed and not facts.records.unlisted
    if count is None and facts.records.listed and ours_alone:
        count = facts.records.listed
    complete = count is not None and count == facts.records.listed
    by_sector = _by_sector(facts, complete=complete)
    total, qualifier = _total(facts, complete=complete)
    return Annual(
        year=facts.year,
        builds=count,
        listed=facts.records.listed,
        us_states=_first(facts.us_states, facts.records.us_states if complete else None),
        ca_provinces=_first(facts.ca_provinces, facts.records.ca_provinces if complete else None),
        total=total,
        total_qualifier=qualifier,
        by_sector=by_sector,
        trained=facts.trained,
        trained_qualifier=facts.trained_qualifier,
        actors_without_count=facts.actors_without_count,
        flags=tuple(_flags(facts, count)),
    )


def _first(printed: tuple[Printed, ...], otherwise: int | None = None) -> int | None:
    return printed[0].value if printed else otherwise


def _by_sector(facts: YearFacts, *, complete: bool) -> dict[str, Printed]:
    """Return the printed sectors; where none is printed, the recorded ones if every build of the year recorded its people."""
    if facts.by_sector:
        return {key: printed[0] for key, printed in facts.by_sector.items()}
    if complete and facts.records.with_people == facts.records.listed:
        return {key: Printed(value) for key, value in facts.records.by_sector.items()}
    return {}


def _total(facts: YearFacts, *, complete: bool) -> tuple[int | None, str]:
    """Return the printed total as a number with its word; else the builds' own, if every build of the year has one."""
    if facts.total:
        return facts.total[0].value, facts.total[0].qualifier
    if complete and facts.records.listed and facts.records.with_total == facts.records.listed:
        return facts.records.total, facts.records.total_qualifier
    return None, ""


def _flags(facts: YearFacts, count: int | None) -> Iterable[Flag]:
    yield from _count_flags(facts, count)
    yield from _sum_flags(facts)
    yield from _build_flags(facts)
    yield from _disagreements(facts)


def _count_flags(facts: YearFacts, count: int | None) -> Iterable[Flag]:
    listed = facts.records.listed
    if facts.records.unlisted:
        yield Flag(
            "not_all_builds_listed",
            gettext("Not every build of the year may be seen by every account; those are not counted here."),
        )
    if count is None:
        text = gettext("How many builds the year had was not printed. Builds known by themselves: %(listed)s.")
        yield Flag("builds_not_printed", text % {"listed": listed})
    elif listed < count:
        text = gettext("%(count)s builds were printed for the year; %(listed)s of them are known by themselves.")
        yield Flag("builds_not_all_listed", text % {"count": count, "listed": listed})
    elif listed > count:
        text = gettext("%(count)s builds were printed for the year, but %(listed)s are known by themselves.")
        yield Flag("more_builds_than_printed", text % {"count": count, "listed": listed})


def _sum_flags(facts: YearFacts) -> Iterable[Flag]:
    if not facts.total or not facts.by_sector:
        if facts.by_sector and not facts.total:
            yield Flag(
                "total_not_printed",
                gettext("Sectors were printed, but no total: they are not summed, for others may have come."),
            )
        return
    exact = all(printed[0].qualifier in {"", "exact"} for printed in facts.by_sector.values())
    said, parts = facts.total[0], sum(printed[0].value for printed in facts.by_sector.values())
    words = {"said": worded(said.value, said.qualifier), "parts": parts, "sectors": len(facts.by_sector)}
    if exact and said.qualifier in STRICTLY_MORE_WORDS and said.value == parts:
        text = gettext("“%(said)s” was printed, while the %(sectors)s sectors sum to exactly %(parts)s.")
        yield Flag("qualifier_contradicts_sum", text % words)
    elif parts > said.value and said.qualifier not in AT_LEAST_WORDS:
        text = gettext("“%(said)s” was printed as the total, but the %(sectors)s sectors sum to %(parts)s.")
        yield Flag("sectors_exceed_total", text % words)
    elif exact and parts < said.value:
        text = gettext("“%(said)s” was printed as the total; the %(sectors)s sectors sum to %(parts)s only.")
        yield Flag("sectors_fall_short", text % words)


def _build_flags(facts: YearFacts) -> Iterable[Flag]:
    for sector, printed in facts.by_sector.items():
        at_builds = [row for row in facts.build_sectors if row.sector == sector]
        at_all = sum(row.value for row in at_builds)
        words = {"sector": facts.sector_name(sector), "year": printed[0].value, "builds": at_all}
        equal = next((row for row in at_builds if row.value == printed[0].value and row.value), None)
        if at_all > printed[0].value:
            text = gettext(
                "Single builds name %(builds)s people of “%(sector)s”, more than the %(year)s printed for the year."
            )
            yield Flag("builds_exceed_year", text % words)
        elif equal:
            text = gettext(
                "%(place)s alone had %(year)s people of “%(sector)s”, as many as were printed for the whole year: "
                "they are the same people, counted once."
            )
            yield Flag("build_equals_year", text % {**words, "place": equal.place})


def _disagreements(facts: YearFacts) -> Iterable[Flag]:
    for key, printed in facts.printed():
        values = sorted({row.value for row in printed})
        if len(values) > 1:
            text = gettext("Publications disagree on %(name)s: %(values)s. All stand below with their sources.")
            words = {"name": facts.title(key), "values": ", ".join(map(str, values))}
            yield Flag("publications_disagree", text % words)
