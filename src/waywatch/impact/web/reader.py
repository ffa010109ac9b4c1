"""The map, the glances, the annual reports. Anybody with a role may read them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from waywatch.builds import api as builds
from waywatch.geo import api as geo
from waywatch.impact import access, drawing, queries
from waywatch.impact.export import as_json
from waywatch.impact.pdf import PAPERS, annual_pdf
from waywatch.lib.actors import current_actor
from waywatch.lib.errors import NotFoundError

MOST = 25


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """Show the builds on a map of both countries, and the same facts as a table."""
    visible = builds.visible_builds(current_actor())
    regions = drawing.map_regions(builds.count_by_region(visible), builds.covered_regions(visible))
    countries = [
        (country, sorted((row for row in regions if row.shape.code[:2] == country.code), key=lambda row: row.name))
        for country in (geo.country("US"), geo.country("CA"))
        if country
    ]
    context = {"regions": regions, "countries": countries, "view_box": geo.map_shapes().view_box}
    return render(request, "impact/map.html", context)


@require_safe
def glance(request: HttpRequest, code: str) -> HttpResponse:
    """Show a state or province: builds, who came, co-hosts, what was adopted since, people trained."""
    visible = builds.visible_builds(current_actor())
    region = _region(code)
    held = builds.in_region(region.code) & visible
    trained = builds.trained_after(held)
    found = builds.recorded(held)
    context = {
        "region": region,
        "held": builds.with_sectors(held)[:MOST],
        "found": found,
        "trained": builds.trained_sentence(trained.counted, trained.actors_without_count, trained.qualifier),
        "adoptions": builds.adoptions(held, MOST),
        "quotes": builds.quotes_of(held, MOST),
        "cohosts": builds.cohosts_of(held, MOST),
        "cohost_count": builds.cohost_count(held),
        "shape": next((shape for shape in geo.map_shapes().regions if shape.code == region.code), None),
        "view_box": geo.map_shapes().view_box,
        "shapes": geo.map_shapes().regions,
    }
    return render(request, "impact/glance.html", context)


def _region(code: str) -> geo.RegionInfo:
    region = geo.region(code.upper())
    if region is None:
        raise NotFoundError(gettext("This page does not exist, or it is not for you."))
    return region


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """List the years that have a report."""
    access.enter(current_actor())
    return render(request, "impact/years.html", {"years": queries.report_years()})


@require_safe
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """Show the annual report; every number leads to the records under it."""
    report = _report(year)
    names = report.facts.sector_names
    context: dict[str, Any] = {
        "report": report,
        "figures": report.figures,
        "bars": drawing.bars(report.figures.by_sector, names),
        "total": builds.worded(report.figures.total, report.figures.total_qualifier),
        "trained": _trained(report),
        "follow_ups": [(builds.FollowUpKind(kind).label, count) for kind, count in sorted(report.follow_ups.items())],
        "printed": [(report.facts.title(key), key, rows) for key, rows in report.facts.printed()],
        "papers": PAPERS,
    }
    return render(request, "impact/year.html", context)


@require_safe
def year_json(request: HttpRequest, year: int) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Give the report to a program."""
    return JsonResponse(as_json(_report(year)), json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def year_pdf(request: HttpRequest, year: int, paper: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Give the report as a tagged PDF, on letter or A4 paper, in the reader's language."""
    if paper not in PAPERS:
        raise NotFoundError(gettext("This page does not exist, or it is not for you."))
    content = annual_pdf(_report(year), paper=paper, language=(get_language() or "en")[:2])
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="waywatch-annual-report-{year}-{paper}.pdf"'
    return response


def _trained(report: queries.Report) -> str:
    figures = report.figures
    return builds.trained_sentence(figures.trained, figures.actors_without_count, figures.trained_qualifier)


def _report(year: int) -> queries.Report:
    access.enter(current_actor())
    if year not in queries.report_years():
        raise NotFoundError(gettext("There is no report of this year."))
    return queries.report(year)
