"""The county of an organisation and the counties it serves: typed by name, with the state chosen."""

import csv
import io
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.directory.conftest import Cast, World
from waywatch.audit import api as audit
from waywatch.directory.actions import organisations
from waywatch.directory.facts import OrganisationFacts
from waywatch.directory.models import Organisation, ServedJurisdiction
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import InvalidError

SHERIFF = {"name": "Reeves County Sheriff's Office", "region": "US-TX", "sector": "law_enforcement", "county": "reeves"}


def test_a_sheriff_is_given_a_county(cast: Cast) -> None:
    texan = cast["texan"]
    answer = texan.client.post(reverse("organisation_new"), SHERIFF)
    assert answer.status_code == 302
    page = texan.client.get(answer.headers["Location"])
    assert page.context["organisation"].county_id == "US-48389"
    assert "Texas, Reeves County" in page.content.decode()
    listed = texan.client.get(reverse("organisation_list"), {"words": "sheriff"})
    assert "Texas, Reeves County" in listed.content.decode()
    form = texan.client.get(reverse("organisation_edit", args=[page.context["organisation"].pk]))
    assert 'value="Reeves County"' in form.content.decode()


def typed_of(world: World) -> dict[str, str]:
    return {"name": world.texan.name, "sector": "trucking", "region": "US-TX", "city": "Pecos", "version": "1"}


