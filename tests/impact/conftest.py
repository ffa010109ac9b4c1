"""The published figures, loaded as the commands load them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builds.conftest import make_build
from tests.reference import annual_file, builds_file
from waywatch.builds.loading import load_builds
from waywatch.impact import queries
from waywatch.impact.export import as_json
from waywatch.impact.loading import load_annual
from waywatch.lib.actors import Actor, acting_as

__all__ = ["make_build"]


@pytest.fixture
def published(owner_role: None, db: None) -> None:
    """Load both published files."""
    with acting_as(Actor.system("tests")):
        load_builds(builds_file())
        load_annual(annual_file())


@pytest.fixture
def builds_only(owner_role: None, db: None) -> Callable[[dict[str, Any]], None]:
    """Load a file of builds, and no yearly figures."""

    def loader(data: dict[str, Any]) -> None:
        with acting_as(Actor.system("tests")):
            load_builds(data)

    return loader


def report_of(year: int) -> dict[str, Any]:
    """Return the report of a year as programs get it."""
    with acting_as(Actor.system("tests")):
        return as_json(queries.report(year))
