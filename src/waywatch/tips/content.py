"""The content of an opened tip. It comes from a stranger: what has the form of an answer is read, everything else is shown as it is.

Pure. A tip is never refused for its content: it was accepted unread.
"""

import copy
import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from waywatch.tips.envelope import CHUNK_SIZE, MOST_CHUNKS, MOST_PHOTOS
from waywatch.tips.questions import STEPS, Field
from waywatch.vault import api as vault

KEY_LENGTH = 32
LONGEST = 4000
MOST = 50
LARGEST = 1_000_000  # of a number; what JSON calls NaN and Infinity fits nothing either
DEEPEST = 20  # levels: an answer has five
SIGNS = "signs"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that came in chunks: the key of its chunks (32 bytes), how many they are, and its size in bytes."""

    id: uuid.UUID
    key: bytes = field(repr=False)
    size: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Content:
    """What was sealed. `observation` holds answers only (docs/reference/tip-content.md); `odd` is the text of all that is no answer."""

    observation: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    sealed_at: str = ""
    reply_key: str = ""
    source: str = ""
    photos: tuple[Photo, ...] = ()
    odd: str = ""

    @property
    def sealed_minute(self) -> str:
        """Return when the phone sealed it by its own clock, to the minute; empty where that is no time, or one that no clock shows."""
        try:
            moment = dt.datetime.fromisoformat(self.sealed_at)
            return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC" if moment.tzinfo else f"{moment:%Y-%m-%d %H:%M}"
        except (ValueError, OverflowError):
            return ""


def write_content(observation: Mapping[str, Any], **facts: str) -> bytes:
    """Return the bytes that are sealed: the same form as a phone's."""
    return json.dumps({"version": 1, **facts, "observation": observation}, ensure_ascii=False).encode()


def read_content(raw: bytes) -> Content:
    """Return what these bytes say; it never fails."""
    try:
        # JSON can escape half a character, which no page and no table can write down.
        said = json.loads(json.dumps(json.loads(raw), ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return Content(odd=raw.decode(errors="replace"))
    if _is_deeper(said, DEEPEST):
        return Content(odd=raw.decode(errors="replace"))
    if not isinstance(said, dict):
        return Content(odd=_text(said))
    rest = {key: value for key, value in said.items() if key not in {"version", "observation"}}
    facts = {
        name: rest.pop(name) for name in ("language", "sealed_at", "reply_key", "source") if _is_line(rest.get(name))
    }
    photos, strange = take_photos(rest.pop("photos", []))
    if strange:
        rest["photos"] = strange
    observation = said.get("observation")
    answers, left = take_answers(observation) if isinstance(observation, dict) else ({}, observation)
    if left:
        rest["observation"] = left
    return Content(answers, photos=photos, odd=_text(rest) if rest else "", **facts)


def _is_deeper(said: Any, levels: int) -> bool:
    """Tell whether lists and objects stand inside one another more than so many levels deep: Python's recursion has an end."""
    inner = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
    return levels < 0 or any(_is_deeper(one, levels - 1) for one in inner)


def take_photos(said: Any) -> tuple[tuple[Photo, ...], Any]:
    """Part what a content lists as photos into photos and all the rest."""
    if not isinstance(said, list):
        return (), said
    found = [(_photo(row), row) for row in said[:MOST_PHOTOS]]
    strange = [row for photo, row in found if photo is None] + said[MOST_PHOTOS:]
    return tuple(photo for photo, _ in found if photo), strange


def _photo(row: Any) -> Photo | None:
    try:
        key = vault.from_text(row["key"])
        found = Photo(uuid.UUID(row["id"]), key, int(row["size"]), int(row["chunks"]))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    fits = len(key) == KEY_LENGTH and 1 <= found.chunks <= MOST_CHUNKS
    return found if fits and (found.chunks - 1) * CHUNK_SIZE < found.size <= found.chunks * CHUNK_SIZE else None


def take_answers(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part an observation into answers to our questions, each of its proper form, and all the rest."""
    left: dict[str, Any] = copy.deepcopy(dict(said))
    answers: dict[str, Any] = {}
    for step in STEPS:
        if step.repeat:
            rows = [_take_fields(step.fields, row) for row in _take_rows(left, step.repeat)]
            if any(rows):
                answers[step.repeat] = [row for row in rows if row]
        else:
            _merge(answers, _take_fields(step.fields, left))
    signs = [sign for sign in map(_sign, _take_rows(left, SIGNS)) if sign]
    if signs:
        answers[SIGNS] = signs
    return answers, _pruned(left)


def _take_fields(fields: tuple[Field, ...], said: dict[str, Any]) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for each in fields:
        *folders, name = each.path.split(".")
        place: Any = said
        for folder in folders:
            place = place.get(folder) if isinstance(place, dict) else None
        if isinstance(place, dict) and _fits(each, place.get(name)):
            _merge(taken, _nested(folders, name, place.pop(name)))
    return taken


def _take_rows(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows of a list, and leave behind what is none; what is taken from a row is gone from it."""
    rows = said.get(name)
    if not isinstance(rows, list):
        return []
    return [row for row in rows[:MOST] if isinstance(row, dict)]


def _sign(row: dict[str, Any]) -> dict[str, Any]:
    if not _is_line(row.get("key")):
        return {}
    taken = {"key": row.pop("key")}
    if row.get("first_hand") in {"yes", "no"}:
        taken["first_hand"] = row.pop("first_hand")
    return taken


def _fits(each: Field, value: Any) -> bool:
    choices = {choice for choice, _ in each.choices}
    if each.kind == "many":
        return isinstance(value, list) and all(_is_line(one) and one in choices for one in value)
    if each.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    return _is_line(value) and (value in choices or not choices)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def _nested(folders: list[str], name: str, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {name: value}
    for folder in reversed(folders):
        found = {folder: found}
    return found


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _pruned(said: Any) -> Any:
    """Return what was left behind without its empty shells."""
    if isinstance(said, dict):
        kept = {key: _pruned(value) for key, value in said.items()}
        return {key: value for key, value in kept.items() if value not in ({}, [], "", None)}
    if isinstance(said, list):
        return [value for value in map(_pruned, said) if value not in ({}, [], "", None)]
    return said


def _text(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1)


def first_hand(answers: Mapping[str, Any]) -> Iterator[bool]:
    """Yield for each person, vehicle, happening and sign whether the reporter saw it: what is not marked was seen."""
    for name in ("people", "vehicles", "timeline", SIGNS):
        yield from (row.get("first_hand") != "no" for row in answers.get(name, ()))
