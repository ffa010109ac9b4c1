"""What the page, the PDF and the command say with the same words: figures, what followed, and the rows of what was printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from waywatch.builds import api as builds
from waywatch.impact.queries import Cut, Report
from waywatch.impact.vocabulary import metric_words, scope_words

LONGEST = 200


def title(report: Report) -> str:
    """Return the heading of the report."""
    return gettext("Coalition Builds in %(year)s") % {"year": report.figures.year}


def trained(report: Report) -> str:
    """Return how many people were trained afterwards."""
    figures = report.figures
    return builds.trained_sentence(figures.trained, figures.actors_without_count, figures.trained_qualifier)


def headline(report: Report) -> list[tuple[str, str]]:
    """Return the figures that the report opens with, each with its label."""
    figures = report.figures
    return [
        (gettext("Builds"), builds.worded(figures.builds, figures.builds_qualifier)),
        (gettext("US states"), builds.worded(figures.us_states, figures.us_states_qualifier)),
        (gettext("Canadian provinces"), builds.worded(figures.ca_provinces, figures.ca_provinces_qualifier)),
        (gettext("People who came"), builds.worded(figures.total, figures.total_qualifier)),
        (gettext("People trained afterwards"), trained(report)),
    ]


@dataclass(frozen=True, slots=True)
class WordedFollowUp:
    """What a partner did after a build: `number` is empty where none is expected, `printed` holds the partner's words, shortened."""

    who: str
    what: str
    number: str
    printed: str
    provenance: str
    sources: tuple[str, ...]
    where: str
    year: int
    slug: str

    @property
    def told(self) -> str:
        """Return what was done, with its number."""
        return f"{self.what} ({self.number})" if self.number else self.what


def follow_up(row: Any) -> WordedFollowUp:
    """Return a follow-up in words."""
    number = "" if row.count is None else builds.worded(row.count, row.qualifier)
    if row.count is None and row.kind == builds.FollowUpKind.PEOPLE_TRAINED:
        number = gettext("no number given")
    return WordedFollowUp(
        who=row.actor_name,
        what=row.get_kind_display(),
        number=number,
        printed=Truncator(row.printed).chars(LONGEST),
        provenance=row.provenance,
        sources=tuple(row.sources),
        where=place(row.build),
        year=row.build.year,
        slug=row.build.slug,
    )


def place(build: Any) -> str:
    """Return where a build was held: its city, or its state or province where no city is known."""
    return str(build.city or build.region.name)


def follow_up_counts(report: Report) -> list[tuple[str, str, int]]:
    """Return how many follow-ups of each kind there are: the kind, its words, and the number."""
    return [(kind, str(builds.FollowUpKind(kind).label), n) for kind, n in sorted(report.follow_ups.items())]


def cut(rows: Cut) -> str:
    """Return how much of a list is shown."""
    return gettext("%(shown)s of %(total)s are shown.") % {"shown": len(rows.rows), "total": rows.total}


def sources_elsewhere(report: Report) -> str:
    """Return how many builds name their sources on their own pages only; "" where none does."""
    n = report.builds_without_sources
    words = ngettext(
        "%(n)s more build names its sources on its own page.",
        "%(n)s more builds name their sources on their own pages.",
        n,
    )
    return words % {"n": n} if n else ""


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One row of what was printed. `anchor` is the key that a figure above leads to, on the first row of its key only."""

    anchor: str
    what: str
    note: str
    period: str
    number: str
    sources: tuple[str, ...]


def printed_rows(report: Report) -> list[PrintedRow]:
    """Return all that was printed of the year: of the year as a whole, of parts of the programme, and of other things."""
    return [*_of_the_year(report), *_of_parts(report), *_of_other_things(report)]


def _of_the_year(report: Report) -> Iterator[PrintedRow]:
    for key, rows in report.facts.printed():
        for order, row in enumerate(rows):
            yield PrintedRow(
                anchor="" if order else key,
                what=report.facts.title(key),
                note=row.note,
                period=str(report.figures.year),
                number=row.words,
                sources=row.sources,
            )


def _of_parts(report: Report) -> Iterator[PrintedRow]:
    for row in report.year_figures:
        numbers = [*_numbers_of_part(row)] if row.scope else []
        numbers += _numbers_of_sessions(row)
        if numbers:
            yield PrintedRow(
                anchor="",
                what=scope_words(row.scope),
                note="",
                period=str(row.year),
                number=", ".join(numbers),
                sources=tuple(row.sources),
            )


def _numbers_of_part(row: Any) -> Iterator[str]:
    """Return the numbers that stand above where a row is about the whole programme, and nowhere else where it is about a part."""
    if row.builds is not None:
        yield ngettext("%(n)s build", "%(n)s builds", row.builds) % {"n": row.builds}
    if row.us_states is not None:
        yield ngettext("%(n)s US state", "%(n)s US states", row.us_states) % {"n": row.us_states}
    if row.ca_provinces is not None:
        yield ngettext("%(n)s Canadian province", "%(n)s Canadian provinces", row.ca_provinces) % {
            "n": row.ca_provinces
        }
    if row.total is not None:
        words = ngettext("%(n)s person came", "%(n)s people came", row.total)
        yield words % {"n": builds.worded(row.total, row.total_qualifier)}
    for figure in row.by_sector.all():
        yield f"{figure.sector.name}: {builds.worded(figure.value, '')}"


def _numbers_of_sessions(row: Any) -> Iterator[str]:
    if row.sessions is not None:
        yield ngettext("%(n)s session", "%(n)s sessions", row.sessions) % {"n": row.sessions}
    if row.registered is not None:
        yield gettext("%(n)s registered") % {"n": builds.worded(row.registered, "")}


def _of_other_things(report: Report) -> Iterator[PrintedRow]:
    for fact in report.other_facts:
        yield PrintedRow(
            anchor="",
            what=metric_words(fact.metric),
            note=fact.note,
            period=fact.period,
            number=builds.worded(fact.value, fact.qualifier),
            sources=(fact.source,),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """What a row of yearly figures says beside its numbers. `about` is the part of the programme, or the whole of it."""

    about: str
    text: str
    sources: tuple[str, ...]


def notes(report: Report) -> list[Note]:
    """Return the notes of the rows of yearly figures, and the sectors that they name in words."""
    return [
        Note(scope_words(row.scope), text, tuple(row.sources))
        for row in report.year_figures
        for text in [*_sectors_in_words(row), *row.notes]
        if text
    ]


def _sectors_in_words(row: Any) -> Iterator[str]:
    if row.sectors_printed:
        yield gettext("Sectors, as printed: %(sectors)s") % {"sectors": ", ".join(row.sectors_printed)}
