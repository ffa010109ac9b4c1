"""The whole lists of which a glance or an annual report shows the beginning, page by page. Anybody with a role may read them."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from waywatch.builds import api as builds
from waywatch.impact import access, wording
from waywatch.impact.vocabulary import kinds_named
from waywatch.lib.actors import current_actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """The builds that a list is about, and the page that it belongs to."""

    held: Any
    name: str
    back: str


def _year(year: int) -> Scope:
    held = access.year_for(current_actor(), year)
    return Scope(held, gettext("Annual report %(year)s") % {"year": year}, reverse("impact_year", args=[year]))


def _region(code: str) -> Scope:
    region, held = access.region_for(current_actor(), code)
    return Scope(held, region.name, reverse("glance", args=[code]))


@require_safe
def year_followed(request: HttpRequest, year: int) -> HttpResponse:
    """List what followed the builds of a year: the rows under each count of its report."""
    return _followed(request, _year(year))


@require_safe
def region_followed(request: HttpRequest, code: str) -> HttpResponse:
    """List what followed the builds of a state or province."""
    return _followed(request, _region(code))


@require_safe
def year_said(request: HttpRequest, year: int) -> HttpResponse:
    """List what was said about the builds of a year."""
    return _said(request, _year(year))


@require_safe
def region_said(request: HttpRequest, code: str) -> HttpResponse:
    """List what was said about the builds of a state or province."""
    return _said(request, _region(code))


@require_safe
def region_cohosts(request: HttpRequest, code: str) -> HttpResponse:
    """List who held the builds of a state or province with us, build by build."""
    scope = _region(code)
    context = _context(request, scope, builds.cohost_rows(scope.held))
    return render(request, "impact/cohosts.html", context | {"count": builds.cohost_count(scope.held)})


def _followed(request: HttpRequest, scope: Scope) -> HttpResponse:
    title, kinds = kinds_named(request.GET.get("what", ""))
    context = _context(request, scope, builds.follow_ups(scope.held, kinds))
    rows = [wording.follow_up(row) for row in context["page_obj"]]
    return render(request, "impact/followed.html", context | {"title": title, "rows": rows})


def _said(request: HttpRequest, scope: Scope) -> HttpResponse:
    return render(request, "impact/said.html", _context(request, scope, builds.quotes_of(scope.held)))


def _context(request: HttpRequest, scope: Scope, rows: Any) -> dict[str, Any]:
    """Return what each list shows: one page of its rows, and how its address goes on."""
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return {"scope": scope, "page_obj": page, "query": query.urlencode()}
