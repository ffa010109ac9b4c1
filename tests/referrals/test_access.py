"""Who sees what of a referral: PostgreSQL and the pages give the same answer, and to everybody else there is nothing."""

import datetime as dt
import re
import uuid
from typing import Any

import psycopg
import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.test import Client

from tests.cast import Member, grant_to, member
from tests.referrals.world import World, as_worker, by, referred, turn_of
from waywatch.accounts.roles import Role
from waywatch.lib.errors import NotFoundError
from waywatch.referrals import access
from waywatch.referrals.actions import answering, contacts
from waywatch.referrals.models import Handover, KnownDuty, Practice, Referral, TrustedContact, Update
from waywatch.tips.errors import SupervisorOnlyError
from waywatch.vault import api as vault

Patch = pytest.MonkeyPatch
TABLES = (TrustedContact, Practice, KnownDuty, Referral, Handover, Update)
OFFICER_POSTS = ("accept/", "decline/", "give/", "incident/", "outcome/", "message/")
DESK_POSTS = ("approve/", "feedback/")
HANDOVER_POSTS = ("call/", "unanswered/", "incident/", "outcome/", "message/")


def seen(person: Member) -> dict[str, int]:
    with by(person):
        return {model.__name__: count for model in TABLES if (count := model.objects.count())}


def same(page: bytes) -> bytes:
    """A page without what differs in every answer: a form's token, and its own address."""
    return re.sub(rb'csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}-[0-9a-f-]{27}', b"", page)


def strangers(world: World) -> list[Member]:
    with transaction.atomic():
        return [
            world.administrator,
            member("coordinator.r@example.org", "Coordinator R", Role.COORDINATOR),
            member("ohio.r@example.org", "Ohio R", Role.OFFICER, region_id="US-OH"),
            member("analyst.r@example.org", "Analyst R", Role.ANALYST),
            member("other.desk.r@example.org", "Other R", Role.SUPERVISOR),  # the role, and no desk's team
            member("nobody.r@example.org", "Nobody R"),
        ]


