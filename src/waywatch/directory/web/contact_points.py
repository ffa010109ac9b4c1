"""Pages of the contact points of organisations and posts."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from waywatch.directory import access
from waywatch.directory.actions import contact_points
from waywatch.directory.errors import ChangedMeanwhileError
from waywatch.directory.forms.contact_points import ContactPointForm, EditPointForm
from waywatch.directory.models import ContactPoint, Organisation, Post
from waywatch.directory.web import shown
from waywatch.directory.web.organiser import keep_typed
from waywatch.directory.web.people import FORM, person_form, refuse
from waywatch.lib.actors import acting
from waywatch.lib.errors import InvalidError


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
    return person_form(request, form, gettext("Add a contact point"), **context)


@login_required
@require_http_methods(FORM)
def point_edit(request: HttpRequest, point_id: uuid.UUID) -> HttpResponse:
    """Change a contact point. Where somebody else saved meanwhile, show both and keep what was typed."""
    actor = acting(request)
    row = access.contact_point_for(actor, point_id)
    access.must(access.may_keep_people(actor, access.organisation_of(row)))
    contact_points.must_be_open(row)
    form = EditPointForm(request.POST or None, stored=row, initial=EditPointForm.initial_of(row))
    clash: list[shown.Difference] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = contact_points.edit_contact_point(
                actor, point=row, version=data["version"] or 0, facts=form.facts(), verified_on=data["verified_on"]
            )
        except ChangedMeanwhileError as error:
            keep_typed(form, error)
            clash = shown.differences(error.differences)
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, _saved(saved))
            return _to_holder(_holder(row))
    heading = gettext("Change a contact point: %(kind)s") % {"kind": row.get_kind_display()}
    person = row.post.person if row.post else None
    return person_form(request, form, heading, organisation=row.organisation, person=person, clash=clash)


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


def _saved(point: ContactPoint) -> str:
    if point.verified_on is None:
        return gettext("The changes are saved. The contact point counts as unverified until somebody verifies it.")
    return gettext("The changes are saved.")


def _holder(point: ContactPoint) -> Organisation | Post:
    holder = point.organisation or point.post
    assert holder is not None  # directory_contact_point_has_one_holder
    return holder


def _to_holder(holder: Organisation | Post) -> HttpResponse:
    if isinstance(holder, Organisation):
        return redirect("organisation", holder.pk)
    return redirect("person", holder.person_id)
