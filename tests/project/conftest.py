"""Prepared installations, made once a run and copied at rest for each test."""

from collections.abc import Iterator

import pytest

from tests.project.installation import Installation, new_folder


@pytest.fixture(scope="session")
def prepared_demo() -> Iterator[Installation]:
    """A demonstration that was prepared and stopped. To be copied, never to be used."""
    made = Installation(new_folder())
    try:
        made.good("demo", "--prepare-only")
        made.wait_until_still()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def prepared_empty() -> Iterator[Installation]:
    """A migrated installation in demo mode without anybody in it. To be copied, never to be used."""
    made = Installation(new_folder())
    try:
        made.good("migrate", WAYWATCH_MODE="demo")
        made.wait_until_still()
        yield made
    finally:
        made.close()


@pytest.fixture
def demo(prepared_demo: Installation) -> Iterator[Installation]:
    """A demonstration of the test's own."""
    copy = prepared_demo.copy()
    yield copy
    copy.close()


@pytest.fixture
def empty(prepared_empty: Installation) -> Iterator[Installation]:
    """A migrated installation of the test's own."""
    copy = prepared_empty.copy()
    yield copy
    copy.close()


@pytest.fixture
def fresh() -> Iterator[Installation]:
    """A data directory that does not exist yet."""
    made = Installation(new_folder())
    yield made
    made.close()
