"""The database of the tests: a real PostgreSQL, migrated by the owner; the tests themselves run as the web role."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROLES = ("owner", "web", "worker", "backup")
pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session")
def database_urls(worker_suffix: str) -> Iterator[dict[str, str]]:
    """Addresses of an empty, prepared database by role: on DATABASE_ADMIN_URL where it is set, else on an embedded server of our own."""
    from waywatch.postgres import api as postgres

    name = f"waywatch_test{worker_suffix}"
    admin_url = os.environ.get("DATABASE_ADMIN_URL")
    if admin_url:
        yield _prepare_external(admin_url, name)
        return
    with tempfile.TemporaryDirectory(prefix="waywatch-test-") as folder:
        os.chmod(folder, 0o711)  # noqa: S103, PTH101 - the server's own account passes through
        with postgres.using_server(Path(folder)) as server:
            yield {role: server.url(role) for role in ROLES}


def _prepare_external(admin_url: str, name: str) -> dict[str, str]:
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    from waywatch.postgres import api as postgres

    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    # One password for all workers of one run: roles belong to the whole server.
    passwords = {role: os.environ.setdefault("WAYWATCH_TEST_PASSWORD", secrets.token_hex(16)) for role in ROLES}
    postgres.prepare_database(admin_url, dbname=name, passwords=passwords)
    return {
        role: make_conninfo(admin_url, dbname=name, user=f"waywatch_{role}", password=passwords[role]) for role in ROLES
    }


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
