"""Who acts. Named once at the edge (a request, a job, a command), carried in a context, told to PostgreSQL in each transaction.

PostgreSQL's row-level security reads the setting `waywatch.actor`. It lives for one transaction only, so a pooled connection
carries nobody over to the next; where nobody is named, guarded tables show zero rows.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection

from waywatch.lib.errors import not_found

SETTING = "waywatch.actor"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account (with its id), or the system at a named task (`account_id` is None)."""

    name: str
    account_id: uuid.UUID | None = None

    @classmethod
    def system(cls, task: str) -> "Actor":
        """Return the system at `task`, such as "load-builds": row-level security knows it as `system:load-builds`."""
        return cls(name=f"system:{task}")

    @classmethod
    def account(cls, account_id: uuid.UUID) -> "Actor":
        """Return the account with this id."""
        return cls(name=f"account:{account_id}", account_id=account_id)

    @property
    def is_system(self) -> bool:
        """Tell whether no person stands behind this act."""
        return self.account_id is None


_actor: ContextVar[Actor | None] = ContextVar("waywatch_actor", default=None)


def current_actor() -> Actor | None:
    """Return who acts here, or None outside of any `acting_as`."""
    return _actor.get()


def acting(request: object) -> Actor:  # noqa: ARG001 - asked for by request, so that no page forgets the sign-in
    """Return who acts. Behind `login_required` somebody always does."""
    actor = _actor.get()
    if actor is None:
        raise not_found()
    return actor


def setting_of(actor: Actor | None) -> str:
    """Return what PostgreSQL is told of `actor`: "account:<uuid>", "system:<task>", or "" for nobody."""
    return actor.name if actor else ""


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Name who acts within the block. A transaction that is already open is told at once, and told back at the end."""
    token = _actor.set(actor)
    try:
        _tell_open_transaction()
        yield actor
    finally:
        _actor.reset(token)
        _tell_open_transaction()


def _tell_open_transaction() -> None:
    if connection.connection is None or not connection.in_atomic_block or connection.needs_rollback:
        return
    connection.connection.execute("SELECT set_config(%s, %s, true)", (SETTING, setting_of(current_actor())))