def test_each_sees_in_the_database_what_is_theirs(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    desk = {"TrustedContact": 3, "Referral": 1, "Handover": 3}
    assert seen(world.advocate) == seen(world.supervisor) == desk
    assert seen(world.officer) == seen(world.trooper) == {}  # nobody's turn has come
    as_worker(world, monkeypatch)
    assert seen(world.officer) == seen(world.second_officer) == {"Handover": 1}
    assert seen(world.trooper) == {}
    turn = turn_of(world.officer, row)
    assert turn is not None
    with by(world.officer):
        answering.accept(world.officer.actor, handover=turn)
    as_worker(world, monkeypatch)
    assert seen(world.trooper) == {}
    assert [seen(stranger) for stranger in strangers(world)] == [{}] * 6


def test_the_code_itself_holds_back_what_is_not_theirs(world: World, monkeypatch: Patch) -> None:
    """PostgreSQL is told that a member acts, so that only the code can hold the row back."""
    referred(world)
    as_worker(world, monkeypatch)
    others = [*strangers(world), world.trooper]
    with by(world.officer):
        assert access.handovers_of(world.officer.actor).count() == 1
        assert [access.handovers_of(other.actor).count() for other in [*others, world.advocate]] == [0] * 8
    with by(world.advocate):
        assert access.contacts_of(world.advocate.actor).count() == 3
        assert [access.contacts_of(other.actor).count() for other in [*others, world.officer]] == [0] * 8


def test_no_address_tells_a_stranger_that_something_is_there(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    turn = turn_of(world.officer, row)
    assert turn is not None
    tip, nothing = row.tip_id, uuid.uuid4()
    desk = "/desk/tips/{}/refer/"
    pages = [
        *((method, f"/officer/{{}}/{part}", turn.pk) for method, part in [("get", ""), *(("post", part) for part in OFFICER_POSTS)]),
        *((method, desk + part, tip) for method, part in [("get", ""), *(("post", part) for part in DESK_POSTS)]),
        *(("post", f"/desk/tips/{tip}/refer/handovers/{{}}/{part}", turn.pk) for part in HANDOVER_POSTS),
        ("post", f"/desk/tips/{tip}/refer/{{}}/take-back/", row.pk),
        ("get", "/desk/contacts/of/{}/", world.desk.pk),
        ("get", "/desk/contacts/of/{}/new/", world.desk.pk),
        ("post", "/desk/contacts/of/{}/policy/", world.desk.pk),
        ("post", "/desk/contacts/of/{}/duty/", world.desk.pk),
        ("get", "/desk/contacts/{}/", world.sheriff.pk),
        ("post", "/desk/contacts/{}/close/", world.sheriff.pk),
    ]  # fmt: skip
    people = [*strangers(world), world.trooper]
    for person in people:
        for method, address, thing in pages:
            there = getattr(person.client, method)(address.format(thing))
            nowhere = getattr(person.client, method)(address.format(nothing))
            assert there.status_code in {302, 404}, (person, address)
            assert (there.status_code, same(there.content)) == (nowhere.status_code, same(nowhere.content)), address
    for method, address, thing in pages:
        if address.startswith("/desk"):
            assert getattr(world.officer.client, method)(address.format(thing)).status_code in {302, 404}
        else:
            assert getattr(world.advocate.client, method)(address.format(thing)).status_code in {302, 404}


@pytest.mark.parametrize("address", ["/officer/", "/desk/contacts/"])
def test_nobody_signed_in_is_led_to_the_sign_in(world: World, address: str) -> None:
    assert Client().get(address).headers["Location"].startswith("/account/login/")


def test_an_advocate_reads_whom_the_desk_trusts_and_changes_nothing(world: World) -> None:
    browser = world.advocate.client
    page = browser.get(f"/desk/contacts/of/{world.desk.pk}/").content.decode()
    assert "Reeves County sheriff" in page
    assert "/new/" not in page
    assert browser.get(f"/desk/contacts/of/{world.desk.pk}/new/").status_code == 409
    assert browser.post(f"/desk/contacts/{world.sheriff.pk}/close/").status_code == 409
    for what in ("policy", "duty"):
        assert browser.post(f"/desk/contacts/of/{world.desk.pk}/{what}/").status_code == 409
    with by(world.advocate):
        [card] = vault.keyrings_of(world.advocate.actor)
        with pytest.raises(SupervisorOnlyError):
            contacts.enter_duty(world.advocate.actor, desk=card, region="US-TX", duty="report_minor", source="x")


def test_the_database_lets_no_advocate_change_whom_the_desk_trusts(world: World) -> None:
    with by(world.advocate):
        assert TrustedContact.objects.filter(pk=world.sheriff.pk).update(order=9) == 0
    with pytest.raises(ProgrammingError, match="row-level security"), by(world.advocate):
        Practice.objects.create(desk=world.desk, pack="forward-third-party", chosen_by=world.advocate.account)


def test_the_web_role_hands_nothing_over_and_changes_no_approval(world: World) -> None:
    """Only the worker says whose turn it is; what was approved stays as it was."""
    row = referred(world)
    for change in (
        lambda: Handover.objects.filter(referral=row).update(position=7),
        lambda: Handover.objects.filter(referral=row).update(handed_at=row.approved_at),
        lambda: Referral.objects.filter(pk=row.pk).update(locked=b""),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), by(world.advocate):
            change()


def test_nobody_ends_a_handover_that_is_not_theirs_to_end_so(world: World, monkeypatch: Patch) -> None:
    row, now = referred(world), dt.datetime.now(dt.UTC)
    as_worker(world, monkeypatch)
    turn = turn_of(world.officer, row)
    assert turn is not None
    me, desk = world.officer, world.advocate
    answer = {"ended_at": now, "answered_by_id": me.account.pk}
    for person, change in (
        (desk, {"ending": "accepted", "ended_at": now, "answered_by_id": desk.account.pk}),
        (desk, {"ending": "called", "ended_at": now, "answered_by_id": desk.account.pk}),
        (me, {"ending": "called", **answer}),
        (me, {"ending": "withdrawn", **answer}),
        (me, {"ending": "accepted", "ended_at": now, "answered_by_id": world.second_officer.account.pk}),
        (me, {"sealed": b"another text"}),
        (me, {"call": b"x"}),
        (me, {"declined_for": "not_ours"}),
        (desk, {"held_by_id": desk.account.pk}),
        (desk, {"ending": "late", "ended_at": now, "answered_by_id": desk.account.pk}),
        (me, {"ending": "late", **answer}),
    ):
        with pytest.raises(ProgrammingError), by(person):
            Handover.objects.filter(pk=turn.pk).update(**change)
    as_worker(world, monkeypatch, minutes=16)
    with pytest.raises(ProgrammingError), by(me):
        Handover.objects.filter(pk=turn.pk).update(ending="accepted", answered_by_id=me.account.pk)


def test_a_supervisor_of_another_place_rules_this_desk_by_neither(world: World) -> None:
    """In the desk's team as an advocate for Texas; a supervisor in Ohio only."""
    with transaction.atomic():
        both = member("both.r@example.org", "Both R", Role.ADVOCATE, region_id="US-TX")
        grant_to(both.account, Role.SUPERVISOR, region_id="US-OH")
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', true)")
        owner.execute(
            "INSERT INTO vault_membership (id, keyring_id, account_id, is_keeper, joined_at)"
            " VALUES (gen_random_uuid(), %s, %s, false, now())",
            [world.desk.pk, both.account.pk],
        )
    assert "Reeves County sheriff" in both.client.get(f"/desk/contacts/of/{world.desk.pk}/").content.decode()
    assert both.client.get(f"/desk/contacts/of/{world.desk.pk}/new/").status_code == 409
    with by(both):
        assert TrustedContact.objects.filter(pk=world.sheriff.pk).update(order=9) == 0


def test_an_officer_writes_in_nobody_elses_name(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    turn = turn_of(world.officer, row)
    assert turn is not None
    facts: dict[str, Any] = {"handover": turn, "kind": "words", "to_desk": b"x", "desk_version": 1, "by_desk": False}
    with pytest.raises(ProgrammingError, match="row-level security"), by(world.officer):
        Update.objects.create(written_by=world.second_officer.account, **facts)
    with pytest.raises(ProgrammingError, match="row-level security"), by(world.trooper):
        Update.objects.create(written_by=world.trooper.account, **facts)


def test_a_role_that_was_withdrawn_ends_it_at_once(world: World, monkeypatch: Patch) -> None:
    row = referred(world)
    as_worker(world, monkeypatch)
    turn = turn_of(world.officer, row)
    assert turn is not None
    with psycopg.connect(world.urls["owner"]) as owner:
        owner.execute("UPDATE accounts_grant SET revoked_at = now() WHERE id = %s", [world.officer.grants[0].pk])
    assert seen(world.officer) == {}
    with by(world.officer), pytest.raises(NotFoundError):
        access.handover_for(world.officer.actor, turn.pk)
