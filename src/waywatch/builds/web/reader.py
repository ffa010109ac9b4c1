"""Pages that everybody with a role may read: the list of builds and the page of one."""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from waywatch.accounts import api as accounts
from waywatch.audit import api as audit
from waywatch.builds import access, following, queries
from waywatch.builds.forms import FilterForm
from waywatch.builds.models import Build
from waywatch.builds.rules import trained_sentence, worded
from waywatch.builds.vocabulary import ACTS
from waywatch.lib.actors import current_actor

PAGE = 25


@require_safe
def build_list(request: HttpRequest) -> HttpResponse:
    """List the builds that this person may see, newest first, narrowed by the filters in the address."""
    actor = current_actor()
    builds = access.visible_builds(actor)
    form = FilterForm(request.GET, years=queries.years_of(builds))
    filters = form.filters()
    held_only = bool(filters.region) and "held" in request.GET
    filters = replace(filters, held_only=held_only, listed_only="listed" in request.GET)
    page = Paginator(queries.narrowed(builds, filters), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page_obj": page,
        "rows": [(build, _total(build)) for build in page],
        "form": form,
        "filters": filters,
        "query": query.urlencode(),
        "wider": _wider(query),
        "may_add": not access.adding_reach(actor).is_empty,
    }
    return render(request, "builds/list.html", context)


def _wider(query: QueryDict) -> str:
    """Return the parameters of an address without those that leave builds out as maps and reports do."""
    kept = query.copy()
    for name in ("held", "listed"):
        kept.pop(name, None)
    return kept.urlencode()


@require_safe
def build_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything known about one build, each figure with its provenance."""
    actor = current_actor()
    visible = access.build_for(actor, slug)
    build = queries.with_parts(Build.objects.filter(pk=visible.pk)).get()
    may_edit = access.may_edit(actor, build)
    context = {
        "build": build,
        "total": _total(build),
        "attendance": attendance_rows(build),
        "trained": _trained(build),
        "may_edit": may_edit,
        "may_invite": may_edit and access.adding_reach(actor).covers_region(build.region_id),
        "history": _history(build) if may_edit else [],
    }
    return render(request, "builds/build.html", context)


def _history(build: Build) -> list[dict[str, Any]]:
    """Return the newest acts with who did them, in words."""
    lines = audit.history("build", build.slug, limit=10)
    names = accounts.account_names(line.account_id for line in lines if line.account_id)
    system = gettext("the system")
    return [
        {
            "at": line.at,
            "who": names.get(line.account_id, system) if line.account_id else system,
            "what": ACTS[line.action],
        }
        for line in lines
    ]


def _total(build: Any) -> str:
    """Return the total with its word; `with_totals` annotated the build."""
    return worded(build.total, build.total_qualifier or "")


def attendance_rows(build: Build) -> list[dict[str, Any]]:
    """Return the attendance by sector: what was recorded first, then what was said."""
    rows: list[dict[str, Any]] = [
        {"sector": row.sector, "shown": str(row.count), "provenance": "recorded", "sources": [], "part": None}
        for row in build.attendance_counts.all()
    ]
    rows += [
        {
            "sector": figure.sector,
            "shown": worded(figure.value, figure.qualifier),
            "provenance": figure.provenance,
            "sources": figure.sources,
            "part": figure,
        }
        for figure in build.attendancefigures.all()
    ]
    return rows


def _trained(build: Build) -> str:
    found = following.trained_after(Build.objects.filter(pk=build.pk))
    return trained_sentence(found.counted, found.actors_without_count, found.qualifier)
