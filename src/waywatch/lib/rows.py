"""Rows that somebody asks for by their address."""

from collections.abc import Iterable
from typing import TypeVar

from waywatch.lib.errors import not_found

Row = TypeVar("Row")


def one(found: Iterable[Row]) -> Row:
    """Return the row of a query for one, of what the actor may see. Raises the one answer to what is unknown and what is not for them."""
    row = next(iter(found), None)
    if row is None:
        raise not_found()
    return row
