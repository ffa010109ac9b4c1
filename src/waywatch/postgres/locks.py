"""Locks between processes. The kernel drops them when a process ends, however it ends.

`users.lock` is held shared by each process that uses the server. The keeper waits for it exclusively and gets it
exactly when nobody is left; a newcomer then waits until the keeper is gone.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import open_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.005


def open_lock(path: Path) -> int:
    """Open a descriptor for a lock file; it is not inherited by programs we start."""
    return open_private(path, os.O_RDWR)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock now or not at all."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock. Whoever asks must hold `start.lock`, so that no keeper starts meanwhile."""
    descriptor = open_lock(path)
    try:
        return try_lock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def take(path: Path, kind: int, deadline: float) -> int:
    """Open and lock a file before the deadline (of `time.monotonic`)."""
    descriptor = open_lock(path)
    try:
        while not try_lock(descriptor, kind):
            _pause_before(deadline, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _pause_before(deadline: float, path: Path) -> None:
    if time.monotonic() > deadline:
        raise PostgresError(
            "busy",
            f"Another process has been starting or stopping the database for too long ({path}). "
            "Wait a moment and try again; pg.log beside it says what it is doing.",
        )
    time.sleep(_PAUSE)


@contextmanager
def held(path: Path, deadline: float) -> Iterator[None]:
    """Hold a lock exclusively inside the block."""
    descriptor = take(path, fcntl.LOCK_EX, deadline)
    try:
        yield
    finally:
        os.close(descriptor)


def nobody_left(users_lock: Path) -> bool:
    """Whether the last user has left, that is: the keeper stops the server now."""
    descriptor = open_lock(users_lock)
    try:
        if try_lock(descriptor, fcntl.LOCK_EX):
            return True
        return not try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)
