"""The product as processes: how it starts, stops, is killed, heals, refuses, and what it keeps to itself."""

import json
import os
import re
import signal
import socket
import stat
import time
from collections.abc import Callable

import pytest

from tests.project.installation import NAME, PRODUCTION, THROUGH_PROXY, Installation, Service, until
from tests.project.visitor import PASSWORD, TYPED, cookie_header, sign_in

pytestmark = pytest.mark.slow
Timed = Callable[[str, object], None]


@pytest.fixture
def figure(record_property: Timed) -> Timed:
    """Write a measured time into the report of the run."""
    return record_property


def seconds_since(moment: float) -> float:
    return round(time.monotonic() - moment, 2)


def one_sentence(said: str) -> str:
    """What stands on stderr: our own line, no traceback."""
    assert "Traceback" not in said
    assert said.startswith(("waywatch: ", "CommandError: ")), said
    return said.partition(": ")[2].strip()


def builds_of(installation: Installation) -> int:
    found = json.loads(installation.good("annual-report", "2018", "--json", WAYWATCH_MODE="demo"))
    return int(found["attendance"]["total"])


def test_a_demonstration_starts_from_nothing_and_answers(fresh: Installation, figure: Timed) -> None:
    began = time.monotonic()
    service = fresh.start("demo").wait_until_ready()
    figure("start from nothing", seconds_since(began))
    until(lambda: "Ctrl-C stops it." in service.out.read_text(), 5)
    said = service.out.read_text()
    assert f"Waywatch answers at http://localhost:{service.port}\n" in said
    assert len(re.findall(rf"^  \S.*@demo\.example +{PASSWORD} +\d{{6}}$", said, re.MULTILINE)) == 10
    assert service.err.read_text() == ""
    assert set(fresh.processes().values()) >= {"web", "worker", "keeper", "server"}
    assert stat.S_IMODE(fresh.data.stat().st_mode) in {0o700, 0o710}
    assert stat.S_IMODE((fresh.data / "secret-key").stat().st_mode) == 0o600
    assert service.stop() == 0
    fresh.wait_until_still(1)


def test_a_taken_port_is_named(fresh: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = fresh.command("demo", PORT=str(port))
    assert done.returncode == 1
    sentence = one_sentence(done.stderr)
    assert f"Port {port} of 127.0.0.1" in sentence
    assert "PORT=" in sentence
    assert not fresh.data.exists()


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "²", "80 80"])
def test_a_port_that_is_none_is_named(fresh: Installation, port: str) -> None:
    done = fresh.command("demo", PORT=port)
    assert done.returncode == 1
    assert one_sentence(done.stderr) == f"PORT is {port!r}: set it to a number from 1 to 65535, such as PORT=8001."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_order_nothing_is_left(demo: Installation, figure: Timed, number: int) -> None:
    service = demo.start("demo").wait_until_ready()
    figure("start on prepared data", seconds_since(service.started))
    began = time.monotonic()
    assert service.stop(number) == 0
    figure("stop", seconds_since(began))
    demo.wait_until_still(1)
    assert service.out.read_text().endswith("Stopped.\n")
    assert service.err.read_text() == ""
    assert not (demo.data / "server.json").exists()
    assert "database system is shut down" in (demo.data / "pg.log").read_text().splitlines()[-1]


def test_told_to_stop_while_it_prepares_nothing_is_left(fresh: Installation) -> None:
    service = fresh.start("demo")
    until(lambda: fresh.pids("server"), 60)
    assert service.stop(signal.SIGINT) == 130
    fresh.wait_until_still()
    assert "Traceback" not in service.said()
    fresh.start("demo").wait_until_ready().stop()


def test_killed_the_rest_ends_by_itself_and_the_data_is_there(demo: Installation, figure: Timed) -> None:
    service = demo.start("demo").wait_until_ready()
    service.process.kill()
    began = time.monotonic()
    service.process.wait(5)
    demo.wait_until_still(15)
    figure("all gone after kill -9 of the main process", seconds_since(began))
    again = demo.start("demo").wait_until_ready()
    figure("start after kill -9", seconds_since(again.started))
    assert again.stop() == 0
    assert builds_of(demo) == 557


def test_the_database_outlives_a_killed_service_until_its_worker_has_ended(demo: Installation) -> None:
    service = demo.start("demo").wait_until_ready()
    until(lambda: demo.pids("worker"), 10)
    [worker] = demo.pids("worker")
    os.kill(worker, signal.SIGSTOP)  # a job in hand that takes its time
    service.process.kill()
    service.process.wait(5)
    until(lambda: not demo.pids("web"), 15)
    time.sleep(1)
    assert demo.pids("worker") == [worker]
    assert demo.pids("server")
    os.kill(worker, signal.SIGCONT)
    demo.wait_until_still(15)
    assert service.err.read_text() == ""


