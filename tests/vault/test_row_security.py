"""PostgreSQL shows and takes rows of the vault by the actor, whatever a query asks for."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import Error, connection, transaction

from tests.cast import Member
from tests.vault.world import Team, agency_facts, found, set_up
from waywatch.lib import clock
from waywatch.lib.actors import Actor, acting_as
from waywatch.vault import sealing
from waywatch.vault.models import EscrowCopy, Keyring, KeyVersion, MemberKey, Membership, Request, Share, Wrap

TABLES = (Keyring, KeyVersion, MemberKey, Wrap, Share, Membership, Request)
NOTHING = [0, 0, 0, 0, 0, 0, 0]
# who: how many keyrings, versions, member keys, wraps, shares, memberships, requests PostgreSQL shows
SEEN = {
    "advocate": [2, 2, 5, 1, 3, 3, 1],  # the agency's public key, to seal to it; only the own wrap
    "supervisor": [2, 2, 5, 1, 3, 3, 1],
    "trooper": [1, 1, 5, 1, 2, 2, 0],
    "administrator": [2, 2, 5, 0, 0, 5, 0],
    "ohio_advocate": [1, 1, 0, 0, 0, 0, 0],  # at no desk of these: the agency's public key alone
    "coordinator": NOTHING,
    "texas_coordinator": NOTHING,
    "analyst": NOTHING,
    "outsider": NOTHING,
}


@pytest.fixture
def world(team: Team, trooper: Member, second_trooper: Member) -> Team:
    """The desk, an agency, and a request in the desk's team."""
    from waywatch.vault.actions import requests

    set_up(trooper, second_trooper)
    found(team.administrator, agency_facts(), trooper, second_trooper)
    with acting_as(team.first.actor):
        requests.ask_break_glass(team.first.actor, keyring=team.keyring, subject_id=team.keyring.pk, reason="A test")
    return team


def counts() -> list[int]:
    return [model.objects.count() for model in TABLES]


@pytest.mark.parametrize("who", SEEN)
def test_each_sees_the_own_teams_rows_and_the_own_wrap(who: str, world: Team, request: pytest.FixtureRequest) -> None:
    person: Member = request.getfixturevalue(who)
    with acting_as(person.actor):
        assert counts() == SEEN[who]
        assert {wrap.member_key.account_id for wrap in Wrap.objects.select_related("member_key")} <= {person.account.pk}


def test_nobody_sees_nothing(world: Team) -> None:
    assert counts() == NOTHING


