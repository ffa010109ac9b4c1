"""PostgreSQL shows and takes rows by the actor, whatever a query asks for."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import Error, connection, connections, transaction
from pytest_django.fixtures import Settings

from tests.cast import Member, member
from tests.directory.conftest import CANARY, Cast, World
from waywatch.accounts.roles import Role
from waywatch.directory import contacts
from waywatch.directory.models import ContactPoint, Organisation, Person, Post, ServedJurisdiction
from waywatch.lib.actors import Actor, acting_as
from waywatch.lib.database.base import DatabaseWrapper

TABLES = (Organisation, ServedJurisdiction, Person, Post, ContactPoint)
# who: the organisations' names that the database shows
SEEN = {
    "national": {"Lone Star Haulage", "Buckeye Freight", "Canyon Express"},
    "texan": {"Lone Star Haulage", "Canyon Express"},
    "co_host": {"Lone Star Haulage", "Canyon Express"},
    "ohioan": {"Buckeye Freight", "Canyon Express"},
    "trooper": set(),
    "advocate": set(),
    "analyst": set(),
    "administrator": set(),
    "outsider": set(),
}


def counts() -> list[int]:
    return [model.objects.count() for model in TABLES]


@pytest.mark.parametrize("who", SEEN)
def test_each_sees_their_organisations_and_what_hangs_on_them(who: str, cast: Cast, world: World) -> None:
    names = SEEN[who]
    with acting_as(cast[who].actor):
        assert set(Organisation.objects.values_list("name", flat=True)) == names
        assert set(Post.objects.values_list("organisation__name", flat=True)) == names
        assert Person.objects.count() == len(names)
        assert ContactPoint.objects.count() == (2 if "Lone Star Haulage" in names else 0)


def test_a_statement_that_is_planned_once_shows_each_their_own(cast: Cast, world: World) -> None:
    """PostgreSQL keeps the plan of a statement that comes back, and makes one for any values after five more."""
    for _ in range(12):
        for who, names in SEEN.items():
            with acting_as(cast[who].actor):
                assert set(Organisation.objects.values_list("name", flat=True)) == names
        assert not Organisation.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(generic_plans) FROM pg_prepared_statements WHERE statement LIKE %s", ["%name%_organisation%"]
        )
        assert cursor.fetchone()[0] > 0


def test_a_training_manager_sees_the_own_organisation(manager: Member, world: World) -> None:
    with acting_as(manager.actor):
        assert counts() == [1, 0, 1, 1, 2]
        assert Organisation.objects.get() == world.texan


def test_nobody_sees_nothing(world: World) -> None:
    assert counts() == [0, 0, 0, 0, 0]


def test_the_web_role_cannot_pose_as_the_system(world: World) -> None:
    with acting_as(Actor.system("anything")):
        assert counts() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("setting", ["account:", "account:not-a-uuid", "system:", "'; DROP TABLE x; --", "*"])
def test_a_setting_that_is_no_actor_shows_nothing(setting: str, world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waywatch.actor', %s, true)", [setting])
    assert counts() == [0, 0, 0, 0, 0]


def test_a_revoked_grant_shows_nothing_at_the_next_question(cast: Cast, world: World) -> None:
    from waywatch.accounts.models import Grant
    from waywatch.lib import clock

    texan = cast["texan"]
    with acting_as(texan.actor):
        assert Organisation.objects.count() == 2
        Grant.objects.filter(account=texan.account).update(revoked_at=clock.now(), revoked_by=cast["national"].account)
        assert counts() == [0, 0, 0, 0, 0]


def test_without_a_second_factor_nothing_is_shown(cast: Cast, manager: Member, world: World) -> None:
    from allauth.mfa.models import Authenticator

    everybody = (cast["texan"], manager)
    Authenticator.objects.all().delete()
    for each in everybody:
        with acting_as(each.actor):
            assert counts() == [0, 0, 0, 0, 0]


def test_who_serves_a_region_is_seen_there(cast: Cast, world: World) -> None:
    from waywatch.directory.actions import organisations

    with acting_as(cast["ohioan"].actor):
        assert not Organisation.objects.filter(pk=world.texan.pk).exists()
    with acting_as(cast["texan"].actor):
        served = organisations.add_served(cast["texan"].actor, organisation=world.texan, region_code="US-OH")
    with acting_as(cast["ohioan"].actor):
        assert Person.objects.filter(pk=world.person.pk).exists()
        assert ServedJurisdiction.objects.get() == served
        assert Organisation.objects.filter(pk=world.texan.pk).update(name="Changed") == 0
        assert Post.objects.filter(pk=world.post.pk).update(title="Director") == 1
    with acting_as(cast["texan"].actor):
        organisations.remove_served(cast["texan"].actor, served=served)
    with acting_as(cast["ohioan"].actor):
        assert not Person.objects.filter(pk=world.person.pk).exists()


@pytest.mark.parametrize(
    ("who", "changed"),
    [
        ("national", 3),
        ("texan", 1),
        ("co_host", 1),
        ("ohioan", 1),
        ("trooper", 0),
        ("analyst", 0),
        ("administrator", 0),
    ],
)
def test_each_changes_only_what_they_look_after(who: str, changed: int, cast: Cast, world: World) -> None:
    with acting_as(cast[who].actor):
        assert Organisation.objects.update(city="Elsewhere") == changed
        assert Post.objects.update(title="Something else") == changed
        assert Person.objects.update(language="fr") == changed


def test_a_training_manager_changes_nothing(manager: Member, world: World) -> None:
    with acting_as(manager.actor):
        assert Organisation.objects.update(city="Elsewhere") == 0
        assert Person.objects.update(language="fr") == 0
        assert ContactPoint.objects.update(label="x") == 0


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


@pytest.mark.parametrize(
    ("who", "region", "taken"),
    [
        ("national", None, True),
        ("national", "US-OH", True),
        ("texan", "US-TX", True),
        ("texan", "US-OH", False),
        ("texan", None, False),
        ("trooper", "US-TX", False),
        ("administrator", "US-TX", False),
        ("outsider", "US-TX", False),
    ],
)
def test_a_new_organisation_must_lie_within_reach(who: str, region: str | None, taken: bool, cast: Cast) -> None:
    row = Organisation(
        name="New", name_key="new", source="organiser", region_id=region, reach_regions=[region] if region else []
    )
    with acting_as(cast[who].actor):
        assert refused(lambda: row.save(force_insert=True)) is not taken


def test_an_organisation_cannot_be_moved_out_of_reach(cast: Cast, world: World) -> None:
    with acting_as(cast["texan"].actor):
        rows = Organisation.objects.filter(pk=world.texan.pk)
        assert refused(lambda: rows.update(region="US-OH", reach_regions=["US-OH"]))


def test_posts_and_contact_points_cannot_be_hung_on_organisations_out_of_reach(
    cast: Cast, manager: Member, world: World
) -> None:
    post = Post(person=world.person, organisation=world.ohioan, title="Spy")
    point = ContactPoint(organisation=world.ohioan, kind="mail", value=contacts.sealed("x@example.org"), source="x")
    own = ContactPoint(organisation=world.texan, kind="mail", value=contacts.sealed("x@example.org"), source="x")
    with acting_as(cast["texan"].actor):
        assert refused(lambda: post.save(force_insert=True))
        assert refused(lambda: point.save(force_insert=True))
    with acting_as(manager.actor):
        assert refused(lambda: own.save(force_insert=True))


def test_the_reach_of_an_organisation_always_has_its_home(cast: Cast, world: World) -> None:
    with acting_as(cast["national"].actor), pytest.raises(Error, match="reach_has_home"), transaction.atomic():
        Organisation.objects.filter(pk=world.texan.pk).update(reach_regions=[])


@pytest.fixture
def kept_account(database_urls: dict[str, str], db: None) -> Iterator[uuid.UUID]:
    """A coordinator for everywhere and an organisation, committed, because another connection has to see them."""
    account, organisation = uuid.uuid4(), uuid.uuid4()
    with psycopg.connect(database_urls["owner"], autocommit=True) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:tests', false)")
        owner.execute(
            "INSERT INTO accounts_account (id, password, email, name, language, is_active, is_demo, created_at)"
            " VALUES (%s, '', %s, 'Pool', 'en', true, false, now())",
            [account, f"{account}@example.org"],
        )
        owner.execute(
            "INSERT INTO accounts_grant (id, account_id, role, valid_from, reason)"
            " VALUES (gen_random_uuid(), %s, 'coordinator', now(), '')",
            [account],
        )
        owner.execute(
            "INSERT INTO mfa_authenticator (type, data, user_id, created_at) VALUES ('totp', '{}', %s, now())",
            [account],
        )
        owner.execute(
            "INSERT INTO directory_organisation (id, name, name_key, kind, city, website, reach_regions, source,"
            " source_url, created_at, version) VALUES (%s, 'Kept', 'kept', '', '', '', '{}', 'import', '', now(), 1)",
            [organisation],
        )
        yield account
        owner.execute("DELETE FROM directory_organisation WHERE id = %s", [organisation])
        owner.execute("DELETE FROM mfa_authenticator WHERE user_id = %s", [account])
        owner.execute("DELETE FROM accounts_grant WHERE account_id = %s", [account])
        owner.execute("DELETE FROM accounts_account WHERE id = %s", [account])


def test_a_pooled_connection_carries_nobody_over(kept_account: uuid.UUID) -> None:
    settings = {**connection.settings_dict, "OPTIONS": {"pool": {"min_size": 1, "max_size": 1, "timeout": 5}}}
    pooled = DatabaseWrapper(settings, alias="pooled")
    connections["pooled"] = pooled

    def seen() -> tuple[int, int]:
        with transaction.atomic(using="pooled"), pooled.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), (SELECT count(*) FROM directory_organisation)")
            row = cursor.fetchone()
        pooled.close()
        assert row is not None
        return row[0], row[1]

    try:
        with acting_as(Actor.account(kept_account)):
            process, found = seen()
        assert found == 1
        assert seen() == (process, 0)
        with acting_as(Actor.account(uuid.uuid4())):
            assert seen() == (process, 0)
    finally:
        pooled.close_pool()
        del connections["pooled"]


def test_the_owner_sees_rows_only_while_the_system_acts(kept_account: uuid.UUID, database_urls: dict[str, str]) -> None:
    def seen(actor: str) -> object:
        with psycopg.connect(database_urls["owner"]) as owner:
            owner.execute("SELECT set_config('waywatch.actor', %s, true)", [actor])
            return owner.execute("SELECT count(*) FROM directory_organisation").fetchone()

    assert seen("system:load-builds") == (1,)
    for actor in ("", "system:", f"account:{kept_account}"):
        assert seen(actor) == (0,)


def test_the_row_keeps_no_readable_contact_value(cast: Cast, world: World) -> None:
    with acting_as(cast["national"].actor), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM {table._meta.db_table} t")
            text = str(cursor.fetchone())
            assert CANARY not in text
            assert CANARY.encode().hex() not in text
        assert contacts.readable(ContactPoint.objects.get(pk=world.point.pk)) == CANARY


def test_a_value_under_a_lost_key_reads_as_none(world: World, settings: Settings) -> None:
    settings.SECRET_KEY = "another-key-" + "1" * 40
    assert contacts.readable(world.point) is None


@pytest.mark.django_db
def test_every_guarded_table_forces_its_policies_on_its_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'directory\\_%' AND relkind = 'r'"
            " AND relrowsecurity AND relforcerowsecurity ORDER BY relname"
        )
        names = [name for (name,) in cursor.fetchall()]
    assert names == sorted(model._meta.db_table for model in TABLES)


@pytest.mark.django_db
def test_the_worker_has_no_privilege_and_no_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::text[]) t WHERE has_table_privilege('waywatch_worker', t, 'SELECT')",
            [[model._meta.db_table for model in TABLES]],
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM pg_policies WHERE tablename LIKE 'directory%%' AND 'waywatch_worker' = ANY (roles)"
        )
        assert cursor.fetchone() == (0,)


def test_a_co_host_of_one_build_has_no_directory(world: World) -> None:
    from waywatch.directory import access

    narrow = member("narrow@example.org", "Nan", Role.CO_HOST, region_id="US-TX", build_id=uuid.uuid4())
    with acting_as(narrow.actor):
        assert list(access.visible_organisations(narrow.actor)) == []
