"""Backup and restore: everything comes back, nothing is overwritten, no password shows."""

import os
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres.helpers import rows, run
from waywatch.postgres.api import PostgresError, Server, backup, beside, restore

SCHEMA = (
    "CREATE TABLE county (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE)",
    """CREATE TABLE tip (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), county_id integer NOT NULL REFERENCES county,
    body bytea NOT NULL, actor text NOT NULL, CONSTRAINT body_not_empty CHECK (length(body) > 0))""",
    "CREATE FUNCTION actor() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_setting('app.actor', true) $$",
    "INSERT INTO county (name) VALUES ('Doña Ana'), ('Lake')",
    "INSERT INTO tip (county_id, body, actor) SELECT id, '\\x00ff', name FROM county",
    "ALTER TABLE tip ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tip FORCE ROW LEVEL SECURITY",
    "CREATE POLICY own ON tip USING (actor = actor())",
    "GRANT SELECT ON tip, county TO waywatch_web",
)
ALL_TIPS = "SELECT id, county_id, body, actor FROM tip ORDER BY id"


@pytest.fixture(scope="module")
def filled(server: Server) -> Server:
    run(server.url("owner"), *SCHEMA)
    return server


def _restore(server: Server, file: Path, dbname: str) -> None:
    restore(server.url("admin", "postgres"), file, dbname=dbname, passwords=server.passwords)


def test_roundtrip_keeps_rows_row_security_grants_and_ownership(filled: Server, tmp_path: Path) -> None:
    file = backup(filled.url("backup"), tmp_path / "one.backup")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    _restore(filled, file, "again")
    wanted = rows(filled.url("backup"), ALL_TIPS)
    assert len(wanted) == 2
    assert rows(filled.url("backup", "again"), ALL_TIPS) == wanted
    assert rows(filled.url("web", "again"), "SELECT count(*) FROM tip") == [(0,)]
    with psycopg.connect(filled.url("web", "again")) as connection:
        connection.execute("SELECT set_config('app.actor', 'Lake', true)")
        assert connection.execute("SELECT actor FROM tip").fetchall() == [("Lake",)]
    catalog = (
        "SELECT relname, relkind, pg_get_userbyid(relowner), relrowsecurity, relforcerowsecurity, relacl::text"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    assert rows(filled.url("admin", "again"), catalog) == rows(filled.url("admin"), catalog)
    owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    assert rows(filled.url("admin", "again"), owners) == [("waywatch_owner",)]
    run(filled.url("owner", "again"), "INSERT INTO county (name) VALUES ('next')")
    assert rows(filled.url("owner", "again"), "SELECT max(id) FROM county") == [(3,)]


def test_what_is_kept_apart_comes_back_with_its_file_and_not_without_it(filled: Server, tmp_path: Path) -> None:
    file, old, other = (tmp_path / name for name in ("two.backup", "old.backup.keys", "young.backup.keys"))
    for path, age in ((old, 8), (other, 6)):
        path.write_bytes(b"")
        os.utime(path, (time.time() - age * 86_400,) * 2)
    backup(filled.url("backup"), file, apart="tip")
    keys = beside(file)
    assert (keys.name, stat.S_IMODE(keys.stat().st_mode)) == ("two.backup.keys", 0o600)
    assert (old.exists(), other.exists()) == (False, True)  # for seven days, and no longer
    wanted = rows(filled.url("backup"), ALL_TIPS)
    _restore(filled, file, "with_keys")
    assert rows(filled.url("backup", "with_keys"), ALL_TIPS) == wanted
    assert rows(filled.url("web", "with_keys"), "SELECT count(*) FROM tip") == [(0,)]
    keys.unlink()
    _restore(filled, file, "without_keys")
    assert rows(filled.url("backup", "without_keys"), ALL_TIPS) == []
    assert len(rows(filled.url("backup", "without_keys"), "SELECT name FROM county")) == 2
    for secret in (row[2] for row in wanted):
        assert secret.hex() not in file.read_bytes().hex()


def test_restore_into_a_database_that_is_not_empty_is_refused(filled: Server, tmp_path: Path) -> None:
    file = backup(filled.url("backup"), tmp_path / "one.backup")
    before = rows(filled.url("backup"), ALL_TIPS)
    with pytest.raises(PostgresError) as caught:
        _restore(filled, file, "waywatch")
    assert caught.value.code == "database_not_empty"
    assert rows(filled.url("backup"), ALL_TIPS) == before


@pytest.mark.parametrize(
    "thing", ["FUNCTION f() RETURNS int LANGUAGE sql RETURN 1", "TYPE t AS ENUM ('a')", "SCHEMA s"]
)
def test_anything_at_all_makes_a_database_not_empty(filled: Server, tmp_path: Path, thing: str) -> None:
    file = backup(filled.url("backup"), tmp_path / "one.backup")
    run(filled.url("admin", "postgres"), "CREATE DATABASE odd")
    try:
        run(filled.url("admin", "odd"), f"CREATE {thing}")
        with pytest.raises(PostgresError) as caught:
            _restore(filled, file, "odd")
        assert caught.value.code == "database_not_empty"
    finally:
        run(filled.url("admin", "postgres"), "DROP DATABASE odd")


def test_damaged_backup_restores_nothing(filled: Server, tmp_path: Path) -> None:
    file = backup(filled.url("backup"), tmp_path / "one.backup")
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(PostgresError) as caught:
        _restore(filled, file, "damaged")
    assert caught.value.code == "pg_restore_failed"
    assert rows(filled.url("admin", "damaged"), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_file_that_is_no_backup_is_refused(filled: Server, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "note.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PostgresError) as caught:
        _restore(filled, file, "never")
    assert caught.value.code == "backup_unreadable"


def test_failed_backup_leaves_the_older_one(filled: Server, tmp_path: Path) -> None:
    file = backup(filled.url("backup"), tmp_path / "one.backup")
    before = file.read_bytes()
    with pytest.raises(PostgresError) as caught:
        backup(filled.url("web"), file)  # the web role may not read everything
    assert caught.value.code == "pg_dump_failed"
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_backup_into_a_missing_folder_is_told(filled: Server, tmp_path: Path) -> None:
    with pytest.raises(PostgresError, match="nowhere"):
        backup(filled.url("backup"), tmp_path / "nowhere" / "one.backup")


def test_password_is_not_among_the_arguments(filled: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = subprocess.run

    def spy(arguments: list[Any], **options: Any) -> Any:
        seen.extend(map(str, arguments))
        return real(arguments, **options)

    monkeypatch.setattr("waywatch.postgres.backup.subprocess.run", spy)
    _restore(filled, backup(filled.url("backup"), tmp_path / "one.backup"), "spied")
    assert any("waywatch_backup" in one for one in seen)
    assert [one for one in seen for word in filled.passwords.values() if word in one] == []
