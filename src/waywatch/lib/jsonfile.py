"""Reading a JSON file that somebody else wrote: every way in which it can be wrong gives a sentence, never a trace."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from waywatch.lib.errors import InvalidError
from waywatch.lib.text import made_visible, unsafe_character

MAX_BYTES = 64 * 1024 * 1024
MAX_SHOWN = 60
MAX_DIGITS = 4000  # Python reads 4,300
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a row that a person must look at. `row` is the row's id, or its place in the file where it has none."""

    row: str
    field: str
    text: str

    def __str__(self) -> str:
        return made_visible(f"{self.row}: {self.field}: {self.text}")


class Object(dict[str, Any]):
    """A JSON object that knows which of its names stood twice; only the first of them counts."""

    twice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LongNumber:
    """A whole number with more digits than Python reads. It fits no field, so that only its row is refused."""

    digits: int


def _whole_number(text: str) -> int | LongNumber:
    return int(text) if len(text) <= MAX_DIGITS else LongNumber(len(text.lstrip("-")))


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found = Object()
    for name, value in pairs:
        if name in found:
            found.twice = (*found.twice, name)
        else:
            found[name] = value
    return found


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in `path`. Raises InvalidError saying what is wrong with the file and what to do."""
    data = _parse(_decode(_read(path), path), path)
    if isinstance(data, Object) and data.twice:
        raise InvalidError(
            f"{path} names “{made_visible(data.twice[0])[:MAX_SHOWN]}” twice. Join the two and try again."
        )
    if not isinstance(data, dict):
        raise InvalidError(
            f"{path} holds {_kind(data)}; it must be a JSON object with named lists. See docs/reference."
        )
    return data


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidError(f"{path} is larger than {MAX_BYTES // 1024 // 1024} MB. Split it into several files.")
        return path.read_bytes()
    except OSError as error:
        raise InvalidError(f"{path} cannot be read: {error.strerror}. Check the name and the permissions.") from error


def _decode(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and try again.") from error


def _parse(text: str, path: Path) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_whole_number, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidError(f"{path} is not JSON: {error.msg} at {place}. Correct it there and try again.") from error
    except RecursionError as error:
        raise InvalidError(f"{path} is nested too deeply to be a file of this kind.") from error
    except ValueError as error:
        raise InvalidError(f"{path} is not JSON: {str(error)[:MAX_SHOWN]}. Correct it and try again.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON; use null for what is not known")


def rows_of(data: dict[str, Any], key: str) -> list[Any]:
    """Return the list under `key`; a missing one is empty. Raises InvalidError where something else stands there."""
    rows = data.get(key, [])
    if not isinstance(rows, list):
        raise InvalidError(f'"{key}" holds {_kind(rows)}; it must be a list.')
    return rows


def unknown_lists(data: dict[str, Any], known: Iterable[str]) -> list[Problem]:
    """Return a question for each name at the top of a file that its format does not know."""
    text = "this name is not known at the top of such a file; nothing under it was loaded"
    return [Problem("file", name[:MAX_SHOWN], text) for name in sorted(set(data) - set(known))]


def row_name(row: object, position: int) -> str:
    """Return how a message names a row: its id if that can be shown, else its place in the list, counted from 1."""
    name = row.get("id") if isinstance(row, dict) else None
    if isinstance(name, str) and name.strip() and not unsafe_character(name):
        return name[:MAX_SHOWN]
    return f"row {position}"


def problems_of(error: ValidationError, row: str) -> list[Problem]:
    """Return pydantic's findings as sentences that name the field and what it should hold. Values are shown short or not at all."""
    return [
        Problem(row=row, field=_field(finding["loc"]), text=_sentence(finding))
        for finding in error.errors(include_url=False)
    ]


def _field(location: Iterable[int | str]) -> str:
    return re.sub(r"\.(\d+)", r"[\1]", ".".join(str(part)[:MAX_SHOWN] for part in location)) or "row"


def _sentence(finding: Any) -> str:
    message = str(finding["msg"]).removeprefix("Value error, ").rstrip(".")
    if finding["type"] == "model_type":
        message = "this must be an object"
    of_what_is_inside = finding["type"] in {"value_error", "missing"} and isinstance(finding["input"], dict | list)
    found = "" if of_what_is_inside else f" (found {_shown(finding['input'])})"
    return f"{message}{found}. Correct the row and load the file again."


def _shown(value: object) -> str:
    if isinstance(value, str):
        if unsafe_character(value):
            return "text with an invisible character"
        return f'"{value}"' if len(value) <= MAX_SHOWN else f"a text of {len(value):,} characters"
    if isinstance(value, bool | float | int) or value is None:
        return json.dumps(value)[:MAX_SHOWN]
    if isinstance(value, LongNumber):
        return f"a number of {value.digits:,} digits"
    return _kind(value)


def _kind(value: object) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        LongNumber: "a number",
    }
    return next((name for kind, name in names.items() if isinstance(value, kind)), "null")


def _plain(text: str) -> str:
    found = unsafe_character(text)
    if found:
        raise ValueError(f"this text has an invisible character ({found}) that can hide or reorder words")
    return text


def named_once(value: Any) -> Any:
    """Return `value`. Raises ValueError where it is an object in which a name stands twice: nobody knows which of the two is meant."""
    if isinstance(value, Object) and value.twice:
        raise ValueError(f"the name “{made_visible(value.twice[0])[:MAX_SHOWN]}” stands twice")
    return value


class Row(BaseModel):
    """What every part of a file shares. Types are taken at their word ("12" is not a number); null is "not printed", like a missing
    name; a name that the format does not know is noted and left out; a name that stands twice is refused.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    _unknown: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _from_foreign_hands(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(named_once(data), dict):
            return handler(data)
        row = handler({name: value for name, value in data.items() if value is not None})
        row._unknown = tuple(sorted(str(name)[:MAX_SHOWN] for name in set(data) - set(cls.model_fields)))  # noqa: SLF001 - its own
        return row

    def unknown_names(self) -> list[tuple[str, str]]:
        """Return a question, as field and text, for each name that this format does not know."""
        return [
            ("row", f"the name “{made_visible(name)}” is not known here and was not loaded") for name in self._unknown
        ]


def not_later(year: int, info: ValidationInfo) -> int:
    """Return `year`. Raises ValueError where it comes after the context's `this_year`: nothing can have been printed of it."""
    this_year = (info.context or {}).get("this_year", LAST_YEAR)
    if year > this_year:
        raise ValueError(f"the year {year} has not come yet (it is {this_year})")
    return year


Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(_plain)]
Label = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True), AfterValidator(_plain)]
Text = Annotated[str, StringConstraints(max_length=4000, strip_whitespace=True), AfterValidator(_plain)]
Slug = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
