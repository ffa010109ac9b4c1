# ruff: noqa: S608 - SQL from our own words; Django is imported once its database is known
"""What the audit log costs: inserts against a plain table and against chaining inside the transaction, and growth.

Every insert is a transaction of its own, committed to disk, made by the web role over its own connection. `against`
names the peer measured in the same run; `ratio` is value / peer. A second's inserts say how fast the disk is and how busy
the machine; the CPU time of an insert (that of its PostgreSQL backend, from /proc/PID/stat) does not. Prints one JSON
object a line: name, value, unit, size, against, ratio.
"""

import json
import multiprocessing
import os
import secrets
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from benchmarks.pages import cpu_of

os.environ.setdefault("WAYWATCH_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")

NAME = "waywatch_bench_audit"
ROLES = ("owner", "web", "worker", "backup")
SECONDS = 2.0
READY_WITHIN = 3.0  # until all connections are there: nobody is counted before everybody writes
ROUNDS = 3
INSERTS = 5_000
PROCESSES, THREADS = 5, 10
SIZES = (500, 5_000, 50_000)
WAITING = 500
DETAIL = json.dumps({"from": "declared", "to": "kept", "note": "x" * 60})
COLUMNS = "(id, actor, account_id, action, subject_kind, subject_id, detail)"
VALUES = "(%s, 'account:00000000-0000-0000-0000-000000000001', %s, 'commitment.kept', 'commitment', %s, %s)"
PEERS = """
CREATE TABLE bench_plain (id uuid PRIMARY KEY, actor text, account_id uuid, action text, subject_kind text,
    subject_id text, detail text, at timestamptz DEFAULT clock_timestamp());
CREATE INDEX ON bench_plain (subject_kind, subject_id);
CREATE TABLE bench_chained (LIKE bench_plain INCLUDING ALL, prev bytea, hash bytea);
CREATE TABLE bench_head (one int PRIMARY KEY, hash bytea);
INSERT INTO bench_head VALUES (1, '\\x00');
GRANT INSERT ON bench_plain, bench_chained TO waywatch_web;
GRANT SELECT, UPDATE ON bench_head TO waywatch_web;
"""
Connection = psycopg.Connection[tuple[Any, ...]]
Insert = Callable[[Connection], None]


def emit(name: str, value: float, unit: str, size: int, *, against: str = "", ratio: float | None = None) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit, "size": size, "against": against}
    print(json.dumps(line | {"ratio": None if ratio is None else round(ratio, 3)}), flush=True)


def insert_into(table: str) -> Insert:
    statement = f"INSERT INTO {table} {COLUMNS} VALUES {VALUES}".encode()

    def insert(connection: Connection) -> None:
        thing = uuid.uuid4()
        connection.execute(statement, [uuid.uuid4(), thing, str(thing), DETAIL])

    return insert


def insert_chained(connection: Connection) -> None:
    """Chain inside the transaction, as a log without a sealer does: every writer waits for the row of the last hash."""
    thing = uuid.uuid4()
    with connection.transaction():
        [(prev,)] = connection.execute("SELECT hash FROM bench_head WHERE one = 1 FOR UPDATE").fetchall()
        connection.execute(
            "INSERT INTO bench_chained (id, actor, account_id, action, subject_kind, subject_id, detail, prev, hash)"
            f" VALUES {VALUES[:-1]}, %s, sha256(%s || convert_to(%s, 'UTF8')))".encode(),
            [uuid.uuid4(), thing, str(thing), DETAIL, prev, prev, DETAIL],
        )
        connection.execute("UPDATE bench_head SET hash = sha256(hash) WHERE one = 1")


WAYS: dict[str, Insert] = {
    "plain": insert_into("bench_plain"),
    "audited": insert_into("audit_entry"),
    "chained": insert_chained,
}


def write_until(url: str, way: str, start: float, end: float) -> int:
    """Insert over one connection between two moments and return how many."""
    done = 0
    with psycopg.connect(url, autocommit=True) as connection:
        time.sleep(max(0.0, start - time.time()))
        while time.time() < end:
            WAYS[way](connection)
            done += 1
    return done


