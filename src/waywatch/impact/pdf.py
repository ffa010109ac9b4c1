"""The annual report on paper: typst arranges, gettext words. Tagged, so that a screen reader can walk it.

A source stands as its number in the list at the end, which both the reader of paper and the reader of a screen can follow.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from waywatch.builds import api as builds
from waywatch.impact import wording
from waywatch.impact.drawing import bars
from waywatch.impact.queries import Cut, Report
from waywatch.impact.typesetting import MARK, typeset

PAPERS: Mapping[str, Promise | str] = {"letter": _("letter"), "a4": "A4"}
TYPST_PAPER = {"letter": "us-letter", "a4": "a4"}
TEMPLATE = Path(__file__).parent / "typst" / "annual.typ"


def annual_pdf(report: Report, *, paper: str, language: str) -> bytes:
    """Return the report as a PDF on "letter" or "a4", in "en", "fr" or "es". About 0.1 s. Raises PaperError where typst cannot make it."""
    with override(language):
        return typeset(TEMPLATE, _words(report, language), paper=TYPST_PAPER[paper])


def _words(report: Report, language: str) -> dict[str, Any]:
    figures = report.figures
    numbers = {source: number for number, source in enumerate(report.sources, start=1)}
    return {
        "lang": language,
        "title": wording.title(report),
        "lead": gettext(
            "Coalition Builds bring the people who own the road together with law enforcement and government, "
            "train them, and send them out as eyes and ears."
        ),
        "footer": gettext("Annual report %(year)s") % {"year": figures.year},
        "figures": [{"label": label, "value": value} for label, value in wording.headline(report)],
        "marked": _marked(figures.year),
        "flags": [flag.text for flag in figures.flags],
        "sectors": [
            {"label": bar.label, "value": builds.worded(bar.value, bar.qualifier), "length": bar.length}
            for bar in bars(figures.by_sector, report.facts.sector_names)
        ],
        "totals": [_total(build) for build in report.totals.rows],
        "regions": [{"label": region.name, "value": count} for region, count in report.by_region],
        "followed": [_followed(wording.follow_up(row)) for row in report.followed.rows],
        "quotes": [_quote(row) for row in report.quotes.rows],
        "cuts": _cuts(report),
        "printed": [_printed(row, numbers) for row in wording.printed_rows(report)],
        "notes": [
            {"about": row.about, "text": row.text, "sources": _numbers(row.sources, numbers)}
            for row in wording.notes(report)
        ],
        "disagreements": [
            {"what": row.what, "printed": row.printed, "sources": _numbers(row.sources, numbers)}
            for row in report.discrepancies
        ],
        "sources": [_source(source) for source in report.sources],
        "sources_elsewhere": wording.sources_elsewhere(report),
        "headings": _headings(),
    }


def _marked(year: int) -> dict[str, str]:
    """Return what is said where a character has no shape in any font, and where it can be read."""
    words = gettext("Some characters cannot be printed and stand as “%(mark)s”. They can be read here:")
    return {"text": words % {"mark": MARK}, "address": settings.BASE_URL + reverse("impact_year", args=[year])}


def _source(source: str) -> dict[str, str]:
    """Return a source and the address it leads to, in ASCII: an address stays whole where its characters cannot be printed."""
    return {"text": source, "address": iri_to_uri(source) if source.startswith("http") else ""}


def _total(build: Any) -> str:
    return f"{wording.place(build)}: {builds.worded(build.total, build.total_qualifier or '')}"


def _followed(row: wording.WordedFollowUp) -> dict[str, str]:
    return {
        "what": f"{row.who}: {row.told}.",
        "place": row.where,
        "address": settings.BASE_URL + reverse("build", args=[row.slug]),
        "words": row.printed,
    }


def _quote(row: Any) -> dict[str, str]:
    """Return words and where they were said. Words of ours about what somebody said never stand in quotation marks."""
    said = gettext("In our words, not theirs") if row.is_paraphrase else gettext("In their words")
    words = row.text if row.is_paraphrase else f"“{row.text}”"
    return {"text": words, "place": f"{wording.place(row.build)}. {said}"}


def _cuts(report: Report) -> dict[str, Any]:
    """Return, for each list that is too long for paper, how much of it is shown and where all of it stands."""
    year = report.figures.year
    lists = {
        "totals": (report.totals, f"{reverse('build_list')}?year={year}&listed=1"),
        "followed": (report.followed, reverse("impact_followed", args=[year])),
        "quotes": (report.quotes, reverse("impact_said", args=[year])),
    }
    return {name: _cut(cut, path) for name, (cut, path) in lists.items()}


def _cut(cut: Cut, path: str) -> dict[str, str] | None:
    if cut.is_whole:
        return None
    return {"text": wording.cut(cut), "address": settings.BASE_URL + path}


def _printed(row: wording.PrintedRow, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "what": row.what,
        "note": row.note,
        "period": row.period,
        "value": row.number,
        "sources": _numbers(row.sources, numbers),
    }


def _numbers(sources: Iterable[str], numbers: Mapping[str, int]) -> list[int]:
    """Return the places of these sources in the list at the end, in its order."""
    return sorted(numbers[source] for source in sources)


def _headings() -> dict[str, str]:
    return {
        "flags": gettext("About these figures"),
        "who_came": gettext("Who came, by sector"),
        "sector": gettext("Sector"),
        "people": gettext("People"),
        "no_sectors": gettext("Attendance by sector was not printed for this year."),
        "totals": gettext("Single builds with a number"),
        "inside": gettext("These people are inside the year's figure where one was printed; they are not added to it."),
        "where": gettext("Builds by state and province"),
        "region": gettext("State or province"),
        "builds": gettext("Builds"),
        "no_builds": gettext("No single build of this year is known."),
        "followed": gettext("What followed"),
        "nothing_followed": gettext("No follow-up of a single build of this year is known."),
        "said": gettext("What was said"),
        "stories": gettext("Stories"),
        "no_stories": gettext(
            "No story is released for this year. A story appears here only after two people approved it and its teller agreed."
        ),
        "printed": gettext("As printed"),
        "nothing_printed": gettext("No figure of the year as a whole was printed."),
        "number": gettext("Number"),
        "period": gettext("Period"),
        "source": gettext("Source"),
        "what": gettext("What"),
        "notes": gettext("Notes of whoever collected the figures"),
        "disagree": gettext("Where publications disagree"),
        "sources": gettext("Sources"),
    }
