"""Every number of a map, a glance and a report opens to the records under it, however many there are."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests.builds.test_pages import queries_of
from tests.cast import Member
from tests.impact.numbers import Page
from waywatch.builds.models import Build, CoHost, FollowUp, Quote, YearFigures

MakeBuild = Callable[..., Build]
FOLLOWED_2018 = [
    ("New Mexico Trucking Association", "invited to present (1)", "/builds/albuquerque-2018/#what-followed"),
    ("NM AG Human Trafficking Task Force", "calls received", "/builds/albuquerque-2018/#what-followed"),
    ("Texas OAG", "law-enforcement training", "/builds/pecos-2018/#what-followed"),
]


def page_of(client: Client, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return Page(answer.content)


def text_of(client: Client, address: str) -> str:
    """Return the words of a page, with single blanks."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    words = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", words)


def listed_items(client: Client, address: str, heading: str) -> list[str]:
    """Return the texts of the list under a heading of a page."""
    section = client.get(address).content.decode().split(f'id="{heading}"')[1].split("</section>")[0]
    items = re.findall(r"<li><strong>(.*?)</li>", section, flags=re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item)).strip() for item in items]


@pytest.mark.parametrize(
    "address", ["/map/", "/glance/us-id/", "/glance/us-tx/", "/glance/us-de/", "/impact/2018/", "/impact/2021/"]
)
def test_every_number_has_its_records_behind_it(published: None, coordinator: Member, address: str) -> None:
    page = page_of(coordinator.client, address)
    assert page.numbers
    bare = {number.text.strip() for number in page.numbers if not number.hrefs and not number.sourced}
    assert bare <= {"none known", "not known"}
    for href in {href for number in page.numbers for href in number.hrefs}:
        if href.startswith("#"):
            assert page.ids.count(href[1:]) == 1, href
        else:
            assert coordinator.client.get(href).status_code == 200, href


def test_a_number_of_builds_opens_to_that_many_builds(
    owner_role: None, coordinator: Member, make_build: MakeBuild
) -> None:
    make_build("waco-2024", listed=True)
    make_build("hidden-2024")
    make_build("tulsa-2024", region="US-OK", listed=True).also_covers.set(["US-TX"])
    YearFigures.objects.create(slug="agg-2024", year=2024, builds=2, loaded_digest="x")
    for address, expected in (
        ("/map/", {"US-TX": 2, "US-OK": 1}),
        ("/impact/2024/", {"US-TX": 1, "US-OK": 1}),
        ("/glance/us-tx/", {"US-TX": 3}),
    ):
        found = {}
        for number in page_of(coordinator.client, address).numbers:
            for href in [href for href in number.hrefs if href.startswith("/builds/?")]:
                counted = int(number.text.split()[0])
                assert coordinator.client.get(href).context["page_obj"].paginator.count == counted, (address, href)
                found |= dict.fromkeys(re.findall(r"region=([A-Z-]+)", href), counted)
        assert found == expected, address


def test_a_narrowed_list_of_builds_says_so_and_opens_again(coordinator: Member, make_build: MakeBuild) -> None:
    make_build("waco-2024")
    make_build("tulsa-2024", region="US-OK", listed=True).also_covers.set(["US-TX"])
    page = text_of(coordinator.client, "/builds/?region=US-TX&held=1")
    assert "Builds held elsewhere for a state or province are left out." in page
    answer = coordinator.client.get("/builds/?region=US-TX&held=1&listed=1")
    assert answer.context["page_obj"].paginator.count == 0
    assert 'href="/builds/?region=US-TX"' in answer.content.decode()
    assert "are left out" not in text_of(coordinator.client, "/builds/?region=US-TX")
    assert "are left out" not in text_of(coordinator.client, "/builds/?held=1")


def test_what_followed_2018_stands_on_its_page_and_each_count_opens_to_its_rows(
    published: None, coordinator: Member
) -> None:
    page = coordinator.client.get("/impact/2018/")
    rows = [(row.who, row.told, f"/builds/{row.slug}/#what-followed") for row in page.context["followed"]]
    assert rows == FOLLOWED_2018
    assert listed_items(coordinator.client, "/impact/2018/", "what-followed") == [
        f"{who} : {told}. {where}, 2018 {words}"
        for (who, told, _), where, words in zip(
            FOLLOWED_2018,
            ["Albuquerque", "Albuquerque", "Pecos"],
            [
                "invited TAT and the Freedom Drivers Project to its annual conference",
                "several calls from professionals affected by the speakers",
                "two additional days training law enforcement and prosecutors",
            ],
            strict=True,
        )
    ]
    counts = [number for number in Page(page.content).numbers if "?what=" in "".join(number.hrefs)]
    assert {(number.text, *number.hrefs) for number in counts} == {
        ("calls received: 1", "/impact/2018/followed/?what=inbound_calls"),
        ("invited to present: 1", "/impact/2018/followed/?what=invited_to_present"),
        ("law-enforcement training: 1", "/impact/2018/followed/?what=law_enforcement_training"),
    }
    for number in counts:
        opened = coordinator.client.get(number.hrefs[0])
        assert (opened.context["title"], len(opened.context["rows"])) == (number.text.split(":")[0], 1)


