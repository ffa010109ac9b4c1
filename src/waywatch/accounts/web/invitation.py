"""The page that an invitation's address opens, for somebody who has no account yet.

GET shows a form and changes nothing: scanners of mail open addresses before people do. POST makes the account.
"""

import uuid
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from waywatch.accounts import inviting, listing
from waywatch.accounts.errors import AccountExistsError, InvitationClosedError
from waywatch.accounts.forms import AcceptForm
from waywatch.accounts.models import Account, Invitation
from waywatch.accounts.roles import Role


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, invitation_id: uuid.UUID, token: str) -> HttpResponse:
    """Show what is offered and ask for a password; POST accepts, signs in and leads to the second factor."""
    try:
        found = inviting.open_invitation(invitation_id=invitation_id, token=token)
    except InvitationClosedError as error:
        return render(request, "accounts/invitation_closed.html", {"sentence": str(error)}, status=404)
    form = AcceptForm(request.POST or None, invitation=found)
    if request.method == "POST" and not request.user.is_authenticated and form.is_valid():
        account = _accept(found, token, form)
        if account is not None:
            return _sign_in(request, account)
    with translation.override(found.language if request.method == "GET" else translation.get_language()):
        return render(request, "accounts/invitation.html", _context(found, form))


def _context(found: Invitation, form: AcceptForm) -> dict[str, Any]:
    return {"form": form, "invitation": found, "role": Role(found.role).label, "place": listing.place_label(found)}


def _accept(found: Invitation, token: str, form: AcceptForm) -> Account | None:
    try:
        return inviting.accept_invitation(
            invitation=found, token=token, name=form.cleaned_data["name"], password=form.cleaned_data["password1"]
        )
    except AccountExistsError as error:
        form.add_error(None, str(error))
        return None


def _sign_in(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign in who has just chosen a password; he need not type it again to set up a second factor."""
    response: HttpResponse = perform_login(
        request, account, email_verification="none", redirect_url=reverse("mfa_index"), signup=False
    )
    if request.user.is_authenticated:
        reauthenticate_by_password(request)
    return response
