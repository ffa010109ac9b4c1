"""The pages about other people's accounts: who sees which, and what giving and taking away does."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from tests.accounts.conftest import plain
from tests.cast import Member, grant_to, member
from tests.queries import queries_of
from waywatch.accounts import actions, api, inviting
from waywatch.accounts.api import Place, Role
from waywatch.accounts.errors import AlreadyGivenError, NotYoursToGiveError, NotYoursToRevokeError
from waywatch.accounts.inviting import Addressee
from waywatch.accounts.models import Grant, Invitation
from waywatch.accounts.offers import Offer
from waywatch.accounts.rules import Scope
from waywatch.accounts.scopes import _look_ups
from waywatch.audit import api as audit
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.errors import InvalidError

CAST = [
    "coordinator",
    "texas_coordinator",
    "ohio_coordinator",
    "co_host",
    "trooper",
    "safety_director",
    "truck_stop_manager",
    "advocate",
    "editor",
    "analyst",
    "administrator",
    "outsider",
]
ALL, TEXAS, EVERYBODY_WHO_GIVES = (
    {"administrator"},
    {"administrator", "coordinator", "texas_coordinator"},
    {"administrator", "coordinator", "texas_coordinator", "ohio_coordinator"},
)


def target_routes(target: Member, invitation: Invitation) -> list[tuple[str, str, set[str]]]:
    """Return each route with the method and those who see it: of a Texan co-host, and of a trooper's account."""
    account, grant = target.account.pk, target.grants[0].pk
    return [
        ("GET", "/account/people/", EVERYBODY_WHO_GIVES),
        ("GET", "/account/people/?q=lindqvist", EVERYBODY_WHO_GIVES),
        ("GET", "/account/people/invite/", EVERYBODY_WHO_GIVES),
        ("GET", f"/account/people/{account}/", TEXAS),
        ("GET", f"/account/people/{account}/give/", TEXAS),
        ("GET", f"/account/people/grants/{grant}/revoke/", TEXAS),
    ]


@pytest.fixture
def invitation(coordinator: Member) -> Invitation:
    offer = Offer(Role.CO_HOST, Scope("US-TX"))
    with acting_as(coordinator.actor):
        return inviting.invite(coordinator.actor, addressee=Addressee("new@example.org", "New Body"), offer=offer)


@pytest.mark.parametrize("who", CAST)
def test_guard_table(request: pytest.FixtureRequest, who: str, co_host: Member, invitation: Invitation) -> None:
    visitor: Member = request.getfixturevalue(who)
    got = {}
    for method, path, _allowed in target_routes(co_host, invitation):
        got[f"{method} {path}"] = visitor.client.generic(method, path).status_code
    expected = {
        f"{method} {path}": 200 if who in allowed else 404
        for method, path, allowed in target_routes(co_host, invitation)
    }
    assert got == expected
    withdrawn = visitor.client.post(f"/account/people/invitations/{invitation.pk}/withdraw/").status_code
    assert withdrawn == {"administrator": 302, "coordinator": 302, "texas_coordinator": 409}.get(who, 404)


def test_a_guest_is_led_to_sign_in(guest: Client, co_host: Member, invitation: Invitation) -> None:
    for method, path, _allowed in target_routes(co_host, invitation):
        response = guest.generic(method, path)
        assert response.status_code == 302
        assert response["Location"].startswith("/account/login/?next=")


def test_forbidden_and_unknown_read_the_same(ohio_coordinator: Member, co_host: Member) -> None:
    forbidden = ohio_coordinator.client.get(f"/account/people/{co_host.account.pk}/")
    unknown = ohio_coordinator.client.get(f"/account/people/{uuid.uuid4()}/")
    assert forbidden.status_code == unknown.status_code == 404
    strip = [plain(forbidden).replace(str(co_host.account.pk), ""), plain(unknown)]
    assert len(strip[0]) == len(strip[1]) - 36
    assert "Lindqvist" not in strip[0]


