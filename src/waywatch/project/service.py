"""Running the product: prepare the database, then the web server and the worker as children that live and end together."""

import argparse
import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
from django.db import DatabaseError, OperationalError

from waywatch.lib.errors import WaywatchError
from waywatch.project.database import Database, data_dir, database, is_external

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
    except DatabaseError as error:
        raise _explained(error) from error
    return 0


def _explained(error: DatabaseError) -> Exception:
    """Turn what a person can mend into a sentence; the rest is a fault of ours and stays as it is."""
    if isinstance(error.__cause__, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return StartError("The database is not at this version. Run: waywatch migrate.")
    if isinstance(error, OperationalError) and not getattr(error.__cause__, "sqlstate", None):
        return StartError(f"The database cannot be reached: {' '.join(str(error).split())}")
    return error


def migrate(rest: Sequence[str]) -> int:
    """Prepare or upgrade the database: tables, privileges, reference places."""
    argparse.ArgumentParser(prog="waywatch migrate").parse_args(rest)
    with database() as address:
        return _prepare(address)


def _prepare(address: Database) -> int:
    return django_command("prepare-database", [], address("owner"))


def root(rest: Sequence[str]) -> int:
    """Run the offline root's commands: no database, no network, and no secret key of any server."""
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    return django_command("root", rest, "")


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
    if is_external():
        raise StartError("A demonstration has a database of its own. Unset DATABASE_URL and the other addresses.")
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
    if not re.fullmatch("[0-9]{1,5}", raw) or not 1 <= int(raw) <= 65535:  # noqa: PLR2004 - ports
        raise StartError(f"PORT is {raw!r}: set it to a number from 1 to 65535, such as PORT=8001.")
    return int(raw)


def _check_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_host(), _port()))
        except OSError as error:
            text = f"Port {_port()} of {_host()} cannot be used ({error.strerror}). Choose another: PORT=8001."
            raise StartError(text) from error


def _serve(address: Database, announce: Callable[[], None]) -> int:
    _check_port()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _children(address) as children:
        announce()
        while not stop.wait(0.5):
            for child in children:
                if found := _ended(child):
                    how = "exit code" if found.si_code == os.CLD_EXITED else "signal"
                    text = f"A part of Waywatch ended by itself ({how} {found.si_status}). Its words stand above."
                    raise StartError(text)
    _say("Stopped.")
    return 0


@contextlib.contextmanager
def _children(address: Database) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run the web server and the worker, each with the address of its own role; end both, in order, at the end of the block."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", _host(), "--port", str(_port()),
        "--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", "4", "--backpressure", "64",
        "--workers-kill-timeout", "10", "--no-ws", "--log-level", "warning", "--no-access-log", "waywatch.project.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "worker"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(web, address, role="web", pool="yes"))
        started.append(_start(worker, address, role="worker", pool="no"))
        yield started
    finally:
        _end(started)


def _ended(child: subprocess.Popen[bytes]) -> os.waitid_result | None:
    """Tell how a child ended, if it has. It is left unreaped, so that its number stays the number of its group."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask each child to end in order; what is left of its group after that, or after a crash of it, is killed."""
    for child in children:
        os.kill(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    for child in children:
        while not _ended(child) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _start(command: list[str], address: Database, *, role: str, pool: str) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"WAYWATCH_DB": address(role), "WAYWATCH_DB_POOL": pool, "WAYWATCH_DATA": str(data_dir())}
    ending_with_us = [sys.executable, "-m", "waywatch.project.child", *command]
    return subprocess.Popen(ending_with_us, env=environment, start_new_session=True, pass_fds=address.holds)  # noqa: S603 - our own programs
