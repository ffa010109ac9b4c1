"""The pages: who reaches which, what they show, and that they ask the database no more for three rows than for one."""

import csv
import io
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Member
from tests.directory.conftest import CANARY, Cast, World
from waywatch.audit import api as audit
from waywatch.directory.actions import contact_points, organisations, people
from waywatch.directory.facts import ContactFacts, OrganisationFacts, PostFacts
from waywatch.directory.models import ContactPoint, Organisation, Person, Post
from waywatch.lib.actors import acting_as

EVERYBODY = ("national", "texan", "co_host", "ohioan", "trooper", "advocate", "analyst", "administrator", "outsider")
KEEPERS = {"national", "texan", "co_host", "ohioan"}
Address = Callable[[World], str]
GETS: dict[str, tuple[Address, set[str]]] = {
    "list": (lambda _: reverse("organisation_list"), KEEPERS),
    "search": (lambda _: reverse("organisation_list") + "?words=lone", KEEPERS),
    "export": (lambda _: reverse("organisation_export"), KEEPERS),
    "autocomplete": (lambda _: reverse("organisation_suggest") + "?words=lone", KEEPERS),
    "new": (lambda _: reverse("organisation_new"), KEEPERS),
    "people": (lambda _: reverse("person_list"), KEEPERS),
    "people searched": (lambda _: reverse("person_list") + "?words=dana", KEEPERS),
    "agencies": (lambda _: reverse("agency_list"), KEEPERS),
    "agencies searched": (lambda _: reverse("agency_list") + "?words=cook&region=US-IL", KEEPERS),
    "places": (lambda _: reverse("place_list"), KEEPERS),
    "new place": (lambda _: reverse("place_new"), KEEPERS),
    "detail": (lambda w: reverse("organisation", args=[w.texan.pk]), {"national", "texan", "co_host"}),
    "edit": (lambda w: reverse("organisation_edit", args=[w.texan.pk]), {"national", "texan", "co_host"}),
    "close": (lambda w: reverse("organisation_close", args=[w.texan.pk]), {"national", "texan", "co_host"}),
    "person": (lambda w: reverse("person", args=[w.person.pk]), {"national", "texan", "co_host"}),
    "edit person": (lambda w: reverse("person_edit", args=[w.person.pk]), {"national", "texan", "co_host"}),
    "new person": (lambda w: reverse("person_new", args=[w.texan.pk]), {"national", "texan", "co_host"}),
    "new post": (lambda w: reverse("post_new", args=[w.person.pk]), {"national", "texan", "co_host"}),
    "edit post": (lambda w: reverse("post_edit", args=[w.post.pk]), {"national", "texan", "co_host"}),
    "end post": (lambda w: reverse("post_end", args=[w.post.pk]), {"national", "texan", "co_host"}),
    "new point": (lambda w: reverse("post_point_new", args=[w.post.pk]), {"national", "texan", "co_host"}),
    "own point": (lambda w: reverse("organisation_point_new", args=[w.texan.pk]), {"national", "texan", "co_host"}),
    "edit point": (lambda w: reverse("point_edit", args=[w.point.pk]), {"national", "texan", "co_host"}),
    "edit own point": (lambda w: reverse("point_edit", args=[w.own_point.pk]), {"national", "texan", "co_host"}),
    "close point": (lambda w: reverse("point_close", args=[w.point.pk]), {"national", "texan", "co_host"}),
}
POSTS: dict[str, Address] = {
    "edit": lambda w: reverse("organisation_edit", args=[w.texan.pk]),
    "close": lambda w: reverse("organisation_close", args=[w.texan.pk]),
    "reopen": lambda w: reverse("organisation_reopen", args=[w.texan.pk]),
    "serve": lambda w: reverse("served_add", args=[w.texan.pk]),
    "new person": lambda w: reverse("person_new", args=[w.texan.pk]),
    "edit person": lambda w: reverse("person_edit", args=[w.person.pk]),
    "edit post": lambda w: reverse("post_edit", args=[w.post.pk]),
    "end post": lambda w: reverse("post_end", args=[w.post.pk]),
    "new point": lambda w: reverse("post_point_new", args=[w.post.pk]),
    "verify": lambda w: reverse("point_verify", args=[w.point.pk]),
    "edit point": lambda w: reverse("point_edit", args=[w.point.pk]),
    "close point": lambda w: reverse("point_close", args=[w.point.pk]),
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_opens_which_page(who: str, cast: Cast, world: World) -> None:
    client = cast[who].client
    found = {name: client.get(address(world)).status_code for name, (address, _allowed) in GETS.items()}
    assert found == {name: 200 if who in allowed else 404 for name, (_address, allowed) in GETS.items()}


@pytest.mark.parametrize("who", EVERYBODY[3:])
def test_whoever_may_not_see_changes_nothing_either(who: str, cast: Cast, world: World) -> None:
    client = cast[who].client
    answers = {name: client.post(address(world), {}).status_code for name, address in POSTS.items()}
    assert answers == dict.fromkeys(POSTS, 404)
    with acting_as(cast["national"].actor):
        assert Organisation.objects.get(pk=world.texan.pk).version == world.texan.version
        assert ContactPoint.objects.get(pk=world.point.pk).verified_on is None


def test_a_training_manager_reads_the_own_organisation_and_is_refused_the_rest(manager: Member, world: World) -> None:
    client = manager.client
    shown = client.get(reverse("organisation", args=[world.texan.pk]))
    assert shown.status_code == 200
    assert b"Buckeye" not in client.get(reverse("organisation_list")).content
    assert {name: client.post(address(world)).status_code for name, address in POSTS.items()} == (
        dict.fromkeys(POSTS, 409)
    )
    for name in ("organisation_new", "organisation_export", "place_new"):
        assert client.get(reverse(name)).status_code == 404
    assert client.get(reverse("organisation", args=[world.ohioan.pk])).status_code == 404
    assert client.get(reverse("organisation", args=[world.national.pk])).status_code == 404


def test_unknown_and_forbidden_read_the_same(cast: Cast, world: World) -> None:
    client = cast["ohioan"].client
    for name, forbidden in (("organisation", world.texan.pk), ("person", world.person.pk)):
        bodies = []
        for each in (forbidden, uuid.uuid4()):
            answer = client.get(reverse(name, args=[each]))
            assert answer.status_code == 404
            body = re.sub(rb'csrfmiddlewaretoken" value="\w+"', b"", answer.content)
            bodies.append(body.replace(str(each).encode(), b""))
        assert bodies[0] == bodies[1]
        assert b"Lone Star" not in bodies[0]
        assert b"Dana" not in bodies[0]


def test_a_guest_is_led_to_sign_in(guest: Client, world: World) -> None:
    for address, _allowed in GETS.values():
        answer = guest.get(address(world))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))
    for address in POSTS.values():
        assert guest.post(address(world), {}).status_code == 302


