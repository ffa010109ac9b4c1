"""Pages of a keyring: its team, its versions, what was done; and what keepers and administrators do with it."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waywatch.accounts import api as accounts
from waywatch.geo import api as geo
from waywatch.lib import clock
from waywatch.lib.actors import acting
from waywatch.lib.errors import InvalidError
from waywatch.vault import access, queries, rules, trusted, words
from waywatch.vault.actions import keyrings, members
from waywatch.vault.forms import ComparedForm, KeyringChangeForm, KeyringForm, NewcomerForm, SureForm
from waywatch.vault.models import MemberKey
from waywatch.vault.web import shown
from waywatch.vault.web.keys import FORM, refuse
from waywatch.vault.web.unlocking import needs_unlock, unlocked


@login_required
@require_safe
def keyring(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Show a keyring: who is in it, its versions, open requests, and every change of its keys."""
    actor = acting(request)
    row = access.keyring_for(actor, keyring_id)
    team, versions = queries.member_rows(row), queries.version_rows(row)
    belongs = (
        any(member.account_id == actor.account_id for member in team)
        and access.keyrings_of(actor).filter(pk=row.pk).exists()
    )
    context = {
        "keyring": row,
        "home": geo.region(row.home_id) if row.home_id else None,
        "served": shown.served(row),
        "members": team,
        "me": actor.account_id,
        "versions": versions,
        "is_signed": any(version.is_signed for version in versions if version.retired_at is None),
        **_lists_in_use(),
        "requests": queries.open_requests(row, clock.now()) if belongs else [],
        "changes": shown.changes(row),
        "belongs": belongs,
        "keeps": access.keeps(actor, row),
        "administers": access.administers(actor),
        "few": sum(member.holds for member in team) < rules.FEW_HOLDERS,
    }
    return render(request, "vault/keyring.html", context)


def _lists_in_use() -> dict[str, object]:
    until = trusted.signed_until()
    return {"signed_until": until, "runs_out": until and until < clock.now() + rules.LIST_RUNS_OUT_SOON}


@login_required
@require_http_methods(FORM)
def keyring_new(request: HttpRequest) -> HttpResponse:
    """Create a keyring and name its two founders."""
    actor = acting(request)
    access.must_administer(actor)
    form = KeyringForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cards = [accounts.account_with_email(form.cleaned_data[name]) for name in ("first_founder", "second_founder")]
        try:
            row = keyrings.create_keyring(actor, facts=form.facts(), founders=[card.id for card in cards if card])
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("The keyring is created. One of its founders makes its first key now."))
            return redirect("vault_keyring", row.pk)
    return render(request, "vault/keyring_form.html", {"form": form})


