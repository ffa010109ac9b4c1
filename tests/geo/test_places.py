"""Places that organisers add: whose they are, where they lie, and what PostgreSQL itself refuses."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils.translation import override

from waywatch.geo import api as geo
from waywatch.geo.models import Place
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import InvalidError, NotFoundError

pytestmark = pytest.mark.django_db

ANNA = Actor.account(uuid.uuid4())
BEN = Actor.account(uuid.uuid4())
PECOS = geo.PlaceDraft(
    kind="truck_stop",
    name="  Crossroads   Truck Stop ",
    lat=31.4229,
    lon=-103.4932,
    city="Pecos",
    address="1 Example Road",
    highway="I 20 / US 285",
    direction="EB",
    milepost=Decimal("42.5"),
    spaces=80,
)


def added(actor: Actor = ANNA, draft: geo.PlaceDraft = PECOS) -> geo.PlaceInfo:
    with acting_as(actor):
        return geo.add_place(actor, draft=draft)


def test_a_place_gets_its_county_from_its_point_and_its_road_in_the_known_form() -> None:
    made = added()
    assert geo.place(made.id) == replace(made, county=geo.county("US-48389"))
    assert (made.region, made.county and made.county.code, made.name) == ("US-TX", "US-48389", "Crossroads Truck Stop")
    assert (made.highway, made.concurrent, made.direction) == ("I-20", ("US-285",), "EB")
    assert (made.source, made.added_by, made.is_published) == ("organiser", ANNA.account_id, False)


def test_a_place_in_canada_has_a_province_alone() -> None:
    made = added(draft=replace(PECOS, lat=51.0447, lon=-114.0719, region="CA-AB"))
    assert (made.region, made.county) == ("CA-AB", None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lat": 0.0, "lon": -150.0}, "lat"),
        ({"region": "US-CT"}, "lat"),
        ({"region": "XX-XX"}, "region"),
        ({"kind": "palace"}, "kind"),
        ({"name": "   "}, "name"),
        ({"lat": float("nan")}, "lat"),
        ({"lon": 999.0}, "lon"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        added(draft=replace(PECOS, **wrong))  # type: ignore[arg-type]  # a table of wrong values
    assert refused.value.field == field


def test_who_added_a_place_edits_all_of_it() -> None:
    made = added()
    with acting_as(ANNA):
        edited = geo.edit_place(
            ANNA, place_id=made.id, draft=replace(PECOS, name="New name", lat=32.4, lon=-99.7, spaces=None)
        )
    assert (edited.id, edited.name, edited.spaces) == (made.id, "New name", None)
    assert edited.county
    assert edited.county.code == "US-48441"
    assert geo.place(made.id) == edited


def test_a_closed_place_leaves_the_lists_and_is_still_found_by_its_id() -> None:
    made = added()
    with acting_as(ANNA):
        closed = geo.close_place(ANNA, place_id=made.id)
        again = geo.close_place(ANNA, place_id=made.id)
    assert closed.closed_at is not None
    assert again.closed_at == closed.closed_at
    assert geo.search_places(text="Crossroads Truck Stop").total == 0
    assert [near.place.id for near in geo.places_near(31.4229, -103.4932, km=0.1)] == []
    assert [place.id for place in geo.places_along("US-TX", "US-285") if place.id == made.id] == []
    assert geo.place(made.id) == closed


def test_another_organisers_place_is_not_changed() -> None:
    made = added()
    with acting_as(BEN), pytest.raises(geo.OthersPlaceError) as refused:
        geo.edit_place(BEN, place_id=made.id, draft=replace(PECOS, name="Mine"))
    assert refused.value.code == "geo_place_of_another"
    with acting_as(BEN), pytest.raises(geo.OthersPlaceError):
        geo.close_place(BEN, place_id=made.id)
    found = geo.place(made.id)
    assert found
    assert (found.name, found.closed_at) == ("Crossroads Truck Stop", None)


def test_a_published_place_is_not_changed() -> None:
    published = Place.objects.filter(source="ntad-jasons-law").first()
    assert published
    with acting_as(ANNA), pytest.raises(geo.PublishedPlaceError) as refused:
        geo.edit_place(ANNA, place_id=published.id, draft=PECOS)
    assert refused.value.code == "geo_place_published"
    system = Actor.system("tests")
    with acting_as(system), pytest.raises(geo.PublishedPlaceError):
        geo.close_place(system, place_id=published.id)


def test_an_unknown_place_is_not_found() -> None:
    with acting_as(ANNA), pytest.raises(NotFoundError):
        geo.close_place(ANNA, place_id=uuid.uuid4())


def test_the_web_role_cannot_change_published_rows_by_any_query() -> None:
    with acting_as(ANNA):
        assert Place.objects.exclude(source="organiser").update(name="x") == 0


def test_the_web_role_cannot_change_anothers_row_by_any_query() -> None:
    made = added()
    with acting_as(BEN):
        assert Place.objects.filter(id=made.id).update(name="x") == 0
    with acting_as(ANNA):
        assert Place.objects.filter(id=made.id).update(name="x") == 1


@pytest.mark.parametrize("added_by", [None, BEN.account_id], ids=["nobody", "another"])
def test_the_web_role_cannot_add_in_anothers_name(added_by: uuid.UUID | None) -> None:
    with acting_as(ANNA), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Place.objects.create(kind="other", source="organiser", region_id="US-TX", lat=31, lon=-103, added_by=added_by)


def test_the_web_role_cannot_give_a_place_away() -> None:
    made = added()
    with acting_as(ANNA), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Place.objects.filter(id=made.id).update(added_by=BEN.account_id)


def test_the_web_role_cannot_publish() -> None:
    with (
        acting_as(Actor.system("tests")),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Place.objects.create(
            kind="other", source="ntad-jasons-law", external_key="x", region_id="US-TX", lat=31, lon=-103
        )


def test_nobody_adds_nothing() -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Place.objects.create(kind="other", source="organiser", region_id="US-TX", lat=31, lon=-103)


@pytest.mark.parametrize("table", ["geo_region", "geo_county", "geo_zipcode", "geo_agency", "geo_referenceversion"])
def test_the_web_role_only_reads_reference_tables(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"lat": 91.0}, "geo_place_on_earth"),
        ({"lat": float("nan")}, "geo_place_on_earth"),
        ({"lon": -181.0}, "geo_place_on_earth"),
        ({"kind": "palace"}, "geo_place_kind_known"),
        ({"milepost": Decimal(-1)}, "geo_place_milepost_positive"),
        ({"external_key": "x"}, "geo_place_published_has_key"),
    ],
)
def test_what_can_never_be_is_a_constraint(wrong: dict[str, object], constraint: str) -> None:
    facts = {"kind": "other", "source": "organiser", "region_id": "US-TX", "lat": 31.0, "lon": -103.0, **wrong}
    facts["added_by"] = ANNA.account_id
    with acting_as(ANNA), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Place.objects.create(**facts)


TYPED = {
    "kind": "truck_stop",
    "name": "Crossroads",
    "region": "US-TX",
    "city": "Pecos",
    "lat": "31.4229",
    "lon": "-103.4932",
    "highway": "I-20",
    "direction": "EB",
    "milepost": "42.5",
    "spaces": "80",
}


def test_the_form_makes_a_draft() -> None:
    form = geo.PlaceForm(TYPED)
    assert form.is_valid()
    assert form.draft() == geo.PlaceDraft(
        kind="truck_stop",
        name="Crossroads",
        region="US-TX",
        city="Pecos",
        lat=31.4229,
        lon=-103.4932,
        highway="I-20",
        direction="EB",
        milepost=Decimal("42.5"),
        spaces=80,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "palace"), ("name", ""), ("name", "a\u202eb"), ("region", "US-XX"), ("lat", "91"), ("lat", "nan"),
        ("lon", ""), ("lon", "inf"), ("milepost", "-1"), ("milepost", "NaN"), ("spaces", "-1"), ("direction", "up"),
        ("city", "x" * 81),
    ],
)  # fmt: skip
def test_the_form_refuses(field: str, value: str) -> None:
    form = geo.PlaceForm({**TYPED, field: value})
    assert form.is_valid() is False
    assert list(form.errors) == [field]


def test_a_place_goes_into_the_form_and_out_again_unchanged() -> None:
    made = added()
    form = geo.PlaceForm({name: value for name, value in geo.PlaceForm.initial_of(made).items() if value is not None})
    assert form.is_valid(), form.errors
    with acting_as(ANNA):
        assert geo.edit_place(ANNA, place_id=made.id, draft=form.draft()) == made


def test_the_form_names_regions_in_the_readers_language() -> None:
    with override("fr"):
        choices = dict(geo.PlaceForm().fields["region"].choices)  # type: ignore[attr-defined]  # a ChoiceField
    assert (choices["US-CA"], choices["CA-QC"]) == ("Californie", "Québec")


def test_the_web_role_cannot_act_as_the_system_on_places() -> None:
    with (
        acting_as(Actor.system("anything")),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Place.objects.create(kind="other", source="organiser", region_id="US-TX", lat=31, lon=-103)


def test_the_web_role_changes_no_place_as_the_system() -> None:
    made = added()
    with acting_as(Actor.system("anything")):
        assert Place.objects.filter(id=made.id).update(name="x") == 0


def test_each_policy_on_places_names_its_roles_and_none_speaks_of_the_system() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cmd, roles::text[], concat(qual, with_check) FROM pg_policies WHERE tablename = 'geo_place'"
        )
        policies = cursor.fetchall()
    assert {command: sorted(roles) for command, roles, _ in policies} == {
        "SELECT": ["waywatch_web", "waywatch_worker"],
        "INSERT": ["waywatch_web"],
        "UPDATE": ["waywatch_web"],
    }
    assert [command for command, _, condition in policies if "system" in condition] == []
