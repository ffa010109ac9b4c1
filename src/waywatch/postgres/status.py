"""What the keeper tells the users of the server: how to reach it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from waywatch.postgres.files import write_private

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Status:
    """One run of the server. No secrets."""

    host: str
    port: int
    keeper_pid: int
    server_pid: int
    version: str
    run: str


def write_status(file: Path, status: Status) -> None:
    """Announce that the server accepts connections."""
    write_private(file, json.dumps(asdict(status)))


def read_status(file: Path) -> Status | None:
    """Read the announcement, if there is a whole one."""
    try:
        return Status(**json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
