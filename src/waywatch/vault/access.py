"""Who may: the only way to a keyring, a key, a request. Unknown and forbidden give the same answer.

| | sees | may |
|---|---|---|
| member | own keyrings, who is in them, what was done | leave, ask, confirm and approve for others |
| keeper: a member who looks after the keyring | the same | let in and out, make new keys, destroy old ones |
| administrator | which keyrings there are, their versions, who is in them | create one and name its founders, say which regions it serves |
| everybody else | nothing | set up an own key, if the role can belong to a team |

Somebody is a member only while the role holds that belongs to the team: advocate or supervisor at a desk, officer in an agency.
PostgreSQL holds the same rules (migration 0002).
"""

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from waywatch.accounts.api import NOWHERE, Reach, Role, reach_of, reaches_of, roles_of
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found
from waywatch.lib.remember import remembered
from waywatch.lib.rows import one
from waywatch.vault import rules
from waywatch.vault.errors import KeeperOnlyError
from waywatch.vault.models import Keyring, KeyringKind, KeyVersion, MemberKey, Membership, Request

MEMBER_ROLES = {KeyringKind.DESK: (Role.ADVOCATE, Role.SUPERVISOR), KeyringKind.AGENCY: (Role.OFFICER,)}
HOLDERS = frozenset({Role.ADVOCATE, Role.SUPERVISOR, Role.OFFICER})


def enter(actor: Actor | None) -> None:
    """Let the actor into the vault's pages, or say that there are none."""
    if not roles_of(actor) & (HOLDERS | {Role.ADMINISTRATOR}):
        raise not_found()


def enter_as_holder(actor: Actor | None) -> uuid.UUID:
    """Let in whoever can have a key of their own, and return the account."""
    if actor is None or actor.account_id is None or not can_hold(actor):
        raise not_found()
    return actor.account_id


def can_hold(actor: Actor | None) -> bool:
    """Tell whether the actor holds a role that can belong to a team."""
    return bool(roles_of(actor) & HOLDERS)


def administers(actor: Actor | None) -> bool:
    """Tell whether the actor creates keyrings: an administrator, or the system."""
    return actor is not None and (actor.is_system or Role.ADMINISTRATOR in roles_of(actor))


def must_administer(actor: Actor | None) -> None:
    """Answer 404 to whoever is no administrator."""
    if not administers(actor):
        raise not_found()


def role_fits(account_id: uuid.UUID, keyring: Keyring) -> bool:
    """Tell whether an account holds, now, a role that belongs to this keyring's team."""
    return account_id in whose_role_fits([account_id], keyring)


def whose_role_fits(account_ids: Iterable[uuid.UUID], keyring: Keyring) -> frozenset[uuid.UUID]:
    """Return those of the accounts that hold, now, a role that belongs to this keyring's team. An administrator is in none."""
    wanted = list(account_ids)
    reaches, administrators = (
        reaches_of(wanted, *MEMBER_ROLES[KeyringKind(keyring.kind)]),
        reaches_of(wanted, Role.ADMINISTRATOR),
    )
    return frozenset(
        account_id
        for account_id, reach in reaches.items()
        if _reaches(reach, keyring) and administrators.get(account_id, NOWHERE).is_empty
    )


def _reaches(reach: Reach, keyring: Keyring) -> bool:
    return rules.shares_a_region(
        reach.regions, everywhere=reach.everywhere, home=keyring.home_id, regions=keyring.regions
    )


def keyrings_of(actor: Actor | None) -> QuerySet[Keyring]:
    """Return the keyrings whose team the actor belongs to and whose role the actor holds now. An administrator has none."""
    if actor is None or actor.account_id is None or Role.ADMINISTRATOR in roles_of(actor):
        return Keyring.objects.none()
    found = Keyring.objects.filter(memberships__account_id=actor.account_id, memberships__left_at=None)
    return found.filter(_within(actor, KeyringKind.DESK) | _within(actor, KeyringKind.AGENCY))


def own_keyrings(actor: Actor | None) -> list[Keyring]:
    """Return the same, asked for once in a request."""
    return remembered(("keyrings", actor), lambda: list(keyrings_of(actor)))


def _within(actor: Actor, kind: KeyringKind) -> Q:
    reach = reach_of(actor, *MEMBER_ROLES[kind])
    regions = sorted(reach.regions)
    where = Q() if reach.everywhere else Q(home__in=regions) | Q(regions__overlap=regions)
    return Q(kind=kind) & where if not reach.is_empty else Q(pk__in=[])


def visible_keyrings(actor: Actor | None) -> QuerySet[Keyring]:
    """Return the keyrings whose page the actor may open: an administrator all, everybody else the own ones."""
    return Keyring.objects.all() if administers(actor) else keyrings_of(actor)


def keyring_for(actor: Actor | None, keyring_id: uuid.UUID) -> Keyring:
    """Return one keyring whose page the actor may open."""
    return one(visible_keyrings(actor).filter(pk=keyring_id))


def own_keyring(actor: Actor | None, keyring_id: uuid.UUID) -> Keyring:
    """Return one keyring whose team the actor belongs to."""
    return one(keyrings_of(actor).filter(pk=keyring_id))


def keeps(actor: Actor | None, keyring: Keyring) -> bool:
    """Tell whether the actor looks after the keyring."""
    if actor is None or actor.account_id is None:
        return actor is not None and actor.is_system
    kept = Membership.objects.filter(keyring=keyring, account_id=actor.account_id, left_at=None, is_keeper=True)
    return kept.exists() and role_fits(actor.account_id, keyring)


def must_keep(actor: Actor, keyring: Keyring) -> None:
    """Refuse whoever is in the team and does not look after the keyring; for everybody else it is not there."""
    if not actor.is_system:
        own_keyring(actor, keyring.pk)
    if not keeps(actor, keyring):
        raise KeeperOnlyError(
            gettext("Only a keeper of this keyring can do this. The keyring's page says who they are.")
        )


def version_for(actor: Actor | None, keyring_id: uuid.UUID, number: int) -> KeyVersion:
    """Return one version of a keyring whose team the actor belongs to."""
    found = KeyVersion.objects.filter(keyring__in=keyrings_of(actor), keyring_id=keyring_id, number=number)
    return one(found.select_related("keyring"))


def membership_for(actor: Actor | None, keyring_id: uuid.UUID, account_id: uuid.UUID) -> Membership:
    """Return a member of a keyring whose team the actor belongs to."""
    found = Membership.objects.filter(keyring__in=keyrings_of(actor), keyring_id=keyring_id, left_at=None)
    return one(found.select_related("keyring").filter(account_id=account_id))


def request_for(actor: Actor | None, request_id: uuid.UUID) -> Request:
    """Return a request in a keyring whose team the actor belongs to."""
    found = Request.objects.filter(keyring__in=keyrings_of(actor)).select_related("keyring", "member_key")
    return one(found.filter(pk=request_id))


def own_key(actor: Actor | None) -> MemberKey | None:
    """Return the actor's own key that is in use, or None."""
    if actor is None or actor.account_id is None:
        return None
    return next(iter(MemberKey.objects.filter(account_id=actor.account_id, retired_at=None)), None)
