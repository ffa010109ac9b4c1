"""Pages of organisations, for whoever looks after them: list, one, add, change, close, export."""

import csv
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waywatch.directory import access, api, queries
from waywatch.directory.actions import organisations as actions
from waywatch.directory.errors import AlreadyThereError, ChangedMeanwhileError
from waywatch.directory.forms.fields import LineField
from waywatch.directory.forms.organisations import FilterForm, NewOrganisationForm, OrganisationForm, ServedForm
from waywatch.directory.models import Organisation
from waywatch.directory.web import shown
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import acting
from waywatch.lib.text import spreadsheet_cell

PAGE = 25
EXPORT_HEADER = ("name", "kind", "sector", "region", "county", "serves", "city", "website", "closed", "verified_on")


def narrowing(request: HttpRequest) -> dict[str, object]:
    """Return what the frame of each list needs: the search in the address without its page, and whether there is one."""
    parameters = request.GET.copy()
    parameters.pop("page", None)
    return {"query": parameters.urlencode(), "narrowed": any(parameters.values())}


@login_required
@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Show the organisations that the reader may see, narrowed, sorted, 25 a page."""
    actor = acting(request)
    access.enter(actor)
    form = FilterForm(request.GET)
    found = Paginator(queries.organisations(actor, form.filters(), clock.today()), PAGE)
    context = {
        "form": form,
        "page_obj": found.get_page(request.GET.get("page")),
        "total": found.count,
        **narrowing(request),
        "is_keeper": not access.keeper_reach(actor).is_empty,
    }
    return render(request, "directory/organisation_list.html", context)


@login_required
@require_safe
def organisation_export(request: HttpRequest) -> HttpResponse:
    """Give the narrowed list as CSV, without any person or contact value; the audit log says who took it."""
    actor = acting(request)
    access.enter_as_keeper(actor)
    form = FilterForm(request.GET)
    filters = form.filters()
    rows = list(queries.organisations(actor, filters, clock.today()).prefetch_related("served"))
    actions.record_export(actor, rows=len(rows), sector=filters.sector, region=filters.region)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="organisations.csv"'
    writer = csv.writer(response)
    writer.writerow(EXPORT_HEADER)
    writer.writerows([spreadsheet_cell(cell) for cell in _cells(row)] for row in rows)
    return response


def _cells(row: Organisation) -> tuple[str, ...]:
    return (
        row.name,
        row.kind,
        row.sector_id or "",
        row.region_id or "",
        row.county_id or "",
        " ".join(sorted({served.county_id or served.region_id for served in row.served.all()})),
        row.city,
        row.website,
        row.closed_at.date().isoformat() if row.closed_at else "",
        str(getattr(row, "verified_on", None) or ""),
    )


@login_required
@require_safe
def organisation_suggest(request: HttpRequest) -> HttpResponse:
    """Give up to ten open organisations whose name or city begins with the words, as JSON."""
    actor = acting(request)
    access.enter(actor)
    field = LineField(max_length=200, required=False)
    try:
        words = field.clean(request.GET.get("words", ""))
    except ValidationError:
        words = ""
    cards = api.search_organisations(actor, words, limit=10) if words else []
    found = [{"id": str(card.id), "name": card.name, "city": card.city, "region": card.region} for card in cards]
    return JsonResponse({"organisations": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Add an organisation; ask first whether it is one that is already there."""
    actor = acting(request)
    reach = access.enter_as_keeper(actor)
    form = NewOrganisationForm(request.POST or None, regions=None if reach.everywhere else reach.regions)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        alike = queries.lookalikes(actor, facts.name, facts.region_code)
        if alike and not form.cleaned_data["another"]:
            form.ask()
            return render(request, "directory/organisation_form.html", {"form": form, "lookalikes": alike})
        try:
            row = actions.add_organisation(actor, facts=facts)
        except AlreadyThereError as error:
            form.add_error("name", str(error))
            context["existing_id"] = error.existing_id
        else:
            messages.success(request, gettext("%(name)s is in the directory.") % {"name": row.name})
            return redirect("organisation", row.pk)
    return render(request, "directory/organisation_form.html", context)


