"""Each role can do what it is for, and no more."""

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tests.postgres.helpers import rows, run, status_of
from waywatch.postgres.api import ROLES, PostgresError, Server, prepare_database
from waywatch.postgres.roles import check_version

ATTRIBUTES = """
SELECT rolname, rolcanlogin, rolinherit, rolbypassrls,
       rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication
FROM pg_roles WHERE rolname LIKE 'waywatch\\_%' AND rolname <> 'waywatch_admin' ORDER BY rolname
"""
WANTED = [
    ("waywatch_backup", True, True, True, False),
    ("waywatch_owner", True, False, False, False),
    ("waywatch_web", True, False, False, False),
    ("waywatch_worker", True, False, False, False),
]


def test_roles_have_exactly_these_attributes(server: Server) -> None:
    assert rows(server.url("admin"), ATTRIBUTES) == WANTED


def test_preparing_again_mends_what_was_changed(server: Server) -> None:
    admin = server.url("admin")
    run(admin, "ALTER ROLE waywatch_web SUPERUSER BYPASSRLS CREATEDB INHERIT", "ALTER ROLE waywatch_backup NOBYPASSRLS")
    run(admin, "GRANT ALL ON SCHEMA public TO PUBLIC", "GRANT CONNECT ON DATABASE waywatch TO PUBLIC")
    prepare_database(server.url("admin", "postgres"), dbname="waywatch", passwords=server.passwords)
    assert rows(admin, ATTRIBUTES) == WANTED
    public = "SELECT has_database_privilege('waywatch_x', 'waywatch', 'CONNECT')"
    run(admin, "CREATE ROLE waywatch_x")
    try:
        assert rows(admin, public) == [(False,)]
        assert rows(admin, "SELECT has_schema_privilege('waywatch_x', 'public', 'USAGE')") == [(False,)]
    finally:
        run(admin, "DROP ROLE waywatch_x")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_signs_in_by_its_password_only(server: Server, role: str) -> None:
    assert rows(server.url(role), "SELECT current_user") == [(ROLES[role],)]
    for wrong in ("wrong", ""):
        bad = replace(server, passwords={**server.passwords, role: wrong})
        with pytest.raises(psycopg.OperationalError, match="password") as caught:
            rows(bad.url(role), "SELECT 1")
        assert server.passwords[role] not in str(caught.value)


def test_every_way_in_asks_for_scram(server: Server) -> None:
    kinds = "SELECT type, database, user_name, auth_method FROM pg_hba_file_rules"
    assert rows(server.url("admin"), kinds) == [("local", ["all"], ["all"], "scram-sha-256")]
    stored = "SELECT count(*) FROM pg_authid WHERE rolcanlogin AND rolpassword LIKE 'SCRAM-SHA-256$%'"
    assert rows(server.url("admin"), stored) == [(5,)]


def test_settings_of_the_web_role_and_the_server(server: Server) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "search_path")
    found = [rows(server.url("web"), f"SHOW {name}")[0][0] for name in names]
    assert found == ["30s", "10s", "1min", "public"]
    more = ("fsync", "data_checksums", "TimeZone", "server_encoding", "listen_addresses", "password_encryption")
    found = [rows(server.url("admin"), f"SHOW {name}")[0][0] for name in more]
    assert found == ["on", "on", "UTC", "UTF8", "", "scram-sha-256"]
    assert rows(server.url("web"), "SELECT lower('ÀÉ'), 'a' < 'B'") == [("àé", False)]