def write_in_threads(url: str, way: str, threads: int, start: float) -> int:
    counts: list[int] = []
    writers = [
        threading.Thread(target=lambda: counts.append(write_until(url, way, start, start + SECONDS)))
        for _ in range(threads)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return sum(counts)


def rate(pool: ProcessPoolExecutor, url: str, way: str, *, processes: int, threads: int) -> float:
    """Return transactions a second over processes x threads connections."""
    start = time.time() + (READY_WITHIN if processes > 1 else 0.5)
    running = [pool.submit(write_in_threads, url, way, threads, start) for _ in range(processes)]
    return sum(future.result() for future in running) / SECONDS


def rates(
    pool: ProcessPoolExecutor, url: str, ways: Sequence[str], processes: int, threads: int
) -> dict[str, list[float]]:
    """Return each way's rate in several rounds, taking turns: a disk that is slow for a while is slow for all of them."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way in ways:
            found[way].append(rate(pool, url, way, processes=processes, threads=threads))
    return found


def ratio_of(found: dict[str, list[float]], way: str, peer: str) -> float:
    """Return the median of the rounds' ratios."""
    if not all(found[peer]):
        raise RuntimeError(f"Nothing was written in {SECONDS} seconds: this machine is too busy to be measured.")
    return median(own / other for own, other in zip(found[way], found[peer], strict=True))


def compare_rates(urls: dict[str, str], pool: ProcessPoolExecutor) -> None:
    for label, processes, threads in (("alone", 1, 1), ("50_writers", PROCESSES, THREADS)):
        found = rates(pool, urls["web"], list(WAYS), processes, threads)
        size = processes * threads
        emit(f"plain_inserts_{label}", median(found["plain"]), "1/s", size)
        for way, peer in (("audited", "plain"), ("audited", "chained"), ("chained", "plain")):
            value, ratio = median(found[way]), ratio_of(found, way, peer)
            emit(f"{way}_inserts_{label}", value, "1/s", size, against=peer, ratio=ratio)


def cpu_costs(urls: dict[str, str]) -> None:
    """Insert alone and look at the CPU time of the backend. The kernel counts in ticks of 10 ms: only many inserts mean anything."""
    costs: dict[str, float] = {}
    for way, insert in WAYS.items():
        with psycopg.connect(urls["web"], autocommit=True) as connection:
            began = cpu_of(connection.info.backend_pid)
            for _ in range(INSERTS):
                insert(connection)
            costs[way] = (cpu_of(connection.info.backend_pid) - began) / INSERTS * 1_000_000
        ratio = costs[way] / costs["plain"]
        emit(f"{way}_insert_cpu", costs[way], "CPU us", INSERTS, against="plain", ratio=ratio)


def watch_the_sealer(urls: dict[str, str], pool: ProcessPoolExecutor) -> None:
    """Write with 50 connections while the sealer runs, and look how old the oldest unsealed entry gets."""
    from waywatch.audit import api

    seal_all()
    stop, ages = threading.Event(), [0.0]
    sealer = threading.Thread(target=api.run_sealer, args=(stop,))
    sealer.start()
    writing = threading.Thread(target=lambda: ages.append(-rate(pool, urls["web"], "audited", processes=5, threads=10)))
    writing.start()
    with psycopg.connect(urls["worker"], autocommit=True) as connection:
        while writing.is_alive():
            ages.append(oldest_age(connection))
            time.sleep(0.05)
    written = -min(ages)
    stop.set()
    sealer.join()
    emit("oldest_unsealed_under_50_writers", max(ages), "s", 50, against="one second", ratio=max(ages))
    emit("audited_inserts_50_writers_with_sealer", written, "1/s", 50)


def oldest_age(connection: Connection) -> float:
    [(age,)] = connection.execute(
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)::float"
        " FROM (SELECT position FROM audit_unsealed ORDER BY position LIMIT 1) u JOIN audit_entry e USING (position)"
    ).fetchall()
    return float(age)


def grow(urls: dict[str, str], pool: ProcessPoolExecutor) -> None:
    """Insert, seal, read and verify on a log of 1x, 10x and 100x; the plain table, which does not grow, is the control."""
    first: dict[str, float] = {}
    for size in SIZES:
        fill(urls, size)
        both = rates(pool, urls["web"], ["plain", "audited"], 1, 1)
        value, ratio = median(both["audited"]), ratio_of(both, "audited", "plain")
        emit("audited_inserts_on_a_grown_log", value, "1/s", size, against="plain", ratio=ratio)
        found = {
            "seal_500_on_a_grown_log": (time_seal(urls), "ms"),
            "history_on_a_grown_log": (time_history(urls), "ms"),
            "verify_a_grown_log": (time_verify(urls, size), "us/entry"),
        }
        for name, (value, unit) in found.items():
            first.setdefault(name, value)
            emit(name, value, unit, size, against=f"size {SIZES[0]}", ratio=value / first[name])