def test_the_number_of_people_trained_in_idaho_opens_to_those_who_trained_them(
    published: None, coordinator: Member
) -> None:
    page = page_of(coordinator.client, "/glance/us-id/")
    assert [(number.text, number.hrefs) for number in page.numbers[2:3]] == [
        ("100, and 1 partner gave no number", ["#trained"])
    ]
    assert [row.split(". ")[0] for row in listed_items(coordinator.client, "/glance/us-id/", "trained")] == [
        "Handy Truck Lines : people trained (no number given)",
        "Kuna School District : people trained (70)",
        "Treasure Valley Transit : people trained (30)",
    ]
    assert [row.split(". ")[0] for row in listed_items(coordinator.client, "/glance/us-id/", "adopted")] == [
        "Boise Police Department : materials distributed",
        "Idaho NPL Training (CDL school) : curriculum adopted",
        "State of Idaho : elements of the Iowa MVE model completed (6)",
    ]
    assert "else" not in page.ids


def test_a_follow_up_names_the_pages_that_print_it(published: None, coordinator: Member) -> None:
    page = coordinator.client.get("/impact/2018/followed/?what=law_enforcement_training").content.decode()
    sources = Build.objects.get(slug="pecos-2018").sources
    assert len(sources) > 1
    assert re.findall(r'class="source" href="([^"]+)"', page) == sources


def test_a_printed_number_leads_to_every_page_of_its_print(published: None, coordinator: Member) -> None:
    page = coordinator.client.get("/impact/2018/").content.decode()
    row = page.split('id="printed-energy"')[1].split("</tr>")[0]
    sources = YearFigures.objects.get(slug="agg-2018").sources
    assert len(sources) == 2
    assert re.findall(r'class="source" href="([^"]+)"', row) == sources


def test_what_followed_otherwise_has_its_place_on_the_glance(published: None, coordinator: Member) -> None:
    found = listed_items(coordinator.client, "/glance/us-tx/", "else")
    assert [row.split(". ")[0] for row in found] == ["Texas OAG : law-enforcement training"]
    page = text_of(coordinator.client, "/glance/us-tx/")
    assert "Nobody is known yet to have trained people afterwards." in page
    assert "Nothing is known yet of what partners took up." in page


def follow(build: Build, who: str, count: int | None = None, **fields: str) -> FollowUp:
    values = {"kind": "people_trained", "provenance": "published", **fields}
    position = FollowUp.objects.filter(build=build).count()
    return FollowUp.objects.create(build=build, actor_name=who, count=count, position=position, **values)


@pytest.mark.parametrize(("address", "heading"), [("/glance/us-tx/", "trained"), ("/impact/2024/", "what-followed")])
def test_an_act_that_was_heard_of_twice_stands_and_counts_once(
    coordinator: Member, make_build: MakeBuild, address: str, heading: str
) -> None:
    build = make_build("waco-2024", listed=True)
    follow(build, "A carrier", 500)
    follow(build, "a CARRIER", 500, provenance="reported")
    follow(build, "Another", 7, provenance="reported")
    assert listed_items(coordinator.client, address, heading) == [
        "A carrier : people trained (500). Waco-2024, 2024", "Another : people trained (7). Waco-2024, 2024",
    ]  # fmt: skip
    assert "507" in [number.text for number in page_of(coordinator.client, address).numbers]
    assert len(coordinator.client.get("/impact/2024/followed/?what=people_trained").context["rows"]) == 2
    assert dict(coordinator.client.get("/impact/2024/").context["report"].follow_ups) == {"people_trained": 2}


