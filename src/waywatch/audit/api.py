"""What other rooms may use of the audit log: record an act, read the history of one thing, run the sealer."""

import datetime as dt
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from waywatch.audit import actions, queries, sealing
from waywatch.audit.actions import AuditError

__all__ = ["JSON", "AuditError", "HistoryLine", "history", "record", "run_sealer"]

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act. `position` is only for paging: pass the last line's as `before` to get older ones."""

    at: dt.datetime
    actor: str
    account_id: uuid.UUID | None
    action: str
    detail: dict[str, JSON]
    position: int


def record(
    action: str, *, subject_kind: str, subject_id: str | uuid.UUID, detail: Mapping[str, JSON] | None = None
) -> None:
    """Write down that the current actor did `action` to a thing, inside the transaction that does it.

    Raises AuditError where nobody acts or no transaction is open: both are mistakes of the caller, not of a person.
    """
    actions.record(action, subject_kind=subject_kind, subject_id=str(subject_id), detail=detail or {})


def history(
    subject_kind: str, subject_id: str | uuid.UUID, *, limit: int = 50, before: int | None = None
) -> list[HistoryLine]:
    """Return what was done to a thing, newest first. The caller has made sure that the reader may see the thing."""
    rows = queries.history_rows(subject_kind, str(subject_id), limit=limit, before=before)
    return [HistoryLine(**row) for row in rows]


def run_sealer(stop: threading.Event) -> None:
    """Chain what is recorded, within a second, until `stop` is set. Run it as the worker, in its own thread."""
    sealing.run_sealer(stop)
