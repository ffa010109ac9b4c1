"""What a careful reader of the annual report would find: numbers that contradict each other, or that tell of the same people. Pure.

A flag never changes a number, and a word before a number is taken at its word: "over 2" does not contradict three.
"""

from collections.abc import Iterable, Mapping

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from waywatch.impact.values import STRICTLY_MORE_WORDS, BuildSector, Flag, Printed, YearFacts, sum_of


def flags_of(facts: YearFacts, builds: Printed) -> Iterable[Flag]:
    """Return what a reader must know about the figures of a year that had that many builds."""
    yield from _count_flags(facts, builds)
    yield from _region_flags(facts)
    yield from _overlap_flags(facts)
    yield from _sum_flags(facts)
    yield from _build_flags(facts)
    yield from _disagreements(facts)


def _count_flags(facts: YearFacts, builds: Printed) -> Iterable[Flag]:
    listed = facts.records.listed
    words = {"count": builds.words, "listed": listed}
    if facts.records.unlisted:
        yield Flag(
            "not_all_builds_listed",
            gettext("Not every build of the year may be seen by every account; those are not counted here."),
        )
    if builds.value is None:
        text = gettext("How many builds the year had was not printed. Builds known by themselves: %(listed)s.")
        yield Flag("builds_not_printed", text % words)
    elif listed < builds.lowest:
        text = gettext("Printed number of builds of the year: %(count)s. Known by themselves: %(listed)s.")
        yield Flag("builds_not_all_listed", text % words)
    elif listed > builds.highest:
        text = gettext("Printed number of builds of the year: %(count)s, but known by themselves: %(listed)s.")
        yield Flag("more_builds_than_printed", text % words)


def _region_flags(facts: YearFacts) -> Iterable[Flag]:
    records = facts.records
    for key, printed, listed in (
        ("us_states", facts.us_states, records.us_states),
        ("ca_provinces", facts.ca_provinces, records.ca_provinces),
    ):
        if printed and listed > printed[0].highest:
            text = gettext("%(name)s: “%(said)s” was printed for the year, but builds are known in %(listed)s.")
            words = {"name": capfirst(facts.title(key)), "said": printed[0].words, "listed": listed}
            yield Flag("more_regions_than_printed", text % words)


def _summed(facts: YearFacts) -> dict[str, Printed]:
    """Return the sectors whose people are summed: one that is counted under another with a number is inside it already."""
    first = {key: printed[0] for key, printed in facts.by_sector.items()}
    counted = [key for key, row in first.items() if row.value is not None]
    return {key: row for key, row in first.items() if not any(facts.is_counted_under(key, above) for above in counted)}


def _overlap_flags(facts: YearFacts) -> Iterable[Flag]:
    for key in _summed(facts):
        inside = [facts.sector_name(other) for other in facts.by_sector if facts.is_counted_under(other, key)]
        if inside and facts.by_sector[key][0].value is not None:
            text = gettext("“%(sector)s” was printed beside what is counted under it (%(inside)s): it is summed once.")
            words = {"sector": facts.sector_name(key), "inside": ", ".join(inside)}
            yield Flag("sectors_overlap", text % words)


def _sum_flags(facts: YearFacts) -> Iterable[Flag]:
    if not facts.by_sector:
        return
    if not facts.total:
        text = gettext("Sectors were printed, but no total: they are not summed, for others may have come.")
        yield Flag("total_not_printed", text)
        return
    said, rows = facts.total[0], _summed(facts).values()
    lowest, highest = sum_of(rows)
    exact = all(row.is_exact for row in rows)
    words = {"said": said.words, "parts": sum(row.value or 0 for row in rows), "sectors": len(rows)}
    if exact and said.qualifier in STRICTLY_MORE_WORDS and lowest == said.value:
        yield Flag("qualifier_contradicts_sum", _sum_contradicts(len(rows)) % words)
    elif lowest > said.highest:
        yield Flag("sectors_exceed_total", _sum_exceeds(len(rows)) % words)
    elif highest < said.lowest:
        yield Flag("sectors_fall_short", _sum_falls_short(len(rows)) % words)


def _sum_contradicts(sectors: int) -> str:
    return ngettext(
        "“%(said)s” was printed, while the %(sectors)s sector has exactly %(parts)s.",
        "“%(said)s” was printed, while the %(sectors)s sectors sum to exactly %(parts)s.",
        sectors,
    )


