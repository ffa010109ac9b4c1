"""CPU of the list of builds, the glance, the map, the annual report and the lists behind them as the records grow 1x, 10x and 100x.

Sizes are builds / attendances: 30 / 3,000, 300 / 30,000, 3,000 / 300,000, spread over 30 years and all states and provinces.
Measured is CPU time of the web process plus that of its PostgreSQL backend (/proc/PID/stat), the median of 15 requests after 3 warm ones,
through Django's own request path without a socket. `against` is the same page at 1x. The peer, measured in the same run, is the naive
page: counting the attendances of a year's builds when it is asked. Queries are counted apart. Prints one JSON object a line.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

os.environ["WAYWATCH_MODE"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waywatch.project.settings")

YEARS = range(1996, 2026)
YEAR = 2018
REGION = "US-TX"
SIZES = (30, 300, 3_000)
PEOPLE_A_BUILD = 100
RUNS, WARM = 15, 3
PAGES = {
    "build_list": "/builds/",
    "glance": "/glance/us-tx/",
    "cohosts": "/glance/us-tx/co-hosts/",
    "annual": f"/impact/{YEAR}/",
    "followed": f"/impact/{YEAR}/followed/",
    "map": "/map/",
}
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def database() -> Iterator[None]:
    """Have a prepared database on an embedded server of our own, as the owner."""
    from waywatch.postgres import api as postgres

    with tempfile.TemporaryDirectory(prefix="waywatch-bench-") as folder:
        Path(folder).chmod(0o711)
        with postgres.using_server(Path(folder)) as server:
            os.environ["WAYWATCH_DB"] = server.url("owner")
            import django

            django.setup()
            from django.core.management import call_command
            from django.test.utils import setup_test_environment

            from waywatch.geo import api as geo
            from waywatch.lib.actors import Actor, acting_as

            setup_test_environment()
            call_command("migrate", verbosity=0)
            with acting_as(Actor.system("bench")):
                geo.load_reference()
            yield


def grow(upto: int) -> None:
    """Add builds, each with its people, until there are `upto`."""
    from waywatch.builds.models import Attendance, AttendanceCount, Build, CoHost, FollowUp
    from waywatch.geo import api as geo

    regions = [region.code for region in geo.regions()]
    first = Build.objects.count()
    builds = [
        Build(
            slug=f"bench-{number}",
            year=YEAR if number % 30 == 0 else YEARS[number % len(YEARS)],
            city=f"City {number}",
            region_id=REGION if number % 10 == 0 else regions[number % len(regions)],
            listed=True,
        )
        for number in range(first, upto)
    ]
    Build.objects.bulk_create(builds)
    half = PEOPLE_A_BUILD // 2
    for start in range(0, len(builds), 500):
        part = builds[start : start + 500]
        Attendance.objects.bulk_create(
            (
                Attendance(build=build, sector_id=key)
                for build in part
                for key in ("trucking", "energy")
                for _ in range(half)
            ),
            batch_size=10_000,
        )
    AttendanceCount.objects.bulk_create(
        AttendanceCount(build=build, sector_id=key, count=half) for build in builds for key in ("trucking", "energy")
    )
    CoHost.objects.bulk_create(CoHost(build=build, name="A host", sector_id="energy") for build in builds)
    FollowUp.objects.bulk_create(
        FollowUp(build=build, actor_name="A carrier", kind="people_trained", count=30, provenance="reported")
        for build in builds
    )


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process. The kernel counts in ticks of 10 ms: only sums over many requests mean anything."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def fetch(client: object, address: str) -> None:
    """Load a page, which must be there: an error page is quick."""
    from django.test import Client

    assert isinstance(client, Client)
    assert client.get(address).status_code == 200, address


def measure(work: Callable[[], object]) -> float:
    """Return CPU milliseconds a request: the median of our own process, plus the mean of the database's backend."""
    from django.db import connection

    for _ in range(WARM):
        work()
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    ours: list[float] = []
    began = cpu_of(backend)
    for _ in range(RUNS):
        start = time.process_time()
        work()
        ours.append(time.process_time() - start)
    return 1000 * (statistics.median(ours) + (cpu_of(backend) - began) / RUNS)


def naive() -> None:
    """The peer: count the attendances of the year when the page is asked."""
    from django.db.models import Count

    from waywatch.builds.models import Attendance

    list(Attendance.objects.filter(build__year=YEAR).values("sector").annotate(n=Count("pk")).order_by())
    list(Attendance.objects.values("build__region").annotate(n=Count("pk")).order_by())


def queries(client: object, address: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    assert isinstance(client, Client)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def say(name: str, value: float, unit: str, size: int, against: str, ratio: float) -> None:
    line = {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "size": size,
        "against": against,
        "ratio": round(ratio, 2),
    }
    print(json.dumps(line), flush=True)


def signed_in_clients() -> AbstractContextManager[None]:
    from tests.sessions import clients_hold_the_secret

    return clients_hold_the_secret()


def main() -> None:
    with database(), signed_in_clients():
        from django.db import connection

        from tests.cast import member
        from waywatch.accounts.api import Role

        client = member("bench@example.org", "Bench", Role.COORDINATOR).client
        first: dict[str, float] = {}
        for size in SIZES:
            grow(size)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            peer = measure(naive)
            for name, address in PAGES.items():
                value = measure(lambda address=address: fetch(client, address))
                first.setdefault(name, value)
                say(f"{name}.cpu", value, "ms", size, "the same page at 30 builds", value / first[name])
                count = queries(client, address)
                first.setdefault(f"{name}.queries", count)
                say(
                    f"{name}.queries",
                    count,
                    "queries",
                    size,
                    "the same page at 30 builds",
                    count / first[f"{name}.queries"],
                )
            first.setdefault("naive", peer)
            say("naive_count.cpu", peer, "ms", size, "itself at 30 builds", peer / first["naive"])


if __name__ == "__main__":
    main()
