"""Reads counts from builds and what was printed, and hands them to the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from waywatch.builds import api as builds
from waywatch.directory import api as directory
from waywatch.geo import api as geo
from waywatch.impact.models import Discrepancy, PublishedFact
from waywatch.impact.rules import annual
from waywatch.impact.values import Annual, BuildSector, Printed, Records, YearFacts
from waywatch.impact.vocabulary import GROUPS

# The metrics of a yearly file that say the same as a field of a build file's yearly figures.
METRIC_OF = {
    "builds": "coalition_builds",
    "us_states": "cb_us_states",
    "ca_provinces": "cb_ca_provinces",
    "total": "cb_attendance",
}
SECTOR_METRIC = "cb_"
# What a printed number of states may count: 51 with the District of Columbia, and no outlying area. Provinces are 13 with the territories.
STATES = frozenset({"state", "district"})

MOST = 50
ASKED_FOR_SOURCES = 200


@dataclass(frozen=True, slots=True)
class Cut:
    """The first rows of a list, and how many rows it has."""

    rows: tuple[Any, ...]
    total: int

    @property
    def is_whole(self) -> bool:
        """Tell whether these are all rows."""
        return len(self.rows) >= self.total


@dataclass(frozen=True)
class Report:
    """The annual report of a year with all that its pages show."""

    figures: Annual
    facts: YearFacts
    by_region: tuple[tuple[geo.RegionInfo, int], ...]
    year_figures: tuple[Any, ...]
    discrepancies: tuple[Discrepancy, ...]
    other_facts: tuple[PublishedFact, ...]
    follow_ups: Mapping[str, int]
    followed: Cut
    quotes: Cut
    sources: tuple[str, ...]
    totals: Cut

    @property
    def builds_without_sources(self) -> int:
        """Return how many builds are not asked for their sources here."""
        return max(0, self.figures.listed - ASKED_FOR_SOURCES)


@dataclass(frozen=True)
class _Known:
    """What was read of a year, before the rules see it."""

    year: int
    figures: tuple[Any, ...]
    printed: list[PublishedFact]
    by_region: Mapping[str, int]
    names: Mapping[str, str]
    roots: Mapping[str, str]


def report(year: int) -> Report:
    """Gather the report of a year: a fixed number of queries, none of which grows with the number of attendances."""
    held = builds.in_year(year)
    sectors = directory.sectors(on=None)
    known = _Known(
        year=year,
        figures=tuple(builds.year_figures(year)),
        printed=list(PublishedFact.objects.filter(year_until=year)),
        by_region=builds.count_by_region(held),
        names={node.key: node.name for node in sectors},
        roots={node.key: node.root for node in sectors},
    )
    facts = _year_facts(held, known)
    discrepancies = tuple(Discrepancy.objects.filter(Q(years__contains=[year]) | Q(years=[])))
    follow_ups = builds.follow_up_counts(held)
    quotes = builds.quotes_of(held)
    return Report(
        figures=annual(facts),
        facts=facts,
        by_region=tuple((region_of(code), count) for code, count in sorted(known.by_region.items())),
        year_figures=known.figures,
        discrepancies=discrepancies,
        other_facts=tuple(fact for fact in known.printed if not _is_told_above(fact, known.names)),
        follow_ups=follow_ups,
        followed=Cut(tuple(builds.follow_ups(held)[:MOST]), sum(follow_ups.values())),
        quotes=Cut(tuple(quotes[:MOST]), quotes.count()),
        sources=_sources(held, known, discrepancies),
        totals=Cut(tuple(builds.with_known_total(held)[:MOST]), facts.records.with_total),
    )


def followed_by_group(held: Any, limit: int) -> dict[str, Cut]:
    """Return what followed these builds, by the groups of a glance; a group may be empty."""
    counts = builds.follow_up_counts(held)
    return {
        group: Cut(
            rows=tuple(builds.follow_ups(held, kinds)[:limit]),
            total=sum(counts.get(kind, 0) for kind in kinds),
        )
        for group, kinds in GROUPS.items()
    }


def _is_told_above(fact: PublishedFact, names: Mapping[str, str]) -> bool:
    return fact.period == str(fact.year_until) and (fact.metric in METRIC_OF.values() or bool(_sector_of(fact, names)))


def _sector_of(fact: PublishedFact, names: Mapping[str, str]) -> str:
    """Return the sector that a metric such as "cb_trucking" is about; "" for all others."""
    key = fact.metric.removeprefix(SECTOR_METRIC)
    return key if fact.metric.startswith(SECTOR_METRIC) and key in names else ""


def _year_facts(held: Any, known: "_Known") -> YearFacts:
    whole = [row for row in known.figures if not row.scope]
    of_year = [fact for fact in known.printed if fact.period == str(known.year)]
    trained = builds.trained_after(held)
    leading, others = _printed_sectors(whole, of_year, known.names)
    return YearFacts(
        year=known.year,
        sector_names=known.names,
        sector_roots=known.roots,
        records=_records(builds.recorded(held), known),
        builds=_printed(whole, of_year, "builds"),
        us_states=_printed(whole, of_year, "us_states"),
        ca_provinces=_printed(whole, of_year, "ca_provinces"),
        total=_printed(whole, of_year, "total"),
        by_sector=leading,
        other_sectors=others,
        build_sectors=tuple(_build_sectors(held)),
        trained=trained.counted,
        trained_qualifier=trained.qualifier,
        actors_without_count=trained.actors_without_count,
    )


def _printed(whole: list[Any], facts: list[PublishedFact], name: str) -> tuple[Printed, ...]:
    said = [
        Printed(getattr(row, name), row.total_qualifier if name == "total" else "", tuple(row.sources))
        for row in whole
        if getattr(row, name) is not None
    ]
    return (*said, *(_of_fact(fact) for fact in facts if fact.metric == METRIC_OF[name]))


def _of_fact(fact: PublishedFact) -> Printed:
    return Printed(fact.value, fact.qualifier, (fact.source,), fact.note)


Sectors = dict[str, tuple[Printed, ...]]


def _printed_sectors(whole: list[Any], facts: list[PublishedFact], names: Mapping[str, str]) -> tuple[Sectors, Sectors]:
    """Return what was printed of each sector: of the sectors of the first print that has a number, and of those that only others name.

    The report takes the first; the others are held against it, shown, and never mixed in. A sector of a yearly file may have been
    printed by several publications.
    """
    prints: list[Sectors] = [
        {figure.sector_id: (Printed(figure.value, "", tuple(row.sources)),) for figure in row.by_sector.all()}
        for row in whole
    ]
    printed_alone = [(key, _of_fact(fact)) for fact in facts if (key := _sector_of(fact, names))]
    prints.append({key: tuple(row for of, row in printed_alone if of == key) for key, _ in printed_alone})
    leading = next((each for each in prints if _has_number(each)), {})
    in_order = [leading, *(each for each in prints if each is not leading)]
    every = {key: tuple(row for each in in_order for row in each.get(key, ())) for key in names}
    return (
        {key: rows for key, rows in every.items() if key in leading},
        {key: rows for key, rows in every.items() if key not in leading and rows},
    )


def _has_number(sectors: Sectors) -> bool:
    return any(row.value is not None for rows in sectors.values() for row in rows)


def _build_sectors(held: Any) -> Iterable[BuildSector]:
    for row in builds.sector_figures(held):
        yield BuildSector(
            build=row.build.slug,
            place=row.build.city or row.build.slug,
            sector=row.sector_id or "",
            value=row.value or 0,
            qualifier=row.qualifier,
        )


def _records(found: builds.Recorded, known: _Known) -> Records:
    regions = [region_of(code) for code in known.by_region]
    return Records(
        listed=found.builds,
        made_here=found.made_here,
        with_total=found.with_total,
        total=found.total,
        total_qualifier=found.total_qualifier,
        by_sector=found.by_sector,
        with_whole_lists=found.with_whole_lists,
        unlisted=builds.has_unlisted(known.year),
        us_states=sum(region.country == "US" and region.kind in STATES for region in regions),
        ca_provinces=sum(region.country == "CA" for region in regions),
    )


def _sources(held: Any, known: _Known, discrepancies: tuple[Discrepancy, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in known.figures:
        found.update(dict.fromkeys(row.sources))
    found.update(dict.fromkeys(fact.source for fact in known.printed))
    for row in discrepancies:
        found.update(dict.fromkeys(row.sources))
    for sources in held.values_list("sources", flat=True)[:ASKED_FOR_SOURCES]:
        found.update(dict.fromkeys(sources))
    return tuple(found)


def region_of(code: str) -> geo.RegionInfo:
    """Return the state or province of a stored code: a foreign key, so there is one."""
    region = geo.region(code)
    assert region is not None
    return region


def report_years() -> list[int]:
    """Return the years that have a report, newest first: those with builds or with figures of that very year."""
    printed = PublishedFact.objects.order_by().values_list("year_until", flat=True).distinct()
    return sorted({*builds.report_years(), *(year for year in printed if year)}, reverse=True)
