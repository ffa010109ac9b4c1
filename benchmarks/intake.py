"""CPU of taking in a sealed tip, of the desk's queue, and of opening a tip, as the tips grow 1x, 10x and 100x.

Measured is CPU time of the web process plus that of its PostgreSQL backend, through Django's own request path without a socket, as the
web role. `against` names the limit (3 ms a tip of 4 KB, 50 ms the queue, 30 ms an opening) or the peer of the same run: one INSERT of the
same bytes without any check, in a transaction of its own. The many tips of the queue have no content; those that are opened are real.
Prints one JSON object a line.
"""

import json
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.pages import cpu_of, say

os.environ["WAYWATCH_MODE"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")

SIZES = (100, 1_000, 10_000)
SUBMISSIONS, PAGES, OPENINGS, WARM = 300, 20, 100, 10
LIMITS = {"intake": 3.0, "queue": 50.0, "open": 30.0}
CONTENT = b'{"version": 1, "observation": {"words": "' + b"x" * 3_000 + b'"}}'
PEER = "CREATE TABLE bench_plain (id uuid PRIMARY KEY, body bytea); GRANT INSERT ON bench_plain TO waywatch_web"
FILL = """
INSERT INTO tips_tip
    (id, keyring_id, key_version, region, claimed_urgency, claimed_hour, token_hash, digest, size, received_at, feedback, told)
SELECT gen_random_uuid(), %s, 1, 'US-TX', 1 + n %% 3, 490000, sha256(('t' || n)::bytea), sha256(('d' || n)::bytea), 4096,
    now() - n * interval '1 second', '', ''
FROM generate_series(%s::int, %s) n
"""


@contextmanager
def desk() -> Iterator[tuple[dict[str, str], Any, Any]]:
    """Have a prepared database of our own with a desk of two; yields the addresses by role, the keyring, and an advocate."""
    from waywatch.postgres import api as postgres

    with tempfile.TemporaryDirectory(prefix="waywatch-bench-") as folder:
        Path(folder).chmod(0o711)
        with postgres.using_server(Path(folder)) as server:
            urls = {role: server.url(role) for role in ("owner", "web")}
            os.environ["WAYWATCH_DB"] = urls["owner"]
            import django

            django.setup()
            yield urls, *_prepared(urls)


def _prepared(urls: dict[str, str]) -> tuple[Any, Any]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    from tests.cast import member
    from tests.conftest import use_database
    from tests.vault.world import desk_facts, found, set_up
    from waywatch.accounts.api import Role
    from waywatch.geo import api as geo
    from waywatch.lib.actors import Actor, acting_as
    from waywatch.project.privileges import apply_privileges

    settings.ALLOWED_HOSTS = ["testserver"]  # without the rest of a test environment, which makes templates slow
    call_command("migrate", verbosity=0)
    apply_privileges()
    with acting_as(Actor.system("bench")):
        geo.load_reference()
    as_owner(urls, PEER)
    use_database(urls["web"])
    with transaction.atomic():
        administrator = member("admin.bench@example.org", "Admin", Role.ADMINISTRATOR)
        people = [member(f"{name}.bench@example.org", name, Role.ADVOCATE) for name in ("first", "second")]
        set_up(*people)
        keyring = found(administrator, desk_facts(), *people)
    return keyring, people[0]


def as_owner(urls: dict[str, str], statement: str, values: Any = ()) -> None:
    import psycopg

    with psycopg.connect(urls["owner"]) as owner:
        owner.execute("SELECT set_config('waywatch.actor', 'system:bench', true)")
        owner.execute(statement.encode(), values or None)


def cost(work: Callable[[int], object], times: int) -> float:
    """Return CPU milliseconds a time: of our own process and of the database's backend, both warm as those of a running service are."""
    from django.db import connection

    for number in range(1, WARM + 1):
        work(-number)
    backend = connection.connection.info.backend_pid
    ours, theirs = time.process_time(), cpu_of(backend)
    for number in range(times):
        work(number)
    return 1000 * (time.process_time() - ours + cpu_of(backend) - theirs) / times


def intake_costs(urls: dict[str, str], keyring: Any) -> None:
    """Send real envelopes, made beforehand, while the table holds 1x, 10x and 100x tips; then the bare insert of the same bytes."""
    from django.test import Client

    from tests.tips.sealed import sending_to

    there, first = 0, 0.0
    for size in SIZES:
        as_owner(urls, FILL, [keyring.pk, there + 1, size])
        there = size
        sent = [
            (sending.tip_id, sending.raw(CONTENT))
            for sending in (sending_to(keyring) for _ in range(SUBMISSIONS + WARM))
        ]
        client = Client()

        def send(number: int, sent: Any = sent, client: Client = client) -> None:
            tip_id, raw = sent[number]
            answer = client.put(f"/notice/tips/{tip_id}", raw, content_type="application/octet-stream")
            assert answer.status_code == 201

        value = cost(send, SUBMISSIONS)
        plain = cost(lambda number, sent=sent: insert(sent[number][1]), SUBMISSIONS)
        first = first or value
        say("intake.cpu", value, "ms", size, "the limit of 3 ms", value / LIMITS["intake"])
        say("intake.cpu", value, "ms", size, "a plain insert", value / plain)
        say("intake.cpu", value, "ms", size, f"itself at {SIZES[0]}", value / first)


def insert(raw: bytes) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_plain VALUES (%s, %s)", [uuid.uuid4(), raw])


def queue_costs(urls: dict[str, str], keyring: Any, advocate: Any) -> None:
    """Load the queue with 1x, 10x and 100x tips that wait."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    as_owner(urls, "DELETE FROM tips_sealed")
    as_owner(urls, "DELETE FROM tips_tip")
    there = 0
    for size in SIZES:
        as_owner(urls, FILL, [keyring.pk, there + 1, size])
        as_owner(urls, "ANALYZE tips_tip")
        there = size

        def load(_: int) -> None:
            assert advocate.client.get("/desk/").status_code == 200

        value = cost(load, PAGES)
        with CaptureQueriesContext(connection) as found:
            load(0)
        say("desk_queue.cpu", value, "ms", size, "the limit of 50 ms", value / LIMITS["queue"])
        say("desk_queue.queries", len(found), "queries", size, "", 1.0)


def told(number: int) -> bytes:
    """Return the content of a long tip: every two of them saw one vehicle, so that each has another that tells of the same."""
    from tests.tips.sealed import SEED_STORY
    from waywatch.vault import sealing
    from waywatch.vault.api import to_text

    where = {"road": "I-20", "mile": f"{number // 2}", "direction": "west", "words": "row 14, far end"}
    vehicle = {"type": "car", "colour": "dark red", "make": f"Dodge {number // 2}", "plate": f"BVX{number // 2:04}"}
    people = [{**person, "doing": "getting in and out of trucks"} for person in SEED_STORY["people"]]
    known = {"where": {**SEED_STORY["where"], **where}, "vehicles": [vehicle], "people": people}
    observation = {**SEED_STORY, **known, "words": "They went from truck to truck. " * 20}
    beside = {
        "language": "en",
        "sealed_at": "2026-11-25T08:10:00Z",
        "reply_key": to_text(sealing.new_key_pair().public),
    }
    return json.dumps({"version": 1, **beside, "observation": observation}).encode()


def opening_costs(keyring: Any, advocate: Any) -> None:
    """Open real tips for the first time and again, with keys that are unlocked already."""
    from django.test import Client

    from tests.tips.sealed import sending_to
    from tests.vault.world import phrase_of

    sent = [sending_to(keyring) for _ in range(OPENINGS + WARM)]
    for number, sending in enumerate(sent):
        raw = sending.raw(told(number))
        Client().put(f"/notice/tips/{sending.tip_id}", raw, content_type="application/octet-stream")
    browser = advocate.client
    assert browser.post("/vault/unlock/", {"passphrase": phrase_of(advocate)}).status_code == 302

    def read(number: int) -> None:
        assert browser.get(f"/desk/tips/{sent[number].tip_id}/read/").status_code == 200

    for name in ("open_first", "open_again"):
        value = cost(read, OPENINGS)
        say(f"{name}.cpu", value, "ms", OPENINGS, "the limit of 30 ms", value / LIMITS["open"])


def main() -> None:
    from tests.sessions import clients_hold_the_secret

    with desk() as (urls, keyring, advocate), clients_hold_the_secret():
        intake_costs(urls, keyring)
        queue_costs(urls, keyring, advocate)
        opening_costs(keyring, advocate)


if __name__ == "__main__":
    main()