def test_lists_counts_searches_and_exports_leave_out_what_is_not_theirs(cast: Cast, world: World) -> None:
    client = cast["ohioan"].client
    page = client.get(reverse("organisation_list"))
    assert page.context["page_obj"].paginator.count == 2
    assert {row.name for row in page.context["page_obj"]} == {"Buckeye Freight", "Canyon Express"}
    assert client.get(reverse("organisation_list"), {"words": "lone"}).context["page_obj"].paginator.count == 0
    assert client.get(reverse("organisation_suggest"), {"words": "lone"}).json() == {"organisations": []}
    assert client.get(reverse("organisation_list"), {"region": "US-TX"}).context["page_obj"].paginator.count == 0
    exported = client.get(reverse("organisation_export")).content.decode()
    assert "Lone Star" not in exported


def grow(actor: Member, world: World, more: int) -> None:
    with acting_as(actor.actor):
        for number in range(more):
            facts = OrganisationFacts(f"Carrier {number}", sector_key="energy", region_code="US-TX", city="Odessa")
            row = organisations.add_organisation(actor.actor, facts=facts)
            post = PostFacts(f"Clerk {number}")
            for holder in (row, world.texan):
                person = people.add_person(
                    actor.actor, organisation=holder, name=f"Person {number}", language="es", post=post
                )
            held = Post.objects.get(person=person)
            mail = ContactFacts("mail", f"p{number}@example.org", source="Card")
            for each in (held, world.texan, world.post):
                point = contact_points.add_contact_point(actor.actor, holder=each, facts=mail)
                contact_points.verify_contact_point(actor.actor, point=point)
            people.add_post(actor.actor, person=world.person, organisation=row, post=post)