@login_required
@require_http_methods(FORM)
def keyring_edit(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Change name, regions or lock."""
    actor = acting(request)
    access.must_administer(actor)
    row = access.keyring_for(actor, keyring_id)
    form = KeyringChangeForm(request.POST or None, keyring=row)
    if request.method == "POST" and form.is_valid():
        try:
            keyrings.change_keyring(actor, keyring=row, facts=form.facts())
        except InvalidError as error:
            refuse(form, error)
        else:
            messages.success(request, gettext("Saved. Phones see it once the next list of desks is signed."))
            return redirect("vault_keyring", row.pk)
    return render(request, "vault/keyring_form.html", {"form": form, "keyring": row})


@login_required
@require_POST
@needs_unlock
def first_key(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Make the first key."""
    actor = acting(request)
    row = access.own_keyring(actor, keyring_id)
    keyrings.make_first_key(actor, keyring=row)
    messages.success(request, gettext("The first key is made."))
    return redirect("vault_keyring", row.pk)


@login_required
@require_http_methods(FORM)
@needs_unlock
def rotate(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Ask, then make a new key for everybody in the team."""
    actor = acting(request)
    row = access.own_keyring(actor, keyring_id)
    access.must_keep(actor, row)
    if request.method == "POST":
        keyrings.rotate(actor, keyring=row)
        messages.success(
            request, gettext("A new key is made. Have new lists signed offline: until then the signed key is used.")
        )
        return redirect("vault_keyring", row.pk)
    return render(request, "vault/rotate.html", {"keyring": row, "members": queries.member_rows(row)})


@login_required
@require_http_methods(FORM)
@needs_unlock
def destroy(request: HttpRequest, keyring_id: uuid.UUID, number: int) -> HttpResponse:
    """Ask, then destroy an old key."""
    actor = acting(request)
    version = access.version_for(actor, keyring_id, number)
    access.must_keep(actor, version.keyring)
    form = SureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keyrings.destroy_version(actor, version=version)
        messages.success(request, gettext("The old key is destroyed. What was sealed to it can never be read again."))
        return redirect("vault_keyring", keyring_id)
    return render(request, "vault/destroy.html", {"form": form, "version": version, "keyring": version.keyring})


@login_required
@require_http_methods(FORM)
@needs_unlock
def add_member(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Ask whom; show the words of their key; let them in once a keeper has compared them."""
    actor = acting(request)
    row = access.own_keyring(actor, keyring_id)
    access.must_keep(actor, row)
    asked = NewcomerForm(request.POST or None)
    context: dict[str, object] = {"keyring": row, "form": asked}
    if request.method == "POST" and asked.is_valid():
        try:
            newcomer = members.find_newcomer(actor, keyring=row, email=asked.cleaned_data["email"])
            compared = _compared(request, asked, newcomer)
            if compared.is_bound and compared.is_valid() and _is_same_key(compared, newcomer):
                keeper = compared.cleaned_data["is_keeper"]
                members.add_member(actor, keyring=row, newcomer=newcomer, unlocked=unlocked(request), is_keeper=keeper)
                messages.success(request, gettext("They are in the team and open everything that you open."))
                return redirect("vault_keyring", row.pk)
            context |= {
                "form": compared,
                "words": words.fingerprint(bytes(newcomer.public_key)),
                "name": accounts.account_name(newcomer.account_id),
            }
        except InvalidError as error:
            refuse(asked, error)
    return render(request, "vault/add_member.html", context)


def _compared(request: HttpRequest, asked: Form, newcomer: MemberKey) -> ComparedForm:
    """Return the second form: filled in by the keeper where it was shown before, fresh where it was not."""
    if "fingerprint" in request.POST:
        return ComparedForm(request.POST)
    fingerprint = words.fingerprint(bytes(newcomer.public_key))
    return ComparedForm(initial={"email": asked.cleaned_data["email"], "fingerprint": fingerprint})


def _is_same_key(compared: ComparedForm, newcomer: MemberKey) -> bool:
    """Tell whether the key is still the one whose words were compared; say so where it is not."""
    if compared.cleaned_data["fingerprint"] == words.fingerprint(bytes(newcomer.public_key)):
        return True
    compared.add_error(None, gettext("Their key was changed while you compared. Compare the new words, or stop here."))
    return False


@login_required
@require_http_methods(FORM)
@needs_unlock
def remove_member(request: HttpRequest, keyring_id: uuid.UUID, account_id: uuid.UUID) -> HttpResponse:
    """Ask, then take somebody out of the team."""
    actor = acting(request)
    member = access.membership_for(actor, keyring_id, account_id)
    access.must_keep(actor, member.keyring)
    if request.method == "POST":
        members.remove_member(actor, member=member)
        messages.success(request, gettext("They are out, and a new key is made for those who stay."))
        return redirect("vault_keyring", keyring_id)
    context = {"keyring": member.keyring, "name": accounts.account_name(account_id), "is_me": False}
    return render(request, "vault/remove_member.html", context)


@login_required
@require_http_methods(FORM)
def leave(request: HttpRequest, keyring_id: uuid.UUID) -> HttpResponse:
    """Ask, then leave the team."""
    actor = acting(request)
    row = access.own_keyring(actor, keyring_id)
    if request.method == "POST":
        members.leave(actor, keyring=row)
        messages.success(request, gettext("You have left. A new key is made for those who stay."))
        return redirect("vault")
    return render(request, "vault/remove_member.html", {"keyring": row, "is_me": True})


@login_required
@require_POST
@needs_unlock
def keeper(request: HttpRequest, keyring_id: uuid.UUID, account_id: uuid.UUID) -> HttpResponse:
    """Let a member look after the keyring, or no longer."""
    actor = acting(request)
    member = access.membership_for(actor, keyring_id, account_id)
    members.name_keeper(actor, member=member, is_keeper=request.POST.get("keeper") == "yes")
    messages.success(request, gettext("Saved."))
    return redirect("vault_keyring", keyring_id)
