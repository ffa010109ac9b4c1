"""What the tests of referrals share: a committed world, for the worker has a connection and a role of its own."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.referrals.world import World, build, clear, sign
from tests.vault.conftest import _cheap

__all__ = ["_cheap", "world"]


@pytest.fixture
def world(database_urls: dict[str, str], no_transaction: None) -> Iterator[World]:
    """A desk and its trusted contacts; taken away afterwards."""
    try:
        with transaction.atomic():
            made = build(database_urls)
        sign(database_urls)
        yield made
    finally:
        clear(database_urls)