def test_a_county_is_changed_and_taken_away_and_the_history_names_it(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("organisation_edit", args=[world.texan.pk])
    assert texan.client.post(address, typed_of(world) | {"county": "Reeves Co."}).status_code == 302
    assert texan.client.post(address, typed_of(world) | {"county": "Ector", "version": "2"}).status_code == 302
    assert texan.client.post(address, typed_of(world) | {"county": "", "version": "3"}).status_code == 302
    page = texan.client.get(reverse("organisation", args=[world.texan.pk]))
    assert page.context["organisation"].county is None
    assert [
        (each.label, each.old, each.new)
        for line in page.context["history"]
        for each in line.differences
        if line.what == "Changed"
    ] == [
        ("County", "Ector County", ""),
        ("County", "Reeves County", "Ector County"),
        ("County", "", "Reeves County"),
    ]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"county": "Reves"}, "county", "Do you mean Reeves County?"),
        (
            {"county": "Re"},
            "county",
            "Do you mean one of these: Real County, Reagan County, Reeves County, Refugio County, Red River County?",
        ),
        ({"county": "Cuyahoga"}, "county", "No county of Texas is called “Cuyahoga”. Check the name"),
        ({"county": "<b>x"}, "county", "No county of Texas is called “&lt;b&gt;x”."),
        ({"county": "Fairfax", "region": "US-VA"}, "county", "“Fairfax” can mean more than one county of Virginia."),
        ({"county": "Reeves", "region": ""}, "region", "Choose the state or province of the county."),
    ],
)
def test_a_county_that_is_none_is_said_and_what_was_typed_stays(
    typed: dict[str, str], field: str, said: str, cast: Cast, world: World
) -> None:
    national = cast["national"]
    sent = {"name": "Somebody", "region": "US-TX", "city": "Pecos"} | typed
    answer = national.client.post(reverse("organisation_new"), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
    text = answer.content.decode()
    assert said in text
    assert 'value="Pecos"' in text
    assert answer.context["form"]["county"].value() == typed["county"]
    (refused,) = re.findall(r'<(?:input|select)[^>]*aria-invalid="true"[^>]*>', text)
    described = re.findall(r'aria-describedby="([^"]*)"', refused)[0].split()
    assert (f'name="{field}"' in refused, described[-1]) == (True, f"id_{field}_error")
    assert f'<ul class="errorlist" id="id_{field}_error">' in text
    with acting_as(national.actor):
        assert Organisation.objects.count() == 3


def test_somebody_else_changed_the_county_meanwhile(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("organisation_edit", args=[world.texan.pk])
    texan.client.post(address, typed_of(world) | {"county": "Ector"})
    answer = texan.client.post(address, typed_of(world) | {"county": "Reeves"})
    clash = [(each.label, each.old, each.new) for each in answer.context["clash"]]
    assert clash == [("County", "Ector County", "Reeves County")]
    assert 'value="Reeves"' in answer.content.decode()


def test_a_served_county_is_entered_shown_and_taken_away(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("served_add", args=[world.texan.pk])
    refused = texan.client.post(address, {"region": "US-OH", "county": "Franklyn", "since": "2025-01-01"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["county"])
    assert "Franklin County" in refused.content.decode()
    assert 'value="Franklyn"' in refused.content.decode()
    assert 'value="2025-01-01"' in refused.content.decode()
    answer = texan.client.post(address, {"region": "US-OH", "county": "Franklin", "since": "2025-01-01"}, follow=True)
    text = answer.content.decode()
    assert "The organisation serves Franklin County, Ohio." in text
    assert "<span>Ohio, Franklin County</span>" in text
    newest = answer.context["history"][0]
    assert [(each.label, each.new) for each in newest.differences] == [
        ("Home state or province", "Ohio"),
        ("County", "Franklin County"),
        ("Since", "2025-01-01"),
    ]
    with acting_as(texan.actor):
        served = ServedJurisdiction.objects.get()
        assert (served.region_id, served.county_id) == ("US-OH", "US-39049")
        (line, *_rest) = audit.history("organisation", world.texan.pk)
    assert line.detail == {"region": "US-OH", "county": "US-39049", "since": "2025-01-01"}
    assert cast["ohioan"].client.get(reverse("organisation", args=[world.texan.pk])).status_code == 200
    assert texan.client.post(reverse("served_remove", args=[served.pk])).status_code == 302
    assert cast["ohioan"].client.get(reverse("organisation", args=[world.texan.pk])).status_code == 404


def test_a_whole_state_and_a_county_of_it_are_two(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("served_add", args=[world.texan.pk])
    for county in ("", "Franklin", "Delaware", "Franklin County"):
        assert texan.client.post(address, {"region": "US-OH", "county": county}).status_code == 302
    with acting_as(texan.actor):
        assert sorted(str(each) for each in world.texan.served.all()) == ["US-OH", "US-OH US-39041", "US-OH US-39049"]


def test_the_export_tells_a_county_from_a_whole_state(cast: Cast, world: World) -> None:
    national = cast["national"]
    with acting_as(national.actor):
        facts = OrganisationFacts("Sheriff", region_code="US-TX", county_code="US-48389")
        row = organisations.add_organisation(national.actor, facts=facts)
        organisations.add_served(national.actor, organisation=row, region_code="US-TX", county_code="US-48135")
        organisations.add_served(national.actor, organisation=row, region_code="US-OH")
    answer = national.client.get(reverse("organisation_export"), {"words": "sheriff"})
    (exported,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (exported["region"], exported["county"], exported["serves"]) == ("US-TX", "US-48389", "US-48135 US-OH")


def test_a_county_of_another_state_is_refused_by_the_actions_and_by_the_database(cast: Cast, world: World) -> None:
    actor = cast["national"].actor
    with acting_as(actor):
        for county in ("US-39049", "US-99999"):
            facts = OrganisationFacts("Elsewhere", region_code="US-TX", county_code=county)
            with pytest.raises(InvalidError) as caught:
                organisations.add_organisation(actor, facts=facts)
            assert caught.value.field == "county"
            with pytest.raises(InvalidError):
                organisations.add_served(actor, organisation=world.texan, region_code="US-TX", county_code=county)
        with pytest.raises(IntegrityError, match="directory_organisation_county_of_its_region"), transaction.atomic():
            Organisation.objects.filter(pk=world.texan.pk).update(county="US-39049")
        served = ServedJurisdiction(organisation=world.texan, region_id="US-TX", county_id="US-39049")
        with (
            pytest.raises(IntegrityError, match="directory_servedjurisdiction_county_of_its_region"),
            transaction.atomic(),
        ):
            served.save(force_insert=True)
