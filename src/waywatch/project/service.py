"""Running the product: prepare the database, then the web server and the worker as children that live and end together."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from waywatch.lib.errors import WaywatchError
from waywatch.project.database import Addresses, data_dir, database

DEMO_DATA = Path(__file__).parent / "demo_data"
STOP_PATIENCE = 15.0


class StartError(WaywatchError):
    """The service cannot start; the sentence says what to do."""

    code = "cannot_start"


def django_command(name: str, rest: Sequence[str], address: str) -> int:
    """Run one of Django's commands in this process, on `address`. Returns its exit code."""
    os.environ["WAYWATCH_DB"] = address
    import django  # noqa: PLC0415 - settings are read here, after the address is known
    from django.core.management import get_commands, load_command_class  # noqa: PLC0415 - as above

    django.setup()
    module = name.replace("-", "_")
    command = load_command_class(get_commands()[module], module)
    try:
        command.run_from_argv(["waywatch", name, *rest])
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    return 0


def migrate(rest: Sequence[str]) -> int:
    """Prepare or upgrade the database: tables, privileges, reference places."""
    argparse.ArgumentParser(prog="waywatch migrate").parse_args(rest)
    with database() as address:
        return _prepare(address)


def _prepare(address: Addresses) -> int:
    return django_command("prepare-database", [], address("owner"))


def run(rest: Sequence[str]) -> int:
    """Run the service until SIGINT or SIGTERM. The database must have been prepared by `waywatch migrate`."""
    argparse.ArgumentParser(prog="waywatch run").parse_args(rest)
    with database() as address:
        if django_command("check-production", [], address("owner")):
            return 1
        return _serve(address, _announce)


def demo(rest: Sequence[str]) -> int:
    """Prepare a demonstration on the embedded server and run it."""
    parser = argparse.ArgumentParser(prog="waywatch demo")
    parser.add_argument("--prepare-only", action="store_true", help="prepare everything, then stop")
    chosen = parser.parse_args(rest)
    os.environ["WAYWATCH_MODE"] = "demo"
    os.environ.setdefault("WAYWATCH_URL", f"http://localhost:{_port()}")
    _check_port()
    with database() as address:
        _say("Preparing the database, the places and the published builds …")
        code = _prepare(address) or django_command("prepare-demo", [str(DEMO_DATA)], address("owner"))
        if code or chosen.prepare_only:
            return code
        return _serve(address, _announce)


def _announce() -> None:
    _say(f"Waywatch answers at {os.environ.get('WAYWATCH_URL', f'http://localhost:{_port()}')}")
    _say("Ctrl-C stops it.")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _host() -> str:
    return os.environ.get("WAYWATCH_HOST", "127.0.0.1")


def _port() -> int:
    raw = os.environ.get("PORT", "8000")
    if not raw.isdigit() or not 1 <= int(raw) <= 65535:  # noqa: PLR2004 - ports
        raise StartError(f"PORT is {raw!r}: set it to a number from 1 to 65535.")
    return int(raw)


def _check_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_host(), _port()))
        except OSError as error:
            text = f"Port {_port()} of {_host()} cannot be used ({error.strerror}). Choose another: PORT=8001."
            raise StartError(text) from error


def _serve(address: Addresses, announce: Callable[[], None]) -> int:
    _check_port()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _children(address) as children:
        announce()
        while not stop.wait(0.5):
            ended = [child for child in children if child.poll() is not None]
            if ended:
                raise StartError(
                    f"A part of Waywatch ended by itself (exit code {ended[0].returncode}). Its words stand above."
                )
    _say("Stopped.")
    return 0


@contextlib.contextmanager
def _children(address: Addresses) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the web server and the worker, each with the address of its own role; end both, in order, at the end of the block."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", _host(), "--port", str(_port()),
        "--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", "4", "--backpressure", "64",
        "--workers-kill-timeout", "10", "--no-ws", "--log-level", "warning", "--no-access-log", "waywatch.project.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "worker"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(web, address("web"), pool="yes"))
        started.append(_start(worker, address("worker"), pool="no"))
        yield started
    finally:
        for child in started:
            child.terminate()
        for child in started:
            try:
                child.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()


def _start(command: list[str], address: str, *, pool: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"WAYWATCH_DB": address, "WAYWATCH_DB_POOL": pool, "WAYWATCH_DATA": str(data_dir())}
    ending_with_us = [sys.executable, "-m", "waywatch.project.child", *command]
    return subprocess.Popen(ending_with_us, env=environment, start_new_session=True)  # noqa: S603 - our own programs
