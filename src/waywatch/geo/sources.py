"""Reads the published files in `data/` (NOTICE.md: where from) into rows, and counts every row that lacks something."""

import csv
import gzip
import hashlib
import io
import uuid
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from waywatch.geo import regions, rules, shapes
from waywatch.geo.models import AGENCIES_AS_OF, AgencyKind, CountyKind, PlaceKind, PlaceSource

VERSION = 1  # raise it when this file reads the same data differently
KEY_SPACE = uuid.UUID(
    "7f0f5a39-6a0c-5a6c-9d0e-2f7a5a4d8a11"
)  # published places keep their id from one installation to the next
Gaps = Counter[str]

# The county list names nine counties twice. The first name is kept, but for these.
_COUNTY_NAMES = {
    "02195": "Petersburg Borough",
    "36061": "New York County",
    "36085": "Richmond County",
    "46102": "Oglala Lakota County",
}
# The FBI's letters that are not the postal ones.
_FBI_STATES = {"NB": "NE", "GM": "GU"}
_FBI_KINDS = {
    "City": AgencyKind.CITY,
    "County": AgencyKind.COUNTY,
    "State Police": AgencyKind.STATE_POLICE,
    "Other State Agency": AgencyKind.OTHER_STATE,
    "University or College": AgencyKind.UNIVERSITY,
    "Tribal": AgencyKind.TRIBAL,
    "Other": AgencyKind.OTHER,
}
_UNKNOWN = {"", "NA", "N/A", "UNKNOWN"}


class CountyRow(NamedTuple):
    code: str
    region_id: str
    kind: str
    name_en: str
    name_fr: str


class ZipRow(NamedTuple):
    code: str
    place: str
    county_id: str | None
    lat: float
    lon: float


class AgencyRow(NamedTuple):
    ori: str
    name: str
    kind: str
    region_id: str
    county_id: str | None
    lat: float | None
    lon: float | None
    as_of: int


class PlaceRow(NamedTuple):
    id: uuid.UUID
    kind: str
    name: str
    region_id: str
    city: str
    lat: float
    lon: float
    highway: str
    concurrent: list[str]
    direction: str
    milepost: Decimal | None
    milepost_note: str
    spaces: int | None
    source: str
    external_key: str
    county_id: str | None = None
    address: str = ""
    added_by: None = None
    closed_at: None = None


