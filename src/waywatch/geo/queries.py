"""Reads: counties, ZIP codes, agencies, and places by page, nearness and road."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet, Value
from django.db.models.functions import Replace

from waywatch.geo import counties as county_names
from waywatch.geo import regions, rules, shapes, values
from waywatch.geo.models import Agency, County, Place, ZipCode

PER_PAGE = 50
MAX_TEXT = 100
Row = TypeVar("Row", bound=Model)


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


def counties_meant(region: str, text: str) -> values.CountiesMeant:
    """Return the counties of a region that a person means by "reeves" or "Reeves County", or else those of a name alike. One query."""
    known = {each.code: values.county_info(each) for each in County.objects.filter(region=region).order_by("code")}
    found = county_names.meant(text, {code: (each.name_en, each.name_fr) for code, each in known.items()})
    return values.CountiesMeant([known[code] for code in found.fits], [known[code] for code in found.alike])


def zip_code(code: str) -> values.ZipInfo | None:
    """Return a ZIP code; of a "ZIP+4" its first five digits count."""
    found = ZipCode.objects.filter(code=code.strip()[:5]).first()
    return values.zip_info(found) if found else None


def county_of_zip(code: str) -> values.CountyInfo | None:
    """Return the county of a ZIP code: one of possibly several, and None for military post offices."""
    found = ZipCode.objects.select_related("county").filter(code=code.strip()[:5]).first()
    return values.county_info(found.county) if found and found.county else None


def search_agencies(
    *, text: str = "", region: str | None = None, county: str | None = None, kind: str | None = None, page: int = 1
) -> values.AgencyPage:
    """Return one page of agencies by region and name: facts of `AGENCIES_AS_OF`, never a way to route anything. Two queries.

    Each word of `text` stands somewhere in the name; or `text` is the FBI's number, or how it begins.
    """
    found = Agency.objects.select_related("county").order_by("region", "name", "ori")
    asked = {"region": region, "county": county, "kind": kind}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    if text.strip():
        found = _named(found, text.strip()[:MAX_TEXT])
    rows, total, page = _paged(found, page)
    return values.AgencyPage([values.agency_info(each) for each in rows], total, page, PER_PAGE)


def _named(found: QuerySet[Agency], text: str) -> QuerySet[Agency]:
    """Narrow to the agencies named by the words. An apostrophe is no letter: people leave it out of "Sheriff's"."""
    words = Q()
    for word in regions.folded(text.replace("'", "").replace("\u2019", "")).split():
        words &= Q(bare_name__icontains=word)
    return found.annotate(bare_name=Replace("name", Value("'"), Value(""))).filter(words | Q(ori__istartswith=text))


def _paged(found: QuerySet[Row], page: int) -> tuple[QuerySet[Row], int, int]:
    """Return the rows of one page, how many rows there are on all, and which page it is: a page beyond the list is its last."""
    total = found.count()
    page = min(max(1, page), max(1, -(-total // PER_PAGE)))
    return found[(page - 1) * PER_PAGE : page * PER_PAGE], total, page


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
    rows, total, page = _paged(found.order_by("region", "highway", "milepost", "name", "id"), page)
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
