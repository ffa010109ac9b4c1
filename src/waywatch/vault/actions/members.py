"""Who is in a keyring's team: let in, let go, name a keeper. Whoever goes, a new key is made at once."""

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from waywatch.accounts import api as accounts
from waywatch.lib import clock
from waywatch.lib.actors import Actor
from waywatch.lib.errors import InvalidError
from waywatch.vault import access, queries, words
from waywatch.vault.actions.keyrings import give_share, lock_keyring, record, rotate_without
from waywatch.vault.errors import KeyMissingError, NotReadyError
from waywatch.vault.models import Keyring, KeyVersion, MemberKey, Membership, Share
from waywatch.vault.unlocked import Unlocked


def find_newcomer(actor: Actor, *, keyring: Keyring, email: str) -> MemberKey:
    """Return the own key of somebody who can join. One answer for everybody who cannot: nobody learns who has an account."""
    access.must_keep(actor, keyring)
    card = accounts.account_with_email(email)
    key = queries.key_in_use(card.id) if card and access.role_fits(card.id, keyring) else None
    if key is None:
        raise InvalidError(
            gettext(
                "Nobody with this address can join. They need an account, a role that belongs to this team and reaches its"
                " region, and a key of their own: “Keys”, then “Set up my key”."
            ),
            field="email",
        )
    return key


def add_member(
    actor: Actor, *, keyring: Keyring, newcomer: MemberKey, unlocked: Unlocked, is_keeper: bool
) -> Membership:
    """Let somebody in: every version that the keeper can open is sealed to the newcomer's key, old ones too."""
    access.must_keep(actor, keyring)
    with transaction.atomic():
        lock_keyring(keyring)
        if newcomer.retired_at is not None or not access.role_fits(newcomer.account_id, keyring):
            raise NotReadyError(gettext("This person has no key in use, or no role that belongs to this team."))
        if Membership.objects.filter(keyring=keyring, account_id=newcomer.account_id, left_at=None).exists():
            raise NotReadyError(gettext("This person is in the team already."))
        member = Membership.objects.create(keyring=keyring, account_id=newcomer.account_id, is_keeper=is_keeper)
        given = give_living_versions(actor, keyring, newcomer, unlocked)
        record(
            "keyring.member_joined",
            keyring,
            account=str(newcomer.account_id),
            fingerprint=words.fingerprint(bytes(newcomer.public_key)),
            versions=given,
            keeper=is_keeper,
        )
    return member


def leave(actor: Actor, *, keyring: Keyring) -> None:
    """Leave a team. A new key is made for those who stay; the one who leaves keeps nothing that opens anything.

    Raises NotReadyError where an older key would open for nobody any more.
    """
    assert actor.account_id is not None  # the system is in no team
    with transaction.atomic():
        _must_leave_a_holder(actor.account_id, keyring)
        _let_go(actor, access.membership_for(actor, keyring.pk, actor.account_id), "keyring.member_left")


def remove_member(actor: Actor, *, member: Membership) -> None:
    """Take somebody out of the team. A new key is made for those who stay."""
    access.must_keep(actor, member.keyring)
    if member.account_id == actor.account_id:
        raise InvalidError(gettext("This is you. Leave the team instead."))
    with transaction.atomic():
        _let_go(actor, member, "keyring.member_removed")


def name_keeper(actor: Actor, *, member: Membership, is_keeper: bool) -> Membership:
    """Let a member look after the keyring, or no longer."""
    access.must_keep(actor, member.keyring)
    with transaction.atomic():
        lock_keyring(member.keyring)
        row = Membership.objects.get(pk=member.pk)
        if not is_keeper:
            _must_leave_a_keeper(row)
        row.is_keeper = is_keeper
        row.save(update_fields=["is_keeper"])
        action = "keyring.keeper_named" if is_keeper else "keyring.keeper_unnamed"
        record(action, member.keyring, account=str(row.account_id))
    return row


def give_living_versions(actor: Actor, keyring: Keyring, key: MemberKey, unlocked: Unlocked) -> list[int]:
    """Seal every version that is not destroyed, and that the actor can open, to a key; return which. The newest must be among them."""
    given = []
    for version in KeyVersion.objects.filter(keyring=keyring, destroyed_at=None).order_by("number"):
        try:
            private = unlocked.version_key(keyring.pk, version.number)
        except KeyMissingError:
            if version.retired_at is None:
                raise
            continue
        if not Share.objects.filter(version=version, member_key=key, revoked_at=None).exists():
            give_share(actor, version, key, private)
            given.append(version.number)
    return given


def _let_go(actor: Actor, member: Membership, action: str) -> None:
    keyring = member.keyring
    lock_keyring(keyring)
    _must_leave_a_keeper(member)
    now = clock.now()
    has_key = KeyVersion.objects.filter(keyring=keyring).exists()
    if has_key:
        rotate_without(actor, keyring, leaving=member.account_id)
    Share.objects.filter(version__keyring=keyring, member_key__account_id=member.account_id, revoked_at=None).update(
        sealed=None, revoked_at=now
    )
    record(action, keyring, account=str(member.account_id))
    member.left_at = now
    member.save(update_fields=["left_at"])


def _must_leave_a_holder(account_id: uuid.UUID, keyring: Keyring) -> None:
    """Refuse to go with the last share of an older key; of the one in use a new one is made."""
    others = Share.objects.filter(version=OuterRef("pk"), revoked_at=None).exclude(member_key__account_id=account_id)
    mine = Share.objects.filter(version=OuterRef("pk"), revoked_at=None, member_key__account_id=account_id)
    older = KeyVersion.objects.filter(keyring=keyring, destroyed_at=None, retired_at__isnull=False)
    alone = older.filter(Exists(mine), ~Exists(others)).order_by("number").first()
    if alone is not None:
        words = gettext(
            "Nobody else holds key %(number)s: what it opens would be lost. Let a colleague ask for the older keys first."
        )
        raise NotReadyError(words % {"number": alone.number})


def _must_leave_a_keeper(member: Membership) -> None:
    others = Membership.objects.filter(keyring=member.keyring, left_at=None, is_keeper=True).exclude(pk=member.pk)
    if member.is_keeper and not any(access.role_fits(each.account_id, each.keyring) for each in others):
        raise NotReadyError(gettext("Nobody would look after the keyring. Name another keeper first."))
