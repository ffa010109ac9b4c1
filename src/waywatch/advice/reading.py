"""The reviewed files, read once. A file that does not fit stops the start: advice is not guessed."""

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from waywatch.advice.values import Book, Condition, Numbers, Pack, Rule, Sign
from waywatch.lib.review import Review

FOLDER = Path(__file__).parent / "data"
FILES = ("rules", "signs", "packs")


@cache
def book(folder: Path = FOLDER) -> Book:
    """Return everything in the files of `folder`."""
    rules, signs, packs = (_read(folder, name) for name in FILES)
    numbers = _read(folder, "numbers")
    return Book(
        version=max(file["version"] for file in (rules, signs, packs)),
        levels=tuple(rules["levels"]),
        rules=tuple(_rule(row) for row in rules["rules"]),
        signs={row["key"]: Sign(**{**row, "sectors": tuple(row["sectors"])}) for row in signs["signs"]},
        numbers={row["code"]: _numbers(row) for row in numbers["countries"]},
        numbers_checked_on=dt.date.fromisoformat(numbers["checked_on"]),
        channels=packs["channels"],
        packs={row["key"]: Pack(**{**row, "order": tuple(row["order"])}) for row in packs["packs"]},
        reviews=tuple(_review(file["review"]) for file in (rules, signs, packs)),
    )


def _read(folder: Path, name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return read


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(row["id"], row["level"], tuple(Condition(**condition) for condition in row["when"]), row["text"])


def _numbers(row: dict[str, Any]) -> Numbers:
    return Numbers(country=row["code"], **{name: value for name, value in row.items() if name != "code"})


def _review(row: dict[str, Any]) -> Review:
    return Review(**{**row, "date": dt.date.fromisoformat(row["date"])})
