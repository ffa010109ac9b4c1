"""The map, the glances, the annual reports. Anybody with a role may read them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from waywatch.builds import api as builds
from waywatch.geo import api as geo
from waywatch.impact import access, drawing, queries, wording
from waywatch.impact.export import as_json
from waywatch.impact.pdf import PAPERS, annual_pdf
from waywatch.impact.vocabulary import GROUP_TITLES
from waywatch.lib.actors import current_actor
from waywatch.lib.errors import not_found

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
    region, held = access.region_for(current_actor(), code)
    trained = builds.trained_after(held)
    quotes = builds.quotes_of(held)
    context = {
        "region": region,
        "held": builds.with_sectors(held)[:MOST],
        "found": builds.recorded(held),
        "trained": builds.trained_sentence(trained.counted, trained.actors_without_count, trained.qualifier),
        "groups": _groups(held),
        "quotes": queries.Cut(tuple(quotes[:MOST]), quotes.count()),
        "cohosts": builds.cohosts_of(held, MOST),
        "cohost_count": builds.cohost_count(held),
        "shape": next((shape for shape in geo.map_shapes().regions if shape.code == region.code), None),
        "view_box": geo.map_shapes().view_box,
        "shapes": geo.map_shapes().regions,
    }
    return render(request, "impact/glance.html", context)


def _groups(held: Any) -> list[dict[str, Any]]:
    """Return what followed in groups, each with its name in addresses, its title, its first rows and how many there are."""
    return [
        {
            "name": name,
            "title": GROUP_TITLES[name],
            "rows": [wording.follow_up(row) for row in cut.rows],
            "total": cut.total,
        }
        for name, cut in queries.followed_by_group(held, MOST).items()
    ]


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """List the years that have a report."""
    access.enter(current_actor())
    return render(request, "impact/years.html", {"years": queries.report_years()})


@require_safe
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """Show the annual report; every number leads to the records under it."""
    report = _report(year)
    context: dict[str, Any] = {
        "report": report,
        "figures": report.figures,
        "bars": drawing.bars(report.figures.by_sector, report.facts.sector_names),
        "total": builds.worded(report.figures.total, report.figures.total_qualifier),
        "trained": wording.trained(report),
        "notes": wording.notes(report),
        "follow_ups": wording.follow_up_counts(report),
        "followed": [wording.follow_up(row) for row in report.followed.rows],
        "printed": wording.printed_rows(report),
        "builds_of_year": f"{reverse('build_list')}?year={year}&listed=1",
        "sources_elsewhere": wording.sources_elsewhere(report),
        "papers": PAPERS.items(),
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
        raise not_found()
    content = annual_pdf(_report(year), paper=paper, language=(get_language() or "en")[:2])
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="waywatch-annual-report-{year}-{paper}.pdf"'
    return response


def _report(year: int) -> queries.Report:
    access.year_for(current_actor(), year)
    return queries.report(year)