def test_a_killed_web_server_ends_the_service_and_leaves_nothing(demo: Installation) -> None:
    service = demo.start("demo").wait_until_ready()
    main = min(demo.pids("web"))
    os.kill(main, signal.SIGKILL)
    assert service.process.wait(30) == 1
    text = "A part of Waywatch ended by itself (signal 9). Its words stand above."
    assert one_sentence(service.err.read_text()) == text
    demo.wait_until_still(5)


def test_everything_killed_at_once_starts_again(demo: Installation) -> None:
    service = demo.start("demo").wait_until_ready()
    for pid in demo.processes():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    service.process.wait(5)
    demo.wait_until_still(15)
    assert demo.start("demo").wait_until_ready().stop() == 0
    assert builds_of(demo) == 557


@pytest.mark.parametrize("times", [1, 3])
def test_a_killed_database_comes_back_under_the_running_service(demo: Installation, figure: Timed, times: int) -> None:
    service = demo.start("demo").wait_until_ready()
    before = sorted(demo.pids("web") + demo.pids("worker"))
    for _ in range(times):
        began = time.monotonic()
        _kill_the_database(demo, service)
        figure("ready after kill -9 of the database", seconds_since(began))
    for _ in range(20):  # each process of the web server has had its turn
        assert service.ask("/demo/").status == 200
    assert sorted(demo.pids("web") + demo.pids("worker")) == before
    assert service.stop() == 0


def _kill_the_database(installation: Installation, service: Service) -> None:
    """Kill the database server and wait for the next; until then a connection about to die may still answer."""
    old = installation.server_pid()
    os.kill(old, signal.SIGKILL)
    until(lambda: _server_is_new(installation, old), 20)
    service.wait_until_ready(seconds=20)


def _server_is_new(installation: Installation, old: int) -> bool:
    try:
        return installation.server_pid() != old
    except (FileNotFoundError, ValueError):
        return False


def test_two_starts_at_once_share_one_server(demo: Installation) -> None:
    services = [demo.start("demo") for _ in range(2)]
    for service in services:
        service.wait_until_ready()
    assert len(demo.pids("keeper")) == 1
    assert services[0].stop() == 0
    assert services[1].is_ready()
    assert demo.pids("keeper")
    assert services[1].stop() == 0
    demo.wait_until_still(1)


def test_two_first_starts_at_once_agree_on_the_key(fresh: Installation) -> None:
    services = [fresh.start("migrate", WAYWATCH_MODE="demo") for _ in range(2)]
    assert [service.process.wait(120) for service in services] == [0, 0], [service.said() for service in services]
    assert len((fresh.data / "secret-key").read_text()) >= 40
    assert sorted(path.name for path in fresh.data.glob(".secret*")) == []


def test_prepared_again_the_data_stays(demo: Installation, figure: Timed) -> None:
    began = time.monotonic()
    demo.good("migrate", WAYWATCH_MODE="demo")
    figure("migrate again", seconds_since(began))
    assert seconds_since(began) < 20
    assert builds_of(demo) == 557


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"WAYWATCH_URL": f"http://{NAME}"}, "WAYWATCH_URL must start with https://"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({"WAYWATCH_BEHIND_PROXY": "no"}, "WAYWATCH_BEHIND_PROXY=yes"),
    ],
)
def test_production_refuses_what_is_not_safe(empty: Installation, changed: dict[str, str], word: str) -> None:
    done = empty.command("run", **{**PRODUCTION, **changed})
    assert (done.returncode, done.stdout) == (1, "")
    assert word in one_sentence(done.stderr)


def test_production_refuses_demonstration_accounts(demo: Installation) -> None:
    done = demo.command("run", **PRODUCTION)
    assert done.returncode == 1
    assert "demonstration accounts" in one_sentence(done.stderr)


def test_a_service_refuses_a_database_that_was_not_migrated(fresh: Installation) -> None:
    done = fresh.command("run", **PRODUCTION)
    assert done.returncode == 1
    assert one_sentence(done.stderr) == "The database is not at this version. Run: waywatch migrate."


