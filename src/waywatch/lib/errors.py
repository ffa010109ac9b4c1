"""The family of errors that a person can cause, and what the pages need to know of them."""

from typing import ClassVar

from django.utils.translation import gettext


class WaywatchError(Exception):
    """Something a person asked for cannot be done. `str(error)` is a translated sentence that says what to do.

    `code` is stable: tests, logs and the API name it; the sentence may change.
    """

    code: ClassVar[str] = "error"


class NotFoundError(WaywatchError):
    """The thing does not exist, or is not for this actor: the two are not to be told apart."""

    code = "not_found"


class RefusedError(WaywatchError):
    """The actor sees the thing but may not do this to it. Carries no fact that the actor could not see before."""

    code = "refused"


class InvalidError(WaywatchError):
    """The input does not fit. `field` names the input it is about, where one can be named."""

    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def not_found() -> NotFoundError:
    """Return the one answer for what is unknown and what is not for this actor."""
    return NotFoundError(gettext("This page does not exist, or it is not for you."))
