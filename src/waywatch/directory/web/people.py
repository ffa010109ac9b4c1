"""Pages of people and their posts."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from waywatch.directory import access, queries
from waywatch.directory.actions import people
from waywatch.directory.errors import ChangedMeanwhileError
from waywatch.directory.forms.people import (
    EditPostForm,
    EndPostForm,
    NewPersonForm,
    NewPostForm,
    PeopleFilterForm,
    PersonForm,
)
from waywatch.directory.models import Organisation, Person
from waywatch.directory.web import shown
from waywatch.directory.web.organiser import PAGE, keep_typed, narrowing
from waywatch.lib.actors import acting
from waywatch.lib.errors import InvalidError

FORM = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Show the people whom the reader may see, with their posts, narrowed, 25 a page."""
    actor = acting(request)
    access.enter(actor)
    form = PeopleFilterForm(request.GET)
    found = Paginator(queries.people(actor, form.filters()), PAGE)
    context = {
        "form": form,
        "page_obj": found.get_page(request.GET.get("page")),
        "total": found.count,
        **narrowing(request),
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
    return person_form(request, form, gettext("Add a person"), organisation=organisation)


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
    return person_form(request, form, gettext("Change a person"), person=row, clash=clash)


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
    return person_form(request, form, gettext("Add a post"), person=row)


@login_required
@require_http_methods(FORM)
def post_edit(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """Change a post. Where somebody else saved meanwhile, show both and keep what was typed."""
    actor = acting(request)
    row = access.post_for(actor, post_id)
    access.must(access.may_keep_people(actor, row.organisation))
    form = EditPostForm(request.POST or None, stored=row, initial=EditPostForm.initial_of(row))
    clash: list[shown.Difference] = []
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            people.edit_post(actor, post=row, version=version, facts=form.facts(), until=form.last_day())
        except ChangedMeanwhileError as error:
            keep_typed(form, error)
            clash = shown.differences(error.differences)
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The changes are saved."))
            return redirect("person", row.person_id)
    heading = gettext("Change a post at %(organisation)s") % {"organisation": row.organisation.name}
    return person_form(request, form, heading, person=row.person, clash=clash)


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


def refuse(form: Form, error: InvalidError) -> None:
    """Put an action's refusal at the field it is about."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


def person_form(
    request: HttpRequest,
    form: Form,
    heading: str,
    *,
    organisation: Organisation | None = None,
    person: Person | None = None,
    clash: list[shown.Difference] | None = None,
) -> HttpResponse:
    """Show the form of something that belongs to an organisation or a person, and where a clash is, what differs."""
    context = {"form": form, "heading": heading, "organisation": organisation, "person": person, "clash": clash}
    return render(request, "directory/person_form.html", context)
