"""What other rooms may use of accounts: roles, reach, names."""

import uuid

from django.utils.translation import gettext

from waywatch.accounts.queries import NOWHERE, Reach, account_names, reach_of, roles_of
from waywatch.accounts.roles import Role
from waywatch.lib.actors import Actor
from waywatch.lib.errors import NotFoundError

__all__ = ["NOWHERE", "Reach", "Role", "account_name", "account_names", "reach_of", "require", "roles_of"]


def require(actor: Actor | None, *roles: Role) -> Reach:
    """Return where `actor` may act in any of `roles`, or raise `NotFoundError`: for others nothing is there."""
    reach = reach_of(actor, *roles)
    if reach.is_empty:
        raise NotFoundError(gettext("This page does not exist, or it is not for you."))
    return reach


def account_name(account_id: uuid.UUID) -> str:
    """Return the name of an account, or "" where there is none."""
    return account_names([account_id]).get(account_id, "")
