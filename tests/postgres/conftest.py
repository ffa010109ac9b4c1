"""Data directories of their own, each left without a process behind."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.helpers import is_down, until
from waywatch.postgres.api import Server, using_server


def _new_folder() -> Path:
    """A folder that everybody can walk to (pytest's own are closed), in memory if it can: syncs are slow."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made inside
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    place = Path(tempfile.mkdtemp(prefix="ww-", dir=memory if roomy else None))
    place.chmod(0o755)
    return place


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the test's own."""
    place = _new_folder()
    yield place
    shutil.rmtree(place)


@pytest.fixture
def data_dir(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data directory that does not exist yet; afterwards its server must be gone."""
    monkeypatch.delenv("WAYWATCH_PG_PORT", raising=False)
    monkeypatch.setenv("WAYWATCH_SYSTEM_DIR", str(folder / "system"))
    yield folder / "var"
    until(lambda: is_down(folder / "var"))


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A data directory with a cluster, stopped: to be copied, which is quicker than making one."""
    place = _new_folder()
    with using_server(place / "var"):
        pass
    yield place / "var"
    shutil.rmtree(place)


@pytest.fixture
def old_data_dir(made: Path, data_dir: Path) -> Path:
    """A data directory that was used before."""
    subprocess.run(["cp", "-a", made, data_dir], check=True)
    return data_dir


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the tests that only talk to it."""
    place = _new_folder()
    with using_server(place / "var") as running:
        yield running
    assert is_down(place / "var")
    shutil.rmtree(place)
