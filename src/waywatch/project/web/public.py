"""Pages that anybody may open. They show nothing about people."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waywatch.accounts import api as accounts
from waywatch.lib.actors import Actor
from waywatch.project.navigation import ENTRIES
from waywatch.vault import api as vault


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead a signed-in person to the first page of the main navigation that is theirs; tell a guest what this is."""
    if request.user.is_authenticated:
        roles = accounts.roles_of(Actor.account(request.user.pk))
        for _label, name, allowed in ENTRIES:
            if roles & allowed:
                return redirect(name)
    return render(request, "home.html")


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """Show the demo sign-ins with the codes of this half minute. Exists in demo mode only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "demo.html", {"sign_ins": accounts.demo_codes(), "passphrase": vault.demo_passphrase()})


class SampleForm(forms.Form):
    """One field of each kind, for the style page."""

    name = forms.CharField(label=_("Name"), help_text=_("As printed on the invitation."))
    city = forms.CharField(label=_("City"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), choices=[("trucking", _("Trucking")), ("energy", _("Energy"))])
    notes = forms.CharField(label=_("Notes"), widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label=_("The partner agreed to be listed"))


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Show every part of the design system, with a form that was refused."""
    return render(request, "style.html", {"form": SampleForm(data={"city": "Pecos"}), "tokens": TOKENS})


TOKENS = ("ink", "ink-soft", "paper", "ground", "line", "road", "road-soft", "amber", "stop", "go", "focus")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a request that could not be read."""
    return render(request, "400.html", status=400)


def forbidden(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001 - Django's signature
    reason: str = "",  # noqa: ARG001 - Django gives this one where the token of a form did not fit
) -> HttpResponse:
    """Answer a request whose token did not fit, or that was denied."""
    return render(request, "403.html", status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer an address that leads nowhere, or to something of somebody else."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer after a fault of ours, without the request's context: what fills it asks the database, which may be the fault."""
    return HttpResponseServerError(render_to_string("500.html"))
