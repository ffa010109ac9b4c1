"""Pages that change a build: for the coordinator of its state or province, and for its co-hosts."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from waywatch.builds import access, actions, forms, queries
from waywatch.builds.models import Attendance, Build, Part
from waywatch.lib.actors import Actor, current_actor
from waywatch.lib.errors import InvalidError, NotFoundError

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
        raise NotFoundError(gettext("This page does not exist, or it is not for you."))
    return actor


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new build."""
    actor = _actor()
    reach = access.may_add(actor)
    form = forms.new_build_form(reach, request.POST or None)
    if request.method == "POST" and form.is_valid():
        build = form.save(commit=False)
        try:
            actions.add_build(actor, build=build, reach=reach)
        except InvalidError as error:
            form.add_error(error.field, str(error))
        else:
            build.also_covers.set(form.cleaned_data["also_covers"])
            messages.success(request, gettext("The build is saved. Add who came and what followed."))
            return redirect("build", slug=build.slug)
    return _form_page(request, form, gettext("Add a build"), "build_list")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the facts of a build; somebody else's change meanwhile is never overwritten."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    form = forms.BuildForm(
        request.POST or None, instance=Build.objects.get(pk=build.pk), initial={"version": build.version}
    )
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data if name != "version"}
        try:
            access.check_move(actor, build, changed.get("region"))
            actions.edit_build(actor, build=build, changed=changed, version=form.cleaned_data["version"] or 0)
        except InvalidError as error:
            form.add_error(error.field, str(error))
        except actions.StaleError as error:
            form.add_error(None, str(error))
            form.data = request.POST.copy()
            form.data["version"] = str(Build.objects.get(pk=build.pk).version)
        else:
            messages.success(request, gettext("The changes are saved."))
            return redirect("build", slug=slug)
    return _form_page(request, form, gettext("Change this build"), "build", slug=slug)


def _form_page(request: HttpRequest, form: Any, title: str, back: str, **back_args: str) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "heading": title, "back": back, "slug": back_args.get("slug")}
    return render(request, "builds/form.html", context, status=status)


def _kind(name: str) -> PartKind:
    if name not in KINDS:
        raise NotFoundError(gettext("This page does not exist, or it is not for you."))
    return KINDS[name]


@require_http_methods(["GET", "POST"])
def part_add(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Add a co-host, a figure, a follow-up or a quote."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    part_kind = _kind(kind)
    form = part_kind.form(request.POST or None, instance=part_kind.form._meta.model(build=build))  # noqa: SLF001 - Django's public API
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
    form = forms.AttendanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        actions.record_attendance(actor, build=build, sector_key=cleaned["sector"], people=cleaned["people"])
        messages.success(request, gettext("Recorded."))
        return redirect("build_attendance", slug=slug)
    rows = queries.attendances(build, request.GET.get("sector", "")[:40])
    context = {"build": build, "form": form, "page_obj": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    return render(request, "builds/attendance.html", context, status=422 if form.errors else 200)


@require_POST
def attendance_remove(request: HttpRequest, slug: str, attendance_id: uuid.UUID) -> HttpResponse:
    """Take back one attendance that was recorded by mistake."""
    actor = _actor()
    build = access.editable_build_for(actor, slug)
    actions.remove_attendance(
        actor, build=build, attendance=get_object_or_404(Attendance, pk=attendance_id, build=build)
    )
    messages.success(request, gettext("Taken back."))
    return redirect("build_attendance", slug=slug)