def digest() -> str:
    """Return the SHA-256 of every data file, and of this reader's version."""
    total = hashlib.sha256(str(VERSION).encode())
    for path in sorted(each for each in regions.DATA.iterdir() if each.suffix in {".csv", ".gz"}):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _rows(name: str) -> Iterator[dict[str, str]]:
    raw = (regions.DATA / name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
    return csv.DictReader(io.StringIO(text, newline=""))


def counties(gaps: Gaps) -> list[CountyRow]:
    """Return the counties of the United States (2020) and the census divisions of Canada."""
    found: dict[str, CountyRow] = {}
    for row in _rows("us_counties_fips_2020.csv"):
        fips = row["statefp"] + row["countyfp"]
        if f"US-{fips}" in found:
            gaps["county rows with a second name"] += 1
            continue
        region = regions.by_statistics_code()["US", row["statefp"]]
        name = _COUNTY_NAMES.get(fips, row["name"])
        found[f"US-{fips}"] = CountyRow(f"US-{fips}", region.code, CountyKind.COUNTY, name, name)
    for row in _rows("ca_census_divisions_ocd.csv"):
        code = row["id"].rpartition(":")[2]
        region = regions.by_statistics_code()["CA", code[:2]]
        names = row["name"], row["name_fr"] or row["name"]
        found[f"CA-{code}"] = CountyRow(f"CA-{code}", region.code, CountyKind.CENSUS_DIVISION, *names)
    return list(found.values())


def zip_codes(known: set[str], gaps: Gaps) -> list[ZipRow]:
    """Return the ZIP codes. A county newer than our list (Connecticut, 2022) is worked out from the point."""
    found: dict[str, ZipRow] = {}
    unknown: list[ZipRow] = []
    for row in _rows("us_zip_county_geonames.csv.gz"):
        if row["zip"] in found:  # the file lists a military address after the civil one
            gaps["ZIP rows listed twice"] += 1
            continue
        county = f"US-{row['county_fips']}" if row["county_fips"] else None
        read = ZipRow(row["zip"], row["place"], county, float(row["lat"]), float(row["lon"]))
        found[read.code] = read
        if county is None:
            gaps["ZIP codes without a county"] += 1
        elif county not in known:
            unknown.append(read)
    located = shapes.locate_many([row.lat for row in unknown], [row.lon for row in unknown])
    for read, place in zip(unknown, located, strict=True):
        gaps["ZIP codes with their county worked out from the point"] += 1
        found[read.code] = read._replace(county_id=place.county if place else None)
    return list(found.values())


def agencies(known: set[str], gaps: Gaps) -> list[AgencyRow]:
    """Return the law enforcement agencies that the FBI listed in 2018."""
    found = []
    for row in _rows("us_le_agencies_fbi_ucr_2018.csv.gz"):
        county = f"US-{row['county_fips']}" if f"US-{row['county_fips']}" in known else None
        lat, lon = (float(row["lat"]), float(row["lon"])) if row["lat"] and row["lon"] else (None, None)
        gaps["agencies without a county"] += county is None
        gaps["agencies without a point"] += lat is None
        region = f"US-{_FBI_STATES.get(row['state'], row['state'])}"
        kind = _FBI_KINDS[row["type"]]
        found.append(AgencyRow(row["ori"], row["name"], kind, region, county, lat, lon, AGENCIES_AS_OF))
    return found


def places(gaps: Gaps) -> list[PlaceRow]:
    """Return truck parking and weigh-in-motion sensors, each with the county its point lies in."""
    found = [*_truck_parking(), *_weigh_in_motion()]
    gaps["truck parking without a milepost"] = sum(
        row.milepost is None for row in found if row.kind == PlaceKind.TRUCK_PARKING
    )
    return [_with_county(row, gaps) for row in found]


def _with_county(row: PlaceRow, gaps: Gaps) -> PlaceRow:
    place = shapes.locate_in(row.region_id, row.lat, row.lon)
    if place is None:
        gaps["places whose point is far outside their state (no county)"] += 1
        return row
    gaps["places whose county is approximate"] += place.approximate
    return row._replace(county_id=place.county)


def _truck_parking() -> Iterator[PlaceRow]:
    seen: Counter[str] = Counter()
    for row in _rows("us_truck_parking_ntad_jasons_law.csv"):
        route, mile = rules.parse_route(row["route"]), rules.parse_milepost(row["milepost"])
        towards = rules.parse_direction(mile.note)
        key = "|".join(
            (row["state"], " ".join(row["route"].split()), row["milepost"].strip(), row["lat"], row["lon"], row["name"])
        )
        seen[key] += 1
        key = f"{key}|{seen[key]}"
        yield PlaceRow(
            id=uuid.uuid5(KEY_SPACE, f"{PlaceSource.JASONS_LAW}|{key}"),
            kind=PlaceKind.TRUCK_PARKING,
            name=_known(row["name"]),
            region_id=f"US-{row['state']}",
            city=_known(row["municipality"]),
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            highway=route.highway,
            concurrent=list(route.concurrent),
            direction=route.direction or towards,
            milepost=mile.value,
            milepost_note="" if towards else mile.note,
            spaces=int(row["spaces"]),
            source=PlaceSource.JASONS_LAW,
            external_key=key,
        )


def _weigh_in_motion() -> Iterator[PlaceRow]:
    for row in _rows("us_weigh_in_motion_ntad.csv"):
        key = f"{row['state']}|{row['station_id']}"
        yield PlaceRow(
            id=uuid.uuid5(KEY_SPACE, f"{PlaceSource.WEIGH_IN_MOTION}|{key}"),
            kind=PlaceKind.WEIGH_IN_MOTION,
            name=row["station_id"],
            region_id=f"US-{row['state']}",
            city="",
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            highway="",
            concurrent=[],
            direction="",
            milepost=None,
            milepost_note="",
            spaces=None,
            source=PlaceSource.WEIGH_IN_MOTION,
            external_key=key,
        )


def _known(words: str) -> str:
    line = " ".join(words.split())
    return "" if line.upper() in _UNKNOWN else line
