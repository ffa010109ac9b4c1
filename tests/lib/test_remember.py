"""An answer is remembered for one request, and no longer."""

from collections.abc import Iterator

from waywatch.lib.remember import forget, remembered, remembering

NUMBERS = iter(range(100))


def ask(numbers: Iterator[int] = NUMBERS) -> int:
    return next(numbers)


def test_outside_of_a_request_every_question_is_asked() -> None:
    assert remembered("q", ask) != remembered("q", ask)


def test_within_a_request_a_question_is_asked_once() -> None:
    with remembering():
        first = remembered("q", ask)
        assert remembered("q", ask) == first
        assert remembered("other", ask) != first
        with remembering():
            assert remembered("q", ask) != first
        assert remembered("q", ask) == first
    with remembering():
        assert remembered("q", ask) != first


def test_what_was_answered_can_be_forgotten() -> None:
    with remembering():
        first = remembered("q", ask)
        forget()
        assert remembered("q", ask) != first
    forget()
