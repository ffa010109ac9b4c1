"""Who may see and change a build, over every route. There is always a build that could leak."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cast import Member, grant_to
from waywatch.accounts.roles import Role
from waywatch.builds.models import Build, Quote

EVERYBODY = [
    "coordinator", "texas_coordinator", "ohio_coordinator", "co_host", "trooper", "safety_director", "truck_stop_manager",
    "advocate", "editor", "analyst", "administrator", "outsider",
]  # fmt: skip
SEES_UNLISTED_TEXAS = {"coordinator", "texas_coordinator", "co_host", "analyst"}
EDITS_TEXAS = {"coordinator", "texas_coordinator"}
ADDS = {"coordinator", "texas_coordinator", "ohio_coordinator"}
HIDDEN = "hidden-plan"


@pytest.fixture
def hidden(make_build: Callable[..., Build]) -> Build:
    """A build in Texas that is not listed, in a city whose name appears nowhere else."""
    return make_build(HIDDEN, city="Zanzibarville")


@pytest.mark.parametrize("name", EVERYBODY)
def test_an_unlisted_build_is_there_within_reach_only(request: pytest.FixtureRequest, hidden: Build, name: str) -> None:
    who: Member = request.getfixturevalue(name)
    sees = name in SEES_UNLISTED_TEXAS
    assert who.client.get(f"/builds/{HIDDEN}/").status_code == (200 if sees else 404)
    for address in ("/builds/?q=Zanzibarville", "/builds/", "/builds/?region=US-TX", "/glance/us-tx/"):
        page = re.sub(r'value="[^"]*"', "", who.client.get(address).content.decode())
        assert ("Zanzibarville" in page) == sees, address


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_count_of_builds_does_not_tell_of_a_hidden_one(
    request: pytest.FixtureRequest, hidden: Build, name: str
) -> None:
    who: Member = request.getfixturevalue(name)
    counted = "1 build\n" in who.client.get("/builds/?region=US-TX").content.decode().replace("  ", "")
    assert counted == (name in SEES_UNLISTED_TEXAS)


@pytest.mark.parametrize("name", EVERYBODY)
def test_unknown_and_forbidden_look_the_same(request: pytest.FixtureRequest, hidden: Build, name: str) -> None:
    who: Member = request.getfixturevalue(name)
    if name in SEES_UNLISTED_TEXAS:
        return
    forbidden = who.client.get(f"/builds/{HIDDEN}/")
    unknown = who.client.get("/builds/hidden-plaq/")
    assert forbidden.status_code == unknown.status_code == 404
    assert _plain(forbidden, HIDDEN) == _plain(unknown, "hidden-plaq")


def _plain(answer: HttpResponse, slug: str) -> str:
    """Return the page without what differs by nature: the address that was asked, and the form's token."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode()).replace(slug, "")


WRITES = [
    "edit/",
    "attendance/",
    "figure/add/",
    "cohost/add/",
    "followup/add/",
    "quote/add/",
    "survey/add/",
    "invited/add/",
]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("route", WRITES)
def test_only_who_keeps_the_state_changes_its_builds(
    request: pytest.FixtureRequest, make_build: Callable[..., Build], name: str, route: str
) -> None:
    make_build("seen-2024", listed=True)
    who: Member = request.getfixturevalue(name)
    expected = 200 if name in EDITS_TEXAS else 404
    assert who.client.get(f"/builds/seen-2024/{route}").status_code == expected
    if expected == 404:
        assert who.client.post(f"/builds/seen-2024/{route}", {"name": "x"}).status_code == 404


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_may_add_a_build(request: pytest.FixtureRequest, name: str) -> None:
    who: Member = request.getfixturevalue(name)
    assert who.client.get("/builds/new/").status_code == (200 if name in ADDS else 404)


def test_a_co_host_of_one_build_changes_that_build_alone(make_build: Callable[..., Build], outsider: Member) -> None:
    ours, other = make_build("ours-2024", listed=True), make_build("other-2024", listed=True)
    grant_to(outsider.account, Role.CO_HOST, region_id="US-TX", build_id=ours.pk)
    assert outsider.client.get(f"/builds/{ours.slug}/edit/").status_code == 200
    assert outsider.client.get(f"/builds/{other.slug}/edit/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/builds/", "/builds/x/", "/builds/new/", "/map/", "/impact/", "/impact/2018/", "/glance/us-tx/"]
)
def test_a_guest_sees_nothing(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_report_counts_what_everybody_may_see_and_says_the_same_to_all(
    request: pytest.FixtureRequest, hidden: Build, make_build: Callable[..., Build], name: str
) -> None:
    Quote.objects.create(build=hidden, text="Zanzibar words", provenance="recorded")
    make_build("seen-2024", listed=True)
    who: Member = request.getfixturevalue(name)
    if name == "outsider":
        assert who.client.get("/impact/2024/").status_code == 404
        return
    report = who.client.get("/impact/2024/report.json").json()
    assert report["builds"] == {"count": None, "us_states": None, "ca_provinces": None}
    assert report["listed_builds"] == {"count": 1, "by_region": {"US-TX": 1}}
    assert [flag["code"] for flag in report["flags"]] == ["not_all_builds_listed", "builds_not_printed"]
    assert "Zanzibar" not in who.client.get("/impact/2024/").content.decode()


@pytest.mark.parametrize("name", ["ohio_coordinator", "trooper", "administrator"])
def test_a_hidden_build_colours_nothing_and_gives_no_year(
    request: pytest.FixtureRequest, hidden: Build, make_build: Callable[..., Build], name: str
) -> None:
    hidden.also_covers.set(["US-OK"])
    Build.objects.filter(pk=hidden.pk).update(year=2011)
    make_build("seen-2024", listed=True)
    who: Member = request.getfixturevalue(name)
    regions = {row.shape.code: row for row in who.client.get("/map/").context["regions"]}
    assert (regions["US-TX"].builds, regions["US-OK"].covered) == (1, False)
    assert "2011" not in who.client.get("/builds/").content.decode() + who.client.get("/impact/").content.decode()
