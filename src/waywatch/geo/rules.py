"""Pure decisions: what is a point, how far apart two are, which road and mile a source means."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal

EARTH_RADIUS_KM = 6371.0088  # the mean radius of IUGG
POLE, DATE_LINE = 90.0, 180.0
COMPASS = ("NB", "SB", "EB", "WB")


def is_point(lat: float, lon: float) -> bool:
    """Tell whether `lat` and `lon` are degrees on the globe. NaN and infinity are not."""
    return -POLE <= lat <= POLE and -DATE_LINE <= lon <= DATE_LINE


def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the great-circle distance (haversine formula, R. W. Sinnott, Sky and Telescope 68, 1984)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    rise = math.sin((phi_b - phi_a) / 2) ** 2
    run = math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, rise + math.cos(phi_a) * math.cos(phi_b) * run)))


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds in degrees. Where the box crosses the date line, `west` is greater than `east`."""

    south: float
    west: float
    north: float
    east: float


def box_around(lat: float, lon: float, km: float) -> Box:
    """Return bounds that hold every point within `km` of this one; the whole circle of longitudes near a pole."""
    slack = math.degrees(km / EARTH_RADIUS_KM) * (1 + 1e-9) + 1e-9
    south, north = max(-POLE, lat - slack), min(POLE, lat + slack)
    reach = math.sin(math.radians(slack)) / max(math.cos(math.radians(lat)), 1e-12)
    if south <= -POLE or north >= POLE or reach >= 1:
        return Box(south, -DATE_LINE, north, DATE_LINE)
    half = math.degrees(math.asin(reach)) + 1e-9
    west, east = lon - half, lon + half
    west, east = (west + 360 if west < -DATE_LINE else west), (east - 360 if east > DATE_LINE else east)
    return Box(south, west, north, east)


@dataclass(frozen=True, slots=True)
class Route:
    """A road: its highway ("I-10"), others that share the road, and the direction ("EB", "NB / SB")."""

    highway: str = ""
    concurrent: tuple[str, ...] = ()
    direction: str = ""


_DIRECTIONS = {
    "N": ("NB",), "S": ("SB",), "E": ("EB",), "W": ("WB",), "NB": ("NB",), "SB": ("SB",), "EB": ("EB",), "WB": ("WB",),
    "NS": ("NB", "SB"), "EW": ("EB", "WB"),
    "NORTHBOUND": ("NB",), "SOUTHBOUND": ("SB",), "EASTBOUND": ("EB",), "WESTBOUND": ("WB",),
}  # fmt: skip
_SYSTEMS = {"IH": "I", "I": "I", "INTERSTATE": "I", "US": "US", "U": "US", "SR": "SR", "STATE": "SR", "HWY": "HWY",
            "RT": "HWY", "RTE": "HWY", "ROUTE": "HWY", "HIGHWAY": "HWY"}  # fmt: skip
_POSTAL = (
    "A[BKLRZ]|BC|C[AOT]|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ABDEINOST]|N[BCDEHJLMSTVY]|"
    "O[HKNR]|P[AE]|QC|RI|S[CDK]|T[NX]|UT|V[AT]|W[AIVY]|YT"
)
_NUMBERED = re.compile(
    rf"(?:\b(?P<system>INTERSTATE|IH|I|US|U|STATE|SR|HWY|HIGHWAY|RTE?|ROUTE|{_POSTAL})"
    rf"(?:\s+(?:RTE?|ROUTE|HWY|HIGHWAY)\b)?[\s.\-]*|\b)0*(?P<number>\d{{1,4}})(?!\d)"
)
_TOWARDS = re.compile(r"(?<![A-Z])(NORTHBOUND|SOUTHBOUND|EASTBOUND|WESTBOUND|NS|EW|[NSEW]B?)(?![A-Z])")
_TYPED_ONE = re.compile(r"^1-?(?=\d{2}\s?[NSEW]?B?$)")  # "1-10E" and "177S": the digit one for the letter I


def parse_route(text: str) -> Route:
    """Read a road from a source's words: "I-90E", "US-231 NB / SB", "I-39S/I-90/I-94", "HEFT"; empty for "NA"."""
    words = " ".join(text.split())
    if words.upper().strip(" ./-") in {"", "NA", "N/A", "UNKNOWN", "NONE"}:
        return Route()
    words = words.partition("@")[0].partition('"')[0].strip()
    upper = _TYPED_ONE.sub("I-", words.upper())
    highways = _highways(upper)
    if not highways:
        name, direction = _named(words)
        return Route(highway=name, direction=direction)
    return Route(highway=highways[0], concurrent=tuple(highways[1:]), direction=_direction(_NUMBERED.sub(" ", upper)))


def _highways(upper: str) -> list[str]:
    found: list[str] = []
    system = ""
    for match in _NUMBERED.finditer(upper):
        written = match["system"]
        if not written and not system:
            continue  # a number that follows no kind of road is no route
        system = _SYSTEMS.get(written, written) if written else system
        highway = f"{system}-{match['number']}"
        if highway not in found:
            found.append(highway)
    return found


def _direction(rest: str) -> str:
    named = {each for word in _TOWARDS.findall(rest.partition(" - ")[0]) for each in _DIRECTIONS[word]}
    return " / ".join(each for each in COMPASS if each in named)


def parse_direction(text: str) -> str:
    """Read a direction that stands alone, "Northbound" or "EB"; empty where there are other words."""
    return _direction(text.upper()) if text.strip().upper() in _DIRECTIONS else ""


def _named(words: str) -> tuple[str, str]:
    kept: list[str] = []
    towards: list[str] = []
    for word in words.split():
        (towards if word.upper() in _DIRECTIONS and word.upper() not in {"NS", "EW"} else kept).append(word)
    return " ".join(kept)[:40].strip(), _direction(" ".join(towards).upper())


def same_roads(highway: str, region_code: str) -> frozenset[str]:
    """Return the ways sources write one road of a region: "SR-44", "HWY-44" and "FL-44" are the same one in Florida."""
    system, _, number = highway.partition("-")
    postal = region_code[3:]
    if number.isascii() and number.isdigit() and system in {"SR", "HWY", postal}:
        return frozenset({f"SR-{number}", f"HWY-{number}", f"{postal}-{number}"})
    return frozenset({highway})


@dataclass(frozen=True, slots=True)
class Mile:
    """A milepost of the route; or what the source wrote instead (an exit, a county's post mile, a range)."""

    value: Decimal | None = None
    note: str = ""


_MILE = re.compile(r"^(?:M[MP]\s*)?(\d{1,4}(?:\.\d+)?)$")


def parse_milepost(text: str) -> Mile:
    """Read a milepost: "12.5", "MM 138". California's "PM 17.1" counts from the county line and stays a note."""
    words = " ".join(text.split())
    if words.upper() in {"", "NA", "N/A"}:
        return Mile()
    match = _MILE.match(words.upper())
    return Mile(value=Decimal(match[1]).quantize(Decimal("0.001"))) if match else Mile(note=words[:20])
