"""Data directories of their own, each left without a process behind."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres.helpers import is_down, until
from waywatch.postgres.api import Server, using_server


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can walk to (pytest's own are closed to the server's account)."""
    place = Path(tempfile.mkdtemp(prefix="ww-"))
    place.chmod(0o755)
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
    place = Path(tempfile.mkdtemp(prefix="ww-"))
    place.chmod(0o755)
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
    place = Path(tempfile.mkdtemp(prefix="ww-"))
    place.chmod(0o755)
    with using_server(place / "var") as running:
        yield running
    assert is_down(place / "var")
    shutil.rmtree(place)
