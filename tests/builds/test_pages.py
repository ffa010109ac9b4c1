"""Pages of builds: what a coordinator types, and what comes of it."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Member
from waywatch.accounts.api import Reach
from waywatch.builds import actions
from waywatch.builds.models import (
    Attendance,
    AttendanceCount,
    AttendanceFigure,
    Build,
    CoHost,
    FollowUp,
    InvitedSector,
    Quote,
    SurveyFigure,
)
from waywatch.lib.actors import acting_as

FACTS = {
    "year": "2024",
    "region": "US-TX",
    "city": "Waco",
    "mode": "in_person",
    "invite_only": "unknown",
    "called_build": "true",
}


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("address", ["/builds/", "/map/", "/glance/us-tx/", "/impact/2024/"])
def test_a_page_asks_as_many_questions_for_three_builds_as_for_one(
    coordinator: Member, make_build: Callable[..., Build], address: str
) -> None:
    furnish(make_build("one-2024", listed=True))
    coordinator.client.get(address)
    one = queries_of(coordinator.client, address)
    furnish(make_build("two-2024", listed=True))
    furnish(make_build("three-2024", listed=True))
    assert queries_of(coordinator.client, address) == one


def furnish(build: Build, times: int = 1) -> None:
    for number in range(times):
        CoHost.objects.create(build=build, name=f"Host {number}", sector_id="energy")
        FollowUp.objects.create(
            build=build, actor_name=f"A {number}", kind="people_trained", count=number, provenance="reported"
        )
        FollowUp.objects.create(build=build, actor_name=f"B {number}", kind="policy_adopted", provenance="reported")
        Quote.objects.create(
            build=build, text=f"Said {number}", provenance="published", sources=["https://example.org/a"]
        )
    AttendanceFigure.objects.create(build=build, value=5, provenance="reported")


def test_the_page_of_a_build_asks_as_many_questions_for_three_parts_as_for_one(
    coordinator: Member, make_build: Callable[..., Build]
) -> None:
    small, large = make_build("small-2024"), make_build("large-2024")
    furnish(small)
    furnish(large, times=3)
    coordinator.client.get("/builds/small-2024/")
    assert queries_of(coordinator.client, "/builds/small-2024/") == queries_of(
        coordinator.client, "/builds/large-2024/"
    )


def test_a_coordinator_adds_a_build(coordinator: Member) -> None:
    answer = coordinator.client.post(
        "/builds/new/", {**FACTS, "presenters": "A survivor\n\nA prosecutor", "date": "2024-05-03"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/builds/waco-2024/")
    build = Build.objects.get()
    assert (build.presenters, build.provenance, build.listed, build.invite_only) == (
        ["A survivor", "A prosecutor"],
        "recorded",
        False,
        None,
    )


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("a day in another year", {"date": "2023-01-01"}, "date"),
    ("no such day", {"date": "2024-02-31"}, "date"),
    ("no state", {"region": ""}, "region"),
    ("a state that is none", {"region": "US-ZZ"}, "region"),
    ("a year long ago", {"year": "12"}, "year"),
    ("a year as words", {"year": "soon"}, "year"),
    ("an end before the start", {"starts_at": "14:00", "ends_at": "10:00"}, "ends_at"),
    ("a hidden direction", {"venue": "hall \u202egnp"}, "venue"),
    ("a NUL", {"city": "Wa\x00co"}, "city"),
    ("too long", {"venue": "x" * 300}, "venue"),
]


@pytest.mark.parametrize(("changes", "field"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_refused_form_names_the_field_and_forgets_nothing(
    coordinator: Member, changes: dict[str, str], field: str
) -> None:
    answer = coordinator.client.post("/builds/new/", {**FACTS, "notes": "kept words", **changes})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page
    assert ("kept words" in page, Build.objects.count()) == (True, 0)


def test_a_state_coordinator_adds_in_the_own_state_only(texas_coordinator: Member) -> None:
    assert texas_coordinator.client.post("/builds/new/", {**FACTS, "region": "US-OH"}).status_code == 422
    assert texas_coordinator.client.post("/builds/new/", FACTS).status_code == 302
    answer = texas_coordinator.client.post("/builds/waco-2024/edit/", {**FACTS, "region": "US-OH", "version": "1"})
    assert (answer.status_code, Build.objects.get().region_id) == (422, "US-TX")


def opened(client: Client, address: str) -> dict[str, Any]:
    """Return what a browser sends when nothing is touched on a form that was opened at `address`."""
    form = client.get(address).context["form"]
    sent: dict[str, Any] = {}
    for field in form:
        shown = [(field.html_name, field.field.widget, field.value())]
        if field.field.show_hidden_initial:
            shown.append((field.html_initial_name, field.field.hidden_widget(), field.value()))
        for name, widget, value in shown:
            rendered = "True" if value is True else widget.format_value(value)
            if rendered not in (None, "", []):
                sent[name] = rendered.replace("\n", "\r\n") if isinstance(rendered, str) else rendered
    return {name: value for name, value in sent.items() if value is not False}


def test_a_change_meanwhile_is_shown_and_not_overwritten(coordinator: Member, make_build: Callable[..., Build]) -> None:
    build = make_build("waco-2024", notes=["one", "two"])
    typed = opened(coordinator.client, "/builds/waco-2024/edit/") | {"city": "Mine"}
    everywhere = Reach(everywhere=True)
    with acting_as(coordinator.actor):
        theirs = {"venue": "Hall of theirs"}
        actions.edit_build(coordinator.actor, build=build, changed=theirs, version=1, reach=everywhere)
    answer = coordinator.client.post("/builds/waco-2024/edit/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ('value="Mine"' in page, "Now there: Hall of theirs" in page, 'name="version" value="2"' in page) == (
        True,
        True,
        True,
    )
    assert coordinator.client.post("/builds/waco-2024/edit/", {**typed, "version": "2"}).status_code == 302
    build.refresh_from_db()
    assert (build.city, build.venue, build.notes, build.version) == ("Mine", "Hall of theirs", ["one", "two"], 3)


CLASHES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"year": 2023}, {"date": "2024-05-03"}),
    ({"ends_at": dt.time(10, 0)}, {"starts_at": "11:00"}),
]


@pytest.mark.parametrize(("theirs", "mine"), CLASHES, ids=["a day and its year", "a beginning and its end"])
def test_a_change_that_does_not_fit_what_was_changed_meanwhile_is_refused_in_words(
    coordinator: Member, make_build: Callable[..., Build], theirs: dict[str, Any], mine: dict[str, str]
) -> None:
    build = make_build("waco-2024")
    typed = opened(coordinator.client, "/builds/waco-2024/edit/") | mine
    with acting_as(coordinator.actor):
        actions.edit_build(coordinator.actor, build=build, changed=theirs, version=1, reach=Reach(everywhere=True))
    answer = coordinator.client.post("/builds/waco-2024/edit/", {**typed, "version": "2"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["__all__"])
    assert list(Build.objects.filter(**theirs).values_list("version", "date", "starts_at")) == [(2, None, None)]


def test_two_lines_from_a_browser_are_two_lines(coordinator: Member) -> None:
    typed = {**FACTS, "sources": "https://example.org/a\r\nhttps://example.org/b", "notes": "one\r\n\r\ntwo"}
    assert coordinator.client.post("/builds/new/", typed).status_code == 302
    build = Build.objects.get()
    assert (build.sources, build.notes) == (["https://example.org/a", "https://example.org/b"], ["one", "two"])
    coordinator.client.post("/builds/waco-2024/quote/add/", {"text": "one\r\ntwo", "provenance": "recorded"})
    assert Quote.objects.get().text == "one\ntwo"


def test_saving_an_untouched_form_changes_nothing(coordinator: Member, make_build: Callable[..., Build]) -> None:
    build = make_build("waco-2024", notes=["one", "two"], sources=["a", "b"], mode="virtual", listed=True)
    build.also_covers.set(["US-OK", "US-LA"])
    typed = opened(coordinator.client, "/builds/waco-2024/edit/")
    assert coordinator.client.post("/builds/waco-2024/edit/", typed).status_code == 302
    lines = coordinator.client.get("/builds/waco-2024/").context["history"]
    assert len(lines) == 1
    with acting_as(coordinator.actor):
        assert actions.changed_since(build, 1) == []


PARTS: list[tuple[str, dict[str, str], type[Any]]] = [
    ("cohost", {"name": "Texas Trucking Association", "sector": "trucking"}, CoHost),
    ("figure", {"sector": "", "value": "40", "qualifier": "over", "provenance": "reported"}, AttendanceFigure),
    ("followup", {"actor_name": "A carrier", "kind": "people_trained", "provenance": "reported"}, FollowUp),
    ("quote", {"text": "It mattered.", "provenance": "recorded"}, Quote),
    ("survey", {"metric": "felt prepared", "value": "90", "provenance": "reported"}, SurveyFigure),
    ("invited", {"printed": "truckers", "sector": "trucking"}, InvitedSector),
]


@pytest.mark.parametrize(("kind", "typed", "model"), PARTS, ids=[case[0] for case in PARTS])
def test_a_part_is_added_shown_and_removed(
    coordinator: Member, make_build: Callable[..., Build], kind: str, typed: dict[str, str], model: type[Any]
) -> None:
    build = make_build("waco-2024", listed=True)
    assert coordinator.client.post(f"/builds/waco-2024/{kind}/add/", typed).status_code == 302
    part = model.objects.get()
    assert part.build_id == build.pk
    assert coordinator.client.get("/builds/waco-2024/").status_code == 200
    address = f"/builds/waco-2024/{kind}/{part.pk}/remove/"
    assert coordinator.client.get(address).status_code == 200
    assert model.objects.count() == 1
    assert coordinator.client.post(address).status_code == 302
    assert (model.objects.count(), Build.objects.get().version, Build.objects.get().edited_here) == (0, 3, True)


def test_a_part_of_another_build_cannot_be_removed_through_ours(
    texas_coordinator: Member, make_build: Callable[..., Build]
) -> None:
    make_build("ours-2024")
    theirs = Quote.objects.create(build=make_build("theirs-2024", region="US-OH"), text="theirs", provenance="recorded")
    assert texas_coordinator.client.post(f"/builds/ours-2024/quote/{theirs.pk}/remove/").status_code == 404
    assert Quote.objects.count() == 1


@pytest.mark.parametrize("route", ["cohost/add/", "figure/add/", "quote/add/", "attendance/", "edit/"])
def test_a_form_sent_empty_is_refused_in_words(
    coordinator: Member, make_build: Callable[..., Build], route: str
) -> None:
    make_build("waco-2024")
    answer = coordinator.client.post(f"/builds/waco-2024/{route}")
    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)


def test_the_same_figure_twice_is_refused_in_words(coordinator: Member, make_build: Callable[..., Build]) -> None:
    make_build("waco-2024")
    typed = {"sector": "energy", "value": "40", "provenance": "reported"}
    assert coordinator.client.post("/builds/waco-2024/figure/add/", typed).status_code == 302
    assert coordinator.client.post("/builds/waco-2024/figure/add/", typed).status_code == 422


ENERGY = {"sector": "energy"}


def record(client: Client, sector: str, people: int, once: str = "") -> None:
    typed = {"sector": sector, "people": str(people), "once": once or str(uuid.uuid4())}
    assert client.post("/builds/waco-2024/attendance/", typed).status_code == 302


def test_the_page_of_who_came_asks_as_many_questions_for_three_rows_as_for_one(
    coordinator: Member, make_build: Callable[..., Build]
) -> None:
    make_build("waco-2024")
    address = "/builds/waco-2024/attendance/"
    record(coordinator.client, "energy", 1)
    coordinator.client.get(address)
    one = queries_of(coordinator.client, address)
    record(coordinator.client, "trucking", 2)
    assert len(coordinator.client.get(address).context["page_obj"].object_list) == 3
    assert queries_of(coordinator.client, address) == one


def test_an_entry_sent_twice_counts_once_and_is_taken_back_whole(
    coordinator: Member, make_build: Callable[..., Build]
) -> None:
    make_build("waco-2024")
    once = str(uuid.uuid4())
    record(coordinator.client, "energy", 500, once)
    record(coordinator.client, "energy", 500, once)
    record(coordinator.client, "energy", 7)
    assert AttendanceCount.objects.get().count == 507
    row = Attendance.objects.filter(batch=once).first()
    assert row is not None
    coordinator.client.post(f"/builds/waco-2024/attendance/{row.pk}/remove/", {"entry": "1"})
    assert (AttendanceCount.objects.get().count, Attendance.objects.count()) == (7, 7)


def test_people_taken_back_leave_no_zero_and_no_print_is_hidden(
    coordinator: Member, make_build: Callable[..., Build]
) -> None:
    build = make_build("waco-2024", listed=True)
    record(coordinator.client, "energy", 1)
    coordinator.client.post(f"/builds/waco-2024/attendance/{Attendance.objects.get().pk}/remove/")
    assert coordinator.client.get("/builds/waco-2024/").context["total"] == "not known"
    AttendanceFigure.objects.create(build=build, value=300, qualifier="over", provenance="published")
    record(coordinator.client, "energy", 1)
    assert coordinator.client.get("/builds/waco-2024/").context["total"] == "over 300"
    assert coordinator.client.get("/impact/2024/report.json").json()["attendance"]["total"] == 300


@pytest.mark.parametrize("sector", ["\x00", "nothing", "x" * 5000])
def test_a_senseless_sector_in_the_address_narrows_nothing(
    coordinator: Member, make_build: Callable[..., Build], sector: str
) -> None:
    make_build("waco-2024")
    assert coordinator.client.get("/builds/waco-2024/attendance/", {"sector": sector}).status_code == 200


def test_a_short_name_that_a_build_of_another_year_has_is_not_taken(
    coordinator: Member, make_build: Callable[..., Build]
) -> None:
    make_build("waco-2024", year=2011)
    assert coordinator.client.post("/builds/new/", FACTS).headers["Location"] == "/builds/waco-2024-2/"


def test_people_are_recorded_and_taken_back_and_the_count_follows(
    coordinator: Member, make_build: Callable[..., Build]
) -> None:
    make_build("waco-2024")
    record(coordinator.client, "energy", 3)
    record(coordinator.client, "trucking", 2)
    row = Attendance.objects.filter(sector_id="energy")[0]
    assert coordinator.client.post(f"/builds/waco-2024/attendance/{row.pk}/remove/").status_code == 302
    assert dict(AttendanceCount.objects.values_list("sector_id", "count")) == {"energy": 2, "trucking": 2}
    assert coordinator.client.get("/builds/waco-2024/").context["total"] == "4"


@pytest.mark.parametrize("people", ["0", "501", "-1", "many", ""])
def test_a_senseless_number_of_people_is_refused(
    coordinator: Member, make_build: Callable[..., Build], people: str
) -> None:
    make_build("waco-2024")
    assert (
        coordinator.client.post(
            "/builds/waco-2024/attendance/", ENERGY | {"people": people, "once": str(uuid.uuid4())}
        ).status_code
        == 422
    )
    assert not AttendanceCount.objects.exists()


def test_every_change_is_in_the_history(coordinator: Member, make_build: Callable[..., Build]) -> None:
    make_build("waco-2024")
    coordinator.client.post("/builds/waco-2024/quote/add/", {"text": "It mattered.", "provenance": "recorded"})
    record(coordinator.client, "energy", 3)
    lines = coordinator.client.get("/builds/waco-2024/").context["history"]
    assert [str(line["what"]) for line in lines] == ["attendance recorded", "quote added"]
    assert {line["who"] for line in lines} == {"Marisol Okafor"}


TEXT = st.text(max_size=40) | st.sampled_from(["=1+1", "\u202e", "\x00", "🚚" * 10, "a" * 5000, "-1", "99999999999"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.dictionaries(st.sampled_from(["q", "year", "country", "region", "page"]), TEXT, max_size=5))
def test_no_filter_breaks_whatever_is_in_the_address(coordinator: Member, typed: dict[str, str]) -> None:
    assert coordinator.client.get("/builds/", typed).status_code == 200
