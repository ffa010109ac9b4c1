"""A person's own key: make it, unlock it, change its passphrase, recover it, put another in its place."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext

from waywatch.accounts import api as accounts
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.vault import access, passphrase, rules, sealing, words
from waywatch.vault.errors import NotReadyError, TooManyTriesError, WrongPassphraseError
from waywatch.vault.models import MemberKey, Share, Wrap
from waywatch.vault.unlocked import Unlocked

KIND = "account"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made or recovered. The recovery key is shown once and is stored nowhere."""

    member_key: MemberKey
    recovery_key: str = field(repr=False)


def set_up_key(actor: Actor, *, phrase: str) -> NewKey:
    """Make the actor's own key. Raises WeakPassphraseError, and NotReadyError where there is one already."""
    account_id = access.enter_as_holder(actor)
    _check(account_id, phrase)
    with transaction.atomic():
        if access.own_key(actor) is not None:
            raise NotReadyError(gettext("You have a key already. Change its passphrase instead."))
        made = make_key(account_id, phrase)
        _record("vault.key_made", account_id, made.member_key)
    return made


def replace_key(actor: Actor, *, phrase: str) -> NewKey:
    """Put a new key in the place of one whose passphrase and recovery key are both lost.

    The old one opens nothing any more: its wraps are deleted and its shares are emptied. Two colleagues then give the new one what the
    old one had (`actions.requests`).
    """
    account_id = access.enter_as_holder(actor)
    _check(account_id, phrase)
    with transaction.atomic():
        old = MemberKey.objects.select_for_update().filter(account_id=account_id, retired_at=None).first()
        if old is None:
            raise NotReadyError(gettext("You have no key yet. Set one up."))
        now = clock.now()
        Share.objects.filter(member_key=old, revoked_at=None).update(sealed=None, revoked_at=now)
        Wrap.objects.filter(member_key=old).delete()
        old.retired_at = now
        old.save(update_fields=["retired_at"])
        made = make_key(account_id, phrase)
        _record("vault.key_replaced", account_id, made.member_key)
    return made


def unlock(actor: Actor, *, phrase: str) -> Unlocked:
    """Return the actor's own key in the clear. Raises WrongPassphraseError, TooManyTriesError, NotReadyError.

    A wrong passphrase is counted and written down before the error is raised, so the caller must let the transaction stand.
    """
    account_id = access.enter_as_holder(actor)
    key, private = _open_by_passphrase(account_id, phrase)
    with transaction.atomic():
        _record("vault.unlocked", account_id, key)
    return Unlocked(actor, key.pk, private)


def change_passphrase(actor: Actor, *, current: str, phrase: str) -> None:
    """Put the own key under another passphrase. The recovery key stays as it is. Raises what `unlock` raises, and WeakPassphraseError."""
    account_id = access.enter_as_holder(actor)
    _check(account_id, phrase)
    key, private = _open_by_passphrase(account_id, current)
    with transaction.atomic():
        wrap = Wrap.objects.select_for_update().get(member_key=key)
        wrap.by_passphrase = passphrase.wrap(private, phrase, belongs_to=_owner(key))
        wrap.save(update_fields=["by_passphrase"])
        _record("vault.passphrase_changed", account_id, key)


def recover_key(actor: Actor, *, recovery_key: str, phrase: str) -> NewKey:
    """Open the actor's own key with the printed recovery key; give it a new passphrase and a new recovery key.

    Raises what `unlock` raises, and WeakPassphraseError. The old recovery key opens nothing any more.
    """
    account_id = access.enter_as_holder(actor)
    _check(account_id, phrase)
    key, private = _try(
        account_id,
        lambda wrap, owner: passphrase.unwrap_by_recovery(bytes(wrap.by_recovery), recovery_key, belongs_to=owner),
    )
    fresh = words.new_recovery_key()
    with transaction.atomic():
        wrap = Wrap.objects.select_for_update().get(member_key=key)
        wrap.by_passphrase, wrap.by_recovery = _wraps(key, private, phrase, fresh)
        wrap.save(update_fields=["by_passphrase", "by_recovery"])
        _record("vault.key_recovered", account_id, key)
    return NewKey(key, fresh)


