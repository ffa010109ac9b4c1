"""Reads: counties, ZIP codes, agencies, and places by page, nearness and road."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from waywatch.geo import regions, rules, shapes, values
from waywatch.geo.models import Agency, County, Place, ZipCode

PER_PAGE = 50
MAX_TEXT = 100


def county(code: str) -> values.CountyInfo | None:
    """Return the county or census division with this code, such as "US-48389" or "CA-1001"."""
    found = County.objects.filter(code=code).first()
    return values.county_info(found) if found else None


def counties(region: str) -> list[values.CountyInfo]:
    """Return the counties of a region, sorted by name in the reader's language."""
    found = [values.county_info(each) for each in County.objects.filter(region=region)]
    return sorted(found, key=lambda each: (regions.folded(each.name), each.code))


def counties_named(codes: Sequence[str]) -> dict[str, values.CountyInfo]:
    """Return the counties with these codes, in one query."""
    return {each.code: values.county_info(each) for each in County.objects.filter(code__in=codes)}


def zip_code(code: str) -> values.ZipInfo | None:
    """Return a ZIP code; of a "ZIP+4" its first five digits count."""
    found = ZipCode.objects.filter(code=code.strip()[:5]).first()
    return values.zip_info(found) if found else None


def county_of_zip(code: str) -> values.CountyInfo | None:
    """Return the county of a ZIP code: one of possibly several, and None for military post offices."""
    found = ZipCode.objects.select_related("county").filter(code=code.strip()[:5]).first()
    return values.county_info(found.county) if found and found.county else None


def agencies(*, region: str, county: str | None = None, text: str = "", limit: int = 200) -> list[values.AgencyInfo]:
    """Return agencies of a region (of one county) by name. They are facts of 2018, never a way to route anything."""
    found = Agency.objects.select_related("county").filter(region=region).order_by("name", "ori")
    if county:
        found = found.filter(county=county)
    if text.strip():
        found = found.filter(name__icontains=text.strip()[:MAX_TEXT])
    return [values.agency_info(each) for each in found[:limit]]


def _open_places() -> QuerySet[Place]:
    return Place.objects.select_related("county").filter(closed_at=None)


def place(place_id: uuid.UUID) -> values.PlaceInfo | None:
    """Return a place, also a closed one."""
    found = Place.objects.select_related("county").filter(id=place_id).first()
    return values.place_info(found) if found else None


def places_with(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, values.PlaceInfo]:
    """Return the places with these ids, also closed ones, in one query."""
    return {each.id: values.place_info(each) for each in Place.objects.select_related("county").filter(id__in=ids)}


def places_in(region: str, *, kinds: Sequence[str]) -> list[values.PlaceInfo]:
    """Return all open places of some kinds in a region, by road and mile. One query."""
    found = _open_places().filter(region=region, kind__in=kinds)
    return [values.place_info(each) for each in found.order_by("highway", "milepost", "name", "id")]


def search_places(
    *,
    text: str = "",
    region: str | None = None,
    kinds: Sequence[str] = (),
    added_by: uuid.UUID | None = None,
    page: int = 1,
) -> values.PlacePage:
    """Return one page of open places whose name, city or road has the text, by region, road and mile. Two queries."""
    found = _open_places()
    if region:
        found = found.filter(region=region)
    if kinds:
        found = found.filter(kind__in=kinds)
    if added_by:
        found = found.filter(added_by=added_by)
    if text.strip():
        found = found.filter(_says(text.strip()[:MAX_TEXT]))
    total = found.count()
    last = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), last)
    rows = found.order_by("region", "highway", "milepost", "name", "id")[(page - 1) * PER_PAGE : page * PER_PAGE]
    return values.PlacePage([values.place_info(each) for each in rows], total, page, PER_PAGE)


def _says(text: str) -> Q:
    said = Q(name__icontains=text) | Q(city__icontains=text) | Q(highway__iexact=text)
    road = rules.parse_route(text)
    return said | Q(highway=road.highway) | Q(concurrent__contains=[road.highway]) if road.highway else said


def places_near(
    lat: float, lon: float, *, km: float, kinds: Sequence[str] = (), limit: int = 20
) -> list[values.NearPlace]:
    """Return the open places within `km`, nearest first: a box by an index, then exact distances. Two queries."""
    shapes.require_point(lat, lon)
    box = rules.box_around(lat, lon, km)
    inside = (
        Q(lon__gte=box.west) & Q(lon__lte=box.east)
        if box.west <= box.east
        else Q(lon__gte=box.west) | Q(lon__lte=box.east)
    )
    boxed = Place.objects.filter(inside, lat__gte=box.south, lat__lte=box.north, closed_at=None)
    if kinds:
        boxed = boxed.filter(kind__in=kinds)
    points = boxed.values_list("id", "lat", "lon")
    far = sorted((rules.distance_km(lat, lon, here, there), found) for found, here, there in points)
    nearest = {found: away for away, found in far[:limit] if away <= km}
    places = places_with(list(nearest))
    return [values.NearPlace(places[found], away) for found, away in nearest.items() if found in places]


def places_along(
    region: str, highway: str, *, from_milepost: Decimal | None = None, to_milepost: Decimal | None = None
) -> list[values.PlaceInfo]:
    """Return the open places on a road of a region by milepost, those without one last; with bounds only those within.

    The road may be written as people do ("I 90", "Hwy 99 N"). A direction in it is not looked at.
    """
    names = rules.same_roads(rules.parse_route(highway).highway, region)
    found = _open_places().filter(Q(highway__in=names) | Q(concurrent__overlap=list(names)), region=region)
    if from_milepost is not None:
        found = found.filter(milepost__gte=from_milepost)
    if to_milepost is not None:
        found = found.filter(milepost__lte=to_milepost)
    return [values.place_info(each) for each in found.order_by("milepost", "direction", "name", "id")]


def roads(region: str) -> list[tuple[str, int]]:
    """Return the roads of a region that have open places, with how many, by name."""
    found = _open_places().filter(region=region).exclude(highway="")
    counted = found.values("highway").annotate(places=Count("id")).order_by("highway")
    return [(row["highway"], row["places"]) for row in counted]