def test_web_and_worker_change_no_schema_and_see_only_what_is_granted(server: Server) -> None:
    run(server.url("owner"), "CREATE TABLE closed (n integer)", "CREATE TABLE open (n integer)")
    run(server.url("owner"), "GRANT SELECT ON open TO waywatch_web, waywatch_worker")
    for role in ("web", "worker"):
        assert rows(server.url(role), "SELECT * FROM open") == []
        for forbidden in (
            "SELECT * FROM closed",
            "CREATE TABLE mine (n integer)",
            "CREATE SCHEMA mine",
            "CREATE TEMPORARY TABLE mine (n integer)",
            "SET ROLE waywatch_owner",
            "CREATE ROLE mine",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(server.url(role), forbidden)
    run(server.url("owner"), "DROP TABLE closed, open")


def test_backup_role_reads_all_and_writes_nothing(server: Server) -> None:
    run(server.url("owner"), "CREATE TABLE secret AS SELECT 1 AS n")
    run(
        server.url("owner"),
        "ALTER TABLE secret ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE secret FORCE ROW LEVEL SECURITY",
    )
    assert rows(server.url("owner"), "SELECT * FROM secret") == []
    assert rows(server.url("backup"), "SELECT * FROM secret") == [(1,)]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        run(server.url("backup"), "DELETE FROM secret")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(server.url("backup"), "SET default_transaction_read_only = off", "DELETE FROM secret")
    run(server.url("owner"), "DROP TABLE secret")


def _mover(server: Server, attributes: str) -> str:
    """An admin who is no superuser, on a server where our roles do not exist yet... so with other names for them."""
    run(server.url("admin", "postgres"), f"CREATE ROLE mover LOGIN PASSWORD 'mover' {attributes}")
    moved = replace(server, passwords={**server.passwords, "admin": "mover"})
    return moved.url("admin", "postgres").replace("waywatch_admin", "mover")


def test_admin_without_enough_rights_is_told_so(server: Server) -> None:
    url = _mover(server, "CREATEDB")
    try:
        with pytest.raises(PostgresError) as caught:
            prepare_database(url, dbname="other", passwords=server.passwords)
        assert caught.value.code == "admin_rights"
        assert "BYPASSRLS" in caught.value.text
    finally:
        run(server.url("admin", "postgres"), "DROP ROLE mover")


def test_admin_need_not_be_a_superuser(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    if rows(server.url("admin"), "SELECT current_setting('server_version_num')::int < 160000") == [(True,)]:
        pytest.skip("PostgreSQL 15 lets superusers alone give BYPASSRLS")
    names = {role: f"moved_{role}" for role in ("owner", "web", "worker", "backup")}
    monkeypatch.setattr("waywatch.postgres.roles.ROLES", names)
    url = _mover(server, "CREATEDB CREATEROLE BYPASSRLS")
    run(server.url("admin", "postgres"), "GRANT pg_read_all_data TO mover WITH ADMIN OPTION")
    try:
        for _ in range(2):
            prepare_database(url, dbname="moved", passwords=server.passwords)
        found = rows(server.url("admin"), ATTRIBUTES.replace("waywatch\\_%", "moved\\_%"))
        assert [row[1:] for row in found] == [row[1:] for row in WANTED]
    finally:
        run(server.url("admin", "postgres"), "DROP DATABASE IF EXISTS moved")
        run(server.url("admin", "postgres"), *(f"DROP ROLE IF EXISTS {name}" for name in names.values()))
        run(server.url("admin", "postgres"), "DROP OWNED BY mover CASCADE", "DROP ROLE mover")


def test_old_servers_and_other_encodings_are_refused(server: Server) -> None:
    old: Any = SimpleNamespace(info=SimpleNamespace(server_version=140011))
    with pytest.raises(PostgresError, match="PostgreSQL 14") as caught:
        check_version(old)
    assert caught.value.code == "server_too_old"
    run(
        server.url("admin"),
        "CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'",
    )
    with pytest.raises(PostgresError) as caught:
        prepare_database(server.url("admin", "postgres"), dbname="latin", passwords=server.passwords)
    assert caught.value.code == "not_utf8"
    run(server.url("admin"), "DROP DATABASE latin")


def test_unknown_role_and_unreachable_server_are_told(server: Server) -> None:
    with pytest.raises(PostgresError, match="nobody"):
        server.url("nobody")
    with pytest.raises(PostgresError) as caught:
        prepare_database("postgresql://a:hidden-word@127.0.0.1:1/x", dbname="x", passwords=server.passwords)
    assert caught.value.code == "cannot_connect"
    assert "hidden-word" not in caught.value.text


def test_no_password_or_typed_word_in_log_arguments_environment_or_text(server: Server) -> None:
    canary = "canary-5f0c3a"
    run(server.url("owner"), "CREATE TABLE sealed (word text UNIQUE)", f"INSERT INTO sealed VALUES ('{canary}')")
    for wrong in (
        f"INSERT INTO sealed VALUES ('{canary}')",
        f"SELECT '{canary}'::integer",
        f"DO $$ BEGIN RAISE LOG USING MESSAGE = 'seen', DETAIL = '{canary}'; RAISE EXCEPTION '{canary}'; END $$",
        f"SELECT {canary.replace('-', '_')}",
    ):
        with pytest.raises(psycopg.Error):
            run(server.url("owner"), wrong)
    with pytest.raises(psycopg.Error), psycopg.connect(server.url("owner")) as connection:
        connection.execute("SELECT %s::integer", [canary])
    run(server.url("owner"), "DROP TABLE sealed")
    hidden = [canary, canary.replace("-", "_"), *server.passwords.values()]
    status = status_of(server.data_dir)
    texts = [(server.data_dir / "pg.log").read_text(), (server.data_dir / "server.json").read_text(), repr(server)]
    for pid in (status.keeper_pid, status.server_pid, os.getpid()):
        texts += [Path(f"/proc/{pid}/{what}").read_bytes().decode() for what in ("cmdline", "environ")]
    assert [word for word in hidden for text in texts if word in text] == []


def test_an_admin_may_be_connected_to_the_very_database_that_is_prepared(server: Server) -> None:
    prepare_database(server.url("admin"), dbname="waywatch", passwords=server.passwords)
