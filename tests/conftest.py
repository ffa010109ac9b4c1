"""The database of the tests: a real PostgreSQL, migrated by the owner; the tests themselves run as the web role."""

import hashlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The time that an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("waywatch", deadline=None)
settings.load_profile("waywatch")

# A shell that runs the suite in the background makes it and all that it starts ignore Ctrl-C. The tests of stopping need it.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROLES = ("owner", "web", "worker", "backup")
pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session")
def database_urls(worker_suffix: str) -> Iterator[dict[str, str]]:
    """Addresses of an empty, prepared database by role: on DATABASE_ADMIN_URL where it is set, else on an embedded server of our own."""
    from waywatch.postgres import api as postgres

    admin_url = os.environ.get("DATABASE_ADMIN_URL")
    if admin_url:
        name = f"waywatch_test_{os.getpid()}{worker_suffix}"
        yield _prepare_external(admin_url, name)
        _drop_external(admin_url, name)
        return
    with tempfile.TemporaryDirectory(prefix="waywatch-test-") as folder:
        os.chmod(folder, 0o711)  # noqa: S103, PTH101 - the server's own account passes through
        with postgres.using_server(Path(folder)) as server:
            yield {role: server.url(role) for role in ROLES}


def _prepare_external(admin_url: str, name: str) -> dict[str, str]:
    from psycopg.conninfo import make_conninfo

    from waywatch.postgres import api as postgres

    _drop_external(admin_url, name)
    # Roles belong to the whole server: every run on it must come to the same password.
    password = hashlib.sha256(admin_url.encode()).hexdigest()
    postgres.prepare_database(admin_url, dbname=name, passwords=dict.fromkeys(ROLES, password))
    return {role: make_conninfo(admin_url, dbname=name, user=f"waywatch_{role}", password=password) for role in ROLES}


def _drop_external(admin_url: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def worker_suffix() -> str:
    """Tell apart the parallel runs of pytest-xdist."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"_{worker}" if worker else ""


@pytest.fixture(scope="session")
def django_db_setup(database_urls: dict[str, str], django_db_blocker: pytest.FixtureDef[object]) -> Iterator[None]:
    """Migrate as the owner, give the privileges, load the reference places; then run as the web role."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's fixture is untyped
        use_database(database_urls["owner"])
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from waywatch.project.privileges import apply_privileges

        apply_privileges()
        _load_reference()
        use_database(database_urls["web"])
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # as above
        from django.db import connection

        connection.close()


@pytest.fixture(scope="session", autouse=True)
def browsers() -> Iterator[None]:
    """Let test clients hold what a browser holds."""
    from tests.sessions import clients_hold_the_secret

    with clients_hold_the_secret():
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin each test in English, whatever language the one before left behind."""
    from django.utils import translation

    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture
def owner_role(
    django_db_setup: None, database_urls: dict[str, str], django_db_blocker: pytest.FixtureDef[object]
) -> Iterator[None]:
    """Run the test as the owner, as the commands do. Name it before `db`, so that the transaction is rolled back first."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # as above
        use_database(database_urls["owner"])
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # as above
        use_database(database_urls["web"])


@pytest.fixture
def no_transaction(django_db_setup: None, django_db_blocker: pytest.FixtureDef[object]) -> Iterator[None]:
    """Run the test outside of any transaction. Whoever writes must take it away again: nothing is rolled back."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # as above
        yield


def _load_reference() -> None:
    from waywatch.lib.actors import Actor, acting_as

    with acting_as(Actor.system("tests")):
        from waywatch.geo import api as geo

        geo.load_reference()


def use_database(url: str) -> None:
    """Point Django's one connection at `url`."""
    from django.db import connection
    from psycopg.conninfo import conninfo_to_dict

    connection.close()
    parts = conninfo_to_dict(url)
    connection.settings_dict.update(
        NAME=parts["dbname"],
        USER=parts["user"],
        PASSWORD=parts.get("password", ""),
        HOST=parts.get("host", ""),
        PORT=parts.get("port", ""),
    )