def test_production_is_what_it_must_be(empty: Installation) -> None:
    service = empty.start("run", **PRODUCTION).wait_until_ready(THROUGH_PROXY)
    plain = service.ask("/account/login/", {"Host": NAME})
    assert (plain.status, plain.headers["location"]) == (301, f"https://{NAME}/account/login/")
    page = service.ask("/account/login/", THROUGH_PROXY)
    assert page.status == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert page.cookies != []
    for cookie in page.cookies:
        assert {"secure", "httponly"} <= {part.strip().lower() for part in cookie.split(";")}, cookie
    assert service.ask("/account/login/", {**THROUGH_PROXY, "Host": "evil.example"}).status == 400
    assert service.ask("/demo/", THROUGH_PROXY).status == 404
    assert service.ask("/style/", THROUGH_PROXY).status == 404
    assert service.stop() == 0
    assert f"Waywatch answers at https://{NAME}\n" in service.out.read_text()


def test_demo_codes_are_for_a_demonstration(empty: Installation) -> None:
    done = empty.command("demo-codes", **PRODUCTION)
    assert done.returncode == 1
    assert "WAYWATCH_MODE=demo" in one_sentence(done.stderr)


def test_a_demonstration_never_touches_a_database_of_others(fresh: Installation) -> None:
    done = fresh.command("demo", PORT="1025", DATABASE_OWNER_URL="postgresql://nobody@127.0.0.1:1/theirs")
    assert done.returncode == 1
    assert "Unset DATABASE_URL" in one_sentence(done.stderr)
    assert not fresh.data.exists()


@pytest.mark.parametrize("command", ["demo", "migrate", "run", "annual-report"])
def test_a_data_directory_that_cannot_be_made_is_named(fresh: Installation, command: str) -> None:
    words = [command, *(["2018"] if command == "annual-report" else [])]
    done = fresh.command(*words, WAYWATCH_DATA="/sys/waywatch", WAYWATCH_MODE="demo")  # no file can be made there
    assert done.returncode == 1
    assert "/sys/waywatch" in one_sentence(done.stderr)
    assert "WAYWATCH_DATA" in done.stderr


def test_a_file_in_the_place_of_the_data_directory_is_named(fresh: Installation) -> None:
    fresh.data.write_text("")
    done = fresh.command("demo")
    assert done.returncode == 1
    assert "is not a folder" in one_sentence(done.stderr)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_data_directory_is_named(fresh: Installation) -> None:
    fresh.data.mkdir(mode=0o500)
    done = fresh.command("demo")
    assert done.returncode == 1
    assert "cannot be written" in one_sentence(done.stderr)


@pytest.mark.parametrize("words", [["backup", "file"], ["doctor"]])
def test_a_mistyped_data_directory_is_not_taken_for_an_installation(fresh: Installation, words: list[str]) -> None:
    done = fresh.command(*words)
    assert done.returncode == 1
    assert one_sentence(done.stderr).startswith(f"There is no database in {fresh.data}.")
    assert not fresh.data.exists()


def test_an_unknown_command_is_named(fresh: Installation) -> None:
    done = fresh.command("explode")
    assert done.returncode == 2
    assert done.stderr == "waywatch: there is no command “explode”.\n\n"
    assert "waywatch demo" in done.stdout
    assert not fresh.data.exists()


@pytest.mark.parametrize(
    ("more", "words", "sentence"),
    [
        ({}, ["annual-report", "2018"], "The database is not at this version. Run: waywatch migrate."),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, ["annual-report", "2018"], "/nowhere/key: No such file or directory."),
        ({"LOG_LEVEL": "LOUD"}, ["annual-report", "2018"], "LOG_LEVEL is 'LOUD'"),
        ({"WAYWATCH_MODE": "prod"}, ["run"], "WAYWATCH_MODE is 'prod'"),
    ],
)
def test_what_a_person_can_mend_is_said_in_a_sentence(
    fresh: Installation, more: dict[str, str], words: list[str], sentence: str
) -> None:
    done = fresh.command(*words, **{"WAYWATCH_MODE": "demo", **more})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert sentence in done.stderr


def test_nothing_secret_is_said(demo: Installation) -> None:
    service = demo.start("demo", LOG_LEVEL="DEBUG").wait_until_ready()
    cookies = sign_in(service)
    _kill_the_database(demo, service)
    assert service.ask("/nowhere/", {"Cookie": cookie_header(cookies)}).status == 404
    assert service.stop() == 0
    said = service.said() + (demo.data / "pg.log").read_text()
    assert "DEBUG" in said
    passwords = json.loads((demo.data / "secrets.json").read_text())
    secrets = [*passwords.values(), (demo.data / "secret-key").read_text(), TYPED, *cookies.values()]
    assert len(secrets) >= 9
    assert [secret for secret in secrets if secret in said] == []
