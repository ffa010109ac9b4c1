"""Pages about one's own account: name, language, roles, sessions."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from waywatch.accounts import actions, listing, queries, second_factor, sessions
from waywatch.accounts.forms import OwnAccountForm
from waywatch.accounts.models import Account
from waywatch.accounts.web.hooks import set_language
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found


def account_of(request: HttpRequest) -> Account:
    """Return the signed-in account. Every view here asks for a sign-in first."""
    assert request.user.pk is not None
    return Account.objects.get(pk=request.user.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: HttpRequest) -> HttpResponse:
    """Show what I am here; change my name and language."""
    account = account_of(request)
    form = OwnAccountForm(request.POST or None, instance=account_of(request))
    if request.method == "POST" and form.is_valid():
        actor = Actor.account(account.pk)
        actions.change_own_account(actor, account=account, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        response = redirect("my_account")
        set_language(response, account.language)
        return response
    context = {
        "account": account,
        "form": form,
        "grants": listing.grant_lines(account.grants.all(), None),
        "has_second_factor": second_factor.has_one(account.pk),
        "lacks_second_factor": queries.lacks_second_factor(account.pk),
    }
    return render(request, "accounts/my_account.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_sessions(request: HttpRequest) -> HttpResponse:
    """List my sessions; end one, or all but this."""
    account = account_of(request)
    key = request.session.session_key
    if request.method == "POST":
        _end(account, request.POST.get("session", ""), key)
        messages.success(request, gettext("Ended. Whoever used it has to sign in again."))
        return redirect("usersessions_list")
    found = sessions.list_sessions(account, current_key=key)
    return render(request, "accounts/sessions.html", {"sessions": found, "has_others": len(found) > 1})


NUMBER = re.compile(r"[0-9]{1,18}")  # what PostgreSQL can hold


def _end(account: Account, wanted: str, key: str | None) -> None:
    if wanted == "others":
        sessions.end_other_sessions(account, current_key=key)
    elif not NUMBER.fullmatch(wanted) or not sessions.end_session(account, session_id=int(wanted)):
        raise not_found()
