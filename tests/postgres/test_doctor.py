"""The check-up finds what is wrong, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.postgres.helpers import run
from waywatch.postgres import doctor
from waywatch.postgres.api import Server, examine

CODES = [
    "server_version",
    "encoding",
    "clock",
    "checksums",
    "scram_passwords",
    "scram_rules",
    *(f"{what}_{role}" for role in ("owner", "web", "worker", "backup") for what in ("role", "memberships")),
    "disk_space",
    "permissions",
]


def _wrong(server: Server, **options: object) -> list[str]:
    return [one.code for one in examine(server.url("admin"), data_dir=server.data_dir, **options) if not one.ok]  # type: ignore[arg-type]  # passed through


@contextmanager
def _changed(server: Server, change: str, back: str) -> Iterator[None]:
    run(server.url("admin"), change)
    try:
        yield
    finally:
        run(server.url("admin"), back)


def test_fresh_server_is_well(server: Server) -> None:
    findings = examine(server.url("admin"), data_dir=server.data_dir)
    assert [one.code for one in findings] == CODES
    assert [one for one in findings if not one.ok] == []


@pytest.mark.parametrize(
    ("change", "back", "code"),
    [
        ("ALTER ROLE waywatch_web BYPASSRLS", "ALTER ROLE waywatch_web NOBYPASSRLS", "role_web"),
        ("ALTER ROLE waywatch_owner SUPERUSER", "ALTER ROLE waywatch_owner NOSUPERUSER", "role_owner"),
        ("ALTER ROLE waywatch_backup NOBYPASSRLS", "ALTER ROLE waywatch_backup BYPASSRLS", "role_backup"),
        ("GRANT waywatch_owner TO waywatch_web", "REVOKE waywatch_owner FROM waywatch_web", "memberships_web"),
        (
            "ALTER ROLE waywatch_worker RENAME TO waywatch_gone",
            "ALTER ROLE waywatch_gone RENAME TO waywatch_worker",
            "role_worker",
        ),
    ],
)
def test_changed_role_is_found(server: Server, change: str, back: str, code: str) -> None:
    with _changed(server, change, back):
        assert _wrong(server) == [code]


def test_password_that_is_not_stored_for_scram_is_found(server: Server) -> None:
    run(
        server.url("admin"),
        "CREATE TABLE kept_verifier AS SELECT rolpassword FROM pg_authid WHERE rolname = 'waywatch_web'",
    )
    back = (
        "DO $$ BEGIN EXECUTE format('ALTER ROLE waywatch_web PASSWORD %L', (SELECT rolpassword FROM kept_verifier));"
        " DROP TABLE kept_verifier; END $$"
    )
    with _changed(server, "ALTER ROLE waywatch_web PASSWORD NULL", back):
        assert _wrong(server) == ["scram_passwords"]


def test_table_without_forced_row_security_is_found(server: Server) -> None:
    run(server.url("owner"), "CREATE TABLE good (n int)", "CREATE TABLE half (n int)")
    run(server.url("owner"), "ALTER TABLE good ENABLE ROW LEVEL SECURITY", "ALTER TABLE good FORCE ROW LEVEL SECURITY")
    run(server.url("owner"), "ALTER TABLE half ENABLE ROW LEVEL SECURITY")
    assert _wrong(server, forced_tables=["good", "public.half", "absent"]) == ["rls_public.half", "rls_absent"]
    run(server.url("owner"), "DROP TABLE good, half")


@pytest.mark.parametrize(("seconds", "wrong"), [(-3, ["clock"]), (-1, []), (1, []), (3, ["clock"])])
def test_clocks_that_differ_are_found(server: Server, seconds: int, wrong: list[str]) -> None:
    assert _wrong(server, clock=lambda: datetime.now(UTC) + timedelta(seconds=seconds)) == wrong


def test_readable_passwords_and_a_full_disk_are_found(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    (server.data_dir / "secrets.json").chmod(0o644)
    monkeypatch.setattr(doctor, "NEEDED_BYTES", 2**60)
    assert _wrong(server) == ["disk_space", "permissions"]
    (server.data_dir / "secrets.json").chmod(0o600)


def test_lax_rule_is_found(server: Server) -> None:
    rules = server.data_dir / "pg" / "pg_hba.conf"
    text = rules.read_text()
    rules.write_text(f"{text}local all waywatch_web trust\n")
    try:
        assert _wrong(server) == ["scram_rules"]
    finally:
        rules.write_text(text)


def test_role_that_may_not_look_says_so(server: Server) -> None:
    wrong = {one.code: one.text for one in examine(server.url("owner")) if not one.ok}
    assert sorted(wrong) == ["scram_passwords", "scram_rules"]
    assert all("superuser" in text for text in wrong.values())