def _open_by_passphrase(account_id: uuid.UUID, phrase: str) -> tuple[MemberKey, bytes]:
    return _try(account_id, lambda wrap, owner: passphrase.unwrap(bytes(wrap.by_passphrase), phrase, belongs_to=owner))


def _try(account_id: uuid.UUID, open_wrap: Callable[[Wrap, bytes], bytes]) -> tuple[MemberKey, bytes]:
    """Open a wrap, one try at a time: the row is locked, so that parallel guesses are counted like others."""
    failure: WrongPassphraseError | None = None
    private = b""
    with transaction.atomic():
        found = Wrap.objects.select_for_update(of=("self",)).select_related("member_key")
        wrap = found.filter(member_key__account_id=account_id, member_key__retired_at=None).first()
        if wrap is None:
            raise NotReadyError(gettext("You have no key yet. Set one up."))
        _must_not_wait(wrap)
        try:
            private = open_wrap(wrap, _owner(wrap.member_key))
        except WrongPassphraseError as error:
            failure = error
        _count(wrap, failed=failure is not None)
    if failure is not None:
        raise failure
    return wrap.member_key, private


def _must_not_wait(wrap: Wrap) -> None:
    if wrap.wait_until is not None and clock.now() < wrap.wait_until:
        minutes = int((wrap.wait_until - clock.now()).total_seconds() // 60) + 1
        text = gettext("Too many wrong tries. Wait %(minutes)d minutes, then try again.")
        raise TooManyTriesError(text % {"minutes": minutes}, field="passphrase")


def _count(wrap: Wrap, *, failed: bool) -> None:
    if not failed and not wrap.tries:
        return
    wrap.tries = wrap.tries + 1 if failed else 0
    pause = rules.wait_after(wrap.tries)
    wrap.wait_until = clock.now() + pause if pause else None
    wrap.save(update_fields=["tries", "wait_until"])
    if failed:
        audit.record(
            "vault.unlock_failed",
            subject_kind=KIND,
            subject_id=wrap.member_key.account_id,
            detail={"tries": wrap.tries},
        )


def make_key(account_id: uuid.UUID, phrase: str) -> NewKey:
    """Make and store a key. The caller has checked who may and how good the passphrase is, and has a transaction open."""
    pair, recovery_key = sealing.new_key_pair(), words.new_recovery_key()
    key = MemberKey.objects.create(account_id=account_id, public_key=pair.public)
    by_passphrase, by_recovery = _wraps(key, pair.private, phrase, recovery_key)
    Wrap.objects.create(member_key=key, by_passphrase=by_passphrase, by_recovery=by_recovery)
    return NewKey(key, recovery_key)


def _wraps(key: MemberKey, private: bytes, phrase: str, recovery_key: str) -> tuple[bytes, bytes]:
    owner = _owner(key)
    return (
        passphrase.wrap(private, phrase, belongs_to=owner),
        passphrase.wrap_for_recovery(private, recovery_key, belongs_to=owner),
    )


def _owner(key: MemberKey) -> bytes:
    """Return what a wrap is bound to: the account and the public key."""
    return key.account_id.bytes + bytes(key.public_key)


def _check(account_id: uuid.UUID, phrase: str) -> None:
    card = accounts.account_card(account_id)
    passphrase.check_passphrase(phrase, about=f"{card.name} {card.email}" if card else "")


def _record(action: str, account_id: uuid.UUID, key: MemberKey) -> None:
    detail = {"fingerprint": words.fingerprint(bytes(key.public_key))}
    audit.record(action, subject_kind=KIND, subject_id=account_id, detail=detail)
