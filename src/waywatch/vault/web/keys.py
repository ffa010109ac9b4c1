"""Pages of one's own key: set up, unlock, lock, change the passphrase, recover, replace."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waywatch.lib.actors import Actor, acting
from waywatch.lib.errors import InvalidError
from waywatch.vault import access, queries, words
from waywatch.vault.actions import own_key
from waywatch.vault.actions.own_key import NewKey
from waywatch.vault.errors import WeakPassphraseError
from waywatch.vault.forms import ChangePassphraseForm, NewPassphraseForm, RecoverForm, ReplaceForm, UnlockForm
from waywatch.vault.web import unlocking

FORM = ["GET", "HEAD", "POST"]


def refuse(form: Form, error: InvalidError) -> None:
    """Put an action's refusal at the field it is about."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show one's own key, the keyrings, and what waits to be done."""
    actor = acting(request)
    access.enter(actor)
    key = access.own_key(actor)
    context = {
        "can_hold": access.can_hold(actor),
        "key": key,
        "words": words.fingerprint(bytes(key.public_key)) if key else "",
        "is_unlocked": unlocking.is_unlocked(request),
        "keyrings": queries.keyring_rows(actor),
        "needs_reseal": queries.needs_reseal(actor, key) if key else [],
        "administers": access.administers(actor),
    }
    return render(request, "vault/overview.html", context)


@login_required
@require_http_methods(FORM)
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the passphrase; keep the key unlocked for this session; go on to where one was."""
    actor = acting(request)
    access.enter_as_holder(actor)
    if access.own_key(actor) is None:
        return redirect("vault_set_up")
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = own_key.unlock(actor, phrase=form.cleaned_data["passphrase"])
        except InvalidError as error:  # the count of tries must be kept: no error leaves this view
            refuse(form, error)
        else:
            response = redirect(unlocking.way_back(request))
            unlocking.keep_unlocked(request, response, opened)
            return response
    return render(request, "vault/unlock.html", {"form": form, "next": unlocking.way_back(request)})


@login_required
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the keys of this session."""
    access.enter_as_holder(acting(request))
    unlocking.lock(request)
    messages.success(request, gettext("Your keys are locked."))
    return redirect("vault")


@login_required
@require_http_methods(FORM)
def set_up(request: HttpRequest) -> HttpResponse:
    """Make one's own key and show its recovery key, once."""
    return _make(
        request,
        "vault/set_up.html",
        NewPassphraseForm,
        lambda actor, typed: own_key.set_up_key(actor, phrase=typed["passphrase"]),
    )


@login_required
@require_http_methods(FORM)
def recover(request: HttpRequest) -> HttpResponse:
    """Open one's own key with the printed recovery key, and show the new one, once."""
    return _make(
        request,
        "vault/recover.html",
        RecoverForm,
        lambda actor, typed: own_key.recover_key(actor, recovery_key=typed["recovery_key"], phrase=typed["passphrase"]),
    )


@login_required
@require_http_methods(FORM)
def replace(request: HttpRequest) -> HttpResponse:
    """Put a new key in the place of one that nothing opens any more."""
    return _make(
        request,
        "vault/replace.html",
        ReplaceForm,
        lambda actor, typed: own_key.replace_key(actor, phrase=typed["passphrase"]),
    )


@login_required
@require_http_methods(FORM)
def change_passphrase(request: HttpRequest) -> HttpResponse:
    """Put one's own key under another passphrase. The present one is asked for: an open session alone is not enough."""
    actor = acting(request)
    access.enter_as_holder(actor)
    form = ChangePassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            own_key.change_passphrase(actor, current=data["current"], phrase=data["passphrase"])
        except WeakPassphraseError as error:
            refuse(form, error)
        except InvalidError as error:  # the count of tries must be kept: no error leaves this view
            form.add_error("current", str(error))
        else:
            messages.success(request, gettext("The new passphrase holds from now on. The recovery key is as it was."))
            return redirect("vault")
    return render(request, "vault/passphrase.html", {"form": form})


def _make(
    request: HttpRequest,
    template: str,
    form_class: type[NewPassphraseForm],
    make: Callable[[Actor, Mapping[str, Any]], NewKey],
) -> HttpResponse:
    """Show a form; once it was right, show the key that came of it. That page is not stored, and nothing can show it again."""
    actor = acting(request)
    access.enter_as_holder(actor)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make(actor, form.cleaned_data)
        except InvalidError as error:  # the count of tries must be kept: no error leaves this view
            refuse(form, error)
        else:
            unlocking.lock(request)
            shown = {"recovery_key": made.recovery_key, "words": words.fingerprint(bytes(made.member_key.public_key))}
            return render(request, "vault/recovery_key.html", shown)
    return render(request, template, {"form": form})
