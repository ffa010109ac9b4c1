"""The list of people: who is in it for whom, and that nobody of another state shows in it, in its count or in a search."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Member
from tests.directory.conftest import Cast, World
from waywatch.directory import queries
from waywatch.directory.actions import organisations, people
from waywatch.directory.facts import OrganisationFacts, PostFacts
from waywatch.directory.models import Organisation, Person, Post
from waywatch.directory.queries import PeopleFilters
from waywatch.lib.actors import Actor, acting_as

ADDRESS = "/directory/people/"
NAME, TITLE, COMPANY = "Canary-zq0b Quetzal", "Canary-zq5d warden", "Canary-zq9c Lines"
CANARIES = ("zq0b", "zq5d", "zq9c", "Quetzal")  # no id is written with a q


def found(member: Member, **query: str) -> list[str]:
    page = member.client.get(ADDRESS, query)
    assert page.status_code == 200
    names = [person.name for person in page.context["page_obj"]]
    assert page.context["page_obj"].paginator.count == len(names)
    assert f"{len(names)} person" in page.content.decode() or f"{len(names)} people" in page.content.decode()
    return names


@pytest.fixture
def canary(cast: Cast, world: World) -> Person:
    """Somebody of Texas whose every word is known, and a Texan post of somebody whom Ohio sees too."""
    actor = cast["national"].actor
    with acting_as(actor):
        facts = OrganisationFacts(COMPANY, sector_key="energy", region_code="US-TX")
        company = organisations.add_organisation(actor, facts=facts)
        post = PostFacts(TITLE, is_decision_maker=True)
        person = people.add_person(actor, organisation=company, name=NAME, language="en", post=post)
        both = Person.objects.get(name="Kim of Buckeye Freight")
        people.add_post(actor, person=both, organisation=company, post=PostFacts(TITLE))
    return person


@pytest.mark.parametrize("who", ["texan", "co_host", "national"])
def test_whoever_looks_after_the_state_finds_them_by_every_word(who: str, cast: Cast, canary: Person) -> None:
    assert NAME in found(cast[who])
    for words in (NAME, "quetzal", "warden", "zq9c"):
        assert NAME in found(cast[who], words=words)
    assert found(cast[who], words="quetzal") == [NAME]


def test_nobody_of_another_state_is_in_the_list_the_count_or_a_search(cast: Cast, canary: Person) -> None:
    ohioan = cast["ohioan"]
    seen = ["Kim of Buckeye Freight", "Kim of Canyon Express"]
    assert found(ohioan) == seen
    for query in ({}, {"state": "former"}, {"sector": "energy"}, {"decides": "on"}, {"page": "2"}, {"region": "US-TX"}):
        text = ohioan.client.get(ADDRESS, query).content.decode()
        assert [each for each in CANARIES if each in text] == []
    assert found(ohioan, region="US-TX") == found(ohioan, sector="energy") == []
    for words in (NAME, "Quetzal", "quet", TITLE, "warden", COMPANY, "zq9c", "Canary"):
        assert found(ohioan, words=words) == []
    # Of somebody with a post in each state, only the post within reach is shown, and only by it are they found.
    page = ohioan.client.get(ADDRESS, {"words": "buckeye"})
    assert [[post.title for post in person.listed_posts] for person in page.context["page_obj"]] == [
        ["Safety director"]
    ]


@pytest.mark.parametrize("who", ["outsider", "trooper", "advocate", "analyst", "administrator"])
def test_whoever_is_not_in_the_directory_finds_nobody(who: str, cast: Cast, canary: Person) -> None:
    for query in ({}, {"words": "quetzal"}):
        answer = cast[who].client.get(ADDRESS, query)
        assert answer.status_code == 404
        assert [each for each in (*CANARIES, "Dana") if each in answer.content.decode().replace("quetzal", "")] == []


def test_a_training_manager_finds_the_people_of_the_own_organisation(manager: Member, canary: Person) -> None:
    assert found(manager) == ["Dana Reyes"]
    assert found(manager, words="quetzal") == []


@pytest.fixture
def open_database(cast: Cast, world: World, canary: Person) -> Iterator[None]:
    """Tell PostgreSQL that the national coordinator acts, so that only the code can hold rows back."""
    with acting_as(cast["national"].actor):
        yield


def test_the_query_itself_holds_back_what_is_not_theirs(cast: Cast, open_database: None) -> None:
    def names(actor: Actor | None, **narrow: str) -> list[str]:
        return [person.name for person in queries.people(actor, PeopleFilters(**narrow))]  # type: ignore[arg-type]  # texts only here

    assert names(cast["ohioan"].actor) == ["Kim of Buckeye Freight", "Kim of Canyon Express"]
    assert names(cast["ohioan"].actor, words="canary") == names(cast["outsider"].actor) == names(None) == []
    (both,) = queries.people(cast["ohioan"].actor, PeopleFilters(words="buckeye"))
    assert [post.title for post in both.listed_posts] == ["Safety director"]  # type: ignore[attr-defined]  # a prefetch


def test_the_database_holds_back_what_a_query_would_give(cast: Cast, canary: Person) -> None:
    with acting_as(cast["ohioan"].actor):
        assert not Person.objects.filter(name_key__contains="quetzal").exists()
        assert not Post.objects.filter(title=TITLE).exists()


def test_three_people_ask_the_database_no_more_than_one(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    query = {"words": "haulage"}
    assert found(texan, **query) == ["Dana Reyes"]

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            texan.client.get(ADDRESS, query)
        return len(captured)

    one = count()
    with acting_as(texan.actor):
        second = organisations.add_organisation(
            texan.actor, facts=OrganisationFacts("Haulage Two", region_code="US-TX")
        )
        for number in range(2):
            facts = PostFacts(f"Clerk {number}")
            made = people.add_person(
                texan.actor, organisation=world.texan, name=f"Person {number}", language="es", post=facts
            )
            people.add_post(texan.actor, person=made, organisation=second, post=facts)
    assert len(found(texan, **query)) == 3
    assert count() == one


FILTERS = [
    ({}, ["Dana Reyes", "José Núñez", "Kim of Canyon Express"]),
    ({"words": "nunez"}, ["José Núñez"]),
    ({"words": "JOSE núñ"}, ["José Núñez"]),
    ({"words": "reyes dana"}, ["Dana Reyes"]),
    ({"words": "safety lone"}, ["Dana Reyes"]),
    ({"words": "eyes"}, ["Dana Reyes"]),
    ({"words": "sécurité"}, ["José Núñez"]),
    ({"words": "nobody"}, []),
    ({"words": "%"}, []),
    ({"words": "' | ! & :* (dana"}, ["Dana Reyes"]),
    ({"region": "US-TX"}, ["Dana Reyes", "José Núñez"]),
    ({"region": "US-ZZ"}, ["Dana Reyes", "José Núñez", "Kim of Canyon Express"]),
    ({"sector": "trucking"}, ["Dana Reyes", "José Núñez", "Kim of Canyon Express"]),
    ({"sector": "energy"}, []),
    ({"decides": "on"}, ["Dana Reyes", "Kim of Canyon Express"]),
    ({"state": "former"}, ["Lou Gone", "Vic Closed"]),
    ({"state": "former", "words": "reyes"}, []),
    ({"page": "9" * 30}, ["Dana Reyes", "José Núñez", "Kim of Canyon Express"]),
]


def test_the_list_is_narrowed(cast: Cast, world: World) -> None:
    import datetime as dt

    texan = cast["texan"]
    with acting_as(texan.actor):
        for name, title in (("José Núñez", "Directeur de la sécurité"), ("Lou Gone", "Clerk")):
            people.add_person(texan.actor, organisation=world.texan, name=name, language="fr", post=PostFacts(title))
        people.end_post(texan.actor, post=Post.objects.get(title="Clerk"), until=dt.date(2026, 1, 31))
        closed = organisations.add_organisation(texan.actor, facts=OrganisationFacts("Closed Inc", region_code="US-TX"))
        people.add_person(texan.actor, organisation=closed, name="Vic Closed", language="en", post=PostFacts("Boss"))
        organisations.close_organisation(texan.actor, organisation=Organisation.objects.get(pk=closed.pk))
    for query, names in FILTERS:
        assert (query, found(texan, **query)) == (query, names)


def test_a_new_name_is_found_and_the_old_one_no_more(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        people.edit_person(texan.actor, person=world.person, version=1, name="Dana Muñoz", language="es")
    assert found(texan, words="munoz") == ["Dana Muñoz"]
    assert found(texan, words="reyes") == []


def test_a_row_shows_title_organisation_home_and_leads_to_both(cast: Cast, world: World) -> None:
    text = cast["texan"].client.get(ADDRESS, {"words": "dana"}).content.decode()
    row = " ".join(text[text.index("<tbody>") : text.index("</tbody>")].split())
    assert f'<a href="{reverse("person", args=[world.person.pk])}">Dana Reyes</a>' in row
    assert f'<a href="{reverse("organisation", args=[world.texan.pk])}">Lone Star Haulage</a>' in row
    assert "Safety director" in row
    assert "decides" in row
    assert "<td> Texas </td>" in row


def test_pages_have_25_people(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        made = [Person(name=f"Row {n:02}", name_key=f"row {n:02}") for n in range(30)]
        Person.objects.bulk_create(made)
        Post.objects.bulk_create(Post(person=each, organisation=world.texan, title="Clerk") for each in made)
    page = texan.client.get(ADDRESS, {"words": "row", "page": "2"})
    assert [len(page.context["page_obj"]), page.context["page_obj"].paginator.count] == [5, 30]
    assert "?words=row&amp;page=1" in page.content.decode()
