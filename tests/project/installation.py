"""Installations of the real product: commands and services as processes of their own, and what is left of them."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waywatch.project.service import DEMO_DATA

PROGRAM = [sys.executable, "-c", "from waywatch.project.cli import main; main()"]
FOREIGN = (
    "WAYWATCH_",
    "DATABASE_",
    "SECRET_KEY",
    "SMTP_",
    "PORT",
    "ALLOWED_HOSTS",
    "LOG_LEVEL",
    "DJANGO_",
    "COV",
    "PG",
)
NAME = "waywatch.example"
PRODUCTION = {
    "WAYWATCH_MODE": "production",
    "WAYWATCH_URL": f"https://{NAME}",
    "ALLOWED_HOSTS": NAME,
    "SECRET_KEY": "k3y-" + "0123456789abcdef" * 3,
    "WAYWATCH_BEHIND_PROXY": "yes",
}
THROUGH_PROXY = {"Host": NAME, "X-Forwarded-Proto": "https"}
START_SECONDS = 90.0
GONE_SECONDS = 30.0


def until(what: Callable[[], Any], seconds: float) -> Any:
    """Wait for something to become true, and not a moment longer."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)
    return found


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_of_its_own() -> int:
    """A free port below those that the kernel gives to outgoing connections: it stays free for a service that comes back.

    Whoever keeps calling a port of the kernel's own range while nobody listens there sooner or later gets connected to himself.
    """
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(lowest - 12_000, lowest), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no free port")


def new_folder() -> Path:
    """A folder that everybody can walk to, in memory if it can: syncs are slow."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made inside
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    place = Path(tempfile.mkdtemp(prefix="ww-", dir=memory if roomy else None))
    place.chmod(0o755)
    return place


def admin_address(data: Path) -> str:
    """The administrator's address of the embedded server that runs in a data directory."""
    return address_of("admin", data)


def address_of(role: str, data: Path) -> str:
    """The address of a role at the embedded server that runs in a data directory."""
    passwords = json.loads((data / "secrets.json").read_text())
    where = json.loads((data / "server.json").read_text())
    name = f"user=waywatch_{role} dbname=waywatch"
    return f"host={where['host']} port={where['port']} {name} password={passwords[role]}"


@dataclass(frozen=True)
class Answer:
    """What the web server said."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: str


@dataclass
class Service:
    """A started `waywatch demo` or `waywatch run`, and all that it said."""

    process: subprocess.Popen[bytes]
    port: int
    out: Path
    err: Path
    started: float = field(default_factory=time.monotonic)

    def said(self) -> str:
        """Both streams."""
        return self.out.read_text() + self.err.read_text()

    def ask(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        form: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> Answer:
        """One request, no redirect followed. With `form` it is a POST."""
        from urllib.parse import urlencode

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        sent = {"Host": f"localhost:{self.port}", **(headers or {})}
        body = urlencode(form) if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if body is None else "POST", path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
            return Answer(answer.status, found, cookies, answer.read().decode())
        finally:
            connection.close()

    def is_ready(self, headers: dict[str, str] | None = None) -> bool:
        """Whether it answers that the database answers."""
        try:
            return self.ask("/health/ready", headers, timeout=2).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def wait_until_ready(self, headers: dict[str, str] | None = None, seconds: float = START_SECONDS) -> "Service":
        """Come back when it answers."""

        def answers() -> bool:
            assert self.process.poll() is None, self.said()
            return self.is_ready(headers)

        until(answers, seconds)
        return self

    def stop(self, number: int = signal.SIGINT) -> int:
        """Signal the main process only, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@dataclass
class Installation:
    """One data directory, the commands on it, and the processes that belong to it."""

    folder: Path
    services: list[Service] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "var"

    def environment(self, **more: str) -> dict[str, str]:
        """What a process of ours sees: nothing of this test run but what is given."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {**mine, "WAYWATCH_DATA": str(self.data), "WAYWATCH_SYSTEM_DIR": str(self.folder / "system"), **more}

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*PROGRAM, *words],
            env=self.environment(**more),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def good(self, *words: str, **more: str) -> str:
        """Run a command that must succeed; its output."""
        done = self.command(*words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fill_demonstration(self, settings: dict[str, str]) -> None:
        """What `waywatch demo` does after `migrate`, on a database of others."""
        settings = settings | {"WAYWATCH_DB": settings["DATABASE_OWNER_URL"]}
        subprocess.run(
            [sys.executable, "-m", "django", "prepare_demo", DEMO_DATA],
            env=self.environment(DJANGO_SETTINGS_MODULE="waywatch.project.settings", **settings),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            timeout=180,
            check=True,
        )

    def start(self, *words: str, **more: str) -> Service:
        """Start a service in a session of its own."""
        number, port = len(self.services), int(more.pop("PORT", 0)) or free_port()
        out, err = (self.folder / f"{name}-{number}" for name in ("out", "err"))
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                [*PROGRAM, *words],
                env=self.environment(PORT=str(port), **more),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
                start_new_session=True,
            )
        self.services.append(Service(process, port, out, err))
        return self.services[-1]

    def processes(self) -> dict[int, str]:
        """Every living process of this data directory: by its environment, its arguments or its working directory."""
        mine = os.getpid()
        found = {int(entry.name): self._role(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        return {pid: role for pid, role in found.items() if role and pid != mine}

    def _role(self, process: Path) -> str:
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            given = (process / "environ").read_bytes()
            place = str((process / "cwd").readlink())
        except OSError:
            return ""
        named = re.search(rf"{re.escape(str(self.data))}(?![\w-])", words)
        inside = place == str((self.data / "pg").resolve())
        if not words or not (f"WAYWATCH_DATA={self.data}\0".encode() in given or named or inside):
            return ""
        known = {"granian": "web", "django worker": "worker", "postgres.keeper": "keeper", "/bin/postgres": "server"}
        return next((role for part, role in known.items() if part in words), words)

    def pids(self, role: str) -> list[int]:
        """The processes of one kind."""
        return sorted(pid for pid, found in self.processes().items() if found == role)

    def server_pid(self) -> int:
        """The main process of PostgreSQL."""
        return int(json.loads((self.data / "server.json").read_text())["server_pid"])

    def is_still(self) -> bool:
        """Whether no process of it is left."""
        return not self.processes()

    def wait_until_still(self, seconds: float = GONE_SECONDS) -> None:
        """Come back when nothing of it runs."""
        try:
            until(self.is_still, seconds)
        except AssertionError as error:
            raise AssertionError(f"still there: {self.processes()}") from error

    def close(self) -> None:
        """End what a failed test left running, and take everything away."""
        for service in self.services:
            if service.process.poll() is None:
                service.process.kill()
                service.process.wait(10)
        deadline = time.monotonic() + GONE_SECONDS
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        shutil.rmtree(self.folder)

    def copy(self) -> "Installation":
        """The same at rest, in another folder."""
        assert self.is_still()
        made = Installation(new_folder())
        if (self.data / "pg").is_symlink():
            raise AssertionError("the cluster is elsewhere: a folder that everybody can walk to holds it inside")
        subprocess.run(["cp", "-a", self.data, made.data], check=True)
        return made
