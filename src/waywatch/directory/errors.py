"""What can go wrong in the directory by what a person asks for."""

from typing import Any, ClassVar

from waywatch.lib.errors import InvalidError, WaywatchError


class AlreadyThereError(InvalidError):
    """An organisation of this name is already kept in this region. `existing_id` leads to it."""

    code: ClassVar[str] = "already_there"

    def __init__(self, message: str, *, existing_id: Any, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.existing_id = existing_id


class ChangedMeanwhileError(WaywatchError):
    """Somebody else saved the thing after the form was opened. `differences` is {field: [stored now, typed]}; `version` the newest."""

    code: ClassVar[str] = "changed_meanwhile"

    def __init__(self, message: str, *, differences: dict[str, list[Any]], version: int) -> None:
        super().__init__(message)
        self.differences = differences
        self.version = version
