"""The annual report for programs (`docs/reference/annual-report-json.md` describes each name; null is "not known") and for a terminal."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext

from waywatch.builds import api as builds
from waywatch.impact import wording
from waywatch.impact.queries import Report
from waywatch.impact.values import Printed


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as plain values, ready for json.dumps."""
    figures = report.figures
    return {
        "year": figures.year,
        "builds": {"count": figures.builds, "us_states": figures.us_states, "ca_provinces": figures.ca_provinces},
        "attendance": {
            "total": figures.total,
            "by_sector": {key: printed.value for key, printed in figures.by_sector.items()},
        },
        "trained_after": {"counted": figures.trained, "actors_without_count": figures.actors_without_count},
        "qualifiers": {
            "builds": figures.builds_qualifier or None,
            "us_states": figures.us_states_qualifier or None,
            "ca_provinces": figures.ca_provinces_qualifier or None,
            "attendance": figures.total_qualifier or None,
            "by_sector": {key: said.qualifier for key, said in figures.by_sector.items() if said.qualifier},
            "trained_after": figures.trained_qualifier or None,
        },
        "listed_builds": {
            "count": figures.listed,
            "by_region": {region.code: count for region, count in report.by_region},
        },
        "printed": [_printed(what, row) for what, rows in report.facts.printed() for row in rows],
        "parts_of_the_programme": [{"scope": row.scope} | _year_row(row) for row in report.year_figures if row.scope],
        "whole_programme": [_year_row(row) for row in report.year_figures if not row.scope],
        "also_published": [_fact(fact) for fact in report.other_facts],
        "disagreements": [
            {"what": row.what, "printed": row.printed, "sources": list(row.sources)} for row in report.discrepancies
        ],
        "flags": [{"code": flag.code, "text": flag.text} for flag in figures.flags],
        "sources": list(report.sources),
    }


def _printed(what: str, row: Printed) -> dict[str, Any]:
    """Return a printed figure. `source` is the first of `sources`, as it was when a figure had one only."""
    return {
        "what": what,
        "value": row.value,
        "qualifier": row.qualifier or None,
        "source": next(iter(row.sources), ""),
        "sources": list(row.sources),
        "note": row.note,
    }


def _year_row(row: Any) -> dict[str, Any]:
    """Return all that one row of yearly figures says."""
    return {
        "builds": row.builds,
        "us_states": row.us_states,
        "ca_provinces": row.ca_provinces,
        "total": row.total,
        "total_qualifier": row.total_qualifier or None,
        "by_sector": {figure.sector_id: figure.value for figure in row.by_sector.all()},
        "sectors_printed": list(row.sectors_printed),
        "sessions": row.sessions,
        "registered": row.registered,
        "notes": list(row.notes),
        "sources": list(row.sources),
    }


def _fact(fact: Any) -> dict[str, Any]:
    return {
        "period": fact.period,
        "metric": fact.metric,
        "value": fact.value,
        "qualifier": fact.qualifier or None,
        "source": fact.source,
        "note": fact.note,
    }


def as_text(report: Report) -> Iterator[str]:
    """Yield the report line by line in the reader's language: figures, sectors, what followed, and what a reader must know."""
    yield wording.title(report)
    listed = (gettext("Builds known by themselves"), builds.worded(report.figures.listed, ""))
    yield from _columns([*wording.headline(report), listed])
    sectors = [(report.facts.sector_name(key), said.words) for key, said in report.figures.by_sector.items()]
    no_sectors = gettext("Attendance by sector was not printed for this year.")
    no_follow_up = gettext("No follow-up of a single build of this year is known.")
    yield from _section(gettext("Who came, by sector"), _columns(sectors) if sectors else [no_sectors])
    yield from _section(gettext("What followed"), _follow_ups(report) if report.followed.total else [no_follow_up])
    if report.figures.flags:
        yield from _section(gettext("About these figures"), (flag.text for flag in report.figures.flags))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", heading)
    yield from (f"  {line}" for line in lines)


def _columns(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield labels and figures one under the other."""
    width = max((len(label) for label, _ in rows), default=0)
    for label, figure in rows:
        yield f"{label:<{width}}  {figure}"


def _follow_ups(report: Report) -> Iterator[str]:
    for row in map(wording.follow_up, report.followed.rows):
        yield f"{row.who}: {row.told}. {row.where}"
    if not report.followed.is_whole:
        yield wording.cut(report.followed)
