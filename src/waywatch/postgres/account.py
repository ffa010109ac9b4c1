"""Which operating system account the server runs as. PostgreSQL refuses root, so root hands it to a lesser one."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from waywatch.postgres.errors import PostgresError

if TYPE_CHECKING:
    from pathlib import Path

CANDIDATES = ("waywatch", "postgres", "nobody")


class RunAs(TypedDict, total=False):
    """The part of `subprocess.Popen`'s arguments that chooses an account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    uid: int
    gid: int

    def run_as(self) -> RunAs:
        """Arguments for subprocess: this account, its first group and no other."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_enter(self, folder: Path) -> bool:
        """Whether the account can walk to `folder`, judged by the permission bits of the folder and its parents."""
        real = folder.resolve()
        return all(self._may_pass(place.stat()) for place in (real, *real.parents))

    def _may_pass(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def is_root() -> bool:
    """Whether this process is root."""
    return os.geteuid() == 0


def account_for(*owned: Path) -> Account | None:
    """Choose the account to run the server as: None for an ordinary user (run directly).

    For root: whoever owns the first of `owned` that exists and is not root's, else the first known system account.
    """
    if not is_root():
        return None
    for place in owned:
        if place.exists() and place.stat().st_uid != 0:
            return Account(place.stat().st_uid, place.stat().st_gid)
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise PostgresError(
        "no_account",
        "PostgreSQL does not run as root and this machine has no account to give it to. "
        "Create one with: useradd --system waywatch",
    )


def run_as(account: Account | None) -> RunAs:
    """Arguments for subprocess for an account, or none of them to stay as we are."""
    return account.run_as() if account else {}


def hand_over(place: Path, account: Account | None) -> None:
    """Give one file or folder of ours to the account, never following a link."""
    if account:
        os.chown(place, account.uid, account.gid, follow_symlinks=False)
