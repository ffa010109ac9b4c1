"""One table: which route of the sealed rooms is there for whom. For everybody else it is not, in the same words as for what does not exist.

Lists, details, searches, counts, exports and files are routes, too. A route that stands neither here nor in OTHERS fails: whoever adds a
page says whose it is.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import Member, member
from tests.referrals.conftest import world
from tests.referrals.test_access import same
from tests.referrals.test_pages import unlocked_browser
from tests.referrals.world import World, as_worker, by, referred
from tests.tips.reporter import WORDS
from tests.vault.world import unlocked
from waywatch.accounts.roles import Role
from waywatch.policy import api as policy
from waywatch.referrals.actions import contacts
from waywatch.referrals.models import Handover
from waywatch.tips import access
from waywatch.tips.actions import opening, readings
from waywatch.tips.models import Reading
from waywatch.vault.models import Request

__all__ = ["world"]
DESK = {"advocate", "supervisor"}
OFFICERS = {"officer", "trooper"}
HOLDERS = {*DESK, *OFFICERS, "other_desk"}
EVERYBODY = {*HOLDERS, "administrator", "coordinator", "analyst", "outsider"}
GUESTS = {*EVERYBODY, "guest"}

# routes: for whom they are there. `other_desk` is a supervisor who is in no desk's team; the turn of `trooper` has not come.
GROUPS: tuple[tuple[str, set[str]], ...] = (
    # lists and counts of a desk: who has the role comes in, and finds the own desks only
    ("desk desk_caller desk_referrals desk_contacts_overview", {*DESK, "other_desk"}),
    ("desk_readings desk_reading_review", {"supervisor"}),
    # one tip
    ("desk_tip desk_read desk_photos desk_claim desk_release desk_second desk_assess desk_note desk_ask", DESK),
    ("desk_join desk_part desk_finish desk_unreadable desk_hold desk_hold_lift", DESK),
    # its referrals
    ("desk_refer desk_refer_approve desk_take_back desk_feedback desk_feedback_withdraw", DESK),
    ("desk_call desk_unanswered desk_incident desk_message desk_outcome", DESK),
    # whom a desk trusts, and what was noticed; that only a supervisor changes it, the team is told in words
    ("desk_contacts desk_contact_new desk_contact_edit desk_contact_close desk_duty desk_duty_remove desk_pack", DESK),
    ("desk_noticed desk_noticed_release", DESK),
    # a trusted officer's tasks
    ("officer", OFFICERS),
    (
        "officer_task officer_accept officer_decline officer_give officer_incident officer_message officer_outcome",
        {"officer"},
    ),
    ("officer_pdf officer_eido", {"officer"}),
    # keys
    ("vault", {*HOLDERS, "administrator"}),
    ("vault_set_up vault_unlock vault_passphrase vault_recover vault_replace vault_lock", HOLDERS),
    ("vault_keyring", {*DESK, "administrator"}),
    ("vault_keyring_new vault_keyring_edit", {"administrator"}),
    ("vault_ask_reseal vault_leave vault_first_key vault_rotate vault_destroy", DESK),
    ("vault_add_member vault_keeper vault_remove_member", DESK),
    ("vault_request vault_approve vault_confirm vault_withdraw", DESK),
    # for reporters: nobody is signed in, and no answer depends on who asks
    ("notice_choose notice notice_manifest notice_receipt notice_desks notice_places notice_worker", GUESTS),
    ("notice_state notice_send notice_answer notice_photo", GUESTS),
)
TABLE = {name: people for names, people in GROUPS for name in names.split()}
# rooms whose tables stand beside their own tests: tests/<room>/test_access.py, test_pages.py, test_people.py
OTHERS = ("accounts", "builds", "directory", "impact", "project", "allauth", "django")
ROOT = Path(__file__).parents[2]
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>")


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the name of each route, its room, and its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            room = pattern.callback.__module__.removeprefix("waywatch.").partition(".")[0]
            yield str(pattern.name), room, path


ROUTES = {name: path for name, room, path in routes() if room not in OTHERS}


def test_every_route_of_the_sealed_rooms_says_whose_it_is() -> None:
    assert set(ROUTES) == set(TABLE)
    assert len(ROUTES) > 70


@dataclass
class Scene:
    """One of each thing, and everybody in front of a browser."""

    browsers: dict[str, Client]
    things: dict[str, Any]
    waiting: uuid.UUID


@pytest.fixture
def scene(world: World, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A tip that was referred and handed to the sheriff; the troopers' turn has not come."""
    referral = referred(world, [world.sheriff, world.troopers], words=WORDS)
    as_worker(world, monkeypatch)
    with by(world.supervisor):
        [card] = access.desks_of(world.supervisor.actor)
        duty = contacts.enter_duty(
            world.supervisor.actor, desk=card, region="US-TX", duty=policy.DUTIES[0], source="Somewhere"
        )
    key = unlocked(world.supervisor)
    with by(world.supervisor):
        actor = world.supervisor.actor
        opening.open_tip(actor, tip_id=referral.tip_id, unlocked=key, reason="covering")
    with by(world.advocate):
        readings.ask_for_second(
            world.advocate.actor, tip=access.tip_for(world.advocate.actor, referral.tip_id), reason="x"
        )
        handed, waits = Handover.objects.filter(referral=referral).order_by("position")
        things = {
            "tip_id": referral.tip_id,
            "referral_id": referral.pk,
            "handover_id": handed.pk,
            "reading_id": Reading.objects.get().pk,
            "request_id": Request.objects.get().pk,
            "desk_id": world.desk.pk,
            "keyring_id": world.desk.pk,
            "contact_id": world.sheriff.pk,
            "account_id": world.supervisor.account.pk,
            "duty_id": duty.pk,
            "number": 1,
            "region": "US-TX",
            "language": "en",
            "question_id": uuid.uuid4(),
            "photo_id": uuid.uuid4(),
        }
    with transaction.atomic():
        others = {
            "other_desk": member("other.t@example.org", "Other T", Role.SUPERVISOR),
            "administrator": world.administrator,
            "coordinator": member("coordinator.t@example.org", "Coordinator T", Role.COORDINATOR),
            "analyst": member("analyst.t@example.org", "Analyst T", Role.ANALYST),
            "outsider": member("nobody.t@example.org", "Nobody T"),
        }
    holders: dict[str, Member] = {
        "advocate": world.advocate,
        "supervisor": world.supervisor,
        "officer": world.officer,
        "trooper": world.trooper,
    }
    browsers = {name: unlocked_browser(person) for name, person in holders.items()}
    browsers |= {name: person.client for name, person in others.items()} | {"guest": Client()}
    return Scene(browsers, things, waits.pk)


