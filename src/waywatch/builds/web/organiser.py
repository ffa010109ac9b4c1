"""Pages that change a build: for the coordinator of its state or province, and for its co-hosts."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from waywatch.builds import access, actions, forms, queries
from waywatch.builds.models import Attendance, Build, Part
from waywatch.lib.actors import Actor, current_actor
from waywatch.lib.errors import InvalidError, not_found

PAGE = 50


@dataclass(frozen=True, slots=True)
class PartKind:
    """A kind of part that organisers add: its form and its words."""

    form: type[ModelForm[Any]]
    title: Promise | str


KINDS: dict[str, PartKind] = {
    "cohost": PartKind(forms.CoHostForm, _("Add a co-host")),
    "invited": PartKind(forms.InvitedSectorForm, _("Add whom the invitation addressed")),
    "figure": PartKind(forms.AttendanceFigureForm, _("Add an attendance figure")),
    "survey": PartKind(forms.SurveyFigureForm, _("Add a survey figure")),
    "followup": PartKind(forms.FollowUpForm, _("Add what followed")),
    "quote": PartKind(forms.QuoteForm, _("Add what somebody said")),
}


def _actor() -> Actor:
    actor = current_actor()
    if actor is None:
        raise not_found()
    return actor


def _typed(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, be it nothing at all; None where a form is only asked for."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new build."""
    actor = _actor()
    reach = access.may_add(actor)
    form = forms.new_build_form(reach, _typed(request))
    if request.method == "POST" and form.is_valid():
        build = form.save(commit=False)
        try:
            covers = [region.pk for region in form.cleaned_data["also_covers"]]
            actions.add_build(actor, build=build, also_covers=covers, reach=reach)
        except InvalidError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, gettext("The build is saved. Add who came and what followed."))
            return redirect("build", slug=build.slug)
    return _form_page(request, form, gettext("Add a build"), "build_list")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the facts of a build; somebody else's change meanwhile is never overwritten."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    form = forms.edit_build_form(build, may_list=access.may_list(actor, build), data=_typed(request))
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data if name != "version"}
        version = form.cleaned_data["version"] or 0
        try:
            access.check_move(actor, build, changed.get("region"))
            reach = access.adding_reach(actor)
            actions.edit_build(actor, build=build, changed=changed, version=version, reach=reach)
        except InvalidError as error:
            form.add_error(error.field, str(error))
        except actions.StaleError as error:
            _show_meanwhile(form, build, version, str(error))
        else:
            messages.success(request, gettext("The changes are saved."))
            return redirect("build", slug=slug)
    return _form_page(request, form, gettext("Change this build"), "build", slug=slug)


def _show_meanwhile(form: forms.BuildForm, build: Build, version: int, sentence: str) -> None:
    """Say what somebody else changed, and let the next save start from there: it carries only what this person touched."""
    form.add_error(None, sentence)
    now = forms.BuildForm(instance=Build.objects.get(pk=build.pk))
    for name in actions.changed_since(build, version):
        if name in form.fields:
            words = {"field": now[name].label, "value": now[name].value() or gettext("nothing")}
            form.add_error(name, gettext("Now there: %(value)s") % words)
    form.renew_version(now.instance.version)


def _form_page(request: HttpRequest, form: Any, title: str, back: str, **back_args: str) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "heading": title, "back": back, "slug": back_args.get("slug")}
    return render(request, "builds/form.html", context, status=status)


def _kind(name: str) -> PartKind:
    if name not in KINDS:
        raise not_found()
    return KINDS[name]


@require_http_methods(["GET", "POST"])
def part_add(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Add a co-host, a figure, a follow-up or a quote."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    part_kind = _kind(kind)
    form = part_kind.form(_typed(request), instance=part_kind.form._meta.model(build=build))  # noqa: SLF001 - Django's public API
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_part(actor, build=build, part=form.save(commit=False))
        except InvalidError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Added."))
            return redirect("build", slug=slug)
    return _form_page(request, form, str(part_kind.title), "build", slug=slug)


@require_http_methods(["GET", "POST"])
def part_remove(request: HttpRequest, slug: str, kind: str, part_id: uuid.UUID) -> HttpResponse:
    """Ask, then take a part away."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    part: Part = get_object_or_404(_kind(kind).form._meta.model, pk=part_id, build=build)  # noqa: SLF001 - Django's public API
    if request.method == "POST":
        actions.remove_part(actor, build=build, part=part)
        messages.success(request, gettext("Removed. The history of the build keeps what it said."))
        return redirect("build", slug=slug)
    return render(request, "builds/remove.html", {"build": build, "part": part})


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who was recorded, page by page, and record more."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    form = forms.AttendanceForm(_typed(request), initial={"once": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        actions.record_attendance(
            actor, build=build, sector_key=cleaned["sector"], people=cleaned["people"], once=cleaned["once"]
        )
        messages.success(request, gettext("Recorded."))
        return redirect("build_attendance", slug=slug)
    rows = queries.attendances(build, forms.known_sector(request.GET.get("sector", "")))
    context = {"build": build, "form": form, "page_obj": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    return render(request, "builds/attendance.html", context, status=422 if form.errors else 200)


@require_POST
def attendance_remove(request: HttpRequest, slug: str, attendance_id: uuid.UUID) -> HttpResponse:
    """Take back one attendance that was recorded by mistake."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    row = get_object_or_404(Attendance, pk=attendance_id, build=build)
    actions.remove_attendance(actor, build=build, attendance=row, whole_entry="entry" in request.POST)
    messages.success(request, gettext("Taken back."))
    return redirect("build_attendance", slug=slug)