@pytest.mark.parametrize("setting", ["account:", "system:vault", "system:", "*", "account:not-a-uuid"])
def test_a_setting_that_is_no_account_shows_nothing(setting: str, world: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waywatch.actor', %s, true)", [setting])
    assert counts() == NOTHING


def test_the_web_role_cannot_pose_as_the_system(world: Team) -> None:
    with acting_as(Actor.system("anything")):
        assert counts() == NOTHING


def test_what_everybody_may_know_is_the_public_keys_of_desks(world: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, number, length(public_key), regions FROM vault_desk_keys()")
        assert cursor.fetchall() == [("Lone Star hotline", 1, 65, ["US-NM", "US-TX"])]


def test_a_role_that_ended_and_a_lost_second_factor_show_nothing_at_the_next_question(world: Team) -> None:
    from allauth.mfa.models import Authenticator

    from waywatch.accounts.models import Grant

    Grant.objects.filter(account=world.second.account).update(revoked_at=clock.now())
    Authenticator.objects.filter(user=world.third.account).delete()
    for person in (world.second, world.third):
        with acting_as(person.actor):
            assert (Keyring.objects.count(), Share.objects.count(), Membership.objects.count()) == (0, 0, 1)


def refused(write: Callable[[], object]) -> bool:
    """Tell whether row-level security, and nothing else, refuses the write."""
    try:
        with transaction.atomic():
            write()
    except Error as error:
        if "row-level security" not in str(error):
            raise
        return True
    return False


def test_a_member_cannot_touch_another_persons_wrap_or_key(world: Team) -> None:
    with acting_as(world.first.actor):
        other = MemberKey.objects.get(account=world.second.account)
        assert Wrap.objects.exclude(member_key__account=world.first.account).count() == 0
        assert Wrap.objects.filter(member_key=other).update(tries=0) == 0
        assert Wrap.objects.filter(member_key=other).delete()[0] == 0
        assert MemberKey.objects.filter(pk=other.pk).update(retired_at=clock.now()) == 0
        public = sealing.new_key_pair().public
        key = MemberKey(account=world.second.account, public_key=public, retired_at=clock.now())
        assert refused(lambda: key.save(force_insert=True))
        wrap = Wrap(member_key=other, by_passphrase=b"x", by_recovery=b"x")
        assert refused(lambda: wrap.save(force_insert=True))


def test_an_administrator_cannot_get_into_a_team_that_has_a_key(world: Team) -> None:
    admin = world.administrator
    with acting_as(admin.actor):
        version = KeyVersion.objects.get(keyring=world.keyring)
        key = MemberKey.objects.get(account=world.first.account)
        member = Membership(keyring=world.keyring, account=admin.account, is_keeper=True)
        assert refused(lambda: member.save(force_insert=True))
        share = Share(version=version, member_key=key, sealed=b"x")
        assert refused(lambda: share.save(force_insert=True))
        made = KeyVersion(keyring=world.keyring, number=9, public_key=sealing.new_key_pair().public)
        assert refused(lambda: made.save(force_insert=True))
        assert KeyVersion.objects.update(retired_at=clock.now()) == 0
        assert Share.objects.all().delete()[0] == 0
        assert Membership.objects.update(is_keeper=True) == 0


def test_a_member_who_keeps_nothing_lets_nobody_in(world: Team, ohio_advocate: Member) -> None:
    with acting_as(world.third.actor):
        member = Membership(keyring=world.keyring, account=ohio_advocate.account)
        assert refused(lambda: member.save(force_insert=True))
    with acting_as(world.first.actor):
        assert not refused(lambda: member.save(force_insert=True))


def test_nobody_asks_in_anothers_name_or_in_anothers_team(world: Team, trooper: Member) -> None:
    late = clock.now().replace(year=2090)

    def asking(by: Member) -> Request:
        return Request(
            kind="break_glass",
            keyring=world.keyring,
            asked_by=by.account,
            subject_id=world.keyring.pk,
            reason="x",
            expires_at=late,
        )

    with acting_as(world.first.actor):
        assert refused(lambda: asking(world.second).save(force_insert=True))
        assert not refused(lambda: asking(world.first).save(force_insert=True))
    with acting_as(trooper.actor):
        assert refused(lambda: asking(trooper).save(force_insert=True))


def test_public_halves_and_names_of_members_cannot_be_rewritten_by_anybody(world: Team) -> None:
    """The column has no UPDATE privilege: a public key that was changed under a team would be a key substitution."""
    for person in (world.first, world.administrator):
        for model, change in (
            (KeyVersion, {"public_key": sealing.new_key_pair().public}),
            (MemberKey, {"public_key": sealing.new_key_pair().public}),
            (Membership, {"account": world.administrator.account}),
            (Share, {"member_key": None}),
        ):
            with acting_as(person.actor), pytest.raises(Error, match="permission denied"), transaction.atomic():
                model.objects.update(**change)  # type: ignore[attr-defined]  # each of them has a manager


def test_every_guarded_table_forces_its_policies_on_its_owner(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'vault\\_%' AND relkind = 'r'"
            " AND relrowsecurity AND relforcerowsecurity ORDER BY relname"
        )
        names = [name for (name,) in cursor.fetchall()]
    assert names == sorted(model._meta.db_table for model in (*TABLES, EscrowCopy))


def test_the_worker_reads_what_the_root_signed_and_nothing_else(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'vault\\_%%' AND"
            " has_any_column_privilege('waywatch_worker', 'public.' || tablename, %s) ORDER BY tablename",
            ["SELECT, INSERT, UPDATE"],
        )
        assert cursor.fetchall() == [("vault_rootkey",), ("vault_signedlist",)]
        cursor.execute(
            "SELECT has_any_column_privilege('waywatch_worker', 'vault_rootkey', 'INSERT, UPDATE'),"
            " has_any_column_privilege('waywatch_worker', 'vault_signedlist', 'INSERT, UPDATE')"
        )
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_policies WHERE tablename LIKE 'vault%%' AND 'waywatch_worker' = ANY (roles)"
        )
        assert cursor.fetchone() == (0,)


def test_the_owner_reads_no_wrap_and_no_share_while_nobody_acts(database_urls: dict[str, str], db: None) -> None:
    with psycopg.connect(database_urls["owner"]) as owner:
        policies = owner.execute(
            "SELECT tablename FROM pg_policies WHERE policyname = 'functions_read' ORDER BY tablename"
        ).fetchall()
    assert policies == [("vault_keyring",), ("vault_keyversion",), ("vault_membership",)]
