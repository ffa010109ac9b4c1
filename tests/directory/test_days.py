"""The days that the directory takes: none that is a slip of the keyboard, in whichever form it is typed."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from tests.directory.conftest import Cast, World
from waywatch.directory.actions import people
from waywatch.directory.models import ServedJurisdiction
from waywatch.lib import clock
from waywatch.lib.actors import acting_as

FORMS: dict[str, tuple[Callable[[World], str], str, dict[str, str]]] = {
    "new person": (
        lambda w: reverse("person_new", args=[w.texan.pk]),
        "since",
        {"name": "Ada Kept", "language": "en", "title": "Clerk"},
    ),
    "new post": (lambda w: reverse("post_new", args=[w.person.pk]), "since", {"title": "Kept title"}),
    "post": (lambda w: reverse("post_edit", args=[w.post.pk]), "since", {"title": "Kept title"}),
    "end of a post": (lambda w: reverse("post_end", args=[w.post.pk]), "until", {}),
    "verification": (lambda w: reverse("point_edit", args=[w.point.pk]), "verified_on", {"source": "Kept source"}),
    "jurisdiction": (lambda w: reverse("served_add", args=[w.texan.pk]), "since", {"county": "Franklin"}),
}
SAID = "This day is more than a hundred years away. Check the year."


@pytest.mark.parametrize("day", ["9999-12-31", "3000-01-01"])
@pytest.mark.parametrize("name", FORMS)
def test_a_day_more_than_a_hundred_years_away_is_refused_and_stays_as_it_was_typed(
    name: str, day: str, cast: Cast, world: World
) -> None:
    find, field, typed = FORMS[name]
    answer = cast["texan"].client.post(find(world), typed | {field: day})
    form = answer.context["form"]
    assert (answer.status_code, form.errors[field]) == (200, [SAID])
    text = answer.content.decode()
    assert [value for value in (*typed.values(), day) if f'value="{value}"' not in text] == []


def test_the_last_day_of_an_ended_post_is_refused_too(cast: Cast, world: World) -> None:
    texan = cast["texan"]
    with acting_as(texan.actor):
        people.end_post(texan.actor, post=world.post, until=dt.date(2026, 1, 31))
    answer = texan.client.post(reverse("post_edit", args=[world.post.pk]), {"until": "9999-12-31", "title": "x"})
    assert dict(answer.context["form"].errors) == {"until": [SAID]}


@pytest.mark.parametrize(("days", "kept"), [(36_525, 1), (36_526, 0)])
def test_a_day_just_a_hundred_years_away_is_taken(days: int, kept: int, cast: Cast, world: World) -> None:
    day = clock.today() + dt.timedelta(days=days)
    cast["texan"].client.post(reverse("served_add", args=[world.texan.pk]), {"region": "US-OH", "since": str(day)})
    with acting_as(cast["texan"].actor):
        assert ServedJurisdiction.objects.filter(since=day).count() == kept
