"""Loading rows of a file somebody else wrote: a transaction a row, so that a bad row stops nothing else; nothing is lost silently."""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from pydantic import BaseModel, ValidationError

from waywatch.lib.errors import WaywatchError
from waywatch.lib.jsonfile import Problem, problems_of

LOCK = 5_370_419_021  # any number that nothing else locks
EMPTY: tuple[Any, ...] = (None, "", [], {})
Progress = Callable[[int, int], None]


@dataclass
class Summary:
    """What loading a file did. `refused` rows were left out, `questions` are about rows that were loaded."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    questions: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    refused_rows: int = 0

    def count(self, outcome: str) -> None:
        """Add one to "created", "changed" or "unchanged"."""
        setattr(self, outcome, getattr(self, outcome) + 1)


class RowRefusedError(Exception):
    """A row fits the format but cannot be taken."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass
class Taking:
    """One row on its way in. What it asks and what it claims counts only once it is stored."""

    name: str
    taken: frozenset[Hashable]
    key: Hashable = None
    questions: list[Problem] = field(default_factory=list)

    def claim(self, *key: Hashable) -> None:
        """Say what the row is known by. Raises RowRefusedError where a row of this file was stored under it before."""
        if key in self.taken:
            raise RowRefusedError(
                [Problem(self.name, "id", "this row stands twice in the file; only the first one was loaded")]
            )
        self.key = key


@dataclass(frozen=True, slots=True)
class Job:
    """One row to load: how messages name it, and what to do. `load` returns "created", "changed" or "unchanged"."""

    name: str
    load: Callable[[Taking], str]


def load_rows(jobs: Iterable[Job], progress: Progress) -> Summary:
    """Load each row in a transaction of its own; whatever is wrong with one stops no other."""
    summary, work, taken = Summary(), list(jobs), set[Hashable]()
    for done, job in enumerate(work, start=1):
        taking = Taking(job.name, frozenset(taken))
        problems = _load(job, taking, summary)
        if problems:
            summary.refused += problems
            summary.refused_rows += 1
        else:
            taken.add(taking.key)
            summary.questions += taking.questions
        progress(done, len(work))
    return summary


def _load(job: Job, taking: Taking, summary: Summary) -> list[Problem]:
    """Take one row in. Returns what is wrong with it; nothing where it is stored."""
    try:
        with transaction.atomic():
            _wait_for_other_loads()
            summary.count(job.load(taking))
    except ValidationError as error:
        return problems_of(error, job.name)
    except RowRefusedError as error:
        return error.problems
    except WaywatchError as error:
        return [Problem(job.name, getattr(error, "field", None) or "row", str(error))]
    except Exception as error:  # noqa: BLE001 - the promise: no row stops another, whatever is in it
        return [
            Problem(job.name, "row", f"this row could not be understood ({type(error).__name__}): please report it")
        ]
    return []


def _wait_for_other_loads() -> None:
    """Let one row in at a time, whoever loads it, until its transaction ends: two loads of one file would both find a row to be new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def digest_of(printed: BaseModel) -> str:
    """Return the SHA-256 of a row's content: the same for the same facts, in whatever order, and however it says nothing."""
    content: Any = {name: value for name, value in printed.model_dump(mode="json").items() if value not in EMPTY}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def silent(done: int, total: int) -> None:
    """Report no progress."""