@login_required
@require_safe
def organisation(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Show one organisation: facts, jurisdictions, people, contact points, history."""
    actor = acting(request)
    row = access.organisation_for(actor, organisation_id)
    posts = list(queries.posts_in(row))
    own = list(row.contact_points.filter(closed_at=None))
    points = shown.point_rows([*own, *(point for post in posts for point in queries.points_of(post))])
    context = {
        "organisation": row,
        "served": row.served.select_related("region", "county"),
        "posts": [(post, [each for each in points if each.point.post_id == post.pk]) for post in posts],
        "points": [each for each in points if each.point.organisation_id],
        "history": shown.history(actions.KIND, row.pk),
        "may_edit": access.may_edit(actor, row),
        "may_keep": access.may_keep_people(actor, row),
        "served_form": ServedForm(),
    }
    return render(request, "directory/organisation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Change the facts. Where somebody else saved meanwhile, show both and keep what was typed."""
    actor = acting(request)
    row = access.organisation_for(actor, organisation_id)
    access.must(access.may_edit(actor, row))
    reach = access.keeper_reach(actor)
    form = OrganisationForm(
        request.POST or None,
        regions=None if reach.everywhere else reach.regions,
        stored=row,
        initial=OrganisationForm.initial_of(row),
    )
    context: dict[str, object] = {"form": form, "organisation": row}
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            actions.edit_organisation(actor, organisation=row, version=version, facts=form.facts())
        except ChangedMeanwhileError as error:
            keep_typed(form, error)
            context["clash"] = shown.differences(error.differences)
        except AlreadyThereError as error:
            form.add_error("name", str(error))
            context["existing_id"] = error.existing_id
        else:
            messages.success(request, gettext("The changes are saved."))
            return redirect("organisation", row.pk)
    return render(request, "directory/organisation_form.html", context)


def keep_typed(form: Form, error: ChangedMeanwhileError) -> None:
    """Leave what was typed in the form, with the newest version under it, so that saving again is a decision."""
    form.add_error(None, str(error))
    form.data = {**dict(form.data.items()), "version": str(error.version)}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_close(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Ask, then close the organisation."""
    actor = acting(request)
    row = access.organisation_for(actor, organisation_id)
    access.must(access.may_edit(actor, row))
    if request.method == "POST":
        actions.close_organisation(actor, organisation=row)
        messages.success(request, gettext("%(name)s is closed.") % {"name": row.name})
        return redirect("organisation", row.pk)
    return render(request, "directory/organisation_close.html", {"organisation": row})


@login_required
@require_POST
def organisation_reopen(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Take a closed organisation into use again."""
    actor = acting(request)
    row = access.organisation_for(actor, organisation_id)
    actions.reopen_organisation(actor, organisation=row)
    messages.success(request, gettext("%(name)s is in use again.") % {"name": row.name})
    return redirect("organisation", row.pk)


@login_required
@require_POST
def served_add(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Add a jurisdiction that the organisation serves."""
    actor = acting(request)
    row = access.organisation_for(actor, organisation_id)
    access.must(access.may_edit(actor, row))
    form = ServedForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "organisation": row}
        return render(request, "directory/served_form.html", context)
    county = form.found_county
    served = actions.add_served(
        actor,
        organisation=row,
        region_code=form.cleaned_data["region"],
        county_code=county.code if county else None,
        since=form.cleaned_data["since"],
    )
    messages.success(request, _serves(served.region_id, county))
    return redirect("organisation", row.pk)


def _serves(region_code: str, county: geo.CountyInfo | None) -> str:
    region = geo.region(region_code)
    names = {"region": region.name if region else region_code, "county": county.name if county else ""}
    if county:
        return gettext("The organisation serves %(county)s, %(region)s.") % names
    return gettext("The organisation serves %(region)s.") % names


@login_required
@require_POST
def served_remove(request: HttpRequest, served_id: uuid.UUID) -> HttpResponse:
    """Take a served jurisdiction away."""
    actor = acting(request)
    served = access.served_for(actor, served_id)
    actions.remove_served(actor, served=served)
    messages.success(request, gettext("The jurisdiction is taken away."))
    return redirect("organisation", served.organisation_id)
