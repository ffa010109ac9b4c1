"""Pages of people, their posts and the contact points of both."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waywatch.directory import access, queries
from waywatch.directory.actions import contact_points, people
from waywatch.directory.errors import ChangedMeanwhileError
from waywatch.directory.forms.contact_points import ContactPointForm
from waywatch.directory.forms.people import EndPostForm, NewPersonForm, NewPostForm, PeopleFilterForm, PersonForm
from waywatch.directory.models import ContactPoint, Organisation, Person, Post
from waywatch.directory.web import shown
from waywatch.directory.web.organiser import PAGE, acting, keep_typed
from waywatch.lib.errors import InvalidError

FORM = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Show the people whom the reader may see, with their posts, narrowed, 25 a page."""
    actor = acting(request)
    access.enter(actor)
    form = PeopleFilterForm(request.GET)
    found = queries.people(actor, form.filters())
    parameters = request.GET.copy()
    parameters.pop("page", None)
    context = {
        "form": form,
        "page_obj": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "query": parameters.urlencode(),
        "narrowed": any(parameters.values()),
    }
    return render(request, "directory/person_list.html", context)


@login_required
@require_safe
def person(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Show a person: posts that the reader may see, contact points, history."""
    actor = acting(request)
    row = access.person_for(actor, person_id)
    posts = list(queries.posts_of(actor, row))
    points = shown.point_rows(point for post in posts for point in queries.points_of(post))
    kept = set(access.kept_organisations(actor).values_list("pk", flat=True))
    context = {
        "person": row,
        "posts": [
            (post, [each for each in points if each.point.post_id == post.pk], post.organisation_id in kept)
            for post in posts
        ],
        "history": shown.history(people.KIND, row.pk),
        "may_keep": access.may_keep_person(actor, row),
    }
    return render(request, "directory/person.html", context)


@login_required
@require_http_methods(FORM)
def person_new(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Add a person with a first post in this organisation."""
    actor = acting(request)
    organisation = access.organisation_for(actor, organisation_id)
    access.must(access.may_keep_people(actor, organisation))
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = people.add_person(
                actor, organisation=organisation, name=data["name"], language=data["language"], post=form.facts()
            )
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("%(name)s is in the directory.") % {"name": row.name})
            return redirect("person", row.pk)
    return _form(request, form, gettext("Add a person"), organisation=organisation)


@login_required
@require_http_methods(FORM)
def person_edit(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Change a person's name or language. Where somebody else saved meanwhile, show both and keep what was typed."""
    actor = acting(request)
    row = access.person_for(actor, person_id)
    access.must(access.may_keep_person(actor, row))
    initial = {"name": row.name, "language": row.language, "version": row.version}
    form = PersonForm(request.POST or None, initial=initial)
    clash: list[shown.Difference] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        version = data["version"] or 0
        try:
            people.edit_person(actor, person=row, version=version, name=data["name"], language=data["language"])
        except ChangedMeanwhileError as error:
            keep_typed(form, error)
            clash = shown.differences(error.differences)
        else:
            messages.success(request, gettext("The changes are saved."))
            return redirect("person", row.pk)
    return _form(request, form, gettext("Change a person"), person=row, clash=clash)


@login_required
@require_http_methods(FORM)
def post_new(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Give a person one more post."""
    actor = acting(request)
    row = access.person_for(actor, person_id)
    access.enter_as_keeper(actor)
    kept = {str(each.pk): each for each in access.kept_organisations(actor).order_by("name", "id")}
    form = NewPostForm(request.POST or None, organisations=[(key, each.name) for key, each in kept.items()])
    if request.method == "POST" and form.is_valid():
        organisation = kept[form.cleaned_data["organisation"]]
        try:
            people.add_post(actor, person=row, organisation=organisation, post=form.facts())
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The post is added."))
            return redirect("person", row.pk)
    return _form(request, form, gettext("Add a post"), person=row)


@login_required
@require_http_methods(FORM)
def post_end(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Ask for the last day, then end the post and close its contact points."""
    actor = acting(request)
    row = access.post_for(actor, post_id)
    access.must(access.may_keep_people(actor, row.organisation))
    form = EndPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.end_post(actor, post=row, until=form.cleaned_data["until"])
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The post is ended, and its contact points are closed."))
            return redirect("person", row.person_id)
    return render(request, "directory/post_end.html", {"form": form, "post": row})


@login_required
@require_http_methods(FORM)
def organisation_point_new(request: HttpRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Add a contact point to an organisation."""
    holder = access.organisation_for(acting(request), organisation_id)
    return _point_new(request, holder, organisation=holder)


@login_required
@require_http_methods(FORM)
def post_point_new(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Add a contact point to a post."""
    holder = access.post_for(acting(request), post_id)
    return _point_new(request, holder, person=holder.person)


def _point_new(request: HttpRequest, holder: Organisation | Post, **context: Any) -> HttpResponse:
    actor = acting(request)
    organisation = holder if isinstance(holder, Organisation) else holder.organisation
    access.must(access.may_keep_people(actor, organisation))
    form = ContactPointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact_points.add_contact_point(actor, holder=holder, facts=form.facts())
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(
                request, gettext("The contact point is added. It counts as unverified until somebody verifies it.")
            )
            return _to_holder(holder)
    return _form(request, form, gettext("Add a contact point"), **context)


@login_required
@require_POST
def point_verify(request: HttpRequest, point_id: uuid.UUID) -> HttpResponse:
    """Note that the contact point was verified today."""
    actor = acting(request)
    row = access.contact_point_for(actor, point_id)
    contact_points.verify_contact_point(actor, point=row)
    messages.success(request, gettext("The contact point is verified as of today."))
    return _to_holder(_holder(row))


@login_required
@require_http_methods(FORM)
def point_close(request: HttpRequest, point_id: uuid.UUID) -> HttpResponse:
    """Ask, then close a contact point."""
    actor = acting(request)
    row = access.contact_point_for(actor, point_id)
    access.must(access.may_keep_people(actor, access.organisation_of(row)))
    if request.method == "POST":
        contact_points.close_contact_point(actor, point=row)
        messages.success(request, gettext("The contact point is closed."))
        return _to_holder(_holder(row))
    (shown_point,) = shown.point_rows([row])
    return render(request, "directory/point_close.html", {"row": shown_point, "holder": _holder(row)})


def refuse(form: Form, error: InvalidError) -> None:
    """Put an action's refusal at the field it is about."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _holder(point: ContactPoint) -> Organisation | Post:
    holder = point.organisation or point.post
    assert holder is not None  # directory_contact_point_has_one_holder
    return holder


def _to_holder(holder: Organisation | Post) -> HttpResponse:
    if isinstance(holder, Organisation):
        return redirect("organisation", holder.pk)
    return redirect("person", holder.person_id)


def _form(
    request: HttpRequest,
    form: Form,
    heading: str,
    *,
    organisation: Organisation | None = None,
    person: Person | None = None,
    clash: list[shown.Difference] | None = None,
) -> HttpResponse:
    context = {"form": form, "heading": heading, "organisation": organisation, "person": person, "clash": clash}
    return render(request, "directory/person_form.html", context)
