"""access.py by itself: PostgreSQL is told that the national coordinator acts, so that only the code here can hold rows back."""

from collections.abc import Callable, Iterator

import pytest

from tests.cast import Member
from tests.directory.conftest import Cast, World
from waywatch.directory import access
from waywatch.directory.actions import organisations
from waywatch.directory.models import ServedJurisdiction
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import NotFoundError, RefusedError

NOBODY = ("trooper", "advocate", "analyst", "administrator", "outsider", "safety_director")
# who: sees (Texan, Ohioan, national), edits those, keeps the people of those
TABLE = {
    "national": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "texan": ((1, 0, 1), (1, 0, 0), (1, 0, 0)),
    "co_host": ((1, 0, 1), (1, 0, 0), (1, 0, 0)),
    "ohioan": ((0, 1, 1), (0, 1, 0), (0, 1, 0)),
    "manager": ((1, 0, 0), (0, 0, 0), (0, 0, 0)),
    **dict.fromkeys(NOBODY, ((0, 0, 0), (0, 0, 0), (0, 0, 0))),
}


@pytest.fixture
def bare(cast: Cast, world: World, manager: Member) -> Iterator[Callable[[str], Actor]]:
    """Give anybody's actor while the database shows everything."""
    with acting_as(cast["national"].actor):
        yield lambda who: manager.actor if who == "manager" else cast[who].actor


def found(get: Callable[[], object]) -> bool:
    try:
        get()
    except NotFoundError:
        return False
    return True


@pytest.mark.parametrize("who", TABLE)
def test_who_sees_edits_and_keeps_what(who: str, bare: Callable[[str], Actor], world: World) -> None:
    actor, three = bare(who), (world.texan, world.ohioan, world.national)
    sees, edits, keeps = (tuple(map(bool, row)) for row in TABLE[who])
    assert tuple(found(lambda row=row: access.organisation_for(actor, row.pk)) for row in three) == sees
    assert tuple(access.may_edit(actor, row) for row in three) == edits
    assert tuple(access.may_keep_people(actor, row) for row in three) == keeps
    assert set(access.visible_organisations(actor)) == {row for row, seen in zip(three, sees, strict=True) if seen}
    assert set(access.kept_organisations(actor)) == {row for row, kept in zip(three, keeps, strict=True) if kept}
    assert {person.name for person in access.visible_people(actor)} == {
        name
        for name, seen in zip(("Dana Reyes", "Kim of Buckeye Freight", "Kim of Canyon Express"), sees, strict=True)
        if seen
    }
    assert found(lambda: access.person_for(actor, world.person.pk)) is sees[0]
    assert found(lambda: access.post_for(actor, world.post.pk)) is sees[0]
    assert found(lambda: access.contact_point_for(actor, world.point.pk)) is sees[0]
    assert found(lambda: access.contact_point_for(actor, world.own_point.pk)) is sees[0]
    assert access.may_keep_person(actor, world.person) is keeps[0]
    assert found(lambda: access.enter_as_keeper(actor)) is any(keeps)
    assert found(lambda: access.enter(actor)) is (any(sees) or who == "safety_director")


def test_nobody_at_all_sees_nothing(bare: Callable[[str], Actor], world: World) -> None:
    assert not access.visible_organisations(None).exists()
    assert not access.kept_organisations(None).exists()
    assert not access.may_edit(None, world.national)
    assert not found(lambda: access.enter(None))


def test_the_system_keeps_everything(bare: Callable[[str], Actor], world: World) -> None:
    loader = Actor.system("load-builds")
    assert access.visible_organisations(loader).count() == 3
    assert access.may_add(loader, None)
    assert access.own_organisations(loader) == frozenset()


def test_whoever_looks_after_a_served_region_keeps_people_but_not_facts(
    bare: Callable[[str], Actor], cast: Cast, world: World
) -> None:
    served = organisations.add_served(cast["national"].actor, organisation=world.texan, region_code="US-OH")
    ohioan, row = bare("ohioan"), access.organisation_for(bare("ohioan"), world.texan.pk)
    assert access.may_keep_people(ohioan, row)
    assert access.may_keep_person(ohioan, world.person)
    assert not access.may_edit(ohioan, row)
    assert access.served_for(ohioan, served.pk) == served
    assert not found(lambda: access.served_for(bare("trooper"), served.pk))
    assert ServedJurisdiction.objects.get().pk == served.pk


def test_a_national_organisation_is_changed_by_a_coordinator_for_everywhere_only(bare: Callable[[str], Actor]) -> None:
    assert access.may_add(bare("national"), None)
    assert not access.may_add(bare("texan"), None)
    assert access.may_add(bare("texan"), "US-TX")
    assert not access.may_add(bare("texan"), "US-OH")


def test_must_refuses_and_says_why() -> None:
    access.must(allowed=True)
    with pytest.raises(RefusedError, match="coordinator of its region"):
        access.must(allowed=False)
