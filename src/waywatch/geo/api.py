"""What other rooms may use of the reference data: names, look-ups, nearest places, the map, and adding a place."""

from waywatch.geo.access import OthersPlaceError, PublishedPlaceError
from waywatch.geo.actions import add_place, close_place, edit_place
from waywatch.geo.forms import PlaceForm
from waywatch.geo.loading import Summary, load_reference
from waywatch.geo.models import AGENCIES_AS_OF, AgencyKind, CountyKind, PlaceKind, PlaceSource, RegionKind
from waywatch.geo.picture import MapShapes, Marker, RegionShape, map_shapes, point_on_map
from waywatch.geo.queries import (
    counties,
    counties_meant,
    counties_named,
    county,
    county_of_zip,
    place,
    places_along,
    places_in,
    places_near,
    places_with,
    roads,
    search_agencies,
    search_places,
    zip_code,
)
from waywatch.geo.regions import CountryInfo, RegionInfo, country, region, region_named, regions
from waywatch.geo.rules import Box, distance_km
from waywatch.geo.shapes import Located, locate, region_boxes
from waywatch.geo.values import (
    AgencyInfo,
    AgencyPage,
    CountiesMeant,
    CountyInfo,
    NearPlace,
    PlaceDraft,
    PlaceInfo,
    PlacePage,
    ZipInfo,
)

__all__ = [
    "AGENCIES_AS_OF",
    "AgencyInfo",
    "AgencyKind",
    "AgencyPage",
    "Box",
    "CountiesMeant",
    "CountryInfo",
    "CountyInfo",
    "CountyKind",
    "Located",
    "MapShapes",
    "Marker",
    "NearPlace",
    "OthersPlaceError",
    "PlaceDraft",
    "PlaceForm",
    "PlaceInfo",
    "PlaceKind",
    "PlacePage",
    "PlaceSource",
    "PublishedPlaceError",
    "RegionInfo",
    "RegionKind",
    "RegionShape",
    "Summary",
    "ZipInfo",
    "add_place",
    "close_place",
    "counties",
    "counties_meant",
    "counties_named",
    "country",
    "county",
    "county_at",
    "county_of_zip",
    "distance_km",
    "edit_place",
    "load_reference",
    "locate",
    "map_shapes",
    "place",
    "places_along",
    "places_in",
    "places_near",
    "places_with",
    "point_on_map",
    "region",
    "region_at",
    "region_boxes",
    "region_named",
    "regions",
    "roads",
    "search_agencies",
    "search_places",
    "zip_code",
]


def county_at(lat: float, lon: float) -> str | None:
    """Return the code of the US county at a point (within 5 km of a shore, the nearest); `locate` says how sure."""
    located = locate(lat, lon)
    return located.county if located else None


def region_at(lat: float, lon: float) -> str | None:
    """Return the code of the state or province at a point."""
    located = locate(lat, lon)
    return located.region if located else None
