"""The whole product on a PostgreSQL that others run, as docs/how-to/use-your-own-postgresql.md tells: in production, as processes.

It needs a server for itself: the four roles and their passwords belong to the whole server. `make test-postgres` gives it one.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.post_office import Mailbox, running_mailbox, text_of
from tests.project.installation import NAME, PRODUCTION, THROUGH_PROXY, Installation, Service, until
from tests.project.own_server import DATABASE, DRILL, addresses_in, own_server
from tests.project.visitor import Visitor
from waywatch.accounts.demo import totp_code
from waywatch.postgres.api import ROLES
from waywatch.project.service import DEMO_DATA

ADMIN_URL = os.environ.get("DATABASE_ADMIN_URL", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.whole_server,
    pytest.mark.skipif(not ADMIN_URL, reason="needs DATABASE_ADMIN_URL: tools/on-debian-postgresql sets it"),
]
ADMIN = {"DATABASE_ADMIN_URL": ADMIN_URL}
PASSWORD = "harbor copper lantern"


@pytest.fixture
def admin() -> Iterator[psycopg.Connection]:
    """The administrator of the server."""
    with own_server(ADMIN_URL) as connection:
        yield connection


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """The mail server that the worker sends to."""
    with running_mailbox() as found:
        yield found


def report_of(installation: Installation, **settings: str) -> object:
    return json.loads(installation.good("annual-report", "2018", "--json", **settings))


def administrator_of(installation: Installation, service: Service, **settings: str) -> Visitor:
    """Take the invitation that the command prints, choose a password, and set up an authenticator app."""
    printed = installation.good("invite-administrator", "ida.brandt@example.org", "Ida Brandt", **settings).strip()
    visitor = Visitor(service, THROUGH_PROXY, f"https://{NAME}")
    form = {"name": "Ida Brandt", "password1": PASSWORD, "password2": PASSWORD}
    assert visitor.post(printed.removeprefix(f"https://{NAME}"), form).status == 302
    set_up = visitor.get("/account/2fa/totp/activate/")
    secret = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", set_up.body)
    assert secret, set_up.body
    code = totp_code(secret[1], int(time.time()))
    assert visitor.post("/account/2fa/totp/activate/", {"code": code}, set_up).status == 302
    return visitor


def assert_pages_show_the_builds(visitor: Visitor) -> None:
    published = json.loads((DEMO_DATA / "builds.json").read_text())["builds"]
    mine = sorted(row["id"] for row in published if row["year"] == 2018)
    assert len(mine) == 9
    page = visitor.get("/builds/?year=2018")
    assert sorted(re.findall(r'<th scope="row"><a href="/builds/([^"]+)/">', page.body)) == mine
    assert [visitor.get(f"/builds/{slug}/").status for slug in mine] == [200] * 9
    assert visitor.get("/map/").status == 200
    assert json.loads(visitor.get("/impact/2018/report.json").body)["attendance"]["total"] == 557


def assert_the_worker_sends(visitor: Visitor, mailbox: Mailbox) -> None:
    form = {"email": "noor.haddad@example.org", "name": "Noor Haddad", "language": "fr", "role": "coordinator"}
    answer = visitor.post("/account/people/invite/", form)
    assert (answer.status, answer.headers.get("location")) == (302, "/account/people/"), answer.body
    mail = mailbox.wait_for("noor.haddad@example.org")
    assert f"https://{NAME}/account/invitation/" in text_of(mail)


def assert_all_is_sealed(installation: Installation, **settings: str) -> None:
    until(lambda: "\nUnsealed: 0," in installation.command("audit", "verify", **settings).stdout, 60)
    assert "The audit log is sound." in installation.good("audit", "verify", **settings)


def assert_a_backup_comes_back(installation: Installation, file: Path, **settings: str) -> None:
    installation.good("backup", str(file), **settings)
    drill = {
        name: value.replace(f"dbname={DATABASE} ", f"dbname={DRILL} ") if name.startswith("DATABASE_") else value
        for name, value in settings.items()
    }
    assert drill != settings
    assert installation.good("restore", str(file), **{**drill, **ADMIN}).startswith("Restored.")
    assert report_of(installation, **drill) == report_of(installation, **settings)


def test_the_product_runs_on_a_postgresql_of_ones_own(
    fresh: Installation, admin: psycopg.Connection, mailbox: Mailbox
) -> None:
    addresses = addresses_in(fresh.good("database-roles", **ADMIN))
    settings = {**PRODUCTION, **addresses, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port)}
    fresh.good("migrate", **settings)
    fresh.good("load-builds", str(DEMO_DATA / "builds.json"), **settings)
    fresh.good("load-annual", str(DEMO_DATA / "annual.json"), **settings)
    service = fresh.start("run", **settings).wait_until_ready(THROUGH_PROXY)
    visitor = administrator_of(fresh, service, **settings)
    assert_pages_show_the_builds(visitor)
    assert_the_worker_sends(visitor, mailbox)
    assert_all_is_sealed(fresh, **settings)

    users = admin.execute("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s", [DATABASE]).fetchall()
    assert {name for (name,) in users} >= {ROLES["web"], ROLES["worker"]}
    assert set(fresh.processes().values()) & {"keeper", "server"} == set()
    assert not (fresh.data / "pg").exists()

    assert_a_backup_comes_back(fresh, fresh.folder / "kept.backup", **settings)
    found = fresh.good("doctor", **settings, **ADMIN)
    assert f"The server is PostgreSQL {admin.info.server_version // 10000};" in found
    assert "MEND" not in found
    assert service.stop() == 0
    assert service.err.read_text() == ""
