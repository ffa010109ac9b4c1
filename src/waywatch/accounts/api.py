"""What other rooms may use of accounts: roles, reach, names, places of grants, and the sign-ins of the demo."""

import uuid

from waywatch.accounts.demo import (
    DemoSignIn,
    create_demo_accounts,
    demo_codes,
    refuse_demo_accounts_in_production,
)
from waywatch.accounts.inviting import invite_administrator
from waywatch.accounts.queries import (
    NOWHERE,
    AccountCard,
    Reach,
    account_card,
    account_names,
    account_with_email,
    reach_of,
    reaches_of,
    roles_of,
)
from waywatch.accounts.roles import Role
from waywatch.accounts.scopes import Place, register_places
from waywatch.lib.actors import Actor
from waywatch.lib.errors import not_found

__all__ = [
    "NOWHERE",
    "AccountCard",
    "DemoSignIn",
    "Place",
    "Reach",
    "Role",
    "account_card",
    "account_name",
    "account_names",
    "account_with_email",
    "create_demo_accounts",
    "demo_codes",
    "invite_administrator",
    "reach_of",
    "reaches_of",
    "refuse_demo_accounts_in_production",
    "register_places",
    "require",
    "roles_of",
]


def require(actor: Actor | None, *roles: Role) -> Reach:
    """Return where `actor` may act in any of `roles`, or raise `NotFoundError`: for others nothing is there."""
    reach = reach_of(actor, *roles)
    if reach.is_empty:
        raise not_found()
    return reach


def account_name(account_id: uuid.UUID) -> str:
    """Return the name of an account, or "" where there is none."""
    return account_names([account_id]).get(account_id, "")
