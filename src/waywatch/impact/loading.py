"""Loading files of yearly figures: idempotent, a row at a time. A figure is known by its period, metric and source."""

from functools import partial
from typing import Any

from waywatch.audit import api as audit
from waywatch.impact.models import Discrepancy, PublishedFact
from waywatch.impact.printed import PrintedDiscrepancy, PrintedFact
from waywatch.impact.queries import report_years
from waywatch.lib import clock
from waywatch.lib.jsonfile import MAX_SHOWN, Problem, rows_of, unknown_lists
from waywatch.lib.loading import Job, Progress, Summary, Taking, digest_of, load_rows, silent

KNOWN = ("about", "facts", "printed_discrepancies")


def load_annual(data: dict[str, Any], *, progress: Progress = silent) -> Summary:
    """Load the figures and the discrepancies of a parsed file. Raises InvalidError where its lists are not lists."""
    jobs = [
        Job(_name("facts", place, row), partial(_take_fact, row)) for place, row in enumerate(rows_of(data, "facts"), 1)
    ]
    odd = enumerate(rows_of(data, "printed_discrepancies"), 1)
    jobs += [Job(_name("printed_discrepancies", place, row), partial(_take_discrepancy, row)) for place, row in odd]
    summary = load_rows(jobs, progress)
    summary.questions += unknown_lists(data, KNOWN)
    if not jobs:
        summary.questions.append(Problem("file", "facts", "the file has no facts: is it the right file?"))
    return summary


def _name(kind: str, place: int, row: Any) -> str:
    """Return how messages name a row, which has no id: its list, its place there, and what it is about."""
    what = [row.get(name) for name in ("metric", "period", "what")] if isinstance(row, dict) else []
    words = " of ".join(part[:MAX_SHOWN] for part in what if isinstance(part, str))
    return f"{kind} row {place}" + (f" ({words})" if words else "")


def _take_fact(row: Any, taking: Taking) -> str:
    printed = PrintedFact.model_validate(row, context={"this_year": clock.today().year})
    key = {"period": printed.period, "metric": printed.metric, "source": printed.source}
    taking.claim("fact", *key.values())
    taking.questions += printed.questions()
    year_from, year_until = printed.years
    values = {
        "year_from": year_from,
        "year_until": year_until,
        "value": printed.value,
        "qualifier": printed.qualifier or "",
        "note": printed.note or "",
        "loaded_digest": digest_of(printed),
    }
    return _store(PublishedFact, key, values, printed.name)


def _take_discrepancy(row: Any, taking: Taking) -> str:
    printed = PrintedDiscrepancy.model_validate(row)
    taking.claim("discrepancy", printed.what)
    taking.questions += printed.questions(this_year=clock.today().year)
    taking.questions += _without_a_page(printed)
    values = {
        "printed": printed.printed,
        "sources": printed.sources,
        "years": printed.years,
        "loaded_digest": digest_of(printed),
    }
    return _store(Discrepancy, {"what": printed.what}, values, printed.what)


def _without_a_page(printed: PrintedDiscrepancy) -> list[Problem]:
    """Return a question where none of the years that the words name has a report: nobody would read it."""
    if not printed.years or set(printed.years) & set(report_years()):
        return []
    years = ", ".join(map(str, printed.years))
    return [Problem(printed.what, "printed", f"there is no report of {years} yet: it is kept, but no page shows it")]


def _store(
    model: type[PublishedFact] | type[Discrepancy], key: dict[str, Any], values: dict[str, Any], name: str
) -> str:
    stored = model.objects.select_for_update().filter(**key).first()
    if stored and stored.loaded_digest == values["loaded_digest"]:
        return "unchanged"
    row = stored or model(**key)
    for field, value in values.items():
        setattr(row, field, value)
    row.save()
    audit.record("impact.figure_loaded", subject_kind="published_figure", subject_id=str(row.pk), detail={"name": name})
    return "changed" if stored else "created"
