"""Backup, restore, doctor, the audit log across them, and a PostgreSQL that others run; all as commands."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.project.installation import Installation, Service, admin_address, new_folder, until
from tests.project.own_server import addresses_in
from tests.project.visitor import sign_in
from waywatch.postgres.api import Server, using_server
from waywatch.project.service import DEMO_DATA

pytestmark = pytest.mark.slow
DEMO = {"WAYWATCH_MODE": "demo"}
ROLES = ("DATABASE_OWNER_URL", "DATABASE_URL", "DATABASE_WORKER_URL", "DATABASE_BACKUP_URL")


def report_of(installation: Installation, **more: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(installation.good("annual-report", "2018", "--json", **{**DEMO, **more}))
    return found


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The sentence of a command that was refused."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def seal(installation: Installation) -> None:
    """Run the worker until every entry of the audit log is sealed, and stop it in order."""
    worker = installation.start("worker", **DEMO)

    def is_sealed() -> bool:
        assert worker.process.poll() is None, worker.said()
        return "\nUnsealed: 0," in installation.command("audit", "verify", **DEMO).stdout

    until(is_sealed, 90)
    assert worker.stop() == 0, worker.said()
    installation.wait_until_still()


def restored(old: Installation, file: Path, new: Installation) -> Installation:
    """The backup in a fresh data directory, with the secret key that was kept apart."""
    new.data.mkdir(mode=0o710)
    (new.data / "secret-key").write_text((old.data / "secret-key").read_text())
    assert new.good("restore", str(file), **DEMO).startswith("Restored.")
    return new


def test_a_backup_comes_back_whole(
    demo: Installation, fresh: Installation, record_property: Callable[[str, object], None]
) -> None:
    file = demo.folder / "kept.backup"
    began = time.monotonic()
    demo.good("backup", str(file), **DEMO)
    record_property("backup", round(time.monotonic() - began, 2))
    assert file.stat().st_mode & 0o077 == 0
    began = time.monotonic()
    restored(demo, file, fresh)
    record_property("restore", round(time.monotonic() - began, 2))
    assert report_of(fresh) == report_of(demo)
    found = fresh.good("doctor", **DEMO)
    assert "MEND" not in found
    assert len(found.splitlines()) >= 18
    service = fresh.start("run", **DEMO).wait_until_ready()
    sign_in(service)  # its second factor is encrypted: the key came along
    assert service.stop() == 0


def test_a_backup_of_a_running_service_comes_back(demo: Installation, fresh: Installation) -> None:
    service = demo.start("demo").wait_until_ready()
    file = demo.folder / "kept.backup"
    demo.good("backup", str(file), **DEMO)
    assert service.is_ready()
    assert service.stop() == 0
    assert report_of(restored(demo, file, fresh)) == report_of(demo)


def test_nothing_is_restored_over_a_database(demo: Installation) -> None:
    file = demo.folder / "kept.backup"
    demo.good("backup", str(file), **DEMO)
    before = report_of(demo)
    assert "The database waywatch is not empty, so nothing was restored." in refused(
        demo.command("restore", str(file), **DEMO)
    )
    assert report_of(demo) == before


def test_a_cut_backup_restores_nothing_and_a_whole_one_still_can(demo: Installation, fresh: Installation) -> None:
    file, cut = demo.folder / "kept.backup", demo.folder / "cut.backup"
    demo.good("backup", str(file), **DEMO)
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "pg_restore failed" in refused(fresh.command("restore", str(cut), **DEMO))
    assert fresh.good("restore", str(file), **DEMO)
    assert report_of(fresh) == report_of(demo)


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_is_no_backup_is_named(fresh: Installation, name: str) -> None:
    assert str(fresh.folder / name) in refused(fresh.command("restore", str(fresh.folder / name), **DEMO))


def test_a_place_where_no_backup_can_be_written_is_named(demo: Installation) -> None:
    said = refused(demo.command("backup", "/nowhere/kept.backup", **DEMO))
    assert said.startswith("waywatch: /nowhere/kept.backup cannot be written")
    assert "WAYWATCH_DATA" not in said


def test_a_rollback_is_found_by_a_newer_checkpoint(demo: Installation, fresh: Installation) -> None:
    file, early, late = (demo.folder / name for name in ("kept.backup", "early", "late"))
    seal(demo)
    demo.good("audit", "checkpoint", "--out", str(early), **DEMO)
    demo.good("backup", str(file), **DEMO)
    demo.good("invite-administrator", "ida.brandt@example.org", "Ida Brandt", **DEMO)
    seal(demo)
    demo.good("audit", "checkpoint", "--out", str(late), **DEMO)
    assert "The audit log is sound." in demo.good("audit", "verify", "--checkpoint", str(late), **DEMO)
    restored(demo, file, fresh)
    assert "The audit log is sound." in fresh.good("audit", "verify", **DEMO)
    assert "The audit log is sound." in fresh.good("audit", "verify", "--checkpoint", str(early), **DEMO)
    assert "The audit log is broken." in refused(fresh.command("audit", "verify", "--checkpoint", str(late), **DEMO))


@pytest.fixture
def running(demo: Installation) -> Iterator[Service]:
    """A running demonstration."""
    service = demo.start("demo").wait_until_ready()
    yield service
    assert service.stop() == 0


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("ALTER ROLE waywatch_web BYPASSRLS", "role_web"),
        ("GRANT pg_read_all_data TO waywatch_web", "memberships_web"),
        ("ALTER TABLE directory_person NO FORCE ROW LEVEL SECURITY", "rls_directory_person"),
        ("ALTER TABLE directory_post DISABLE ROW LEVEL SECURITY", "rls_directory_post"),
    ],
)
def test_the_doctor_finds_what_is_broken(demo: Installation, running: Service, statement: str, code: str) -> None:
    assert "MEND" not in demo.good("doctor", **DEMO)
    with psycopg.connect(admin_address(demo.data), autocommit=True) as connection:
        connection.execute(statement.encode())
    done = demo.command("doctor", **DEMO)
    assert (done.returncode, done.stderr) == (1, "")
    assert re.findall(r"^MEND (\w+):", done.stdout, re.MULTILINE) == [code]


def test_the_doctor_finds_an_open_file(demo: Installation) -> None:
    (demo.data / "secrets.json").chmod(0o644)
    done = demo.command("doctor", **DEMO)
    assert done.returncode == 1
    assert re.findall(r"^MEND (\w+):", done.stdout, re.MULTILINE) == ["permissions"]


@pytest.fixture(scope="module")
def theirs() -> Iterator[Server]:
    """A PostgreSQL that others run: a throw-away one, for roles and their passwords belong to the whole server."""
    made = Installation(new_folder())
    with using_server(made.data) as server:
        yield server
    made.wait_until_still()
    made.close()


@pytest.fixture
def addresses(theirs: Server) -> dict[str, str]:
    """What database-roles prints, as settings."""
    made = Installation(new_folder())
    try:
        said = made.good(
            "database-roles", "--renew", "--dbname", "theirs", DATABASE_ADMIN_URL=theirs.url("admin", "postgres")
        )
        assert not made.data.exists()
    finally:
        made.close()
    found = addresses_in(said)
    assert sorted(found) == sorted(ROLES)
    assert len(said.splitlines()) == 4
    return found


def test_a_database_of_ones_own_is_prepared_filled_and_served(
    fresh: Installation, demo: Installation, addresses: dict[str, str]
) -> None:
    own = {**DEMO, "DATABASE_OWNER_URL": addresses["DATABASE_OWNER_URL"]}
    fresh.good("migrate", **own)
    fresh.good("load-builds", str(DEMO_DATA / "builds.json"), **own)
    fresh.good("load-annual", str(DEMO_DATA / "annual.json"), **own)
    assert report_of(fresh, **own)["attendance"] == report_of(demo)["attendance"]
    service = fresh.start("run", **DEMO, **addresses).wait_until_ready()
    assert service.ask("/account/login/").status == 200
    assert set(fresh.processes().values()) & {"keeper", "server"} == set()
    assert service.stop() == 0
    assert service.err.read_text() == ""
    assert not (fresh.data / "pg").exists()
    file = fresh.folder / "kept.backup"
    fresh.good("backup", str(file), **DEMO, **addresses)
    assert file.read_bytes()[:5] == b"PGDMP"


@pytest.mark.parametrize("dbname", ["waywatch", "other"])
def test_roles_are_prepared_from_whatever_database_the_administrator_is_in(
    fresh: Installation, theirs: Server, dbname: str
) -> None:
    said = fresh.good(
        "database-roles", "--renew", "--dbname", dbname, DATABASE_ADMIN_URL=theirs.url("admin", "waywatch")
    )
    web = re.findall(r'^DATABASE_URL="(.+)"$', said, re.MULTILINE)
    with psycopg.connect(web[0]) as connection:
        assert connection.info.dbname == dbname


@pytest.mark.parametrize("missing", ["DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "DATABASE_BACKUP_URL"])
def test_a_missing_address_is_named(fresh: Installation, addresses: dict[str, str], missing: str) -> None:
    words = {
        "DATABASE_OWNER_URL": ["migrate"],
        "DATABASE_WORKER_URL": ["worker"],
        "DATABASE_BACKUP_URL": ["backup", "x"],
    }
    given = {name: value for name, value in addresses.items() if name != missing}
    said = refused(fresh.command(*words[missing], **DEMO, **given))
    assert said.startswith(f"waywatch: Set {missing}:")


def test_a_database_that_cannot_be_reached_is_said_without_its_password(fresh: Installation) -> None:
    address = "postgresql://waywatch_owner:canary-4711@127.0.0.1:1/theirs"
    said = refused(fresh.command("migrate", **DEMO, DATABASE_OWNER_URL=address))
    assert said.startswith("waywatch: The database cannot be reached:")
    assert "canary-4711" not in said


def test_roles_are_refused_without_the_address_of_an_administrator(fresh: Installation) -> None:
    assert refused(fresh.command("database-roles")).startswith("waywatch: Set DATABASE_ADMIN_URL")


def test_roles_that_another_installation_uses_keep_their_passwords(fresh: Installation, theirs: Server) -> None:
    kept = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE 'waywatch%' ORDER BY 1"
    with psycopg.connect(theirs.url("admin")) as admin:
        before = admin.execute(kept).fetchall()
        said = refused(fresh.command("database-roles", DATABASE_ADMIN_URL=theirs.url("admin", "postgres")))
        assert "--renew" in said
        assert admin.execute(kept).fetchall() == before