def test_a_coordinator_sees_his_region_and_no_officer(
    texas_coordinator: Member, ohio_coordinator: Member, co_host: Member, trooper: Member, outsider: Member
) -> None:
    page = texas_coordinator.client.get("/account/people/")
    assert [row.name for row in page.context["people"]] == ["Dale Reyes", "Hannah Lindqvist"]
    assert texas_coordinator.client.get("/account/people/?q=colton").context["people"] == []
    assert texas_coordinator.client.get(f"/account/people/{trooper.account.pk}/").status_code == 404
    page = ohio_coordinator.client.get("/account/people/")
    assert [row.name for row in page.context["people"]] == ["June Hartwell"]


def test_a_grant_elsewhere_of_somebody_in_reach_stays_hidden(texas_coordinator: Member, co_host: Member) -> None:
    grant_to(co_host.account, Role.CO_HOST, region_id="US-OH")
    grant_to(co_host.account, Role.ADVOCATE)
    page = texas_coordinator.client.get(f"/account/people/{co_host.account.pk}/")
    assert [(line.role, line.place) for line in page.context["grants"]] == [("Co-host", "Texas")]
    assert "Ohio" not in page.content.decode()
    assert "Advocate" not in page.content.decode()


def test_an_administrator_sees_and_finds_everybody(administrator: Member, trooper: Member, outsider: Member) -> None:
    page = administrator.client.get("/account/people/")
    assert [row.name for row in page.context["people"]] == ["Ida Brandt", "Otto Marsh", "Wade Colton"]
    for wanted in ("COLTON", "wade.colton@"):
        page = administrator.client.get("/account/people/", {"q": wanted})
        assert [(row.name, row.holds) for row in page.context["people"]] == [
            ("Wade Colton", ("Officer (trusted contact): Texas",))
        ]


def test_the_list_costs_the_same_with_one_and_with_three(administrator: Member, coordinator: Member) -> None:
    with_one = queries_of(administrator.client, "/account/people/")
    for number in range(3):
        somebody = member(f"more{number}@example.org", f"More {number}", Role.CO_HOST, region_id="US-TX")
        grant_to(somebody.account, Role.CO_HOST, region_id="US-OH", given_by=coordinator.account)
        with acting_as(administrator.actor):
            inviting.invite(
                administrator.actor,
                addressee=Addressee(f"new{number}@example.org", "New"),
                offer=Offer(Role.ANALYST),
            )
    assert queries_of(administrator.client, "/account/people/") == with_one
    one_grant = queries_of(administrator.client, f"/account/people/{coordinator.account.pk}/")
    three = member("three@example.org", "Three", Role.CO_HOST, region_id="US-TX", given_by=coordinator.account)
    for region in ("US-OH", "US-NM"):
        grant_to(three.account, Role.CO_HOST, region_id=region, given_by=coordinator.account)
    assert queries_of(administrator.client, f"/account/people/{three.account.pk}/") == one_grant


def test_pages_of_fifty(administrator: Member) -> None:
    for number in range(51):
        member(f"n{number}@example.org", f"Number {number:02}", second_factor=False)
    second = administrator.client.get("/account/people/?q=number&page=2")
    assert [row.name for row in second.context["people"]] == ["Number 50"]
    assert second.context["query"] == "q=number"


def test_give_through_the_page(texas_coordinator: Member, co_host: Member) -> None:
    path = f"/account/people/{co_host.account.pk}/give/"
    form = texas_coordinator.client.get(path).context["form"]
    assert [value for value, _label in form.fields["role"].choices] == ["co_host", "analyst"]
    assert [value for value, _label in form.fields["region"].choices] == ["US-TX"]
    response = texas_coordinator.client.post(path, {"role": "analyst", "region": "US-TX", "last_day": "2099-12-31"})
    assert response.status_code == 302
    given = Grant.objects.get(account=co_host.account, role="analyst")
    assert given.given_by_id == texas_coordinator.account.pk
    assert given.valid_until == dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    line = audit.history("account", co_host.account.pk)[0]
    assert (line.action, line.account_id) == ("account.grant_given", texas_coordinator.account.pk)
    assert line.detail["region"] == "US-TX"


LAST_DAYS = [
    (None, True),
    (-1, False),
    (0, True),
    (36_525, True),
    (36_526, False),
]


