"""Asking a question once in one web request. Outside of a request nothing is remembered, and nothing outlives one."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")
_answers: ContextVar[dict[Hashable, object] | None] = ContextVar("waywatch_answers", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember answers within the block: one request of one person."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def remembered(question: Hashable, ask: Callable[[], T]) -> T:
    """Return the answer to `question`, asked for once within `remembering()`, each time elsewhere."""
    answers = _answers.get()
    if answers is None:
        return ask()
    if question not in answers:
        answers[question] = ask()
    return cast("T", answers[question])


def forget() -> None:
    """Forget what was answered so far: whoever changes grants calls this."""
    answers = _answers.get()
    if answers is not None:
        answers.clear()
