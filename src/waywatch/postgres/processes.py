"""Looking at and ending processes: only ever ones that are a PostgreSQL inside our own cluster."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from waywatch.postgres.errors import PostgresError

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_PROC = Path("/proc")
_PROGRAMS = {"postgres", "postmaster"}


def ended_with_parent() -> Callable[[], None]:
    """For `preexec_fn`: the kernel stops the server (fast shutdown) when the keeper dies, however it dies."""
    parent = os.getpid()

    def arrange() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def is_alive(pid: int) -> bool:
    """Whether some process has this number."""
    return (_PROC / str(pid)).exists()


def servers_in(cluster: Path) -> list[int]:
    """List the PostgreSQL processes (the server or what is left of it) that work inside this cluster."""
    real = str(cluster.resolve())
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and _works_in(entry, real)]


def _works_in(process: Path, folder: str) -> bool:
    """Read from the kernel: a process we may not look at is foreign."""
    try:
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return str((process / "cwd").readlink()) == folder and program in _PROGRAMS
    except OSError:
        return False


def pid_in(file: Path) -> int | None:
    """Read the process number in the first line of a pid or lock file."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    first = lines[0].strip() if lines else ""
    return abs(int(first)) if re.fullmatch("-?[0-9]{1,18}", first) else None


def stop_orphan(cluster: Path, *, patience: float = 60.0) -> None:
    """Stop a server that outlived its keeper, gracefully, and wait until all of its processes are gone.

    To be called while holding the keeper's lock, so that the server cannot have a living keeper.
    """
    deadline = time.monotonic() + patience
    main = pid_in(cluster / "postmaster.pid")
    if main in servers_in(cluster):
        _interrupt(main, str(cluster.resolve()))
    while left := servers_in(cluster):
        if time.monotonic() > deadline:
            raise PostgresError(
                "cluster_in_use",
                f"An older PostgreSQL still runs in {cluster} and does not stop (process {left[0]}). "
                "Stop it, then start Waywatch again.",
            )
        time.sleep(0.02)


def _interrupt(pid: int, folder: str) -> None:
    """Signal through a handle, and only after the handle's process has been checked: numbers are reused."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        if _works_in(_PROC / str(pid), folder):
            signal.pidfd_send_signal(handle, signal.SIGINT)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def forget_foreign_pid(cluster: Path) -> None:
    """Remove a `postmaster.pid` that names a living process which is not our server; never touch that process.

    A file that names a dead process stays: PostgreSQL reads from it what it needs for a safe recovery.
    """
    file = cluster / "postmaster.pid"
    pid = pid_in(file)
    if pid is None or not is_alive(pid) or servers_in(cluster):
        return
    if _hidden_server(pid, cluster):
        raise PostgresError(
            "cluster_in_use",
            f"Process {pid} may be an older PostgreSQL in {cluster}; this account is not allowed to look. "
            f"If it is not, remove {file} and start Waywatch again; if it is, stop it first.",
        )
    file.unlink(missing_ok=True)


def _hidden_server(pid: int, cluster: Path) -> bool:
    """Whether a process whose folder we may not see is a PostgreSQL of the account that owns the cluster."""
    process = _PROC / str(pid)
    try:
        (process / "cwd").readlink()
    except PermissionError:
        name = (process / "comm").read_text(encoding="utf-8").strip()
        return name in _PROGRAMS and process.stat().st_uid == cluster.stat().st_uid
    except OSError:
        pass
    return False