@pytest.mark.parametrize(("days", "taken"), LAST_DAYS)
def test_a_last_day_is_neither_over_nor_more_than_a_hundred_years_away(
    coordinator: Member, co_host: Member, days: int | None, taken: bool
) -> None:
    day = None if days is None else clock.today() + dt.timedelta(days=days)
    typed = {"role": "analyst", "region": "", "last_day": day or ""}
    path = f"/account/people/{co_host.account.pk}/give/"
    assert coordinator.client.post(path, typed).status_code == (302 if taken else 200)
    until = Grant.objects.filter(account=co_host.account, role="analyst").values_list("valid_until", flat=True)
    assert list(until) == ([day and dt.datetime.combine(day + dt.timedelta(1), dt.time(), dt.UTC)] if taken else [])


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "3000-01-01", "0001-01-01"])
@pytest.mark.parametrize("invites", [True, False])
def test_a_last_day_at_the_end_of_all_days_is_refused_in_words(
    coordinator: Member, co_host: Member, day: str, invites: bool
) -> None:
    path = "/account/people/invite/" if invites else f"/account/people/{co_host.account.pk}/give/"
    typed = {"email": "new@example.org", "name": "New", "language": "en", "role": "analyst", "last_day": day}
    page = coordinator.client.post(path, typed)
    assert page.status_code == 200
    [sentence] = page.context["form"].errors["last_day"]
    assert (
        sentence
        == {
            True: "This day is over. Choose today or a later day.",
            False: "This day is more than a hundred years away. Choose an earlier day, or leave the field empty: then the"
            " role has no end.",
        }[day < "1000"]
    )
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"role": "administrator", "region": "US-TX"},
        {"role": "coordinator", "region": "US-TX"},
        {"role": "co_host", "region": "US-OH"},
        {"role": "co_host", "region": ""},
        {"role": "analyst", "region": ""},
        {"role": "training_manager", "region": "US-TX"},
        {"role": "analyst", "region": "US-TX", "last_day": "2001-01-01"},
    ],
)
def test_a_made_up_gift_is_refused(texas_coordinator: Member, co_host: Member, typed: dict[str, str]) -> None:
    response = texas_coordinator.client.post(f"/account/people/{co_host.account.pk}/give/", typed)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert Grant.objects.filter(account=co_host.account).count() == 1


def test_extra_fields_change_nothing(texas_coordinator: Member, co_host: Member) -> None:
    typed = {"role": "analyst", "region": "US-TX", "account": str(uuid.uuid4()), "given_by": "", "build_id": "1"}
    texas_coordinator.client.post(f"/account/people/{co_host.account.pk}/give/", typed)
    given = Grant.objects.get(role="analyst")
    assert (given.account_id, given.build_id) == (co_host.account.pk, None)


def test_nobody_gives_himself(administrator: Member, texas_coordinator: Member) -> None:
    for person in (administrator, texas_coordinator):
        path = f"/account/people/{person.account.pk}/give/"
        response = person.client.post(path, {"role": "analyst", "region": "US-TX"})
        assert response.context["form"].errors
        with pytest.raises(NotYoursToGiveError), acting_as(person.actor):
            actions.give_grant(person.actor, account=person.account, offer=Offer(Role.ANALYST, Scope("US-TX")))
    assert not Grant.objects.filter(role="analyst").exists()


def test_the_same_role_is_not_given_twice(coordinator: Member, outsider: Member) -> None:
    offer = Offer(Role.CO_HOST, Scope("US-TX"))
    with acting_as(coordinator.actor):
        actions.give_grant(coordinator.actor, account=outsider.account, offer=offer)
        with pytest.raises(AlreadyGivenError):
            actions.give_grant(coordinator.actor, account=outsider.account, offer=offer)


def test_revocation_empties_the_reach_and_the_page_at_once(administrator: Member, texas_coordinator: Member) -> None:
    assert texas_coordinator.client.get("/account/people/").status_code == 200
    path = f"/account/people/grants/{texas_coordinator.grants[0].pk}/revoke/"
    assert administrator.client.post(path, {"reason": " "}).status_code == 200
    assert texas_coordinator.client.get("/account/people/").status_code == 200
    assert administrator.client.post(path, {"reason": "Left the office"}).status_code == 302
    assert texas_coordinator.client.get("/account/people/").status_code == 404
    assert api.reach_of(texas_coordinator.actor, *Role).is_empty
    assert administrator.client.get(path).status_code == 404
    line = audit.history("account", texas_coordinator.account.pk)[0]
    assert (line.action, line.detail["reason"]) == ("account.grant_revoked", "Left the office")


