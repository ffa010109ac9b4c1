"""Loading files of yearly figures: idempotent, a row at a time. A figure is known by its period, metric and source."""

from functools import partial
from typing import Any

from waywatch.audit import api as audit
from waywatch.impact.models import Discrepancy, PublishedFact
from waywatch.impact.printed import PrintedDiscrepancy, PrintedFact
from waywatch.lib.jsonfile import Problem, row_name, rows_of
from waywatch.lib.loading import Job, Progress, Summary, digest_of, load_rows, silent


def load_annual(data: dict[str, Any], *, progress: Progress = silent) -> Summary:
    """Load the figures and the discrepancies of a parsed file. Raises InvalidError where its lists are not lists."""
    facts = [
        Job(_fact_name(row, place), partial(_take_fact, row)) for place, row in enumerate(rows_of(data, "facts"), 1)
    ]
    odd = rows_of(data, "printed_discrepancies")
    discrepancies = [
        Job(f"printed_discrepancies {row_name(row, place)}", partial(_take_discrepancy, row))
        for place, row in enumerate(odd, 1)
    ]
    summary = load_rows([*facts, *discrepancies], progress)
    if not facts and not discrepancies:
        summary.questions.append(Problem("file", "facts", "the file has no facts: is it the right file?"))
    return summary


def _fact_name(row: Any, place: int) -> str:
    """Return a name that is the same for the same figure; the place alone where a row is too broken to have one."""
    if not isinstance(row, dict):
        return f"facts {row_name(row, place)}"
    key = [str(row.get(name))[:60] for name in ("metric", "period", "source")]
    return f"facts row {place}" if "None" in key else f"facts: {key[0]} of {key[1]} ({key[2]})"


def _take_fact(row: Any, summary: Summary) -> str:
    printed = PrintedFact.model_validate(row)
    summary.questions += printed.questions()
    year_from, year_until = printed.years
    key = {"period": printed.period, "metric": printed.metric, "source": printed.source}
    values = {
        "year_from": year_from,
        "year_until": year_until,
        "value": printed.value,
        "qualifier": printed.qualifier or "",
        "note": printed.note or "",
        "loaded_digest": digest_of(printed),
    }
    return _store(PublishedFact, key, values, printed.name)


def _take_discrepancy(row: Any, summary: Summary) -> str:
    printed = PrintedDiscrepancy.model_validate(row)
    summary.questions += [
        Problem(printed.what, "row", f"the name “{name}” is not known here") for name in printed.model_extra or {}
    ]
    values = {
        "printed": printed.printed,
        "sources": printed.sources,
        "years": printed.years,
        "loaded_digest": digest_of(printed),
    }
    return _store(Discrepancy, {"what": printed.what}, values, printed.what)


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
