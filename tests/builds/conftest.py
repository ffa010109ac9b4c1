"""Builds to look at: made as the system makes them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.reference import build_row
from waywatch.builds.loading import load_builds
from waywatch.builds.models import Build
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.loading import Summary

Loader = Callable[[dict[str, Any]], Summary]


@pytest.fixture
def load(owner_role: None, db: None) -> Loader:
    """Load a parsed file as the command does: as the owner, acting as the system."""

    def loader(data: dict[str, Any]) -> Summary:
        with acting_as(Actor.system("load-builds")):
            return load_builds(data)

    return loader


@pytest.fixture
def make_build(db: None) -> Callable[..., Build]:
    """Make a build straight in the database."""

    def maker(slug: str, region: str = "US-TX", **fields: Any) -> Build:
        return Build.objects.create(slug=slug, region_id=region, **{"year": 2024, "city": slug.title(), **fields})

    return maker


def row(**changes: Any) -> dict[str, Any]:
    """Return a file with one build."""
    return {"builds": [build_row(**changes)]}
