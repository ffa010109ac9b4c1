"""The annual report, worked out from what is recorded and what was printed. Pure: facts in, report out.

Three rules carry it. What nobody printed or recorded is None, never zero. A year's printed figure and the builds under it describe the
same people: the printed figure is taken, the builds are held against it, and nothing is added. Where two prints differ, both stand.
"""

from waywatch.impact.flags import flags_of
from waywatch.impact.values import Annual, Printed, YearFacts, first_of


def annual(facts: YearFacts) -> Annual:
    """Work out the report of a year."""
    builds = _builds(facts)
    complete = builds.is_exact and builds.value == facts.records.listed
    us_states = _regions(facts.us_states, facts.records.us_states, complete=complete)
    ca_provinces = _regions(facts.ca_provinces, facts.records.ca_provinces, complete=complete)
    total = _total(facts, complete=complete)
    return Annual(
        year=facts.year,
        builds=builds.value,
        builds_qualifier=builds.qualifier,
        listed=facts.records.listed,
        us_states=us_states.value,
        us_states_qualifier=us_states.qualifier,
        ca_provinces=ca_provinces.value,
        ca_provinces_qualifier=ca_provinces.qualifier,
        total=total.value,
        total_qualifier=total.qualifier,
        by_sector=_by_sector(facts, complete=complete),
        trained=facts.trained,
        trained_qualifier=facts.trained_qualifier,
        actors_without_count=facts.actors_without_count,
        flags=tuple(flags_of(facts, builds)),
    )


def _builds(facts: YearFacts) -> Printed:
    """Return how many builds the year had: as printed; else as recorded, if every one that we know was recorded here."""
    records = facts.records
    if not facts.builds and records.listed and records.made_here == records.listed and not records.unlisted:
        return Printed(records.listed)
    return first_of(facts.builds)


def _regions(printed: tuple[Printed, ...], recorded: int, *, complete: bool) -> Printed:
    return Printed(recorded) if complete and not printed else first_of(printed)


def _by_sector(facts: YearFacts, *, complete: bool) -> dict[str, Printed]:
    """Return the printed sectors; where none is printed, the recorded ones if every build of the year has a whole list of its people."""
    if facts.by_sector:
        return {key: printed[0] for key, printed in facts.by_sector.items()}
    if complete and facts.records.with_whole_lists == facts.records.listed:
        return {key: Printed(value) for key, value in facts.records.by_sector.items()}
    return {}


def _total(facts: YearFacts, *, complete: bool) -> Printed:
    """Return the printed total with its word; else the builds' own, if every build of the year has one."""
    records = facts.records
    if not facts.total and complete and records.listed and records.with_total == records.listed:
        return Printed(records.total, records.total_qualifier)
    return first_of(facts.total)
