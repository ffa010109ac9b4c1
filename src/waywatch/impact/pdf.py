"""The annual report on paper: typst arranges, gettext words. Tagged, so that a screen reader can walk it."""

import json
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext, override

from waywatch.builds import api as builds
from waywatch.impact.drawing import bars
from waywatch.impact.queries import Report
from waywatch.impact.rules import Printed

PAPERS = ("letter", "a4")
TYPST_PAPER = {"letter": "us-letter", "a4": "a4"}
TEMPLATE = Path(__file__).parent / "typst" / "annual.typ"


def annual_pdf(report: Report, *, paper: str, language: str) -> bytes:
    """Return the report as a PDF on "letter" or "a4", in "en", "fr" or "es". About 0.1 s."""
    with override(language):
        data = json.dumps(_words(report, language), ensure_ascii=False)
    inputs = {"data": data, "paper": TYPST_PAPER[paper]}
    content: bytes = typst.compile(str(TEMPLATE), sys_inputs=inputs, ignore_system_fonts=True, pdf_standards=["ua-1"])
    return content


def _words(report: Report, language: str) -> dict[str, Any]:
    figures = report.figures
    return {
        "lang": language,
        "title": gettext("Coalition Builds in %(year)s") % {"year": figures.year},
        "lead": gettext(
            "Coalition Builds bring the people who own the road together with law enforcement and government, "
            "train them, and send them out as eyes and ears."
        ),
        "footer": gettext("Annual report %(year)s") % {"year": figures.year},
        "figures": _figures(report),
        "flags": [flag.text for flag in figures.flags],
        "sectors": [
            {"label": bar.label, "value": builds.worded(bar.value, bar.qualifier), "length": bar.length}
            for bar in bars(figures.by_sector, report.facts.sector_names)
        ],
        "totals": [_total(build) for build in report.totals],
        "regions": [{"label": region.name, "value": count} for region, count in report.by_region],
        "followed": [_followed(row) for row in (*report.trainings, *report.adoptions)],
        "quotes": [_quote(row) for row in report.quotes],
        "printed": [_printed(report, key, row) for key, rows in report.facts.printed() for row in rows],
        "disagreements": [{"what": row.what, "printed": row.printed} for row in report.discrepancies],
        "sources": list(report.sources),
        "headings": _headings(),
    }


def _figures(report: Report) -> list[dict[str, str]]:
    figures = report.figures
    return [
        {"label": gettext("Builds"), "value": builds.worded(figures.builds, "")},
        {"label": gettext("US states"), "value": builds.worded(figures.us_states, "")},
        {"label": gettext("Canadian provinces"), "value": builds.worded(figures.ca_provinces, "")},
        {"label": gettext("People who came"), "value": builds.worded(figures.total, figures.total_qualifier)},
        {
            "label": gettext("People trained afterwards"),
            "value": builds.trained_sentence(figures.trained, figures.actors_without_count, figures.trained_qualifier),
        },
    ]


def _total(build: Any) -> str:
    place = build.city or build.region.name
    return f"{place}: {builds.worded(build.total, build.total_qualifier or '')}"


def _followed(row: Any) -> str:
    number = gettext("no number given") if row.count is None else builds.worded(row.count, row.qualifier)
    place = row.build.city or row.build.slug
    return f"{row.actor_name}: {row.get_kind_display()} ({number}). {place}"


def _quote(row: Any) -> dict[str, str]:
    """Return words and where they were said. Words of ours about what somebody said never stand in quotation marks."""
    said = gettext("In our words, not theirs") if row.is_paraphrase else gettext("In their words")
    words = row.text if row.is_paraphrase else f"“{row.text}”"
    return {"text": words, "place": f"{row.build.city or row.build.slug}. {said}"}


def _printed(report: Report, key: str, row: Printed) -> dict[str, str]:
    return {"what": report.facts.title(key), "value": builds.worded(row.value, row.qualifier), "source": row.source}


def _headings() -> dict[str, str]:
    return {
        "flags": gettext("About these figures"),
        "who_came": gettext("Who came, by sector"),
        "sector": gettext("Sector"),
        "people": gettext("People"),
        "no_sectors": gettext("Attendance by sector was not printed for this year."),
        "inside": gettext("These people are inside the year's figure where one was printed; they are not added to it."),
        "where": gettext("Builds by state and province"),
        "region": gettext("State or province"),
        "builds": gettext("Builds"),
        "no_builds": gettext("No single build of this year is known."),
        "followed": gettext("What followed"),
        "nothing_followed": gettext("Nothing was printed of what followed."),
        "said": gettext("What was said"),
        "stories": gettext("Stories"),
        "no_stories": gettext(
            "No story is released for this year. A story appears here only after two people approved it and its teller agreed."
        ),
        "printed": gettext("As printed"),
        "number": gettext("Number"),
        "source": gettext("Source"),
        "what": gettext("What"),
        "disagree": gettext("Where publications disagree"),
        "sources": gettext("Sources"),
    }
