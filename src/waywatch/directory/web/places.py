"""Pages of places on the road: reference data for every reader of the directory, additions by those who keep it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from waywatch.directory import access
from waywatch.directory.actions import places as actions
from waywatch.directory.forms.places import PlaceSearchForm
from waywatch.directory.web import shown
from waywatch.directory.web.agencies import agencies_age, page_number
from waywatch.directory.web.organiser import narrowing
from waywatch.directory.web.people import FORM, refuse
from waywatch.geo import api as geo
from waywatch.lib.actors import acting
from waywatch.lib.errors import InvalidError

NEAR_KM = 50
MOST_NEAR = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A place in a list; `km` only where a point was given."""

    place: geo.PlaceInfo
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The places that a search gave. `page` stands where there are more than fit on one."""

    rows: Sequence[Row]
    total: int
    is_near: bool = False
    page: Page[int] | None = None


@login_required
@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """List places by words, near a point, or along a highway."""
    actor = acting(request)
    access.enter(actor)
    form = PlaceSearchForm(request.GET)
    found = _search(form, request.GET.get("page", ""))
    context = {
        "form": form,
        "found": found,
        "page_obj": found.page,
        "total": found.total,
        **narrowing(request),
        "is_keeper": not access.keeper_reach(actor).is_empty,
    }
    return render(request, "directory/place_list.html", context)


def _search(form: PlaceSearchForm, page: str) -> Found:
    if not form.is_valid():
        return Found([], 0)
    data = form.cleaned_data
    kinds = [data["kind"]] if data["kind"] else []
    if data["lat"] is not None:
        near = geo.places_near(data["lat"], data["lon"], km=data["km"] or NEAR_KM, kinds=kinds, limit=MOST_NEAR)
        return Found([Row(each.place, each.km) for each in near], len(near), is_near=True)
    if data["highway"]:
        along = geo.places_along(
            data["region"], data["highway"], from_milepost=data["from_milepost"], to_milepost=data["to_milepost"]
        )
        rows = [Row(each) for each in along if not kinds or each.kind in kinds]
        return Found(rows, len(rows))
    result = geo.search_places(text=data["words"], region=data["region"] or None, kinds=kinds, page=page_number(page))
    numbered = Paginator(range(result.total), result.per_page).get_page(result.page)
    return Found([Row(each) for each in result.places], result.total, page=numbered)


@login_required
@require_safe
def place(request: HttpRequest, place_id: uuid.UUID) -> HttpResponse:
    """Show one place, what is near it, and its history."""
    actor = acting(request)
    row = access.place_for(actor, place_id)
    near = geo.places_near(row.lat, row.lon, km=NEAR_KM, limit=6)
    context = {
        "place": row,
        "near": [each for each in near if each.place.id != row.id],
        "agencies": geo.search_agencies(region=row.region, county=row.county.code) if row.county else None,
        **agencies_age(),
        "history": shown.history(actions.KIND, row.id),
        "may_edit": access.may_edit_place(actor, row),
    }
    return render(request, "directory/place.html", context)


@login_required
@require_http_methods(FORM)
def place_new(request: HttpRequest) -> HttpResponse:
    """Add a place."""
    actor = acting(request)
    access.enter_as_keeper(actor)
    form = geo.PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_place(actor, draft=form.draft())
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The place is added."))
            return redirect("place", row.id)
    return render(request, "directory/place_form.html", {"form": form})


@login_required
@require_http_methods(FORM)
def place_edit(request: HttpRequest, place_id: uuid.UUID) -> HttpResponse:
    """Change a place that the actor added."""
    actor = acting(request)
    row = access.place_for(actor, place_id)
    access.must(access.may_edit_place(actor, row))
    form = geo.PlaceForm(request.POST or None, initial=geo.PlaceForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_place(actor, place_id=row.id, draft=form.draft())
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The changes are saved."))
            return redirect("place", row.id)
    return render(request, "directory/place_form.html", {"form": form, "place": row})


@login_required
@require_http_methods(FORM)
def place_close(request: HttpRequest, place_id: uuid.UUID) -> HttpResponse:
    """Ask, then close a place that the actor added."""
    actor = acting(request)
    row = access.place_for(actor, place_id)
    access.must(access.may_edit_place(actor, row))
    if request.method == "POST":
        actions.close_place(actor, place_id=row.id)
        messages.success(request, gettext("The place is closed."))
        return redirect("place_list")
    return render(request, "directory/place_close.html", {"place": row})
