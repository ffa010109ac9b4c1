"""Private files, written whole or not at all; and what the operating system's refusals mean to a person."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from waywatch.postgres.account import account_for, is_root
from waywatch.postgres.errors import PostgresError
from waywatch.postgres.paths import system_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from waywatch.postgres.paths import Paths

_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_A_FOLDER = {errno.ENOTDIR, errno.EEXIST}


def open_private(path: Path, flags: int) -> int:
    """Open or create a file for its owner only. What root creates belongs to the owner of the folder."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    folder = path.parent.stat()
    if is_root() and folder.st_uid != 0:
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def write_private(path: Path, text: str) -> None:
    """Replace a file at one stroke: after a crash it holds the old text or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(open_private(temporary, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename inside the folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_data_dir(paths: Paths) -> None:
    """Create the data directory, closed to others; one that exists is left as it is."""
    if paths.data_dir.is_dir():
        return
    paths.data_dir.parent.mkdir(parents=True, exist_ok=True)
    try:
        paths.data_dir.mkdir(mode=0o700)
    except FileExistsError:
        if paths.data_dir.is_dir():
            return
        raise
    account = account_for()
    if account:  # the server's account must walk through, nobody else
        os.chown(paths.data_dir, 0, account.gid)
        paths.data_dir.chmod(0o710)


def create_system_dir() -> Path:
    """Create root's folder for what the server's account must reach; one that exists is left as it is."""
    folder = system_dir()
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # whatever the umask is
    return folder


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the operating system's refusals inside `folder` into sentences that say what to do."""
    try:
        yield
    except OSError as error:
        raise _explain(error, folder) from error


def _explain(error: OSError, folder: Path) -> PostgresError:
    where = f"{error.filename or folder}: {error.strerror or error}"
    if error.errno in _READ_ONLY:
        return PostgresError(
            "data_dir_read_only",
            f"The data directory {folder} cannot be written ({where}). "
            "Make it writable for the account that runs Waywatch, or choose another one with WAYWATCH_DATA.",
        )
    if error.errno in _FULL:
        return disk_full(folder)
    if error.errno in _NOT_A_FOLDER:
        return PostgresError(
            "data_dir_not_a_folder",
            f"The data directory {folder} is not a folder ({where}). "
            "Move the file away, or choose another directory with WAYWATCH_DATA.",
        )
    return PostgresError(
        "data_dir_unusable", f"The data directory {folder} cannot be used ({where}). Choose another with WAYWATCH_DATA."
    )


def disk_full(folder: Path) -> PostgresError:
    """Make the error for a disk without room."""
    return PostgresError(
        "disk_full", f"The disk that holds {folder} is full. Free some space (200 MB at least) and start again."
    )


def last_lines(log: Path, *, since: int = 0, count: int = 6) -> str:
    """Return the last lines that were written to a log after position `since`."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, file.seek(0, os.SEEK_END) - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join([line.strip() for line in lines if line.strip()][-count:])


def size_of(path: Path) -> int:
    """Return a file's size; 0 when it is not there."""
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0