def test_a_cut_list_says_how_many_there_are_and_opens_to_all(coordinator: Member, make_build: MakeBuild) -> None:
    build = make_build("waco-2024", listed=True)
    for number in range(60):
        follow(build, f"Carrier {number:02}", number)
        Quote.objects.create(build=build, text=f"Said {number}")
        CoHost.objects.create(build=build, name=f"Host {number:02}")
    glance, year = (text_of(coordinator.client, address) for address in ("/glance/us-tx/", "/impact/2024/"))
    assert [glance.count("25 of 60 are shown."), year.count("50 of 60 are shown.")] == [3, 2]
    for address, rows in (
        ("/glance/us-tx/followed/?what=trained", "rows"),
        ("/glance/us-tx/said/", "page_obj"),
        ("/glance/us-tx/co-hosts/", "page_obj"),
        ("/impact/2024/followed/", "rows"),
        ("/impact/2024/said/", "page_obj"),
    ):
        first = coordinator.client.get(address)
        second = coordinator.client.get(f"{address}{'&' if '?' in address else '?'}page=2")
        assert (len(list(first.context[rows])), len(list(second.context[rows]))) == (50, 10), address
        opener = "/glance/us-tx/" if "glance" in address else "/impact/2024/"
        assert address in page_of(coordinator.client, opener).hrefs
    assert "60 co-hosts. Each stands here once for each build." in text_of(
        coordinator.client, "/glance/us-tx/co-hosts/"
    )


def test_builds_beyond_the_first_are_counted_and_one_click_away(coordinator: Member, make_build: MakeBuild) -> None:
    for number in range(26):
        make_build(f"waco-{number}", listed=True)
    assert "25 of 26 are shown." in text_of(coordinator.client, "/glance/us-tx/")
    assert page_of(coordinator.client, "/glance/us-tx/").hrefs.count("/builds/?region=US-TX") == 2
    short = "are shown."
    assert short not in text_of(coordinator.client, "/impact/2024/")


def test_a_co_host_stands_once_with_the_newest_builds_and_how_many_more(
    coordinator: Member, make_build: MakeBuild
) -> None:
    for year in range(2015, 2020):
        build = make_build(f"waco-{year}", year=year, listed=True)
        CoHost.objects.create(build=build, name="Texas Trucking" if year % 2 else "TEXAS trucking")
    CoHost.objects.create(build=build, name="A sheriff")
    page = coordinator.client.get("/glance/us-tx/")
    found = [(row.name, row.builds, [build.year for build in row.newest], row.more) for row in page.context["cohosts"]]
    assert [(row[0].casefold(), *row[1:]) for row in found] == [
        ("a sheriff", 1, [2019], 0),
        ("texas trucking", 5, [2019, 2018, 2017], 2),
    ]
    assert page.context["cohost_count"] == 2
    assert coordinator.client.get("/glance/us-tx/co-hosts/").context["page_obj"].paginator.count == 6


LISTS = [
    "/glance/us-tx/followed/",
    "/glance/us-tx/said/",
    "/glance/us-tx/co-hosts/",
    "/impact/2024/followed/",
    "/impact/2024/said/",
]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_as_many_questions_for_three_rows_as_for_one(
    coordinator: Member, make_build: MakeBuild, address: str
) -> None:
    furnish(make_build("one-2024", listed=True))
    coordinator.client.get(address)
    one = queries_of(coordinator.client, address)
    furnish(make_build("two-2024", listed=True))
    furnish(make_build("three-2024", listed=True))
    assert queries_of(coordinator.client, address) == one
    assert coordinator.client.get(address).context["page_obj"].paginator.count == 3


def furnish(build: Build) -> None:
    follow(build, "Zanzibar carrier", 5)
    Quote.objects.create(build=build, text="Zanzibar words")
    CoHost.objects.create(build=build, name="Zanzibar host", sector_id="energy")


@pytest.mark.parametrize("address", LISTS)
def test_a_list_shows_what_its_reader_may_see(
    request: pytest.FixtureRequest, client: Client, outsider: Member, make_build: MakeBuild, address: str
) -> None:
    make_build("seen-2024", listed=True)
    furnish(make_build("hidden-2024"))
    assert [who.get(address).status_code for who in (client, outsider.client)] == [404, 404]
    for name in ("ohio_coordinator", "texas_coordinator"):
        who: Member = request.getfixturevalue(name)
        sees = name == "texas_coordinator" and "glance" in address
        assert ("Zanzibar" in text_of(who.client, address)) == sees, name


@pytest.mark.parametrize("what", ["nothing", "\x00", "x" * 5000])
def test_a_senseless_kind_in_the_address_narrows_nothing(coordinator: Member, make_build: MakeBuild, what: str) -> None:
    furnish(make_build("waco-2024", listed=True))
    answer = coordinator.client.get("/impact/2024/followed/", {"what": what})
    assert (answer.status_code, len(answer.context["rows"]), answer.context["title"]) == (200, 1, "What followed")


def test_a_year_or_a_state_that_is_none_has_no_lists(coordinator: Member, make_build: MakeBuild) -> None:
    make_build("waco-2024", listed=True)
    for address in ("/impact/1999/followed/", "/impact/1999/said/", "/glance/us-zz/followed/", "/glance/us-zz/said/"):
        assert coordinator.client.get(address).status_code == 404, address
