"""Typed readers of the environment. A value that makes no sense stops the start with a sentence that says what to set."""

import os
import re
from pathlib import Path

NUMBER = re.compile(r"-?[0-9]{1,18}")


class SettingError(SystemExit):
    """A setting is missing or makes no sense."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable `name`, or the content of the file that `name_FILE` points to (for secrets), or `default`."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        raise SettingError(f"Set {name} (or {name}_FILE): docs/reference/settings.md says what it is for.")
    return value


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return the variable if it is one of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise SettingError(f"{name} is {value!r}: set it to one of {', '.join(allowed)}.")
    return value


def integer(name: str, default: int, *, lowest: int, highest: int) -> int:
    """Return the variable as a whole number within bounds."""
    raw = text(name, str(default))
    if not NUMBER.fullmatch(raw) or not lowest <= int(raw) <= highest:
        raise SettingError(f"{name} is {raw!r}: set it to a whole number from {lowest} to {highest}.")
    return int(raw)


def boolean(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no."""
    raw = text(name, "yes" if default else "no").lower()
    if raw not in {"yes", "no", "true", "false", "1", "0"}:
        raise SettingError(f"{name} is {raw!r}: set it to yes or no.")
    return raw in {"yes", "true", "1"}


def public_key(name: str) -> str:
    """Return a public key as base64url of 65 bytes, or "" where none is set."""
    value = text(name, "")
    if value and not re.fullmatch("B[A-Za-z0-9_-]{86}", value):
        raise SettingError(
            f"{name} is {value!r}: set it to the line of root-public.txt, 87 characters, or leave it out."
        )
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
