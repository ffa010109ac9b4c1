"""What look-ups return to other rooms: frozen, without queries hidden behind a dot."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from waywatch.geo import regions
from waywatch.geo.models import Agency, County, Place, PlaceKind, PlaceSource, ZipCode
from waywatch.geo.names import name_of


@dataclass(frozen=True, slots=True)
class CountyInfo:
    """A county or census division."""

    code: str
    region: str
    kind: str
    name_en: str
    name_fr: str

    @property
    def name_es(self) -> str:
        """Counties keep their English name in Spanish."""
        return self.name_en

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return name_of(self)


@dataclass(frozen=True, slots=True)
class CountiesMeant:
    """What a county's name may mean: every county it fits; and where it fits none, those of a name alike, nearest first."""

    fits: Sequence[CountyInfo]
    alike: Sequence[CountyInfo]


@dataclass(frozen=True, slots=True)
class ZipInfo:
    """A ZIP code. `county` is None for military post offices."""

    code: str
    place: str
    county: str | None
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    """A law enforcement agency as the FBI listed it in the year `as_of`: never to be routed by."""

    ori: str
    name: str
    kind: str
    kind_label: str
    region: str
    county: CountyInfo | None
    lat: float | None
    lon: float | None
    as_of: int

    @property
    def region_name(self) -> str:
        """The name of its state or outlying area in the reader's language."""
        return _region_name(self.region)


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """One page of agencies, and how many there are on all pages."""

    agencies: Sequence[AgencyInfo]
    total: int
    page: int
    per_page: int


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """A place on the road."""

    id: uuid.UUID
    kind: str
    name: str
    region: str
    county: CountyInfo | None
    city: str
    address: str
    lat: float
    lon: float
    highway: str
    concurrent: tuple[str, ...]
    direction: str
    milepost: Decimal | None
    milepost_note: str
    spaces: int | None
    source: str
    added_by: uuid.UUID | None
    closed_at: dt.datetime | None

    @property
    def title(self) -> str:
        """What to call it: its name, or what it is and on which road, where the source knows no name."""
        words = {"kind": self.kind_label, "name": self.name, "highway": self.highway}
        if self.kind == PlaceKind.WEIGH_IN_MOTION and self.source != PlaceSource.ORGANISER:
            return gettext("%(kind)s %(name)s") % words
        if self.name:
            return self.name
        return gettext("%(kind)s on %(highway)s") % words if self.highway else self.kind_label

    @property
    def kind_label(self) -> str:
        """Its kind in the reader's language."""
        return str(PlaceKind(self.kind).label)

    @property
    def source_label(self) -> str:
        """Where it is from, in the reader's language."""
        return str(PlaceSource(self.source).label)

    @property
    def region_name(self) -> str:
        """The name of its state or province in the reader's language."""
        return _region_name(self.region)

    @property
    def is_published(self) -> bool:
        """Tell whether it comes from published data and can therefore not be edited."""
        return self.source != PlaceSource.ORGANISER


@dataclass(frozen=True, slots=True)
class NearPlace:
    """A place and how far it is as the crow flies."""

    place: PlaceInfo
    km: float


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One page of a list of places. `total` counts all pages; `page` starts at 1."""

    places: Sequence[PlaceInfo]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are: at least one."""
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """What an organiser says of a place. An empty `region` is worked out from the point."""

    kind: str
    name: str
    lat: float
    lon: float
    region: str = ""
    city: str = ""
    address: str = ""
    highway: str = ""
    direction: str = ""
    milepost: Decimal | None = None
    spaces: int | None = None


def _region_name(code: str) -> str:
    found = regions.region(code)
    return found.name if found else code


def county_info(county: County) -> CountyInfo:
    """Return what other rooms see of a county."""
    return CountyInfo(county.code, county.region_id, county.kind, county.name_en, county.name_fr)


def zip_info(found: ZipCode) -> ZipInfo:
    """Return what other rooms see of a ZIP code."""
    return ZipInfo(found.code, found.place, found.county_id, found.lat, found.lon)


def agency_info(agency: Agency) -> AgencyInfo:
    """Return what other rooms see of an agency, whose county has been selected with it."""
    return AgencyInfo(
        ori=agency.ori,
        name=agency.name,
        kind=agency.kind,
        kind_label=agency.get_kind_display(),
        region=agency.region_id,
        county=county_info(agency.county) if agency.county else None,
        lat=agency.lat,
        lon=agency.lon,
        as_of=agency.as_of,
    )


def place_info(place: Place) -> PlaceInfo:
    """Return what other rooms see of a place, whose county has been selected with it."""
    return PlaceInfo(
        id=place.id,
        kind=place.kind,
        name=place.name,
        region=place.region_id,
        county=county_info(place.county) if place.county else None,
        city=place.city,
        address=place.address,
        lat=place.lat,
        lon=place.lon,
        highway=place.highway,
        concurrent=tuple(place.concurrent),
        direction=place.direction,
        milepost=place.milepost,
        milepost_note=place.milepost_note,
        spaces=place.spaces,
        source=place.source,
        added_by=place.added_by,
        closed_at=place.closed_at,
    )