Answer = tuple[int, str, bytes]


def ask(browser: Client, name: str, things: dict[str, Any]) -> list[Answer]:
    """Open an address, and send an empty form to it, where it takes either. Of each answer: status, where it leads, what it says."""
    methods = (browser.get, browser.put if name in {"notice_send", "notice_answer", "notice_photo"} else browser.post)
    answers = [_answer(browser, method, name, things) for method in methods]
    return [answer for answer in answers if answer[0] != 405]


def _answer(browser: Client, method: Callable[[str], Any], name: str, things: dict[str, Any]) -> Answer:
    """Return an answer. Nothing stays of what was asked."""
    named = [found[0] or found[1] for found in PARAMETER.findall(ROUTES[name])]
    address = reverse(name, kwargs={part: things[part] for part in named})
    cookies = SimpleCookie({name: each.value for name, each in browser.cookies.items()})
    with transaction.atomic():
        answer = method(address)
        transaction.set_rollback(True)
    browser.cookies = cookies
    body = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, answer.headers.get("Location", "").partition("?")[0], same(body)


def is_there(answers: list[Answer]) -> bool:
    """Tell whether there is such a page for this person, by each method: neither "not found" nor a way to sign in or unlock."""
    away = {reverse("account_login"), reverse("vault_unlock")}
    [found] = {status != 404 and leads_to not in away for status, leads_to, _ in answers}
    return found


def nothing_like(things: dict[str, Any]) -> dict[str, Any]:
    return {part: uuid.uuid4() if isinstance(value, uuid.UUID) else value for part, value in things.items()}


def test_each_route_is_there_for_whom_the_table_says_and_for_nobody_else(scene: Scene) -> None:
    for name, people in TABLE.items():
        found = {who for who, browser in scene.browsers.items() if is_there(ask(browser, name, scene.things))}
        assert found == people, f"{name} is there for {found ^ people} too, or not"


def test_what_is_not_theirs_reads_like_what_does_not_exist(scene: Scene) -> None:
    """The same status, the same words, the same way on: by every address, for everybody whom the table does not name."""
    for name, people in TABLE.items():
        if "uuid:" not in ROUTES[name]:
            continue
        for who in scene.browsers.keys() - people:
            browser = scene.browsers[who]
            assert ask(browser, name, scene.things) == ask(browser, name, nothing_like(scene.things)), f"{name}, {who}"


def test_a_turn_that_has_not_come_is_not_there_for_the_agency_either(scene: Scene) -> None:
    things = scene.things | {"handover_id": scene.waiting}
    for name in (each for each in TABLE if each.startswith("officer_")):
        for who in ("officer", "trooper"):
            browser = scene.browsers[who]
            assert ask(browser, name, things) == ask(browser, name, nothing_like(things))


def test_lists_and_counts_hold_what_is_theirs_and_no_more(scene: Scene) -> None:
    """The tip, its place, its referral and its task stand in the lists of those whose they are, and in nobody else's."""
    marks = {
        "desk": (f"/desk/tips/{scene.things['tip_id']}/".encode(), DESK),
        "desk_referrals": (str(scene.things["tip_id"]).encode(), DESK),
        "desk_contacts_overview": (b"Reeves County sheriff", DESK),
        "desk_readings": (str(scene.things["tip_id"]).encode(), {"supervisor"}),
        "officer": (str(scene.things["handover_id"]).encode(), {"officer"}),
        "vault": (str(scene.things["keyring_id"]).encode(), {*DESK, "administrator"}),
    }
    for name, (mark, people) in marks.items():
        address = reverse(name)
        found = {who for who, browser in scene.browsers.items() if mark in browser.get(address).content}
        assert found == people, name


def test_the_table_stands_in_the_documents() -> None:
    text = (ROOT / "docs" / "reference" / "permissions.md").read_text(encoding="utf-8")
    rows = {
        name: row
        for row in text.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert rows.keys() == TABLE.keys()
    for name, people in TABLE.items():
        named = {each.strip().replace(" ", "_") for each in rows[name].split("|")[2].split(",")} - {""}
        assert named == ({"everybody"} if people == GUESTS else people), name
