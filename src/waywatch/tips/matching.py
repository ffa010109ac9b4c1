"""What two tips of one observation have in common, as keyed hashes: the server can compare them, and only the desk's key can make them.

Pure. A plate is looked for at any time. A vehicle without one, and a place, say something within a day or so only: their day is part of
the hash, so that a busy truck stop is not seen as one in a stolen database.
"""

import datetime as dt
import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from waywatch.tips.models import MatchKind

SHORTEST_PLATE = 4
TOKEN_LENGTH = 16
DAY = dt.timedelta(days=1)
LIFETIME = dt.timedelta(days=36_525)
Said = tuple[MatchKind, str]


def day_of(answers: Mapping[str, Any], received: dt.date) -> dt.date:
    """Return the day that a tip is about: the one it names, else that of its arrival. No reporter saw it a lifetime ago, or tomorrow."""
    with suppress(ValueError):
        named = dt.datetime.fromisoformat(str(answers.get("when", {}).get("at", ""))).date()
        if received - LIFETIME <= named <= received + DAY:
            return named
    return received


def lasting(answers: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what is the same on any day: plates, from four signs on."""
    for vehicle in answers.get("vehicles", ()):
        plate = _bare(vehicle.get("plate"))
        if len(plate) >= SHORTEST_PLATE:
            yield MatchKind.PLATE, plate


def passing(answers: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what is the same on one day: a vehicle of known kind, colour and make in a state; a known place; a mile of a highway."""
    where = answers.get("where", {})
    region = _bare(where.get("region"))
    for vehicle in answers.get("vehicles", ()):
        parts = [_bare(vehicle.get(name)) for name in ("type", "colour", "make")]
        if region and all(parts):
            yield MatchKind.VEHICLE, "|".join([region, *parts])
    road, mile = _bare(where.get("road")), _bare(where.get("mile"))
    for place in (_bare(where.get("place")), f"{road}|{mile}" if road and mile else ""):
        if region and place:
            yield MatchKind.PLACE, f"{region}|{place}"


def says_something(answers: Mapping[str, Any]) -> bool:
    """Tell whether there is anything to compare."""
    return any(True for says in (lasting, passing) for _ in says(answers))


def tokens(key: bytes, answers: Mapping[str, Any], day: dt.date, *, around: int = 0) -> dict[bytes, MatchKind]:
    """Return the tokens of what a tip says, 16 bytes each; with `around`, those of so many days before and after, to look for."""
    said = [(kind, text) for kind, text in lasting(answers)]
    days = [day + DAY * far for far in range(-around, around + 1)]
    said += [(kind, f"{text}|{each:%Y-%m-%d}") for kind, text in passing(answers) for each in days]
    return {token(key, kind, text): kind for kind, text in said}


def token(key: bytes, kind: MatchKind, text: str) -> bytes:
    """Return the keyed hash of something that is said, 16 bytes."""
    return hmac.digest(key, f"{kind.value}\0{text}".encode(), "sha256")[:TOKEN_LENGTH]


def _bare(text: Any) -> str:
    """Return letters and digits alone, as capitals: `tx bvx-042` and `TXBVX042` are one plate."""
    return re.sub(r"[\W_]+", "", str(text or "")).upper()
