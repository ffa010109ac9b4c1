"""Loading rows of a file somebody else wrote: a transaction a row, so that a bad row stops nothing else; nothing is lost silently."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from pydantic import BaseModel, ValidationError

from waywatch.lib.jsonfile import Problem, problems_of

Progress = Callable[[int, int], None]


@dataclass
class Summary:
    """What loading a file did. `refused` rows were left out, `questions` are about rows that were loaded."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    questions: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)

    def count(self, outcome: str) -> None:
        """Add one to "created", "changed" or "unchanged"."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    @property
    def refused_rows(self) -> int:
        """Return how many rows were left out (a row may have several problems)."""
        return len({problem.row for problem in self.refused})


class RowRefusedError(Exception):
    """A row fits the format but names something that does not exist here."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Job:
    """One row to load: how messages name it, and what to do. `load` returns "created", "changed" or "unchanged"."""

    name: str
    load: Callable[[Summary], str]


def load_rows(jobs: Iterable[Job], progress: Progress) -> Summary:
    """Load each row in a transaction of its own. A name that was seen before is refused: only its first row counts."""
    summary, work, seen = Summary(), list(jobs), set[str]()
    for done, job in enumerate(work, start=1):
        if job.name in seen:
            text = "this row stands twice in the file; only the first one was loaded"
            summary.refused.append(Problem(f"{job.name} (again)", "id", text))
        else:
            seen.add(job.name)
            _load(job, summary)
        progress(done, len(work))
    return summary


def _load(job: Job, summary: Summary) -> None:
    try:
        with transaction.atomic():
            summary.count(job.load(summary))
    except ValidationError as error:
        summary.refused += problems_of(error, job.name)
    except RowRefusedError as error:
        summary.refused += error.problems
    except DatabaseError as error:
        summary.refused.append(
            Problem(job.name, "row", f"the database refused it ({type(error).__name__}): please report this")
        )


def digest_of(printed: BaseModel) -> str:
    """Return the SHA-256 of a row's content: the same for the same facts, whatever their order in the file."""
    content: Any = printed.model_dump(mode="json")
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def silent(done: int, total: int) -> None:
    """Report no progress."""
