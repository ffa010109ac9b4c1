"""How one room tells another, which it does not know, that something happened. docs/reference/facts.md lists every fact."""

from collections.abc import Callable
from typing import Any, TypeVar

Fact = TypeVar("Fact")
_handlers: dict[type, Callable[[Any], None]] = {}


def wire(kind: type[Fact], handler: Callable[[Fact], None]) -> None:
    """Let `handler` handle facts of this kind: one handler a kind. Called once, by project/wiring.py."""
    _handlers[kind] = handler


def publish(fact: object) -> None:
    """Let whoever is wired handle a fact, in the transaction of the action that publishes it: both stand, or neither."""
    handler = _handlers.get(type(fact))
    if handler is not None:
        handler(fact)
