"""Pages about other people's accounts, for administrators and coordinators."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waywatch.accounts import access, actions, inviting, listing, scopes
from waywatch.accounts.errors import AccountExistsError, AlreadyGivenError, NotYoursToGiveError
from waywatch.accounts.forms import InviteForm, OfferForm, RevokeForm, SearchForm
from waywatch.accounts.models import Grant
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import WaywatchError, not_found

ON_A_PAGE = 50
REFUSALS = (AccountExistsError, AlreadyGivenError, NotYoursToGiveError)


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in account as the actor. Every view here asks for a sign-in first."""
    assert request.user.pk is not None
    return Actor.account(request.user.pk)


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the accounts within reach, with what they hold there, and the open invitations."""
    actor = actor_of(request)
    form = SearchForm(request.GET)
    wanted = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(listing.people_within(actor, wanted), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "people": listing.person_rows(actor, page.object_list),
        "invitations": listing.open_invitations(actor),
        "query": urlencode({"q": wanted}) if wanted else "",
    }
    return render(request, "accounts/people.html", context)


@login_required
@require_safe
def person(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Show one account and its grants within reach."""
    actor = actor_of(request)
    account = access.account_within(actor, account_id)
    lines = listing.grant_lines(access.grants_within(actor).filter(account=account), actor)
    return render(request, "accounts/person.html", {"account": account, "grants": lines})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody who has no account."""
    actor = actor_of(request)
    form = InviteForm(request.POST or None, **_offer_arguments(request, actor))
    if request.method == "POST" and form.is_valid():
        addressee = inviting.Addressee(**{name: form.cleaned_data[name] for name in ("email", "name", "language")})
        try:
            invitation = inviting.invite(actor, addressee=addressee, offer=form.offer())
        except REFUSALS as error:
            _show(form, error)
        else:
            sentence = gettext("The invitation to %(email)s is on its way. It can be used for seven days.")
            messages.success(request, sentence % {"email": invitation.email})
            return redirect("people")
    return render(request, "accounts/invite.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, account_id: uuid.UUID) -> HttpResponse:
    """Give an account one more role."""
    actor = actor_of(request)
    account = access.account_within(actor, account_id)
    form = OfferForm(request.POST or None, **_offer_arguments(request, actor))
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_grant(actor, account=account, offer=form.offer())
        except REFUSALS as error:
            _show(form, error)
        else:
            messages.success(request, gettext("The role is given and holds from now on."))
            return redirect("people_person", account_id=account.pk)
    return render(request, "accounts/give.html", {"form": form, "account": account})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, grant_id: uuid.UUID) -> HttpResponse:
    """Take a role away, with a reason."""
    actor = actor_of(request)
    grant = access.grant_within(actor, grant_id)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.revoke_grant(actor, grant=grant, reason=form.cleaned_data["reason"])
        messages.success(request, gettext("The role is taken away. It gives nothing from now on."))
        return redirect("people")
    context = {
        "form": form,
        "line": listing.grant_lines(Grant.objects.filter(pk=grant.pk), actor)[0],
        "account": grant.account,
    }
    return render(request, "accounts/revoke.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Close an open invitation."""
    actor = actor_of(request)
    inviting.withdraw_invitation(actor, invitation=access.invitation_within(actor, invitation_id))
    messages.success(request, gettext("The invitation is withdrawn. Its address opens nothing any more."))
    return redirect("people")


def _offer_arguments(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Return who gives and, where the address names a build or an organisation, that place."""
    return {"held": access.standing(actor), "now": clock.now(), "place": _place(request, actor)}


def _place(request: HttpRequest, actor: Actor) -> tuple[str, uuid.UUID, scopes.Place] | None:
    for kind in scopes.KINDS:
        if kind in request.GET:
            try:
                place_id = uuid.UUID(request.GET[kind])
            except ValueError:
                raise not_found() from None
            place = scopes.find_place(actor, kind, place_id)
            if place is None:
                raise not_found()
            return kind, place_id, place
    return None


def _show(form: OfferForm, error: WaywatchError) -> None:
    field = getattr(error, "field", None)
    form.add_error(field if field in form.fields else None, str(error))
