"""Pages of what needs two people: ask, look, confirm, approve, withdraw."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from waywatch.lib.actors import acting
from waywatch.vault import access, rules, words
from waywatch.vault.actions import requests
from waywatch.vault.models import Request, RequestKind
from waywatch.vault.web.unlocking import needs_unlock, unlocked


@login_required
@require_POST
def ask_reseal(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Ask the team to give the own new key what the old one had."""
    actor = acting(request)
    requests.ask_reseal(actor, keyring=access.own_keyring(actor, keyring_id))
    messages.success(
        request, gettext("Your colleagues see your request. Call two of them and read them your eight words.")
    )
    return redirect("vault_keyring", keyring_id)


@login_required
@require_safe
def show(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Show a request: who asks, with which words, and what the reader can do."""
    actor = acting(request)
    row = access.request_for(actor, request_id)
    assert actor.account_id is not None
    asker, first = row.asked_by_id, row.confirmed_by_id
    needs_two = row.kind == RequestKind.RESEAL
    context = {
        "asked": row,
        "keyring": row.keyring,
        "words": words.fingerprint(bytes(row.member_key.public_key)) if row.member_key else "",
        "may_confirm": needs_two and rules.may_confirm(actor.account_id, asked_by=asker, confirmed_by=first),
        "may_approve": rules.may_approve(actor.account_id, asked_by=asker, confirmed_by=first, needs_two=needs_two),
        "is_mine": row.asked_by_id == actor.account_id,
    }
    return render(request, "vault/request.html", context)


@login_required
@require_POST
@needs_unlock
def confirm(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Be the first of two."""
    actor = acting(request)
    row = access.request_for(actor, request_id)
    requests.confirm_reseal(actor, request=row)
    messages.success(request, gettext("Confirmed. A second colleague has to approve it now."))
    return redirect("vault_keyring", row.keyring_id)


@login_required
@require_POST
@needs_unlock
def approve(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Be the last one who allows it."""
    actor = acting(request)
    row: Request = access.request_for(actor, request_id)
    if row.kind == RequestKind.RESEAL:
        requests.approve_reseal(actor, request=row, unlocked=unlocked(request))
    else:
        requests.approve_break_glass(actor, request=row)
    messages.success(request, gettext("Approved."))
    return redirect("vault_keyring", row.keyring_id)


@login_required
@require_POST
def withdraw(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """Take a request back, or refuse it."""
    actor = acting(request)
    row = access.request_for(actor, request_id)
    requests.withdraw_request(actor, request=row)
    messages.success(request, gettext("The request is withdrawn."))
    return redirect("vault_keyring", row.keyring_id)
