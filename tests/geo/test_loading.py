"""The figures of the published data, and that loading again changes nothing."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command

from tests.conftest import use_database
from waywatch.geo import api as geo
from waywatch.geo.models import Agency, Country, County, Place, PlaceKind, ReferenceVersion, Region, ZipCode
from waywatch.lib.actors import Actor, acting_as

ROWS = {
    "geo_country": 3,
    "geo_region": 70,
    "geo_county": 3529,
    "geo_zipcode": 41_488,
    "geo_agency": 18_702,
    "geo_place": 2678,
}
GAPS = {
    "county rows with a second name": 9,
    "ZIP rows listed twice": 2,
    "ZIP codes without a county": 511,
    "ZIP codes with their county worked out from the point": 423,
    "agencies without a county": 844,
    "agencies without a point": 556,
    "truck parking without a milepost": 348,
    "places whose county is approximate": 17,
}


@pytest.fixture
def as_owner(django_db_setup: None, django_db_blocker: Any, database_urls: dict[str, str]) -> Iterator[None]:
    """Run as the owner, committing; the files are loaded again at the end."""
    with django_db_blocker.unblock(), acting_as(Actor.system("tests")):
        use_database(database_urls["owner"])
        yield
        ReferenceVersion.objects.all().delete()
        geo.load_reference()
        use_database(database_urls["web"])


@pytest.mark.django_db
def test_every_published_row_is_in_a_table() -> None:
    models = (Country, Region, County, ZipCode, Agency, Place)
    assert {model._meta.db_table: model.objects.count() for model in models} == ROWS


@pytest.mark.django_db
def test_the_figures_that_the_sources_give() -> None:
    parking = Place.objects.filter(kind=PlaceKind.TRUCK_PARKING)
    sensors = Place.objects.filter(kind=PlaceKind.WEIGH_IN_MOTION)
    spaces = sum(parking.values_list("spaces", flat=True))
    assert (parking.count(), spaces, sensors.count()) == (1915, 39_803, 763)
    assert Agency.objects.exclude(as_of=2018).count() == 0
    assert (County.objects.filter(code__startswith="CA-").count(), ZipCode.objects.filter(county=None).count()) == (
        293,
        511,
    )


@pytest.mark.django_db
def test_what_rows_lack_is_counted() -> None:
    summary = ReferenceVersion.objects.get().summary
    assert summary == {"rows": ROWS, "gaps": GAPS}


@pytest.mark.django_db
def test_read_rows_and_left_out_rows_are_all_rows() -> None:
    gaps = ReferenceVersion.objects.get().summary["gaps"]
    assert ZipCode.objects.count() + gaps["ZIP rows listed twice"] == 41_490
    us_counties = County.objects.filter(code__startswith="US-").count()
    assert us_counties + gaps["county rows with a second name"] == 3245


@pytest.mark.django_db
def test_the_newer_of_two_names_of_a_county_is_kept() -> None:
    codes = ["US-02158", "US-02195", "US-11001", "US-36005", "US-36047", "US-36061", "US-36085", "US-46102"]
    names = geo.counties_named(codes)
    assert [names[code].name_en for code in codes] == [
        "Kusilvak Census Area",
        "Petersburg Borough",
        "District of Columbia",
        "Bronx County",
        "Kings County",
        "New York County",
        "Richmond County",
        "Oglala Lakota County",
    ]


def contents(url: str) -> list[tuple[Any, ...]]:
    """Each table's rows as one hash, and the transaction that wrote them last."""
    columns = "count(*), md5(string_agg(t::text, ',' ORDER BY t::text)), max(xmin::text)"
    with psycopg.connect(url) as connection:
        return [connection.execute(f"SELECT {columns} FROM {table} t".encode()).fetchall()[0] for table in ROWS]


def test_loading_the_same_files_again_writes_nothing(as_owner: None, database_urls: dict[str, str]) -> None:
    before = contents(database_urls["owner"])
    again = geo.load_reference()
    assert (again.unchanged, again.rows, again.gaps) == (True, ROWS, GAPS)
    assert contents(database_urls["owner"]) == before
    assert again.seconds < 1


def test_a_forgotten_version_is_loaded_again_without_touching_equal_rows(
    as_owner: None, database_urls: dict[str, str]
) -> None:
    before = contents(database_urls["owner"])
    ReferenceVersion.objects.all().delete()
    again = geo.load_reference()
    assert (again.unchanged, again.rows, again.gaps) == (False, ROWS, GAPS)
    assert contents(database_urls["owner"]) == before


def test_a_row_that_differs_is_set_right(as_owner: None) -> None:
    ZipCode.objects.filter(code="78701").update(place="Elsewhere", county=None)
    ReferenceVersion.objects.all().delete()
    geo.load_reference()
    found = ZipCode.objects.get(code="78701")
    assert (found.place, found.county_id) == ("Austin", "US-48453")


def test_the_command_says_what_it_found(as_owner: None, capsys: pytest.CaptureFixture[str]) -> None:
    ReferenceVersion.objects.all().delete()
    call_command("load_places")
    said = capsys.readouterr().out
    assert "geo_place: 2678" in said
    assert "844 agencies without a county" in said
    assert "Reference places loaded in" in said