def fill(urls: dict[str, str], size: int) -> None:
    with psycopg.connect(urls["owner"]) as connection:
        [(there,)] = connection.execute("SELECT count(*) FROM audit_entry").fetchall()
        connection.execute(
            f"INSERT INTO audit_entry {COLUMNS} SELECT gen_random_uuid(), 'system:bench', NULL, 'a.b', 'thing',"
            " (n / 10)::text, %s FROM generate_series(%s::int, %s) n".encode(),
            [DETAIL, there + 1, size],
        )
    seal_all()
    with psycopg.connect(urls["owner"], autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) audit_entry, audit_seal, audit_unsealed")


def seal_all() -> None:
    from waywatch.audit import sealing

    while sealing.seal_once():
        pass


def time_seal(urls: dict[str, str]) -> float:
    """Return the milliseconds of one round over 500 waiting entries, the median of five."""
    from waywatch.audit import sealing

    seal_all()
    insert, taken = WAYS["audited"], []
    for _ in range(5):
        with psycopg.connect(urls["web"]) as connection:
            for _ in range(WAITING):
                insert(connection)
        started = time.perf_counter()
        if sealing.seal_once() != WAITING:
            raise RuntimeError("another number was sealed than was waiting")
        taken.append(time.perf_counter() - started)
    return sorted(taken)[2] * 1000


def time_history(urls: dict[str, str]) -> float:
    with psycopg.connect(urls["web"], autocommit=True) as connection:
        taken = []
        for index in range(51):
            started = time.perf_counter()
            connection.execute("SELECT * FROM audit_history('thing', %s, 50, NULL)", [str(index)]).fetchall()
            taken.append(time.perf_counter() - started)
    return sorted(taken)[25] * 1000


def time_verify(urls: dict[str, str], size: int) -> float:
    from waywatch.audit.verification import verify

    with psycopg.connect(urls["owner"], autocommit=True) as connection:
        started = time.perf_counter()
        report = verify(connection)
        taken = time.perf_counter() - started
    if not report.sound or report.sealed < size:
        raise RuntimeError(f"the log is not sound: {report.findings[:3]}")
    return taken / report.sealed * 1e6


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Give a migrated log in a database of its own: on DATABASE_ADMIN_URL if set, else on an embedded server."""
    from waywatch.postgres import api as postgres

    admin = os.environ.get("DATABASE_ADMIN_URL")
    if not admin:
        with tempfile.TemporaryDirectory(prefix="waywatch-bench-") as folder:
            Path(folder).chmod(0o711)
            with postgres.using_server(Path(folder)) as server:
                urls = {role: server.url(role) for role in ROLES}
                prepare(urls)
                yield urls
        return
    passwords = {role: os.environ.setdefault("WAYWATCH_TEST_PASSWORD", secrets.token_hex(16)) for role in ROLES}
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(drop)
        postgres.prepare_database(admin, dbname=NAME, passwords=passwords)
        urls = {
            role: make_conninfo(admin, dbname=NAME, user=f"waywatch_{role}", password=passwords[role]) for role in ROLES
        }
        prepare(urls)
        try:
            yield urls
        finally:
            connection.execute(drop)


def prepare(urls: dict[str, str]) -> None:
    """Migrate this room alone, as the owner; then Django's own connection is the worker's, for the sealer."""
    os.environ["WAYWATCH_DB"] = urls["owner"]
    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from waywatch.audit.privileges import TABLES

    call_command("migrate", "audit", verbosity=0)
    with psycopg.connect(urls["owner"]) as owner:
        owner.execute(PEERS.encode())
        for table, privileges in TABLES.items():
            for role, granted in (("waywatch_web", privileges.web), ("waywatch_worker", privileges.worker)):
                if granted:
                    owner.execute(f"GRANT {granted} ON {table} TO {role}".encode())
    connection.close()
    parts = psycopg.conninfo.conninfo_to_dict(urls["worker"])
    settings.DATABASES["default"].update(USER=parts["user"], PASSWORD=parts.get("password", ""))


def main() -> None:
    with (
        database() as urls,
        ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        list(pool.map(time.sleep, [0.2] * PROCESSES))  # start the processes before the clock does
        grow(urls, pool)
        cpu_costs(urls)
        compare_rates(urls, pool)
        watch_the_sealer(urls, pool)


if __name__ == "__main__":
    main()
