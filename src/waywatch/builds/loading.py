"""Loading files of published builds: idempotent, nothing lost. See docs/how-to/load-published-builds.md.

A build that was entered or changed by hand here is not overwritten but asked about.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from waywatch.audit import api as audit
from waywatch.builds.models import Build, YearFigures
from waywatch.builds.printed import PrintedBuild, PrintedYear
from waywatch.builds.rules import own_id
from waywatch.builds.storing import Directory, store_build, store_year
from waywatch.lib import clock
from waywatch.lib.jsonfile import Problem, row_name, rows_of, unknown_lists
from waywatch.lib.loading import Job, Progress, RowRefusedError, Summary, Taking, digest_of, load_rows, silent

KNOWN = ("about", "sectors", "builds", "aggregates")


def load_builds(data: dict[str, Any], *, progress: Progress = silent) -> Summary:
    """Load the builds and the yearly figures of a parsed file. Raises InvalidError where its lists are not lists.

    Source of the format: docs/reference/builds-file.md. Must run as `Actor.system(...)`; never raises for a single row.
    """
    directory = Directory.load()
    builds = [(_take_build, row, place) for place, row in enumerate(rows_of(data, "builds"), start=1)]
    years = [(_take_year, row, place) for place, row in enumerate(rows_of(data, "aggregates"), start=1)]
    jobs = [Job(row_name(row, place), partial(take, row, directory)) for take, row, place in (*builds, *years)]
    summary = load_rows(jobs, progress)
    summary.questions += unknown_lists(data, KNOWN)
    if not jobs:
        summary.questions.append(
            Problem("file", "builds", "the file has no builds and no aggregates: is it the right file?")
        )
    return summary


def _take_build(row: Any, directory: Directory, taking: Taking) -> str:
    printed = PrintedBuild.model_validate(row, context={"this_year": clock.today().year})
    taking.claim("build", printed.id)
    unknown = directory.unknown_in(printed)
    if unknown:
        raise RowRefusedError(unknown)
    stored = Build.objects.select_for_update().filter(slug=printed.id).first()
    digest = digest_of(printed)
    taking.questions += printed.questions()
    if stored and stored.loaded_digest != digest and (stored.edited_here or not stored.loaded_digest):
        text = "this build was entered or changed here; the file's row was not taken. Change it by hand if the file is right"
        taking.questions.append(Problem(printed.id, "row", text))
        return "unchanged"
    digests = (stored.loaded_digest if stored else None, digest)
    return _store_if_new(digests, printed.id, lambda: store_build(stored, printed, digest, directory))


def _take_year(row: Any, directory: Directory, taking: Taking) -> str:
    printed = PrintedYear.model_validate(row, context={"this_year": clock.today().year})
    taking.claim("year", printed.id)
    unknown = directory.unknown_in_year(printed)
    if unknown:
        raise RowRefusedError(unknown)
    stored = YearFigures.objects.select_for_update().filter(slug=printed.id).first()
    digest = digest_of(printed)
    taking.questions += printed.questions()
    taking.questions += _of_two_prints(printed)
    digests = (stored.loaded_digest if stored else None, digest)
    return _store_if_new(digests, printed.id, lambda: store_year(stored, printed, digest))


def _of_two_prints(printed: PrintedYear) -> list[Problem]:
    """Return a question where the whole of the year has another row already: which of them counts must not depend on who came first."""
    others = (
        YearFigures.objects.filter(year=printed.year, scope="").exclude(slug=printed.id).values_list("slug", flat=True)
    )
    if printed.scope or not others:
        return []
    first = min([printed.id, *others], key=lambda slug: (slug != own_id(printed.year), slug))
    text = f"the year has other figures of the whole programme; all are shown, and those of “{first}” count"
    return [Problem(printed.id, "year", text)]


def _store_if_new(digests: tuple[str | None, str], slug: str, store: Callable[[], None]) -> str:
    before, now = digests
    if before == now:
        return "unchanged"
    store()
    audit.record("build.loaded", subject_kind="build", subject_id=slug, detail={"digest": now})
    return "created" if before is None else "changed"