def _sum_exceeds(sectors: int) -> str:
    return ngettext(
        "“%(said)s” was printed as the total, but the %(sectors)s sector has %(parts)s.",
        "“%(said)s” was printed as the total, but the %(sectors)s sectors sum to %(parts)s.",
        sectors,
    )


def _sum_falls_short(sectors: int) -> str:
    return ngettext(
        "“%(said)s” was printed as the total; the %(sectors)s sector has %(parts)s only.",
        "“%(said)s” was printed as the total; the %(sectors)s sectors sum to %(parts)s only.",
        sectors,
    )


def _build_flags(facts: YearFacts) -> Iterable[Flag]:
    known = Printed(facts.records.total, facts.records.total_qualifier)
    if facts.total and known.lowest > facts.total[0].highest:
        words = {"builds": known.words, "said": facts.total[0].words}
        yield Flag("builds_exceed_total", _total_exceeded(facts.records.total) % words)
    for sector, printed in facts.by_sector.items():
        yield from _flags_of_sector(facts, sector, printed[0])


def _total_exceeded(people: int) -> str:
    return ngettext(
        "Single builds had %(builds)s person in all, more than the “%(said)s” printed for the year.",
        "Single builds had %(builds)s people in all, more than the “%(said)s” printed for the year.",
        people,
    )


def _flags_of_sector(facts: YearFacts, sector: str, printed: Printed) -> Iterable[Flag]:
    at_builds = list(_at_builds(facts, sector).values())
    people = sum(row.value or 0 for _, row in at_builds)
    words = {"sector": facts.sector_name(sector), "year": printed.words, "builds": people}
    equal = next((place for place, row in at_builds if row.value and row.value == printed.value), None)
    if sum_of(row for _, row in at_builds)[0] > printed.highest:
        yield Flag("builds_exceed_year", _sector_exceeded(people) % words)
    elif equal:
        yield Flag("build_equals_year", _sector_equalled(printed.value or 0) % {**words, "place": equal})


def _sector_exceeded(people: int) -> str:
    return ngettext(
        "Single builds name %(builds)s person of “%(sector)s”, more than the %(year)s printed for the year.",
        "Single builds name %(builds)s people of “%(sector)s”, more than the %(year)s printed for the year.",
        people,
    )


def _sector_equalled(people: int) -> str:
    return ngettext(
        "%(place)s alone had %(year)s person of “%(sector)s”, as many as were printed for the whole year: "
        "it is the same person, counted once.",
        "%(place)s alone had %(year)s people of “%(sector)s”, as many as were printed for the whole year: "
        "they are the same people, counted once.",
        people,
    )


def _at_builds(facts: YearFacts, sector: str) -> Mapping[str, tuple[str, Printed]]:
    """Return, for each build, its place and how many of a sector it had, those of the sectors counted under it included.

    A build that prints a sector and parts of it tells of the same people: the larger number stands.
    """
    found: dict[str, list[BuildSector]] = {}
    for row in facts.build_sectors:
        if row.sector == sector or facts.is_counted_under(row.sector, sector):
            found.setdefault(row.build, []).append(row)
    return {build: (rows[0].place, _of_one_build(rows, sector)) for build, rows in found.items()}


def _of_one_build(rows: list[BuildSector], sector: str) -> Printed:
    own = [Printed(row.value, row.qualifier) for row in rows if row.sector == sector]
    inside = [Printed(row.value, row.qualifier) for row in rows if row.sector != sector]
    return max(own + _joined(inside), key=lambda row: row.value or 0)


def _joined(rows: list[Printed]) -> list[Printed]:
    """Return several figures as one: with the word that they have, or one that promises no more than their words."""
    if len(rows) < 2:  # noqa: PLR2004 - nothing to join
        return rows
    exact = all(row.is_exact for row in rows)
    return [Printed(int(sum_of(rows)[0]), "" if exact else "at_least")]


def _disagreements(facts: YearFacts) -> Iterable[Flag]:
    for key, printed in facts.printed():
        said = {(row.lowest, row.highest): row for row in printed if row.value is not None}
        if len(said) > 1:
            text = gettext("Publications disagree on %(name)s: %(values)s.")
            rows = sorted(said.values(), key=lambda row: (row.value or 0, row.lowest))
            words = {"name": facts.title(key), "values": ", ".join(row.words for row in rows)}
            yield Flag("publications_disagree", text % words)
