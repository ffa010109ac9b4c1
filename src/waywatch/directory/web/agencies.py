"""The list of law enforcement agencies: names of one year, to look up. Nothing is ever routed by them."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from waywatch.directory import access
from waywatch.directory.forms.places import AgencySearchForm
from waywatch.directory.web.organiser import narrowing
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import acting

MOST_PAGES = 10_000


@login_required
@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    """List agencies by state, county, kind and words of the name, a page at a time."""
    access.enter(acting(request))
    form = AgencySearchForm(request.GET)
    found = _search(form, request.GET.get("page", ""))
    context = {
        "form": form,
        "found": found,
        "page_obj": Paginator(range(found.total), found.per_page).get_page(found.page),
        "total": found.total,
        **narrowing(request),
        **agencies_age(),
    }
    return render(request, "directory/agency_list.html", context)


def agencies_age() -> dict[str, int]:
    """Return what a page must say with any agency: the year of the fact, and how many years ago that was."""
    return {"agencies_as_of": geo.AGENCIES_AS_OF, "agencies_age": clock.today().year - geo.AGENCIES_AS_OF}


def page_number(typed: str) -> int:
    """Return the number of the page that an address asks for; 1 where it is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len(str(MOST_PAGES)) else 1


def _search(form: AgencySearchForm, page: str) -> geo.AgencyPage:
    if not form.is_valid():
        return geo.AgencyPage([], total=0, page=1, per_page=1)
    data, county = form.cleaned_data, form.found_county
    return geo.search_agencies(
        text=data["words"],
        region=data["region"] or None,
        county=county.code if county else None,
        kind=data["kind"] or None,
        page=page_number(page),
    )
