"""A checkpoint: where the chain stood at one moment, kept where the owner of the database cannot reach it.

One JSON object a line: {"seq": 120, "hash": "9f..", "at": "2026-05-01T12:00:00+00:00", "entries": 120}.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

HASH_BYTES = 32


class CheckpointError(ValueError):
    """A file of checkpoints cannot be read."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the chain (`seq`, `hash`), the number of entries then, and when that was."""

    seq: int
    hash: bytes
    at: dt.datetime
    entries: int

    def line(self) -> str:
        """Return the checkpoint as one line of JSON."""
        fields = {"seq": self.seq, "hash": self.hash.hex(), "at": self.at.isoformat(), "entries": self.entries}
        return json.dumps(fields)


def read(path: Path) -> list[Checkpoint]:
    """Return the checkpoints of a file; an empty or unreadable one raises: it never counts as checked."""
    try:
        found = [_parse(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} cannot be read as checkpoints ({type(error).__name__}).") from error
    if not found:
        raise CheckpointError(f"{path} holds no checkpoint.")
    return found


def _parse(line: str) -> Checkpoint:
    raw = json.loads(line)
    digest = bytes.fromhex(raw["hash"])
    if len(digest) != HASH_BYTES or type(raw["seq"]) is not int or type(raw["entries"]) is not int or raw["seq"] < 0:
        raise ValueError("not a checkpoint")
    return Checkpoint(raw["seq"], digest, dt.datetime.fromisoformat(raw["at"]), raw["entries"])
