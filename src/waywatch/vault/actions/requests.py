"""What needs two people: a new key for a member who lost the passphrase, and opening what is not one's own.

For a new key nothing is sealed before both colleagues have said yes: the first confirms that the words of the new key are those that the
member read out, the second does so too, and only then is anything sealed, by the second.
"""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext

from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError, RefusedError
from waywatch.lib.text import clean_line
from waywatch.vault import access, queries, rules, words
from waywatch.vault.actions.keyrings import lock_keyring, record
from waywatch.vault.actions.members import give_living_versions
from waywatch.vault.errors import NotReadyError
from waywatch.vault.models import Keyring, Request, RequestKind
from waywatch.vault.unlocked import Unlocked


def ask_reseal(actor: Actor, *, keyring: Keyring) -> Request:
    """Ask the team to seal its keys to the actor's new key."""
    access.own_keyring(actor, keyring.pk)
    key = access.own_key(actor)
    if key is None:
        raise NotReadyError(gettext("You have no key yet. Set one up."))
    if queries.holds_current(key, keyring):
        raise NotReadyError(gettext("Your key opens this keyring already. Nothing has to be done."))
    with transaction.atomic():
        lock_keyring(keyring)
        Request.objects.filter(
            keyring=keyring, kind=RequestKind.RESEAL, asked_by_id=actor.account_id, approved_at=None, withdrawn_at=None
        ).update(withdrawn_at=clock.now())
        request = _ask(actor, keyring, RequestKind.RESEAL, rules.RESEAL_LASTS, member_key=key)
        record("keyring.reseal_asked", keyring, fingerprint=words.fingerprint(bytes(key.public_key)))
    return request


def confirm_reseal(actor: Actor, *, request: Request) -> Request:
    """Be the first of two: the words of the new key are those that the member read out to the actor."""
    assert actor.account_id is not None  # the system is in no team
    with transaction.atomic():
        row = _open_request(actor, request, RequestKind.RESEAL)
        if not rules.may_confirm(actor.account_id, asked_by=row.asked_by_id, confirmed_by=row.confirmed_by_id):
            raise RefusedError(gettext("Somebody else has to do this: not you, or it has been confirmed already."))
        row.confirmed_by_id = actor.account_id
        row.save(update_fields=["confirmed_by"])
        record("keyring.reseal_confirmed", row.keyring, account=str(row.asked_by_id))
    return row


def approve_reseal(actor: Actor, *, request: Request, unlocked: Unlocked) -> Request:
    """Be the second of two: seal every version that the actor can open to the new key."""
    with transaction.atomic():
        row = _approve(actor, _open_request(actor, request, RequestKind.RESEAL), needs_two=True)
        key = row.member_key
        if key is None or key.retired_at is not None or not access.role_fits(key.account_id, row.keyring):
            raise NotReadyError(gettext("This key was replaced again, or its owner has left. Ask for a new request."))
        given = give_living_versions(actor, row.keyring, key, unlocked)
        record("keyring.reseal_approved", row.keyring, account=str(row.asked_by_id), versions=given)
    return row


def ask_break_glass(actor: Actor, *, keyring: Keyring, subject_id: uuid.UUID, reason: str) -> Request:
    """Ask to open something of the team that is not the actor's own. The reason is shown to the whole team."""
    access.own_keyring(actor, keyring.pk)
    if not clean_line(reason):
        raise InvalidError(gettext("Say why it has to be opened. The whole team reads it."), field="reason")
    with transaction.atomic():
        request = _ask(
            actor,
            keyring,
            RequestKind.BREAK_GLASS,
            rules.BREAK_GLASS_LASTS,
            subject_id=subject_id,
            reason=clean_line(reason),
        )
        record("keyring.break_glass_asked", keyring, subject=str(subject_id))
    return request


def approve_break_glass(actor: Actor, *, request: Request) -> Request:
    """Allow it, for one hour: by anybody in the team but the one who asked."""
    with transaction.atomic():
        row = _approve(actor, _open_request(actor, request, RequestKind.BREAK_GLASS), needs_two=False)
        record("keyring.break_glass_approved", row.keyring, account=str(row.asked_by_id), subject=str(row.subject_id))
    return row


def withdraw_request(actor: Actor, *, request: Request) -> Request:
    """Take a request back, or refuse it: the asker or anybody in the team may."""
    with transaction.atomic():
        row = _open_request(actor, request, RequestKind(request.kind))
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        record("keyring.request_withdrawn", row.keyring, account=str(row.asked_by_id))
    return row


def _ask(actor: Actor, keyring: Keyring, kind: RequestKind, lasts: dt.timedelta, **about: object) -> Request:
    assert actor.account_id is not None  # the system is in no team
    now = clock.now()
    return Request.objects.create(
        keyring=keyring, kind=kind, asked_by_id=actor.account_id, created_at=now, expires_at=now + lasts, **about
    )


def _open_request(actor: Actor, request: Request, kind: RequestKind) -> Request:
    """Return the request, locked with its keyring. Raises NotReadyError where it is answered already or has run out."""
    access.own_keyring(actor, request.keyring_id)
    lock_keyring(request.keyring)
    row = Request.objects.select_for_update(of=("self",)).select_related("keyring", "member_key").get(pk=request.pk)
    if row.kind != kind or row.approved_at or row.withdrawn_at or clock.now() >= row.expires_at:
        raise NotReadyError(gettext("This request was answered already, or has run out. Ask for a new one."))
    return row


def _approve(actor: Actor, row: Request, *, needs_two: bool) -> Request:
    assert actor.account_id is not None  # the system is in no team
    if not rules.may_approve(
        actor.account_id, asked_by=row.asked_by_id, confirmed_by=row.confirmed_by_id, needs_two=needs_two
    ):
        raise RefusedError(gettext("Two people other than the one who asks have to allow this. You cannot be both."))
    row.approved_by_id, row.approved_at = actor.account_id, clock.now()
    row.save(update_fields=["approved_by", "approved_at"])
    return row
