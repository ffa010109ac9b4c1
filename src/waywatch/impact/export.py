"""The annual report for programs: `docs/reference/annual-report-json.md` describes each name. null is "not known"."""

from typing import Any

from waywatch.impact.queries import Report


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
            "attendance": figures.total_qualifier or None,
            "by_sector": {key: said.qualifier for key, said in figures.by_sector.items() if said.qualifier},
            "trained_after": figures.trained_qualifier or None,
        },
        "listed_builds": {
            "count": figures.listed,
            "by_region": {region.code: count for region, count in report.by_region},
        },
        "printed": [
            {"what": what, "value": row.value, "qualifier": row.qualifier or None, "source": row.source}
            for what, rows in report.facts.printed()
            for row in rows
        ],
        "parts_of_the_programme": [_part(row) for row in report.year_figures if row.scope],
        "also_published": [_fact(fact) for fact in report.other_facts],
        "disagreements": [
            {"what": row.what, "printed": row.printed, "sources": list(row.sources)} for row in report.discrepancies
        ],
        "flags": [{"code": flag.code, "text": flag.text} for flag in figures.flags],
        "sources": list(report.sources),
    }


def _part(row: Any) -> dict[str, Any]:
    return {
        "scope": row.scope,
        "builds": row.builds,
        "sessions": row.sessions,
        "registered": row.registered,
        "sources": list(row.sources),
    }


def _fact(fact: Any) -> dict[str, Any]:
    return {
        "period": fact.period,
        "metric": fact.metric,
        "value": fact.value,
        "qualifier": fact.qualifier or None,
        "source": fact.source,
    }
