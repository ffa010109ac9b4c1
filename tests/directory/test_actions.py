"""The actions by themselves: the loader's look-up, and what each refuses."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cast import Member
from tests.directory.conftest import CANARY, Cast, World
from waywatch.accounts.scopes import find_place
from waywatch.audit import api as audit
from waywatch.directory import access, api
from waywatch.directory.actions import contact_points, organisations, people, places
from waywatch.directory.errors import AlreadyThereError, ChangedMeanwhileError
from waywatch.directory.facts import ContactFacts, OrganisationFacts, PostFacts
from waywatch.directory.models import ContactPoint, Organisation, Person, Post
from waywatch.geo import api as geo
from waywatch.lib.actors import acting_as
from waywatch.lib.errors import InvalidError, NotFoundError, RefusedError
from waywatch.lib.text import clean_line, unsafe_character

PRINTED = {"sector_key": "trucking", "source": "published", "source_url": "https://example.org/p20"}


def test_ensuring_twice_gives_one_and_changes_nothing(cast: Cast) -> None:
    actor = cast["national"].actor
    with acting_as(actor):
        first = api.ensure_organisation(actor, name="Texas  Trucking Association", region_code="US-TX", **PRINTED)
        again = api.ensure_organisation(
            actor,
            name="TEXAS Trucking Association.",
            region_code="US-TX",
            sector_key=None,
            source="import",
            source_url="",
        )
        assert again == first
        assert (first.name, first.sector, first.region) == ("Texas Trucking Association", "trucking", "US-TX")
        national = api.ensure_organisation(actor, name="Texas Trucking Association", region_code=None, **PRINTED)
        assert national.id != first.id
        assert (
            api.ensure_organisation(actor, name="Texas Trucking Association", region_code=None, **PRINTED) == national
        )
        assert Organisation.objects.count() == 2
        (line,) = audit.history("organisation", first.id)
    assert line.detail == {"name": "Texas Trucking Association", "sector_id": "trucking", "region_id": "US-TX"}


@pytest.mark.parametrize("name", ["", "--", "Evil \u202egpj.exe", "Nul\x00"])
def test_the_loader_refuses_a_name_that_is_none(name: str, cast: Cast) -> None:
    actor = cast["national"].actor
    with acting_as(actor), pytest.raises(InvalidError):
        api.ensure_organisation(actor, name=name, region_code="US-TX", **PRINTED)


def test_cards_hold_only_what_the_actor_may_see(cast: Cast, world: World) -> None:
    ids = [world.texan.pk, world.ohioan.pk, world.national.pk, uuid.uuid4()]
    ohioan, outsider = cast["ohioan"].actor, cast["outsider"].actor
    with acting_as(ohioan):
        assert set(api.organisation_cards(ohioan, ids)) == {world.ohioan.pk, world.national.pk}
        assert api.organisation_card(ohioan, world.ohioan.pk).name == "Buckeye Freight"
        with pytest.raises(NotFoundError):
            api.organisation_card(ohioan, world.texan.pk)
        assert [card.name for card in api.search_organisations(ohioan, "c")] == ["Buckeye Freight", "Canyon Express"]
        assert [card.name for card in api.search_organisations(ohioan, "lone")] == []
    with acting_as(outsider):
        assert api.organisation_cards(outsider, ids) == {}


def test_posts_come_with_their_mail_only_to_those_who_keep_them(cast: Cast, world: World, manager: Member) -> None:
    texan = cast["texan"].actor
    with acting_as(texan):
        (card,) = api.posts_at(texan, [world.texan.pk, world.ohioan.pk])
    assert (card.name, card.title, card.mail, card.organisation.id) == (
        "Dana Reyes",
        "Safety director",
        CANARY,
        world.texan.pk,
    )
    for who in (cast["ohioan"], manager, cast["trooper"]):
        with acting_as(who.actor):
            assert api.posts_at(who.actor, [world.texan.pk]) == []


def test_a_place_of_a_grant_is_found_by_whoever_keeps_it(cast: Cast, world: World, manager: Member) -> None:
    with acting_as(cast["texan"].actor):
        found = find_place(cast["texan"].actor, "organisation", world.texan.pk)
        assert found is not None
        assert (found.name, found.region_code) == ("Lone Star Haulage", "US-TX")
        assert find_place(cast["texan"].actor, "organisation", world.national.pk) is None
    for who in (cast["ohioan"], manager):
        with acting_as(who.actor):
            assert find_place(who.actor, "organisation", world.texan.pk) is None


def test_a_clash_says_what_differs(cast: Cast, world: World) -> None:
    actor = cast["texan"].actor
    facts = OrganisationFacts("Lone Star Haulage", region_code="US-TX", city="Odessa", sector_key="trucking")
    with acting_as(actor):
        organisations.edit_organisation(actor, organisation=world.texan, version=1, facts=facts)
        with pytest.raises(ChangedMeanwhileError) as caught:
            organisations.edit_organisation(
                actor,
                organisation=world.texan,
                version=1,
                facts=OrganisationFacts("Lone Star", region_code="US-TX", city="Odessa"),
            )
    assert caught.value.version == 2
    assert caught.value.differences == {"name": ["Lone Star Haulage", "Lone Star"], "sector_id": ["trucking", None]}


def test_saving_what_is_there_is_no_change(cast: Cast, world: World) -> None:
    actor = cast["texan"].actor
    same = OrganisationFacts("Lone Star Haulage", region_code="US-TX", city="Pecos", sector_key="trucking")
    with acting_as(actor):
        assert organisations.edit_organisation(actor, organisation=world.texan, version=1, facts=same).version == 1
        person = people.edit_person(actor, person=world.person, version=1, name="Dana Reyes", language="en")
        assert person.version == 1


def test_renaming_to_a_name_that_is_taken_is_refused(cast: Cast, world: World) -> None:
    actor = cast["texan"].actor
    with acting_as(actor):
        other = organisations.add_organisation(actor, facts=OrganisationFacts("Other", region_code="US-TX"))
        with pytest.raises(AlreadyThereError) as caught:
            organisations.edit_organisation(
                actor, organisation=other, version=1, facts=OrganisationFacts("Lone Star Haulage", region_code="US-TX")
            )
    assert caught.value.existing_id == world.texan.pk


def test_moving_home_moves_the_reach_and_needs_both(cast: Cast, world: World) -> None:
    facts = OrganisationFacts("Lone Star Haulage", region_code="US-OH")
    texan, national = cast["texan"].actor, cast["national"].actor
    with acting_as(texan), pytest.raises(RefusedError):
        organisations.edit_organisation(texan, organisation=world.texan, version=1, facts=facts)
    with acting_as(national):
        moved = organisations.edit_organisation(national, organisation=world.texan, version=1, facts=facts)
    assert moved.reach_regions == ["US-OH"]


def test_actions_ask_for_themselves(cast: Cast, world: World, manager: Member) -> None:
    ohioan = cast["ohioan"].actor
    facts = OrganisationFacts("Lone Star Haulage", region_code="US-OH")
    post = PostFacts("Spy")
    with acting_as(ohioan):
        for refused in (
            lambda: organisations.edit_organisation(ohioan, organisation=world.texan, version=1, facts=facts),
            lambda: organisations.close_organisation(ohioan, organisation=world.texan),
            lambda: organisations.reopen_organisation(ohioan, organisation=world.texan),
            lambda: organisations.add_served(ohioan, organisation=world.texan, region_code="US-OH"),
            lambda: people.add_person(ohioan, organisation=world.texan, name="X", language="en", post=post),
            lambda: people.edit_person(ohioan, person=world.person, version=1, name="X", language="en"),
            lambda: people.edit_post(ohioan, post=world.post, version=1, facts=post, until=None),
            lambda: contact_points.edit_contact_point(
                ohioan, point=world.point, version=1, facts=ContactFacts("mail", "x@example.org"), verified_on=None
            ),
            lambda: people.end_post(ohioan, post=world.post, until=dt.date(2026, 1, 1)),
        ):
            with pytest.raises(RefusedError):
                refused()
        with pytest.raises(NotFoundError):
            people.add_post(ohioan, person=world.person, organisation=world.ohioan, post=post)
    with acting_as(manager.actor), pytest.raises(NotFoundError):
        organisations.add_organisation(manager.actor, facts=facts)
    with acting_as(manager.actor), pytest.raises(NotFoundError):
        organisations.record_export(manager.actor, rows=1, sector="", region="")


def test_a_closed_organisation_takes_nobody_in(cast: Cast, world: World) -> None:
    actor = cast["texan"].actor
    with acting_as(actor):
        closed = organisations.close_organisation(actor, organisation=world.texan)
        assert closed.closed_at is not None
        assert organisations.close_organisation(actor, organisation=world.texan).version == closed.version
        with pytest.raises(InvalidError):
            people.add_person(actor, organisation=closed, name="X", language="en", post=PostFacts("Clerk"))
        assert not Person.objects.filter(name="X").exists()
        assert closed not in access.kept_organisations(actor)


def test_contact_facts_never_print_their_value() -> None:
    assert CANARY not in repr(ContactFacts("mail", CANARY))


PECOS = geo.PlaceDraft(kind="truck_stop", name="Pecos Plaza", lat=31.42, lon=-103.49, highway="I-20")


def test_a_place_is_added_changed_and_closed_by_the_one_who_added_it(cast: Cast, world: World) -> None:
    texan, co_host = cast["texan"], cast["co_host"]
    typed = {"kind": "truck_stop", "name": "Pecos Plaza", "lat": "31.42", "lon": "-103.49", "highway": "I-20"}
    added = texan.client.post(reverse("place_new"), typed)
    assert added.status_code == 302
    address = added.headers["Location"]
    place_id = uuid.UUID(address.rstrip("/").rsplit("/", 1)[1])
    assert "Pecos Plaza" in co_host.client.get(address).content.decode()
    assert co_host.client.post(reverse("place_edit", args=[place_id]), typed).status_code == 409
    assert texan.client.post(reverse("place_edit", args=[place_id]), typed | {"spaces": "40"}).status_code == 302
    page = texan.client.get(address)
    assert [row.what for row in page.context["history"]] == ["Changed", "Added"]
    assert [(each.old, each.new) for each in page.context["history"][0].differences] == [("", "40")]
    near = texan.client.get(reverse("place_list"), {"lat": "31.42", "lon": "-103.49", "km": "1", "kind": "truck_stop"})
    assert [row.place.name for row in near.context["found"].rows] == ["Pecos Plaza"]
    along = texan.client.get(reverse("place_list"), {"region": "US-TX", "highway": "I-20", "kind": "truck_stop"})
    assert [row.place.name for row in along.context["found"].rows] == ["Pecos Plaza"]
    assert b"<form" in texan.client.get(reverse("place_close", args=[place_id])).content
    assert texan.client.post(reverse("place_close", args=[place_id])).status_code == 302
    gone = texan.client.get(reverse("place_list"), {"words": "Pecos Plaza"})
    assert gone.context["found"].total == 0


def test_a_point_at_sea_is_refused_and_what_was_typed_stays(cast: Cast) -> None:
    typed = {"kind": "truck_stop", "name": "Atlantis", "lat": "30", "lon": "-50"}
    answer = cast["texan"].client.post(reverse("place_new"), typed)
    assert answer.status_code == 200
    assert 'value="Atlantis"' in answer.content.decode()
    assert "lat" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lat": "31"}, "lat"),
        ({"highway": "I-10"}, "region"),
        ({"lat": "900", "lon": "0"}, "lat"),
        ({"lat": "nan", "lon": "0"}, "lat"),
        ({"km": "-1"}, "km"),
        ({"words": "\x00"}, "words"),
    ],
)
def test_a_search_that_does_not_fit_says_why(query: dict[str, str], field: str, cast: Cast) -> None:
    answer = cast["texan"].client.get(reverse("place_list"), query)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]


def test_places_are_paged_and_stay_with_the_search(cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = cast["texan"].client
    client.get(reverse("place_list"))
    counts = []
    for query in ({"region": "US-RI"}, {"region": "US-TX", "page": "2"}):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(reverse("place_list"), query)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert answer.context["page_obj"].number == 2
    assert b"region=US-TX&amp;page=1" in answer.content


def test_nobody_outside_sees_or_adds_places(cast: Cast) -> None:
    outsider = cast["trooper"]
    assert outsider.client.post(reverse("place_new"), {"name": "x"}).status_code == 404
    with acting_as(outsider.actor), pytest.raises(NotFoundError):
        places.add_place(outsider.actor, draft=PECOS)


NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\x00",
            "a\x00b",
            "\u202eevil",
            "=1+1",
            "@SUM(A1)",
            "'; DROP TABLE x;--",
            "<script>alert(1)</script>",
            "\ud7ff",
            "a" * 400,
        ]
    ),
)


def refuses(text: str) -> bool:
    return "\x00" in text or unsafe_character(clean_line(text)) is not None


def nasty(*names: str) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(dict.fromkeys(names, NASTY))


FUZZ = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HARMLESS = {
    "name": "=1+1",
    "kind": "+1",
    "city": "@x",
    "website": "",
    "sector": "",
    "region": "US-TX",
    "county": "",
    "version": "",
}


@FUZZ
@given(typed=nasty("name", "kind", "city", "website", "sector", "region", "county", "version"))
@example(typed=HARMLESS)
@example(typed=HARMLESS | {"city": "\u202e"})
@example(typed=HARMLESS | {"county": "<script>alert(1)</script>"})
@example(typed=HARMLESS | {"website": "javascript://alert(1)"})
def test_no_organisation_form_breaks(typed: dict[str, str], texas_coordinator: Member) -> None:
    client = texas_coordinator.client
    answer = client.post(reverse("organisation_new"), typed | {"another": "on"})
    assert answer.status_code in {200, 302}
    assert "<script>alert" not in answer.content.decode()
    if answer.status_code == 302:
        assert not any(refuses(typed[name]) for name in ("name", "kind", "city", "website"))
        assert not typed["website"].startswith("javascript")
        page = client.get(answer.headers["Location"])
        assert page.context["organisation"].name == clean_line(typed["name"])
        assert "<script>alert" not in page.content.decode()


@FUZZ
@given(typed=nasty("name", "language", "title", "since", "value"), kind=st.sampled_from(["mail", "phone", "post", "x"]))
@example(
    typed={"name": "Ann", "language": "en", "title": "Clerk", "since": "0001-01-01", "value": "=cmd|x"}, kind="post"
)
def test_no_form_of_people_breaks(typed: dict[str, str], kind: str, cast: Cast, world: World) -> None:
    client = cast["texan"].client
    point = {"kind": kind, "value": typed["value"], "label": typed["title"], "source": typed["name"]}
    for address, sent in (
        (reverse("person_new", args=[world.texan.pk]), typed),
        (reverse("person_edit", args=[world.person.pk]), typed | {"version": typed["since"]}),
        (reverse("post_new", args=[world.person.pk]), typed | {"organisation": typed["value"]}),
        (reverse("post_edit", args=[world.post.pk]), typed | {"until": typed["since"], "version": "1"}),
        (reverse("post_point_new", args=[world.post.pk]), point),
        (reverse("point_edit", args=[world.point.pk]), point | {"verified_on": typed["since"], "version": "1"}),
        (reverse("organisation_point_new", args=[world.texan.pk]), point),
        (reverse("served_add", args=[world.texan.pk]), {"region": typed["name"], "since": typed["since"]}),
        (reverse("served_add", args=[world.texan.pk]), {"region": "US-TX", "county": typed["name"]}),
    ):
        answer = client.post(address, sent)
        assert answer.status_code in {200, 302}
        assert "<script>alert" not in answer.content.decode()
    assert client.get(reverse("organisation", args=[world.texan.pk])).status_code == 200


@FUZZ
@given(query=nasty("words", "sector", "region", "county", "kind", "sort", "page", "verified", "lat", "highway"))
@example(query={"words": "a & | ! <-> :*", "page": "9" * 400, "lat": "1e400", "highway": "I-10", "region": "US-TX"})
def test_no_search_breaks(query: dict[str, str], texas_coordinator: Member) -> None:
    for name in (
        "organisation_list",
        "organisation_export",
        "organisation_suggest",
        "person_list",
        "place_list",
        "agency_list",
    ):
        assert texas_coordinator.client.get(reverse(name), query).status_code == 200


@pytest.mark.parametrize("bad", ["Evil \u202egpj.exe", "Nul\x00name", "Bell\x07", "x" * 201])
def test_a_name_that_hides_something_is_refused_and_still_there(bad: str, cast: Cast) -> None:
    answer = cast["texan"].client.post(reverse("organisation_new"), {"name": bad, "region": "US-TX", "city": "Pecos"})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["name"]
    assert 'value="Pecos"' in answer.content.decode()


def test_ten_megabytes_are_refused_before_any_form(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast["texan"].account)
    body = "region=US-TX&name=" + "x" * (10 * 1024 * 1024)
    answer = client.post(reverse("organisation_new"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413}


def test_a_post_held_twice_is_refused(cast: Cast, world: World) -> None:
    actor = cast["texan"].actor
    with acting_as(actor):
        with pytest.raises(InvalidError):
            people.add_post(actor, person=world.person, organisation=world.texan, post=PostFacts("Safety director"))
        people.end_post(actor, post=world.post, until=dt.date(2026, 1, 1))
        assert people.end_post(actor, post=world.post, until=dt.date(2026, 2, 1)).until == dt.date(2026, 1, 1)
        people.add_post(actor, person=world.person, organisation=world.texan, post=PostFacts("Safety director"))
        assert Post.objects.filter(person=world.person).count() == 2
        assert ContactPoint.objects.get(pk=world.point.pk).closed_at is not None