def test_more_rows_ask_the_database_no_more(cast: Cast, world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    texan = cast["texan"]
    pages = ["list", "search", "export", "autocomplete", "detail", "person", "new post"]

    def queries() -> dict[str, int]:
        found = {}
        for name in pages:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert texan.client.get(GETS[name][0](world)).status_code == 200
            found[name] = len(captured)
        return found

    grow(texan, world, 1)
    texan.client.get(GETS["list"][0](world))
    before = queries()
    with acting_as(texan.actor):
        for number in range(5, 7):
            facts = OrganisationFacts(f"Lone {number}", sector_key="energy", region_code="US-TX", city="Odessa")
            row = organisations.add_organisation(texan.actor, facts=facts)
            post = PostFacts(f"Guard {number}")
            people.add_person(texan.actor, organisation=world.texan, name=f"More {number}", language="es", post=post)
            people.add_post(texan.actor, person=world.person, organisation=row, post=post)
            mail = ContactFacts("mail", f"q{number}@example.org", source="Card")
            for each in (world.texan, world.post):
                contact_points.add_contact_point(texan.actor, holder=each, facts=mail)
    assert queries() == before


FILTERS = [
    ({}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
    ({"words": "lone"}, ["Lone Star Haulage"]),
    ({"words": "haul lone"}, ["Lone Star Haulage"]),
    ({"words": "LONE star"}, ["Lone Star Haulage"]),
    ({"words": "aulag"}, ["Lone Star Haulage"]),
    ({"words": "nandu"}, ["Ñandú Líneas"]),
    ({"words": "pecos"}, ["Lone Star Haulage"]),
    ({"words": "nothing"}, []),
    ({"words": "' | ! & :* (lone"}, ["Lone Star Haulage"]),
    ({"words": "%"}, []),
    ({"words": "\x00lone"}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
    ({"sector": "bus_transit"}, ["Ñandú Líneas"]),
    ({"sector": "trucking"}, ["Canyon Express", "Lone Star Haulage"]),
    ({"sector": "zeppelin"}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
    ({"region": "US-TX"}, ["Lone Star Haulage", "Ñandú Líneas"]),
    ({"verified": "verified"}, ["Lone Star Haulage"]),
    ({"verified": "unverified"}, ["Canyon Express", "Ñandú Líneas"]),
    ({"state": "closed"}, ["Gone Lines"]),
    ({"sort": "newest"}, ["Ñandú Líneas", "Canyon Express", "Lone Star Haulage"]),
    ({"sort": "region"}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
    ({"sort": "password"}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
    ({"page": "-1"}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
    ({"page": "9" * 30}, ["Canyon Express", "Lone Star Haulage", "Ñandú Líneas"]),
]


def test_the_list_is_narrowed_and_sorted(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        facts = OrganisationFacts("Ñandú Líneas", sector_key="bus", region_code="US-TX")
        organisations.add_organisation(texan.actor, facts=facts)
        gone = organisations.add_organisation(texan.actor, facts=OrganisationFacts("Gone Lines", region_code="US-TX"))
        organisations.close_organisation(texan.actor, organisation=gone)
        contact_points.verify_contact_point(texan.actor, point=world.point)
    address = reverse("organisation_list")
    for query, names in FILTERS:
        page = texan.client.get(address, query)
        found = [row.name for row in page.context["page_obj"]]
        assert (query, sorted(found) if "sort" not in query else found) == (
            query,
            sorted(names) if "sort" not in query else names,
        )


def test_pages_have_25_rows(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        rows = [
            Organisation(
                name=f"Row {n:02}", name_key=f"row {n:02}", region_id="US-TX", reach_regions=["US-TX"], source="import"
            )
            for n in range(24)
        ]
        Organisation.objects.bulk_create(rows)
    first = texan.client.get(reverse("organisation_list"), {"sort": "name"})
    assert len(first.context["page_obj"].object_list) == 25
    assert b"sort=name&amp;page=2" in first.content
    second = texan.client.get(reverse("organisation_list"), {"page": "2"})
    assert [row.name for row in second.context["page_obj"]] == ["Row 23"]


def test_the_page_shows_the_value_its_source_and_its_age(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("organisation", args=[world.texan.pk])
    text = texan.client.get(address).content.decode()
    assert CANARY in text
    assert "+15125550100" in text
    assert "From: A card." in text
    assert text.count("Never verified.") == 2
    texan.client.post(reverse("point_verify", args=[world.point.pk]))
    text = texan.client.get(address).content.decode()
    assert "0 days ago" in text
    assert f"By {texan.account.name}." in text
    assert text.count("Never verified.") == 1


def test_the_export_has_no_contact_value_and_no_formula_and_is_written_down(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        organisations.edit_organisation(
            texan.actor,
            organisation=world.texan,
            version=world.texan.version,
            facts=OrganisationFacts('=HYPERLINK("x")', region_code="US-TX", city="@Pecos", sector_key="trucking"),
        )
    answer = texan.client.get(reverse("organisation_export"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="organisations.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["name"] for row in rows] == ['\'=HYPERLINK("x")', "Canyon Express"]
    assert rows[0]["city"] == "'@Pecos"
    assert CANARY not in answer.content.decode()
    assert "Dana" not in answer.content.decode()
    with acting_as(texan.actor):
        (line,) = audit.history("directory", "organisations")
    assert (line.action, line.account_id) == ("organisation.exported", texan.account.pk)
    assert line.detail == {"rows": 2, "sector": "", "region": ""}


def form_of(texan: Member, name: str, thing: uuid.UUID) -> dict[str, str]:
    initial = texan.client.get(reverse(name, args=[thing])).context["form"].initial
    return {key: "" if value is None else str(value) for key, value in initial.items()}


def test_an_edit_is_saved_and_told_in_the_history(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    typed = form_of(texan, "organisation_edit", world.texan.pk) | {"city": "Odessa", "website": "example.org"}
    answer = texan.client.post(reverse("organisation_edit", args=[world.texan.pk]), typed)
    assert answer.headers["Location"] == reverse("organisation", args=[world.texan.pk])
    page = texan.client.get(answer.headers["Location"])
    changed, point, added = page.context["history"]
    assert (changed.who, changed.what) == (texan.account.name, "Changed")
    assert [(each.label, each.old, each.new) for each in changed.differences] == [
        ("City", "Pecos", "Odessa"),
        ("Website", "", "https://example.org"),
    ]
    assert [point.what, added.what] == ["A contact point was added", "Added"]


def test_a_clash_keeps_what_was_typed_and_shows_both(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("organisation_edit", args=[world.texan.pk])
    typed = form_of(texan, "organisation_edit", world.texan.pk) | {"city": "Odessa", "sector": "energy"}
    cast["co_host"].client.post(address, typed | {"city": "Midland"})
    answer = texan.client.post(address, typed)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Somebody else saved a change" in text
    assert [(each.label, each.old, each.new) for each in answer.context["clash"]] == [("City", "Midland", "Odessa")]
    assert 'value="Odessa"' in text
    assert 'name="version" value="2"' in text
    with acting_as(texan.actor):
        assert Organisation.objects.get(pk=world.texan.pk).city == "Midland"
    again = texan.client.post(address, typed | {"version": "2"})
    assert again.status_code == 302
    with acting_as(texan.actor):
        row = Organisation.objects.get(pk=world.texan.pk)
    assert (row.city, row.version) == ("Odessa", 3)


def test_a_form_without_a_version_never_overwrites(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    typed = form_of(texan, "organisation_edit", world.texan.pk) | {"city": "Odessa", "version": ""}
    assert texan.client.post(reverse("organisation_edit", args=[world.texan.pk]), typed).status_code == 200
    with acting_as(texan.actor):
        assert Organisation.objects.get(pk=world.texan.pk).city == "Pecos"


def test_a_clash_over_a_person_keeps_what_was_typed(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("person_edit", args=[world.person.pk])
    typed = form_of(texan, "person_edit", world.person.pk)
    assert texan.client.post(address, typed | {"name": "Dana R. Reyes"}).status_code == 302
    answer = texan.client.post(address, typed | {"name": "D. Reyes"})
    assert 'value="D. Reyes"' in answer.content.decode()
    assert [(each.old, each.new) for each in answer.context["clash"]] == [("Dana R. Reyes", "D. Reyes")]


def test_a_look_alike_is_asked_about_and_never_in_the_way(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    typed = {"name": "Lone Star Haulages", "region": "US-TX"}
    asked = texan.client.post(reverse("organisation_new"), typed)
    assert [row.pk for row in asked.context["lookalikes"]] == [world.texan.pk]
    assert 'value="Lone Star Haulages"' in asked.content.decode()
    added = texan.client.post(reverse("organisation_new"), typed | {"another": "on"})
    assert added.status_code == 302


def test_the_same_name_in_the_same_region_leads_to_the_one_that_is_there(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    typed = {"name": "LONE STAR, Haulage", "region": "US-TX", "another": "on"}
    answer = texan.client.post(reverse("organisation_new"), typed)
    assert answer.status_code == 200
    assert answer.context["existing_id"] == world.texan.pk
    assert "already in the directory" in answer.content.decode()
    other = cast["national"].client.post(reverse("organisation_new"), typed | {"region": "US-OH"})
    assert other.status_code == 302


def test_a_coordinator_of_a_region_is_offered_that_region_only(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    for region in ("US-OH", "", "nowhere"):
        answer = texan.client.post(reverse("organisation_new"), {"name": "Elsewhere Inc", "region": region})
        assert "region" in answer.context["form"].errors
    assert cast["national"].client.post(reverse("organisation_new"), {"name": "Elsewhere Inc"}).status_code == 302


def test_mass_assignment_changes_nothing_that_no_form_asks(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    typed = form_of(texan, "organisation_edit", world.texan.pk)
    sly = {"source": "published", "closed_at": "2020-01-01", "reach_regions": "US-OH", "id": str(uuid.uuid4())}
    texan.client.post(reverse("organisation_edit", args=[world.texan.pk]), typed | sly | {"city": "Odessa"})
    with acting_as(cast["national"].actor):
        row = Organisation.objects.get(pk=world.texan.pk)
    assert (row.city, row.source, row.closed_at, row.reach_regions) == ("Odessa", "organiser", None, ["US-TX"])


def test_closing_asks_first_and_can_be_undone(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("organisation_close", args=[world.texan.pk])
    assert b"<form" in texan.client.get(address).content
    with acting_as(texan.actor):
        assert Organisation.objects.get(pk=world.texan.pk).closed_at is None
    texan.client.post(address)
    assert "Closed on" in texan.client.get(reverse("organisation", args=[world.texan.pk])).content.decode()
    texan.client.post(reverse("organisation_reopen", args=[world.texan.pk]))
    with acting_as(texan.actor):
        assert Organisation.objects.get(pk=world.texan.pk).closed_at is None


def test_a_person_is_added_moved_and_leaves(cast: Cast, world: World) -> None:
    national = cast["national"]
    typed = {
        "name": "Ana Cruz",
        "language": "es",
        "title": "Dispatcher",
        "is_decision_maker": "on",
        "since": "2024-02-01",
    }
    added = national.client.post(reverse("person_new", args=[world.ohioan.pk]), typed)
    with acting_as(national.actor):
        person = Person.objects.get(name="Ana Cruz")
    assert added.headers["Location"] == reverse("person", args=[person.pk])
    moved = {"organisation": str(world.texan.pk), "title": "Safety clerk"}
    assert national.client.post(reverse("post_new", args=[person.pk]), moved).status_code == 302
    twice = national.client.post(reverse("post_new", args=[person.pk]), moved)
    assert "already holds this post" in twice.content.decode()
    with acting_as(national.actor):
        post = Post.objects.get(person=person, organisation=world.ohioan)
    early = national.client.post(reverse("post_end", args=[post.pk]), {"until": "2024-01-31"})
    assert "before it began" in early.content.decode()
    assert national.client.post(reverse("post_end", args=[post.pk]), {"until": "2024-03-01"}).status_code == 302
    page = national.client.get(reverse("person", args=[person.pk]))
    assert [row.what for row in page.context["history"]] == [
        "A post was ended",
        "A post was added",
        "A post was added",
        "Added",
    ]
    posts = cast["texan"].client.get(reverse("person", args=[person.pk])).context["posts"]
    assert [row[0].title for row in posts] == ["Safety clerk"]


def test_a_post_goes_only_to_organisations_that_the_actor_keeps(cast: Cast, world: World) -> None:
    typed = {"organisation": str(world.ohioan.pk), "title": "Spy"}
    answer = cast["texan"].client.post(reverse("post_new", args=[world.person.pk]), typed)
    assert "organisation" in answer.context["form"].errors


def test_ending_a_post_closes_its_contact_points(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    texan.client.post(reverse("post_end", args=[world.post.pk]), {"until": "2026-01-31"})
    assert CANARY not in texan.client.get(reverse("organisation", args=[world.texan.pk])).content.decode()
    with acting_as(texan.actor):
        assert ContactPoint.objects.get(pk=world.point.pk).closed_at is not None
        assert ContactPoint.objects.get(pk=world.own_point.pk).closed_at is None
    refused = texan.client.post(
        reverse("post_point_new", args=[world.post.pk]), {"kind": "mail", "value": "a@example.org", "source": "x"}
    )
    assert "cannot be reached any more" in refused.content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("mail", " dana@example.org ", "dana@example.org"),
        ("mail", "not a mail", None),
        ("phone", "+1 (512) 555-0199", "+15125550199"),
        ("phone", "call me", None),
        ("sms", "512-555-0144", "5125550144"),
        ("post", "1 Main St, Pecos TX", "1 Main St, Pecos TX"),
        ("fax", "512-555-0144", None),
    ],
)
def test_a_contact_point_is_checked_by_its_kind(
    kind: str, value: str, stored: str | None, cast: Cast, world: World
) -> None:
    from waywatch.directory import contacts

    texan = cast["texan"]
    typed = {"kind": kind, "value": value, "source": "Card"}
    answer = texan.client.post(reverse("post_point_new", args=[world.post.pk]), typed)
    with acting_as(texan.actor):
        values = {contacts.readable(point) for point in ContactPoint.objects.filter(post=world.post)} - {CANARY}
    assert values == ({stored} if stored else set())
    assert answer.status_code == (302 if stored else 200)


def test_the_same_contact_point_twice_is_one(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    for _again in range(2):
        texan.client.post(
            reverse("post_point_new", args=[world.post.pk]), {"kind": "mail", "value": CANARY, "source": "x"}
        )
    with acting_as(texan.actor):
        assert ContactPoint.objects.filter(post=world.post).count() == 1


def test_a_closed_contact_point_is_neither_shown_nor_verified(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    texan.client.post(reverse("point_close", args=[world.point.pk]))
    assert CANARY not in texan.client.get(reverse("person", args=[world.person.pk])).content.decode()
    assert texan.client.post(reverse("point_verify", args=[world.point.pk])).status_code == 409


def test_no_history_holds_a_contact_value_or_a_persons_name(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    texan.client.post(reverse("point_verify", args=[world.point.pk]))
    texan.client.post(reverse("point_close", args=[world.point.pk]))
    with acting_as(texan.actor):
        lines = [*audit.history("person", world.person.pk), *audit.history("organisation", world.texan.pk)]
    assert len(lines) == 7
    text = repr(lines)
    for secret in (CANARY, "+15125550100", "5550100", "Dana"):
        assert secret not in text


def test_serving_a_region_shows_on_the_page_and_can_be_taken_away(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    address = reverse("served_add", args=[world.texan.pk])
    assert texan.client.post(address, {"region": "US-ZZ"}).status_code == 200
    assert texan.client.post(address, {"region": "US-OH", "since": "2025-01-01"}).status_code == 302
    assert cast["ohioan"].client.get(reverse("organisation", args=[world.texan.pk])).status_code == 200
    assert cast["ohioan"].client.post(address, {"region": "US-NY"}).status_code == 409
    with acting_as(texan.actor):
        served = world.texan.served.get()
    assert texan.client.post(reverse("served_remove", args=[served.pk])).status_code == 302
    assert cast["ohioan"].client.get(reverse("organisation", args=[world.texan.pk])).status_code == 404


def test_changes_are_asked_for_by_post_only(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    for name in ("organisation_reopen", "served_add"):
        assert texan.client.get(reverse(name, args=[world.texan.pk])).status_code == 405
    assert texan.client.get(reverse("point_verify", args=[world.point.pk])).status_code == 405