def test_a_coordinator_takes_away_what_he_gave_and_nothing_else(
    coordinator: Member, texas_coordinator: Member, co_host: Member, outsider: Member
) -> None:
    offer = Offer(Role.CO_HOST, Scope("US-TX"))
    with acting_as(texas_coordinator.actor):
        own = actions.give_grant(texas_coordinator.actor, account=outsider.account, offer=offer)
        actions.revoke_grant(texas_coordinator.actor, grant=own, reason="Done")
        for grant in (co_host.grants[0], coordinator.grants[0]):
            with pytest.raises(NotYoursToRevokeError):
                actions.revoke_grant(texas_coordinator.actor, grant=grant, reason="Done")
        with pytest.raises(InvalidError):
            actions.revoke_grant(texas_coordinator.actor, grant=own, reason="  ")
    assert api.reach_of(co_host.actor, Role.CO_HOST).regions == {"US-TX"}
    assert api.reach_of(outsider.actor, Role.CO_HOST).is_empty


def test_taking_away_twice_keeps_the_first_reason(administrator: Member, co_host: Member) -> None:
    with acting_as(administrator.actor):
        for reason in ("First", "Second"):
            actions.revoke_grant(administrator.actor, grant=co_host.grants[0], reason=reason)
    assert Grant.objects.get(pk=co_host.grants[0].pk).reason == "First"
    assert [line.action for line in audit.history("account", co_host.account.pk)] == ["account.grant_revoked"]


def test_an_administrator_does_not_revoke_himself(administrator: Member) -> None:
    path = f"/account/people/grants/{administrator.grants[0].pk}/revoke/"
    assert administrator.client.post(path, {"reason": "Enough"}).status_code == 409
    assert api.roles_of(administrator.actor) == {Role.ADMINISTRATOR}


@pytest.fixture
def organisations() -> Callable[[], None]:
    """A look-up as the directory registers it: one carrier in Texas, there for everybody who asks."""
    before = dict(_look_ups)
    carrier = uuid.UUID(int=7)

    def look_up(_actor: Actor, place_id: uuid.UUID) -> Place | None:
        return Place("Lone Star Freight", "US-TX") if place_id == carrier else None

    api.register_places("organisation", look_up)
    yield carrier
    _look_ups.clear()
    _look_ups.update(before)


def test_a_training_manager_is_given_from_the_organisation(
    texas_coordinator: Member, ohio_coordinator: Member, outsider: Member, organisations: uuid.UUID
) -> None:
    invite = f"/account/people/invite/?organisation={organisations}"
    typed = {"email": "trainer@example.org", "name": "Trainer", "language": "es", "role": "training_manager"}
    assert "Lone Star Freight" in texas_coordinator.client.get(invite).content.decode()
    assert ohio_coordinator.client.post(invite, typed).context["form"].errors  # of another region
    assert texas_coordinator.client.post(invite, typed).status_code == 302
    found = Invitation.objects.get()
    assert (found.role, found.region_id, found.organisation_id) == ("training_manager", "US-TX", organisations)
    for wrong in ("organisation=" + str(uuid.uuid4()), "organisation=x", "build=" + str(organisations)):
        assert texas_coordinator.client.get(f"/account/people/invite/?{wrong}").status_code == 404


def test_the_system_gives_what_a_command_says(outsider: Member) -> None:
    system = Actor.system("test")
    with acting_as(system):
        grant = actions.give_grant(system, account=outsider.account, offer=Offer(Role.ADMINISTRATOR))
        assert grant.given_by_id is None
        assert api.roles_of(outsider.actor) == {Role.ADMINISTRATOR}
        actions.revoke_grant(system, grant=grant, reason="Test")
    assert grant.valid_from <= clock.now()
    assert api.roles_of(outsider.actor) == frozenset()
