"""The one write of the log that business code causes."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from waywatch.audit import rules
from waywatch.lib.actors import current_actor

INSERT = """
    INSERT INTO audit_entry (id, actor, account_id, action, subject_kind, subject_id, detail)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class AuditError(RuntimeError):
    """An act could not be written down, so it must not happen: the transaction has to fail."""


def record(action: str, *, subject_kind: str, subject_id: str, detail: Mapping[str, Any]) -> None:
    """Insert one entry for the current actor into the open transaction. No RETURNING: the web role may not read it."""
    actor = current_actor()
    if actor is None:
        raise AuditError(f"Nobody acts, so {action!r} cannot be recorded: wrap the act in acting_as().")
    if not connection.in_atomic_block:
        raise AuditError(f"No transaction is open, so {action!r} cannot be recorded with the act it describes.")
    values: list[str | uuid.UUID | None] = [
        uuid.uuid4(),
        actor.name,
        actor.account_id,
        action,
        subject_kind,
        subject_id,
        rules.canonical(dict(detail)),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
